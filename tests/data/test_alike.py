"""The same rows give the same tables from files, from PostgreSQL and from Spark: nulls, ties, zones, edges, spellings."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from cskit.data import open_data
from cskit.errors import DataError
from cskit.facts import in_charge
from cskit.params import settings_with
from tests.conftest import ROOT

JUNE = date(2023, 6, 30)
UTC_TIMES = pa.timestamp("us", tz="UTC")
SPACE = "　"  # as wide as a letter of Japanese


def rows(kinds: dict[str, pa.DataType], *values: tuple) -> pa.Table:
    columns = list(zip(*values, strict=True)) or [()] * len(kinds)
    return pa.table({name: pa.array(own, kind) for (name, kind), own in zip(kinds.items(), columns, strict=True)})


def opened(laid, tables, as_of=JUNE, timezone="Asia/Tokyo", **data):
    place, sources = laid(tables)
    settings = settings_with({"sources": sources, "data": data, "calendar": {"timezone": timezone}})
    return open_data(place, settings, as_of, ROOT)


def found(data, table, *columns):
    return [
        tuple(row.values()) for row in data.table(table).order_by(columns[0]).select(*columns).to_pyarrow().to_pylist()
    ]


TEXT, DAY, MOMENT = pa.string(), pa.date32(), pa.timestamp("us")
INT, REAL, YES, MONEY = pa.int64(), pa.float64(), pa.bool_(), pa.decimal128(12, 3)

# fmt: off
CUSTOMERS = rows(
    {"customer_id": TEXT, "name": TEXT, "segment": TEXT, "contracted_on": DAY, "went_live_on": MOMENT,
     "usage_rhythm": TEXT, "fiscal_year_end": REAL, "arr": MONEY, "seats": INT, "tags": TEXT},
    ("b", "　株式会社 Ａ ", "", date(2020, 2, 29), datetime(2023, 4, 1), "月次", 3.0, Decimal("1200.005"), 2**53, None),
    ("B", "x\u3000", "  ", date(2023, 6, 30), None, "Daily", float("nan"), Decimal("0.100"), 0, f"vip；{SPACE}Test{SPACE}"),
    ("a", None, None, None, datetime(2023, 3, 31), None, None, None, None, "a, b"),
    ("あ", "", "ＳＭＢ", date(2023, 3, 31), datetime(2023, 4, 1), "Weekly", 12.0, Decimal("-0.000"), 10**12, "testing"),
    ("_", "n", "Z", date(2000, 2, 29), None, "daily", 1.0, Decimal("999999999.999"), -0, None),
)
CSMS = rows({"csm_id": TEXT, "name": TEXT}, ("c1", "い"), ("c2", "ア"), ("C9", "Z"))
ASSIGNMENTS = rows(
    {"customer_id": TEXT, "csm_id": TEXT, "role": TEXT, "from_on": DAY, "to_on": DAY},
    ("a", "c1", "relations", date(2023, 1, 1), None), ("a", "c2", None, date(2023, 1, 1), None),
    ("a", "C9", "relations", date(2023, 1, 1), None),
    ("b", "c2", "relations", date(2023, 1, 1), date(2023, 6, 30)), ("b", "c1", "relations", date(2022, 1, 1), None),
    ("_", "c2", "relations", date(2023, 1, 1), date(2023, 6, 29)), ("_", "C9", "support", date(2023, 1, 1), None),
)


def at(day, hour=0, minute=0, second=0, micro=0):
    return datetime(2023, *day, hour, minute, second, micro, tzinfo=UTC)


TICKETS = rows(
    {"ticket_id": TEXT, "customer_id": TEXT, "opened_at": UTC_TIMES, "first_reply_at": MOMENT, "resolved_at": UTC_TIMES},
    ("1", "a", at((6, 30), 14, 59, 59, 999999), datetime(2023, 6, 30, 23, 59, 59, 999999), at((6, 30), 15)),
    ("2", "a", at((6, 30), 15), None, None),
    ("3", None, at((3, 12), 6, 59, 59), datetime(2023, 7, 1), at((3, 12), 7)),
    ("4", "b", at((11, 5), 5, 30), None, at((11, 5), 6, 30)),
)
CONTACTS = rows(
    {"touchpoint_id": TEXT, "customer_id": TEXT, "on": DAY, "mass": INT, "executive": TEXT, "had_update": YES, "minutes": REAL},
    ("1", "a", date(2023, 4, 1), 0, "○", True, 30.0), ("2", "a", date(2023, 4, 2), 1, "なし", False, float("nan")),
    ("3", "a", date(2023, 4, 3), None, "", None, None), ("4", "a", date(2023, 4, 4), 1, "はい", True, 0.1),
)
# fmt: on
WORLD = {"customers": CUSTOMERS, "csms": CSMS, "assignments": ASSIGNMENTS, "tickets": TICKETS, "touchpoints": CONTACTS}


@pytest.fixture(scope="module")
def tokyo(laid):
    return opened(laid, WORLD)


def test_nulls_blanks_numbers_and_the_order_of_letters(tokyo):
    columns = ("customer_id", "name", "segment", "went_live_on", "usage_rhythm", "fiscal_year_end", "arr", "seats")
    live = date(2023, 4, 1)
    assert found(tokyo, "customers", *columns) == [
        ("_", "n", "Z", None, "daily", 1, 999999999.999, 0),
        ("a", None, None, date(2023, 3, 31), None, None, None, None),
        ("b", "株式会社 Ａ", None, live, "monthly", 3, 1200.005, 2**53),
        ("あ", None, "ＳＭＢ", live, "weekly", 12, 0.0, 10**12),
    ]  # and B, with the tag test, is in no table


def test_a_leap_day_and_the_last_day_of_a_period(tokyo):
    days = {row[0]: row[1] for row in found(tokyo, "customers", "customer_id", "contracted_on")}
    assert days == {"_": date(2000, 2, 29), "a": None, "b": date(2020, 2, 29), "あ": date(2023, 3, 31)}


def test_the_last_moment_of_a_period_is_in_it_and_the_next_is_not(tokyo):
    assert found(tokyo, "tickets", "ticket_id", "opened_at", "first_reply_at", "resolved_at") == [
        ("1", datetime(2023, 6, 30, 23, 59, 59, 999999), datetime(2023, 6, 30, 23, 59, 59, 999999), None),
        ("3", datetime(2023, 3, 12, 15, 59, 59), None, datetime(2023, 3, 12, 16)),
    ]


def test_yes_and_no_as_numbers_and_words(tokyo):
    assert found(tokyo, "touchpoints", "touchpoint_id", "mass", "executive", "had_update", "minutes") == [
        ("1", False, True, True, 30.0), ("2", True, False, False, None), ("3", None, None, None, None),
        ("4", True, True, True, 0.1),
    ]  # fmt: skip


def test_of_two_from_the_same_day_the_same_is_taken_everywhere(tokyo):
    assert in_charge(tokyo).to_dict() == {"a": "c2", "b": "c2"}
    assert in_charge(tokyo.at(JUNE + timedelta(days=1))).to_dict() == {"a": "c2", "b": "c1"}


def test_where_clocks_change_each_moment_has_the_time_the_clock_showed(laid):
    year = opened(laid, {"customers": CUSTOMERS, "tickets": TICKETS}, date(2023, 12, 31), "America/New_York")
    assert found(year, "tickets", "ticket_id", "opened_at", "resolved_at") == [
        ("1", datetime(2023, 6, 30, 10, 59, 59, 999999), datetime(2023, 6, 30, 11)),
        ("2", datetime(2023, 6, 30, 11), None),
        ("3", datetime(2023, 3, 12, 1, 59, 59), datetime(2023, 3, 12, 3)),
        ("4", datetime(2023, 11, 5, 1, 30), datetime(2023, 11, 5, 1, 30)),
    ]


def test_the_same_is_refused_everywhere(laid):
    # fmt: off
    tables = {
        "customers": rows(
            {"customer_id": TEXT, "contracted_on": TEXT, "churned_on": DAY, "seats": MONEY, "arr": REAL, "usage_rhythm": TEXT},
            ("A", "2023-02-29", date(2020, 1, 1), Decimal("1.500"), 1.0, "hourly"),
            ("B", "令和5年2月29日", None, Decimal("-1"), float("inf"), "日次"),
            ("B", "2023-02-28", None, Decimal("2"), -0.5, None), (" ", None, None, None, None, None),
        ),
        "churns": rows({"customer_id": TEXT, "effective_on": MOMENT},
                       ("X", datetime(2023, 1, 1, 10, 30)), ("A", datetime(2023, 1, 1))),
    }
    # fmt: on
    with pytest.raises(DataError) as error:
        opened(laid, tables)
    told = {(own.table, own.column, own.count, own.what.partition(";")[0]) for own in error.value.faults}
    assert {(*place, found.replace("Infinity", "inf")) for *place, found in told} == {
        ("customers", "customer_id", 1, "empty"),
        ("customers", "customer_id", 1, 'found "B"'),
        ("customers", "contracted_on", 2, 'found "2023-02-29" and "令和5年2月29日"'),
        ("customers", "usage_rhythm", 1, 'found "hourly"'),
        ("customers", "arr", 2, 'found "inf" and -0.5'),
        ("customers", "seats", 2, 'found "1.500" and -1'),
        ("churns", "customer_id", 1, 'found "X"'),
        ("churns", "effective_on", 1, 'found "2023-01-01 10:30:00"'),
    }
    assert all(own.rows for own in error.value.faults)


def test_a_crosswalk_and_the_names_of_companies_lead_to_customers(laid):
    ids = {"customer_id": TEXT}
    tables = {
        "customers": rows(ids | {"name": TEXT}, ("A", "株式会社アクメ"), ("B", "Beta Inc.")),
        "crosswalk": rows(
            {"source": TEXT, "their_id": TEXT, "customer_id": TEXT}, ("tickets", "t-1", "B"), ("", "t-2", "A")
        ),
        "tickets": rows(
            {"ticket_id": TEXT, **ids, "opened_at": DAY},
            *(
                (str(n), theirs, date(2023, 1, 1))
                for n, theirs in enumerate(("t-1", "t-2", "アクメ(株)", "A", "t-9", None))
            ),
        ),
        "requests": rows({"request_id": TEXT, **ids, "on": DAY}, ("1", "t-2", date(2023, 1, 1))),
    }
    data = opened(laid, tables, by_name=["tickets"])
    led = ["B", "A", "A", "A", "t-9", None]
    assert [row[1] for row in found(data, "tickets", "ticket_id", "customer_id")] == led
    assert found(data, "requests", "request_id", "customer_id") == [("1", "A")]
    assert [(own.table, own.count) for own in data.warnings if own.count] == [("tickets", 1)]
