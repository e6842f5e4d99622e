"""What would the key figures be by other settings: the defaults where a report was made by others, and scenarios?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from types import ModuleType
from typing import Any

import pandas as pd

from cskit import i18n
from cskit.errors import NotAvailable, SettingsError
from cskit.explore.called import called
from cskit.explore.compared import moved_between, side_by_side
from cskit.i18n import _
from cskit.metrics import WINGS
from cskit.params import SCENARIOS, changed, laid_over, project_root, settings_of, settings_with
from cskit.rows import Rows
from cskit.run import Run
from cskit.settings import Settings
from cskit.show import Finding, Headline

__all__ = ["OtherSettings", "changed_settings", "changes_told", "other_settings", "saved_scenarios"]

MONEY = ("onboarding", "workload", "growth")  # whose figures hang on what an hour costs, too
# Actions are called for by what all analyses see of a customer; the other two show its grade or its silence besides.
RESTS_ON = {"plays": ("onboarding", "health", "support", "workload")}
SHOWS = {"growth": ("health", "support"), "nps": ("health",)}
FACTS = ("support.roadmap.",)  # how far a team has come is no way of reckoning
MOST = 4  # changed settings named in the sentence; where there are more, a table has them all

Study = Callable[[Run], Any]


@dataclass(frozen=True)
class OtherSettings:
    """Which settings of a report are not the defaults, what that moved, and what scenarios give.

    Parameters
    ----------
    changed : mapping of place in params to (default, set)
    scenarios : mapping of name to the same: (set, by the scenario)
    tables : tuple of Rows
    faults : tuple of str
        Scenarios that cannot be used any more, and why.
    settings : mapping
        Of the report, as params hold them: what a setting is called may hang on others.
    unmoved : bool
        By the defaults every key figure would be the same.

    Examples
    --------
    >>> moved = {"health.grades.good": (75.0, 80.0), "onboarding.balance.hours_max": (None, 400.0)}
    >>> OtherSettings({}, {"stricter": moved}, ()).sentences
    ('stricter: good from 80 points instead of 75 points and hours a year at most 400 h instead of no limit.',)

    One that no explorer moves is named by its place in params:

    >>> OtherSettings({"health.window_days": (14, 7)}, {}, ()).sentences
    ('Made with changed settings: health.window_days 7 instead of 14.',)
    """

    changed: Mapping[str, tuple[Any, Any]]
    scenarios: Mapping[str, Mapping[str, tuple[Any, Any]]]
    tables: tuple[Rows, ...]
    faults: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    unmoved: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """Which settings are changed, and what each scenario changes."""
        mine = [self._told(_("Made with changed settings: {settings}."), self.changed)] if self.changed else []
        mine = (
            [i18n.sentences(*mine, _("No key figure moved; others of this report may have."))] if self.unmoved else mine
        )
        others = [self._told(_("{scenario}: {settings}."), own, scenario=name) for name, own in self.scenarios.items()]
        return (*mine, *others, *self.faults)

    def _told(self, text: str, changed: Mapping[str, tuple[Any, Any]], **values: str) -> str:
        """The changed settings in a sentence; where they are many, the rest is counted."""
        if not changed:
            return text.format(settings=_("the settings of this report"), **values)
        named = [self._change(path, before, mine) for path, (before, mine) in _first_things_first(changed)[:MOST]]
        more = len(changed) - len(named)
        rest = i18n.n_("{n} more setting is changed.", "{n} more settings are changed.", more) if more else ""
        return i18n.sentences(text.format(settings=i18n.listed(named), **values), rest)

    @property
    def _changes(self) -> Rows:
        """All changed settings, where they are too many for a sentence."""
        rows = []
        for path, (before, mine) in _first_things_first(self.changed):
            label, said = self._in_words(path)
            whole = {} in (before, mine)  # there or not, with all that belongs to it
            rows.append((label.removesuffix(":"), "–" if whole else said(before), _here(mine) if whole else said(mine)))
        columns = _("Setting"), _("by the defaults"), _("this report")
        frame = pd.DataFrame(rows, columns=list(columns))
        return Rows(frame, _("Settings that are not the defaults"), None, columns[1:], sortable=False)

    def _change(self, path: str, before: Any, mine: Any) -> str:
        """A setting and its change, or a part of params that is there as a whole or not at all."""
        label, said = self._in_words(path)
        if {} in (before, mine):
            return _("{setting} is new", setting=label) if mine == {} else _("{setting} is gone", setting=label)
        return _("{setting} {set} instead of {default}", setting=label, set=said(mine), default=said(before))

    def _in_words(self, path: str) -> tuple[str, Callable[[Any], str]]:
        """What a setting is called, and what says its values; its place in params where it has no name."""
        own = called(path, self.settings)
        return (own.label, own.said) if own else (path, _as_written)

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        mine, others = self.sentences[: bool(self.changed)], self.sentences[bool(self.changed) :]
        notes = [{"text/plain": one, "text/html": f'<p class="note">{escape(one)}</p>'} for one in mine]
        rest: list[Any] = [self._changes] if len(self.changed) > MOST else []
        # Each sentence beside its table: what is changed before what that moved, scenarios after their figures.
        rest += [*self.tables, *(Finding("", one) for one in others)]
        bundles = [*notes, *(one._repr_mimebundle_() for one in rest)]
        kinds = {"text/plain": "\n", "text/html": ""}
        return {kind: between.join(str(one[kind]) for one in bundles) for kind, between in kinds.items()}


def other_settings(run: Run, study: Study, words: ModuleType, *more: Study) -> OtherSettings | None:
    """Hold a report's key figures against those by the defaults, and by every scenario of the settings.

    Parameters
    ----------
    run : Run
    study : callable
        The analysis: ``cskit.health.study`` and its like.
    words : module
        Its words, for the headline.
    more : callable
        What the headline takes besides, worked out for a run.

    Returns
    -------
    OtherSettings or None
        None where all it shows is by the defaults and no scenario concerns it: there is nothing to say.

    Examples
    --------
    >>> from cskit import nps
    >>> other_settings(run, nps.study, nps.words) is None
    True
    >>> old = run.by(settings_with({"nps": {"eligible_months": 36}}))  # customers for three years and longer
    >>> found = other_settings(old, nps.study, nps.words)
    >>> print(found.sentences[0])
    Made with changed settings: asked after 36 months instead of 0 months.
    >>> found.tables[0].frame.iloc[0].to_dict()
    {'Key figure': 'NPS', 'by the defaults': '+6.4', 'this report': '−3.3 (−9.7)'}
    """
    wing = study.__module__.split(".")[1]
    defaults, tables, unmoved = settings_with(), list[Rows](), False
    changed = changed_settings(run.settings, wing, defaults)
    named = _concerning(wing, run.settings.scenarios)
    headline = partial(_headline, run, (study, *more), words)
    shown = {**changed, **_changed(run.settings, defaults, SHOWS.get(wing, ()))}
    ours = headline(run.settings) if changed or named else None
    if ours is None:
        return OtherSettings(shown, {}, (), settings=_plain(run.settings)) if shown else None
    if changed:
        sure = run.settings.report.model_copy(update={"confidence": defaults.report.confidence})
        plain = run.settings.model_copy(
            update={name: getattr(defaults, name) for name in _sections(wing)} | {"report": sure}
        )
        before = headline(plain)
        unmoved = before is not None and not moved_between(before, ours)
        if before and not unmoved:
            both = {_("by the defaults"): before, _("this report"): ours}
            tables.append(side_by_side(both, _("Key figures by the defaults, and as changed settings moved them")))
    others = {name: settings_with(laid_over(run.params.overrides, own)) for name, own in named.items()}
    by_name = {name: headline(settings) for name, settings in others.items()}
    if found := {name: one for name, one in by_name.items() if one}:
        tables.append(side_by_side({_("this report"): ours, **found}, _("Key figures by other settings, as scenarios")))
    moved = {name: changed_settings(settings, wing, run.settings) for name, settings in others.items()}
    return OtherSettings(shown, moved, tuple(tables), settings=_plain(run.settings), unmoved=unmoved)


def saved_scenarios(run: Run, study: Study, words: ModuleType, *more: Study) -> OtherSettings | Finding:
    """Every scenario that an explorer saved, side by side; of those that concern the analysis.

    Parameters
    ----------
    run : Run
    study, words, more
        As in :func:`other_settings`.

    Returns
    -------
    OtherSettings or Finding
        What is wrong with a file that cannot be used any more is said, and the others are shown.

    Examples
    --------
    In a project in which somebody saved one:

    >>> from contextlib import chdir
    >>> from pathlib import Path
    >>> from shutil import copytree
    >>> from tempfile import TemporaryDirectory
    >>> from cskit import nps
    >>> with TemporaryDirectory() as folder:
    ...     base = copytree(project_root() / "params", Path(folder, "params"), ignore=lambda *_: [SCENARIOS])
    ...     Path(base, SCENARIOS).mkdir()
    ...     written = Path(base, SCENARIOS, "old ones.yaml").write_text("settings: {nps: {eligible_months: 36}}")
    ...     with chdir(folder):
    ...         found = saved_scenarios(run, nps.study, nps.words)
    >>> found.tables[0].frame.iloc[0].to_dict()
    {'Key figure': 'NPS', 'this report': '+6.4', 'old ones': '−3.3 (−9.7)'}
    """
    root = project_root()
    files = sorted((root / "params" / SCENARIOS).glob("*.yaml"))
    named, faults = dict[str, Mapping[str, Any]](), list[str]()
    for path in files:
        try:
            own = settings_of(str(path), root)
            settings_with(laid_over(run.params.overrides, own), source=f"params/{SCENARIOS}/{path.name}")
        except SettingsError as fault:
            faults.append(" ".join(str(fault).split()))
        else:
            named[path.stem] = own
    named = _concerning(study.__module__.split(".")[1], named)
    if not named:
        return Finding(_("No scenario of this analysis is saved yet."), i18n.sentences(*faults))
    found = other_settings(run.by(run.settings.model_copy(update={SCENARIOS: named})), study, words, *more)
    return replace(found, faults=tuple(faults)) if found else Finding(_("Not available from this data"))


def _concerning(wing: str, scenarios: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The scenarios that change what an analysis is reckoned by."""
    return {name: own for name, own in scenarios.items() if own.keys() & {*_sections(wing), "report"}}


