"""Fitted crossings against the reference figures, and sets of Fieller that are not intervals."""

import numpy as np
import pytest

from cskit.stats.crossing import crossing, fieller, first_above

# shared/reference/onboarding.json, crossover: statsmodels GLM, binomial.
SELF = [12, 17, 22, 28, 33, 37, 40, 43, 45, 46, 47, 48]


@pytest.fixture
def year():
    return crossing(range(1, 13), SELF, [60] * 12)


def test_the_fit_of_the_reference_year(year):
    assert (year.intercept, year.slope) == pytest.approx((-1.2583716278, 0.2527012704), rel=1e-4)
    assert (year.deviance, year.dispersion) == pytest.approx((6.165899, 0.620318), rel=1e-4)


def test_the_crossing_of_the_reference_year_with_both_its_intervals(year):
    assert year.at == pytest.approx(4.979681, rel=1e-4)
    assert (year.interval.low, year.interval.high) == pytest.approx((4.250607, 5.621171), rel=1e-4)
    assert (year.delta.low, year.delta.high) == pytest.approx((4.309394, 5.649967), rel=1e-4)
    assert year.kind == "closed"


def test_a_month_without_onboardings_changes_nothing(year):
    with_gap = crossing([*range(1, 13), 13], [*SELF, 0], [60] * 12 + [0])
    assert with_gap.at == pytest.approx(year.at, rel=1e-9)


def test_months_that_scatter_more_than_chance_widen_the_interval_and_calm_ones_do_not_narrow_it(year):
    rough = [min(60, max(0, own + shift)) for own, shift in zip(SELF, [12, -12] * 6, strict=True)]
    wild = crossing(range(1, 13), rough, [60] * 12)
    assert wild.dispersion > 2
    assert wild.interval.high - wild.interval.low > 2 * (year.interval.high - year.interval.low)


@pytest.mark.parametrize(
    ("slope_error", "intercept", "kind"),
    # Slope 1, z = 1.96: its own test excludes 0 up to an error of 0.51. Without a slope, all but a stretch around the
    # crossing at 5 stays possible where the intercept alone is sure, and every place where it is not.
    [(0.50, -5.0, "closed"), (0.52, -5.0, "exclusive"), (0.52, 0.0, "everything")],
)
def test_a_faint_slope_leaves_the_crossing_open(slope_error, intercept, kind):
    covariance = np.diag([1.0, slope_error**2])
    found, interval = fieller(intercept, 1.0, covariance)
    assert found == kind and (interval is not None) == (kind == "closed")


def test_a_falling_share_has_no_rising_crossing():
    fallen = crossing(range(1, 13), SELF[::-1], [60] * 12)
    assert fallen.at is None and fallen.interval is None


@pytest.mark.parametrize("yes", [[0, 0, 10, 10], [10, 10, 10, 10]])
def test_months_all_or_nothing_fit_no_line(yes):
    assert crossing(range(4), yes, [10] * 4) is None


def test_two_months_are_no_line():
    assert crossing([1, 2], [3, 7], [10, 10]) is None


def test_the_probability_of_each_month_to_be_the_first_above_half():
    # Reference: 200,000 draws; tolerance 0.01.
    drawn = {1: 0.0, 2: 0.000375, 3: 0.018355, 4: 0.296905, 5: 0.533315, 6: 0.145835, 7: 0.0052, 8: 1.5e-05}
    found = first_above(SELF, [60] * 12)
    for month, share in drawn.items():
        assert found[month - 1] == pytest.approx(share, abs=0.01)
    assert found.sum() == pytest.approx(1.0, abs=1e-6)


def test_where_half_is_never_reached_no_month_is_likely():
    assert first_above([1, 1, 1], [60, 60, 60]).sum() < 1e-9
