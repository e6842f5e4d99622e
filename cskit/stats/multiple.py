"""Several questions at once: which answers still hold, and which are worth a look?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["benjamini_hochberg", "holm"]


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """p-values adjusted so that all claims together err with their level: for sentences.

    References
    ----------
    Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03, 0.005]).round(3).tolist()
    [0.03, 0.06, 0.06, 0.02]
    """
    p = np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    return _back(stepped, order)


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """p-values adjusted so that of those called a find so many at most are false on average: for a shortlist.

    References
    ----------
    Benjamini and Hochberg (1995), "Controlling the false discovery rate", JRSS B 57.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.005]).round(3).tolist()
    [0.02, 0.04, 0.04, 0.02]
    """
    p = np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    scaled = len(p) / np.arange(1, len(p) + 1) * p[order]
    return _back(np.minimum.accumulate(scaled[::-1])[::-1], order)


def _back(adjusted: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.float64]:
    """In the order in which they came, none above 1."""
    out = np.empty(len(order))
    out[order] = np.minimum(adjusted, 1.0)
    return out
