"""Chances said beforehand against what happened, with intervals that hold at few events."""

import numpy as np
import pytest

from cskit.stats.calibration import calibration

# Forty rows at each log odds, of which so many had it.
ODDS = np.repeat([-2.0, -1.0, 0.0, 1.0], 40)
CAME = np.concatenate([np.arange(40) < hits for hits in (3, 9, 17, 31)])
SAID = 1 / (1 + np.exp(-ODDS))


def test_slope_and_intercept_are_those_of_cox():
    # statsmodels 0.14: Logit slope 1.2214 (0.8211 to 1.6217); GLM with offset, intercept -0.1608 (-0.5227 to 0.2010).
    # Firth's penalty takes 2 % off a slope from 60 events.
    found = calibration(SAID, CAME)
    assert found.slope == pytest.approx(1.2214, rel=0.03) and found.intercept == pytest.approx(-0.1608, abs=0.01)
    around = found.around_slope
    assert (around.low, around.high) == (pytest.approx(0.82, abs=0.03), pytest.approx(1.62, abs=0.04))
    around = found.around_intercept
    assert (around.low, around.high) == (pytest.approx(-0.523, abs=0.02), pytest.approx(0.201, abs=0.02))
    assert (found.events, found.expected) == (60, pytest.approx(40 * (0.1192 + 0.2689 + 0.5 + 0.7311), abs=0.01))


def test_few_separated_events_still_have_an_end():
    found = calibration([0.01] * 40 + [0.3] * 4, [False] * 40 + [True] * 4)
    assert np.isfinite([found.slope, found.around_slope.low]).all() and found.around_slope.low > 0


def test_a_free_curve_needs_more_than_a_hundred_events():
    assert calibration(SAID, CAME).curve is None
    found = calibration(np.tile(SAID, 2), np.tile(CAME, 2))
    assert found.curve[[0, 40, 80, 120]] == pytest.approx([3 / 40, 9 / 40, 17 / 40, 31 / 40])
    turned = calibration(np.tile(1 - SAID, 2), np.tile(CAME, 2)).curve
    assert turned == pytest.approx(np.full(320, 60 / 160))  # never falling: all of one height


@pytest.mark.parametrize(
    ("chance", "event"), [([0.1, 0.2], [False, False]), ([0.1, 0.2], [True, True]), ([0.1] * 4, [True, False] * 2), ([], [])]
)  # fmt: skip
def test_what_cannot_be_held_against_each_other_is_none(chance, event):
    assert calibration(chance, event) is None
