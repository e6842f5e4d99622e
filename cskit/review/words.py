"""Sentences of a review. What the customer reads speaks of its goals, its use and what was agreed; never of scores."""

from typing import Any

import pandas as pd

from cskit import i18n
from cskit.catalogue import in_language
from cskit.i18n import _, n_
from cskit.plays.words_list import title, why
from cskit.review.analysis import Study
from cskit.rows import Formats, Rows
from cskit.show import Finding, Headline

__all__ = [
    "agenda",
    "agreed",
    "answers",
    "goal_rows",
    "goals",
    "hand_over",
    "headline",
    "health",
    "inquiries",
    "news",
    "notes",
    "offers",
    "people",
    "proposals",
    "step_rows",
    "steps",
    "usage",
    "wishes",
]

FIRST_CONTACT = 14  # days in which who takes over says hello
WRITTEN = 3  # lines to fill in
RECENT = 6  # of what was agreed and noted: rows shown, the newest first


def headline(study: Study) -> Headline:
    """The opening, for the customer as well.

    >>> print(headline(review).verdict)
    2 of 4 goals are reached. 1 is past its date. Users in the last three months: 489 on average, 478 in
    the three before.
    """
    return Headline(i18n.sentences(_goals_said(study), _use_said(study)), (), ())


def _goals_said(study: Study) -> str:
    rows = study.own.goals
    if not len(rows):
        return _("No goal is agreed yet.")
    reached, late = int(rows["achieved_on"].notna().sum()), int(_late(study).sum())
    text = n_("{reached} of {n} goal is reached.", "{reached} of {n} goals are reached.", len(rows), reached=reached)
    return i18n.sentences(text, n_("{n} is past its date.", "{n} are past their date.", late) if late else "")


def _late(study: Study) -> pd.Series:
    rows = study.own.goals
    return rows["achieved_on"].isna() & (rows["due_on"] < pd.Timestamp(study.as_of))


def _use_said(study: Study) -> str:
    """Against the same months' mean before: what was seen, and no cause."""
    users = study.own.usage["users"].dropna().astype(float) if len(study.own.usage) else pd.Series(dtype=float)
    if len(users) < 6:
        return ""
    now, before = float(users.iloc[-3:].mean()), float(users.iloc[-6:-3].mean())
    values = {"now": i18n.number(now), "before": i18n.number(before)}
    return _("Users in the last three months: {now} on average, {before} in the three before.", **values)


def goals(study: Study) -> Finding:
    """Where they want to be, and where they are.

    >>> print(goals(review).text)
    2 goals are reached. 2 are on their way. 1 is past its date.
    """
    rows = study.own.goals
    if not len(rows):
        return Finding(_("No goal is agreed yet. Agree on one: what it is, how it is measured, and by when."))
    open_ = rows[rows["achieved_on"].isna()]
    late = int(_late(study).sum())
    reached = n_("{n} goal is reached.", "{n} goals are reached.", len(rows) - len(open_))
    waits = n_("{n} is on its way.", "{n} are on their way.", len(open_)) if len(open_) else ""
    past = n_("{n} is past its date.", "{n} are past their date.", late) if late else ""
    return Finding(i18n.sentences(reached, waits, past))


