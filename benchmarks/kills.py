"""Kill a run at random moments: is the earlier report whole, and does the next run go on?

Each round changes one setting, so that there is something to do, kills the run and all it started by SIGKILL at a
moment drawn between its start and its end, looks at what readers see, and lets the run be made again.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Kills", "kill_at_random"]

BOOKS = ("00_summary.ipynb", "03_nps_comparison.ipynb")  # two are enough: what is killed is the way they are handled


@dataclass
class Kills:
    """What came of it."""

    rounds: int = 0
    torn: int = 0
    resumed: int = 0
    kept: int = 0
    ended_before: int = 0
    said: list[str] = field(default_factory=list)


def kill_at_random(project: Path, rounds: int, seed: int = 1) -> Kills:
    """Rounds of it.

    Parameters
    ----------
    project : Path
        A project folder with data; its other notebooks are taken away.
    """
    for book in (project / "notebooks").glob("*.ipynb"):
        if book.name not in BOOKS:
            book.unlink()
    rng, told = random.Random(seed), Kills()
    began = time.monotonic()
    _run(project, 0).wait()
    usual = time.monotonic() - began
    for number in range(1, rounds + 1):
        before = _seen(project)
        run = _run(project, number)
        try:
            run.wait(rng.uniform(0.2, usual))
            told.ended_before += 1
        except subprocess.TimeoutExpired:
            os.kill(run.pid, signal.SIGKILL)  # nobody else: what it started has to end by itself
            run.wait()
            # Shown just before it was killed, the new run is whole already.
            told.torn += _seen(project) != before and not _whole(project, number)
        said = _run(project, number).communicate()[1].decode()
        whole = _whole(project, number)
        told.resumed += whole
        told.said += [] if whole else [said]
        told.kept += sum(report["kept"] for report in _manifest(project)["reports"].values())
        told.rounds += 1
    return told


def _run(project: Path, seed: int) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "cskit", "run", "2023Q2", "--lang", "en", "--set", f"report.seed={seed}"]
    return subprocess.Popen(words, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _seen(project: Path) -> dict[str, str]:
    """Every file that readers can reach, by its digest."""
    shown = project / "reports/2023Q2"
    return {
        str(path.relative_to(shown.resolve())): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(shown.resolve().rglob("*"))
        if path.is_file()
    }


def _whole(project: Path, seed: int) -> bool:
    """Whether what readers see is the run that was asked for, and every file of it is complete."""
    shown, told = project / "reports/2023Q2", _manifest(project)
    pages = [page.read_text(encoding="utf-8").rstrip().endswith("</html>") for page in shown.rglob("*.html")]
    books = [json.loads(copy.read_text(encoding="utf-8"))["nbformat"] == 4 for copy in shown.rglob("*.ipynb")]
    metrics = json.loads((shown / "metrics.json").read_text(encoding="utf-8"))
    return bool(
        told["complete"]
        and told["settings"]["overrides"]["report"]["seed"] == seed
        and len(books) == len(BOOKS)
        and all(pages + books)
        and len(pages) >= 2 * len(BOOKS)
        and metrics
    )


def _manifest(project: Path) -> dict:
    return json.loads((project / "reports/2023Q2/manifest.json").read_text(encoding="utf-8"))
