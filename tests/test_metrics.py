"""How a metric's movement may be called, and when its target is met."""

import pytest

from cskit.errors import SettingsError
from cskit.metrics import Metric, definitions, metric, page
from cskit.show import tile


def _metric(value, before=None, unit="count", wanted="down", basis="counted", **rest):
    return Metric("health.at_risk", value, unit, wanted, basis, "", before=before, **rest)


def _points(value, low=None, high=None):
    return _metric(value, 4.1, unit="points", wanted="up", basis="estimated", change_low=low, change_high=high)


def _share(value, low=None, high=None):
    return _metric(value, unit="share", wanted="up", basis="estimated", target=0.8, low=low, high=high)


@pytest.mark.parametrize(
    ("moved", "called"),
    [
        (_metric(16, 18), "better"),
        (_metric(18, 16), "worse"),
        (_metric(18, 18), "same"),
        (_metric(18), None),
        (_metric(None, 18), None),
        (_metric("2021-05", "2021-04", unit="month"), None),
        (_metric(18, 16, wanted="none"), "moved"),
        # 16 of 426 is more than 18 of 500: more customers, not more risk.
        (_metric(18, 16, n=500, n_before=426), "moved"),
        (_metric(18, 16, n=400, n_before=426), "worse"),
        (_points(6.4), "unclear"),
        (_points(6.4, -22.0, 27.0), "unclear"),
        (_points(6.4, 0.0, 5.0), "unclear"),
        (_points(6.4, 0.1, 5.0), "better"),
        (_points(1.0, -5.0, -0.1), "worse"),
        (_metric(90, 100, unit="hours", basis="assumed"), "unclear"),
    ],
)
def test_movement_is_never_called_from_the_point_alone(moved, called):
    assert moved.movement == called


@pytest.mark.parametrize(
    ("aimed", "said"),
    [
        (_metric(18, target=20.0), "met"),
        (_metric(20, target=20.0), "met"),
        (_metric(21, target=20.0), "missed"),
        (_metric(18, target=20.0, low=14, high=126), "unclear"),
        (_metric(18, target=20.0, low=14, high=20), "met"),
        (_metric(0, target=0.0, low=0, high=2), "unclear"),
        (_metric(5, target=0.0, low=0, high=9), "unclear"),
        (_metric(9, target=9.0, low=8, high=9, wanted="up"), "unclear"),
        (_metric(18, target=20.0, wanted="none"), None),
        (_metric(18), None),
        (_metric(21, target=20.0, target_by="2024-03-31"), None),
        (_share(0.85), "unclear"),
        (_share(0.85, 0.7, 0.9), "unclear"),
        (_share(0.85, 0.81, 0.9), "met"),
        (_share(0.65, 0.6, 0.7), "missed"),
    ],
)
def test_a_target_is_met_only_when_no_doubt_holds_it(aimed, said):
    assert aimed.on_target == said


def test_a_tile_colours_only_what_moved():
    assert "tag down" in tile(_metric(18, 16))
    assert "tag down" not in tile(_metric(18, 16, n=500, n_before=426))
    assert "cannot tell" in tile(_metric(90, 100, unit="hours", basis="assumed"))
    tiny = tile(_metric(0.7601, 0.7603, unit="share", wanted="up"))
    assert "unchanged" in tiny and "tag down" not in tiny


def test_an_interval_stands_by_its_own_figure_and_not_after_the_one_before():
    shown = tile(_metric(0.6, 0.667, unit="share", basis="estimated", low=0.42, high=0.75, n=30, year_before=0.733))
    places = [shown.index(text) for text in ("60.0 %", "42.0 % to 75.0 %", "n = 30", "66.7 %", "73.3 %")]
    assert places == sorted(places)
    assert " to " not in tile(_metric(0.33, unit="ratio", low=0.331, high=0.333))


def test_a_metric_nobody_defines_is_refused():
    with pytest.raises(SettingsError, match=r"Did you mean nps\.score"):
        metric("nps.scor", 1, "counted")


def test_the_page_of_definitions_is_in_step(root):
    assert (root / "docs/definitions.md").read_text(encoding="utf-8") == page()
    assert all(name in page() for name in definitions())
