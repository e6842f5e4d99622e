"""The linear programme against the reference figures, and what it says where nothing fits."""

import numpy as np
import pytest

from cskit.onboarding.balance import Costs, Infeasible, Limits, band, over_shares, plan, self_shares

# shared/reference/onboarding.json, balance_linear_programme: scipy HiGHS and OR-Tools GLOP agree.
COSTS = Costs(
    np.array([10.0, 20, 30]),
    np.array([6e6, 2.4e6, 0.6e6]),
    np.array([[16, 5, 1.5], [12, 3.5, 1], [8, 2.5, 0.6]]),
    np.array([[0.97, 0.85, 0.30], [0.95, 0.80, 0.25], [0.92, 0.75, 0.22]]),
    np.array([[0.05, 0.06, 0.10], [0.08, 0.09, 0.13], [0.13, 0.14, 0.16]]),
    6000.0,
    0.75,
)


def _close(value):
    return pytest.approx(value, rel=1e-4)


def test_the_mix_of_the_reference():
    best = plan(COSTS, Limits(0.70, hours=250))
    assert best.mix.ravel().tolist() == pytest.approx([0, 1, 0, 0, 1, 0, 0, 0.685535, 0.314465], abs=1e-5)
    assert (best.cost, best.hours, best.knowledge) == (_close(8977358.490566), _close(177.075472), _close(0.7))
    assert (best.loss, best.self_share) == (_close(0.0837556), _close(0.1572327))


def test_a_point_of_knowledge_costs_a_hundredth_of_the_dual():
    best = plan(COSTS, Limits(0.70, hours=250))
    assert best.point == _close(271698.11320754886 / 100)
    assert best.hour == pytest.approx(0.0)
    # A dual is a slope: one point more costs as much.
    assert plan(COSTS, Limits(0.71)).cost - best.cost == _close(best.point)


@pytest.mark.parametrize("hours", [200, 300, 400, 600])
def test_hours_to_spare_change_nothing(hours):
    best = plan(COSTS, Limits(0.70, hours=hours))
    assert (best.cost, best.self_share) == (_close(8977358.490566), _close(0.1572327))
    assert 1 - best.self_share == _close(0.8427672955974843)


def test_without_hybrid_the_reference_pays_more():
    best = plan(COSTS, Limits(0.70), routes=("high_touch", "self"))
    assert (best.cost, best.hours) == (_close(10093757.142857), _close(488.828571))
    assert best.mix[2].tolist() == pytest.approx([0.31904762, 0, 0.68095238], abs=1e-6)


def test_what_does_not_fit_says_what_would():
    none = plan(COSTS, Limits(0.70, hours=150))
    assert isinstance(none, Infeasible)
    assert none.loss is None  # no loss, however large, makes room
    assert isinstance(plan(COSTS, Limits(0.70, hours=none.hours - 0.1)), Infeasible)
    assert plan(COSTS, Limits(0.70, hours=none.hours + 0.1)).knowledge == _close(0.70)
    assert isinstance(plan(COSTS, Limits(none.knowledge + 1e-3, hours=150)), Infeasible)
    assert plan(COSTS, Limits(none.knowledge - 1e-3, hours=150)).hours < 150.1


def test_a_loss_that_cannot_be_reached_names_the_least():
    none = plan(COSTS, Limits(0.70, loss=0.05))
    # All on high touch: 0.05, 0.08 and 0.13 of 60, 48 and 18 million.
    assert none.loss == _close((0.05 * 60 + 0.08 * 48 + 0.13 * 18) / 126)
    assert (none.hours, none.knowledge) == (None, None)


def test_a_limit_on_the_loss_buys_higher_touch():
    free, held = plan(COSTS, Limits(0.70)), plan(COSTS, Limits(0.70, loss=0.078))
    assert held.loss == _close(0.078) and held.cost > free.cost


def test_scarce_hours_have_a_price():
    best = plan(COSTS, Limits(0.70, hours=165))
    assert best.hours == _close(165) and best.hour > 0


def test_without_a_limit_that_binds_knowledge_costs_nothing():
    best = plan(COSTS, Limits(0.0))
    assert best.point == 0 and best.knowledge > 0


def _varied(rng, draws):
    return [
        Costs(
            COSTS.customers, COSTS.arr, COSTS.hours * rng.uniform(0.8, 1.2, (3, 3)),
            np.clip(COSTS.knowledge + rng.normal(0, 0.05, (3, 3)), 0, 1), COSTS.churn, COSTS.hourly, COSTS.margin,
        )
        for _ in range(draws)
    ]  # fmt: skip


