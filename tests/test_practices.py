"""Every practice of the five accounts can be pointed at: the report is there, and asks the question."""

import re

import nbformat


def test_every_practice_stands_in_its_report(root):
    rows = re.findall(
        r"^\| (.*?)\| (.+?) \| `(\w+)` \| (.+?) \|$", (root / "docs/practices.md").read_text("utf-8"), re.M
    )
    books = {path.stem.split("_", 1)[1]: path for path in (root / "notebooks").glob("[0-9]*.ipynb")}
    asked = {
        name: {
            line[3:]
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "markdown"
            for line in cell.source.splitlines()
            if line.startswith("## ")
        }
        for name, path in books.items()
    }
    missing = [(practice, report, question) for _s, practice, report, question in rows if question not in asked[report]]
    assert missing == []
    assert len(rows) >= 30
    assert len([source for source, *_rest in rows if source.strip()]) == 5
