"""A temporary folder that ends with its process, however that ends: at the latest, the next one clears it away."""

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

__all__ = ["begin_scratch", "end_scratch", "sweep"]

PREFIX, ALIVE = "cskit-", "alive"
GRACE = 60  # seconds in which a folder may exist before its process has marked it


def begin_scratch() -> tuple[Path, IO[str]]:
    """A folder only we can look into, and the file that marks it as in use as long as it is open."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    mark = (folder / ALIVE).open("w", encoding="ascii")
    _locked(mark)
    return folder, mark


def end_scratch(folder: Path, mark: IO[str]) -> None:
    """Give the folder up."""
    mark.close()
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Clear away what processes left that were killed."""
    for mark in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{ALIVE}"):
        try:
            if time.time() - mark.stat().st_mtime < GRACE or mark.stat().st_uid != os.getuid():
                continue
            with mark.open("r+", encoding="ascii") as file:
                if _locked(file):
                    shutil.rmtree(mark.parent, ignore_errors=True)
        except (OSError, AttributeError):  # somebody else's, or gone by now; no owners on Windows
            continue


def _locked(file: IO[str]) -> bool:
    """The system's own lock, which ends with its process."""
    try:
        import fcntl
    except ImportError:  # Windows: nothing is swept there
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
