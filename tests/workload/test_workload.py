"""Hours and support modes, worked by hand."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from cskit.errors import NotAvailable
from cskit.params import resolve, settings_with
from cskit.periods import parse
from cskit.run import Run
from cskit.workload import study
from cskit.workload.hours import capacity, hours
from cskit.workload.modes import mode_change

RULES = settings_with().workload
Q2 = parse("2023Q2")
CUSTOMERS = "customer_id,contracted_on,went_live_on\nA,2023-01-01,2023-05-01\nB,2023-04-01,"
LOGS = """log_id,csm_id,on,task,minutes,customer_id
    1,p1,2023-04-30,meeting,60,A
    2,p1,2023-05-01,meeting,90,A
    3,p1,2023-05-02,report,30,
    4,p1,2023-05-03,meeting,30,B
    5,p1,2023-03-31,meeting,600,A"""


def test_hours_by_phase_split_at_going_live(data_of):
    found = hours(data_of(customers=CUSTOMERS, time_logs=LOGS), RULES, Q2)
    assert found.total == pytest.approx(3.5)
    assert found.by("phase").to_dict() == {"onboarding": 1.5, "live": 1.5, "indirect": 0.5}
    assert found.customers.set_index("customer_id")["hours"].to_dict() == {"A": 2.5, "B": 0.5}


def test_contacts_and_bookings_of_one_person_and_month_are_never_added(data_of):
    touch = """touchpoint_id,customer_id,csm_id,on,kind,minutes
        1,A,p1,2023-05-20,regular,60
        2,A,p1,2023-06-20,check_in,10
        3,A,p2,2023-06-20,check_in,"""
    found = hours(data_of(customers=CUSTOMERS, time_logs=LOGS, touchpoints=touch), RULES, Q2)
    # May is booked by p1, so its meeting is not added. June is not: 10 + 5 + 5 minutes, and 15 + 5 + 5 for p2.
    assert found.total == pytest.approx(3.5 + 20 / 60 + 25 / 60)
    assert found.basis == "assumed"
    assert found.estimated_share == pytest.approx((45 / 60) / found.total)


def test_contacts_of_nobody_are_left_out_of_months_in_which_somebody_booked(data_of):
    touch = """touchpoint_id,customer_id,on,kind,minutes,prep_minutes,followup_minutes
        1,A,2023-05-20,regular,60,0,0
        2,A,2023-06-20,regular,60,0,0"""
    logs = "log_id,csm_id,on,task,minutes,customer_id\n1,p1,2023-05-02,report,30,"
    found = hours(data_of(customers=CUSTOMERS, time_logs=logs, touchpoints=touch), RULES, Q2)
    assert found.by("source").to_dict() == {"estimated": 1.0, "booked": 0.5}
    assert found.left_out == 1
    booked = hours(data_of(customers=CUSTOMERS, time_logs=logs, touchpoints=touch), RULES, parse("2023-05"))
    assert (booked.total, booked.basis, booked.left_out) == (0.5, "counted", 1)


GONE = "customer_id,contracted_on,went_live_on,churned_on\nA,2023-01-01,2023-05-01,2023-05-01\nB,2023-04-01,,2023-05-02"


def test_work_after_a_customer_left_is_neither_onboarding_nor_live(data_of):
    found = hours(data_of(customers=GONE, time_logs=LOGS), RULES, Q2)
    # A left at the end of the day it went live; B left the day before the work for it, never live.
    assert found.by("phase").to_dict() == {"live": 1.5, "onboarding": 1.0, "indirect": 0.5, "ended": 0.5}


def test_who_left_is_known_from_churns_too(data_of):
    churns = "customer_id,effective_on\nB,2023-05-02"
    found = hours(data_of(customers=CUSTOMERS, churns=churns, time_logs=LOGS), RULES, Q2)
    assert found.by("phase")["ended"] == 0.5


@pytest.mark.parametrize("tables", [{}, {"customers": "customer_id,contracted_on\nA,2023-01-01\nB,2023-04-01"}])
def test_without_a_record_of_going_live_the_phase_is_not_known(data_of, tables):
    found = hours(data_of(time_logs=LOGS, **tables), RULES, Q2)
    assert found.by("phase").to_dict() == {"unknown": 3.0, "indirect": 0.5}


def test_a_customer_that_is_not_on_record_is_in_no_phase(data_of):
    customers = "customer_id,contracted_on,went_live_on\nA,2023-01-01,2023-05-01"
    assert hours(data_of(customers=customers, time_logs=LOGS), RULES, Q2).by("phase")["unknown"] == 0.5


def test_without_either_table_there_are_no_hours(data_of):
    with pytest.raises(NotAvailable, match="time_logs"):
        hours(data_of(customers=CUSTOMERS), RULES, Q2)


def test_capacity_counts_the_days_somebody_was_there(data_of):
    people = "csm_id,joined_on,left_on,weekly_hours,cs_share\np1,2020-01-01,,40,0.5\np2,2023-06-24,,35,1\np3,2020-01-01,2023-03-31,40,1"
    room = capacity(data_of(csms=people), Q2)
    assert room.who == ("p1", "p2")
    assert room.hours == pytest.approx(91 / 7 * 20 + 7 / 7 * 35)


LEVELS = """customer_id,from_on,mode
    A,2021-10-01,monthly
    A,2022-10-01,operation
    B,2022-10-01,operation
    C,2021-10-01,monthly
    C,2023-05-01,operation"""


def _meetings(monthly=30, review=90, overhead=60):
    rows = ["touchpoint_id,customer_id,on,kind,minutes,prep_minutes,followup_minutes,travel_minutes,reschedules"]
    before = [date(2021 + (m > 2), (m + 9) % 12 + 1, 5) for m in range(12)]
    rows += [f"b{n},A,{day},regular,{monthly},{overhead},0,0,0" for n, day in enumerate(before)]
    after = [date(2022, 11, 5), date(2023, 2, 5), date(2023, 5, 5)]
    rows += [f"a{n},A,{day},review,{review},{overhead},0,0,0" for n, day in enumerate(after)]
    rows.append("m1,A,2022-12-05,check_in,60,0,0,0,0")
    return "\n".join(rows)


def test_monthly_to_quarterly_is_a_third_of_the_meetings_not_of_the_hours(data_of):
    found = mode_change(data_of(service_levels=LEVELS, touchpoints=_meetings()), RULES)
    # B never changed, C has not been in the new mode for a whole quarter, the check-in is no regular meeting.
    assert found.customers == 1
    assert found.meetings == pytest.approx(1 / 3)
    assert found.meeting_hours == pytest.approx(90 / (3 * 30))
    assert found.total_hours == pytest.approx((90 + 60) / (3 * (30 + 60)))
    assert found.estimated_share == 0


def test_only_whole_quarters_after_the_change_count(data_of):
    data = data_of(as_of=date(2023, 5, 31), service_levels=LEVELS, touchpoints=_meetings())
    # Eight months are two whole quarters: November and February, not May.
    assert mode_change(data, RULES).meetings == pytest.approx(1 / 3)


STAYED = "customer_id,contracted_on,churned_on\nA,2021-01-01,\nB,2021-01-01,\nC,2021-01-01,"


def test_after_ends_where_the_customer_left(data_of):
    levels = LEVELS + "\n    D,2021-10-01,monthly\n    D,2022-10-01,operation"
    tables = {"service_levels": levels, "touchpoints": _meetings() + "\nd,D,2021-12-05,regular,30,60,0,0,0"}
    left = data_of(customers=STAYED + "\nD,2021-01-01,2023-02-28", **tables)
    # D met us once in 12 months; five months after are one whole quarter, without a meeting.
    assert mode_change(left, RULES).after["meetings"].sum() == pytest.approx(3 / 9)
    assert mode_change(left, RULES).customers == 2
    gone = data_of(customers=STAYED + "\nD,2021-01-01,2022-12-30", **tables)
    assert mode_change(gone, RULES).customers == 1
    last = data_of(customers=STAYED + "\nD,2021-01-01,2022-12-31", **tables)
    assert mode_change(last, RULES).customers == 2


def test_after_ends_where_the_customer_changed_back(data_of):
    levels = LEVELS + "\n    A,2023-04-01,monthly\n    A,2023-06-01,operation"
    found = mode_change(data_of(service_levels=levels, touchpoints=_meetings()), RULES)
    # October to March are two whole quarters with two meetings; that of May is none of the new mode.
    assert found.after["meetings"].sum() == pytest.approx(2 / 6)
    levels = LEVELS + "\n    A,2022-12-31,monthly"
    assert mode_change(data_of(service_levels=levels, touchpoints=_meetings()), RULES) is None


def test_minutes_not_noted_are_standard_ones_and_said_so(data_of):
    touch = _meetings().replace(",30,60,0,0,0", ",,60,0,0,0")
    found = mode_change(data_of(service_levels=LEVELS, touchpoints=touch), RULES)
    assert found.meeting_hours == pytest.approx(90 / (3 * 45))
    assert found.meeting_estimated_share == pytest.approx(12 * 45 / (12 * 45 + 3 * 90))


def test_where_nobody_changed_there_is_no_ratio(data_of):
    levels = "customer_id,from_on,mode\nA,2021-10-01,monthly"
    assert mode_change(data_of(service_levels=levels, touchpoints=_meetings()), RULES) is None


@pytest.mark.parametrize(
    ("compare_to", "before"), [("2023Q1", 10.0), ("2022Q4", None), ("2022", None)]
)  # recorded since 31 January 2023; a year is no quarter
def test_hours_are_compared_only_with_as_long_a_time_recorded_as_wholly(data_of, compare_to, before):
    logs = LOGS + "\n6,p1,2023-01-31,meeting,0,A"
    run = Run(resolve({"period": "2023Q2", "compare_to": compare_to}), data_of(customers=CUSTOMERS, time_logs=logs))
    assert study(run).metrics[0].before == before


def test_hours_of_many_rows_are_read_period_by_period_to_the_same(data_of, monkeypatch):
    data = data_of(
        csms="csm_id,weekly_hours\nM,40\nN,40",
        customers="customer_id,name\nA,Aoi",
        time_logs="log_id,csm_id,on,task,minutes,customer_id\n1,M,2023-04-30,inquiry,60,A\n2,M,2023-05-01,inquiry,30,A",
        touchpoints="""touchpoint_id,customer_id,on,csm_id,kind,minutes
            1,A,2023-04-03,M,regular,60
            2,A,2023-05-02,N,regular,45
            3,A,2023-06-02,,regular,45
            4,A,2023-05-03,,regular,45""",
    )
    kept = [hours(data, RULES, parse(period)) for period in ("2023Q2", "2023-05")]
    monkeypatch.setattr(type(data), "is_large", lambda self, *names, than=1: True)
    read = [hours(replace(data, _asked={}), RULES, parse(period)) for period in ("2023Q2", "2023-05")]
    for one, other in zip(kept, read, strict=True):
        pd.testing.assert_frame_equal(one.rows, other.rows)
        pd.testing.assert_frame_equal(one.customers, other.customers)
        assert one.left_out == other.left_out > 0
