from datetime import date, datetime

import duckdb
import pytest

from cskit.data.parse import cell, clean, normal
from cskit.data.schema import Column, tables


def read(column: Column, text: str | None, timezone: str = "Asia/Tokyo"):
    """The value of a cell, or ``("bad", text)``."""
    source = "cleaned" if column.type == "text" and not column.allowed else "plain"
    made = cell(column, source, "VARCHAR", timezone)
    inner = f"SELECT cleaned, {normal('cleaned')} AS plain FROM (SELECT {clean('x')} AS cleaned FROM (SELECT ? AS x))"
    value, cleaned = duckdb.execute(f"SELECT {made.value}, cleaned FROM ({inner})", [text]).fetchone()
    return ("bad", cleaned) if value is None and cleaned is not None else value


def native(column: Column, value: str, kind: str, timezone: str = "Asia/Tokyo"):
    made = cell(column, "x", kind, timezone)
    found, bad = duckdb.execute(
        f"SELECT {made.value}, {made.bad or 'NULL'} FROM (SELECT CAST('{value}' AS {kind}) AS x)"
    ).fetchone()
    return ("bad", bad) if found is None and bad is not None else found


def a(kind: str, **more: object) -> Column:
    return Column("x", kind, "", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["2023-04-01", "2023/4/1", "2023/04/01", "2023年4月1日", "２０２３／４／１", "２０２３年４月１日", "　2023-4-1 ",
     "2023/4/1 0:00", "2023-04-01 00:00:00", "2023-04-01T00:00:00", "令和5年4月1日", "R5.4.1", "令和５年４月１日",
     "20230401", "２０２３．４．１", "2023.4.1"],
)  # fmt: skip
def test_a_day_is_read_in_every_spelling_of_japanese_exports(text):
    assert read(a("date"), text) == date(2023, 4, 1)


@pytest.mark.parametrize(
    "text",
    ["2023-02-30", "2023-13-01", "2023/02/29", "23-04-01", "20231301", "20230229", "03/04/2023", "2023-04", "2023-04-01 09:30", "45017", "未定",
     "2023/4-1", "0023-04-01", "令和5年2月29日", "4/1/2023", "-"],
)  # fmt: skip
def test_a_day_that_does_not_exist_or_is_told_otherwise_is_never_guessed(text):
    assert read(a("date"), text) == ("bad", text)


def test_the_first_year_of_an_era_and_its_leap_day():
    assert read(a("date"), "令和元年5月1日") == date(2019, 5, 1)
    assert read(a("date"), "平成31年4月30日") == date(2019, 4, 30)
    assert read(a("date"), "令和6年2月29日") == date(2024, 2, 29)


def test_a_cell_of_nothing_but_spaces_is_missing_not_bad():
    for kind in ("text", "date", "integer", "number", "boolean", "datetime", "month"):
        assert read(a(kind), " \u3000\t") is None
        assert read(a(kind), None) is None


@pytest.mark.parametrize(("text", "value"), [("8", 8), ("８", 8), ("-3", -3), ("1,200", 1200), ("8.0", 8), ("+5", 5)])
def test_a_whole_number(text, value):
    assert read(a("integer"), text) == value


@pytest.mark.parametrize("text", ["8点", "8.5", "1,20", "1,2000", "1e3", "0x10", "1_000", "99999999999999999999", "八"])
def test_what_is_no_whole_number_stays_as_it_was_written(text):
    assert read(a("integer"), text) == ("bad", text)


@pytest.mark.parametrize(
    ("text", "value"), [("1,200.5", 1200.5), ("０．５", 0.5), (".5", 0.5), ("-1e3", -1000), ("7", 7)]
)
def test_a_number(text, value):
    assert read(a("number"), text) == value


@pytest.mark.parametrize("text", ["¥1,200", "12%", "1,200円", "nan", "inf", "1.2.3", "1,2", "1e999"])
def test_what_is_no_number(text):
    assert read(a("number"), text) == ("bad", text)


def test_yes_and_no_in_both_languages():
    yes = [read(a("boolean"), text) for text in ("true", "Yes", "1", "○", "〇", "はい", "１", "TRUE")]
    no = [read(a("boolean"), text) for text in ("false", "No", "0", "×", "いいえ")]
    assert (yes, no) == ([True] * 8, [False] * 5)
    assert read(a("boolean"), "maybe") == ("bad", "maybe")


def test_times_are_local_and_those_with_a_zone_are_moved_there():
    local = datetime(2023, 4, 1, 9, 30)
    for text in ("2023-04-01 09:30:00", "2023/4/1 9:30", "2023-04-01T09:30:00", "2023年4月1日 9:30"):
        assert read(a("datetime"), text) == local
    for text in ("2023-04-01T00:30:00Z", "2023-04-01 09:30:00+09:00", "2023/04/01 00:30+00"):
        assert read(a("datetime"), text) == local
    assert read(a("datetime"), "2023-04-01T00:30:00Z", "Europe/Berlin") == datetime(2023, 4, 1, 2, 30)


def test_a_time_of_day_that_does_not_exist():
    for text in ("2023-04-01 25:00", "2023-02-30 09:00", "09:30"):
        assert read(a("datetime"), text) == ("bad", text)


def test_a_month_or_its_first_day():
    for text in ("2023-04", "2023/4", "2023年4月", "2023-04-01", "２０２３年４月"):
        assert read(a("month"), text) == date(2023, 4, 1)
    for text in ("2023-04-02", "2023-13", "202304"):
        assert read(a("month"), text) == ("bad", text)


