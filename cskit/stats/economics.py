"""What stays of last year's revenue?"""

from dataclasses import dataclass

import pandas as pd

__all__ = ["Retention", "retention"]


@dataclass(frozen=True, slots=True)
class Retention:
    """Revenue of an opening cohort, a year later.

    Parameters
    ----------
    opening : float
        ARR of the cohort at the start.
    nrr, grr : float or None
        Shares of it; None when nobody was there.
    customers, lost : int
        In the cohort, and of those without ARR at the end.
    """

    opening: float
    nrr: float | None
    grr: float | None
    customers: int
    lost: int


def retention(before: pd.Series, now: pd.Series) -> Retention:
    """Net and gross revenue retention of the customers there were.

    Parameters
    ----------
    before, now : Series of float, indexed by customer
        ARR at the start and at the end. Customers absent at the start are new and not counted.

    Returns
    -------
    Retention
        NRR = sum(now) / sum(before); GRR = sum(min(now, before)) / sum(before).

    Examples
    --------
    >>> kept = retention(pd.Series({"A": 100, "B": 100}), pd.Series({"A": 120, "C": 40}))
    >>> kept.nrr, kept.grr, kept.lost
    (0.6, 0.5, 1)
    """
    before = before[before > 0]
    after = now.reindex(before.index).fillna(0.0)
    opening = float(before.sum())
    if not opening:
        return Retention(0.0, None, None, 0, 0)
    kept = after.where(after < before, before)
    return Retention(
        opening, float(after.sum()) / opening, float(kept.sum()) / opening, len(before), int((after <= 0).sum())
    )
