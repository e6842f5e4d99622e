"""The line through waves: worked by hand, and silent where nothing moved."""

import numpy as np
import pytest

from cskit.stats.nps import Answers, NpsCounts
from cskit.stats.trend import nps_slope


def _alone(counts, start=0):
    said = np.repeat([1.0, 0, -1], [int(counts.promoters), int(counts.passives), int(counts.detractors)])
    return Answers(said, start + np.arange(len(said)))


def _line(years, waves):
    return nps_slope(np.array(years), [_alone(wave) for wave in waves])


def test_waves_that_differ_alike_lie_on_a_line():
    # 0, 10 and 0 points of equal variance: symmetric, so no slope; the middle is the farther off the line.
    line = _line([0.0, 1, 2], [NpsCounts(30, 40, 30), NpsCounts(35, 40, 25), NpsCounts(30, 40, 30)])
    assert line.points == pytest.approx(0, abs=1e-9) and line.direction == "unclear"


def test_the_interval_of_three_equal_waves_by_hand():
    # 50.75 of 103 on each side: variance 101.5/103 of an answer, over 103. Slope at years -1, 0, 1: (last - first) / 2
    line = _line([0.0, 1, 2], [NpsCounts(50, 0, 50)] * 3)
    half = 100 * 1.959964 * np.sqrt(2 * 101.5 / 103 / 103) / 2
    assert (line.interval.low, line.interval.high) == pytest.approx((-half, half), abs=1e-4)


def test_a_rise_is_told_where_the_intervals_of_the_waves_still_overlap():
    # Each wave's own interval is +-14 points; from -15 to +15 in three steps chance does not get.
    waves = [NpsCounts(20 + 5 * step, 45, 35 - 5 * step) for step in range(4)]
    line = _line([0.0, 0.5, 1, 1.5], waves)
    assert line.points == pytest.approx(20, abs=0.5) and line.direction == "up"
    assert _line([0.0, 0.5, 1, 1.5], waves[::-1]).direction == "down"


def test_waves_that_jump_around_the_line_widen_it():
    rising = [NpsCounts(300 + 50 * step, 400, 300 - 50 * step) for step in range(4)]
    jumping = [
        NpsCounts(w.promoters + s * 80, 400, w.detractors - s * 80) for w, s in zip(rising, (1, -1, -1, 1), strict=True)
    ]
    calm, wild = _line([0.0, 1, 2, 3], rising), _line([0.0, 1, 2, 3], jumping)
    assert wild.interval.high - wild.interval.low > 3 * (calm.interval.high - calm.interval.low)


def test_companies_that_answer_alike_widen_it():
    # Ten companies of ten people each, all of one mind in each wave, a mind drawn anew each time.
    minds = [np.repeat([1.0, -1], [5 + step, 5 - step]) for step in range(3)]
    counts = [NpsCounts(10 * (5 + step), 0, 10 * (5 - step)) for step in range(3)]
    together = [
        Answers(np.repeat(np.roll(mind, 3 * step), 10), np.repeat(range(10), 10)) for step, mind in enumerate(minds)
    ]
    clustered = nps_slope(np.arange(3.0), together)
    alone = _line([0.0, 1, 2], counts)
    assert alone.direction == "up" and clustered.direction == "unclear"


@pytest.mark.parametrize("waves", [3, 4, 8])
def test_at_most_one_history_in_twenty_without_change_is_given_a_direction(waves):
    rng = np.random.default_rng(7)
    claims = 0
    for _ in range(400):
        drawn = [NpsCounts(*(int(part) for part in rng.multinomial(48, (0.25, 0.56, 0.19)))) for _ in range(waves)]
        claims += _line(np.arange(waves) / 2, drawn).direction != "unclear"
    assert claims <= 20


def test_a_line_is_told_in_plain_numbers():
    line = _line([0, 1, 2], [NpsCounts(20, 60, 20), NpsCounts(25, 60, 15), NpsCounts(30, 60, 10)])
    assert {type(line.points), type(line.interval.low), type(line.interval.high)} == {float}
