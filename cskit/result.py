"""What an analysis found, as a notebook shows it when somebody just looks at it."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from inspect import cleandoc
from itertools import islice
from numbers import Integral, Real
from typing import Any

from cskit import i18n
from cskit.glance import glance
from cskit.i18n import _
from cskit.metrics import Metric, definitions
from cskit.periods import Period
from cskit.show import said, spread_of
from cskit.stats.intervals import Interval

__all__ = ["Result"]

FEW, SHORT = 6, 4  # of many values so many are named; of a result within another
LONG = 120  # letters of a text


class Result:
    """Each part of a dataclass in a line: its name, its value in short, and what its docstring says it is.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Count(Result):
    ...     '''Customers counted.
    ...
    ...     Parameters
    ...     ----------
    ...     n : int
    ...         How many.
    ...     '''
    ...     n: int
    ...     who: tuple[str, ...]
    >>> html = Count(1200, ("<A>", "B"))._repr_html_()
    >>> [text in html for text in (">Customers counted.</caption>", ">1,200</td>", ">How many.</td>", ">&lt;A&gt;, B<")]
    [True, True, True, True]
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        meant = _meanings(type(self).__doc__ or "")
        metrics: tuple[Metric, ...] = ()
        lines, before = [], ""
        for part in fields(self):  # type: ignore[arg-type]
            value = getattr(self, part.name)
            if part.repr or part.compare:  # neither: kept for the analysis itself
                meaning = meant.get(part.name) or _about(value)
                lines.append((part.name, _brief(value), "" if meaning == before else meaning))  # of several at once
                before = meaning
            if _all_of(Metric, value):
                metrics = value
        own = "" if type(self)._in_short is Result._in_short else self._in_short()
        opening = " · ".join(filter(None, (own, _about(self))))
        return glance(opening, lines, quiet=True) + (_measured(metrics) if metrics else "")

    def _in_short(self) -> str:
        """The result in a line, where it stands within another."""
        return _parts(self)


def _measured(metrics: Iterable[Metric]) -> str:
    """Metrics as a table, each under the name by which it is found."""
    head = (_("Name"), _("Metric"), _("Value"), _("Interval"), "n")
    return glance("metrics", [(one.name, *_stated(one)) for one in metrics], head)


def _stated(metric: Metric) -> tuple[str, str, str, str]:
    """Label, value, interval and n."""
    known = definitions().get(metric.name)
    label = _(known.label) if known else metric.name
    value = "–" if metric.value is None else said(metric, metric.value)
    return label, value, ", ".join(spread_of(metric)), "" if metric.n is None else i18n.number(metric.n)


@cache
def _meanings(docstring: str) -> dict[str, str]:
    """What the Parameters of a docstring say of each field; nothing of those without a word."""
    _before, _line, told = cleandoc(docstring).partition("\nParameters\n----------\n")
    told = re.split(r"\n\n\w+\n-+\n", told)[0]
    found: dict[str, str] = {}
    for names, kinds, text in re.findall(r"^(\w[^:\n]*?)(?: : (.*))?$\n?((?:^ +.*\n?)*)", told, flags=re.M):
        words = _plain(text) or kinds.partition(",")[2].strip()
        found |= {name.strip(): words for name in names.split(",")}
    return found


def _about(value: object) -> str:
    """The first line of a class's docstring, for what is a class of the kit or a result of one's own."""
    kind = type(value)
    ours = isinstance(value, Result) or kind.__module__.startswith("cskit.")
    return _plain((kind.__doc__ or "").strip().partition("\n")[0]) if ours else ""


def _plain(text: str) -> str:
    """A docstring's words without its marks."""
    return re.sub(r"(?::\w+:)?`+([^`]+)`+", r"\1", " ".join(text.split()))


