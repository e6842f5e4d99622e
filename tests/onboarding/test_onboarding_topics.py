"""The deeper topics on a few rows worked by hand: pace, flow, versions, knowledge, leaving, course, balance."""

import numpy as np
import pandas as pd
import pytest

from cskit.onboarding import charts, topics, words
from cskit.onboarding.balance import Infeasible
from cskit.onboarding.cases import cases, with_traits
from cskit.onboarding.flow import in_order, ratio_of_sums, recorded_steps
from cskit.onboarding.inputs import Cells, churn_by_cell, evidence, pooled
from cskit.onboarding.mix import mix_by_month
from cskit.onboarding.timeliness import due_in, overdue, parallel
from cskit.onboarding.versions import compare_within
from cskit.params import resolve, settings_with
from cskit.periods import parse
from cskit.run import Run
from cskit.settings import Target

CASE = "onboarding_id,customer_id,route,flow_version,started_on,due_on,completed_on,csm_id"
ITEMS = ("goal", "success_measure", "decision_maker", "current_process", "busy_season")


@pytest.fixture
def run_of(data_of):
    def of(settings=None, period="2023Q2", **tables):
        texts = {name: "\n".join(rows) if isinstance(rows, list) else rows for name, rows in tables.items()}
        params = resolve({"period": period, "compare_to": "", "settings": settings or {}})
        return Run(params, data_of(as_of=params.period.end, **texts))

    return of


DUE = [
    CASE,
    "1,A,self,,2023-03-01,2023-04-30,2023-04-30,p",  # on its last day: on time
    "2,B,self,,2023-03-01,2023-04-30,2023-05-01,p",  # a day late
    "3,C,self,,2023-03-01,2023-04-30,,q",  # open past it: late
    "4,D,self,,2023-03-01,2023-07-31,,q",  # due after the period
    "5,E,self,,2023-03-01,2023-05-31,,",  # left before it was due: does not count
    "6,F,self,,2023-03-01,2023-05-31,,",  # left after it was due: late
    "7,G,self,,2023-03-01,,2023-04-01,p",  # without a date nothing is late
    "8,H,self,,2023-03-01,2023-06-30,,q",  # due today: may still be done today
]
LEFT = ["customer_id,effective_on", "E,2023-05-20", "F,2023-06-10"]


def test_on_time_is_by_the_last_day_and_open_past_it_is_late(run_of):
    run = run_of(onboardings=DUE, churns=LEFT)
    assert due_in(cases(run.data), parse("2023Q2")).on_time == 1
    assert due_in(cases(run.data), parse("2023Q2")).due == 4  # A, B, C, F
    found = topics.timeliness(run)
    assert "Of 4 onboardings due in Apr–Jun 2023, 1 were completed on time: 25 %" in words.on_time(run, found).text
    assert [metric.value for metric in found.metrics] == [0.25, 1]


def test_overdue_are_the_open_ones_of_customers_that_stay_with_the_step_they_wait_at(run_of):
    steps = [
        "onboarding_id,step,responsible,started_on,done_on",
        "3,one,cs,2023-03-01,2023-03-05",
        "3,two,customer,2023-03-05,",
    ]
    run = run_of(
        onboardings=DUE,
        churns=LEFT,
        onboarding_steps=steps,
        customers=["customer_id,name", "C,Gamma", *(f"{name}," for name in "ABDEFGH")],
    )
    rows = overdue(cases(run.data), run.data)
    # 30 April to 30 June: 61 days.
    assert rows[["name", "days", "step", "responsible"]].to_numpy().tolist() == [["Gamma", 61, "two", "customer"]]
    assert words.overdue(topics.timeliness(run)).text.endswith("1 wait for the customer, 0 for us.")


def test_cases_run_from_their_start_through_their_last_day(run_of):
    rows = [
        CASE,
        "1,A,self,,2023-06-01,,2023-06-10,p",
        "2,B,self,,2023-06-10,,,p",
        "3,C,self,,2023-06-01,,2023-05-01,",
        "4,D,self,,2020-01-01,,2020-02-01,r",
    ]
    found = parallel(cases(run_of(onboardings=rows[:3] + rows[4:]).data), parse("2023-06"))
    # 10 days of the first and 21 of the second in 30; both on 10 June.
    assert found[["csm_id", "peak"]].to_numpy().tolist() == [["p", 2]]
    assert found["mean"][0] == pytest.approx(31 / 30)


