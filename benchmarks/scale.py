"""Health, mix and workload of 10,000 to a million customers: by cskit, by SQL written by hand, and by pandas.

``python -m benchmarks.scale`` makes the data, asks each way in a process of its own, holds the answers against each
other and writes its part of RESULTS.md; about half an hour on two cores. ``python -m benchmarks.scale FOLDER`` keeps
the data there and finds them again.
"""

import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd

from benchmarks.by_hand import frames
from benchmarks.page import put

if TYPE_CHECKING:
    from cskit.data import Data

__all__ = ["answers", "ask", "main"]

ROOT = Path(__file__).parent.parent
SIZES = (10_000, 100_000, 1_000_000)
QUESTIONS = ("health", "mix", "workload")
WAYS = ("cskit", "SQL", "pandas")
NOT_BY_PANDAS = 1_000_000  # it holds whole columns: more than these machines have
RUNS = 3
HEADING = "## At any size"
TODAY = date(2023, 6, 30)
Answer = tuple[pd.DataFrame, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What one way took for one question: seconds of the first time and of later ones, and most memory."""

    first: float
    usual: float
    cpu: float
    megabytes: float
    opened: float = 0.0


def main() -> None:
    """Measure, compare, print and write."""
    kept = Path(sys.argv[1]) if sys.argv[1:] else None
    with tempfile.TemporaryDirectory() as temporary:
        place = kept or Path(temporary)
        made = {size: _made(place / str(size), size) for size in SIZES}
        told = {}
        for size in SIZES:
            for question in QUESTIONS:
                for way in WAYS:
                    if way != "pandas" or size < NOT_BY_PANDAS:
                        told[size, question, way] = _measured(place, size, question, way)
                        print(size, question, way, told[size, question, way], flush=True)
                _compare(place, size, question)
        put(HEADING, _page(made, told, {size: _rows(place / str(size)) for size in SIZES}))


def ask(way: str, question: str, folder: Path) -> tuple[Callable[[], Answer], float]:
    """A way of answering a question, again and again; and the seconds that opening the data took."""
    if way == "pandas":
        by_frames = {"health": frames.health, "mix": frames.mix, "workload": frames.workload}[question]
        return lambda: _tuple(by_frames(folder)), 0.0
    if way == "SQL":
        written = (Path(__file__).parent / f"by_hand/{question}.sql").read_text(encoding="utf-8")
        statements = written.replace("{folder}", str(folder)).split(";\n")
        engine = duckdb.connect()
        return lambda: _selected(engine, statements), 0.0
    from cskit.data import open_data
    from cskit.health.snapshot import snapshot
    from cskit.onboarding.mix import mix_by_month
    from cskit.params import settings_with
    from cskit.periods import parse
    from cskit.workload.hours import hours

    began = time.perf_counter()
    settings = settings_with()
    data = open_data(folder.name, settings, TODAY, folder.parent)
    opened = time.perf_counter() - began

    def health() -> Answer:
        return (snapshot(data, settings.health).scores.reset_index(),)

    def mix() -> Answer:
        return (mix_by_month(data).reset_index(names="month"),)

    def workload() -> Answer:
        fresh = _forgetful(data)
        found = hours(fresh, settings.workload, parse("2023Q2"))
        return found.rows, found.customers

    return {"health": health, "mix": mix, "workload": workload}[question], opened


def answers(way: str, question: str, folder: Path) -> Answer:
    """The tables that a way gives, sorted alike."""
    found, _opened = ask(way, question, folder)
    return found()


def same(one: Answer, other: Answer) -> None:
    """Refuse two answers that differ: counts and words exactly, other numbers by 1e-9 of themselves.

    Raises
    ------
    AssertionError
        Naming the column.
    """
    for mine, theirs in zip(one, other, strict=True):
        for name in theirs.columns:
            left, right = mine[name], theirs[name]
            if right.dtype.kind == "f":
                values = left.to_numpy(dtype=float, na_value=np.nan), right.to_numpy(dtype=float, na_value=np.nan)
                np.testing.assert_allclose(*values, rtol=1e-9, atol=1e-9, err_msg=name)
            else:
                assert left.fillna("").astype(str).tolist() == right.fillna("").astype(str).tolist(), name


def _one(folder: Path, question: str, way: str, out: Path) -> None:
    """Answer a question a few times, keep the answer, and print what it took."""
    answer, opened = ask(way, question, folder)
    taken, found = [], ()
    for _ in range(RUNS + 1):
        began, spent = time.perf_counter(), time.process_time()
        found = answer()
        taken.append((time.perf_counter() - began, time.process_time() - spent))
    for number, frame in enumerate(found):
        frame.to_parquet(out.with_suffix(f".{number}.parquet"))
    usual = [statistics.median(column) for column in zip(*taken[1:], strict=True)]
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([taken[0][0], *usual, megabytes, opened]))


def _measured(place: Path, size: int, question: str, way: str) -> Told:
    out = place / f"answer-{size}-{question}-{way}"
    command = [sys.executable, "-m", "benchmarks.scale", "--one", str(place / str(size)), question, way, str(out)]
    return Told(*json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout))


def _compare(place: Path, size: int, question: str) -> None:
    found = [
        tuple(pd.read_parquet(path) for path in sorted(place.glob(f"answer-{size}-{question}-{way}.*.parquet")))
        for way in WAYS
    ]
    for other in found[1:]:
        if other:
            same(found[0], other)


def _made(folder: Path, size: int) -> list[float]:
    """Seconds and megabytes of making the data; nothing where they are there already."""
    if (folder / "usage.parquet").is_file():
        return []
    began = time.perf_counter()
    command = ["-m", "cskit", "demo", str(folder), "--customers", str(size), "--format", "parquet"]
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)
    return [time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]


def _rows(folder: Path) -> dict[str, int]:
    with duckdb.connect() as engine:
        asked = {
            name: f"SELECT count(*) FROM '{folder}/{name}.parquet'" for name in ("usage", "touchpoints", "time_logs")
        }
        return {name: engine.execute(query).fetchall()[0][0] for name, query in asked.items()}


def _selected(engine: duckdb.DuckDBPyConnection, statements: list[str]) -> Answer:
    """The frames of those statements that give rows; the others make what these read."""
    found = []
    for statement in statements:
        result = engine.execute(statement)
        if "CREATE OR REPLACE" not in statement:
            found.append(result.df())
    return tuple(found)


def _forgetful(data: "Data") -> "Data":
    """The same data, of which nothing is found again that was worked out before."""
    engine = data._session.engine if data._session else None
    kept = "SELECT table_name FROM duckdb_tables() WHERE temporary AND table_name LIKE 'held_%'"
    for (name,) in engine.execute(kept).fetchall() if engine else []:
        engine.execute(f"DROP TABLE {name}")
    return replace(data, _asked={})


def _tuple(found: Any) -> Answer:
    return found if isinstance(found, tuple) else (found,)


def _page(made: dict[int, list[float]], told: dict[tuple[int, str, str], Told], rows: dict[int, dict[str, int]]) -> str:
    lines = [_line(size, question, told) for size in SIZES for question in QUESTIONS]
    small, large = SIZES[1:]
    grown = [f"{question} {_power(told, question, small, large):.2f}" for question in QUESTIONS]
    opened = [
        f"{size:,}: {statistics.median(told[size, one, 'cskit'].opened for one in QUESTIONS):.1f} s" for size in SIZES
    ]
    written = [f"{size:,} customers: {made[size][0]:.0f} s, {made[size][1]:,.0f} MB" for size in SIZES if made[size]]
    counted = [f"{size:,}: " + ", ".join(f"{n:,} {name}" for name, n in rows[size].items()) for size in SIZES]
    peak = max(one.megabytes for (_, _, way), one in told.items() if way == "cskit")
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"""{HEADING}

Made by `python -m benchmarks.scale` on {datetime.now(UTC):%Y-%m-%d}: {machine}. Grades of all customers on a day;
onboardings by month and route; hours of a quarter by person, task, phase and by customer. All ways read the same
Parquet files and gave the same answers: words and counts exactly, other numbers to 1e-9. The SQL and the pandas are in
`benchmarks/by_hand`. Each in a process of its own; medians of {RUNS} after the first.

| customers | | cskit | first time | SQL by hand | cskit / SQL | pandas | pandas / cskit | cskit's memory |
|---|---|---|---|---|---|---|---|---|
{chr(10).join(lines)}

Bars: within 50 ms of the SQL at {SIZES[0]:,}, within 1.5 times from {small:,} on; pandas at least 5 times as long at
{small:,}; at most 4,096 MB: {peak:,.0f} MB. Growth from {small:,} to {large:,}, as a power of the customers (bar 1.1):
{", ".join(grown)}.

Rows: {"; ".join(counted)}.
Opening them, every check of every row included, comes before, once a run: {"; ".join(opened)}.
{f"Making them: {'; '.join(written)}." if written else ""}

Not tried: pandas at {large:,} customers; files on another machine; more than two cores; whole packs of reports of
so many customers.
"""


def _power(told: dict[tuple[int, str, str], Told], question: str, small: int, large: int) -> float:
    """The power of the customers that cskit's time grows with."""
    longer = told[large, question, "cskit"].usual / told[small, question, "cskit"].usual
    return math.log(longer) / math.log(large / small)


def _line(size: int, question: str, told: dict[tuple[int, str, str], Told]) -> str:
    ours, sql, theirs = (told.get((size, question, way)) for way in WAYS)
    assert ours
    assert sql
    more = f"{ours.usual / sql.usual:.2f} ×" if size > SIZES[0] else f"{1000 * (ours.usual - sql.usual):+.0f} ms"
    pandas = f"{theirs.usual:.2f} s | {theirs.usual / ours.usual:.1f} ×" if theirs else "|"
    return (
        f"| {size:,} | {question} | {ours.usual:.3f} s | {ours.first:.3f} s | {sql.usual:.3f} s | {more} | {pandas} | "
        f"{ours.megabytes:,.0f} MB |"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(Path(sys.argv[2]), sys.argv[3], sys.argv[4], Path(sys.argv[5]))
    else:
        main()