def test_allowed_values_in_both_languages_and_any_capitals():
    rhythm = tables()["customers"].columns["usage_rhythm"]
    assert [read(rhythm, text) for text in ("daily", "Daily", "日次", "毎日")] == ["daily"] * 4
    assert read(rhythm, "hourly") == ("bad", "hourly")


def test_a_text_keeps_what_it_says_but_outer_spaces():
    assert read(a("text"), "　Ｃ００１　") == "Ｃ００１"


def test_typed_values_are_taken_where_nothing_is_lost():
    assert native(a("date"), "2023-04-01 00:00:00", "TIMESTAMP") == date(2023, 4, 1)
    assert native(a("date"), "2023-03-31 15:00:00+00", "TIMESTAMP WITH TIME ZONE") == date(2023, 4, 1)
    assert native(a("integer"), "8.0", "DOUBLE") == 8
    assert native(a("integer"), "8", "DECIMAL(9,2)") == 8
    assert native(a("text"), "1001.0", "DOUBLE") == "1001"
    assert native(a("number"), "3", "INTEGER") == 3.0
    assert native(a("datetime"), "2023-04-01 00:00:00+00", "TIMESTAMP WITH TIME ZONE") == datetime(2023, 4, 1, 9)


def test_typed_values_that_would_lose_something_are_bad():
    assert native(a("date"), "2023-04-01 09:30:00", "TIMESTAMP") == ("bad", "2023-04-01 09:30:00")
    assert native(a("integer"), "8.5", "DOUBLE") == ("bad", "8.5")
    assert native(a("number"), "inf", "DOUBLE") == ("bad", "inf")
    assert native(a("month"), "2023-04-02", "DATE") == ("bad", "2023-04-02")


def test_nan_as_pandas_writes_it_is_missing():
    assert native(a("number"), "nan", "DOUBLE") is None
    assert native(a("integer"), "nan", "DOUBLE") is None
    assert native(a("text"), "nan", "DOUBLE") is None


MONEY = a("number", unit="money")
SHARE = a("number", unit="share", min=0, max=1)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,200円", 1200), ("¥1,200", 1200), ("￥1,200", 1200), ("￥１，２００", 1200), ("1.2万円", 12000), ("3億", 3e8),
     ("5千円", 5000), ("2百万円", 2e6), ("1千万", 1e7), ("△1,200", -1200), ("▲1,200円", -1200), ("(1,200)", -1200),
     ("（¥1,200）", -1200), ("1,200-", -1200), ("¥-1,200", -1200), ("-¥1,200", -1200), ("\\1,200", 1200),
     ("0.12345678億", 12345678)],
)  # fmt: skip
def test_an_amount_as_accounts_write_it(text, value):
    assert read(MONEY, text) == value


@pytest.mark.parametrize("text", ["$1,200", "1,20円", "12%", "△", "(1,200", "1,200)", "--5", "△-5", "5-5", "約1,200円",
     "1.2万3千", "1,200円/月", "(1,200)-", "円", "1 200"])  # fmt: skip
def test_an_amount_that_is_not_written_so_is_refused(text):
    assert read(MONEY, text) == ("bad", text)


def test_a_sign_of_money_must_be_that_of_the_currency():
    made = cell(MONEY, "x", "VARCHAR", "UTC", "USD")
    values = [duckdb.execute(f"SELECT {made.value} FROM (SELECT ? AS x)", [x]).fetchone()[0] for x in ("$1,200", "¥5")]
    assert values == [1200.0, None]


def test_per_cent_is_for_shares_only():
    assert [read(SHARE, text) for text in ("12%", "12％", "0.12", "7.5%")] == [0.12, 0.12, 0.12, 0.075]
    assert read(a("number"), "12%") == ("bad", "12%")


def test_losses_and_thousands_of_a_count():
    found = [read(a("integer"), text) for text in ("△3", "(3)", "1.2万", "3-", "５千")]
    assert found == [-3, -3, 12000, -3, 5000]
    assert read(a("integer"), "1.23456万") == ("bad", "1.23456万")
    assert read(a("integer"), "3円") == ("bad", "3円")


def test_marks_and_words_of_yes_and_no():
    assert [read(a("boolean"), text) for text in ("◯", "✓", "レ", "ﾚ", "有", "済", "あり")] == [True] * 7
    assert [read(a("boolean"), text) for text in ("✖", "無", "未", "なし")] == [False] * 4
    assert read(a("boolean"), "△") == ("bad", "△")


def test_older_eras():
    assert read(a("date"), "H31/4/30") == date(2019, 4, 30)
    assert read(a("date"), "昭和64年1月7日") == date(1989, 1, 7)


def test_a_serial_number_is_a_day_where_the_workbook_says_from_when_it_counts():
    def serial(kind: str, text: str, epoch: str):
        made = cell(a(kind), "x", "VARCHAR", "UTC", epoch=epoch)
        return duckdb.execute(f"SELECT {made.value} FROM (SELECT ? AS x)", [text]).fetchone()[0]

    assert serial("date", "45017", "1899-12-30") == date(2023, 4, 1)
    assert serial("date", "43555", "1904-01-01") == date(2023, 4, 1)
    assert serial("datetime", "45017.395833333336", "1899-12-30") == datetime(2023, 4, 1, 9, 30)
    assert serial("date", "45017.5", "1899-12-30") is None
    assert serial("date", "45017", "") is None
