"""Which day is it in the demo? Days are whole numbers since 1970-01-01, so that a million of them add up fast."""

from datetime import date
from typing import Any

import numpy as np

__all__ = [
    "END", "FAR", "MONTHS", "RISK_END", "RISK_START", "START", "between", "dates", "day", "month_of", "shift_years",
    "spans", "weekday",
]  # fmt: skip

Days = np.ndarray
FAR = 99_999  # later than anything here: it has not happened


def day(text: str) -> int:
    """Days since 1970-01-01.

    >>> day("1970-01-11")
    10
    """
    return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()


START, END = day("2020-04-01"), day("2023-06-30")
RISK_START, RISK_END = day("2022-03-31"), day("2023-03-31")  # the fiscal year whose at-risk customers are planted
MONTHS = np.arange("2020-04", "2023-08", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)


def dates(days: Days) -> np.ndarray:
    """Days as dates; what has not happened is missing.

    >>> dates(np.array([10, FAR]))
    array(['1970-01-11',        'NaT'], dtype='datetime64[D]')
    """
    out = np.asarray(days, dtype=np.int64).astype("datetime64[D]")
    out[np.asarray(days) >= FAR] = np.datetime64("NaT", "D")  # without its unit NumPy 2.5 warns
    return out


def month_of(days: Days) -> Days:
    """Number of the month since April 2020, which is 0.

    >>> month_of(np.array([day("2020-04-30"), day("2020-05-01")])).tolist()
    [0, 1]
    """
    return np.searchsorted(MONTHS, days, side="right") - 1


def shift_years(days: Days, years: Any) -> Days:
    """The same day of the month, years later; days after the 28th must not come in.

    >>> dates(shift_years(np.array([day("2020-05-07")]), 2)).astype(str).tolist()
    ['2022-05-07']
    """
    months = np.asarray(days).astype("datetime64[D]").astype("datetime64[M]")
    in_month = days - months.astype("datetime64[D]").astype(np.int64)
    return (months + np.asarray(years) * 12).astype("datetime64[D]").astype(np.int64) + in_month


def between(rng: np.random.Generator, low: Any, high: Any, size: int | None = None) -> Days:
    """Whole numbers drawn evenly from low to high, both included; either may be an array.

    >>> rng = np.random.default_rng(1)
    >>> np.unique(between(rng, 3, 5, size=100)).tolist()
    [3, 4, 5]
    >>> between(rng, np.array([1, 10]), np.array([1, 10])).tolist()
    [1, 10]
    """
    low, high = np.asarray(low), np.asarray(high)
    drawn = rng.random(size if size is not None else np.broadcast(low, high).shape)
    return np.floor(low + drawn * (high - low + 1)).astype(np.int64)


def weekday(days: Days) -> Days:
    """Saturdays and Sundays moved to the Monday after.

    >>> dates(weekday(np.array([day("2023-06-30"), day("2023-07-01"), day("2023-07-02")]))).astype(str).tolist()
    ['2023-06-30', '2023-07-03', '2023-07-03']
    """
    number = (np.asarray(days) + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    return days + np.where(number == 5, 2, np.where(number == 6, 1, 0))


def spans(counts: Days) -> tuple[Days, Days]:
    """So many rows for each: whose row it is, and the how-many-eth.

    >>> [part.tolist() for part in spans(np.array([2, 0, 3]))]
    [[0, 0, 2, 2, 2], [0, 1, 0, 1, 2]]
    """
    counts = np.maximum(counts, 0)
    whose = np.repeat(np.arange(len(counts)), counts)
    return whose, np.arange(len(whose)) - np.repeat(np.cumsum(counts) - counts, counts)
