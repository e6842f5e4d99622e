"""What does a survey wave say, and what a change between two?

Adjusted-Wald (Rocks 2016); Tango's score interval stands beside it. Where companies answer several times, the wave
stands for fewer answers than it has: as many independent ones as would know as much.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cskit.stats.clusters import linearised
from cskit.stats.intervals import Interval, difference, quantile

__all__ = [
    "Answers",
    "Estimate",
    "NpsCounts",
    "answers_needed",
    "design_effect",
    "estimate",
    "nps_change",
    "nps_interval",
    "of_finite",
    "tango",
    "tango_change",
    "visible_change",
]


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

    def adjusted(self, effect: float = 1.0, df: float = np.inf) -> tuple[float, float]:
        """NPS and its squared standard error, after the counts are divided by a design effect and 3/4, 3/2 and 3/4
        answers are added (Rocks 2016)."""
        part = (quantile(0.95) / quantile(0.95, df)) ** 2
        n = self.answers / effect + 3 * part
        p, d = ((kind / effect + 0.75 * part) / n for kind in (self.promoters, self.detractors))
        return 100 * (p - d), 1e4 * (p + d - (p - d) ** 2) / n


@dataclass(frozen=True)
class Answers:
    """One wave, answer by answer.

    Parameters
    ----------
    values : array, shape (answers,)
        1 for a promoter, 0, or -1 for a detractor.
    companies : array, shape (answers,)
        Of any labels: who answers together.
    weights : array, shape (answers,), optional
        What each answer counts; alike where not given.

    Examples
    --------
    >>> Answers(np.array([1, 1, 0, -1]), np.array(["A", "A", "B", "C"])).counts.nps
    25.0
    """

    values: NDArray[np.float64]
    companies: NDArray[Any]
    weights: NDArray[np.float64] | None = None

    @property
    def counts(self) -> "NpsCounts":
        """Promoters, passives, detractors; where answers have weights, as many weighted ones as there are answers."""
        n = len(self.values)
        weighs = self.pulls * n
        return NpsCounts(*(float(np.round(weighs[self.values == kind].sum(), 9)) for kind in (1, 0, -1)))

    @property
    def pulls(self) -> NDArray[np.float64]:
        """Each answer's part of the mean, adding up to 1."""
        weights = np.ones(len(self.values)) if self.weights is None else self.weights
        return weights / weights.sum() if len(weights) else weights

    @property
    def alone(self) -> bool:
        """Whether every answer is the only one of its company and counts as much as every other."""
        return self.weights is None and len(np.unique(self.companies)) == len(self.companies)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A weighted sum of NPS, in points, with its standard error and Student's degrees of freedom.

    >>> round(estimate([(1, NpsCounts(12, 26, 9)), (-1, NpsCounts(10, 31, 8))]).p, 5)
    0.86526
    """

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
        Degrees of freedom of that effect.

    Examples
    --------
    >>> round(estimate([(1, NpsCounts(12, 26, 9)), (-1, NpsCounts(10, 31, 8))]).p, 5)
    0.86526
    """
    known = [(weight, *counts.adjusted(effect, df)) for weight, counts in waves]
    points = sum(weight * nps for weight, nps, _squared in known)
    return Estimate(float(points), sqrt(sum(weight**2 * squared for weight, _nps, squared in known)), df)


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


def design_effect(*waves: Answers, weights: Sequence[float] = (1, -1)) -> tuple[float, float]:
    """How much wider companies that answer several times, and weights, make the variance of NPS or of its change.

    Parameters
    ----------
    *waves : Answers
    weights : sequence of float
        Of each wave in the sum; for one wave or the change of two they need not be given.

    Returns
    -------
    effect : float
        Linearised variance over companies / variance of independent answers of one weight. Of one wave never below
        1 (with weights: Kish's n Σw² / (Σw)²): so few companies cannot show that answers of one company agree less
        than by chance. Of several waves never below 1/4, which is arbitrary: companies that say the same in both
        cancel out, and then little is left to judge by.
    df : float
        Student's degrees of freedom; infinite where every answer stands for itself, as then ``effect`` is 1.

    Examples
    --------
    Four companies of two answers each, which always agree:

    >>> effect, df = design_effect(Answers(np.array([1, 1, -1, -1, 1, 1, -1, -1]), np.repeat([0, 1, 2, 3], 2)))
    >>> round(effect, 2), round(df, 6)
    (2.33, 6.0)
    """
    if all(wave.alone for wave in waves):
        return 1.0, np.inf
    pairs = list(zip(weights, waves, strict=False))
    found = linearised(
        np.concatenate([wave.values for wave in waves]),
        np.concatenate([weight * wave.pulls for weight, wave in pairs]),
        np.concatenate([wave.companies for wave in waves]),
        np.repeat(np.arange(len(waves)), [len(wave.values) for wave in waves]),
    )
    kish = [1.0 if wave.weights is None else len(wave.values) * float(np.sum(wave.pulls**2)) for wave in waves]
    if not found.alone or np.isnan(found.variance):
        return max(kish), np.inf
    ratio, weighted = found.variance / found.alone, any(wave.weights is not None for wave in waves)
    if len(waves) > 1:
        return max(ratio, 0.25), found.df
    return max(ratio, 1.0), found.df if weighted or ratio > 1 else np.inf


