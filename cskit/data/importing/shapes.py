"""Is an export a calendar, or a sheet of people × days, which are read by a rule of their own?

A rule is proposed whole. It is sure only where nothing in it had to be chosen: whose domains are ours no value tells.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cskit.data.calendar import ADDRESS, HEADERS
from cskit.data.hours import NOTHING, month_of, needs_month
from cskit.data.importing.names import near_column
from cskit.data.importing.profile import Seen
from cskit.data.importing.samples import samples
from cskit.data.schema import Table, plain
from cskit.data.sources import Export

__all__ = ["Shape", "shape"]

LEAST_DAYS = 5  # columns that are days, of a sheet of them
KEPT = ("csm_id", "task", "customer_id", "case_id")
CELL = re.compile(r"\d+(\.\d+)?h?|\.\d+|\d{1,2}:[0-5]\d")


@dataclass(frozen=True, slots=True)
class Shape:
    """A part of a mapping by a rule of its own.

    Parameters
    ----------
    table : str
        Of which table it is.
    confidence : float
        From 0 to 1.
    part : dict
        As it stands in a mapping.
    notes : tuple of str
        What a person should look at, each a line.

    Examples
    --------
    A calendar is never sure: no value tells whose domain is ours.

    >>> from pathlib import Path
    >>> lines = [("定例会",), ("2023-04-03 10:00",), (), ("kei@acme.example;sato@ours.co.jp",), ("sato@ours.co.jp",)]
    >>> seen = [Seen("", 1, len(own), len(own), {}, None, None, own, True) for own in lines]
    >>> found = shape(Export(Path("sato.ics"), ("sato",)), seen, {})
    >>> found.table, found.confidence, found.notes[0]
    ('touchpoints', 0.8, 'own_domains: ours.co.jp is the commonest domain of who invites and attends. Is it yours? ...')
    """

    table: str
    confidence: float
    why: str
    part: dict[str, Any]
    notes: tuple[str, ...]


def shape(export: Export, seen: Sequence[Seen], tables: Mapping[str, Table]) -> Shape | None:
    """The rule that an export calls for, if it does.

    Parameters
    ----------
    tables : mapping of str to Table
        As :func:`cskit.data.schema.tables`.

    Returns
    -------
    Shape or None
        Of a calendar, or of a sheet of people × days; None: it is read column by column.

    Examples
    --------
    >>> from pathlib import Path
    >>> from cskit.data.schema import tables
    >>> cells = {"社員ID": ("M1", "M2")} | {f"4/{day}": ("7.5", "1:30") for day in range(1, 6)}
    >>> seen = [Seen(header, 2, 2, 2, {}, None, None, own, True) for header, own in cells.items()]
    >>> found = shape(Export(Path("工数_2023-04.csv"), ("工数_2023-04",)), seen, tables())
    >>> found.part["unpivot"], found.confidence
    ({'keep': {'csm_id': '社員ID'}, 'unit': 'hours', 'month': 'file'}, 0.9)
    >>> found.notes[1]
    'unit: its numbers go up to 7.5; as 7.5, 1:30, 7.5. hours, minutes or days_of_8_hours'
    """
    return _calendar(export, seen) or _hours(export, seen, tables["time_logs"])


def _calendar(export: Export, seen: Sequence[Seen]) -> Shape | None:
    """A title, a beginning, an end and who attends: under headers that calendars have."""
    ics = export.file.lower().endswith(".ics")
    named = {what: one for what, words in HEADERS.items() for one in seen if plain(one.header) in map(plain, words)}
    if ics:
        named |= {"title": seen[0], "start": seen[1], "attendees": seen[3], "organizer": seen[4]}
    if (not ics and not {"title", "start", "attendees"} <= set(named)) or (
        not {"end", "end_time"} & set(named) and not ics
    ):
        return None
    if not named["title"].filled or (not ics and named["start"].reads_as["datetime"] < 1):
        return None
    domains = Counter(
        domain
        for what in ("organizer", "attendees")
        for value in (named[what].values if what in named else ())
        for domain in {found[1].lower() for found in ADDRESS.finditer(value)}
    )
    if not domains:
        return None
    ((ours, _),) = domains.most_common(1)
    notes = [
        f"own_domains: {ours} is the commonest domain of who invites and attends. Is it yours? All?",
        f"titles: as {', '.join(samples(named['title']))}; what they mean is said by kinds: {{regular: [定例]}}",
        "people: {address: csm_id} says who of you attended",
    ]
    why = "a calendar by its ending" if ics else "headers of a calendar: a title, a beginning, an end, who attends"
    part = {"file": export.path.name, **_sheet(export), "calendar": {"own_domains": [ours]}}
    return Shape("touchpoints", 0.8, why, part, tuple(notes))


def _hours(export: Export, seen: Sequence[Seen], table: Table) -> Shape | None:
    """Days from left to right; what is beside them says who and what."""
    days = [one for one in seen if needs_month(one.header) is not None]
    if len(days) < LEAST_DAYS or len(days) < len([one for one in seen if one.header]) / 2:
        return None
    cells = [value for one in days for value in one.values if plain(value) not in NOTHING]
    numbers = [value for value in cells if CELL.fullmatch(plain(value))]
    if not numbers or len(numbers) < 0.8 * len(cells):
        return None
    keep, sure, notes = dict[str, str](), True, []
    for one in seen:
        near = {name: share for name, share in near_column(table.headers, one.header).items() if name in KEPT}
        best = max(near, key=near.__getitem__, default="")
        if best and one not in days and best not in keep and near[best] >= 0.5:
            keep[best] = one.header
            sure &= near[best] >= 0.95
            notes.append(f"{best}: {one.header}; as {', '.join(samples(one))}")
    if "csm_id" not in keep:
        other = next((one for one in seen if one.header and one not in days and one.header not in keep.values()), None)
        if other is None:
            return None
        keep["csm_id"], sure = other.header, False
        notes.append(f"csm_id: {other.header}: the first column that is no day; as {', '.join(samples(other))}")
    most = max((float(plain(value).rstrip("h")) for value in numbers if ":" not in value), default=0.0)
    unit = "minutes" if most > 24 else "hours"
    sure &= most > 24 or most > 1
    notes.append(f"unit: its numbers go up to {most:g}; as {', '.join(numbers[:3])}. hours, minutes or days_of_8_hours")
    rule: dict[str, Any] = {"keep": keep, "unit": unit}
    if any(needs_month(one.header) for one in days):
        named = {"sheet": export.sheet or export.names[0], "file": export.path.stem}
        asked = named if export.sheet else reversed(named)
        found = next((which for which in asked if month_of(named[which])), "")
        rule["month"] = found or "2023-04"
        sure &= bool(found)
        notes.append(
            f"month: of the {found}'s name, {named[found]}" if found else "month: no name says it; 2023-04 is made up"
        )
    part = {"file": export.path.name, **_sheet(export), "unpivot": rule}
    why = f"{len(days)} of {len(seen)} headers are days, with numbers below"
    return Shape("time_logs", 0.9 if sure else 0.7, why, part, tuple(notes))


def _sheet(export: Export) -> dict[str, str]:
    return {"sheet": export.sheet} if export.sheet else {}
