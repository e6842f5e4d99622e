"""How long until it is done, when some are not done yet?"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Completion", "completion"]


@dataclass(frozen=True)
class Completion:
    """Share completed by each day, from durations of which some are censored.

    Parameters
    ----------
    days : array, shape (k,)
        Days on which somebody completed, from 0 on.
    done : array, shape (k,)
        Share completed by that day, 0 to 1.
    low, high : array, shape (k,)
        Pointwise interval.
    n, unfinished : int
    unseen : float
        Share that may complete before anybody was seen to: the exact upper limit for none of those there.

    Examples
    --------
    >>> some = completion([10, 20, 30, 40], [True, True, False, True])
    >>> some.median, some.unfinished
    (20.0, 1)
    """

    days: NDArray[np.float64]
    done: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n: int
    unfinished: int
    unseen: float = 1.0

    @property
    def median(self) -> float | None:
        """First day by which half have completed; None when fewer than half have, even at the end."""
        return _first(self.days, self.done)

    @property
    def median_low(self) -> float | None:
        """Lower end of the median, by inverting the pointwise interval (Brookmeyer and Crowley 1982).

        0 where so few were there that half may complete before the first that was seen: fewer than 6 at 95 %.
        """
        return 0.0 if len(self.days) and self.unseen >= 0.5 else _first(self.days, self.high)

    @property
    def median_high(self) -> float | None:
        """Its upper end; None, so open, where too few have completed to say."""
        return _first(self.days, self.low)

    def quantile(self, share: float) -> tuple[float | None, float | None, float | None]:
        """First day by which such a share have completed, with its lower and upper end, as the median has them.

        >>> completion([10, 20, 30, 40], [True, True, False, True]).quantile(0.25)
        (10.0, 0.0, None)
        """
        low = 0.0 if len(self.days) and self.unseen >= share else _first(self.days, self.high, share)
        return _first(self.days, self.done, share), low, _first(self.days, self.low, share)


def completion(days: ArrayLike, completed: ArrayLike, confidence: float = 0.95) -> Completion:
    """Kaplan-Meier estimate of the share completed by day.

    Parameters
    ----------
    days : array-like of float, shape (n,)
        From start to completion, or to the day of counting where not completed.
    completed : array-like of bool, shape (n,)
        False: censored, still open (or lost) on that day.
    confidence : float

    Returns
    -------
    Completion
        With log-log intervals, which stay within 0 to 1.

    References
    ----------
    Kaplan and Meier (1958). Worked example: remission of leukaemia, 6-MP group (Freireich et al. 1963),
    survival 0.8571 at week 6 and 0.4482 at week 23.

    Examples
    --------
    >>> some = completion([10, 20, 30, 40], [True, True, False, True])
    >>> some.median, some.unfinished
    (20.0, 1)
    """
    from scipy.stats import CensoredData, ecdf

    days, completed = np.asarray(days, float), np.asarray(completed, bool)
    if not completed.any():
        empty = np.array([])
        return Completion(empty, empty, empty, empty, len(days), len(days))
    fit = ecdf(CensoredData(uncensored=days[completed], right=days[~completed]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # undefined where all have completed: mended below
        spread = fit.sf.confidence_interval(confidence, method="log-log")
    done = 1 - fit.sf.probabilities
    # Undefined before the first completion, where nothing is drawn from it, and once all have completed, where the
    # last doubt there was is kept.
    low = np.fmax.accumulate(np.nan_to_num(1 - spread.high.probabilities, nan=0.0))
    high = np.where(done > 0, np.nan_to_num(1 - spread.low.probabilities, nan=1.0), 0.0)
    unseen = 1 - ((1 - confidence) / 2) ** (1 / int((days >= days[completed].min()).sum()))
    return Completion(fit.sf.quantiles, done, low, high, len(days), int((~completed).sum()), unseen)


def _first(days: NDArray[np.float64], share: NDArray[np.float64], wanted: float = 0.5) -> float | None:
    reached = np.flatnonzero(share >= wanted - 1e-12)
    return float(days[reached[0]]) if len(reached) else None
