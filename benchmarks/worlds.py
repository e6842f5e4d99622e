"""Do the analyses find what was planted? Companies drawn from a truth that is written down, and read back.

``python -m benchmarks.worlds`` draws 500 seeds of the demo's world ``random``, runs each analysis on the tables as
files, and writes to ``benchmarks/WORLDS.md`` how often each planted effect lies in its 95 % interval.
``... worlds 20`` draws 20 and writes nothing.
"""

import sys
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from cskit.stats.intervals import Interval

SEEDS, CUSTOMERS = 500, 500
ROOT = Path(__file__).parent.parent
PAGE = ROOT / "benchmarks/WORLDS.md"
Found = tuple[str, float, Interval]


def main() -> None:
    """Draw, count, print; write where all seeds were drawn."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    held: dict[str, list[bool]] = {}
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(one_world, range(1, seeds + 1), chunksize=5):
            for name, true, around in found:
                held.setdefault(name, []).append(true in around)
    text = "\n".join(_page(held, seeds)) + "\n"
    print(text)
    if seeds == SEEDS:
        PAGE.write_text(text, encoding="utf-8")


def one_world(seed: int, customers: int = CUSTOMERS) -> list[Found]:
    """Every planted effect of one company: its name, its truth, the interval the analysis gives."""
    from cskit.data import open_data
    from cskit.data.demo import make_demo
    from cskit.params import resolve
    from cskit.run import Run

    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(place) / "company"
        make_demo(folder, customers=customers, seed=seed, world="random", form="parquet")
        truth = yaml.safe_load((folder / "truth.yaml").read_text(encoding="utf-8"))
        params = resolve({"period": "2023Q2", "compare_to": "2022Q4", "data": str(folder)}, root=ROOT)
        run = Run(params, open_data(params.data, params.settings, params.period.end, ROOT))
        return [*_onboarding(run, truth), *_nps(run, truth), *_workload(run, truth), *_churn(run, truth)]


def _onboarding(run: Any, truth: dict[str, Any]) -> Iterator[Found]:
    """The self share of each quarter from 2021 on."""
    from cskit.onboarding.mix import mix, mix_by_month
    from cskit.periods import parse

    months = mix_by_month(run.data)
    planted = {str(day): share for day, share in truth["onboarding"]["self_share"].items()}
    for name in [f"{year}Q{q}" for year in (2021, 2022, 2023) for q in (1, 2, 3, 4)][:10]:
        period = parse(name)
        own = mix(months, period)
        if own.n:
            started = {str(month): int(months.loc[str(month)].sum()) for month in period.months}
            true = sum(planted[day] * n for day, n in started.items()) / own.n
            yield "onboarding: self share of a quarter", true, own.interval()


def _nps(run: Any, truth: dict[str, Any]) -> Iterator[Found]:
    """NPS of each wave, its change from the one before, and the share of people that answered."""
    from cskit.nps.moves import change
    from cskit.nps.silent import asked_people
    from cskit.nps.waves import waves
    from cskit.stats.clusters import clustered_share

    found = waves(run.data, run.settings).waves
    for wave in found:
        yield "nps: score of a wave", truth["nps"][wave.name]["nps"], wave.interval
        people = asked_people(run, wave.name)
        around, _effect, _df = clustered_share(people["answered"], people["company"], 0.95)
        yield "nps: share of people who answer", truth["nps"][wave.name]["response"], around
    for before, now in pairwise(found):
        moved = truth["nps"][now.name]["nps"] - truth["nps"][before.name]["nps"]
        yield "nps: change between waves", moved, change(now, before).interval


def _workload(run: Any, truth: dict[str, Any]) -> Iterator[Found]:
    """What the new support modes do to meetings and hours."""
    from cskit.workload.modes import mode_change

    found = mode_change(run.data, run.settings.workload)
    assert found is not None
    for what in ("meetings", "meeting_hours", "total_hours"):
        around = found.interval(what, 0.95)
        if around:
            yield f"workload: {what.replace('_', ' ')} after / before", truth["workload"][f"{what}_ratio"], around


def _churn(run: Any, truth: dict[str, Any]) -> Iterator[Found]:
    """The chance to leave within a year, from hazards of each customer's hidden state; LTV rests on it."""
    from cskit.stats.intervals import wilson
    from cskit.workload.plans import churned

    yield "workload: churn within 12 months", truth["churn_within_12_months"], wilson(*churned(run))


def _page(held: dict[str, list[bool]], seeds: int) -> Iterator[str]:
    yield "# Do the analyses find what was planted?"
    yield ""
    yield f"Written by `python -m benchmarks.worlds`: {seeds} companies of {CUSTOMERS} customers, world `random`, read"
    yield "back as files. Asked for: the truth in its 95 % interval in 92 to 98 % of seeds."
    yield ""
    yield "| planted effect | intervals | hold the truth | |"
    yield "|---|---|---|---|"
    for name, hits in held.items():
        share = sum(hits) / len(hits)
        yield f"| {name} | {len(hits)} | {100 * share:.1f} % | {'' if 0.92 <= share <= 0.98 else 'missed'} |"


if __name__ == "__main__":
    main()
