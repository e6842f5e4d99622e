"""Which events does a calendar in .ics hold, each time that a series is held?

Read by the library ``icalendar``, whose lenience is made up for here: a file that is cut off, a line it passes over, a
time whose zone nobody defines. What cannot be read is told by the line its event begins in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import prod
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cskit.data.encodings import opened, written
from cskit.data.unreadable import UnreadableError
from cskit.errors import Fault

__all__ = ["COLUMNS", "Held", "events", "held"]

COLUMNS = ("Subject", "Start", "End", "Attendees", "Organizer", "Status", "Repeats")
AGAIN = "Export the calendar again."
YEARS, A_DAY = 30, 4  # how long a series may last, and how often a day it may be held: no meeting does either
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
NOBODY = ("ROOM", "RESOURCE")  # kinds of attendees that are no people


@dataclass(frozen=True, slots=True)
class Held:
    r"""One event, or one time of a series.

    Parameters
    ----------
    line : int
        In which it begins in the file, from 1.
    same : tuple of (str, str)
        Its identifier and time, which it has in a colleague's calendar as well.
    start : datetime
        As the clock on the wall shows it, without a zone.
    minutes : float
        0 where it lasts all day.
    people : str
        The addresses of who was asked and has not declined, then of who asked.
    moved : bool
        Held at another time than its series says.

    Examples
    --------
    An event that has no zone but UTC, told in the time of Tokyo:

    >>> from tempfile import TemporaryDirectory
    >>> times = "DTSTART:20230403T010000Z\nDTEND:20230403T014500Z"
    >>> text = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:定例会\n{times}\nEND:VEVENT\nEND:VCALENDAR\n"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "sato.ics")
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     (one,), _ = held(path, "sato.ics", "Asia/Tokyo", date(2023, 6, 30))
    >>> one.line, one.title, one.start.isoformat(" "), one.minutes
    (2, '定例会', '2023-04-03 10:00:00', 45.0)
    """

    line: int
    same: tuple[str, str]
    title: str
    start: datetime
    minutes: float
    people: str
    status: str
    moved: bool


def events(path: Path, name: str) -> list[tuple[int, list[str]]]:
    r"""Each event as it stands in the file: its line, and what :data:`COLUMNS` name.

    Raises
    ------
    UnreadableError
        If it is no calendar, or not a whole one.

    Examples
    --------
    Who declined is not among the attendees:

    >>> from tempfile import TemporaryDirectory
    >>> asked = "ATTENDEE;PARTSTAT=DECLINED:mailto:kei@acme.example\nATTENDEE:mailto:mika@acme.example"
    >>> lines = f"BEGIN:VEVENT\nSUMMARY:定例会\nDTSTART:20230403T010000Z\n{asked}\nRRULE:FREQ=WEEKLY\nEND:VEVENT"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "sato.ics")
    ...     _ = path.write_text(f"BEGIN:VCALENDAR\n{lines}\nEND:VCALENDAR\n", encoding="utf-8")
    ...     events(path, "sato.ics")
    [(2, ['定例会', '2023-04-03T01:00:00+00:00', '', 'mika@acme.example', '', '', 'yes'])]
    """
    return [
        (
            line,
            [
                _title(own),
                _text(own, "DTSTART"),
                _text(own, "DTEND"),
                _people(own, "ATTENDEE"),
                _people(own, "ORGANIZER"),
                str(own.get("STATUS", "")),
                "yes" if "RRULE" in own or "RDATE" in own else "",
            ],
        )
        for line, own, _ in _read(path, name)
    ]


def held(path: Path, label: str, zone: str, until: date) -> tuple[list[Held], list[Fault]]:
    r"""Every event, a series once for each time, up to a day; and what of them cannot be read.

    Parameters
    ----------
    label : str
        What the file is called in faults.
    zone : str
        In whose time they are told.
    until : date
        The last day of a series that has no end of its own.

    Returns
    -------
    list of Held, list of Fault
        By their beginning. An event that cannot be read is an error; a series without an end, in a file older than
        ``until``, a warning.

    Raises
    ------
    UnreadableError
        As :func:`events`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> weekly = "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Asia/Tokyo:20230615T100000\nRRULE:FREQ=WEEKLY\nEND:VEVENT"
    >>> wrong = "BEGIN:VEVENT\nUID:2\nSUMMARY:QBR\nEND:VEVENT"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "sato.ics")
    ...     _ = path.write_text(f"BEGIN:VCALENDAR\n{weekly}\n{wrong}\nEND:VCALENDAR\n", encoding="utf-8")
    ...     found, faults = held(path, "sato.ics", "Asia/Tokyo", date(2023, 6, 30))
    >>> [one.start.isoformat(" ") for one in found]
    ['2023-06-15 10:00:00', '2023-06-22 10:00:00', '2023-06-29 10:00:00']
    >>> print(*faults)
    row 7: the event that begins there: it has no DTSTART.
    """
    found, faults = list[Held](), list[Fault]()
    series: dict[str, list[tuple[int, Any]]] = {}
    whole = _read(path, label)
    repeated = {str(own.get("UID", "")) for _, own, _ in whole if "RRULE" in own or "RDATE" in own}
    endless, newest = 0, date.min
    for line, own, wrong in whole:
        if wrong := wrong or _wrong(own):
            faults.append(_fault(label, line, wrong))
        elif str(own.get("UID", "")) in repeated:
            series.setdefault(str(own["UID"]), []).append((line, own))
        else:
            found.append(_held(line, own, zone))
        stamps = [_when(own, word) for word in ("DTSTAMP", "LAST-MODIFIED")]
        newest = max([newest, *(_day(stamp) for stamp in stamps if stamp)])
        endless += "RRULE" in own and not {"COUNT", "UNTIL"} & set(own["RRULE"])
    for parts in series.values():
        try:
            found += _times(parts, zone, until)
        except UnreadableError as error:
            faults.append(_fault(label, parts[0][0], error.what))
    if endless and newest < until and newest != date.min:
        what = f"{endless} series without an end are taken as held up to {until}"
        what += f"; nothing in the file is newer than {newest}."
        faults.append(Fault("touchpoints", label, what, AGAIN, warning=True))
    return sorted(found, key=lambda own: (own.start, own.line)), faults


def _read(path: Path, name: str) -> list[tuple[int, Any, str]]:
    """Each event with its line, and what is wrong with it."""
    import icalendar  # for .ics alone

    with opened(path, written(path, name).encoding) as file:
        text = file.read().lstrip("\ufeff")
    lines = [line.strip().upper() for line in text.splitlines()]
    begins = [number for number, line in enumerate(lines, start=1) if line == "BEGIN:VEVENT"]
    counts = {word: sum(line == f"{word}:VCALENDAR" for line in lines) for word in ("BEGIN", "END")}
    if not counts["BEGIN"]:
        raise UnreadableError("it is no calendar: BEGIN:VCALENDAR does not stand in it", AGAIN)
    if counts["BEGIN"] != counts["END"] or len(begins) != lines.count("END:VEVENT"):
        raise UnreadableError("the calendar does not end: it is cut off", AGAIN)
    try:
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
        found = [own for calendar in calendars for own in calendar.walk("VEVENT")]
    except Exception as error:  # of every kind, where a line is wrong
        raise UnreadableError(f"it cannot be read as a calendar ({str(error)[:120]})", AGAIN) from None
    if len(found) != len(begins):
        raise UnreadableError(f"of {len(begins)} events {len(found)} can be read", AGAIN)
    wrongs = ["; ".join(": ".join(str(part) for part in one if part)[:120] for one in own.errors) for own in found]
    return list(zip(begins, found, wrongs, strict=True))


def _wrong(own: Any) -> str:
    if "DTSTART" not in own:
        return "it has no DTSTART"
    for word in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        if word in own:
            time = _when(own, word)
            if time is None:
                return f"its {word} is no time, or stands twice"
            zone = own[word].params.get("TZID")
            if zone and isinstance(time, datetime) and time.tzinfo is None:
                return f"the time zone {zone} is defined nowhere in the file"
    if "DURATION" in own and not _is_length(own["DURATION"]):
        return "its DURATION is none, or stands twice"
    rule = own.get("RRULE")
    if isinstance(rule, list):
        return "RRULE stands twice"
    if rule and str(rule.get("FREQ", [""])[0]).upper() in TOO_OFTEN:
        return f"a series of every {str(rule['FREQ'][0]).lower().removesuffix('ly')} is no meeting"
    if rule and prod(len(rule.get(part, [0])) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")) > A_DAY:
        return f"a series of more than {A_DAY} times a day is no meeting"
    return ""


def _times(parts: list[tuple[int, Any]], zone: str, until: date) -> Iterator[Held]:
    """Each time of a series, with what was changed of single ones."""
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar()
    for line, own in parts:
        own.add("X-CSKIT-LINE", str(line))
        calendar.add_component(own)
    try:
        first = min(_day(own["DTSTART"].dt) for _, own in parts)
        if until.year - first.year > YEARS:
            raise ValueError(f"it begins more than {YEARS} years before")
        last = datetime.combine(until + timedelta(days=2), datetime.min.time())
        query = recurring_ical_events.of(calendar, components=["VEVENT"])
        times = query.between(first - timedelta(days=2), last)
    except Exception as error:  # of every kind, where a rule is wrong
        raise UnreadableError(f"the series cannot be worked out ({str(error)[:120]})") from None
    for one in times:
        if _day(one["DTSTART"].dt) <= until:
            yield _held(int(one["X-CSKIT-LINE"]), one, zone)


def _held(line: int, own: Any, zone: str) -> Held:
    start, end = own["DTSTART"].dt, own["DTEND"].dt if "DTEND" in own else None
    if end is None and "DURATION" in own:
        end = start + own["DURATION"].dt
    meant = own["RECURRENCE-ID"].dt if "RECURRENCE-ID" in own else start
    local = _local(start, zone)
    whole = not isinstance(start, datetime)
    minutes = 0.0 if whole or end is None else max(0.0, (_local(end, zone) - local).total_seconds() / 60)
    same = (str(own.get("UID", "")), _local(meant, zone).isoformat())
    people = f"{_people(own, 'ATTENDEE')} {_people(own, 'ORGANIZER')}"
    return Held(
        line, same, _title(own), local, minutes, people, str(own.get("STATUS", "")), _local(meant, zone) != local
    )


def _local(time: date, zone: str) -> datetime:
    """As a clock on the wall shows it; a day is its midnight, and a time without a zone is of here."""
    if not isinstance(time, datetime):
        return datetime(time.year, time.month, time.day)
    return time.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if time.tzinfo else time


def _day(time: date) -> date:
    return time.date() if isinstance(time, datetime) else time


def _is_length(given: Any) -> bool:
    try:
        return isinstance(given.dt, timedelta)
    except Exception:  # as of a time
        return False


def _when(own: Any, word: str) -> date | None:
    """A time; None where there is none, and where what stands there is none."""
    try:
        time = own[word].dt
    except Exception:  # the library's own, for what it could not parse, and Python's, for a list of two
        return None
    return time if isinstance(time, date) else None


def _title(own: Any) -> str:
    return " ".join(str(own.get("SUMMARY", "")).split())


def _text(own: Any, word: str) -> str:
    time = _when(own, word)
    return time.isoformat() if time else ""


def _people(own: Any, word: str) -> str:
    """Addresses of who was asked; not of rooms, nor of who declined."""
    asked = own.get(word, [])
    asked = asked if isinstance(asked, list) else [asked]
    known = [(str(one), getattr(one, "params", {})) for one in asked]
    return ";".join(
        re.sub("^mailto:", "", address, flags=re.IGNORECASE)
        for address, told in known
        if str(told.get("CUTYPE", "")).upper() not in NOBODY and str(told.get("PARTSTAT", "")).upper() != "DECLINED"
    )


def _fault(label: str, line: int, what: str) -> Fault:
    mend = "Mend the event in the calendar and export it again, or take it out of the file."
    return Fault("touchpoints", label, f"the event that begins there: {what}.", mend, rows=(line,), count=1)
