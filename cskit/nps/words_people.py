"""Sentences on people: those who answered both waves, whose vote counts, and those who are silent."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.nps.analysis import Study
from cskit.nps.panel import Panel
from cskit.nps.silent import Silent
from cskit.nps.weighting import Votes
from cskit.rows import Rows
from cskit.show import Finding

__all__ = ["migration", "named", "paired", "silent", "silent_rows", "votes"]

KINDS = (1, 0, -1)


def paired(study: Study, panel: Panel | None) -> Finding:
    """Whether the people who answered both waves changed their minds: about them alone.

    >>> print(paired(waves, panel).text)
    Among the 13 people who answered both waves NPS moved by +15.4 points; whether they think better or
    worse of us cannot be told (95 % interval −43.8 to +74.5).
    """
    if panel is None or study.before is None:
        return Finding(_("There is no earlier wave whose people could be followed."))
    if panel.moved is None:
        few = _("Too few people answered both waves to follow them: fewer than {n}.", n=max(2, study.minimum_cell))
        return Finding(few, "", panel.metrics)
    values = {
        "points": i18n.points(panel.moved.points),
        "low": i18n.points(panel.moved.interval.low),
        "high": i18n.points(panel.moved.interval.high),
        "n": i18n.number(panel.n),
        "level": study.level,
    }
    match panel.direction:
        case "up":
            text = _(
                "The {n} people who answered both waves rate us higher than before: {points} points among them ({level} interval {low} to {high}).",
                **values,
            )
        case "down":
            text = _(
                "The {n} people who answered both waves rate us lower than before: {points} points among them ({level} interval {low} to {high}).",
                **values,
            )
        case _other:
            text = _(
                "Among the {n} people who answered both waves NPS moved by {points} points; whether they think better or worse of us cannot be told ({level} interval {low} to {high}).",
                **values,
            )
    quiet = [_("This is about the people who answered both times, not about all customers.")]
    if panel.p < 1:
        quiet.append(
            _(
                "Stuart–Maxwell p = {p}: how often the three shares would move so much or more by chance.",
                p=i18n.number(panel.p, 3),
            )
        )
    return Finding(text, i18n.sentences(*quiet), panel.metrics)


def migration(study: Study, panel: Panel | None) -> Rows | Finding:
    """Where the people who answered both waves went; less of it where the cells are small.

    >>> print(migration(waves, panel).quiet)
    Who moved from which category to which is not shown: groups of fewer than 5 people are in it.
    >>> from dataclasses import replace
    >>> migration(replace(waves, minimum_cell=3), panel).frame
                      Moved People
    0  to a higher category      4
    1      stayed in theirs      6
    2   to a lower category      3
    """
    if panel is None or panel.moved is None:
        return Finding("")
    if not _small(panel.steps.to_numpy().ravel(), study.minimum_cell):
        names = _kinds()
        frame = pd.DataFrame({_("before, now"): [names[kind] for kind in KINDS]})
        for kind in KINDS:
            frame[names[kind]] = [i18n.number(float(n)) for n in panel.steps[kind]]
        caption = _("People who answered both waves, by category before (rows) and now (columns)")
        return Rows(frame, caption, numeric=tuple(frame.columns[1:]))
    if not _small(panel.ways, study.minimum_cell):
        ways = (_("to a higher category"), _("stayed in theirs"), _("to a lower category"))
        frame = pd.DataFrame({_("Moved"): ways, _("People"): [i18n.number(n) for n in panel.ways]})
        return Rows(frame, _("People who answered both waves"), numeric=(_("People"),))
    few = _(
        "Who moved from which category to which is not shown: groups of fewer than {n} people are in it.",
        n=study.minimum_cell,
    )
    return Finding("", few)


def votes(study: Study, found: Votes) -> Finding:
    """Whether NPS depends on who has a vote.

    >>> from cskit.facts import arr_by_customer
    >>> from cskit import nps
    >>> print(votes(waves, nps.votes(run, waves, arr_by_customer(run.data))).text)
    The same answers of 28 companies, counted in different ways: by person +6.4, by company +5.7 and by
    ARR −10.7.
    """
    level, n = study.level, i18n.number(found.company.companies)
    sides = [(_("by person"), found.respondent.nps), (_("by company"), found.company.nps)]
    if found.arr:
        sides.append((_("by ARR"), found.arr.nps))
    said = i18n.listed([f"{name} {i18n.points(nps)}" for name, nps in sides])
    text = _("The same answers of {n} companies, counted in different ways: {votes}.", n=n, votes=said)
    quiet = [_("That these differ does not show that large and small customers think differently.")]
    if found.wave.weighted:
        quiet.append(_("By person, answers count by their survey weights, and that interval decides."))
    else:
        quiet.append(_("By person decides the sentences of this report."))
    quiet.append(
        _(
            "By Tango's score method, as if each answered alone: {low} to {high} ({level}).",
            low=i18n.points(found.tango.low),
            high=i18n.points(found.tango.high),
            level=level,
        )
    )
    if found.arr is None:
        quiet.append(_("ARR of those who answered is not known, so there is no NPS by ARR."))
    elif found.without_arr:
        quiet.append(
            n_(
                "{n} company that answered has no ARR and is not in it.",
                "{n} companies that answered have no ARR and are not in it.",
                found.without_arr,
            )
        )
    return Finding(text, i18n.sentences(*quiet), found.metrics)


def silent(study: Study, found: Silent | None) -> Finding:
    """What those who did not answer could change.

    >>> from cskit import nps
    >>> print(silent(waves, nps.silent(run, waves, grades)).text)
    58 of the 105 people asked gave no score: with all of them detractors NPS would be −52.4, with all
    of them promoters +58.1.
    """
    if found is None:
        return Finding(
            _(
                "Who was asked is not recorded (table nps_invitations), so nothing can be said of those who did not answer."
            )
        )
    tip = found.tipping
    if not tip.silent:
        return Finding(_("Everybody who was asked gave a score."))
    text = _(
        "{silent} of the {asked} people asked gave no score: with all of them detractors NPS would be {low}, with all of them promoters {high}.",
        silent=i18n.number(tip.silent),
        asked=i18n.number(tip.asked),
        low=i18n.points(tip.bounds.low),
        high=i18n.points(tip.bounds.high),
    )
    quiet = []
    if tip.zero is not None:
        quiet.append(_("NPS of everybody asked would be 0 if theirs were {nps}.", nps=i18n.points(tip.zero)))
    else:
        quiet.append(_("Whatever they think, the sign of NPS would stay."))
    if tip.still is not None and study.before:
        quiet.append(
            _("It would be that of {wave} if theirs were {nps}.", wave=study.before.name, nps=i18n.points(tip.still))
        )
    elif study.before:
        quiet.append(
            _("Whatever they think, NPS would stay on the same side of that of {wave}.", wave=study.before.name)
        )
    quiet.append(
        _(
            "If who answered is chance, NPS of the people asked, at that date, lies within {low} to {high} ({level}).",
            low=i18n.points(tip.finite.low),
            high=i18n.points(tip.finite.high),
            level=study.level,
        )
    )
    return Finding(text, i18n.sentences(*quiet))


def silent_rows(study: Study, found: Silent | None) -> Rows | Finding:
    """Response by group, and whether any answers more or less often than the others.

    >>> from cskit import nps
    >>> silent_rows(waves, nps.silent(run, waves, grades)).caption
    'No group answers more or less often than chance explains. By role and health grade all are in one
    group, so there is nothing to compare.'
    """
    if found is None:
        return Finding("")
    missing = _("Nothing on record by {kinds}.", kinds=_kinds_of(found.missing)) if found.missing else ""
    alike = (
        _("By {kinds} all are in one group, so there is nothing to compare.", kinds=_kinds_of(found.alike))
        if found.alike
        else ""
    )
    if found.groups.empty:
        return Finding(i18n.sentences(_("Who did not answer cannot be said by group."), missing, alike))
    told, rows = found.told(study.confidence), found.groups
    if told.empty:
        says = _("No group answers more or less often than chance explains.")
    else:
        names = i18n.listed([f"{named(row['group'])} ({i18n.share(row['share'], 0)})" for row in _records(told)])
        says = _(
            "More or less often than the other groups, beyond chance over all of these rows: {groups}.", groups=names
        )
    frame = pd.DataFrame(
        {
            _("Group"): [
                _("{kind}: {group}", kind=i18n.term(row["kind"]), group=named(row["group"])) for row in _records(rows)
            ],
            _("Asked"): [i18n.number(n) for n in rows["asked"]],
            _("Answered"): [i18n.share(share, 0) for share in rows["share"]],
            _("{level} interval", level=study.level): [
                _("{low} to {high}", low=i18n.share(row["low"], 0), high=i18n.share(row["high"], 0))
                for row in _records(rows)
            ],
        }
    )
    return Rows(frame, i18n.sentences(says, missing, alike), numeric=tuple(frame.columns[1:]))


def named(code: str) -> str:
    """A group in the reader's words; several merged ones one after the other.

    >>> named("mid + enterprise")
    'mid-size + enterprise'
    """
    return " + ".join(i18n.term(part) for part in code.split(" + "))


def _kinds() -> dict[int, str]:
    return {1: _("promoters"), 0: _("passives"), -1: _("detractors")}


def _kinds_of(codes: tuple[str, ...]) -> str:
    return i18n.listed([i18n.term(code) for code in codes])


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.to_dict("records")


def _small(cells: Iterable[int], least: int) -> bool:
    """Whether any group is too small to be shown; an empty one is no group."""
    return any(0 < cell < least for cell in cells)
