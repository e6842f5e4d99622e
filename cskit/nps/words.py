"""Sentences on NPS: a direction only where the interval excludes no change."""

import pandas as pd

from cskit import i18n
from cskit.i18n import _, n_
from cskit.nps.analysis import Study
from cskit.run import Run
from cskit.show import Decision, Finding, Headline, Rows
from cskit.stats.intervals import answers_needed

__all__ = ["categories", "change", "decision", "headline", "response", "trend", "verdict"]

KEYS = ("nps.score", "nps.change", "nps.company_response", "nps.respondent_response")


def headline(run: Run, study: Study) -> Headline:
    """The opening of the report."""
    return run.headline("nps_comparison", verdict(study), KEYS, study.metrics)


def verdict(study: Study) -> str:
    """One sentence: where NPS stands, and whether it moved."""
    now, moved, before = study.now, study.change, study.before
    stands = _("NPS stands at {nps}.", nps=i18n.points(now.nps))
    if study.stale:
        day = i18n.day(now.closed_on)
        return _(
            "No wave closed in this period; the newest, closed {day}, gave {nps}.", day=day, nps=i18n.points(now.nps)
        )
    if moved is None or before is None:
        return i18n.sentences(stands, _("There is no earlier wave to compare it with."))
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
        return (
            stands
            + " "
            + _("Up {points} in the answers since {wave}: too few to say whether opinion rose or fell.", **values)
        )
    return (
        stands
        + " "
        + _("Down {points} in the answers since {wave}: too few to say whether opinion rose or fell.", **values)
    )


def change(study: Study) -> Finding:
    """What the change carries, in points and in answers needed."""
    now, moved, before = study.now, study.change, study.before
    if moved is None or before is None:
        return Finding(
            _("There is one wave only: a change needs two."),
            _(
                "The interval of {wave}: {low} to {high}.",
                wave=now.name,
                low=i18n.points(now.interval.low),
                high=i18n.points(now.interval.high),
            ),
        )
    went = _("NPS went from {before} to {now}.", before=i18n.points(before.nps), now=i18n.points(now.nps))
    ends = {
        "low": i18n.points(moved.interval.low),
        "high": i18n.points(moved.interval.high),
        "n1": i18n.number(before.answers),
        "n2": i18n.number(now.answers),
        "points": i18n.points(moved.points),
    }
    if moved.direction == "unclear":
        says = _(
            "With {n1} and {n2} answers a change of {points} does not say whether opinion rose or fell "
            "(95 % interval {low} to {high}). That is not the same as no change.",
            **ends,
        )
    else:
        says = _(
            "With {n1} and {n2} answers the change of {points} is more than chance explains "
            "(95 % interval {low} to {high}).",
            **ends,
        )
    return Finding(i18n.sentences(went, says), i18n.sentences(_independent(study), _needed(study)))


def categories(study: Study) -> Rows:
    """Shares of promoters, passives and detractors in both waves."""
    waves = [wave for wave in (study.before, study.now) if wave]
    rows = {
        _("Promoters (9–10)"): [wave.counts.promoters / wave.answers for wave in waves],
        _("Passives (7–8)"): [wave.counts.passives / wave.answers for wave in waves],
        _("Detractors (0–6)"): [wave.counts.detractors / wave.answers for wave in waves],
    }
    names = [wave.name for wave in waves]
    frame = pd.DataFrame({name: [i18n.share(values[k], 2) for values in rows.values()] for k, name in enumerate(names)})
    if len(waves) == 2:
        frame[_("Change")] = [i18n.number(100 * (b - a), 1, signed=True) for a, b in rows.values()]
    frame.insert(0, _("Category"), list(rows))
    return Rows(frame, _("Shares of answers; change in percentage points"), numeric=tuple(frame.columns[1:]))


def response(study: Study) -> Finding:
    """How many of those asked came back."""
    asked = study.response
    if asked is None or asked.company_rate is None or asked.respondent_rate is None:
        return Finding(_("Who was asked is not recorded (table nps_invitations), so there is no response rate."))
    text = _(
        "{companies} of {companies_invited} companies answered ({company_rate}), and {forms} of {invited} people ({rate}).",
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
    if study.dropped:
        quiet.append(
            n_(
                "{n} form of a person who was not eligible is left out.",
                "{n} forms of people who were not eligible are left out.",
                study.dropped,
            )
        )
    return Finding(text, i18n.sentences(*quiet))


def trend(study: Study) -> Finding:
    """How the waves lie to each other."""
    low = max(wave.interval.low for wave in study.trend)
    high = min(wave.interval.high for wave in study.trend)
    if len(study.trend) == 1:
        return Finding(_("One wave so far: no trend yet."))
    if low < high:
        return Finding(
            _(
                "Any one value from {low} to {high} would fit all {n} waves: they show no trend that chance could not make.",
                low=i18n.points(low),
                high=i18n.points(high),
                n=len(study.trend),
            )
        )
    return Finding(
        _("No single value fits all {n} waves: opinion was not the same in all of them.", n=len(study.trend))
    )


def decision(study: Study) -> Decision | None:
    """What the numbers ask for."""
    if study.response and study.response.respondent_rate is not None and study.response.respondent_rate < 0.5:
        silent = study.response.invited - study.response.forms
        text = n_(
            "Ask {n} person who did not answer the survey, before reading more into the score.",
            "Ask the {n} people who did not answer the survey, before reading more into the score.",
            silent,
        )
        return Decision(text, urgency=0.4)
    if study.now.counts.detractors:
        count = int(study.now.counts.detractors)
        return Decision(n_("Call back {n} detractor.", "Call back the {n} detractors.", count), urgency=0.3)
    return None


def _independent(study: Study) -> str:
    moved = study.change
    if moved is None or moved.interval == moved.independent:
        return ""
    return _(
        "The interval counts people of one company together; as if each answered alone it would be {low} to {high}.",
        low=i18n.points(moved.independent.low),
        high=i18n.points(moved.independent.high),
    )


def _needed(study: Study) -> str:
    if study.before is None or not (study.now.counts.variance + study.before.counts.variance):
        return ""
    needed = answers_needed(study.now.counts, study.before.counts, 10)
    return _("Seeing a change of 10 points needs about {n} answers a wave.", n=i18n.number(needed))