def goal_rows(study: Study) -> Rows | Finding:
    """Each goal with where it began, where it stands, and how much of the way that is.

    >>> goal_rows(review).caption, len(goal_rows(review).frame)
    ('Goal by goal', 4)
    """
    rows = study.own.goals
    if not len(rows):
        return Finding("")
    begin, target, now = (rows[name].astype(float) for name in ("baseline", "target", "current"))
    span, units = target - begin, [study.discreet(unit) for unit in rows["unit"]]
    way = ((now - begin) / span.where(span != 0)).clip(0, 1).where(rows["achieved_on"].isna(), 1.0)
    frame = pd.DataFrame(
        {
            _("Goal"): [study.discreet(goal) or _("(left out)") for goal in rows["goal"]],
            _("Began at"): [_measured(*pair) for pair in zip(begin, units, strict=True)],
            _("Stands at"): [_measured(*pair) for pair in zip(now, units, strict=True)],
            _("Aimed at"): [_measured(*pair) for pair in zip(target, units, strict=True)],
            _("Of the way"): way.fillna(0.0),
            _("Due by"): rows["due_on"],
            _("State"): [
                _("reached") if pd.notna(done) else _("past its date") if late else _("on its way")
                for done, late in zip(rows["achieved_on"], _late(study), strict=True)
            ],
        }
    )
    formats: Formats = {_("Of the way"): lambda share: i18n.share(share, 0), _("Due by"): lambda d: i18n.day(d.date())}
    return Rows(frame, _("Goal by goal"), None, (_("Of the way"),), formats=formats,
                bars=(_("Of the way"),), sortable=False)  # fmt: skip


def _measured(value: float, unit: str) -> str:
    if value != value:
        return "–"
    return f"{i18n.number(value, 0 if value == round(value) else 1)} {unit}".strip()


def usage(study: Study) -> Finding:
    """How it is used, and how many of its features.

    >>> print(usage(review).text)
    Users in the last three months: 489 on average, 478 in the three before.
    """
    rows = study.own.usage
    if not len(rows):
        return Finding(_("Use is not on record."), missing=True)
    features = rows["features"].dropna()
    quiet = _("Features in use last month: {n}.", n=i18n.number(int(features.iloc[-1]))) if len(features) else ""
    return Finding(_use_said(study) or _("There are too few months to compare."), quiet)


def agreed(study: Study) -> Rows | Finding:
    """What was agreed in the year, newest first; nothing that names another customer.

    >>> agreed(review).caption, len(agreed(review).frame)
    ('Newest first', 1)
    """
    rows = _with_text(study, "agreed")
    if not len(rows):
        return Finding(_("Nothing that was agreed is on record."), missing=True)
    frame = pd.DataFrame({_("On"): rows["on"], _("Agreed"): rows["agreed"]})
    formats: Formats = {_("On"): lambda day: i18n.day(day.date())}
    return Rows(frame, _("Newest first"), RECENT, formats=formats, sortable=False)


def _with_text(study: Study, column: str) -> pd.DataFrame:
    rows = study.own.meetings
    if not len(rows) or column not in rows:
        return pd.DataFrame(columns=["on", column])
    rows = rows.assign(**{column: [study.discreet(text) for text in rows[column]]})
    return rows[rows[column] != ""].iloc[::-1]


def inquiries(study: Study) -> Finding:
    """What they asked, and what is open.

    >>> print(inquiries(review).text)
    1 inquiry in twelve months. All solved.
    """
    rows = study.own.tickets
    if not len(rows):
        return Finding(_("No inquiry in the last twelve months."))
    open_ = rows[rows["resolved_at"].isna()]
    text = n_("{n} inquiry in twelve months.", "{n} inquiries in twelve months.", len(rows))
    left = (
        n_("{n} of them is still open.", "{n} of them are still open.", len(open_)) if len(open_) else _("All solved.")
    )
    about = rows["category"].map(study.discreet)
    counts = about[about != ""].value_counts()
    top = i18n.several((f"{name} {i18n.number(count)}" for name, count in counts.head(3).items()), ", ")
    return Finding(i18n.sentences(text, left), _("Most about: {top}.", top=top) if top else "")


def wishes(study: Study) -> Rows | Finding:
    """What they wished for, and what became of it; nothing that names another customer.

    >>> from dataclasses import replace
    >>> asked = pd.DataFrame({"on": pd.to_datetime(["2023-02-01", "2023-05-01"]), "status": ["planned", None]})
    >>> asked["category"] = ["pricing", f"as {review.names[0]} has it"]
    >>> print(wishes(replace(review, own=replace(review.own, requests=asked))).written.to_string(index=False))
                 On    Wish   State
         1 May 2023       –
    1 February 2023 pricing planned
    >>> wishes(review).text
    ''
    """
    rows = study.own.requests
    if not len(rows):
        return Finding("")
    rows = rows.iloc[::-1]
    frame = pd.DataFrame(
        {
            _("On"): rows["on"],
            _("Wish"): [study.discreet(text) or "–" for text in rows["category"]],
            _("State"): [i18n.term(text) if (text := study.discreet(one)) else "" for one in rows["status"]],
        }
    )
    formats: Formats = {_("On"): lambda day: i18n.day(day.date())}
    return Rows(frame, _("Your wishes of the last twelve months"), RECENT, formats=formats, sortable=False)


