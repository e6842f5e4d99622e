"""Mix, time to complete and knowledge, worked by hand."""

from datetime import date

import pytest

from cskit.onboarding.duration import COMPLETED, LEFT, OPEN, durations
from cskit.onboarding.knowledge import coverage, unknown_customers
from cskit.onboarding.mix import crossover_month, highest_month, mix, mix_by_month
from cskit.params import settings_with
from cskit.periods import parse

SELF_2021 = [12, 17, 22, 28, 33, 37, 40, 43, 45, 46, 47, 48]


def _published():
    rows = ["onboarding_id,customer_id,route,started_on"]
    for month, own in enumerate(SELF_2021, start=1):
        routes = ["self"] * own + ["high_touch"] * (60 - own)
        rows += [f"{month}-{n},C{month}-{n},{route},2021-{month:02d}-10" for n, route in enumerate(routes)]
    return "\n".join(rows)


def test_the_published_year_of_onboardings(data_of):
    months = mix_by_month(data_of(onboardings=_published()))
    assert mix(months, parse("2021-01")).self_share == pytest.approx(0.2)
    assert crossover_month(months) == date(2021, 5, 1)
    day, peak = highest_month(months)
    assert (day, peak.self_share) == (date(2021, 12, 1), pytest.approx(0.8))


def test_a_month_without_onboardings_is_a_zero_not_a_gap(data_of):
    text = "onboarding_id,customer_id,route,started_on\n1,A,self,2021-01-31\n2,B,hybrid,2021-03-01"
    months = mix_by_month(data_of(onboardings=text))
    assert months.sum(axis=1).tolist() == [1, 0, 1]
    assert mix(months, parse("2021-02")).self_share is None


def test_a_tie_is_no_crossover_and_hybrid_does_not_count_as_high_touch(data_of):
    text = "onboarding_id,customer_id,route,started_on\n1,A,self,2021-01-31\n2,B,high_touch,2021-01-01\n3,C,self,2021-02-01\n4,D,hybrid,2021-02-01\n5,E,hybrid,2021-02-01"
    assert crossover_month(mix_by_month(data_of(onboardings=text))) == date(2021, 2, 1)


def test_records_that_begin_above_show_no_crossover(data_of):
    text = "onboarding_id,customer_id,route,started_on\n1,A,self,2021-01-31\n2,B,high_touch,2021-02-01\n3,C,self,2021-03-01"
    assert crossover_month(mix_by_month(data_of(onboardings=text))) is None


def test_a_single_self_onboarding_is_no_highest_month(data_of):
    text = "onboarding_id,customer_id,route,started_on\n1,A,self,2021-01-31"
    assert highest_month(mix_by_month(data_of(onboardings=text))) is None


def test_unfinished_onboardings_count_until_today_and_churned_ones_until_they_left(data_of):
    customers = "customer_id,contracted_on,churned_on\nA,2023-01-01,\nB,2023-01-01,2023-04-30\nC,2023-01-01,"
    rows = """onboarding_id,customer_id,route,started_on,completed_on
        1,A,self,2023-05-31,
        2,B,self,2023-04-01,
        3,C,self,2023-06-01,2023-06-11
        4,C,self,2022-06-30,2022-07-11"""
    found = durations(data_of(customers=customers, onboardings=rows))
    assert sorted(zip(found["days"], found["event"], strict=True)) == [(10, COMPLETED), (29, LEFT), (30, OPEN)]


def test_a_customer_known_to_have_left_from_churns_alone_counts_until_then(data_of):
    rows = "onboarding_id,customer_id,route,started_on\n1,A,self,2023-04-01"
    found = durations(data_of(onboardings=rows, churns="customer_id,effective_on\nA,2023-04-21"))
    assert found["days"].tolist() == [20]


def test_the_last_twelve_months_end_with_the_month(data_of):
    rows = "onboarding_id,customer_id,route,started_on\n1,A,self,2024-02-29\n2,B,self,2024-03-01"
    found = durations(data_of(as_of=date(2025, 2, 28), onboardings=rows))
    assert found["days"].tolist() == [364]


def test_completion_after_the_day_of_counting_is_not_known(data_of):
    rows = "onboarding_id,customer_id,route,started_on,completed_on\n1,A,self,2023-06-01,2023-07-11"
    assert durations(data_of(onboardings=rows))["event"].tolist() == [OPEN]


HEARD = """customer_id,item,on,answer
    A,goal,2023-03-15,more sales
    A,decision_maker,,the CEO
    A,busy_season,2023-06-01,spring
    A,current_process,2023-03-20,
    A,favourite_colour,2023-03-20,green
    B,goal,2023-02-01,less work"""
STARTS = """onboarding_id,customer_id,route,started_on
    1,A,self,2023-03-10
    2,B,high_touch,2023-02-28
    3,C,self,2023-05-02
    4,D,high_touch,2023-01-29"""


def test_coverage_counts_required_items_answered_in_time(data_of):
    found = coverage(data_of(onboardings=STARTS, hearings=HEARD), settings_with(), parse("2023Q2"))
    # Day 60 fell in the quarter for A (9 May) and B (29 April); C's comes on 1 July, D's was 30 March.
    # A: goal and decision maker (no date: kick-off); busy season too late, process without an answer. B: goal, earlier.
    assert found.n == 2
    assert found.by_route == {"self": (pytest.approx(0.4), 1), "high_touch": (pytest.approx(0.2), 1)}
    assert found.share == pytest.approx(0.3)


def test_without_hearings_nothing_is_said_of_knowledge(data_of):
    data = data_of(onboardings=STARTS)
    assert coverage(data, settings_with(), parse("2023Q2")) is None
    assert unknown_customers(data, settings_with()) is None


def test_three_of_five_items_are_enough_to_be_known(data_of):
    customers = "customer_id,name,contracted_on,churned_on\nA,Alpha,2023-01-01,\nB,Beta,2023-01-01,\nC,Gamma,2023-01-01,2023-06-30"
    found = unknown_customers(data_of(customers=customers, hearings=HEARD), settings_with())
    assert found.customers == 2 and found.rows["customer_id"].tolist() == ["B"]
    assert found.rows["known"].tolist() == [pytest.approx(0.2)]
