"""How did the new modes reach the customers: told, chosen, moved, and did anybody complain?"""

from dataclasses import dataclass
from functools import reduce

import ibis
from ibis import _ as row

from cskit.data import Data
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.workload.modes import NEW_MODES

__all__ = ["Rollout", "rollout", "upper_bound"]


@dataclass(frozen=True, slots=True)
class Rollout(Result):
    """Customers, by how far they came.

    Parameters
    ----------
    told : int or None
        Of whom a record says that they were told; None where none does.
    moved, chosen : int
        In a new mode, and of those by their own choice.
    complained : int or None
        Of those moved; None where neither inquiries nor wishes came with the data.
    complaint_high : float
        The share of complaints it may be with so many moved and so few complaints.

    Examples
    --------
    >>> rollout(run).told
    64
    """

    told: int | None
    moved: int
    chosen: int
    complained: int | None
    complaint_high: float


@shared
def rollout(run: Run) -> Rollout | None:
    """Count; None where nobody moved to a new mode.

    >>> rollout(run).told
    64
    """
    data, rules, confidence = run.data, run.settings.workload.rollout, run.settings.report.confidence
    if not data.has("service_levels"):
        return None
    levels = data.table("service_levels").filter(row["mode"].isin(NEW_MODES))
    moved = levels.group_by("customer_id").aggregate(
        moved_on=row.from_on.min(), chosen=(row.chosen_by == "customer").fill_null(False).any()
    )
    sums = moved.aggregate(n=moved.count(), chosen=moved.chosen.sum()).to_pandas()
    n = int(sums["n"].iloc[0])
    if not n:
        return None
    complained = _complained(data, moved, rules.complaint_words)
    high = upper_bound(complained, n, confidence) if complained is not None else 1.0
    return Rollout(_told(data, rules.told_words), n, int(sums["chosen"].iloc[0]), complained, high)


def upper_bound(events: int, n: int, confidence: float = 0.95) -> float:
    """The share that so few events may come from: exact, one-sided (Clopper and Pearson 1934).

    >>> round(upper_bound(0, 64), 4)
    0.0457
    """
    from scipy.special import betaincinv

    return 1.0 if events >= n else float(betaincinv(events + 1, n - events, confidence))


def _said(columns: list[ibis.expr.types.StringValue], words: list[str]) -> ibis.expr.types.BooleanValue:
    hits = [column.lower().contains(word.lower()).fill_null(False) for column in columns for word in words]
    return reduce(lambda one, two: one | two, hits, ibis.literal(False))


def _told(data: Data, words: list[str]) -> int | None:
    parts = []
    for table, columns in (("touchpoints", ("agreed", "note")), ("actions", ("play",))):
        if data.has(table):
            rows = data.table(table)
            parts.append(rows.filter(_said([rows[name] for name in columns], words)).select("customer_id"))
    if not parts:
        return None
    both = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return int(both.customer_id.nunique().to_pyarrow().as_py()) or None


def _complained(data: Data, moved: ibis.Table, words: list[str]) -> int | None:
    parts = []
    for table, when in (("tickets", "opened_at"), ("requests", "on")):
        if data.has(table, "category"):
            rows = data.table(table)
            hit = rows.filter(_said([rows.category], words))
            parts.append(hit.select("customer_id", day=hit[when].cast("date")))
    if not parts:
        return None
    both = ibis.union(*parts) if len(parts) > 1 else parts[0]
    after = both.join(moved, "customer_id").filter(lambda t: t.day >= t.moved_on)
    return int(after.customer_id.nunique().to_pyarrow().as_py())
