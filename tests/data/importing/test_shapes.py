"""cskit import knows a calendar and a sheet of people × days, and proposes the rule each is read by."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from xlsxwriter import Workbook

from cskit.data import open_data
from cskit.data.importing import propose
from cskit.data.importing.ask import Taken
from cskit.data.importing.page import page
from cskit.params import settings_with

CALENDAR = "件名,開始日,開始時刻,終了日,終了時刻,会議の開催者,必須出席者\n" + "".join(
    f"アクメ様 定例,2023/4/{day},10:00,2023/4/{day},11:00,sato@ours.co.jp,sato@ours.co.jp;kei@acme.example\n"
    for day in range(3, 8)
)


def hours(path: Path, sheet: str, headers: list[str], *rows: list[Any]) -> None:
    with Workbook(str(path)) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate([headers, *rows]):
            page.write_row(number, 0, row)


def only(folder: Path) -> tuple[Taken, str]:
    proposed = propose(str(folder), settings_with(), folder)
    (own,) = proposed.taken
    return own, page(proposed, "x", "y")


def confirmed(text: str) -> dict[str, Any]:
    """As a person confirms it: every mark taken away."""
    return yaml.safe_load(text.replace("# ? ", ""))["mapping"]


def test_a_sheet_of_people_and_days_whose_month_is_known_is_sure_and_reads(tmp_path):
    days = [f"{day}({'土日月火水木金'[(day - 1) % 7]})" for day in range(1, 31)]
    hours(tmp_path / "工数表.xlsx", "2023年4月", ["担当者ID", "作業", *days, "合計"],
          ["佐藤", "定例", *[7.5] * 30, 225], ["鈴木", "準備", *[0.5] * 30, 15])  # fmt: skip
    own, text = only(tmp_path)
    assert own.table and (own.table.name, own.grade) == ("time_logs", "sure")
    (part,) = yaml.safe_load(text)["mapping"]["time_logs"]
    assert part["unpivot"] == {"keep": {"csm_id": "担当者ID", "task": "作業"}, "unit": "hours", "month": "sheet"}
    assert "30 of 33 headers are days" in text and "佐…" in text and "佐藤" not in text
    settings = settings_with({"data": {"mapping": {"time_logs": part}}})
    data = open_data(str(tmp_path), settings, date(2023, 4, 30), tmp_path)
    assert data.rows == {"time_logs": 60}


@pytest.mark.parametrize("what", ["no month", "no person", "a name for an ID", "numbers that may be days"])
def test_what_had_to_be_chosen_is_left_to_a_person(tmp_path, what):
    who = {"no person": "x", "a name for an ID": "担当者"}.get(what, "担当者ID")
    headers = [who, *[str(day) for day in range(1, 11)]]
    name = "Sheet1" if what == "no month" else "2023-04"
    hours(tmp_path / "a.xlsx", name, headers, ["佐藤", *[1.0 if "numbers" in what else 7.5] * 10])
    own, text = only(tmp_path)
    assert own.table and (own.table.name, own.grade) == ("time_logs", "likely")
    assert yaml.safe_load(text)["mapping"] is None
    settings_with({"data": {"mapping": confirmed(text)}})


def test_a_calendar_is_proposed_with_whose_domain_may_be_ours_and_reads_once_confirmed(tmp_path):
    (tmp_path / "予定表.csv").write_text(CALENDAR, encoding="cp932")
    own, text = only(tmp_path)
    assert own.table and (own.table.name, own.grade) == ("touchpoints", "likely")
    assert yaml.safe_load(text)["mapping"] is None
    assert "kei@" not in text and "sato@" not in text and "アクメ様 定例" not in text
    mapping = confirmed(text)
    assert mapping["touchpoints"][0]["calendar"] == {"own_domains": ["ours.co.jp"]}
    data = open_data(str(tmp_path), settings_with({"data": {"mapping": mapping}}), date(2023, 4, 30), tmp_path)
    assert data.rows == {"touchpoints": 5}


def test_a_calendar_in_ics_is_known_by_its_ending(tmp_path):
    event = "BEGIN:VEVENT\nUID:1\nSUMMARY:定例\nDTSTART:20230403T100000\nORGANIZER:mailto:sato@ours.co.jp\nATTENDEE:mailto:k@acme.example\nEND:VEVENT\n"
    (tmp_path / "sato.ics").write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{event}END:VCALENDAR\n", encoding="utf-8")
    own, text = only(tmp_path)
    assert own.table and (own.table.name, own.why) == ("touchpoints", "a calendar by its ending")
    data = open_data(str(tmp_path), settings_with({"data": {"mapping": confirmed(text)}}), date(2023, 4, 30), tmp_path)
    assert data.rows == {"touchpoints": 1}


def test_a_table_of_ours_with_titles_and_dates_is_no_calendar(tmp_path):
    (tmp_path / "events.csv").write_text("event_id,件名,開始日,kind\nE1,障害,2023-04-01,incident\n", encoding="utf-8")
    own, _ = only(tmp_path)
    assert own.shape is None
