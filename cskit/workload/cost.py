"""What does each customer cost us, and what does it pay?"""

from dataclasses import dataclass

import pandas as pd
from ibis import _ as row

from cskit.facts import arr_by_customer
from cskit.periods import add_months, month_starts
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.workload.hours import cube, recorded_since, work

__all__ = ["Costs", "costs", "hourly", "monthly"]

FIRST_WEEK = 7  # what begins within it is recorded from that month on


@dataclass(frozen=True)
class Costs(Result):
    """Cost of customer success in a period, as a yearly rate.

    Parameters
    ----------
    rows : DataFrame, columns customer_id, name, hours, cost, onboarding, arr, of_arr
        Customers somebody worked for, the dearest against its ARR first: hours of the period; cost a year of the
        work once live, and cost of its onboarding in the period, which happens once; ``of_arr``: the former of its
        ARR, empty where it pays nothing. Indirect work is in none.
    work : DataFrame, of :func:`cskit.workload.hours.cube`, and a column cost
        All hours of the period, and their cost as a yearly rate.
    total, indirect : float
        Cost a year of all work, and of that for no customer.
    arr, payers : float, int
        Of all customers, and how many pay; 0 where it is not known.
    flat_share : float
        Share of the cost that rests on one rate for all.
    limit : float
        Share of ARR from which a customer is dear.

    Examples
    --------
    >>> round(spent.total, 2), round(spent.indirect, 2), round(spent.arr, 2)
    (43200233.33, 11171400.0, 996042000.0)
    """

    rows: pd.DataFrame
    work: pd.DataFrame
    total: float
    indirect: float
    arr: float
    payers: int
    flat_share: float
    limit: float

    @property
    def of_arr(self) -> float | None:
        """Cost of all work of all ARR."""
        return self.total / self.arr if self.arr else None

    @property
    def indirect_share(self) -> float:
        """Share of the cost that is for no customer."""
        return self.indirect / self.total if self.total else 0.0

    @property
    def dear(self) -> pd.DataFrame:
        """Customers that cost more than the limit."""
        return self.rows[self.rows["of_arr"] > self.limit]


@shared
def costs(run: Run) -> Costs:
    """Hours of the period times each person's cost of an hour, against ARR at its end.

    >>> round(costs(run).total, 2)
    43200233.33
    """
    found = cube(run.data, run.settings.workload, run.period)
    rates = hourly(run)
    known = found["csm_id"].map(rates).astype(float)
    yearly = 12 / len(run.period.months)
    found = found.assign(cost=found["hours"] * known.fillna(run.settings.money.hourly_cost) * yearly)
    arr = arr_by_customer(run.data)
    own = found[found["customer_id"].notna()]
    once = own["phase"] == "onboarding"
    own = own.assign(onboarding=(own["cost"] / yearly).where(once, 0.0), cost=own["cost"].where(~once, 0.0))
    sums = own.groupby(["customer_id", "name"], dropna=False)[["hours", "cost", "onboarding"]].sum().reset_index()
    paid = sums["customer_id"].map(arr).astype(float)
    sums = sums.assign(arr=paid, of_arr=(sums["cost"] / paid).where(paid > 0))
    rows = sums.sort_values(["of_arr", "cost", "customer_id"], ascending=[False, False, True], ignore_index=True)
    total, indirect = (float(part["cost"].sum()) for part in (found, found[found["customer_id"].isna()]))
    flat = float(found.loc[known.isna(), "cost"].sum()) / total if total else 0.0
    limit = run.settings.workload.cost_of_arr
    return Costs(rows, found, total, indirect, float(arr.sum()), int((arr > 0).sum()), flat, limit)


@shared
def monthly(run: Run, months: int = 36) -> pd.DataFrame | None:
    """Hours and their cost in every whole month recorded, at most so many; for other reports.

    Returns
    -------
    DataFrame or None, columns month, phase, source, flat, hours, cost
        ``month``: its first day; ``flat``: the cost rests on one rate for all. A month without any work is a row of 0.
        None where neither bookings nor contacts are recorded.

    Examples
    --------
    >>> list(monthly(run).columns)
    ['month', 'phase', 'source', 'flat', 'hours', 'cost']
    """
    since, end = recorded_since(run.data), run.data.as_of
    if since is None:
        return None
    whole = since.replace(day=1) if since.day <= FIRST_WEEK else add_months(since.replace(day=1), 1)
    first = max(whole, add_months(end.replace(day=1), 1 - months))
    table, _left_out = work(run.data, run.settings.workload, first, end)
    keys = (table.on.truncate("M").cast("date").name("month"), "csm_id", "phase", "source")
    sums = table.group_by(*keys).aggregate(hours=row.minutes.sum() / 60)
    found = sums.order_by("month", "csm_id", "phase", "source").to_pandas()
    rate = found["csm_id"].map(hourly(run)).astype(float)
    cost = found["hours"] * rate.fillna(run.settings.money.hourly_cost)
    found = found.assign(month=pd.to_datetime(found["month"]).dt.date, flat=rate.isna(), cost=cost)
    each = ["month", "phase", "source", "flat"]
    out = found.groupby(each, as_index=False)[["hours", "cost"]].sum()
    idle = [month for month in month_starts(first, end) if first <= end and month not in set(out["month"])]
    none = pd.DataFrame(
        {"month": idle, "phase": "indirect", "source": "booked", "flat": False, "hours": 0.0, "cost": 0.0}
    )
    return pd.concat([out, none], ignore_index=True).sort_values(each, ignore_index=True) if idle else out


def hourly(run: Run) -> pd.Series:
    """Cost of an hour of each person for whom it is known.

    >>> len(hourly(run))
    5
    """
    if not run.data.has("csms", "hourly_cost"):
        return pd.Series(dtype=float)
    people = run.data.table("csms").select("csm_id", "hourly_cost").order_by("csm_id").to_pandas()
    return people.set_index("csm_id")["hourly_cost"].dropna().astype(float)