def news(study: Study) -> Rows | Finding:
    """Topics brought over: what came since the last contact, then the rest of the year's.

    >>> news(review).caption, len(news(review).frame)
    ('Of the last twelve months, newest first', 2)
    """
    rows = study.news
    if not len(rows):
        return Finding(_("There is no news on record."), missing=True)
    unseen = rows["on"] > pd.Timestamp(study.heard) if study.heard else pd.Series(True, index=rows.index)
    kinds = {"feature": _("new feature"), "service": _("service"), "success_story": _("success story")}
    frame = pd.DataFrame(
        {
            _("Title"): rows["title"],
            _("Kind"): [kinds.get(str(kind), "") for kind in rows["kind"]],
            _("On"): rows["on"],
            _("New since we spoke"): [_("yes") if one else "" for one in unseen],
        }
    )
    formats: Formats = {_("On"): lambda day: i18n.day(day.date())}
    return Rows(frame, _("Of the last twelve months, newest first"), RECENT, formats=formats, sortable=False)


def agenda(study: Study) -> Rows:
    """The meeting's minutes by topic; a topic without anything to show gives its time to the others.

    >>> agenda(review).caption, len(agenda(review).frame)
    ('Agenda, 90 minutes', 6)
    """
    own, rules = study.own, study.rules
    words = {
        "agreed": _("What we agreed last time"),
        "goals": _("Goals: where we want to be, and where we are"),
        "use": _("How it is used"),
        "inquiries": _("Inquiries and wishes"),
        "news": _("What is new"),
        "next": _("Next steps, and who does what"),
    }
    there = {
        "agreed": len(_with_text(study, "agreed")),
        "use": len(own.usage),
        "inquiries": len(own.tickets) + len(own.requests),
        "news": len(study.news),
    }
    shares = {name: share for name, share in rules.agenda.items() if there.get(name, 1)}
    total = sum(shares.values()) or 1.0
    exact = {name: rules.minutes * share / total for name, share in shares.items()}
    minutes = _rounded(exact, rules.minutes)
    frame = pd.DataFrame(
        {_("Topic"): [words.get(name, name) for name in minutes], _("Time, minutes"): list(minutes.values())}
    )
    caption = _("Agenda, {n} minutes", n=i18n.number(rules.minutes))
    return Rows(frame, caption, None, (_("Time, minutes"),), sortable=False)


