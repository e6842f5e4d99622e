"""Notebooks of one's own: run, listed and summed up like the kit's, refused where they could not be."""

import json
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cskit.errors import SettingsError
from cskit.metrics import metric
from cskit.report.notebooks import notebooks_of
from cskit.report.outputs import Finding
from cskit.report.own import with_own_reports
from tests.report.conftest import PARAMETERS, notebook

GOOD = ("start(period, compare_to, data, lang, settings)",)


@pytest.fixture
def project(tmp_path):
    for folder in ("notebooks", "own/books"):
        (tmp_path / folder).mkdir(parents=True)
    nbformat.write(notebook(*GOOD), tmp_path / "notebooks/02_dear_health.ipynb")
    return tmp_path


def _own(project, name, book):
    nbformat.write(book, project / "own/books" / name)


def _cause(project, own="own/books"):
    with pytest.raises(SettingsError) as refused:
        notebooks_of(project, own)
    return str(refused.value)


def test_they_stand_among_the_others_by_their_number(project):
    _own(project, "20_renewals.ipynb", notebook(*GOOD))
    _own(project, "01_hello.ipynb", notebook(*GOOD))
    assert [book.name for book in notebooks_of(project, "own/books")] == ["hello", "dear_health", "renewals"]
    assert [book.name for book in notebooks_of(project)] == ["dear_health"]


def test_one_of_a_name_there_is_already_is_refused(project):
    _own(project, "20_dear_health.ipynb", notebook(*GOOD))
    assert "would make the same report" in _cause(project)


def test_every_fault_of_every_one_is_said_at_once(project):
    _own(project, "20_untitled.ipynb", notebook(*GOOD, title="No title"))
    bare = notebook("1 + 1")
    bare.cells[1].source = PARAMETERS.replace("settings = {}", "more = 1")
    _own(project, "21_bare.ipynb", bare)
    (project / "own/books/22_odd.ipynb").write_text(json.dumps([1]), encoding="utf-8")
    said = _cause(project)
    for told in ("20_untitled.ipynb: its first cell", "21_bare.ipynb: it has not one cell tagged parameters",
                 "21_bare.ipynb: it never calls start(", "22_odd.ipynb: it is no notebook"):  # fmt: skip
        assert told in said
    assert "20_untitled.ipynb: it" not in said.replace("20_untitled.ipynb: its", "")


def test_a_folder_without_any_or_outside_the_project_is_refused(project, tmp_path_factory):
    assert "no notebook in own/books" in _cause(project)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    nbformat.write(notebook(*GOOD), elsewhere / "20_theirs.ipynb")
    assert "leads out of the project" in _cause(project, f"../{elsewhere.name}")
    (project / "linked").symlink_to(elsewhere)
    assert "leads out of the project" in _cause(project, "linked")


@pytest.mark.parametrize("folder", ["data/exports", "reports/2023Q2/internal/notebooks", "own/../data"])
def test_what_came_with_data_or_was_made_by_a_run_is_not_run(project, folder):
    (project / "own/books").mkdir(exist_ok=True, parents=True)
    (project / folder).mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(*GOOD), project / folder / "20_theirs.ipynb")
    assert "what lies among data or reports is not run" in _cause(project, folder)


def _summary(html):
    return new_notebook(cells=[new_code_cell("x", outputs=[new_output("display_data", {"text/html": html})])])


def _entry(name, verdict="It went well.", metrics=None):
    finding = Finding("ok", verdict=verdict, keys=tuple(metrics or ()), metrics=metrics or {})
    return SimpleNamespace(name=name, findings={"en": finding})


def test_the_summary_speaks_of_them_too_each_once():
    nps = metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47).as_json()
    nb = _summary('<div class="overview"><section><a href="dear_health.html">18</a></section></div>')
    entries = [
        _entry("summary"),
        _entry("dear_health"),
        _entry("renewals", "Eleven renew next.", {"nps.score": nps}),
        _entry("mute", ""),
    ]
    found = with_own_reports(nb, entries, "en").cells[0].outputs[0]["data"]["text/html"]
    assert found.count('href="renewals.html"') == 1 and "Eleven renew next." in found and "+6.4" in found
    assert found.count("dear_health.html") == 1 and "mute.html" not in found and "summary.html" not in found
    assert found.endswith("</section></div>")
    assert "renewals" not in nb.cells[0].outputs[0]["data"]["text/html"]  # the copy kept is as it was run


def test_where_nothing_is_missing_the_summary_stays_as_it_is():
    nb = _summary('<div class="overview"><section><a href="dear_health.html">18</a></section></div>')
    assert with_own_reports(nb, [_entry("dear_health")], "en") is nb
