"""The unit of work, what customers cost, initiatives and people."""

from datetime import date

import numpy as np
import pytest

from cskit.params import resolve
from cskit.run import Run
from cskit.workload import costs, initiatives, people, words
from cskit.workload.cases import cases
from cskit.workload.hours import by_month, cube

HEAD = "log_id,csm_id,on,task,minutes,customer_id,case_id\n"


@pytest.fixture
def run_of(data_of):
    def of(settings=None, **tables):
        return Run(resolve({"period": "2023Q2", "settings": settings or {}}), data_of(**tables))

    return of


def test_a_case_adds_its_bookings_up_to_its_age_and_names_who_did_it(data_of):
    logs = HEAD + "\n".join([
        "1,p1,2023-01-10,onboarding,60,A,B1",
        "2,p1,2023-02-10,onboarding,60,A,B1",
        "3,p2,2023-02-11,onboarding,10,A,B1",
        "4,p1,2023-04-20,onboarding,99,A,B1",  # more than 90 days from the first
        "5,p1,2023-05-10,onboarding,60,B,B2",  # not 90 days old by the end of June
        "6,p1,2023-05-10,onboarding,45,B,",  # of a task whose cases have names: it is part of one that cannot be told
        "7,p2,2023-06-10,meeting,30,A,",
    ])  # fmt: skip
    routes = "onboarding_id,customer_id,route,started_on\nB1,A,self,2023-01-10"
    customers = "customer_id,contracted_on\nA,2023-01-01\nB,2023-01-01"
    found = cases(data_of(customers=customers, time_logs=logs, onboardings=routes), 90).to_pandas().set_index("case")
    assert found["minutes"].to_dict() == {"7": 30, "B1": 130}
    assert found.loc["B1", ["csm_id", "kind", "named"]].tolist() == ["p1", "onboarding · self", True]
    shared = cases(
        data_of(
            customers=customers, time_logs=logs.replace("p2,2023-02-11,onboarding,10", "p2,2023-02-11,onboarding,20")
        ),
        90,
    ).to_pandas()
    assert shared.set_index("case")["csm_id"]["B1"] == ""


def test_hours_fall_into_every_combination_and_month(data_of):
    data = data_of(time_logs=HEAD + "1,p1,2023-04-30,a,60,A,\n2,p1,2023-05-01,a,30,A,\n3,p2,2023-06-30,b,30,,")
    rows = cube(data, resolve({"period": "2023Q2"}).settings.workload, resolve({"period": "2023Q2"}).period)
    assert rows[["csm_id", "task", "hours"]].to_numpy().tolist() == [["p1", "a", 1.5], ["p2", "b", 0.5]]
    months = by_month(data, resolve({"period": "2023Q2"}).settings.workload, date(2023, 3, 1), date(2023, 6, 30))
    assert months.tolist() == [0, 1, 0.5, 0.5]


CUSTOMERS = (
    "customer_id,name,contracted_on,went_live_on,arr\nA,Alpha,2022-01-01,2022-02-01,100000\nB,,2023-04-01,,50000"
)
PEOPLE = "csm_id,joined_on,weekly_hours,hourly_cost\np1,2020-01-01,40,5000\np2,2020-01-01,40,"


def test_cost_is_hours_times_each_ones_rate_a_year_against_arr(run_of):
    logs = HEAD + "1,p1,2023-04-10,m,60,A,\n2,p2,2023-04-10,m,60,A,\n3,p1,2023-04-11,m,60,B,\n4,p1,2023-04-11,m,60,,"
    found = costs(run_of(customers=CUSTOMERS, csms=PEOPLE, time_logs=logs))
    # A: (5,000 + 6,000) in a quarter are 44,000 a year, 44 % of 100,000; B's hour is its onboarding, once.
    rows = found.rows.set_index("customer_id")
    assert rows.loc["A", ["cost", "onboarding", "of_arr"]].tolist() == [44_000, 0, 0.44]
    assert rows.loc["B", ["cost", "onboarding", "of_arr"]].tolist() == [0, 5_000, 0]
    assert (found.total, found.indirect, found.arr) == (84_000, 20_000, 150_000)
    assert found.flat_share == pytest.approx(24 / 84)
    assert found.dear["customer_id"].tolist() == ["A"]


