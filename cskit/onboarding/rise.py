"""When did self-onboarding cross half of all onboardings, and in which months did its share change?"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cskit.metrics import Metric
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.crossing import Crossing, crossing_of_rise, first_above
from cskit.stats.steps import Step, steps

__all__ = ["Rise", "Steps", "month_at", "rise", "share_steps"]

NEAR = 62  # days from a step within which an initiative is named beside it: two months, arbitrary


@dataclass(frozen=True)
class Rise(Result):
    """The fitted rise of the self share.

    Parameters
    ----------
    months : DataFrame, as of :func:`cskit.onboarding.mix.mix_by_month`
        Those of the rise, on which the fit rests.
    fit : Crossing or None
        On month numbers, the first month on record being 1; None where they are too few.
    number : int
        Month number of the first of ``months``.
    first : Series of float, index month
        Probability of each month to be the first whose true share lies above one half.
    metric : Metric
        ``onboarding.crossing``; no value where the line does not cross within the months.

    Examples
    --------
    >>> rise(run, onboarding.months).number
    1
    """

    months: pd.DataFrame
    fit: Crossing | None
    number: int
    first: pd.Series
    metric: Metric

    @property
    def crossed(self) -> bool:
        """Whether the fitted line crosses within the months."""
        return self.metric.value is not None


@dataclass(frozen=True)
class Steps(Result):
    """Changes of level.

    Parameters
    ----------
    found : tuple of (first day of the month, Step)
    near : tuple of (name, day)
        Initiatives that began near one of them, by their day.
    months : int
        Looked at.

    Examples
    --------
    >>> share_steps(run, onboarding.months).months
    39
    """

    found: tuple[tuple[date, Step], ...]
    near: tuple[tuple[str, date], ...]
    months: int


@shared
def rise(run: Run, months: pd.DataFrame) -> Rise:
    """Fit the rise of the self share and where it crosses one half.

    Parameters
    ----------
    months : DataFrame
        Onboardings by month and route: ``study.months``.

    Examples
    --------
    >>> rise(run, onboarding.months).number
    1
    """
    total, own = months.sum(axis=1).to_numpy(float), months["self"].to_numpy(float)
    within, fit = crossing_of_rise(own, total, confidence=run.settings.report.confidence)
    window = months.iloc[within]
    value = low = high = None
    if fit and fit.at is not None and within.start + 0.5 <= fit.at <= within.stop + 0.5:
        value = month_at(months, fit.at)
        if fit.interval:
            low, high = month_at(months, fit.interval.low), month_at(months, fit.interval.high)
    n = int(total[within].sum()) if fit else None
    metric = run.metric("onboarding.crossing", value, "estimated", low=low, high=high, n=n)
    return Rise(window, fit, within.start + 1, pd.Series(first_above(own, total), index=months.index), metric)


def month_at(months: pd.DataFrame, number: float) -> str:
    """The month nearest to a month number, the first of ``months`` being 1; it may lie outside.

    >>> months = pd.DataFrame(index=pd.to_datetime(["2021-04-01", "2021-05-01"]))
    >>> month_at(months, 1), month_at(months, 2.4), month_at(months, 14.5)
    ('2021-04', '2021-05', '2022-06')
    """
    first = months.index[0].to_period("M")
    return str(first + int(np.floor(number + 0.5)) - 1)


def share_steps(run: Run, months: pd.DataFrame) -> Steps:
    """Months in which the self share changed its level, with the initiatives that began near them.

    >>> share_steps(run, onboarding.months).months
    39
    """
    rng = np.random.default_rng(run.settings.report.seed)
    found = steps(months["self"], months.sum(axis=1), rng, run.settings.report.confidence)
    days = [months.index[step.place] for step in found]
    begun = _begun(run)
    near = [(str(name), day.date()) for name, day in begun.items() if any(abs((day - at).days) <= NEAR for at in days)]
    return Steps(tuple((day.date(), step) for day, step in zip(days, found, strict=True)), tuple(near), len(months))


def _begun(run: Run) -> pd.Series:
    if not run.data.has("initiatives"):
        return pd.Series(dtype="datetime64[ns]")
    table = run.data.table("initiatives")
    rows = (
        table.filter(table.started_on.notnull()).select("name", "started_on").order_by("started_on", "name").to_pandas()
    )
    return pd.to_datetime(rows.set_index("name")["started_on"])
