"""Does it matter whether a person, a company or a yen has one vote?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cskit.metrics import Metric
from cskit.nps.analysis import Study
from cskit.nps.waves import Wave
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.intervals import Interval
from cskit.stats.nps import Answers, design_effect, nps_interval, tango

__all__ = ["Vote", "Votes", "vote", "votes", "weights"]


@dataclass(frozen=True, slots=True)
class Vote(Result):
    """NPS in points under one rule of who has a vote, with its interval and the companies it rests on.

    >>> people = pd.DataFrame({"value": [1.0, 1, 1, -1], "company": list("AAAB")})
    >>> vote(people, pd.Series([1 / 3, 1 / 3, 1 / 3, 1])).nps
    0.0
    """

    nps: float
    interval: Interval
    companies: int


@dataclass(frozen=True)
class Votes(Result):
    """The newest wave under each rule.

    Parameters
    ----------
    respondent : Vote
        Every person one vote, or by survey weight where the export has any: this one decides.
    tango : Interval
        Of the same as if every answer stood for itself, by the second method.
    company : Vote
        Every company one vote.
    arr : Vote or None
        Every unit of ARR one vote; None where the ARR of fewer than two companies is known.
    without_arr : int
        Companies that answered, but whose ARR is not known.

    Examples
    --------
    >>> from cskit.facts import arr_by_customer
    >>> votes(run, waves, arr_by_customer(run.data)).without_arr
    0
    """

    wave: Wave
    respondent: Vote
    tango: Interval
    company: Vote
    arr: Vote | None
    without_arr: int
    metrics: tuple[Metric, ...]


@shared
def votes(run: Run, study: Study, arr: pd.Series) -> Votes:
    """The newest wave by respondent, by company and by ARR.

    Parameters
    ----------
    arr : Series of float, index customer
        On the day of the data; see :func:`cskit.facts.arr_by_customer`.

    Examples
    --------
    >>> from cskit.facts import arr_by_customer
    >>> votes(run, waves, arr_by_customer(run.data)).without_arr
    0
    """
    now, confidence = study.now, study.confidence
    people = now.people
    by_company = vote(people, weights(people), confidence)
    worth = weights(people, arr).dropna()
    by_arr = vote(people.loc[worth.index], worth, confidence)
    found = by_arr if by_arr.companies > 1 else None
    respondent = Vote(now.nps, now.interval, by_company.companies)
    metrics = [
        run.metric(
            f"nps.{name}", each.nps, "estimated", low=each.interval.low, high=each.interval.high, n=each.companies
        )
        if each and not study.stale
        else run.metric(f"nps.{name}", None, "estimated")
        for name, each in (("company_equal", by_company), ("arr_weighted", found))
    ]
    without = by_company.companies - by_arr.companies
    return Votes(now, respondent, tango(now.groups, confidence), by_company, found, without, tuple(metrics))


def weights(people: pd.DataFrame, arr: pd.Series | None = None) -> pd.Series:
    """What each person's answer counts when a company has one vote, or with ``arr`` one for each unit of its ARR.

    Examples
    --------
    >>> people = pd.DataFrame({"value": 0.0, "company": list("AABC"), "customer": list("AABC")})
    >>> weights(people).tolist(), weights(people, pd.Series({"A": 10.0, "B": 4.0})).tolist()
    ([0.5, 0.5, 1.0, 1.0], [5.0, 5.0, 4.0, nan])
    """
    shared = 1 / people.groupby("company")["value"].transform("count")
    if arr is None:
        return shared
    worth = people["customer"].map(arr).astype(float)
    return (worth * shared).where(worth > 0)


def vote(people: pd.DataFrame, weights: pd.Series, confidence: float = 0.95) -> Vote:
    """NPS of people with these weights, its interval linearised over their companies.

    Examples
    --------
    Three of one company against one of another:

    >>> people = pd.DataFrame({"value": [1.0, 1, 1, -1], "company": list("AAAB")})
    >>> vote(people, pd.Series([1 / 3, 1 / 3, 1 / 3, 1])).nps
    0.0
    """
    if people.empty:
        return Vote(float("nan"), Interval(-100.0, 100.0), 0)
    alike = np.allclose(weights, weights.iloc[0])
    drawn = Answers(
        people["value"].to_numpy(float), people["company"].to_numpy(str), None if alike else weights.to_numpy()
    )
    effect, df = design_effect(drawn)
    return Vote(drawn.counts.nps, nps_interval(drawn.counts, confidence, effect, df), people["company"].nunique())
