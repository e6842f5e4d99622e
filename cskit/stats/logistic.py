"""How does a chance depend on what we know? Logistic regression, small enough to read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Logistic", "logistic"]

STEPS, HALVES, CLOSE = 100, 30, 1e-10


@dataclass(frozen=True)
class Logistic:
    """A fitted model.

    Parameters
    ----------
    coefficients : array, shape (k,)
    covariance : array, shape (k, k)
        Inverse of the information, the penalty counted in.
    converged : bool
        False where the data separate yes from no, so that no finite coefficient fits best.

    Examples
    --------
    >>> fit = logistic([[1, 0], [1, 1]], [5, 15], [10, 20])
    >>> np.exp(fit.coefficients).round(4).tolist(), fit.converged
    ([1.0, 3.0], True)
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    converged: bool

    def chance(self, design: ArrayLike) -> NDArray[np.float64]:
        """The fitted chance of each row, 0 to 1."""
        from scipy.special import expit

        return np.asarray(expit(np.asarray(design, float) @ self.coefficients))


def logistic(
    design: ArrayLike, yes: ArrayLike, n: ArrayLike = 1, penalty: ArrayLike = 0.0, towards: ArrayLike = 0.0
) -> Logistic:
    """Fit by Newton's method; a step that would make the data less likely is halved until it does not.

    Parameters
    ----------
    design : array-like, shape (rows, k)
        With a column of ones where an intercept is wanted.
    yes, n : array-like, shape (rows,)
        Successes of so many trials, both may be weighted.
    penalty : array-like, shape (k,) or one number
        Ridge: pulls each coefficient so hard ``towards`` its own value.
    towards : array-like, shape (k,) or one number

    Returns
    -------
    Logistic

    Examples
    --------
    Half of those without and three quarters of those with it say yes: the odds are three times as high.

    >>> fit = logistic([[1, 0], [1, 1]], [5, 15], [10, 20])
    >>> np.exp(fit.coefficients).round(4).tolist(), fit.converged
    ([1.0, 3.0], True)
    """
    x = np.asarray(design, float)
    rows, k = x.shape
    yes, n = np.broadcast_to(np.asarray(yes, float), rows), np.broadcast_to(np.asarray(n, float), rows)
    ridge, towards = np.broadcast_to(np.asarray(penalty, float), k), np.broadcast_to(np.asarray(towards, float), k)

    def likely(at: NDArray[np.float64]) -> float:
        """Log likelihood, less the penalty."""
        line = x @ at
        return float(yes @ line - n @ np.logaddexp(0, line) - ridge @ (at - towards) ** 2 / 2)

    beta = np.array(towards, float)
    reached = likely(beta)
    for _step in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(x @ beta, -35, 35)))
        information = (x.T * (n * chance * (1 - chance))) @ x + np.diag(ridge)
        gradient = x.T @ (yes - n * chance) - ridge * (beta - towards)
        move = np.linalg.lstsq(information, gradient, rcond=None)[0]
        if np.abs(move).max() < CLOSE:
            return Logistic(beta + move, np.linalg.pinv(information), bool(np.abs(x @ beta).max() < 30))
        # Far from the top Newton's step overshoots; shortened as a whole, as only then it leads upwards.
        taken = move
        for _half in range(HALVES):
            if (there := likely(beta + taken)) >= reached - CLOSE * abs(reached):
                break
            taken = taken / 2
        beta, reached = beta + taken, there
    return Logistic(beta, np.linalg.pinv(information), False)
