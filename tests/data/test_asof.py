"""What was known on a day: rows, cells, customers that do not count, tables that did not come."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from cskit.errors import NotAvailable
from cskit.params import settings_with


def rows(data, table: str, *columns: str) -> list[tuple]:
    found = data.table(table).select(*columns).order_by(columns[0]).to_pyarrow().to_pylist()
    return [tuple(row.values()) for row in found]


def test_rows_dated_later_do_not_exist_yet_and_the_day_itself_counts(data_of):
    data = data_of(customers="customer_id,contracted_on\nA,2023-06-29\nB,2023-06-30\nC,2023-07-01\nD,")
    assert [row[0] for row in rows(data, "customers", "customer_id")] == ["A", "B", "D"]
    assert [row[0] for row in rows(data.at(date(2023, 7, 1)), "customers", "customer_id")] == ["A", "B", "C", "D"]
    assert data.as_of == date(2023, 6, 30)


def test_events_of_later_days_are_empty_cells_but_plans_are_known_ahead(data_of):
    data = data_of(
        customers="customer_id,churned_on\nA,2023-06-30\nB,2023-07-01",
        contracts="contract_id,customer_id,starts_on,ends_on,mrr\nK,A,2023-01-01,2024-12-31,1",
        onboardings="onboarding_id,customer_id,route,started_on,due_on,completed_on\n1,A,self,2023-06-01,2023-09-01,2023-07-15",
    )
    assert rows(data, "customers", "customer_id", "churned_on") == [("A", date(2023, 6, 30)), ("B", None)]
    assert rows(data, "contracts", "ends_on") == [(date(2024, 12, 31),)]
    assert rows(data, "onboardings", "due_on", "completed_on") == [(date(2023, 9, 1), None)]


def test_a_time_on_the_day_itself_is_known_to_its_last_minute(data_of):
    tickets = """ticket_id,opened_at,first_reply_at,resolved_at,handling_minutes
        1,2023-06-30 23:59:59,2023-06-30 23:59:59,2023-07-01 00:00:00,30
        2,2023-07-01 00:00:00,,,
        3,2023-06-01 09:00,,2023-06-02 09:00,45
        4,2023-06-01 09:00,,,20"""
    found = rows(data_of(tickets=tickets), "tickets", "ticket_id", "first_reply_at", "resolved_at", "handling_minutes")
    assert found == [
        ("1", datetime(2023, 6, 30, 23, 59, 59), None, None),
        ("3", None, datetime(2023, 6, 2, 9), 45.0),
        ("4", None, None, None),
    ]


def test_a_notice_is_known_before_the_churn_takes_effect(data_of):
    churns = """customer_id,notified_on,effective_on
        A,2023-06-01,2023-07-31
        B,2023-07-01,2023-07-31
        C,,2023-06-30
        D,,2023-07-01"""
    data = data_of(churns=churns)
    assert rows(data, "churns", "customer_id", "effective_on") == [("A", None), ("C", date(2023, 6, 30))]
    assert [row[0] for row in rows(data.at(date(2023, 8, 1)), "churns", "customer_id")] == ["A", "B", "C", "D"]


def test_a_month_is_known_from_its_first_day(data_of):
    data = data_of(community="month,members\n2023-06,1\n2023-07,2")
    assert rows(data, "community", "month") == [(date(2023, 6, 1),)]


def test_excluded_customers_are_in_no_table_and_their_onboardings_steps_neither(data_of):
    data = data_of(
        settings=settings_with({"data": {"exclude_tags": ["test", "社内"]}}),
        customers="customer_id,tags\nA,\nB,vip; Test\nC,社内\nD,testing;vip\nE,a；社内",
        tickets="ticket_id,customer_id,opened_at\n1,A,2023-01-01 09:00\n2,B,2023-01-01 09:00\n3,,2023-01-01 09:00",
        onboardings="onboarding_id,customer_id,route,started_on\n1,B,self,2023-01-01\n2,D,self,2023-01-01",
        onboarding_steps="onboarding_id,step\n1,x\n2,x",
        csms="csm_id\nK",
    )
    assert [row[0] for row in rows(data, "customers", "customer_id")] == ["A", "D"]
    assert [row[0] for row in rows(data, "tickets", "ticket_id")] == ["1", "3"]
    assert rows(data, "onboarding_steps", "onboarding_id") == [("2",)]
    assert rows(data, "csms", "csm_id") == [("K",)]


def test_every_column_of_the_schema_is_there_with_its_type(data_of):
    table = data_of(customers="customer_id\nA").table("customers")
    kinds = {name: str(kind) for name, kind in table.schema().items()}
    assert kinds["contracted_on"] == "date"
    assert (kinds["seats"], kinds["arr"], kinds["tags"]) == ("int64", "float64", "string")
    assert all(value is None for name, value in table.to_pyarrow().to_pylist()[0].items() if name != "customer_id")
    tickets = data_of(tickets="ticket_id,opened_at\n1,2023-01-01 09:00").table("tickets")
    assert str(tickets.opened_at.type()).removeprefix("!").startswith("timestamp")


def test_what_did_not_come_is_named_with_what_it_would_add(data_of):
    data = data_of(customers="customer_id,seats\nA,1")
    assert data.has("customers")
    assert data.has("customers", "seats")
    assert not data.has("customers", "arr")
    assert not data.has("usage")
    with pytest.raises(NotAvailable) as error:
        data.need("customers", "usage", "contracts")
    assert str(error.value).splitlines() == [
        "The table usage is missing; it adds the Adoption dimension of health; who has stopped using the product.",
        "The table contracts is missing; it adds ARR as of any date, NRR, GRR, renewals ahead.",
    ]
    with pytest.raises(NotAvailable):
        data.table("usage")


HISTORY = {
    "customers": "customer_id,contracted_on,churned_on\nA,2023-01-10,2023-06-30\nB,2023-05-01,\nC,,",
    "tickets": """ticket_id,customer_id,opened_at,resolved_at
        1,A,2023-03-31 23:59:59,2023-04-01 00:00:00
        2,A,2023-04-01 00:00:00,2023-04-30 23:59:59""",
}


@pytest.mark.parametrize("embedded", [True, False])
def test_several_days_at_once_know_what_each_knows_alone(data_of, embedded):
    data = data_of(**HISTORY)
    if not embedded:  # another engine, in which no views are made
        data = replace(data, _session=None)
    days = [date(2023, 6, 30), date(2023, 4, 30), date(2023, 3, 31), date(2023, 4, 30)]
    panel = data.on_days(days)
    assert panel.days == (date(2023, 3, 31), date(2023, 4, 30), date(2023, 6, 30))
    found = panel.table("tickets").select("as_of", "ticket_id", "resolved_at").order_by("as_of", "ticket_id")
    assert [tuple(row.values()) for row in found.to_pyarrow().to_pylist()] == [
        (date(2023, 3, 31), "1", None),
        (date(2023, 4, 30), "1", datetime(2023, 4, 1)),
        (date(2023, 4, 30), "2", datetime(2023, 4, 30, 23, 59, 59)),
        (date(2023, 6, 30), "1", datetime(2023, 4, 1)),
        (date(2023, 6, 30), "2", datetime(2023, 4, 30, 23, 59, 59)),
    ]
    for name in HISTORY:
        for day in panel.days:
            alone, own = data.at(day).table(name), panel.table(name)
            own = own.filter(own.as_of == day).drop("as_of")
            both = [table.order_by(table.columns[0]).to_pyarrow().to_pylist() for table in (alone, own)]
            assert both[0] == both[1] and alone.columns == own.columns


def test_data_cut_at_a_day_hold_nothing_later_on_any_day(data_of):
    data = data_of(**HISTORY)
    whole, cut = data.table("customers"), data.cut(date(2023, 4, 30)).at(date(2023, 6, 30))
    assert rows(cut, "customers", "customer_id", "churned_on") == [("A", None), ("C", None)]
    assert whole.count().to_pyarrow().as_py() == 3 == data.table("customers").count().to_pyarrow().as_py()


def test_a_slip_in_our_own_code_is_no_missing_table(data_of):
    data = data_of(customers="customer_id\nA")
    with pytest.raises(KeyError, match="Did you mean customers"):
        data.has("custmers")
    with pytest.raises(KeyError, match="Did you mean seats"):
        data.has("customers", "seat")


def test_a_table_outlives_the_data_it_was_taken_from(data_of):
    table = data_of(customers="customer_id\nA").table("customers")
    assert table.count().to_pyarrow().as_py() == 1


def test_inputs_name_the_file_its_rows_and_its_fingerprint(data_of):
    (found,) = data_of(csms="csm_id\n1\n2").inputs
    assert (found.path, found.table, found.rows) == ("csms.csv", "csms", 2)
    # sha256 of b"csm_id\n1\n2\n", by sha256sum
    assert found.sha256 == "3eaaf7eb1e8506404eac7d4ec70ac8f59235344ad7c1fce757bb65d2b94d3802"
