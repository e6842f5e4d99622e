"""Which settings does a run use? Every default from base.yaml, a period's own on top, all of it checked by name."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from cskit import extend
from cskit.catalogue import Play
from cskit.errors import NameTaken, SettingsError, did_you_mean
from cskit.i18n import _
from cskit.periods import Period, parse
from cskit.secrets import refuse_literal
from cskit.settings import Settings

__all__ = [
    "Params",
    "changed",
    "defaults",
    "laid_over",
    "load",
    "project_root",
    "save_scenario",
    "settings_of",
    "settings_with",
    "with_overrides",
]

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where PyYAML was built with it


class Once(LOADER):  # type: ignore[misc, valid-type]
    """Refuses a name that stands twice in a mapping: YAML would keep the last without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _value in node.value:
            if key.value in seen if isinstance(key, yaml.ScalarNode) else False:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands there twice", key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return super().construct_mapping(node, deep)


MOST, DEEPEST = 100_000, 100  # values of all settings, and names or dots on the way to one: beyond any use
SCENARIOS = "scenarios"  # settings to compare with those of the run: by name, as they are or the file that holds them
RECKONED = ("money", "onboarding", "nps", "health", "workload", "support", "growth", "plays")
PLAYS = "plays.yaml"  # beside base.yaml: long, and written by whoever leads the team
MAPPING, RECOGNISED = ("mapping", "headers"), "recognised_by"  # what a mapping file holds; a ready one, how it is known
NAMES = ("period", "compare_to", "data", "lang", "settings")


@dataclass(frozen=True)
class Params:
    """The five notebook parameters, and the settings they lead to.

    >>> params = load("2023Q2")
    >>> params.period.name, params.data, sorted(params.injected())
    ('2023Q2', 'data/demo', ['compare_to', 'data', 'lang', 'period', 'settings'])
    """

    period: Period
    compare_to: Period
    data: str
    lang: str
    overrides: dict[str, Any]
    settings: Settings

    def injected(self) -> dict[str, Any]:
        """What papermill passes to a notebook: literals under the five names."""
        return {
            "period": self.period.name,
            "compare_to": self.compare_to.name,
            "data": self.data,
            "lang": self.lang,
            "settings": deepcopy(self.overrides),
        }


