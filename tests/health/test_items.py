"""Items from tables, as known on the day: what is not recorded is unknown, not zero."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cskit.health.items import ITEMS
from cskit.health.snapshot import decided, movement, snapshot, snapshots, transitions
from cskit.params import settings_with

RULES = settings_with().health
CUSTOMERS = """customer_id,contracted_on,churned_on,usage_rhythm,seats
A,2023-01-01,,daily,10
B,2023-01-01,,monthly,10
C,2023-01-01,2023-05-31,daily,10
D,2023-07-15,,daily,10"""


def _value(data, customer, item):
    return snapshot(data, RULES).raw.loc[customer, item]


def test_several_days_at_once_are_scored_as_each_alone(data_of):
    data = data_of(
        customers=CUSTOMERS,
        churns="customer_id,notified_on,effective_on\nA,2023-05-15,2023-08-31",
        usage="""customer_id,on,feature,active_users,events
            A,2023-02-01,,7,20
            A,2023-05-20,reports,5,10
            B,2023-04-10,,4,9
            D,2023-07-20,,4,9""",
        touchpoints="touchpoint_id,customer_id,on\n1,A,2023-02-28\n2,B,2023-05-31",
        assessments="customer_id,on,item,value\nA,2022-06-30,accepts_meetings,1\nA,2023-04-01,grants_favours,5",
        contracts="contract_id,customer_id,starts_on,ends_on,mrr\n1,A,2022-02-28,2023-02-28,10\n2,A,2023-03-01,,5",
        onboardings="onboarding_id,customer_id,route,started_on,completed_on\n1,B,self,2023-01-05,2023-05-31",
        onboarding_steps="onboarding_id,step,started_on,done_on\n1,a,2023-01-05,2023-02-01\n1,b,2023-03-01,2023-05-31",
    )
    days = [date(2022, 12, 31), date(2023, 2, 28), date(2023, 5, 31), date(2023, 6, 30), date(2023, 8, 31)]
    found = snapshots(data, days, RULES)
    assert list(found) == days and found[days[0]].raw.empty and list(found[days[-1]].raw.index) == ["B", "D"]
    for day in days:
        alone = snapshot(data.at(day), RULES)
        pd.testing.assert_frame_equal(found[day].raw, alone.raw, check_exact=True)
        pd.testing.assert_frame_equal(found[day].scores, alone.scores, check_exact=True)
    at_end = {day: found[day].raw.loc["A"] for day in days[1:4]}
    assert [at_end[day]["notice_given"] for day in days[1:4]] == [0, 1, 1]
    assert [at_end[day]["days_since_contact"] for day in days[1:4]] == [0, 92, 122]
    # Each against the same day a year before, when 10 a month were paid from 28 February on.
    assert [at_end[day]["arr_change"] for day in days[1:4]] == [1.0, 0.5, 0.5]
    assert [at_end[day]["usage_depth"] for day in days[1:4]] == [2.0, 0.0, 0.0]
    assert snapshots(data, [], RULES) == {}


def test_nobody_ever_used_it_or_was_a_customer(data_of):
    usage = "customer_id,on,feature,active_users,events\nX9,2023-07-20,,4,9"
    data = data_of(customers=CUSTOMERS, usage=usage)
    assert snapshot(data, RULES).raw["licence_use"].isna().all()
    assert snapshot(data.at(date(2022, 6, 30)), RULES).scores.empty


def test_every_item_of_params_has_its_expression():
    assert set(RULES.items) | {cap.item for cap in RULES.caps} <= set(ITEMS)


def test_only_customers_of_the_day_are_scored(data_of):
    assert list(snapshot(data_of(customers=CUSTOMERS), RULES).raw.index) == ["A", "B"]
    assert list(snapshot(data_of(as_of=date(2023, 5, 30), customers=CUSTOMERS), RULES).raw.index) == ["A", "B", "C"]


def test_with_customers_alone_everything_is_unknown(data_of):
    raw = snapshot(data_of(customers=CUSTOMERS), RULES).raw
    assert raw.isna().all().all()


def test_days_since_contact_leave_out_bulk_mail_and_scale_with_the_rhythm(data_of):
    touch = "touchpoint_id,customer_id,on,mass\n1,A,2023-05-31,false\n2,A,2023-06-29,true\n3,B,2023-05-31,\n4,A,2023-07-02,false"
    data = data_of(customers=CUSTOMERS, touchpoints=touch)
    assert _value(data, "A", "days_since_contact") == 30
    assert _value(data, "B", "days_since_contact") == pytest.approx(30 / 3)


def test_without_a_contact_the_days_count_from_the_contract(data_of):
    data = data_of(customers=CUSTOMERS, touchpoints="touchpoint_id,customer_id,on\n1,B,2023-06-01")
    assert _value(data, "A", "days_since_contact") == (date(2023, 6, 30) - date(2023, 1, 1)).days


def test_use_within_the_window_and_unknown_for_who_was_never_seen(data_of):
    usage = """customer_id,on,feature,active_users,events
        A,2023-06-03,,7,20
        A,2023-06-03,reports,5,10
        A,2023-06-02,,9,99
        A,2023-06-30,,3,20
        A,2023-06-30,export,0,0"""
    data = data_of(customers=CUSTOMERS, usage=usage)
    # 28 days to 30 June begin on 3 June; 2 June is outside.
    assert _value(data, "A", "licence_use") == pytest.approx(0.7)
    assert _value(data, "A", "usage_depth") == pytest.approx(4.0)
    assert _value(data, "A", "feature_breadth") == 1
    assert np.isnan(_value(data, "B", "licence_use"))


def test_the_window_of_a_monthly_user_is_three_times_as_long(data_of):
    usage = "customer_id,on,feature,active_users,events\nA,2023-04-08,,4,9\nB,2023-04-08,,4,9\nB,2023-04-07,,8,99"
    data = data_of(customers=CUSTOMERS, usage=usage)
    # 84 days to 30 June begin on 8 April.
    assert (_value(data, "A", "licence_use"), _value(data, "B", "licence_use")) == (0, 0.4)
    assert _value(data, "B", "usage_depth") == pytest.approx(9 / 10 / 3)


def test_who_stopped_using_is_at_zero_not_unknown(data_of):
    usage = "customer_id,on,feature,active_users,events\nA,2023-01-15,,7,20\nA,2023-01-15,reports,7,20"
    data = data_of(customers=CUSTOMERS, usage=usage)
    assert _value(data, "A", "licence_use") == 0 and _value(data, "A", "feature_breadth") == 0


@pytest.mark.parametrize(
    ("usage", "unknown"),
    [
        ("customer_id,on,feature,active_users,events\nA,2023-06-15,,7,20", ["feature_breadth"]),
        ("customer_id,on,feature,active_users,events\nA,2023-06-15,reports,7,20", ["licence_use", "usage_depth"]),
        ("customer_id,on,feature,active_users\nA,2023-06-15,,7\nA,2023-06-15,x,7", ["feature_breadth", "usage_depth"]),
    ],
)
def test_what_a_usage_export_never_held_is_unknown_not_zero(data_of, usage, unknown):
    raw = snapshot(data_of(customers=CUSTOMERS, usage=usage), RULES).raw.loc["A"]
    of_use = ["licence_use", "feature_breadth", "usage_depth"]
    assert [name for name in of_use if np.isnan(raw[name])] == unknown


def test_tickets_without_severity_or_end_say_nothing_and_a_reopened_one_is_open(data_of):
    plain = "ticket_id,customer_id,opened_at\n1,A,2023-06-01 09:00"
    assert snapshot(data_of(customers=CUSTOMERS, tickets=plain), RULES).raw["open_severe_tickets"].isna().all()
    again = "ticket_id,customer_id,severity,opened_at,resolved_at,reopened_at\n1,A,high,2023-06-01 09:00,2023-06-02 09:00,2023-06-03 09:00"
    assert _value(data_of(customers=CUSTOMERS, tickets=again), "A", "open_severe_tickets") == 1


def test_setup_counts_the_steps_of_the_newest_onboarding(data_of):
    onboardings = """onboarding_id,customer_id,route,started_on,completed_on
        1,A,self,2023-01-05,2023-02-01
        2,A,self,2023-05-01,
        3,B,self,2023-01-05,2023-07-01"""
    steps = "onboarding_id,step,started_on,done_on\n2,one,2023-05-01,2023-05-02\n2,two,2023-05-02,\n3,one,2023-01-05,"
    data = data_of(customers=CUSTOMERS, onboardings=onboardings, onboarding_steps=steps)
    assert _value(data, "A", "setup_done") == 0.5
    assert _value(data, "B", "setup_done") == 0.0  # its completion in July is not known yet
    assert _value(data.at(date(2023, 7, 1)), "B", "setup_done") == 1.0


def test_setup_counts_the_steps_that_have_not_begun_and_are_not_known_yet(data_of):
    data = data_of(
        customers="customer_id,contracted_on\nA,2022-01-01\nB,2023-05-01",
        onboardings="""onboarding_id,customer_id,route,flow_version,started_on,completed_on
            1,A,self,v1,2022-01-01,2022-03-01
            2,B,self,v1,2023-05-01,""",
        onboarding_steps="""onboarding_id,step,started_on,done_on
            1,a,2022-01-01,2022-01-05
            1,b,2022-01-05,2022-01-09
            1,c,2022-01-09,2022-02-09
            1,d,2022-02-09,2022-03-01
            2,a,2023-05-01,2023-05-20
            2,b,2023-05-20,
            2,c,2023-07-20,""",
    )
    # One of four: the two that began by the end of June are all that is listed of B's then.
    assert _value(data, "B", "setup_done") == 0.25


def test_goals_on_the_way_are_reached_or_not_overdue(data_of):
    goals = """goal_id,customer_id,agreed_on,due_on,achieved_on
        1,A,2023-01-10,2023-03-01,2023-02-20
        2,A,2023-01-10,2023-06-29,
        3,A,2023-01-10,2023-06-30,
        4,A,2023-01-10,,2023-07-01"""
    assert _value(data_of(customers=CUSTOMERS, goals=goals), "A", "goals_on_way") == pytest.approx(3 / 4)


def test_the_newest_judgement_of_each_kind_counts_while_it_is_fresh(data_of):
    judged = """customer_id,on,item,value
        A,2023-02-01,accepts_meetings,1
        A,2023-06-01,accepts_meetings,5
        A,2023-06-01,grants_favours,3
        B,2022-06-29,accepts_meetings,5"""
    data = data_of(customers=CUSTOMERS, assessments=judged)
    assert _value(data, "A", "relationship") == 4
    assert np.isnan(_value(data, "B", "relationship"))


def test_the_newest_wave_of_the_account_is_its_nps(data_of):
    answers = "wave,respondent_id,customer_id,on,score\nw1,a,A,2022-10-10,0\nw2,a,A,2023-04-02,9\nw2,b,A,2023-04-05,7\nw2,c,A,,"
    waves = "wave,closed_on\nw1,2022-10-31\nw2,2023-04-14"
    assert _value(data_of(customers=CUSTOMERS, nps_waves=waves, nps_responses=answers), "A", "account_nps") == 8


def test_arr_against_a_year_ago_and_unknown_for_who_was_not_there(data_of):
    customers = "customer_id,contracted_on\nA,2020-01-01\nB,2023-01-01"
    terms = """contract_id,customer_id,kind,starts_on,ends_on,mrr
        1,A,paid,2022-04-01,2023-03-31,100
        2,A,paid,2023-04-01,2024-03-31,80
        3,A,trial,2023-04-01,2024-03-31,500
        4,B,paid,2023-01-01,,10"""
    data = data_of(customers=customers, contracts=terms)
    assert _value(data, "A", "arr_change") == pytest.approx(0.8)
    assert np.isnan(_value(data, "B", "arr_change"))


def test_notice_open_tickets_and_a_contact_who_left(data_of):
    data = data_of(
        customers=CUSTOMERS,
        churns="customer_id,notified_on,effective_on\nA,2023-06-30,2023-09-30\nB,2023-07-01,2023-09-30",
        tickets="ticket_id,customer_id,severity,opened_at,resolved_at\n1,A,high,2023-06-01 09:00,2023-07-02 09:00\n2,A,low,2023-06-01 09:00,",
        contacts="contact_id,customer_id,role,from_on,to_on\n1,A,admin,2023-01-01,2023-03-31\n2,B,admin,2023-01-01,2023-03-30",
    )
    raw = snapshot(data, RULES).raw
    assert raw["notice_given"].to_dict() == {"A": 1, "B": 0}
    assert raw["open_severe_tickets"].to_dict() == {"A": 1, "B": 0}
    assert raw["contact_changed"].to_dict() == {"A": 1, "B": 0}


def test_movement_adds_up_and_a_churned_customer_is_no_improvement(data_of):
    customers = "customer_id,contracted_on,churned_on\n" + "\n".join(
        f"{name},2022-01-01,{left}"
        for name, left in [("stays", ""), ("mends", ""), ("leaves", "2023-05-31"), ("falls", "")]
    )
    touch = "touchpoint_id,customer_id,on\n1,mends,2023-06-20\n2,falls,2022-12-01\n3,falls,2022-07-01"
    data = data_of(customers=customers, touchpoints=touch)
    start, end = snapshot(data.at(date(2022, 12, 31)), RULES), snapshot(data, RULES)
    moved = movement(start, end)
    assert start.at_risk == {"stays", "mends", "leaves"}
    assert (moved.improved, moved.churned, moved.new) == ({"mends"}, {"leaves"}, {"falls"})
    assert moved.end == len(end.at_risk) == 2


def test_who_is_not_known_any_more_has_not_improved(data_of):
    customers = "customer_id,contracted_on\nA,2022-01-01\nB,2022-01-01"
    judged = "customer_id,on,item,value\nA,2022-06-01,accepts_meetings,1\nB,2022-06-01,accepts_meetings,1\nB,2023-06-01,accepts_meetings,5"
    data = data_of(customers=customers, assessments=judged)
    moved = movement(snapshot(data.at(date(2023, 3, 31)), RULES), snapshot(data, RULES))
    assert (moved.start, moved.improved, moved.unknown, moved.end) == (2, {"B"}, {"A"}, 0)


def test_transitions_count_everybody_of_either_day(data_of):
    customers = "customer_id,contracted_on,churned_on\nA,2022-01-01,\nB,2022-01-01,2023-05-01\nC,2023-05-01,"
    touch = "touchpoint_id,customer_id,on\n1,A,2022-03-01\n2,A,2023-06-20\n3,B,2022-01-02\n4,C,2023-06-01"
    data = data_of(customers=customers, touchpoints=touch)
    counts = transitions(snapshot(data.at(date(2022, 12, 31)), RULES), snapshot(data, RULES))
    assert counts.loc["action", "good"] == 1 and counts.loc["action", "left"] == 1 and counts.loc["new", "good"] == 1
    assert counts.to_numpy().sum() == 3


def test_a_decided_grade_holds_until_its_day_or_for_a_quarter(data_of):
    overrides = """customer_id,on,grade,reason,until
        A,2023-01-10,action,old,2023-12-31
        A,2023-06-01,sound,newer,2023-06-29
        B,2023-03-30,good,,"""
    data = data_of(customers=CUSTOMERS, overrides=overrides)
    assert decided(data, RULES)["grade"].to_dict() == {"B": "good"}
    assert decided(data.at(date(2023, 6, 29)), RULES)["grade"].to_dict() == {"A": "sound", "B": "good"}


def test_days_of_many_rows_are_scored_one_by_one_to_the_same(data_of, monkeypatch):
    data = data_of(
        customers=CUSTOMERS,
        touchpoints="touchpoint_id,customer_id,on\n1,A,2023-02-28\n2,B,2023-05-31",
        usage="customer_id,on,feature,active_users,events\nA,2023-05-20,,5,10",
    )
    days = [date(2023, 5, 31), date(2023, 6, 30)]
    at_once = snapshots(data, days, RULES)
    monkeypatch.setattr("cskit.health.snapshot.BY_DAY", 1)
    one_by_one = snapshots(data, days, RULES)
    for day in days:
        pd.testing.assert_frame_equal(one_by_one[day].scores, at_once[day].scores, rtol=1e-12)
