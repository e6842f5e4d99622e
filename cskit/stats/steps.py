"""In which months did a share change its level, and was it a step or a slope?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cskit.stats.logistic import logistic

__all__ = ["Step", "steps"]

SHORTEST, SHUFFLES = 3, 999  # months of a level; shuffles of them: a p-value of 0.05 is then known to 0.007


@dataclass(frozen=True, slots=True)
class Step:
    """A change of level.

    Parameters
    ----------
    place : int
        First month of the new level.
    before, after : float
        Share of the level before and of the new one, 0 to 1.
    p : float
        How often months in any other order, or drawn at one even share, show as large a change somewhere.
    gradual : bool
        True where a straight rise or fall (in log odds) over both levels fits better than one step.

    Examples
    --------
    A share that rises month by month is cut as well, and says that it was no step.

    >>> found = steps([4, 5, 6, 7, 8, 9, 10, 11, 12, 13], [20] * 10, np.random.default_rng(1))
    >>> [(step.place, step.before, step.after, step.gradual) for step in found]
    [(5, 0.3, 0.55, True)]
    """

    place: int
    before: float
    after: float
    p: float
    gradual: bool


def steps(yes: ArrayLike, n: ArrayLike, rng: np.random.Generator, confidence: float = 0.95) -> list[Step]:
    """Changes of level of a monthly share, by binary segmentation.

    Each stretch is split where the likelihood gains most, as long as neither shuffled months nor draws at one even
    share often gain as much: so a share that stands still shows a step in at most ``1 - confidence`` of histories,
    also where its months scatter more than chance lets them.

    Parameters
    ----------
    yes, n : array-like, shape (months,)
        Successes and trials of months in a row.
    rng : numpy Generator
        Of the shuffles.

    Returns
    -------
    list of Step, in order of time

    References
    ----------
    Scott and Knott (1974); Vostrikova (1981), "Detecting disorder in multidimensional random processes".

    Examples
    --------
    >>> two = steps([5] * 8 + [15] * 8, [20] * 16, np.random.default_rng(1))
    >>> [(step.place, step.before, step.after, step.gradual) for step in two]
    [(8, 0.25, 0.75, False)]
    """
    yes, n = np.asarray(yes, float), np.asarray(n, float)
    cuts: list[tuple[int, float]] = []
    waiting = [(0, len(n))]
    while waiting:
        start, end = waiting.pop()
        if end - start < 2 * SHORTEST:
            continue
        own_yes, own_n = yes[start:end], n[start:end]
        gain = _gains(own_yes[None], own_n[None])[0]
        order = rng.permuted(np.tile(np.arange(end - start), (SHUFFLES, 1)), axis=1)
        even = rng.binomial(own_n.astype(int), own_yes.sum() / max(own_n.sum(), 1), (SHUFFLES, end - start)).astype(
            float
        )
        shuffled = _gains(own_yes[order], own_n[order]).max(axis=1)
        drawn = _gains(even, np.broadcast_to(own_n, even.shape)).max(axis=1)
        p = float(max((1 + np.sum(often >= gain.max() - 1e-9)) / (1 + SHUFFLES) for often in (shuffled, drawn)))
        if p <= 1 - confidence:
            cut = start + SHORTEST + int(gain.argmax())
            cuts.append((cut, p))
            waiting += [(start, cut), (cut, end)]
    cuts.sort()
    edges = [0, *(cut for cut, _p in cuts), len(n)]
    return [
        Step(
            cut,
            float(yes[left:cut].sum() / n[left:cut].sum()),
            float(yes[cut:right].sum() / n[cut:right].sum()),
            p,
            _gradual(yes[left:right], n[left:right], cut - left),
        )
        for (cut, p), left, right in zip(cuts, edges[:-2], edges[2:], strict=True)
    ]


def _gains(yes: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log likelihood gained by a split, shape (histories, places): from ``SHORTEST`` months on either side."""
    left_yes, left_n = yes.cumsum(axis=1)[:, SHORTEST - 1 : -SHORTEST], n.cumsum(axis=1)[:, SHORTEST - 1 : -SHORTEST]
    all_yes, all_n = yes.sum(axis=1, keepdims=True), n.sum(axis=1, keepdims=True)
    return _likelihood(left_yes, left_n) + _likelihood(all_yes - left_yes, all_n - left_n) - _likelihood(all_yes, all_n)


def _likelihood(yes: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import xlogy

    safe = np.maximum(n, 1e-12)
    return np.asarray(xlogy(yes, yes / safe) + xlogy(n - yes, (n - yes) / safe))


def _gradual(yes: NDArray[np.float64], n: NDArray[np.float64], cut: int) -> bool:
    """Whether a line in log odds is likelier than two levels: both have two parameters."""
    from scipy.special import xlogy

    stepped = _likelihood(yes[:cut].sum(keepdims=True), n[:cut].sum(keepdims=True)) + _likelihood(
        yes[cut:].sum(keepdims=True), n[cut:].sum(keepdims=True)
    )
    design = np.column_stack([np.ones(len(n)), np.arange(len(n))])
    chance = logistic(design, yes, n).chance(design)
    return bool(np.sum(xlogy(yes, chance) + xlogy(n - yes, 1 - chance)) > stepped[0])
