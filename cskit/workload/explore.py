"""What if people were hired, or customers met otherwise? Load against plan, the chance of too few hours, and cost."""

from collections.abc import Iterator
from typing import get_args

from cskit import i18n
from cskit.explore import Choice, Explorer, Number, Panel, Tried
from cskit.explore.controls import Control
from cskit.i18n import _
from cskit.run import Run
from cskit.settings import ModeName
from cskit.workload import charts, words
from cskit.workload.cost import Costs
from cskit.workload.outlook import Outlook
from cskit.workload.replanned import Plans, Replanning
from cskit.workload.served import Served
from cskit.workload.words_replanned import replanned, replanned_rows

__all__ = ["what_if"]

ALL = ("workload.",)
MODES = ("workload.what_if.",)


def what_if(run: Run, ahead: Outlook | None, lived: tuple[Served, ...] | None, spent: Costs) -> Explorer:
    """Sliders for hires, plan and support modes, and what the report would say by them.

    Parameters
    ----------
    run : Run
    ahead : Outlook or None
        What was drawn stays as it is; None: hires and plan are not asked about.
    lived : tuple of Served or None
        The support modes as they are lived; None: they are not asked about.
    spent : Costs

    Examples
    --------
    >>> explorer = what_if(run, ahead, lived, spent)
    >>> explorer.move("workload.planned_load", 0.7)
    >>> explorer.moved
    {'workload.planned_load': 0.7}
    """
    again = Replanning(run, ahead, lived, spent)
    before = again.published

    def tried(what: Tried) -> Plans:
        return again.plans(what.settings)

    def months(what: Tried) -> object:
        plans = tried(what)
        return charts.outlook(plans.ahead, plans.moved, before.ahead)

    def said(what: Tried) -> object:
        plans = tried(what)
        return words.outlook(plans.run, plans.ahead, plans.moved)

    panels = (
        Panel(months, ALL),
        Panel(lambda what: replanned(before, tried(what)), ALL),
        Panel(lambda what: charts.overload(tried(what).ahead, before.ahead), ALL),
        Panel(lambda what: replanned_rows(before, tried(what)), ALL),
        Panel(said, ALL),
        Panel(lambda what: words.plan_rows(tried(what).run, tried(what).staffing), ALL),
        Panel(lambda what: words.mixes(tried(what).mixes), MODES),
        Panel(lambda what: words.mix_rows(tried(what).mixes), MODES),
    )
    return Explorer(run, [*_hires(again), *_plan(again), *_moves(again), *_modes(again)], panels)


def _hires(again: Replanning) -> Iterator[Number]:
    """People who would begin in each of the months to come."""
    for month in again.drawn.ahead if again.drawn else ():
        label, path = i18n.month(month.date()), f"workload.outlook.hires.{month:%Y-%m}"
        yield Number(path, label, 0, 10, 1, _("people"), group=_("Hires planned, by the month they begin"), absent=0)


def _plan(again: Replanning) -> Iterator[Control]:
    """What is planned of the hours, and how a new member grows into them."""
    if again.drawn is None:
        return
    group, place, most = _("Plan and new members"), "workload.outlook", len(again.drawn.ahead) - 1
    planned, leave, accepted = _("Planned load"), _("Leave"), _("Overload accepted in a month")
    lead, ramp, months = _("To the first day"), _("To working alone"), _("months")
    weekly, share = _("Hours a week"), _("Of these for customer success")
    yield Number("workload.planned_load", planned, 50, 100, 1, "%", per_cent=True, group=group)
    yield Number("workload.leave", leave, 0, 30, 1, "%", per_cent=True, group=group)
    yield Number(f"{place}.overload_at_most", accepted, 1, 50, 1, "%", per_cent=True, group=group)
    part = _("A new member, where one is planned")
    yield Number(f"{place}.lead_months", lead, 0, most, 1, months, group=group, part=part)
    if again.drawn.ramp is None:  # otherwise it is as joiners did
        yield Number(f"{place}.ramp_months", ramp, 0, 12, 1, months, group=group, part=part)
    yield Number(f"{place}.weekly_hours", weekly, 8, 48, 1, group=group, part=part)
    yield Number(f"{place}.cs_share", share, 10, 100, 5, "%", per_cent=True, group=group, part=part)


def _moves(again: Replanning) -> Iterator[Choice]:
    """Where the customers of each mode would move."""
    options = {mode: i18n.term(mode) for mode in get_args(ModeName)}
    for mode, n in again.now.items():
        label = _("{mode} ({n})", mode=i18n.term(mode), n=i18n.number(n))
        group = _("Where customers would move, by mode")
        yield Choice(f"workload.what_if.moves.{mode}", label, options, group, absent=mode)


def _modes(again: Replanning) -> Iterator[Number]:
    """How a mode would be: it begins where it is lived, to the nearest step, and is that exactly until it is moved."""
    parts = {
        "per_year": (_("Meetings a year"), 52, 0.5, ""),
        "minutes": (_("Minutes"), 180, 1, ""),
        "prep": (_("Preparation"), 180, 1, _("minutes")),
        "followup": (_("Follow-up"), 180, 1, _("minutes")),
    }
    group = _("How a mode would be")
    asked = again.published.mixes.what_if.customers if again.published.mixes else {}
    lived = {**again.run.settings.workload.modes} | {one.name: one.mode for one in again.served}
    known = {str(name): mode for name, mode in lived.items() if mode.per_year}
    for mode in (name for name in dict.fromkeys([*asked, *again.now]) if name in known):
        for part, (label, most, step, unit) in parts.items():
            value = step * round(getattr(known[mode], part) / step)
            path = f"workload.what_if.modes.{mode}.{part}"
            yield Number(path, label, 0, most, step, unit, group=group, part=i18n.term(mode), absent=value)
