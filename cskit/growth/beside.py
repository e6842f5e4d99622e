"""How many left in each fiscal year, and what else changed then?"""

from datetime import date, timedelta

import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.facts import current_customers, departures
from cskit.periods import Period
from cskit.run import Run
from cskit.shared import shared

__all__ = ["beside", "headcount"]

YEARS = 4  # before this one, shown
KINDS = ("incident", "price")


@shared
def beside(run: Run) -> pd.DataFrame | None:
    """Churns by fiscal year beside customers, team and incidents; the last year as far as it has come.

    Returns
    -------
    DataFrame or None
        Columns year, start, end, whole, customers, churns, share, team_start, team_end, incidents, prices; the oldest
        first, from the year of the first churn on record; None where none is. ``customers`` are those of the
        day before the year. What is not recorded is empty.

    Examples
    --------
    >>> list(beside(run).columns)
    ['year', 'start', 'end', 'whole', 'customers', 'churns', 'share', 'team_start', 'team_end',
    'incidents', 'prices']
    """
    left = departures(run.data)
    if left is None:
        return None
    days = pd.to_datetime(left.select("effective_on").to_pandas()["effective_on"])
    years = [run.period.fiscal_year]
    while len(days) and years[0].start > days.min().date() and len(years) <= YEARS:
        years.insert(0, years[0].previous())
    there = _customers(run.data, [year.start - timedelta(days=1) for year in years])
    rows = [_year(run.data, year, days, there) for year in years]
    events = _events(run.data)
    for kind, name in zip(KINDS, ("incidents", "prices"), strict=True):
        for found, year in zip(rows, years, strict=True):
            found[name] = _within(events, kind, year.start, min(year.end, run.data.as_of))
    return pd.DataFrame(rows)


def headcount(data: Data, day: date) -> int | None:
    """Members of the team on a day; None without csms, or where nobody's joining is recorded.

    >>> headcount(run.data, run.period.start)
    8
    """
    if not data.has("csms", "joined_on"):
        return None
    people = data.at(day).table("csms")
    there = people.filter(people.joined_on.notnull() & (people.left_on.isnull() | (people.left_on >= day)))
    return int(there.count().execute()) or None


def _year(data: Data, year: Period, days: pd.Series, there: dict[date, int]) -> dict[str, object]:
    end, before = min(year.end, data.as_of), year.start - timedelta(days=1)
    churns = int(days.between(pd.Timestamp(year.start), pd.Timestamp(end)).sum())
    customers = there.get(before)
    team = [headcount(data, day) for day in (before, end)]
    return {
        "year": year.name, "start": year.start, "end": end, "whole": end == year.end, "customers": customers,
        "churns": churns, "share": churns / customers if customers else float("nan"),
        "team_start": team[0], "team_end": team[1],
    }  # fmt: skip


def _customers(data: Data, days: list[date]) -> dict[date, int]:
    if not data.has("customers"):
        return {}
    rows = current_customers(data.on_days(days)).group_by("as_of").aggregate(n=row.count()).to_pandas()
    return dict(zip(pd.to_datetime(rows["as_of"]).dt.date, rows["n"].astype(int), strict=True))


def _within(events: pd.DataFrame | None, kind: str, first: date, last: date) -> float:
    if events is None:
        return float("nan")
    days = events.loc[events["kind"] == kind, "on"]
    return int(days.between(pd.Timestamp(first), pd.Timestamp(last)).sum())


def _events(data: Data) -> pd.DataFrame | None:
    if not data.has("events", "kind"):
        return None
    rows = data.table("events").select("kind", "on").order_by("on").to_pandas()
    return rows.assign(on=pd.to_datetime(rows["on"]))
