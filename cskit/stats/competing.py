"""What share has it happened to by each day, when something else may happen first?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cskit.stats.intervals import Interval, wilson
from cskit.stats.survival import Completion

__all__ = ["Incidence", "incidence"]


@dataclass(frozen=True)
class Incidence(Completion):
    """Share completed by each day, of all that began; those lost before never complete.

    Parameters
    ----------
    lost : int
        To whom the other event came first.
    at_risk : array, shape (k,)
        Neither completed nor lost before each of ``days``.

    Examples
    --------
    >>> some = incidence([10, 20, 30, 40], [1, 2, 1, 1])
    >>> some.done.tolist(), some.median, some.lost
    ([0.25, 0.5, 0.75], 30.0, 1)
    """

    lost: int = 0
    at_risk: NDArray[np.float64] | None = None

    def by(self, day: float, confidence: float = 0.95) -> tuple[float, Interval]:
        """Share completed by a day, with its interval; before the first completion none, and the interval of none."""
        place = int(np.searchsorted(self.days, day, side="right")) - 1
        if place < 0:
            return 0.0, wilson(0, self.n, confidence)
        return float(self.done[place]), Interval(float(self.low[place]), float(self.high[place]))


def incidence(days: ArrayLike, event: ArrayLike, confidence: float = 0.95) -> Incidence:
    """Aalen-Johansen estimate of the cumulative incidence of event 1, with event 2 competing.

    Parameters
    ----------
    days : array-like of float, shape (n,)
        Until the event, or until the day of counting.
    event : array-like of int, shape (n,)
        1: completed; 2: lost before; 0: neither yet (censored).
    confidence : float

    Returns
    -------
    Incidence
        Intervals are Wilson's score intervals of as many onboardings as would know as much (share times rest over the
        estimated variance): within 0 to 1, and honest where nearly all or nearly none have completed.

    References
    ----------
    Aalen and Johansen (1978); the variance by the delta method, Marubini and Valsecchi (1995), "Analysing Survival
    Data from Clinical Trials and Observational Studies", 10.12.

    Examples
    --------
    Of four, one was lost on day 20: three complete in the end, not all.

    >>> some = incidence([10, 20, 30, 40], [1, 2, 1, 1])
    >>> some.done.tolist(), some.median, some.lost
    ([0.25, 0.5, 0.75], 30.0, 1)
    """
    days, event = np.asarray(days, float), np.asarray(event, int)
    size, lost, open_ = len(days), int((event == 2).sum()), int((event == 0).sum())
    if not (event == 1).any():
        empty = np.array([])
        return Incidence(empty, empty, empty, empty, size, open_, lost=lost, at_risk=empty)
    times = np.unique(days[event > 0])
    at_risk = size - np.searchsorted(np.sort(days), times, side="left")
    completed, left = ((days[event == kind][:, None] == times).sum(axis=0) for kind in (1, 2))
    staying = np.cumprod(1 - (completed + left) / at_risk)
    before = np.concatenate([[1.0], staying[:-1]])
    share = np.cumsum(before * completed / at_risk)
    variance = _variance(share, before, at_risk, completed, completed + left)
    shown = completed > 0
    ends = [_around(p, v, size, confidence) for p, v in zip(share[shown], variance[shown], strict=True)]
    low = np.maximum.accumulate([end.low for end in ends])
    high = np.maximum.accumulate([end.high for end in ends])
    unseen = 1 - ((1 - confidence) / 2) ** (1 / int((days >= days[event == 1].min()).sum()))
    return Incidence(times[shown], share[shown], low, high, size, open_, unseen, lost, at_risk[shown].astype(float))


def _around(share: float, variance: float, size: int, confidence: float) -> Interval:
    """Wilson's interval of the effective sample, which is never larger than the whole one."""
    share = min(share, 1.0)
    known = min(share * (1 - share) / variance, size) if variance > 1e-12 and share < 1 else size
    return wilson(share * known, known, confidence) if share < 1 - 1e-12 else wilson(size, size, confidence)


def _variance(
    share: NDArray[np.float64],
    before: NDArray[np.float64],
    at_risk: NDArray[np.intp],
    completed: NDArray[np.intp],
    gone: NDArray[np.intp],
) -> NDArray[np.float64]:
    out = np.zeros(len(share))
    rest = at_risk - gone
    leaving = np.divide(gone, at_risk * rest, out=np.zeros(len(share)), where=rest > 0)
    own = before**2 * (at_risk - completed) * completed / at_risk.astype(float) ** 3
    both = before * completed / at_risk.astype(float) ** 2
    for place, value in enumerate(share):
        still = value - share[: place + 1]
        until = slice(0, place + 1)
        out[place] = np.sum(still**2 * leaving[until] + own[until] - 2 * still * both[until])
    return np.maximum(out, 0.0)
