"""A calendar's export becomes contacts; what is none is named."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cskit.data import Data, open_data
from cskit.errors import DataError, SettingsError
from cskit.params import settings_with

RULE = {
    "own_domains": ["ours.co.jp"],
    "kinds": {"review": ["QBR", "レビュー"], "regular": ["定例"]},
    "people": {"sato@ours.co.jp": "M1"},
}
HEAD = "件名,開始日,開始時刻,終了日,終了時刻,会議の開催者,必須出席者,任意出席者\n"


def opened(folder: Path, events: str, **more: Any) -> Data:
    (folder / "customers.csv").write_text("customer_id,name\nC1,株式会社アクメ\nC2,ベータ商事(株)\n", encoding="utf-8")
    (folder / "crosswalk.csv").write_text("their_id,customer_id\nacme.example,C1\n", encoding="utf-8")
    (folder / "予定表.csv").write_text(HEAD + events, encoding="cp932")
    mapping = {"touchpoints": {"file": "予定表.csv", "calendar": {**RULE, **more}}}
    return open_data(str(folder), settings_with({"data": {"mapping": mapping}}), date(2023, 6, 30), folder.parent)


def found(data: Data, *columns: str) -> list[tuple[Any, ...]]:
    rows = data.table("touchpoints").order_by("on", "touchpoint_id").select(*columns).to_pyarrow().to_pylist()
    return [tuple(row.values()) for row in rows]


def said(data: Data) -> list[str]:
    return [f"{fault.source}: {fault}" for fault in data.warnings]


def test_events_with_somebody_from_outside_or_a_customer_in_the_title_are_contacts(tmp_path):
    data = opened(
        tmp_path,
        "定例会,2023/4/3,10:00,2023/4/3,11:30,sato@ours.co.jp,kei@acme.example;mori@ours.co.jp,\n"
        "【ベータ商事様】QBR,2023/4/4,9:00:00,2023/4/4,10:00:00,sato@ours.co.jp,,\n"
        "部内会議,2023/4/5,9:00,2023/4/5,10:00,sato@ours.co.jp,mori@ours.co.jp,\n"
        "定例,2023/4/6,9:00,2023/4/6,10:00,sato@ours.co.jp,x@new.example,\n",
    )
    assert found(data, "customer_id", "csm_id", "on", "minutes", "kind") == [
        ("C1", "M1", date(2023, 4, 3), 90.0, "regular"),
        ("C2", "M1", date(2023, 4, 4), 60.0, "review"),
        ("new.example", "M1", date(2023, 4, 6), 60.0, "regular"),
    ]
    assert any("row 4: nobody from outside attends" in text for text in said(data))
    assert any('found "new.example"; customers has no such customer_id' in text for text in said(data))


def test_a_meeting_called_off_and_held_soon_after_was_moved(tmp_path):
    who = "sato@ours.co.jp,kei@acme.example,"
    data = opened(
        tmp_path,
        f"キャンセル済み: 定例会,2023/4/3,10:00,2023/4/3,11:00,{who}\n"
        f"キャンセル済み: 定例会,2023/4/10,10:00,2023/4/10,11:00,{who}\n"
        f"定例会,2023/4/12,10:00,2023/4/12,11:00,{who}\n"
        f"【リスケ】QBR,2023/5/1,10:00,2023/5/1,11:00,{who}\n"
        f"中止: レビュー,2023/5/8,10:00,2023/5/8,11:00,{who}\n",
    )
    assert found(data, "on", "reschedules") == [(date(2023, 4, 12), 2), (date(2023, 5, 1), 1)]
    assert any("row 6: cancelled and not held later" in text for text in said(data))


def test_every_event_is_a_contact_or_named(tmp_path):
    who = "sato@ours.co.jp,kei@acme.example;y@other.example,"
    data = opened(
        tmp_path, f"共同会議,2023/4/3,10:00,2023/4/3,11:00,{who}\n定例,2023/4/4,10:00,2023/4/4,11:00,,k@acme.example,\n"
    )
    assert len(found(data, "on")) == 1
    assert any("row 2: several customers may be meant" in text for text in said(data))


def test_a_beginning_that_is_no_date_is_refused_with_its_row(tmp_path):
    with pytest.raises(DataError, match='column start, row 2: found "4/3"'):
        opened(tmp_path, "定例,4/3,10:00,4/3,11:00,,k@acme.example,\n")


def test_a_file_that_is_no_calendar_says_what_is_missing(tmp_path):
    with pytest.raises(DataError, match="no header is the title"):
        opened(tmp_path, "x,2023/4/3,,,,,,\n", columns={"title": "題"})


def test_a_calendar_is_of_touchpoints(tmp_path):
    mapping = {"tickets": {"file": "a.csv", "calendar": RULE}}
    with pytest.raises(SettingsError, match="a calendar is of touchpoints"):
        open_data("x", settings_with({"data": {"mapping": mapping}}), date(2023, 6, 30), tmp_path)
