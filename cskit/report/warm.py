"""How does a process begin with everything loaded? A parent imports once, and forks when it is asked.

The parent is the fork server of ``multiprocessing``: it has one thread, no database and no pool of BLAS when it
forks, and it ends with the process that asked for it. Where a process cannot safely be forked (Windows, macOS) there
is none, and everything starts cold with the same results.
"""

import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

__all__ = [
    "COLD",
    "ENVIRONMENT",
    "PARENT",
    "available",
    "begin",
    "context",
    "end_with_parent",
    "environment",
    "pool",
    "start",
    "without_main",
]

ENVIRONMENT = {
    "PYTHONHASHSEED": "0",  # one order of sets in every run: the same inputs make the same page
    # No thread may exist where a process is forked. Our matrices are small: one thread is enough for them.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # what a kernel would set before its first import
}
COLD = "CSKIT_COLD"  # set to anything: never fork
PARENT = "CSKIT_PARENT"  # tells the parent from any other process that imports what it does


def available() -> bool:
    """Whether processes can be forked from a loaded parent here.

    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, {COLD: "1"}):
    ...     available()
    False
    """
    return sys.platform == "linux" and not os.environ.get(COLD)


def begin() -> None:
    """Let the parent load in the background, so that it is ready when the first process is wanted.

    >>> from unittest.mock import patch
    >>> before = context.cache_info()
    >>> with patch.dict(os.environ, {COLD: "1"}):
    ...     begin()
    >>> context.cache_info() == before  # no parent was begun
    True
    """
    if available():
        context()


@cache
def context() -> ForkServerContext:
    """The parent, begun; it lives as long as this process.

    What the parent has loaded before it forks; here nothing is begun in earnest:

    >>> from unittest.mock import patch
    >>> home = "multiprocessing.forkserver"
    >>> with patch(f"{home}.set_forkserver_preload") as preload, patch(f"{home}.ensure_running"):
    ...     method = context.__wrapped__().get_start_method()
    >>> method, preload.call_args.args[0]
    ('forkserver', ['cskit.report.preload'])
    """
    from multiprocessing import forkserver

    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["cskit.report.preload"])
    with environment({**ENVIRONMENT, PARENT: "1"}), without_main():
        forkserver.ensure_running()
    return made


def start(target: Callable[..., None], *args: Any) -> BaseProcess:
    """Fork a process that calls a function; it ends with this one.

    Parameters
    ----------
    target : callable
        Of a module that can be imported; so must be the types of its arguments.

    Examples
    --------
    What is called, and with what, goes to the parent; here to nobody:

    >>> from unittest.mock import patch
    >>> with patch(f"{__name__}.context") as parent:
    ...     process = start(print, "株式会社")
    >>> parent().Process.call_args.kwargs["args"], parent().Process.call_args.kwargs["daemon"]
    ((<built-in function print>, '株式会社'), True)
    """
    process = context().Process(target=_begin, args=(target, *args), daemon=True)
    with without_main():
        process.start()
    return process


def pool(workers: int) -> Executor:
    """Forked processes that work through what is submitted; threads of this one where nothing can be forked.

    Parameters
    ----------
    workers : int
        At most so many at a time.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, {COLD: "1"}), pool(8) as threads:
    ...     list(threads.map(str.upper, ("en", "ja")))
    ['EN', 'JA']
    """
    if not available():
        return ThreadPoolExecutor(1)
    return ProcessPoolExecutor(workers, mp_context=context(), initializer=_worker)


def _worker() -> None:
    os.setsid()
    threading.Thread(target=_end_with_creator, name="end with creator", daemon=True).start()


def _begin(target: Callable[..., None], *args: Any) -> None:
    """In the new process: free of the creator's terminal, but not of its end."""
    os.setsid()  # Ctrl-C is for the one who asked, who then says what becomes of us
    multiprocessing.current_process().daemon = False  # what runs here may start processes of its own
    threading.Thread(target=_end_with_creator, name="end with creator", daemon=True).start()
    _reseed()
    target(*args)


def end_with_parent() -> None:
    """Let this process end with the one that forked it, however that ends; where anything is forked, the system can.

    The system is asked; here it is not:

    >>> from unittest.mock import patch
    >>> with patch("ctypes.CDLL") as system:
    ...     end_with_parent()
    >>> system().prctl.call_args.args
    (1, <Signals.SIGKILL: 9>)
    """
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def leave_with(folder: str) -> None:
    """A folder that goes with this process if its creator is gone first."""
    _belongings.append(folder)


_belongings: list[str] = []


def _end_with_creator() -> None:
    creator = multiprocessing.parent_process()
    if creator is not None:
        creator.join()
        for folder in _belongings:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)


def _reseed() -> None:
    """Two forks must not draw the same numbers; the standard library sees to its own."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


@contextmanager
def environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Other variables while a process is started, then the ones there were.

    >>> with environment({"CSKIT_OF_AN_EXAMPLE": "1"}):
    ...     os.environ["CSKIT_OF_AN_EXAMPLE"]
    '1'
    >>> "CSKIT_OF_AN_EXAMPLE" in os.environ
    False
    """
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


_main = threading.RLock()


@contextmanager
def without_main() -> Iterator[None]:
    """Hide the script that is running: multiprocessing would run it again in every process it starts.

    Of JupyterLab's script that costs a second, and nothing in it is needed.

    >>> own = sys.modules["__main__"]
    >>> with without_main():
    ...     sorted(set(vars(sys.modules["__main__"])) - set(vars(ModuleType(""))))
    []
    >>> sys.modules["__main__"] is own
    True
    """
    with _main:
        own = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = own
