"""A rule set that cannot be meant is refused, with the place named."""

import pytest

from cskit.errors import SettingsError
from cskit.health.items import ITEMS
from cskit.params import settings_with
from cskit.settings import LOWEST

BAND = {"from": 0, "points": 50}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"items": {"licence_use": {"bands": [BAND, {"from": 0, "points": 60}]}}}, "items.licence_use.*must start above"),
        ({"items": {"licence_use": {"bands": [{"from": 0.2, "points": 60}]}}}, "health.items.licence_use.bands: values from 0 to 0.2 are in no band"),
        ({"items": {"relationship": {"bands": [{"from": 2, "points": 60}]}}}, "values from 1 to 2 are in no band; begin at 1"),
        ({"items": {"licence_usage": {"dimension": "roi", "weight": 0.1, "bands": [BAND]}, "goals_on_way": {"weight": 0.5}}}, "health.items.licence_usage: nothing computes licence_usage. Did you mean licence_use?"),
        ({"caps": [{"item": "notice", "from": 1, "at_most": "action"}]}, "health.caps.0.item: nothing computes notice. Did you mean notice_given?"),
        ({"fresh_days_of": {"nps": 9}}, "health.fresh_days_of.nps: nothing computes nps"),
        ({"dimensions": {"roi": 0.1, "mood": 0.1}}, "dimensions.mood: it weighs 0.1, but no item belongs to it"),
        ({"dimensions": {"roi": 0.3}}, "dimensions: weights add up to 1.1, not to 1"),
        ({"items": {"licence_use": {"weight": 0.4}}}, "weights within deployment add up to 0.9, not to 1"),
        ({"items": {"licence_use": {"bands": [{"from": 0, "points": 101}]}}}, "licence_use.bands.0.points"),
        ({"items": {"licence_use": {"bands": []}}}, "licence_use.bands"),
        ({"items": {"licence_use": {"dimension": "adaption"}}}, "items.licence_use.dimension: adaption is not a dimension. Did you mean adoption?"),
        ({"grades": {"sound": 80}}, "grades.*thresholds must fall"),
        ({"backtest": {"months": 0}}, "health.backtest.months"),
        ({"other_weights": {"move": 1}}, "health.other_weights.move"),
    ],
)  # fmt: skip
def test_a_rule_set_that_cannot_be_meant_is_refused_by_its_place(changes, said):
    with pytest.raises(SettingsError, match=said):
        settings_with({"health": changes})


def test_the_items_that_settings_know_are_those_computed():
    assert sorted(LOWEST) == sorted(ITEMS)
