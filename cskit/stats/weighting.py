"""How do two groups differ that were not drawn by lot? Inverse-probability weights with their balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cskit.stats.intervals import Interval, difference, wilson
from cskit.stats.logistic import logistic

__all__ = ["Weighted", "standardised", "weighted_shares"]

RIDGE = 0.1  # of standardised columns: keeps the odds finite in small groups, and hardly moves large ones


@dataclass(frozen=True)
class Weighted:
    """Two groups' shares, made comparable by overlap weights.

    Parameters
    ----------
    share, other : float
        Weighted share of the group in question, and of the others.
    interval : Interval
        Of ``share - other``.
    n, n_other : int
    effective, effective_other : float
        How many unweighted rows would know as much.
    balance : dict of str to (float, float)
        Standardised mean difference of each column, before and after weighting.
    overlap : float
        Share of rows whose chance to be in the group lies between 0.1 and 0.9.
    weights : (float, float)
        Least and largest weight, as a share of its group.

    Examples
    --------
    >>> found = weighted_shares([1, 1, 0, 0], [1, 0, 0, 0], {"size": np.array([1.0, 2.0, 1.0, 2.0])})
    >>> found.share, found.other, found.balance["size"]
    (0.5, 0.0, (0.0, 0.0))
    """

    share: float
    other: float
    interval: Interval
    n: int
    n_other: int
    effective: float
    effective_other: float
    balance: dict[str, tuple[float, float]]
    overlap: float
    weights: tuple[float, float]


def weighted_shares(
    group: ArrayLike, happened: ArrayLike, columns: dict[str, NDArray[np.float64]], confidence: float = 0.95
) -> Weighted | None:
    """Difference of two shares, weighted for what made a row belong to one group or the other.

    Overlap weights: each row counts by its chance to have been in the other group, so the comparison is made where
    both groups are found, and no weight is large.

    Parameters
    ----------
    group, happened : array-like of bool, shape (rows,)
    columns : dict of str to array, shape (rows,)
        What is known from before: numbers and indicators. Those that never vary are left out.
    confidence : float

    Returns
    -------
    Weighted or None
        None where either group has fewer than 2 rows. The interval joins Wilson's intervals of the effective samples
        (the linearised variance of a weighted share) by MOVER.

    References
    ----------
    Li, Morgan and Zaslavsky (2018), "Balancing covariates via propensity score weighting", JASA 113;
    Kish (1965) for the effective sample; Newcombe (1998), method 10, for the difference.

    Examples
    --------
    >>> found = weighted_shares([1, 1, 0, 0], [1, 0, 0, 0], {"size": np.array([1.0, 2.0, 1.0, 2.0])})
    >>> found.share, found.other, found.balance["size"]
    (0.5, 0.0, (0.0, 0.0))
    """
    group, happened = np.asarray(group, bool), np.asarray(happened, float)
    if group.sum() < 2 or (~group).sum() < 2:
        return None
    known = {name: values for name, values in columns.items() if np.ptp(values) > 0}
    scaled = [(values - values.mean()) / values.std() for values in known.values()]
    design = np.column_stack([np.ones(len(group)), *scaled])
    chance = logistic(design, group, penalty=np.r_[0.0, np.full(len(scaled), RIDGE)]).chance(design)
    weight = np.where(group, 1 - chance, chance)
    (share, effective), (other, effective_other) = (_weighted(happened[own], weight[own]) for own in (group, ~group))
    around, around_other = (
        wilson(value * size, size, confidence) for value, size in ((share, effective), (other, effective_other))
    )
    parts = np.concatenate([weight[own] / weight[own].sum() for own in (group, ~group)])
    balance = {
        name: (_apart(values, group, np.ones(len(group))), _apart(values, group, weight))
        for name, values in known.items()
    }
    return Weighted(
        share,
        other,
        difference(share, around, other, around_other),
        int(group.sum()),
        int((~group).sum()),
        effective,
        effective_other,
        balance,
        float(np.mean((chance >= 0.1) & (chance <= 0.9))),
        (float(parts.min()), float(parts.max())),
    )


def standardised(
    parts: Sequence[tuple[float, float, Interval, float, Interval]],
) -> tuple[float, Interval]:
    """A difference within strata, weighted over them.

    Parameters
    ----------
    parts : sequence of (weight, value, its interval, other value, its interval)
        One a stratum; weights are made to add up to 1.

    References
    ----------
    Zou and Donner (2008) for the ends: each stratum's own distances, squared and weighted.

    Examples
    --------
    >>> same = (1.0, 0.6, Interval(0.5, 0.7), 0.5, Interval(0.4, 0.6))
    >>> value, around = standardised([same, same])
    >>> round(value, 3), round(around.low, 3), round(around.high, 3)
    (0.1, 0.0, 0.2)
    """
    total = sum(part[0] for part in parts)
    value = down = up = 0.0
    for weight, now, around_now, before, around_before in parts:
        apart, ends = now - before, difference(now, around_now, before, around_before)
        value += weight / total * apart
        down += (weight / total * (apart - ends.low)) ** 2
        up += (weight / total * (ends.high - apart)) ** 2
    return value, Interval(value - sqrt(down), value + sqrt(up))


def _weighted(happened: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    return float(weight @ happened / weight.sum()), float(weight.sum() ** 2 / (weight @ weight))


def _apart(values: NDArray[np.float64], group: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    """Weighted means' distance, in standard deviations before weighting."""
    one, zero = (float(np.average(values[own], weights=weight[own])) for own in (group, ~group))
    spread = sqrt((values[group].var() + values[~group].var()) / 2)
    return (one - zero) / spread if spread else 0.0
