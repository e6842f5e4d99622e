"""Sheets of people × days become bookings, cell by cell, and nothing of them is swallowed."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from cskit.data import Data, open_data
from cskit.errors import DataError, SettingsError
from cskit.params import settings_with

KEEP = {"keep": {"csm_id": "氏名"}}


def opened(folder: Path, part: dict[str, Any], **more: Any) -> Data:
    settings = settings_with({"data": {"mapping": {"time_logs": part}, **more}})
    return open_data(str(folder), settings, date(2023, 6, 30), folder.parent)


def booked(data: Data, *columns: str) -> list[tuple[Any, ...]]:
    columns = columns or ("csm_id", "on", "minutes")
    found = data.table("time_logs").select(*columns).order_by(*columns).to_pyarrow().to_pylist()
    return [tuple(row.values()) for row in found]


def refused(folder: Path, part: dict[str, Any]) -> str:
    with pytest.raises((DataError, SettingsError)) as error:
        opened(folder, part)
    return str(error.value)


def test_a_monthly_sheet_with_tasks_totals_and_weekdays(tmp_path):
    text = "氏名,作業,1(土),2（日）,3日,合計,備考\n佐藤,定例,1.5,-,,1.5,x\n佐藤,準備,,０．５,1:30,2,\n合計,,1.5,0.5,1.5,3.5,\n"
    (tmp_path / "工数表.csv").write_text(text, encoding="cp932")
    data = opened(
        tmp_path, {"file": "工数表", "unpivot": {"keep": {"csm_id": "氏名", "task": "作業"}, "month": "2023-04"}}
    )
    assert booked(data, "csm_id", "on", "minutes", "task") == [
        ("佐藤", date(2023, 4, 1), 90.0, "定例"),
        ("佐藤", date(2023, 4, 2), 30.0, "準備"),
        ("佐藤", date(2023, 4, 3), 90.0, "準備"),
    ]
    said = [f"{fault.source}: {fault}" for fault in data.warnings]
    assert "工数表.csv: 合計, 備考: not a day and not kept (data.mapping.time_logs.unpivot.keep), not read." in said
    assert "工数表.csv: row 4: a line of totals, not read." in said


def test_each_cell_that_is_no_booking_is_refused_with_its_place(tmp_path):
    (tmp_path / "h.csv").write_text("氏名,1,2,31\nA,25,休,\nB,-1,8,2\n", encoding="utf-8")
    text = refused(tmp_path, {"file": "h.csv", "unpivot": {**KEEP, "month": "2023-04"}})
    assert "rows 2 under 1, 2 under 2 and 3 under 1: found" in text
    assert '"25 (1500 minutes in a day)", "休" and -1; minutes is a number from 0 to 1440' in text
    assert 'column on, row 3 under 31: found "2023-04-31"; on is a date' in text


def test_rows_in_are_rows_booked_or_refused_also_when_faulty_ones_are_set_aside(tmp_path):
    (tmp_path / "h.csv").write_text("氏名,1,2\nA,25,2\nB,-1,8\n", encoding="utf-8")
    data = opened(tmp_path, {"file": "h.csv", "unpivot": {**KEEP, "month": "2023-04"}}, set_aside=True)
    assert (len(booked(data)), data.set_aside_rows, data.rows["time_logs"]) == (2, 2, 4)


def test_words_that_mean_no_booking_are_said_in_params(tmp_path):
    (tmp_path / "h.csv").write_text("氏名,1,2\nA,休,2\n", encoding="utf-8")
    part = {"file": "h.csv", "unpivot": {**KEEP, "month": "2023-04"}, "missing": {"minutes": ["休"]}}
    assert booked(opened(tmp_path, part)) == [("A", date(2023, 4, 2), 120.0)]


def test_months_from_sheet_names_of_several_files(tmp_path):
    for year in (2022, 2023):
        with Workbook(str(tmp_path / f"工数_{year}.xlsx")) as book:
            for month in (1, 12):
                sheet = book.add_worksheet(f"{year}年{month}月")
                sheet.write_row(0, 0, ["氏名", 1, 31])
                sheet.write_row(1, 0, ["A", 1, 2.5])
    data = opened(tmp_path, {"file": "工数_*", "sheet": "*", "unpivot": {**KEEP, "month": "sheet"}})
    days = [date(year, month, day) for year in (2022, 2023) for month in (1, 12) for day in (1, 31)]
    assert [row[1] for row in booked(data)] == [day for day in days if day <= date(2023, 6, 30)]
    assert data.rows["time_logs"] == 8


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("工数_202304", date(2023, 4, 3)),
        ("R5.4 工数", date(2023, 4, 3)),
        ("令和5年4月", date(2023, 4, 3)),
        ("2023-12", date(2023, 12, 3)),
    ],
)
def test_the_month_in_a_file_name(tmp_path, name, wanted):
    (tmp_path / f"{name}.csv").write_text("氏名,3\nA,1\n", encoding="utf-8")
    settings = settings_with(
        {"data": {"mapping": {"time_logs": {"file": f"{name}.csv", "unpivot": {**KEEP, "month": "file"}}}}}
    )
    data = open_data(str(tmp_path), settings, date(2023, 12, 31), tmp_path.parent)
    assert booked(data) == [("A", wanted, 60.0)]


def test_weekly_sheets_name_their_days_and_a_week_may_cross_the_year(tmp_path):
    (tmp_path / "w1.csv").write_text("氏名,2023/4/3(月),2023-04-04\nA,1,2\n", encoding="utf-8")
    (tmp_path / "w2.csv").write_text("氏名,12/31,1/1\nA,1,2\n", encoding="utf-8")
    first, second = (
        {"file": "w1", "unpivot": KEEP},
        {"file": "w2", "unpivot": {**KEEP, "month": "2023-01", "unit": "minutes"}},
    )
    data = opened(tmp_path, [first, second])  # type: ignore[arg-type]
    assert booked(data) == [
        ("A", date(2022, 12, 31), 1.0), ("A", date(2023, 1, 1), 2.0),
        ("A", date(2023, 4, 3), 60.0), ("A", date(2023, 4, 4), 120.0),
    ]  # fmt: skip


def test_what_cannot_be_known_is_asked_for_not_guessed(tmp_path):
    (tmp_path / "4月.csv").write_text("氏名,1\nA,1\n", encoding="utf-8")
    assert "no year and month in the name of the file, 4月" in refused(
        tmp_path, {"file": "4月.csv", "unpivot": {**KEEP, "month": "file"}}
    )
    assert "the month of its days is not known" in refused(tmp_path, {"file": "4月.csv", "unpivot": KEEP})
    assert "there is no header 名前" in refused(tmp_path, {"file": "4月.csv", "unpivot": {"keep": {"csm_id": "名前"}}})
    assert "unpivot.keep.task2 is not a column" in refused(
        tmp_path, {"file": "4月.csv", "unpivot": {"keep": {"task2": "氏名"}, "month": "2023-04"}}
    )
    assert "no header is a day" in refused(
        tmp_path, {"file": "4月.csv", "unpivot": {"keep": {"csm_id": "氏名", "task": "1"}}}
    )
