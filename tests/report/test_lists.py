"""Files people open in a spreadsheet."""

import csv
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from cskit.errors import CskitError
from cskit.report import lists
from cskit.report.lists import inert, write_actions, write_csv, write_set_aside
from cskit.report.outputs import Listing

EVIL = ("=1+1", "+81 3 1234", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1+1", "\u3000＋1", "－cmd", "＠SUM(A1)")


@pytest.mark.parametrize("value", EVIL)
def test_no_text_begins_like_a_formula(value: str):
    assert inert(value) == f"'{value}"


@pytest.mark.parametrize("value", ["A", "", "-5", "+6.4", -5, 1.5, None, True, "a=b"])
def test_everything_else_is_left_alone(value: object):
    assert inert(value) is value


def test_a_csv_opens_in_excel_as_it_is_meant(tmp_path: Path):
    path = tmp_path / "internal" / "customers.csv"
    write_csv(Listing("customers", ("=name", "arr"), (("株式会社", 5), ("=1+1", None))), path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["'=name", "arr"], ["株式会社", "5"], ["'=1+1", ""]]


def test_a_workbook_holds_values_only(tmp_path: Path):
    path = tmp_path / "actions.xlsx"
    rows = tuple((text, f"https://example.com {text}", -5, None, True, float("nan")) for text in EVIL)
    write_actions({"summary": Listing("actions", ("a", "b", "c", "d", "e", "f"), rows)}, path)
    read = CalamineWorkbook.from_path(path).get_sheet_by_name("actions").to_python()
    assert read[0] == ["a", "b", "c", "d", "e", "f"]
    assert read[1] == ["=1+1", "https://example.com =1+1", -5.0, "", True, ""]
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert 'state="frozen"' in sheet and '<autoFilter ref="A1:F12"/>' in sheet


def test_only_a_column_of_nothing_but_addresses_leads_to_them(tmp_path: Path):
    path = tmp_path / "actions.xlsx"
    rows = (("https://evil.example/name", "https://crm.example.com/1"), ("株式会社", "https://crm.example.com/2"))
    write_actions({"summary": Listing("actions", ("Customer", "Link"), rows)}, path)
    book = zipfile.ZipFile(path)
    linked = book.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
    assert "https://crm.example.com/1" in linked and "https://crm.example.com/2" in linked
    assert "evil" not in linked


def test_steps_stand_in_lines_of_their_own_and_the_sheet_is_printed_across(tmp_path: Path):
    path = tmp_path / "actions.xlsx"
    write_actions({"summary": Listing("actions", ("Customer", "Steps"), (("A", "call\nnote"),))}, path)
    book = zipfile.ZipFile(path)
    assert book.read("xl/styles.xml").decode().count('wrapText="1"') == 2  # headers, and what has lines
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'orientation="landscape"' in sheet and 'fitToHeight="0"' in sheet


def test_days_and_money_can_be_sorted_and_read(tmp_path: Path):
    path = tmp_path / "actions.xlsx"
    rows = (("2023-06-30", 1234567, 2023), ("2023-02-30", 5.5, 1))
    write_actions({"summary": Listing("actions", ("Due", "ARR", "Year"), rows)}, path)
    read = CalamineWorkbook.from_path(path).get_sheet_by_name("actions").to_python()
    assert read[1:] == [[date(2023, 6, 30), 1234567.0, 2023.0], ["2023-02-30", 5.5, 1.0]]
    styles = zipfile.ZipFile(path).read("xl/styles.xml").decode()
    assert "yyyy\\-mm\\-dd" in styles or "yyyy-mm-dd" in styles


def test_two_reports_with_actions_have_a_sheet_each(tmp_path: Path):
    one = Listing("actions", ("a",), (("x",),))
    write_actions({"summary": one, "dear_health": one}, tmp_path / "actions.xlsx")
    assert CalamineWorkbook.from_path(tmp_path / "actions.xlsx").sheet_names == ["summary", "dear_health"]


def test_the_same_rows_make_the_same_file(tmp_path: Path):
    one = Listing("actions", ("a",), (("x",),))
    for name in ("first", "second"):
        write_actions({"summary": one}, tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_rows_set_aside_have_a_sheet_per_table(tmp_path: Path):
    frames = {"churns": pd.DataFrame({"effective_on": [date(2023, 5, 1)], "why": ["no such customer"]})}
    write_set_aside(frames, tmp_path / "set_aside.xlsx")
    read = CalamineWorkbook.from_path(tmp_path / "set_aside.xlsx").get_sheet_by_name("churns").to_python()
    assert read == [["effective_on", "why"], ["2023-05-01", "no such customer"]]


def test_what_does_not_go_on_one_sheet_goes_on_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lists, "HIGH", 4)
    monkeypatch.setattr(lists, "ADDRESSES", 2)
    rows = tuple((number, f"https://crm.example.com/{number}") for number in range(9))
    write_actions({"summary": Listing("actions", ("n", "Link"), rows)}, tmp_path / "actions.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "actions.xlsx")
    assert book.sheet_names == ["actions", "actions 2", "actions 3"]
    told = [tuple(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()[1:]]
    assert told == list(rows)
    with zipfile.ZipFile(tmp_path / "actions.xlsx") as parts:
        assert parts.read("xl/worksheets/sheet1.xml").count(b"<hyperlink ") == 2
    with pytest.raises(CskitError, match="more than a sheet takes"):
        lists.write_meeting(
            Listing("health_meeting", ("a", "b", "c", "d"), ((1, 2, 3, 4),) * 5),
            tmp_path / "m.xlsx",
            date(2023, 6, 30),
            [],
        )