FLOW = [
    "onboarding_id,step,responsible,started_on,done_on",
    "1,kick-off,cs,2023-04-01,2023-04-05", "1,import,customer,2023-04-05,2023-04-21", "1,live,cs,2023-04-21,2023-04-25",
    "2,kick-off,cs,2023-04-01,2023-04-03", "2,import,customer,2023-04-03,", "2,live,cs,2023-04-04,2023-04-10",
    "3,kick-off,cs,2023-04-01,2023-04-20", "3,import,customer,2023-04-02,2023-04-06", "3,live,cs,2023-04-21,2023-04-22",
    "4,kick-off,cs,2023-05-01,2023-05-03", "4,import,customer,2023-05-03,",
]  # fmt: skip
FLOWN = [
    CASE,
    "1,A,self,,2023-04-01,,2023-04-25,",
    "2,B,self,,2023-04-01,,2023-04-10,",
    "3,C,self,,2023-04-01,,2023-04-22,",
    "4,D,self,,2023-05-01,,,",
]


@pytest.fixture
def flown(run_of):
    return topics.flow(run_of(onboardings=FLOWN, onboarding_steps=FLOW))


def test_the_order_of_the_flow_is_the_usual_one(run_of):
    assert in_order(recorded_steps(run_of(onboardings=FLOWN, onboarding_steps=FLOW).data)) == [
        "kick-off",
        "import",
        "live",
    ]


def test_days_go_to_the_step_and_to_whose_turn_it_was(flown):
    # Kick-off 4, 2, 19, 2; import 16, 4; live 4, 6, 1: 58 days, of which 20 were the customers'.
    assert flown.steps["n"].tolist() == [4, 2, 3]
    assert flown.steps["mean"].tolist() == pytest.approx([6.75, 10, 11 / 3])
    assert flown.steps["share"].tolist() == pytest.approx([27 / 58, 20 / 58, 11 / 58])
    assert flown.waiting[0] == pytest.approx(20 / 58)
    assert flown.steps["customer"].tolist() == [0, 1, 0]


def test_steps_skipped_and_out_of_order_are_told_apart(flown):
    # Of the three completed, the first did all in order, the second no import, the third its kick-off after it.
    assert (flown.followed, flown.completed, flown.skipped, flown.unordered) == (1, 3, 1, 1)


def test_only_steps_of_onboardings_that_still_run_are_open(flown):
    assert flown.open[["step", "responsible", "n", "longest"]].to_numpy().tolist() == [["import", "customer", 1, 58]]
    assert "for 58 days" in words.flow(flown).quiet


def test_a_share_of_sums_weighs_long_ones_more_and_one_alone_says_nothing():
    assert ratio_of_sums(np.array([0.0, 30]), np.array([10.0, 30]))[0] == 0.75
    assert ratio_of_sums(np.array([5.0]), np.array([10.0]))[1].high == 1.0


def test_versions_are_compared_within_routes():
    # Every route is as before; only the mix turned to the quick one.
    now = pd.DataFrame({"route": ["self"] * 8 + ["hybrid"] * 2, "value": [0.2] * 8 + [0.8] * 2})
    before = pd.DataFrame({"route": ["self"] * 2 + ["hybrid"] * 8, "value": [0.2] * 2 + [0.8] * 8})
    found = compare_within(now, before)
    assert found.now - found.before == pytest.approx(0.0) and not found.moved
    assert (found.n, found.n_before) == (10, 10)
    assert compare_within(now[now["route"] == "self"], before[before["route"] == "hybrid"]) is None


def test_a_gain_in_one_route_counts_as_often_as_the_newer_ones_take_it():
    now = pd.DataFrame({"route": ["self"] * 8 + ["hybrid"] * 2, "value": [0.5, 0.3] * 4 + [0.9, 0.7]})
    before = pd.DataFrame({"route": ["self"] * 2 + ["hybrid"] * 8, "value": [0.3, 0.1] + [0.9, 0.7] * 4})
    found = compare_within(now, before)
    # Self-onboarding gained 0.2, hybrid nothing; 8 of the 10 newer ones are self-onboarding.
    assert found.now - found.before == pytest.approx(0.16)


def _two_versions(late):
    rows = [CASE]
    for number in range(40):
        version, year = ("v1", 2021) if number < 20 else ("v2", 2022)
        end = f"{year}-02-10" if number % 20 >= late[version] else f"{year}-04-20"
        rows.append(f"{number},C{number},self,{version},{year}-01-10,{year}-03-10,{end},")
    return rows


