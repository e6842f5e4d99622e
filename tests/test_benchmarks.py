"""What benchmarks/ measures at length runs here a few times: truths lie in their intervals, silence is kept."""

import importlib

import pytest

from benchmarks.coverage import WINGS, held, spoke
from benchmarks.worlds import one_world

MODULES = [importlib.import_module(f"benchmarks.coverage_{wing}") for wing in WINGS]


@pytest.mark.parametrize("kind", [kind for module in MODULES for kind in module.INTERVALS], ids=lambda kind: kind.name)
def test_an_interval_holds_its_truth_most_times(kind):
    runs = 20 if kind.runs >= 1000 else 6
    # 20 runs of a 95 % interval hold 16 or more 99.7 times in 100.
    assert held(kind, kind.truths[0], kind.sizes[len(kind.sizes) // 2], runs) >= 0.66


@pytest.mark.parametrize("kind", [kind for module in MODULES for kind in module.SILENCES], ids=lambda kind: kind.name)
def test_a_sentence_is_mostly_silent_where_nothing_moved(kind):
    assert spoke(kind, 8) <= 3 / 8


def test_what_was_planted_is_read_back():
    found = [entry for seed in (1, 2) for entry in one_world(seed, customers=300)]
    assert {name.split(":")[0] for name, _true, _around in found} == {"onboarding", "nps", "workload"}
    assert sum(true in around for _name, true, around in found) >= 0.85 * len(found) > 40
