"""Hours and support modes, worked by hand."""

from datetime import date

import pytest

from cskit.errors import NotAvailable
from cskit.params import settings_with
from cskit.periods import parse
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


def test_without_either_table_there_are_no_hours(data_of):
    with pytest.raises(NotAvailable, match="time_logs"):
        hours(data_of(customers=CUSTOMERS), RULES, Q2)


def test_capacity_counts_the_days_somebody_was_there(data_of):
    people = "csm_id,joined_on,left_on,weekly_hours,cs_share\np1,2020-01-01,,40,0.5\np2,2023-06-24,,35,1\np3,2020-01-01,2023-03-31,40,1"
    room = capacity(data_of(csms=people), Q2)
    assert room.people == 2
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


def test_minutes_not_noted_are_standard_ones_and_said_so(data_of):
    touch = _meetings().replace(",30,60,0,0,0", ",,60,0,0,0")
    found = mode_change(data_of(service_levels=LEVELS, touchpoints=touch), RULES)
    assert found.meeting_hours == pytest.approx(90 / (3 * 45))
    assert found.meeting_estimated_share == pytest.approx(12 * 45 / (12 * 45 + 3 * 90))


def test_where_nobody_changed_there_is_no_ratio(data_of):
    levels = "customer_id,from_on,mode\nA,2021-10-01,monthly"
    assert mode_change(data_of(service_levels=levels, touchpoints=_meetings()), RULES) is None
