"""How much work is one case? The unit in which people are compared, and the time before an initiative with after.

A case is what ``time_logs.case_id`` names: an onboarding or an inquiry. Of a task that is always booked without one,
each booking is a case; of one that sometimes is, those bookings belong to cases that cannot be told, and are left out.
Work counts for as many days from a case's first booking as settings say, and a case only once it
is that old: otherwise those that have just begun would look light.
"""

from datetime import timedelta

import ibis
import pandas as pd
from ibis import _ as row

from cskit.data import Data
from cskit.once import once

__all__ = ["COLUMNS", "cases"]

YEARS = timedelta(days=4 * 366)  # an initiative of the last three is compared with the year before it
COLUMNS = ["case", "named", "task", "kind", "customer_id", "csm_id", "began", "minutes"]


@once
def cases(data: Data, days: int) -> pd.DataFrame:
    """Every case of the last four years that is old enough to be compared.

    Parameters
    ----------
    data : Data
        With ``time_logs``.
    days : int
        From its first booking, in which its work counts.

    Returns
    -------
    DataFrame, columns case, named, task, kind, customer_id, csm_id, began, minutes
        ``named``: it has a case_id. ``kind``: what is like for like: the task, and of an onboarding its route, of an
        inquiry its category.
        ``csm_id``: who did nine tenths of it; empty where several shared it.
    """
    logs = data.table("time_logs")
    case = ibis.coalesce(logs.case_id, logs.log_id)
    logs = logs.mutate(case=case, task=logs.task.fill_null(""), minutes=logs.minutes.cast("float64"))
    named = logs.case_id.notnull()
    logs = logs.mutate(named=named, any_named=named.any().over(group_by="task")).filter(row.named | ~row.any_named)
    logs = logs.mutate(began=logs.on.min().over(group_by=["case", "task"]))
    logs = logs.filter(logs.on < (logs.began + ibis.interval(days=days)).cast("date"))
    logs = logs.filter(~logs.named | (logs.began <= data.as_of - timedelta(days=days)))
    logs = logs.filter(logs.began > data.as_of - YEARS)
    keys = ("case", "named", "task", "customer_id", "began")
    each = _with_sort(data, logs.group_by(*keys, "csm_id").aggregate(minutes=row.minutes.sum()))
    found = each.order_by("case", "task", "csm_id").to_pandas()
    if found.empty:
        return pd.DataFrame(columns=COLUMNS)
    found["began"] = pd.to_datetime(found["began"])
    whole = found.groupby(["case", "task"])["minutes"].transform("sum")
    alone = found.assign(csm_id=found["csm_id"].where(found["minutes"] >= 0.9 * whole, ""))
    most = alone.sort_values("minutes", ascending=False, kind="stable").drop_duplicates(["case", "task"])
    out = most.assign(minutes=whole.reindex(most.index)).sort_values(["task", "case"], ignore_index=True)
    out["kind"] = out["task"].where(out["sort"].isna(), out["task"] + " · " + out["sort"].fillna(""))
    return out[COLUMNS]


def _with_sort(data: Data, each: ibis.Table) -> ibis.Table:
    """With ``sort``: of an inquiry its category, of an onboarding its route."""
    parts = [
        data.table(table).select(case=key, sort=column)
        for table, key, column in (("onboardings", "onboarding_id", "route"), ("tickets", "ticket_id", "category"))
        if data.has(table, column)
    ]
    if not parts:
        return each.mutate(sort=ibis.null("string"))
    sorts = ibis.union(*parts) if len(parts) > 1 else parts[0]
    one = sorts.filter(row.sort.notnull()).group_by("case").aggregate(sort=row.sort.max())
    return each.left_join(one, "case").drop("case_right")
