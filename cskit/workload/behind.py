"""Which rows made the figures on workload?"""

import pandas as pd

from cskit.data import Data
from cskit.facts import arr_by_customer
from cskit.rows import Behind
from cskit.run import Run
from cskit.workload.analysis import Study
from cskit.workload.cost import Costs
from cskit.workload.outlook import Outlook

__all__ = ["customer_costs", "hours_booked", "hours_by_month", "modes_before_after"]

BOOKED = ["csm_id", "task", "customer_id", "phase", "source", "hours"]
PER_CUSTOMER = ["customer_id", "name", "hours", "cost_live", "cost_onboarding", "cost", "arr", "of_arr"]
RATES = ("meetings", "meeting_hours", "total_hours")
MONTHS = ["month", "recorded", "load", "low", "high", "room", "overload", "one_hire_adds"]


def hours_booked(spent: Costs) -> Behind:
    """Hours of the period by person, task, customer and phase: columns ``BOOKED``.

    Indirect work has no customer; ``source`` tells whether it was booked or estimated from contacts.

    >>> len(hours_booked(spent).frame)
    1440
    """
    return Behind("hours_booked", spent.work[BOOKED], ("workload.hours", "workload.indirect_share"))


def modes_before_after(study: Study) -> Behind:
    """Each customer that changed to a new support mode: a month's meetings and hours, before and after.

    Columns customer_id, previous_mode, and each of ``RATES`` with ``_before`` and ``_after``.

    >>> len(modes_before_after(hours).frame)
    64
    """
    columns = [f"{rate}_{side}" for rate in RATES for side in ("before", "after")]
    found = study.modes
    if found is None:
        frame = pd.DataFrame(columns=["customer_id", "previous_mode", *columns])
    else:
        sides = found.before.add_suffix("_before").join(found.after.add_suffix("_after"))[columns]
        sides.insert(0, "previous_mode", found.previous)
        frame = sides.rename_axis("customer_id").sort_index().reset_index()
    return Behind("modes_before_after", frame, tuple(f"workload.{rate}_ratio" for rate in RATES))


def customer_costs(run: Run, spent: Costs) -> Behind:
    """What everybody costs who was worked for, and pays who pays: columns ``PER_CUSTOMER``.

    ``cost`` is of all work, as a yearly rate; ``cost_live`` without onboarding, of which ``cost_onboarding`` is what it
    cost in the period, once. ``of_arr`` is cost_live / arr. Indirect work is the last row, without a customer.

    >>> len(customer_costs(run, spent).frame)
    483
    """
    own = spent.rows.rename(columns={"cost": "cost_live", "onboarding": "cost_onboarding"}).set_index("customer_id")
    arr = arr_by_customer(run.data)
    whole = spent.work.groupby("customer_id")["cost"].sum()
    who = own.index.union(arr.index).sort_values()
    frame = own.drop(columns=["name", "arr"]).reindex(who).assign(cost=whole.reindex(who), arr=arr.reindex(who))
    spending = ["hours", "cost_live", "cost_onboarding", "cost"]
    frame[spending] = frame[spending].astype(float).fillna(0.0)
    frame = frame.rename_axis("customer_id").reset_index()
    frame["name"] = frame["customer_id"].map(_names(run.data))
    indirect = spent.work.loc[spent.work["customer_id"].isna(), ["hours", "cost"]].sum()
    last = pd.DataFrame([{"hours": indirect["hours"], "cost": indirect["cost"]}], columns=PER_CUSTOMER)
    frame = pd.concat([frame[PER_CUSTOMER].astype(object), last.astype(object)], ignore_index=True)
    return Behind("customer_costs", frame, ("workload.cost_of_arr",))


def hours_by_month(ahead: Outlook | None) -> Behind:
    """Hours there were, on which the outlook rests, and the months it draws: columns ``MONTHS``.

    ``recorded`` of the past; of the months to come the expected ``load`` with its interval, the ``room`` planned to be
    worked at most, the chance of ``overload``, and what ``one_hire_adds`` to the room.

    >>> len(hours_by_month(ahead).frame)
    48
    """
    names = ("workload.overload_probability", "workload.hires_needed")
    if ahead is None:
        return Behind("hours_by_month", pd.DataFrame(columns=MONTHS), names)
    past = ahead.history.rename("recorded").to_frame()
    coming = ahead.months.assign(one_hire_adds=ahead.added)
    frame = past.join(coming, how="outer").rename_axis("month").sort_index().reset_index()
    return Behind("hours_by_month", frame[MONTHS], names)


def _names(data: Data) -> pd.Series:
    if not data.has("customers", "name"):
        return pd.Series(dtype=object)
    return data.table("customers").select("customer_id", "name").to_pandas().set_index("customer_id")["name"]
