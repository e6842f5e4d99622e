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
    """A folder only we can look into, and the file that marks it as in use as long as it is open.

    >>> folder, mark = begin_scratch()
    >>> [path.name for path in folder.iterdir()]
    ['alive']
    >>> end_scratch(folder, mark)
    """
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    mark = (folder / ALIVE).open("w", encoding="ascii")
    _locked(mark)
    return folder, mark


def end_scratch(folder: Path, mark: IO[str]) -> None:
    """Give the folder up.

    >>> folder, mark = begin_scratch()
    >>> _ = (folder / "1.csv").write_text("customer_id")
    >>> end_scratch(folder, mark)
    >>> folder.exists(), mark.closed
    (False, True)
    """
    mark.close()
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Clear away what processes left that were killed; not on Windows, where no lock tells of them.

    >>> folder, mark = begin_scratch()
    >>> os.utime(folder / ALIVE, (0, 0))
    >>> sweep()
    >>> folder.exists()  # however old it is, it is in use
    True
    >>> mark.close()  # as its process ends
    >>> sweep()
    >>> folder.exists()
    False
    """
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