def test_a_newer_flow_is_called_better_only_where_it_surely_is(run_of):
    better = words.versions(topics.versions(run_of(onboardings=_two_versions({"v1": 16, "v2": 2}))))
    assert better.text.startswith("Since flow v2, against v1: fewer days until completion")
    assert "more completed on time (20 % to 90 %)" in better.text
    same = words.versions(topics.versions(run_of(onboardings=_two_versions({"v1": 6, "v2": 4}))))
    assert same.text == "Whether flow v2 does better than v1 cannot be told."


def _heard(counts, day="2022-01-15"):
    rows = ["customer_id,item,on,answer"]
    return rows + [f"C{n},{item},{day},yes" for n, count in enumerate(counts) for item in ITEMS[:count]]


def test_items_are_counted_over_onboardings_old_enough(run_of):
    rows = [CASE, "1,C0,self,,2023-04-01,,,", "2,C1,hybrid,,2023-04-30,,,", "3,C2,self,,2023-05-15,,,"]
    found = topics.items(run_of(onboardings=rows, hearings=_heard([2, 1, 5], "2023-05-20")))
    # Day 60 of the third comes after 30 June.
    assert found.overall.tolist() == [1.0, 0.5, 0, 0, 0]
    assert found.by_route.loc["goal"].tolist() == [1.0, 1.0]
    assert "Learnt in time least often: decision maker, 0 %" in words.items(found).text


def _watched(unknown_left, known_left, size=40):
    """So many of each group leave in the year after day 60; of each half is small."""
    onboardings, customers, churns = [CASE], ["customer_id,segment,plan,contracted_on"], ["customer_id,effective_on"]
    for number in range(2 * size):
        onboardings.append(f"{number},C{number},self,,2021-06-01,,,")
        customers.append(f"C{number},{'small' if number % 2 else 'mid'},light,2021-06-01")
        group, place = divmod(number, size)
        if place < (unknown_left, known_left)[group]:
            churns.append(f"C{number},2022-01-01")
    return {
        "onboardings": onboardings,
        "customers": customers,
        "churns": churns,
        "hearings": _heard([0] * size + [5] * size, "2021-06-20"),
    }


def test_unknown_customers_are_said_to_leave_more_only_where_the_interval_says_so(run_of):
    more = topics.leaving(run_of(**_watched(20, 4)))
    assert (more.unknown, more.known) == ((20, 40), (4, 40))
    assert "Unknown customers leave more often." in words.leaving(more).text
    assert "cannot be concluded" in words.leaving(more).quiet
    close = words.leaving(topics.leaving(run_of(**_watched(8, 6))))
    assert "Whether unknown customers leave more often cannot be told." in close.text


def test_few_churns_tell_nothing(run_of):
    found = topics.leaving(run_of(**_watched(4, 0)))
    assert "With so few churns" in words.leaving(found).text and not found.enough


def test_knowledge_is_taken_before_churn_and_who_left_before_is_not_watched(run_of):
    tables = _watched(0, 0, size=4)
    # The first left before day 60 (31 July), the second the day after, the third a year and a day later.
    tables["churns"] += ["C0,2021-07-31", "C1,2021-08-01", "C2,2022-08-01"]
    # The fourth told all, but too late.
    tables["hearings"] += [f"C3,{item},2021-08-15,yes" for item in ITEMS]
    found = topics.leaving(run_of(**tables))
    assert (found.unknown, found.known) == ((1, 3), (0, 4))


def test_traits_are_those_of_the_start_and_seats_of_today_are_not_taken(run_of):
    history = [
        "customer_id,from_on,segment,plan,seats",
        "A,2022-01-01,small,light,5",
        "A,2023-05-01,mid,premium,50",
        "B,2023-06-01,mid,light,9",
    ]
    rows = [CASE, "1,A,self,,2023-04-01,,,", "2,B,self,,2023-04-02,,,"]
    customers = ["customer_id,segment,plan,seats", "A,mid,premium,0", "B,mid,light,9"]
    run = run_of(onboardings=rows, customers=customers, customer_history=history)
    found = with_traits(cases(run.data), run.data)
    # The first as of its start, not of May; the second by what was first known of it, before the day that begins.
    assert found[["segment", "plan", "seats"]].to_numpy().tolist() == [["small", "light", 5], ["mid", "light", 9]]
    without = run_of(onboardings=rows, customers=customers)
    assert with_traits(cases(without.data), without.data)["seats"].isna().all()