def test_the_band_holds_the_plan_and_its_cautious_end_is_the_lower_one():
    found = band(COSTS, Limits(0.70), _varied, np.random.default_rng(1), draws=100)
    assert plan(COSTS, Limits(0.70)).self_share in found.self_share
    assert found.cautious == found.self_share.low and found.feasible == 1.0
    again = band(COSTS, Limits(0.70), _varied, np.random.default_rng(1), draws=100)
    assert again == found


def test_inputs_that_are_known_leave_no_band():
    found = band(COSTS, Limits(0.70), lambda _rng, draws: [COSTS] * draws, np.random.default_rng(1), draws=5)
    assert found.self_share.low == found.self_share.high == _close(0.1572327)


def test_no_band_where_hardly_any_input_fits():
    found = band(COSTS, Limits(0.70, hours=150), lambda _rng, draws: [COSTS] * draws, np.random.default_rng(1), draws=5)
    assert (found.self_share, found.cautious, found.feasible) == (None, None, 0.0)


@pytest.mark.parametrize(
    "limits", [Limits(0.7), Limits(0.7, hours=900), Limits(0.5, loss=0.12), Limits(0.5, 900, 0.15)]
)
def test_programmes_solved_together_are_each_solved_as_if_alone(limits):
    from cskit.onboarding.balance import ROUTES, _best, _together, _within_reach

    rng = np.random.default_rng(3)
    drawn = [
        Costs(
            rng.uniform(1, 50, 3), rng.uniform(0, 1e6, 3), rng.uniform(1, 20, (3, 3)), rng.uniform(0, 1, (3, 3)),
            rng.uniform(0, 0.3, (3, 3)), 6000.0, 0.7,
        )
        for _ in range(50)
    ]  # fmt: skip
    alone = [found for costs in drawn if (found := _best(costs, limits, ROUTES))]
    together = _together(_within_reach([(costs, limits) for costs in drawn]))
    assert 5 < len(alone) == len(together) < 50
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.mix, other.mix, atol=1e-9)
        prices = (pytest.approx(one.cost), pytest.approx(one.point, abs=1e-6), pytest.approx(one.hour, abs=1e-6))
        assert (other.cost, other.point, other.hour) == prices


# One segment of ten: in person 10 hours and all is learnt, by themselves none and nothing.
TWO = Costs(
    np.array([10.0]), np.array([0.0]), np.array([[10.0, 9, 0]]), np.array([[1.0, 0.5, 0]]), np.zeros((1, 3)), 100.0, 0.7
)  # fmt: skip


def test_the_self_shares_that_keep_to_the_limits_by_hand():
    # At most 60 of 100 hours; hybrid for all others is least: 1 - 60 / 90. A quarter learnt: at most three quarters.
    ends = self_shares(TWO, Limits(0.25, hours=60))
    assert (ends.low, ends.high) == (_close(1 / 3), _close(0.75))
    assert self_shares(TWO, Limits(0.7, hours=60)) is None and over_shares(TWO, Limits(0.7, hours=60)) == []


def test_a_self_share_asked_for_is_mixed_as_cheapest():
    # Half by themselves, and hybrid is cheaper than in person: 9 hours each.
    half = plan(TWO, Limits(0.0, self_share=0.5))
    assert half.mix.ravel().tolist() == pytest.approx([0, 0.5, 0.5]) and half.cost == _close(4500)
    # To learn half of it all they must be met in person.
    known = plan(TWO, Limits(0.5, self_share=0.5))
    assert known.mix.ravel().tolist() == pytest.approx([0.5, 0, 0.5], abs=1e-6) and known.cost == _close(5000)
    none = plan(TWO, Limits(0.6, self_share=0.5))
    assert isinstance(none, Infeasible) and none.knowledge == _close(0.5)


def test_the_cheapest_over_the_self_shares_bends_once_and_nowhere_lies_below_the_plan():
    best, along = plan(COSTS, Limits(0.7, hours=250)), over_shares(COSTS, Limits(0.7, hours=250))
    costs = np.array([one.cost for one in along])
    assert len(along) == 41 and costs.min() >= best.cost * (1 - 1e-9) and (np.diff(costs, 2) > -1e-2).all()
    assert all(one.knowledge >= 0.7 - 1e-6 and one.hours <= 250 + 1e-3 for one in along)
    assert along[0].self_share == pytest.approx(self_shares(COSTS, Limits(0.7, hours=250)).low, abs=1e-6)
