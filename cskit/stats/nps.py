"""What does a survey wave say, and what a change between two?

Adjusted-Wald throughout (Rocks 2016). Where companies answer several times, the wave stands for fewer answers than
it has: as many independent ones as would know as much.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from cskit.stats.intervals import Interval, quantile

__all__ = ["Companies", "Estimate", "NpsCounts", "answers_needed", "design_effect", "estimate", "nps_change",
           "nps_interval"]  # fmt: skip


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

    def adjusted(self, effect: float = 1.0) -> tuple[float, float]:
        """NPS and its squared standard error, after the counts are divided by a design effect and 3/4, 3/2 and 3/4
        answers are added (Rocks 2016)."""
        n = self.answers / effect + 3
        p, d = (self.promoters / effect + 0.75) / n, (self.detractors / effect + 0.75) / n
        return 100 * (p - d), 1e4 * (p + d - (p - d) ** 2) / n


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


@dataclass(frozen=True, slots=True)
class Estimate:
    """A weighted sum of NPS, in points, with its standard error and Student's degrees of freedom."""

    points: float
    error: float
    df: float

    def interval(self, confidence: float, limit: float = np.inf) -> Interval:
        """Clipped to minus and plus ``limit``."""
        half = quantile(confidence, self.df) * self.error
        return Interval(max(self.points - half, -limit), min(self.points + half, limit))

    @property
    def p(self) -> float:
        """How often chance alone would take it so far from 0, or farther."""
        from scipy.special import ndtr, stdtr

        far = -abs(self.points) / self.error
        return float(2 * (ndtr(far) if np.isinf(self.df) else stdtr(self.df, far)))


def estimate(waves: Sequence[tuple[float, NpsCounts]], effect: float = 1.0, df: float = np.inf) -> Estimate:
    """Combine waves, each with its weight: 1 and -1 for a change.

    Parameters
    ----------
    waves : sequence of (float, NpsCounts)
        Each with answers.
    effect : float
        By how much companies that answer several times widen the variance; see :func:`design_effect`.
    df : float
        Degrees of freedom of that effect: companies - 1.

    Examples
    --------
    >>> round(estimate([(1, NpsCounts(12, 26, 9)), (-1, NpsCounts(10, 31, 8))]).p, 5)
    0.86526
    """
    known = [(weight, *counts.adjusted(effect)) for weight, counts in waves]
    points = sum(weight * nps for weight, nps, _squared in known)
    return Estimate(points, sqrt(sum(weight**2 * squared for weight, _nps, squared in known)), df)


def nps_interval(counts: NpsCounts, confidence: float = 0.95, effect: float = 1.0, df: float = np.inf) -> Interval:
    """Interval of NPS, in points; -100 to 100 without answers. ``effect`` and ``df`` as in :func:`estimate`.

    References
    ----------
    Rocks (2016), "Interval Estimation for the Net Promoter Score", The American Statistician 70(4).

    Examples
    --------
    >>> spring = nps_interval(NpsCounts(12, 26, 9))
    >>> round(spring.low, 2), round(spring.high, 2)
    (-12.52, 24.52)
    """
    return estimate([(1, counts)], effect, df).interval(confidence, 100) if counts.answers else Interval(-100.0, 100.0)


def nps_change(
    now: NpsCounts, before: NpsCounts, confidence: float = 0.95, effect: float = 1.0, df: float = np.inf
) -> Interval:
    """Interval of the difference of two waves, in points; -200 to 200 where one has no answers.

    Examples
    --------
    >>> change = nps_change(NpsCounts(12, 26, 9), NpsCounts(10, 31, 8))
    >>> round(change.low, 1), round(change.high, 1)
    (-22.7, 27.0)
    """
    if not now.answers or not before.answers:
        return Interval(-200.0, 200.0)
    return estimate([(1, now), (-1, before)], effect, df).interval(confidence, 200)


def design_effect(*waves: Companies, weights: Sequence[float] = (1, -1)) -> float:
    """How much wider companies that answer several times make the variance of NPS, or of its change.

    Parameters
    ----------
    *waves : Companies
        The answers by company; where several waves, the same companies in the same order.
    weights : sequence of float
        Of each wave in the sum; for one wave or the change of two they need not be given.

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
    pairs = list(zip(weights, waves, strict=False))
    count = int(np.any([wave.answers > 0 for wave in waves], axis=0).sum())
    repeated = any((wave.answers > 1).any() for wave in waves)
    independent = sum(weight**2 * wave.variance / wave.answers.sum() for weight, wave in pairs)
    if not repeated or count < 2 or not independent:
        return 1.0
    residuals = sum(weight * wave.residuals() for weight, wave in pairs)
    return max(1.0, float(count / (count - 1) * np.sum(np.square(residuals)) / independent))


def answers_needed(
    now: NpsCounts,
    before: NpsCounts,
    points: float,
    power: float = 0.8,
    confidence: float = 0.95,
    effect: float = 1.0,
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
    effect : float
        Of the change; see :func:`design_effect`.

    Examples
    --------
    >>> answers_needed(NpsCounts(12, 26, 9), NpsCounts(10, 31, 8), 10)
    635
    """
    quantiles = quantile(confidence) + quantile(2 * power - 1)
    return ceil(effect * quantiles**2 * (now.variance + before.variance) / (points / 100) ** 2)
