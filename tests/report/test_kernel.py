"""Kernels forked from a loaded parent: stock tools use them, and nothing passes from one to the next."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from cskit.report import warm
from cskit.report.execute import Job, Surroundings, execute_all
from cskit.report.limits import Limits
from cskit.report.notebooks import notebooks_of

pytestmark = pytest.mark.skipif(not warm.available(), reason="nothing is forked here")

LOADED = "import sys; print('scipy.stats' in sys.modules, 'great_tables' in sys.modules)"
SEEN = """
import os, sys
print([name for name in ("leaked", "pd") if name in dir()], getattr(sys, "leaked", None), os.environ.get("LEAKED"))
from cskit import i18n, params; import matplotlib
print(i18n.language(), params.defaults.cache_info().currsize, matplotlib.rcParams["lines.linewidth"])
from ipykernel.kernelapp import IPKernelApp; print(IPKernelApp.instance().transport, os.getcwd())
"""
LEAK = """
import os, sys; from cskit import i18n, params; import matplotlib
leaked = 1; sys.leaked = 1; os.environ["LEAKED"] = "1"; i18n.use("ja"); params.defaults(params.project_root())
matplotlib.rcParams["lines.linewidth"] = 99; os.chdir("/")
"""
DRAWN = "import random, numpy; print(random.random(), numpy.random.random())"
PARENT = """
import os; from pathlib import Path
print(len(list(Path(f"/proc/{os.getppid()}/task").iterdir())))
print([name for name in os.listdir(f"/proc/{os.getppid()}/fd") if int(name) > 2 and os.path.isfile(f"/proc/{os.getppid()}/fd/{name}")])
"""


@pytest.fixture
def printed(project) -> Callable[..., dict[str, list[str]]]:
    """What notebooks of one cell each print, line by line, run one after another."""

    root: Path | None = None

    def run(**cells: str) -> dict[str, list[str]]:
        from cskit.params import load

        nonlocal root
        root = root or project(**{name: [cell] for name, cell in cells.items()})
        params = load("2023Q2", root=root)
        jobs = [Job(book, params, "en", root / "out" / book.path.name) for book in notebooks_of(root)]
        made = execute_all(jobs, Surroundings(root, Limits()), 1)
        return {each.job.notebook.name: _printed(each.nb) for each in made}

    return run


def _printed(nb: nbformat.NotebookNode) -> list[str]:
    outputs = [output for cell in nb.cells for output in cell.get("outputs", ())]
    return "".join(output.get("text", "") for output in outputs).splitlines()


def test_neither_names_settings_caches_nor_a_crash_pass_from_one_kernel_to_the_next(printed):
    told = printed(before=SEEN, leak=LEAK, crash="import os; os.abort()", after=SEEN, loaded=LOADED)
    assert told["loaded"] == ["True True"]  # it is a forked kernel that we speak of
    assert told["before"][:2] == ["[] None None", "en 0 1.5"]
    assert told["after"] == told["before"]
    assert told["before"][2].startswith("ipc /")


def test_two_kernels_do_not_draw_the_same_numbers(printed):
    told = printed(one=DRAWN, two=DRAWN)
    assert not set(told["one"][0].split()) & set(told["two"][0].split())


def test_the_parent_forks_before_there_is_a_thread_or_an_open_file(printed):
    assert printed(one=PARENT)["one"] == ["1", "[]"]


def test_a_cold_kernel_prints_the_same(printed, monkeypatch: pytest.MonkeyPatch):
    cell = "import os; print(period, hash('cskit'), list({*'cskit'}), os.environ.get('OPENBLAS_NUM_THREADS'))"
    loaded = printed(one=cell, two=LOADED)
    monkeypatch.setenv(warm.COLD, "1")
    assert printed(one=cell, two=LOADED) == loaded | {"two": ["False False"]}


@pytest.mark.parametrize("engine", [[], ["--engine", "cskit"]])
def test_stock_papermill_uses_it_unchanged(project, tmp_path: Path, engine: list[str]):
    root = project(one=[LOADED])
    environment = os.environ | {"JUPYTER_DEFAULT_PROVISIONER_NAME": "cskit-warm"}
    words = ["-m", "papermill", *engine, "--no-progress-bar", "notebooks/00_one.ipynb", str(tmp_path / "out.ipynb")]
    subprocess.run([sys.executable, *words], cwd=root, env=environment, check=True, capture_output=True)
    assert _printed(nbformat.read(tmp_path / "out.ipynb", as_version=4)) == ["True True"]


def test_an_interrupted_cell_stops_and_the_kernel_lives_on(tmp_path: Path):
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError
    from nbformat.v4 import new_code_cell, new_notebook

    nb = new_notebook(cells=[new_code_cell("import time; time.sleep(30)"), new_code_cell("print('alive')")])
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "cskit-warm")
        client = NotebookClient(nb, timeout=1, interrupt_on_timeout=True, allow_errors=True, kernel_name="python3")
        try:
            client.execute()
        except CellTimeoutError:
            pytest.fail("the kernel could not be interrupted")
    assert nb.cells[0].outputs[0].ename == "KeyboardInterrupt"
    assert nb.cells[1].outputs[0].text == "alive\n"
