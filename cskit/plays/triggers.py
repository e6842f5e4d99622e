"""Which plays does what we see of a customer call for?"""

from collections.abc import Iterable, Mapping
from functools import reduce

import pandas as pd

from cskit.catalogue import Condition, Play

__all__ = ["holds", "triggered"]

HAIR = 1e-9  # 3 of 5 items are 0.6 on paper, not always in floating point


def holds(tests: Iterable[Condition], facts: pd.DataFrame) -> pd.Series:
    """For whom all conditions hold; what is not known passes none but ``known: false``.

    Parameters
    ----------
    tests : iterable of Condition
    facts : DataFrame, index customer_id
        See :func:`cskit.plays.facts.facts`.

    Returns
    -------
    Series of bool, index customer_id

    Examples
    --------
    >>> seen = pd.DataFrame({"score": [40.0, 80.0, None]}, index=["A", "B", "C"])
    >>> holds([Condition(field="score", below=50)], seen).tolist()
    [True, False, False]
    """
    every = pd.Series(True, index=facts.index)
    return reduce(lambda so_far, test: so_far & _passes(test, facts), tests, every)


def triggered(plays: Mapping[str, Play], facts: pd.DataFrame) -> pd.DataFrame:
    """Customers by plays: true where a play is called for, and none that it gives way to is.

    Returns
    -------
    DataFrame of bool, index customer_id, one column a play that is enabled

    Examples
    --------
    Where a renewal is at risk, that is spoken of: a contact that is overdue as well is no action beside it.

    >>> from cskit.params import settings_with
    >>> catalogue = settings_with().plays.catalogue
    >>> two = {name: catalogue[name] for name in ("contact_overdue", "renewal_at_risk")}
    >>> seen = pd.DataFrame({"days_to_notice": [40.0, 300.0]}, index=["A", "B"])
    >>> seen = seen.assign(grade="action", notice_given=False, days_since_contact=200.0, unseen_topics=2.0)
    >>> triggered(two, seen)
       contact_overdue  renewal_at_risk
    A            False             True
    B             True            False
    """
    on = {name: play for name, play in plays.items() if play.enabled}
    called = pd.DataFrame({name: holds(play.when, facts) for name, play in on.items()}, index=facts.index, dtype=bool)
    found = called.copy()
    for name, play in on.items():
        for other in play.replaces:
            if other in found:
                found[other] &= ~called[name]
    return found


def _passes(test: Condition, facts: pd.DataFrame) -> pd.Series:
    if test.any_of:
        return reduce(lambda a, b: a | b, (_passes(one, facts) for one in test.any_of))
    own, (kind, wanted) = facts[test.field], next(iter(test.tests.items()))
    if kind == "known":
        return own.notna() if wanted else own.isna()
    found = COMPARED[kind](own, wanted)
    if own.dtype.kind == "f":
        return found  # no comparison holds of nan
    return pd.Series(found.to_numpy(bool, na_value=False), own.index)


def _is(own: pd.Series, wanted: bool | str | list[str]) -> pd.Series:
    return own.isin(wanted) if isinstance(wanted, list) else own == wanted


COMPARED = {
    "is": _is,
    "at_least": lambda own, wanted: own >= wanted - HAIR,
    "at_most": lambda own, wanted: own <= wanted + HAIR,
    "above": lambda own, wanted: own > wanted + HAIR,
    "below": lambda own, wanted: own < wanted - HAIR,
}
