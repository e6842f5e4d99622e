"""Who left, and why?"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cskit.data import Data
from cskit.facts import departures

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

    See :func:`cskit.facts.departures`; who is known from ``customers.churned_on`` alone has no reason.

    Returns
    -------
    Churns or None
        None where neither came with the data.
    """
    left = departures(data)
    if left is None:
        return None
    rows = left.filter(left.effective_on.between(first, last))
    return Churns(rows.order_by("effective_on", "customer_id").to_pandas())
