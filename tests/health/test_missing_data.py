"""What the decision page says of unknown items is what the benchmark finds."""

from benchmarks.missing_data import compare


def test_zero_filling_puts_the_sparsely_known_in_red_and_mean_filling_hides_them():
    found = compare(0.25, runs=2)
    assert found["zero red"] > 0.85 and found["mean red"] < 0.02
    assert abs(found["ours red"] - found["truly red"]) < 0.06 and found["bounds hold"] == 1
