"""Retention worked by hand; lifetime value by published figures."""

import pandas as pd
import pytest

from cskit.stats.economics import (
    BetaGeometric,
    beta_geometric,
    lifetime_value,
    retention,
    shifted_beta_geometric,
    stay_interval,
)


def test_the_cohort_worked_by_hand():
    before = pd.Series({"A": 100, "B": 100, "C": 100, "D": 50, "E": 0})
    now = pd.Series({"A": 120, "B": 80, "D": 50, "E": 40})
    kept = retention(before, now)
    assert kept.nrr == pytest.approx(0.714286, abs=5e-7)
    assert kept.grr == pytest.approx(0.657143, abs=5e-7)
    assert (kept.customers, kept.lost) == (4, 1)


def test_nobody_there_has_no_retention():
    assert retention(pd.Series(dtype=float), pd.Series({"A": 1.0})).nrr is None


def test_lifetime_value_has_a_closed_form_with_growth_and_interest():
    assert lifetime_value(100, 0.03, growth=0.005, discount=0.01) == pytest.approx(2873.3997, abs=5e-5)
    assert lifetime_value(1, 0.03) == pytest.approx(33.3333, abs=5e-5)  # the lifetime in months at 3 %


def test_without_churn_the_sum_has_no_end():
    assert lifetime_value(100, 0.0) is None
    assert lifetime_value(100, 0.01, growth=0.02) is None


# Fader and Hardie (2007), "How to project customer retention", high-end segment: still there of 1,000 after each year.
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
LEFT = [131, 126, 90, 60, 42, 34, 26]


def test_the_published_cohort_is_fitted_on_seven_years_and_projected_to_twelve():
    found = shifted_beta_geometric(HIGH_END)
    assert (found.alpha, found.beta) == pytest.approx((0.6681, 3.8061), abs=5e-5)
    assert found.log_likelihood == pytest.approx(-1611.158, abs=0.01)
    assert found.survival(12) == pytest.approx(0.378, abs=5e-4)  # 39.4 % were there; one rate for all says 29.54 %


def test_a_cohort_that_nobody_left_says_nothing_of_churn():
    assert shifted_beta_geometric([10, 10, 10]) is None
    assert shifted_beta_geometric([10]) is None


def test_customers_of_all_ages_are_fitted_as_one_cohort_is():
    there = HIGH_END[:-1]
    whole, parts = shifted_beta_geometric(HIGH_END), beta_geometric(there, LEFT)
    assert (parts.alpha, parts.beta) == (whole.alpha, whole.beta)
    assert beta_geometric([10, 10], [0, 0]) is None and beta_geometric([10], [1]) is None


def test_years_stayed_count_the_first_whole():
    assert BetaGeometric(1.0, 3.0, 0.0).stay(3) == pytest.approx(1 + 3 / 4 + 3 / 4 * 4 / 5)


def test_the_interval_of_years_stayed_holds_the_best_fit_and_narrows():
    best = shifted_beta_geometric(HIGH_END).stay(5)
    wide, narrow = stay_interval(HIGH_END[:2], LEFT[:2], 5), stay_interval(HIGH_END[:-1], LEFT, 5)
    assert best in wide and best in narrow
    assert narrow.high - narrow.low < wide.high - wide.low < 0.5


def test_where_nobody_left_the_interval_reaches_all_years():
    around = stay_interval([50, 40], [0, 0], 5)
    assert around.high > 4.999 and around.low < 4.8
    assert stay_interval([], [], 5) == stay_interval([0], [0], 5)
