"""The same people twice: mean, doubt, and the test on all three shares."""

import numpy as np
import pytest

from cskit.stats.paired import paired_change, stuart_maxwell


def test_the_interval_of_eight_people_by_hand():
    # Mean 3/8; squares 7, 7/8 - 9/64 + 0.6/8 = 0.809375; squared values lie close to each other: kurtosis by hand below.
    moved = paired_change([1, 0, 0, -1, 2, 0, 1, 0], range(8))
    error = 100 * np.sqrt((7 / 8 - 9 / 64 + 0.6 / 8) / 8)
    assert moved.points == 37.5
    assert 1.96 * error < moved.interval.high - 37.5 <= 2.365 * error  # between the normal's and Student's with 7


def test_people_who_all_stayed_leave_some_doubt():
    moved = paired_change([0.0] * 12, range(12))
    assert moved.points == 0 and moved.p == pytest.approx(1)
    assert -40 < moved.interval.low < -5 and 5 < moved.interval.high < 40


def test_colleagues_who_moved_together_count_as_fewer():
    together = np.repeat([1.0, -1, 1, 1, 0, 2], 4)
    one, many = paired_change(together, range(24)), paired_change(together, np.repeat(range(6), 4))
    assert one.interval.low > 0 > many.interval.low and one.points == many.points


def test_two_categories_are_mcnemar():
    # 12 up against 4 down: (12 - 4)^2 / 16 = 4; p of chi-square with 1 df 0.0455
    statistic, df, p = stuart_maxwell([[20, 4], [12, 30]])
    assert (statistic, df, p) == (pytest.approx(4), 1, pytest.approx(0.0455, abs=5e-5))


def test_nobody_moved_is_no_evidence():
    assert stuart_maxwell(np.diag([3, 4, 5])) == (0, 0, 1)
