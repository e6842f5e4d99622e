"""How does the text of an export become a date, a number, a yes or no, strictly?

Each function writes SQL for the embedded DuckDB. What does not parse is never NULL in silence: the text stays
in a column ``_bad_<name>`` beside the typed one, which the checks read.
"""

from dataclasses import dataclass

from cskit.data.schema import Column
from cskit.data.session import literal

__all__ = ["SQL_TYPES", "Cell", "cell", "clean", "has_rare", "is_native", "is_rough", "normal"]

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
OUTER_SPACE = r"'^[\s\x{a0}\x{3000}]|[\s\x{a0}\x{3000}]$'"
FULL = "０１２３４５６７８９－／．，：＋　\u2212％（）￥＄"
HALF = "0123456789-/.,:+ -%()¥$"
TRUE = (
    "true",
    "yes",
    "y",
    "t",
    "1",
    "○",
    "〇",
    "◯",
    "はい",
    "有",
    "有り",
    "あり",
    "済",
    "済み",
    "✓",
    "✔",
    "☑",
    "レ",
    "ﾚ",
)
FALSE = ("false", "no", "n", "f", "0", "×", "✕", "✗", "✖", "いいえ", "無", "無し", "なし", "未", "☐")
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d")
DIGITS = r"(19|20)\d{6}"  # 20230401
MONTHS = ("%Y-%m", "%Y/%m", "%Y年%m月")
CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f")
MIDNIGHT = r"[ T]0{1,2}:00(:00(\.0+)?)?$"
ZONED = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)? ?(Z|[+-]\d{2}(:?\d{2})?)"
ERA = r"(令和|平成|昭和|R|H|S)(\d{1,2}|元)[年./](\d{1,2})[月./](\d{1,2})日?"
BEFORE = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}  # the year before an era's first
SERIAL = r"[2-5]\d{4}(\.\d+)?"  # a day of 1954 to 2064, as a spreadsheet counts
# The spelling most exports have, for which a cast is enough: the rest is slower, and rarely needed.
USUAL = {
    "integer": r"-?\d{1,18}",
    "number": r"-?\d{1,15}(\.\d{1,15})?",
    "date": r"[1-9]\d{3}-\d{2}-\d{2}",
    "datetime": r"[1-9]\d{3}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}",
}
GROUPED = r"[+-]?(\d+|\d{1,3}(,\d{3})+)"
# With a sign of loss, of money or of thousands: △1,200, (1,200), 1,200-, ¥1,200, 1.2万円. Read exactly, or not at all.
AMOUNT = r"(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,8})?"
UNITS = {"千": 3, "万": 4, "百万": 6, "千万": 7, "億": 8, "兆": 12}
CURRENCIES = {"JPY": ("[¥\\\\]", "円"), "CNY": ("¥", "元"), "USD": (r"\$", ""), "EUR": ("€", "€"), "GBP": ("£", "")}


@dataclass(frozen=True, slots=True)
class Cell:
    """SQL for one column: its typed value, and the text where that fails; None: it cannot fail.

    >>> from cskit.data.schema import tables
    >>> columns = tables()["customers"].columns
    >>> cell(columns["name"], "c0", "VARCHAR", "Asia/Tokyo")
    Cell(value='c0', bad=None)
    >>> cell(columns["seats"], "c1", "VARCHAR", "Asia/Tokyo").bad
    'c1'
    """

    value: str
    bad: str | None = None


def clean(expression: str) -> str:
    """A text without outer spaces; an empty one is missing.

    >>> import duckdb
    >>> duckdb.sql(f"SELECT {clean(literal('　株式会社 アクメ '))}, {clean(literal('　'))}").fetchall()
    [('株式会社 アクメ', None)]
    """
    # looking first is three times as fast as trimming every cell
    trimmed = (
        f"CASE WHEN regexp_matches({expression}, {OUTER_SPACE}) THEN trim({expression}, {SPACES}) ELSE {expression} END"
    )
    return f"nullif({trimmed}, '')"


def is_rough(expression: str) -> str:
    r"""Whether a text is changed by :func:`clean`.

    >>> import duckdb
    >>> duckdb.sql(f"SELECT x, {is_rough('x')} FROM (VALUES ('アクメ　'), (''), ('ア クメ')) AS cells(x)").fetchall()
    [('アクメ\u3000', True), ('', True), ('ア クメ', False)]
    """
    return f"{expression} = '' OR regexp_matches({expression}, {OUTER_SPACE})"


