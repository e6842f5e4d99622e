"""Who is silent: each signal known or not, by each customer's own rhythm."""

from datetime import date, timedelta

import pandas as pd
import pytest

from cskit.params import resolve
from cskit.run import Run
from cskit.support import silence, silences, study, words
from cskit.support.silence import SIGNALS, days_of

CUSTOMERS = """customer_id,name,contracted_on,usage_rhythm,arr
A,Alpha,2022-01-01,daily,500
B,Beta,2022-01-01,monthly,300
C,Gamma,2023-06-20,daily,100
D,Delta,2022-01-01,daily,200"""
DAY = date(2023, 6, 30)
# At a daily rhythm 92 days without contact, 14 without use, 92 without an inquiry.


@pytest.fixture
def run_of(data_of):
    def made(settings=None, customers=CUSTOMERS, **tables):
        params = resolve({"period": "2023Q2", "settings": settings or {}})
        return Run(params, data_of(as_of=DAY, settings=params.settings, customers=customers, **tables))

    return made


# Every table goes on to the last day, as Z, who is in no CRM, is heard of on it.
def _touch(*rows):
    return "touchpoint_id,customer_id,on,mass\n" + "\n".join(f"{n},{row}" for n, row in enumerate([*rows, f"Z,{DAY},"]))


def _used(*rows):
    return "customer_id,on,active_users,events\n" + "\n".join([*rows, f"Z,{DAY},1,1"])


def _asked(*rows):
    lines = [f"{n},{row} 10:00" for n, row in enumerate([*rows, f"Z,{DAY}"])]
    return "ticket_id,customer_id,opened_at\n" + "\n".join(lines)


def test_a_monthly_tool_is_not_silent_after_three_weeks(run_of):
    used = (DAY - timedelta(days=21)).isoformat()
    found = silence(run_of(usage=_used(f"A,{used},1,", f"B,{used},1,")))
    assert found["use"].loc[["A", "B"]].tolist() == [True, False]


def test_a_signal_falls_silent_after_its_days_and_not_on_the_last_of_them(run_of):
    last, one_more = DAY - timedelta(days=92), DAY - timedelta(days=93)
    found = silence(run_of(touchpoints=_touch(f"A,{last},", f"D,{one_more},")))
    assert found["contact"].loc[["A", "D"]].tolist() == [False, True]


def test_bulk_mail_is_no_contact(run_of):
    found = silence(run_of(touchpoints=_touch("B,2022-02-01,", "A,2023-06-29,true", "D,2023-06-29,false")))
    assert found["contact"].loc[["A", "D"]].tolist() == [True, False]


def test_days_without_use_are_none(run_of):
    usage = _used("A,2023-06-29,0,0", "A,2023-05-01,1,4", "D,2023-06-29,,")
    assert silence(run_of(usage=usage))["use"].loc[["A", "D"]].tolist() == [True, False]


def test_what_is_not_known_is_not_silent(run_of):
    found = silence(run_of(usage=_used("A,2022-05-01,1,")))
    assert found["use"].isna().to_dict() == {"A": False, "B": True, "C": True, "D": True}
    assert found[["contact", "ticket", "answer"]].isna().all(axis=None)
    assert not found["silent"].any(), "one signal alone makes nobody silent"


def test_a_new_customer_is_not_silent_yet(run_of):
    found = silence(run_of(touchpoints=_touch("A,2022-02-01,"), tickets=_asked("A,2022-02-01")))
    assert found.loc["C", ["contact", "ticket"]].tolist() == [False, False]
    assert found["silent"].to_dict() == {"A": True, "B": True, "C": False, "D": True}


def test_a_record_that_begins_too_late_says_nothing_of_who_is_not_in_it(run_of):
    late = (DAY - timedelta(days=92)).isoformat()
    found = silence(run_of(touchpoints=_touch(f"A,{late},", f"C,{late},true")))
    assert found["contact"].loc[["A", "C"]].tolist() == [False, False]
    assert found["contact"].loc[["B", "D"]].isna().all(), "they may have been met the day before"
    longer = (DAY - timedelta(days=93)).isoformat()
    found = silence(run_of(touchpoints=_touch(f"A,{longer},")))
    assert found.loc["D", "contact"] and pd.isna(found.loc["B", "contact"]), "at a monthly rhythm 93 days are not long"


def test_an_export_that_stopped_makes_nobody_silent(run_of):
    stopped = "touchpoint_id,customer_id,on\n1,A,2022-06-01\n2,B,2022-12-01\n3,D,2023-03-01"
    found = silence(run_of(touchpoints=stopped))
    assert found.loc["A", "contact"], "silent for months when it stopped"
    assert found["contact"].loc[["B"]].tolist() == [False], "at a monthly rhythm"
    assert pd.isna(found.loc["D", "contact"]), "121 days ago, but nothing is on record since"


def test_a_table_without_a_row_says_nothing(run_of):
    found = silence(run_of(touchpoints="touchpoint_id,customer_id,on", tickets="ticket_id,customer_id,opened_at"))
    assert found[["contact", "ticket"]].isna().all(axis=None)


