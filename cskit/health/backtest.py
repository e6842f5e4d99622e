"""Does the grade foretell who churns? Grades as they stood on days in the past, against what came after each.

Each day's grades rest on what was known on that day alone. The days lie as far apart as each looks ahead, so every
churn is counted once, on the last day before it; a customer is compared with others of the same day only.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import ibis
import numpy as np
import pandas as pd

from cskit.data import Data
from cskit.facts import departures
from cskit.health.analysis import Study, looked_back_on
from cskit.health.history import snapshots
from cskit.health.score import GRADES
from cskit.health.snapshot import Snapshot, snapshot
from cskit.metrics import Metric
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Health
from cskit.shared import shared
from cskit.stats.auc import Auc, auc
from cskit.stats.calibration import Calibration, calibration
from cskit.stats.intervals import Interval, wilson
from cskit.stats.logistic import logistic
from cskit.stats.logrank import LogRank, logrank, permuted

__all__ = ["Backtest", "backtest", "churn_days", "leaks", "looked_back", "looked_back_at"]


@dataclass(frozen=True)
class Backtest(Result):
    """Grades of the past and the churns that followed.

    Parameters
    ----------
    rows : DataFrame, columns day, customer_id, score, grade, provisional, churned, days, gone_on, reason
        A row per customer and day looked back at; who had given notice by then is left out. ``days``: to the churn, or
        to the end of what was looked at.
    shots : tuple of Snapshot
        The oldest first.
    ungraded : int
        Churns of customers without a grade on the day: known of nobody in advance, and in no figure but this.

    Examples
    --------
    >>> proof.ungraded
    0
    """

    rows: pd.DataFrame
    shots: tuple[Snapshot, ...]
    ungraded: int
    rules: Health
    confidence: float
    seed: int

    @property
    def churns(self) -> int:
        return int(self.rows["churned"].sum())

    @property
    def enough(self) -> bool:
        """Whether there are churns enough to claim anything."""
        return self.churns >= self.rules.backtest.least_churns

    @cached_property
    def by_grade(self) -> pd.DataFrame:
        """Index grade from action to good; columns n, churned, share, low, high."""
        count = self.rows.groupby("grade")["churned"].agg(["size", "sum"]).reindex(list(GRADES), fill_value=0)
        frame = pd.DataFrame({"n": count["size"].astype(int), "churned": count["sum"].astype(int)})
        ends = [wilson(churned, n, self.confidence) for churned, n in zip(frame["churned"], frame["n"], strict=True)]
        share = frame["churned"] / frame["n"].where(frame["n"] > 0)
        return frame.assign(share=share, low=[end.low for end in ends], high=[end.high for end in ends])

    @cached_property
    def auc(self) -> Auc:
        """How often a customer that churned had the lower score than one of the same day that stayed."""
        return auc(-self.rows["score"], self.rows["churned"], self.rows["day"], self.confidence)

    @cached_property
    def lift(self) -> tuple[float, Interval] | None:
        """How many times as often customers at risk churned as all did; None without a churn or anybody at risk.

        Of all churns so many were at risk, a share with a Wilson interval, over the share of customers at risk, which
        is taken as it was.
        """
        risky = self.rows["grade"].isin(("action", "caution"))
        if not self.churns or not risky.any():
            return None
        mine, share = int(self.rows.loc[risky, "churned"].sum()), float(risky.mean())
        around = wilson(mine, self.churns, self.confidence)
        return mine / self.churns / share, Interval(around.low / share, around.high / share)

    @cached_property
    def logrank(self) -> LogRank:
        """Churns by grade, seen and expected if all grades churned alike."""
        return logrank(self.rows["days"], self.rows["churned"], self.rows["grade"])

    @cached_property
    def p(self) -> float | None:
        """Of grades that say nothing, by reshuffling them within each day: it needs no large numbers."""
        rows = self.rows
        return permuted(rows["days"], rows["churned"], rows["grade"], rows["day"], self.seed)

    @property
    def separates(self) -> bool:
        """Whether it may be said that lower scores churned more."""
        return self.enough and self.auc.interval.low > 0.5

    @cached_property
    def calibration(self) -> Calibration | None:
        """Chances said on each day from the days before it alone, against what followed; None where too few."""
        said, came = [], []
        for day in sorted(self.rows["day"].unique()):
            # What followed the day before is known when the next one begins: they are as far apart as each looks ahead.
            before, now = self.rows[self.rows["day"] < day], self.rows[self.rows["day"] == day]
            if before["churned"].sum() >= self.rules.backtest.least_churns:
                fit = logistic(_line(before), before["churned"], penalty=[0, 1])
                said.append(fit.chance(_line(now)))
                came.append(now["churned"].to_numpy(bool))
        if not said or np.concatenate(came).sum() < self.rules.backtest.least_churns:
            return None
        return calibration(np.concatenate(said), np.concatenate(came), self.confidence)

    @property
    def good_churned(self) -> pd.DataFrame:
        """Who churned although good, the newest first."""
        rows = self.rows[self.rows["churned"] & (self.rows["grade"] == "good")]
        return rows.sort_values(["gone_on", "customer_id"], ascending=[False, True], ignore_index=True)

    def metrics(self, run: Run) -> tuple[Metric, ...]:
        """``health.auc`` and ``health.good_churned``."""
        found = self.auc
        said = self.enough and found.value is not None
        value, around, n = (found.value, found.interval, found.events) if said else (None, None, None)
        good = len(self.good_churned)
        return (
            run.metric("health.auc", value, "estimated", around, n=n),
            run.metric("health.good_churned", good, "counted", n=self.churns),
        )


@shared
def backtest(run: Run, study: Study) -> Backtest | None:
    """Look back at the grades of past days, as many and as far apart as ``health.backtest`` says.

    Returns
    -------
    Backtest or None
        None where neither churns nor the last day of customers came with the data: then nobody is known to have left.

    Examples
    --------
    >>> backtest(run, health).ungraded
    0
    """
    gone = churn_days(run.data)
    if gone is None:
        return None
    shots = tuple(shot for shot in snapshots(run, study, looked_back_on(run)).values() if len(shot.scores))
    empty = looked_back(study.now, gone, run.data.as_of).iloc[:0]
    settings = run.settings.report
    begun = Backtest(empty, (), 0, study.rules, settings.confidence, settings.seed)
    return looked_back_at(begun, shots, gone, run.data.as_of)


def looked_back_at(begun: Backtest, shots: tuple[Snapshot, ...], gone: pd.DataFrame, today: date) -> Backtest:
    """The back-test of these days' grades, each up to the next day, the last up to today.

    Parameters
    ----------
    begun : Backtest
        Its rules stay, its rows do not.
    shots : tuple of Snapshot
        The oldest first.
    gone : DataFrame, index customer_id, columns gone_on, reason
        See :func:`churn_days`.

    Examples
    --------
    All six days, and the newest two alone:

    >>> newest = looked_back_at(proof, proof.shots[-2:], churn_days(run.data), run.data.as_of)
    >>> proof.churns, newest.churns
    (14, 4)
    >>> newest.by_grade["churned"].to_dict()
    {'action': 1, 'caution': 3, 'sound': 0, 'good': 0}
    """
    until = [*(shot.as_of for shot in shots[1:]), today]
    found = [looked_back(shot, gone, end) for shot, end in zip(shots, until, strict=True)]
    rows = pd.concat(found, ignore_index=True) if found else begun.rows.iloc[:0]
    graded = rows["grade"].notna()
    ungraded = int(rows.loc[~graded, "churned"].sum())
    return replace(begun, rows=rows[graded].reset_index(drop=True), shots=shots, ungraded=ungraded)


def churn_days(data: Data) -> pd.DataFrame | None:
    """The day each customer was known to go: of its notice, or of its leaving where none is recorded.

    Returns
    -------
    DataFrame or None, index customer_id, columns gone_on, reason

    Examples
    --------
    >>> list(churn_days(run.data).columns)
    ['gone_on', 'reason']
    """
    left = departures(data)
    if left is None:
        return None
    rows = left.select("customer_id", gone_on="effective_on", reason="reason")
    if data.has("churns"):
        given = data.table("churns")
        given = given.select(
            "customer_id", gone_on=ibis.coalesce(given.notified_on, given.effective_on), reason="reason"
        )
        rows = ibis.union(given, rows.anti_join(given, "customer_id"))
    frame = rows.order_by("customer_id", "gone_on").to_pandas().dropna(subset=["gone_on"])
    frame = frame.drop_duplicates("customer_id", keep="last").set_index("customer_id")
    return frame.assign(gone_on=pd.to_datetime(frame["gone_on"]))


def looked_back(shot: Snapshot, gone: pd.DataFrame, until: date) -> pd.DataFrame:
    """A past day's customers with their grade and what became of them by a later day.

    Parameters
    ----------
    gone : DataFrame, index customer_id, columns gone_on, reason
        See :func:`churn_days`.

    Returns
    -------
    DataFrame
        As the rows of :class:`Backtest`; ``grade`` is missing where nothing was known.

    Examples
    --------
    C3 had given notice before, so the grade of that day could not foretell it:

    >>> grades = {"score": [90.0, 35.0, 30.0], "grade": ["good", "action", "action"], "provisional": False}
    >>> shot = Snapshot(date(2023, 3, 31), pd.DataFrame(), pd.DataFrame(grades, index=["C1", "C2", "C3"]))
    >>> left = {"gone_on": pd.to_datetime(["2023-05-10", "2023-01-31"]), "reason": ["price", "fit"]}
    >>> found = looked_back(shot, pd.DataFrame(left, index=["C2", "C3"]), date(2023, 6, 30))
    >>> found[["customer_id", "grade", "churned", "days"]]
      customer_id   grade  churned  days
    0          C1    good    False    91
    1          C2  action     True    40
    """
    frame = shot.scores[["score", "grade", "provisional"]].join(gone, how="left").rename_axis("customer_id")
    day, end = pd.Timestamp(shot.as_of), pd.Timestamp(until)
    frame = frame[~(frame["gone_on"] <= day)].reset_index()
    churned = (frame["gone_on"] <= end).to_numpy(bool)
    days = (frame["gone_on"].where(churned, end) - day).dt.days
    frame = frame.assign(day=day, churned=churned, days=days.astype(int))
    return frame.assign(gone_on=frame["gone_on"].where(churned), reason=frame["reason"].where(churned))


def leaks(data: Data, day: date, rules: Health, scored: Callable[[Data, Health], Snapshot] = snapshot) -> list[str]:
    """Customers whose grade on a past day rests on what came later.

    Scores the day twice: from all data, and from tables out of which every later row and cell was taken beforehand. A
    score that looks ahead, by whatever way, has nothing to look at the second time.

    Returns
    -------
    list of str
        Customers scored differently, sorted; empty: no leak.

    Examples
    --------
    >>> len(leaks(run.data, run.period.start, run.settings.health))
    0
    """
    seen, blind = scored(data.at(day), rules).scores, scored(data.cut(day), rules).scores
    both = seen.index.union(blind.index)
    one, other = seen.reindex(both)[["score", "low", "high"]], blind.reindex(both)[["score", "low", "high"]]
    same = ((one - other).abs() < 1e-9) | (one.isna() & other.isna())
    here = np.asarray(both.isin(seen.index)) & np.asarray(both.isin(blind.index))
    return sorted(str(customer) for customer in both[~(same.all(axis=1).to_numpy() & here)])


def _line(rows: pd.DataFrame) -> np.ndarray:  # type: ignore[type-arg]
    return np.column_stack([np.ones(len(rows)), (50 - rows["score"].to_numpy(float)) / 10])
