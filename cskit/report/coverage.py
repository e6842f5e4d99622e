"""What did the data hold: which tables came, which did not and what they would add, what was odd in them?"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cskit import i18n
from cskit.i18n import _
from cskit.periods import Period

if TYPE_CHECKING:
    from cskit.data import Data
    from cskit.errors import Fault

__all__ = ["Coverage", "coverage_of", "period_has_data"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The data of a run as its index tells it, in the language spoken.

    Parameters
    ----------
    present : tuple of (str, str, str)
        Table, what a row is, number of rows.
    absent : tuple of (str, str)
        Table, what it would add.
    warnings : tuple of str
    set_aside : int
        Rows that are in no figure.

    Examples
    --------
    >>> coverage_of(None)
    Coverage(present=(), absent=(), warnings=(), set_aside=0)
    """

    present: tuple[tuple[str, str, str], ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    set_aside: int = 0


def coverage_of(data: "Data | None", discreet: bool = False) -> Coverage:
    """Tell the data apart into what is there and what is not.

    Parameters
    ----------
    data : Data or None
    discreet : bool
        Leave out what was found in cells: an address where an identifier should be is not for everybody.

    Examples
    --------
    >>> from cskit.data import Data
    >>> coverage_of(run.data).present[0]
    ('customers', 'a customer company', '500')
    >>> dict(coverage_of(Data(run.data.as_of)).absent)["customer_history"]
    'segment, plan, region and seats as they were, not as they are today'
    """
    if data is None:
        return Coverage()
    from cskit.data.schema import spoken, tables

    known = tables()
    return Coverage(
        present=tuple((spoken(name), _(known[name].about), i18n.number(rows)) for name, rows in data.rows.items()),
        # who needs no crosswalk lacks nothing without one
        absent=tuple(
            (spoken(name), _(table.adds)) for name, table in known.items() if name not in {*data.rows, "crosswalk"}
        ),
        warnings=tuple(f"{fault.source}: {_said(fault.discreet if discreet else fault)}" for fault in data.warnings),
        set_aside=data.set_aside_rows,
    )


def _said(fault: "Fault") -> str:
    """A warning in the reader's language; the rarer ones stand as the data reader words them."""
    from cskit.data.schema import spoken

    if fault.kind == "ends":
        return _(
            "Nothing is newer than {day}, {days} days before the day of the data.",
            day=i18n.day(date.fromisoformat(fault.values["day"])),
            days=fault.values["days"],
        )
    if fault.kind != "reference":
        return str(fault)
    return i18n.n_(
        "column {column}, {n} row: found {found}, which {table} does not hold.",
        "column {column}, {n} rows: found {found}, which {table} does not hold.",
        fault.count,
        column=fault.column,
        found=fault.values["found"],
        table=spoken(fault.values["refers"]),
    )


def period_has_data(data: "Data", period: Period) -> bool:
    """Whether anything in the data happened in the period.

    A row that became known in it counts, and so does an event such as a start or an end.

    >>> from cskit.data import Data
    >>> from cskit.periods import parse
    >>> [period_has_data(data, parse("2023Q2")) for data in (run.data, Data(run.data.as_of))]
    [True, False]
    """
    from cskit.data.schema import tables

    for name, table in tables().items():
        if not data.has(name):
            continue
        events = [column.name for column in table.columns.values() if column.event]
        if any(_within(data, name, day, period) for day in dict.fromkeys([table.known_on, *events]) if day):
            return True
    return False


def _within(data: "Data", table: str, column: str, period: Period) -> bool:
    rows = data.table(table)
    inside = rows[column].cast("date").between(period.start, period.end)
    return data.any_of(rows.filter(inside))
