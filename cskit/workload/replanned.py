"""The same months by other plans: what was drawn stays, only what is planned is set against it again."""

from dataclasses import dataclass

from cskit.explore import Latest
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Settings
from cskit.workload.cost import Costs
from cskit.workload.outlook import Outlook, against
from cskit.workload.plans import Plan, churned, planned
from cskit.workload.served import Served
from cskit.workload.whatif import Mixes, in_modes, mixed

__all__ = ["Plans", "Replanning"]


@dataclass(frozen=True)
class Plans(Result):
    """What the report would say by some settings.

    Parameters
    ----------
    run : Run
        With these settings.
    ahead, moved : Outlook or None
        The months to come, and the same had the support modes changed.
    mixes : Mixes or None
    costs : Costs
    hour : float
        What an hour of the period cost, on average.
    lost : tuple of int
        See :func:`cskit.workload.plans.churned`.

    Examples
    --------
    Nobody has to be hired, and the modes asked about would take 74 hours a month less:

    >>> now = Replanning(run, ahead, lived, spent).published
    >>> now.ahead.hires, [one.hires for one in now.staffing], round(now.moved.more)
    (0, [0, 1], -74)
    """

    run: Run
    ahead: Outlook | None
    moved: Outlook | None
    mixes: Mixes | None
    costs: Costs
    hour: float
    lost: tuple[int, int]

    @property
    def staffing(self) -> tuple[Plan, ...]:
        """Cost and margin under each plan."""
        return planned(self.run, self.ahead, self.costs, self.lost) if self.ahead else ()


class Replanning:
    """Plans by the settings tried last; asked again by the same, it says the same at once.

    Parameters
    ----------
    run : Run
    ahead : Outlook or None
    lived : tuple of Served or None
    spent : Costs
        As published.

    Attributes
    ----------
    plans : callable of Settings, giving Plans

    Examples
    --------
    Were only half of the contracted hours to be planned:

    >>> from cskit.params import settings_with
    >>> again = Replanning(run, ahead, lived, spent)
    >>> again.plans(settings_with({"workload": {"planned_load": 0.5}})).ahead.hires
    4
    """

    def __init__(self, run: Run, ahead: Outlook | None, lived: tuple[Served, ...] | None, spent: Costs):
        self.run, self.costs, self.lost = run, spent, churned(run)
        self.drawn, self.served = ahead.drawn if ahead else None, lived or ()
        self.then, self.now = in_modes(run.data) if self.served else ({}, {})
        hours = float(self.costs.work["hours"].sum()) * 12 / len(run.period.months)
        self.hour = self.costs.total / hours if hours else run.settings.money.hourly_cost
        self.published = self._plans(run.settings)
        self.plans = Latest(self._plans, (run.settings, self.published))

    def _plans(self, settings: Settings) -> Plans:
        mixes = mixed(self.then, self.now, self.served, settings.workload) if self.served else None
        ahead = against(self.drawn, settings) if self.drawn else None
        moved = against(self.drawn, settings, mixes.more) if self.drawn and mixes and mixes.more else None
        return Plans(self.run.by(settings), ahead, moved, mixes, self.costs, self.hour, self.lost)
