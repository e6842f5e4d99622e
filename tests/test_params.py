"""Settings: refused by name, one truth for defaults."""

from itertools import pairwise

import pytest
import yaml

from cskit.errors import SettingsError
from cskit.params import _value, load, resolve, settings_with
from cskit.settings import Settings


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"helth": {}}, "helth is not a setting. Did you mean health?"),
        ({"report": {"confidance": 0.9}}, "report.confidance is not a setting. Did you mean confidence?"),
        ({"report": {"confidence": "high"}}, "report.confidence: .*found 'high'"),
        ({"health": {"dimensions": {"roi": 0.5}}}, "weights add up to 1.3, not to 1"),
        ({"health": {"items": {"setup_done": {"dimension": "deploymnt"}}}}, "Did you mean deployment"),
        ({"health": {"grades": {"good": 40}}}, "fall from good over sound"),
        ({"health": {"items": {"setup_done": {"bands": [{"from": 1, "points": 5}, {"from": 1, "points": 9}]}}}}, "above the one"),
        ({"targets": {"nps.scor": {"value": 1}}}, "Did you mean nps.score"),
        ({"data": {"mapping": {"customers": {"file": "a.csv", "sql": "SELECT 1"}}}}, "either a file or a SELECT"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_by_name(changes, says):
    with pytest.raises(SettingsError, match=says):
        settings_with(changes)


def test_every_default_stands_in_base_yaml_and_nowhere_else(root):
    base = yaml.safe_load((root / "params/base.yaml").read_text(encoding="utf-8"))
    assert set(base) == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        for inner, rule in getattr(field.annotation, "model_fields", {}).items():
            assert rule.is_required(), f"{name}.{inner} has a default in code"


def test_every_default_has_its_comment(root):
    lines = (root / "params/base.yaml").read_text(encoding="utf-8").splitlines()
    for above, line in pairwise(lines):
        section = not line.startswith("  ") or not line.split("#")[0].strip().endswith("}")
        default = line.startswith("  ") and not line.startswith("    ") and line.strip()[0] not in "#-"
        if default and section:
            assert "#" in line or "#" in above or above.startswith("health:"), f"no comment: {line}"


def _project(tmp_path, root, text):
    (tmp_path / "params").mkdir()
    (tmp_path / "params/base.yaml").write_text(
        (root / "params/base.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "params/2023Q2.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_period_file_holds_the_five_names_only(tmp_path, root):
    project = _project(tmp_path, root, "period: 2023Q2\nlnag: ja\nhealth: {}\n")
    with pytest.raises(
        SettingsError, match=r"lnag is not a parameter. Did you mean lang\?(.|\n)*health is not a parameter"
    ):
        load("2023Q2", root=project)


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path, root):
    text = "perid: 2023Q2\nsettings: {helth: {}, report: {confidence: high}, targets: {nps.scor: {value: 1}}}\n"
    with pytest.raises(SettingsError) as fault:
        load("2023Q2", root=_project(tmp_path, root, text))
    assert str(fault.value).startswith("params/2023Q2.yaml:")
    assert [word for word in ("perid", "helth", "report.confidence") if word not in str(fault.value)] == []


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("80", 80),
        ("true", True),
        ("[a, b]", ["a", "b"]),
        ("{value: 1}", {"value": 1}),
        ("CS: Q2", "CS: Q2"),
        ("[a", "[a"),
    ],
)
def test_a_value_on_the_command_line_is_yaml_or_else_text(typed, value):
    assert _value(typed) == value


def test_a_period_may_be_typed_in_lower_case(root):
    assert load("2023q2", root=root).compare_to.name == "2022Q4"


def test_a_file_that_is_not_yaml_is_refused_with_its_line(tmp_path, root):
    project = _project(tmp_path, root, "period: 2023Q2\nsettings: {a: [1, 2\nlang: en\n")
    with pytest.raises(SettingsError, match=r"params/2023Q2.yaml, line 3, column \d+: not YAML"):
        load("2023Q2", root=project)


def test_the_command_line_goes_over_the_file_and_the_file_over_the_defaults(root):
    found = load("2023Q2", overrides=["report.confidence=0.9", "targets.nps.score.value=12"], root=root)
    assert found.settings.report.confidence == 0.9
    assert found.settings.targets["nps.score"].value == 12
    assert found.settings.targets["onboarding.self_share"].wanted == "none"
    assert found.compare_to.name == "2022Q4"


def test_without_compare_to_the_period_before_is_compared():
    assert resolve({"period": "2023Q2"}).compare_to.name == "2023Q1"


def test_a_comparison_with_the_future_is_refused():
    with pytest.raises(SettingsError, match="does not end before 2023Q2 begins"):
        resolve({"period": "2023Q2", "compare_to": "2023Q3"})


def test_what_is_injected_are_literals_under_the_five_names():
    injected = resolve({"period": "2023Q2", "settings": {"report": {"status": "preliminary"}}}).injected()
    assert set(injected) == {"period", "compare_to", "data", "lang", "settings"}
    assert injected["settings"] == {"report": {"status": "preliminary"}}
