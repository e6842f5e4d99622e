"""Time the everyday commands against the same notebooks by the tools' own command lines; write RESULTS.md.

Each figure is the median of the runs in this one session. Machines are shared: compare the ratios, not the seconds.
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUNS = 3


def main() -> None:
    """Measure, print and write."""
    with tempfile.TemporaryDirectory() as place:
        project = _project(Path(place))
        rows = [
            ("`cskit --help`", _median(lambda: _cskit(project, "--help"))),
            ("`cskit check 2023Q2` on the demo", _median(lambda: _cskit(project, "check", "2023Q2"))),
            ("whole demo pack to HTML, `cskit run 2023Q2`", _median(lambda: _cskit(project, "run", "2023Q2"), 1)),
            ("the same notebooks by `papermill`, then `jupyter nbconvert`", _median(lambda: _by_hand(project), 1)),
        ]
    ratio = rows[3][1] / rows[2][1]
    text = _page(rows, ratio)
    (ROOT / "benchmarks/RESULTS.md").write_text(text, encoding="utf-8")
    print(text)


def _project(place: Path) -> Path:
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, place / name)
    _cskit(place, "demo", "data/demo")
    return place


def _cskit(project: Path, *words: str) -> None:
    _run([sys.executable, "-m", "cskit", *words], project)


def _by_hand(project: Path) -> None:
    """Each notebook by papermill's command, then by nbconvert's, one after another."""
    for notebook in sorted((project / "notebooks").glob("[0-9]*.ipynb")):
        done = project / notebook.name
        _run([sys.executable, "-m", "papermill", str(notebook), str(done), "-f", "params/2023Q2.yaml"], project)
        _run([sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", str(done)], project)


def _run(command: list[str], project: Path) -> None:
    subprocess.run(command, cwd=project, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _median(work: Callable[[], None], runs: int = RUNS) -> float:
    """Seconds, after a first run that is not counted where it is short."""
    if runs > 1:
        work()
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _page(rows: list[tuple[str, float]], ratio: float) -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    table = "\n".join(f"| {what} | {seconds:.2f} |" for what, seconds in rows)
    return f"""# Results

Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {machine}. A shared machine: read the ratios, not the seconds.

| what | seconds |
|---|---|
{table}

The pack is {ratio:.1f} times as fast as the command lines. Not tried: other machines, cold disks, large data.
"""


if __name__ == "__main__":
    main()
