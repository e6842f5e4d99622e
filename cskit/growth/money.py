"""What did customers pay on a day, and what is up for renewal?"""

from collections.abc import Iterable
from datetime import date

import ibis
import pandas as pd

from cskit.data import Data
from cskit.facts import active_terms, arr_by_customer, arr_is_of_today
from cskit.once import once
from cskit.periods import months_away

__all__ = ["arr_on", "arr_on_days", "doubtful", "named", "names", "renewals"]


def arr_on(data: Data, day: date) -> pd.Series:
    """ARR by customer on a day; empty where only today's is known, which says nothing of another day.

    >>> len(arr_on(run.data, run.period.start))
    457
    """
    if arr_is_of_today(data) and day != data.as_of:
        return pd.Series(dtype=float)
    return arr_by_customer(data.at(day))


def arr_on_days(data: Data, days: Iterable[date]) -> pd.DataFrame:
    """ARR by customer (index) on several days (columns, the oldest first), asked in one query; 0: paid nothing.

    Empty without contracts: ARR as known today says nothing of other days.

    >>> arr_on_days(run.data, [run.period.start, run.period.end]).shape
    (482, 2)
    """
    panel = data.on_days(days)
    if arr_is_of_today(data) or not panel.days:
        return pd.DataFrame(columns=pd.Index(panel.days), index=pd.Index([], name="customer_id"), dtype=float)
    terms = active_terms(panel)
    sums = terms.group_by("as_of", "customer_id").aggregate(arr=(terms.mrr * 12).sum())
    rows = sums.order_by("customer_id", "as_of").to_pandas()
    rows["as_of"] = pd.to_datetime(rows["as_of"]).dt.date
    wide = rows.pivot(index="customer_id", columns="as_of", values="arr").astype(float)
    return wide.reindex(columns=list(panel.days)).fillna(0.0)


@once
def names(data: Data) -> pd.Series:
    """Names of customers, indexed by customer; empty where none came with the data.

    >>> len(names(run.data))
    498
    """
    if not data.has("customers", "name"):
        return pd.Series(dtype=object)
    rows = data.table("customers").select("customer_id", "name").order_by("customer_id").to_pandas()
    return rows.set_index("customer_id")["name"].dropna()


def named(customers: pd.Series, known: pd.Series) -> pd.Series:
    """Names of these customers, the identifier where none is known.

    >>> named(pd.Series(["C1", "C9"]), pd.Series({"C1": "株式会社あおば"})).tolist()
    ['株式会社あおば', 'C9']
    """
    by_id = known.to_dict()
    return pd.Series([by_id.get(one, one) for one in customers], customers.index, dtype=object)


def doubtful(data: Data) -> list[str]:
    """Customers of whom a contract was set aside.

    They are in no figure on what stayed of the revenue: without that term they would look lost.

    >>> len(doubtful(run.data))
    0
    """
    gone = data.set_aside_frames.get("contracts")
    return [] if gone is None or "customer_id" not in gone else sorted(set(gone["customer_id"].dropna()))


def renewals(data: Data, months: int) -> pd.DataFrame:
    """Paid terms that end within so many months after the day of the data.

    Returns
    -------
    DataFrame, columns customer_id, ends_on, notice_by, auto_renew, arr
        Soonest first.

    Examples
    --------
    >>> list(renewals(run.data, 12).columns)
    ['customer_id', 'ends_on', 'notice_by', 'auto_renew', 'arr']
    """
    terms = active_terms(data)
    until = months_away(data.as_of, months)
    due = terms.filter((terms.ends_on > data.as_of) & (terms.ends_on <= until))
    if data.has("churns"):
        # Notice given: this one does not come up for renewal any more.
        due = due.anti_join(data.table("churns"), "customer_id")
    columns = due.select("customer_id", "ends_on", "notice_by", "auto_renew", arr=due.mrr * 12)
    return columns.order_by("ends_on", ibis.desc("arr"), "customer_id", "notice_by", "auto_renew").to_pandas()
