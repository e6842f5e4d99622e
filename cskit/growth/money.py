"""What is up for renewal?"""

import ibis
import pandas as pd

from cskit.data import Data
from cskit.facts import active_terms
from cskit.periods import months_away

__all__ = ["renewals"]


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
