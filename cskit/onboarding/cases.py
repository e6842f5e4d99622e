"""Which onboardings were there, and how did each end?"""

import ibis
import pandas as pd

from cskit.data import Data
from cskit.facts import departures
from cskit.once import once

__all__ = ["DATES", "cases", "days_between", "with_traits"]

DATES = ("started_on", "due_on", "completed_on", "left_on")


@once
def cases(data: Data) -> pd.DataFrame:
    """One row an onboarding, oldest first.

    Returns
    -------
    DataFrame, columns onboarding_id, customer_id, route, flow_version, csm_id and ``DATES``
        ``left_on`` is the customer's last day, where it left by the day of the data.

    Examples
    --------
    >>> list(cases(run.data).columns)
    ['onboarding_id', 'customer_id', 'route', 'flow_version', 'csm_id', 'started_on', 'due_on',
    'completed_on', 'left_on']
    """
    table = data.table("onboardings")
    gone = departures(data)
    if gone is None:
        joined = table.mutate(left_on=ibis.literal(None, "date"))
    else:
        gone = gone.select(left_customer="customer_id", left_on="effective_on")
        joined = table.left_join(gone, table.customer_id == gone.left_customer)
    columns = ("onboarding_id", "customer_id", "route", "flow_version", "csm_id", *DATES)
    rows = joined.select(*columns).order_by("started_on", "onboarding_id").to_pandas()
    return rows.assign(**{name: pd.to_datetime(rows[name]) for name in DATES})


def days_between(start: pd.Series, end: pd.Series | pd.Timestamp) -> pd.Series:
    """Whole days, nan where either is missing.

    >>> start, end = (pd.Series(pd.to_datetime(days)) for days in (["2023-01-31", "2023-02-01"], ["2023-03-01", None]))
    >>> days_between(start, end).tolist()
    [29.0, nan]
    """
    return (end - start).dt.days.astype(float)


def with_traits(rows: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Add segment, plan and seats as they were when the onboarding started.

    From ``customer_history``; without it segment and plan of today. Seats of today are not taken: of a customer that
    left they are often 0, and would tell the outcome.

    A customer that left has no seats today:

    >>> rows = with_traits(cases(run.data), run.data).set_index("customer_id")
    >>> rows.loc[["C00162"], ["segment", "plan", "seats"]]
                segment      plan  seats
    customer_id
    C00162          mid  standard   33.0
    >>> customers = run.data.table("customers")
    >>> customers.filter(customers.customer_id == "C00162").seats.to_pandas().tolist()
    [0]
    """
    names = ["segment", "plan"]
    if data.has("customer_history"):
        names.append("seats")
        history = _history(data)
        history["from_on"] = pd.to_datetime(history["from_on"]).astype(rows["started_on"].dtype)
        history = history.sort_values(["from_on", "customer_id"], kind="stable")
        # What was first known of a customer holds before that day, too: histories often begin after the kick-off.
        past = pd.merge_asof(
            rows.sort_values("started_on", kind="stable"),
            history,
            left_on="started_on",
            right_on="from_on",
            by="customer_id",
        )
        first = history.drop_duplicates("customer_id").set_index("customer_id")
        rows = past.drop(columns="from_on")
        for name in names:
            rows[name] = rows[name].fillna(rows["customer_id"].map(first[name]))
    elif data.has("customers"):
        today = data.table("customers").select("customer_id", *names).to_pandas()
        rows = rows.merge(today, on="customer_id", how="left")
    else:
        rows = rows.assign(segment=None, plan=None)
    text = {name: rows[name].fillna("").astype(str) for name in ("segment", "plan")}
    seats = rows["seats"].astype(float) if "seats" in rows else float("nan")
    return rows.assign(**text, seats=seats).sort_values(["started_on", "onboarding_id"], ignore_index=True)


@once
def _history(data: Data) -> pd.DataFrame:
    columns = ("customer_id", "from_on", "segment", "plan", "seats")
    return data.table("customer_history").select(*columns).to_pandas()