def _initiative(run_of, before, after, others="", **rest):
    days = [date(2022, 3 + n % 12 // 3, 1 + n) for n in range(len(before))]
    rows = [f"b{n},p1,{day},minutes,{m},C{n}," for n, (day, m) in enumerate(zip(days, before, strict=True))]
    rows += [f"a{n},p1,2023-02-{1 + n:02d},minutes,{m},D{n}," for n, m in enumerate(after)]
    table = (
        "name,started_on,task,stop_rule\nshort minutes,2023-01-01,minutes,nobody reads them\nold,2019-01-01,minutes,"
    )
    return run_of(time_logs=HEAD + "\n".join(rows), initiatives=table + others, **rest)


def test_an_initiative_is_the_typical_case_after_against_before(run_of):
    (found,) = initiatives(_initiative(run_of, [60, 62, 58, 60, 61, 59] * 2, [30, 31, 29, 30] * 3))
    assert (found.name, found.stop_rule) == ("short minutes", "nobody reads them")
    assert found.change.ratio == pytest.approx(0.5, abs=0.01)
    assert (found.change.n_before, found.change.n_after) == (12, 12)
    said = words.initiatives((found,)).text
    assert said.startswith("short minutes: a typical case takes 50 % less (4")


def test_of_several_initiatives_one_claims_by_chance_no_more_often_than_one_alone(run_of):
    before, after = [60, 90, 40, 60, 75, 50] * 2, [40, 60, 30, 45] * 3
    (alone,) = initiatives(_initiative(run_of, before, after))
    five = initiatives(_initiative(run_of, before, after, "".join(f"\nx{n},2022-12-01,other," for n in range(4))))
    one = five[0].change
    assert len(five) == 5 and one.ratio == alone.change.ratio
    # Each at 99 %: Student's quantiles on 22 degrees of freedom are 2.82 and 2.07.
    wider = np.log(one.interval.high / one.interval.low) / np.log(
        alone.change.interval.high / alone.change.interval.low
    )
    assert wider == pytest.approx(2.819 / 2.074, abs=0.01)


def test_an_initiative_without_cases_on_a_side_cannot_be_told(run_of):
    (found,) = initiatives(_initiative(run_of, [60, 62], []))
    assert found.change is None
    assert words.initiatives((found,)).text == "Of 1 initiative it cannot be told."
    assert words.initiative_rows((found,)).frame.iloc[0].tolist()[2:] == [
        "–",
        "–",
        "nothing to compare",
        "nobody reads them",
    ]


def test_who_certainly_needs_less_time_is_found_and_told_apart_by_task(run_of):
    rows = [
        f"{who}{n},{who},2023-05-{1 + n % 28:02d},m,{minutes + n % 5},K{who}{n},"
        for who, minutes in (("p1", 20), ("p2", 40), ("p3", 40))
        for n in range(20)
    ]
    found = people(run_of(time_logs=HEAD + "\n".join(rows)))
    assert found.faster == ("p1",)
    assert found.tasks.iloc[0].tolist() == ["m", 22.0, 42.0, 20, 40]
    assert "p1" not in words.people(found).text


def test_people_who_are_alike_are_not_told_apart(run_of):
    rows = [f"{who}{n},{who},2023-05-{1 + n:02d},m,{20 + n % 5},K{who}{n}," for who in ("p1", "p2") for n in range(20)]
    found = people(run_of(time_logs=HEAD + "\n".join(rows)))
    assert found.faster == () and found.compared.spread == 0
    assert "no difference" in words.people(found).text


def test_time_to_independence_counts_who_is_not_there_yet(run_of):
    team = "csm_id,joined_on,independent_on\np1,2023-01-01,2023-04-11\np2,2023-01-01,2023-05-11\np3,2023-06-01,"
    found = people(run_of(csms=team))
    assert (found.independence.median, found.independence.unfinished) == (100.0, 1)