def changed_settings(settings: Settings, wing: str, before: Settings | None = None) -> dict[str, tuple[Any, Any]]:
    """The settings on which an analysis' key figures rest that are not as before, by their places: both values.

    Parameters
    ----------
    settings : Settings
    wing : str
        Name of the analysis, such as ``health``.
    before : Settings or None
        None: the defaults.

    Examples
    --------
    >>> changed_settings(settings_with({"health": {"grades": {"good": 80}}}), "health")
    {'health.grades.good': (75.0, 80.0)}

    What is new as a whole, such as an item of one's own, is one change:

    >>> mode = {"per_year": 2, "minutes": 60, "prep": 30, "followup": 30}
    >>> changed_settings(settings_with({"workload": {"what_if": {"modes": {"monthly": mode}}}}), "workload")
    {'workload.what_if.modes': (None, {})}
    """
    return _changed(settings, before, (*_sections(wing), "report"))


def _changed(settings: Settings, before: Settings | None, sections: tuple[str, ...]) -> dict[str, tuple[Any, Any]]:
    found = changed(settings, before, sections) if sections else {}
    return {path: pair for path, pair in found.items() if not path.startswith(FACTS) and _reckons(path)}


def _reckons(path: str) -> bool:
    """Of how a report is made, only the confidence: all intervals hang on it."""
    return not path.startswith("report.") or path == "report.confidence"


