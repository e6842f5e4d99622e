"""A table as a reader sees it: laid out by great-tables, sorted and filtered by the page where it is long.

Cells are values or words. A value is written by its column's format and sorts as the value it is; a grade is
a chip in its colour. Whatever a cell holds, it stands on the page as text.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from html import escape
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from cskit import i18n
from cskit.glance import glance
from cskit.i18n import _
from cskit.lines import FOLDER, MANY, file_name, write_lines

__all__ = ["MOST", "ROWS_TYPE", "Behind", "Formats", "Graded", "Linked", "Rows", "with_owner"]

ROWS_TYPE = "application/vnd.cskit.rows+json"
MOST = 500  # rows of a list that a page can hold; those beyond stand in the file
LONG = 12  # rows from which a table is worth sorting; fewer are seen at a glance
Formats = Mapping[str, Callable[[Any], str]]
AT_ONCE = 50_000  # rows turned into plain values at a time
FIRST, WIDE = 3, 40  # rows, and letters of a cell, of what is only glanced at
MARK = "\N{SYMBOL FOR NULL}"  # where a cell goes, in a row laid out without its cells
RANK = {"action": 0, "caution": 1, "sound": 2, "good": 3}


@dataclass(frozen=True, slots=True)
class Graded:
    """A health grade in a cell, or the way from one to another.

    Examples
    --------
    >>> str(Graded("caution", provisional=True)), str(Graded("caution", since="sound"))
    ('caution (provisional)', 'sound → caution')
    """

    grade: str
    provisional: bool = False
    since: str = ""

    def __str__(self) -> str:
        text = i18n.term(self.grade)
        text = _("{grade} (provisional)", grade=text) if self.provisional else text
        return f"{i18n.term(self.since)} → {text}" if self.since else text

    @property
    def html(self) -> str:
        before = f"{_chip(self.since)} → " if self.since else ""
        provisional = _("provisional")
        after = f' <span class="quiet nowrap">{provisional}</span>' if self.provisional else ""
        return f"{before}{_chip(self.grade)}{after}"


@dataclass(frozen=True, slots=True)
class Linked:
    """Words that lead somewhere; an address that is none of the web's leads nowhere.

    Examples
    --------
    >>> Linked("A", "https://crm.example.com/1").html, Linked("A", "javascript:x()").html
    ('<a href="https://crm.example.com/1">A</a>', 'A')
    """

    text: str
    url: str

    def __str__(self) -> str:
        return self.text

    @property
    def html(self) -> str:
        web = re.fullmatch(r"https?://[^\s\"'<>]+", str(self.url or ""))
        return f'<a href="{escape(self.url)}">{escape(self.text)}</a>' if web else escape(self.text)


@dataclass(frozen=True)
class Rows:
    """A table: column names are headers, the first column heads its row.

    Parameters
    ----------
    frame : DataFrame
        Words, or values that ``formats`` writes.
    caption : str
        What the rows are.
    limit : int or None
        Rows shown; how many more there are is said. None: all.
    numeric : tuple of str
        Columns aligned to the right.
    export : str
        Name of the list that keeps all rows: ``internal/<export>.csv``; ``actions`` fills ``actions.xlsx``.
        Empty: the rows are only shown.
    full : DataFrame or None
        What is exported where it holds more than is shown, such as identifiers.
    formats : dict of callable
        By column: how a value is written. Numbers and dates sort as what they are, whatever is written.
    beyond : int
        Rows there are besides, where the frame holds only those to be shown: none of them is made for nothing.
    sortable : bool
        Whether a long table may be sorted and filtered; not where its rows only have a meaning in their order.
    bars : tuple of str
        Columns of numbers, none negative, that show a bar each: lengths are seen faster than digits are read.
    customers : bool
        Whether each row is a customer: those left out are then counted as customers.

    Examples
    --------
    >>> frame = pd.DataFrame({"Customer": ["A"], "ARR": [2_000_000]})
    >>> 'data-sort="2000000"' in Rows(frame, "By ARR", numeric=("ARR",), formats={"ARR": i18n.money}).html
    True
    """

    frame: pd.DataFrame
    caption: str
    limit: int | None = 15
    numeric: tuple[str, ...] = ()
    export: str = ""
    full: pd.DataFrame | None = None
    formats: Formats = field(default_factory=dict)
    bars: tuple[str, ...] = ()
    beyond: int = 0
    sortable: bool = True
    customers: bool = False

    @property
    def shown(self) -> pd.DataFrame:
        """The rows a reader sees, unwritten."""
        return self.frame if self.limit is None else self.frame.head(self.limit)

    @property
    def html(self) -> str:
        """The table, its caption in it, and how many rows it leaves out."""
        if self.shown.empty:
            return f'<p class="quiet">{escape(self._without_rows)}</p>'
        more = len(self.frame) - len(self.shown) + self.beyond
        rest = f'<p class="quiet">{escape(self._left_out(more))}</p>' if more > 0 else ""
        return f'<div class="wide">{_table(self)}</div>{rest}'

    def _left_out(self, n: int) -> str:
        """How many more there are."""
        if self.customers:
            return i18n.n_("{n} more customer.", "{n} more customers.", n)
        return i18n.n_("{n} more row.", "{n} more rows.", n)

    @property
    def _without_rows(self) -> str:
        """What stands in the place of the rows where none is shown: that there are none, or where they are."""
        n = len(self.frame) + self.beyond
        if not n:
            return f"{self.caption}: –"
        rows = i18n.n_("{n} row", "{n} rows", n)
        rows = _("{rows}, in {file}", rows=rows, file=f"internal/{file_name(self.export)}.csv") if self.export else rows
        return f"{self.caption}: {rows}"

    @property
    def _text(self) -> str:
        hidden = self.shown.empty and not self.frame.empty
        return self._without_rows if hidden else self.written.to_string(index=False)

    @property
    def listing(self) -> dict[str, Any]:
        """What is exported: its name, columns, and rows as plain values."""
        return _listed(self.export, self._kept)

    @property
    def _kept(self) -> pd.DataFrame:
        return self.frame if self.full is None else self.full

    @property
    def written(self) -> pd.DataFrame:
        """The rows shown, every cell in words."""
        columns = [self.shown.iloc[:, place] for place in range(len(self.shown.columns))]
        told = [[_words(value, self.formats.get(str(one.name))) for value in one] for one in columns]
        return pd.DataFrame(dict(enumerate(told))).set_axis([str(one.name) for one in columns], axis=1)

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": self._text, "text/html": self.html}
        if self.export:
            bundle[ROWS_TYPE] = _exported(self.export, self._kept)
        return bundle


@dataclass(frozen=True)
class Behind:
    """The rows that made metrics, kept as ``internal/rows/<name>.csv``.

    Parameters
    ----------
    name : str
    frame : DataFrame
        One row each of what was counted, with the columns that the formula reads.
    metrics : tuple of str
        What can be worked out again from these rows.

    Examples
    --------
    >>> frame = pd.DataFrame({"customer_id": ["A", "B"]})
    >>> len(Behind("churns", frame, ("growth.churns_year",)).frame)
    2
    """

    name: str
    frame: pd.DataFrame
    metrics: tuple[str, ...]

    @property
    def listing(self) -> dict[str, Any]:
        """What is kept: its name, columns, rows as plain values, and metrics."""
        return _listed(f"rows/{self.name}", self.frame) | {"metrics": list(self.metrics)}

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        made = _exported(f"rows/{self.name}", self.frame) | {"metrics": list(self.metrics)}
        bundle = {"text/plain": f"{self.name}: {len(self.frame):,} rows", ROWS_TYPE: made}
        return bundle if os.environ.get(FOLDER) else bundle | {"text/html": self._at_a_glance}

    @property
    def _at_a_glance(self) -> str:
        """The first rows, for whoever works in JupyterLab; where a run makes the notebook, they are in no output."""
        first = self.frame.head(FIRST)
        told = [[_brief(value) for value in row] for row in _rows(first)]
        rows = i18n.n_("{n} row", "{n} rows", len(self.frame))
        more = _("The first {n}; frame holds them all.", n=len(first)) if len(self.frame) > len(first) else ""
        rest = f'<p style="text-align:left">{escape(more)}</p>' if more else ""
        return glance(f"{self.name}: {rows}", told, map(str, first.columns)) + rest


def with_owner(frame: pd.DataFrame, customers: pd.Series, accounts: pd.DataFrame) -> pd.DataFrame:
    """A table about customers with the person in charge beside, each name leading to the customer's record.

    Parameters
    ----------
    frame : DataFrame
        Its first column names the customer.
    customers : Series of str, in the order of its rows
    accounts : DataFrame
        See :func:`cskit.facts.accounts`.

    Returns
    -------
    DataFrame
        Its first column :class:`Linked`, ``Owner`` as the second; both bare for a customer without an account.

    Examples
    --------
    >>> accounts = pd.DataFrame({"owner": ["鈴木 健太"], "url": ["https://crm.example.com/1"]}, index=["C1"])
    >>> frame = pd.DataFrame({"Customer": ["株式会社山吹", "Gone Inc."], "ARR": [5, 3]})
    >>> made = with_owner(frame, pd.Series(["C1", "C9"]), accounts)
    >>> [one.html for one in made["Customer"]], made["Owner"].isna().tolist()
    (['<a href="https://crm.example.com/1">株式会社山吹</a>', 'Gone Inc.'], [False, True])
    """
    known = accounts.reindex(customers.to_list())
    head, *_rest = frame.columns
    names = [Linked(str(name), url) for name, url in zip(frame[head], known["url"], strict=True)]
    made = frame.copy()
    made[head] = pd.Series(names, index=frame.index, dtype=object)
    made.insert(1, _("Owner"), known["owner"].to_list())
    return made


def _exported(name: str, frame: pd.DataFrame) -> dict[str, Any]:
    """A list as an output holds it; the rows of a long one go into a file, and nowhere where no run asks for them."""
    if len(frame) <= MANY:
        return _listed(name, frame)
    told: dict[str, Any] = {"name": name, "columns": [*map(str, frame.columns)], "count": len(frame)}
    if folder := os.environ.get(FOLDER):
        told["file"] = write_lines(name, _rows(frame), Path(folder))
    return told


def _listed(name: str, frame: pd.DataFrame) -> dict[str, Any]:
    return {"name": name, "columns": [*map(str, frame.columns)], "rows": list(_rows(frame))}


def _rows(frame: pd.DataFrame) -> Iterator[list[Any]]:
    """Its rows as JSON and a spreadsheet take them; missing is None."""
    for start in range(0, len(frame), AT_ONCE):
        part = frame.iloc[start : start + AT_ONCE]
        columns = [_values(part.iloc[:, place]) for place in range(part.shape[1])]
        yield from map(list, zip(*columns, strict=True))


def _values(column: pd.Series) -> list[Any]:
    """A column's values; only among those of mixed kinds has each to be looked at."""
    plain = column.astype(object).where(column.notna(), None).tolist()
    return plain if column.dtype.kind in "bif" or isinstance(column.dtype, pd.StringDtype) else [*map(_plain, plain)]


