"""Intervals against published and independently computed figures."""

import numpy as np
import pytest

from cskit.stats.intervals import Interval, clustered_mean, difference, share_change, wilson


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


def test_each_end_of_a_difference_takes_its_own_distances():
    # Up 0 and 4, down 3 and 0: by hand 2 - sqrt(9 + 16) and 2 + sqrt(0 + 0)
    assert difference(5, Interval(2, 5), 3, Interval(3, 7)) == Interval(-3, 2)