def test_the_course_names_start_peak_and_now(run_of):
    rows, counts = [CASE], []
    for quarter, (month, own, known) in enumerate([("2022-01", 1, 5), ("2022-04", 4, 1), ("2022-07", 3, 3)]):
        for number in range(5):
            rows.append(
                f"{quarter}-{number},C{5 * quarter + number},{'self' if number < own else 'hybrid'},,{month}-01,,,"
            )
            counts.append(known)
    path = topics.course(run_of(onboardings=rows, hearings=_heard(counts, "2022-01-15")))
    assert [f"{day:%Y-%m}" for day in path.stations.values()] == ["2022-01", "2022-04", "2022-07"]
    said = words.course(path).text
    assert (
        "From Jan–Mar 2022 to Apr–Jun 2022 the self share went from 20 % to 80 %, and hearing coverage from 100 % to 20 %."
        in said
    )
    assert (
        "From there to Jul–Sep 2022 the self share went from 80 % to 60 %, and hearing coverage from 20 % to 60 %."
        in said
    )
    assert "peak" in charts.course(path).svg


# The published year: shared/reference/onboarding.json.
SELF = [12, 17, 22, 28, 33, 37, 40, 43, 45, 46, 47, 48]


def _year(run_of):
    rows = [CASE]
    for month, own in enumerate(SELF, 1):
        routes = ["self"] * own + ["high_touch"] * (60 - own)
        rows += [f"{month}-{n},C{month}-{n},{route},,2021-{month:02d}-10,,," for n, route in enumerate(routes)]
    return run_of(
        onboardings=rows, initiatives=["name,started_on", "guide,2021-03-15", "far away,2019-01-01"], period="2021"
    )


def test_the_published_year_crosses_half_in_may_between_april_and_june(run_of):
    run = _year(run_of)
    found = topics.rise(run, mix_by_month(run.data))
    # 4.98 (4.25 to 5.62) months from December: May, April and June; all twelve months are the rise.
    assert (found.metric.value, found.metric.low, found.metric.high) == ("2021-05", "2021-04", "2021-06")
    assert found.fit.at == pytest.approx(4.979681, rel=1e-4) and len(found.months) == 12
    assert "in May 2021 (April 2021 to June 2021, n = 720)" in words.rise(found).text
    assert "May 2021 53 %, April 2021 30 %, June 2021 14 %" in words.rise(found).quiet


def test_a_steady_rise_is_said_to_be_gradual_and_initiatives_a_coincidence(run_of):
    run = _year(run_of)
    found = topics.share_steps(run, mix_by_month(run.data))
    assert found.found and all(step.gradual for _day, step in found.found)
    said = words.share_steps(found)
    assert "gradually" in said.text and "guide (March 2021)" in said.quiet and "far away" not in said.quiet


def test_a_share_below_half_has_not_crossed(run_of):
    rows = [CASE] + [
        f"{m}-{n},C,{'self' if n < m else 'hybrid'},,2022-{m:02d}-01,,," for m in range(1, 7) for n in range(20)
    ]
    run = run_of(onboardings=rows)
    found = topics.rise(run, mix_by_month(run.data))
    assert found.metric.value is None and "has not risen across half" in words.rise(found).text


def _balanced(hours_log=True):
    rows, logs, heard = [CASE], ["log_id,csm_id,on,task,minutes,customer_id,case_id"], ["customer_id,item,on,answer"]
    for number in range(60):
        route = ("high_touch", "hybrid", "self")[number % 3]
        rows.append(f"B{number},C{number},{route},,2023-01-10,,2023-02-10,")
        minutes = {"high_touch": 1200, "hybrid": 600, "self": 60}[route]
        logs.append(f"L{number},p,2023-01-10,onboarding,{minutes // 2},C{number},B{number}")
        logs.append(f"M{number},p,2023-02-01,meeting,{minutes // 2},C{number},")
        logs.append(f"N{number},p,2023-03-01,meeting,999,C{number},")  # after it was completed
        heard += [
            f"C{number},{item},2023-01-20,yes" for item in ITEMS[: {"high_touch": 5, "hybrid": 4, "self": 1}[route]]
        ]
    tables = {"onboardings": rows, "hearings": heard}
    return tables | ({"time_logs": logs} if hours_log else {})


def test_hours_are_those_of_the_case_and_of_the_customer_until_completion(run_of):
    costs = evidence(run_of(**_balanced())).costs
    assert costs.hours[0].tolist() == pytest.approx([20, 10, 1])
    assert costs.knowledge[0].tolist() == pytest.approx([1.0, 0.8, 0.2])


