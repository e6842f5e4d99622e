"""Who left, and why?"""

from dataclasses import dataclass
from datetime import date

import ibis
import pandas as pd

from cskit.data import Data

__all__ = ["Churns", "churns"]


@dataclass(frozen=True)
class Churns:
    """Cancellations effective from one day to another.

    Parameters
    ----------
    rows : DataFrame, columns customer_id, effective_on, reason
        In the order of leaving; an empty reason was not recorded.
    """

    rows: pd.DataFrame

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def reasons(self) -> pd.Series:
        """Churns by reason, most frequent first."""
        return self.rows["reason"].fillna("").value_counts(sort=True)


def churns(data: Data, first: date, last: date) -> Churns | None:
    """Customers whose last day lies from ``first`` to ``last``.

    From ``churns``; where that table is absent from ``customers.churned_on``, without reasons.

    Returns
    -------
    Churns or None
        None where neither came with the data.
    """
    if data.has("churns"):
        left = data.table("churns")
        rows = left.filter(left.effective_on.between(first, last)).select("customer_id", "effective_on", "reason")
    elif not data.has("customers", "churned_on"):
        return None
    else:
        left = data.table("customers")
        left = left.filter(left.churned_on.between(first, last))
        rows = left.select("customer_id", effective_on=left.churned_on, reason=ibis.literal(None, "string"))
    return Churns(rows.order_by("effective_on", "customer_id").to_pandas())
