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
