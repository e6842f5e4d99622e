"""How does a calendar's export become contacts with customers?

An event is a contact where somebody from outside attends, or its title names a customer. Who that is: the mail domain
or the name, which the crosswalk leads to a customer. A cancelled event whose like comes soon after was moved: リスケ.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cskit.data.companies import plain_company
from cskit.data.schema import plain
from cskit.data.session import Session, identifier, literal
from cskit.data.sources import Export, Raw
from cskit.data.unreadable import UnreadableError
from cskit.errors import Fault
from cskit.settings import CalendarExport as Rule

__all__ = ["contacts"]

# Headers of Outlook in English and Japanese, and what other exports say.
HEADERS = {
    "title": ("Subject", "件名", "Title", "タイトル", "予定", "予定名", "Summary", "Event Name"),
    "start": ("Start Date", "開始日", "Start", "開始", "開始日時", "Start Time"),
    "start_time": ("Start Time", "開始時刻"),
    "end": ("End Date", "終了日", "End", "終了", "終了日時", "End Time"),
    "end_time": ("End Time", "終了時刻"),
    "attendees": ("Required Attendees", "必須出席者", "Attendees", "参加者", "出席者", "Guests"),
    "optional": ("Optional Attendees", "任意出席者"),
    "organizer": ("Meeting Organizer", "会議の開催者", "Organizer", "主催者"),
    "status": ("Status", "状態", "ステータス"),
}
ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
TIMES = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日")
CLOCKS = ("%H:%M", "%H:%M:%S", "%H時%M分")
ZONED = re.compile(r".*\d:\d.*(Z|[+-]\d\d:?\d\d)")
ROOMS = re.compile(r"(resource|group|import)\.calendar\.google\.com")  # Google's addresses of rooms and of calendars
COLUMNS = ("touchpoint_id", "customer_id", "csm_id", "on", "minutes", "kind", "reschedules", "note")


@dataclass(slots=True)
class _Event:
    row: int
    title: str
    bare: str
    start: datetime
    minutes: float
    addresses: tuple[str, ...]
    off: bool
    moved: int
    time: str = ""  # of a series, whose times begin in one row


Seen = dict[tuple[str, str], str]


def contacts(
    raw: Raw, rule: Rule, export: Export, session: Session, zone: str, until: date, seen: Seen
) -> tuple[Raw, list[Fault]]:
    r"""The events of a calendar as contacts, and which of them are none.

    Parameters
    ----------
    zone : str
        In whose time they are told.
    until : date
        The last day of a series without an end.
    seen : dict of (str, str) to str
        Events of the calendars read before, to where they stood; those of this one are added.

    Returns
    -------
    Raw
        A row per contact, by time: ``on`` as 2023-04-03, ``minutes`` empty where none are told, ``customer_id`` the
        customer whose name the title holds, or else the mail domain of who attends from outside.
    list of Fault
        What was not read, as warnings; a beginning that is no date stops the run.

    Raises
    ------
    UnreadableError
        If it has no titles or no beginnings.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.data.sources import read
    >>> events = "件名,開始日,必須出席者\n定例,2023/4/3,kei@acme.example\n部内会議,2023/4/4,mori@ours.co.jp\n"
    >>> with TemporaryDirectory() as folder:
    ...     export, session = Export(Path(folder, "予定表.csv"), ("予定表",)), Session(Path(folder))
    ...     _ = export.path.write_bytes(events.encode("cp932"))
    ...     rule = Rule(own_domains=["ours.co.jp"])
    ...     raw, told = contacts(read(export, session), rule, export, session, "Asia/Tokyo", date(2023, 6, 30), {})
    ...     session.engine.execute(f"SELECT c1, c3 FROM {raw.scan}").fetchall()
    ...     print(*told)
    [('acme.example', '2023-04-03')]
    row 3: nobody from outside attends and the title names no customer; taken as internal, not read.
    """
    if Path(export.file).suffix.lower() == ".ics":
        events, faults = _of_ics(raw, rule, export, zone, until, seen)
    else:
        events, faults = _events(raw, rule, _places(raw, rule), session, zone)
    kept, gone = _moved(events, rule)
    names = _names(session)
    to, inside, several = session.file(), list[_Event](), list[_Event]()
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([*COLUMNS, "place"])
        for event in kept:
            whose, why = _customer(event, rule, names)
            if why:
                (several if why == "several" else inside).append(event)
                continue
            ours = next((rule.people[one] for one in event.addresses if one in rule.people), "")
            day, length = event.start.date().isoformat(), f"{event.minutes:g}" if event.minutes else ""
            told = [whose, ours, day, length, _kind(event.title, rule), event.moved, event.title]
            writer.writerow([f"{export.path.stem} {event.row}{event.time}", *told, event.row])
    left_out = len(events) + sum(fault.count for fault in faults) - (len(kept) - len(inside) - len(several))
    told_of = (
        (inside, "nobody from outside attends and the title names no customer; taken as internal, not read."),
        (several, "several customers may be meant; not read. Name them in the crosswalk, or leave one in the title."),
        (gone, "cancelled and not held later, not read."),
    )
    faults += [_said(raw.label, own, what) for own, what in told_of if own]
    columns = tuple((f"c{n}", "VARCHAR") for n in range(len(COLUMNS) + 1))
    listed = ", ".join(f"{name}: 'VARCHAR'" for name, _ in columns)
    scan = (
        f"read_csv({literal(str(to))}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"strict_mode = true, columns = {{{listed}}})"
    )
    row = f"CAST({columns[-1][0]} AS BIGINT)"
    how = {**raw.how, "rows_left_out": left_out}
    return replace(raw, headers=COLUMNS, columns=columns[:-1], scan=scan, row=row, text=True, how=how), faults


def _places(raw: Raw, rule: Rule) -> dict[str, int]:
    """Where each thing stands: under the header that params name, or one of those known."""
    own = [plain(header) for header in raw.headers]
    at = {}
    for what, words in HEADERS.items():
        named = [rule.columns[what]] if what in rule.columns else words
        found = next((own.index(plain(word)) for word in named if plain(word) in own), None)
        if found is not None:
            at[what] = found
    if missing := [what for what in ("title", "start") if what not in at]:
        listed = ", ".join(header for header in raw.headers if header)
        mend = f"Name it in data.mapping.touchpoints.calendar.columns. Found: {listed[:200]}."
        raise UnreadableError(f"no header is the {' or the '.join(missing)} of an event", mend)
    return at


def _of_ics(
    raw: Raw, rule: Rule, export: Export, zone: str, until: date, seen: Seen
) -> tuple[list[_Event], list[Fault]]:
    from cskit.data.ics import held  # its libraries, for who has such a calendar

    found, faults = held(export.at, raw.label, zone, until)
    events, twice = list[_Event](), list[_Event]()
    for one in found:
        off, moved = _said_of(one.title, one.status, rule)
        addresses = _addresses(one.people)
        told = (one.line, one.title, _bare(one.title, rule), one.start, one.minutes, addresses, off)
        event = _Event(*told, int(moved or one.moved), f" {one.start:%Y-%m-%d %H:%M}")
        elsewhere = seen.setdefault(one.same, raw.label) if one.same[0] else raw.label
        (events if elsewhere == raw.label else twice).append(event)
    if twice:
        what = "held with a colleague: in another calendar already, not counted twice."
        faults.append(_said(raw.label, twice, what))
    return events, faults


def _events(raw: Raw, rule: Rule, at: dict[str, int], session: Session, zone: str) -> tuple[list[_Event], list[Fault]]:
    listed = ", ".join(f"coalesce(CAST({identifier(name)} AS VARCHAR), '')" for name, _ in raw.columns)
    events, wrong = [], []
    for row, *cells in session.engine.execute(f"SELECT {raw.row}, {listed} FROM {raw.scan}").fetchall():
        if not any(cell.strip() for cell in cells):
            continue
        said = {what: cells[place].strip() for what, place in at.items()}
        start, end = _time(said, "start", zone), _time(said, "end", zone)
        if start is None:
            wrong.append((int(row), said["start"]))
            continue
        addresses = _addresses(" ".join(said.get(what, "") for what in ("attendees", "optional", "organizer")))
        title = " ".join(said["title"].split())
        off, moved = _said_of(title, said.get("status", ""), rule)
        minutes = (end - start).total_seconds() / 60 if end and end > start else 0.0
        events.append(_Event(int(row), title, _bare(title, rule), start, minutes, addresses, off, int(moved)))
    if not wrong:
        return events, []
    found = ", ".join(f'"{text}"' for _, text in wrong[:3])
    what = f"found {found}; the beginning of an event is a date such as 2023-04-01, with or without 09:30."
    rows = tuple(row for row, _ in wrong[:5])
    return events, [Fault("touchpoints", raw.label, what, "Correct these cells.", "start", rows, len(wrong))]


def _addresses(people: str) -> tuple[str, ...]:
    return tuple(sorted({found[0] for found in ADDRESS.finditer(people.lower()) if not ROOMS.fullmatch(found[1])}))


def _said_of(title: str, status: str, rule: Rule) -> tuple[bool, bool]:
    """Whether it was called off, and whether its title says that it was moved."""
    off = any(word.lower() in f"{title} {status}".lower() for word in rule.cancelled)
    return off, any(word.lower() in title.lower() for word in rule.moved)


def _time(said: dict[str, str], what: str, zone: str) -> datetime | None:
    day, clock = said.get(what, ""), said.get(f"{what}_time", "")
    text = day if not clock or clock == day else f"{day.split(' ')[0]} {clock}"
    if ZONED.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        except ValueError:
            return None
    text = text.replace("T", " ")
    for pattern in (*(f"{one} {two}" for one in TIMES for two in CLOCKS), *TIMES):
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


def _bare(title: str, rule: Rule) -> str:
    """A title without what says that it was moved or called off, to know it again."""
    text = plain(title)
    for word in (*rule.moved, *rule.cancelled):
        text = text.replace(plain(word), "")
    return re.sub(r"[\s\[\]【】()<>::_-]|済み?", "", text)


def _moved(events: Sequence[_Event], rule: Rule) -> tuple[list[_Event], list[_Event]]:
    """Events held, each with how often it was moved, and those called off for good."""
    kept, waiting, gone = [], dict[tuple[str, tuple[str, ...]], list[_Event]](), []
    for event in sorted(events, key=lambda one: (one.start, one.row)):
        key = (event.bare, event.addresses)
        if event.off:
            waiting.setdefault(key, []).append(event)
            continue
        earlier = waiting.pop(key, [])
        soon = [one for one in earlier if event.start - one.start <= timedelta(days=rule.within_days)]
        gone += [one for one in earlier if one not in soon]
        event.moved = max(event.moved, len(soon))
        kept.append(event)
    return kept, gone + [one for own in waiting.values() for one in own]


def _names(session: Session) -> dict[str, str]:
    """Plain names of companies, to what leads from them to a customer; names of two customers to nothing."""
    there = {row[0] for row in session.engine.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    found: dict[str, set[str]] = {}
    asked = {
        "customers": "SELECT customer_id, name FROM customers",
        "crosswalk": "SELECT customer_id, their_id FROM crosswalk",
    }
    for table, query in asked.items():
        for customer, name in session.engine.execute(query).fetchall() if table in there else ():
            if customer and name and "@" not in name and len(own := plain_company(name)) >= 2:
                found.setdefault(own, set()).add(customer)
    return {name: next(iter(whose)) if len(whose) == 1 else "" for name, whose in found.items()}


def _customer(event: _Event, rule: Rule, names: dict[str, str]) -> tuple[str, str]:
    """The mail domain from outside, or the customer that the title names; otherwise why not."""
    own = {domain.lower() for domain in rule.own_domains}
    outside = {address.partition("@")[2] for address in event.addresses} - own
    title = plain_company(event.title)
    hits = [name for name in names if name in title]
    longest = [name for name in hits if not any(name != other and name in other for other in hits)]
    meant = {names[name] for name in longest}
    if len(meant) == 1 and "" not in meant:
        return next(iter(meant)), ""
    if len(outside) == 1:
        return next(iter(outside)), ""
    return "", "several" if outside or meant else "inside"


def _kind(title: str, rule: Rule) -> str:
    return next((kind for kind, words in rule.kinds.items() if any(plain(word) in plain(title) for word in words)), "")


def _said(label: str, events: list[_Event], what: str) -> Fault:
    rows = tuple(sorted(event.row for event in events)[:5])
    return Fault("touchpoints", label, what, rows=rows, count=len(events), warning=True)
