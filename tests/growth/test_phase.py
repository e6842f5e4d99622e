"""Phases by rules."""

import pytest

from cskit.errors import SettingsError
from cskit.growth.phase import stage
from cskit.params import settings_with

RULES = settings_with().growth.phase
ALL = {
    "customers": 100, "team": 5, "same_flow": 0.8, "days_spread": 2.0, "hours_ratio": 1.0, "alone": 0.5,
    "gross_margin": 0.6,
}  # fmt: skip


def test_at_their_limits_all_rules_hold():
    found = stage(ALL, RULES)
    assert found.now == found.low == found.high == "ten_to_hundred"
    assert all(check.holds for check in found.checks) and not found.lacking


def test_five_of_seven_are_enough_and_four_are_not():
    assert stage({**ALL, "alone": 0.51, "days_spread": 2.01}, RULES).now == "ten_to_hundred"
    found = stage({**ALL, "alone": 0.51, "days_spread": 2.01, "hours_ratio": 1.01}, RULES)
    assert found.now == "one_to_ten"
    assert [check.rule.fact for check in found.lacking] == ["days_spread", "alone", "hours_ratio"]


def test_a_phase_is_not_reached_over_the_one_before():
    few = {**ALL, "customers": 9, "team": 1}
    assert stage(few, RULES).now == "zero_to_one"


def test_what_is_not_known_makes_the_phase_provisional():
    found = stage({"customers": 200, "team": 9}, RULES)
    assert found.now == "ten_to_hundred" and found.provisional
    assert (found.low, found.high) == ("zero_to_one", "ten_to_hundred")
    assert sum(check.holds is None for check in found.checks) == 7


def test_a_rule_has_one_limit():
    for rule in ({"fact": "team"}, {"fact": "team", "from": 1, "to": 2}):
        with pytest.raises(SettingsError):
            settings_with({"growth": {"phase": {"one_to_ten": [rule]}}})
