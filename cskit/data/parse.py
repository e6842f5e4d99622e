"""How does the text of an export become a date, a number, a yes or no, strictly?

Each function writes SQL for the embedded DuckDB. What does not parse is never NULL in silence: the text stays
in a column ``_bad_<name>`` beside the typed one, which the checks read.
"""

from dataclasses import dataclass

from cskit.data.schema import Column
from cskit.data.session import literal

__all__ = ["SQL_TYPES", "Cell", "cell", "clean", "is_native", "normal"]

SQL_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "month": "DATE",
}
SPACES = "' \t\r\n\v\f\u00a0\u3000'"
FULL = "０１２３４５６７８９－／．，：＋　\u2212"
HALF = "0123456789-/.,:+ -"
TRUE = ("true", "yes", "y", "t", "1", "○", "〇", "◯", "はい", "有", "あり")
FALSE = ("false", "no", "n", "f", "0", "×", "✕", "✗", "いいえ", "無", "なし")
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
DAY = r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日"
CLOCK = r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
ZONE = r"Z|[+-]\d{2}(:?\d{2})?"
ERA = r"(令和|平成|R|H)(\d{1,2}|元)[年./](\d{1,2})[月./](\d{1,2})日?"
GROUPED = r"[+-]?(\d+|\d{1,3}(,\d{3})+)"


@dataclass(frozen=True, slots=True)
class Cell:
    """SQL for one column: its typed value, and the text where that fails; None: it cannot fail."""

    value: str
    bad: str | None = None


def clean(expression: str) -> str:
    """A text without outer spaces; an empty one is missing."""
    return f"nullif(trim({expression}, {SPACES}), '')"


def normal(source: str) -> str:
    """A cleaned text with full-width digits and signs made plain."""
    return f"translate({source}, '{FULL}', '{HALF}')"


def is_native(column: Column, kind: str) -> bool:
    """Whether a DuckDB type is taken as it is; anything else goes by way of text."""
    return _native(column, "x", kind, "UTC") is not None


def cell(column: Column, source: str, kind: str, timezone: str) -> Cell:
    """How a column of an export is read.

    Parameters
    ----------
    column : Column
        What it is to become.
    source : str
        SQL of the cell. A text is cleaned, and made plain by :func:`normal` where it is to be parsed.
    kind : str
        The DuckDB type it has.
    timezone : str
        In which times with a zone are written down.
    """
    native = _native(column, source, kind, timezone)
    if native:
        return native
    if column.type == "text" and not column.allowed:
        return Cell(source)
    return Cell(_parsed(column, source, timezone), source)


def _parsed(column: Column, text: str, timezone: str) -> str:
    if column.allowed:
        return _choice({value: (value, *others) for value, others in column.allowed.items()}, text)
    match column.type:
        case "boolean":
            return f"CAST({_choice({'true': TRUE, 'false': FALSE}, text)} AS BOOLEAN)"
        case "integer":
            return _if(rf"{GROUPED}(\.0*)?", text, f"TRY_CAST(replace({text}, ',', '') AS BIGINT)")
        case "number":
            return _if(rf"{GROUPED}(\.\d*)?([eE][+-]?\d+)?|[+-]?\.\d+", text, _finite(text))
        case "date":
            return _date(text)
        case "month":
            return _month(text)
        case _:
            return _datetime(text, timezone)


def _native(column: Column, source: str, kind: str, timezone: str) -> Cell | None:
    """Values that already have a type, taken as they are where nothing is lost; None: by way of text."""
    if column.allowed:
        return None
    real = kind in ("FLOAT", "DOUBLE")
    number = kind in INTEGERS or real or kind.startswith("DECIMAL")
    text = f"CAST({source} AS VARCHAR)"
    if column.type == "text" and real:
        return Cell(_number_as_text(source))
    if column.type == "number" and number:
        value = f"CAST({source} AS DOUBLE)"
        return Cell(_finite_double(value), _unless_nan(source, text)) if real else Cell(value)
    if column.type == "integer" and kind in INTEGERS:
        return Cell(f"CAST({source} AS BIGINT)")
    if column.type == "integer" and number:
        value = f"CASE WHEN {source} = trunc({source}) THEN TRY_CAST({source} AS BIGINT) END"
        return Cell(value, _unless_nan(source, text) if real else text)
    if column.type == "boolean" and kind == "BOOLEAN":
        return Cell(source)
    if column.type not in ("date", "datetime", "month") or not (kind == "DATE" or kind.startswith("TIMESTAMP")):
        return None
    local = f"timezone({literal(timezone)}, {source})" if kind.endswith("ZONE") else f"CAST({source} AS TIMESTAMP)"
    if column.type == "datetime":
        return Cell(local)
    if column.type == "date" and kind == "DATE":
        return Cell(source)
    unit = "month" if column.type == "month" else "day"
    return Cell(f"CASE WHEN date_trunc('{unit}', {local}) = {local} THEN CAST({local} AS DATE) END", text)


