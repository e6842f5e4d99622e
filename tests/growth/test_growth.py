"""Money and churn as of a day."""

from datetime import date

import pandas as pd
import pytest

from cskit.facts import arr_by_customer, current_customers
from cskit.growth import study, words
from cskit.growth.churn import churns
from cskit.growth.money import renewals
from cskit.growth.words import so_few
from cskit.params import resolve
from cskit.run import Run

TERMS = """contract_id,customer_id,kind,starts_on,ends_on,notice_by,mrr
    1,A,paid,2022-07-01,2023-06-30,2023-05-31,100
    2,A,paid,2023-07-01,2024-06-30,2024-05-31,120
    3,B,free,2022-07-01,,,50
    4,C,trial,2022-07-01,,,50
    5,D,,2022-01-01,,,10
    6,E,paid,2022-10-01,2023-09-30,2023-08-31,30"""


def test_arr_is_twelve_times_the_paid_terms_that_run_on_the_day(data_of):
    data = data_of(contracts=TERMS)
    assert arr_by_customer(data).to_dict() == {"A": 1200, "D": 120, "E": 360}
    assert arr_by_customer(data.at(date(2023, 7, 1)))["A"] == 1440
    assert arr_by_customer(data.at(date(2022, 6, 30))).to_dict() == {"D": 120}


def test_revenue_ends_with_the_customer_however_long_its_term_runs_on(data_of):
    left = "customer_id,notified_on,effective_on\nD,2023-03-01,2023-06-30"
    data = data_of(contracts=TERMS, churns=left)
    assert arr_by_customer(data).to_dict() == {"A": 1200, "E": 360}
    assert arr_by_customer(data.at(date(2023, 6, 29))).to_dict() == {"A": 1200, "D": 120, "E": 360}


def test_six_months_from_the_end_of_june_reach_the_end_of_december(data_of):
    terms = "contract_id,customer_id,starts_on,ends_on,mrr\n1,A,2023-01-01,2023-12-31,1\n2,B,2023-01-01,2024-01-01,1"
    assert renewals(data_of(contracts=terms), 6)["customer_id"].tolist() == ["A"]


def test_who_left_is_counted_once_from_either_table(data_of):
    customers = "customer_id,contracted_on,churned_on\nA,2022-01-01,2023-04-30\nB,2022-01-01,2023-05-31\nC,2022-01-01,"
    left = "customer_id,notified_on,effective_on,reason\nA,2023-03-01,2023-04-30,price"
    data = data_of(customers=customers, churns=left)
    assert churns(data, date(2023, 4, 1), date(2023, 6, 30)).rows["customer_id"].tolist() == ["A", "B"]
    assert current_customers(data).to_pandas()["customer_id"].tolist() == ["C"]


def _study(data, period="2023Q2"):
    return study(Run(resolve({"period": period}), data))


def test_what_stayed_of_a_year_ago_is_known_from_the_terms_of_then(data_of):
    terms = """contract_id,customer_id,kind,starts_on,ends_on,mrr
        1,A,paid,2022-01-01,2022-12-31,100
        2,A,paid,2023-01-01,2023-12-31,150
        3,B,paid,2022-01-01,2022-12-31,100
        4,C,paid,2023-05-01,2024-04-30,500"""
    found = _study(data_of(contracts=terms))
    assert (found.retention.nrr, found.retention.grr, found.retention.lost) == (0.75, 0.5, 1)
    (arr,) = [metric for metric in found.metrics if metric.name == "growth.arr"]
    assert (arr.value, arr.before, arr.year_before) == (7800, 1800, 2400)


def test_todays_arr_is_compared_with_nothing(data_of):
    found = _study(data_of(customers="customer_id,contracted_on,arr\nA,2022-01-01,500\nB,2023-05-01,100"))
    (arr,) = [metric for metric in found.metrics if metric.name == "growth.arr"]
    assert (arr.value, arr.before, arr.year_before, arr.basis) == (600, None, None, "assumed")
    assert "as known today" in words.verdict(found)


def test_8_churns_after_4_are_too_few_to_name_a_cause_and_28_after_14_are_not():
    assert so_few(8, 4) and not so_few(28, 14)


def test_without_contracts_arr_is_todays_of_current_customers(data_of):
    customers = "customer_id,contracted_on,churned_on,arr\nA,2022-01-01,,500\nB,2022-01-01,2023-01-31,900"
    assert arr_by_customer(data_of(customers=customers)).to_dict() == {"A": 500}


def test_renewals_end_within_the_months_ahead_and_notice_given_takes_them_off(data_of):
    left = "customer_id,notified_on,effective_on\nA,2023-06-01,2023-06-30"
    data = data_of(as_of=date(2023, 6, 29), contracts=TERMS)
    assert renewals(data, 6)["customer_id"].tolist() == ["A", "E"]
    assert renewals(data, 2)["customer_id"].tolist() == ["A"]
    assert renewals(data.at(date(2023, 6, 30)), 2)["customer_id"].tolist() == []
    assert renewals(data_of(contracts=TERMS, churns=left), 6)["customer_id"].tolist() == ["E"]


def test_churns_count_on_their_last_day_with_the_end_of_the_period_included(data_of):
    left = """customer_id,notified_on,effective_on,reason
        A,2023-01-10,2023-03-31,price
        B,2023-02-10,2023-04-01,price
        C,2023-03-10,2023-06-30,
        D,2023-06-10,2023-07-01,merger"""
    found = churns(data_of(churns=left), date(2023, 4, 1), date(2023, 6, 30))
    assert found.rows["customer_id"].tolist() == ["B", "C"]
    assert found.reasons.to_dict() == {"price": 1, "": 1}


def test_without_a_table_of_churns_the_customers_own_date_counts(data_of):
    customers = "customer_id,contracted_on,churned_on\nA,2022-01-01,2023-04-30\nB,2022-01-01,"
    assert churns(data_of(customers=customers), date(2023, 4, 1), date(2023, 6, 30)).count == 1


@pytest.mark.parametrize(("day", "there"), [(date(2023, 4, 29), ["A", "B"]), (date(2023, 4, 30), ["B"])])
def test_on_the_last_day_a_customer_has_left(data_of, day, there):
    customers = "customer_id,contracted_on,churned_on\nA,2022-01-01,2023-04-30\nB,2022-01-01,"
    data = data_of(as_of=day, customers=customers)
    assert current_customers(data).order_by("customer_id").to_pandas()["customer_id"].tolist() == there


def test_where_everybody_has_left_nothing_is_said_to_be_missing(data_of):
    data = data_of(contracts=TERMS, churns="customer_id,effective_on\nA,2023-06-30\nD,2023-06-30\nE,2023-06-30")
    assert words.verdict(_study(data)).startswith("No paid term runs on 30 June 2023. 3 customers left")


def test_notice_can_be_given_on_its_last_day(data_of):
    terms = "contract_id,customer_id,starts_on,ends_on,notice_by,mrr\n1,A,2023-01-01,2023-07-31,2023-06-30,1\n2,B,2023-01-01,2023-07-31,2023-06-29,1"
    grades = pd.Series({"A": "action", "B": "action"})
    assert words.decision(_study(data_of(contracts=terms)), grades).text.startswith("Speak with 1 customer at risk")
