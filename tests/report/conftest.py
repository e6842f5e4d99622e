"""Toy projects: settings of the real one, notebooks of three cells, no data."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[2]
PARAMETERS = 'period = "2023Q2"\ncompare_to = ""\ndata = "data/toy"\nlang = "en"\nsettings = {}'
HEADLINE = """
from cskit import i18n
from cskit.metrics import metric
from cskit.show import Chart, Finding, Headline, Rows
i18n.use(lang)
Headline("NPS stands at +6.4.", ("nps.score",), (metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47),))
""".strip()

Toy = Callable[..., Path]


def notebook(*cells: str, title: str = "# Would customers recommend us?\n\nFor leadership.") -> nbformat.NotebookNode:
    """A notebook: ``md:`` before a Markdown cell, ``tag name:`` before a tagged one."""
    made = [new_markdown_cell(title), new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    for cell in cells:
        if cell.startswith("md:"):
            made.append(new_markdown_cell(cell.removeprefix("md:").strip()))
        elif cell.startswith("tag "):
            tag, _colon, source = cell.removeprefix("tag ").partition(":")
            made.append(new_code_cell(source.strip(), metadata={"tags": [tag]}))
        else:
            made.append(new_code_cell(cell))
    return new_notebook(
        cells=made, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )


@pytest.fixture
def project(tmp_path: Path) -> Toy:
    """Makes a project folder: ``project(nps_comparison=[cells], ...)``, numbered in the order given."""

    def make(**books: list[str]) -> Path:
        root = tmp_path / "project"
        shutil.copytree(ROOT / "params", root / "params", ignore=shutil.ignore_patterns("2*"))
        (root / "notebooks").mkdir()
        for place, (name, cells) in enumerate(books.items()):
            nbformat.write(notebook(*cells), root / "notebooks" / f"{place:02}_{name}.ipynb")
        return root

    return make
