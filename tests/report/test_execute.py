"""Real kernels, as few as will do."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from cskit.params import load
from cskit.report.execute import Job, execute_all
from cskit.report.notebooks import notebooks_of
from cskit.report.outputs import read

SHOWN = "import os, sys\nprint(os.getcwd(), sys.executable, period, lang, hash('cskit'))"
UNDER_WAY = """
import sys; from pathlib import Path; from cskit.params import load; from cskit.report.execute import Job, execute_all
from cskit.report.notebooks import notebooks_of
root = Path(sys.argv[1])
jobs = [Job(book, "en", root / "out" / book.path.name) for book in notebooks_of(root)]
for made in execute_all(jobs, load("2023Q2", root=root), root, step=lambda *told: print(*told[1:], flush=True)): pass
"""


def test_notebooks_run_in_the_project_with_this_interpreter_whatever_goes_wrong(
    project, monkeypatch: pytest.MonkeyPatch
):
    root = project(
        good=[SHOWN, "tag analyst: 1/0"], bad=["1/0", "print('not reached')"], dead=["import os; os._exit(3)"]
    )
    monkeypatch.chdir(root.parent)
    jobs = [Job(book, "ja", root / "out" / book.path.name) for book in notebooks_of(root)]
    steps: list[tuple[str, int, int]] = []
    made = list(
        execute_all(jobs, load("2023Q2", root=root), root, 2, lambda job, *at: steps.append((job.notebook.name, *at)))
    )
    found = {each.job.notebook.name: read(nbformat.read(each.job.target, as_version=4), each.error) for each in made}

    assert {name: each.status for name, each in found.items()} == {"good": "ok", "bad": "failed", "dead": "failed"}
    assert found["bad"].message == "ZeroDivisionError: division by zero"
    assert "died" in found["dead"].message
    good = nbformat.read(root / "out" / "00_good.ipynb", as_version=4)
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


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
def test_an_interrupted_run_leaves_no_kernel_behind(project):
    root = project(one=["import time; time.sleep(60)"], two=["import time; time.sleep(60)"], three=["1"])
    with subprocess.Popen(
        [sys.executable, "-c", UNDER_WAY, str(root)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout is not None and run.stdout.readline()
        kernels = _children(run.pid)
        assert len(kernels) == 2
        begun = time.monotonic()
        run.send_signal(signal.SIGINT)
        run.wait(timeout=30)
        assert time.monotonic() - begun < 20
    time.sleep(0.2)
    assert not [kernel for kernel in kernels if _alive(kernel)]


def _children(parent: int) -> list[int]:
    import psutil

    return [
        child.pid
        for child in psutil.Process(parent).children(recursive=True)
        if "ipykernel_launcher" in " ".join(child.cmdline())
    ]


def _alive(pid: int) -> bool:
    import psutil

    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