def _plain(value: Any) -> Any:
    """A value as JSON and a spreadsheet take it."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, Graded | Linked):
        return str(value)
    return value.item() if hasattr(value, "item") else value


def _table(rows: Rows) -> str:
    """The table as great-tables lays it out, one row of it repeated for each of ours."""
    shown = rows.shown
    labels = tuple(map(str, shown.columns))
    head, row, foot = _layout(labels, tuple(label in rows.numeric for label in labels))
    columns = [
        _cells(shown.iloc[:, place], rows.frame.iloc[:, place], label, rows) for place, label in enumerate(labels)
    ]
    body = "".join("".join(chain(*zip(row, cells, strict=False), row[-1:])) for cells in zip(*columns, strict=True))
    # A search in a part of the rows would say of the others that they do not exist.
    sortable = ' class="sortable"' if rows.sortable and LONG <= len(shown) == len(rows.frame) + rows.beyond else ""
    return f"<table{sortable}><caption>{escape(rows.caption)}</caption>{head}{body}{foot}"


@lru_cache(maxsize=64)
def _layout(labels: tuple[str, ...], right: tuple[bool, ...]) -> tuple[str, tuple[str, ...], str]:
    """great-tables' own markup without its looks: the page has one stylesheet, and captions are captions.

    Returns
    -------
    tuple
        What stands before the rows; the pieces of a row between its cells; what stands after the rows. A row is laid
        out once: great-tables needs a quarter of a millisecond for each cell, and only the cells differ.
    """
    from great_tables import GT

    # Its columns are named by place: a header may stand twice, or be a name that someone else gave.
    places = [f"c{place}" for place in range(len(labels))]
    table = GT(pd.DataFrame({place: [MARK] for place in places}, dtype=object), rowname_col=places[0])
    table = table.tab_stubhead(_safe(labels[0])).cols_label(
        {place: _safe(label) for place, label in zip(places[1:], labels[1:], strict=True)}
    )
    table = table.cols_align("left", places[1:])
    numbers = [place for place, number in zip(places[1:], right[1:], strict=True) if number]
    table = table.cols_align("right", numbers) if numbers else table
    made = table.fmt(lambda cell: cell, columns=places).as_raw_html()
    made = made[made.index("<table") : made.index("</table>") + len("</table>")]
    made = re.sub(r' (?:id|headers|aria-labelledby|data-quarto-[a-z-]+|rowspan|colspan)="[^"]*"', "", made)
    made = re.sub(r' class="([^"]*)"', _class, made)
    made = re.sub(r">\s*\n\s*<", "><", made.split(">", 1)[1]).strip()
    head, opening, rest = made.partition("<tbody>")
    row, closing, foot = rest.partition("</tbody>")
    return head + opening, tuple(row.split(MARK)), closing + foot


def _class(found: re.Match[str]) -> str:
    """Of great-tables' classes only the alignment stays, under our name; ours stay."""
    if "gt_" not in found[1]:
        return found[0]
    return ' class="num"' if "gt_right" in found[1] else ""


