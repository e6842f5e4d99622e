"""A Jupyter kernel that starts loaded: forked from a parent that has imported what notebooks need.

``WarmProvisioner`` is a kernel provisioner like any other (entry point ``cskit-warm``), so papermill, nbclient and
JupyterLab use it unchanged: ``JUPYTER_DEFAULT_PROVISIONER_NAME=cskit-warm``, or a kernelspec that names it.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from cskit.report import warm

__all__ = ["WarmProvisioner"]

LAUNCHER = "ipykernel_launcher"


class WarmProvisioner(LocalProvisioner):
    """Forks kernels of this interpreter where that is possible; any other starts as it always did.

    Sockets lie in a folder of the user's own instead of at open ports.

    >>> provisioner = WarmProvisioner()
    >>> provisioner.has_process, provisioner.sockets  # before it is asked for a kernel
    (False, '')
    """

    sockets = ""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """As before, with sockets in place of ports."""
        manager = self.parent
        if warm.available() and manager is not None and manager.transport == "tcp" and not manager.shell_port:
            self.sockets = tempfile.mkdtemp(prefix="cskit-kernel-")
            manager.transport, manager.ip = "ipc", f"{self.sockets}/k"
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork where the command is a Python kernel of this interpreter, else run the command."""
        words = _words(cmd)
        if words is None or not warm.available():
            return await super().launch_kernel(cmd, **kwargs)
        quiet = kwargs.get("stdout") == subprocess.DEVNULL
        place, told = str(kwargs.get("cwd") or Path.cwd()), dict(kwargs.get("env") or os.environ)
        process = warm.start(_run, words, place, told, quiet, self.sockets)
        self.process = _Forked(process)  # type: ignore[assignment]
        self.pid = self.pgid = process.pid  # type: ignore[assignment]
        self.cwd = place  # type: ignore[assignment]
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Take the sockets away with the kernel."""
        await super().cleanup(restart)
        if self.sockets and not restart:
            shutil.rmtree(self.sockets, ignore_errors=True)


class _Forked:
    """A forked process as ``subprocess`` would show it."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess):
        self.process, self.pid = process, process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self.process.join(timeout)
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        if self.pid and self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _words(cmd: list[str]) -> list[str] | None:
    """What a command tells ipykernel; None where it starts anything else."""
    own = bool(cmd) and Path(cmd[0]).absolute() == Path(sys.executable).absolute()
    return cmd[cmd.index(LAUNCHER) + 1 :] if own and LAUNCHER in cmd else None


def _run(words: list[str], cwd: str, env: Mapping[str, str], quiet: bool, sockets: str) -> None:
    """In the forked process: be the kernel that the command would have been."""
    if sockets:
        warm.leave_with(sockets)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = [LAUNCHER, *words, f"--IPKernelApp.parent_handle={os.getppid()}"]
    if quiet:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]  # nobody debugs a kernel that nobody sees
    from ipykernel.kernelapp import IPKernelApp

    try:
        IPKernelApp.launch_instance()
    finally:
        _leave()


def _leave() -> None:
    """A forked process skips what a program does at its end, temporary folders among it."""
    import atexit

    atexit._run_exitfuncs()
