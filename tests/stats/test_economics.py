"""Retention worked by hand."""

import pandas as pd
import pytest

from cskit.stats.economics import retention


def test_the_cohort_worked_by_hand():
    before = pd.Series({"A": 100, "B": 100, "C": 100, "D": 50, "E": 0})
    now = pd.Series({"A": 120, "B": 80, "D": 50, "E": 40})
    kept = retention(before, now)
    assert kept.nrr == pytest.approx(0.714286, abs=5e-7)
    assert kept.grr == pytest.approx(0.657143, abs=5e-7)
    assert (kept.customers, kept.lost) == (4, 1)


def test_nobody_there_has_no_retention():
    assert retention(pd.Series(dtype=float), pd.Series({"A": 1.0})).nrr is None
