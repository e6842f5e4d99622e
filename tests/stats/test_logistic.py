"""A chance that depends on what we know."""

import numpy as np

from cskit.stats.logistic import logistic

MONTHS = np.column_stack([np.ones(12), np.arange(1, 13)])
SELF = [12, 17, 22, 28, 33, 37, 40, 43, 45, 46, 47, 48]


def test_the_reference_crossover_is_fitted_with_its_errors():
    fit = logistic(MONTHS, SELF, 60)  # reference: onboarding.json, crossover.glm and .se
    np.testing.assert_allclose(fit.coefficients, [-1.2583716278, 0.2527012704], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), [0.1750981007, 0.0255802646], rtol=1e-6)


def test_data_that_separate_say_so_instead_of_inventing_a_slope():
    assert not logistic([[1, 0], [1, 1]], [0, 10], 10).converged


def test_a_strong_penalty_leaves_the_coefficients_where_they_are_pulled():
    fit = logistic([[1, 0], [1, 1]], [5, 15], [10, 20], penalty=1e9, towards=[0.2, 0.3])
    np.testing.assert_allclose(fit.coefficients, [0.2, 0.3], atol=1e-6)
    assert fit.converged


def test_a_search_that_starts_far_off_still_ends_at_the_top():
    # Pulled hardly at all towards a line that is steep the wrong way: whole steps of Newton's would never come back.
    months, won = np.column_stack([np.ones(20), np.arange(20.0)]), [0] * 8 + [1, 0, 1, 0] + [1] * 8
    near = logistic(months, won)
    far = logistic(months, won, penalty=1e-9, towards=[6.0, -1.5])
    assert near.converged and far.converged
    np.testing.assert_allclose(far.coefficients, near.coefficients, rtol=1e-6)


def test_at_the_top_the_penalised_gradient_is_nothing_wherever_it_starts():
    rng = np.random.default_rng(5)
    x, yes, pull = np.column_stack([np.ones(60), rng.normal(size=(60, 2))]), rng.random(60) < 0.2, 0.01
    for start in rng.normal(0, 20, (40, 3)):
        fit = logistic(x, yes, penalty=pull, towards=start)
        gradient = x.T @ (yes - fit.chance(x)) - pull * (fit.coefficients - start)
        np.testing.assert_allclose(gradient, 0, atol=1e-8)