def _safe(text: str) -> Any:
    """A header as it is: between doubled braces great-tables would read a unit of measurement."""
    from great_tables import html

    return html(escape(text).replace("{", "&#123;"))


def _cells(shown: pd.Series, whole: pd.Series, column: str, rows: Rows) -> list[str]:
    """A column's cells as HTML; a value that is written otherwise than it sorts says what it is."""
    written, numeric = rows.formats.get(column), column in rows.numeric
    most = float(whole.max()) if column in rows.bars else None
    return [_cell(value, written, numeric, most) for value in shown]


def _cell(value: Any, written: Callable[[Any], str] | None, numeric: bool, most: float | None) -> str:
    """One cell; ``most``: the largest value of a column with bars."""
    text = escape(_words(value, written))
    if isinstance(value, Graded):
        return f'<span data-sort="{RANK.get(value.grade, 9)}">{value.html}</span>'
    if isinstance(value, Linked):
        return value.html
    if isinstance(value, str) and numeric:
        # An interval or an n goes below its figure, where the page says so.
        text = re.sub(r"(?<=.)\([^()]+\)$", r'<span class="around">\g<0></span>', text)
        return f'<span data-sort="{_number_in(value)}">{text}</span>'
    key = _key(value)
    if most is not None and key:
        length = round(100 * max(float(value), 0.0) / most) if most > 0 else 0
        text = f'{text}<span class="bar" style="width:{length}%"></span>'
    return f'<span data-sort="{key}">{text}</span>' if key else text


