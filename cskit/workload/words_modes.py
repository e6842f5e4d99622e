"""Sentences on support modes: as agreed and as lived, how they reached the customers, and what another mix would take."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.rows import Rows
from cskit.run import Run
from cskit.show import Finding
from cskit.workload.rollout import Rollout
from cskit.workload.served import Projects, Served
from cskit.workload.whatif import Load, Mixes

__all__ = ["mix_rows", "mixes", "projects", "rollout", "served", "served_rows"]


def served(found: tuple[Served, ...] | None) -> Finding:
    """Whether what was agreed took place, and in how many meetings there was nothing new.

    >>> print(served(lived).text)
    Of the meetings agreed for the last 12 months 88 % took place (1,366 of 1,555). In 35 % of the
    meetings there was nothing new, and 35 % were moved at least once.
    """
    if not found:
        return Finding(_("How customers are served is not recorded (tables service_levels and touchpoints)."))
    agreed = [one for one in found if one.agreed]
    parts = []
    if agreed:
        held, meant = sum(one.meetings for one in agreed), sum(one.agreed or 0 for one in agreed)
        parts.append(
            _(
                "Of the meetings agreed for the last 12 months {share} took place ({held} of {meant}).",
                share=i18n.share(held / meant, 0),
                held=i18n.number(held),
                meant=i18n.number(meant),
            )
        )
    known = [one for one in found if one.basis != "assumed"]
    meetings = sum(one.meetings for one in known)
    if meetings:
        empty = sum(one.meetings * one.mode.nothing_new for one in known) / meetings
        moved = sum(one.meetings * one.mode.moved for one in known) / meetings
        parts.append(
            _(
                "In {empty} of the meetings there was nothing new, and {moved} were moved at least once.",
                empty=i18n.share(empty, 0),
                moved=i18n.share(moved, 0),
            )
        )
    return Finding(i18n.sentences(*parts) or _("No meeting of a support mode took place in the last 12 months."))


def served_rows(found: tuple[Served, ...] | None) -> Rows:
    """Each mode as it is lived.

    >>> served_rows(lived).caption, len(served_rows(lived).frame)
    ('Support modes over the last 12 months, per meeting; around it: preparation and follow-up,
    minutes', 8)
    """
    bases = {"measured": _("measured"), "estimated": _("estimated"), "assumed": _("assumed")}
    frame = pd.DataFrame(
        [
            {
                _("Mode"): i18n.term(one.name),
                _("Customers"): i18n.number(one.customers),
                _("Meetings a year"): i18n.number(one.mode.per_year, 1),
                _("Minutes"): i18n.number(one.mode.minutes),
                _("Around it"): i18n.number(one.mode.prep + one.mode.followup),
                _("Nothing new"): i18n.share(one.mode.nothing_new, 0),
                _("Held of agreed"): "–" if one.delivered is None else i18n.share(one.delivered, 0),
                _("Basis"): bases[one.basis],
            }
            for one in found or ()
        ]
    )
    caption = _("Support modes over the last 12 months, per meeting; around it: preparation and follow-up, minutes")
    return Rows(frame, caption, 10, tuple(frame.columns[1:7]))


def rollout(run: Run, found: Rollout | None) -> Finding:
    """Told, chosen, moved, complained.

    >>> from cskit import workload
    >>> print(rollout(run, workload.rollout(run)).text)
    64 customers were told. 64 customers are in a new mode, 56 by their own choice. 0 of those moved
    complained; with so many moved, that may still come from a share of up to 4.6 %.
    """
    if found is None:
        return Finding(
            _("Nobody has moved to operation or growth mode yet, or it is not recorded (table service_levels).")
        )
    moved = n_(
        "{n} customer is in a new mode, {chosen} by its own choice.",
        "{n} customers are in a new mode, {chosen} by their own choice.",
        found.moved,
        chosen=i18n.number(found.chosen),
    )
    told = (
        _("Who was told is not recorded.")
        if found.told is None
        else n_("{n} customer was told.", "{n} customers were told.", found.told)
    )
    if found.complained is None:
        return Finding(
            i18n.sentences(told, moved), _("Complaints are not recorded (tickets or requests with a category).")
        )
    complaints = n_(
        "{n} of those moved complained; with so many moved, that may still come from a share of up to {high}.",
        "{n} of those moved complained; with so many moved, that may still come from a share of up to {high}.",
        found.complained,
        high=i18n.share(found.complaint_high),
    )
    felt = run.settings.workload.felt_ratio
    words = (
        _("Felt by the team, not measured: {share} of the hours before.", share=i18n.share(felt, 0))
        if felt is not None
        else ""
    )
    return Finding(i18n.sentences(told, moved, complaints), words)


def projects(found: Projects | None) -> Finding:
    """What growth mode takes.

    >>> from cskit import workload
    >>> print(projects(workload.projects(run)).text)
    For the 4 customers in growth mode projects took 35.4 h of 119 h since each began, within the last
    12 months.
    """
    if found is None:
        return Finding(_("Nobody is in growth mode, or no work is recorded."))
    text = n_(
        "For {n} customer in growth mode projects took {hours} of {all} since it began, within the last 12 months.",
        "For the {n} customers in growth mode projects took {hours} of {all} since each began, within the last 12 months.",
        found.customers,
        hours=i18n.amount(found.hours, "hours"),
        all=i18n.amount(found.all_hours, "hours"),
    )
    themes = _("A theme is on record for {themes} of them.", themes=i18n.number(found.themes))
    return Finding(text, themes)


def mixes(found: Mixes | None) -> Finding:
    """What moving the rest would take: meetings, meeting hours, total hours.

    >>> from cskit import workload
    >>> print(mixes(workload.mixes(run, lived)).text)
    If 109 customers more moved: 68 % of today's meetings, 100 % of the meeting hours, 79 % of the total
    hours. That is −74.0 h a month.
    """
    if found is None:
        return Finding(_("Without modes on record no other mix can be worked out (table service_levels)."))
    n = sum(found.moved.values())
    if not n and not found.other:
        return Finding(_("Nobody is left to move: every customer is in a mode that stays."))
    now, then = found.now, found.what_if
    shares = {
        "meetings": _of(then.meetings, now.meetings),
        "hours": _of(then.meeting_hours, now.meeting_hours),
        "total": _of(then.total_hours, now.total_hours),
    }
    text = (
        n_(
            "If {n} customer more moved: {meetings} of today's meetings, {hours} of the meeting hours, {total} of the total hours.",
            "If {n} customers more moved: {meetings} of today's meetings, {hours} of the meeting hours, {total} of the total hours.",
            n,
            **shares,
        )
        if n
        else _(
            "With the modes as asked: {meetings} of today's meetings, {hours} of the meeting hours, {total} of the total hours.",
            **shares,
        )
    )
    saved = _("That is {hours} a month.", hours=i18n.amount(then.total_hours - now.total_hours, "hours", signed=True))
    quiet = [
        _(
            "Each mode as it is lived today; whether customers who are moved behave like those who are in it already is assumed."
        )
    ]
    if found.other:
        names = i18n.listed([i18n.term(name) for name in found.other])
        quiet.append(_("Other than lived, as params ask: {modes}.", modes=names))
    if found.assumed:
        names = i18n.listed([i18n.term(name) for name in found.assumed])
        quiet.append(_("Not fully measured (standard times or values from params): {modes}.", modes=names))
    return Finding(i18n.sentences(text, saved), i18n.sentences(*quiet))


def mix_rows(found: Mixes | None) -> Rows:
    """The three mixes side by side, a month each.

    >>> from cskit import workload
    >>> mix_rows(workload.mixes(run, lived)).caption
    'Three mixes with the modes as lived today'
    """
    named = (
        [(_("A year before"), found.before), (_("Now"), found.now), (_("If they moved"), found.what_if)]
        if found
        else []
    )
    loads: list[tuple[str, Load]] = [(name, load) for name, load in named if load]
    modes = sorted({mode for _name, load in loads for mode in load.customers})
    rows: dict[str, list[str]] = {
        i18n.term(mode): [i18n.number(load.customers.get(mode, 0)) for _n, load in loads] for mode in modes
    }
    rows[_("meetings")] = [i18n.number(load.meetings, 1) for _n, load in loads]
    rows[_("of these with nothing new")] = [i18n.number(load.nothing_new, 1) for _n, load in loads]
    rows[_("meeting hours")] = [i18n.number(load.meeting_hours, 1) for _n, load in loads]
    rows[_("total hours")] = [i18n.number(load.total_hours, 1) for _n, load in loads]
    frame = pd.DataFrame(list(rows.values()) if loads else [], columns=[name for name, _load in loads])
    frame.insert(0, _("Customers by mode; per month"), list(rows) if loads else [])
    return Rows(frame, _("Three mixes with the modes as lived today"), 20, tuple(frame.columns[1:]), sortable=False)


def _of(then: float, now: float) -> str:
    return i18n.share(then / now, 0) if now else "–"