def project_root(start: Path | None = None) -> Path:
    """The folder that holds ``params/base.yaml``, from here upwards.

    Raises
    ------
    SettingsError
        If there is none: the command was run outside a cskit project.

    Examples
    --------
    >>> (project_root() / "params/base.yaml").is_file()
    True
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "params" / "base.yaml").is_file():
            return folder
    raise SettingsError(f"No params/base.yaml in {here} or above it. Run this inside a cskit project folder.")


def load(
    period: str,
    compare_to: str = "",
    data: str = "",
    lang: str = "",
    overrides: Iterable[str] = (),
    root: Path | None = None,
    settings_file: str = "",
) -> Params:
    """The parameters of a period: its file in ``params/``, and what the command line sets on top.

    Parameters
    ----------
    period : str
        A period's name; ``params/<period>.yaml`` is read where it exists. Or the path of such a file.
    compare_to, data, lang : str
        Instead of the file's; empty: the file's.
    overrides : iterable of str
        ``health.grades.good=80``: one setting each; they go before all others.
    root : Path or None
        The project folder; None: found from the working folder upwards.
    settings_file : str
        A file of settings that go before those of the period, as an explorer saves them; empty: none.

    Raises
    ------
    SettingsError
        Naming every unknown key, wrong type or period that does not parse.

    Examples
    --------
    >>> load("2023Q2", overrides=["health.grades.good=80"]).settings.health.grades.good
    80.0
    """
    root = root or project_root()
    by_path = period.endswith((".yaml", ".yml"))
    path = Path(period) if by_path else root / "params" / f"{period.upper()}.yaml"
    found = _yaml(path) if by_path or path.is_file() else {}
    strange = [f"  {name} is not a parameter.{did_you_mean(str(name), NAMES)}" for name in found if name not in NAMES]
    if strange:
        strange.append(f"  A period file holds only {', '.join(NAMES)}; everything else goes under settings.")
    found = {name: value for name, value in found.items() if name in NAMES and value is not None}
    given = {"period": "" if by_path else period, "compare_to": compare_to, "data": data, "lang": lang}
    values: dict[str, Any] = {"compare_to": "", "data": "data/demo", "lang": "en", "settings": {}} | found
    values |= {name: value for name, value in given.items() if value}
    if settings_file and isinstance(values["settings"] or {}, dict):
        values["settings"] = laid_over(values["settings"] or {}, settings_of(settings_file, root))
    source = _named(path) if found or strange else "settings"
    return resolve(values, overrides, root, strange, f"{source} with {settings_file}" if settings_file else source)


def resolve(
    values: Mapping[str, Any],
    overrides: Iterable[str] = (),
    root: Path | None = None,
    problems: Iterable[str] = (),
    source: str = "settings",
) -> Params:
    """The parameters from the five values themselves; ``period`` is needed, the others have their defaults.

    What is wrong is said all at once, under the name of the source, after the problems already known.
    """
    changes = values.get("settings") or {}
    if not isinstance(changes, dict):
        raise SettingsError(f"settings: found {changes!r}; it is a mapping of names to values.")
    changes = _literals(changes, "settings")
    for override in overrides:
        _assign(changes, override)  # what --set says is YAML, too
    changes = _with_files(_with_scenarios(_literals(changes, "settings"), root), root)
    location = str(values.get("data") or "data/demo")
    refuse_literal("data", location)
    own, home = _of_ones_own(changes, root or project_root()), root or project_root()
    extend.use(own["python"], home)
    extend.beside(own["notebooks"], home)
    settings = settings_with(changes, root, problems, source)
    for name, own in settings.scenarios.items():
        may = f"a scenario may change {', '.join(RECKONED)} and report.confidence"
        strange = [f"  {part}: {may}, and nothing else." for part in own if not _reckoned_by(part, own[part])]
        settings_with(laid_over(changes, own), root, strange, f"scenarios.{name}")
    first = settings.calendar.first_fiscal_month
    period = parse(values.get("period", ""), first)
    compare = parse(values["compare_to"], first) if values.get("compare_to") else period.previous()
    if compare.end >= period.start:
        raise SettingsError(
            f"compare_to: {compare.name} does not end before {period.name} begins. Name an earlier period."
        )
    return Params(period, compare, location, str(values.get("lang") or "en"), changes, settings)


def _reckoned_by(part: str, told: Any) -> bool:
    return part in RECKONED or (part == "report" and isinstance(told, dict) and [*told] == ["confidence"])


def _of_ones_own(changes: Mapping[str, Any], root: Path) -> dict[str, str]:
    """The places of one's own that the settings name, before they are checked: they may name what lies there."""
    given = changes.get("extend")
    own = laid_over(defaults(root).get("extend") or {}, given if isinstance(given, dict) else {})
    return {name: str(own.get(name) or "") for name in ("python", "notebooks")}


def settings_with(
    changes: Mapping[str, Any] | None = None,
    root: Path | None = None,
    problems: Iterable[str] = (),
    source: str = "settings",
) -> Settings:
    """The defaults with some of them changed; everything wrong with the changes is said at once.

    Examples
    --------
    >>> settings_with({"report": {"confidence": 0.9}}).report.confidence
    0.9
    """
    base = defaults(root or project_root())
    merged = deepcopy(base)
    changes = _with_files(changes or {}, root)
    found = [*problems, *_merge(merged, changes, "")]
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        found += _said(error)
    if found:
        raise SettingsError("\n".join([f"{source}:", *found]))
    return settings


