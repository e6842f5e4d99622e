"""Grades month by month, stretches at risk, the age of what is known."""

from datetime import date

import pandas as pd
import pytest

from cskit.health import ages, history, words
from cskit.health.analysis import study
from cskit.health.history import History
from cskit.health.snapshot import Snapshot, month_ends
from cskit.params import resolve
from cskit.run import Run


def _run(data_of, **tables):
    run = Run(resolve({"period": "2023Q2"}), data_of(**tables))
    return run, study(run)


def _shot(day, **grades):
    scores = pd.DataFrame({"grade": pd.Series(grades, dtype=object)})
    return Snapshot(day, pd.DataFrame(index=scores.index), scores)


def _course(*months):
    from cskit.health.history import _spells

    days = month_ends(date(2023, 6, 30), len(months))
    shots = tuple(_shot(day, **grades) for day, grades in zip(days, months, strict=True))
    return History(shots, _spells(shots), 0.95)


def test_months_end_on_their_last_day_leap_years_too():
    assert [str(day) for day in month_ends(date(2024, 3, 31), 3)] == ["2024-01-31", "2024-02-29", "2024-03-31"]
    assert [str(day) for day in month_ends(date(2023, 6, 30), 3, 6)] == ["2022-06-30", "2022-12-31", "2023-06-30"]


def test_a_stretch_at_risk_is_followed_to_its_end():
    course = _course(
        {"A": "good", "B": "good", "C": "good", "D": "action"},
        {"A": "action", "B": "caution", "C": "caution", "D": "action"},
        {"A": "caution", "B": "good", "D": "action"},
        {"A": "sound", "B": "caution", "D": "action"},
    )
    found = course.spells.set_index("customer_id")
    assert found.loc["A", ["months", "ended"]].tolist() == [2, "improved"]
    assert found.loc["C", ["months", "ended"]].tolist() == [1, "left"]
    assert found.loc["B", "ended"].tolist() == ["improved", "open"]
    assert "D" not in found.index  # at risk before anybody looked: for how long is not known
    assert course.at_risk_now.to_dict() == {"B": 1, "D": 4}
    assert course.lasted.n == 4 and course.lasted.unfinished == 2
    assert words.history(course).text.endswith("1 of those at risk now was at risk at the end of every month shown.")


def test_months_before_the_first_customer_are_left_out(data_of):
    tables = {
        "customers": "customer_id,contracted_on\nA,2023-05-10",
        "touchpoints": "touchpoint_id,customer_id,on\n1,A,2023-05-11",
    }
    course = history(*_run(data_of, **tables))
    assert [str(shot.as_of) for shot in course.shots] == ["2023-05-31", "2023-06-30"]


def test_the_year_start_cohort_is_counted_to_the_last_customer(data_of):
    customers = (
        "customer_id,contracted_on,churned_on\nA,2022-01-01,\nB,2022-01-01,2023-05-01\nC,2023-05-01,\nD,2022-01-01,"
    )
    judged = "customer_id,on,item,value\nA,2023-01-01,accepts_meetings,1\nB,2023-01-01,accepts_meetings,1\nA,2023-06-01,accepts_meetings,5\nC,2023-06-01,accepts_meetings,5\nD,2022-05-01,accepts_meetings,5"
    _, company = _run(data_of, customers=customers, assessments=judged)
    said = words.cohort(company)
    assert said.text.startswith(
        "Of 3 customers with a grade on 31 March 2023, 1 stand better now, 0 worse, 0 the same; 1 left."
    )
    assert said.quiet.startswith("Of 1 nothing is known any more.")
    assert "new customer" not in words.cohort_rows(company).frame.iloc[:, 0].tolist()


def test_what_is_known_too_long_is_marked_and_a_slower_rhythm_has_longer(data_of):
    customers = "customer_id,contracted_on,usage_rhythm,seats\n" + "\n".join(
        f"{name},2020-01-01,{rhythm},10" for name, rhythm in [("A", "daily"), ("B", "daily"), ("C", "monthly")]
    )
    usage = "customer_id,on,feature,active_users,events\nA,2023-03-30,,7,20\nB,2023-03-29,,7,20\nC,2023-03-29,,7,20"
    run, company = _run(data_of, customers=customers, usage=usage)
    found = ages(run, company)
    assert found.days["licence_use"].to_dict() == {"A": 92, "B": 93, "C": 93}
    assert found.stale["licence_use"].to_dict() == {"A": False, "B": True, "C": False}  # C may be three times as old
    assert (found.count, found.known) == (2, 6)  # licence use and its depth of B
    said = words.stale(run, found)
    assert said.text.startswith("2 of 6 known inputs are older than they should be.")
    assert (said.metrics[0].name, said.metrics[0].value, said.metrics[0].n) == ("health.stale_inputs", 2, 6)


def test_a_log_is_as_old_as_its_newest_entry_of_anybody(data_of):
    touch = "touchpoint_id,customer_id,on\n1,A,2022-06-01\n2,B,2023-02-28"
    run, company = _run(
        data_of,
        customers="customer_id,contracted_on,usage_rhythm\nA,2020-01-01,daily\nB,2020-01-01,daily",
        touchpoints=touch,
    )
    found = ages(run, company)
    assert found.days["days_since_contact"].to_dict() == {"A": 122, "B": 122}
    assert found.stale["days_since_contact"].all()


def test_a_set_up_that_is_done_does_not_grow_old(data_of):
    onboardings = (
        "onboarding_id,customer_id,route,started_on,completed_on\n1,A,self,2020-01-05,2020-02-01\n2,B,self,2022-01-05,"
    )
    steps = "onboarding_id,step,started_on,done_on\n2,one,2022-01-05,2022-02-01\n2,two,2022-02-01,"
    run, company = _run(
        data_of,
        customers="customer_id,contracted_on\nA,2020-01-01\nB,2020-01-01",
        onboardings=onboardings,
        onboarding_steps=steps,
    )
    assert ages(run, company).stale["setup_done"].to_dict() == {"A": False, "B": True}


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (None, "Without hearings"),
        ([], "None of the graded"),
        (["A", "elsewhere"], "Of 2 graded customers 1 is unknown by hearings; 0 of those are graded good or sound."),
    ],
)
def test_unknown_by_hearings_are_those_handed_over_that_have_a_grade(data_of, ids, said):
    touch = "touchpoint_id,customer_id,on\n1,B,2023-06-20"
    _, company = _run(data_of, customers="customer_id,contracted_on\nA,2020-01-01\nB,2020-01-01", touchpoints=touch)
    assert words.unknown(company, None if ids is None else pd.Series(ids, dtype=object)).text.startswith(said)
