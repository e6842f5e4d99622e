"""Do our 95 % intervals hold the truth 95 times in 100, and do our sentences stay silent where nothing moved?

``python -m benchmarks.coverage`` writes ``benchmarks/COVERAGE.md``. Each analysis declares its truths
beforehand, in ``benchmarks/coverage_<wing>.py``: ``INTERVALS``, whose truth is known, and ``SILENCES``, in which
nothing is to be claimed.
"""

import importlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from cskit.stats.intervals import Interval

__all__ = ["Intervals", "Silence", "held", "spoke"]

RUNS = 2000
WINGS = ("nps", "health", "onboarding", "workload", "support", "growth")
PAGE = Path(__file__).parent / "COVERAGE.md"


@dataclass(frozen=True)
class Intervals:
    """One kind of interval.

    Parameters
    ----------
    name : str
    truths : sequence
        The grid, declared beforehand.
    sizes : sequence of int
    once : callable
        (rng, truth, n) to (true value, interval): draws a sample and gives its interval.
    runs : int
        Fewer for what takes long.
    """

    name: str
    truths: Sequence[Any]
    once: Callable[[np.random.Generator, Any, int], tuple[float, Interval]]
    sizes: Sequence[int] = (20, 50, 100)
    runs: int = RUNS


@dataclass(frozen=True)
class Silence:
    """One kind of sentence where nothing moved: (rng) to whether it claims a direction."""

    name: str
    once: Callable[[np.random.Generator], bool]
    runs: int = RUNS


def held(kind: Intervals, truth: Any, n: int, runs: int, seed: int = 1) -> float:
    """Share of runs whose interval holds the truth."""
    rng = np.random.default_rng([seed, crc32(f"{kind.name} {truth} {n}".encode())])
    drawn = (kind.once(rng, truth, n) for _ in range(runs))
    return sum(true in interval for true, interval in drawn) / runs


def spoke(kind: Silence, runs: int, seed: int = 1) -> float:
    """Share of runs that claim a direction."""
    rng = np.random.default_rng([seed, crc32(kind.name.encode())])
    return sum(kind.once(rng) for _ in range(runs)) / runs


def _kinds(wing: str) -> tuple[Sequence[Intervals], Sequence[Silence]]:
    module = importlib.import_module(f"benchmarks.coverage_{wing}")
    return module.INTERVALS, module.SILENCES


def _held(task: tuple[str, int, int, int, int]) -> float:
    wing, place, n, truth, runs = task
    kind = _kinds(wing)[0][place]
    return held(kind, kind.truths[truth], n, min(runs, kind.runs))


def _spoke(task: tuple[str, int, int]) -> float:
    wing, place, runs = task
    kind = _kinds(wing)[1][place]
    return spoke(kind, min(runs, kind.runs))


def _lines(wings: Sequence[str], runs: int, pool: ProcessPoolExecutor) -> Iterator[str]:
    yield "# Do the intervals hold what they say?"
    yield ""
    yield "Written by `python -m benchmarks.coverage`; the same numbers every time. 95 % nominal. Asked for, over the"
    yield "truths and sizes of each kind together: mean 94 to 97 %, least 92 % or more."
    yield ""
    yield "| interval | n | truths | runs each | mean | least | at | |"
    yield "|---|---|---|---|---|---|---|---|"
    for wing in wings:
        for place, kind in enumerate(_kinds(wing)[0]):
            yield from _rows(wing, place, kind, runs, pool)
    yield ""
    yield "How often a sentence claims a direction where nothing moved; at most 5 % and three Monte Carlo errors."
    yield ""
    yield "| sentence | runs | claims | |"
    yield "|---|---|---|---|"
    for wing in wings:
        silences = _kinds(wing)[1]
        shares = pool.map(_spoke, [(wing, place, runs) for place in range(len(silences))])
        for silence, share in zip(silences, shares, strict=True):
            number = min(runs, silence.runs)
            good = "" if share <= 0.05 + 3 * sqrt(0.05 * 0.95 / number) else "missed"
            yield f"| {wing}: {silence.name} | {number} | {100 * share:.1f} % | {good} |"


def _rows(wing: str, place: int, kind: Intervals, runs: int, pool: ProcessPoolExecutor) -> Iterator[str]:
    """A row for each size, and one for all."""
    number, every = min(runs, kind.runs), []
    for n in kind.sizes:
        tasks = [(wing, place, n, truth, runs) for truth in range(len(kind.truths))]
        found = list(zip(pool.map(_held, tasks), [str(truth) for truth in kind.truths], strict=True))
        every += found
        yield f"| {wing}: {kind.name} | {n} | {len(found)} | {number} | {_summary(found)} | |"
    shares = [share for share, _truth in every]
    good = "" if 0.94 <= float(np.mean(shares)) <= 0.97 and min(shares) >= 0.92 else "missed"
    yield f"| **{wing}: {kind.name}** | all | {len(every)} | {number} | {_summary(every)} | {good} |"


def _summary(found: list[tuple[float, str]]) -> str:
    least, where = min(found)
    return f"{100 * float(np.mean([share for share, _truth in found])):.1f} % | {100 * least:.1f} % | {where}"


def main() -> None:
    """Measure all wings, or those named; only all of them are written down."""
    named = [word for word in sys.argv[1:] if not word.isdigit()]
    runs = next((int(word) for word in sys.argv[1:] if word.isdigit()), RUNS)
    start, lines = time.monotonic(), []
    with ProcessPoolExecutor(2) as pool:
        for line in _lines(named or WINGS, runs, pool):
            print(line, flush=True)
            lines.append(line)
    if not named and runs == RUNS:
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