def normal(source: str) -> str:
    """A cleaned text with full-width digits and signs made plain.

    >>> import duckdb
    >>> duckdb.sql(f"SELECT {normal(literal('２０２３／４／１'))}, {normal(literal('−１，２００'))}").fetchall()
    [('2023/4/1', '-1,200')]
    """
    # a text of as many bytes as letters has nothing to translate
    return (
        f"CASE WHEN strlen({source}) = length({source}) THEN {source} ELSE translate({source}, '{FULL}', '{HALF}') END"
    )


def is_native(column: Column, kind: str) -> bool:
    """Whether a DuckDB type is taken as it is; anything else goes by way of text.

    >>> from cskit.data.schema import tables
    >>> columns = tables()["contracts"].columns
    >>> is_native(columns["mrr"], "BIGINT"), is_native(columns["starts_on"], "TIMESTAMP")
    (True, True)
    >>> is_native(columns["contract_id"], "BIGINT"), is_native(columns["starts_on"], "INTEGER")  # 20230401
    (False, False)
    """
    return _native(column, "x", kind, "UTC") is not None


def cell(
    column: Column, source: str, kind: str, timezone: str, currency: str = "JPY", epoch: str = "", rare: bool = True
) -> Cell:
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
    currency : str
        Whose signs an amount of money may carry.
    epoch : str
        Day 0 of a workbook, where a date may stand as a number; empty: such a number is no date.
    rare : bool
        Also the spellings that few exports have, which take the engine longer to plan.

    Examples
    --------
    >>> import duckdb
    >>> from cskit.data.schema import tables
    >>> own = cell(tables()["contracts"].columns["mrr"], "x", "VARCHAR", "Asia/Tokyo")
    >>> cells = "(VALUES ('△1,200'), ('¥1.2万'), ('1,20')) AS cells(x)"
    >>> duckdb.sql(f"SELECT {own.bad}, {own.value} FROM {cells}").fetchall()
    [('△1,200', -1200.0), ('¥1.2万', 12000.0), ('1,20', None)]
    """
    native = _native(column, source, kind, timezone)
    if native:
        return native
    if column.type == "text" and not column.allowed:
        return Cell(source)
    value = _parsed(column, source, timezone, currency, rare)
    if rare and epoch and column.type in ("date", "datetime"):
        value = (
            f"CASE WHEN regexp_full_match({source}, '{SERIAL}') THEN {_serial(column, source, epoch)} ELSE {value} END"
        )
    if column.type in USUAL and not column.allowed:
        usual = f"regexp_full_match({source}, '{USUAL[column.type]}')"
        value = f"CASE WHEN {usual} THEN TRY_CAST({source} AS {SQL_TYPES[column.type]}) ELSE {value} END"
    return Cell(value, source)


def has_rare(column: Column) -> bool:
    """Whether a column's cells have spellings that few exports have.

    >>> from cskit.data.schema import tables
    >>> columns = tables()["contracts"].columns
    >>> has_rare(columns["starts_on"]), has_rare(columns["kind"])  # 令和5年4月1日; one of our words
    (True, False)
    """
    return not column.allowed and column.type in ("integer", "number", "date", "datetime")


def _parsed(column: Column, text: str, timezone: str, currency: str, rare: bool) -> str:
    if column.allowed:
        return _choice({value: (value, *others) for value, others in column.allowed.items()}, text)
    match column.type:
        case "boolean":
            return f"CAST({_choice({'true': TRUE, 'false': FALSE}, text)} AS BOOLEAN)"
        case "integer":
            plain = f"TRY_CAST(replace({text}, ',', '') AS BIGINT)"
            return _if(rf"{GROUPED}(\.0*)?", text, plain, _amount(column, text, currency) if rare else "NULL")
        case "number":
            pattern = rf"{GROUPED}(\.\d*)?([eE][+-]?\d+)?|[+-]?\.\d+"
            return _if(pattern, text, _finite(text), _amount(column, text, currency) if rare else "NULL")
        case "date":
            return _date(text, rare)
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
    return Cell(f"CAST({_first_of(unit, local)} AS DATE)", text)


def _amount(column: Column, text: str, currency: str) -> str:
    """A number as accounts are written; an amount of money with its currency's sign, a share in per cent."""
    before, after = CURRENCIES.get(currency, ("", "")) if column.unit.startswith("money") else ("", "")
    sign = f"({before})?" if before else ""
    tail = f"({'|'.join(UNITS)})?" + (f"({after})?" if after else "")
    tail += "%?" if column.unit == "share" else ""
    body = f"{sign}{AMOUNT}{tail}"
    pattern = rf"[+△▲-]?{body}|{sign}[△▲-]{AMOUNT}{tail}|\({body}\)|{AMOUNT}-"
    digits = f"TRY_CAST(replace(regexp_extract({text}, '[0-9,.]+'), ',', '') AS DECIMAL(38, 10))"
    units = " ".join(f"WHEN {literal(unit)} THEN {10**power}" for unit, power in UNITS.items())
    unit = f"CASE regexp_extract({text}, '{'|'.join(sorted(UNITS, key=len, reverse=True))}') {units} ELSE 1 END"
    loss = f"CASE WHEN regexp_matches({text}, '[△▲(-]') THEN -1 ELSE 1 END"
    if column.unit == "share":
        unit = f"{unit} * CASE WHEN suffix({text}, '%') THEN 0.01 ELSE 1 END"
    value = f"{digits} * {unit} * {loss}"
    if column.type == "integer":
        value = f"CASE WHEN {value} = trunc({value}) THEN TRY_CAST({value} AS BIGINT) END"
    else:
        value = f"TRY_CAST({value} AS DOUBLE)"
    return f"CASE WHEN regexp_full_match({text}, {literal(pattern)}) THEN {value} END"