def _brief(value: Any) -> str:
    """A value in a line, as a person reads it."""
    for kinds, told in TOLD:
        if isinstance(value, kinds):
            return told(value)
    if hasattr(value, "_in_short"):
        return str(value._in_short())
    if hasattr(value, "columns") and hasattr(value, "index"):
        return _(
            "{rows} × {columns}: {names}", rows=_rows(len(value)), columns=_columns(value), names=_few(value.columns)
        )
    if hasattr(value, "index") and hasattr(value, "dtype"):
        pairs = [f"{_brief(key)} {_brief(own)}" for key, own in islice(value.items(), FEW)]
        return _counted(len(value), _few(pairs, len(value)))
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return " × ".join(map(str, value.shape)) if value.ndim > 1 else _counted(len(value), _few(value.tolist()))
    if hasattr(type(value), "model_fields"):
        return _few(type(value).model_fields)
    if is_dataclass(value):
        return _parts(value)
    text = getattr(value, "__name__", "") or str(value)
    return "–" if text in ("None", "<NA>") else _cut(text)


def _interval(value: Interval) -> str:
    signed = value.low < 0
    return _("{low} to {high}", low=i18n.rounded(value.low, signed), high=i18n.rounded(value.high, signed))


def _metric(metric: Metric) -> str:
    label, value, interval, n = _stated(metric)
    return i18n.several([f"{label}: {value}", *([interval] if interval else []), *([f"n = {n}"] if n else [])], ", ")


def _day(value: date) -> str:
    return "–" if value != value else i18n.day(value)


def _mapping(value: Mapping[Any, Any]) -> str:
    return _few([f"{_brief(key)}: {_brief(own)}" for key, own in islice(value.items(), FEW)], len(value))


def _many(value: list[Any] | tuple[Any, ...]) -> str:
    """Several values; of several results each in short, after how many they are."""
    if _all_of(Metric, value):
        return i18n.number(len(value))
    if not value or not all(hasattr(one, "_in_short") for one in value):
        return _few(value)
    shown = [*map(_brief, value[:SHORT]), *(["…"] if len(value) > SHORT else [])]
    return f"{len(value)}: {i18n.several(shown)}"


TOLD: tuple[tuple[Any, Any], ...] = (
    (bool, str),
    (Integral, lambda value: i18n.number(int(value))),
    (Real, lambda value: i18n.rounded(float(value))),
    (str, lambda value: _cut(value) or "–"),
    (Interval, _interval),
    (Period, lambda value: value.name),
    (Metric, _metric),
    (date, _day),
    (Mapping, _mapping),
    ((set, frozenset), lambda value: _few(sorted(value, key=str))),
    ((list, tuple), _many),
)


def _parts(value: Any) -> str:
    """The first parts of a dataclass that say something in a word; the names of all, where none does."""
    names = [part.name for part in fields(value) if part.repr or part.compare]
    told = [f"{name} {_size(name, one)}" for name in names if _small(one := getattr(value, name))]
    return i18n.several([*told[:SHORT], "…"] if told[SHORT:] else told or names, ", ")


def _small(value: Any) -> bool:
    """Whether a word says it: not what has parts of its own, nor what is missing."""
    inner = is_dataclass(value) and not isinstance(value, Interval | Period)
    return not (value is None or inner or callable(value) or _all_of(Metric, value) or hasattr(value, "model_fields"))


def _size(name: str, value: Any) -> str:
    """A number, a word or a day as it is; of many values how many they are."""
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return _brief(value)
    return _rows(len(value)) if hasattr(value, "columns") and name != "rows" else i18n.number(len(value))


def _rows(n: int) -> str:
    return i18n.n_("{n} row", "{n} rows", n)


def _columns(table: Any) -> str:
    return i18n.n_("{n} column", "{n} columns", len(table.columns))


def _counted(n: int, named: str) -> str:
    values = i18n.n_("{n} value", "{n} values", n)
    return f"{values}: {named}" if n > FEW else named


def _few(values: Collection[Any], n: int | None = None) -> str:
    """The first few, and how many there are of them."""
    n = len(values) if n is None else n
    named = ", ".join(_brief(value) for value in islice(values, FEW))
    return f"{named}, …" if n > FEW else named or "–"


def _all_of(kind: type, value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(one, kind) for one in value)


def _cut(text: str) -> str:
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"
