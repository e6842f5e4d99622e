"""How many business hours lie between two moments?"""

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cskit.errors import SettingsError, did_you_mean
from cskit.settings import Opening

__all__ = ["business_hours", "open_on"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def business_hours(start: pd.Series, end: pd.Series, rules: Opening) -> pd.Series:
    """Hours in which inquiries were answered, from one moment to another.

    Parameters
    ----------
    start, end : Series of datetime64, local times
        None missing, no end before its start.

    Returns
    -------
    Series of float
        0 where the desk was closed all the while.

    Examples
    --------
    From Friday, 17:00, over a holiday on Monday, to Tuesday, 10:30.

    >>> rules = Opening(country="JP", days=["mon", "tue", "wed", "thu", "fri"], hours=(9, 18), closed=[])
    >>> asked, answered = (pd.Series(pd.to_datetime([day])) for day in ("2023-07-14 17:00", "2023-07-18 10:30"))
    >>> business_hours(asked, answered, rules).tolist()
    [2.5]
    """
    if start.empty:
        return pd.Series(index=start.index, dtype=float)
    first, (opens, closes) = start.min().normalize(), rules.hours
    open_ = open_on(pd.date_range(first, end.max().normalize()), rules)
    before = np.concatenate([[0.0], np.cumsum(open_ * float(closes - opens))])

    def passed(moment: pd.Series) -> NDArray[np.float64]:
        day = moment.dt.normalize()
        place = (day - first).dt.days.to_numpy()
        hour = (moment - day).dt.total_seconds().to_numpy() / 3600 - opens
        return np.asarray(before[place] + open_[place] * np.clip(hour, 0.0, closes - opens), float)

    return pd.Series(passed(end) - passed(start), index=start.index)


def open_on(days: pd.DatetimeIndex, rules: Opening) -> NDArray[np.bool_]:
    """On which days inquiries are answered.

    Raises
    ------
    SettingsError
        If nobody knows the holidays of the country.

    Examples
    --------
    A Friday, a Saturday, a holiday on a Monday (海の日), and a Friday on which the desk is closed:

    >>> rules = Opening(country="JP", days=["mon", "tue", "wed", "thu", "fri"], hours=(9, 18), closed=["12-29"])
    >>> days = pd.DatetimeIndex(["2023-07-14", "2023-07-15", "2023-07-17", "2023-12-29"])
    >>> open_on(days, rules).tolist()
    [True, False, False, False]
    >>> open_on(days, rules.model_copy(update={"country": "JPP"}))
    Traceback (most recent call last):
    cskit.errors.SettingsError: support.opening.country: the holidays of JPP are not known. Did you mean JP?
    """
    workdays = [WEEKDAYS.index(day) for day in rules.days]
    free = days.isin(_holidays(rules.country, tuple(days.year.unique()))) | days.strftime("%m-%d").isin(rules.closed)
    return np.asarray(days.day_of_week.isin(workdays) & ~free, bool)


@cache
def _holidays(country: str, years: tuple[int, ...]) -> pd.DatetimeIndex:
    if not country or not years:
        return pd.DatetimeIndex([])
    import holidays

    try:
        return pd.DatetimeIndex(sorted(holidays.country_holidays(country, years=years)))
    except NotImplementedError:
        near = did_you_mean(country, holidays.list_supported_countries())
        raise SettingsError(f"support.opening.country: the holidays of {country} are not known.{near}") from None
