"""Intervals against published and independently computed figures."""

import numpy as np
import pytest

from cskit.stats.intervals import (
    Companies,
    NpsCounts,
    answers_needed,
    clustered_mean,
    design_effect,
    nps_change,
    nps_interval,
    share_change,
    wilson,
)

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


def test_a_unanimous_wave_admits_doubt_on_one_side_only():
    loved, loathed = nps_interval(NpsCounts(3, 0, 0)), nps_interval(NpsCounts(0, 0, 3))
    assert loved.low < 100 == loved.high
    assert loathed.low == -100 < loathed.high


def test_without_answers_everything_is_possible():
    empty = nps_interval(NpsCounts(0, 0, 0))
    assert (empty.low, empty.high) == (-100, 100)
    assert nps_change(SPRING, NpsCounts(0, 0, 0)).high == 200


def test_one_answer_a_company_needs_no_correction():
    assert design_effect(Companies(np.array([1.0, -1, 0]), np.ones(3), 0.67)) == 1


def test_companies_of_one_mind_double_the_variance():
    # Ten companies of two equal answers: the linearised variance is that of ten answers, times 10/9.
    totals = np.array([2.0, -2] * 5)
    assert design_effect(Companies(totals, np.full(10, 2.0), 1.0)) == pytest.approx(2 * 10 / 9)


def test_a_company_in_both_waves_cancels_out_of_the_change():
    # The same companies with the same answers: no doubt is left by linearisation, so the floor of 1 holds.
    wave = Companies(np.array([2.0, -2, 2, -2]), np.full(4, 2.0), 1.0)
    assert design_effect(wave, wave) == 1


def test_wilson_at_the_ends():
    assert wilson(0, 10).low == 0 and wilson(0, 10).high == pytest.approx(0.2775, abs=5e-5)  # Brown, Cai, DasGupta 2001
    assert wilson(10, 10).high == 1


def test_a_share_change_by_newcombe():
    # Newcombe (1998) table II, 9/10 against 3/10, method 10
    change = share_change((9, 10), (3, 10))
    assert (change.low, change.high) == pytest.approx((0.1705, 0.8090), abs=5e-5)


def test_customers_all_alike_still_leave_doubt():
    around = clustered_mean(np.ones(12))
    assert around.low < 1 == around.high
