"""Who takes less time for a case, beyond luck and easy cases, and how long until a new member works alone?

For the team's own eyes. The purpose is the flow: what those who need less time do otherwise, not an appraisal.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from ibis import _ as row

from cskit.periods import months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.stats.pooling import Pooled, pooled
from cskit.stats.survival import Completion, completion
from cskit.workload.cases import cases

__all__ = ["People", "independence", "people"]

COLUMNS = ["kind", "csm_id", "customer_id", "minutes"]
LEAST = 10  # customers of one person below which it is compared with nobody: fewer and luck is claimed too often


@dataclass(frozen=True)
class People(Result):
    """The members compared over the last 12 months.

    Parameters
    ----------
    compared : Pooled or None
        On the logarithm of minutes a case; None where nobody can be compared.
    faster : tuple of str
        Who certainly needs less time than the mean of all.
    tasks : DataFrame, columns task, faster, others, n_faster, n_others
        Median minutes a case of those and of the others, by kind of case; empty without both.
    independence : Completion
        Days from joining to working alone; who is not there yet is censored.

    Examples
    --------
    >>> len(team.faster)
    1
    """

    compared: Pooled | None
    faster: tuple[str, ...]
    tasks: pd.DataFrame
    independence: Completion


@shared
def people(run: Run) -> People:
    """Compare people with partial pooling, and time new members.

    >>> len(people(run).faster)
    1
    """
    found = _recent(run) if run.data.has("time_logs") else pd.DataFrame(columns=COLUMNS, dtype=float)
    confidence = run.settings.report.confidence
    minutes = np.log(found["minutes"].to_numpy(float))
    compared = pooled(minutes, found["csm_id"], found["kind"], found["customer_id"], confidence, LEAST)
    groups = compared.groups if compared else pd.DataFrame({"p": [], "own": []})
    sure = (groups["p"] < 1 - confidence) & (groups["own"] < 0)
    faster = tuple(str(name) for name in groups.index[sure])
    return People(compared, faster, _tasks(found, faster), independence(run))


def _recent(run: Run) -> pd.DataFrame:
    """Cases of the last 12 months done by one person, for customers."""
    found = cases(run.data, run.settings.workload.case_days).filter(
        row.began > months_away(run.data.as_of, -12), row.csm_id != "", row.customer_id.notnull(), row.minutes > 0
    )
    return found.order_by("task", "case").select(COLUMNS).to_pandas()


def _tasks(found: pd.DataFrame, faster: tuple[str, ...]) -> pd.DataFrame:
    side = found["csm_id"].isin(faster).map({True: "faster", False: "others"})
    columns = ["task", "faster", "others", "n_faster", "n_others"]
    if side.nunique() < 2:
        return pd.DataFrame(columns=columns)
    by_kind = found.groupby(["kind", side])["minutes"]
    each = by_kind.median().unstack().join(by_kind.size().unstack().add_prefix("n_")).dropna().reset_index(names="task")
    return each.sort_values(["n_others", "task"], ascending=[False, True], ignore_index=True)[columns]


def independence(run: Run) -> Completion:
    """Days from joining to working alone, of everybody whose joining is known; who left before counts until then.

    >>> independence(run).n
    9
    """
    if not run.data.has("csms", "joined_on", "independent_on"):
        return completion([], [], run.settings.report.confidence)
    rows = run.data.table("csms").filter(lambda t: t.joined_on.notnull()).order_by("csm_id").to_pandas()
    joined, done = pd.to_datetime(rows["joined_on"]), pd.to_datetime(rows["independent_on"])
    end = done.fillna(pd.to_datetime(rows["left_on"])).fillna(pd.Timestamp(run.data.as_of))
    return completion((end - joined).dt.days, done.notna(), run.settings.report.confidence)
