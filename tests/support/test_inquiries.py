"""Inquiries: whose they are, how long they take, what channels cost."""

import pandas as pd
import pytest

from cskit.params import resolve
from cskit.run import Run
from cskit.support import load, study, times_by_category, wishes, words
from cskit.support.channels import channels
from cskit.support.inquiries import inquiries

CUSTOMERS = "customer_id,name,contracted_on\nA,Alpha,2022-01-01\nB,Beta,2022-01-01"
HEAD = "ticket_id,customer_id,channel,category,opened_at,first_reply_at,resolved_at,reopened_at,handling_minutes"
TICKETS = f"""{HEAD}
    1,A,phone,login,2023-06-28 10:00,2023-06-28 11:00,2023-06-28 12:00,,30
    2,A,phone,login,2023-06-28 10:00,2023-06-28 12:00,2023-06-28 13:00,2023-06-28 14:00,10
    3,X,email,login,2023-06-28 10:00,2023-06-28 13:00,2023-06-28 14:00,,
    4,,chat,bill,2023-06-28 10:00,,2023-06-28 15:00,,6
    5,B,,bill,2023-06-30 17:00,,,,
    6,B,email,bill,2023-03-31 10:00,2023-03-31 11:00,,,"""


@pytest.fixture
def run_of(data_of):
    def made(settings=None, period="2023Q2", compare_to="", **tables):
        params = resolve({"period": period, "compare_to": compare_to, "settings": settings or {}})
        return Run(params, data_of(as_of=params.period.end, settings=params.settings, **tables))

    return made


@pytest.fixture
def came(run_of):
    run = run_of(customers=CUSTOMERS, tickets=TICKETS)
    return inquiries(run.data, run.settings, run.period)


def test_an_inquiry_is_joined_if_the_crm_knows_its_customer(came):
    assert came.joined == (3, 5)


def test_phone_share_is_of_inquiries_with_a_channel(came):
    assert (came.phone.yes, came.phone.n) == (2, 4)


def test_open_inquiries_are_waited_for_and_not_left_out(came):
    rows = came.rows.set_index("ticket_id")
    assert rows.loc["5", ["reply_hours", "resolve_hours"]].tolist() == [1.0, 1.0]
    assert (came.reply.n, came.reply.unfinished) == (4, 1)
    # Replied after 1, 2 and 3 hours, one open after 1: three quarters are left after 1, half of these after 2.
    assert came.reply.median == 2.0


def test_solved_without_a_reply_on_record_has_no_reply_time(came):
    assert pd.isna(came.rows.set_index("ticket_id").loc["4", "reply_hours"])


def test_the_time_of_a_reopened_inquiry_runs_on(came):
    row = came.rows.set_index("ticket_id").loc["2"]
    # From Wednesday 10:00 to Friday 18:00: 8 + 9 + 9 hours.
    assert not row["resolved"] and row["resolve_hours"] == 26.0
    assert (came.reopened.yes, came.reopened.n) == (1, 4)


def test_where_no_minutes_are_on_record_the_channels_standard_stands_in(came):
    rows = came.rows.set_index("ticket_id")
    assert rows["minutes"].tolist() == [30, 10, 20, 6, 20] and rows["estimated"].tolist() == [0, 0, 1, 0, 1]


def test_categories_stand_by_size_with_their_times(came):
    found = times_by_category(came)
    assert found["n"].to_dict() == {"login": 3, "bill": 2}
    assert found.loc["login", "reply"] == 2.0 and pd.isna(found.loc["bill", "reply"])


def test_hours_by_channel_and_what_moving_phone_would_free(run_of):
    lines = [f"{n},A,phone,,2023-05-10 10:00,,2023-05-10 12:00,,{m}" for n, m in enumerate([20, 40] * 5)]
    lines += [f"{n + 10},A,chat,,2023-05-10 10:00,,2023-05-10 12:00,,{m}" for n, m in enumerate([10, 14] * 5)]
    run = run_of({"support": {"moved_share": 0.5}}, tickets="\n".join([HEAD, *lines]))
    found = channels(inquiries(run.data, run.settings, run.period), run.settings.support)
    assert found.rows.loc["phone", ["n", "share", "hours"]].tolist() == [10, 0.5, 5.0]
    assert found.rows.loc["phone", "hours_share"] == pytest.approx(300 / 420)
    # 5 of them, each 30 - 12 minutes shorter: 1.5 hours; Welch: 18 +- t(9.7) * sqrt(111.1 / 10 + 4.4 / 10).
    assert found.freed.hours == pytest.approx(1.5)
    assert found.freed.around.low == pytest.approx(5 / 60 * (18 - 2.254 * 3.399), abs=0.01)
    assert found.freed.answered == pytest.approx(2.5)


def test_standard_minutes_make_no_interval(run_of):
    tickets = "ticket_id,channel,opened_at\n1,phone,2023-05-10 10:00\n2,email,2023-05-10 10:00"
    found = study(run_of(tickets=tickets))
    freed = found.metric("hours_freed")
    assert (freed.value, freed.basis, freed.low) == (pytest.approx(0.3 * (20 - 17.5) / 60), "assumed", None)
    assert "estimated" in words.moving(found).text and found.channels.estimated == 1


def test_before_is_known_as_of_its_own_end(run_of):
    tickets = f"{HEAD}\n1,,email,,2023-03-31 10:00,2023-04-03 10:00,,,"
    found = study(run_of(tickets=tickets))
    assert found.before.rows[["replied", "reply_hours"]].to_numpy().tolist() == [[False, 8.0]]


def test_load_is_counted_by_hour_and_weekday(run_of):
    tickets = "ticket_id,opened_at\n1,2023-06-28 10:15\n2,2023-06-28 10:45\n3,2023-06-24 20:00"
    run = run_of(tickets=tickets)
    found = load(run, study(run).now)
    assert found.busiest == (2, 10, 2) and found.counts.loc[20, 5] == 1
    assert (found.n, found.outside) == (3, 1)
    assert "Wednesday from 10:00: 2 of 3" in words.load(run, study(run), found).text


def test_wishes_of_twelve_months_by_category_and_status(run_of):
    requests = """request_id,customer_id,on,category,status
        1,A,2022-07-01,price,open
        2,A,2023-01-05,api,open
        3,B,2023-02-05,api,declined
        4,B,2022-06-30,api,open"""
    found = wishes(run_of(customers=CUSTOMERS, requests=requests))
    assert found.counts.to_dict("index") == {"api": {"open": 1, "declined": 1}, "price": {"open": 1, "declined": 0}}
    assert (found.n, found.before, found.customers) == (3, 1, 2)
