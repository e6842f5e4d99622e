"""Temporary folders go with their process, or with the next one."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from cskit.data.scratch import ALIVE, begin_scratch, end_scratch, sweep

HOLD = "import time; from cskit.data.scratch import begin_scratch; held = begin_scratch(); print(held[0], flush=True); time.sleep(60)"


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def aged(folder: Path) -> Path:
    past = time.time() - 3600
    os.utime(folder / ALIVE, (past, past))
    return folder


def test_a_folder_is_private_and_goes_when_it_is_given_up():
    folder, mark = begin_scratch()
    assert folder.is_dir() and folder.stat().st_mode & 0o077 == 0
    end_scratch(folder, mark)
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="nothing is swept there")
def test_what_a_killed_process_left_goes_and_what_a_living_one_holds_stays():
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        folder = aged(Path(other.stdout.readline().strip()))
        sweep()
        assert folder.is_dir()
        other.kill()
        other.wait()
        sweep()
        assert not folder.exists()


def test_a_folder_that_is_just_being_made_or_is_not_ours_stays(tmp_path: Path):
    fresh, strange = tmp_path / "cskit-fresh", tmp_path / "cskit-strange"
    fresh.mkdir()
    strange.mkdir()
    (fresh / ALIVE).touch()
    (strange / "work").touch()
    sweep()
    assert fresh.is_dir() and strange.is_dir()
