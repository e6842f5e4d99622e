"""Aalen-Johansen against lifelines, and against Kaplan-Meier where nobody leaves."""

import numpy as np
import pytest

from cskit.stats.competing import _variance, incidence
from cskit.stats.survival import completion

# Twenty onboardings, invented, no two alike; lifelines 0.30.3, AalenJohansenFitter(calculate_variance=True).
DAYS = [5, 8, 12, 13, 18, 23, 23.5, 27, 28, 30, 33, 34, 43, 45, 48, 50, 55, 60, 61, 70]
EVENT = [1, 1, 2, 1, 0, 1, 2, 1, 0, 1, 1, 2, 1, 0, 1, 1, 0, 1, 2, 0]
SHARE = {5: 0.05, 13: 0.15, 23: 0.203333, 27: 0.256667, 33: 0.37303, 43: 0.431212, 50: 0.56697, 60: 0.657475}
VARIANCE = {5: 0.002375, 8: 0.0045, 13: 0.006375, 23: 0.008265, 33: 0.012692, 43: 0.013487, 50: 0.014594, 60: 0.014945}


def test_the_share_completed_with_some_lost_is_that_of_lifelines():
    found = incidence(DAYS, EVENT)
    by_day = dict(zip(found.days, found.done, strict=True))
    assert {day: by_day[day] for day in SHARE} == {day: pytest.approx(share, abs=1e-6) for day, share in SHARE.items()}
    assert (found.n, found.unfinished, found.lost) == (20, 5, 4)


def test_its_variance_is_that_of_lifelines():
    days, event = np.array(DAYS), np.array(EVENT)
    times = days[event > 0]
    at_risk = np.array([np.sum(days >= time) for time in times])
    done, gone = (event[event > 0] == 1).astype(int), np.ones(len(times), int)
    before = np.concatenate([[1.0], np.cumprod(1 - gone / at_risk)[:-1]])
    variance = dict(zip(times, _variance(np.cumsum(before * done / at_risk), before, at_risk, done, gone), strict=True))
    assert {day: variance[day] for day in VARIANCE} == {
        day: pytest.approx(value, abs=1.5e-6) for day, value in VARIANCE.items()
    }


def test_the_interval_is_wilsons_of_as_many_as_would_know_as_much():
    # Day 27: 0.256667 with variance 0.009848 (lifelines) is worth 0.256667 * 0.743333 / 0.009848 = 19.37 of 20;
    # Wilson's interval of 0.256667 with n = 19.37, by hand: 0.1147 to 0.4791.
    _share, around = incidence(DAYS, EVENT).by(27)
    assert (around.low, around.high) == pytest.approx((0.1147, 0.4791), abs=1e-4)


def test_without_any_loss_it_is_kaplan_meier():
    event = [1 if kind == 1 else 0 for kind in EVENT]
    one, other = incidence(DAYS, event), completion(DAYS, np.array(event, bool))
    kaplan_meier = dict(zip(other.days, other.done, strict=True))
    assert one.done == pytest.approx([kaplan_meier[day] for day in one.days])
    assert one.median == other.median


def test_who_is_lost_never_completes_but_who_is_open_may():
    assert incidence([10, 20, 30, 40], [1, 2, 2, 2]).done.tolist() == [0.25]
    assert incidence([10, 20, 30, 40], [1, 0, 0, 0]).done.tolist() == [0.25]
    assert incidence([10, 5, 5, 5], [1, 2, 2, 2]).done.tolist() == [0.25]
    assert incidence([10, 5, 5, 5], [1, 0, 0, 0]).done.tolist() == [1.0]


def test_ties_of_completion_and_loss_share_those_at_risk():
    found = incidence([10, 10, 20, 20], [1, 2, 1, 1])
    assert found.done.tolist() == [0.25, 0.75]


def test_half_completed_is_the_median_and_fewer_have_none():
    assert incidence([10, 20, 30, 40], [1, 1, 2, 2]).median == 20
    assert incidence([10, 20, 30, 40], [1, 2, 2, 2]).median is None


@pytest.mark.parametrize(("days", "event"), [([], []), ([5], [0]), ([5, 6], [2, 2])])
def test_nothing_completed_is_no_curve(days, event):
    found = incidence(days, event)
    assert len(found.days) == 0 and found.median is None
    assert found.by(10)[0] == 0.0 and found.by(10)[1].high > 0.6


def test_a_share_by_a_day_between_completions_is_that_of_the_last_one():
    assert incidence(DAYS, EVENT).by(29)[0] == pytest.approx(0.256667, abs=1e-6)
    assert incidence(DAYS, EVENT).by(1)[0] == 0.0


def test_one_onboarding_leaves_nearly_everything_open():
    share, around = incidence([12], [1]).by(12)
    assert share == 1.0 and around.low < 0.25 and around.high == 1.0
