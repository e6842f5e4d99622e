"""What if other waves were compared, another group asked, another rule of whose vote counts taken?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from cskit import i18n
from cskit.explore import Choice, Explorer, Number, Panel, Tried, key_figures
from cskit.explore.controls import Control
from cskit.i18n import _
from cskit.metrics import definitions
from cskit.nps import charts, words
from cskit.nps.analysis import Study
from cskit.nps.planning import POINTS, Plan, plan
from cskit.nps.recounted import ALONE, ARR, COMPANIES, COMPANY, EVERYBODY, NO_WAVE, PERSON, Recounted, Recounting
from cskit.nps.waves import Wave
from cskit.nps.weighting import Votes
from cskit.nps.words_people import named
from cskit.rows import Rows
from cskit.run import Run
from cskit.show import Chart, Finding

__all__ = ["what_if"]

WHO = ("view.now", "view.before", "view.segment", "nps.")  # whose answers
COUNTED = (*WHO, "view.vote", "view.method", "report.")  # and how they are counted


def what_if(run: Run, study: Study) -> Explorer:
    """Choices of whose answers are compared and how they count, and what the report would say by them.

    Parameters
    ----------
    run : Run
    study : Study

    Examples
    --------
    >>> explorer = what_if(run, waves)
    >>> explorer.move("report.confidence", 0.8)
    >>> print(explorer.yaml)
    settings:
      report:
        confidence: 0.8
    <BLANKLINE>
    """
    again = Recounting(run, study)

    def of(say: Callable[[Study], Any]) -> Callable[[Tried], Any]:
        """What is said of the answers chosen; nothing where they are too few to be shown."""
        return lambda what: _of_whom(again.found(what), say(found)) if (found := again.found(what).study) else None

    def of_next(say: Callable[[Study, Plan | None], Any]) -> Callable[[Tried], Any]:
        def shown(what: Tried) -> Any:
            found = again.answered(what)
            made = say(found, plan(run, found, what.view["points"])) if found else None
            return _of_whom(again.found(what), made)

        return shown

    def of_votes(say: Callable[[Study, Votes], Any]) -> Callable[[Tried], Any]:
        def shown(what: Tried) -> Any:
            found = again.plain(what)
            return _of_whom(again.found(what), say(found, again.votes(found))) if found else None

        return shown

    figures = key_figures(words.headline(run, study), lambda what: words.headline(run, again.answered(what) or study))
    panels = (
        Panel(lambda what: _change(again, what), COUNTED),
        Panel(of(words.change), COUNTED),
        Panel(lambda what: _figures(figures(what), again, what) if again.found(what).study else None, COUNTED),
        Panel(of_next(charts.plan), (*COUNTED, "view.points")),
        Panel(of_next(words.plan), (*COUNTED, "view.points")),
        Panel(of_votes(charts.votes), (*WHO, "report.")),
        Panel(of_votes(words.votes), (*WHO, "report.")),
    )
    return Explorer(run, [*_who(run, again), *_how(again)], panels, _begun(study))


def _begun(study: Study) -> dict[str, Any]:
    """Where the report is; where it compares with no wave, the one before."""
    earlier = [wave for wave in study.trend if wave.closed_on < study.now.closed_on]
    before = study.before or (earlier[-1] if earlier else None)
    waves = {"now": study.now.name, "before": before.name if before else NO_WAVE}
    return waves | {"segment": EVERYBODY, "vote": PERSON, "method": COMPANIES, "points": POINTS}


def _of_whom(found: Recounted, made: Any) -> Any:
    """A sentence that begins with whom it is about, unless it is about all customers; all else as it is."""
    if found.group == EVERYBODY or not isinstance(made, Finding):
        return made
    parts = found.group.split(" + ")
    names = i18n.listed([named(part) for part in parts])
    values = {"group": names[:1].upper() + names[1:], "said": made.text}
    alone = len(parts) == 1
    return replace(made, text=_("{group}: {said}", **values) if alone else _("{group} together: {said}", **values))


def _figures(shown: Rows, again: Recounting, what: Tried) -> Rows:
    """The key figures; without response rates, and a word on it, where a part of those asked is left out."""
    if again.published.response is None or not again.partial(what):
        return shown
    rates = [_(definitions()[name].label) for name in ("nps.company_response", "nps.respondent_response")]
    kept = shown.frame[~shown.frame[_("Key figure")].isin(rates)].reset_index(drop=True)
    why = _(
        "{caption}. Response rates are of all who were asked, and are not given for a part of them.",
        caption=shown.caption,
    )
    return replace(shown, frame=kept, caption=why)


def _change(again: Recounting, what: Tried) -> Chart | Finding:
    """The waves chosen, with whose answers they are, and as published; or why they are not shown."""
    found = again.found(what)
    if found.study is None:
        return Finding(found.why, missing=True)
    shown = charts.change(found.study)
    told = [*_told(found, what.view), _as_published(found.study, again.published)]
    return replace(shown, caption=i18n.sentences(shown.caption, *told))


def _as_published(tried: Study, published: Study) -> str:
    """The waves of the report, where those tried are other ones, or count otherwise."""
    waves = [wave for wave in (published.before, published.now) if wave]
    now = {_stands(wave) for wave in (tried.before, tried.now) if wave}
    if now.issuperset(map(_stands, waves)):
        return ""
    return _("As published: {waves}.", waves=i18n.several(map(_stands, waves)))


def _stands(wave: Wave) -> str:
    return _(
        "{wave} {nps} ({low} to {high}, n = {n})",
        wave=wave.name,
        nps=i18n.points(wave.nps),
        low=i18n.points(wave.interval.low),
        high=i18n.points(wave.interval.high),
        n=i18n.number(wave.answers),
    )


def _told(found: Recounted, view: Mapping[str, Any]) -> Iterator[str]:
    """What is not as the report has it."""
    if found.group not in (EVERYBODY, view["segment"]):
        yield _("Together, as one of them has too few answers to be shown: {group}.", group=named(found.group))
    elif found.group != EVERYBODY:
        yield _("Only customers of the segment {group}.", group=named(found.group))
    if view["vote"] != PERSON:
        yield _("Whose vote counts: {vote}.", vote=_votes()[view["vote"]])
    if view["method"] == ALONE:
        yield _("As if each answered alone.")


def _who(run: Run, again: Recounting) -> Iterator[Control]:
    """Whose answers are compared."""
    group, names = _("Whose answers"), {name: name for name in reversed(again.closed)}
    yield Choice("view.now", _("Wave"), names, group)
    if len(names) > 1:
        yield Choice("view.before", _("Wave before"), names, group)
    segments = [] if again.segments is None else sorted(str(name) for name in again.segments.dropna().unique())
    if len(segments) > 1:
        options = {EVERYBODY: _("all customers"), **{name: named(name) for name in segments}}
        yield Choice("view.segment", _("Segment"), options, group)
    since = {"contracted_on": _("the contract"), "went_live_on": _("going live")}
    begun = {column: label for column, label in since.items() if run.data.has("customers", column)}
    if run.settings.nps.eligible_from in begun and run.data.has("nps_invitations"):
        label = _("Asked after")
        yield Number("nps.eligible_months", label, 0, 24, 1, _("months"), group=group)
        if len(begun) > 1:
            yield Choice("nps.eligible_from", _("Months since"), begun, group)


def _how(again: Recounting) -> Iterator[Control]:
    """How they count, and what the next survey should show."""
    group, rules = _("How they count"), _votes()
    if again.arr.empty:
        del rules[ARR]
    yield Choice("view.vote", _("Whose vote counts"), rules, group)
    methods = {COMPANIES: _("people of one company together"), ALONE: _("each answer by itself")}
    yield Choice("view.method", _("Interval"), methods, group)
    yield Number("report.confidence", _("Confidence"), 80, 99, 1, "%", per_cent=True, group=group)
    yield Number("view.points", _("Change to be seen"), 1, 40, 1, _("NPS points"), group=_("The next survey"))


def _votes() -> dict[str, str]:
    return {PERSON: _("by person"), COMPANY: _("by company"), ARR: _("by ARR")}
