"""Toy projects: settings of the real one, notebooks of three cells, no data."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cskit.errors import CskitError
from cskit.params import Params, resolve
from cskit.report.pages import Pack

PARAMETERS = 'period = "2023Q2"\ncompare_to = ""\ndata = "data/toy"\nlang = "en"\nsettings = {}'
HEADLINE = """
from cskit import i18n
from cskit.metrics import metric
from cskit.rows import Rows
from cskit.show import Chart, Finding, Headline
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
def headline() -> str:
    """Source of a cell that shows the headline of an NPS report."""
    return HEADLINE


@pytest.fixture
def executed() -> Callable[..., nbformat.NotebookNode]:
    """A notebook as if it had been run: strings are Markdown, anything else is what a cell showed."""

    def make(
        *shown: object, title: str = "# Would customers recommend us?\n\nFor leadership."
    ) -> nbformat.NotebookNode:
        cells = [new_markdown_cell(title), new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
        cells += [new_markdown_cell(each) if isinstance(each, str) else _showing(each) for each in shown]
        return new_notebook(cells=cells)

    return make


def _showing(shown: object) -> nbformat.NotebookNode:
    if isinstance(shown, BaseException):
        # as the kernel of a notebook shows a fault of ours, and any other
        trace = [str(shown)] if isinstance(shown, CskitError) else ["line 1", "line 2"]
        output = new_output("error", ename=type(shown).__name__, evalue=str(shown), traceback=trace)
    elif isinstance(shown, dict):
        data = {kind: value for kind, value in shown.items() if kind != "alt"}
        output = new_output("display_data", data=data, metadata={"alt": shown["alt"]} if "alt" in shown else {})
    else:
        output = new_output("execute_result", data=shown._repr_mimebundle_())
    return new_code_cell("secret_code()", outputs=[output])


@pytest.fixture
def params(root: Path) -> Params:
    """The second quarter of 2023, all settings as they are by default."""
    return resolve({"period": "2023Q2"}, root=root)


@pytest.fixture
def pack(params: Params) -> Pack:
    return Pack.of(params, ("en",), datetime(2023, 7, 3, 9, 5, tzinfo=UTC))


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Toy:
    """Makes a project folder: ``project(nps_comparison=[cells], ...)``, numbered in the order given."""

    def make(**books: list[str]) -> Path:
        folder = tmp_path / "project"
        shutil.copytree(root / "params", folder / "params", ignore=shutil.ignore_patterns("[2F]*"))
        (folder / "notebooks").mkdir()
        for place, (name, cells) in enumerate(books.items()):
            nbformat.write(notebook(*cells), folder / "notebooks" / f"{place:02}_{name}.ipynb")
        return folder

    return make
