"""The same customers by other rules: the same as if graded by them from the start, and told item by item."""

import numpy as np
import pandas as pd
import pytest

from cskit.health import backtest, study
from cskit.health.explore import what_if
from cskit.health.regraded import CAP, Regrading, changed_grades, parts, with_parts
from cskit.health.score import score
from cskit.health.words import headline
from cskit.health.words_regraded import regraded, regraded_rows
from cskit.params import settings_with
from cskit.run import start

OTHER = {
    "grades": {"good": 80},
    "dimensions": {"deployment": 0.1, "engagement": 0.5, "adoption": 0.15, "roi": 0.2, "other": 0.05},
    "caps": [
        {"item": "days_since_contact", "from": 31, "at_most": "caution"},
        {"item": "notice_given", "from": 1, "at_most": "action"},
    ],
}


@pytest.fixture(scope="module")
def run(demo):
    return start("2023Q2", "2022Q4", str(demo), "en", {})


@pytest.fixture(scope="module")
def again(run):
    health = study(run)
    return Regrading(run, health, backtest(run, health))


@pytest.fixture(scope="module")
def graded_from_the_start(demo):
    """A run whose settings are the other ones."""
    run = start("2023Q2", "2022Q4", str(demo), "en", {"health": OTHER})
    return run, study(run)


def test_a_study_by_other_rules_is_the_study_that_a_run_with_them_makes(again, graded_from_the_start):
    other, wanted = graded_from_the_start
    found = again.study(other.settings.health)
    pd.testing.assert_frame_equal(found.now.scores, wanted.now.scores)
    assert headline(other, found).metrics == headline(other, wanted).metrics
    assert found.moved == wanted.moved and found.moved_before == wanted.moved_before


def test_a_back_test_by_other_rules_is_the_one_that_a_run_with_them_makes(again, graded_from_the_start):
    other, health = graded_from_the_start
    found, wanted = again.proof(other.settings.health), backtest(other, health)
    pd.testing.assert_frame_equal(found.rows, wanted.rows)
    assert found.auc == wanted.auc and found.ungraded == wanted.ungraded


def test_asked_again_by_the_same_rules_nothing_is_done_again(again):
    rules = settings_with({"health": OTHER}).health
    assert again.study(rules) is again.study(rules) and again.proof(rules) is again.proof(rules)


def test_the_parts_of_who_changes_grade_add_up_to_the_change_of_the_score(again):
    rules = settings_with({"health": OTHER}).health
    before, after = again.published.now, again.now(rules)
    rows = with_parts(changed_grades(before, after), before.raw, again.published.rules, rules)
    own = rows[[*rules.items, CAP]].sum(axis=1)
    assert len(rows) > 20 and np.allclose(own, rows["change"], equal_nan=True)
    then, now = before.scores["grade"], after.scores["grade"]
    assert set(rows.index) == set(then.index[then != now])
    assert (rows[CAP] < -1).any()  # the last contact may be at most 31 days ago now


def test_what_caps_nobody_leaves_to_the_items_all_that_changed():
    one, other = (
        settings_with({"health": {"caps": [], **own}}).health for own in ({}, {"dimensions": OTHER["dimensions"]})
    )
    rng = np.random.default_rng(3)
    raw = pd.DataFrame(rng.uniform(0, 5, (200, len(one.items))), columns=list(one.items)).mask(
        rng.random((200, len(one.items))) < 0.3
    )
    raw["days_since_contact"] = 40.0
    change = score(raw, other)["score"] - score(raw, one)["score"]
    assert np.allclose(parts(raw, one, other).sum(axis=1), change) and (change.abs() > 1).any()


def test_thresholds_alone_are_told_as_where_the_grades_begin(again):
    rules = settings_with({"health": {"grades": {"good": 90}}}).health
    tried = again.now(rules)
    rows = regraded_rows(again.published, tried, rules)
    assert set(rows.shown["What moved it"]) == {"where the grades begin"}
    assert len(rows.frame) == len(changed_grades(again.published.now, tried)) > len(rows.shown)
    assert "0 a better one" in regraded(again.published.now, tried).text


def test_the_sentence_counts_who_would_change(again):
    before, tried = again.published.now, again.now(settings_with({"health": OTHER}).health)
    rows = changed_grades(before, tried)
    text = regraded(before, tried).text
    assert f"{len(tried.at_risk)} customers would be at risk instead of {len(before.at_risk)}." in text
    assert f"{len(rows)} customers would get another grade" in text


def test_the_explorer_begins_where_the_report_is_and_every_control_moves_something(run, again):
    explorer = what_if(run, again.published, again.proved)
    assert explorer.panel(1).text == "No customer would get another grade." and explorer.yaml == ""
    for path, value in explorer.begun.items():
        explorer.reset()
        explorer.move(path, "sound" if isinstance(value, str) else value * 0.9 if value else 5)
        assert explorer.tried.settings != run.settings, path
