"""How does a column of a database become a date, a number, a yes or no, strictly?

What :mod:`cskit.data.parse` does for the texts of exports in the embedded engine's SQL, as expressions that run where
the rows are. A database has types: most columns are taken as they are, and only the usual spellings are read from text.
"""

import ibis
import ibis.expr.types as ir

from cskit.data.parse import FALSE, FULL, HALF, TRUE
from cskit.data.schema import Column
from cskit.data.warehouse import Warehouse

__all__ = ["OUTER", "clean", "read"]

Read = tuple[ir.Value, ir.StringValue | None]  # the typed value, and the text where that fails; None: it cannot
OUTER = "[\\s\u00a0\u3000]+"
NUMBER = r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?([eE][+-]?\d{1,2})?$|^[+-]?\.\d+$"
WHOLE = r"^[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.0*)?$"
DAY = r"^([1-9]\d{3})-(\d{1,2})-(\d{1,2})$"
MONTH = r"^[1-9]\d{3}-\d{1,2}$"
MIDNIGHT = r"[ T]0{1,2}:00(:00(\.0+)?)?$"
TIME = r"^[1-9]\d{3}-\d{1,2}-\d{1,2}[ T]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$"
SHORT_MONTHS = (4, 6, 9, 11)


def read(column: Column, value: ir.Value, timezone: str, engine: Warehouse) -> Read:
    """A column of the schema from one of a database.

    Parameters
    ----------
    column : Column
        What it is to become.
    value : ibis.Value
        What lies there; a text is :func:`clean`.
    timezone : str
        In which times with a zone are written down.
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
    return _parsed(column, text.translate(FULL, HALF)), text


def clean(text: ir.StringValue) -> ir.StringValue:
    """A text without outer spaces; an empty one is missing."""
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
    endless = number.isnan() | number.isinf()
    return endless.ifelse(ibis.null("float64"), number), number.isinf().ifelse(
        value.cast("string"), ibis.null("string")
    )


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


def _parsed(column: Column, text: ir.StringValue) -> ir.Value:
    """What a cleaned text of plain letters says; null where it is none of the spellings."""
    if column.allowed:
        return _choice({value: (value, *others) for value, others in column.allowed.items()}, text)
    match column.type:
        case "boolean":
            said = _choice({"true": TRUE, "false": FALSE}, text)
            return (said == "true").ifelse(True, (said == "false").ifelse(False, ibis.null("boolean")))
        case "integer":
            digits = text.re_replace(r"\.0*$", "").replace(",", "")
            return _if(text.re_search(WHOLE), digits, "int64")
        case "number":
            return _if(text.re_search(NUMBER), text.replace(",", ""), "float64")
        case "date":
            return _day(text.re_replace(MIDNIGHT, ""))
        case "month":
            month = text.replace("/", "-")
            day = _day(month.re_search(MONTH).ifelse(month + "-1", text.re_replace(MIDNIGHT, "")))
            return (day.day() == 1).ifelse(day, ibis.null("date"))
        case _:
            return _time(text)


def _choice(spellings: dict[str, tuple[str, ...]], text: ir.StringValue) -> ir.StringValue:
    known = [(text.lower().isin([word.lower() for word in words]), value) for value, words in spellings.items()]
    return ibis.cases(*known, else_=ibis.null("string"))


def _if(usual: ir.BooleanValue, text: ir.StringValue, kind: str) -> ir.Value:
    """A text as a number where it is written like one; nothing else is tried, as an engine would stop at it."""
    return usual.ifelse(text, ibis.null("string")).cast(kind)


def _day(text: ir.StringValue) -> ir.DateValue:
    """A calendar day that there is: 2023-02-30 is none, and an engine would stop at it."""
    plain = text.replace("/", "-")
    usual = plain.re_search(DAY)
    year, month, day = (
        usual.ifelse(plain.re_extract(DAY, place), ibis.null("string")).cast("int64") for place in (1, 2, 3)
    )
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    last = (month == 2).ifelse(leap.ifelse(29, 28), month.isin(SHORT_MONTHS).ifelse(30, 31))
    exists = month.between(1, 12) & (day >= 1) & (day <= last)
    written = year.cast("string") + "-" + month.cast("string").lpad(2, "0") + "-" + day.cast("string").lpad(2, "0")
    return exists.ifelse(written, ibis.null("string")).cast("date")


def _time(text: ir.StringValue) -> ir.TimestampValue:
    """A local time; a day alone is its midnight."""
    plain = text.replace("/", "-").replace("T", " ")
    day = _day(plain.re_replace(r" .*$", ""))
    timed = day.notnull() & plain.re_search(TIME)
    clock = timed.ifelse(day.cast("string") + plain.re_extract(r"( .*)$", 1), ibis.null("string")).cast("timestamp")
    return ibis.coalesce(clock, (~plain.contains(" ")).ifelse(day.cast("timestamp"), ibis.null("timestamp")))
