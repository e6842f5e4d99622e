"""Margin, lifetime value and hours per customer; worked by hand."""

from datetime import date

import pandas as pd
import pytest

from cskit import workload
from cskit.growth.worth import effort, worth
from cskit.params import resolve
from cskit.run import Run

TERMS = "contract_id,customer_id,starts_on,ends_on,mrr\n1,A,2022-01-01,2023-12-31,1000\n2,B,2022-01-01,2023-12-31,500\n3,C,2022-01-01,2022-12-31,500"
PEOPLE = "customer_id,contracted_on,churned_on\nA,2021-01-01,\nB,2021-01-01,\nC,2021-01-01,2022-12-31"
LOGS = """log_id,csm_id,on,minutes,customer_id
    1,p,2023-05-10,60,A
    2,q,2023-06-10,120,
    3,p,2023-04-03,60,A"""


def _run(data, **settings):
    return Run(resolve({"period": "2023Q2", "settings": {"money": {"hourly_cost": 100}, **settings}}), data)


def _months(*rows):
    columns = ["month", "phase", "source", "flat", "hours", "cost"]
    return pd.DataFrame([(date(*month, 1), *rest) for month, *rest in rows], columns=columns)


def test_hours_of_whole_months_are_handed_over_with_their_cost(data_of):
    data = data_of(time_logs=LOGS, csms="csm_id,hourly_cost\np,200\nq,", customers=PEOPLE)
    found = workload.monthly(_run(data))
    assert [tuple(row) for row in found[["month", "flat", "hours", "cost"]].to_numpy()] == [
        (date(2023, 4, 1), False, 1, 200), (date(2023, 5, 1), False, 1, 200), (date(2023, 6, 1), True, 2, 200)
    ]  # fmt: skip
    late = workload.monthly(_run(data_of(time_logs=LOGS.replace("2023-04-03", "2023-04-08"))))
    assert late["month"].tolist() == [date(2023, 5, 1), date(2023, 6, 1)]
    assert workload.monthly(_run(data_of(customers=PEOPLE))) is None


def test_a_month_in_which_nobody_worked_is_a_month_of_no_hours(data_of):
    logs = "log_id,csm_id,on,minutes\n1,p,2023-04-01,60\n2,p,2023-06-01,60"
    assert workload.monthly(_run(data_of(time_logs=logs)))["hours"].tolist() == [1, 0, 1]


def test_the_margin_is_of_the_months_in_which_hours_are_known(data_of):
    months = _months(((2023, 5), "live", "booked", False, 1, 150), ((2023, 6), "indirect", "booked", True, 1, 150))
    found = worth(_run(data_of(contracts=TERMS, customers=PEOPLE)), months)
    assert found.months["revenue"].tolist() == [1500, 1500]
    assert found.margin == pytest.approx(0.75 - 300 / 3000)
    assert found.costs.to_dict() == {"onboarding": 0, "live": 0.05, "other": 0.05}
    assert (found.arpa, found.flat_share, found.hour_cost) == (9000, 0.5, 150)


def test_a_month_without_revenue_is_not_set_against_its_hours(data_of):
    terms = "contract_id,customer_id,starts_on,ends_on,mrr\n1,A,2023-06-01,2024-05-31,1000"
    months = _months(((2023, 5), "live", "booked", False, 1, 150), ((2023, 6), "live", "booked", False, 1, 150))
    found = worth(_run(data_of(contracts=terms)), months)
    assert found.margin == pytest.approx(0.75 - 150 / 1000) and found.even is None


def test_lifetime_value_takes_the_churn_of_a_year_for_the_years_that_count(data_of):
    months = _months(((2023, 6), "live", "booked", False, 1, 0))
    found = worth(_run(data_of(contracts=TERMS, customers=PEOPLE)), months)
    assert (found.lost, found.there) == (1, 3)
    years = sum((2 / 3) ** t for t in range(5))
    assert found.even.value == pytest.approx(9000 * 0.75 * years)
    assert found.unlimited == pytest.approx(9000 * 0.75 * 3)
    assert found.even.around.low < found.even.value < found.even.around.high
    assert found.hour_saved == (0, 0)


def test_an_hour_saved_is_worth_its_cost_each_year_a_customer_stays(data_of):
    months = _months(((2023, 6), "live", "booked", False, 2, 180))
    margin, value = worth(_run(data_of(contracts=TERMS, customers=PEOPLE)), months).hour_saved
    assert margin == pytest.approx(90 / 9000)
    assert value == pytest.approx(90 * sum((2 / 3) ** t for t in range(5)))


def test_without_hours_there_is_no_margin_and_no_lifetime_value(data_of):
    found = worth(_run(data_of(contracts=TERMS, customers=PEOPLE)), None)
    assert found.margin is None and found.even is None and found.hour_saved is None
    assert worth(_run(data_of(customers=PEOPLE)), None) is None


def test_todays_arr_stands_for_every_month_and_knows_no_churn(data_of):
    months = _months(((2023, 5), "live", "booked", False, 1, 10), ((2023, 6), "live", "booked", False, 1, 10))
    found = worth(_run(data_of(customers="customer_id,arr\nA,1200")), months)
    assert found.margin == pytest.approx(0.75 - 0.1) and found.even is None
    assert found.metrics[0].basis == "assumed"


def test_hours_per_customer_are_of_three_months_and_who_is_there_at_their_end(data_of):
    rows = [((2022, month), "live", "booked", False, 10, 0) for month in (4, 5, 6)]
    rows += [((2023, month), "live", "estimated" if month == 6 else "booked", False, 4, 0) for month in (4, 5, 6)]
    found = effort(_run(data_of(customers=PEOPLE)), _months(*rows))
    assert found.rows[["customers", "each"]].to_numpy().tolist() == [[3, 10], [2, 6]]
    assert found.ratio == pytest.approx(0.6)
    (metric,) = found.metrics
    assert (metric.value, metric.year_before, metric.basis, metric.n) == (6, 10, "assumed", 2)


def test_a_month_without_records_leaves_its_quarter_out(data_of):
    assert effort(_run(data_of(customers=PEOPLE)), _months(((2023, 6), "live", "booked", False, 4, 0))) is None
