"""How stand our customers on a day, and who moved since another?"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import ibis
import pandas as pd

from cskit import i18n
from cskit.data import Data
from cskit.health.items import raw_items
from cskit.health.score import AT_RISK, GRADES, score
from cskit.i18n import _
from cskit.result import Result
from cskit.settings import Health

__all__ = [
    "Movement",
    "Snapshot",
    "decided",
    "month_ends",
    "movement",
    "snapshot",
    "snapshots",
    "transitions",
    "year_start",
]

BY_DAY = 10_000_000  # rows of all tables from which on days are scored one by one


@dataclass(frozen=True)
class Snapshot(Result):
    """Grades of all current customers on a day.

    Parameters
    ----------
    as_of : date
    raw : DataFrame, index customer_id, one column per item
    scores : DataFrame, index customer_id
        See :func:`cskit.health.score.score`.

    Examples
    --------
    >>> str(health.now.as_of)
    '2023-06-30'
    """

    as_of: date
    raw: pd.DataFrame = field(repr=False)
    scores: pd.DataFrame = field(repr=False)

    def _in_short(self) -> str:
        told = _("{n} of {all} at risk", n=i18n.number(len(self.at_risk)), all=i18n.number(self.graded))
        return f"{i18n.day(self.as_of)}: {told}"

    def count(self, grade: str) -> int:
        return int(self._counts.get(grade, 0))

    @cached_property
    def _counts(self) -> "pd.Series[int]":
        return self.scores["grade"].value_counts()

    @property
    def grades(self) -> dict[str, int]:
        """Customers by grade, worst first."""
        return {grade: self.count(grade) for grade in GRADES}

    @property
    def graded(self) -> int:
        """Customers of whom at least one item is known."""
        return int(self.scores["grade"].notna().sum())

    def by(self, rules: Health) -> "Snapshot":
        """The same day by other rules for the same items: what was seen stays, the grading is done again."""
        return replace(self, scores=score(self.raw, rules))

    @property
    def at_risk(self) -> frozenset[str]:
        """Customers in caution or action."""
        return frozenset(self.scores.index[self.scores["grade"].isin(AT_RISK)])

    @property
    def at_risk_bounds(self) -> tuple[int, int]:
        """At risk whatever the unknown items hold, and at risk at their worst."""
        return int(self.scores["certainly_at_risk"].sum()), int(self.scores["possibly_at_risk"].sum())

    @property
    def provisional(self) -> int:
        return int(self.scores["provisional"].sum())

    @property
    def coverage(self) -> float | None:
        """Mean share of the weights that is known; None without customers."""
        return float(self.scores["coverage"].mean()) if len(self.scores) else None


@dataclass(frozen=True)
class Movement(Result):
    """At-risk customers from one day to another; neither a churned customer nor a forgotten one is a success.

    Parameters
    ----------
    start : int
        At risk on the first day.
    improved, churned, unknown : frozenset of str
        Of those: good or sound now; gone; without any known item now.
    new : frozenset of str
        At risk now, not on the first day.

    Examples
    --------
    30 at risk, 14 improved, 4 churned, 8 new: 20.

    >>> Movement(30, frozenset(range(14)), frozenset(range(4)), frozenset(), frozenset(range(8))).end
    20
    """

    start: int
    improved: frozenset[str]
    churned: frozenset[str]
    unknown: frozenset[str]
    new: frozenset[str]

    @property
    def end(self) -> int:
        return self.start - len(self.improved) - len(self.churned) - len(self.unknown) + len(self.new)

    @property
    def ratio(self) -> float | None:
        """End over start; None when nobody was at risk."""
        return self.end / self.start if self.start else None


def snapshot(data: Data, rules: Health) -> Snapshot:
    """Score everybody on the day of the data.

    Raises
    ------
    NotAvailable
        Without ``customers``.

    Examples
    --------
    >>> str(snapshot(run.data, run.settings.health).as_of)
    '2023-06-30'
    """
    return snapshots(data, [data.as_of], rules)[data.as_of]


def snapshots(data: Data, days: Iterable[date], rules: Health) -> dict[date, Snapshot]:
    """Score everybody on several days at once: each table is read once for all of them.

    Large tables are read day by day: rows once for each day would be more than there is memory for.

    Raises
    ------
    NotAvailable
        Without ``customers``.

    Examples
    --------
    >>> len(snapshots(run.data, [run.period.start, run.period.end], run.settings.health))
    2
    """
    panel = data.on_days(days)
    if not panel.days:
        return {}
    if len(panel.days) > 1 and data.is_large(*data.rows, than=BY_DAY):
        return {day: snapshot(data.at(day), rules) for day in panel.days}
    raw = raw_items(panel, rules)
    days, who = raw.pop("as_of"), raw.pop("customer_id")
    scores, found = score(raw, rules), {}
    for day in panel.days:
        place = slice(*(int(days.searchsorted(pd.Timestamp(day), side=side)) for side in ("left", "right")))
        index = pd.Index(who.iloc[place], name="customer_id")
        found[day] = Snapshot(day, raw.iloc[place].set_axis(index), scores.iloc[place].set_axis(index))
    return found


def movement(start: Snapshot, end: Snapshot) -> Movement:
    """Split the change of at-risk customers into improved, churned and newly at risk.

    >>> found = movement(health.start, health.now)
    >>> found.start, len(found.improved), len(found.churned), len(found.unknown), len(found.new), found.end
    (20, 2, 1, 0, 1, 18)
    """
    then = sorted(start.at_risk)
    here = end.scores.index.get_indexer(pd.Index(then, dtype=object)) >= 0
    now = pd.Series(end.scores["grade"].reindex(then).to_numpy(object), index=pd.Index(then, dtype=object))
    return Movement(
        start=len(then),
        improved=frozenset(now.index[now.notna() & ~now.isin(AT_RISK)]),
        churned=frozenset(now.index[~here]),
        unknown=frozenset(now.index[here & now.isna()]),
        new=end.at_risk - start.at_risk,
    )


def transitions(start: Snapshot, end: Snapshot) -> pd.DataFrame:
    """Customers by grade on one day and on a later one.

    Returns
    -------
    DataFrame, index grade then, columns grade now
        From good to action; ``new`` (no customer then), ``left`` (none now) and ``unknown`` stand beside the grades.

    Examples
    --------
    >>> transitions(health.start, health.now)
    grade    good  sound  caution  action  left
    grade
    good      334     17        1       0     0
    sound      29     56        0       0     0
    caution     1      1        6       2     0
    action      0      0        1       8     1
    new        18      7        0       0     0
    """
    both = start.scores.index.union(end.scores.index)
    then = start.scores["grade"].fillna("unknown").reindex(both).fillna("new")
    now = end.scores["grade"].fillna("unknown").reindex(both).fillna("left")
    order = [*reversed(GRADES), "unknown"]
    counts = pd.crosstab(then, now).reindex(index=[*order, "new"], columns=[*order, "left"], fill_value=0)
    return counts.loc[counts.any(axis=1), counts.any(axis=0)]


def decided(data: Data, rules: Health, *, holding: bool = True) -> pd.DataFrame:
    """The grades the team decided, as known on the day of the data.

    Parameters
    ----------
    holding : bool
        Only those that have not run out by then.

    Returns
    -------
    DataFrame, index customer_id, columns grade, reason, until
        The newest decision of each customer.

    Examples
    --------
    >>> list(decided(run.data, run.settings.health).columns)
    ['grade', 'reason', 'until']
    """
    if not data.has("overrides"):
        return pd.DataFrame(columns=["grade", "reason", "until"], index=pd.Index([], name="customer_id"))
    table = data.table("overrides")
    until = ibis.coalesce(table.until, table.on + ibis.interval(days=rules.override_days))
    newest = table.mutate(
        until=until.cast("date"), place=ibis.row_number().over(group_by="customer_id", order_by=ibis.desc("on"))
    )
    chosen = newest.filter((newest.place == 0) & ((newest.until >= data.as_of) if holding else True))
    return (
        chosen.select("customer_id", "grade", "reason", "until")
        .order_by("customer_id")
        .to_pandas()
        .set_index("customer_id")
    )


def year_start(fiscal_start: date) -> date:
    """The day as of which a fiscal year starts: the last one of the year before.

    >>> str(year_start(run.fiscal_start))
    '2023-03-31'
    """
    return fiscal_start - timedelta(days=1)


def month_ends(last: date, count: int, step: int = 1) -> list[date]:
    """So many ends of months up to a day, every ``step`` months, the oldest first.

    >>> [str(day) for day in month_ends(date(2023, 6, 30), 3)]
    ['2023-04-30', '2023-05-31', '2023-06-30']
    """
    ends = [pd.Timestamp(last) + pd.offsets.MonthEnd(0) - pd.offsets.MonthEnd(step * back) for back in range(count)]
    return [end.date() for end in reversed(ends)]
