"""The balance by other limits and prices: as a run with those settings finds it, and at a share of one's own choice."""

import numpy as np
import pytest

from cskit.onboarding import charts, topics, words
from cskit.onboarding.balance import Infeasible, Plan
from cskit.onboarding.explore import what_if
from cskit.onboarding.rebalanced import Rebalancing
from cskit.run import start
from cskit.show import Finding


@pytest.fixture(scope="module")
def run(demo):
    return start("2023Q2", "2022Q4", str(demo), "en", {})


@pytest.fixture(scope="module")
def published(run):
    return topics.balance(run)


@pytest.fixture
def explorer(run, published):
    return what_if(run, published)


@pytest.fixture
def again(run, published):
    return Rebalancing(run, published)


def _moved(explorer, values):
    explorer.reset()
    for path, value in values.items():
        explorer.move(path, value)
    return explorer


def _seen(explorer):
    return [explorer.panel(place)._repr_mimebundle_()["text/html"] for place in range(len(explorer.panels))]


def test_it_begins_where_the_report_is(run, published, explorer):
    assert explorer.panel(4) == words.balance(published, run.settings.targets.get("onboarding.self_share"))
    assert explorer.panel(5).alt == charts.balance(published).alt and explorer.yaml == ""
    assert explorer.panel(6).frame.equals(words.balance_rows(published).frame)
    rows = explorer.panel(2).frame
    assert rows["balanced, published"].tolist() == rows["balanced, tried"].tolist()
    assert rows["last 12 months"][0] == "65 %" and "published" not in explorer.panel(0).alt


@pytest.mark.parametrize(
    ("settings", "feasible"),
    [
        ({"onboarding": {"balance": {"knowledge_min": 0.6}}}, True),
        ({"onboarding": {"balance": {"knowledge_min": 0.6, "hours_max": 1500, "loss_max": 0.0063}}}, True),
        ({"onboarding": {"balance": {"hours_max": 800}}}, False),
        ({"money": {"hourly_cost": 9000, "gross_margin": 0.5}}, True),
    ],
)
def test_settings_tried_give_the_balance_of_a_run_with_them(demo, explorer, settings, feasible):
    balance = settings.get("onboarding", {}).get("balance", {})
    values = {f"onboarding.balance.{name}": value for name, value in balance.items()}
    values |= {f"money.{name}": value for name, value in settings.get("money", {}).items()}
    _moved(explorer, values)
    other = start("2023Q2", "2022Q4", str(demo), "en", settings)
    wanted = topics.balance(other)
    assert isinstance(wanted.best, Plan) == feasible
    assert explorer.tried.settings == other.settings
    assert explorer.panel(4) == words.balance(wanted, other.settings.targets.get("onboarding.self_share"))
    assert explorer.panel(6).frame.equals(words.balance_rows(wanted).frame)


def test_a_share_within_those_that_keep_to_the_limits_keeps_to_them_and_one_beyond_does_not(explorer, again):
    _moved(explorer, {"onboarding.balance.knowledge_min": 0.6, "onboarding.balance.hours_max": 1300})
    ends = again.found(explorer.tried).kept
    assert 0 < ends.low < ends.high < 1
    for share, fits in ((ends.low - 0.01, False), (ends.low + 0.01, True), (ends.high - 0.01, True), (ends.high + 0.01, False)):  # fmt: skip
        explorer.move("view.self_share", share)
        found = again.found(explorer.tried)
        assert isinstance(found.asked, Plan) == fits and found.shown.self_share == pytest.approx(share, abs=1e-6)
        assert ("It keeps to the limits." in explorer.panel(1).text) == fits
        if fits:
            assert found.asked.knowledge >= 0.6 - 1e-6 and found.asked.hours <= 1300 + 1e-3
            assert found.asked.cost >= found.best.cost - 1


def test_at_the_share_of_the_best_mix_the_cheapest_is_that_mix(explorer, again, published):
    explorer.move("view.self_share", published.best.self_share)
    found = again.found(explorer.tried)
    assert found.asked.cost == pytest.approx(published.best.cost, rel=1e-6)
    np.testing.assert_allclose(found.asked.mix, published.best.mix, atol=1e-5)


def test_everybody_by_themselves_takes_what_self_onboarding_takes(explorer, again, published):
    explorer.move("view.self_share", 1.0)
    found, costs = again.found(explorer.tried), published.evidence.costs
    assert isinstance(found.asked, Infeasible)
    assert found.shown.hours == pytest.approx(float(costs.customers @ costs.hours[:, 2]))
    assert found.shown.knowledge == pytest.approx(
        float(costs.customers @ costs.knowledge[:, 2] / costs.customers.sum())
    )
    assert "not 70 %" in explorer.panel(1).text and "100 %" in explorer.panel(2).frame.columns[3]


