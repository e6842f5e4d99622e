"""What does a customer bring, what does it cost to look after it, and how long does it stay?

Hours and their cost are handed over: growth measures no work itself. Revenue and cost are of the same months.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cskit.facts import arr_by_customer, arr_is_of_today, current_customers
from cskit.growth.beside import headcount
from cskit.growth.cohorts import lives
from cskit.growth.money import arr_on_days, doubtful
from cskit.metrics import Basis, Metric
from cskit.periods import add_months, month_starts, months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.economics import beta_geometric, lifetime_value, retention, stay_interval
from cskit.stats.intervals import Interval, wilson

__all__ = ["PHASES", "Effort", "Stay", "Worth", "effort", "worth"]

PHASES = ("onboarding", "live", "other")  # of the cost of customer success
QUARTERS = 8  # of hours per customer, shown


@dataclass(frozen=True)
class Effort(Result):
    """Hours per customer by quarter.

    Parameters
    ----------
    rows : DataFrame, columns start, end, customers, hours, each, estimated
        The oldest first. ``customers`` on the last day, ``each``: hours per customer, ``estimated``: share of the hours
        that rests on contacts instead of bookings.
    ratio : float or None
        ``each`` of the last three months / of the same months a year before.

    Examples
    --------
    >>> round(page.effort.ratio, 2)
    0.83
    """

    rows: pd.DataFrame
    ratio: float | None
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Stay(Result):
    """How many years a customer brings its margin, of those that count, and its lifetime value with its interval.

    >>> round(page.worth.even.years, 2), round(page.worth.even.value, 2)
    (4.92, 7171242.97)
    """

    years: float
    value: float
    around: Interval


@dataclass(frozen=True)
class Worth(Result):
    """The economics of a customer.

    Parameters
    ----------
    arpa : float
        ARR per paying customer on the last day.
    customers : int
        Who pay.
    months : DataFrame, columns month, revenue, hours, and of each of ``PHASES`` cost_phase
        The months of the last 12 in which revenue and hours are known: what the margin rests on.
    costs : Series of float
        Of ``PHASES``, each as a share of the revenue.
    before_cs : float
        Gross margin before the cost of customer success, as params say.
    margin : float or None
        With that cost taken off; None where it is not known.
    flat_share, estimated_share : float
        Of the cost: what rests on one hourly rate for all, and on contacts instead of bookings.
    hour_cost : float or None
        Mean cost of an hour.
    lost, there : int
        Paying customers of 12 months ago, and those of them who do not pay any more.
    even, uneven : Stay or None
        By one chance to leave for all, and by the shifted beta-geometric model.
    unlimited : float or None
        Lifetime value by one chance to leave for all, however long it lasts; None where nobody left.
    years : int
        Of a life that count at most.
    team : int or None

    Examples
    --------
    >>> round(page.worth.arpa, 2), page.worth.customers, round(page.worth.before_cs, 2)
    (2070773.39, 481, 0.75)
    """

    arpa: float
    customers: int
    months: pd.DataFrame
    costs: pd.Series
    before_cs: float
    margin: float | None
    flat_share: float
    estimated_share: float
    hour_cost: float | None
    lost: int
    there: int
    even: Stay | None
    uneven: Stay | None
    unlimited: float | None
    years: int
    team: int | None
    today: bool
    metrics: tuple[Metric, ...]

    @property
    def hour_saved(self) -> tuple[float, float] | None:
        """What an hour less per customer and year adds: to the margin, as a share, and to the lifetime value."""
        if self.hour_cost is None or not self.arpa or self.even is None:
            return None
        return self.hour_cost / self.arpa, self.hour_cost * self.even.years


@shared
def effort(run: Run, monthly: pd.DataFrame | None) -> Effort | None:
    """Hours per customer, three months at a time up to the last day of the period.

    Parameters
    ----------
    monthly : DataFrame or None
        Columns month, phase, source, flat, hours, cost: every whole month of which work is recorded.

    Returns
    -------
    Effort or None
        None where customers are not recorded, or the work of one of the last three months is not.

    Examples
    --------
    Nobody booked any hours in June, so those of the contacts are counted:

    >>> months = [date(2023, 4, 1), date(2023, 5, 1), date(2023, 6, 1)]
    >>> by = {"source": ["booked", "booked", "estimated"], "hours": [481.0, 481.0, 962.0]}
    >>> effort(run, pd.DataFrame({"month": months, **by})).rows[["customers", "hours", "each", "estimated"]]
       customers   hours  each  estimated
    0        481  1924.0   4.0        0.5
    """
    if monthly is None or monthly.empty or not run.data.has("customers"):
        return None
    end = run.data.as_of
    ends = [months_away(end, -3 * back) for back in reversed(range(QUARTERS))]
    there = _customers(run, {*ends, run.compare_to.end})
    found = {day: _quarter(monthly, day, there.get(day, 0)) for day in {*ends, run.compare_to.end}}
    rows = pd.DataFrame([row for day in ends if (row := found[day])])
    if rows.empty or rows["end"].iloc[-1] != end:
        return None
    each = {row["end"]: row["each"] for row in found.values() if row}
    year_ago = each.get(months_away(end, -12))
    now = rows.iloc[-1]
    metric = run.metric(
        "growth.hours_per_customer",
        float(now["each"]),
        "assumed" if now["estimated"] else "counted",
        n=int(now["customers"]),
        before=each.get(run.compare_to.end),
        year_before=year_ago,
    )
    return Effort(rows, float(now["each"]) / year_ago if year_ago else None, (metric,))


def _quarter(monthly: pd.DataFrame, end: date, customers: int) -> dict[str, Any]:
    """Three months up to a day; empty where one of them is not recorded, or there was no customer."""
    months = month_starts(add_months(end.replace(day=1), -2), end)
    own = monthly[monthly["month"].isin(months)]
    if not customers or own["month"].nunique() < 3:
        return {}
    hours = float(own["hours"].sum())
    estimated = float(own.loc[own["source"] == "estimated", "hours"].sum())
    share = estimated / hours if hours else 0.0
    return {
        "start": months[0], "end": end, "customers": customers, "hours": hours, "each": hours / customers,
        "estimated": share,
    }  # fmt: skip


def _customers(run: Run, days: set[date]) -> dict[date, int]:
    table = current_customers(run.data.on_days(days))
    rows = table.group_by("as_of").aggregate(n=table.count()).to_pandas()
    return dict(zip(pd.to_datetime(rows["as_of"]).dt.date, rows["n"].astype(int), strict=True))


@shared
def worth(run: Run, monthly: pd.DataFrame | None) -> Worth | None:
    """Margin and lifetime value of a customer.

    Parameters
    ----------
    monthly : DataFrame or None
        As of :func:`effort`, with the cost in the currency of the data.

    Returns
    -------
    Worth or None
        None where no revenue is known.

    Examples
    --------
    In June ¥8.3M of ¥83.0M goes into looking after customers, which brings a gross margin of 75 % down to 65 %.
    Without hours no margin is known.

    >>> june = pd.DataFrame({"month": [date(2023, 6, 1)], "phase": "live", "source": "booked", "flat": False,
    ...                      "hours": 2000.0, "cost": 8.3e6})
    >>> round(worth(run, june).margin, 2), worth(run, None).margin
    (0.65, None)
    """
    arr, money = arr_by_customer(run.data), run.settings.money
    paying = int((arr > 0).sum())
    if not paying:
        return None
    today = arr_is_of_today(run.data)
    months, parts = _months(run, monthly, arr, today)
    revenue, cost = float(months["revenue"].sum()), float(parts["cost"].sum())
    shares = pd.Series({name: float(months[f"cost_{name}"].sum()) / revenue if revenue else np.nan for name in PHASES})
    margin = money.gross_margin - cost / revenue if revenue and len(parts) else None
    arpa, hours = float(arr.sum()) / paying, float(parts["hours"].sum())
    lost, there = _lost(run, today)
    even, uneven = _even(run, arpa, margin, lost, there), _uneven(run, arpa, margin)
    team = headcount(run.data, run.data.as_of)
    flat, estimated = (float(parts.loc[of, "cost"].sum()) / cost if cost else 0.0 for of in _marks(parts))
    metrics = (
        run.metric("growth.arpa", arpa, "assumed" if today else "counted", n=paying),
        run.metric("growth.gross_margin", margin, "assumed"),
        run.metric("growth.ltv", *_told(even)),
        run.metric("growth.ltv_uneven", *_told(uneven)),
        run.metric("growth.customers_per_member", paying / team if team else None, "counted", n=team),
        run.metric("growth.arr_per_member", float(arr.sum()) / team if team else None, "counted", n=team),
    )
    endless = lifetime_value(arpa * margin, lost / there) if margin is not None and there else None
    rest = (cost / hours if hours else None, lost, there, even, uneven, endless, money.ltv_years, team, today, metrics)
    return Worth(arpa, paying, months, shares, money.gross_margin, margin, flat, estimated, *rest)


def _months(run: Run, monthly: pd.DataFrame | None, arr: pd.Series, today: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Revenue and cost month by month over the last 12, as far as both are known; and the parts of that cost."""
    columns = ["month", "revenue", "hours", *(f"cost_{name}" for name in PHASES)]
    if monthly is None or monthly.empty:
        empty = pd.DataFrame(columns=["month", "phase", "source", "flat", "hours", "cost"])
        return pd.DataFrame(columns=columns), empty.astype({"hours": float, "cost": float})
    ends = {day.replace(day=1): day for day in (months_away(run.data.as_of, -back) for back in range(12))}
    paid = arr_on_days(run.data, ends.values())
    revenue = {
        month: float(arr.sum() if today else paid[day].sum() if len(paid) else 0.0) for month, day in ends.items()
    }
    parts = monthly[monthly["month"].map(lambda month: revenue.get(month, 0.0) > 0)]
    rows = []
    for month in sorted(set(parts["month"])):
        own = parts[parts["month"] == month]
        phase = own["phase"].where(own["phase"].isin(PHASES[:2]), "other")
        costs = {f"cost_{name}": float(own.loc[phase == name, "cost"].sum()) for name in PHASES}
        rows.append({"month": month, "revenue": revenue[month] / 12, "hours": float(own["hours"].sum()), **costs})
    return pd.DataFrame(rows, columns=columns), parts


