"""What comes out when the notebooks are run? Papermill, a few at a time, each in a kernel of this interpreter."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakSet

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from cskit.lines import FOLDER, beside
from cskit.params import Params
from cskit.report import warm
from cskit.report.ipynb import read_notebook
from cskit.report.light import without_grammars
from cskit.report.limits import Limits, Watch
from cskit.report.notebooks import Notebook
from cskit.report.outputs import one_line

__all__ = ["Job", "Made", "Step", "Surroundings", "execute", "execute_all"]

PATIENCE = 600  # seconds for an output to arrive after its cell has ended, on a machine that has much else to do
SPARE = 2  # kernels above the number of cores: starting and ending one is mostly waiting, and so is the last of all


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook in one language, and where its executed copy goes.

    Parameters
    ----------
    notebook : Notebook
    params : Params
        What it is run with, in its own language.
    lang : str
    target : Path
    identity : str
        What makes it: :meth:`cskit.report.identity.Identity.of`; empty: never taken over by another run.
    label : str
        Of the part of the run that it belongs to; empty where there is one part.

    Examples
    --------
    >>> job = Job(Notebook("nps", Path("03_nps.ipynb")), run.params, "ja", Path("ja/nps.ipynb"))
    >>> job.params.lang, job.lang, job.identity
    ('en', 'ja', '')
    """

    notebook: Notebook
    params: Params
    lang: str
    target: Path
    identity: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """An executed notebook.

    Parameters
    ----------
    job : Job
    seconds : float
    error : str
        What went wrong before a cell could say so itself, in one line: a kernel that died, never started, or took
        more than it may.
    peak : float
        Most memory its kernel held, in megabytes.
    nb : NotebookNode or None
        The executed notebook, as far as it came; None where it did not begin.

    Examples
    --------
    >>> from cskit.report.trouble import kind_of_error
    >>> job = Job(Notebook("nps", Path("03_nps.ipynb")), run.params, "en", Path("en/nps.ipynb"))
    >>> made = Made(job, 1800.2, "it took longer than 30 minutes")
    >>> kind_of_error(made.error), made.nb
    ('time', None)
    """

    job: Job
    seconds: float
    error: str = ""
    peak: float = 0.0
    nb: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where notebooks run, and what they may take.

    Parameters
    ----------
    root : Path
        The project folder, in which the kernels work.
    limits : Limits
    environment : dict of str
        Variables of the kernels besides this process's own.
    hidden : frozenset of str
        Variables of this process that kernels do not get: secrets that are none of theirs.
    ready : callable
        Comes back when what a job needs is there.

    Examples
    --------
    >>> around = Surroundings(Path("project"), hidden=frozenset({"CSKIT_SMTP_PASSWORD"}))
    >>> around.limits, dict(around.environment)
    (Limits(minutes=None, megabytes=None), {})
    """

    root: Path
    limits: Limits = field(default_factory=Limits)
    environment: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    ready: Callable[[Job], None] = lambda _job: None


Step = Callable[[Job, int, int], None]
"""Called after a cell: the job, cells done, cells in all. From the job's own thread."""


def execute_all(
    jobs: Iterable[Job], around: Surroundings, workers: int | None = None, step: Step | None = None
) -> Iterator[Made]:
    """Run notebooks, some at a time, and hand each over as it is done.

    Parameters
    ----------
    jobs : iterable of Job
    around : Surroundings
    workers : int or None
        How many at a time; None: :data:`SPARE` more than there are cores.
    step : callable or None
        Told of every cell done.

    Yields
    ------
    Made
        In order of completion. A notebook that fails is handed over like any other.

    Examples
    --------
    >>> list(execute_all([], Surroundings(Path("project"))))
    []
    """
    lanes = workers or (os.cpu_count() or 1) + SPARE
    queue, running = list(jobs), dict[Future[Made], Job]()
    pool = ThreadPoolExecutor(lanes, thread_name_prefix="notebook")
    try:
        while queue or running:
            while queue and len(running) < lanes:
                job = _next(queue, running.values())
                queue.remove(job)
                running[pool.submit(execute, job, around, step)] = job
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                running.pop(future)
                yield future.result()
    finally:
        if running:  # interrupted: nobody waits for these any more, and no kernel may outlive us
            with _no_more_kernels():
                pool.shutdown(cancel_futures=True)
        pool.shutdown()


def _next(queue: Sequence[Job], running: Iterable[Job]) -> Job:
    """The first job of a pack that none is running of: what one has worked out, the next of its pack need not."""
    busy = {job.label for job in running}
    return next((job for job in queue if job.label not in busy), queue[0])


