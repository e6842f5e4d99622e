"""How long from a slider to its figure: in the kernel at 1,000 and 100,000 customers, and in a browser at 1,000.

``python -m benchmarks.explore`` makes the data, opens each explorer, moves settings, and writes its part of RESULTS.md;
about ten minutes on two cores. ``python -m benchmarks.explore FOLDER`` keeps the data there and finds them again.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.page import put

__all__ = ["main"]

ROOT = Path(__file__).parent.parent
SIZES = (1_000, 100_000)
BARS = {1_000: 0.2, 100_000: 0.5}
HEADING = "## From a slider to its figure"
MOVES = 12
# Of each notebook with an explorer, the setting that is moved, and between which values.
EXPLORERS = {
    "01_onboarding_mix": ("onboarding.balance.knowledge_min", 0.5, 0.8),
    "02_dear_health": ("health.grades.good", 70, 85),
    "03_nps_comparison": ("report.confidence", 0.8, 0.99),
    "04_workload_model": ("workload.planned_load", 0.7, 0.9),
    "07_plays": ("plays.per_customer", 1, 5),
}


def main() -> None:
    """Measure, print and write."""
    kept = Path(sys.argv[1]) if sys.argv[1:] else None
    with tempfile.TemporaryDirectory() as temporary:
        place = kept or Path(temporary)
        rows = []
        for size in SIZES:
            folder = _made(place / f"explore-{size}", size)
            for name in EXPLORERS:
                first, every = _in_kernel(folder, name)
                print(size, name, first, every, flush=True)
                rows.append((size, name, first, every))
        seen = {name: _in_browser(place / f"explore-{SIZES[0]}", name) for name in EXPLORERS}
        print(seen)
    put(HEADING, _page(rows, seen))


def one(folder: str, name: str) -> None:
    """Seconds from a move to the first panel, and to all, in this process; printed as JSON."""
    os.chdir(ROOT)
    explorer = explorer_of(folder, name)
    path, low, high = EXPLORERS[name]
    first, every = [], []
    for panel in range(len(explorer.panels)):  # what is made once is not the move's
        _html(explorer.panel(panel))
    for move in range(MOVES):
        began = time.perf_counter()
        apart = (
            move // 4 if isinstance(low, int) else 0.01 * (move // 4)
        )  # another value each time, whole where it must be
        explorer.move(path, type(low)(low + (high - low) * (move % 4) / 4) + apart)
        _html(explorer.panel(0))
        first.append(time.perf_counter() - began)
        for panel in range(1, len(explorer.panels)):
            _html(explorer.panel(panel))
        every.append(time.perf_counter() - began)
    print(json.dumps([statistics.median(first), max(first), statistics.median(every)]))


def _html(made: Any) -> str:
    return "" if made is None else str(made._repr_mimebundle_()["text/html"])


def explorer_of(folder: str, name: str) -> Any:
    """The explorer that the notebook's own cells make, without those that show something."""
    from nbformat import read

    given: dict[str, Any] = {}
    cells = [cell for cell in read(ROOT / f"notebooks/{name}.ipynb", 4).cells if cell.cell_type == "code"]
    for cell in cells:
        source = cell.source.replace('data = "data/demo"', f"data = {folder!r}")
        if "explore.what_if(" in source:
            return eval(source, given)
        exec("\n".join(line for line in source.splitlines() if _works_out(line)), given)
    raise LookupError(f"{name} has no explorer")


def _works_out(line: str) -> bool:
    """Whether a line of a notebook imports or names something, and does not only show it."""
    return line.startswith(("import ", "from ")) or (" = " in line.split("(")[0])


def _in_kernel(folder: Path, name: str) -> tuple[list[float], float]:
    command = [sys.executable, "-m", "benchmarks.explore", "--one", str(folder), name]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    return told[:2], told[2]


WATCH = """
([path, presses]) => new Promise(done => {
  const box = document.querySelector('.cskit-explorer'), found = [];
  const handle = box.querySelector('.cskit-at-' + path.replaceAll('.', '-') + ' .noUi-handle');
  const figure = () => box.querySelector('figure svg').outerHTML;
  let left = presses, before = figure(), began = 0;
  const press = () => {
    before = figure(); began = performance.now();
    handle.focus();
    const key = {key: left % 2 ? 'ArrowRight' : 'ArrowLeft', bubbles: true};
    handle.dispatchEvent(new KeyboardEvent('keydown', key));
  };
  new MutationObserver(() => {
    if (!began || figure() === before) return;
    const now = performance.now() - began; began = 0;
    requestAnimationFrame(() => { found.push(now); left -= 1; left ? setTimeout(press, 1500) : done(found); });
  }).observe(box, {subtree: true, childList: true, characterData: true});
  press();
})
"""


def _in_browser(folder: Path, name: str) -> float:
    """Median seconds from a key on the slider to the new figure in the page, JupyterLab and its messages included."""
    from playwright.sync_api import sync_playwright

    from tests.conftest import project_in
    from tests.lab import lab
    from tests.notebooks.test_explorers import CHROMIUM, Page

    with tempfile.TemporaryDirectory() as place:
        project = project_in(Path(place) / "project", folder)
        with lab(project) as (address, _pid), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = Page((address, browser), name)
            page.open(EXPLORERS[name][0])  # only the group that is shown is in the page
            page.page.wait_for_timeout(2000)
            told = page.page.evaluate(WATCH, [EXPLORERS[name][0], MOVES])
            browser.close()
    return statistics.median(told) / 1000


def _made(folder: Path, size: int) -> Path:
    if not (folder / "customers.parquet").is_file():
        command = ["-m", "cskit", "demo", str(folder), "--customers", str(size), "--format", "parquet"]
        subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)
    return folder


def _page(rows: list[tuple[int, str, list[float], float]], seen: dict[str, float]) -> str:
    today = datetime.now(UTC).date()
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = [
        HEADING,
        "",
        f"Made by `python -m benchmarks.explore` on {today}: {machine}.",
        "From a move of a setting to the first figure made again, and to everything the explorer shows, in the kernel:",
        f"median of {MOVES} moves, and the slowest. In the browser: from a key on the slider to the new figure in",
        "JupyterLab's page.",
        "",
        "| customers | notebook | first figure | slowest | all | in the browser | bar |",
        "|---|---|---|---|---|---|---|",
    ]
    for size, name, (usual, most), every in rows:
        whole = f"{seen[name]:.3f} s" if size == SIZES[0] else ""
        lines.append(
            f"| {size:,} | {name} | {usual:.3f} s | {most:.3f} s | {every:.2f} s | {whole} | ≤ {BARS[size]} s |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
    else:
        main()
