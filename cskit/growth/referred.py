"""How many customers came, or may come, through customers?"""

from dataclasses import dataclass

import pandas as pd

from cskit.metrics import Metric
from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared

__all__ = ["Referred", "referred"]


@dataclass(frozen=True)
class Referred(Result):
    """Referrals of the last 24 months.

    Parameters
    ----------
    rows : DataFrame, columns referral_id, customer_id, on, category, status, recent
        The newest first; ``status`` as known today; ``recent``: of the last 12 months.

    Examples
    --------
    >>> list(page.referred.rows.columns)
    ['referral_id', 'customer_id', 'on', 'category', 'status', 'recent']
    """

    rows: pd.DataFrame
    metrics: tuple[Metric, ...]

    @property
    def recent(self) -> pd.DataFrame:
        return self.rows[self.rows["recent"]]


@shared
def referred(run: Run) -> Referred | None:
    """Referrals of the last 12 months, and of the 12 before; None where they are not recorded.

    >>> list(referred(run).rows.columns)
    ['referral_id', 'customer_id', 'on', 'category', 'status', 'recent']
    """
    if not run.data.has("referrals"):
        return None
    year_ago, before = (pd.Timestamp(months_away(run.data.as_of, -back)) for back in (12, 24))
    table = run.data.table("referrals").select("referral_id", "customer_id", "on", "category", "status")
    rows = table.order_by("on", "referral_id").to_pandas()
    rows = rows.assign(on=pd.to_datetime(rows["on"]))
    rows = rows[rows["on"] > before].iloc[::-1].reset_index(drop=True)
    rows = rows.assign(recent=rows["on"] > year_ago)
    count = int(rows["recent"].sum())
    metric = run.metric("growth.referrals", count, "counted", year_before=len(rows) - count)
    return Referred(rows, (metric,))
