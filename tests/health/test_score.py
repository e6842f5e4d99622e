"""Scores worked by hand: unknown is neither zero nor neutral."""

import numpy as np
import pandas as pd
import pytest

from cskit.health.score import dimension_scores, drivers, grade_of, score
from cskit.params import settings_with

# Two dimensions of equal weight, one item each, points equal to the value in steps of 10.
STEPS = [{"from": float(x), "points": float(x)} for x in range(0, 101, 10)]


def _rules(**changes):
    rules = settings_with().health.model_dump(by_alias=True)
    rules["dimensions"] = {"a": 0.5, "b": 0.5}
    rules["items"] = {
        "x": {"dimension": "a", "weight": 1, "bands": STEPS},
        "y": {"dimension": "b", "weight": 1, "bands": STEPS},
    }
    rules["caps"] = []
    from cskit.settings import Health

    return Health.model_validate(rules | changes)


def _one(x, y, rules=None, **more):
    return score(pd.DataFrame({"x": [x], "y": [y], **more}, dtype=float), rules or _rules()).iloc[0]


def test_all_known_has_no_doubt():
    row = _one(80, 60)
    assert (row["score"], row["low"], row["high"], row["coverage"]) == (70, 70, 70, 1)
    assert row["grade"] == "sound" and not row["provisional"]


def test_an_unknown_item_leaves_the_score_of_the_known_and_opens_the_bounds():
    row = _one(80, np.nan)
    assert (row["score"], row["low"], row["high"], row["coverage"]) == (80, 40, 90, 0.5)
    assert row["grade"] == "good" and row["provisional"]
    assert row["possibly_at_risk"] and not row["certainly_at_risk"]


def test_nothing_known_has_no_grade():
    row = _one(np.nan, np.nan)
    assert np.isnan(row["score"]) and row["grade"] is None and not row["provisional"]
    assert row["possibly_at_risk"] and not row["certainly_at_risk"]


def test_thresholds_belong_to_the_better_grade():
    rules = settings_with().health
    assert grade_of(np.array([74.999, 75, 55, 54.9, 35, 34.9, 0]), rules).tolist() == [
        "sound", "good", "sound", "caution", "caution", "action", "action",
    ]  # fmt: skip


def test_a_cap_holds_score_and_both_bounds():
    rules = _rules(caps=[{"item": "silence", "from": 100, "at_most": "caution"}])
    held, free = _one(100, np.nan, rules, silence=[100]), _one(100, np.nan, rules, silence=[99])
    assert held["grade"] == "caution"
    assert (held["low"], held["score"], held["high"]) == pytest.approx((50, 54.9, 54.9))
    assert held["certainly_at_risk"] and not held["provisional"]
    assert free["grade"] == "good"


def test_an_unknown_item_caps_nothing():
    rules = _rules(caps=[{"item": "silence", "from": 100, "at_most": "action"}])
    assert _one(100, 100, rules, silence=[np.nan])["grade"] == "good"


def test_a_share_on_the_threshold_reaches_it_in_floating_point():
    rules = settings_with().health
    raw = pd.DataFrame({name: [np.nan] for name in rules.items}).astype(float)
    raw["licence_use"] = 0.1 + 0.2 + 0.4  # 0.7000000000000001 one way, 0.7 - 1e-16 the other
    low = raw.assign(licence_use=0.7 - 1e-12)
    assert score(raw, rules)["score"].item() == score(low, rules)["score"].item() == 100


def test_a_dimension_is_the_mean_of_what_is_known_of_it():
    rules = settings_with().health
    raw = pd.DataFrame({name: [np.nan] for name in rules.items}).astype(float)
    raw["setup_done"] = 1.0
    own = dimension_scores(raw, rules)
    assert own["deployment"].item() == 100 and own["roi"].isna().item()


def test_what_costs_most_points_comes_first_and_a_cap_before_it():
    raw = pd.DataFrame({"x": [50.0], "y": [20.0], "silence": [1.0]})
    assert drivers(raw, _rules()).item() == ("y", "x")
    rules = _rules(caps=[{"item": "silence", "from": 1, "at_most": "caution"}])
    assert drivers(raw, rules).item() == ("silence", "y", "x")


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_company_and_a_single_customer_work(rows):
    frame = pd.DataFrame({"x": [70.0] * rows, "y": [70.0] * rows})
    assert len(score(frame, _rules())) == rows
    assert len(drivers(frame, _rules())) == rows
