"""What differs between two folders of one run, and what is only of the minute."""

import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from cskit.report.filewise import differences


def rewrite(path: Path, was: str, now: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert was in text, f"{was} is not in {path}"
    path.write_text(text.replace(was, now), encoding="utf-8")


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Two empty folders to compare."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    return tmp_path / "old", tmp_path / "new"


def book(path: Path, value: int, created: int) -> None:
    with xlsxwriter.Workbook(path) as made:
        made.set_properties({"created": datetime(created, 1, 1)})
        made.add_worksheet("actions").write_number(0, 0, value)


def test_a_workbook_differs_by_its_cells_and_not_by_when_it_was_written(two: tuple[Path, Path]):
    old, new = two
    book(old / "a.xlsx", 1, 2000)
    book(new / "a.xlsx", 1, 2023)
    assert (old / "a.xlsx").read_bytes() != (new / "a.xlsx").read_bytes()
    assert differences(old, new) == (1, {})
    book(new / "a.xlsx", 2, 2000)
    assert differences(old, new) == (1, {"a.xlsx": ["other contents in xl/worksheets/sheet1.xml"]})
    (new / "a.xlsx").write_bytes(b"PK torn")
    assert differences(old, new) == (1, {"a.xlsx": ["other bytes"]})
    assert zipfile.is_zipfile(old / "a.xlsx")


def manifest(**told: object) -> str:
    reports = {"summary": {"kept": False, "languages": {"en": {"seconds": 1.5, "identity": "i", "verdict": "ok"}}}}
    code = {"revision": "r", "clean": True, "digest": "d"}
    made = {"made_at": "2023-07-01", "seconds": {"read": 2}, "peak_megabytes": 300, "code": code, "reports": reports}
    return json.dumps({**made, **told})


def test_times_memory_and_revision_of_a_manifest_are_no_difference(two: tuple[Path, Path]):
    old, new = two
    (old / "manifest.json").write_text(manifest(), encoding="utf-8")
    text = manifest(made_at="2023-07-09", seconds={"run": 7}, peak_megabytes=1)
    text = text.replace('"kept": false', '"kept": true').replace("1.5", "9").replace('"r"', '"s"')
    (new / "manifest.json").write_text(text.replace('"clean": true', '"clean": null'), encoding="utf-8")
    assert differences(old, new) == (1, {})
    (new / "manifest.json").write_text(text.replace('"d"', '"e"').replace('"i"', '"j"'), encoding="utf-8")
    said = ["code.digest: d → e", "reports.summary.languages.en.identity: i → j"]
    assert differences(old, new) == (1, {"manifest.json": said})
    assert differences(old, new, lenient=True) == (1, {})
    (new / "manifest.json").write_text(text.replace('"ok"', '"bad"'), encoding="utf-8")
    assert differences(old, new, True)[1] == {"manifest.json": ["reports.summary.languages.en.verdict: ok → bad"]}


def test_an_executed_notebook_is_compared_as_it_is_unless_its_mark_is_told_of(two: tuple[Path, Path]):
    old, new = two
    for place, mark in ((old, "a"), (new, "b")):
        nb = {"cells": [{"source": "1"}], "metadata": {"cskit": {"identity": mark}}}
        (place / "n.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    assert differences(old, new) == (1, {"n.ipynb": ["differs from line 1"]})
    assert differences(old, new, lenient=True) == (1, {})
    rewrite(new / "n.ipynb", '"source": "1"', '"source": "2"')
    assert list(differences(old, new, lenient=True)[1]) == ["n.ipynb"]


def test_only_the_first_time_stamp_of_a_page_is_declared(two: tuple[Path, Path]):
    old, new = two
    stamp = '<p class="made"><time>{}</time></p>\n'
    (old / "a.html").write_text(stamp.format(1) + "<p>x</p>\n" + stamp.format(1), encoding="utf-8")
    (new / "a.html").write_text(stamp.format(2) + "<p>x</p>\n" + stamp.format(1), encoding="utf-8")
    assert differences(old, new) == (1, {})
    (new / "a.html").write_text(stamp.format(1) + "<p>x</p>\n" + stamp.format(2), encoding="utf-8")
    assert differences(old, new) == (1, {"a.html": ["differs from line 3"]})


def test_by_how_much_a_metric_differs_and_when_it_is_rounding(two: tuple[Path, Path]):
    old, new = two
    one = {"a": {"value": 0.3, "low": 1, "n": 4}, "b": {"value": "2023-04"}, "gone": {"value": 1}}
    other = {"a": {"value": 0.1 + 0.2, "low": 0.5, "n": 4}, "b": {"value": None}, "new": {"value": 1}}
    for place, metrics in ((old, one), (new, other)):
        (place / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    assert differences(old, new)[1]["metrics.json"] == [
        "a, low: 1 → 0.5 (-0.5)",
        "a: 0.3 → 0.30000000000000004 (+5.55112e-17, rounding)",
        "b: 2023-04 → None",
        "gone: is not made any more",
        "new: was not there",
    ]


def test_twenty_metrics_are_named_and_the_others_counted(two: tuple[Path, Path]):
    for value, place in enumerate(two):
        metrics = {f"m{number:02}": {"value": value} for number in range(23)}
        (place / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    said = differences(*two)[1]["metrics.json"]
    assert said[0] == "m00: 0 → 1 (+1)" and len(said) == 21 and said[-1] == "and 3 more"


def test_pages_on_paper_are_not_compared(two: tuple[Path, Path]):
    (two[0] / "a.pdf").write_bytes(b"1")
    assert differences(*two) == (0, {})
