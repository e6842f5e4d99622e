"""How sure are we of a share, of an NPS, of a change in either?

Every function takes counts and gives an :class:`Interval`; the method is named where it is used.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["Companies", "Interval", "NpsCounts", "answers_needed", "clustered_mean", "design_effect", "nps_change",
           "nps_interval", "share_change", "wilson"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends, low first."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class NpsCounts:
    """Answers of one wave.

    Parameters
    ----------
    promoters, passives, detractors : float
        Whole numbers, unless they are weighted.

    Examples
    --------
    >>> round(NpsCounts(12, 26, 9).nps, 2)
    6.38
    """

    promoters: float
    passives: float
    detractors: float

    @property
    def answers(self) -> float:
        return self.promoters + self.passives + self.detractors

    @property
    def nps(self) -> float:
        """In points, -100 to 100; nan without answers."""
        return 100 * (self.promoters - self.detractors) / self.answers if self.answers else float("nan")

    @property
    def variance(self) -> float:
        """Of one answer, counted 1, 0 or -1; nan without answers."""
        if not self.answers:
            return float("nan")
        p, d = self.promoters / self.answers, self.detractors / self.answers
        return p + d - (p - d) ** 2

    def adjusted(self) -> tuple[float, float]:
        """Mean and variance of one answer (1, 0, -1) after adding 3/4, 3/2 and 3/4 answers (Rocks 2016)."""
        n = self.answers + 3
        p, d = (self.promoters + 0.75) / n, (self.detractors + 0.75) / n
        return p - d, p + d - (p - d) ** 2


@dataclass(frozen=True)
class Companies:
    """One wave's answers by company.

    Parameters
    ----------
    totals, answers : array, shape (companies,)
        Promoters minus detractors, and answers; 0 where a company did not answer.
    variance : float
        Of one answer, each counting 1, 0 or -1.
    """

    totals: NDArray[np.float64]
    answers: NDArray[np.float64]
    variance: float

    def residuals(self) -> NDArray[np.float64]:
        """What each company adds to the error of the mean, by linearisation."""
        n = self.answers.sum()
        return (self.totals - self.totals.sum() / n * self.answers) / n


def nps_interval(
    counts: NpsCounts, confidence: float = 0.95, design_effect: float = 1.0, df: float = np.inf
) -> Interval:
    """Adjusted-Wald interval of NPS, in points.

    Parameters
    ----------
    counts : NpsCounts
    confidence : float
        Between 0 and 1.
    design_effect : float
        By how much companies that answer several times widen the variance; see :func:`design_effect`.
        1: every answer stands for itself.
    df : float
        Degrees of freedom of the design effect: companies - 1.

    Returns
    -------
    Interval
        Clipped to -100 to 100; -100 to 100 without answers.

    References
    ----------
    Rocks (2016), "Interval Estimation for the Net Promoter Score", The American Statistician 70(4).

    Examples
    --------
    >>> spring = nps_interval(NpsCounts(12, 26, 9))
    >>> round(spring.low, 2), round(spring.high, 2)
    (-12.52, 24.52)
    """
    if not counts.answers:
        return Interval(-100.0, 100.0)
    effective = _shrunk(counts, design_effect)
    mean, variance = effective.adjusted()
    half = _quantile(confidence, df) * sqrt(variance / (effective.answers + 3))
    return Interval(100 * max(mean - half, -1), 100 * min(mean + half, 1))


def nps_change(
    now: NpsCounts, before: NpsCounts, confidence: float = 0.95, design_effect: float = 1.0, df: float = np.inf
) -> Interval:
    """Adjusted-Wald interval of the difference of two waves, in points.

    Parameters
    ----------
    now, before : NpsCounts
    confidence : float
    design_effect : float
        Of the difference; see :func:`design_effect`.
    df : float
        Companies - 1.

    Returns
    -------
    Interval
        Clipped to -200 to 200.

    Examples
    --------
    >>> change = nps_change(NpsCounts(12, 26, 9), NpsCounts(10, 31, 8))
    >>> round(change.low, 1), round(change.high, 1)
    (-22.7, 27.0)
    """
    if not now.answers or not before.answers:
        return Interval(-200.0, 200.0)
    (mean_now, var_now), (mean_before, var_before) = now.adjusted(), before.adjusted()
    variance = (var_now / (now.answers + 3) + var_before / (before.answers + 3)) * design_effect
    half = _quantile(confidence, df) * sqrt(variance)
    change = mean_now - mean_before
    return Interval(100 * max(change - half, -2), 100 * min(change + half, 2))


def design_effect(now: Companies, before: Companies | None = None) -> float:
    """How much wider companies that answer several times make the variance of NPS, or of its change.

    Parameters
    ----------
    now, before : Companies
        The answers by company; for a change both waves, with the same companies in the same order.

    Returns
    -------
    float
        Linearised variance over companies / variance of independent answers. Never below 1: so few companies
        cannot show that answers of one company agree less than by chance.

    Examples
    --------
    Four companies of two answers each, which always agree:

    >>> round(design_effect(Companies(np.array([2.0, -2, 2, -2]), np.full(4, 2.0), 1.0)), 2)
    2.67
    """
    waves = [(1, now)] if before is None else [(1, now), (-1, before)]
    companies = sum((wave.answers for _, wave in waves), np.zeros(len(now.answers))) > 0
    repeated = any((wave.answers > 1).any() for _, wave in waves)
    independent = sum(wave.variance / wave.answers.sum() for _, wave in waves)
    count = int(companies.sum())
    if not repeated or count < 2 or not independent:
        return 1.0
    residuals = sum(sign * wave.residuals() for sign, wave in waves)
    return max(1.0, float(count / (count - 1) * np.sum(np.square(residuals)) / independent))


def answers_needed(
    now: NpsCounts, before: NpsCounts, points: float, power: float = 0.8, confidence: float = 0.95
) -> int:
    """Answers each of two waves needs so that a change of so many points would most likely show.

    Parameters
    ----------
    now, before : NpsCounts
        Whose answers spread as the next ones will.
    points : float
        The change to see, above 0.
    power : float
        Chance of seeing it.

    Examples
    --------
    >>> answers_needed(NpsCounts(12, 26, 9), NpsCounts(10, 31, 8), 10)
    635
    """
    quantiles = _quantile(confidence) + _quantile(2 * power - 1)
    return ceil(quantiles**2 * (now.variance + before.variance) / (points / 100) ** 2)


def wilson(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Score interval of a share.

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
    z2 = _quantile(confidence) ** 2
    share = successes / n
    centre, half = share + z2 / (2 * n), sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n)))
    low, high = (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
    return Interval(0.0 if successes == 0 else low, 1.0 if successes == n else high)


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
    p1, p0 = now[0] / now[1], before[0] / before[1]
    one, zero = wilson(*now, confidence), wilson(*before, confidence)
    down = sqrt((p1 - one.low) ** 2 + (zero.high - p0) ** 2)
    up = sqrt((one.high - p1) ** 2 + (p0 - zero.low) ** 2)
    return Interval(p1 - p0 - down, p1 - p0 + up)


def clustered_mean(values: NDArray[np.float64], confidence: float = 0.95) -> Interval:
    """Student interval of the mean of shares, one share per customer, kept within 0 to 1.

    Parameters
    ----------
    values : array, shape (customers,)
        Each customer's own share.

    Examples
    --------
    >>> around = clustered_mean(np.array([0.2, 0.4, 0.6]))
    >>> round(around.low, 3), round(around.high, 3)
    (0.0, 0.897)
    """
    if len(values) < 2:
        return Interval(0.0, 1.0)
    mean, half = values.mean(), _quantile(confidence, len(values) - 1) * values.std(ddof=1) / sqrt(len(values))
    if not half:
        # All alike: the spread says nothing, so each customer counts as one yes or no.
        return wilson(float(mean) * len(values), len(values), confidence)
    return Interval(max(0.0, float(mean - half)), min(1.0, float(mean + half)))


def _shrunk(counts: NpsCounts, effect: float) -> NpsCounts:
    """The counts of the effective sample: as many independent answers as would know as much."""
    return NpsCounts(counts.promoters / effect, counts.passives / effect, counts.detractors / effect)


def _quantile(confidence: float, df: float = np.inf) -> float:
    """Two-sided quantile of Student's t, of the normal at infinite df."""
    from scipy.special import ndtri, stdtrit

    upper = 1 - (1 - confidence) / 2
    return float(ndtri(upper) if np.isinf(df) else stdtrit(df, upper))
