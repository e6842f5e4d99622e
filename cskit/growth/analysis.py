"""What stays of our revenue, who left, and what comes up for renewal?"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cskit.facts import arr_is_of_today
from cskit.growth.churn import Churns, churns
from cskit.growth.money import arr_on, doubtful, names, renewals
from cskit.metrics import Metric
from cskit.periods import add_months, months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.economics import Retention, retention

__all__ = ["Study", "study"]


@dataclass(frozen=True)
class Study(Result):
    """Money and churn at the end of the period.

    Parameters
    ----------
    arr : Series, indexed by customer
    retention : Retention
        Of the customers of 12 months ago.
    churned, churned_before : Churns
        Of the fiscal year to date, and of the same months a year before; None where neither table records any.
    doubtful : int
        Customers left out of what stayed of the revenue, because a contract of theirs was set aside.
    renewals : DataFrame or None
        Paid terms that end in the months ahead, soonest first; None without contracts.
    today : bool
        Whether ARR is only known as of today's export.

    Examples
    --------
    >>> page.money.months_ahead, page.money.today, str(page.money.fiscal_start)
    (6, False, '2023-04-01')
    """

    arr: pd.Series
    retention: Retention
    churned: Churns | None
    churned_before: Churns | None
    renewals: pd.DataFrame | None
    names: pd.Series
    months_ahead: int
    today: bool
    as_of: date
    fiscal_start: date
    doubtful: int
    metrics: tuple[Metric, ...]


@shared
def study(run: Run) -> Study:
    """Everything on money for a run's period; what the tables do not hold stays empty, and is said.

    >>> study(run).months_ahead
    6
    """
    end, start = run.data.as_of, run.fiscal_start
    (now, kept), before, year_before = (_standing(run, day) for day in (end, run.compare_to.end, run.year_before.end))
    current = churns(run.data, start, end)
    year_ago = months_away(end, -12)
    previous = churns(run.data.at(year_ago), add_months(start, -12), year_ago)
    today = arr_is_of_today(run.data)
    ahead = None if today else renewals(run.data, run.settings.growth.renewals_months)
    months = run.settings.growth.renewals_months
    figures = (now, kept, current, previous, ahead, names(run.data), months, today, end, start, len(doubtful(run.data)))
    return Study(*figures, metrics=_metrics(run, (now, kept), before, year_before, current, previous))


def _standing(run: Run, day: date) -> tuple[pd.Series, Retention]:
    """ARR on a day, and what it kept of the day a year earlier."""
    arr, opening = arr_on(run.data, day), arr_on(run.data, months_away(day, -12))
    return arr, retention(opening.drop(doubtful(run.data), errors="ignore"), arr)


def _metrics(
    run: Run,
    now: tuple[pd.Series, Retention],
    before: tuple[pd.Series, Retention],
    year_before: tuple[pd.Series, Retention],
    current: Churns | None,
    previous: Churns | None,
) -> tuple[Metric, ...]:
    kept, kept_before, kept_then = now[1], before[1], year_before[1]
    left, left_before = (part.count if part else None for part in (current, previous))
    return (
        run.metric(
            "growth.arr",
            _total(now[0]),
            "assumed" if arr_is_of_today(run.data) else "counted",
            n=int((now[0] > 0).sum()),
            before=_total(before[0]),
            year_before=_total(year_before[0]),
        ),
        run.metric(
            "growth.nrr", kept.nrr, "counted", n=kept.customers, before=kept_before.nrr, year_before=kept_then.nrr
        ),
        run.metric(
            "growth.grr", kept.grr, "counted", n=kept.customers, before=kept_before.grr, year_before=kept_then.grr
        ),
        run.metric("growth.churns_year", left, "counted", year_before=left_before),
        run.metric("growth.churns_previous_year", left_before, "counted"),
    )


def _total(arr: pd.Series) -> float | None:
    """None where no revenue is known on the day: that is not the same as none."""
    return float(arr.sum()) if len(arr) else None