def _key(value: Any) -> str:
    """What a written value sorts by; empty for words, which sort as they are."""
    if _missing(value) or isinstance(value, str | bool):
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    try:
        return f"{float(value):.15g}"
    except (TypeError, ValueError):
        return ""


def _number_in(text: str) -> str:
    """The number that written words stand for; empty where there is none, or where its unit is a power of ten.

    >>> _number_in("−1,234.5 %"), _number_in("12 days"), _number_in("–"), _number_in("¥2M"), _number_in("3 to 5")
    ('-1234.5', '12', '', '', '')
    """
    found = re.fullmatch(r"([+−-]?)([\d,]+(?:\.\d+)?)\s?([^\d\s]{0,8})", text.strip())
    if found is None or found[3] in ("M", "万円", "億円"):
        return ""
    return ("-" if found[1] in ("−", "-") else "") + found[2].replace(",", "")


def _words(value: Any, written: Callable[[Any], str] | None = None) -> str:
    if _missing(value):
        return ""
    return written(value) if written else str(value)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or value != value


def _brief(value: Any) -> str:
    """A plain value in a cell that is only glanced at."""
    text = i18n.rounded(value) if isinstance(value, float) else "–" if value is None else str(value)
    return text if len(text) <= WIDE else f"{text[: WIDE - 1]}…"


def _chip(grade: str) -> str:
    kind = grade if grade in RANK else "none"
    return f'<span class="grade {kind}">{escape(i18n.term(grade))}</span>'
