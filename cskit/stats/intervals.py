"""How sure are we of a share, and of a change in one?

Every function gives an :class:`Interval`; the method is named where it is used. NPS has a module of its own.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Interval", "clustered_mean", "difference", "quantile", "ratio_of_sums", "share_change", "wilson"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends, low first.

    >>> known = wilson(81, 263)
    >>> round(known.low, 4), round(known.high, 4)
    (0.2553, 0.3662)
    >>> wilson(0, 0)
    Interval(low=0.0, high=1.0)
    """

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def direction(self, none: float = 0.0) -> Literal["up", "down", "unclear"]:
        """Where it lies against no change: unclear where it holds it.

        >>> Interval(0.5, 0.9).direction(none=1), Interval(-2, 3).direction()
        ('down', 'unclear')
        """
        return "up" if self.low > none else "down" if self.high < none else "unclear"


def wilson(successes: float, n: float, confidence: float = 0.95, df: float = np.inf) -> Interval:
    """Score interval of a share; with Student's quantile where ``n`` itself was estimated.

    References
    ----------
    Wilson (1927). Worked example: 81 of 263 gives 0.2553 to 0.3662 (Newcombe 1998, table I, method 3).

    Examples
    --------
    >>> known = wilson(81, 263)
    >>> round(known.low, 4), round(known.high, 4)
    (0.2553, 0.3662)
    >>> wilson(0, 0)
    Interval(low=0.0, high=1.0)
    """
    if not n:
        return Interval(0.0, 1.0)
    found = _score(successes / n, n, quantile(confidence, df) ** 2)
    return Interval(0.0 if successes == 0 else found.low, 1.0 if successes == n else found.high)


def share_change(now: tuple[float, float], before: tuple[float, float], confidence: float = 0.95) -> Interval:
    """Interval of the difference of two independent shares, each given as (successes, n).

    References
    ----------
    Newcombe (1998), "Interval estimation for the difference between independent proportions", method 10:
    56 of 70 against 48 of 80 gives 0.0524 to 0.3339.

    Examples
    --------
    >>> change = share_change((56, 70), (48, 80))
    >>> round(change.low, 4), round(change.high, 4)
    (0.0524, 0.3339)
    """
    if not now[1] or not before[1]:
        return Interval(-1.0, 1.0)
    one, zero = wilson(*now, confidence), wilson(*before, confidence)
    return difference(now[0] / now[1], one, before[0] / before[1], zero)


def difference(now: float, around_now: Interval, before: float, around_before: Interval) -> Interval:
    """Interval of the difference of two independent estimates, from the interval of each.

    References
    ----------
    Zou and Donner (2008), "Construction of confidence limits about effect measures": each end by its own distances.

    Examples
    --------
    >>> difference(5, Interval(1, 9), 3, Interval(0, 6))
    Interval(low=-3.0, high=7.0)
    """
    down = sqrt((now - around_now.low) ** 2 + (around_before.high - before) ** 2)
    up = sqrt((around_now.high - now) ** 2 + (before - around_before.low) ** 2)
    return Interval(now - before - down, now - before + up)


def clustered_mean(values: NDArray[np.float64], confidence: float = 0.95) -> Interval:
    """Score interval of the mean of shares, one share per customer, within 0 to 1.

    Wilson's, of as many yes or no as would scatter as much as customers do, with Student's quantile: near 0 and 1 it
    holds the truth where Student's own is too short on one side.

    Parameters
    ----------
    values : array, shape (customers,)
        Each customer's own share.

    Examples
    --------
    >>> around = clustered_mean(np.array([0.2, 0.4, 0.6]))
    >>> round(around.low, 3), round(around.high, 3)
    (0.098, 0.803)
    """
    if len(values) < 2:
        return Interval(0.0, 1.0)
    mean, variance = float(values.mean()), float(values.var(ddof=1)) / len(values)
    if variance < 1e-15:
        # All alike: the spread says nothing, so each customer counts as one yes or no.
        return wilson(mean * len(values), len(values), confidence)
    return _score(mean, mean * (1 - mean) / variance, quantile(confidence, len(values) - 1) ** 2)


def ratio_of_sums(
    now: NDArray[np.float64], before: NDArray[np.float64], strata: NDArray[np.object_], confidence: float = 0.95
) -> Interval:
    """Student interval of sum(now) / sum(before), each customer's two values belonging together.

    Linearised on the logarithm, within strata (Cochran 1977, "Sampling Techniques", chapters 5 and 6): how many there
    are of each sort is taken as it is. 0 to infinity where it says nothing.

    Parameters
    ----------
    now, before : array, shape (customers,)
        0 or more.
    strata : array, shape (customers,)
        What sort of customer each is; one that is alone of its sort is compared with all.

    Examples
    --------
    >>> around = ratio_of_sums(np.array([2.0, 3.0, 4.0]), np.array([4.0, 6.5, 7.5]), np.array(["a", "a", "a"]))
    >>> round(around.low, 2), round(around.high, 2)
    (0.41, 0.61)
    """
    below, above = float(before.sum()), float(now.sum())
    if not below or not above:
        return Interval(0.0, np.inf)
    residuals = now / above - before / below
    _names, place, sizes = np.unique(strata, return_inverse=True, return_counts=True)
    means = np.where(sizes > 1, np.bincount(place, residuals) / sizes, 0.0)
    df = len(now) - len(sizes) if (sizes > 1).any() else 0
    if df < 1:
        return Interval(0.0, np.inf)
    each = np.square(residuals - means[place]) * (sizes / np.maximum(sizes - 1, 1))[place]
    half = quantile(confidence, df) * sqrt(float(each.sum()))
    return Interval(float(above / below * np.exp(-half)), float(above / below * np.exp(half)))


def quantile(confidence: float, df: float = np.inf) -> float:
    """Two-sided quantile of Student's t, of the normal at infinite df.

    >>> round(quantile(0.95), 2), round(quantile(0.95, df=9), 3)
    (1.96, 2.262)
    """
    from scipy.special import ndtri, stdtrit

    upper = 1 - (1 - confidence) / 2
    return float(ndtri(upper) if np.isinf(df) else stdtrit(df, upper))


def _score(share: float, n: float, square: float) -> Interval:
    """Wilson's interval for a squared quantile."""
    centre, half = share + square / (2 * n), sqrt(square * (share * (1 - share) / n + square / (4 * n * n)))
    return Interval((centre - half) / (1 + square / n), (centre + half) / (1 + square / n))
