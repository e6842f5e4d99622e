"""How sure is a mean, or a sum of several, where answers come in groups and weigh differently?

Linearised: what a cluster (a company) adds to the error is its weighted residuals, summed. The sum of their squares is
scaled so that it is unbiased for independent answers, and Student's degrees of freedom are those it then has.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cskit.stats.intervals import Interval, wilson

__all__ = ["Linearised", "clustered_share", "counted_share", "linearised"]


@dataclass(frozen=True, slots=True)
class Linearised:
    """A weighted sum of values with its variance over clusters.

    Parameters
    ----------
    value : float
    variance : float
        Of the value, over clusters; nan where fewer than two clusters say anything on it.
    alone : float
        The variance of as many values that stand for themselves and pull alike.
    df : float
        Student's degrees of freedom of ``variance``; nan with it.

    Examples
    --------
    >>> mean = linearised([1, 2, 3, 6], np.full(4, 0.25), range(4))
    >>> mean.value, round(mean.variance, 4), round(mean.df, 6)
    (3.0, 1.1667, 3.0)
    """

    value: float
    variance: float
    alone: float
    df: float


def linearised(values: ArrayLike, pulls: ArrayLike, clusters: ArrayLike, groups: ArrayLike | None = None) -> Linearised:
    """The sum of values times their pulls.

    Parameters
    ----------
    values : array, shape (answers,)
    pulls : array, shape (answers,)
        What each counts: weight / sum of weights for a mean; with a minus for the mean that is taken away.
    clusters : array, shape (answers,)
        Of any labels: which answers belong together.
    groups : array, shape (answers,), optional
        Which answers share a mean; all, where not given. The pulls of a group have one sign.

    Returns
    -------
    Linearised

    References
    ----------
    Bell and McCaffrey (2002), "Bias reduction in standard errors for linear regression with multi-stage samples",
    Survey Methodology 28: degrees of freedom by Satterthwaite, for independent answers; here with their own kurtosis.

    Examples
    --------
    Equal pulls of unclustered values: the variance of a mean, and n - 1 degrees of freedom.

    >>> mean = linearised([1, 2, 3, 6], np.full(4, 0.25), range(4))
    >>> mean.value, round(mean.variance, 4), round(mean.df, 6)
    (3.0, 1.1667, 3.0)
    """
    value, pull = np.asarray(values, float), np.asarray(pulls, float)
    cluster, group = (
        pd.factorize(np.asarray(x))[0] for x in (clusters, np.zeros(len(value)) if groups is None else groups)
    )
    total = float(value @ pull)
    shape = (int(cluster.max(initial=-1)) + 1, int(group.max(initial=-1)) + 1)
    own = np.bincount(group, np.abs(pull), shape[1])
    within = np.divide(np.abs(pull), own[group], out=np.zeros_like(pull), where=own[group] > 0)
    residual = value - np.bincount(group, within * value, shape[1])[group]
    spread = np.bincount(group, within * residual**2, shape[1])
    size = np.bincount(group, within**2, shape[1])
    room = 1 - size
    unbiased = np.divide(spread, room, out=np.zeros_like(spread), where=room > 1e-12)
    alone = float(np.square(np.bincount(group, pull, shape[1])) @ (unbiased / np.bincount(group, minlength=shape[1])))
    if shape[0] < 2:
        return Linearised(total, np.nan, alone, np.nan)
    cell = cluster * shape[1] + group

    def summed(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(cell, weights, shape[0] * shape[1]).reshape(shape).astype(float)

    pulled, squares = summed(pull), summed(pull * within)
    # What is expected of two clusters' errors together is a diagonal and the product of two narrow tables: a table of
    # all pairs would be too large where tens of thousands of companies answer.
    each = np.bincount(cluster, pull**2, shape[0])
    left, right = np.hstack([-squares, -pulled, pulled * size]), np.hstack([pulled, squares, pulled])
    shared = np.sum(left * right, axis=1)
    diagonal = each + shared
    known = diagonal > 1e-12 * max(float(diagonal.max()), 1e-300)
    scale = np.divide(each, diagonal, out=np.zeros(shape[0]), where=known)
    if known.sum() < 2:
        return Linearised(total, np.nan, alone, np.nan)
    added = np.bincount(cluster, pull * residual, shape[0])
    pairs = float(scale**2 @ (each**2 + 2 * each * shared))
    pairs += float(np.sum((left.T * scale @ left) * (right.T * scale @ right)))
    df = float(np.sum(scale * diagonal) ** 2 / pairs)
    return Linearised(total, float(scale @ added**2), alone, df * _calm(added[known] ** 2 / diagonal[known]))


def _calm(squares: NDArray[np.float64]) -> float:
    """How many times the degrees of freedom of normal errors these have: answers of +1, 0 and -1 have short tails.

    The variance of a square is (kurtosis - 1) times its squared mean, 2 if normal; the kurtosis of a small sample is
    too small by (n - 1) / (n + 1). Kept within 1 and 2.
    """
    n, mean = len(squares), float(np.mean(squares))
    kurtosis = float(np.mean(squares**2)) / mean**2 * (n + 1) / (n - 1) if mean > 0 else 3.0
    return float(np.clip(2 / max(kurtosis - 1, 1e-9), 1.0, 2.0))


def clustered_share(yes: ArrayLike, clusters: ArrayLike, confidence: float = 0.95) -> tuple[Interval, float, float]:
    """Wilson's interval of a share of people who belong to clusters: as many of them as would know as much alone.

    Returns
    -------
    interval : Interval
    effect : float
        Of the clusters on the variance, 1 or more.
    df : float
        Student's; infinite where the clusters widen nothing.

    Examples
    --------
    >>> interval, effect, _df = clustered_share([1, 1, 0, 0, 1, 1, 0, 0], [1, 1, 2, 2, 3, 3, 4, 4])
    >>> round(interval.low, 2), round(interval.high, 2), round(effect, 2)
    (0.1, 0.9, 2.33)
    """
    value = np.asarray(yes, float)
    if not len(value):
        return Interval(0.0, 1.0), 1.0, np.inf
    found = linearised(value, np.full(len(value), 1 / len(value)), clusters)
    effect = max(1.0, found.variance / found.alone) if found.alone and np.isfinite(found.variance) else 1.0
    df = found.df if effect > 1 else np.inf
    worth = len(value) / effect
    return wilson(float(value.mean()) * worth, worth, confidence, df), effect, df


def counted_share(yes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Interval:
    """The same from counts, one of each cluster: for more clusters than a table of all pairs could hold.

    Parameters
    ----------
    yes, n : array, shape (clusters,)
        How many of how many said yes in each.

    Returns
    -------
    Interval
        Linearised over clusters (Cochran 1977, chapter 10) with one degree of freedom fewer than there are.

    Examples
    --------
    Four customers of one mind each know as much as four answers; 40 that answer once each, as 40.

    >>> alike, alone = counted_share([9, 0, 9, 0], [9, 9, 9, 9]), counted_share([1, 0] * 20, [1] * 40)
    >>> round(alike.low, 2), round(alike.high, 2), round(alone.low, 2), round(alone.high, 2)
    (0.06, 0.94, 0.35, 0.65)
    """
    yes, n = np.asarray(yes, float), np.asarray(n, float)
    total, clusters = float(n.sum()), int((n > 0).sum())
    share = float(yes.sum()) / total if total else 0.0
    alone = share * (1 - share) * total
    if not alone or clusters < 2:
        return wilson(float(yes.sum()), total, confidence)
    effect = float(np.square(yes - share * n).sum()) * clusters / (clusters - 1) / alone
    worth = total / max(1.0, effect)
    return wilson(share * worth, worth, confidence, clusters - 1 if effect > 1 else np.inf)
