"""Where do our hours go, and what did the new support modes change?"""

from dataclasses import dataclass

from cskit.metrics import Metric
from cskit.periods import Period, add_months
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared
from cskit.workload.hours import Capacity, Hours, capacity, hours, recorded_since
from cskit.workload.modes import ModeChange, mode_change

__all__ = ["Study", "study"]


@dataclass(frozen=True)
class Study(Result):
    """What the report on workload shows.

    Parameters
    ----------
    now : Hours
    before, year_before : Hours or None
        Of the period of comparison and the year before; None where it is not as long or not recorded as a whole.
    capacity : Capacity or None
        None without csms.
    modes : ModeChange or None
        None where nobody changed to operation or growth mode a whole quarter ago, or nothing of it is recorded.

    Examples
    --------
    >>> round(study(run).planned_load, 2)
    0.85
    """

    now: Hours
    before: Hours | None
    year_before: Hours | None
    capacity: Capacity | None
    modes: ModeChange | None
    planned_load: float
    confidence: float
    metrics: tuple[Metric, ...]

    @property
    def worked(self) -> float:
        """Hours of the people whose contracted hours are known."""
        rows = self.now.rows
        return float(rows.loc[rows["csm_id"].isin(self.capacity.who if self.capacity else ()), "hours"].sum())

    @property
    def load(self) -> float | None:
        """Their hours of their contracted hours; None where these are not known."""
        return self.worked / self.capacity.hours if self.capacity and self.capacity.hours else None


@shared
def study(run: Run) -> Study:
    """Everything on workload for a run's period.

    Raises
    ------
    NotAvailable
        Without both ``time_logs`` and ``touchpoints``.

    Examples
    --------
    >>> round(study(run).planned_load, 2)
    0.85
    """
    now = _hours(run, run.period)
    before, year_before = (
        _hours(run, period) if _comparable(run, period) else None for period in (run.compare_to, run.year_before)
    )
    modes = mode_change(run.data, run.settings.workload)
    room = capacity(run.data, run.period)
    metrics = (
        run.metric(
            "workload.hours",
            now.total,
            now.basis,
            before=before.total if before else None,
            n=now.people,
            year_before=year_before.total if year_before else None,
        ),
        run.metric(
            "workload.indirect_share",
            now.indirect_share,
            now.basis,
            before=before.indirect_share if before else None,
            n=now.people,
            year_before=year_before.indirect_share if year_before else None,
        ),
        *_ratios(run, modes),
    )
    levels = (run.settings.workload.planned_load, run.settings.report.confidence)
    return Study(now, before, year_before, room, modes, *levels, metrics)


def _comparable(run: Run, period: Period) -> bool:
    """Whether hours of a period stand beside those of the run's: as many months, all of them recorded."""
    since = recorded_since(run.data)
    whole = since is not None and since < add_months(period.start, 1)
    return whole and len(period.months) == len(run.period.months)


def _hours(run: Run, period: Period) -> Hours:
    data = run.data if run.data.as_of == period.end else run.data.at(period.end)
    return hours(data, run.settings.workload, period)


def _ratios(run: Run, modes: ModeChange | None) -> tuple[Metric, ...]:
    """Counted of the customers there are; their interval is that of what the change does to customers like these."""

    def ratio(what: str, value: float | None, estimated: float) -> Metric:
        around = modes.interval(what, run.settings.report.confidence) if modes else None
        n = modes.customers if modes else None
        return run.metric(f"workload.{what}_ratio", value, "assumed" if estimated else "counted", around, n=n)

    if modes is None:
        return tuple(ratio(what, None, 0.0) for what in ("meetings", "meeting_hours", "total_hours"))
    return (
        ratio("meetings", modes.meetings, 0.0),
        ratio("meeting_hours", modes.meeting_hours, modes.meeting_estimated_share),
        ratio("total_hours", modes.total_hours, modes.estimated_share),
    )
