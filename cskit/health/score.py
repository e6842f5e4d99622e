"""What grade do the known items give, and what could the unknown ones still change?

Item i of dimension d weighs V = W_d * w_i, and all V add up to 1. Over the known items: coverage c = sum V,
L = sum V * points, score = L / c, bounds L and L + 100 * (1 - c). Unknown is neither zero nor neutral.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cskit.settings import Band, Health

__all__ = ["AT_RISK", "GRADES", "ceilings", "dimension_scores", "drivers", "grade_of", "points", "score", "weights"]

GRADES = ("action", "caution", "sound", "good")  # worst first
AT_RISK = GRADES[:2]
HAIR = 1e-9  # a share that is a threshold on paper must not miss it in floating point


def weights(rules: Health) -> pd.Series:
    """Each item's weight in the whole score, adding up to 1.

    >>> own = weights(run.settings.health)
    >>> round(float(own["licence_use"]), 3), round(float(own.sum()), 6)
    (0.1, 1.0)
    """
    return pd.Series({name: rules.dimensions[item.dimension] * item.weight for name, item in rules.items.items()})


def points(raw: pd.DataFrame, rules: Health) -> pd.DataFrame:
    """Each item's points of 100 by its bands; nan where the item is unknown.

    Parameters
    ----------
    raw : DataFrame, index customer_id, one float column per item
    rules : Health

    Examples
    --------
    >>> list(points(health.now.raw, run.settings.health).columns)
    ['setup_done', 'licence_use', 'days_since_contact', 'relationship', 'feature_breadth',
    'usage_depth', 'goals_on_way', 'account_nps', 'contact_changed', 'open_severe_tickets',
    'arr_change']
    """
    return pd.DataFrame(
        {name: _banded(raw[name].to_numpy(float), item.bands) for name, item in rules.items.items()}, index=raw.index
    )


def score(raw: pd.DataFrame, rules: Health) -> pd.DataFrame:
    """Score, bounds and grade of every customer.

    Parameters
    ----------
    raw : DataFrame, index customer_id, one float column per item
        nan: not known. Columns of caps stand beside those of items.
    rules : Health

    Returns
    -------
    DataFrame, index customer_id
        score, low, high (0 to 100), coverage (0 to 1), grade, provisional, certainly_at_risk, possibly_at_risk. A
        customer of whom no item is known has neither score nor grade, and could be at risk.

    Examples
    --------
    >>> list(score(health.now.raw, run.settings.health).columns)
    ['score', 'low', 'high', 'coverage', 'grade', 'provisional', 'certainly_at_risk',
    'possibly_at_risk']
    """
    given, weight = points(raw, rules), weights(rules).to_numpy()
    known = given.notna().to_numpy()
    coverage = known @ weight
    low = np.nan_to_num(given.to_numpy()) @ weight
    high = low + 100 * (1 - coverage)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.where(coverage > 0, low / coverage, np.nan)
    top = np.minimum(100.0, ceilings(raw, rules).min(axis=1).fillna(np.inf).to_numpy(float))
    middle, low, high = (np.minimum(value, top) for value in (middle, low, high))
    grade, worst, best = (_rank(value, rules) for value in (middle, low, high))
    frame = pd.DataFrame({"score": middle, "low": low, "high": high, "coverage": coverage}, index=raw.index)
    named = np.array([*GRADES, None], dtype=object)
    frame["grade"] = pd.Series(named[np.where(coverage > 0, grade, -1)], index=raw.index, dtype=object)
    frame["provisional"] = (worst != best) & (coverage > 0)
    frame["certainly_at_risk"] = (best < len(AT_RISK)) & (coverage > 0)
    frame["possibly_at_risk"] = worst < len(AT_RISK)
    return frame


def grade_of(value: NDArray[np.float64], rules: Health) -> NDArray[np.str_]:
    """The grade of a score: the highest whose threshold it reaches.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> grade_of(np.array([75.0, 74.9, 55.0, 0.0]), settings_with().health).tolist()
    ['good', 'sound', 'sound', 'action']
    """
    return np.array(GRADES)[_rank(value, rules)]


def _rank(value: NDArray[np.float64], rules: Health) -> NDArray[np.intp]:
    """The place of its grade in ``GRADES``: 0 is the worst."""
    thresholds = np.array([rules.grades.caution, rules.grades.sound, rules.grades.good])
    return np.searchsorted(thresholds, np.nan_to_num(value) + HAIR, side="right")


def dimension_scores(raw: pd.DataFrame, rules: Health) -> pd.DataFrame:
    """Each dimension's own score, the weighted mean of its known items; nan where none is known.

    >>> list(dimension_scores(health.now.raw, run.settings.health).columns)
    ['deployment', 'engagement', 'adoption', 'roi', 'other']
    """
    given = points(raw, rules)
    found = {}
    for dimension in rules.dimensions:
        own = {name: item.weight for name, item in rules.items.items() if item.dimension == dimension}
        if own:
            part, weight = given[list(own)], pd.Series(own)
            found[dimension] = (part * weight).sum(axis=1, min_count=1) / (part.notna() * weight).sum(axis=1)
    return pd.DataFrame(found, index=raw.index)


def drivers(raw: pd.DataFrame, rules: Health, most: int = 3) -> pd.Series:
    """The items that cost each customer most points, worst first.

    Returns
    -------
    Series of tuple of str, index customer_id
        Caps that hold come first: they decide whatever the items say.

    Examples
    --------
    >>> len(drivers(health.now.raw, run.settings.health))
    481
    """
    lost = (100 - points(raw, rules)) * weights(rules)
    order = np.argsort(-np.nan_to_num(lost.to_numpy()), axis=1, kind="stable")[:, :most]
    names, values = np.array(lost.columns), np.nan_to_num(lost.to_numpy())
    held = {cap.item: (raw[cap.item] >= cap.start).to_numpy() for cap in rules.caps if cap.item in raw}
    found = []
    for place, best in enumerate(order):
        first = [item for item, holds in held.items() if holds[place]]
        found.append(tuple(dict.fromkeys([*first, *(str(names[k]) for k in best if values[place, k] > 0)]))[:most])
    return pd.Series(found, index=raw.index, dtype=object)


def _banded(values: NDArray[np.float64], bands: list[Band]) -> NDArray[np.float64]:
    starts, given = np.array([band.start for band in bands]), np.array([band.points for band in bands])
    place = np.searchsorted(starts, values + HAIR, side="right") - 1
    return np.where(np.isnan(values), np.nan, given[np.maximum(place, 0)])


def ceilings(raw: pd.DataFrame, rules: Health) -> pd.DataFrame:
    """The highest score that each item with a cap lets each customer have. An unknown item caps nothing.

    Returns
    -------
    DataFrame, index customer_id, one float column per item that caps
        inf where it does not hold.

    Examples
    --------
    >>> list(ceilings(health.now.raw, run.settings.health).columns)
    ['days_since_contact', 'notice_given']
    """
    above = {"action": rules.grades.caution, "caution": rules.grades.sound, "sound": rules.grades.good, "good": np.inf}
    found: dict[str, NDArray[np.float64]] = {}
    for cap in rules.caps:
        if cap.item in raw:
            holds = raw[cap.item].to_numpy(float) >= cap.start - HAIR
            # A tenth of a point below the next grade: near enough to its edge, and printed as below it.
            top = np.where(holds, above[cap.at_most] - 0.1, np.inf)
            found[cap.item] = np.minimum(found.get(cap.item, np.inf), top)
    return pd.DataFrame(found, index=raw.index, dtype=float)
