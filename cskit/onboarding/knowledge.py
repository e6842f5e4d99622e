"""How well do we know our customers, and whom do we not know?"""

from dataclasses import dataclass
from datetime import timedelta

import ibis
import pandas as pd

from cskit.data import Data
from cskit.facts import current_customers
from cskit.periods import Period
from cskit.settings import Settings
from cskit.stats.intervals import Interval, clustered_mean, difference

__all__ = ["Coverage", "Unknown", "coverage", "unknown_customers"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Hearing coverage of some onboardings, 0 to 1.

    Parameters
    ----------
    share : float
        Mean share of the required items answered in time.
    interval : Interval
    n : int
        Onboardings.
    by_route : dict of str to (share, n)
    gap : Interval or None
        Of self-onboarding minus high touch; None unless both were taken.
    """

    share: float
    interval: Interval
    n: int
    by_route: dict[str, tuple[float, int]]
    gap: Interval | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Current customers of whom too little is known.

    Parameters
    ----------
    rows : DataFrame, columns customer_id, name, known
        The unknown ones, least known first; ``known`` is the share of required items with an answer.
    customers : int
        Current customers in all.
    """

    rows: pd.DataFrame
    customers: int

    @property
    def count(self) -> int:
        return len(self.rows)


def coverage(data: Data, settings: Settings, period: Period) -> Coverage | None:
    """Hearing coverage of the onboardings that reached their day N within the period.

    Returns
    -------
    Coverage or None
        None without hearings, or where no onboarding reached that day.
    """
    if not data.has("hearings"):
        return None
    days = timedelta(days=settings.onboarding.hearing_days)
    starts = data.table("onboardings")
    starts = starts.filter(starts.started_on.between(period.start - days, period.end - days))
    heard = _answered(data, settings)
    joined = starts.left_join(heard, "customer_id").drop("customer_id_right")
    # An answer before this kick-off, from an earlier product, is known as well. Without a date it counts as kick-off.
    in_time = joined["on"].isnull() | (joined["on"] <= joined.started_on + ibis.interval(days=days.days))
    known = joined.item.nunique(where=joined.item.notnull() & in_time)
    each = joined.group_by("onboarding_id", "route").aggregate(known=known).order_by("onboarding_id").to_pandas()
    if each.empty:
        return None
    each["share"] = each["known"] / len(settings.onboarding.required_items)
    routes = {str(route): own.to_numpy(float) for route, own in each.groupby("route")["share"]}
    around = {route: clustered_mean(own, settings.report.confidence) for route, own in routes.items()}
    by_route = {route: (float(own.mean()), len(own)) for route, own in routes.items()}
    gap = None
    if "self" in routes and "high_touch" in routes:
        own, high = "self", "high_touch"
        gap = difference(by_route[own][0], around[own], by_route[high][0], around[high])
    whole = each["share"].to_numpy(float)
    return Coverage(float(whole.mean()), clustered_mean(whole, settings.report.confidence), len(whole), by_route, gap)


def unknown_customers(data: Data, settings: Settings) -> Unknown | None:
    """Current customers whose required items are known below the threshold.

    Returns
    -------
    Unknown or None
        None without hearings: then nobody can be told apart.
    """
    if not data.has("customers") or not data.has("hearings"):
        return None
    current = current_customers(data)
    known = _answered(data, settings).group_by("customer_id").aggregate(items=ibis._.item.nunique())
    joined = current.left_join(known, "customer_id").select(
        "customer_id", "name", known=ibis._.items.fill_null(0) / len(settings.onboarding.required_items)
    )
    # A hair's breadth below: 3 of 5 items are 0.6 on paper, not always in floating point.
    unknown = joined.filter(joined.known < settings.onboarding.known_from - 1e-9)
    return Unknown(unknown.order_by("known", "customer_id").to_pandas(), int(current.count().to_pyarrow().as_py()))


def _answered(data: Data, settings: Settings) -> ibis.Table:
    """Required items with an answer, by customer."""
    heard = data.table("hearings")
    answered = heard.answer.notnull() if data.has("hearings", "answer") else ibis.literal(True)
    return heard.filter(heard.item.isin(settings.onboarding.required_items) & answered).select(
        "customer_id", "item", "on"
    )