def changed(
    settings: Settings, before: Settings | None = None, sections: Collection[str] = tuple(Settings.model_fields)
) -> dict[str, tuple[Any, Any]]:
    """The settings of some sections that are not as before, by their places: both values.

    What is new or gone as a whole, such as an item of one's own, is one change: from None to ``{}``, or back.

    Parameters
    ----------
    settings : Settings
    before : Settings or None
        None: the defaults.
    sections : collection of str

    Examples
    --------
    >>> changed(settings_with({"health": {"grades": {"good": 80}}}))
    {'health.grades.good': (75.0, 80.0)}
    """
    mine, then = (
        dict(_flat(one.model_dump(mode="json", by_alias=True, include=set(sections)), ""))
        for one in (settings, before or settings_with())
    )
    together: dict[str, list[str]] = {}
    for path in dict.fromkeys([*mine, *then]):
        if then.get(path) != mine.get(path):
            together.setdefault(_whole(path, then if path in mine else mine), []).append(path)
    found: dict[str, tuple[Any, Any]] = {}
    for whole, paths in together.items():
        if len(paths) == 1:
            found[paths[0]] = then.get(paths[0]), mine.get(paths[0])
        else:
            found[whole] = (None, {}) if paths[0] in mine else ({}, None)
    return found


def _whole(path: str, others: Mapping[str, Any]) -> str:
    """The widest place around a setting of which the others have nothing."""
    parts = path.split(".")
    places = (".".join(parts[:depth]) for depth in range(2, len(parts)))
    return next((own for own in places if not any(f"{one}.".startswith(f"{own}.") for one in others)), path)


def _flat(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Single settings by their places."""
    if isinstance(value, dict):
        for name, own in value.items():
            yield from _flat(own, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list) and any(isinstance(own, dict) for own in value):
        for number, own in enumerate(value):
            yield from _flat(own, f"{place}.{number}")
    else:
        yield place, value


def laid_over(changes: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Changes to the defaults with more of them on top.

    >>> laid_over({"health": {"window_days": 28}}, {"health": {"grades": {"good": 80}}})
    {'health': {'window_days': 28, 'grades': {'good': 80}}}
    """
    merged = deepcopy(dict(changes))
    for name, value in more.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = laid_over(merged[name], value) if both else deepcopy(value)
    return merged


def settings_of(name: str, root: Path) -> dict[str, Any]:
    """The changes that a file of settings holds, as an explorer saves them: ``settings:`` and nothing beside it.

    Parameters
    ----------
    name : str
        Its place, from the working folder or from the project's.

    Raises
    ------
    SettingsError
        If it cannot be read, or holds anything else.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "mine.yaml").write_text("settings: {health: {grades: {good: 80}}}")
    ...     settings_of("mine.yaml", Path(folder))
    {'health': {'grades': {'good': 80}}}
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "mine.yaml").write_text("health: {grades: {good: 80}}")
    ...     settings_of("mine.yaml", Path(folder))
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: mine.yaml: health: a file of settings holds settings: and, under it, names and values.
    """
    path = next((path for path in (Path(name), root / name) if path.is_file()), Path(name))
    found = _yaml(path)
    strange = found.keys() - {"settings"}
    changes = found.get("settings") or {}
    if strange or not isinstance(changes, dict):
        listed = ", ".join(sorted(map(str, strange))) or f"settings: {changes!r}"
        raise SettingsError(f"{name}: {listed}: a file of settings holds settings: and, under it, names and values.")
    return _literals(changes, "settings")  # type: ignore[no-any-return]


def save_scenario(name: str, written: str, root: Path, *, over: bool = False) -> Path:
    """Write settings under a name into ``params/scenarios/``.

    Parameters
    ----------
    name : str
        Of letters of any script, digits, spaces, - and _.
    written : str
        A file of settings; see :func:`settings_of`.
    root : Path
        The project folder.
    over : bool
        Write over another scenario of that name.

    Raises
    ------
    SettingsError
        If there is nothing to write, or the name does not do for a file.
    NameTaken
        If another scenario has it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save_scenario(" 厳しめ ", "settings: {health: {grades: {good: 80}}}", Path(folder)).name
    ...     save_scenario("厳しめ", "settings: {health: {grades: {good: 85}}}", Path(folder))
    Traceback (most recent call last):
        ...
    cskit.errors.NameTaken: params/scenarios/厳しめ.yaml holds other settings. Choose another name, or write over it.
    """
    name = name.strip()
    if not written:
        raise SettingsError(_("Nothing is moved, so there is nothing to save."))
    if not re.fullmatch(r"\w[\w -]{0,59}", name):
        if not name.strip():
            raise SettingsError(_("Give the scenario a name first, such as stricter."))
        told = _('"{name}": a scenario is named by letters, digits, spaces, - and _, 60 at the most.', name=name)
        raise SettingsError(told)
    if re.fullmatch(r"(?i)con|prn|aux|nul|(com|lpt)\d", name):
        raise SettingsError(_('"{name}" names no file on Windows.', name=name))
    folder = root / "params" / SCENARIOS
    # One file where capitals make no difference, as on Windows and macOS.
    alike = (one for one in folder.glob("*.yaml") if one.stem.casefold() == name.casefold())
    path = next(alike, folder / f"{name}.yaml")
    if not over and path.exists() and path.read_text(encoding="utf-8") != written:
        file = f"params/{SCENARIOS}/{path.name}"
        raise NameTaken(_("{file} holds other settings. Choose another name, or write over it.", file=file))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written, encoding="utf-8")
    return path


