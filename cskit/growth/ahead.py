"""What comes up for renewal in the quarters ahead, and how much of it is with customers at risk?"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cskit.growth.analysis import Study
from cskit.growth.money import named
from cskit.metrics import Metric
from cskit.periods import add_months, months_away
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared

__all__ = ["AT_RISK", "GRADES", "Ahead", "ahead"]

GRADES = ("action", "caution", "sound", "good", "unknown")
AT_RISK = ("action", "caution")


@dataclass(frozen=True)
class Ahead(Result):
    """Renewals by quarter and grade.

    Parameters
    ----------
    rows : DataFrame, columns customer_id, name, quarter, ends_on, notice_by, auto_renew, arr, grade, at_risk, passed
        By notice date, or the end of the term where there is none. ``quarter``: the first day of the three months in
        which the term ends; ``passed``: notice can no longer be given.
    quarters : tuple of (date, date)
        First and last day of each.
    graded : bool
        Whether grades are known.

    Examples
    --------
    >>> page.ahead.graded, str(page.ahead.as_of)
    (True, '2023-06-30')
    """

    rows: pd.DataFrame
    quarters: tuple[tuple[date, date], ...]
    graded: bool
    as_of: date
    metrics: tuple[Metric, ...]

    @property
    def matrix(self) -> pd.DataFrame:
        """ARR by quarter (rows) and grade (columns), worst first."""
        starts = [first for first, _last in self.quarters]
        sums = self.rows.pivot_table(index="quarter", columns="grade", values="arr", aggfunc="sum", observed=False)
        return sums.reindex(index=starts, columns=list(GRADES)).fillna(0.0).astype(float)

    @property
    def at_risk(self) -> pd.DataFrame:
        return self.rows[self.rows["at_risk"]]


@shared
def ahead(run: Run, study: Study, grades: pd.Series | None = None) -> Ahead | None:
    """Terms that end in the quarters ahead, each with the grade of its customer; None without contracts.

    >>> ahead(run, page.money).graded
    False
    """
    if study.renewals is None:
        return None
    day = study.as_of
    count = -(-study.months_ahead // 3)
    ends = [min(months_away(day, 3 * place), months_away(day, study.months_ahead)) for place in range(1, count + 1)]
    starts = [add_months(day.replace(day=1), 1 + 3 * place) for place in range(count)]
    rows = study.renewals
    until = pd.to_datetime(rows["ends_on"])
    place = [next(k for k, end in enumerate(ends) if one <= pd.Timestamp(end)) for one in until]
    known = {} if grades is None else grades.dropna().to_dict()
    grade = pd.Series([known.get(one, "unknown") for one in rows["customer_id"]], rows.index, dtype=object)
    notice = pd.to_datetime(rows["notice_by"])
    frame = rows.assign(
        name=named(rows["customer_id"], study.names),
        quarter=pd.Series([starts[k] for k in place], index=rows.index, dtype=object),
        ends_on=until,
        notice_by=notice,
        grade=grade,
        at_risk=grade.isin(AT_RISK),
        passed=notice < pd.Timestamp(day),
    )
    order = notice.fillna(until)
    frame = frame.assign(order=order).sort_values(["order", "arr", "customer_id"], ascending=[True, False, True])
    frame = frame.drop(columns="order").reset_index(drop=True)
    metric = run.metric(
        "growth.renewals_at_risk",
        float(frame.loc[frame["at_risk"], "arr"].sum()) if known else None,
        "counted",
        n=len(frame),
    )
    return Ahead(frame, tuple(zip(starts, ends, strict=True)), bool(known), day, (metric,))
