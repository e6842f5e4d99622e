"""What if plays were called for sooner, later, or not at all? How many actions, whose, and what would wait."""

from collections.abc import Iterator

import pandas as pd

from cskit import i18n
from cskit.catalogue import FIELDS, SIGNS, Condition, Play
from cskit.explore import Choice, Explorer, Latest, Number, Panel, Tried, key_figures
from cskit.explore.controls import Control
from cskit.i18n import _
from cskit.plays import charts, words
from cskit.plays.actions import listed
from cskit.plays.analysis import Study, relisted
from cskit.plays.words_list import title
from cskit.plays.words_relisted import person_rows
from cskit.plays.words_relisted import relisted as said
from cskit.run import Run
from cskit.settings import Plays

__all__ = ["Relisting", "what_if"]

ALL = ("plays.",)
SHARES = ("share", "ratio")
MOST = 8  # of those that wait, shown


class Relisting:
    """The list by the plays tried last; asked again by the same, it says the same at once.

    Attributes
    ----------
    study : callable of Plays, giving a Study
        What is seen of the customers stays; what is called for is looked up again.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> again, fewer = Relisting(run, plays), settings_with({"plays": {"per_customer": 1}}).plays
    >>> tried = again.study(fewer)
    >>> tried.now.held_back, again.study(fewer) is tried
    (152, True)
    """

    def __init__(self, run: Run, study: Study):
        self.run, self.published = run, study
        self.study = Latest(self._relisted, (run.settings.plays, study))

    def _relisted(self, plays: Plays) -> Study:
        settings = self.run.settings.model_copy(update={"plays": plays})
        return relisted(self.published, self.run, listed(self.published.now.known, settings))


def what_if(run: Run, study: Study) -> Explorer:
    """Sliders for when plays are called for and how much they weigh, and the list that would come of it.

    Parameters
    ----------
    run : Run
    study : Study
        What it saw of the customers stays.

    Examples
    --------
    >>> explorer = what_if(run, plays)
    >>> explorer.move("plays.per_customer", 1)
    >>> explorer.moved
    {'plays.per_customer': 1}
    """
    again = Relisting(run, study)

    def tried(what: Tried) -> Study:
        return again.study(what.settings.plays)

    panels = (
        Panel(lambda what: charts.called_for(tried(what), study), ALL),
        Panel(lambda what: said(study, tried(what)), ALL),
        Panel(lambda what: person_rows(study, tried(what)), ALL),
        Panel(lambda what: words.hours(tried(what)), ALL),
        Panel(key_figures(words.to_do(run, study), lambda what: words.to_do(run, tried(what))), ALL),
        Panel(lambda what: words.action_rows(tried(what), ("waits",), MOST, owner=False), ALL),
    )
    plays = {name: play for name, play in study.plays.items() if _can_be_called_for(play, study.now.facts)}
    return Explorer(run, [*_list(), *(one for name in plays for one in _play(name, plays))], panels)


def _list() -> Iterator[Number]:
    """What holds for all plays."""
    group = _("The list")
    yield Number("plays.per_customer", _("Per customer"), 1, 8, 1, _("at most"), group=group)
    yield Number("plays.weeks", _("Looked ahead"), 1, 13, 1, _("weeks"), group=group)
    yield Number("plays.share", _("Hours for actions"), 5, 50, 1, "%", per_cent=True, group=group)


def _play(name: str, plays: dict[str, Play]) -> Iterator[Control]:
    """Whether a play is in use, when it is called for, and how much of the ARR hangs on it."""
    place, group = f"plays.catalogue.{name}", title(plays, name)
    use = {True: _("in use"), False: _("switched off")}
    yield Choice(f"{place}.enabled", _("Play"), use, group, absent=True)
    yield from _thresholds(plays[name].when, f"{place}.when", group)
    weight = _("Weight: of the ARR")
    yield Number(f"{place}.weight", weight, 0, 100, 5, "%", per_cent=True, group=group)


def _thresholds(tests: list[Condition], place: str, group: str) -> Iterator[Number]:
    for number, test in enumerate(tests):
        yield from _thresholds(test.any_of, f"{place}.{number}.any_of", group)
        for kind, value in test.tests.items():
            if kind in SIGNS:
                yield _threshold(f"{place}.{number}.{kind}", test.field, kind, float(value), group)


def _threshold(path: str, field: str, kind: str, value: float, group: str) -> Number:
    """From what value on, as far as it makes sense for what the field holds."""
    fact = FIELDS[field]
    label = " ".join((_(fact.label), SIGNS[kind]))
    if fact.unit in SHARES:
        most = 100 if fact.unit == "share" else 200
        return Number(path, label, 0, most, 5, "%", per_cent=True, group=group)
    if fact.unit == "days":
        return Number(path, label, 0, max(2 * value, 92), 1, _("days"), group=group)
    if fact.unit == "money":
        step = 10.0 ** max(0, len(str(int(value))) - 2)
        return Number(path, label, 0, max(4 * value, 100 * step), step, i18n.currency(), group=group)
    return Number(path, label, 0, fact.most or max(2 * value, 10), 1, group=group)


def _can_be_called_for(play: Play, seen: pd.DataFrame) -> bool:
    """Whether everything is known, of somebody, that its conditions ask."""
    asked = [test.field for test in play.when if test.field and "known" not in test.tests]
    return all(seen[field].notna().any() for field in asked)
