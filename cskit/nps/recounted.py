"""The same answers counted otherwise: other waves, a segment, another rule of whose vote counts."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from cskit import i18n
from cskit.explore import Latest, Tried
from cskit.facts import arr_by_customer
from cskit.i18n import _
from cskit.nps.analysis import Study, of_waves
from cskit.nps.response import Response, responses
from cskit.nps.segments import grouped, known_segments
from cskit.nps.waves import Wave, counted_forms, score_people, score_wave
from cskit.nps.weighting import Votes, votes, weights
from cskit.nps.words_people import named
from cskit.result import Result
from cskit.run import Run
from cskit.settings import Settings

__all__ = ["ALONE", "ARR", "COMPANIES", "COMPANY", "EVERYBODY", "NO_WAVE", "PERSON", "Recounted", "Recounting"]

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")
EVERYBODY, NO_WAVE = "", ""  # no segment, and no wave before, chosen
PERSON, COMPANY, ARR = "person", "company", "arr"  # whose vote counts
COMPANIES, ALONE = "companies", "answers"  # what the interval takes to be independent


@dataclass(frozen=True)
class Recounted(Result):
    """What the answers chosen say.

    Parameters
    ----------
    study : Study or None
        By the rules chosen, without response rates; None where a group is too small to be shown.
    waves : tuple of Wave
        The same answers, oldest first, every person one vote and companies taken together.
    why : str
        What cannot be shown.
    group : str
        The segment shown; several as one where a wave has too few answers of one. Empty: everybody.

    Examples
    --------
    Settings that leave too few answers show nothing, and say so.

    >>> nps = run.settings.nps.model_copy(update={"eligible_months": 96})
    >>> strict = run.settings.model_copy(update={"nps": nps})
    >>> view = {"now": "2023 Spring", "before": NO_WAVE, "segment": EVERYBODY, "vote": PERSON, "method": COMPANIES}
    >>> found = Recounting(run, waves).found(Tried(strict, view))
    >>> found.study is None, found.why
    (True, '2023 Spring has fewer than 5 answers that count: too few to be shown.')
    """

    study: Study | None
    waves: tuple[Wave, ...] = ()
    why: str = ""
    group: str = EVERYBODY


class Recounting:
    """A study by what was chosen last; what the tables tell is read once for each rule of who counts.

    Attributes
    ----------
    found : callable of Tried, giving a Recounted
        The answers chosen, counted as chosen.

    Examples
    --------
    >>> again = Recounting(run, waves)
    >>> view = {"now": "2023 Spring", "before": "2022 Autumn", "segment": EVERYBODY, "method": COMPANIES}
    >>> for vote in (PERSON, COMPANY, ARR):
    ...     print(vote, round(again.found(Tried(run.settings, {**view, "vote": vote})).study.now.nps, 1))
    person 6.4
    company 5.7
    arr -10.7

    A segment with too few answers is shown together with another:

    >>> again.found(Tried(run.settings, {**view, "vote": PERSON, "segment": "enterprise"})).group
    'enterprise + mid'
    """

    def __init__(self, run: Run, study: Study):
        self.run, self.published = run, study
        self.closed = {wave.name: wave for wave in study.trend}
        self.segments, self.arr = known_segments(run), arr_by_customer(run.data)
        self._forms: dict[str, pd.DataFrame] = {}
        self._asked: dict[str, dict[str, Response]] = {}
        self._scores: dict[tuple[str, str, float], Wave] = {}
        self._groups: dict[tuple[str, ...], list[pd.Series]] = {}
        self.found = Latest(self._counted)

    def forms(self, settings: Settings) -> pd.DataFrame:
        """Forms that count by these rules."""
        return _held(self._forms, _rules(settings), lambda: counted_forms(self.run.data, settings))

    def asked(self, settings: Settings) -> dict[str, Response]:
        """Response by wave under these rules."""
        return _held(self._asked, _rules(settings), lambda: responses(self.run.data, settings))

    def answered(self, what: Tried) -> Study | None:
        """The same with the response of those asked, where nobody is left out of it."""
        found = self.found(what)
        if found.study is None or self.partial(what):
            return found.study
        return self._study(what, found.study.before, found.study.now, self.asked(what.settings))

    def partial(self, what: Tried) -> bool:
        """Whether some of those asked are left out: customers of other segments, or without ARR."""
        return bool(what.view["segment"] != EVERYBODY or what.view["vote"] == ARR)

    def plain(self, what: Tried) -> Study | None:
        """The same with one vote a person, and companies taken together."""
        found = self.found(what)
        return self._paired(what, found.waves) if found.study else None

    def votes(self, plain: Study) -> Votes:
        """A study's answers with one vote a person, a company, a unit of ARR."""
        return votes(self.run, plain, self.arr)

    def _counted(self, what: Tried) -> Recounted:
        chosen = [self.closed[name] for name in (what.view["before"], what.view["now"]) if name != NO_WAVE]
        if len(chosen) > 1 and chosen[0].closed_on >= chosen[1].closed_on:
            then, now = (wave.name for wave in chosen)
            return Recounted(None, why=_("{before} did not close before {now}: choose another.", before=then, now=now))
        waves, group = [self._scored(wave, what.settings) for wave in chosen], EVERYBODY
        if not self._few(waves):
            waves, group = self._of_segment(waves, what)
        counted = waves if self._few(waves) else [self._recounted(wave, what) for wave in waves]
        if few := self._few(counted):
            return Recounted(None, why=self._too_few(few[0], what), group=group)
        return Recounted(self._paired(what, counted), tuple(waves), group=group)

    def _few(self, waves: list[Wave]) -> list[Wave]:
        """Those with too few answers to be shown."""
        return [wave for wave in waves if wave.answers < self.run.settings.privacy.minimum_cell]

    def _scored(self, wave: Wave, settings: Settings) -> Wave:
        key = (_rules(settings), wave.name, settings.report.confidence)
        return _held(self._scores, key, lambda: self._scored_anew(wave, settings))

    def _scored_anew(self, wave: Wave, settings: Settings) -> Wave:
        forms = self.forms(settings)
        own = forms[forms["wave"] == wave.name]
        return replace(score_wave(wave.name, wave.closed_on, own, settings.report.confidence), audience=wave.audience)

    def _of_segment(self, waves: list[Wave], what: Tried) -> tuple[list[Wave], str]:
        """The waves with the people of one segment; of those it is shown with, where they are too few."""
        segment = what.view["segment"]
        if segment == EVERYBODY or self.segments is None:
            return waves, EVERYBODY
        known, cell = self.segments, self.run.settings.privacy.minimum_cell
        key = (_rules(what.settings), *(wave.name for wave in waves))
        groups = _held(self._groups, key, lambda: grouped([wave.people for wave in waves], known, cell))
        own = [wave.people["customer"].map(self.segments) == segment for wave in waves]
        names = {str(name) for group, mine in zip(groups, own, strict=True) for name in group[mine]}
        group = names.pop() if names else segment
        kept = zip(waves, groups, strict=True)
        return [self._of(wave, wave.people[mine == group], what) for wave, mine in kept], group

    def _recounted(self, wave: Wave, what: Tried) -> Wave:
        people, vote = wave.people, what.view["vote"]
        if vote != PERSON:
            weight = weights(people, self.arr if vote == ARR else None).dropna()
            # Alike, they are no weights; see cskit.nps.weighting.vote.
            alike = np.allclose(weight, weight.iloc[:1])
            people = people.loc[weight.index].assign(weight=float("nan") if alike else weight)
        if what.view["method"] == ALONE:
            people = people.assign(company=people.index)
        return wave if people is wave.people else self._of(wave, people, what)

    def _of(self, wave: Wave, people: pd.DataFrame, what: Tried) -> Wave:
        again = score_people(wave.name, wave.closed_on, people, len(people), what.settings.report.confidence)
        return replace(again, audience=wave.audience)

    def _paired(self, what: Tried, waves: Sequence[Wave]) -> Study:
        return self._study(what, waves[0] if len(waves) > 1 else None, waves[-1], {})

    def _study(self, what: Tried, before: Wave | None, now: Wave, asked: dict[str, Response]) -> Study:
        run = replace(self.run, params=replace(self.run.params, settings=what.settings))
        return of_waves(run, now, before, asked, tuple(wave for wave in (before, now) if wave))

    def _too_few(self, wave: Wave, what: Tried) -> str:
        values = {"wave": wave.name, "n": i18n.number(self.run.settings.privacy.minimum_cell)}
        if what.view["segment"] == EVERYBODY:
            return _("{wave} has fewer than {n} answers that count: too few to be shown.", **values)
        group = named(str(what.view["segment"]))
        return _("{wave} has fewer than {n} answers of {group}: too few to be shown.", group=group, **values)


def _rules(settings: Settings) -> str:
    """Who counts, as a key."""
    return settings.nps.model_dump_json(exclude={"comment_categories"})


def _held(known: dict[Key, Made], key: Key, make: Callable[[], Made], most: int = 8) -> Made:
    """What was made for a key lately, or is made now."""
    if key not in known:
        while len(known) >= most:
            known.pop(next(iter(known)))
        known[key] = make()
    return known[key]
