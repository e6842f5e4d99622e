"""Does it happen sooner in one group than in another, when most have not had it yet?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["LogRank", "logrank", "permuted", "still_there"]


@dataclass(frozen=True)
class LogRank:
    """Events seen and expected by group, if all groups had the same chance at any time.

    Parameters
    ----------
    observed, expected : array, shape (k,)
        In the order of the sorted groups.
    chi2, p : float or None
        k-sample test, on k - 1 degrees of freedom; None without two groups and an event.

    Examples
    --------
    >>> found = logrank([1, 2, 3, 4], [True] * 4, [0, 0, 1, 1])
    >>> found.observed.tolist(), found.expected.round(3).tolist(), round(found.chi2, 3)
    ([2.0, 2.0], [0.833, 3.167], 2.882)
    """

    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    chi2: float | None
    p: float | None


def logrank(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> LogRank:
    """k-sample log-rank test.

    Parameters
    ----------
    time : array-like of float, shape (n,)
        To the event, or to the end of observation.
    event : array-like of bool, shape (n,)
    group : array-like, shape (n,)

    Returns
    -------
    LogRank

    References
    ----------
    Mantel (1966); Peto and Peto (1972). Remission of leukaemia (Freireich et al. 1963): chi2 16.79.

    Examples
    --------
    >>> found = logrank([1, 2, 3, 4], [True] * 4, [0, 0, 1, 1])
    >>> found.observed.tolist(), found.expected.round(3).tolist(), round(found.chi2, 3)
    ([2.0, 2.0], [0.833, 3.167], 2.882)
    """
    time, event = np.asarray(time, float), np.asarray(event, bool)
    names, place = np.unique(np.asarray(group), return_inverse=True)
    k = len(names)
    observed, expected, spread = np.zeros(k), np.zeros(k), np.zeros((k, k))
    for moment in np.unique(time[event]):
        there = np.bincount(place[time >= moment], minlength=k).astype(float)
        hit = np.bincount(place[(time == moment) & event], minlength=k)
        n, d, share = there.sum(), hit.sum(), there / there.sum()
        observed, expected = observed + hit, expected + d * share
        if n > 1:
            spread += d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
    if k < 2 or not event.any():
        return LogRank(observed, expected, None, None)
    from scipy.special import chdtrc

    away = observed - expected
    chi2 = float(away @ np.linalg.pinv(spread) @ away)
    return LogRank(observed, expected, chi2, float(chdtrc(k - 1, chi2)))


def still_there(time: ArrayLike, event: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Days on which it happened to somebody, and the share to whom it had not by the end of each.

    References
    ----------
    Kaplan and Meier (1958).

    Examples
    --------
    Of four one goes on day 1; one is lost from sight on day 2; of the two left one goes on day 3.

    >>> days, share = still_there([1, 2, 3, 4], [True, False, True, False])
    >>> days.tolist(), share.tolist()
    ([1.0, 3.0], [0.75, 0.375])
    """
    time, event = np.asarray(time, float), np.asarray(event, bool)
    moments, hits = np.unique(time[event], return_counts=True)
    there = len(time) - np.searchsorted(np.sort(time), moments, "left")
    return moments, np.cumprod(1 - hits / there, dtype=np.float64)


def permuted(
    time: ArrayLike, event: ArrayLike, group: ArrayLike, stratum: ArrayLike, seed: int, draws: int = 1999
) -> float | None:
    """The p value of the same question where events are few: groups reshuffled within strata.

    The statistic is that of the log-rank scores, event minus Nelson-Aalen hazard, whose sum by group is observed minus
    expected; no large numbers are needed.

    Returns
    -------
    float or None
        None without two groups and an event.

    References
    ----------
    Hothorn and Lausen (2003); Heinze, Gnant and Schemper (2003), "Exact log-rank tests for unequal follow-up".

    Examples
    --------
    Six that had it at once against six that never did.

    >>> permuted([1] * 6 + [9] * 6, [True] * 6 + [False] * 6, [0] * 6 + [1] * 6, [0] * 12, seed=1) < 0.01
    True
    """
    time, event = np.asarray(time, float), np.asarray(event, bool)
    names, place = np.unique(np.asarray(group), return_inverse=True)
    if len(names) < 2 or not event.any():
        return None
    score, k = event - _hazard(time, event), len(names)
    size = np.bincount(place)
    # Within strata the score's own mean is taken off: a stratum with more events says nothing about groups.
    strata = [np.flatnonzero(np.asarray(stratum) == own) for own in np.unique(np.asarray(stratum))]
    for rows in strata:
        score[rows] -= score[rows].mean()
    seen = float((np.bincount(place, score, minlength=k) ** 2 / size).sum())
    rng, beyond, deals = np.random.default_rng(seed), 0, [_Deal.of(place[rows], score[rows], k) for rows in strata]
    for _draw in range(draws):
        sums = sum(deal.draw(rng) for deal in deals)
        beyond += float((sums**2 / size).sum()) >= seen * (1 - 1e-9)
    return (beyond + 1) / (draws + 1)


@dataclass(frozen=True, slots=True)
class _Deal:
    """Groups dealt out anew among the rows of a stratum, and the sum of scores that each then has.

    Nearly all rows have one score in common: who was watched to the end without an event. Which of these a group gets
    makes no difference, so that only the others are dealt, however many rows there are.
    """

    groups: NDArray[np.intp]
    counts: NDArray[np.intp]
    common: float
    others: NDArray[np.float64]

    @classmethod
    def of(cls, groups: NDArray[np.intp], score: NDArray[np.float64], k: int) -> "_Deal":
        values, place, often = np.unique(score, return_inverse=True, return_counts=True)
        most = int(often.argmax())
        return cls(groups, np.bincount(groups, minlength=k), float(values[most]), score[place != most])

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Sums of scores by group."""
        dealt = self.groups[rng.choice(len(self.groups), len(self.others), replace=False)]
        k = len(self.counts)
        left = self.counts - np.bincount(dealt, minlength=k)
        return np.asarray(left * self.common + np.bincount(dealt, self.others, minlength=k))


def _hazard(time: NDArray[np.float64], event: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Nelson-Aalen cumulative hazard of all groups together, at each row's time."""
    moments, hits = np.unique(time[event], return_counts=True)
    there = len(time) - np.searchsorted(np.sort(time), moments, "left")
    return np.concatenate([[0.0], np.cumsum(hits / there)])[np.searchsorted(moments, time, "right")]
