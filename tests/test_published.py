"""What the five accounts published comes out of the demo company, each figure in the period it belongs to.

Figures and their sources: Loglass (NPS, support modes), STORES (onboarding mix), NAVITIME (health, churns).
"""

import pytest

from cskit import growth, health, nps, onboarding, workload
from cskit.data import open_data
from cskit.params import resolve
from cskit.run import Run

WINGS = {"growth": growth, "health": health, "nps": nps, "onboarding": onboarding, "workload": workload}


@pytest.fixture(scope="module")
def metric(demo, root):
    """A metric of a period, as a report states it."""
    runs, studies = {}, {}

    def found(period, name, compare_to=""):
        wing = name.split(".")[0]
        if (period, compare_to) not in runs:
            params = resolve({"period": period, "compare_to": compare_to, "data": str(demo)}, root=root)
            runs[period, compare_to] = Run(params, open_data(str(demo), params.settings, params.period.end, root))
        if (period, compare_to, wing) not in studies:
            studies[period, compare_to, wing] = WINGS[wing].study(runs[period, compare_to])
        study = studies[period, compare_to, wing]
        return study, next(metric for metric in study.metrics if metric.name == name)

    return found


def test_nps_of_autumn_2022(metric):
    study, score = metric("2022Q4", "nps.score")
    counts = study.now.counts
    shares = [100 * part / study.now.answers for part in (counts.detractors, counts.passives, counts.promoters)]
    assert [round(share, 2) for share in shares] == [16.33, 63.27, 20.41]
    assert round(score.value, 2) == 4.08


def test_nps_of_spring_2023_and_its_change(metric):
    study, score = metric("2023Q2", "nps.score", "2022Q4")
    counts = study.now.counts
    shares = [100 * part / study.now.answers for part in (counts.detractors, counts.passives, counts.promoters)]
    assert [round(share, 1) for share in shares] == [19.1, 55.3, 25.5]
    assert (round(score.value, 1), round(score.change, 1)) == (6.4, 2.3)
    assert score.movement == "unclear"
    assert study.now.closed_on.isoformat() == "2023-04-14"


def test_response_rates_of_spring_2023(metric):
    assert round(100 * metric("2023Q2", "nps.company_response", "2022Q4")[1].value, 1) == 82.4
    assert round(100 * metric("2023Q2", "nps.respondent_response", "2022Q4")[1].value, 1) == 45.7


def test_the_onboarding_mix_of_2021(metric):
    assert metric("2021-01", "onboarding.self_share")[1].value == pytest.approx(0.2)
    assert metric("2021", "onboarding.crossover_month")[1].value == "2021-05"
    assert metric("2021", "onboarding.self_share_max")[1].value == pytest.approx(0.8)


def test_since_2022_the_self_share_is_lowered_step_by_step(metric):
    halves = [metric(half, "onboarding.self_share")[1].value for half in ("2022H1", "2022H2", "2023H1")]
    assert 0.8 > halves[0] > halves[1] > halves[2]
    assert metric("2023Q2", "onboarding.self_share_max", "2022Q4")[1].value == pytest.approx(0.8)


def test_churns_halved_in_fy2021_and_stayed_there(metric):
    assert (
        metric("FY2021", "growth.churns_year")[1].value / metric("FY2021", "growth.churns_previous_year")[1].value
        == 0.5
    )
    assert metric("FY2022", "growth.churns_year")[1].value == metric("FY2022", "growth.churns_previous_year")[1].value


def test_at_risk_fell_to_two_thirds_in_fy2022(metric):
    study, ratio = metric("FY2022", "health.at_risk_vs_year_start")
    assert ratio.value <= 2 / 3 + 1e-9
    assert study.moved.end == len(study.now.at_risk)
    assert len(study.moved.churned) > 0, "a churned customer must not be among the improved"


def test_the_last_contact_lies_from_a_month_to_years_ago(metric):
    days = metric("FY2022", "health.at_risk")[0].now.raw["days_since_contact"] * 1.5
    assert days.min() < 31 and days.max() > 365


def test_support_modes_a_third_of_the_meetings_not_of_the_hours(metric):
    meetings = metric("2023Q2", "workload.meetings_ratio", "2022Q4")[1].value
    hours = metric("2023Q2", "workload.meeting_hours_ratio", "2022Q4")[1].value
    total = metric("2023Q2", "workload.total_hours_ratio", "2022Q4")[1].value
    assert round(meetings, 2) == 0.33
    assert 0.6667 <= hours <= 1.0
    assert meetings < total < hours
    modes = metric("2023Q2", "workload.meetings_ratio", "2022Q4")[0].modes
    assert round(12 * modes.before["meetings"].mean()) == 12
    assert round(12 * modes.after["meetings"].mean()) == 4
