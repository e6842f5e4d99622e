"""The roadmap against its figures, journeys and the community."""

import pytest

from cskit.errors import SettingsError
from cskit.metrics import metric
from cskit.params import resolve, settings_with
from cskit.run import Run
from cskit.support import community, journeys, roadmap, words

FAQ = {"lane": "support", "stage": "preparation", "step": {"en": "Fill the FAQ", "ja": "FAQをそろえる"}, "kpi": "fixed"}


def _settings(status, evidence):
    """A roadmap of one step: those that are not ours are taken off it."""
    others = dict.fromkeys(settings_with().support.roadmap.steps)
    asked = [{"metric": name, "reach": value} for name, value in evidence.items()]
    one = {**FAQ, "status": status, "evidence": asked}
    return {"support": {"roadmap": {"steps": others | {"ours": one}}}}


@pytest.fixture
def run_of(data_of):
    def made(settings=None, **tables):
        params = resolve({"period": "2023Q2", "settings": settings or {}})
        tables = tables or {"customers": "customer_id\nA"}
        return Run(params, data_of(as_of=params.period.end, settings=params.settings, **tables))

    return made


@pytest.mark.parametrize(
    ("value", "low", "high", "reached"),
    [(0.8, 0.75, 0.85, "met"), (0.8, 0.65, 0.9, "unclear"), (0.6, 0.5, 0.65, "missed"), (None, None, None, None)],
)
def test_a_figure_reaches_its_value_only_beyond_doubt(run_of, value, low, high, reached):
    run = run_of(_settings("planned", {"support.self_resolution": 0.7}))
    known = [metric("support.self_resolution", value, "estimated", low=low, high=high)] if value else []
    row = roadmap(run, known).rows[0]
    assert row.reached == reached and row.at_odds == (reached == "met")


def test_less_is_better_where_the_metric_says_so(run_of):
    run = run_of(_settings("done", {"support.phone_share": 0.25, "support.overdue_journeys": 0}))
    known = [metric("support.phone_share", 0.2, "counted"), metric("support.overdue_journeys", 1, "counted")]
    row = roadmap(run, known).rows[0]
    assert [each.on_target for each in row.evidence] == ["met", "missed"]
    assert row.reached == "missed" and row.at_odds
    assert "Called done, yet the figure says otherwise: Fill the FAQ" in words.roadmap(roadmap(run, known)).text


def test_a_target_of_the_period_does_not_stand_in_for_the_roadmaps(run_of):
    run = run_of(_settings("planned", {"support.self_resolution": 0.7}))
    known = [metric("support.self_resolution", 0.8, "counted", target=0.9, target_by="2024-03-31")]
    assert roadmap(run, known).rows[0].reached == "met"


@pytest.mark.parametrize("place", ["steps", "outcome"])
def test_a_metric_nobody_defines_is_refused_by_name(place):
    wrong = {
        "outcome": {"retention": "growth.gr"},
        "steps": {"faq": {"evidence": [{"metric": "support.self_resolutoin", "reach": 1}]}},
    }
    with pytest.raises(SettingsError, match=r"is not a metric\. Did you mean"):
        settings_with({"support": {"roadmap": {place: wrong[place]}}})


def test_a_journey_is_overdue_after_twelve_months_and_not_on_the_day(run_of):
    run = run_of(journeys="journey,reviewed_on\nold,2022-06-29\njust,2022-06-30\nnever,")
    found = journeys(run)
    assert found.rows["journey"].tolist() == ["never", "old", "just"] and found.overdue == 2
    (overdue,) = words.journeys(run, found).metrics
    assert (overdue.value, overdue.n) == (2, 3)


def test_journeys_are_looked_over_every_six_to_twelve_months():
    with pytest.raises(SettingsError, match=r"support\.journey_months"):
        settings_with({"support": {"journey_months": 13}})


def test_the_community_is_that_of_the_newest_month(run_of):
    run = run_of(
        community="month,members,active,posts\n2023-05,100,10,5\n2023-06,120,30,8\n2023-03,80,8,3\n2022-06,50,25,2"
    )
    (share,) = words.community(run, community(run)).metrics
    assert (share.value, share.before, share.year_before, share.n) == (0.25, 0.1, 0.5, 120)


def test_referrals_of_twelve_months_stand_beside_the_outcome(run_of):
    run = run_of(
        customers="customer_id\nA",
        referrals="referral_id,customer_id,on\n1,A,2022-07-01\n2,A,2022-06-30\n3,A,2021-06-30",
    )
    found = roadmap(run, [metric("growth.grr", 0.92, "counted")])
    assert found.referrals == (1, 1)
    assert "GRR 92.0 %" in words.outcome(found).text and "1 referrals in 12 months" in words.outcome(found).text
