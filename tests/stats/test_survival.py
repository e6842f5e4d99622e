"""Kaplan-Meier against a published example."""

import numpy as np
import pytest

from cskit.stats.survival import completion

# Freireich et al. (1963), 6-MP group: weeks in remission, + censored.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_the_leukaemia_example():
    curve = completion(WEEKS, np.array(RELAPSED, bool))
    by_week = dict(zip(curve.days, 1 - curve.done, strict=True))
    assert by_week[6] == pytest.approx(0.8571, abs=5e-5)
    assert by_week[23] == pytest.approx(0.4482, abs=5e-5)
    assert curve.median == 23 and curve.unfinished == 12


def test_the_median_of_the_leukaemia_example_is_open_above():
    # As SAS and R print it with log-log intervals: median 23, 95 % interval 13 to open.
    curve = completion(WEEKS, np.array(RELAPSED, bool))
    assert (curve.median_low, curve.median_high) == (13, None)


def test_five_completions_leave_the_median_open_below_and_six_do_not():
    # Half to the power of 5 is 3.1 %, of 6 1.6 %: all later than the median by chance, against 2.5 %.
    assert completion([1, 2, 3, 4, 5], [True] * 5).median_low == 0
    assert completion([1, 2, 3, 4, 5, 6], [True] * 6).median_low == 1


def test_unfinished_ones_are_not_dropped():
    all_done = completion([10, 20, 30], [True, True, True]).median
    with_open = completion([10, 20, 30, 40, 40, 40], [True, True, True, False, False, False]).median
    assert all_done == 20 and with_open == 30


def test_fewer_than_half_have_no_median():
    assert completion([10, 50, 50], [True, False, False]).median is None
    assert completion([5, 5], [False, False]).median is None
    assert completion([], []).median is None


def test_the_last_doubt_stays_when_all_have_completed():
    curve = completion([1, 2, 3], [True, True, True])
    assert curve.done[-1] == 1 and curve.low[-1] < 1


def test_the_median_is_one_of_the_quantiles():
    some = completion(range(1, 41), [day % 4 > 0 for day in range(1, 41)])
    assert some.quantile(0.5) == (some.median, some.median_low, some.median_high)
    quarter, _low, _high = some.quantile(0.25)
    assert quarter < some.median < some.quantile(0.75)[0]
    assert completion([1, 2], [False, False]).quantile(0.9) == (None, None, None)
