"""Notebooks in another language: made by one command, run as the ones kept, and never over a person's work."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cskit import cli
from cskit.errors import SettingsError
from cskit.report.copies import write_copies
from cskit.report.notebooks import notebooks_of
from cskit.report.outputs import read
from tests.conftest import project_in
from tests.report.conftest import notebook


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Path:
    """A project with one notebook."""
    (tmp_path / "params").mkdir()
    (tmp_path / "params/base.yaml").write_bytes((root / "params/base.yaml").read_bytes())
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook("study = 1  # en or ja"), tmp_path / "notebooks/03_nps.ipynb")
    return tmp_path


def _sources(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def _write(path: Path, place: int, source: str) -> None:
    nb = nbformat.read(path, as_version=4)
    nb.cells[place].source = source
    nbformat.write(nb, path)


def test_a_copy_speaks_japanese_and_its_code_is_the_same(project: Path):
    write_copies(project, "ja")
    title, parameters, code = _sources(project / "notebooks/ja/03_nps.ipynb")
    assert title.splitlines()[0] == "# 顧客は当社を推奨してくれるか"
    assert parameters.splitlines()[3] == 'lang = "ja"'
    assert code == "study = 1  # en または ja"


def test_a_copy_is_in_no_pack(project: Path):
    write_copies(project, "ja")
    assert [book.path for book in notebooks_of(project)] == [project / "notebooks/03_nps.ipynb"]


def test_a_copy_follows_its_notebook_and_rests_when_nothing_changed(project: Path):
    assert len(write_copies(project, "ja").written) == 1
    assert len(write_copies(project, "ja").same) == 1
    _write(project / "notebooks/03_nps.ipynb", 2, "study = 2")
    assert len(write_copies(project, "ja").written) == 1
    assert _sources(project / "notebooks/ja/03_nps.ipynb")[2] == "study = 2"


def test_a_copy_that_was_changed_is_written_over_by_force_only(project: Path):
    (copy,) = write_copies(project, "ja").written
    _write(copy, 2, "study = 3")
    assert write_copies(project, "ja").changed == (copy,)
    assert _sources(copy)[2] == "study = 3"
    assert write_copies(project, "ja", force=True).written == (copy,)
    assert _sources(copy)[2] == "study = 1  # en または ja"


def test_a_file_of_that_name_that_was_never_a_copy_is_left(project: Path):
    mine = project / "notebooks/ja/03_nps.ipynb"
    mine.parent.mkdir()
    nbformat.write(notebook("mine = 1"), mine)
    assert write_copies(project, "ja").changed == (mine,)


def test_outputs_are_no_change_and_stay_while_the_notebook_does(project: Path):
    (copy,) = write_copies(project, "ja").written
    nb = nbformat.read(copy, as_version=4)
    nb.cells[2].outputs = [nbformat.v4.new_output("stream", text="done")]
    nbformat.write(nb, copy)
    assert write_copies(project, "ja").same == (copy,)
    assert nbformat.read(copy, as_version=4).cells[2].outputs


@pytest.mark.parametrize("place", ["notebooks", ".", "notebooks/../notebooks"])
def test_the_notebooks_themselves_are_never_written_over(project: Path, place: str, tmp_path_factory):
    out = project / place if place != "." else tmp_path_factory.mktemp("elsewhere")
    with pytest.raises(SettingsError, match="within the project"):
        write_copies(project, "ja", out, force=True)


def test_the_command_says_which_copies_it_left_as_they_are(project: Path, monkeypatch, capsys):
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "argv", ["cskit", "notebooks", "--lang", "ja"])
    with pytest.raises(SystemExit):
        cli.main()
    _write(project / "notebooks/ja/03_nps.ipynb", 2, "study = 3")
    with pytest.raises(SystemExit):
        cli.main()
    out, error = capsys.readouterr()
    assert "notebooks/ja: 1 written" in out
    assert "03_nps.ipynb: you have changed it" in error and "--force" in error


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_copies_run_with_the_same_numbers_from_where_they_lie(demo: Path, tmp_path: Path):
    project = project_in(tmp_path, demo)
    copies = write_copies(project, "ja").written
    assert len(copies) == len(list((project / "notebooks").glob("*.ipynb"))) >= 10
    found = {}
    for path in (project / "notebooks/03_nps_comparison.ipynb", project / "notebooks/ja/03_nps_comparison.ipynb"):
        out = tmp_path / "out.ipynb"
        command = [sys.executable, "-m", "papermill", "--cwd", str(path.parent), str(path), str(out)]
        ended = subprocess.run(command, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        nb = nbformat.read(out, as_version=4)
        metrics = read(nb).metrics
        found[path.parent.name] = {name: own["value"] for name, own in metrics.items()}, str(nb)
    assert found["notebooks"][0] == found["ja"][0] and len(found["ja"][0]) > 5
    assert "推奨者" in found["ja"][1] and "推奨者" not in found["notebooks"][1]
