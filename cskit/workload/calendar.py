"""In which month of the next quarter does each customer have its review?

Away from its busy months, near the month it is due, and within the hours of the person in charge: an integer
programme for each person, solved to the optimum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.facts import current_customers, in_charge
from cskit.periods import add_months
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Reviews, Workload
from cskit.shared import shared
from cskit.workload.hours import contracted, team
from cskit.workload.served import mode_on

__all__ = ["Calendar", "busy_penalty", "calendar", "place"]

LEFT_OUT = 1000.0  # cost of not having the review at all: more than any month


@dataclass(frozen=True)
class Calendar(Result):
    """Every review of the next quarter.

    Parameters
    ----------
    months : tuple of date
        First days.
    reviews : DataFrame, columns customer_id, name, csm_id, due, month, hours, busy, reason
        ``month``: empty where it does not fit, with the ``reason``: ``hours`` or ``nobody``. ``busy``: whether it lies
        in a busy month of the customer. The month it is due: its last review and the cadence; empty where unknown.

    Examples
    --------
    >>> len(reviews.months)
    3
    """

    months: tuple[date, ...]
    reviews: pd.DataFrame

    @property
    def placed(self) -> pd.DataFrame:
        return self.reviews[self.reviews["month"].notna()]


@shared
def calendar(run: Run) -> Calendar | None:
    """Plan the quarter after the period; None where nobody is served by reviews.

    >>> len(calendar(run).months)
    3
    """
    rules = run.settings.workload
    if not run.data.has("service_levels") or not run.data.has("customers"):
        return None
    modes = mode_on(run.data, run.data.as_of)
    modes = modes[modes.isin(rules.calendar.modes)]
    if modes.empty:
        return None
    first = add_months(run.data.as_of.replace(day=1), 1)
    months = tuple(add_months(first, n) for n in range(3))
    who = _customers(run.data, modes, rules)
    room = _room(run.data, rules, months)
    parts = [_of_one(group, months, room, rules.calendar) for _csm, group in who.groupby("csm_id", sort=True)]
    reviews = pd.concat(parts).sort_values("customer_id", ignore_index=True)
    return Calendar(months, reviews)


def busy_penalty(fiscal_year_end: float, month: date, rules: Reviews) -> float:
    """What a review in a month costs by the customer's fiscal year; 0 where that is not known.

    Examples
    --------
    A year that ends in March: its books are closed in March and April, its budget is made from September on.

    >>> rules = Reviews(modes=[], share=0.3, budget=[6, 5, 4, 3], closing=[0, 1], budget_penalty=2, closing_penalty=3)
    >>> [busy_penalty(3, date(2023, month, 1), rules) for month in (4, 7, 10)]
    [3.0, 0.0, 2.0]
    """
    if fiscal_year_end != fiscal_year_end:
        return 0.0
    after = (month.month - int(fiscal_year_end)) % 12
    if after in rules.closing:
        return rules.closing_penalty
    return rules.budget_penalty if 12 - after in rules.budget else 0.0


def place(costs: np.ndarray, hours: Sequence[float], room: Sequence[float]) -> list[int | None]:
    """Give each review a month.

    Parameters
    ----------
    costs : array, shape (reviews, months)
    hours : sequence of float, shape (reviews,)
    room : sequence of float, shape (months,)
        Hours there are.

    Returns
    -------
    list of int or None
        Place of the month; None where it does not fit. As many as can are placed, then the cheapest way; of equal
        ways the earlier customers get the earlier months.

    Examples
    --------
    Both would rather come first, but there is room for one a month; the second minds less.

    >>> place(np.array([[0.0, 3.0], [0.0, 1.0]]), [2.0, 2.0], [2.0, 3.0])
    [0, 1]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, k = costs.shape
    size = n * k
    ties = 1e-6 * np.arange(size).reshape(n, k)[:, ::-1] / size  # a unique optimum, the same on every machine
    objective = np.r_[(costs + ties).ravel(), np.full(n, LEFT_OUT)]
    once = np.hstack([np.kron(np.eye(n), np.ones(k)), np.eye(n)])
    used = np.hstack([np.kron(np.asarray(hours)[None, :], np.eye(k)), np.zeros((k, n))])
    limits = [LinearConstraint(once, 1, 1), LinearConstraint(used, -np.inf, np.asarray(room))]
    found = milp(objective, integrality=np.ones(size + n), bounds=Bounds(0, 1), constraints=limits)
    chosen = np.rint(found.x[:size]).reshape(n, k)
    return [int(own.argmax()) if own.any() else None for own in chosen]


