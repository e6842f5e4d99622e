"""What benchmarks/ measures at length runs here a few times: truths lie in their intervals, silence is kept."""

import importlib

import pandas as pd
import pytest

from benchmarks import scale
from benchmarks.coverage import WINGS, held, spoke
from benchmarks.worlds import one_world
from cskit.data.demo import make_demo

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


@pytest.mark.parametrize("seed", [1, 2])
def test_sql_and_pandas_by_hand_give_what_cskit_gives(tmp_path, seed):
    make_demo(tmp_path / "demo", 300, seed, form="parquet")
    for question in scale.QUESTIONS:
        ours, sql, pandas = (scale.answers(way, question, tmp_path / "demo") for way in scale.WAYS)
        assert [len(frame) > 30 for frame in ours] == [True] * len(ours)
        scale.same(ours, sql)
        scale.same(ours, pandas)


def test_answers_that_differ_are_refused():
    one = (pd.DataFrame({"customer_id": ["A", "B"], "score": [50.0, None], "grade": ["good", None]}),)
    scale.same(one, one)
    for column, value in (("score", 50.1), ("grade", "sound"), ("score", None)):
        other = one[0].copy()
        other.loc[0, column] = value
        with pytest.raises(AssertionError):
            scale.same(one, (other,))
