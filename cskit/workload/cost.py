"""What does each customer cost us, and what does it pay?"""

from dataclasses import dataclass

import pandas as pd

from cskit.facts import arr_by_customer
from cskit.run import Run
from cskit.shared import shared
from cskit.workload.hours import cube

__all__ = ["Costs", "costs", "hourly"]


@dataclass(frozen=True)
class Costs:
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
    """Hours of the period times each person's cost of an hour, against ARR at its end."""
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


def hourly(run: Run) -> pd.Series:
    """Cost of an hour of each person for whom it is known."""
    if not run.data.has("csms", "hourly_cost"):
        return pd.Series(dtype=float)
    people = run.data.table("csms").select("csm_id", "hourly_cost").order_by("csm_id").to_pandas()
    return people.set_index("csm_id")["hourly_cost"].dropna().astype(float)
