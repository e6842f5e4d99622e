"""What an analysis found, as a notebook shows it when somebody just looks at it."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from html import escape
from itertools import islice
from typing import Any

__all__ = ["Result"]

FEW, LONG = 6, 200  # of many values so many are named; of a text so many letters


class Result:
    """Each part of a dataclass by its name, in a line; whatever it holds stands there as text.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Count(Result):
    ...     "Customers counted."
    ...     n: int
    ...     who: tuple[str, ...]
    >>> html = Count(2, ("<A>", "B"))._repr_html_()
    >>> "<caption>Customers counted.</caption>" in html and "<td>&lt;A&gt;, B</td>" in html
    True
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        lines = [(part.name, _brief(getattr(self, part.name))) for part in fields(self)]  # type: ignore[arg-type]
        rows = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(told)}</td></tr>' for name, told in lines)
        return f"<table><caption>{escape(_about(self))}</caption>{rows}</table>"


def _about(value: object) -> str:
    return (type(value).__doc__ or type(value).__name__).strip().splitlines()[0]


def _brief(value: Any) -> str:
    """A value in a line: a table by its size and columns, many by the first few."""
    if hasattr(value, "columns") and hasattr(value, "index"):
        return f"{len(value):,} rows: {_few(value.columns)}"
    if hasattr(value, "index") and hasattr(value, "dtype"):
        return f"{len(value):,} values of {_few(value.index)}"
    if isinstance(value, Result):
        return _about(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return _few([f"{key}: {_brief(own)}" for key, own in islice(value.items(), FEW)], len(value))
    if isinstance(value, set | frozenset):
        return _few(sorted(value, key=str))
    if isinstance(value, list | tuple):
        return _few(value)
    return str(value)[:LONG]


def _few(values: Collection[Any], n: int | None = None) -> str:
    """The first few, and how many there are of them."""
    n = len(values) if n is None else n
    named = ", ".join(_brief(value) for value in islice(values, FEW))
    return f"{named}, … ({n:,})" if n > FEW else named