def _rounded(exact: dict[str, float], whole: int, step: int = 5) -> dict[str, int]:
    """To steps of five minutes that add up to the whole: the largest remainders first.

    >>> _rounded({"a": 47.0, "b": 28.0, "c": 15.0}, 90)
    {'a': 45, 'b': 30, 'c': 15}
    """
    step = step if whole % step == 0 else 1
    floor = {name: int(value // step) * step for name, value in exact.items()}
    order = sorted(exact, key=lambda name: floor[name] - exact[name])
    for name in order[: (whole - sum(floor.values())) // step]:
        floor[name] += step
    return floor


def steps(study: Study) -> Finding:
    """When the next review is.

    >>> print(steps(review).text)
    Agree on the date of the next review.
    """
    month = study.own.about["next_review"]
    when = _("Next review: {month}.", month=i18n.month(month.date())) if pd.notna(month) else ""
    return Finding(when or _("Agree on the date of the next review."))


def step_rows(_study: Study) -> Rows:
    """Room to write down, in the meeting, who does what.

    >>> step_rows(review).caption, len(step_rows(review).frame)
    ('To fill in together', 3)
    """
    room = ["\N{NO-BREAK SPACE}"] * WRITTEN
    frame = pd.DataFrame({_("To do"): room, _("Who does it"): room, _("By when"): room})
    return Rows(frame, _("To fill in together"), None, sortable=False)


def health(study: Study) -> Finding:
    """For the team: grade, score, and what moved it.

    >>> print(health(review).text)
    Health: sound, 68 points.
    """
    if study.grade is None:
        return Finding(_("Health is not known."))
    text = _("Health: {grade}.", grade=i18n.term(study.grade))
    if study.score is not None:
        text = _("Health: {grade}, {score} points.", grade=i18n.term(study.grade), score=i18n.number(study.score))
    moved = [f"{i18n.term(item)} {i18n.number(value, 1, signed=True)}" for item, value in study.reasons]
    quiet = ""
    if study.change is not None:
        change = i18n.number(study.change, 1, signed=True)
        quiet = _("{change} points in three months.", change=change)
        if moved:
            quiet = _("{change} points in three months: {items}.", change=change, items=i18n.listed(moved))
    return Finding(text, quiet)


def answers(study: Study) -> Rows | Finding:
    """For the team: the newest answers; comments only of who agreed to be quoted, and only where the settings show any.

    >>> print(answers(review).text)
    Nobody there has answered a survey.
    """
    rows = study.own.answers
    if not len(rows):
        return Finding(_("Nobody there has answered a survey."))
    frame = pd.DataFrame({_("Wave"): rows["wave"], _("Answer"): rows["score"].astype(int)})
    if study.comments:
        shared = rows["may_share"].fillna(False).astype(bool)
        frame[_("Comment")] = rows["comment"].where(shared, "").fillna("")
    return Rows(frame, _("Answers to the newest survey, 0 to 10"), None, (_("Answer"),), sortable=False)


def proposals(study: Study) -> Rows | Finding:
    """For the team: the plays open or called for, why, how, and what to speak of.

    >>> proposals(review).caption, len(proposals(review).frame)
    ('What to propose, and why', 1)
    """
    rows = study.own.actions
    if not len(rows):
        return Finding(_("No play is called for."))
    lang = i18n.language()
    known = [study.plays.get(str(name)) for name in rows["play"]]
    frame = pd.DataFrame(
        {
            _("Play"): [title(study.plays, str(name)) for name in rows["play"]],
            _("Why"): [why(play, study.seen) if play else "" for play in known],
            _("Steps"): [i18n.several(in_language(play.steps, lang)) if play else "" for play in known],
            _("Talking points"): [
                i18n.several(in_language(play.talking_points, lang)) if play else "" for play in known
            ],
            _("Due by"): rows["due_on"],
        }
    )
    formats: Formats = {_("Due by"): lambda day: i18n.day(day.date())}
    return Rows(frame, _("What to propose, and why"), None, formats=formats, sortable=False)


def offers(study: Study) -> Rows | Finding:
    """For the customer: what we propose, in the words that its plays have for it.

    >>> offers(review).caption, len(offers(review).frame)
    ('To talk over; nothing is decided', 1)
    """
    known = [study.plays.get(str(name)) for name in study.own.actions["play"]]
    texts = [in_language(play.offer, i18n.language()) for play in known if play and play.offer]
    texts = [text for text in dict.fromkeys(map(study.discreet, texts)) if text]
    if not texts:
        return Finding(_("To be filled in: what we propose."))
    return Rows(pd.DataFrame({_("Proposal"): texts}), _("To talk over; nothing is decided"), None, sortable=False)


def people(study: Study) -> Rows | Finding:
    """For the team: contact persons by role, and who left.

    >>> people(review).caption, len(people(review).frame)
    ('By role; then who left', 1)
    """
    rows, gone = study.own.people, study.own.gone
    if not len(rows) and not len(gone):
        return Finding(_("No contact person is on record."))
    parts = [
        part.assign(state=state) for part, state in ((rows, _("there")), (gone, _("no longer there"))) if len(part)
    ]
    whole = pd.concat(parts, ignore_index=True)
    since = whole.get("to_on", pd.Series(pd.NaT, index=whole.index)).fillna(
        whole.get("from_on", pd.Series(pd.NaT, index=whole.index))
    )
    frame = pd.DataFrame(
        {
            _("Identifier"): whole["contact_id"],
            _("Role"): [i18n.term(str(role)) if isinstance(role, str) else "" for role in whole["role"]],
            _("State"): whole["state"],
            _("Since when"): since,
        }
    )
    formats: Formats = {_("Since when"): lambda day: i18n.day(day.date())}
    return Rows(frame, _("By role; then who left"), 12, formats=formats, sortable=False)


def notes(study: Study) -> Rows | Finding:
    """For the team: the last notes.

    >>> print(notes(review).text)
    No note is on record.
    """
    rows = study.own.meetings
    rows = rows[rows["note"].notna()].iloc[::-1] if len(rows) else rows
    if not len(rows):
        return Finding(_("No note is on record."))
    frame = pd.DataFrame({_("On"): rows["on"], _("What was noted"): rows["note"]})
    formats: Formats = {_("On"): lambda day: i18n.day(day.date())}
    return Rows(frame, _("Newest first"), RECENT, formats=formats, sortable=False)


def hand_over(study: Study) -> Rows | Finding:
    """For the team: the hand-over sheet, on the day the person in charge changes and some time after.

    >>> print(hand_over(review).text)
    The person in charge has not changed in the last three months.
    """
    if not study.new_in_charge:
        return Finding(_("The person in charge has not changed in the last three months."))
    about, own = study.own.about, study.own
    open_goals = (
        [_goal_said(goal) for goal in own.goals[own.goals["achieved_on"].isna()].itertuples()] if len(own.goals) else []
    )
    agreed_on = own.meetings["agreed"].dropna().astype(str).iloc[::-1] if len(own.meetings) else pd.Series(dtype=str)
    promised = list(dict.fromkeys(agreed_on))[:3]
    todo = [title(study.plays, str(name)) for name in own.actions["play"]]
    roles = own.people["role"].dropna().astype(str).value_counts() if len(own.people) else pd.Series(dtype=int)
    due = about["since"] + pd.Timedelta(days=FIRST_CONTACT)
    lines = {
        _("From, to"): f"{about['before']} → {about['owner']}",
        _("First contact due by"): i18n.several(filter(None, (i18n.day(due.date()), _first_contact(study)))),
        _("Goals"): i18n.several(open_goals),
        _("Contact persons"): i18n.several(
            (f"{i18n.term(str(role))} {i18n.number(n)}" for role, n in roles.items()), ", "
        ),
        _("What was promised"): i18n.several(promised),
        _("Open and called for"): i18n.several(todo),
    }
    frame = pd.DataFrame({_("Topic"): list(lines), _("To know"): [text or "–" for text in lines.values()]})
    return Rows(frame, _("Hand-over sheet"), None, sortable=False)


def _goal_said(goal: Any) -> str:
    """A goal, with where it stands and what is aimed at where both are known."""
    if goal.current != goal.current or goal.target != goal.target:
        return str(goal.goal)
    ends = [_measured(float(value), goal.unit or "") for value in (goal.current, goal.target)]
    return _("{goal} ({now} of {target})", goal=goal.goal, now=ends[0], target=ends[1])


def _first_contact(study: Study) -> str:
    """Whether who took over has been in touch."""
    own, due = study.own, study.own.about["since"] + pd.Timedelta(days=FIRST_CONTACT)
    theirs = own.meetings[own.meetings["csm_id"] == own.about["csm_id"]] if len(own.meetings) else own.meetings
    made = theirs.loc[theirs["on"] >= own.about["since"], "on"] if len(theirs) else theirs
    if len(made):
        return _("made on {day}", day=i18n.day(made.min().date()))
    return _("not made yet, and late") if due < pd.Timestamp(study.as_of) else ""
