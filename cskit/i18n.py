"""The same sentence, number and date in English and in Japanese.

The language is set once per notebook by ``start()``; English is the message itself, Japanese comes
from ``locale/ja/cskit.po`` through gettext, numbers and dates through Babel.
"""

import gettext
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO
from math import floor, isfinite, log10

from cskit.errors import SettingsError, did_you_mean
from cskit.periods import Period

__all__ = [
    "LANGUAGES",
    "_",
    "add",
    "amount",
    "currency",
    "day",
    "language",
    "listed",
    "load",
    "money",
    "month",
    "n_",
    "number",
    "period_label",
    "points",
    "rounded",
    "several",
    "share",
    "speaking",
    "times_asked",
    "use",
]  # fmt: skip

LANGUAGES = ("en", "ja")
TINY = 1e-6  # below which zeros would be counted rather than read
_current: ContextVar[str] = ContextVar("cskit_language", default="en")
_asked = 0
_added: dict[tuple[str, str], str] = {}  # by language and message


def use(lang: str) -> None:
    """Speak this language from here on.

    >>> use("fr")
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: lang: found "fr"; it is one of en, ja.

    Raises
    ------
    SettingsError
        If there is no catalogue for it.
    """
    if lang not in LANGUAGES:
        raise SettingsError(
            f'lang: found "{lang}"; it is one of {", ".join(LANGUAGES)}.{did_you_mean(lang, LANGUAGES)}'
        )
    _current.set(lang)


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak a language for the length of a block.

    >>> with speaking("ja"):
    ...     share(0.453)
    '45.3%'
    """
    before = _current.get()
    use(lang)
    try:
        yield
    finally:
        _current.set(before)


def load() -> None:
    """Read the words, numbers and dates of every language now, so that nobody waits for them later.

    >>> load()
    >>> _catalogue.cache_info().currsize == len(LANGUAGES)
    True
    """
    for lang in LANGUAGES:
        with speaking(lang):
            _catalogue(lang)
            money(1.0)
            month(date(2023, 1, 1))


def language() -> str:
    """The language spoken now: ``en`` or ``ja``.

    >>> with speaking("ja"):
    ...     language()
    'ja'
    """
    global _asked
    _asked += 1
    return _current.get()


def times_asked() -> int:
    """How often it mattered which language is spoken: what was made between two equal counts is in no language.

    >>> before = times_asked()
    >>> str(0.453), times_asked() > before
    ('0.453', False)
    >>> share(0.453), times_asked() > before
    ('45.3 %', True)
    """
    return _asked


def _(message: str, /, **values: object) -> str:
    """A message in the language spoken, with its values filled in.

    >>> _("{n} answers", n=3)
    '3 answers'
    """
    lang = language()
    text = _added.get((lang, message)) or (_catalogue(lang).gettext(message) if message else "")
    return text.format(**values) if values else text


def add(text: str | dict[str, str]) -> str:
    """Take in words of the user's own, so that they are spoken like ours; what they are asked for by is given back.

    Examples
    --------
    >>> asked = add({"en": "visits at weekends", "ja": "週末の訪問"})
    >>> with speaking("ja"):
    ...     _(asked)
    '週末の訪問'

    Raises
    ------
    SettingsError
        If there is nothing in it, or a language that is none of ours.
    """
    own = {"en": text} if isinstance(text, str) else dict(text)
    if not own or not all(isinstance(word, str) and word.strip() for word in own.values()) or own.keys() - {*LANGUAGES}:
        raise SettingsError(f"{text!r}: a label is text, or text by language: {{en: ..., ja: ...}}.")
    message = own.get("en") or next(iter(own.values()))
    _added.update({(lang, message): word for lang, word in own.items()})
    return message


def n_(singular: str, plural: str, n: int, /, **values: object) -> str:
    """A message that counts; ``{n}`` is the number, with its thousands marked.

    >>> n_("{n} customer", "{n} customers", 1200)
    '1,200 customers'
    """
    return _catalogue(language()).ngettext(singular, plural, n).format(n=number(n), **values)


# Codes of the tables, as a reader wants to see them. Not in the dictionary: shown as it is.
TERMS = {
    # health
    "good": "good", "sound": "sound", "caution": "caution", "action": "action",
    "deployment": "Deployment", "engagement": "Engagement", "adoption": "Adoption", "roi": "ROI", "other": "Other",
    "setup_done": "set-up", "licence_use": "licence use", "days_since_contact": "last contact",
    "relationship": "relationship", "feature_breadth": "breadth of use", "usage_depth": "depth of use",
    "goals_on_way": "goals on the way", "account_nps": "NPS of the account",
    "contact_changed": "contact person changed",
    "open_severe_tickets": "open severe inquiries", "arr_change": "shrinking business", "notice_given": "notice given",
    "unknown": "unknown", "new": "new customer", "left": "left",
    # onboarding
    "high_touch": "high touch", "hybrid": "hybrid", "self": "self-onboarding",
    "goal": "goal", "success_measure": "measure of success", "decision_maker": "decision maker",
    "current_process": "current process", "busy_season": "busy season",
    "customer": "customer", "cs": "CS",
    # workload
    "onboarding": "onboarding", "live": "live", "indirect": "indirect work", "ended": "after churn",
    "weekly": "weekly", "biweekly": "biweekly", "monthly": "monthly", "bimonthly": "every two months",
    "operation": "operation mode", "growth": "growth mode", "on_demand": "on demand", "tech_touch": "tech touch",
    "regular meeting": "regular meeting", "review meeting": "review meeting", "internal meeting": "internal meeting",
    "preparation": "preparation", "follow-up": "follow-up", "check-in": "check-in", "inquiry": "inquiry",
    "training": "training", "reporting": "reporting", "project": "project",
    "kick-off": "kick-off", "configuration": "configuration", "data import": "data import", "first use": "first use",
    # nps
    "others": "others", "small": "small", "mid": "mid-size", "enterprise": "enterprise", "segment": "segment",
    "role": "role", "route": "onboarding route", "grade": "health grade", "admin": "admin", "user": "user",
    "incident": "incident", "release": "release", "price": "price change", "pricing": "price",
    "usability": "ease of use",
    "features": "features", "support": "support", "relations": "our contact with them", "reliability": "reliability",
    "outcome": "what it brings",
    # support
    "phone": "phone", "email": "mail", "chat": "chat", "form": "form",
    "open": "not decided", "planned": "planned", "released": "released", "declined": "declined",
    "under_way": "under way", "done": "done", "fixed": "fixed",
    "analysis": "analysis and integration", "revenue": "revenue", "success": "success", "community": "community",
    "retention": "retention", "upsell": "upsell", "referral": "referral",
    # growth
    "at_risk": "at risk", "decided_at_risk": "at risk by decision", "action_opened": "action opened",
    "silent": "silent",
}  # fmt: skip


def term(code: str) -> str:
    """A code of the tables in the reader's words.

    >>> term("high_touch"), term("our own word")
    ('high touch', 'our own word')
    """
    return _(TERMS.get(code, code))


def number(value: float, digits: int = 0, signed: bool = False) -> str:
    """A number with so many decimals.

    >>> number(1234.5, 1), number(2.3, 1, signed=True), number(-2.3, 1)
    ('1,234.5', '+2.3', '−2.3')
    """
    from babel.numbers import format_decimal

    value = round(value, digits) + 0.0  # + 0.0: no "-0"
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(abs(value), pattern, locale=language())
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return sign + text


def rounded(value: float, signed: bool = False) -> str:
    """A number of whatever kind in three digits that say something; whole ones whole.

    >>> rounded(24.51932621645754, signed=True), rounded(0.012345), rounded(0.95), rounded(481235.4), rounded(20.0)
    ('+24.5', '0.0123', '0.95', '481,235', '20')
    >>> rounded(float("nan")), rounded(float("-inf"))
    ('–', '−∞')
    """
    if not isfinite(value):
        return "–" if value != value else "∞" if value > 0 else "−∞"
    if 0 < abs(value) < TINY:
        return f"{value:.1e}"
    digits = max(0, 2 - floor(log10(abs(value)))) if value else 0
    while digits and round(value, digits - 1) == round(value, digits):
        digits -= 1
    return number(value, digits, signed)


def points(value: float, digits: int = 1) -> str:
    """NPS and its changes: always with their sign.

    >>> points(6.38), points(-22.7)
    ('+6.4', '−22.7')
    """
    return number(value, digits, signed=True)


def share(value: float, digits: int = 1, signed: bool = False) -> str:
    """A share of 1 as per cent.

    >>> share(0.8242), share(0.2, 0)
    ('82.4 %', '20 %')
    """
    gap = "" if language() == "ja" else " "
    return f"{number(100 * value, digits, signed)}{gap}%"


def amount(value: float, unit: str, signed: bool = False) -> str:
    """A metric's value, or with ``signed`` its change, written as its unit wants it.

    >>> amount(0.4571, "share"), amount(6.383, "points"), amount(48, "days"), amount(0.33333, "ratio")
    ('45.7 %', '+6.4', '48 days', '33 %')
    >>> amount(0.0051, "share", signed=True), amount(-2_000_000, "money", signed=True)
    ('+0.5 pp', '−¥2.0M')
    """
    match unit:
        case "share" | "ratio" if signed:
            return _("{x} pp", x=number(100 * value, 1, signed))
        case "share":
            return share(value)
        case "points":
            return points(value)
        case "money":
            return ("+" if signed and value > 0 else "") + money(value)
        case "ratio":
            return share(value, 0)
        case "hours":
            return _("{x} h", x=number(value, 0 if abs(value) >= 100 else 1, signed))
        case "days":
            return _("{x} days", x=number(value, 0, signed))
        case _:
            return number(value, 0, signed)


_currency: ContextVar[str] = ContextVar("cskit_currency", default="JPY")


def money(value: float, digits: int | None = None) -> str:
    """An amount of money in whole units, short from a million on; an estimate to so many digits that it can carry.

    >>> money(1_234_000_000), money(96_500)
    ('¥1,234M', '¥96,500')
    >>> money(277_719, digits=2)
    '¥280,000'
    """
    from babel.numbers import format_currency

    value = float(f"{value:.{digits}g}") if digits else value
    if language() == "ja" and _currency.get() == "JPY":
        if abs(value) >= 1e8:
            return f"{number(value / 1e8, 2)}億円"
        return f"{number(value / 1e4, 0)}万円" if abs(value) >= 1e5 else f"{number(value)}円"
    short, suffix = (value / 1e6, "M") if abs(value) >= 1e6 else (value, "")
    pattern = "¤#,##0.0" if suffix and abs(short) < 10 else "¤#,##0"
    text = format_currency(abs(short), _currency.get(), pattern, locale=language(), currency_digits=False)
    return ("−" if value < 0 else "") + text + suffix


def use_currency(code: str) -> None:
    """The currency of :func:`money` from here on, an ISO 4217 code."""
    _currency.set(code)


def currency() -> str:
    """The currency of :func:`money`, an ISO 4217 code.

    >>> currency(), money(96_500)
    ('JPY', '¥96,500')
    """
    return _currency.get()


def day(value: date) -> str:
    """A calendar date.

    >>> day(date(2023, 6, 30))
    '30 June 2023'
    """
    from babel.dates import format_date

    pattern = "y年M月d日" if language() == "ja" else "d MMMM y"
    return format_date(value, pattern, locale=language())


def month(value: date, short: bool = False) -> str:
    """A calendar month.

    >>> month(date(2021, 5, 1)), month(date(2021, 5, 1), short=True)
    ('May 2021', 'May')
    """
    from babel.dates import format_date

    if language() == "ja":
        return format_date(value, "M月" if short else "y年M月", locale="ja")
    return format_date(value, "MMM" if short else "MMMM y", locale=language())


def period_label(period: Period, fiscal: bool = True) -> str:
    """A period so that nobody misreads it.

    >>> from cskit.periods import parse
    >>> period_label(parse("2023Q2"))
    'Apr–Jun 2023 (FY2023 Q1)'
    >>> period_label(parse("FY2022"))
    'Apr 2022–Mar 2023 (FY2022)'
    """
    months = span(period.start, period.end)
    within = _fiscal_name(period) if fiscal else ""
    return months + (f"({within})" if within and language() == "ja" else f" ({within})" if within else "")


def span(first: date, last: date) -> str:
    """Whole months from one day to another.

    >>> span(date(2022, 10, 1), date(2022, 12, 31)), span(date(2023, 4, 1), date(2023, 4, 30))
    ('Oct–Dec 2022', 'Apr 2023')
    """
    one_year, one_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
    if language() == "ja":
        until = "" if one_month else f"〜{last.month}" if one_year else f"月〜{last.year}年{last.month}"
        return f"{first.year}年{first.month}{until}月"
    if one_month:
        return f"{month(first, short=True)} {first.year}"
    opening = month(first, short=True) if one_year else f"{month(first, short=True)} {first.year}"
    return f"{opening}–{month(last, short=True)} {last.year}"


def _fiscal_name(period: Period) -> str:
    """The fiscal year or part of one that has exactly these days; empty where none has."""
    year = period.fiscal_year
    offset = (period.start.year - year.start.year) * 12 + period.start.month - year.start.month
    length = {"month": 1, "quarter": 3, "half": 6, "year": 12}[period.kind]
    if offset < 0 or offset % length or period.kind == "month":
        return ""
    part = {"quarter": "Q", "half": "H", "year": ""}[period.kind]
    step = str(offset // length + 1) if part else ""
    if language() == "ja":
        tail = {"Q": f"第{step}四半期", "H": "上期" if step == "1" else "下期", "": ""}[part]
        return f"{year.start.year}年度{tail}"
    return f"FY{year.start.year}" + (f" {part}{step}" if part else "")


def sentences(*parts: str) -> str:
    """Sentences one after the other, empty ones left out; Japanese puts no space between them.

    >>> sentences("One.", "", "Two.")
    'One. Two.'
    """
    return ("" if language() == "ja" else " ").join(part for part in parts if part)


def listed(items: list[str]) -> str:
    """Several things in a row.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if language() == "ja":
        return "、".join(items)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""


def several(items: Iterable[str], gap: str = "; ") -> str:
    """Things in a row that are no sentence of their own, such as values with their names.

    >>> several(["a 1", "b 2"]), several(["a", "b"], ", ")
    ('a 1; b 2', 'a, b')
    """
    return ("、" if language() == "ja" else gap).join(items)


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    """The messages of a language; compiled in memory, so that no binary file is kept in step by hand."""
    if lang == "en":
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = files("cskit").joinpath("locale", lang, "cskit.po").read_bytes()
    binary = BytesIO()
    write_mo(binary, read_po(BytesIO(source), locale=lang))
    binary.seek(0)
    return gettext.GNUTranslations(binary)
