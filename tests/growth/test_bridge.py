"""Where ARR came from, and what stayed of it; worked by hand."""

from datetime import date

import pytest

from cskit.growth.bridge import bridge, course
from cskit.growth.money import arr_on, arr_on_days
from cskit.params import resolve, settings_with
from cskit.run import Run
from tests.growth.test_growth import TERMS

DAYS = [date(2022, 6, 30), date(2023, 6, 30), date(2023, 7, 1)]
YEAR = """contract_id,customer_id,kind,starts_on,ends_on,mrr
    1,grows,paid,2022-01-01,2022-12-31,100
    2,grows,paid,2023-01-01,2023-12-31,150
    3,shrinks,paid,2022-01-01,2022-12-31,100
    4,shrinks,paid,2023-01-01,2023-12-31,80
    5,leaves,paid,2022-01-01,2022-12-31,50
    6,stays,paid,2022-01-01,2023-12-31,10
    7,comes,paid,2023-05-01,2024-04-30,500"""


def _run(data):
    return Run(resolve({"period": "2023Q2"}), data)


def test_arr_of_several_days_is_that_of_each(data_of):
    data = data_of(contracts=TERMS, churns="customer_id,notified_on,effective_on\nD,2023-03-01,2023-06-30")
    wide = arr_on_days(data, DAYS)
    assert list(wide.columns) == DAYS
    for day in DAYS:
        alone = arr_on(data, day)
        assert wide[day][wide[day] > 0].to_dict() == alone.to_dict()


def test_the_steps_add_up_to_the_change_exactly(data_of):
    found = course(_run(data_of(contracts=YEAR))).bridge
    assert (found.opening, found.closing) == (12 * 260, 12 * 740)
    assert found.steps == {"new": 6000, "expansion": 600, "contraction": -240, "churn": -600, "unclear": 0}
    assert found.counts == {"new": 1, "expansion": 1, "contraction": 1, "churn": 1, "unclear": 0}
    assert found.opening + sum(found.steps.values()) == found.closing


def test_a_customer_with_a_contract_set_aside_is_a_step_of_its_own(data_of):
    wide = arr_on_days(data_of(contracts=YEAR), DAYS[:2])
    found = bridge(wide[DAYS[0]], wide[DAYS[1]], *DAYS[:2], ["leaves"])
    assert found.steps["unclear"] == -600 and found.steps["churn"] == 0
    assert found.opening + sum(found.steps.values()) == found.closing


def test_who_has_a_contract_set_aside_is_in_no_churn(data_of):
    faulty = YEAR + "\n8,leaves,paid,2023-02-01,2023-01-01,5"
    data = data_of(settings=settings_with({"data": {"set_aside": True}}), contracts=faulty)
    logo, revenue = course(_run(data)).metrics
    assert (logo.value, logo.n, revenue.value) == (0, 3, 0)
    assert course(_run(data)).bridge.counts["unclear"] == 1


def test_customer_and_revenue_churn_count_who_pays_no_more(data_of):
    found = course(_run(data_of(contracts=YEAR)))
    logo, revenue = found.metrics
    assert (logo.value, logo.n) == (1 / 4, 4)
    assert revenue.value == pytest.approx(50 / 260)
    last = found.rows.iloc[-1]
    assert (last["nrr"], last["grr"]) == (pytest.approx(240 / 260), pytest.approx(190 / 260))


def test_quarters_without_revenue_a_year_before_are_left_out(data_of):
    rows = course(_run(data_of(contracts=YEAR))).rows
    assert rows["day"].tolist() == [date(2023, 3, 31), date(2023, 6, 30)]


def test_arr_of_today_has_no_bridge(data_of):
    found = course(_run(data_of(customers="customer_id,arr\nA,100")))
    assert found.bridge is None and found.rows.empty
    assert [metric.value for metric in found.metrics] == [None, None]


def test_a_contract_split_into_two_of_the_same_sum_has_not_shrunk(data_of):
    split = """contract_id,customer_id,kind,starts_on,ends_on,mrr
        1,A,paid,2022-01-01,2023-06-09,300.3
        2,A,paid,2023-06-10,2023-06-19,500
        3,A,paid,2023-06-20,2024-06-30,100.1
        4,A,paid,2023-06-20,2024-06-30,200.2"""
    found = course(_run(data_of(contracts=split))).bridge
    assert set(found.counts.values()) == {0} and set(found.steps.values()) == {0.0}
