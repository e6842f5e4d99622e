"""What if other waves were compared, another group asked, another rule of whose vote counts taken?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from cskit import i18n
from cskit.explore import Choice, Explorer, Number, Panel, Tried, key_figures
from cskit.explore.controls import Control
from cskit.i18n import _
from cskit.nps import charts, words
from cskit.nps.analysis import Study
from cskit.nps.planning import POINTS, Plan, plan
from cskit.nps.recounted import ALONE, ARR, COMPANIES, COMPANY, EVERYBODY, NO_WAVE, PERSON, Recounted, Recounting
from cskit.nps.weighting import Votes
from cskit.nps.words_people import named
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
        return lambda what: say(found) if (found := again.found(what).study) else None

    def of_next(say: Callable[[Study, Plan | None], Any]) -> Callable[[Tried], Any]:
        def shown(what: Tried) -> Any:
            found = again.answered(what)
            return say(found, plan(run, found, what.view["points"])) if found else None

        return shown

    def of_votes(say: Callable[[Study, Votes], Any]) -> Callable[[Tried], Any]:
        return lambda what: say(found, again.votes(found)) if (found := again.plain(what)) else None

    figures = key_figures(words.headline(run, study), lambda what: words.headline(run, again.answered(what) or study))
    panels = (
        Panel(lambda what: _change(again.found(what), what.view), COUNTED),
        Panel(of(words.change), COUNTED),
        Panel(lambda what: figures(what) if again.found(what).study else None, COUNTED),
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


def _change(found: Recounted, view: Mapping[str, Any]) -> Chart | Finding:
    """The waves chosen, with whose answers they are; or why they are not shown."""
    if found.study is None:
        return Finding(found.why, missing=True)
    shown = charts.change(found.study)
    return replace(shown, caption=i18n.sentences(shown.caption, *_told(found, view)))


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
