"""What do customers wish for, and what became of it?"""

from dataclasses import dataclass

import pandas as pd
from ibis import _ as row

from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run

__all__ = ["Wishes", "wishes"]

MONTHS = 12


@dataclass(frozen=True)
class Wishes(Result):
    """Wishes of the last 12 months: rows are categories, columns what became of them, the largest first.

    Parameters
    ----------
    counts : DataFrame of int, index category
        An empty name: not recorded.
    before : int
        Wishes of the 12 months before.
    customers : int
        Customers who wished for something.

    Examples
    --------
    >>> asked.before, asked.customers
    (146, 163)
    """

    counts: pd.DataFrame
    before: int
    customers: int

    @property
    def n(self) -> int:
        return int(self.counts.to_numpy().sum())


def wishes(run: Run) -> Wishes | None:
    """Wishes by category and status; None without ``requests``.

    >>> wishes(run).before
    146
    """
    data = run.data
    if not data.has("requests"):
        return None
    since, earlier = months_away(data.as_of, -MONTHS), months_away(data.as_of, -2 * MONTHS)
    table = data.table("requests")
    recent = table.filter(table.on > since)
    by = recent.group_by(category=row.category.fill_null(""), status=row.status.fill_null(""))
    counted = by.aggregate(n=row.count()).order_by("category", "status").to_pandas()
    wide = counted.pivot(index="category", columns="status", values="n").fillna(0).astype(int)
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    wide = wide[wide.sum().sort_values(ascending=False, kind="stable").index]
    before = table.filter((table.on > earlier) & (table.on <= since)).count().to_pyarrow().as_py()
    return Wishes(wide, int(before), int(recent.customer_id.nunique().to_pyarrow().as_py()))
