"""What stays of last year's revenue, and what does a customer bring over its life?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cskit.stats.intervals import Interval

__all__ = [
    "BetaGeometric",
    "Retention",
    "beta_geometric",
    "lifetime_value",
    "retention",
    "shifted_beta_geometric",
    "stay_interval",
]

GRID = 80, 40  # points looked at: of the mean chance to leave, and of how much it differs


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

    Examples
    --------
    >>> kept = retention(pd.Series({"A": 100, "B": 100}), pd.Series({"A": 120, "C": 40}))
    >>> kept.nrr, kept.grr, kept.lost
    (0.6, 0.5, 1)
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

    Examples
    --------
    >>> found = shifted_beta_geometric([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(found.alpha, 3), round(found.beta, 3)
    (0.668, 3.806)
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

    def stay(self, periods: int) -> float:
        """Periods a new customer is there, of the next so many: each counts in which it begins as a customer.

        >>> round(BetaGeometric(1.0, 3.0, 0.0).stay(2), 4)
        1.75
        """
        return sum(self.survival(t) for t in range(periods))


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
    stay = np.asarray(customers, float)
    if len(stay) < 3 or stay[1] <= 0:
        return None
    return beta_geometric(stay[:-1], -np.diff(stay))


def beta_geometric(there: ArrayLike, left: ArrayLike) -> BetaGeometric | None:
    """Fit the shifted beta-geometric model to customers of all ages, each watched for as long as it is known.

    In period t of its life a customer leaves with chance alpha / (alpha + beta + t - 1), the same as in
    :func:`shifted_beta_geometric`; who came into view late, or is still there, counts in the periods that were watched.

    Parameters
    ----------
    there, left : array-like of float, shape (periods,)
        By period of life, the first first: customers watched through it, and those of them that left in it.

    Returns
    -------
    BetaGeometric or None
        None where nobody left, or fewer than two periods were watched.

    Examples
    --------
    Another hundred who are watched for a year only tell of the first year, and say nothing against the second.

    >>> for found in beta_geometric([100, 80], [20, 8]), beta_geometric([200, 80], [40, 8]):
    ...     round(found.survival(1), 3), round(found.survival(2), 3)
    (0.8, 0.72)
    (0.8, 0.72)
    >>> beta_geometric([100, 80], [0, 0]) is None  # see stay_interval
    True
    """
    from scipy.optimize import minimize

    watched, gone = np.asarray(there, float), np.asarray(left, float)
    if gone.sum() <= 0 or (watched > 0).sum() < 2:
        return None

    def loss(logs: NDArray[np.float64]) -> float:
        return -float(_likelihood(watched, gone, np.exp(logs[:1]), np.exp(logs[1:]))[0])

    best = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 4000})
    alpha, beta = np.exp(best.x)
    return BetaGeometric(float(alpha), float(beta), -float(best.fun))


def stay_interval(there: ArrayLike, left: ArrayLike, periods: int, confidence: float = 0.95) -> Interval:
    """How sure are we of the periods a new customer stays, of the next so many?

    Every pair of parameters that the data do not refuse by the likelihood ratio; the ends are those of what they give.
    It needs nobody to have left. Measured in benchmarks/COVERAGE.md.

    Parameters
    ----------
    there, left : array-like of float, as in :func:`beta_geometric`
    periods : int

    Examples
    --------
    >>> around = stay_interval([100, 80], [0, 0], 5)
    >>> round(around.low, 2), round(around.high, 2)
    (4.9, 5.0)
    """
    from scipy.special import ndtri

    watched, gone = np.asarray(there, float), np.asarray(left, float)
    if not watched.sum():
        return Interval(1.0 if periods else 0.0, float(periods))
    low, high = np.array([1e-5, 0.05]), np.array([0.95, 1e5])  # of the mean chance to leave, and of alpha + beta
    known = np.array([])
    for _again in range(3):  # first everywhere, then closer around what fits
        edges = [np.geomspace(a, b, n) for a, b, n in zip(low, high, GRID, strict=True)]
        mean, total = (grid.ravel() for grid in np.meshgrid(*edges))
        fits = _likelihood(watched, gone, mean * total, (1 - mean) * total)
        held = fits >= fits.max() - ndtri(0.5 + confidence / 2) ** 2 / 2
        known = _stay(mean[held], total[held], periods)
        step = np.array([edge[1] / edge[0] for edge in edges])
        inner = np.array([[values[held].min(), values[held].max()] for values in (mean, total)])
        low, high = np.maximum(low, inner[:, 0] / step), np.minimum(high, inner[:, 1] * step)
    return Interval(float(known.min()), float(known.max()))


def _stay(mean: NDArray[np.float64], total: NDArray[np.float64], periods: int) -> NDArray[np.float64]:
    kept, stay = np.ones_like(mean), np.zeros_like(mean)
    for t in range(periods):
        stay += kept
        kept = kept * ((1 - mean) * total + t) / (total + t)
    return stay


def _likelihood(
    there: NDArray[np.float64], left: NDArray[np.float64], alpha: NDArray[np.float64], beta: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The logarithm, for each pair of parameters."""
    out = np.zeros_like(alpha)
    for t, (watched, gone) in enumerate(zip(there, left, strict=True)):
        out += gone * np.log(alpha) + (watched - gone) * np.log(beta + t) - watched * np.log(alpha + beta + t)
    return out
