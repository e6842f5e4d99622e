"""Results that all notebooks of a run share."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from cskit import i18n
from cskit import shared as sharing
from cskit.data.handover import HANDED
from cskit.params import resolve
from cskit.shared import shared

calls: list[object] = []


@dataclass(frozen=True)
class Study:
    frame: pd.DataFrame


@shared
def study(run) -> Study:
    """A frame."""
    calls.append("study")
    return Study(pd.DataFrame({"a": [run.params.settings.report.seed]}))


@shared
def more(run, found: Study, by: int = 1) -> Study:
    calls.append(by)
    return Study(found.frame * by)


@shared
def worded(run) -> str:
    calls.append("worded")
    return i18n.number(1)


@shared
def open_file(run) -> object:
    calls.append("open")
    return lambda: 1


def run_of(root: Path, lang: str = "en", **report: object) -> SimpleNamespace:
    params = resolve({"period": "2023Q2", "lang": lang, "settings": {"report": report}}, root=root)
    return SimpleNamespace(params=params, data=SimpleNamespace(as_of=params.period.end))


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls.clear()
    monkeypatch.setenv(HANDED, str(tmp_path))


def another_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_origins", {})


def test_a_result_is_worked_out_once_and_so_is_what_stands_on_it(root: Path, monkeypatch: pytest.MonkeyPatch):
    for _kernel in range(2):
        another_kernel(monkeypatch)
        found = study(run_of(root))
        assert more(run_of(root, "ja"), found, by=3).frame["a"].tolist() == [3]
    assert calls == ["study", 3]
    assert more(run_of(root), found, by=4).frame["a"].tolist() == [4]


def test_another_setting_or_day_is_another_result(root: Path):
    study(run_of(root))
    assert study(run_of(root, seed=2)).frame["a"].tolist() == [2]
    other = run_of(root)
    other.data.as_of = other.params.compare_to.end
    study(other)
    assert len(calls) == 3


def test_words_are_not_shared_with_another_language(root: Path):
    for lang in ("en", "ja", "en"):
        with i18n.speaking(lang):
            worded(run_of(root, lang))
    assert calls == ["worded", "worded"]


def test_what_cannot_be_written_down_is_worked_out_each_time(root: Path):
    assert open_file(run_of(root))() == open_file(run_of(root))() == 1  # type: ignore[operator]
    assert calls == ["open", "open"]


def test_outside_a_run_it_is_the_function_itself(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv(HANDED)
    study(run_of(root))
    study(run_of(root))
    assert calls == ["study", "study"] and not list(tmp_path.iterdir())
    assert study.__doc__ == "A frame."
