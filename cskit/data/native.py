"""How does a column of a database become a date, a number, a yes or no, strictly?

What :mod:`cskit.data.parse` does for the texts of exports in the embedded engine's SQL, as expressions that run where
the rows are. A database has types, and a column of the right one is taken as it is. A text is read in the same
spellings as in a file; an engine would stop at one that it cannot cast, so none is cast that was not looked at before.
"""

import ibis
import ibis.expr.types as ir

from cskit.data.parse import AMOUNT, BEFORE, CURRENCIES, FALSE, FULL, HALF, TRUE, UNITS
from cskit.data.schema import Column
from cskit.data.warehouse import Warehouse

__all__ = ["OUTER", "clean", "read"]

Read = tuple[ir.Value, ir.StringValue | None]  # the typed value, and the text where that fails; None: it cannot
OUTER = "[ \\t\\r\\n\\f\u00a0\u3000]+"  # named: what \s means differs between engines
# An engine stops at a number that is too large for it.
LARGEST = 1e300
GROUPED = r"[+-]?(\d{1,200}|\d{1,3}(,\d{3}){1,60})"
NUMBER = rf"^{GROUPED}(\.\d{{0,200}})?([eE][+-]?\d{{1,2}})?$|^[+-]?\.\d{{1,200}}$"
WHOLE = r"^[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.0*)?$"
SPELT = r"(-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日)"
DAY = rf"^[1-9]\d{{3}}{SPELT}$"
PARTS = r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?$"
DIGITS = r"^(19|20)\d{6}$"
ERA = r"^(令和|平成|昭和|R|H|S)(\d{1,2}|元)[年./](\d{1,2})[月./](\d{1,2})日?$"
MONTH = r"^[1-9]\d{3}(-\d{1,2}|/\d{1,2}|年\d{1,2}月)$"
MIDNIGHT = r"[ T]0{1,2}:00(:00(\.0+)?)?$"
CLOCK = r"[ T]([01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d(\.\d{1,6})?)?"
TIME = rf"^[1-9]\d{{3}}{SPELT}{CLOCK}$"
ZONE = r"(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)$"
ZONED = rf"^[1-9]\d{{3}}(-\d{{1,2}}-|/\d{{1,2}}/)\d{{1,2}}[ T]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{{1,6}})?)?{ZONE}"
# Of days that there are: a month's length, and the leap years.
EXISTS = (
    r"-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])$|-(0[469]|11)-(0[1-9]|[12]\d|30)$|-02-(0[1-9]|1\d|2[0-8])$"
    r"|^(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29$"
)


def read(column: Column, value: ir.Value, timezone: str, engine: Warehouse, currency: str = "JPY") -> Read:
    """A column of the schema from one of a database.

    Parameters
    ----------
    column : Column
        What it is to become.
    value : ibis.Value
        What lies there; a text is :func:`clean`.
    timezone : str
        In which times with a zone are written down.
    currency : str
        Whose signs an amount of money may carry.

    Returns
    -------
    ibis.Value, ibis.StringValue or None
        The typed value, null where the cell cannot be read; and the cell's text, for the checks to show. None where
        nothing can fail.

    Examples
    --------
    >>> from cskit.data.schema import tables
    >>> from cskit.settings import Source
    >>> crm, day = Warehouse("crm", Source(url="sqlite://")), tables()["churns"].columns["effective_on"]
    >>> for written in ("令和5年4月1日", "2023-02-29"):
    ...     value, text = read(day, ibis.literal(written), "Asia/Tokyo", crm)
    ...     print(*(crm.backend.to_pyarrow(one).as_py() for one in (value, text)))
    2023-04-01 令和5年4月1日
    None 2023-02-29
    >>> crm.close()
    """
    kind = value.type()
    if column.type == "text" and not column.allowed:
        return _text(value), None
    if not column.allowed:
        if column.type == "number" and kind.is_numeric():
            return _number(value)
        if column.type == "integer" and kind.is_numeric():
            return _whole(value)
        if column.type == "boolean" and kind.is_boolean():
            return value, None
        if column.type in ("date", "month", "datetime") and (kind.is_date() or kind.is_timestamp()):
            return _moment(column, value, timezone, engine)
    text = value.cast("string")
    return _parsed(column, text.translate(FULL, HALF), timezone, engine, currency), text


