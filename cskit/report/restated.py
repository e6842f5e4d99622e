"""Does a later run state a figure of the same days otherwise? Then the past was restated, and readers are told."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cskit import i18n
from cskit.i18n import _
from cskit.metrics import Metric, definitions
from cskit.periods import Period
from cskit.report.course import Change, Stop, redefined, step_by_step
from cskit.show import said

__all__ = ["Restated", "alike", "common_days", "days_of", "restated", "restatements"]

NOISE = 1e-9  # of a figure: sums of the same rows in another order


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure of the same days, stated otherwise.

    Parameters
    ----------
    name : str
        Of the metric.
    days : str
        First and last day it is about, ``YYYY-MM-DD/YYYY-MM-DD``.
    was, now : float or str
        What the earlier and the later run state.
    metric : Metric
        As the later run has it: its unit and label.

    Examples
    --------
    >>> from cskit.metrics import metric
    >>> Restated("health.at_risk", "2022-10-01/2022-12-31", 16, 17, metric("health.at_risk", 18, "counted")).line
    'At risk, Oct–Dec 2022: 16 → 17'
    """

    name: str
    days: str
    was: float | str
    now: float | str
    metric: Metric

    @property
    def line(self) -> str:
        """In the language spoken."""
        first, last = (date.fromisoformat(day) for day in self.days.split("/"))
        was, now = said(self.metric, self.was), said(self.metric, self.now)
        if was == now:  # less than what is printed: both in full
            was, now = f"{self.was}", f"{self.now}"
        label = _(definitions()[self.name].label) if self.name in definitions() else self.name
        return _("{figure}, {months}: {was} → {now}", figure=label, months=i18n.span(first, last), was=was, now=now)


def restated(earlier: Stop, later: Stop) -> list[Restated]:
    """Figures that two runs state of the same days, and not alike.

    A run states a figure of its own period, of the one it compares with, and of the same a year before. Metrics
    worked out by another formula are left out: they are not the same figure.

    Parameters
    ----------
    earlier, later : Stop
        The order they were made in.

    Returns
    -------
    list of Restated
        In the order of the later run's metrics.

    Examples
    --------
    In the later run, the quarter it is compared with has one customer at risk more than its own run had counted:

    >>> from cskit.metrics import metric
    >>> from cskit.periods import parse
    >>> then = metric("health.at_risk", 16, "counted")
    >>> now = metric("health.at_risk", 18, "counted", before=17, versus="2022-10-01/2022-12-31")
    >>> earlier, later = Stop(parse("2022Q4"), {then.name: then}, {}), Stop(parse("2023Q2"), {now.name: now}, {})
    >>> [(one.name, one.days, one.was, one.now) for one in restated(earlier, later)]
    [('health.at_risk', '2022-10-01/2022-12-31', 16, 17)]
    """
    other = set(redefined(earlier, later))
    found = []
    for name in (name for name in later.metrics if name in earlier.metrics and name not in other):
        then = dict(_stated(earlier.metrics[name], earlier.period))
        for days, now in dict(_stated(later.metrics[name], later.period)).items():
            if days in then and not alike(then[days], now):
                found.append(Restated(name, days, then[days], now, later.metrics[name]))
    return found


def restatements(stops: Sequence[Stop]) -> list[Change]:
    """What each run restates of the one before it, newest first; runs that restate nothing are left out.

    >>> from cskit.metrics import metric
    >>> from cskit.periods import parse
    >>> then = metric("health.at_risk", 16, "counted")
    >>> now = metric("health.at_risk", 18, "counted", before=17, versus="2022-10-01/2022-12-31")
    >>> restatements([Stop(parse("2022Q4"), {then.name: then}, {}), Stop(parse("2023Q2"), {now.name: now}, {})])
    [Change(before='Oct–Dec 2022', after='Apr–Jun 2023', lines=('At risk, Oct–Dec 2022: 16 → 17',))]
    """
    return step_by_step(stops, lambda before, after: [one.line for one in restated(before, after)])


def common_days(earlier: Stop, later: Stop) -> set[str]:
    """Days of which both runs state figures: empty, and nothing can be said of restatement.

    >>> from cskit.metrics import metric
    >>> from cskit.periods import parse
    >>> then = metric("health.at_risk", 16, "counted")
    >>> now = metric("health.at_risk", 18, "counted", before=17, versus="2022-10-01/2022-12-31")
    >>> later = Stop(parse("2023Q2"), {now.name: now}, {})
    >>> common_days(Stop(parse("2022Q4"), {then.name: then}, {}), later)
    {'2022-10-01/2022-12-31'}
    >>> common_days(Stop(parse("2022Q3"), {then.name: then}, {}), later)
    set()
    """
    return _all_days(earlier) & _all_days(later)


def alike(one: float | str | None, other: float | str | None) -> bool:
    """The same, but for the last digits of a sum.

    >>> alike(0.1 + 0.2, 0.3), alike(0.3, 0.301), alike("2023-04", "2023-05")
    (True, False, False)
    """
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=NOISE, abs_tol=1e-12)
    return one == other


def days_of(period: Period) -> str:
    """As ``Metric.versus`` has them.

    >>> from cskit.periods import parse
    >>> days_of(parse("2022Q4"))
    '2022-10-01/2022-12-31'
    """
    return f"{period.start}/{period.end}"


def _all_days(stop: Stop) -> set[str]:
    return {days for one in stop.metrics.values() for days, _value in _stated(one, stop.period)}


def _stated(metric: Metric, period: Period) -> Iterator[tuple[str, float | str]]:
    """Every value that a metric carries, with the days it is about; its own goes last, over any other."""
    if metric.year_before is not None:
        yield days_of(period.year_before()), metric.year_before
    if metric.before is not None and metric.versus is not None:
        yield metric.versus, metric.before
    if metric.value is not None:
        yield days_of(period), metric.value
