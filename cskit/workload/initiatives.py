"""Did an initiative make the work lighter?"""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from ibis import _ as row

from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.before_after import Change, typical_change
from cskit.workload.cases import cases

__all__ = ["Initiative", "initiatives"]

YEAR = timedelta(days=365)  # before and after look as far as this


@dataclass(frozen=True)
class Initiative(Result):
    """One change to how the team works.

    Parameters
    ----------
    name, task, stop_rule : str
        Empty where not written down.
    started_on : date
    change : Change or None
        Minutes of a typical case of its task begun in the year after, as far as it has passed, against the year before;
        None where there were none on one side. The intervals of all initiatives hold together.
    with_case : bool
        A case is an onboarding or inquiry; otherwise one booking.

    Examples
    --------
    >>> one = initiatives(run)[-1]
    >>> one.name, str(one.started_on), round(one.change.before), round(one.change.after), one.with_case
    ('セルフオンボーディング', '2021-01-12', 930, 243, True)
    """

    name: str
    task: str
    stop_rule: str
    started_on: date
    change: Change | None
    with_case: bool


@shared
def initiatives(run: Run) -> tuple[Initiative, ...] | None:
    """Every initiative begun in the three years to the end of the period, the newest first; None without records.

    Before and after are compared, nothing else: what else happened then is in the difference too.

    >>> len(initiatives(run))
    5
    """
    if not run.data.has("initiatives", "started_on") or not run.data.has("time_logs"):
        return None
    table = run.data.table("initiatives")
    since = run.data.as_of - 3 * YEAR
    rows = table.filter(row.started_on > since).order_by(row.started_on.desc(), "name").to_pandas()
    found = _comparable(run, {str(task) for task in rows["task"].dropna()} - {""})
    # At the level that lets one of all claim a change by chance no more often than one alone might (Bonferroni).
    level = 1 - (1 - run.settings.report.confidence) / max(1, len(rows))
    return tuple(_one(run, found, entry, level) for entry in rows.to_dict("records"))


def _comparable(run: Run, tasks: set[str]) -> pd.DataFrame:
    """Cases of these tasks, of which a year's are on either side of an initiative."""
    columns = ["task", "named", "began", "minutes", "customer_id", "csm_id"]
    found = cases(run.data, run.settings.workload.case_days).filter(row.task.isin(sorted(tasks)), row.minutes > 0)
    frame = found.order_by("task", "case").select(columns).to_pandas() if tasks else pd.DataFrame(columns=columns)
    return frame.assign(began=pd.to_datetime(frame["began"]))


def _one(run: Run, found: pd.DataFrame, entry: dict[str, object], level: float) -> Initiative:
    start = pd.Timestamp(str(entry["started_on"]))
    words = {name: "" if pd.isna(entry[name]) else str(entry[name]) for name in ("name", "task", "stop_rule")}  # type: ignore[call-overload]
    own = found[found["task"] == words["task"]]
    # A case that was half done when it started belongs to neither side.
    window = timedelta(days=run.settings.workload.case_days if own["named"].any() else 0)
    before = (own["began"] >= start - YEAR) & (own["began"] < start - window)
    after = (own["began"] >= start) & (own["began"] < start + YEAR)
    sides = own[before | after]
    late = sides["began"] >= start
    customers = sides["customer_id"].fillna(sides["csm_id"])
    change = typical_change(sides["minutes"], late, customers, level)
    return Initiative(**words, started_on=start.date(), change=change, with_case=bool(own["named"].any()))
