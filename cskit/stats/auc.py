"""How well does a score tell those to whom it happened from those to whom it did not?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cskit.stats.intervals import Interval, wilson

__all__ = ["Auc", "auc"]

# Shares of the variance of a coin of the same chance; chosen by simulation, see docs/decisions/health-back-test.md.
LEAST, USUAL, PRIOR = 0.4, 0.6, 2


@dataclass(frozen=True, slots=True)
class Auc:
    """The chance that one with the event had the higher value, of two drawn from the same stratum.

    Parameters
    ----------
    value : float or None
        0.5: no better than a coin; 1: always. None without a pair to compare.
    events : int
        Rows with the event that have somebody to be compared with.
    others : float
        How many each was compared with, on average.
    interval : Interval

    Examples
    --------
    >>> found = auc([9, 7, 3, 5, 1], [True, True, True, False, False])
    >>> round(found.value, 3), found.events, found.others
    (0.833, 3, 2.0)
    >>> 0.2 < found.interval.low < found.value < found.interval.high < 1
    True
    """

    value: float | None
    events: int
    others: float
    interval: Interval


def auc(value: ArrayLike, event: ArrayLike, stratum: ArrayLike | None = None, confidence: float = 0.95) -> Auc:
    """Area under the ROC curve, pairs compared within strata only, with an interval that holds at few events.

    Parameters
    ----------
    value : array-like of float, shape (rows,)
        Higher where the event is expected. Ties count half.
    event : array-like of bool, shape (rows,)
    stratum : array-like or None
        Such as the day of a snapshot: customers are compared with those of the same day, so no customer meets itself.
    confidence : float

    Returns
    -------
    Auc

    Notes
    -----
    A score interval (Wilson's) whose number of trials is what the variance of the placements is worth (DeLong,
    DeLong and Clarke-Pearson 1988), a few trials of usual variance mixed in. It is never taken to be less than
    ``LEAST`` of a coin's: with a handful of events the placements may agree by chance, and where some events come out
    of the blue their true spread is twice that of Hanley and McNeil (1982), on which Newcombe's method 5 (2006) rests.
    What was measured: docs/decisions/health-back-test.md.

    Examples
    --------
    Three churned, and five of the six pairs with those who stayed are in the right order.

    >>> found = auc([9, 7, 3, 5, 1], [True, True, True, False, False])
    >>> round(found.value, 3), found.events, found.others
    (0.833, 3, 2.0)
    >>> 0.2 < found.interval.low < found.value < found.interval.high < 1
    True
    """
    value, event = np.asarray(value, float), np.asarray(event, bool)
    stratum = np.zeros(len(value), int) if stratum is None else np.asarray(stratum)
    placed, weight, lost = [], [], []
    for own in np.unique(stratum):
        high, low = np.sort(value[(stratum == own) & event]), np.sort(value[(stratum == own) & ~event])
        if len(high) and len(low):
            placed.append(_below(high, low))
            weight.append(np.full(len(high), len(low)))
            lost.append((1 - _below(low, high)) * len(high))
    if not placed:
        return Auc(None, 0, 0.0, Interval(0.0, 1.0))
    each, met = np.concatenate(placed), np.concatenate(weight)
    share = met / met.sum()
    found, events, others = float((each * met).sum() / met.sum()), len(each), float(met.mean())
    smooth = (found * events + 1) / (events + 2)
    coin = smooth * (1 - smooth)
    spread = _spread(events**2 * float((share**2 * (each - found) ** 2).sum()), events, coin)
    spread += _spread(sum(float(((own - own.mean()) ** 2).sum()) for own in lost) / events**2, others, coin)
    trials = coin / max(spread, LEAST * coin * (1 / events + 1 / others))
    return Auc(found, events, others, wilson(found * trials, trials, confidence))


def _below(values: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the others, sorted, below each value; those equal to it count half."""
    places = np.searchsorted(others, values, "left") + np.searchsorted(others, values, "right")
    return np.asarray(places / (2 * len(others)))


def _spread(squares: float, n: float, coin: float) -> float:
    """Variance of a mean of ``n`` from their sum of squares, with ``PRIOR`` more of the usual variance."""
    return (squares + PRIOR * USUAL * coin) / ((n - 1 + PRIOR) * n)
