"""Real kernels, as few as will do."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from cskit.params import load
from cskit.report import warm
from cskit.report.execute import Job, Surroundings, _next, execute_all
from cskit.report.limits import Limits
from cskit.report.notebooks import notebooks_of
from cskit.report.outputs import read

SHOWN = "import os, sys\nprint(os.getcwd(), sys.executable, period, lang, hash('cskit'))"
UNDER_WAY = """
import sys; from pathlib import Path; from cskit.params import load; from cskit.report.execute import Job, Surroundings, execute_all
from cskit.report.notebooks import notebooks_of
if __name__ == "__main__":
    root = Path(sys.argv[1])
    params = load("2023Q2", root=root)
    jobs = [Job(book, params, "en", root / "out" / book.path.name) for book in notebooks_of(root)]
    for made in execute_all(jobs, Surroundings(root), 2, step=lambda *told: print(*told[1:], flush=True)): pass
"""


def test_notebooks_run_in_the_project_with_this_interpreter_whatever_goes_wrong(
    project, monkeypatch: pytest.MonkeyPatch
):
    root = project(
        good=[SHOWN, "tag analyst: 1/0"], bad=["1/0", "print('not reached')"], dead=["import os; os._exit(3)"]
    )
    monkeypatch.chdir(root.parent)
    params = load("2023Q2", root=root)
    jobs = [Job(book, params, "ja", root / "out" / book.path.name) for book in notebooks_of(root)]
    steps: list[tuple[str, int, int]] = []
    made = list(execute_all(jobs, Surroundings(root), 2, lambda job, *at: steps.append((job.notebook.name, *at))))
    found = {each.job.notebook.name: read(each.nb, each.error) for each in made}

    assert {name: each.status for name, each in found.items()} == {"good": "ok", "bad": "failed", "dead": "failed"}
    assert found["bad"].message == "ZeroDivisionError: division by zero"
    assert "died" in found["dead"].message
    good = next(each.nb for each in made if each.job.notebook.name == "good")
    told = next(cell.outputs[0].text.split() for cell in good.cells if cell.get("outputs"))
    assert told[:4] == [str(root), sys.executable, "2023Q2", "ja"]
    assert (
        told[4]
        == subprocess.check_output(
            [sys.executable, "-c", "print(hash('cskit'))"], env={**os.environ, "PYTHONHASHSEED": "0"}, text=True
        ).strip()
    )
    assert [cell.outputs for cell in good.cells if "analyst" in cell.metadata.get("tags", [])] == [[]]
    assert max(step for step in steps if step[0] == "good")[1] <= 3
    assert Path.cwd() == root.parent


def test_a_pack_s_notebooks_follow_each_other_where_other_packs_wait():
    def job(label: str, name: str) -> Job:
        return Job(SimpleNamespace(name=name), None, "en", Path(name), label=label)

    queue = [job("a", "health"), job("a", "nps"), job("b", "health"), job("b", "nps")]
    assert _next(queue, []) is queue[0]
    assert _next(queue[1:], queue[:1]) is queue[2]  # not the second of a: what its first works out is still to come
    assert _next(queue[1:2], queue[:1]) is queue[1]  # but nobody idles


def test_a_notebook_that_takes_too_much_is_ended_and_says_in_which_cell(project):
    root = project(
        slow=["1", "import time\ntime.sleep(60)"],
        big=["kept = 'x' * 400_000_000\nimport time; time.sleep(60)"],
        well=["print('well')"],
    )
    params = load("2023Q2", root=root)
    jobs = [Job(book, params, "en", root / "out" / book.path.name) for book in notebooks_of(root)]
    made = {
        each.job.notebook.name: each
        for each in execute_all(jobs, Surroundings(root, Limits(minutes=0.1, megabytes=600)))
    }
    assert made["slow"].error == "it took longer than 0.1 minutes, in the cell: import time time.sleep(60)"
    assert made["big"].error.startswith("it took more than 600 MB of memory, in the cell: kept = ")
    assert made["well"].error == "" and made["big"].peak > 600 > made["well"].peak > 0
    kept = made["slow"].nb
    assert kept.cells[-2].outputs[0].data["text/plain"] == "1"  # what went well before is not lost


@pytest.mark.parametrize("cold", [False, True])
def test_secrets_that_are_none_of_theirs_do_not_reach_the_kernels(project, monkeypatch: pytest.MonkeyPatch, cold: bool):
    monkeypatch.setenv("BUCKET_SECRET", "s3cr3t")
    monkeypatch.setenv("OTHER", "kept")
    if cold:
        monkeypatch.setenv(warm.COLD, "1")
    root = project(one=["import os\nprint(os.environ.get('BUCKET_SECRET'), os.environ['OTHER'])"])
    params = load("2023Q2", root=root)
    jobs = [Job(book, params, "en", root / "out" / book.path.name) for book in notebooks_of(root)]
    [made] = execute_all(jobs, Surroundings(root, hidden=frozenset({"BUCKET_SECRET"})))
    cells = made.nb.cells
    assert [output.text for cell in cells for output in cell.get("outputs", ())] == ["None kept\n"]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
@pytest.mark.parametrize("cold", [False, True])
def test_an_interrupted_run_leaves_no_process_behind(project, cold: bool):
    assert not _left_after(project, signal.SIGINT, cold)


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal on Windows")
def test_neither_does_a_killed_one(project):
    assert not _left_after(project, signal.SIGKILL)


def _left_after(project, sent: signal.Signals, cold: bool = False) -> list[int]:
    """Processes of a run with two kernels at work that are alive a little after it was sent a signal."""
    root = project(one=["1", "import time; time.sleep(60)"], two=["1", "import time; time.sleep(60)"], three=["1"])
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    environment = os.environ | ({warm.COLD: "1"} if cold else {})
    with subprocess.Popen([sys.executable, "-c", UNDER_WAY, str(root)], env=environment, **told) as run:
        assert run.stdout is not None and run.stdout.readline()
        time.sleep(1)
        started = [child.pid for child in psutil.Process(run.pid).children(recursive=True)]
        assert len(started) >= 2
        run.send_signal(sent)
        run.wait(timeout=20)
    until = time.monotonic() + 5
    while (left := [pid for pid in started if _alive(pid)]) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def _alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
