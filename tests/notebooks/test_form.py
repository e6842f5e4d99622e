"""Every notebook has the form a reader and a runner rely on."""

import ast
import re

import nbformat
import pytest

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
NAMES = ["period", "compare_to", "data", "lang", "settings"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def _tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def _code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_the_notebooks_of_the_pack():
    assert [path.stem for path in NOTEBOOKS] == [
        "00_summary", "01_onboarding_mix", "02_dear_health", "03_nps_comparison", "04_workload_model",
        "05_support_readiness", "06_growth_phase", "07_plays", "10_customer_review",
    ]  # fmt: skip


def test_it_is_committed_without_outputs(notebook):
    assert all(cell.outputs == [] and cell.execution_count is None for cell in _code(notebook))


def test_its_title_is_a_question(notebook):
    title = notebook.cells[0].source.splitlines()[0]
    assert title.startswith("# ") and title.endswith("?")


def test_its_parameters_are_literals_and_the_same_everywhere(notebook):
    (cell,) = _tagged(notebook, "parameters")
    assert [node.targets[0].id for node in ast.parse(cell.source).body] == NAMES
    assert all(ast.literal_eval(node.value) is not None for node in ast.parse(cell.source).body)
    first = nbformat.read(NOTEBOOKS[0], as_version=4)
    assert cell.source == _tagged(first, "parameters")[0].source


def test_its_code_cells_are_short_and_define_nothing(notebook):
    for cell in _code(notebook):
        assert len(cell.source.splitlines()) <= 8, cell.source
        kinds = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While)
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, kinds)], cell.source


def test_no_number_is_typed_into_its_prose(notebook):
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\d", prose)


def test_every_heading_is_followed_by_what_answers_it(notebook):
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            answer = notebook.cells[place + 1]
            assert answer.cell_type == "code"
            # What an analyst alone asks is answered for an analyst alone.
            assert ("analyst" in answer.metadata.get("tags", [])) == ("analyst" in cell.metadata.get("tags", []))
