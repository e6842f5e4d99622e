"""How did ARR come from one day to another, and how many customers and how much revenue stayed, quarter by quarter?"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cskit.growth.money import arr_on_days, doubtful
from cskit.metrics import Metric
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.economics import retention

__all__ = ["STEPS", "Bridge", "Course", "bridge", "course"]

STEPS = ("new", "expansion", "contraction", "churn", "unclear")
QUARTERS = 8  # shown of the course


@dataclass(frozen=True)
class Bridge(Result):
    """From the ARR of one day to that of another.

    Parameters
    ----------
    customers : DataFrame, index customer_id, columns before, now, step
        Everybody who paid on one of the two days. ``step``: ``new`` paid nothing before, ``churn`` pays nothing now,
        ``expansion``, ``contraction``, ``same``; ``unclear`` where a contract was set aside.
    first, last : date

    Examples
    --------
    >>> str(page.course.bridge.first), str(page.course.bridge.last)
    ('2022-06-30', '2023-06-30')
    """

    customers: pd.DataFrame
    first: date
    last: date

    @property
    def opening(self) -> float:
        return float(self.customers["before"].sum())

    @property
    def closing(self) -> float:
        return float(self.customers["now"].sum())

    @property
    def steps(self) -> dict[str, float]:
        """What each of ``STEPS`` adds to ARR: with the opening they add up to the closing."""
        change = self.customers["now"] - self.customers["before"]
        return {step: float(change[self.customers["step"] == step].sum()) for step in STEPS}

    @property
    def counts(self) -> dict[str, int]:
        """Customers of each of ``STEPS``."""
        return {step: int((self.customers["step"] == step).sum()) for step in STEPS}


@dataclass(frozen=True)
class Course(Result):
    """The last 12 months, seen from the end of each quarter.

    Parameters
    ----------
    rows : DataFrame, columns day, arr, customers, nrr, grr, logo_churn, revenue_churn
        The oldest first; ``customers`` pay. ``logo_churn``: of the customers who paid 12 months before, the share that
        does not any more; ``revenue_churn``: their share of the ARR of then. Quarters of which no ARR is known a year
        before are left out.
    bridge : Bridge or None
        Over the last 12 months.

    Examples
    --------
    >>> list(page.course.rows.columns)
    ['day', 'arr', 'customers', 'nrr', 'grr', 'logo_churn', 'revenue_churn']
    """

    rows: pd.DataFrame
    bridge: Bridge | None
    metrics: tuple[Metric, ...]


def bridge(before: pd.Series, now: pd.Series, first: date, last: date, unclear: list[str]) -> Bridge:
    """Sort every customer's change of ARR.

    Examples
    --------
    >>> then, today = pd.Series({"A": 100.0, "B": 50.0}), pd.Series({"A": 120.0, "C": 30.0})
    >>> found = bridge(then, today, date(2022, 6, 30), date(2023, 6, 30), [])
    >>> found.steps
    {'new': 30.0, 'expansion': 20.0, 'contraction': 0.0, 'churn': -50.0, 'unclear': 0.0}
    """
    both = pd.DataFrame({"before": before, "now": now}, dtype=float).fillna(0.0).rename_axis("customer_id")
    both = both[(both["before"] > 0) | (both["now"] > 0)]
    # Terms amended to the same sum differ by the last digit of their addition.
    both["now"] = both["now"].mask(np.isclose(both["now"], both["before"], rtol=1e-12, atol=0.0), both["before"])
    then, today = both["before"], both["now"]
    step = pd.Series("same", both.index, dtype=object)
    step[today > then], step[today < then] = "expansion", "contraction"
    step[then == 0], step[today == 0] = "new", "churn"
    step[both.index.isin(unclear)] = "unclear"
    return Bridge(both.assign(step=step), first, last)


@shared
def course(run: Run) -> Course:
    """Retention at the end of each of the last quarters, and the bridge over the last 12 months.

    >>> list(course(run).rows.columns)
    ['day', 'arr', 'customers', 'nrr', 'grr', 'logo_churn', 'revenue_churn']
    """
    end = run.data.as_of
    ends = [months_away(end, -3 * back) for back in reversed(range(QUARTERS))]
    asked = {*ends, run.compare_to.end, run.year_before.end}
    arr = arr_on_days(run.data, asked | {months_away(day, -12) for day in asked})
    out = doubtful(run.data)
    found = {day: _kept(arr, day, out) for day in sorted(asked)}
    columns = ["day", "arr", "customers", "nrr", "grr", "logo_churn", "revenue_churn"]
    known = [row for day in ends if (row := found[day]) is not None]
    whole = bridge(arr[months_away(end, -12)], arr[end], months_away(end, -12), end, out) if len(arr) else None
    return Course(pd.DataFrame(known, columns=columns), whole, _metrics(run, found))


def _kept(arr: pd.DataFrame, day: date, out: list[str]) -> dict[str, object] | None:
    before, now = arr[months_away(day, -12)], arr[day]
    opening = before.drop(out, errors="ignore")
    kept = retention(opening, now)
    if not kept.customers:
        return None
    gone = opening[(opening > 0) & (now.reindex(opening.index) <= 0)]
    return {
        "day": day, "arr": float(now.sum()), "customers": int((now > 0).sum()), "nrr": kept.nrr, "grr": kept.grr,
        "logo_churn": kept.lost / kept.customers, "revenue_churn": float(gone.sum()) / kept.opening,
        "there": kept.customers, "lost": kept.lost,
    }  # fmt: skip


def _metrics(run: Run, found: dict[date, dict[str, object] | None]) -> tuple[Metric, ...]:
    now, before, year_before = (found[day] or {} for day in (run.data.as_of, run.compare_to.end, run.year_before.end))

    def compared(name: str) -> Metric:
        values = {"before": before.get(name), "year_before": year_before.get(name), "n": now.get("there")}
        return run.metric(f"growth.{name}", now.get(name), "counted", **values)  # type: ignore[arg-type]

    return tuple(compared(name) for name in ("logo_churn", "revenue_churn"))
