"""What does a command take, with everything it starts?"""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["Taken", "taken"]

EVERY = 0.1  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds on the clock, and seconds of processor time of all processes together."""

    wall: float
    cpu: float

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.wall + other.wall, self.cpu + other.cpu)


def taken(command: list[str], cwd: Path) -> Taken:
    """Run a command to its end.

    Processor time is looked up while processes live: nobody waits for those that a fork server has started. What a
    process does in its last tenth of a second is missed.

    Raises
    ------
    CalledProcessError
        If it fails.
    """
    began = time.perf_counter()
    run = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    root, found = psutil.Process(run.pid), dict[tuple[int, float], float]()
    while run.poll() is None:
        for process in (root, *_children(root)):
            try:
                times = process.cpu_times()
                found[process.pid, process.create_time()] = times.user + times.system
            except psutil.Error:
                continue
        time.sleep(EVERY)
    wall = time.perf_counter() - began
    if run.returncode:
        said = run.stderr.read().decode() if run.stderr else ""
        raise subprocess.CalledProcessError(run.returncode, command, stderr=said)
    return Taken(wall, sum(found.values()))


def _children(root: psutil.Process) -> list[psutil.Process]:
    try:
        return root.children(recursive=True)
    except psutil.Error:
        return []
