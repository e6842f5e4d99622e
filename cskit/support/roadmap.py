"""Where does the team stand on its way, and do the figures agree?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import pandas as pd
from ibis import _ as row

from cskit.metrics import Metric
from cskit.periods import add_months, months_away
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Step

__all__ = ["Community", "Journeys", "Roadmap", "Row", "community", "journeys", "roadmap"]

REACHED = Literal["met", "missed", "unclear"]


@dataclass(frozen=True)
class Row(Result):
    """A step with its figures.

    Parameters
    ----------
    step : Step
    evidence : tuple of Metric
        Each with the value it has to reach as its target; those without a value are not known yet.

    Examples
    --------
    >>> len(road.rows[0].evidence)
    2
    """

    step: Step
    evidence: tuple[Metric, ...]

    @property
    def reached(self) -> REACHED | None:
        """Whether every figure has the value it has to reach; None where none is known."""
        found = [metric.on_target for metric in self.evidence]
        if not found or None in found:
            return None
        return "missed" if "missed" in found else "unclear" if "unclear" in found else "met"

    @property
    def at_odds(self) -> bool:
        """Called done though a figure misses, or not done though all have reached their values."""
        return (self.step.status == "done" and self.reached == "missed") or (
            self.step.status != "done" and self.reached == "met"
        )


@dataclass(frozen=True)
class Roadmap(Result):
    """The steps in their order, and the long term.

    Parameters
    ----------
    rows : tuple of Row
    outcome : dict of str to Metric or None
        What all of it is for: parts such as retention, with their figure.
    referrals : tuple of int or None
        Of the last 12 months and of the 12 before; None without ``referrals``.

    Examples
    --------
    >>> len(road.rows)
    10
    """

    rows: tuple[Row, ...]
    outcome: dict[str, Metric | None]
    referrals: tuple[int, int] | None


@dataclass(frozen=True)
class Journeys(Result):
    """Journey maps: columns journey, reviewed_on, owner, overdue; the longest not looked over first.

    >>> maps.months
    12
    """

    rows: pd.DataFrame
    months: int

    @property
    def overdue(self) -> int:
        return int(self.rows["overdue"].sum())


@dataclass(frozen=True)
class Community(Result):
    """The community by month up to the period's end: index month, columns members, active, posts.

    Parameters
    ----------
    now, before, year_before : Series or None
        The newest month of each period.

    Examples
    --------
    >>> list(club.rows.columns)
    ['members', 'active', 'posts']
    """

    rows: pd.DataFrame
    now: pd.Series | None
    before: pd.Series | None
    year_before: pd.Series | None


def roadmap(run: Run, known: Iterable[Metric]) -> Roadmap:
    """The roadmap of params against metrics, of this analysis and of others, as the notebook hands them over.

    >>> len(roadmap(run, [metric for each in told for metric in each.metrics]).rows)
    10
    """
    rules = run.settings.support.roadmap
    by_name = {metric.name: metric for metric in known}
    rows = tuple(
        Row(step, tuple(_aimed(run, by_name, each.metric, each.reach) for each in step.evidence))
        for step in rules.steps.values()
        if step
    )
    return Roadmap(rows, {part: by_name.get(name) for part, name in rules.outcome.items()}, _referrals(run))


def journeys(run: Run) -> Journeys | None:
    """Journey maps and when they were looked over; None without ``journeys``.

    >>> journeys(run).months
    12
    """
    if not run.data.has("journeys"):
        return None
    months = run.settings.support.journey_months
    rows = run.data.table("journeys").select("journey", "reviewed_on", "owner").to_pandas()
    rows["reviewed_on"] = pd.to_datetime(rows["reviewed_on"])
    last = pd.Timestamp(add_months(run.data.as_of, -months))
    rows["overdue"] = ~(rows["reviewed_on"] >= last)
    return Journeys(rows.sort_values(["reviewed_on", "journey"], na_position="first", ignore_index=True), months)


def community(run: Run) -> Community | None:
    """Members, active ones and posts; None without ``community``, or without a month in the period.

    >>> list(community(run).rows.columns)
    ['members', 'active', 'posts']
    """
    if not run.data.has("community"):
        return None
    rows = run.data.table("community").order_by("month").to_pandas()
    rows = rows.assign(month=pd.to_datetime(rows["month"])).set_index("month")
    now, before, year_before = (
        _newest(rows, period.start, period.end) for period in (run.period, run.compare_to, run.year_before)
    )
    return None if now is None else Community(rows[["members", "active", "posts"]], now, before, year_before)


def active_share(month: pd.Series | None) -> float | None:
    """Active of all members; None where either is not known."""
    if month is None or pd.isna(month["active"]) or not month["members"] > 0:
        return None
    return float(month["active"]) / float(month["members"])


def _newest(rows: pd.DataFrame, first: date, last: date) -> pd.Series | None:
    own = rows[(rows.index >= pd.Timestamp(first)) & (rows.index <= pd.Timestamp(last))]
    return None if own.empty else own.iloc[-1]


def _aimed(run: Run, known: dict[str, Metric], name: str, value: float) -> Metric:
    """A metric with what it has to reach, whenever that is to be."""
    found = known.get(name) or run.metric(name, None, "counted")
    return replace(found, target=value, target_by=None)


def _referrals(run: Run) -> tuple[int, int] | None:
    if not run.data.has("referrals"):
        return None
    since, earlier = months_away(run.data.as_of, -12), months_away(run.data.as_of, -24)
    table = run.data.table("referrals").filter(row.on > earlier)
    told = table.aggregate(all=row.count(), recent=(row.on > since).sum()).to_pandas().iloc[0].fillna(0)
    return int(told["recent"]), int(told["all"] - told["recent"])