def clean(text: ir.StringValue) -> ir.StringValue:
    """A text without outer spaces; an empty one is missing.

    >>> from cskit.settings import Source
    >>> crm = Warehouse("crm", Source(url="sqlite://"))
    >>> [crm.backend.to_pyarrow(clean(ibis.literal(text))).as_py() for text in ("　株式会社 アクメ ", "　")]
    ['株式会社 アクメ', None]
    >>> crm.close()
    """
    outer = text.re_search(f"^{OUTER}|{OUTER}$")
    trimmed = text.re_replace(f"^{OUTER}|{OUTER}$", "")
    return outer.ifelse(trimmed, text).nullif("")


def _text(value: ir.Value) -> ir.StringValue:
    """An identifier that was made a number: 1001.0 is written 1001."""
    kind = value.type()
    if kind.is_string():
        return value
    if kind.is_floating() or kind.is_decimal():
        number = value.cast("float64")
        whole = (number.abs() < 1e15) & (number == number.floor())
        return whole.ifelse(value.cast("int64").cast("string"), value.cast("string"))
    return value.cast("string")


def _number(value: ir.NumericValue) -> Read:
    number = value.cast("float64")
    if value.type().is_integer():
        return number, None
    endless = ~number.isnan() & (number.abs() > LARGEST)
    gone = number.isnan() | endless
    return gone.ifelse(ibis.null("float64"), number), endless.ifelse(value.cast("string"), ibis.null("string"))


def _whole(value: ir.NumericValue) -> Read:
    if value.type().is_integer():
        return value.cast("int64"), None
    number, bad = _number(value)
    whole = ((number.abs() < 1e18) & (number == number.floor())).ifelse(number.cast("int64"), ibis.null("int64"))
    unread = value.cast("float64").isnan().ifelse(ibis.null("string"), value.cast("string"))
    return whole, unread if bad is not None else None


def _moment(column: Column, value: ir.Value, timezone: str, engine: Warehouse) -> Read:
    kind = value.type()
    if kind.is_date():
        if column.type == "date":
            return value, None
        time = value.cast("timestamp")
    else:
        time = engine.local(value, timezone) if kind.timezone else value
    if column.type == "datetime":
        return time, None
    first = time.truncate("M" if column.type == "month" else "D")
    return (first == time).ifelse(time.date(), ibis.null("date")), value.cast("string")


def _parsed(column: Column, text: ir.StringValue, timezone: str, engine: Warehouse, currency: str) -> ir.Value:
    """What a cleaned text of plain letters says; null where it is none of the spellings."""
    if column.allowed:
        return _choice({value: (value, *others) for value, others in column.allowed.items()}, text)
    match column.type:
        case "boolean":
            said = _choice({"true": TRUE, "false": FALSE}, text)
            return (said == "true").ifelse(True, (said == "false").ifelse(False, ibis.null("boolean")))
        case "integer":
            digits = text.re_replace(r"\.0*$", "").replace(",", "")
            plain = _if(text.re_search(WHOLE), digits, "int64")
            return ibis.coalesce(plain, _amount(column, text, currency))
        case "number":
            plain = _if(text.re_search(NUMBER), text.replace(",", ""), "float64")
            return ibis.coalesce(plain, _amount(column, text, currency))
        case "date":
            return _day(_of_era(text.re_replace(MIDNIGHT, ""), engine), engine)
        case "month":
            month = text.re_replace("[/年]", "-").replace("月", "") + "-1"
            day = _day(text.re_search(MONTH).ifelse(month, _of_day(text, engine)), engine)
            return (day.day() == 1).ifelse(day, ibis.null("date"))
        case _:
            return _time(text, timezone, engine)


def _choice(spellings: dict[str, tuple[str, ...]], text: ir.StringValue) -> ir.StringValue:
    known = [(text.lower().isin([word.lower() for word in words]), value) for value, words in spellings.items()]
    return ibis.cases(*known, else_=ibis.null("string"))


def _if(usual: ir.BooleanValue, text: ir.StringValue, kind: str) -> ir.Value:
    """A text as another type where it is written like one."""
    return usual.ifelse(text, ibis.null("string")).cast(kind)


