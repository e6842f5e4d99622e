"""Which tables are there, which columns do they have, and what may stand in them?"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from cskit import i18n

__all__ = ["Column", "Table", "also_named", "column_named", "plain", "spoken", "table_named", "tables", "tight"]

Type = Literal["text", "integer", "number", "boolean", "date", "datetime", "month"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, as ``tables.yaml`` describes it; what each of these says stands at its head.

    >>> column = tables()["tickets"].columns["customer_id"]
    >>> column.ja[0], column.refers, column.required
    ('顧客ID', 'customers', False)
    >>> tables()["contracts"].columns["kind"].wanted
    'one of paid (有料, 本契約), free (無料), trial (トライアル, 試用)'
    """

    name: str
    type: Type
    about: str
    ja: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    required: bool = False
    unit: str = ""
    allowed: dict[str, tuple[str, ...]] | None = None
    min: float | None = None
    max: float | None = None
    refers: str = ""
    unknown: Literal["error", "warning"] = "error"
    event: bool = False
    known_with: str = ""
    now: bool = False

    @property
    def wanted(self) -> str:
        """What a cell holds, in words.

        >>> tables()["nps_responses"].columns["score"].wanted
        'a whole number from 0 to 10'
        """
        if self.allowed:
            return "one of " + ", ".join(_spelt(value, others) for value, others in self.allowed.items())
        return WANTED[self.type] + _range(self.min, self.max)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, what names it, from when it is known, and its columns.

    ``headers`` are the words that name a column, as :func:`tight` writes them.

    >>> column_named(also_named(tables()["customers"], {"customer_id": ["取引先番号"]}), "取引先番号")
    'customer_id'
    """

    name: str
    ja: str
    about: str
    adds: str
    key: tuple[str, ...]
    known_on: str
    columns: dict[str, Column]
    order: tuple[tuple[str, str], ...] = ()
    called: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict, repr=False)


WANTED: dict[Type, str] = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no (true, false, 1, 0, ○, ×, はい, いいえ)",
    "date": "a date such as 2023-04-01",
    "datetime": "a date and time such as 2023-04-01 09:30",
    "month": "a month such as 2023-04",
}


@cache
def tables() -> dict[str, Table]:
    """Every table cskit knows, by name, in the order of ``tables.yaml``.

    >>> tables()["churns"].key
    ('customer_id',)
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = yaml.load(files("cskit.data").joinpath("tables.yaml").read_bytes(), loader)
    return {name: _table(name, spec) for name, spec in found.items()}


def spoken(table: str) -> str:
    """A table as a reader calls it: by its name, in Japanese by its Japanese one.

    >>> from cskit.i18n import speaking
    >>> with speaking("ja"):
    ...     spoken("churns")
    '解約'
    """
    return tables()[table].ja if i18n.language() == "ja" else table


def table_named(name: str) -> str:
    """The table that a file, sheet or database table of this name holds; empty when none.

    >>> table_named("顧客"), table_named("Customers"), table_named("clients")
    ('customers', 'customers', '')
    """
    return _names().get(plain(name), "")


def column_named(table: Table, header: str) -> str:
    """The column that a header means, in English or Japanese; empty when none.

    >>> column_named(tables()["customers"], " 顧客ＩＤ "), column_named(tables()["customers"], "Account ID")
    ('customer_id', 'customer_id')
    """
    return table.headers.get(tight(header), "")


def also_named(table: Table, words: Mapping[str, Iterable[str]]) -> Table:
    """The table, its columns found by further headers as well.

    >>> column_named(also_named(tables()["customers"], {"customer_id": ["取引先番号"]}), "取引先番号")
    'customer_id'
    """
    if not words:
        return table
    more = {tight(word): column for column, own in words.items() for word in own}
    return replace(table, headers={**more, **table.headers})


@lru_cache(1 << 15)  # the same words again and again
def plain(text: str) -> str:
    """A name as it is compared: full-width letters, capitals and outer spaces make no difference.

    >>> plain(" 顧客ＩＤ　")
    '顧客id'
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()


def tight(text: str) -> str:
    """A header as it is compared: nor do spaces, _ and - make a difference.

    >>> tight("Customer ID") == tight("customer_id") == tight("customer-id")
    True
    """
    return re.sub(r"[\s_\-]+", "", plain(text))


@cache
def _names() -> dict[str, str]:
    return {plain(word): table.name for table in tables().values() for word in (table.name, table.ja)}


def _table(name: str, spec: dict[str, Any]) -> Table:
    columns = {column: _column(column, own) for column, own in spec["columns"].items()}
    order = tuple((first, later) for first, later in spec.get("order", []))
    headers = {tight(word): own.name for own in columns.values() for word in (*own.ja, *own.en, own.name)}
    told = {"name": name, "key": tuple(spec["key"]), "order": order, "called": tuple(spec.get("called", ()))}
    table = Table(**{**spec, **told, "columns": columns, "headers": headers})
    named = {*table.key, *(column for pair in order for column in pair), table.known_on}
    named |= {column.known_with for column in columns.values()} - {""}
    if named - columns.keys():
        raise ValueError(f"tables.yaml, {name}: {', '.join(sorted(named - columns.keys()))} is no column")
    return table


def _column(name: str, spec: dict[str, Any]) -> Column:
    known = {field.name for field in fields(Column)}
    if spec.keys() - known or spec["type"] not in get_args(Type):
        raise ValueError(f"tables.yaml, column {name}: {spec}")
    allowed = {value: tuple(others) for value, others in spec["allowed"].items()} if "allowed" in spec else None
    words = {"ja": tuple(spec.get("ja", ())), "en": tuple(spec.get("en", ()))}
    return Column(**{**spec, **words, "name": name, "allowed": allowed})


def _spelt(value: str, others: tuple[str, ...]) -> str:
    return f"{value} ({', '.join(others)})" if others else value


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    return f" of at least {low:g}" if low is not None else f" of at most {high:g}" if high is not None else ""
