"""The measuring itself runs: a few draws of each interval and each silence, with the same numbers every time."""

import pytest

from benchmarks.coverage import held, spoke
from benchmarks.coverage_onboarding import INTERVALS, SILENCES


@pytest.mark.parametrize("kind", INTERVALS, ids=lambda kind: kind.name)
def test_intervals_hold_the_truth_most_of_the_time(kind):
    runs = 12 if "rise found" in kind.name else 60
    assert held(kind, kind.truths[0], 50, runs) >= 0.8
    assert held(kind, kind.truths[-1], 20, 2) == held(kind, kind.truths[-1], 20, 2)


@pytest.mark.parametrize("kind", SILENCES, ids=lambda kind: kind.name)
def test_nothing_is_claimed_most_of_the_time(kind):
    assert spoke(kind, 30) <= 0.2
