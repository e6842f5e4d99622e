"""Who differs from the others, and by how much, once chance and the mix of cases are taken out?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cskit.stats.intervals import quantile
from cskit.stats.multiple import holm

__all__ = ["Pooled", "pooled"]


@dataclass(frozen=True)
class Pooled:
    """Groups on one scale, each drawn towards the mean of all as far as chance may have moved it.

    Parameters
    ----------
    groups : DataFrame, index group, columns n, own, own_low, own_high, shrunk, p
        ``own``: mean difference from the mean of all groups, cases of one kind compared with one another, and its
        interval. ``shrunk``: the same after partial pooling. ``p``: against no difference, Holm over all groups.
    spread : float
        Standard deviation of the true differences; 0 where chance explains all of them.
    noise : float
        Standard deviation of one case.
    """

    groups: pd.DataFrame
    spread: float
    noise: float


def pooled(values: ArrayLike, group: ArrayLike, kind: ArrayLike, confidence: float = 0.95) -> Pooled | None:
    """Compare groups by least squares on group and kind of case, then pool partially.

    Parameters
    ----------
    values : array-like of float, shape (cases,)
        On a scale on which differences add, such as the logarithm of minutes.
    group, kind : array-like, shape (cases,)
        Who did it, and what sort of case it was.
    confidence : float

    Returns
    -------
    Pooled or None
        None with fewer than two groups, or no case more than there are groups and kinds.

    References
    ----------
    Gelman and Hill (2007), "Data Analysis Using Regression and Multilevel/Hierarchical Models", chapter 12; spread
    by moments (DerSimonian and Laird 1986).

    Examples
    --------
    >>> found = pooled([1.0, 1.2, 0.8, 2.0, 2.2, 1.8], ["a"] * 3 + ["b"] * 3, ["x"] * 6)
    >>> found.groups["own"].round(2).to_dict()
    {'a': -0.5, 'b': 0.5}
    """
    y = np.asarray(values, float)
    who, names = pd.factorize(np.asarray(group), sort=True)
    what, kinds = pd.factorize(np.asarray(kind), sort=True)
    k = len(names)
    design = np.hstack([_dummies(who, k), _dummies(what, len(kinds))[:, 1:]])
    rank = np.linalg.matrix_rank(design) if len(y) else 0
    df = len(y) - rank
    if k < 2 or df < 1:
        return None
    inverse = np.linalg.pinv(design.T @ design)
    beta = inverse @ design.T @ y
    noise = float(np.sqrt(np.sum((y - design @ beta) ** 2) / df))
    centre = np.eye(k) - 1 / k
    own = centre @ beta[:k]
    covariance = centre @ inverse[:k, :k] @ centre
    error = noise * np.sqrt(np.diag(covariance))
    spread = _spread(own, error)
    keep = spread**2 / (spread**2 + error**2) if spread else np.zeros(k)
    groups = pd.DataFrame(
        {
            "n": np.bincount(who, minlength=k),
            "own": own,
            "own_low": own - quantile(confidence, df) * error,
            "own_high": own + quantile(confidence, df) * error,
            "shrunk": keep * own,
            "p": holm(_p(own, error, df)),
        },
        index=pd.Index(names, name="group"),
    )
    return Pooled(groups, spread, noise)


def _dummies(place: NDArray[np.intp], size: int) -> NDArray[np.float64]:
    return (place[:, None] == np.arange(size)).astype(float)


def _spread(own: NDArray[np.float64], error: NDArray[np.float64]) -> float:
    """By moments: what the groups scatter beyond what their errors explain."""
    if not error.all():
        return float(np.std(own, ddof=1))
    weight = 1 / error**2
    mean = np.average(own, weights=weight)
    excess = float(weight @ (own - mean) ** 2) - (len(own) - 1)
    return float(np.sqrt(max(0.0, excess / (weight.sum() - (weight @ weight) / weight.sum()))))


def _p(own: NDArray[np.float64], error: NDArray[np.float64], df: int) -> NDArray[np.float64]:
    from scipy.special import stdtr

    return np.asarray(2 * stdtr(df, -np.abs(np.divide(own, error, out=np.zeros_like(own), where=error > 0))))
