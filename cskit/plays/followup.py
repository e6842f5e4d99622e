"""Was done what was decided, and did it help?

Whom to act on is chosen, not drawn by lot: those acted on are compared with those at risk at the same time who were
not, weighted for the score and the ARR they began with. Nobody acts on who has left or is well again, so the time is
cut in two: who was acted on is told by its middle, and only those who are at risk then as well are compared from there.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cskit.facts import arr_by_customer
from cskit.health.score import AT_RISK
from cskit.health.snapshot import snapshots
from cskit.periods import Period
from cskit.plays.actions import earlier
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.weighting import Weighted, weighted_shares

__all__ = ["Done", "Effect", "done", "effect"]


@dataclass(frozen=True)
class Done(Result):
    """What became of the actions opened in a period, by a later day.

    Parameters
    ----------
    rows : DataFrame, columns action_id, customer_id, play, owner, opened_on, due_on, done_on, dropped_on, outcome, end
        ``end``: ``in_time``, ``late``, ``dropped``, ``open`` or ``overdue``.

    Examples
    --------
    >>> str(plays.done.by)
    '2023-06-30'
    """

    rows: pd.DataFrame
    period: Period
    by: date

    def count(self, *ends: str) -> int:
        return int(self.rows["end"].isin(ends).sum())

    @property
    def share(self) -> float | None:
        """Done, in time or late, of all opened; None where none was."""
        return self.count("in_time", "late") / len(self.rows) if len(self.rows) else None


@dataclass(frozen=True)
class Effect(Result):
    """Customers at risk on a day and in the middle of the time since, by whether something was done for them between.

    Parameters
    ----------
    rows : DataFrame, index customer_id, columns score, grade, arr, acted, improved
        Score, grade and ARR of the first day. ``acted``: after it and up to the middle; ``improved``: a customer still,
        and good or sound, on the last.
    weighted : Weighted or None
        Share improved of those acted on against the others, made comparable; None where either are too few to claim
        anything.
    first, middle, last : date
    least : int
        Customers of each sort below which nothing is claimed.

    Examples
    --------
    >>> str(plays.effect.first), str(plays.effect.middle), str(plays.effect.last)
    ('2022-12-31', '2023-03-31', '2023-06-30')
    """

    rows: pd.DataFrame
    weighted: Weighted | None
    first: date
    middle: date
    last: date
    least: int

    @property
    def acted(self) -> pd.DataFrame:
        return self.rows[self.rows["acted"]]

    @property
    def others(self) -> pd.DataFrame:
        return self.rows[~self.rows["acted"]]


@shared
def done(run: Run, period: Period, by: date) -> Done | None:
    """What became, by a day, of the actions opened in a period; None without ``actions``.

    Examples
    --------
    What is ended later was still open on the day.

    >>> quarter = run.period.previous()
    >>> [done(run, quarter, day).count("open", "overdue") for day in (quarter.end, run.data.as_of)]
    [3, 0]
    """
    if not run.data.has("actions"):
        return None
    rows = earlier(run)
    rows = rows[rows["opened_on"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]
    day = pd.Timestamp(by)
    ended, dropped = rows["done_on"].where(rows["done_on"] <= day), rows["dropped_on"].where(rows["dropped_on"] <= day)
    end = pd.Series("open", index=rows.index)
    end = end.mask(rows["due_on"] < day, "overdue").mask(dropped.notna(), "dropped")
    end = end.mask(ended.notna(), "in_time").mask(ended > rows["due_on"], "late")
    return Done(rows.assign(end=end).reset_index(drop=True), period, by)


@shared
def effect(run: Run) -> Effect | None:
    """Since the end of the period of comparison; None without ``actions`` or where nobody was at risk then.

    Compared over the whole time, who leaves or recovers early could only be among the others. Simulated without any
    effect, of 100 at risk: where 1 in 5 leaves, 11 % of runs claimed that acting helped; where nobody is acted on who
    is well again, 85 % claimed that it harmed. From the middle on 5 % claim either.

    References
    ----------
    Anderson, Cain and Gelber (1983), "Analysis of survival by tumor response", Journal of Clinical Oncology 1: the
    landmark.

    Examples
    --------
    >>> str(effect(run).first)
    '2022-12-31'
    """
    if not run.data.has("actions"):
        return None
    first, last = run.compare_to.end, run.data.as_of
    middle = first + (last - first) // 2
    shots = snapshots(run.data, {first, middle, last}, run.settings.health)
    then, halfway, now = shots[first].scores, shots[middle].scores["grade"], shots[last].scores["grade"]
    still = then.index.isin(halfway.index[halfway.isin(AT_RISK)])
    rows = then.loc[then["grade"].isin(AT_RISK) & still, ["score", "grade"]]
    if rows.empty:
        return None
    taken = earlier(run)
    within = taken["done_on"].between(pd.Timestamp(first), pd.Timestamp(middle), inclusive="right")
    end = now.reindex(rows.index)
    arr = arr_by_customer(run.data.at(first)).reindex(rows.index).fillna(0.0)
    rows = rows.assign(
        arr=arr, acted=rows.index.isin(taken.loc[within, "customer_id"]), improved=end.notna() & ~end.isin(AT_RISK)
    )
    least, counts = run.settings.plays.improved_least, rows["acted"].value_counts()
    enough = all(counts.get(kind, 0) >= least for kind in (True, False))
    columns = {"score": rows["score"].to_numpy(float), "arr": np.log1p(rows["arr"].to_numpy(float))}
    level = run.settings.report.confidence
    found = weighted_shares(rows["acted"], rows["improved"], columns, level) if enough else None
    return Effect(rows, found, first, middle, last, least)
