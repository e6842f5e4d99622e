"""A typical case before and after."""

import numpy as np
import pytest

from cskit.stats.before_after import typical_change


def test_one_case_a_customer_is_nearly_the_welch_test_on_logarithms():
    before, after = [40, 50, 60, 70, 80], [20, 35, 30, 45]
    found = typical_change(before + after, [False] * 5 + [True] * 4, range(9))
    # scipy.stats.ttest_ind of the logarithms, unequal variances: -0.6254, 95 % -1.1432 to -0.1076 on 5.8 degrees of
    # freedom; ours are 6.6, as they come from the sizes and not from the two variances.
    assert found.ratio == pytest.approx(np.exp(-0.625419), rel=1e-5)
    assert np.log([found.interval.low, found.interval.high]) == pytest.approx([-1.1432, -0.1076], abs=0.02)
    assert (found.n_before, found.n_after, found.clusters) == (5, 4, 9)


def test_cases_of_one_customer_count_together():
    values, late = [40, 50, 60, 20, 35, 30], [False] * 3 + [True] * 3
    alone = typical_change(values * 4, late * 4, range(24))
    together = typical_change(values * 4, late * 4, list(range(6)) * 4)
    assert together.interval.high - together.interval.low > 1.5 * (alone.interval.high - alone.interval.low)


@pytest.mark.parametrize("case", [([], [], []), ([10], [True], ["A"]), ([10, 20], [True, True], ["A", "B"])])
def test_without_cases_on_both_sides_there_is_no_change(case):
    assert typical_change(*case) is None


def test_one_customer_on_a_side_says_nothing():
    found = typical_change([10, 11, 20], [False, False, True], ["A", "B", "C"])
    assert found.direction == "unclear"
    assert found.interval.high == np.inf