def test_all_known_signals_must_be_silent_or_as_many_as_asked_for(run_of):
    tables = {
        "touchpoints": _touch("A,2022-02-01,"),
        "tickets": _asked("A,2022-02-01"),
        "usage": _used("A,2023-06-30,5,"),
    }
    assert not silence(run_of(**tables)).loc["A", "silent"]
    assert silence(run_of({"support": {"silent": {"needed": 2}}}, **tables)).loc["A", "silent"]
    assert not silence(run_of({"support": {"silent": {"needed": 3}}}, **tables)).loc["D", "silent"]


def test_a_visit_to_the_help_site_is_a_sign_of_life(run_of):
    tables = {
        "tickets": _asked("A,2022-02-01"),
        "help_sessions": "session_id,on,customer_id\n1,2023-06-01,A",
    }
    assert silence(run_of(**tables))["ticket"].loc[["A", "D"]].tolist() == [False, True]


WAVES = "wave,closed_on\nautumn,2022-10-31\nspring,2023-04-14\nsummer,2023-07-14\nlong ago,2022-06-29"


def test_no_answer_means_asked_in_the_newest_closed_wave_and_not_heard_of(run_of):
    found = silence(
        run_of(
            nps_waves=WAVES,
            nps_invitations="""wave,respondent_id,customer_id,sent_on
                autumn,a1,A,2022-10-01
                spring,a1,A,2023-04-01
                spring,b1,B,2023-04-01
                spring,b2,B,2023-04-01
                summer,b1,B,2023-06-20
                long ago,d1,D,2022-06-01""",
            nps_responses="wave,respondent_id,score,on\nautumn,a1,9,2022-10-05\nspring,b2,,2023-04-05",
        )
    )
    assert found["answer"].loc[["A", "B"]].tolist() == [True, False]
    assert found["answer"].loc[["C", "D"]].isna().all(), "nobody asked them within a year"


TABLES = {
    "touchpoints": _touch("A,2022-02-01,", "B,2023-03-15,", "D,2022-12-01,true"),
    "usage": _used("A,2022-05-01,1,", "B,2023-04-01,1,", "D,2023-03-20,1,"),
    "tickets": _asked("A,2022-02-01", "B,2023-01-10"),
    "nps_waves": WAVES,
    "nps_invitations": "wave,respondent_id,customer_id\nspring,a1,A\nspring,b1,B",
    "nps_responses": "wave,respondent_id,score\nspring,b1,9",
}


def test_several_days_at_once_are_as_each_alone_and_know_nothing_of_later(run_of):
    run = run_of(**TABLES)
    days = [DAY, date(2023, 3, 31), date(2022, 3, 31), date(2021, 12, 31)]
    found = silences(run, days)
    assert list(found) == days and found[days[-1]].empty
    for day in days[:3]:
        pd.testing.assert_frame_equal(found[day], silence(run, day).drop(columns="arr"))
        past = Run(run.params, run.data.cut(day))
        pd.testing.assert_frame_equal(found[day], silence(past).drop(columns="arr"))
    assert found[DAY]["silent"].to_dict() == {"A": True, "B": False, "C": False, "D": True}
    assert not found[date(2023, 3, 31)].loc["D", "silent"] and "C" not in found[date(2023, 3, 31)].index


def test_every_signal_is_bool_or_missing_and_arr_stands_behind(run_of):
    found = silence(run_of(**TABLES))
    assert all(str(found[name].dtype) == "boolean" for name in SIGNALS)
    assert found["arr"].to_dict() == {"A": 500, "B": 300, "C": 100, "D": 200}


def test_the_report_counts_them_with_their_arr(run_of):
    run = run_of(**TABLES)
    found = study(run)
    assert found.quiet.index.tolist() == ["A", "D"], "the largest first"
    assert (found.metric("silent_customers").value, found.metric("silent_customers").n) == (2, 4)
    assert found.metric("silent_arr").value == 700
    assert "2 of 4 customers are silent" in words.silent(run, found).text
    assert "¥700" in words.decision(found).text


def test_a_silent_customer_that_left_is_no_success(run_of):
    customers = "customer_id,contracted_on,churned_on\nA,2022-01-01,2023-05-31\nB,2022-01-01,"
    old = {
        "touchpoints": _touch("B,2022-01-01,", "B,2023-03-30,"),
        "tickets": _asked("B,2022-01-01", "B,2023-03-30"),
    }
    run = run_of(customers=customers, **old)
    text = words.silent(run, study(run)).text
    assert "there were 1: 0 are heard of again or no longer sure, 1 left, 0 are new" in text


def test_days_are_as_much_longer_as_the_rhythm_says():
    settings = resolve({"period": "2023Q2"}).settings
    assert days_of(settings, "daily") == {"contact": 92, "use": 14, "ticket": 92, "answer": 365}
    assert days_of(settings, "monthly") == {"contact": 276, "use": 42, "ticket": 276, "answer": 365}