def test_what_no_table_tells_comes_from_params_and_is_called_assumed(run_of):
    found = topics.balance(run_of(**_balanced(hours_log=False)))
    assert found.evidence.costs.hours[0].tolist() == [16, 5, 1.5]
    assert found.evidence.assumed == ("hours", "churn", "arr")
    assert {metric.basis for metric in found.metrics} == {"assumed"}
    assert (
        "Assumed, not measured, at least for one route: hours, churn and ARR (left out)." in words.balance(found).quiet
    )


def test_the_mix_learns_as_much_as_asked_for_at_least_cost(run_of):
    found = topics.balance(
        run_of(
            {
                "onboarding": {
                    "balance": {
                        "knowledge_min": 0.5,
                        "substitute": {"churn": {"high_touch": 0, "hybrid": 0, "self": 0}},
                    }
                }
            },
            **_balanced(),
        )
    )
    # Half hybrid (0.8) and half self (0.2) knows 0.5; a point more turns 1/60 of 60 customers: 9 hours of 6,000 yen.
    assert found.best.mix[0].tolist() == pytest.approx([0, 0.5, 0.5])
    assert found.best.point == pytest.approx(9 * 6000)
    assert found.band.self_share.low <= 0.5 <= found.band.self_share.high
    assert "takes 50 % self-onboarding; in the last 12 months it was 33 %" in words.balance(found).text
    high, low = (words.balance(found, Target(value=value)).text for value in (0.99, 0.0))
    assert "The target of 99 % lies above that" in high and "The target of 0 % lies below that" in low
    assert "target" not in words.balance(found, Target(value=0.5)).text


def test_limits_that_exclude_each_other_are_named(run_of):
    found = topics.balance(run_of({"onboarding": {"balance": {"knowledge_min": 0.8, "hours_max": 300}}}, **_balanced()))
    assert isinstance(found.best, Infeasible)
    # All hybrid takes 600 hours; 300 hours are 5 each: 4/9 hybrid, the rest self, which knows 7/15.
    said = words.balance(found).text
    assert "takes 600 h a year, not 300 h" in said and "at most 47 % can be learnt in time, not 80 %" in said
    assert all(metric.value is None for metric in found.metrics)


def test_few_onboardings_are_drawn_to_the_mean_of_their_route():
    rules = settings_with().onboarding.balance
    cells = Cells(np.r_[np.full(20, 1.0), 10.0], np.r_[np.full(20, 2), 5], 2)
    # Route mean 30 / 21; 20 of 1 and 20 of the mean, one of 10 and 20 of the mean.
    mean = 30 / 21
    assert pooled(cells, rules, "hours")[:, 2].tolist() == pytest.approx([(20 + 20 * mean) / 40, (10 + 20 * mean) / 21])
    assert pooled(cells, rules, "hours")[0, 0] == 16  # nobody on high touch: from params


def test_the_same_run_gives_the_same_band(run_of):
    run = run_of(**_balanced())
    assert topics.balance(run).band == topics.balance(run).band


def test_nothing_recorded_gives_sentences(run_of):
    run = run_of(onboardings=[CASE, "1,A,self,,2020-01-01,,,"], period="2023Q2")
    assert topics.items(run) is None and topics.leaving(run) is None and topics.course(run) is None
    assert topics.balance(run) is None and topics.flow(run) is None and topics.versions(run) is None
    found = (
        words.items(None),
        words.leaving(None),
        words.course(None),
        words.balance(None),
        words.flow(None),
        words.followed(None),
        words.versions(None),
    )
    assert all(finding.text.endswith(".") for finding in found)


def test_a_route_does_not_answer_for_the_segment_that_takes_it():
    # 2.5 % of one segment leave and 20 % of the other, whatever the route; but mostly the second is on its own.
    rows = [(0, 80, 2), (2, 40, 1), (3, 20, 4), (5, 200, 40)]
    at = np.repeat([cell for cell, _n, _left in rows], [n for _cell, n, _left in rows])
    left = np.concatenate([np.repeat([1.0, 0.0], [gone, n - gone]) for _cell, n, gone in rows])
    found = churn_by_cell(Cells(left, at, 2), settings_with().onboarding.balance)
    assert (found[:, 2] / found[:, 0] < 1.4).all()
    assert (found[1] > 2 * found[0]).all()
