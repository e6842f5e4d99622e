"""Did it happen as often as was said beforehand?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cskit.stats.intervals import Interval, quantile

__all__ = ["Calibration", "calibration"]

FREE = 100  # events from which a curve of any shape is worth drawing
NEAR = 1e-4


@dataclass(frozen=True)
class Calibration:
    """Chances said beforehand against what happened.

    Parameters
    ----------
    expected : float
        Events that the chances add up to.
    events, n : int
    intercept, slope : float
        Of what happened on the log odds said: 0 and 1 where the chances are right. A slope below 1: too sure of itself.
    around_intercept, around_slope : Interval
        The intercept's with the slope held at 1: whether there were more or fewer than said.
    curve : array, shape (n,), or None
        Isotonic chance of each row; only beyond 100 events.

    Examples
    --------
    >>> said, came = [0.1] * 10 + [0.5] * 10, [True] + [False] * 9 + [True] * 5 + [False] * 5
    >>> found = calibration(said, came)
    >>> found.events, round(found.expected, 1), 0 in found.around_intercept, 1 in found.around_slope
    (6, 6.0, True, True)
    """

    expected: float
    events: int
    n: int
    intercept: float
    slope: float
    around_intercept: Interval
    around_slope: Interval
    curve: NDArray[np.float64] | None


def calibration(chance: ArrayLike, event: ArrayLike, confidence: float = 0.95) -> Calibration | None:
    """Calibration in the large, and slope, with intervals from the penalised profile likelihood.

    Parameters
    ----------
    chance : array-like of float, shape (n,)
        Said before it was known, between 0 and 1.
    event : array-like of bool, shape (n,)

    Returns
    -------
    Calibration or None
        None without an event, without a row spared, or where the same chance was said of all.

    References
    ----------
    Cox (1958), "Two further applications of a model for binary regression"; Firth (1993) and Heinze and Schemper
    (2002) for the penalty and its profile, which hold at few events; Van Calster et al. (2016).

    Examples
    --------
    As said: of ten told 10 % one, of ten told 50 % five.

    >>> said, came = [0.1] * 10 + [0.5] * 10, [True] + [False] * 9 + [True] * 5 + [False] * 5
    >>> found = calibration(said, came)
    >>> found.events, round(found.expected, 1), 0 in found.around_intercept, 1 in found.around_slope
    (6, 6.0, True, True)
    """
    said, event = np.clip(np.asarray(chance, float), NEAR, 1 - NEAR), np.asarray(event, bool)
    odds = np.log(said / (1 - said))
    if not event.any() or event.all() or np.ptp(odds) < 1e-9:
        return None
    from scipy.optimize import isotonic_regression

    limit = quantile(confidence) ** 2 / 2
    curve = None
    if event.sum() > FREE:
        _levels, place, size = np.unique(said, return_inverse=True, return_counts=True)
        curve = isotonic_regression(np.bincount(place, event) / size, weights=size).x[place]
    intercept, around_intercept = _profile(np.ones((len(odds), 1)), event, odds, limit)
    slope, around_slope = _profile(np.column_stack([odds, np.ones(len(odds))]), event, np.zeros(len(odds)), limit)
    return Calibration(
        float(said.sum()), int(event.sum()), len(event), intercept, slope, around_intercept, around_slope, curve
    )


def _profile(
    design: NDArray[np.float64], event: NDArray[np.bool_], offset: NDArray[np.float64], limit: float
) -> tuple[float, Interval]:
    """First coefficient by Firth's likelihood, and where its profile falls by ``limit``."""
    from scipy.optimize import brentq

    best = _firth(design, event, offset)
    top = _likelihood(design, event, offset, best)
    rest = design[:, 1:]

    def fallen(value: float) -> float:
        held = offset + value * design[:, 0]
        other = _firth(rest, event, held, design) if rest.shape[1] else np.array([])
        return top - _likelihood(design, event, offset, np.concatenate([[value], other])) - limit

    ends = []
    for sign in (-1, 1):
        step = 0.5
        while fallen(best[0] + sign * step) < 0 and step < 64:
            step *= 2
        far = best[0] + sign * step
        ends.append(float(brentq(fallen, best[0], far)) if fallen(far) > 0 else sign * float("inf"))
    return float(best[0]), Interval(ends[0], ends[1])


def _likelihood(
    x: NDArray[np.float64], event: NDArray[np.bool_], offset: NDArray[np.float64], beta: NDArray[np.float64]
) -> float:
    line = x @ beta + offset
    chance = 1 / (1 + np.exp(-np.clip(line, -35, 35)))
    information = (x.T * (chance * (1 - chance))) @ x
    return float(-np.logaddexp(0, np.where(event, -line, line)).sum() + np.linalg.slogdet(information)[1] / 2)


def _firth(
    x: NDArray[np.float64],
    event: NDArray[np.bool_],
    offset: NDArray[np.float64],
    whole: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Coefficients of Firth's likelihood; ``whole``: the penalty is of that design, some of its columns held."""
    full, beta = x if whole is None else whole, np.zeros(x.shape[1])
    for _step in range(100):
        chance = 1 / (1 + np.exp(-np.clip(x @ beta + offset, -35, 35)))
        weight = chance * (1 - chance)
        inverse = np.linalg.pinv((full.T * weight) @ full)
        leverage = weight * np.einsum("ij,jk,ik->i", full, inverse, full)
        gradient = x.T @ (event - chance + leverage * (0.5 - chance))
        move = np.linalg.lstsq((x.T * weight) @ x, gradient, rcond=None)[0]
        beta = beta + np.clip(move, -2, 2)
        if np.abs(move).max(initial=0) < 1e-9:
            break
    return beta
