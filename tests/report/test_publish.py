"""What readers see, while runs come and go."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cskit.errors import CskitError
from cskit.report.publish import KEPT, Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "reports", "2023Q2")


def publish(shelf: Shelf, text: str, complete: bool = True) -> Path:
    with shelf.locked(), shelf.making() as stage:
        (stage / "en").mkdir()
        (stage / "en" / "index.html").write_text(text, encoding="utf-8")
        (stage / "manifest.json").write_text(json.dumps({"complete": complete}), encoding="utf-8")
        return shelf.publish(stage, complete)


def says(place: Path) -> str:
    return (place / "en" / "index.html").read_text(encoding="utf-8")


def test_the_period_is_a_relative_link_to_the_newest_good_run(shelf: Shelf):
    assert publish(shelf, "first") == shelf.link
    assert publish(shelf, "second") == shelf.link
    assert says(shelf.link) == "second"
    assert shelf.link.is_symlink() and not os.path.isabs(os.readlink(shelf.link))
    assert {place.name for place in shelf.out.iterdir()} == {".runs", "2023Q2"}


def test_a_failed_run_does_not_take_a_good_one_away(shelf: Shelf):
    publish(shelf, "good")
    assert publish(shelf, "bad", complete=False) == shelf.incomplete
    assert (says(shelf.link), says(shelf.incomplete)) == ("good", "bad")
    assert shelf.newest == shelf.incomplete
    publish(shelf, "better")
    assert says(shelf.link) == "better"
    assert not shelf.incomplete.exists() and not shelf.incomplete.is_symlink()


def test_without_a_good_run_the_incomplete_one_is_shown(shelf: Shelf):
    assert publish(shelf, "bad", complete=False) == shelf.link
    assert publish(shelf, "worse", complete=False) == shelf.link
    assert says(shelf.link) == "worse"


def test_the_last_three_runs_stay_and_what_is_shown_stays_longer(shelf: Shelf):
    publish(shelf, "good")
    for place in range(4):
        publish(shelf, f"bad {place}", complete=False)
    kept = [run for run in shelf.runs.iterdir() if run.is_dir()]
    assert len(kept) == KEPT + 1
    assert (says(shelf.link), says(shelf.incomplete)) == ("good", "bad 3")
    for place in range(4):
        publish(shelf, f"good {place}")
    assert sorted(says(run) for run in shelf.runs.iterdir() if run.is_dir()) == ["good 1", "good 2", "good 3"]


def test_an_interrupted_run_leaves_nothing(shelf: Shelf):
    publish(shelf, "good")

    def interrupted() -> None:
        with shelf.locked(), shelf.making() as stage:
            (stage / "half").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert says(shelf.link) == "good"
    assert len(list(shelf.runs.glob("*[!k]"))) == 1  # the run; and the lock's file


def test_what_a_killed_process_left_is_cleared(shelf: Shelf):
    left = shelf.runs / ".making-99999"
    left.mkdir(parents=True)
    publish(shelf, "good")
    assert not left.exists()


HOLD = "import sys, time; from pathlib import Path; from cskit.report.publish import Shelf\nwith Shelf(Path(sys.argv[1]), '2023Q2').locked():\n print('held', flush=True); time.sleep(60)"


def test_a_second_run_of_the_period_is_refused_until_the_first_is_gone(shelf: Shelf):
    with subprocess.Popen([sys.executable, "-c", HOLD, str(shelf.out)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with (
            pytest.raises(CskitError, match=rf"Another run of 2023Q2 is under way \(process {other.pid}\)"),
            shelf.locked(),
        ):
            pass
        with Shelf(shelf.out, "2023Q3").locked():
            pass
        other.kill()
    publish(shelf, "good")  # the lock's file still names the dead process
    assert says(shelf.link) == "good"


def test_a_reader_never_meets_half_a_pack(shelf: Shelf):
    publish(shelf, "0")
    seen, stop = [], threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.append(says(shelf.link))

    reader = threading.Thread(target=read)
    reader.start()
    for place in range(1, 40):
        publish(shelf, str(place))
    stop.set()
    reader.join()
    assert seen and seen == sorted(seen, key=int)


def test_the_old_pack_is_there_until_the_very_switch(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    publish(shelf, "first")
    before: list[str] = []
    switch = os.replace

    def watched(source: Path, target: Path) -> None:
        before.append(says(shelf.link))
        switch(source, target)

    monkeypatch.setattr(os, "replace", watched)
    publish(shelf, "second")
    assert before == ["first"] and says(shelf.link) == "second"


def test_where_links_are_not_allowed_the_folder_itself_is_renamed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError("A required privilege is not held by the client")

    monkeypatch.setattr(os, "symlink", refuse)
    publish(shelf, "first")
    publish(shelf, "bad", complete=False)
    assert (says(shelf.link), says(shelf.incomplete)) == ("first", "bad")
    publish(shelf, "second")
    assert says(shelf.link) == "second" and not shelf.link.is_symlink()
    assert not shelf.incomplete.exists()
    monkeypatch.undo()
    publish(shelf, "third")
    assert says(shelf.link) == "third" and shelf.link.is_symlink()


def test_a_folder_that_is_not_ours_is_not_touched(shelf: Shelf):
    shelf.link.mkdir(parents=True)
    (shelf.link / "notes.txt").touch()
    with pytest.raises(CskitError, match="is in the way"):
        publish(shelf, "good")
    assert (shelf.link / "notes.txt").exists()
