"""How far did the same people move between two waves?"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from cskit.stats.clusters import linearised
from cskit.stats.intervals import Interval, quantile

__all__ = ["Moved", "paired_change", "stuart_maxwell"]


@dataclass(frozen=True, slots=True)
class Moved:
    """The mean change of the same people, in points of NPS.

    Parameters
    ----------
    points : float
    interval : Interval
    p : float
        How often chance alone would move them so much or more if opinion had not moved.
    n : int

    Examples
    --------
    >>> moved = paired_change([1, 0, 0, -1, 2, 0, 1, 0], range(8))
    >>> moved.points, round(moved.interval.low, 1), round(moved.interval.high, 1)
    (37.5, -37.7, 112.7)
    """

    points: float
    interval: Interval
    p: float
    n: int


def paired_change(differences: ArrayLike, clusters: ArrayLike, confidence: float = 0.95) -> Moved:
    """Mean of each person's own difference of +1, 0 or -1.

    Parameters
    ----------
    differences : array, shape (people,)
        -2 to 2; two people or more.
    clusters : array, shape (people,)
        Each one's company.

    Returns
    -------
    Moved
        Student's interval. The sum of squares gets 0.6 added, as if part of a person more had moved by one category:
        where few moved, their spread alone is too small. Companies change it by their design effect, 1/4 or more.

    References
    ----------
    What is added follows the idea of Agresti and Coull (1998); how much, the simulation in benchmarks/coverage_nps.py.

    Examples
    --------
    >>> moved = paired_change([1, 0, 0, -1, 2, 0, 1, 0], range(8))
    >>> moved.points, round(moved.interval.low, 1), round(moved.interval.high, 1)
    (37.5, -37.7, 112.7)
    """
    value = np.asarray(differences, float)
    n = len(value)
    found = linearised(value, np.full(n, 1 / n), clusters)
    effect = max(0.25, found.variance / found.alone) if found.alone and np.isfinite(found.variance) else 1.0
    worth, df = n / effect, found.df
    mean = float(value.mean())
    error = sqrt((float(np.mean(value**2)) - mean**2 + 0.6 / worth) / worth)
    half = quantile(confidence, df) * error
    interval = Interval(max(100 * (mean - half), -200.0), min(100 * (mean + half), 200.0))
    return Moved(100 * mean, interval, _p(mean / error, df), n)


def stuart_maxwell(table: ArrayLike) -> tuple[float, int, float]:
    """Whether the shares of the categories moved at all, any of them.

    Parameters
    ----------
    table : array, shape (k, k)
        People by category before (rows) and now (columns).

    Returns
    -------
    statistic : float
    df : int
        Fewer where nobody left or entered a category.
    p : float

    References
    ----------
    Stuart (1955), Biometrika 42; Maxwell (1970), British Journal of Psychiatry 116.

    Examples
    --------
    The 7,477 women's eyes of Stuart (1955), whose statistic is 11.96:

    >>> eyes = [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
    >>> statistic, df, p = stuart_maxwell(eyes)
    >>> round(statistic, 2), df, round(p, 4)
    (11.96, 3, 0.0075)
    """
    from scipy.special import chdtrc

    counts = np.asarray(table, float)
    away = counts.sum(axis=0) - counts.sum(axis=1)
    spread = np.diag(counts.sum(axis=0) + counts.sum(axis=1)) - counts - counts.T
    df = int(np.linalg.matrix_rank(spread))
    if not df:
        return 0.0, 0, 1.0
    statistic = float(away @ np.linalg.pinv(spread) @ away)
    return statistic, df, float(chdtrc(df, statistic))


def _p(t: float, df: float) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))