def _amount(column: Column, text: ir.StringValue, currency: str) -> ir.NumericValue:
    """A number as accounts are written, exactly; an amount of money with its currency's sign, a share in per cent."""
    before, after = CURRENCIES.get(currency, ("", "")) if column.unit.startswith("money") else ("", "")
    sign, share = f"({before})?" if before else "", column.unit == "share"
    tail = f"({'|'.join(UNITS)})?" + (f"({after})?" if after else "") + ("%?" if share else "")
    body = f"{sign}{AMOUNT}{tail}"
    pattern = rf"^([+△▲-]?{body}|{sign}[△▲-]{AMOUNT}{tail}|\({body}\)|{AMOUNT}-)$"
    digits = _if(text.re_search(pattern), text.re_replace("[^0-9.]", ""), "decimal(23, 8)")
    longest = sorted(UNITS, key=len, reverse=True)
    units = ibis.cases(*((text.contains(unit), 10 ** UNITS[unit]) for unit in longest), else_=1)
    value = digits * units.cast("decimal(14, 0)")
    value = text.re_search("[△▲(-]").ifelse(-value, value)
    if column.type == "integer":
        number = value.cast("float64")
        whole = (value == value.floor()) & (number.abs() < 1e18)
        return whole.ifelse(value, ibis.null(value.type())).cast("int64")
    number = value.cast("float64")
    return text.endswith("%").ifelse(number / 100, number) if share else number


def _of_day(text: ir.StringValue, engine: Warehouse) -> ir.StringValue:
    """2023/4/1, 2023.4.1, 2023年4月1日 as 2023-4-1; null for what is no day."""
    return text.re_search(DAY).ifelse(text.re_replace(PARTS, engine.groups("{1}-{2}-{3}")), ibis.null("string"))


def _of_era(text: ir.StringValue, engine: Warehouse) -> ir.StringValue:
    """Also 20230401, and 令和5年4月1日 or R5.4.1, where the year counts from the era's first."""
    era = text.re_search(ERA)
    counted = era.ifelse(text.re_extract(ERA, 2).replace("元", "1"), ibis.null("string")).cast("int64")
    before = ibis.cases(*((text.startswith(name), year) for name, year in BEFORE.items()), else_=0)
    rest = text.re_replace(ERA, engine.groups("-{3}-{4}"))
    digits = text.re_search(DIGITS).ifelse(
        text.re_replace(PARTS_OF_8, engine.groups("{1}-{2}-{3}")), ibis.null("string")
    )
    return ibis.coalesce(_of_day(text, engine), digits, (counted + before).cast("string") + rest)


PARTS_OF_8 = r"^(\d{4})(\d\d)(\d\d)$"


def _written(day: ir.StringValue, engine: Warehouse) -> ir.StringValue:
    """2023-4-1 as 2023-04-01; null where there is no such day, at which an engine would stop."""
    padded = day.re_replace(r"-(\d)-", engine.groups("-0{1}-")).re_replace(r"-(\d)$", engine.groups("-0{1}"))
    return padded.re_search(EXISTS).ifelse(padded, ibis.null("string"))


def _day(day: ir.StringValue, engine: Warehouse) -> ir.DateValue:
    return _written(day, engine).cast("date")


def _time(text: ir.StringValue, timezone: str, engine: Warehouse) -> ir.TimestampValue:
    """A local time; one that names its zone is moved to the local one. A day alone is its midnight."""
    day = _written(_of_day(text.re_replace("[ T].*$", ""), engine), engine)
    clock = text.re_extract("[ T](.*)$", 1)
    timed = text.re_search(TIME) | text.re_search(ZONED)
    moment = ibis.cases((timed, day + " " + clock), (text.re_search(DAY), day + " 00:00"), else_=ibis.null("string"))
    zoned = text.re_search(ZONE) & text.re_search(ZONED)
    local = zoned.ifelse(ibis.null("string"), moment).cast("timestamp")
    whole = moment.re_replace(r"^([^ ]+ \d{1,2}:\d{2})(Z|[+-])", engine.groups("{1}:00{2}"))  # Spark wants seconds
    moved = zoned.ifelse(whole, ibis.null("string")).cast("timestamp('UTC')")
    return ibis.coalesce(local, engine.local(moved, timezone))
