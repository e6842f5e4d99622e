"""Weighted comparisons: confounding is taken out, balance is shown, little data stay silent."""

import numpy as np
import pytest

from cskit.stats.intervals import Interval, share_change, wilson
from cskit.stats.weighting import standardised, weighted_shares


def _confounded(small, large):
    """Half of the small customers' group leave, none of the large: (in the group, not) of each size."""
    group = np.repeat([1, 0, 1, 0], [*small, *large])
    size = np.repeat([0.0, 0.0, 1.0, 1.0], [*small, *large])
    happened = np.zeros(len(group))
    at = 0
    for count in small:
        happened[at : at + count // 2] = 1
        at += count
    return group, happened, size


def test_what_comes_from_size_alone_is_taken_out():
    # Churn is 50 % of small and 0 % of large customers in either group; the group is 80 % small, the others 20 %.
    group, happened, size = _confounded((80, 20), (20, 80))
    assert happened[group == 1].mean() - happened[group == 0].mean() == pytest.approx(0.3)
    found = weighted_shares(group, happened, {"size": size})
    assert found.share - found.other == pytest.approx(0.0, abs=0.002)
    assert 0 in found.interval


def test_balance_is_shown_before_and_after():
    group, happened, size = _confounded((80, 20), (20, 80))
    before, after = weighted_shares(group, happened, {"size": size}).balance["size"]
    # 0.8 against 0.2, each with a standard deviation of 0.4: 1.5 of them apart.
    assert before == pytest.approx(-1.5) and abs(after) < 0.01


def test_without_columns_it_is_the_plain_difference():
    group, happened = np.repeat([1, 0], 40), np.r_[np.ones(10), np.zeros(30), np.ones(4), np.zeros(36)]
    found = weighted_shares(group, happened, {})
    plain = share_change((10, 40), (4, 40))
    assert (found.share, found.other) == (0.25, 0.1)
    assert (found.interval.low, found.interval.high) == pytest.approx((plain.low, plain.high))


def test_uneven_weights_are_worth_fewer_rows():
    group, happened, size = _confounded((80, 20), (20, 80))
    found = weighted_shares(group, happened, {"size": size})
    # In the group, 80 weigh 0.2 and 20 weigh 0.8: (16 + 16)^2 / (80 * 0.04 + 20 * 0.64) = 64.
    assert found.effective == pytest.approx(64, abs=0.5)


def test_groups_that_hardly_meet_are_seen_in_the_overlap():
    group, size = np.repeat([1, 0], 50), np.repeat([1.0, 0.0], 50)
    size[[0, 99]] = 0.0, 1.0
    assert weighted_shares(group, np.zeros(100), {"size": size}).overlap < 0.05
    assert weighted_shares(group, np.zeros(100), {"size": np.tile([0.0, 1.0], 50)}).overlap == 1.0


def test_a_column_that_never_varies_is_left_out():
    found = weighted_shares([1, 1, 0, 0], [0, 0, 0, 0], {"all the same": np.ones(4)})
    assert found.balance == {}


@pytest.mark.parametrize("group", [[], [1], [1, 1, 1], [1, 0, 0]])
def test_a_group_of_fewer_than_two_is_not_compared(group):
    assert weighted_shares(group, np.zeros(len(group)), {}) is None


def test_one_stratum_is_the_plain_difference_and_weights_count():
    one = (3.0, 0.25, wilson(10, 40), 0.1, wilson(4, 40))
    value, around = standardised([one])
    plain = share_change((10, 40), (4, 40))
    assert value == pytest.approx(0.15)
    assert (around.low, around.high) == pytest.approx((plain.low, plain.high))
    # 3 parts of +0.15 and 1 part of -0.05.
    sure = (1.0, 0.45, Interval(0.45, 0.45), 0.5, Interval(0.5, 0.5))
    assert standardised([one, sure])[0] == pytest.approx(0.1)