def _marks(parts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Which of the cost rests on one rate for all, and which on contacts."""
    return parts["flat"].astype(bool), parts["source"] == "estimated"


def _lost(run: Run, today: bool) -> tuple[int, int]:
    """Paying customers of 12 months ago who do not pay any more, and how many there were."""
    if today:
        return 0, 0
    year_ago = months_away(run.data.as_of, -12)
    arr = arr_on_days(run.data, {run.data.as_of, year_ago})
    if arr.empty:
        return 0, 0
    kept = retention(arr[year_ago].drop(doubtful(run.data), errors="ignore"), arr[run.data.as_of])
    return kept.lost, kept.customers


def _even(run: Run, arpa: float, margin: float | None, lost: int, there: int) -> Stay | None:
    """One chance to leave for all."""
    if margin is None or not there:
        return None
    years, around = run.settings.money.ltv_years, wilson(lost, there, run.settings.report.confidence)

    def stay(churn: float) -> float:
        return float(lifetime_value(1.0, churn, periods=years) or 0.0)

    return _stay(stay(lost / there), Interval(stay(around.high), stay(around.low)), arpa * margin)


def _uneven(run: Run, arpa: float, margin: float | None) -> Stay | None:
    """Customers who differ in their chance to leave."""
    found = lives(run.data, run.settings.calendar.first_fiscal_month)
    if found is None or margin is None:
        return None
    years = run.settings.money.ltv_years
    there, left = found.by_age()
    model = beta_geometric(there, left)
    if model is None:
        return None
    return _stay(model.stay(years), stay_interval(there, left, years, run.settings.report.confidence), arpa * margin)


def _stay(years: float, around: Interval, yearly: float) -> Stay:
    ends = sorted((around.low * yearly, around.high * yearly))  # a margin below nothing turns them round
    return Stay(years, years * yearly, Interval(*ends))


def _told(stay: Stay | None) -> tuple[float | None, Basis, Interval | None]:
    """Value, basis and interval."""
    return (stay.value, "estimated", stay.around) if stay else (None, "estimated", None)