def _date(text: str) -> str:
    """A calendar day, in three spellings or by Japanese era; a time of midnight, as Excel adds it, is no loss."""
    formats = "['%Y-%m-%d', '%Y/%m/%d', '%Y年%m月%d日']"
    day = rf"regexp_replace({text}, '[ T]0{{1,2}}:00(:00(\.0+)?)?$', '')"
    return (
        f"CASE WHEN regexp_full_match({text}, '{DAY}') THEN CAST(try_strptime({text}, {formats}) AS DATE) "
        f"WHEN regexp_full_match({text}, '({DAY})[ T]0{{1,2}}:00(:00(\\.0+)?)?') "
        f"THEN CAST(try_strptime({day}, {formats}) AS DATE) "
        f"WHEN regexp_full_match({text}, '{ERA}') THEN {_era(text)} END"
    )


def _era(text: str) -> str:
    part = "regexp_extract({}, '{}', {})".format
    first = f"CASE WHEN {part(text, ERA, 1)} IN ('令和', 'R') THEN 2018 ELSE 1988 END"
    year = f"({first} + CAST(replace({part(text, ERA, 2)}, '元', '1') AS INTEGER))"
    written = f"{year} || '-' || {part(text, ERA, 3)} || '-' || {part(text, ERA, 4)}"
    return f"CAST(try_strptime({written}, '%Y-%m-%d') AS DATE)"


def _month(text: str) -> str:
    formats = "['%Y-%m-%d', '%Y/%m/%d', '%Y年%m月%d日']"
    short = rf"regexp_replace({text}, '^(\d{{4}})[-/年](\d{{1,2}})月?$', '\1-\2-1')"
    whole = rf"\d{{4}}-\d{{1,2}}|\d{{4}}/\d{{1,2}}|\d{{4}}年\d{{1,2}}月|({DAY})"
    day = f"CAST(try_strptime({short}, {formats}) AS DATE)"
    return f"CASE WHEN regexp_full_match({text}, '{whole}') AND day({day}) = 1 THEN {day} END"


def _datetime(text: str, timezone: str) -> str:
    """A local time; one that names its zone is moved to the local one. A day alone is its midnight."""
    iso = rf"regexp_replace(replace({text}, 'T', ' '), '^(\d{{4}})[/年](\d{{1,2}})[/月](\d{{1,2}})日?', '\1-\2-\3')"
    seconds = rf"regexp_replace({iso}, '( \d{{1,2}}:\d{{2}})$', '\1:00')"
    zoned = f"timezone({literal(timezone)}, TRY_CAST(replace({text}, '/', '-') AS TIMESTAMPTZ))"
    plain = f"try_strptime({seconds}, ['%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%d'])"
    return (
        f"CASE WHEN regexp_full_match({text}, '({DAY})([ T]{CLOCK})?') THEN {plain} "
        f"WHEN regexp_full_match({text}, '({DAY})[ T]{CLOCK} ?({ZONE})') THEN {zoned} END"
    )


def _choice(spellings: dict[str, tuple[str, ...]], text: str) -> str:
    """The value whose spelling a text is; capitals make no difference."""
    branches = []
    for value, words in spellings.items():
        listed = ", ".join(literal(word.lower()) for word in dict.fromkeys(words))
        branches.append(f"WHEN lower({text}) IN ({listed}) THEN {literal(value)}")
    return f"CASE {' '.join(branches)} END"


def _if(pattern: str, text: str, value: str) -> str:
    return f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN {value} END"


def _finite(text: str) -> str:
    return _finite_double(f"TRY_CAST(replace({text}, ',', '') AS DOUBLE)")


def _finite_double(value: str) -> str:
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def _unless_nan(source: str, text: str) -> str:
    """Parquet written by pandas holds NaN for missing."""
    return f"CASE WHEN NOT isnan({source}) THEN {text} END"


def _number_as_text(source: str) -> str:
    """An identifier that a spreadsheet made a number: 1001.0 is written 1001."""
    whole = f"abs({source}) < 1e15 AND {source} = trunc({source})"
    return (
        f"CASE WHEN isnan({source}) THEN NULL WHEN {whole} THEN CAST(CAST({source} AS BIGINT) AS VARCHAR) "
        f"ELSE CAST({source} AS VARCHAR) END"
    )
