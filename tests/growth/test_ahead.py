"""Renewals by quarter, grade and notice date; churns beside what else changed; referrals. Worked by hand."""

from datetime import date

import pandas as pd

from cskit.growth import study
from cskit.growth.ahead import ahead
from cskit.growth.beside import beside, headcount
from cskit.growth.referred import referred
from cskit.params import resolve
from cskit.run import Run

TERMS = """contract_id,customer_id,starts_on,ends_on,notice_by,mrr
    1,A,2022-10-01,2023-09-30,2023-08-31,10
    2,B,2022-10-02,2023-10-01,2023-06-29,20
    3,C,2023-01-01,2023-12-31,,30
    4,D,2023-01-01,2024-01-01,,40
    5,C,2022-10-01,2023-09-30,2023-07-31,5"""
GRADES = pd.Series({"A": "good", "B": "action", "C": "caution"})


def _run(data, period="2023Q2"):
    return Run(resolve({"period": period}), data)


def test_a_term_belongs_to_the_quarter_in_which_it_ends(data_of):
    run = _run(data_of(contracts=TERMS))
    found = ahead(run, study(run), GRADES)
    assert found.quarters == ((date(2023, 7, 1), date(2023, 9, 30)), (date(2023, 10, 1), date(2023, 12, 31)))
    assert found.matrix.to_numpy().tolist() == [[0, 60, 0, 120, 0], [240, 360, 0, 0, 0]]
    assert found.metrics[0].value == 60 + 240 + 360 and found.metrics[0].n == 4


def test_they_stand_by_the_last_day_for_notice_or_the_end_of_the_term(data_of):
    run = _run(data_of(contracts=TERMS))
    found = ahead(run, study(run), GRADES)
    assert found.rows[["customer_id", "passed"]].to_numpy().tolist() == [
        ["B", True], ["C", False], ["A", False], ["C", False]
    ]  # fmt: skip


def test_without_grades_nothing_is_at_risk_or_safe(data_of):
    run = _run(data_of(contracts=TERMS))
    found = ahead(run, study(run))
    assert found.metrics[0].value is None and not found.graded
    assert found.matrix["unknown"].sum() == 60 + 120 + 240 + 360
    empty = _run(data_of(customers="customer_id\nA"))
    assert ahead(empty, study(empty)) is None


def test_churns_stand_beside_team_and_incidents_of_their_year(data_of):
    data = data_of(
        customers="customer_id,contracted_on,churned_on\nA,2020-01-01,2021-06-01\nB,2020-01-01,\nC,2022-06-01,2023-04-01",
        csms="csm_id,joined_on,left_on\np,2020-01-01,2022-03-30\nq,2022-03-31,\nr,2022-04-01,",
        events="event_id,on,kind\n1,2021-04-01,incident\n2,2022-03-31,incident\n3,2022-04-01,price",
    )
    rows = beside(_run(data))
    assert rows["year"].tolist() == ["FY2021", "FY2022", "FY2023"]
    assert rows["churns"].tolist() == [1, 0, 1] and rows["customers"].tolist() == [2, 1, 2]
    assert rows["incidents"].tolist() == [2, 0, 0] and rows["prices"].tolist() == [0, 1, 0]
    assert rows["team_start"].tolist() == [1, 1, 2] and rows["team_end"].tolist() == [1, 2, 2]
    assert rows["whole"].tolist() == [True, True, False]


def test_the_team_is_who_is_there_on_the_day(data_of):
    data = data_of(csms="csm_id,joined_on,left_on\np,2020-01-01,2022-03-30\nq,2022-03-31,")
    assert [headcount(data, date(2022, 3, day)) for day in (29, 30, 31)] == [1, 1, 1]
    assert headcount(data_of(csms="csm_id\np"), date(2022, 3, 1)) is None


def test_referrals_count_by_twelve_months(data_of):
    rows = "referral_id,customer_id,on,status\n1,A,2023-06-30,won\n2,A,2022-07-01,\n3,B,2022-06-30,lost\n4,B,2021-07-01,\n5,B,2021-06-30,"
    found = referred(_run(data_of(referrals=rows)))
    assert found.rows["referral_id"].astype(str).tolist() == ["1", "2", "3", "4"]
    assert (found.metrics[0].value, found.metrics[0].year_before) == (2, 2)
