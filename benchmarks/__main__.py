"""Time a pack against the same notebooks by the tools' own command lines; write RESULTS.md.

All in one session, so that ratios can be trusted where seconds cannot: ``python -m benchmarks`` for everything (about
half an hour on two cores), ``python -m benchmarks --short`` without the hundred packs and the fifty kills. Large
data have their own: ``python -m benchmarks.scale``.
"""

import csv
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.kills import Kills, kill_at_random
from benchmarks.page import put
from benchmarks.reviews import CUSTOMERS, many_reviews
from benchmarks.tree import Taken, taken

ROOT = Path(__file__).parent.parent
RUNS = 3
PACKS = 100
KILLS = 50
TWICE = 5
IN_ONE_PROCESS = """
import sys; from pathlib import Path
import papermill, yaml
from nbconvert import HTMLExporter
params = yaml.safe_load(Path("params/2023Q2.yaml").read_text(encoding="utf-8"))
for book in sorted(Path("notebooks").glob("0*.ipynb")):
    made = papermill.execute_notebook(str(book), book.name, parameters=params, progress_bar=False)
    page, _ = HTMLExporter(exclude_input=True).from_notebook_node(made)
    Path(book.stem + ".html").write_text(page, encoding="utf-8")
"""


def main() -> None:
    """Measure, print and write."""
    short, rows = "--short" in sys.argv[1:], list[str]()
    with tempfile.TemporaryDirectory() as place:
        project = _project(Path(place) / "one")
        pack = _median(lambda: _cskit(project, "run", "2023Q2", "--force"))
        hands = _by_hand(project)
        one = _median(lambda: taken([sys.executable, "-c", IN_ONE_PROCESS], project), 1)
        for row in (
            lambda: _row("whole demo pack to HTML, nothing cached: `cskit run 2023Q2`", pack),
            lambda: _row(
                "the same notebooks by `papermill`, then `jupyter nbconvert`, one after another", hands, pack, 6
            ),
            lambda: _row("the same by `papermill.execute_notebook` and nbconvert in one process", one, pack, 4),
            lambda: _limit("unchanged: `cskit run 2023Q2` again", _median(lambda: _cskit(project, "run", "2023Q2")), 1),
            lambda: _limit("`cskit --help`", _median(lambda: _cskit(project, "--help")), 0.4),
            lambda: _limit(
                "`cskit check 2023Q2` on the demo", _median(lambda: _cskit(project, "check", "2023Q2")), 2.5
            ),
            lambda: _peak(project),
            lambda: _reviews(Path(place)),
            *(() if short else (lambda: _many(Path(place)), lambda: _twice(project), lambda: _killed(Path(place)))),
        ):
            rows.append(row())
            print(rows[-1], flush=True)  # what comes later may fail
    put("", _page(rows))


def _project(place: Path) -> Path:
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, place / name)
    _cskit(place, "demo", "data/demo")
    return place


def _cskit(project: Path, *words: str) -> Taken:
    return taken([sys.executable, "-m", "cskit", *words], project)


def _by_hand(project: Path) -> Taken:
    """Each notebook by papermill's command, then by nbconvert's, one after another."""
    whole = Taken(0, 0)
    for notebook in sorted((project / "notebooks").glob("0*.ipynb")):
        done = project / notebook.name
        told = ["-m", "papermill", "--no-progress-bar", str(notebook), str(done), "-f", "params/2023Q2.yaml"]
        whole += taken([sys.executable, *told], project)
        whole += taken([sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", str(done)], project)
    return whole


def _median(work: Callable[[], Taken], runs: int = RUNS) -> Taken:
    """After a first run that is not counted, where it is repeated at all."""
    if runs > 1:
        work()
    found = [work() for _ in range(runs)]
    return Taken(statistics.median(one.wall for one in found), statistics.median(one.cpu for one in found))


def _many(place: Path) -> str:
    """Packs of a few customers each, against the command lines for one of them."""
    project = _project(place / "many")
    table = project / "data/demo/customers.csv"
    with table.open(encoding="utf-8", newline="") as file:
        customers = list(csv.DictReader(file))
    for number, customer in enumerate(customers):
        customer["region"] = f"R{number % PACKS:03}"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(customers[0]))
        writer.writeheader()
        writer.writerows(customers)
    each = _cskit(project, "run", "2023Q2", "--each", "region")
    params = project / "params/2023Q2.yaml"
    text = params.read_text(encoding="utf-8")
    params.write_text(text.replace("settings:", "settings:\n  data: {only: {region: R000}}"), encoding="utf-8")
    hands = _by_hand(project)
    one = Taken(each.wall / PACKS, each.cpu / PACKS)
    return _row(f"one of {PACKS} packs by `--each region`: {one.wall:.2f} s; one by the command lines", hands, one, 20)


def _peak(project: Path) -> str:
    told = json.loads((project / "reports/2023Q2/manifest.json").read_text(encoding="utf-8"))
    return f"| most memory of the whole pack | {told['peak_megabytes']:,} MB | | ≤ 1,500 MB |"


def _twice(project: Path) -> str:
    """Runs of the same inputs in both languages, every file against the first one's."""
    same = 0
    _cskit(project, "run", "2023Q2", "--lang", "en,ja", "--force", "--out", "first")
    for _ in range(TWICE):
        try:
            _cskit(project, "verify", "first/2023Q2")
            same += 1
        except Exception as fault:  # what it says is the figure
            print(getattr(fault, "stderr", fault))
    return f"| made again in both languages (`cskit verify`), every file the same | {same} of {TWICE} | | {TWICE} |"


def _reviews(place: Path) -> str:
    """Customer reviews: their rate, the command lines' for one, and the memory of the first hundred and the last."""
    project = place / "reviews"
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, project / name)
    _cskit(project, "demo", "data/demo", "--customers", str(CUSTOMERS))
    found = many_reviews(project)
    ratio, grown = found.rate * found.hands.wall, found.last / found.first - 1
    return (
        f"| {found.made:,} customer reviews, in two versions each, after start-up | {found.rate:.1f} a second | "
        f"{ratio:.0f} × one by the command lines ({found.hands.wall:.2f} s) | ≥ 3 a second, ≥ 20 × |\n"
        f"| memory of the last hundred against the first | {found.last:,.0f} against {found.first:,.0f} MB: "
        f"{100 * grown:+.0f} % | | within 10 % |"
    )


def _killed(place: Path) -> str:
    told: Kills = kill_at_random(_project(place / "killed"), KILLS)
    return (
        f"| killed by SIGKILL at {told.rounds} random moments ({told.ended_before} had ended by then) | "
        f"{told.torn} torn or lost, {told.resumed} gone on with | | 0, {KILLS} |"
    )


def _row(what: str, found: Taken, against: Taken | None = None, bar: float = 0) -> str:
    ratio = f"{found.wall / against.wall:.1f} ×" if against else ""
    return (
        f"| {what} | {found.wall:.2f} s ({found.cpu:.0f} s of processor) | {ratio} | {f'≥ {bar:g} ×' if bar else ''} |"
    )


def _limit(what: str, found: Taken, bar: float) -> str:
    return f"| {what} | {found.wall:.2f} s | | ≤ {bar:g} s |"


def _page(rows: list[str]) -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    table = "\n".join(rows)
    return f"""# Results

Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {machine}. A shared machine: read the ratios, not the seconds.
Medians of {RUNS} after a warm-up, but for what takes a minute or more: once.

| what | taken | against the pack | bar |
|---|---|---|---|
{table}

Not tried: other machines, more cores, cold disks.
"""


if __name__ == "__main__":
    main()
