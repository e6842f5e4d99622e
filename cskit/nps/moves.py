"""How far apart are two waves, and where do several lead?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cskit.nps.waves import Wave, companies_of, degrees
from cskit.stats.intervals import Interval
from cskit.stats.nps import Companies, design_effect, estimate, nps_change
from cskit.stats.trend import Slope, nps_slope

__all__ = ["WaveChange", "change", "slope"]


@dataclass(frozen=True, slots=True)
class WaveChange:
    """The difference of two waves, in points.

    Parameters
    ----------
    points : float
    interval : Interval
        The one that decides: it knows which companies answered in both waves and how often.
    independent : Interval
        As if every answer stood for itself.
    p : float
        How often answers would differ so much or more if opinion had not moved.
    effect : float
        By how much answers of one company widen the variance.
    """

    points: float
    interval: Interval
    independent: Interval
    p: float
    effect: float

    @property
    def direction(self) -> str:
        """``up``, ``down``, or ``unclear`` where the interval holds none."""
        if self.interval.low > 0:
            return "up"
        return "down" if self.interval.high < 0 else "unclear"


def change(now: Wave, before: Wave, confidence: float = 0.95) -> WaveChange:
    """How far NPS moved between two waves, and between what ends that may lie.

    The companies of both waves are joined: one that answered in both weighs once, with both its errors.
    """
    pair = _aligned((now, before))
    effect = design_effect(*pair)
    df = degrees(effect, len(pair[0].answers))
    decided = nps_change(now.counts, before.counts, confidence, effect, df)
    independent = nps_change(now.counts, before.counts, confidence)
    p = estimate([(1, now.counts), (-1, before.counts)], effect, df).p
    return WaveChange(now.nps - before.nps, decided, independent, p, effect)


def slope(found: Sequence[Wave], confidence: float = 0.95) -> Slope | None:
    """The line through the waves, in points a year; None below three waves, or where all closed on one day."""
    years = np.array([(wave.closed_on - found[0].closed_on).days / 365.25 for wave in found])
    if len(found) < 3 or not years.any():
        return None
    return nps_slope(years, [wave.counts for wave in found], _aligned(found), confidence)


def _aligned(found: Sequence[Wave]) -> list[Companies]:
    """The companies of all waves in one order; 0 where one did not answer."""
    union = pd.Index(sorted({str(name) for wave in found for name in wave.by_company.index}))
    return [companies_of(wave.by_company.reindex(union).fillna(0.0), wave.counts) for wave in found]
