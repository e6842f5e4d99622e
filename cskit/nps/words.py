"""Sentences on NPS: a direction only where the interval excludes no change."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.nps.analysis import Study
from cskit.nps.doubts import audiences, independent, luck, needed
from cskit.nps.waves import Wave
from cskit.nps.words_people import migration, paired, silent, silent_rows, votes
from cskit.nps.words_topics import comment_rows, comments, drivers, events, plan, segments
from cskit.rows import Rows
from cskit.run import Run
from cskit.show import Decision, Finding, Headline

__all__ = [
    "categories",
    "change",
    "comment_rows",
    "comments",
    "decision",
    "drivers",
    "events",
    "headline",
    "migration",
    "paired",
    "plan",
    "response",
    "segments",
    "silent",
    "silent_rows",
    "trend",
    "verdict",
    "votes",
]

KEYS = ("nps.score", "nps.change", "nps.company_response", "nps.respondent_response")


def headline(run: Run, study: Study) -> Headline:
    """The opening of the report.

    >>> print(headline(run, waves).verdict)
    NPS stands at +6.4. Up 2.3 in the answers since 2022 Autumn: too few to say whether opinion rose or
    fell.
    """
    return run.headline("nps_comparison", verdict(study), KEYS, study.metrics)


def verdict(study: Study) -> str:
    """One sentence: where NPS stands, and whether it moved.

    >>> print(verdict(waves))
    NPS stands at +6.4. Up 2.3 in the answers since 2022 Autumn: too few to say whether opinion rose or
    fell.
    """
    now, moved, before = study.now, study.change, study.before
    stands = _("NPS stands at {nps}.", nps=i18n.points(now.nps))
    if study.stale:
        day = i18n.day(now.closed_on)
        return _(
            "No wave closed in this period; the newest, closed {day}, gave {nps}.", day=day, nps=i18n.points(now.nps)
        )
    if moved is None or before is None:
        return i18n.sentences(stands, _no_earlier(study))
    points = i18n.number(abs(moved.points), 1)
    values = {"points": points, "wave": before.name}
    match moved.direction:
        case "up":
            return i18n.sentences(
                stands, _("It rose by {points} points since {wave}, more than chance explains.", **values)
            )
        case "down":
            return i18n.sentences(
                stands, _("It fell by {points} points since {wave}, more than chance explains.", **values)
            )
    if not round(moved.points, 1):
        return i18n.sentences(
            stands, _("The answers give the same as {wave}; whether opinion moved cannot be told.", **values)
        )
    if moved.points > 0:
        return i18n.sentences(
            stands, _("Up {points} in the answers since {wave}: too few to say whether opinion rose or fell.", **values)
        )
    return i18n.sentences(
        stands, _("Down {points} in the answers since {wave}: too few to say whether opinion rose or fell.", **values)
    )


def change(study: Study) -> Finding:
    """What the change carries, in points and in answers needed.

    >>> print(change(waves).text)
    NPS went from +4.1 to +6.4. With 49 and 47 answers a change of +2.3 does not say whether opinion
    rose or fell (95 % interval −20.4 to +24.8). That is not the same as no ...
    """
    now, moved, before = study.now, study.change, study.before
    if moved is None or before is None:
        return Finding(
            _no_earlier(study),
            _(
                "The interval of {wave}: {low} to {high}.",
                wave=now.name,
                low=i18n.points(now.interval.low),
                high=i18n.points(now.interval.high),
            ),
        )
    weighted = now.weighted or before.weighted  # as if each answered alone, and alike, would be another figure
    went = _("NPS went from {before} to {now}.", before=i18n.points(before.nps), now=i18n.points(now.nps))
    ends = {
        "low": i18n.points(moved.interval.low),
        "high": i18n.points(moved.interval.high),
        "n1": i18n.number(before.answers),
        "n2": i18n.number(now.answers),
        "points": i18n.points(moved.points),
        "level": study.level,
    }
    if moved.direction == "unclear":
        says = _(
            "With {n1} and {n2} answers a change of {points} does not say whether opinion rose or fell "
            "({level} interval {low} to {high}). That is not the same as no change.",
            **ends,
        )
    else:
        says = _(
            "With {n1} and {n2} answers the change of {points} is more than chance explains "
            "({level} interval {low} to {high}).",
            **ends,
        )
    return Finding(
        i18n.sentences(went, says, audiences(now, before)),
        i18n.sentences(independent(moved) if not weighted else "", luck(moved), needed(study)),
    )


def categories(study: Study) -> Rows | Finding:
    """Shares of promoters, passives and detractors in both waves; none of a wave with too small a group in it.

    Hiding the small group alone would not do: the two others and the score give it away.

    >>> categories(waves).caption, len(categories(waves).frame)
    ('Shares of answers; change in percentage points', 3)
    """
    waves = [wave for wave in (study.before, study.now) if wave]
    shown = [wave for wave in waves if not _small(study, wave)]
    hidden = [
        _("{wave}: no shares, as a group of fewer than {n} answers is not shown.", wave=wave.name, n=study.minimum_cell)
        for wave in waves
        if wave not in shown
    ]
    if not shown:
        return Finding(i18n.sentences(*hidden))
    shares = {
        _("Promoters (9–10)"): [wave.counts.promoters / wave.answers for wave in shown],
        _("Passives (7–8)"): [wave.counts.passives / wave.answers for wave in shown],
        _("Detractors (0–6)"): [wave.counts.detractors / wave.answers for wave in shown],
    }
    frame = pd.DataFrame({_("Category"): list(shares)})
    for place, wave in enumerate(shown):
        frame[wave.name] = [i18n.share(values[place]) for values in shares.values()]
    caption = _("Shares of answers")
    if len(shown) == 2:
        frame[_("Change")] = [i18n.number(100 * (b - a), 1, signed=True) for a, b in shares.values()]
        caption = _("Shares of answers; change in percentage points")
    return Rows(frame, i18n.sentences(caption, *hidden), numeric=tuple(frame.columns[1:]))


def response(study: Study) -> Finding:
    """How many of those asked came back.

    >>> print(response(waves).text)
    2023 Spring: 28 of 34 companies answered (82.4 %), and 48 of 105 people (45.7 %).
    """
    asked = study.response
    if asked is None or asked.company_rate is None or asked.respondent_rate is None:
        return Finding(_("Who was asked is not recorded (table nps_invitations), so there is no response rate."))
    text = _(
        "{wave}: {companies} of {companies_invited} companies answered ({company_rate}), and {forms} of {invited} people ({rate}).",
        wave=study.now.name,
        companies=i18n.number(asked.companies_answered),
        companies_invited=i18n.number(asked.companies_invited),
        company_rate=i18n.share(asked.company_rate),
        forms=i18n.number(asked.forms),
        invited=i18n.number(asked.invited),
        rate=i18n.share(asked.respondent_rate),
    )
    empty = study.now.forms - study.now.answers
    quiet = (
        [
            n_(
                "{n} form came back without a score: it counts as a response, not in NPS.",
                "{n} forms came back without a score: they count as responses, not in NPS.",
                empty,
            )
        ]
        if empty
        else []
    )
    if out := study.dropped.forms:
        text_out = n_(
            "{n} form of a person who was not eligible is left out.",
            "{n} forms of people who were not eligible are left out.",
            out,
        )
        why = _(
            "Why: {role} of another role, {new} customers for too short a time, {unknown} without a record of it.",
            role=i18n.number(study.dropped.role),
            new=i18n.number(study.dropped.new),
            unknown=i18n.number(study.dropped.unknown),
        )
        quiet += [text_out, why]
    return Finding(text, i18n.sentences(*quiet))


def trend(study: Study) -> Finding:
    """Whether the waves lead up or down.

    >>> print(trend(waves).text)
    Whether opinion rises or falls over the 4 waves cannot be told: the line through them moves by −12.7
    to +27.7 points a year (95 % interval).
    """
    line = study.slope
    if line is None:
        return Finding(_("No trend yet: it needs three waves or more, over time."))
    values = {
        "n": i18n.number(len(study.trend)),
        "points": i18n.number(abs(line.points), 1),
        "low": i18n.points(line.interval.low),
        "high": i18n.points(line.interval.high),
        "level": study.level,
    }
    match line.direction:
        case "up":
            return Finding(
                _(
                    "Over {n} waves NPS rose by {points} points a year, more than chance explains ({level} interval {low} to {high}).",
                    **values,
                )
            )
        case "down":
            return Finding(
                _(
                    "Over {n} waves NPS fell by {points} points a year, more than chance explains ({level} interval {low} to {high}).",
                    **values,
                )
            )
    return Finding(
        _(
            "Whether opinion rises or falls over the {n} waves cannot be told: the line through them moves by {low} to {high} points a year ({level} interval).",
            **values,
        )
    )


def decision(study: Study) -> Decision | None:
    """What the numbers ask for; nothing where no wave closed in the period.

    >>> print(decision(waves).text)
    Ask the 57 people who did not answer the survey, before reading more into the score.
    """
    if study.stale:
        return None
    if study.response and study.response.respondent_rate is not None and study.response.respondent_rate < 0.5:
        silent = study.response.invited - study.response.forms
        text = n_(
            "Ask {n} person who did not answer the survey, before reading more into the score.",
            "Ask the {n} people who did not answer the survey, before reading more into the score.",
            silent,
        )
        return Decision(text, urgency=0.4)
    if count := int(study.now.groups.detractors):
        if _small(study, study.now):
            return Decision(_("Call back those who answered 0 to 6."), urgency=0.3)
        return Decision(n_("Call back {n} detractor.", "Call back the {n} detractors.", count), urgency=0.3)
    return None


def _no_earlier(study: Study) -> str:
    if study.stale:
        return _("No wave closed in this period, so there is no change to report.")
    if len(study.trend) == 1:
        return _("There is no earlier wave to compare it with.")
    return _("No wave had closed by the end of the period of comparison.")


def _small(study: Study, wave: Wave) -> bool:
    """Whether a group of its answers is too small to be shown; an empty one is no group."""
    groups = (wave.groups.promoters, wave.groups.passives, wave.groups.detractors)
    return any(0 < group < study.minimum_cell for group in groups)
