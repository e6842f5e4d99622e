"""Does NPS rise or fall over several waves?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cskit.stats.intervals import Interval
from cskit.stats.nps import Companies, NpsCounts, design_effect, estimate

__all__ = ["Slope", "nps_slope"]


@dataclass(frozen=True, slots=True)
class Slope:
    """The straight line through several waves: points of NPS a year."""

    points: float
    interval: Interval

    @property
    def direction(self) -> str:
        """``up``, ``down``, or ``unclear`` where the interval holds 0."""
        if self.interval.low > 0:
            return "up"
        return "down" if self.interval.high < 0 else "unclear"


def nps_slope(
    years: NDArray[np.float64], counts: Sequence[NpsCounts], companies: Sequence[Companies], confidence: float = 0.95
) -> Slope:
    """The line through waves, each weighing as much as it is sure.

    Parameters
    ----------
    years : array, shape (waves,)
        When each closed.
    counts : sequence of NpsCounts
        Three or more, each with answers.
    companies : sequence of Companies
        The same answers by company, the same companies in the same order.
    confidence : float

    Returns
    -------
    Slope
        Companies that answer in several waves count once, with all their errors. Waves that scatter around the line
        more than their answers explain widen the interval (Birge's ratio), never narrow it.

    References
    ----------
    Birge (1932), "The calculation of errors by the method of least squares", Physical Review 40.

    Examples
    --------
    Ten points a year, each wave with the same answers but for five people in a hundred:

    >>> waves = [NpsCounts(20, 60, 20), NpsCounts(25, 60, 15), NpsCounts(30, 60, 10)]
    >>> alone = [Companies(np.repeat([1.0, 0, -1], [w.promoters, w.passives, w.detractors]), np.ones(100), w.variance)
    ...          for w in waves]
    >>> line = nps_slope(np.array([0.0, 1, 2]), waves, alone)
    >>> round(line.points, 1), line.direction
    (10.0, 'up')
    """
    weights = np.array([1 / wave.adjusted(design_effect(own))[1] for wave, own in zip(counts, companies, strict=True)])
    nps = np.array([wave.nps for wave in counts])
    away = years - np.average(years, weights=weights)
    pulls = weights * away / np.sum(weights * away**2)
    points = float(pulls @ nps)
    missed = nps - np.average(nps, weights=weights) - points * away
    scatter = max(1.0, float(weights @ missed**2) / (len(nps) - 2))
    effect = design_effect(*companies, weights=pulls.tolist())
    answered = np.any([own.answers > 0 for own in companies], axis=0).sum()
    df = float(answered) - 1 if effect > 1 else np.inf
    return Slope(points, estimate(list(zip(pulls, counts, strict=True)), effect * scatter, df).interval(confidence))
