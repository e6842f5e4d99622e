"""An export that stops long before the period does is said; one with a slow rhythm of its own is not."""

from datetime import date, timedelta

from cskit.data.ends import ends_early
from cskit.run import start

CUSTOMERS = "customer_id,contracted_on\nA,2021-01-01"


def _contacts(last, every=7, n=60):
    days = [last - timedelta(days=every * place) for place in range(n)]
    rows = [f"T{place},A,{day},regular" for place, day in enumerate(days)]
    return "\n".join(["touchpoint_id,customer_id,on,kind", *rows])


def _said(data_of, text):
    return [fault.what for fault in ends_early(data_of(customers=CUSTOMERS, touchpoints=text))]


def test_a_table_that_stops_long_before_the_day_is_said_with_its_day(data_of):
    day = data_of(customers=CUSTOMERS).as_of
    assert _said(data_of, _contacts(day - timedelta(days=31))) == []
    late = day - timedelta(days=90)
    assert _said(data_of, _contacts(late)) == [f"its newest row is of {late}, 90 days before the day of the data."]


def test_what_happens_seldom_may_be_silent_for_longer(data_of):
    day = data_of(customers=CUSTOMERS).as_of
    assert _said(data_of, _contacts(day - timedelta(days=90), every=30)) == []


def test_of_few_rows_nothing_is_said(data_of):
    day = data_of(customers=CUSTOMERS).as_of
    assert _said(data_of, _contacts(day - timedelta(days=900), n=29)) == []


def test_every_page_of_a_period_that_the_data_do_not_reach_says_so(demo):
    assert not [note for note in start("2023Q2", data=str(demo)).notes if "do not reach" in note]
    run = start("2023Q4", data=str(demo))
    (note,) = (note for note in run.notes if "do not reach" in note)
    assert "touchpoints, usage, tickets and time_logs is newer than 30 June 2023" in note
    assert {fault.table for fault in run.data.warnings if fault.kind == "ends"} == {
        "touchpoints",
        "usage",
        "tickets",
        "time_logs",
    }
    assert run.data.as_of == date(2023, 12, 31)
