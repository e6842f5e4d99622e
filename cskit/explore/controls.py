"""What may be moved: a setting by its place in params, with its unit and the range in which it makes sense."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
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
    group, part : str
        Heading under which it stands, and a smaller one within it.

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
    group: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting with few values.

    Parameters
    ----------
    path, label, group, part : str
    options : mapping of value to its label
    """

    path: str
    label: str
    options: Mapping[Any, str]
    group: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Shares:
    """Settings that add up to 1: moving one makes room among the others, in proportion.

    Parameters
    ----------
    paths : mapping of path to label
    group, part : str
    """

    paths: Mapping[str, str]
    group: str = ""
    part: str = ""


Control = Number | Choice | Shares


def paths_of(controls: Sequence[Control]) -> Iterator[str]:
    """Every place that can be moved."""
    for control in controls:
        yield from control.paths if isinstance(control, Shares) else (control.path,)


def at(settings: Mapping[str, Any], path: str) -> Any:
    """The value at a place.

    >>> at({"caps": [{"from": 183}]}, "caps.0.from")
    183
    """
    found: Any = settings
    for part in path.split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def place(settings: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with values at their places; those given stay as they are.

    >>> place({"grades": {"good": 75}}, {"grades.good": 80})
    {'grades': {'good': 80}}
    """
    changed = deepcopy(dict(settings))
    for path, value in values.items():
        inner, _dot, last = path.rpartition(".")
        holder: Any = at(changed, inner) if inner else changed
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


def shifted(shares: Mapping[str, float], moved: str, to: float) -> dict[str, float]:
    """Shares that add up to 1 when one of them is moved: the others keep their proportions.

    >>> shifted({"a": 0.5, "b": 0.3, "c": 0.2}, "a", 0.75)
    {'a': 0.75, 'b': 0.15, 'c': 0.1}
    """
    rest = sum(value for name, value in shares.items() if name != moved)
    others = [name for name in shares if name != moved]
    if not others:
        return {moved: 1.0}
    parts = {name: shares[name] / rest if rest else 1 / len(others) for name in others}
    found = {name: to if name == moved else round((1 - to) * parts[name], 4) for name in shares}
    # Rounded, so that they are written as a person would; what rounding leaves the largest of the others takes.
    largest = max(others, key=lambda name: found[name])
    found[largest] = round(1 - sum(value for name, value in found.items() if name != largest), 4)
    return found
