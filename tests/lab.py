"""JupyterLab as a user has it: on a free port of this machine, in a project folder."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

__all__ = ["faults", "lab", "wait_for"]

TOKEN = "cskit-test"


@contextmanager
def lab(project: Path) -> Iterator[tuple[str, int]]:
    """Its address and process, opened at the notebooks, without news and updates; its log is ``lab.log``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1",
        f"--ServerApp.root_dir={project / 'notebooks'}", f"--IdentityProvider.token={TOKEN}",
        "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    log = (project / "lab.log").open("wb")
    home = {
        "JUPYTER_DEFAULT_PROVISIONER_NAME": "cskit-warm",  # as make lab does
        "JUPYTER_CONFIG_PATH": str(Path(__file__).parents[1] / ".jupyter"),  # asks nothing about news
        "JUPYTER_CONFIG_DIR": str(project / "jupyter"),
        "JUPYTERLAB_SETTINGS_DIR": str(project / "jupyter/settings"),
    }
    server = subprocess.Popen(command, cwd=project, stdout=log, stderr=log, env=os.environ | home)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(f"{address}/api"), 90)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def faults(project: Path) -> list[str]:
    """What the server and its kernels logged as gone wrong.

    Not that a kernel which is just beginning has no ``last_activity`` when JupyterLab asks for all kernels: that is the
    server's own, and JupyterLab asks again.
    """
    lines = re.split(r"^(?=\[[IWEC] )", (project / "lab.log").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [line for line in lines if re.search("Traceback|Error", line) and "'last_activity' trait" not in line]


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
    """Ask again and again until it is so; fail when it takes too long."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.3)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2):
            return True
    except OSError:
        return False
