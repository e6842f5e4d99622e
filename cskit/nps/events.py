"""What else happened while opinion moved? Coincidence in time, never a cause."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cskit.nps.analysis import Study
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared

__all__ = ["KINDS", "Event", "events"]

KINDS = ("incident", "release", "price")


@dataclass(frozen=True, slots=True)
class Event(Result):
    """One thing that happened, with the sign that marks it in the figure.

    >>> one = events(run, waves)[2]
    >>> one.sign, str(one.on), one.kind, one.title
    ('c', '2022-10-01', 'price', '更新時の価格改定 5%')
    """

    sign: str
    on: date
    kind: str
    title: str


@shared
def events(run: Run, study: Study) -> tuple[Event, ...]:
    """Incidents, releases and price changes between the first wave and the newest, at most the newest 26.

    >>> len(events(run, waves))
    5
    """
    if not run.data.has("events", "kind"):
        return ()
    table = run.data.table("events")
    first, last = study.trend[0].closed_on, study.trend[-1].closed_on
    table = table.filter(table.kind.isin(KINDS) & (table.on >= first) & (table.on <= last))
    rows = list(table.order_by("on", "event_id").to_pandas().itertuples())[-26:]
    return tuple(
        Event(
            chr(ord("a") + place), pd.Timestamp(row.on).date(), row.kind, "" if pd.isna(row.title) else str(row.title)
        )
        for place, row in enumerate(rows)
    )
