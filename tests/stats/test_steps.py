"""Steps of a share: found where one is, none where there is none, and a slope is not called a step."""

import numpy as np
import pytest

from cskit.stats.steps import steps


def _found(yes, n, seed=1, confidence=0.95):
    return steps(yes, n, np.random.default_rng(seed), confidence)


def test_two_steps_are_found_in_their_months_with_their_levels():
    yes = [6] * 10 + [18] * 10 + [12] * 10
    found = _found(yes, [20] * 30)
    assert [(step.place, step.before, step.after) for step in found] == [(10, 0.3, 0.9), (20, 0.9, 0.6)]
    assert not any(step.gradual for step in found)


def test_a_steady_rise_is_called_gradual():
    yes = [round(60 / (1 + np.exp(-0.35 * (month - 9.5)))) for month in range(20)]
    found = _found(yes, [60] * 20)
    assert found and all(step.gradual for step in found)


def test_an_even_share_shows_no_step():
    assert _found([10, 11, 9, 10, 10, 9, 11, 10, 10, 10, 9, 11], [20] * 12) == []


def test_calm_months_do_not_make_a_small_difference_a_step():
    # Planned counts scatter less than chance: 10, 10, ... 11, 11, ... of 20 is what draws at one share often show.
    assert _found([10] * 8 + [11] * 8, [20] * 16) == []


def test_months_that_scatter_wildly_do_not_become_steps():
    rng = np.random.default_rng(3)
    claims = 0
    for _ in range(60):
        share = np.clip(rng.normal(0.5, 0.25, 24), 0, 1)
        claims += bool(_found(rng.binomial(60, share), [60] * 24, seed=int(rng.integers(1000))))
    assert claims <= 9  # 5 % of 60 are 3, and three standard errors


@pytest.mark.parametrize(
    ("yes", "n"), [([], []), ([1], [2]), ([0, 0, 0, 9, 9], [9] * 5), ([0] * 8, [0] * 8), ([5] * 8, [5] * 8)]
)
def test_too_few_empty_or_unanimous_months_have_no_steps(yes, n):
    assert _found(yes, n) == []


def test_the_same_seed_gives_the_same_steps():
    yes = np.random.default_rng(5).binomial(20, 0.5, 24)
    assert _found(yes, [20] * 24) == _found(yes, [20] * 24)