def _customers(data: Data, modes: pd.Series, rules: Workload) -> pd.DataFrame:
    """Who has a review, whose hours it takes, and when it is due."""
    table = current_customers(data).select("customer_id", "name", "fiscal_year_end")
    who = table.order_by("customer_id").to_pandas()
    who = who[who["customer_id"].isin(modes.index)].reset_index(drop=True)
    mode = who["customer_id"].map(modes)
    minutes = {name: one.minutes + one.prep + one.followup for name, one in rules.modes.items()}
    cadence = {name: 12 / one.per_year if one.per_year else 3.0 for name, one in rules.modes.items()}
    last = pd.Series(_last_meeting(data, rules).reindex(who["customer_id"]).to_numpy(), who.index)
    due = (last + pd.to_timedelta(mode.map(cadence).astype(float) * 365.25 / 12, unit="D")).dt.normalize()
    owner = in_charge(data).reindex(who["customer_id"]).set_axis(who.index).fillna("")
    year_end = who["fiscal_year_end"].astype(float)
    return who[["customer_id", "name"]].assign(
        csm_id=owner, fiscal_year_end=year_end, due=due, hours=mode.map(minutes) / 60
    )


def _last_meeting(data: Data, rules: Workload) -> pd.Series:
    if not data.has("touchpoints", "kind"):
        return pd.Series(dtype="datetime64[ns]", index=pd.Index([], dtype=str))
    met = data.table("touchpoints").filter(row.kind.isin(rules.regular_kinds))
    found = met.group_by("customer_id").aggregate(on=row.on.max()).order_by("customer_id").to_pandas()
    return pd.to_datetime(found.set_index("customer_id")["on"])


def _room(data: Data, rules: Workload, months: tuple[date, ...]) -> dict[date, pd.Series]:
    """Hours each person has for reviews in each month."""
    if not data.has("csms", "weekly_hours"):
        return {month: pd.Series(dtype=float) for month in months}
    people, part = team(data), rules.calendar.share * rules.planned_load * (1 - rules.leave)
    return {month: part * contracted(people, month, add_months(month, 1) - timedelta(days=1)) for month in months}


def _of_one(group: pd.DataFrame, months: tuple[date, ...], room: dict[date, pd.Series], rules: Reviews) -> pd.DataFrame:
    """The reviews of one person."""
    csm = str(group["csm_id"].iloc[0])
    penalty = np.array([[busy_penalty(end, month, rules) for month in months] for end in group["fiscal_year_end"]])
    late = np.array([[_months_off(due, month) for month in months] for due in group["due"]])
    own = [float(room[month].get(csm, 0.0)) for month in months]
    known = csm and any(csm in room[month].index for month in months)
    chosen = place(penalty + late, group["hours"].tolist(), own) if known else [None] * len(group)
    month = pd.Series([None if slot is None else months[slot] for slot in chosen], index=group.index, dtype=object)
    busy = [slot is not None and penalty[place_, slot] > 0 for place_, slot in enumerate(chosen)]
    reason = ["" if slot is not None else "hours" if known else "nobody" for slot in chosen]
    return group.drop(columns="fiscal_year_end").assign(month=month, busy=busy, reason=reason)


def _months_off(due: pd.Timestamp, month: date) -> float:
    """How many months from the one in which it is due."""
    return 0.0 if pd.isna(due) else float(abs((month.year - due.year) * 12 + month.month - due.month))
