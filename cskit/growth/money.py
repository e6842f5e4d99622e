"""What did customers pay on a day, and what is up for renewal?"""

from datetime import date

import ibis
import pandas as pd

from cskit.data import Data
from cskit.facts import active_terms, arr_by_customer, arr_is_of_today
from cskit.periods import months_away

__all__ = ["arr_on", "doubtful", "renewals"]


def arr_on(data: Data, day: date) -> pd.Series:
    """ARR by customer on a day; empty where only today's is known, which says nothing of another day."""
    if arr_is_of_today(data) and day != data.as_of:
        return pd.Series(dtype=float)
    return arr_by_customer(data.at(day))


def doubtful(data: Data) -> list[str]:
    """Customers of whom a contract was set aside.

    They are in no figure on what stayed of the revenue: without that term they would look lost.
    """
    gone = data.set_aside_frames.get("contracts")
    return [] if gone is None or "customer_id" not in gone else sorted(set(gone["customer_id"].dropna()))


def renewals(data: Data, months: int) -> pd.DataFrame:
    """Paid terms that end within so many months after the day of the data.

    Returns
    -------
    DataFrame, columns customer_id, ends_on, notice_by, auto_renew, arr
        Soonest first.
    """
    terms = active_terms(data)
    until = months_away(data.as_of, months)
    due = terms.filter((terms.ends_on > data.as_of) & (terms.ends_on <= until))
    if data.has("churns"):
        # Notice given: this one does not come up for renewal any more.
        due = due.anti_join(data.table("churns"), "customer_id")
    columns = due.select("customer_id", "ends_on", "notice_by", "auto_renew", arr=due.mrr * 12)
    return columns.order_by("ends_on", ibis.desc("arr"), "customer_id").to_pandas()