def _serial(column: Column, text: str, epoch: str) -> str:
    """The day a spreadsheet's number means, to the second."""
    days = f"TRY_CAST({text} AS DOUBLE)"
    time = f"TIMESTAMP '{epoch}' + to_seconds(CAST(round({days} * 86400) AS BIGINT))"
    return time if column.type == "datetime" else f"CAST({_first_of('day', f'({time})')} AS DATE)"


def _date(text: str, rare: bool) -> str:
    """A calendar day, in its spellings or by Japanese era; a time of midnight, as Excel adds it, is no loss."""
    day = _time(f"regexp_replace({text}, '{MIDNIGHT}', '')", DAYS)
    if rare:
        day = (
            f"CASE WHEN regexp_full_match({text}, '{ERA}') THEN {_era(text)} "
            f"WHEN regexp_full_match({text}, '{DIGITS}') THEN try_strptime({text}, '%Y%m%d') ELSE {day} END"
        )
    return f"CAST({day} AS DATE)"


def _era(text: str) -> str:
    """令和5年4月1日, R5.4.1: the year counts from the era's first."""
    parts = f"regexp_extract({text}, '{ERA}', ['era', 'y', 'm', 'd'])"
    before = " ".join(f"WHEN '{era}' THEN {year}" for era, year in BEFORE.items())
    year = f"CASE e.era {before} END + CAST(replace(e.y, '元', '1') AS INTEGER)"
    day = f"try_strptime(({year}) || '-' || e.m || '-' || e.d, '%Y-%m-%d')"
    return f"list_transform([{parts}], lambda e: {day})[1]"


def _month(text: str) -> str:
    """A month, or its first day."""
    return f"CAST({_first_of('month', _time(text, (*MONTHS, *DAYS)))} AS DATE)"


def _datetime(text: str, timezone: str) -> str:
    """A local time; one that names its zone is moved to the local one. A day alone is its midnight."""
    zoned = f"timezone({literal(timezone)}, TRY_CAST(replace({text}, '/', '-') AS TIMESTAMPTZ))"
    formats = (*DAYS, *(f"{day}{gap}{clock}" for day in DAYS for gap in " T" for clock in CLOCKS))
    return f"CASE WHEN regexp_full_match({text}, '{ZONED}') THEN {zoned} ELSE {_time(text, formats)} END"


def _time(text: str, formats: tuple[str, ...]) -> str:
    """The engine's %Y also reads 23 as the year 23; no export means that."""
    formatted = ", ".join(map(literal, formats))
    return f"CASE WHEN regexp_full_match({text}, '[1-9]\\d{{3}}\\D.*') THEN try_strptime({text}, [{formatted}]) END"


def _first_of(unit: str, time: str) -> str:
    return f"CASE WHEN date_trunc('{unit}', {time}) = {time} THEN {time} END"


def _choice(spellings: dict[str, tuple[str, ...]], text: str) -> str:
    """The value whose spelling a text is; capitals make no difference."""
    branches = []
    for value, words in spellings.items():
        listed = ", ".join(literal(word.lower()) for word in dict.fromkeys(words))
        branches.append(f"WHEN lower({text}) IN ({listed}) THEN {literal(value)}")
    return f"CASE {' '.join(branches)} END"


def _if(pattern: str, text: str, value: str, otherwise: str) -> str:
    return f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN {value} ELSE {otherwise} END"


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
