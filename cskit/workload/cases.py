"""How much work is one case? The unit in which people are compared, and the time before an initiative with after.

A case is what ``time_logs.case_id`` names: an onboarding or an inquiry. Of a task that is always booked without one,
each booking is a case; of one that sometimes is, those bookings belong to cases that cannot be told, and are left out.
Work counts for as many days from a case's first booking as settings say, and a case only once it
is that old: otherwise those that have just begun would look light.
"""

from datetime import timedelta

import ibis
from ibis import _ as row

from cskit.data import Data

__all__ = ["cases"]

YEARS = timedelta(days=4 * 366)  # an initiative of the last three is compared with the year before it


def cases(data: Data, days: int) -> ibis.Table:
    """Every case of the last four years that is old enough to be compared.

    Parameters
    ----------
    data : Data
        With ``time_logs``.
    days : int
        From its first booking, in which its work counts.

    Returns
    -------
    Table, columns case, named, task, kind, customer_id, csm_id, began, minutes
        ``named``: it has a case_id. ``kind``: what is like for like: the task, and of an onboarding its route, of an
        inquiry its category.
        ``csm_id``: who did nine tenths of it; empty where several shared it.
        ``customer_id``: for whom most of it was done.

    Examples
    --------
    >>> cases(run.data, 90).columns
    ('case', 'named', 'task', 'customer_id', 'began', 'kind', 'csm_id', 'minutes')
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
    each = logs.group_by(*keys, "csm_id").aggregate(minutes=row.minutes.sum())
    case, most_first = ["case", "task"], [row.minutes.desc(), "csm_id", "customer_id"]
    each = each.mutate(
        whole=row.minutes.sum().over(group_by=case), place=ibis.row_number().over(group_by=case, order_by=most_first)
    )
    one = _with_sort(data, each.filter(row.place == 0))
    return one.select(
        *keys,
        kind=row.sort.isnull().ifelse(row.task, row.task + " · " + row.sort.fill_null("")),
        csm_id=(row.minutes >= 0.9 * row.whole).ifelse(row.csm_id, ""),
        minutes=row.whole,
    )


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
