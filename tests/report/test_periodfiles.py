"""The next period's file."""

from pathlib import Path

import pytest
import yaml

from cskit.errors import SettingsError
from cskit.params import load
from cskit.report.periodfiles import begin, period_files

LAST = """period: 2023Q2
compare_to: 2022Q4
data: exports
lang: ja
settings:
  report: {status: preliminary}
  commentary: {nps_comparison: Words about the second quarter.}
"""


@pytest.fixture
def folder(project) -> Path:
    made = project(nps_comparison=[])
    (made / "params" / "2023Q2.yaml").write_text(LAST, encoding="utf-8")
    (made / "params" / "2022Q4.yaml").write_text("period: 2022Q4\n", encoding="utf-8")
    (made / "params" / "mapping-sfo.yaml").write_text("x: 1\n", encoding="utf-8")
    return made


def test_periods_with_a_file_come_oldest_first(folder: Path):
    assert [period.name for period in period_files(folder)] == ["2022Q4", "2023Q2"]


def test_the_next_period_compares_with_the_last_and_keeps_all_but_its_words(folder: Path):
    path = begin(folder)
    assert path == folder / "params" / "2023Q3.yaml"
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == {
        "period": "2023Q3", "compare_to": "2023Q2", "data": "exports", "lang": "ja", "settings": {"report": {"status": "preliminary"}},
    }  # fmt: skip
    assert load("2023Q3", root=folder).settings.report.status == "preliminary"


def test_a_file_that_is_named_stays_a_name(folder: Path):
    mapping, last = "mapping: {churns: {file: gone.csv}}\n", folder / "params/2023Q2.yaml"
    (folder / "params/ours.yaml").write_text(mapping, encoding="utf-8")
    named = "settings:\n  data: {mapping_file: params/ours.yaml}"
    last.write_text(LAST.replace("settings:", named), encoding="utf-8")
    written = yaml.safe_load(begin(folder).read_text(encoding="utf-8"))["settings"]["data"]
    assert written == {"mapping_file": "params/ours.yaml"}


def test_a_named_period_begins_from_the_newest_before_it(folder: Path):
    assert yaml.safe_load(begin(folder, "2023Q1").read_text(encoding="utf-8"))["compare_to"] == "2022Q4"


def test_nothing_is_written_over(folder: Path):
    with pytest.raises(SettingsError, match=r"2023Q2.yaml is there already"):
        begin(folder, "2023Q2")
    assert (folder / "params" / "2023Q2.yaml").read_text(encoding="utf-8") == LAST


def test_the_first_period_must_be_named(project):
    made = project(nps_comparison=[])
    with pytest.raises(SettingsError, match="Say which period"):
        begin(made)
    assert yaml.safe_load(begin(made, "FY2022").read_text(encoding="utf-8"))["compare_to"] == "FY2021"