def tango(counts: NpsCounts, confidence: float = 0.95) -> Interval:
    """Score interval of NPS, in points: every value that a test would not refuse; -100 to 100 without answers.

    References
    ----------
    Tango (1998), "Equivalence test and confidence interval for the difference in proportions for the paired-sample
    design", Statistics in Medicine 17: promoters and detractors are the two discordant cells.

    Examples
    --------
    >>> spring = tango(NpsCounts(12, 26, 9))
    >>> round(spring.low, 2), round(spring.high, 2)
    (-12.98, 25.29)
    """
    from scipy.optimize import brentq

    n, up, down = counts.answers, counts.promoters, counts.detractors
    if not n:
        return Interval(-100.0, 100.0)
    z, point = quantile(confidence), (up - down) / n

    def off(delta: float, side: float) -> float:
        """Distance from the point in standard errors under ``delta``, less z: rising on either side."""
        b = (2 * n - up + down) * delta - up - down
        least = (np.sqrt(max(b * b + 8 * n * down * delta * (1 - delta), 0.0)) - b) / (4 * n)
        error = np.sqrt(max(n * (2 * least + delta * (1 - delta)), 0.0))
        away = side * (n * delta - up + down)
        return float(away - z * error)

    beside = 1e-9  # at the point itself nothing is off, and of a unanimous wave nothing is uncertain there
    low = -1.0 if point == -1 else brentq(off, -1, point - beside, args=(-1.0,))
    high = 1.0 if point == 1 else brentq(off, point + beside, 1, args=(1.0,))
    return Interval(100 * low, 100 * high)


def tango_change(now: NpsCounts, before: NpsCounts, confidence: float = 0.95) -> Interval:
    """Interval of the difference of two waves from the score interval of each (MOVER), in points.

    Examples
    --------
    >>> change = tango_change(NpsCounts(12, 26, 9), NpsCounts(10, 31, 8))
    >>> round(change.low, 1), round(change.high, 1)
    (-23.6, 28.0)
    """
    if not now.answers or not before.answers:
        return Interval(-200.0, 200.0)
    return difference(now.nps, tango(now, confidence), before.nps, tango(before, confidence))


def of_finite(counts: NpsCounts, population: float) -> NpsCounts:
    """The answers as many as they are worth for the NPS of a finite population, n (N - 1) / (N - n).

    For "our customers at that date" only, never for a trend; infinitely many where everybody answered.

    Examples
    --------
    >>> interval = nps_interval(of_finite(NpsCounts(12, 26, 9), 105))
    >>> round(interval.low, 2), round(interval.high, 2)
    (-7.83, 20.16)
    """
    left = population - counts.answers
    worth = (population - 1) / left if left > 0 else 1e9
    return NpsCounts(counts.promoters * worth, counts.passives * worth, counts.detractors * worth)


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


def visible_change(
    now: NpsCounts, before: NpsCounts, power: float = 0.8, confidence: float = 0.95, effect: float = 1.0
) -> float:
    """The change, in points, that two waves of these sizes would most likely show. See :func:`answers_needed`.

    Examples
    --------
    >>> round(visible_change(NpsCounts(12, 26, 9), NpsCounts(10, 31, 8)), 1)
    36.4
    """
    quantiles = quantile(confidence) + quantile(2 * power - 1)
    return 100 * quantiles * sqrt(effect * (now.variance / now.answers + before.variance / before.answers))