def with_overrides(overrides: Iterable[str]) -> dict[str, Any]:
    """What ``--set`` says, as changes to the defaults; for a command that knows no period.

    >>> with_overrides(["report.status=preliminary", "health.grades.good=80"])
    {'report': {'status': 'preliminary'}, 'health': {'grades': {'good': 80}}}
    """
    changes: dict[str, Any] = {}
    for override in overrides:
        _assign(changes, override)
    return _literals(changes, "settings")


def _with_scenarios(changes: Mapping[str, Any], root: Path | None) -> dict[str, Any]:
    """The changes with what the scenarios' files hold in the files' place: a run says all that it was made from."""
    named = changes.get(SCENARIOS)
    if not isinstance(named, dict):
        return dict(changes)
    root = root or project_root()
    return {
        **changes,
        SCENARIOS: {name: settings_of(own, root) if isinstance(own, str) else own for name, own in named.items()},
    }


def _with_files(changes: Mapping[str, Any], root: Path | None) -> dict[str, Any]:
    """The changes with what their mapping files hold in the files' place: a run says all that it was made from.

    What stands in the settings themselves goes before the files, table by table.
    """
    own = changes.get("data")
    names = own.get("mapping_file") if isinstance(own, dict) else None
    if not isinstance(own, dict) or not names:
        return dict(changes)
    root, data = root or project_root(), {kind: dict[str, Any]() for kind in MAPPING}
    for name in [*(names if isinstance(names, list) else [names])]:
        found = _yaml(root / Path(str(name)).expanduser())
        if strange := found.keys() - {*MAPPING, RECOGNISED}:
            listed = ", ".join(map(str, sorted(strange, key=str)))
            raise SettingsError(f"{name}: {listed}: a mapping file holds {', '.join(MAPPING)} and nothing else.")
        for kind in MAPPING:
            data[kind] |= _literals(found.get(kind) or {}, f"{name}.{kind}")
    for kind in MAPPING:
        data[kind] |= own.get(kind) or {}
    kept = {name: value for name, value in own.items() if name != "mapping_file"}
    return {**changes, "data": {**kept, **{kind: value for kind, value in data.items() if value}}}


@cache
def defaults(root: Path) -> dict[str, Any]:
    """``params/base.yaml`` as it stands, with the plays of ``params/plays.yaml``; a project without them has none.

    >>> defaults(project_root())["health"]["grades"]["good"]
    75
    """
    base, plays = _yaml(root / "params" / "base.yaml"), root / "params" / PLAYS
    base.setdefault("plays", {})["catalogue"] = _catalogue(plays) if plays.is_file() else {}
    return base


def _catalogue(path: Path) -> dict[str, Any]:
    """The plays, every fault of them said under the name of their own file."""
    found, problems = _yaml(path), list[str]()
    for name, entry in found.items():
        try:
            Play.model_validate(entry)
        except ValidationError as error:
            problems += [f"  {name}{line.replace('  ', '.', 1)}" for line in _said(error)]
    if problems:
        raise SettingsError("\n".join([f"{_named(path)}:", *problems]))
    return found


def _named(path: Path) -> str:
    """A file as its user knows it: those of the project by their place in it."""
    return f"params/{path.name}" if path.is_absolute() else str(path)


