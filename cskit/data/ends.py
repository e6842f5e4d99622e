"""Do the exports reach to the day of the data, or was a newer one forgotten?"""

from datetime import date
from typing import TYPE_CHECKING

from cskit.data.schema import tables
from cskit.errors import Fault

if TYPE_CHECKING:
    from cskit.data.asof import Data

__all__ = ["ends_early"]

STEADY = ("touchpoints", "usage", "tickets", "time_logs")  # of what happens as long as anybody works or uses
LEAST = 30  # rows, from which a table has a rhythm
DAYS, TIMES = 31, 10  # without a row: in days, and in times as long as it usually takes to the next


def ends_early(data: "Data") -> list[Fault]:
    """Tables that stop long before the day of the data, by their own rhythm: a warning each.

    What is missing looks in a report as if nothing had happened: as silence, as no use.

    Examples
    --------
    >>> ends_early(run.data)
    []
    >>> for fault in ends_early(run.data.at(date(2023, 12, 31))):
    ...     print(fault.table, fault.what)
    touchpoints its newest row is of 2023-06-30, 184 days before the day of the data.
    usage its newest row is of 2023-06-30, 184 days before the day of the data.
    tickets its newest row is of 2023-06-30, 184 days before the day of the data.
    time_logs its newest row is of 2023-06-30, 184 days before the day of the data.
    """
    found = []
    for name in STEADY:
        column = tables()[name].known_on
        if not data.has(name, column):
            continue
        day = data.table(name)[column].cast("date")
        ((first, last, rows),) = data.few(day.as_table().aggregate(first=day.min(), last=day.max(), rows=day.count()))
        if rows < LEAST:
            continue
        first, last = (date.fromisoformat(str(end)[:10]) for end in (first, last))  # as an engine has it
        silent, usual = (data.as_of - last).days, (last - first).days / (rows - 1)
        if silent > max(DAYS, TIMES * usual):
            what = f"its newest row is of {last}, {silent} days before the day of the data."
            mend = "Put in the newer export, or name the period that this one is of."
            source = next((own.path for own in data.inputs if own.table == name), name)
            values = {"day": str(last), "days": str(silent)}
            found.append(Fault(name, source, what, mend, column, warning=True, kind="ends", values=values))
    return found
