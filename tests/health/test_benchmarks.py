"""The benchmarks run, and say what the decision pages say."""

from benchmarks.coverage import held, spoke
from benchmarks.coverage_health import INTERVALS, SILENCES
from benchmarks.missing_data import compare


def test_each_interval_holds_most_of_the_time_and_each_sentence_is_mostly_silent():
    for kind in INTERVALS:
        assert held(kind, kind.truths[0], kind.sizes[1], 12) >= 0.6, kind.name
    for silence in SILENCES:
        assert spoke(silence, 8) <= 0.5, silence.name


def test_zero_filling_puts_the_sparsely_known_in_red_and_mean_filling_hides_them():
    found = compare(0.25, runs=2)
    assert found["zero red"] > 0.85 and found["mean red"] < 0.02
    assert abs(found["ours red"] - found["truly red"]) < 0.06 and found["bounds hold"] == 1
