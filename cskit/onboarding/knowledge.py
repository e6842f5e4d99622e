"""How well do we know our customers, and whom do we not know?"""

from dataclasses import dataclass

import ibis
import pandas as pd

from cskit.data import Data
from cskit.facts import current_customers
from cskit.onboarding.cases import cases
from cskit.once import once
from cskit.periods import Period, months_away
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Settings
from cskit.shared import shared
from cskit.stats.intervals import Interval, clustered_mean, difference, wilson

__all__ = [
    "Coverage",
    "Items",
    "Unknown",
    "answers",
    "coverage",
    "heard_in",
    "items",
    "known_share",
    "unknown_customers",
]


@dataclass(frozen=True, slots=True)
class Coverage(Result):
    """Hearing coverage of some onboardings, 0 to 1.

    Parameters
    ----------
    share : float
        Mean share of the required items answered in time.
    interval : Interval
    n : int
        Onboardings.
    by_route : dict of str to (share, n)
    around : dict of str to Interval
        The interval of each route.
    gap : Interval or None
        Of self-onboarding minus high touch; None unless both were taken.

    Examples
    --------
    >>> round(onboarding.coverage.share, 2), onboarding.coverage.n
    (0.64, 30)
    """

    share: float
    interval: Interval
    n: int
    by_route: dict[str, tuple[float, int]]
    around: dict[str, Interval]
    gap: Interval | None = None


