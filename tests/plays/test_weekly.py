"""The week's list: as of any day, of one person, on the screen and in files that come back as a table."""

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from cskit.cli import app
from cskit.errors import CskitError
from tests.conftest import project_in


@pytest.fixture(scope="module")
def project(tmp_path_factory, demo):
    return project_in(tmp_path_factory.mktemp("weekly"), demo)


def _asked(project, monkeypatch, *words):
    monkeypatch.chdir(project)
    return CliRunner().invoke(app, ["actions", *words])


def test_the_list_of_a_day_is_one_persons_and_its_files_are_the_table_it_came_from(project, monkeypatch):
    told = _asked(project, monkeypatch, "--as-of", "2023-06-26", "--owner", "M008")
    assert told.exit_code == 0, told.output
    assert "fit into the hours of the next 4 weeks" in told.stdout
    assert "…" not in told.stdout and "Owner" not in told.stdout  # no name is cut; whose they are was asked
    new = pd.read_csv(project / "actions/2023-06-26_M008.csv", encoding="utf-8-sig")
    head = (project / "data/demo/actions.csv").read_text(encoding="utf-8").splitlines()[0]
    assert ",".join(new.columns) == head
    assert set(new["owner"]) == {"M008"} and set(new["opened_on"]) == {"2023-06-26"}
    assert new["action_id"].is_unique and (new["due_on"] > "2023-06-26").all()
    sheet = (
        CalamineWorkbook.from_path(project / "actions/2023-06-26_M008.xlsx").get_sheet_by_name("actions").to_python()
    )
    assert len(sheet) - 1 >= len(new)


def test_actions_that_came_back_from_the_crm_are_carried_on_and_not_opened_again(project, monkeypatch):
    _asked(project, monkeypatch, "--as-of", "2023-06-26", "--out", "first")
    new = pd.read_csv(project / "first/2023-06-26.csv", encoding="utf-8-sig", dtype=str)
    path = project / "data/demo/actions.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + new.to_csv(index=False, header=False), encoding="utf-8")
    try:
        told = _asked(project, monkeypatch, "--as-of", "2023-06-27", "--out", "second")
    finally:
        path.write_text(before, encoding="utf-8")
    assert told.exit_code == 0, told.output
    again = pd.read_csv(project / "second/2023-06-27.csv", encoding="utf-8-sig", dtype=str)
    assert not set(zip(again["customer_id"], again["play"], strict=True)) & set(
        zip(new["customer_id"], new["play"], strict=True)
    )


def test_a_person_or_a_day_that_is_none_is_refused_by_name(project, monkeypatch):
    for words, said in (
        (("--as-of", "2023-06-26", "--owner", "M08"), "M08 is nobody. Did you mean M008?"),
        (("--as-of", "2023-12-26"), "nothing in it is dated in the 92 days up to 2023-12-26"),
        (("--as-of", "26/06/2023"), 'found "26/06/2023"; a day is written 2023-07-10.'),
    ):
        told = _asked(project, monkeypatch, *words)
        assert isinstance(told.exception, CskitError) and said in str(told.exception)
