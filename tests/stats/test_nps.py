"""NPS against published and independently computed figures."""

import numpy as np
import pytest

from cskit.stats.nps import Answers, NpsCounts, answers_needed, design_effect, estimate, nps_change, nps_interval

# The smallest counts that give the shares Loglass published for its two waves.
AUTUMN, SPRING = NpsCounts(10, 31, 8), NpsCounts(12, 26, 9)


def test_adjusted_wald_of_the_published_waves():
    autumn, spring = nps_interval(AUTUMN), nps_interval(SPRING)
    assert (autumn.low, autumn.high) == pytest.approx((-12.765151539316996, 20.45745923162469), abs=1e-9)
    assert (spring.low, spring.high) == pytest.approx((-12.519326216457538, 24.519326216457536), abs=1e-9)


def test_the_published_change_cannot_be_told_from_none():
    change = nps_change(SPRING, AUTUMN)
    assert (change.low, change.high) == pytest.approx((-22.7239, 27.0316), abs=5e-5)
    assert 0 in change


def test_answers_for_a_change_of_ten_points():
    assert {points: answers_needed(SPRING, AUTUMN, points) for points in (5, 10, 15, 20, 30)} == {
        5: 2539, 10: 635, 15: 283, 20: 159, 30: 71,
    }  # fmt: skip


def test_companies_of_one_mind_need_more_answers_and_so_does_more_confidence():
    # 635 is 634.9 rounded up: twice that is 1269.8
    assert answers_needed(SPRING, AUTUMN, 10, effect=2.0) == 1270
    # (1.644854 + 0.841621)^2 / (1.959964 + 0.841621)^2 = 0.78771 of 634.9
    assert answers_needed(SPRING, AUTUMN, 10, confidence=0.9) == pytest.approx(0.78771 * 634.9, abs=1)


def test_a_unanimous_wave_admits_doubt_on_one_side_only():
    loved, loathed = nps_interval(NpsCounts(3, 0, 0)), nps_interval(NpsCounts(0, 0, 3))
    assert loved.low < 100 == loved.high
    assert loathed.low == -100 < loathed.high


def test_the_p_of_the_published_change():
    # Interval and p are one statement: 0 lies in every interval of more than 1 - p, in none of less.
    moved = estimate([(1, SPRING), (-1, AUTUMN)])
    assert moved.p == pytest.approx(0.86526, abs=5e-6)
    assert moved.interval(1 - moved.p).low == pytest.approx(0, abs=1e-9)
    assert estimate([(1, SPRING), (-1, AUTUMN)], 2.0, 5).p > moved.p


def test_a_wave_and_a_change_are_widened_by_the_same_rule():
    # Half the answers twice over know as much as half the answers once.
    half_autumn, half_spring = NpsCounts(5, 15.5, 4), NpsCounts(6, 13, 4.5)
    assert nps_interval(SPRING, 0.95, 2.0) == nps_interval(half_spring)
    assert nps_change(SPRING, AUTUMN, 0.95, 2.0) == nps_change(half_spring, half_autumn)


def test_without_answers_everything_is_possible():
    empty = nps_interval(NpsCounts(0, 0, 0))
    assert (empty.low, empty.high) == (-100, 100)
    assert nps_change(SPRING, NpsCounts(0, 0, 0)).high == 200


def _of(values, companies, weights=None):
    return Answers(np.array(values, float), np.array(companies), None if weights is None else np.array(weights, float))


def test_one_answer_a_company_needs_no_correction():
    assert design_effect(_of([1, -1, 0], [1, 2, 3])) == (1, np.inf)


def test_companies_of_one_mind_double_the_variance():
    # Ten companies of two equal answers: the variance of ten answers over that of twenty, each unbiased: 19 / 9. Nine
    # degrees of freedom, doubled as no company lies farther off than another.
    effect, df = design_effect(_of([1, 1, -1, -1] * 5, np.repeat(range(10), 2)))
    assert (effect, df) == (pytest.approx(19 / 9), pytest.approx(18))


def test_the_same_companies_with_the_same_answers_leave_a_quarter_of_the_doubt():
    wave = _of([1, 1, -1, -1, 1, 1, -1, -1], np.repeat(range(4), 2))
    assert design_effect(wave, wave)[0] == 0.25


def test_other_companies_of_one_mind_widen_the_change_as_they_widen_each_wave():
    now, before = (_of([1, 1, -1, -1] * 5, np.repeat(range(start, start + 10), 2)) for start in (0, 10))
    assert design_effect(now, before)[0] == pytest.approx(19 / 9)


def test_weights_cost_what_kish_says_where_all_agree():
    # 4 x (1 + 1 + 1 + 9) / 36
    assert design_effect(_of([1, 1, 1, 1], [1, 2, 3, 4], [1, 1, 1, 3]))[0] == pytest.approx(4 / 3)
    assert _of([1, 0, 0, -1], [1, 2, 3, 4], [1, 1, 1, 3]).counts.nps == pytest.approx(100 * (1 - 3) / 6)
