"""The log-rank test against published numbers."""

import numpy as np
import pytest

from cskit.stats.logrank import logrank, permuted

# Remission of acute leukaemia in weeks, 6-MP and placebo: Freireich et al. (1963).
MP = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
WEEKS, CAME = np.array(MP + PLACEBO), np.array([True] * 9 + [False] * 12 + [True] * 21)
GROUP = np.array(["6-MP"] * 21 + ["placebo"] * 21)
FOUR = np.repeat(["a", "b", "c", "d"], [11, 10, 10, 11])
CHI2, P = 62.42511924679238, 1.7822738784104784e-13  # lifelines 0.30.3, multivariate_logrank_test


def test_leukaemia_is_as_published():
    # lifelines 0.30.3, multivariate_logrank_test: 16.792941, p 4.168809e-05; expected as in Kleinbaum and Klein, ch. 2.
    found = logrank(WEEKS, CAME, GROUP)
    assert found.observed.tolist() == [9, 21] and found.expected == pytest.approx([19.25, 10.75], abs=0.005)
    assert found.chi2 == pytest.approx(16.792941, abs=1e-5) and found.p == pytest.approx(4.168809e-05, rel=1e-4)


def test_four_groups_are_as_lifelines_has_them():
    found = logrank(WEEKS, CAME, FOUR)
    assert (found.chi2, found.p) == (pytest.approx(CHI2, abs=1e-6), pytest.approx(P, abs=1e-6))


def test_reshuffling_agrees_where_events_are_many():
    assert permuted(WEEKS, CAME, GROUP, [0] * 42, seed=1) < 0.002
    assert permuted(WEEKS, CAME, FOUR, [0] * 42, seed=1) < 0.002


def test_a_stratum_in_which_all_are_of_one_group_says_nothing():
    # All events lie in the second stratum, and there is nobody there to compare with.
    time, event = [9] * 5 + [1] * 5, [False] * 5 + [True] * 5
    assert permuted(time, event, ["a"] * 5 + ["b"] * 5, [0] * 5 + [1] * 5, seed=1) == 1


@pytest.mark.parametrize(("event", "group"), [([False, False], "ab"), ([True, True], "aa")])
def test_without_events_or_a_second_group_there_is_no_test(event, group):
    assert logrank([1, 2], event, list(group)).p is None
    assert permuted([1, 2], event, list(group), [0, 0], seed=1) is None
