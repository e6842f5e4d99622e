"""Sentences on workload: meeting count, meeting hours and total hours are three numbers."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.run import Run
from cskit.show import Decision, Finding, Headline, Rows
from cskit.workload.analysis import Study

__all__ = ["decision", "headline", "modes", "people_rows", "phases", "tasks", "verdict"]

KEYS = ("workload.hours", "workload.meetings_ratio", "workload.meeting_hours_ratio", "workload.total_hours_ratio")


def headline(run: Run, study: Study) -> Headline:
    """The opening of the report."""
    return run.headline("workload_model", verdict(study), KEYS, study.metrics)


def verdict(study: Study) -> str:
    """Hours of the period, and what the new modes changed."""
    hours = _("CS work took {hours} hours.", hours=i18n.number(study.now.total))
    found = study.modes
    if found is None or found.meetings is None or found.meeting_hours is None or found.total_hours is None:
        return hours
    return (
        hours
        + " "
        + _(
            "In the new support modes customers meet us {meetings} as often, for {meeting_hours} of the meeting "
            "hours and {total_hours} of the total hours.",
            meetings=i18n.share(found.meetings, 0),
            meeting_hours=i18n.share(found.meeting_hours, 0),
            total_hours=i18n.share(found.total_hours, 0),
        )
    )


def tasks(study: Study) -> Finding:
    """The largest task, indirect work, and how full the team is."""
    now = study.now
    if not now.total:
        return Finding(_("No hours are recorded in this period."))
    largest = now.by("task")
    text = _(
        "Most hours go into {task}: {share} of {total}.",
        task=str(largest.index[0]) or _("without a task"),
        share=i18n.share(float(largest.iloc[0]) / now.total, 0),
        total=i18n.amount(now.total, "hours"),
    )
    indirect = float(now.by("phase").get("indirect", 0.0)) / now.total
    text = i18n.sentences(text, _("Indirect work takes {share}.", share=i18n.share(indirect, 0)))
    quiet = [_load(study)]
    if now.estimated_share:
        quiet.append(
            _(
                "{share} of the hours rest on contacts and standard minutes, because nobody booked them (estimated).",
                share=i18n.share(now.estimated_share, 0),
            )
        )
    return Finding(text, i18n.sentences(*quiet))


def phases(study: Study) -> Rows:
    """Hours by phase, now and before."""
    now, before = study.now.by("phase"), study.before.by("phase")
    names = [name for name in ("onboarding", "live", "indirect") if name in now or name in before]
    frame = pd.DataFrame(
        {
            _("Phase"): [i18n.term(name) for name in names],
            _("Hours"): [i18n.number(float(now.get(name, 0.0))) for name in names],
            _("Share"): [i18n.share(float(now.get(name, 0.0)) / (study.now.total or 1), 0) for name in names],
            _("Compared"): [i18n.number(float(before.get(name, 0.0))) for name in names],
        }
    )
    return Rows(frame, _("Hours by phase: onboarding before going live, live after"), numeric=tuple(frame.columns[1:]))


def modes(study: Study) -> Finding:
    """A third of the meetings, not of the hours."""
    found = study.modes
    if found is None or found.meetings is None or found.meeting_hours is None or found.total_hours is None:
        return Finding(
            _("No customer has been in operation or growth mode for a whole quarter, or meetings are not recorded.")
        )
    values = {
        "n": i18n.number(found.customers),
        "meetings": i18n.share(found.meetings, 0),
        "hours": i18n.share(found.meeting_hours, 0),
        "total": i18n.share(found.total_hours, 0),
    }
    text = _(
        "{n} customers changed: {meetings} of the meetings, {hours} of the meeting hours, {total} of the total hours.",
        **values,
    )
    before, after = found.before["meetings"] / found.customers, found.after["meetings"] / found.customers
    quiet = _(
        "Per customer and year {before} meetings became {after}. The rest of the hours is preparation, follow-up and moving meetings.",
        before=i18n.number(12 * before, 1),
        after=i18n.number(12 * after, 1),
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


def people_rows(study: Study) -> Rows:
    """Hours by person; for internal use only, never on a leadership page."""
    by_person = study.now.by("csm_id")
    frame = pd.DataFrame({_("Person"): by_person.index, _("Hours"): [i18n.number(value, 1) for value in by_person]})
    return Rows(frame, _("Hours by person, internal"), 30, (_("Hours"),), export="hours_by_person")


def decision(study: Study) -> Decision | None:
    """Where time could be found."""
    load = _load_share(study)
    if load is not None and load > study.planned_load:
        text = _(
            "Take {hours} hours of work off the team a quarter, or add people: it is {load} full, {planned} is planned.",
            hours=i18n.number(study.now.total - study.planned_load * study.capacity.hours if study.capacity else 0),
            load=i18n.share(load, 0),
            planned=i18n.share(study.planned_load, 0),
        )
        return Decision(text, urgency=min(1.0, load))
    if study.modes and study.modes.total_hours is not None and study.modes.total_hours > 1 / 3:
        text = n_(
            "Measure preparation and follow-up of {n} customer in the new modes: the hours fell less than the meetings.",
            "Measure preparation and follow-up of the {n} customers in the new modes: the hours fell less than the meetings.",
            study.modes.customers,
        )
        return Decision(text, urgency=0.35)
    return None


def _load_share(study: Study) -> float | None:
    return study.now.total / study.capacity.hours if study.capacity and study.capacity.hours else None


def _load(study: Study) -> str:
    load = _load_share(study)
    if load is None or study.capacity is None:
        return ""
    return _(
        "The team of {n} had {capacity} hours: it was {load} full, {planned} is planned.",
        n=i18n.number(study.capacity.people),
        capacity=i18n.number(study.capacity.hours),
        load=i18n.share(load, 0),
        planned=i18n.share(study.planned_load, 0),
    )
