"""Which customers are well, which are at risk, and how much of that do we know?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from cskit.errors import NotAvailable
from cskit.facts import accounts
from cskit.health.score import GRADES
from cskit.health.snapshot import Movement, Snapshot, decided, month_ends, movement, snapshots, year_start
from cskit.metrics import Metric
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Health
from cskit.shared import shared

__all__ = ["Study", "grades", "lately", "looked_at", "looked_back_on", "restudied", "study"]


@dataclass(frozen=True)
class Study(Result):
    """What the report on DEAR health shows.

    Parameters
    ----------
    now, before, year_before, start : Snapshot
        At the end of the period, of the period of comparison, of the same period a year before, and at the start of
        the fiscal year; all by today's rules.
    moved, moved_before : Movement
        At risk since the year's start, and since the period of comparison.
    decided : DataFrame, index customer_id, columns grade, reason, until
        What the team's meeting decided; it stands beside the computed grade.
    customers : DataFrame, index customer_id, columns name, owner, url
    taken : dict of Snapshot
        By day, all that were scored for this run so far; it grows, and stays with the process that asked.

    Examples
    --------
    >>> list(health.decided.columns)
    ['grade', 'reason', 'until']
    """

    now: Snapshot
    before: Snapshot
    year_before: Snapshot
    start: Snapshot
    moved: Movement
    moved_before: Movement
    decided: pd.DataFrame
    customers: pd.DataFrame
    rules: Health
    metrics: tuple[Metric, ...]
    taken: dict[date, Snapshot] = field(default_factory=dict, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "taken": {}}

    @property
    def ratio(self) -> Metric:
        """At risk against the year's start, with its target."""
        return next(metric for metric in self.metrics if metric.name == "health.at_risk_vs_year_start")

    @property
    def grades(self) -> pd.Series:
        """Computed grade by customer, for other reports."""
        return self.now.scores["grade"].dropna()


@shared
def study(run: Run) -> Study:
    """Everything on health for a run's period.

    Raises
    ------
    NotAvailable
        Without ``customers``.

    Examples
    --------
    >>> list(study(run).decided.columns)
    ['grade', 'reason', 'until']
    """
    rules = run.settings.health
    days = (run.data.as_of, run.compare_to.end, run.year_before.end, year_start(run.fiscal_start))
    # Many days at once cost little more than a few: who shows these will show how they came about.
    taken = snapshots(run.data, {*days, *looked_at(run)}, rules)
    shots = tuple(taken[day] for day in days)
    return _studied(run, shots, decided(run.data, rules), accounts(run.data), rules, taken)


def grades(run: Run) -> pd.Series | None:
    """Computed grade by customer at the end of the period, for other reports; None where health cannot be known.

    >>> int(grades(run).value_counts()["good"])
    382
    """
    try:
        return study(run).grades
    except NotAvailable:
        return None


def restudied(run: Run, study: Study, rules: Health, now: Snapshot) -> Study:
    """The same study by other rules for the same items, by which now is graded already; the data are not asked.

    >>> from cskit.params import settings_with
    >>> other = settings_with({"health": {"grades": {"good": 80}}}).health
    >>> restudied(run, health, other, health.now.by(other)).now.count("good"), health.now.count("good")
    (300, 382)
    """
    shots = {shot.as_of: shot.by(rules) for shot in (study.before, study.year_before, study.start)}
    shots[now.as_of] = now
    days = (study.now.as_of, study.before.as_of, study.year_before.as_of, study.start.as_of)
    return _studied(run, tuple(shots[day] for day in days), study.decided, study.customers, rules, shots)


def _studied(
    run: Run,
    shots: tuple[Snapshot, ...],
    decided: pd.DataFrame,
    customers: pd.DataFrame,
    rules: Health,
    taken: dict[date, Snapshot],
) -> Study:
    now, before, year_before, start = shots
    moved = movement(start, now)
    parts = (now, before, year_before, start, moved, movement(before, now), decided, customers, rules)
    return Study(*parts, metrics=_metrics(run, now, before, year_before, moved), taken=taken)


@shared
def lately(run: Run) -> tuple[Snapshot, Snapshot]:
    """Three months before the day of the data, and on it: what moved since is short enough to act on.

    >>> len(lately(run))
    2
    """
    then, now = months_away(run.data.as_of, -3), run.data.as_of
    taken = snapshots(run.data, {then, now}, run.settings.health)
    return taken[then], taken[now]


def looked_back_on(run: Run) -> list[date]:
    """The days on which the back-test looks at grades: as far apart as each looks ahead, the last one that far back.

    >>> len(looked_back_on(run))
    6
    """
    far = run.settings.health.backtest
    return month_ends(run.data.as_of, far.days + 1, far.months)[:-1]


def looked_at(run: Run) -> set[date]:
    """All days of the history and the back-test.

    >>> len(looked_at(run))
    17
    """
    return {*month_ends(run.data.as_of, run.settings.health.history_months), *looked_back_on(run)}


def _metrics(run: Run, now: Snapshot, before: Snapshot, year_before: Snapshot, moved: Movement) -> tuple[Metric, ...]:
    def compared(name: str, of: Callable[[Snapshot], float | None], **rest: Any) -> Metric:
        """A count over customers with a grade; a day on which nobody had one says nothing."""
        then, earlier = (of(shot) if shot.graded else None for shot in (before, year_before))
        rest = {"n": now.graded, "n_before": before.graded or None} | rest
        return run.metric(name, of(now), "counted", before=then, year_before=earlier, **rest)

    low, high = now.at_risk_bounds
    year_end = run.period.fiscal_year.end
    target_by = None if run.data.as_of >= year_end else year_end.isoformat()
    return (
        *(compared(f"health.{grade}", partial(Snapshot.count, grade=grade)) for grade in reversed(GRADES)),
        compared("health.provisional", lambda shot: shot.provisional),
        compared("health.coverage", lambda shot: shot.coverage, n=len(now.scores), n_before=None),
        compared("health.at_risk", lambda shot: len(shot.at_risk), low=low, high=high),
        run.metric("health.at_risk_vs_year_start", moved.ratio, "counted", n=moved.start, target_by=target_by),
        run.metric("health.improved", len(moved.improved), "counted", n=moved.start),
        run.metric("health.newly_at_risk", len(moved.new), "counted", n=now.graded),
    )
