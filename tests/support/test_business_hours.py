"""Business hours: nights, weekends and holidays do not count."""

import pandas as pd
import pytest

from cskit.errors import SettingsError
from cskit.params import settings_with
from cskit.support.clock import business_hours, open_on

RULES = settings_with().support.opening


def _hours(start, end, rules=RULES):
    return business_hours(*(pd.Series(pd.to_datetime([moment])) for moment in (start, end)), rules).tolist()[0]


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2023-06-28 10:00", "2023-06-28 11:30", 1.5),  # a Wednesday
        ("2023-06-28 17:00", "2023-06-29 10:00", 2.0),
        ("2023-06-28 20:00", "2023-06-28 23:00", 0.0),
        ("2023-06-28 06:00", "2023-06-28 09:15", 0.25),
        ("2023-06-24 10:00", "2023-06-25 15:00", 0.0),  # Saturday and Sunday
        ("2023-05-02 17:00", "2023-05-08 10:00", 2.0),  # Golden Week: three holidays and a weekend
        ("2022-12-28 17:00", "2023-01-04 10:00", 2.0),  # closed around New Year
        ("2023-06-28 10:00", "2023-06-28 10:00", 0.0),
    ],
)
def test_only_open_hours_count(start, end, hours):
    assert _hours(start, end) == pytest.approx(hours)


def test_another_countrys_desk_works_on_golden_week():
    free = RULES.model_copy(update={"country": "", "closed": []})
    assert _hours("2023-05-02 17:00", "2023-05-03 10:00", free) == pytest.approx(2.0)
    assert _hours("2023-05-02 17:00", "2023-05-03 10:00") == pytest.approx(1.0)


def test_a_substitute_holiday_is_free():
    days = pd.DatetimeIndex(["2023-01-01", "2023-01-02", "2023-01-10", "2019-05-06", "2019-05-07"])
    free = RULES.model_copy(update={"closed": []})
    assert open_on(days, free).tolist() == [False, False, True, False, True]


def test_a_country_nobody_knows_is_refused_by_name():
    with pytest.raises(SettingsError, match=r"support\.opening\.country: the holidays of XQ are not known"):
        open_on(pd.date_range("2023-01-01", periods=2), RULES.model_copy(update={"country": "XQ"}))


def test_no_inquiries_take_no_hours():
    none = pd.Series([], dtype="datetime64[ns]")
    assert business_hours(none, none, RULES).empty