def test_without_limits_every_share_keeps_to_them_and_the_cheapest_is_the_lowest_point(explorer, again):
    _moved(explorer, {"onboarding.balance.knowledge_min": 0.0})
    found = again.found(explorer.tried)
    assert (found.kept.low, found.kept.high) == (pytest.approx(0, abs=1e-9), pytest.approx(1))
    assert min(one.cost for one in found.within) == pytest.approx(found.best.cost)
    assert found.asked.cost == pytest.approx(found.loose.cost)


def test_where_nothing_fits_it_is_said_and_the_costs_without_limits_stay(explorer, again):
    _moved(explorer, {"onboarding.balance.knowledge_min": 0.99})
    found = again.found(explorer.tried)
    assert found.kept is None and found.within == () and len(found.free) == 41
    assert "No self-onboarding share keeps to the limits." in explorer.panel(1).text
    assert set(explorer.panel(2).frame["balanced, tried"]) == {"–"}
    assert "published" in explorer.panel(0).alt and "balanced" not in explorer.panel(0).alt


def test_half_the_margin_is_half_the_expected_loss_in_money(explorer, again, published):
    # cost = hours x price + churn x ARR x margin: the second part is halved.
    before, costs = again.found(explorer.tried).now, published.evidence.costs
    explorer.move("money.gross_margin", costs.margin / 2)
    after = again.found(explorer.tried).now
    lost = before.loss * float(costs.arr @ costs.customers) * costs.margin
    assert before.cost - after.cost == pytest.approx(lost / 2)


def test_an_hour_costs_more_only_for_those_whose_cost_is_not_recorded(explorer, again):
    # Of nine in the team four have no cost on record.
    before = again.found(explorer.tried).costs.hourly
    explorer.move("money.hourly_cost", explorer.begun["money.hourly_cost"] + 900)
    assert again.found(explorer.tried).costs.hourly == pytest.approx(before + 900 * 4 / 9)


def test_every_control_moves_something(explorer):
    first = _seen(explorer)
    others = {
        "view.self_share": 0.4, "onboarding.balance.knowledge_min": 0.6, "onboarding.balance.hours_max": 1500,
        "onboarding.balance.loss_max": 0.006, "money.hourly_cost": 9000, "money.gross_margin": 0.5,
    }  # fmt: skip
    assert set(others) == set(explorer.begun)
    for path, value in others.items():
        assert _seen(_moved(explorer, {path: value})) != first, path


def test_a_share_moves_nothing_that_takes_long(explorer):
    before = [explorer.panel(place) for place in range(len(explorer.panels))]
    explorer.move("view.self_share", 0.4)
    after = [explorer.panel(place) for place in range(len(explorer.panels))]
    assert [one is other for one, other in zip(before, after, strict=True)] == [False] * 4 + [True] * 3


def test_the_settings_are_handed_over_and_what_is_looked_at_is_not(explorer):
    _moved(explorer, {"view.self_share": 0.4, "onboarding.balance.hours_max": 1500})
    assert explorer.yaml == "settings:\n  onboarding:\n    balance:\n      hours_max: 1500\n"
    explorer.move("onboarding.balance.hours_max", None)
    assert explorer.yaml == ""


def test_a_limit_that_is_not_set_is_the_upper_end_of_its_slider(explorer):
    widgets = pytest.importorskip("cskit.explore.widgets")
    one = next(one for one in explorer.controls if one.path == "onboarding.balance.hours_max")
    assert widgets._shown(one, None) == one.high and widgets._setting(one, float(one.high)) is None
    assert widgets._setting(one, 1500.0) == 1500 and widgets._said(one, None) == "no limit"


def test_nothing_to_balance_is_said(run):
    assert isinstance(what_if(run, None), Finding)


def test_the_slider_of_an_hour_says_whose_and_the_caption_that_it_is_a_mean(explorer):
    label = next(one.label for one in explorer.controls if one.path == "money.hourly_cost")
    assert label == "An hour of the 4 whose cost is unknown"  # of nine: (5 recorded + 4 x 6,000) / 9 = 5,822
    assert "an hour costs ¥5,822 on average over the team" in explorer.panel(2).caption


def test_the_price_of_a_point_has_as_many_digits_as_its_interval_carries(explorer):
    assert "costs ¥280,000 a year (¥220,000 to ¥460,000)" in explorer.panel(4).text
