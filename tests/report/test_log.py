"""Every step of a run, for machines and for those who watch."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from cskit.report.log import begin_log
from cskit.secrets import resolved


@pytest.fixture(autouse=True)
def _silent_again() -> Iterator[None]:
    yield
    root = logging.getLogger("cskit")
    for handler in root.handlers:
        handler.close()
    root.handlers, root.propagate = [], True
    root.setLevel(logging.NOTSET)


def test_a_line_is_an_object_with_what_was_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    begin_log(file=tmp_path / "logs/run.jsonl")
    logging.getLogger("cskit").info("notebook done", extra={"report": "nps", "seconds": 1.5, "said": "解約\n二"})
    begin_log(file=tmp_path / "logs/run.jsonl")  # another run goes on in the same file
    logging.getLogger("cskit").error("shown", extra={"complete": False})
    first, second = map(json.loads, (tmp_path / "logs/run.jsonl").read_text(encoding="utf-8").splitlines())
    assert first | {"time": ""} == {
        "time": "", "level": "info", "event": "notebook done", "report": "nps", "seconds": 1.5, "said": "解約\n二",
    }  # fmt: skip
    assert second["level"] == "error" and first["time"].endswith("+00:00")
    assert capsys.readouterr() == ("", "")


def test_it_is_quiet_unless_asked(capsys: pytest.CaptureFixture[str]):
    begin_log()
    logging.getLogger("cskit").error("begun")
    assert capsys.readouterr() == ("", "")
    begin_log(verbose=True)
    logging.getLogger("cskit").info("begun", extra={"period": "2023Q2"})
    assert capsys.readouterr().err == "begun  period=2023Q2\n"


def test_no_secret_stands_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOKEN", "t0ken-t0ken")
    resolved("x", "env:TOKEN")
    begin_log(file=tmp_path / "run.jsonl")
    logging.getLogger("cskit").info("sent with t0ken-t0ken", extra={"said": "t0ken-t0ken"})
    assert "t0ken" not in (tmp_path / "run.jsonl").read_text(encoding="utf-8")
