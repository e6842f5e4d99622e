"""Who differs from the others, and by how much, once chance and the mix of cases are taken out?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cskit.stats.multiple import holm

__all__ = ["Pooled", "pooled"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pooled:
    """Groups on one scale, each drawn towards the mean of all as far as chance may have moved it.

    Parameters
    ----------
    groups : DataFrame, index group, columns n, own, own_low, own_high, shrunk, p
        ``n``: clusters. ``own``: difference from the mean of all groups, cases of one kind compared with one another,
        and its interval. ``shrunk``: the same after partial pooling. ``p``: against no difference, Holm over all.
    spread : float
        Standard deviation of the true differences; 0 where chance explains all of them.

    Examples
    --------
    >>> found = pooled([1.0, 1.2, 0.8, 2.0, 2.2, 1.8], ["a"] * 3 + ["b"] * 3, ["x"] * 6, range(6))
    >>> found.groups["own"].round(2).to_dict()
    {'a': -0.5, 'b': 0.5}
    """

    groups: pd.DataFrame
    spread: float


def pooled(
    values: ArrayLike, group: ArrayLike, kind: ArrayLike, cluster: ArrayLike, confidence: float = 0.95, least: int = 2
) -> Pooled | None:
    """Compare groups by least squares on group and kind of case, then pool partially.

    Cases of one cluster (a customer) are alike, so each cluster of a group counts once, with the mean of its cases.

    Parameters
    ----------
    values : array-like of float, shape (cases,)
        On a scale on which differences add, such as the logarithm of minutes.
    group, kind, cluster : array-like, shape (cases,)
        Who did it, what sort of case it was, and for whom.
    confidence : float
    least : int
        Clusters a group needs, 2 or more. From 10 on, six groups that are alike are told apart in 5 to 5.5 % of
        samples; with 6 clusters in 7 % (benchmarks/coverage_workload.py).

    Returns
    -------
    Pooled or None
        None unless two groups or more have so many; the others are left out.

    References
    ----------
    Gelman and Hill (2007), "Data Analysis Using Regression and Multilevel/Hierarchical Models", chapter 12; spread
    by moments (DerSimonian and Laird 1986); degrees of freedom by Satterthwaite (1946).

    Examples
    --------
    >>> found = pooled([1.0, 1.2, 0.8, 2.0, 2.2, 1.8], ["a"] * 3 + ["b"] * 3, ["x"] * 6, range(6))
    >>> found.groups["own"].round(2).to_dict()
    {'a': -0.5, 'b': 0.5}
    """
    frame = pd.DataFrame({"y": np.asarray(values, float), "group": group, "kind": kind, "cluster": cluster})
    frame = frame[frame.groupby("group")["cluster"].transform("nunique") >= least]
    if frame["group"].nunique() < 2:
        return None
    means = (
        _adjusted(frame)
        .groupby([frame["group"], frame["cluster"]])
        .mean()
        .groupby("group")
        .agg(["mean", "var", "size"])
    )
    n = means["size"].to_numpy()
    own, error, df = _differences(means["mean"].to_numpy(), means["var"].to_numpy() / n, n)
    spread = _spread(own, error)
    keep = spread**2 / (spread**2 + error**2) if spread else np.zeros(len(own))
    half = _quantiles(confidence, df) * error
    columns = {"n": n, "own": own, "own_low": own - half, "own_high": own + half, "shrunk": keep * own}
    return Pooled(pd.DataFrame({**columns, "p": holm(_p(own, error, df))}, index=means.index), spread)


def _adjusted(frame: pd.DataFrame) -> pd.Series:
    """Each case without the effect of its kind, by least squares on group and kind together."""
    who, names = pd.factorize(frame["group"], sort=True)
    what, kinds = pd.factorize(frame["kind"], sort=True)
    y, size = frame["y"].to_numpy(), len(names)
    # The normal equations from counts and sums: a column for each group and kind would be as long as the cases.
    both = np.zeros((size, len(kinds)))
    np.add.at(both, (who, what), 1)
    counts = np.block([[np.diag(both.sum(axis=1)), both], [both.T, np.diag(both.sum(axis=0))]])
    sums = np.r_[np.bincount(who, y, size), np.bincount(what, y, len(kinds))]
    free = np.r_[:size, size + 1 : size + len(kinds)]  # the first kind is what the others are compared with
    effect = np.r_[0.0, (np.linalg.pinv(counts[np.ix_(free, free)]) @ sums[free])[size:]]
    return frame["y"] - effect[what]


def _differences(mean: Array, squared: Array, n: NDArray[np.int64]) -> tuple[Array, Array, Array]:
    """From the mean of all groups: difference, standard error, degrees of freedom."""
    k = len(mean)
    weight = (np.eye(k) - 1 / k) ** 2
    parts = weight * squared
    variance = parts.sum(axis=1)
    spent = (parts**2 / (n - 1)).sum(axis=1)
    df = np.divide(variance**2, spent, out=np.ones(k), where=spent > 0)
    return mean - mean.mean(), np.sqrt(variance), df


def _spread(own: Array, error: Array) -> float:
    """By moments: what the groups scatter beyond what their errors explain."""
    if not error.all():
        return float(np.std(own, ddof=1))
    weight = 1 / error**2
    mean = np.average(own, weights=weight)
    excess = float(weight @ (own - mean) ** 2) - (len(own) - 1)
    return float(np.sqrt(max(0.0, excess / (weight.sum() - (weight @ weight) / weight.sum()))))


def _quantiles(confidence: float, df: Array) -> Array:
    from scipy.special import stdtrit

    return np.asarray(stdtrit(df, 1 - (1 - confidence) / 2))


def _p(own: Array, error: Array, df: Array) -> Array:
    from scipy.special import stdtr

    return np.asarray(2 * stdtr(df, -np.abs(np.divide(own, error, out=np.zeros_like(own), where=error > 0))))
