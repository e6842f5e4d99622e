"""What moved a score: by hand, adding up exactly, caps and unknown items counted in."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from cskit.health.moved import attribute, moved
from cskit.health.score import score
from cskit.health.snapshot import Snapshot
from cskit.params import settings_with

RULES = settings_with().health
NAMES = [*RULES.items, "notice_given"]


def _raw(*rows):
    """Customers by what is known of them; everything else is unknown."""
    frame = pd.DataFrame([dict(row) for row in rows], columns=NAMES, dtype=float)
    return frame.set_index(pd.Index([f"C{place}" for place in range(len(rows))], name="customer_id"))


def _shot(day, raw):
    return Snapshot(pd.Timestamp(day).date(), raw, score(raw, RULES))


def _random(rng, n):
    low, high = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 250, 5, 5, 20, 1, 10, 1, 3, 1.2, 1]
    values = rng.uniform(low, high, (n, 12))
    values[:, [8, 11]] = values[:, [8, 11]] > 0.7
    values = np.where(rng.random((n, 12)) < 0.3, np.nan, values)
    values[:, 2] = np.where(np.isnan(values[:, 2]), 40, values[:, 2])  # something is always known
    return pd.DataFrame(values, columns=NAMES, index=[f"C{place}" for place in range(n)])


def test_two_items_share_their_change_by_hand():
    # Licence use weighs 0.10 (100 -> 50 points), relationship 0.12 (60 -> 90). Score then 0.10*100 + 0.12*60 over 0.22.
    then, now = _raw({"licence_use": 0.7, "relationship": 3}), _raw({"licence_use": 0.3, "relationship": 4})
    own = attribute(then, now, RULES).iloc[0]
    assert own["licence_use"] == pytest.approx(-5 / 0.22) and own["relationship"] == pytest.approx(3.6 / 0.22)


def test_an_item_that_appears_is_credited_with_what_its_appearance_did():
    # 100 points of weight 0.10 alone: 100. With 0 points of weight 0.18 beside it: 10 / 0.28.
    then, now = _raw({"licence_use": 1}), _raw({"licence_use": 1, "days_since_contact": 182.9})
    assert attribute(then, now, RULES)["days_since_contact"].item() == pytest.approx(
        (0.10 * 100 + 0.18 * 35) / 0.28 - 100
    )
    gone = attribute(now, then, RULES)["days_since_contact"].item()
    assert gone == pytest.approx(100 - (0.10 * 100 + 0.18 * 35) / 0.28)


def test_a_cap_is_its_items_doing():
    then, now = _raw({"relationship": 5, "notice_given": 0}), _raw({"relationship": 5, "notice_given": 1})
    own = attribute(then, now, RULES).iloc[0]
    assert own["notice_given"] == pytest.approx(34.9 - 100) and own.drop("notice_given").eq(0).all()


def test_notice_and_better_use_at_once_are_averaged_over_both_orders():
    # Use 50 -> 100 points alone: +50, then the cap -65.1; the cap first -15.1, then nothing.
    then, now = _raw({"licence_use": 0.3, "notice_given": 0}), _raw({"licence_use": 0.7, "notice_given": 1})
    own = attribute(then, now, RULES).iloc[0]
    assert own["licence_use"] == pytest.approx((50 + 0) / 2)
    assert own["notice_given"] == pytest.approx((-65.1 - 15.1) / 2)


def test_all_orders_one_by_one_give_the_same():
    rng = np.random.default_rng(4)
    then, now = _random(rng, 6), _random(rng, 6)
    for names in (
        "relationship",
        "goals_on_way",
        "account_nps",
        "open_severe_tickets",
        "arr_change",
        "usage_depth",
        "setup_done",
    ):
        now[names] = then[names]  # five stay open to change: 120 orders
    free = [name for name in NAMES if not now[name].equals(then[name])]
    by_hand = pd.DataFrame(0.0, index=then.index, columns=NAMES)
    for order in permutations(free):
        here, last = then.copy(), score(then, RULES)["score"]
        for name in order:
            here[name] = now[name]
            after = score(here, RULES)["score"]
            by_hand[name] += (after - last) / 120
            last = after
    pd.testing.assert_frame_equal(attribute(then, now, RULES), by_hand, check_names=False)


def test_parts_add_up_to_the_change_of_everybody_whatever_changed():
    rng = np.random.default_rng(1)
    start, end = _shot("2022-12-31", _random(rng, 300)), _shot("2023-06-30", _random(rng, 300))
    found = moved(start, end, RULES)
    assert len(found.change) == 300
    pd.testing.assert_series_equal(found.parts.sum(axis=1), found.change, check_names=False)
    assert (found.items["gain"] + found.items["loss"]).sum() == pytest.approx(found.change.sum())


def test_nothing_of_what_was_known_may_be_left_and_it_still_adds_up():
    then, now = _raw({"licence_use": 0.7}), _raw({"relationship": 1})
    assert attribute(then, now, RULES).iloc[0].sum() == pytest.approx(-100)


def test_only_customers_with_a_score_on_both_days_are_compared():
    start = _shot("2022-12-31", _raw({"licence_use": 0.7}, {}, {"licence_use": 0.1}))
    end = _shot("2023-06-30", _raw({"licence_use": 0.3}, {"licence_use": 1}).rename(index={"C1": "C1"}))
    assert list(moved(start, end, RULES).change.index) == ["C0"]


def test_reasons_go_the_way_the_score_went():
    start = _shot("2022-12-31", _raw({"licence_use": 0.7, "relationship": 3, "account_nps": 9}))
    end = _shot("2023-06-30", _raw({"licence_use": 0.1, "relationship": 4, "account_nps": 7}))
    assert [item for item, _points in moved(start, end, RULES).reasons("C0")] == ["licence_use", "account_nps"]
    assert moved(start, end, RULES).reasons("nobody") == ()


@pytest.mark.parametrize("rows", [[], [{"licence_use": 1}]])
def test_nobody_or_nothing_changed_is_no_item(rows):
    shot = _shot("2023-06-30", _raw(*rows))
    assert moved(shot, shot, RULES).items.empty
