"""Linearised variance: what it is where it can be worked by hand."""

import numpy as np
import pytest

from cskit.stats.clusters import clustered_share, counted_share, linearised
from cskit.stats.intervals import Interval


def test_a_plain_mean_has_the_variance_of_the_textbook():
    found = linearised([1, 2, 3, 6], np.full(4, 0.25), range(4))
    assert (found.value, found.variance, found.alone) == (3, pytest.approx(14 / 3 / 4), pytest.approx(14 / 3 / 4))


def test_a_difference_adds_the_variances_of_both_means():
    found = linearised([1, 3, 5, 9, 0, 4], [0.25] * 4 + [-0.5] * 2, range(6), [0] * 4 + [1] * 2)
    # 35/3 / 4 and 8 / 2
    assert (found.value, found.variance) == (2.5, pytest.approx(35 / 12 + 4))


def test_values_said_twice_by_a_company_count_once():
    twice = linearised([1, 1, 2, 2, 6, 6], np.full(6, 1 / 6), [0, 0, 1, 1, 2, 2])
    once = linearised([1, 2, 6], np.full(3, 1 / 3), range(3))
    assert twice.variance == pytest.approx(once.variance) and twice.variance > 2 * twice.alone


def test_a_company_that_says_the_same_in_both_waves_adds_nothing():
    wave = [1.0, -1, 0, 1]
    found = linearised(wave * 2, [0.25] * 4 + [-0.25] * 4, [*range(4)] * 2, [0] * 4 + [1] * 4)
    assert found.value == 0 and found.variance == pytest.approx(0)


def test_one_company_alone_says_nothing_about_the_spread():
    assert np.isnan(linearised([1, 0, 1], np.full(3, 1 / 3), ["A"] * 3).variance)


def test_few_heavy_answers_leave_few_degrees_of_freedom():
    values = [1.0, -1, 0, 1, -1, 0, 1, 0, 1, -1]
    even = linearised(values, np.full(10, 0.1), range(10))
    heavy = linearised(values, np.array([0.4, 0.4, *[0.025] * 8]), range(10))
    assert heavy.df < even.df / 3


def test_a_share_of_nobody_can_be_anything():
    interval, effect, _df = clustered_share([], [])
    assert (interval.low, interval.high, effect) == (0, 1, 1)


def test_counts_of_clusters_tell_what_their_answers_tell():
    rng = np.random.default_rng(1)
    n = 1 + rng.poisson(3, 60)
    yes = rng.binomial(n, rng.beta(3, 1, 60))
    answers = np.concatenate([[1] * k + [0] * (m - k) for k, m in zip(yes, n, strict=True)])
    long, _effect, _df = clustered_share(answers, np.repeat(np.arange(60), n))
    short = counted_share(yes, n)
    assert short.low == pytest.approx(long.low, abs=0.01) and short.high == pytest.approx(long.high, abs=0.01)


def test_shares_of_none_and_of_all_have_one_sided_doubt():
    assert counted_share([0, 0], [4, 4]).low == 0 < counted_share([0, 0], [4, 4]).high
    assert counted_share([], []) == Interval(0.0, 1.0)


def test_a_table_of_all_pairs_of_companies_is_not_needed():
    # 60,000 companies that answer +1, 0, -1 in turn: variance 2/3 n/(n - 1) over n, as in the textbook; tails as short
    # as these (kurtosis 1.5) have twice the degrees of freedom of normal errors, which is the most that is given.
    n = 60_000
    found = linearised(np.tile([1.0, 0, -1], n // 3), np.full(n, 1 / n), np.arange(n))
    assert found.variance == pytest.approx(2 / 3 / (n - 1), rel=1e-6)
    assert found.df == pytest.approx(2 * (n - 1), rel=1e-6)


def test_degrees_of_freedom_are_those_of_the_table_of_all_pairs():
    # Worked out pair by pair: what is expected of the errors of two companies, for independent answers.
    pull, company, wave = np.array([0.3, 0.7, -0.2, -0.5, -0.3]), np.array([0, 1, 0, 1, 2]), np.array([0, 0, 1, 1, 1])
    keep = np.eye(5) - (wave[:, None] == wave) * np.abs(pull)[None, :]  # makes answers residuals
    of = (company[None, :] == np.arange(3)[:, None]) * pull
    expected = of @ keep @ keep.T @ of.T
    scale = (of**2).sum(axis=1) / np.diag(expected)
    df = (scale @ np.diag(expected)) ** 2 / (scale @ expected**2 @ scale)
    # Of answers that all agree there is no kurtosis to take: the degrees of freedom are those of normal errors.
    assert linearised([1, 1, 0, 0, 0], pull, company, wave).df == pytest.approx(df)
