"""Who left, and why?"""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from cskit.data import Data
from cskit.facts import current_customers, departures
from cskit.result import Result

__all__ = ["Churns", "churns", "so_few"]


@dataclass(frozen=True)
class Churns(Result):
    """Cancellations effective from one day to another.

    Parameters
    ----------
    rows : DataFrame, columns customer_id, effective_on, reason
        In the order of leaving; an empty reason was not recorded.
    there : int
        Customers when the days begin; 0 where that is not known.

    Examples
    --------
    >>> page.money.churned.there
    457
    """

    rows: pd.DataFrame
    there: int = 0

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

    Examples
    --------
    >>> churns(run.data, run.period.start, run.period.end).there
    457
    """
    left = departures(data)
    if left is None:
        return None
    rows = left.filter(left.effective_on.between(first, last))
    there = 0
    if data.has("customers"):
        there = int(current_customers(data.at(first - timedelta(days=1))).count().execute())
    return Churns(rows.order_by("effective_on", "customer_id").to_pandas(), there)


def so_few(now: int, before: int, confidence: float = 0.95, part: float = 0.5) -> bool:
    """Whether two counts are so small that chance alone may part them.

    Exact and conditional: if nothing had changed, each of the churns would have fallen into either year alike; or, as
    many customers more may leave more often, into the first with the chance ``part``.

    References
    ----------
    Przyborowski and Wilenski (1940). 8 against 4: p = 0.3877; 28 against 14: p = 0.0436.

    Examples
    --------
    >>> so_few(4, 8), so_few(14, 28), so_few(27, 9), so_few(27, 9, part=900 / 1200)
    (True, False, False, True)
    """
    from scipy.stats import binomtest

    return bool(binomtest(now, now + before, part).pvalue >= 1 - confidence)
