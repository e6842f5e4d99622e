"""Mix and rate add up to the change."""

import numpy as np
import pandas as pd
import pytest

from cskit.stats.mixture import mix_and_rate


def _time(means, shares, names="abc"):
    return pd.DataFrame({"mean": means, "share": shares}, index=list(names[: len(means)]))


def test_the_parts_add_up_to_the_change_whatever_the_groups_are():
    rng = np.random.default_rng(3)
    for _ in range(20):
        now, before = (_time(rng.normal(0, 40, 3), rng.dirichlet([2, 2, 2])) for _ in range(2))
        whole = now["mean"] @ now["share"] - before["mean"] @ before["share"]
        assert mix_and_rate(now, before).to_numpy().sum() == pytest.approx(whole)


def test_a_group_that_came_or_went_is_mix_alone():
    now, before = _time([10, 50], [0.5, 0.5]), _time([10], [1.0])
    split = mix_and_rate(now, before)
    assert split["rate"].tolist() == [0, 0] and split["mix"].sum() == pytest.approx(20)


def test_equal_shares_leave_no_mix():
    split = mix_and_rate(_time([20, 40], [0.3, 0.7]), _time([10, 40], [0.3, 0.7]))
    assert split["mix"].tolist() == [0, 0] and split["rate"].tolist() == pytest.approx([3, 0])
