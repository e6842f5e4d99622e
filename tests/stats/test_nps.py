"""NPS against published and independently computed figures."""

import numpy as np
import pytest
from scipy.special import comb, gammaln, ndtr, xlogy

from cskit.stats.nps import (
    Answers,
    NpsCounts,
    answers_needed,
    design_effect,
    estimate,
    nps_change,
    nps_interval,
    of_finite,
    tango,
    tango_change,
    visible_change,
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


def test_companies_of_one_mind_need_more_answers_and_so_does_more_confidence():
    # 635 is 634.5 rounded up: twice that is 1269.03
    assert answers_needed(SPRING, AUTUMN, 10, effect=2.0) == 1270
    # (1.644854 + 0.841621)^2 / (1.959964 + 0.841621)^2 = 0.78771 of 634.5
    assert answers_needed(SPRING, AUTUMN, 10, confidence=0.9) == pytest.approx(0.78771 * 634.5, abs=1)


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


def _ends(interval):
    return interval.low, interval.high


def test_tango_of_the_published_waves():
    assert _ends(tango(AUTUMN)) == pytest.approx((-13.30191140904063, 21.294706461985484), abs=1e-6)
    assert _ends(tango(SPRING)) == pytest.approx((-12.979536803235392, 25.289985440691066), abs=1e-6)


def test_the_difference_of_the_tango_intervals():
    assert _ends(tango_change(SPRING, AUTUMN)) == pytest.approx((-23.6061, 27.9852), abs=5e-5)


def test_wald_as_worked_beside_them():
    # The plain interval is what remains where nothing is added; kept as a check of the variance.
    assert [100 * np.sqrt(w.variance / w.answers) for w in (AUTUMN, SPRING)] == pytest.approx(
        [8.638794, 9.705606], abs=1e-6
    )
    z = (SPRING.nps - AUTUMN.nps) / np.hypot(8.638794396518398, 9.705605628553617)
    assert z == pytest.approx(0.177117, abs=5e-7)
    for wave, ends in ((AUTUMN, (-12.850093, 21.013359)), (SPRING, (-12.639659, 25.405616))):
        half = 1.959964 * 100 * np.sqrt(wave.variance / wave.answers)
        assert (wave.nps - half, wave.nps + half) == pytest.approx(ends, abs=1e-4)


def test_the_plain_difference_as_worked_beside_them():
    error, z = np.hypot(8.638794396518398, 9.705605628553617), 1.959964
    change = SPRING.nps - AUTUMN.nps
    assert (change, error) == pytest.approx((2.3013, 12.9934), abs=5e-5)
    assert (change - z * error, change + z * error) == pytest.approx((-23.1652, 27.7679), abs=5e-5)
    assert 2 * ndtr(-change / error) == pytest.approx(0.8594, abs=5e-5)


def test_shuffling_the_waves_says_the_same_as_p():
    # Every way to deal 22 promoters, 57 passives and 17 detractors into 47 and 49, with its chance: no shuffling needed.
    up, down = (grid.ravel() for grid in np.meshgrid(np.arange(23), np.arange(18), indexing="ij"))
    ways = comb(22, up) * comb(17, down) * comb(57, 47 - up - down) / comb(96, 47)
    assert ways.sum() == pytest.approx(1)
    far = np.abs((up - down) / 47 - (5 - up + down) / 49) >= abs(3 / 47 - 2 / 49) - 1e-12
    assert ways[far].sum() == pytest.approx(0.87454, abs=0.003)  # the reference's tolerance


def test_the_interval_of_everybody_asked_is_narrower():
    ours = of_finite(SPRING, 105)
    assert _ends(nps_interval(ours)) == pytest.approx((-7.83, 20.16), abs=0.005)
    assert _ends(tango(ours)) == pytest.approx((-8.0, 20.53), abs=0.005)
    everybody = nps_interval(of_finite(SPRING, 47))
    assert everybody.high - everybody.low < 0.01


def test_the_change_today_can_see_and_the_answers_the_change_seen_would_need():
    assert visible_change(SPRING, AUTUMN) == pytest.approx(36.4, abs=0.05)
    assert answers_needed(SPRING, AUTUMN, 2.3013460703430306) == 11981


def test_tango_ends_where_the_scale_ends():
    loved, loathed = tango(NpsCounts(3, 0, 0)), tango(NpsCounts(0, 0, 3))
    assert loved.high == 100 and loved.low < 100 and loathed.low == -100 and loathed.high > -100
    assert _ends(tango(NpsCounts(0, 5, 0))) == pytest.approx((-43.4482, 43.4482), abs=1e-3)  # 1 / (1 + 5 / z^2)


# Shares of promoters, passives and detractors. The reference counts its coverage over 8 truths that it does not name.
# Of all truths of whole per cent the first is the only one that can give its plain Wald at 20 answers, and it gives the
# bootstrap's as well; with four others, found likewise, the least coverage is that of the reference in every row.
FIVE = ((0.05, 0.92, 0.03), (0.85, 0.13, 0.02), (0.5, 0.1, 0.4), (0.6, 0.3, 0.1), (0.3, 0.5, 0.2))


def _waves(n):
    """Every wave of n answers that one of the five truths gives now and then; and its chances, truth by truth."""
    up, down = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    counts = np.stack([up, n - up - down, down])[:, up + down <= n]
    logs = gammaln(n + 1) - gammaln(counts + 1).sum(axis=0)
    chances = np.exp([logs + xlogy(counts, np.array(truth)[:, None]).sum(axis=0) for truth in FIVE])
    often = chances.max(axis=0) > 1e-7
    return counts[:, often].T, chances[:, often]


def _least(ends, chances):
    low, high = np.array(ends).T
    truths = [100 * (up - down) for up, _passive, down in FIVE]
    return min(
        chance[(low <= nps + 1e-9) & (nps - 1e-9 <= high)].sum() for nps, chance in zip(truths, chances, strict=True)
    )


@pytest.mark.parametrize(
    ("n", "adjusted", "score", "plain"),
    [
        (20, 0.943, 0.948, 0.793),
        (30, 0.942, 0.948, 0.871),
        (49, 0.946, 0.946, 0.905),
        (100, 0.949, 0.941, 0.937),
        (200, 0.949, 0.95, 0.94),
    ],
)
def test_the_least_coverage_is_that_of_the_reference(n, adjusted, score, plain):
    rows, chances = _waves(n)
    waves = [NpsCounts(*row) for row in rows.tolist()]
    half = [1.959964 * 100 * np.sqrt(wave.variance / n) for wave in waves]
    wald = [(wave.nps - one, wave.nps + one) for wave, one in zip(waves, half, strict=True)]
    assert _least([_ends(nps_interval(wave)) for wave in waves], chances) == pytest.approx(adjusted, abs=0.002)
    assert _least([_ends(tango(wave)) for wave in waves], chances) == pytest.approx(score, abs=0.002)
    assert _least(wald, chances) == pytest.approx(plain, abs=0.002)


@pytest.mark.parametrize(("n", "least"), [(20, 0.632), (30, 0.758), (49, 0.856), (100, 0.948), (200, 0.953)])
def test_the_percentile_bootstrap_is_as_short_as_the_reference_says(n, least):
    """Why it is never used below 100 answers: all its resamples are drawn, by their exact distribution."""
    rows, chances = _waves(n)
    one = np.zeros((len(rows), 2 * n + 1))
    one[:, :3] = rows[:, ::-1] / n
    drawn = np.cumsum(np.fft.ifft(np.fft.fft(one) ** n).real, axis=1)
    ends = [np.searchsorted(each, [0.025 - 1e-9, 0.975 - 1e-9]) for each in drawn]
    assert _least(100 * (np.array(ends) - n) / n, chances) == pytest.approx(least, abs=0.002)
