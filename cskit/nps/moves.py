"""How far apart are two waves, and where do several lead?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cskit.nps.waves import Wave
from cskit.result import Result
from cskit.stats.intervals import Interval
from cskit.stats.nps import design_effect, estimate, nps_change, tango_change
from cskit.stats.trend import Slope, nps_slope

__all__ = ["WaveChange", "change", "slope"]


@dataclass(frozen=True, slots=True)
class WaveChange(Result):
    """The difference of two waves, in points.

    Parameters
    ----------
    points : float
    interval : Interval
        The one that decides: it knows which companies answered in both waves and how often.
    independent : Interval
        As if every answer stood for itself.
    tango : Interval
        The second method: as if every answer stood for itself, from Tango's score intervals.
    p : float
        How often answers would differ so much or more if opinion had not moved.
    effect : float
        By how much answers of one company widen the variance, or narrow it where the same ones answered twice.

    Examples
    --------
    >>> round(waves.change.points, 2), round(waves.change.p, 2), round(waves.change.effect, 2)
    (2.3, 0.84, 0.75)
    """

    points: float
    interval: Interval
    independent: Interval
    tango: Interval
    p: float
    effect: float

    @property
    def direction(self) -> str:
        """``up``, ``down``, or ``unclear`` where the interval holds none."""
        return self.interval.direction()


def change(now: Wave, before: Wave, confidence: float = 0.95) -> WaveChange:
    """How far NPS moved between two waves, and between what ends that may lie.

    The companies of both waves are joined: one that answered in both weighs once, with both its errors.

    >>> round(change(waves.now, waves.before).points, 2)
    2.3
    """
    effect, df = design_effect(now.sample, before.sample)
    decided = nps_change(now.counts, before.counts, confidence, effect, df)
    independent = nps_change(now.groups, before.groups, confidence)
    p = estimate([(1, now.counts), (-1, before.counts)], effect, df).p
    second = tango_change(now.groups, before.groups, confidence)
    return WaveChange(now.nps - before.nps, decided, independent, second, p, effect)


def slope(found: Sequence[Wave], confidence: float = 0.95) -> Slope | None:
    """The line through the waves, in points a year; None below three waves, or where all closed on one day.

    >>> found = slope(waves.trend)
    >>> round(found.points, 1), found.interval.direction()
    (8.1, 'unclear')
    >>> slope(waves.trend[:2]) is None
    True
    """
    years = np.array([(wave.closed_on - found[0].closed_on).days / 365.25 for wave in found])
    if len(found) < 3 or not years.any():
        return None
    return nps_slope(years, [wave.sample for wave in found], confidence)
