"""A calendar in .ics becomes contacts; what of it is none, or cannot be read, is told by its line."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cskit.data import Data, open_data
from cskit.errors import DataError
from cskit.params import settings_with

RULE: dict[str, Any] = {
    "own_domains": ["ours.co.jp"],
    "kinds": {"review": ["QBR"], "regular": ["定例"]},
    "people": {"sato@ours.co.jp": "M1"},
}
# As Outlook writes it: a zone by the name Windows has for it, its rules beside it.
TOKYO = """BEGIN:VTIMEZONE
TZID:Tokyo Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
"""
AT = "TZID=Tokyo Standard Time"


def event(*lines: str, who: str = "kei@acme.example", title: str = "定例会", uid: str = "1") -> str:
    asked = f"ORGANIZER;CN=佐藤:mailto:sato@ours.co.jp\nATTENDEE;CN=Kei;PARTSTAT=ACCEPTED:MAILTO:{who}\n" if who else ""
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20230630T000000Z\nSUMMARY:{title}\n{asked}" + "".join(
        f"{line}\n" for line in (*lines, "END:VEVENT")
    )


def calendar(*events: str, head: str = TOKYO) -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x\nMETHOD:PUBLISH\n{head}{''.join(events)}END:VCALENDAR\n"


def opened(folder: Path, as_of: date = date(2023, 6, 30), encoding: str = "utf-8", **files: str) -> Data:
    (folder / "customers.csv").write_text("customer_id,name\nC1,株式会社アクメ\nC2,ベータ商事(株)\n", encoding="utf-8")
    (folder / "crosswalk.csv").write_text("their_id,customer_id\nacme.example,C1\n", encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.ics").write_bytes(text.replace("\n", "\r\n").encode(encoding))
    mapping = {"touchpoints": {"file": "*.ics", "calendar": RULE}}
    return open_data(str(folder), settings_with({"data": {"mapping": mapping}}), as_of, folder.parent)


def found(data: Data, *columns: str) -> list[tuple[Any, ...]]:
    rows = data.table("touchpoints").order_by("on", "touchpoint_id").select(*columns).to_pyarrow().to_pylist()
    return [tuple(row.values()) for row in rows]


def said(data: Data) -> str:
    return "\n".join(f"{fault.source}: {fault}" for fault in data.warnings)


def test_events_in_a_zone_in_utc_and_of_a_whole_day_are_contacts_on_our_days(tmp_path):
    """22:00 UTC is 7:00 of the next day in Tokyo; a time without a zone is ours."""
    data = opened(tmp_path, x=calendar(
        event(f"DTSTART;{AT}:20230403T100000", f"DTEND;{AT}:20230403T113000"),
        event("DTSTART:20230403T220000Z", "DTEND:20230403T224500Z", uid="2", title="QBR"),
        event("DTSTART;VALUE=DATE:20230405", "DTEND;VALUE=DATE:20230406", uid="3"),
        event("DTSTART:20230406T090000", "DURATION:PT30M", uid="4"),
        event("DTSTART;TZID=America/New_York:20230406T210000", "DTEND;TZID=America/New_York:20230406T220000", uid="5"),
    ))  # fmt: skip
    assert found(data, "customer_id", "csm_id", "on", "minutes", "kind") == [
        ("C1", "M1", date(2023, 4, 3), 90.0, "regular"),
        ("C1", "M1", date(2023, 4, 4), 45.0, "review"),
        ("C1", "M1", date(2023, 4, 5), None, "regular"),
        ("C1", "M1", date(2023, 4, 6), 30.0, "regular"),
        ("C1", "M1", date(2023, 4, 7), 60.0, "regular"),
    ]


def test_a_series_is_held_each_time_but_for_those_taken_out_and_one_at_another_time_was_moved(tmp_path):
    whole = (f"DTSTART;{AT}:20230403T100000", f"DTEND;{AT}:20230403T110000", "RRULE:FREQ=WEEKLY;COUNT=4")
    data = opened(tmp_path, x=calendar(
        event(*whole, f"EXDATE;{AT}:20230410T100000"),
        event(f"RECURRENCE-ID;{AT}:20230417T100000", f"DTSTART;{AT}:20230418T150000", f"DTEND;{AT}:20230418T160000"),
    ))  # fmt: skip
    assert found(data, "on", "reschedules", "minutes") == [
        (date(2023, 4, 3), 0, 60.0),
        (date(2023, 4, 18), 1, 60.0),
        (date(2023, 4, 24), 0, 60.0),
    ]


def test_a_series_without_an_end_is_held_up_to_the_day_of_the_report_and_that_is_said_where_the_file_is_older(tmp_path):
    endless = event(f"DTSTART;{AT}:20230501T100000", f"DTEND;{AT}:20230501T110000", "RRULE:FREQ=WEEKLY")
    data = opened(tmp_path, x=calendar(endless.replace("20230630T", "20230510T")))
    assert len(found(data, "on")) == 9  # Mondays from 1 May to 26 June
    assert "1 series without an end are taken as held up to 2023-06-30; nothing in the file is newer" in said(data)


def test_one_called_off_and_its_like_held_soon_after_was_moved(tmp_path):
    data = opened(tmp_path, x=calendar(
        event(f"DTSTART;{AT}:20230403T100000", "STATUS:CANCELLED"),
        event(f"DTSTART;{AT}:20230405T100000", uid="2"),
        event(f"DTSTART;{AT}:20230508T100000", "STATUS:CANCELLED", uid="3", title="QBR"),
        event(f"DTSTART;{AT}:20230601T100000", uid="4", title="【リスケ】QBR"),
    ))  # fmt: skip
    assert found(data, "on", "reschedules") == [(date(2023, 4, 5), 1), (date(2023, 6, 1), 1)]


def test_one_time_of_a_series_called_off_is_not_held(tmp_path):
    whole = (f"DTSTART;{AT}:20230403T100000", f"DTEND;{AT}:20230403T110000", "RRULE:FREQ=WEEKLY;COUNT=2")
    off = event(f"RECURRENCE-ID;{AT}:20230410T100000", f"DTSTART;{AT}:20230410T100000", "STATUS:CANCELLED")
    data = opened(tmp_path, x=calendar(event(*whole), off))
    assert found(data, "on") == [(date(2023, 4, 3),)]
    assert "cancelled and not held later" in said(data)


def test_rooms_and_who_declined_are_nobody_and_a_strangers_domain_is_listed(tmp_path):
    room = "ATTENDEE;CUTYPE=RESOURCE:mailto:c_1@resource.calendar.google.com"
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:a@other.example"
    day = f"DTSTART;{AT}:20230403T100000"
    data = opened(tmp_path, x=calendar(
        event(day, room, declined),
        event(day, room, uid="2", who=""),
        event(day, uid="3", who="x@new.example"),
    ))  # fmt: skip
    assert found(data, "customer_id") == [("C1",), ("new.example",)]
    assert "nobody from outside attends" in said(data)
    assert 'found "new.example"; customers has no such customer_id' in said(data)


def test_one_meeting_in_two_colleagues_calendars_counts_once_and_is_told(tmp_path):
    one = event(f"DTSTART;{AT}:20230403T100000")
    data = opened(tmp_path, a=calendar(one), b=calendar(one, event(f"DTSTART;{AT}:20230404T100000", uid="2")))
    assert found(data, "on") == [(date(2023, 4, 3),), (date(2023, 4, 4),)]
    assert "b.ics: row 13: held with a colleague" in said(data)


def test_folded_lines_and_other_encodings_are_read(tmp_path):
    folded = event(f"DTSTART;{AT}:20230403T100000", title="ベータ商事様 \n 定例会", who="").replace("\n 定", "\n  定")
    data = opened(tmp_path, encoding="cp932", x=calendar(folded))
    assert found(data, "customer_id", "note") == [("C2", "ベータ商事様 定例会")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hello\n", "it is no calendar"),
        (calendar(event("DTSTART:20230403T100000"))[:-20], "it is cut off"),
        (calendar(event("DTSTART:20230403T100000")).replace("END:VEVENT\n", ""), "it is cut off"),
        (calendar(event("DTSTART:2023-04-03 10:00")), "row 13: the event that begins there: .*DTSTART"),
        (calendar(event("DTSTART:20230231T100000")), "row 13: the event that begins there: "),
        (calendar(event("SUM MARY")), "row 13: the event that begins there: Content line"),
        (calendar(event("LOCATION:x")), "row 13: the event that begins there: it has no DTSTART"),
        (calendar(event("DTSTART;TZID=Nowhere:20230403T100000")), "the time zone Nowhere is defined nowhere"),
        (calendar(event("DTSTART:20230403T100000", "RRULE:FREQ=SECONDLY")), "a series of every second is no meeting"),
        (calendar(event("DTSTART:20230403T100000", f"RRULE:FREQ=DAILY;BYSECOND={','.join(map(str, range(60)))}")),
         "more than 4 times a day"),
        (calendar(event("DTSTART:19200403T100000", "RRULE:FREQ=DAILY")), "more than 30 years before"),
        (calendar(event("DTSTART:20230403T100000", "RRULE:FREQ=SOMETIMES")), "row 13: the event that begins there: "),
        (calendar(event("DTSTART:00010101T100000", "RRULE:FREQ=DAILY")), "row 13: the event that begins there: "),
        (calendar(event("DTSTART:20230403T100000", "DURATION:long")), "row 13: .*DURATION"),
        (calendar(event("DTSTART:20230403T100000", "DTSTART:20230404T100000")), "its DTSTART is no time, or stands twice"),
        ("", "the file is empty"),
    ],
)  # fmt: skip
def test_what_is_broken_is_refused_with_its_line_and_what_to_do(tmp_path, text, why):
    with pytest.raises(DataError, match=why) as error:
        opened(tmp_path, x=text)
    assert all(fault.source == "x.ics" and fault.mend for fault in error.value.faults)


def test_a_calendar_that_params_do_not_speak_of_is_named_with_what_to_say(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id\nC1\n", encoding="utf-8")
    (tmp_path / "sato.ics").write_text(calendar(event("DTSTART:20230403T100000")), encoding="utf-8")
    data = open_data(str(tmp_path), settings_with(), date(2023, 6, 30), tmp_path)
    assert "sato.ics: a calendar; params do not say how to read it" in said(data)


def test_a_csv_whose_times_say_their_zone_is_told_in_ours(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id\nC1\n", encoding="utf-8")
    text = "Title,Start,End,Attendees\nx,2023-04-03T22:00:00Z,2023-04-03T23:00:00Z,k@acme.example\n"
    (tmp_path / "g.csv").write_text(text, encoding="utf-8")
    mapping = {"touchpoints": {"file": "g.csv", "calendar": RULE}}
    data = open_data(str(tmp_path), settings_with({"data": {"mapping": mapping}}), date(2023, 6, 30), tmp_path)
    assert found(data, "on", "minutes") == [(date(2023, 4, 4), 60.0)]
