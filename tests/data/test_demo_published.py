"""The published figures come out of the demo at any size and seed; counted here without cskit."""

import pandas as pd
import pytest
from demo_oracle import Tables, scores

from cskit.data.demo import make_demo

WORLDS = [(200, 4), (500, 1), (730, 2), (6000, 3)]


@pytest.fixture(scope="module", params=WORLDS, ids=lambda world: f"{world[0]} customers, seed {world[1]}")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Tables]:
    customers, seed = request.param
    folder = tmp_path_factory.mktemp("demo")
    make_demo(folder, customers, seed, form="parquet")
    return customers, Tables(folder)


@pytest.fixture
def tables(demo: tuple[int, Tables]) -> Tables:
    return demo[1]


def _routes(tables: Tables) -> pd.DataFrame:
    begun = tables.onboardings
    month = begun.started_on.dt.strftime("%Y-%m")
    return pd.crosstab(month, begun.route).reindex(columns=["high_touch", "hybrid", "self"], fill_value=0)


def test_self_share_starts_2021_at_one_fifth_and_peaks_in_december_at_four_fifths(tables: Tables):
    routes = _routes(tables)
    share = routes["self"] / routes.sum(axis=1)
    assert share["2021-01"] == 0.2
    assert share.max() == share["2021-12"] == 0.8
    assert (share == 0.8).sum() == 1
    assert (share[:"2020-12"] < 0.2).all()
    year_2021 = share["2021-01":"2021-12"]
    assert year_2021.is_monotonic_increasing


def test_self_overtakes_high_touch_first_in_may_2021(tables: Tables):
    routes = _routes(tables)
    assert routes.index[0] == "2020-04"
    assert routes.index[routes["self"] > routes["high_touch"]][0] == "2021-05"


def test_hybrid_begins_in_2022_and_the_self_share_falls_step_by_step(tables: Tables):
    routes = _routes(tables)
    assert routes[:"2021-12"]["hybrid"].sum() == 0 < routes["2022-01":"2022-03"]["hybrid"].sum()
    quarter = routes["2022-01":].groupby(pd.PeriodIndex(routes["2022-01":].index, freq="M").asfreq("Q")).sum()
    share = quarter["self"] / quarter.sum(axis=1)
    assert share.is_monotonic_decreasing
    assert share.iloc[0] < 0.8
    assert share.iloc[-1] == pytest.approx(0.6, abs=0.01)


def test_the_two_waves_give_the_published_nps(tables: Tables):
    scored = tables.nps_responses.dropna(subset="score")
    groups = pd.cut(scored.score, [-1, 6, 8, 10], labels=["detractors", "passives", "promoters"])
    counts = pd.crosstab(scored.wave, groups)
    assert counts.loc["2022 Autumn"].tolist() == [8, 31, 10]
    assert counts.loc["2023 Spring"].tolist() == [9, 26, 12]
    closed = tables.nps_waves.set_index("wave").closed_on
    assert closed["2022 Autumn"].to_period("Q") == pd.Period("2022Q4")
    assert str(closed["2023 Spring"].date()) == "2023-04-14"


def test_the_small_sample_of_spring_is_the_same_at_every_size(tables: Tables):
    asked = tables.nps_invitations[tables.nps_invitations.wave == "2023 Spring"]
    forms = tables.nps_responses[tables.nps_responses.wave == "2023 Spring"]
    assert (len(asked), asked.customer_id.nunique()) == (105, 34)
    assert (len(forms), forms.customer_id.nunique(), int(forms.score.isna().sum())) == (48, 28, 1)
    assert forms.on.between("2023-03-30", "2023-04-14").all()
    assert set(forms.respondent_id) <= set(asked.respondent_id)


def test_in_spring_only_admins_live_for_three_months_were_asked(tables: Tables):
    asked = tables.nps_invitations[tables.nps_invitations.wave == "2023 Spring"]
    live = asked.customer_id.map(tables.customers.set_index("customer_id").went_live_on)
    assert (asked.role == "admin").all()
    assert (live <= "2022-12-30").all()
    roles = asked.respondent_id.map(tables.contacts.set_index("contact_id").role)
    assert (roles == "admin").all()


def test_a_few_people_answer_both_waves(tables: Tables):
    people = tables.nps_responses.groupby("wave").respondent_id.agg(set)
    assert 3 <= len(people["2022 Autumn"] & people["2023 Spring"]) <= 40


def test_churns_stay_few_at_every_size(tables: Tables):
    on = tables.churns.effective_on
    assert on.between("2020-04-01", "2021-03-31").sum() == 8
    assert on.between("2021-04-01", "2022-03-31").sum() == 4
    assert on.between("2022-04-01", "2023-03-31").sum() == 4
    assert on.between("2023-04-01", "2023-06-30").sum() == 1


