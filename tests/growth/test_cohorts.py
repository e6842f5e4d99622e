"""Retention by year of start, and how long customers stay; worked by hand."""

from datetime import date

from cskit.growth.cohorts import cohorts, lives
from cskit.params import resolve
from cskit.run import Run

CUSTOMERS = """customer_id,contracted_on,churned_on
    old,2018-05-01,
    gone,2018-05-01,2020-04-30
    a,2020-04-01,2021-03-31
    b,2020-04-01,2021-04-01
    c,2020-10-01,
    d,2021-04-01,
    e,2021-07-01,2022-06-30
    f,2022-07-01,"""


def _found(data_of, **tables):
    return cohorts(Run(resolve({"period": "2023Q2"}), data_of(customers=CUSTOMERS, **tables)))


def test_a_year_ends_the_day_before_its_anniversary(data_of):
    rows = _found(data_of).rows.set_index("cohort")
    assert rows.loc["FY2020", ["customers", "there_1", "kept_1"]].tolist() == [3, 3, 2]  # b left a day later than a
    assert rows.loc["FY2020", ["there_2", "kept_2", "there_3", "kept_3"]].tolist() == [3, 1, 2, 0]
    assert rows.loc["FY2021", ["customers", "there_1", "kept_1"]].tolist() == [2, 2, 1]


def test_whose_year_is_not_over_is_not_judged(data_of):
    rows = _found(data_of).rows.set_index("cohort")
    assert rows.loc["FY2022", ["customers", "there_1"]].tolist() == [1, 0]


def test_who_came_before_churns_were_recorded_counts_from_then_on(data_of):
    found = _found(data_of)
    assert found.since == date(2020, 4, 1)
    assert found.rows.loc[0, ["cohort", "customers", "there_1", "kept_1"]].tolist() == ["earlier", 2, 2, 1]


def test_cohorts_are_compared_with_an_interval(data_of):
    found = _found(data_of)
    assert found.compared == ("FY2020", "FY2021")
    assert found.change.direction() == "unclear"


def test_revenue_of_a_cohort_is_held_against_the_end_of_its_first_year(data_of):
    terms = "contract_id,customer_id,starts_on,ends_on,mrr\n1,c,2020-10-01,2022-09-30,10\n2,c,2022-10-01,2023-09-30,15"
    rows = _found(data_of, contracts=terms).rows.set_index("cohort")
    assert rows.loc["FY2020", "arr_share"] == 1.5


def test_a_year_of_life_counts_once_it_would_be_over_for_leavers_too(data_of):
    people = "customer_id,contracted_on,churned_on\na,2022-01-01,2022-06-30\nb,2022-01-01,\nc,2022-07-02,2022-09-30"
    there, left = lives(data_of(customers=people), 4).by_age()
    # Churns are known from April 2022 on, so the first year of a and b is not watched as a whole; that of c ends in July.
    assert there.tolist() == [0, 0] and left.tolist() == [0, 0]
    people = "customer_id,contracted_on,churned_on\na,2021-04-01,2021-06-30\nb,2021-04-01,\nc,2022-06-01,2022-09-30"
    there, left = lives(data_of(customers=people), 4).by_age()
    assert there.tolist()[:2] == [3, 1] and left.tolist()[:2] == [2, 0]


def test_without_a_churn_nothing_is_known_of_lives(data_of):
    assert lives(data_of(customers="customer_id,contracted_on,churned_on\nA,2020-01-01,"), 4) is None
    assert lives(data_of(customers="customer_id,churned_on\nA,2020-01-01"), 4) is None
