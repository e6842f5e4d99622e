"""Periods: forms, neighbours, fiscal years."""

from datetime import date

import pytest

from cskit.errors import SettingsError
from cskit.i18n import period_label, speaking
from cskit.periods import add_months, parse


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2023Q2", "2023-04-01", "2023-06-30"),
        ("2023H1", "2023-01-01", "2023-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2021", "2021-01-01", "2021-12-31"),
        ("FY2022", "2022-04-01", "2023-03-31"),
        ("FY2022Q4", "2023-01-01", "2023-03-31"),
        ("FY2022H2", "2022-10-01", "2023-03-31"),
    ],
)
def test_a_period_holds_whole_months(name, first, last):
    period = parse(name)
    assert (period.start.isoformat(), period.end.isoformat(), period.name) == (first, last, name)


@pytest.mark.parametrize("name", ["2023Q5", "2023-13", "FY2023-04", "Q2 2023", "", "202304", "20232", "2023Q", "0000"])
def test_what_is_no_period_is_refused_with_the_forms_there_are(name):
    with pytest.raises(SettingsError, match="2023Q2, 2023H1, 2023-04"):
        parse(name)


def test_an_unquoted_year_from_yaml_is_a_year():
    assert parse(2021).kind == "year"


def test_the_period_before_a_fiscal_first_quarter_lies_in_the_year_before():
    assert parse("FY2023Q1").previous().name == "FY2022Q4"
    assert parse("2023Q1").previous().name == "2022Q4"
    assert parse("2023-01").previous().name == "2022-12"


def test_next_undoes_previous():
    for name in ("2023Q1", "FY2022", "2023H2", "2024-03", "FY2023Q4"):
        assert parse(name).previous().next().name == name


def test_march_closes_the_fiscal_year_and_april_opens_the_next():
    assert parse("2023Q1").fiscal_year.name == "FY2022"
    assert parse("2023Q2").fiscal_year.name == "FY2023"


def test_a_fiscal_year_from_january_is_the_calendar_year():
    assert parse("FY2022", first_fiscal_month=1).start == date(2022, 1, 1)


def test_labels_name_months_and_fiscal_quarter():
    assert period_label(parse("2023Q2")) == "Apr–Jun 2023 (FY2023 Q1)"
    assert period_label(parse("FY2022Q4")) == "Jan–Mar 2023 (FY2022 Q4)"
    assert period_label(parse("2021")) == "Jan–Dec 2021"
    with speaking("ja"):
        assert period_label(parse("2023Q2")) == "2023年4〜6月(2023年度第1四半期)"


def test_a_month_after_the_31st_of_january_is_the_last_of_february():
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)
