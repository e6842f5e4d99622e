"""Sentences on workload: meeting count, meeting hours and total hours are three numbers."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.rows import Rows
from cskit.run import Run
from cskit.show import Decision, Finding, Headline
from cskit.workload.analysis import Study
from cskit.workload.hours import PHASES
from cskit.workload.modes import ModeChange
from cskit.workload.outlook import Outlook
from cskit.workload.words_cost import (
    costs,
    cube_rows,
    dear_rows,
    independence,
    initiative_rows,
    initiatives,
    people,
    people_rows,
    task_rows,
    unlogged,
    unlogged_rows,
)
from cskit.workload.words_modes import mix_rows, mixes, projects, rollout, served, served_rows
from cskit.workload.words_outlook import calendar, calendar_rows, hiring, inbound, outlook, plan_rows, shortfall
from cskit.workload.words_outlook import metrics as outlook_metrics

__all__ = [
    "calendar",
    "calendar_rows",
    "costs",
    "cube_rows",
    "customer_rows",
    "dear_rows",
    "decision",
    "headline",
    "hiring",
    "inbound",
    "independence",
    "initiative_rows",
    "initiatives",
    "mix_rows",
    "mixes",
    "modes",
    "outlook",
    "people",
    "people_rows",
    "phases",
    "plan_rows",
    "projects",
    "rollout",
    "served",
    "served_rows",
    "shortfall",
    "task_rows",
    "tasks",
    "unlogged",
    "unlogged_rows",
    "verdict",
]

KEYS = ("workload.hours", "workload.meetings_ratio", "workload.meeting_hours_ratio", "workload.total_hours_ratio")


def headline(run: Run, study: Study, ahead: Outlook | None = None) -> Headline:
    """The opening of the report; with ``ahead`` it says as well whether the hours will suffice.

    >>> print(headline(run, hours, ahead).verdict)
    CS work took 1,866 hours. The new support modes take 33 % of the meetings, 81 % of the meeting hours
    and 47 % (estimated) of the total hours. Hours above plan in the ...
    """
    said = i18n.sentences(verdict(study), shortfall(ahead) if ahead else "")
    if ahead is None:
        return run.headline("workload_model", said, KEYS, study.metrics)
    keys = (*KEYS, "workload.hires_needed")
    return run.headline("workload_model", said, keys, (*study.metrics, *outlook_metrics(run, ahead)))


def verdict(study: Study) -> str:
    """Hours of the period, and what the new modes changed.

    >>> print(verdict(hours))
    CS work took 1,866 hours. The new support modes take 33 % of the meetings, 81 % of the meeting hours
    and 47 % (estimated) of the total hours.
    """
    number = i18n.number(study.now.total)
    if study.now.basis == "assumed":
        hours = _("CS work took {hours} hours (estimated).", hours=number)
    else:
        hours = _("CS work took {hours} hours.", hours=number)
    ratios = _ratios(study.modes)
    if ratios is None:
        return hours
    changed = _(
        "The new support modes take {meetings} of the meetings, {hours} of the meeting hours and {total} of the total hours.",
        **ratios,
    )
    return i18n.sentences(hours, changed)


def tasks(study: Study) -> Finding:
    """The largest task, indirect work, and how full the team is.

    >>> print(tasks(hours).text)
    Most hours go into follow-up: 20 % of 1,866 h. Indirect work takes 26 %.
    """
    now = study.now
    if not now.total:
        return Finding(_("No hours are recorded in this period."))
    largest = now.by("task")
    text = _(
        "Most hours go into {task}: {share} of {total}.",
        task=i18n.term(str(largest.index[0])) or _("without a task"),
        share=i18n.share(float(largest.iloc[0]) / now.total, 0),
        total=i18n.amount(now.total, "hours"),
    )
    text = i18n.sentences(text, _("Indirect work takes {share}.", share=i18n.share(now.indirect_share or 0.0, 0)))
    quiet = [_load(study)]
    if now.estimated_share:
        quiet.append(
            _(
                "{share} of the hours rest on contacts and standard minutes, because nobody booked them (estimated).",
                share=i18n.share(now.estimated_share, 0),
            )
        )
    if now.left_out:
        quiet.append(
            n_(
                "{n} contact without a person is left out: somebody booked in its month, so its time may be booked.",
                "{n} contacts without a person are left out: somebody booked in their month, so their time may be booked.",
                now.left_out,
            )
        )
    return Finding(text, i18n.sentences(*quiet))


def phases(study: Study) -> Rows:
    """Hours by phase, now and before.

    >>> phases(hours).caption, len(phases(hours).frame)
    ('Hours by phase: onboarding before going live, live after', 3)
    """
    now = study.now.by("phase")
    before = study.before.by("phase") if study.before else pd.Series(dtype=float)
    names = [name for name in PHASES if name in now or name in before]
    frame = pd.DataFrame(
        {
            _("Phase"): [i18n.term(name) for name in names],
            _("Hours"): [i18n.number(float(now.get(name, 0.0))) for name in names],
            _("Share"): [i18n.share(float(now.get(name, 0.0)) / (study.now.total or 1), 0) for name in names],
        }
    )
    if study.before:
        frame[_("Compared")] = [i18n.number(float(before.get(name, 0.0))) for name in names]
    return Rows(frame, _("Hours by phase: onboarding before going live, live after"), numeric=tuple(frame.columns[1:]))


def modes(study: Study) -> Finding:
    """A third of the meetings, not of the hours.

    >>> print(modes(hours).text)
    64 customers changed: 33 % of the meetings, 81 % of the meeting hours, 47 % (estimated) of the total
    hours.
    """
    found, ratios = study.modes, _ratios(study.modes)
    if found is None or ratios is None:
        return Finding(
            _("No customer has been in operation or growth mode for a whole quarter, or meetings are not recorded.")
        )
    text = _(
        "{n} customers changed: {meetings} of the meetings, {hours} of the meeting hours, {total} of the total hours.",
        n=i18n.number(found.customers),
        **ratios,
    )
    before, after = found.before["meetings"].mean(), found.after["meetings"].mean()
    quiet = _(
        "Per customer and year {before} meetings became {after}. The rest of the hours is preparation, follow-up and moving meetings.",
        before=i18n.number(12 * before, 1),
        after=i18n.number(12 * after, 1),
    )
    if around := found.interval("total_hours", study.confidence):
        low, high = (i18n.share(end, 0) for end in (around.low, around.high))
        quiet = i18n.sentences(
            quiet,
            _(
                "For customers like these the total hours would come to {low} to {high} of those before.",
                low=low,
                high=high,
            ),
        )
    if found.estimated_share:
        quiet = i18n.sentences(
            quiet,
            _(
                "{share} of these minutes are standard times, not measured (estimated).",
                share=i18n.share(found.estimated_share, 0),
            ),
        )
    return Finding(text, quiet)


def customer_rows(study: Study) -> Rows:
    """The customers with most hours.

    >>> customer_rows(hours).caption, len(customer_rows(hours).frame)
    ('Customers with most hours, share of all hours', 415)
    """
    rows = study.now.customers
    frame = pd.DataFrame(
        {
            _("Customer"): rows["name"].fillna(rows["customer_id"]),
            _("Hours"): rows["hours"],
            _("Share"): rows["hours"] / (study.now.total or 1),
        }
    )
    formats = {_("Hours"): lambda value: i18n.number(value, 1), _("Share"): i18n.share}
    caption = _("Customers with most hours, share of all hours")
    return Rows(frame, caption, 10, (_("Hours"), _("Share")), export="hours_by_customer", full=rows, formats=formats)


def decision(study: Study) -> Decision | None:
    """Where time could be found.

    >>> print(decision(hours).text)
    Measure preparation and follow-up of the 64 customers in the new modes: 33 % of the meetings are
    left, but 47 % (estimated) of the total hours.
    """
    if study.load is not None and study.capacity is not None and study.load > study.planned_load:
        text = _(
            "Take {hours} hours of work off the team, or add people: it was {load} full in this period, {planned} is planned.",
            hours=i18n.number(study.worked - study.planned_load * study.capacity.hours),
            load=i18n.share(study.load, 0),
            planned=i18n.share(study.planned_load, 0),
        )
        return Decision(text, urgency=min(1.0, study.load))
    found, ratios = study.modes, _ratios(study.modes)
    if found and ratios and round((found.total_hours or 0) - (found.meetings or 0), 2) > 0:
        text = n_(
            "Measure preparation and follow-up of {n} customer in the new modes: {meetings} of the meetings are left, but {total} of the total hours.",
            "Measure preparation and follow-up of the {n} customers in the new modes: {meetings} of the meetings are left, but {total} of the total hours.",
            found.customers,
            meetings=ratios["meetings"],
            total=ratios["total"],
        )
        return Decision(text, urgency=0.35)
    return None


def _ratios(found: ModeChange | None) -> dict[str, str] | None:
    """The three ratios as they are said, estimates marked; None unless all are known."""
    if found is None or found.meetings is None or found.meeting_hours is None or found.total_hours is None:
        return None
    return {
        "meetings": i18n.share(found.meetings, 0),
        "hours": _share(found.meeting_hours, found.meeting_estimated_share),
        "total": _share(found.total_hours, found.estimated_share),
    }


def _share(value: float, estimated: float) -> str:
    text = i18n.share(value, 0)
    return _("{value} (estimated)", value=text) if estimated else text


def _load(study: Study) -> str:
    if study.load is None or study.capacity is None:
        return ""
    return _(
        "The team of {n} worked {worked} of {capacity} contracted hours, leave not taken off: it was {load} full, "
        "{planned} is planned.",
        n=i18n.number(study.capacity.people),
        worked=i18n.number(study.worked),
        capacity=i18n.number(study.capacity.hours),
        load=i18n.share(study.load, 0),
        planned=i18n.share(study.planned_load, 0),
    )
