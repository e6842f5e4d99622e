"""A share of visits or inquiries, and how sure it is where a customer's own are alike."""

from dataclasses import dataclass

import pandas as pd

from cskit.metrics import Metric
from cskit.result import Result
from cskit.run import Run
from cskit.stats.clusters import counted_share
from cskit.stats.intervals import Interval, difference

__all__ = ["Share", "compared", "moved", "share_of"]


@dataclass(frozen=True, slots=True)
class Share(Result):
    """So many of so many, with the interval of the tendency behind it.

    >>> desk.faq.visits.resolved.yes, desk.faq.visits.resolved.n
    (620, 800)
    """

    yes: int
    n: int
    around: Interval

    @property
    def value(self) -> float:
        return self.yes / self.n


def share_of(yes: pd.Series, n: pd.Series, customer: pd.Series, confidence: float) -> Share | None:
    """A share from counts; rows of no customer stand alone.

    Parameters
    ----------
    yes, n : Series of int
    customer : Series of str
        Whose each row is; empty: nobody's.

    Returns
    -------
    Share or None
        None where there is nothing to take a share of.

    Examples
    --------
    >>> one = share_of(pd.Series([1, 0, 1]), pd.Series([1, 1, 2]), pd.Series(["A", "A", None]), 0.95)
    >>> one.yes, one.n, one.value
    (2, 4, 0.5)
    """
    if not int(n.sum()):
        return None
    whose = customer.where(customer.notna(), pd.Series([f"\0{place}" for place in range(len(n))], index=n.index))
    sums = pd.DataFrame({"yes": yes.astype(int), "n": n.astype(int)}).groupby(whose).sum()
    return Share(int(yes.sum()), int(n.sum()), counted_share(sums["yes"], sums["n"], confidence))


def moved(now: Share | None, before: Share | None) -> Interval | None:
    """Interval of the change; None where either is missing.

    >>> round(moved(desk.faq.visits.resolved, desk.faq.visits.resolved).low, 2)
    -0.04
    """
    if now is None or before is None:
        return None
    return difference(now.value, now.around, before.value, before.around)


def compared(run: Run, name: str, now: Share | None, before: Share | None, year_before: Share | None) -> Metric:
    """The metric of a share as a tendency.

    >>> parts = (desk.faq.visits.resolved, desk.faq_before.visits.resolved)
    >>> metric = compared(run, "support.self_resolution", *parts, None)
    >>> round(metric.value, 3), round(metric.before, 3), round(metric.change_low, 3), round(metric.change_high, 3)
    (0.775, 0.768, -0.036, 0.052)
    """
    return run.metric(
        name,
        now.value if now else None,
        "estimated",
        now.around if now else None,
        moved(now, before),
        n=now.n if now else None,
        before=before.value if before else None,
        year_before=year_before.value if year_before else None,
    )