def execute(job: Job, around: Surroundings, step: Step | None = None) -> Made:
    """Run one notebook; what it came to is handed back, with the error where there is one, and not written yet.

    >>> job = Job(Notebook("nps", Path("nowhere/03_nps.ipynb")), run.params, "en", Path("nowhere/nps.ipynb"))
    >>> with ThreadPoolExecutor(1) as pool:
    ...     made = pool.submit(execute, job, Surroundings(Path("nowhere"))).result()
    >>> made.error, made.nb
    ("FileNotFoundError: ...", None)
    """
    from jupyter_core.utils import ensure_event_loop

    papermill = _papermill()
    began, error = time.monotonic(), ""
    kernels: list[_Kernel] = []
    books: list[Any] = []
    begun_cells: list[str] = []

    def begin_cell(cell: Any, **_rest: Any) -> None:
        if not begun_cells:  # the kernel has started meanwhile
            around.ready(job)
        begun_cells.append(cell.source)

    watch = Watch(around.limits, lambda: kernels[-1].pid if kernels else None, lambda: kernels[-1].kill())
    try:
        with watch:
            papermill.execute_notebook(
                job.notebook.path,
                None,
                parameters=job.params.injected() | {"lang": job.lang},
                engine_name="cskit",
                begun=books.append,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                start_timeout=120,
                # not cwd=: papermill would change the folder of the whole process, under the other threads
                resources={"metadata": {"path": str(around.root)}},
                kernel_manager_class=type("Kernel", (_Kernel,), _about(around, job, kernels)),
                iopub_timeout=PATIENCE,
                shutdown_kernel="immediate",
                ipython_hist_file=":memory:",
                skip_cells_with_tag="analyst",
                on_cell_execute=begin_cell,
                on_cell_complete=_counter(job, step),
            )
    except papermill.PapermillExecutionError:
        pass  # the notebook holds it
    except Exception as fault:
        error = watch.why or f"{type(fault).__name__}: {fault}"
    finally:
        ensure_event_loop().close()  # this thread's own, which nbclient leaves open
    if error and begun_cells:
        error = f"{error}, in the cell: {begun_cells[-1]}"
    return Made(job, time.monotonic() - began, one_line(error), watch.peak, books[-1] if books else None)


@cache
def _papermill() -> Any:
    """Papermill that says nothing itself, and writes nothing where it is told of no file."""
    with without_grammars():
        import papermill
        from papermill import execute, iorw

    for name in ("papermill", "traitlets"):  # what they would say comes back as Made.error
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # It would check the notebook and make its text all the same, which takes as long as running some cells.
    execute.write_ipynb = lambda nb, path: iorw.write_ipynb(nb, path) if path else None
    return papermill


def _about(around: Surroundings, job: Job, kernels: list["_Kernel"]) -> dict[str, Any]:
    own = {**around.environment, FOLDER: str(beside(job.target).absolute())}
    return {"own": own, "hidden": around.hidden, "born": kernels.append}


def _counter(job: Job, step: Step | None) -> Callable[..., None]:
    total = sum(cell.cell_type == "code" for cell in read_notebook(job.notebook.path).cells)
    done = -1  # papermill's own cell of parameters comes on top

    def count(**_cell: Any) -> None:
        nonlocal done
        done += 1
        if step:
            step(job, min(done, total), total)

    return count


_alive: WeakSet["_Kernel"] = WeakSet()
_closing = threading.Event()
_lock = threading.Lock()


class _Kernel(AsyncKernelManager):
    """A kernel of this very interpreter, whatever kernelspecs are installed, that can be killed from outside."""

    own: Mapping[str, str] = {}
    hidden: frozenset[str] = frozenset()
    born: Callable[["_Kernel"], None] = staticmethod(lambda _kernel: None)

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        metadata = {"kernel_provisioner": {"provisioner_name": "cskit-warm"}}
        return KernelSpec(argv=argv, display_name="cskit", language="python", metadata=metadata)

    async def _async_pre_start_kernel(self, **kw: Any) -> Any:
        if _closing.is_set():
            raise RuntimeError("interrupted")
        known = {name: value for name, value in (kw.get("env") or os.environ).items() if name not in self.hidden}
        kw["env"] = {**known, **warm.ENVIRONMENT, **self.own}
        return await super()._async_pre_start_kernel(**kw)

    pre_start_kernel = _async_pre_start_kernel  # type: ignore[assignment]

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
        import subprocess

        # What a kernel writes past Jupyter (C libraries, a crash) is not for the user's screen.
        await super()._async_launch_kernel(
            kernel_cmd, **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **kw}
        )
        type(self).born(self)
        with _lock:
            _alive.add(self)
        if _closing.is_set():
            self.kill()

    @property
    def pid(self) -> int | None:
        process = getattr(self.provisioner, "process", None)
        return process.pid if process is not None and process.poll() is None else None

    def kill(self) -> None:
        if self.pid is not None:
            self.provisioner.process.kill()  # type: ignore[union-attr]


@contextmanager
def _no_more_kernels() -> Iterator[None]:
    """Kill the kernels there are, and let none start, until their threads have noticed."""
    _closing.set()
    with _lock:
        alive = list(_alive)
    for kernel in alive:
        kernel.kill()
    try:
        yield
    finally:
        _closing.clear()
        _alive.clear()
