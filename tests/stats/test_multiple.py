"""Several questions at once."""

import pytest

from cskit.stats.multiple import benjamini_hochberg, holm

# Benjamini and Hochberg (1995), table of 15 p-values from a trial of thrombolysis: BH finds 4 at 5 %, Holm 3.
TRIAL = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
         0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]  # fmt: skip


def test_the_published_trial_gives_four_finds_and_three_claims():
    assert (benjamini_hochberg(TRIAL) <= 0.05).sum() == 4
    assert (holm(TRIAL) <= 0.05).sum() == 3


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_one_question_needs_no_mending_and_none_gives_none(adjust):
    assert adjust([0.03]).tolist() == [0.03]
    assert adjust([]).tolist() == []
