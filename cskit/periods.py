"""Which days does a report speak of, and which does it compare them with?"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from cskit.errors import SettingsError

__all__ = ["Period", "add_months", "fiscal_year_start", "month_starts", "months_away", "parse"]

Kind = Literal["month", "quarter", "half", "year"]
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
FORMS = "2023Q2, 2023H1, 2023-04, 2021, FY2022, FY2022H1 or FY2022Q4"


@dataclass(frozen=True, slots=True)
class Period:
    """A run of whole months, named as the user names it.

    Examples
    --------
    >>> q = parse("2023Q2")
    >>> q.start.isoformat(), q.end.isoformat()
    ('2023-04-01', '2023-06-30')
    >>> q.previous().name, q.year_before().name
    ('2023Q1', '2022Q2')
    >>> parse("FY2022Q4").start.isoformat()
    '2023-01-01'
    """

    name: str
    kind: Kind
    start: date
    end: date
    fiscal: bool
    first_fiscal_month: int

    def __contains__(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end

    @property
    def months(self) -> tuple[date, ...]:
        """First days of its months."""
        return month_starts(self.start, self.end)

    def shifted(self, months: int) -> "Period":
        """The period of the same kind that begins so many months later."""
        return _named(_add_months(self.start, months), self.kind, self.fiscal, self.first_fiscal_month)

    def previous(self) -> "Period":
        return self.shifted(-MONTHS[self.kind])

    def next(self) -> "Period":
        return self.shifted(MONTHS[self.kind])

    def year_before(self) -> "Period":
        return self.shifted(-12)

    @property
    def fiscal_year(self) -> "Period":
        """The fiscal year that holds the period's last day."""
        first = fiscal_year_start(self.end, self.first_fiscal_month)
        return _named(first, "year", True, self.first_fiscal_month)


def parse(text: str | int, first_fiscal_month: int = 4) -> Period:
    """Read a period's name.

    Parameters
    ----------
    text : str or int
        Calendar year ``2021``, half ``2023H1``, quarter ``2023Q2``, month ``2023-04``; fiscal ``FY2022``,
        ``FY2022H1``, ``FY2022Q4``.
    first_fiscal_month : int
        1 to 12; a fiscal year is named by the calendar year in which it starts.

    Returns
    -------
    Period

    Raises
    ------
    SettingsError
        If the name has none of these forms.

    Examples
    --------
    >>> parse("2023Q2").end, parse("FY2022").start.isoformat(), parse("2023-04").kind
    (datetime.date(2023, 6, 30), '2022-04-01', 'month')
    """
    name = str(text).strip().upper()
    form = re.fullmatch(r"(FY)?(\d{4})(?:Q([1-4])|H([12])|-(0[1-9]|1[0-2]))?", name)
    if form is None or (form[1] and form[5]) or not 1900 <= int(form[2]) <= 2200:
        raise SettingsError(f'period: found "{name}"; a period is written {FORMS}.')
    fiscal, year, quarter, half, month = form.groups()
    first = date(int(year), first_fiscal_month if fiscal else 1, 1)
    if quarter:
        return _named(_add_months(first, 3 * (int(quarter) - 1)), "quarter", bool(fiscal), first_fiscal_month)
    if half:
        return _named(_add_months(first, 6 * (int(half) - 1)), "half", bool(fiscal), first_fiscal_month)
    if month:
        return _named(date(int(year), int(month), 1), "month", False, first_fiscal_month)
    return _named(first, "year", bool(fiscal), first_fiscal_month)


def last_quarter(today: date) -> Period:
    """The newest quarter that is over.

    >>> last_quarter(date(2023, 7, 3)).name, last_quarter(date(2023, 6, 30)).name
    ('2023Q2', '2023Q1')
    """
    return parse(f"{today.year}Q{(today.month - 1) // 3 + 1}").previous()


def fiscal_year_start(day: date, first_fiscal_month: int = 4) -> date:
    """First day of the fiscal year that holds a day.

    >>> fiscal_year_start(date(2023, 3, 31)).isoformat()
    '2022-04-01'
    """
    return date(day.year - (day.month < first_fiscal_month), first_fiscal_month, 1)


def month_starts(first: date, last: date) -> tuple[date, ...]:
    """First days of all months from one day's month to another's.

    >>> [m.isoformat() for m in month_starts(date(2022, 12, 5), date(2023, 1, 2))]
    ['2022-12-01', '2023-01-01']
    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(_add_months(first.replace(day=1), step) for step in range(count))


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day where it has none.

    >>> add_months(date(2023, 1, 31), 1).isoformat()
    '2023-02-28'
    """
    first = _add_months(day.replace(day=1), months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def months_away(day: date, months: int) -> date:
    """The end of a day so many months away: what ends a month stays the end of one.

    >>> months_away(date(2023, 6, 30), 6).isoformat(), months_away(date(2025, 2, 28), -12).isoformat()
    ('2023-12-31', '2024-02-29')
    """
    return add_months(day + timedelta(days=1), months) - timedelta(days=1)


def _add_months(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _named(start: date, kind: Kind, fiscal: bool, first_fiscal_month: int) -> Period:
    end = _add_months(start, MONTHS[kind]) - timedelta(days=1)
    year_start = fiscal_year_start(start, first_fiscal_month) if fiscal else date(start.year, 1, 1)
    year = f"FY{year_start.year}" if fiscal else f"{start.year}"
    step = ((start.year - year_start.year) * 12 + start.month - year_start.month) // MONTHS[kind] + 1
    name = {"month": f"{start:%Y-%m}", "quarter": f"{year}Q{step}", "half": f"{year}H{step}", "year": year}[kind]
    return Period(name, kind, start, end, fiscal, first_fiscal_month)