def _yaml(path: Path) -> dict[str, Any]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Once)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or "it does not parse"
        raise SettingsError(f"{_named(path)}{where}: not YAML: {what}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{_named(path)}: cannot be read: {error.strerror if isinstance(error, OSError) else 'not UTF-8 text'}."
        ) from None
    if not isinstance(found, dict):
        raise SettingsError(f"{_named(path)}: found {type(found).__name__}; a mapping of names to values is wanted.")
    return found


# Under these, names are the user's own: nothing to compare a new one with.
OPEN = {
    "commentary",
    "data.headers",
    "data.mapping",
    "data.only",
    "output.options",
    "plays.catalogue",
    "scenarios",
    "sources",
    "health.dimensions",
    "health.fresh_days_of",
    "health.items",
    "support.roadmap.outcome",
    "support.roadmap.steps",
    "targets",
    "workload.outlook.hires",
    "workload.what_if.modes",
    "workload.what_if.moves",
}
WITHIN = ("plays.catalogue.", "workload.what_if.modes.")  # what these may hold, their own shape says


def _literals(value: Any, place: str, room: list[int] | None = None) -> Any:
    """A copy that a notebook's cell can state: text, numbers, lists and mappings of them, whatever YAML made of it.

    Raises
    ------
    SettingsError
        If there is anything else in it, of which a notebook would be given the name, or more than anybody means.
    """
    room = [MOST] if room is None else room
    room[0] -= 1
    if room[0] < 0 or place.count(".") > DEEPEST:
        raise SettingsError("settings: they never end; an anchor (&) repeats itself or far too much.")
    if isinstance(value, dict):
        named = {"" if name is None else str(name): own for name, own in value.items()}
        return {name: _literals(own, f"{place}.{name}", room) for name, own in named.items()}
    if isinstance(value, list | tuple):
        return [_literals(own, f"{place}.{number}", room) for number, own in enumerate(value)]
    if isinstance(value, date | time):
        return str(value)
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    told = value if isinstance(value, float) else type(value).__name__
    raise SettingsError(f"{place}: found {told}; a setting is text, a number, yes or no, a list or a mapping of these.")


def _merge(base: dict[str, Any], changes: Mapping[str, Any], place: str) -> list[str]:
    """Lay changes over the defaults; returns what is unknown, by its full name."""
    problems = []
    for name, value in changes.items():
        full = f"{place}{name}"
        if name not in base and place.rstrip(".") not in OPEN and not place.startswith(WITHIN):
            problems.append(f"  {full} is not a setting.{did_you_mean(str(name), base)}")
        elif isinstance(value, dict) and isinstance(base.get(name), dict):
            problems += _merge(base[name], value, f"{full}.")
        else:
            base[name] = deepcopy(value)
    return problems


def _assign(changes: dict[str, Any], override: str) -> None:
    """``a.b=1`` into nested settings; targets are named with their dot."""
    name, sign, text = override.partition("=")
    if not sign or not name.strip():
        raise SettingsError(
            f'--set: found "{override}"; a setting is written name=value, such as report.status=preliminary.'
        )
    path = name.strip().split(".")
    if path[0] == "targets" and len(path) > 2:
        path = [path[0], ".".join(path[1:3]), *path[3:]]
    for part in path[:-1]:
        changes = changes.setdefault(part, {})
        if not isinstance(changes, dict):
            raise SettingsError(f"--set: {name} lies under {part}, which has a value of its own.")
    changes[path[-1]] = _value(text)


def _value(text: str) -> Any:
    """What YAML makes of it; a title with a colon or a bracket in it stays the text that was typed."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return text
    return text if isinstance(value, dict) and not text.lstrip().startswith("{") else value


def _said(error: ValidationError) -> list[str]:
    """Each fault on a line; what stood in a setting that may hold a secret is not repeated."""
    lines = []
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            message = "is not a setting here"
        value = fault["input"]
        plain = isinstance(value, str | int | float | bool) or value is None
        shown = f" (found {value!r})" if plain and not place.startswith("output") else ""
        lines.append(f"  {place}: {message}{shown}" if place else f"  {message}")
    return lines
