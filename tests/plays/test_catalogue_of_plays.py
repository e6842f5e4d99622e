"""A play is refused by the name of what is wrong with it, before anything is run."""

import shutil

import pytest
import yaml

from cskit.catalogue import FIELDS, Condition, page
from cskit.errors import SettingsError
from cskit.params import load, settings_with

SOUND = {
    "title": "Call",
    "when": {"field": "score", "below": 40},
    "why": "Score {score}",
    "steps": ["Call"],
    "talking_points": ["Ask"],
    "owner": "in_charge",
    "due_in": 7,
    "minutes": 30,
    "weight": 0.5,
    "stop": {"field": "score", "at_least": 55},
    "again_after": 30,
    "source": "us",
}


def _with(**changes):
    return settings_with({"plays": {"catalogue": {"ours": SOUND | changes}}}).plays.catalogue["ours"]


def test_a_play_of_ones_own_needs_no_language():
    assert _with().title == "Call"
    assert _with().when == [Condition(field="score", below=40)]


def test_bounds_that_touch_can_be_met():
    touching = [{"field": "score", "at_least": 55}, {"field": "score", "at_most": 55}]
    assert len(_with(when=touching).when) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"when": {"field": "scor", "below": 40}}, "scor is not a field. Did you mean score?"),
        ({"when": {"field": "score", "is": "low"}}, "score: is does not fit; its values are tested with at_least"),
        ({"when": {"field": "grade", "at_least": 3}}, "grade: at_least does not fit; its values are tested with is"),
        ({"when": {"field": "grade", "is": "goood"}}, "goood is none of good, sound, caution, action."),
        ({"when": {"field": "silent", "is": "yes"}}, "silent: found 'yes'; it is true or false"),
        ({"when": {"field": "score"}}, "score: found none; a condition has exactly one of"),
        (
            {"when": {"field": "score", "below": 1, "above": 2}},
            "score: found above, below; a condition has exactly one",
        ),
        (
            {"when": [{"field": "score", "at_least": 55}, {"field": "score", "below": 55}]},
            "score: 55 and more, and 55 and less, is never seen of anybody",
        ),
        ({"when": {"below": 1}}, "a condition names a field, or lists conditions under any_of"),
        ({"when": {"field": "score", "below": "__import__('os')"}}, "should be a valid number"),
        ({"when": []}, "at least 1 item"),
        ({"why": "Score {scor}"}, "{scor} is not a field. Did you mean score?"),
        ({"why": "Score {score.__class__}"}, "{score.__class__} is not a field"),
        ({"why": "Score {score"}, "braces hold the name of a field"),
        ({"title": {"fr": "Appeler"}}, "fr is no language of ours"),
        ({"steps": []}, "is a list of texts"),
        ({"due_before": "days_since_contact"}, "days_since_contact does not look ahead."),
        ({"replaces": ["silent_custmer"]}, "silent_custmer is not a play. Did you mean silent_customer?"),
        ({"weight": 2}, "less than or equal to 1"),
        ({"ower": "in_charge"}, "ower: is not a setting here"),
        ({"replaces": ["ours"]}, "ours and ours give way to each other"),
        ({"due_in": 10**12}, "less than or equal to 3660"),
        ({"due_in": True}, "should be a valid integer"),
        ({"minutes": True}, "should be a valid number"),
        ({"when": {"field": "score", "below": True}}, "should be a valid number"),
    ],
)
def test_a_faulty_play_is_refused_by_name(changes, said):
    with pytest.raises(SettingsError) as refused:
        _with(**changes)
    assert said in str(refused.value)
    assert "plays" in str(refused.value)


def test_every_fault_of_the_file_is_said_at_once_under_its_name(tmp_path, root):
    shutil.copytree(root / "params", tmp_path / "params")
    path = tmp_path / "params/plays.yaml"
    plays = yaml.safe_load(path.read_text(encoding="utf-8"))
    plays["silent_customer"]["when"] = {"field": "silnt", "is": True}
    plays["goal_slipping"]["due_in"] = 0
    path.write_text(yaml.safe_dump(plays, allow_unicode=True), encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load("2023Q2", root=tmp_path)
    lines = str(refused.value).splitlines()
    assert lines[0] == "params/plays.yaml:"
    assert any(line.startswith("  silent_customer.when.0.field: silnt is not a field.") for line in lines)
    assert any(line.startswith("  goal_slipping.due_in: ") for line in lines)


def test_a_play_or_a_line_that_stands_twice_is_refused_by_its_name(tmp_path, root):
    """YAML alone keeps the last, and the other play is gone without a word."""
    shutil.copytree(root / "params", tmp_path / "params")
    path = tmp_path / "params/plays.yaml"
    whole = path.read_text(encoding="utf-8")
    twice = {
        "silent_customer": whole + "\nsilent_customer: {}\n",
        "due_in": whole.replace("  due_in: 14", "  due_in: 14\n  due_in: 60", 1),
    }
    for name, text in twice.items():
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError, match=f"params/plays.yaml, line .*{name} stands there twice"):
            load("2023Q2", root=tmp_path)
    path.write_text(whole, encoding="utf-8")


def test_a_project_without_the_file_has_no_plays(tmp_path, root):
    (tmp_path / "params").mkdir()
    shutil.copy(root / "params/base.yaml", tmp_path / "params")
    assert load("2023Q2", root=tmp_path).settings.plays.catalogue == {}


def test_a_period_switches_a_play_off():
    assert (
        not settings_with({"plays": {"catalogue": {"goal_slipping": {"enabled": False}}}})
        .plays.catalogue["goal_slipping"]
        .enabled
    )


def test_there_are_the_fourteen_plays_of_practice_and_each_speaks_both_languages():
    plays = settings_with().plays.catalogue
    practice = {
        "silent_customer", "unknown_after_self", "contact_overdue", "contact_person_changed", "onboarding_overdue",
        "hand_over_due", "detractor_follow_up", "promoter_to_reference", "shrinking_business", "renewal_at_risk",
        "adoption_narrow", "goal_slipping", "nothing_new_to_operation", "ready_for_growth",
    }  # fmt: skip
    assert practice <= set(plays)
    for play in plays.values():
        for text in (play.title, play.why, play.steps, play.talking_points, play.offer or play.title):
            assert set(text) == {"en", "ja"}


def test_every_field_is_asked_by_a_play_or_stands_open_for_ones_own():
    asked = {name for play in settings_with().plays.catalogue.values() for name in play.fields}
    assert asked <= set(FIELDS)


def test_the_page_of_fields_is_in_step(root):
    assert (root / "docs/plays.md").read_text(encoding="utf-8") == page(), "make docs"
