"""Does NPS rise or fall over several waves?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cskit.stats.intervals import Interval
from cskit.stats.nps import Answers, design_effect, estimate

__all__ = ["Slope", "nps_slope"]


@dataclass(frozen=True, slots=True)
class Slope:
    """The straight line through several waves: points of NPS a year.

    >>> counts = [(20, 60, 20), (25, 60, 15), (30, 60, 10)]
    >>> line = nps_slope(np.arange(3.0), [Answers(np.repeat([1.0, 0, -1], wave), np.arange(100)) for wave in counts])
    >>> round(line.points, 1), line.direction
    (10.0, 'up')
    """

    points: float
    interval: Interval

    @property
    def direction(self) -> str:
        """``up``, ``down``, or ``unclear`` where the interval holds 0."""
        return self.interval.direction()


def nps_slope(years: NDArray[np.float64], waves: Sequence[Answers], confidence: float = 0.95) -> Slope:
    """The line through waves, each weighing as much as it is sure.

    Parameters
    ----------
    years : array, shape (waves,)
        When each closed.
    waves : sequence of Answers
        Three or more, each with answers.
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

    >>> counts = [(20, 60, 20), (25, 60, 15), (30, 60, 10)]
    >>> line = nps_slope(np.arange(3.0), [Answers(np.repeat([1.0, 0, -1], wave), np.arange(100)) for wave in counts])
    >>> round(line.points, 1), line.direction
    (10.0, 'up')
    """
    counts = [wave.counts for wave in waves]
    weights = np.array([1 / own.adjusted(design_effect(wave)[0])[1] for own, wave in zip(counts, waves, strict=True)])
    nps = np.array([own.nps for own in counts])
    away = years - np.average(years, weights=weights)
    pulls = weights * away / np.sum(weights * away**2)
    points = float(pulls @ nps)
    missed = nps - np.average(nps, weights=weights) - points * away
    scatter = max(1.0, float(weights @ missed**2) / (len(nps) - 2))
    effect, df = design_effect(*waves, weights=pulls.tolist())
    return Slope(points, estimate(list(zip(pulls, counts, strict=True)), effect * scatter, df).interval(confidence))
