"""Area under the curve: pairs within strata, and an interval that holds where events are few."""

import numpy as np
import pytest

from cskit.stats.auc import auc
from cskit.stats.intervals import Interval


def test_hanley_and_mcneils_radiologist():
    # Hanley and McNeil (1982), table 1: ratings of 51 abnormal and 58 normal images; area 0.893.
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    value = np.repeat([1, 2, 3, 4, 5] * 2, normal + abnormal)
    found = auc(value, np.repeat([False, True], [58, 51]))
    assert found.value == pytest.approx(0.893, abs=0.0005) and (found.events, found.others) == (51, 58)
    # Their standard error is 0.032, so the interval is about 0.83 to 0.95; ours may not be narrower.
    assert found.interval.low < 0.835 and 0.94 < found.interval.high < 1


def test_nobody_is_compared_with_another_day():
    # On each day the churned one is worst; across days the order is turned round.
    assert auc([9, 8, 2, 1], [True, False, True, False], ["May", "May", "June", "June"]).value == 1
    assert auc([9, 8, 2, 1], [True, False, True, False]).value == 0.75


def test_ties_count_half_and_turning_the_score_round_turns_the_area_round():
    assert auc([1, 1], [True, False]).value == 0.5
    value, event = np.array([5.0, 1, 4, 2, 3, 3]), np.array([1, 1, 0, 0, 0, 0], bool)
    here, there = auc(value, event), auc(-value, event)
    assert here.value == pytest.approx(1 - there.value)
    assert here.interval.low == pytest.approx(1 - there.interval.high)


@pytest.mark.parametrize("event", [[False] * 3, [True] * 3, []])
def test_without_a_pair_there_is_no_area(event):
    found = auc(range(len(event)), event)
    assert found.value is None and found.interval == Interval(0, 1)


def test_a_perfect_order_of_few_admits_doubt():
    few, many = (auc(np.arange(60), np.arange(60) >= 60 - churns) for churns in (5, 30))
    assert few.value == many.value == 1 == few.interval.high
    assert few.interval.low < 0.82 < many.interval.low < 1
