"""What stays of last year's revenue, and what does a customer bring over its life?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = ["BetaGeometric", "Retention", "lifetime_value", "retention", "shifted_beta_geometric"]


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


def lifetime_value(
    margin: float, churn: float, growth: float = 0.0, discount: float = 0.0, periods: int | None = None
) -> float | None:
    """What a customer brings over its life, paid at the start of each period.

    Parameters
    ----------
    margin : float
        Gross margin of the first period: revenue per customer times its share.
    churn, growth, discount : float
        Per period: chance to leave, growth of the margin of those who stay, interest.
    periods : int or None
        At most so many are counted: where few leave, a life without end is longer than anybody knows. None: all.

    Returns
    -------
    float or None
        margin * (1 - k**periods) / (1 - k) with k = (1 - churn) * (1 + growth) / (1 + discount); without an end, growth
        and discount margin / churn. None where the sum has no end.

    Examples
    --------
    >>> round(lifetime_value(100, 0.03)), round(lifetime_value(100, 0.03, growth=0.005, discount=0.01), 2)
    (3333, 2873.4)
    >>> lifetime_value(100, 0.5, periods=3)
    175.0
    """
    kept = (1 - churn) * (1 + growth) / (1 + discount)
    if periods is not None:
        return margin * sum(kept**period for period in range(periods))
    return margin / (1 - kept) if kept < 1 else None


@dataclass(frozen=True, slots=True)
class BetaGeometric:
    """Churn that differs between customers: those who stay are those who tend to stay.

    Parameters
    ----------
    alpha, beta : float
        Of the beta distribution of each one's chance to leave in a period.
    log_likelihood : float
    """

    alpha: float
    beta: float
    log_likelihood: float

    def survival(self, periods: int) -> float:
        """Share still there after so many periods.

        >>> round(BetaGeometric(1.0, 3.0, 0.0).survival(2), 4)
        0.6
        """
        kept = 1.0
        for t in range(1, periods + 1):
            kept *= (self.beta + t - 1) / (self.alpha + self.beta + t - 1)
        return kept


def shifted_beta_geometric(customers: ArrayLike) -> BetaGeometric | None:
    """Fit the shifted beta-geometric model to one cohort.

    Parameters
    ----------
    customers : array-like of float, shape (periods + 1,)
        Still there at the start and after each period.

    Returns
    -------
    BetaGeometric or None
        None where nobody left, or all left at once.

    References
    ----------
    Fader and Hardie (2007), "How to project customer retention", Journal of Interactive Marketing 21: their high-end
    segment gives alpha 0.668, beta 3.806.

    Examples
    --------
    >>> found = shifted_beta_geometric([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(found.alpha, 3), round(found.beta, 3)
    (0.668, 3.806)
    """
    from scipy.optimize import minimize
    from scipy.special import betaln

    stay = np.asarray(customers, float)
    left = -np.diff(stay)
    t = np.arange(1, len(stay))
    if len(stay) < 3 or left.sum() <= 0 or stay[1] <= 0:
        return None

    def loss(logs: NDArray[np.float64]) -> float:
        a, b = np.exp(logs)
        # chance to leave in period t: B(a + 1, b + t - 1) / B(a, b); to outlast all: B(a, b + T) / B(a, b)
        gone = left @ (betaln(a + 1, b + t - 1) - betaln(a, b))
        return -float(gone + stay[-1] * (betaln(a, b + t[-1]) - betaln(a, b)))

    best = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 4000})
    alpha, beta = np.exp(best.x)
    return BetaGeometric(float(alpha), float(beta), -float(best.fun))