@dataclass(frozen=True, slots=True)
class Unknown(Result):
    """Current customers of whom too little is known.

    Parameters
    ----------
    rows : DataFrame, columns customer_id, name, known
        The unknown ones, least known first; ``known`` is the share of required items with an answer.
    customers : int
        Current customers in all.

    Examples
    --------
    >>> onboarding.unknown.customers
    481
    """

    rows: pd.DataFrame
    customers: int

    @property
    def count(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Items(Result):
    """Share of onboardings at which each required item was learnt in time.

    Parameters
    ----------
    by_month, by_route : DataFrame, index item
        One column a month of start, or a route.
    month_n, route_n : Series of int
        Onboardings of each.
    overall : Series, index item
    interval : dict of str to Interval

    Examples
    --------
    >>> list(items(run).by_route.columns)
    ['high_touch', 'hybrid', 'self']
    """

    by_month: pd.DataFrame
    month_n: pd.Series
    by_route: pd.DataFrame
    route_n: pd.Series
    overall: pd.Series
    interval: dict[str, Interval]


@once
def answers(data: Data, settings: Settings) -> pd.DataFrame | None:
    """What was learnt in time at each onboarding that is older than N days.

    Returns
    -------
    DataFrame or None
        Columns of :func:`cskit.onboarding.cases.cases`, one of bool for each required item, and ``share`` of them;
        None without hearings.

    Examples
    --------
    >>> answers(run.data, run.settings).shape
    (326, 15)
    """
    if not data.has("hearings"):
        return None
    days = pd.Timedelta(days=settings.onboarding.hearing_days)
    rows = cases(data)
    rows = rows[rows["started_on"] + days <= pd.Timestamp(data.as_of)]
    heard = _answered(data, settings)
    # An answer before the kick-off, from an earlier product, is known as well. Without a date it counts as kick-off.
    first = heard.group_by("customer_id", "item").aggregate(on=heard["on"].min(), undated=heard["on"].isnull().any())
    found = first.to_pandas()
    found["on"] = pd.to_datetime(found["on"]).where(~found["undated"].astype(bool), pd.Timestamp.min)
    wide = found.pivot(index="customer_id", columns="item", values="on")
    wide = wide.reindex(index=rows["customer_id"], columns=settings.onboarding.required_items)
    latest = (rows["started_on"] + days).to_numpy()
    known = pd.DataFrame({item: pd.to_datetime(wide[item]).to_numpy() <= latest for item in wide}, index=rows.index)
    return rows.join(known).assign(share=known.mean(axis=1).astype(float))


def coverage(data: Data, settings: Settings, period: Period) -> Coverage | None:
    """Hearing coverage of the onboardings that reached their day N within the period.

    Returns
    -------
    Coverage or None
        None without hearings, or where no onboarding reached that day.

    Examples
    --------
    >>> round(coverage(run.data, run.settings, run.period).share, 2)
    0.64
    """
    each = heard_in(data, settings, period)
    if each is None or each.empty:
        return None
    routes = {str(route): own.to_numpy(float) for route, own in each.groupby("route")["share"]}
    around = {route: clustered_mean(own, settings.report.confidence) for route, own in routes.items()}
    by_route = {route: (float(own.mean()), len(own)) for route, own in routes.items()}
    gap = None
    if "self" in routes and "high_touch" in routes:
        own, high = "self", "high_touch"
        gap = difference(by_route[own][0], around[own], by_route[high][0], around[high])
    whole = each["share"].to_numpy(float)
    return Coverage(
        float(whole.mean()), clustered_mean(whole, settings.report.confidence), len(whole), by_route, around, gap
    )


def heard_in(data: Data, settings: Settings, period: Period) -> pd.DataFrame | None:
    """What was learnt in time at the onboardings that reached their day N within a period.

    Returns
    -------
    DataFrame or None
        As of :func:`answers`, and ``reached_on``, the day N.

    Examples
    --------
    >>> heard_in(run.data, run.settings, run.period).shape
    (30, 16)
    """
    each = answers(data, settings)
    if each is None:
        return None
    each = each.assign(reached_on=each["started_on"] + pd.Timedelta(days=settings.onboarding.hearing_days))
    return each[each["reached_on"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]


@shared
def items(run: Run, months: int = 12) -> Items | None:
    """What is learnt in time, item by item, of the onboardings started in the last months and older than N days.

    Returns
    -------
    Items or None
        None without hearings, or without such onboardings.

    Examples
    --------
    >>> list(items(run).by_route.columns)
    ['high_touch', 'hybrid', 'self']
    """
    each = answers(run.data, run.settings)
    if each is not None:
        each = each[each["started_on"] > pd.Timestamp(months_away(run.data.as_of, -months))]
    if each is None or each.empty:
        return None
    required = run.settings.onboarding.required_items
    known = each[required].astype(float)
    month = each["started_on"].dt.to_period("M").dt.to_timestamp()
    around = {item: wilson(float(known[item].sum()), len(known), run.settings.report.confidence) for item in required}
    return Items(
        known.groupby(month).mean().T,
        month.value_counts().sort_index(),
        known.groupby(each["route"]).mean().T,
        each["route"].value_counts().sort_index(),
        known.mean(),
        around,
    )


def unknown_customers(data: Data, settings: Settings) -> Unknown | None:
    """Current customers whose required items are known below the threshold.

    Returns
    -------
    Unknown or None
        None without hearings: then nobody can be told apart.

    Examples
    --------
    >>> unknown_customers(run.data, run.settings).customers
    481
    """
    if not data.has("customers") or not data.has("hearings"):
        return None
    joined = _known(data, settings)
    # A hair's breadth below: 3 of 5 items are 0.6 on paper, not always in floating point.
    unknown = joined.filter(joined.known < settings.onboarding.known_from - 1e-9)
    count = current_customers(data).count().to_pyarrow().as_py()
    return Unknown(unknown.order_by("known", "customer_id").to_pandas(), int(count))


def known_share(data: Data, settings: Settings) -> pd.Series:
    """Share of the required items that is known of each current customer; needs hearings.

    >>> len(known_share(run.data, run.settings))
    481
    """
    return _known(data, settings).order_by("customer_id").to_pandas().set_index("customer_id")["known"]


def _known(data: Data, settings: Settings) -> ibis.Table:
    heard = _answered(data, settings).group_by("customer_id").aggregate(items=ibis._.item.nunique())
    share = ibis._.items.fill_null(0) / len(settings.onboarding.required_items)
    return current_customers(data).left_join(heard, "customer_id").select("customer_id", "name", known=share)


def _answered(data: Data, settings: Settings) -> ibis.Table:
    """Required items with an answer, by customer."""
    heard = data.table("hearings")
    answered = heard.answer.notnull() if data.has("hearings", "answer") else ibis.literal(True)
    return heard.filter(heard.item.isin(settings.onboarding.required_items) & answered).select(
        "customer_id", "item", "on"
    )
