"""Did a typical case take less after a day than before it, when cases of one customer are alike?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cskit.stats.intervals import Interval, quantile

__all__ = ["Change", "typical_change"]


@dataclass(frozen=True, slots=True)
class Change:
    """A typical case after / before: the ratio of geometric means.

    Parameters
    ----------
    ratio : float
    interval : Interval
        0 to infinity where too few customers say anything.
    before, after : float
        Geometric means.
    n_before, n_after, clusters : int

    Examples
    --------
    >>> found = typical_change([50, 60, 72, 25, 30, 36], [False] * 3 + [True] * 3, list("abcdef"))
    >>> round(found.ratio, 2), found.direction
    (0.5, 'down')
    """

    ratio: float
    interval: Interval
    before: float
    after: float
    n_before: int
    n_after: int
    clusters: int

    @property
    def direction(self) -> str:
        """``up``, ``down``, or ``unclear`` where the interval holds no change."""
        return self.interval.direction(1)


def typical_change(values: ArrayLike, after: ArrayLike, cluster: ArrayLike, confidence: float = 0.95) -> Change | None:
    """Compare logarithms, errors added up by cluster (CR2), Student's t by Satterthwaite's degrees of freedom.

    Parameters
    ----------
    values : array-like of float, shape (cases,)
        Above 0.
    after : array-like of bool, shape (cases,)
    cluster : array-like, shape (cases,)
        Whose cases are alike: the customer.

    Returns
    -------
    Change or None
        None without a case on either side.

    References
    ----------
    Bell and McCaffrey (2002), "Bias reduction in standard errors for linear regression with multi-stage samples",
    Survey Methodology 28.

    Examples
    --------
    >>> found = typical_change([50, 60, 72, 25, 30, 36], [False] * 3 + [True] * 3, list("abcdef"))
    >>> round(found.ratio, 2), found.direction
    (0.5, 'down')
    """
    y, late = np.log(np.asarray(values, float)), np.asarray(after, bool)
    sizes = int((~late).sum()), int(late.sum())
    if not all(sizes):
        return None
    means = y[~late].mean(), y[late].mean()
    moved = float(means[1] - means[0])
    who, names = pd.factorize(np.asarray(cluster))
    half = _half(y, late, who, len(names), confidence)
    around = Interval(float(np.exp(moved - half)), float(np.exp(moved + half)))
    typical = [float(np.exp(mean)) for mean in means]
    return Change(float(np.exp(moved)), around, typical[0], typical[1], *sizes, len(names))


def _half(y: np.ndarray, late: np.ndarray, who: np.ndarray, clusters: int, confidence: float) -> float:
    """Half the width, from each cluster's sums: on this design its block of the hat matrix has two values only."""
    counts = np.stack([np.bincount(who[late == side], minlength=clusters) for side in (False, True)])
    total = counts.sum(axis=1)
    left = np.where(late, y - y[late].mean(), y - y[~late].mean())
    sums = np.stack([np.bincount(who[late == side], left[late == side], clusters) for side in (False, True)])
    # CR2: each side's residuals of a cluster are inflated by (1 - n / N)^-1/2; a side of one cluster has no spread.
    room = 1 - counts / total[:, None]
    if (room.min(axis=1) <= 1e-12).any():
        return np.inf
    pull = sums / np.sqrt(room) / total[:, None]
    variance = float(np.sum((pull[1] - pull[0]) ** 2))
    # Satterthwaite's degrees of freedom of that sum, as if cases were independent.
    share = counts / total[:, None] / np.sqrt(room)
    basis = (share[1] ** 2 / np.maximum(counts[1], 1)) + (share[0] ** 2 / np.maximum(counts[0], 1))
    trace, squares = _sums(basis, share / np.sqrt(total)[:, None])
    df = trace**2 / squares if squares > 1e-12 * float(basis @ basis) else 0.0
    return quantile(confidence, df) * np.sqrt(variance) if df > 1 - 1e-9 and variance > 0 else np.inf


def _sums(diagonal: np.ndarray, sides: np.ndarray) -> tuple[float, float]:
    """Of diag(d) - aa' - bb', which is as large as the clusters are many, squared: its trace and its squares' sum."""
    own, together = sides**2, sides @ sides.T
    trace = float(diagonal.sum() - own.sum())
    return trace, float(diagonal @ diagonal - 2 * (own @ diagonal).sum() + (together**2).sum())