def test_churns_agree_with_customers_and_contracts(tables: Tables):
    gone = tables.churns[tables.churns.effective_on <= "2023-06-30"].set_index("customer_id")
    churned = tables.customers.set_index("customer_id").churned_on.dropna()
    pd.testing.assert_series_equal(gone.effective_on.sort_index(), churned.sort_index(), check_names=False)
    last = tables.contracts.groupby("customer_id").ends_on.max()[gone.index]
    assert (last == gone.effective_on).all()
    warned = (gone.effective_on - gone.notified_on).dt.days
    assert warned.between(30, 100).all()


def test_at_risk_falls_to_two_thirds_with_churn_told_apart(demo: tuple[int, Tables]):
    customers, tables = demo
    k = max(5, round(customers / 50))
    new = round(0.8 * k)
    start, end = scores(tables, "2022-03-31"), scores(tables, "2023-03-31")
    before, after = set(start.index[start.at_risk]), set(end.index[end.at_risk])
    churned = before - set(end.index)
    assert (len(before), len(after)) == (3 * k, 2 * k)
    assert len(churned) == 4
    assert len(after - before) == new
    assert len(before - churned - after) == k - 4 + new


@pytest.mark.parametrize("day", ["2022-03-31", "2023-03-31"])
def test_grades_are_clear_on_the_days_that_count(tables: Tables, day: str):
    found = scores(tables, day)
    assert found.score[~found.at_risk].min() > 57
    assert found.score[found.at_risk & ~found.capped].max() < 53


def test_at_risk_goes_on_falling_a_little(tables: Tables):
    march, june = (scores(tables, day).at_risk.sum() for day in ("2023-03-31", "2023-06-30"))
    assert 0.75 * march <= june < march


def test_operation_mode_cuts_meetings_to_a_third_and_hours_less(tables: Tables):
    first = tables.service_levels[tables.service_levels["mode"] == "operation"].set_index("customer_id").from_on
    met = tables.touchpoints[tables.touchpoints.kind.isin(["regular", "review"])]
    met = met.join(first.rename("moved"), on="customer_id", how="inner")
    standard = {"regular": (40, 40), "review": (60, 60)}
    prep = met.prep_minutes.fillna(met.kind.map(lambda kind: standard[kind][0]))
    follow = met.followup_minutes.fillna(met.kind.map(lambda kind: standard[kind][1]))
    met = met.assign(total=met.minutes + prep + follow + met.travel_minutes.fillna(0) + 20 * met.reschedules.fillna(0))
    before = met[(met.on < met.moved) & (met.on >= met.moved - pd.DateOffset(years=1))]
    after = met[(met.on >= met.moved) & (met.on <= "2023-06-30")]
    months_after = (
        (pd.Timestamp("2023-07-01").to_period("M") - first.dt.to_period("M")).map(lambda step: step.n)
    ).sum()
    months_before = 12 * len(first)
    assert len(before) == months_before  # 12 a year each, on average
    ratio = {
        name: (value(after) / months_after) / (value(before) / months_before)
        for name, value in {
            "count": len,
            "minutes": lambda x: x.minutes.sum(),
            "total": lambda x: x.total.sum(),
        }.items()
    }
    assert round(ratio["count"], 2) == 0.33
    assert 0.75 <= ratio["minutes"] <= 0.95
    assert 0.42 <= ratio["total"] <= 0.52
    assert first.dt.strftime("%Y-%m-%d").isin(["2022-10-01", "2023-01-01"]).all()


def test_before_the_change_meetings_were_a_mix_moved_more_often_and_often_without_news(tables: Tables):
    levels = tables.service_levels.sort_values("from_on")
    moved = levels[levels["mode"] == "operation"].customer_id
    modes = levels[levels.customer_id.isin(moved)].groupby("customer_id")["mode"].first()
    assert modes.value_counts().idxmax() == "monthly"
    assert modes.nunique() >= 3
    kind = tables.touchpoints.groupby("kind")
    assert kind.reschedules.mean()["regular"] > 2 * kind.reschedules.mean()["review"]
    assert (tables.touchpoints[tables.touchpoints.kind == "regular"].had_update.dropna() == False).mean() > 0.2  # noqa: E712


def test_self_onboarded_customers_stay_unknown_until_they_are_asked(tables: Tables):
    begun = tables.onboardings
    known = tables.hearings.dropna(subset="answer").groupby("customer_id").item.nunique() / 5
    share = begun.customer_id.map(known).fillna(0)
    own, helped = begun.route == "self", begun.route == "high_touch"
    assert share[helped].mean() > 0.8
    assert share[own & (begun.started_on < "2022-01-01")].mean() < 0.4
    assert share[own & (begun.started_on >= "2022-07-01") & (begun.started_on < "2023-04-01")].mean() > 0.4