def changes_told(settings: Settings) -> str:
    """In a sentence, which settings of any analysis are not the defaults; empty where all are.

    >>> changes_told(settings_with({"health": {"grades": {"good": 80}}}))
    'Made with changed settings: good from 80 points instead of 75 points.'
    """
    plain = settings_with()  # read once for all of them
    found = {path: pair for wing in WINGS for path, pair in changed_settings(settings, wing, plain).items()}
    return "".join(OtherSettings(found, {}, (), settings=_plain(settings)).sentences)


def _plain(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(mode="json", by_alias=True)


def _sections(wing: str) -> tuple[str, ...]:
    return (wing, *(("money",) if wing in MONEY else ()), *RESTS_ON.get(wing, ()))


def _headline(run: Run, studies: tuple[Study, ...], words: ModuleType, settings: Settings) -> Headline | None:
    other = run.by(settings)
    try:
        found: Headline = words.headline(other, *(study(other) for study in studies))
    except NotAvailable:
        return None
    return found


def _here(mine: Any) -> str:
    return _("new") if mine == {} else _("gone")


def _first_things_first(changed: Mapping[str, tuple[Any, Any]]) -> list[tuple[str, tuple[Any, Any]]]:
    """Weights last: most of them only made room for one that was moved."""
    return sorted(changed.items(), key=lambda one: ".dimensions." in one[0] or one[0].endswith(".weight"))


def _as_written(value: Any) -> str:
    """A setting as params hold it."""
    if value is None:
        return "–"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return i18n.listed([str(own) for own in value]) if isinstance(value, list) else str(value)
