"""A thousand reviews in one go: how many a second, against the command lines for one, and does memory stay flat?"""

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.tree import Taken, taken

__all__ = ["CUSTOMERS", "Reviews", "many_reviews"]

CUSTOMERS = 1040  # of the demo; about a thousand of them are customers on the last day
BEGIN, HUNDRED = 26, 100  # reviews made while processes still start, and what memory is averaged over
EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Reviews:
    """What was measured.

    Parameters
    ----------
    made : int
    rate : float
        Reviews a second, each in two versions, after start-up.
    hands : Taken
        One review by the command lines of papermill and nbconvert.
    first, last : float
        Megabytes that all processes held, on average over the first hundred after start-up, and over the last.
    """

    made: int
    rate: float
    hands: Taken
    first: float
    last: float


def many_reviews(project: Path) -> Reviews:
    """Make the reviews of all customers of a project in one language, and one of them by hand."""
    command = [sys.executable, "-m", "cskit", "review", "2023Q2", "--all", "--lang", "en"]
    run = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    held: list[tuple[float, float]] = []
    root = psutil.Process(run.pid)
    while run.poll() is None:
        held.append((time.time(), _megabytes(root)))
        time.sleep(EVERY)
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command)
    copies = list((project / "reviews/2023Q2/notebooks/en").glob("*.ipynb"))
    done = sorted(path.stat().st_mtime for path in copies)
    rate = (len(done) - BEGIN) / (done[-1] - done[BEGIN - 1])
    spans = ((done[BEGIN - 1], done[BEGIN + HUNDRED - 1]), (done[-HUNDRED], done[-1]))
    first, last = (statistics.mean(size for at, size in held if low <= at <= high) for low, high in spans)
    return Reviews(len(done), rate, _by_hand(project, min(copies).stem), first, last)


def _by_hand(project: Path, customer: str) -> Taken:
    book, out = next((project / "notebooks").glob("*_customer_review.ipynb")), project / "by_hand.ipynb"
    settings = f"settings: {{review: {{customer: {customer}}}}}"
    told = ["-m", "papermill", "--no-progress-bar", str(book), str(out), "-p", "period", "2023Q2", "-y", settings]
    page = ["-m", "nbconvert", "--to", "html", "--no-input", str(out)]
    return taken([sys.executable, *told], project) + taken([sys.executable, *page], project)


def _megabytes(root: psutil.Process) -> float:
    """What all processes hold together; what several share counts once."""
    try:
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0.0
    return sum(map(_own, family)) / 1e6


def _own(process: psutil.Process) -> float:
    try:
        told = process.memory_full_info()
        return float(getattr(told, "pss", told.uss))
    except psutil.Error:
        return 0.0
