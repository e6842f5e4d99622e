"""When did a rising share cross a level, and how sure is the month?"""

from dataclasses import dataclass, replace
from math import erf, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cskit.stats.intervals import Interval, quantile
from cskit.stats.logistic import logistic

__all__ = ["Crossing", "crossing", "crossing_of_rise", "fieller", "first_above"]

# The rise ends at most so many months from the highest smoothed share; two more parameters must gain so much (95 %).
NEAR_PEAK, TWO_PARAMETERS = 4, 5.991
# A stretch that was searched for may be a little less likely than one that was given; measured, at 20 a month the least
# coverage is 91 % without it and 93 % with it (benchmarks/coverage_onboarding.py).
SEARCHED = 0.5


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a fitted share crosses a level.

    Parameters
    ----------
    at : float or None
        On the scale of ``x``; None where no rise was fitted.
    interval : Interval or None
        Fieller's; None where it has no two ends.
    kind : {"closed", "exclusive", "everything"}
        Exclusive: all but a stretch; everything: no place is ruled out. Either way the data do not pin it down.
    delta : Interval or None
        By the delta method, for comparison: symmetric, too short where the rise is faint.
    intercept, slope, deviance, dispersion : float
        Of the fit, in log odds; Pearson's dispersion, 1 where the months scatter as chance lets them.

    Examples
    --------
    >>> found = crossing([1, 2, 3, 4], [10, 20, 40, 50], [60, 60, 60, 60])
    >>> round(found.at, 2), round(found.interval.low, 2), round(found.interval.high, 2)
    (2.5, 2.23, 2.77)
    """

    at: float | None
    interval: Interval | None
    kind: Literal["closed", "exclusive", "everything"]
    delta: Interval | None
    intercept: float
    slope: float
    deviance: float
    dispersion: float


def crossing(
    x: ArrayLike, yes: ArrayLike, n: ArrayLike, level: float = 0.5, confidence: float = 0.95
) -> Crossing | None:
    """Fit a share by logistic regression on ``x`` and say where it crosses a level.

    Parameters
    ----------
    x, yes, n : array-like, shape (months,)
        Month number, successes, trials; months without trials are left out.
    level : float
        The share to cross, between 0 and 1.
    confidence : float

    Returns
    -------
    Crossing or None
        None from fewer than 3 months, or where the months separate so that no finite line fits. Months that scatter
        more than chance lets them widen the interval (Birge's ratio), never narrow it.

    References
    ----------
    Finney (1971), "Probit Analysis"; Fieller (1954), "Some problems in interval estimation".

    Examples
    --------
    >>> found = crossing([1, 2, 3, 4], [10, 20, 40, 50], [60, 60, 60, 60])
    >>> round(found.at, 2), round(found.interval.low, 2), round(found.interval.high, 2)
    (2.5, 2.23, 2.77)
    """
    x, yes, n = (np.asarray(values, float) for values in (x, yes, n))
    x, yes, n = x[n > 0], yes[n > 0], n[n > 0]
    if len(x) < 3:
        return None
    design = np.column_stack([np.ones_like(x), x])
    fit = logistic(design, yes, n)
    if not fit.converged:
        return None
    chance = fit.chance(design)
    spread = n * chance * (1 - chance)
    dispersion = float(np.sum((yes - n * chance) ** 2 / spread) / (len(x) - 2))
    a, b = (float(value) for value in fit.coefficients)
    a_level = a - log(level / (1 - level))
    covariance = fit.covariance * max(1.0, dispersion)
    kind, interval = fieller(a_level, b, covariance, confidence)
    at, delta = None, None
    if b > 0:
        at = -a_level / b
        pull = np.array([-1 / b, a_level / b**2])
        half = quantile(confidence) * sqrt(float(pull @ covariance @ pull))
        delta = Interval(at - half, at + half)
    return Crossing(at, interval if b > 0 else None, kind, delta, a, b, _deviance(yes, n, chance), dispersion)


def crossing_of_rise(
    yes: ArrayLike, n: ArrayLike, level: float = 0.5, confidence: float = 0.95
) -> tuple[slice, Crossing | None]:
    """Find the stretch in which a share rose, and where it crossed a level there.

    A share may stand before it rises, and be lowered on purpose afterwards; a line through all of it would be wrong.
    In log odds: a level, a rise, and whatever line follows. The months of the rise are those that are likeliest; what
    follows is taken for a stretch of its own only where that fits clearly better than going on rising.

    Returns
    -------
    slice, Crossing or None
        The months of the rise, and :func:`crossing` on them, on the scale of month numbers in which the first of *all*
        months is 1. Where the rise had to be found, the interval holds the crossings of all stretches nearly as likely,
        each at what its likelihood leaves of the level of confidence.

    Examples
    --------
    Half a year at a fifth, a rise, then lowered:

    >>> yes = [12, 13, 11, 12, 12, 13, 20, 28, 35, 41, 46, 44, 42, 41, 39]
    >>> months, found = crossing_of_rise(yes, [60] * 15)
    >>> (months.start, months.stop), round(found.at, 1)
    ((5, 11), 8.4)
    """
    yes, n = np.asarray(yes, float), np.asarray(n, float)
    stretches = _stretches(yes, n)
    if not stretches:
        return slice(0, len(n)), None
    stretches.sort(key=lambda one: -one[0])
    best, start, end = stretches[0]
    month = np.arange(1, len(n) + 1)

    def fit(start: int, end: int, confidence: float) -> Crossing | None:
        return crossing(month[start:end], yes[start:end], n[start:end], level, confidence)

    found = fit(start, end, confidence)
    if found is None or found.interval is None or (start, end) == (0, len(n)):
        return slice(start, end), found
    ends = [found.interval]
    for likelihood, first, last in stretches[1:]:
        left = SEARCHED + quantile(confidence) ** 2 - 2 * (best - likelihood) / max(1.0, found.dispersion)
        other = fit(first, last, erf(sqrt(left / 2))) if left > 1e-6 else None
        if other and other.interval:
            ends.append(other.interval)
    around = Interval(min(one.low for one in ends), max(one.high for one in ends))
    return slice(start, end), replace(found, interval=around)


def _stretches(yes: NDArray[np.float64], n: NDArray[np.float64]) -> list[tuple[float, int, int]]:
    """Log likelihood of each (level, rise from ``start`` to before ``end``, what follows)."""
    three = np.ones(3)
    if len(n) < 3 or not n.any():
        return []
    smooth = np.convolve(yes, three, "same") / np.maximum(np.convolve(n, three, "same"), 1e-12)
    peak, last, month = int(smooth.argmax()), len(n) - 1, np.arange(float(len(n)))
    ends = range(max(2, peak - NEAR_PEAK), min(last, peak + NEAR_PEAK) + 1)
    places = [(start, end) for end in ends for start in range(end - 1)]
    rise = np.array([np.clip(month - start, 0, end - start) for start, end in places])
    after = np.array([np.maximum(month - end, 0) for _start, end in places])
    designs = np.stack([np.ones_like(rise), rise, after], axis=2)
    likelihood = _likelihoods(designs, yes, n)
    price = [TWO_PARAMETERS / 2 if end < last else 0.0 for _start, end in places]
    return [
        (float(value - less), start, end + 1)
        for value, less, (start, end) in zip(likelihood, price, places, strict=True)
    ]


def _likelihoods(designs: NDArray[np.float64], yes: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Greatest log likelihood of many small logistic regressions at once, designs of shape (fits, months, columns)."""
    from scipy.special import xlogy

    beta = np.zeros(designs.shape[::2])
    ridge = 1e-6 * np.eye(designs.shape[2])  # a column without any month stays at 0
    for _step in range(40):
        chance = 1 / (1 + np.exp(-np.clip(np.einsum("fmk,fk->fm", designs, beta), -30, 30)))
        weighted = designs * (n * chance * (1 - chance))[:, :, None]
        gradient = np.einsum("fmk,fm->fk", designs, yes - n * chance) - 1e-6 * beta
        information = np.swapaxes(weighted, 1, 2) @ designs + ridge
        move = np.clip(np.linalg.solve(information, gradient[:, :, None])[:, :, 0], -3, 3)
        beta = beta + move
        if np.abs(move).max() < 1e-8:
            break
    chance = 1 / (1 + np.exp(-np.clip(np.einsum("fmk,fk->fm", designs, beta), -30, 30)))
    return np.asarray(np.sum(xlogy(yes, chance) + xlogy(n - yes, 1 - chance), axis=1))


def fieller(
    intercept: float, slope: float, covariance: NDArray[np.float64], confidence: float = 0.95
) -> tuple[Literal["closed", "exclusive", "everything"], Interval | None]:
    """All places at which a line may be zero, by Fieller's theorem.

    Returns
    -------
    kind, Interval or None
        The interval only where the set is closed; see :class:`Crossing`.

    Examples
    --------
    A slope of 1 with its error of 0.1, then one that may as well be none:

    >>> fieller(-5.0, 1.0, np.diag([0.0, 0.01]))[0], fieller(-5.0, 1.0, np.diag([0.0, 1.0]))[0]
    ('closed', 'exclusive')
    >>> fieller(0.0, 1.0, np.diag([1.0, 1.0]))
    ('everything', None)
    """
    q = quantile(confidence) ** 2
    square = slope**2 - q * covariance[1, 1]
    linear = slope * intercept - q * covariance[0, 1]
    constant = intercept**2 - q * covariance[0, 0]
    inside = linear**2 - square * constant
    if square > 0:
        root = sqrt(max(inside, 0.0))
        return "closed", Interval(float((-linear - root) / square), float((-linear + root) / square))
    return ("exclusive" if inside > 0 else "everything"), None


def first_above(yes: ArrayLike, n: ArrayLike, level: float = 0.5) -> NDArray[np.float64]:
    """Probability of each month that it is the first whose true share lies above a level.

    Each month on its own, from Jeffreys' prior: Beta(1/2, 1/2). What is left to 1 is that none does.

    Examples
    --------
    >>> first_above([1, 5, 9], [10, 10, 10]).round(3).tolist()
    [0.004, 0.498, 0.496]
    """
    from scipy.special import betainc

    yes_, n_ = np.asarray(yes, float), np.asarray(n, float)
    above = 1 - betainc(yes_ + 0.5, n_ - yes_ + 0.5, level)
    below_until = np.concatenate([[1.0], np.cumprod(1 - above)[:-1]])
    return np.asarray(above * below_until)


def _deviance(yes: NDArray[np.float64], n: NDArray[np.float64], chance: NDArray[np.float64]) -> float:
    from scipy.special import xlogy

    return float(2 * np.sum(xlogy(yes, yes / (n * chance)) + xlogy(n - yes, (n - yes) / (n * (1 - chance)))))
