"""What may be moved: a setting by its place in params, with its unit and the range in which it makes sense."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from math import floor
from typing import Any

__all__ = ["Choice", "Control", "Number", "Shares", "at", "difference", "place"]

VIEW = "view."  # what is looked at, not what is reckoned by: never handed over


@dataclass(frozen=True, slots=True)
class Number:
    """A setting on a scale.

    Parameters
    ----------
    path : str
        Its place in params, such as ``health.grades.good``; places in a list by number, ``health.caps.0.from``.
    label : str
    low, high, step : float
    unit : str
        Beside the value.
    per_cent : bool
        The setting is a share, 0 to 1, and shown as per cent; ``low``, ``high`` and ``step`` are per cent then.
    none : str
        What it means that nothing is set, where that may be: the scale's upper end stands for it.
    group, part : str
        Heading under which it stands, and a smaller one within it.
    absent : float or None
        What counts while params hold nothing at its place, such as 0 hires in a month; None: they always hold it.

    Examples
    --------
    >>> Number("health.grades.good", "good from", 1, 99, 1, "points").path
    'health.grades.good'
    """

    path: str
    label: str
    low: float
    high: float
    step: float = 1
    unit: str = ""
    per_cent: bool = False
    none: str = ""
    group: str = ""
    part: str = ""
    absent: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting with few values.

    Parameters
    ----------
    path, label, group, part : str
    options : mapping of value to its label
    absent
        As of a :class:`Number`.

    Examples
    --------
    >>> use = Choice("plays.catalogue.upsell.enabled", "Play", {True: "in use", False: "switched off"}, absent=True)
    >>> begun([use], {"plays": {"catalogue": {"upsell": {"title": "Upsell"}}}})
    {'plays.catalogue.upsell.enabled': True}
    """

    path: str
    label: str
    options: Mapping[Any, str]
    group: str = ""
    part: str = ""
    absent: Any = None


@dataclass(frozen=True, slots=True)
class Shares:
    """Settings that add up to 1: moving one makes room among the others, in proportion.

    Parameters
    ----------
    paths : mapping of path to label
    group, part : str
    least : float
        That none may fall below: where 0 would leave it out, which params refuse.

    Examples
    --------
    >>> from cskit.explore.explorer import Explorer
    >>> weights = [f"health.dimensions.{name}" for name in ("deployment", "engagement", "adoption", "roi", "other")]
    >>> explorer = Explorer(run, [Shares({path: path.rpartition(".")[2] for path in weights})], [])
    >>> explorer.move("health.dimensions.engagement", 0.65)
    >>> [(before, explorer.values[path]) for path, before in explorer.begun.items()]
    [(0.2, 0.1), (0.3, 0.65), (0.25, 0.12), (0.2, 0.1), (0.05, 0.03)]
    """

    paths: Mapping[str, str]
    group: str = ""
    part: str = ""
    least: float = 0.0

    @property
    def most(self) -> float:
        """What one may have while the others have the least."""
        return round(1 - self.least * (len(self.paths) - 1), 6)


Control = Number | Choice | Shares


def begun(controls: Sequence[Control], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Every place that can be moved, and where it stands."""
    found: dict[str, Any] = {}
    for control in controls:
        if isinstance(control, Shares):
            found |= {path: at(settings, path) for path in control.paths}
        else:
            found[control.path] = at(settings, control.path, control.absent)
    return found


def at(settings: Mapping[str, Any], path: str, absent: Any = None) -> Any:
    """The value at a place; ``absent`` where there is none.

    Raises
    ------
    KeyError
        If there is none, and nothing that counts instead.

    Examples
    --------
    >>> at({"caps": [{"from": 183}]}, "caps.0.from"), at({"hires": {}}, "hires.2023-10", 0)
    (183, 0)
    """
    found: Any = settings
    for part in path.split("."):
        if absent is not None and isinstance(found, dict) and part not in found:
            return absent
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def place(settings: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with values at their places, which are made where there are none; those given stay as they are.

    >>> place({"grades": {"good": 75}}, {"grades.good": 80, "modes.weekly.minutes": 45})
    {'grades': {'good': 80}, 'modes': {'weekly': {'minutes': 45}}}
    """
    changed = deepcopy(dict(settings))
    for path, value in values.items():
        *way, last = path.split(".")
        holder: Any = changed
        for part in way:
            holder = holder[int(part)] if isinstance(holder, list) else holder.setdefault(part, {})
        holder[int(last) if isinstance(holder, list) else last] = value
    return changed


def difference(base: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """What must be laid over the base to get the other; a list is taken whole.

    >>> difference({"a": {"b": 1, "c": [1, 2]}}, {"a": {"b": 1, "c": [1, 3]}})
    {'a': {'c': [1, 3]}}
    """
    found: dict[str, Any] = {}
    for name, value in changed.items():
        before = base.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            inner = difference(before, value)
            if inner:
                found[name] = inner
        elif value != before or name not in base:
            found[name] = deepcopy(value)
    return found


def among(changes: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """What of some changes lies at one of the places, or leads to it; a list is taken whole.

    >>> among({"report": {"confidence": 0.9, "title": "Ours"}, "caps": [1, 2]}, ["report.confidence", "caps.0"])
    {'report': {'confidence': 0.9}, 'caps': [1, 2]}
    """
    found: dict[str, Any] = {}
    for name, value in changes.items():
        inner = [path.removeprefix(f"{name}.") for path in paths if path.startswith(f"{name}.")]
        if isinstance(value, Mapping) and inner:
            own = among(value, inner)
            if own:
                found[name] = own
        elif inner or name in paths:
            found[name] = value
    return found


def shifted(shares: Mapping[str, float], moved: str, to: float, least: float = 0.0) -> dict[str, float]:
    """Shares that add up to 1 when one of them is moved: the others keep their proportions, in whole per cents.

    Of whole per cents, as a slider of one per cent can stand there, and a person would write them.

    >>> shifted({"a": 0.5, "b": 0.3, "c": 0.2}, "a", 0.75)
    {'a': 0.75, 'b': 0.15, 'c': 0.1}
    >>> shifted({"a": 0.2, "b": 0.3, "c": 0.25, "d": 0.2, "e": 0.05}, "a", 0.41)
    {'a': 0.41, 'b': 0.22, 'c': 0.18, 'd': 0.15, 'e': 0.04}

    None falls below the least:

    >>> shifted({"a": 0.7, "b": 0.2, "c": 0.1}, "a", 1.0, least=0.01)
    {'a': 0.98, 'b': 0.01, 'c': 0.01}
    """
    to = round(min(max(to, least), 1 - least * (len(shares) - 1)), 6)
    others = [name for name in shares if name != moved]
    if not others:
        return {moved: 1.0}
    left = 100 * (1 - to)
    spare = left - 100 * least * len(others)  # each has the least, and its part of what is left beyond
    beyond = sum(max(shares[name] - least, 0.0) for name in others)
    exact = {
        name: 100 * least + spare * (max(shares[name] - least, 0.0) / beyond if beyond else 1 / len(others))
        for name in others
    }
    whole = {name: float(floor(value + 1e-9)) for name, value in exact.items()}
    short = round(left - sum(whole.values()), 6)  # goes to those that rounding took most from
    for name in sorted(others, key=lambda name: whole[name] - exact[name]):
        more = min(1.0, max(short, 0.0))
        whole[name], short = whole[name] + more, short - more
    return {name: to if name == moved else round(whole[name] / 100, 6) for name in shares}
