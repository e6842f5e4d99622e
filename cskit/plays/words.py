"""Sentences on plays: what to do now is a list; whether it helped is said only where it can be told."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.plays.analysis import Study
from cskit.plays.followup import Done, Effect
from cskit.plays.words_list import action_rows, crm_rows, play_rows, title, why
from cskit.rows import Formats, Rows
from cskit.run import Run
from cskit.show import Decision, Finding, Headline

__all__ = [
    "action_rows",
    "begun",
    "crm_rows",
    "decision",
    "done",
    "done_rows",
    "effect",
    "headline",
    "hour_rows",
    "hours",
    "play_rows",
    "title",
    "to_do",
    "verdict",
    "verdict_now",
    "why",
]

KEYS = ("plays.called_for", "plays.waiting", "plays.open", "plays.done_share")


def headline(run: Run, study: Study) -> Headline:
    """The opening of the report.

    >>> print(headline(run, plays).verdict)
    449 actions are called for; 141 fit into the hours of the next 4 weeks, 308 wait. Of the 9 actions
    opened in the period before, 8 are done.
    """
    return run.headline("plays", verdict(study), KEYS, study.metrics)


def to_do(run: Run, study: Study) -> Headline:
    """The opening of the CSMs' list.

    >>> print(to_do(run, plays).verdict)
    449 actions are called for; 141 fit into the hours of the next 4 weeks, 308 wait. Of the 9 actions
    opened in the period before, 8 are done.
    """
    return run.headline("csm", verdict(study), KEYS[:3], study.metrics)


def verdict(study: Study) -> str:
    """How much is to be done, what of it fits, and what became of the last actions.

    >>> print(verdict(plays))
    449 actions are called for; 141 fit into the hours of the next 4 weeks, 308 wait. Of the 9 actions
    opened in the period before, 8 are done.
    """
    return i18n.sentences(verdict_now(study), _verdict_done(study.done))


def verdict_now(study: Study) -> str:
    """How much is to be done, and what of it fits.

    >>> print(verdict_now(plays))
    449 actions are called for; 141 fit into the hours of the next 4 weeks, 308 wait.
    """
    now = study.now
    fits, waits = now.count("new"), now.count("waits")
    if not fits + waits:
        return _("No play is called for that is not under way.")
    if not waits:
        return n_("{n} action is to begin now.", "{n} actions are to begin now.", fits)
    if now.hours is None:
        return _(
            "{n} actions are called for; for {waits} of them nobody is in charge.",
            n=i18n.number(fits + waits),
            waits=i18n.number(waits),
        )
    return _(
        "{n} actions are called for; {fits} fit into the hours of the next {weeks} weeks, {waits} wait.",
        n=i18n.number(fits + waits),
        fits=i18n.number(fits),
        weeks=i18n.number(now.weeks),
        waits=i18n.number(waits),
    )


def _verdict_done(ended: Done | None) -> str:
    if ended is None or not len(ended.rows):
        return ""
    return _(
        "Of the {n} actions opened in the period before, {done} are done.",
        n=i18n.number(len(ended.rows)),
        done=i18n.number(ended.count("in_time", "late")),
    )


def begun(study: Study) -> Finding:
    """What is under way.

    >>> print(begun(plays).text)
    3 actions are open, 0 past their due date.
    """
    now = study.now
    rows = now.rows[now.rows["state"].isin(["carried", "closable"])]
    if not len(rows):
        return Finding(_("No action is open (table actions)."))
    late = int((rows["due_on"] < pd.Timestamp(now.as_of)).sum())
    text = n_("{n} action is open, {late} past its due date.", "{n} actions are open, {late} past their due date.",
              len(rows), late=i18n.number(late))  # fmt: skip
    closable = now.count("closable")
    quiet = (
        n_(
            "{n} can be closed: what it was for is reached.",
            "{n} can be closed: what they were for is reached.",
            closable,
        )
        if closable
        else ""
    )
    strange = (
        n_(
            "{n} is of a play that is not in the catalogue; it is carried on as it is.",
            "{n} are of plays that are not in the catalogue; they are carried on as they are.",
            now.strange,
        )
        if now.strange
        else ""
    )
    return Finding(text, i18n.sentences(quiet, strange))


def hours(study: Study) -> Finding:
    """Whether the hours suffice, in all; nobody is named.

    >>> print(hours(plays).text)
    For the next 4 weeks the team has 150 h for actions; what is begun takes 0.0 h, new actions 140 h.
    For 204 h of work there is no time.
    """
    now, nobody = study.now, _nobody(study)
    if now.hours is None:
        text = _("Hours are not set against the list: they are not known, or a part of the customers is looked at.")
        return Finding(text, nobody)
    room = float(now.hours["room"].sum())
    taken, fresh, waits = (float(now.hours[name].sum()) for name in ("carried", "new", "waits"))
    text = _(
        "For the next {weeks} weeks the team has {room} for actions; what is begun takes {taken}, "
        "new actions {fresh}. For {waits} of work there is no time.",
        weeks=i18n.number(now.weeks),
        room=i18n.amount(room, "hours"),
        taken=i18n.amount(taken, "hours"),
        fresh=i18n.amount(fresh, "hours"),
        waits=i18n.amount(waits, "hours"),
    )
    full = int((now.hours["waits"] > 0).sum())
    spare = int(((now.hours["waits"] == 0) & (now.hours["room"] - now.hours[["carried", "new"]].sum(axis=1) > 1)).sum())
    uneven = (
        i18n.sentences(
            n_("{n} person has work that waits.", "{n} people have work that waits.", full),
            n_("{n} other has an hour or more to spare.", "{n} others have an hour or more to spare.", spare),
        )
        if full and spare
        else ""
    )
    held = (
        n_(
            "{n} further action is held back, so that no customer gets too many at a time.",
            "{n} further actions are held back, so that no customer gets too many at a time.",
            now.held_back,
        )
        if now.held_back
        else ""
    )
    return Finding(text, i18n.sentences(uneven, nobody, held))


def _nobody(study: Study) -> str:
    alone = study.now.rows["owner"].isna() & study.now.rows["state"].isin(["waits", "carried"])
    if not (count := int(alone.sum())):
        return ""
    return n_("For {n} action nobody is in charge.", "For {n} actions nobody is in charge.", count)


def hour_rows(study: Study) -> Rows | Finding:
    """Hours by person, for the team only, by id: who needs help, not who works well.

    >>> hour_rows(plays).caption, len(hour_rows(plays).frame)
    ('Hours of the next 4 weeks, by who is in charge', 8)
    """
    found = study.now.hours
    if found is None:
        return Finding("")
    labels = {"room": _("Hours for actions"), "carried": _("Begun"), "new": _("New"), "waits": _("Without hours")}
    frame = pd.DataFrame(
        {_("Person"): found.index.astype(str), **{labels[name]: found[name].to_numpy() for name in labels}}
    )
    formats: Formats = {label: lambda value: i18n.number(value, 1) for label in labels.values()}
    caption = _("Hours of the next {weeks} weeks, by who is in charge", weeks=i18n.number(study.now.weeks))
    return Rows(frame, caption, None, tuple(labels.values()), formats=formats)


def done(study: Study) -> Finding:
    """What became of the actions opened in the period before.

    >>> print(done(plays).text)
    Actions opened in Jan–Mar 2023: 9. Done: 8 (89 %), 4 of them late; dropped: 1.
    """
    ended = study.done
    if ended is None:
        return Finding(_("What was done is not recorded: it needs the table actions."))
    period = i18n.period_label(ended.period, fiscal=False)
    if not len(ended.rows):
        return Finding(_("No action was opened in {period}.", period=period))
    share = ended.share or 0.0
    text = _(
        "Actions opened in {period}: {n}. Done: {done} ({share}), {late} of them late; dropped: {dropped}.",
        n=i18n.number(len(ended.rows)),
        period=period,
        done=i18n.number(ended.count("in_time", "late")),
        share=i18n.share(share, 0),
        late=i18n.number(ended.count("late")),
        dropped=i18n.number(ended.count("dropped")),
    )
    left = ended.count("open", "overdue")
    rest = n_("{n} is still open.", "{n} are still open.", left) if left else ""
    said = ended.rows.loc[ended.rows["end"].isin(["in_time", "late"]), "outcome"].dropna().value_counts()
    told = i18n.several((f"{outcome} {i18n.number(count)}" for outcome, count in said.items()), ", ")
    return Finding(i18n.sentences(text, rest), _("Outcomes as noted: {told}.", told=told) if told else "")


def done_rows(study: Study) -> Rows | Finding:
    """The same by play: opened, in time, late, dropped, still open.

    >>> done_rows(plays).caption, len(done_rows(plays).frame)
    ('Actions opened in Jan–Mar 2023, as of 30 June 2023', 4)
    """
    ended = study.done
    if ended is None or not len(ended.rows):
        return Finding("")
    counts = pd.crosstab(ended.rows["play"], ended.rows["end"])
    labels = {
        "in_time": _("In time"),
        "late": _("Late"),
        "dropped": _("Dropped"),
        "overdue": _("Overdue"),
        "open": _("Open"),
    }
    counts = counts.reindex(columns=list(labels), fill_value=0)
    order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    frame = pd.DataFrame({_("Play"): [title(study.plays, str(name)) for name in order]})
    for name, label in labels.items():
        frame[label] = counts.loc[order, name].to_numpy()
    period = i18n.period_label(ended.period, fiscal=False)
    caption = _("Actions opened in {period}, as of {day}", period=period, day=i18n.day(ended.by))
    return Rows(frame, caption, None, tuple(labels.values()))


def effect(study: Study) -> Finding:
    """Whether acting helped: counts as facts, the difference only where its interval excludes none.

    >>> print(effect(plays).text)
    At risk on 31 December 2022 and on 31 March 2023: 16. Of the 4 acted on between, 0 are good or sound
    now; of the 12 others, 2. Too few to say whether acting helped ...
    """
    found = study.effect
    if found is None:
        return Finding(_("Whether acting helped cannot be said: it needs the table actions, and customers at risk."))
    acted, others = found.acted, found.others
    text = _(
        "At risk on {day} and on {middle}: {n}. Of the {acted} acted on between, {better} are good or sound now; of the {others} others, {others_better}.",
        day=i18n.day(found.first),
        middle=i18n.day(found.middle),
        n=i18n.number(len(found.rows)),
        acted=i18n.number(len(acted)),
        better=i18n.number(int(acted["improved"].sum())),
        others=i18n.number(len(others)),
        others_better=i18n.number(int(others["improved"].sum())),
    )
    return Finding(i18n.sentences(text, _helped(found)), _limits(found))


def _helped(found: Effect) -> str:
    weighted = found.weighted
    if weighted is None:
        return _("Too few to say whether acting helped (fewer than {n} of a sort).", n=i18n.number(found.least))
    values = {
        "points": i18n.number(100 * abs(weighted.share - weighted.other), 0),
        "low": i18n.number(100 * weighted.interval.low, 0, signed=True),
        "high": i18n.number(100 * weighted.interval.high, 0, signed=True),
    }
    match weighted.interval.direction():
        case "up":
            return _(
                "Made comparable, {points} percentage points more of those acted on improved ({low} to {high}).",
                **values,
            )
        case "down":
            return _(
                "Made comparable, {points} percentage points fewer of those acted on improved ({low} to {high}).",
                **values,
            )
    return _("Made comparable, whether acting helped cannot be told ({low} to {high} percentage points).", **values)


def _limits(found: Effect) -> str:
    """What cannot be concluded, and how comparable the two groups are."""
    chosen = i18n.sentences(
        _("Nobody acts on who has left or is well again, so only those who were at risk on both days are compared."),
        _(
            "Whom to act on was chosen, not drawn by lot: what the team knew beyond score and ARR may explain a difference."
        ),
    )
    if found.weighted is None:
        return chosen
    apart = max(abs(after) for _before, after in found.weighted.balance.values()) if found.weighted.balance else 0.0
    balance = _(
        "After weighting, score and ARR at the start differ by at most {apart} standard deviations.",
        apart=i18n.number(apart, 2),
    )
    return i18n.sentences(chosen, balance)


def decision(study: Study) -> Decision | None:
    """What the list asks for: hours where the weightiest action waits, else to begin.

    >>> print(decision(plays).text)
    Find hours for the 308 actions that wait, or say which plays are not worth it.
    """
    now = study.now
    fresh = now.rows[now.rows["state"].isin(["new", "waits"])]
    if fresh.empty:
        return None
    weight = float(fresh["value"].sum() / max(now.facts["arr"].sum(), 1.0)) if now.facts["arr"].notna().any() else 0.0
    urgency = min(0.5, weight)
    if now.hours is not None and (waits := now.count("waits")):
        text = n_(
            "Find hours for the {n} action that waits, or say which play is not worth it.",
            "Find hours for the {n} actions that wait, or say which plays are not worth it.",
            waits,
        )
        return Decision(text, urgency)
    return Decision(n_("Begin {n} action.", "Begin {n} actions.", len(fresh)), urgency)
