"""How much of an unknown export does cskit import recognise, and is any of what it is sure of wrong?

``python -m tests.data.importing.measure DEMO`` prints the figures of docs/import.md; the tests hold them.
"""

import csv
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from cskit.data.importing import propose
from cskit.data.importing.ask import Proposed
from cskit.data.schema import tables
from cskit.params import settings_with

HERE = Path(__file__).parent
ROWS = 1_500  # of each file: enough to see, and quick


@dataclass(frozen=True)
class Measured:
    """Columns with something in them: all, sure and right, sure and wrong; tables likewise."""

    columns: int
    sure: int
    wrong: tuple[str, ...]
    unsure: tuple[str, ...]
    proposed: Proposed

    @property
    def share(self) -> float:
        return self.sure / self.columns


def copied(
    demo: Path, to: Path, name: Callable[[str, str], str], files: Callable[[str], str]
) -> dict[str, tuple[str, dict[str, str]]]:
    """The demo with other names and its columns in another order: new file -> (table, {header: column})."""
    truth, order = {}, random.Random(1)
    for path in sorted(demo.glob("*.csv")):
        table = path.stem
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = [row for _, row in zip(range(ROWS), csv.reader(file), strict=False)]
        kept = [at for at, own in enumerate(header) if any(row[at] for row in rows)]
        order.shuffle(kept)
        names = {header[at]: name(table, header[at]) for at in kept}
        with (to / f"{files(table)}.csv").open("w", encoding="cp932", errors="replace", newline="") as file:
            csv.writer(file).writerows(
                [[names[header[at]] for at in kept], *([row[at] for at in kept] for row in rows)]
            )
        truth[files(table)] = (table, {theirs: ours for ours, theirs in names.items()})
    return truth


def measured(folder: Path, truth: dict[str, tuple[str, dict[str, str]]]) -> Measured:
    proposed = propose(str(folder), settings_with(), folder)
    assert proposed.faults == ()
    right, wrong = set(), []
    for own in proposed.taken:
        table, columns = truth[own.export.path.stem]
        for guess in own.guesses if own.table and own.grade == "sure" else ():
            if guess.grade == "sure":
                if own.table and (own.table.name, guess.column) == (
                    table,
                    columns[guess.seen.header.replace("～", "〜")],
                ):
                    right.add((table, guess.column))
                else:
                    wrong.append(f"{table}: {guess.seen.header} as {own.table and own.table.name}.{guess.column}")
    every = {(table, column) for table, columns in truth.values() for column in columns.values()}
    unsure = tuple(sorted(f"{a}.{b}" for a, b in every - right))
    return Measured(len(every), len(right), tuple(wrong), unsure, proposed)


def foreign(demo: Path, to: Path) -> Measured:
    """As a Japanese company names things: tests/data/importing/foreign.yaml."""
    spec = yaml.safe_load((HERE / "foreign.yaml").read_text(encoding="utf-8"))
    files = {own.pop("table"): (file, own) for file, own in spec.items()}
    return measured(to, copied(demo, to, lambda table, own: files[table][1][own], lambda table: files[table][0]))


def nameless(demo: Path, to: Path) -> Measured:
    """Names that say nothing: only values can tell."""
    numbers: dict[tuple[str, str], str] = {}
    return measured(
        to,
        copied(
            demo,
            to,
            lambda table, own: numbers.setdefault((table, own), f"F{len(numbers) + 1:03}"),
            lambda table: f"出力_{sorted(tables()).index(table):03}",
        ),
    )


def headless(demo: Path, to: Path) -> Measured:
    """File names of the Japanese company, headers that say nothing: only values can tell."""
    spec = yaml.safe_load((HERE / "foreign.yaml").read_text(encoding="utf-8"))
    files = {own["table"]: file for file, own in spec.items()}
    numbers: dict[tuple[str, str], str] = {}
    return measured(
        to,
        copied(
            demo, to, lambda table, own: numbers.setdefault((table, own), f"F{len(numbers) + 1:03}"), files.__getitem__
        ),
    )


def crossed(demo: Path, to: Path) -> Measured:
    """File names that say nothing, headers of the Japanese company."""
    spec = yaml.safe_load((HERE / "foreign.yaml").read_text(encoding="utf-8"))
    names = {own["table"]: own for own in spec.values()}
    return measured(
        to,
        copied(
            demo, to, lambda table, own: names[table][own], lambda table: f"出力_{sorted(tables()).index(table):03}"
        ),
    )


if __name__ == "__main__":
    for kind in (foreign, crossed, headless, nameless):
        with tempfile.TemporaryDirectory() as folder:
            found = kind(Path(sys.argv[1]), Path(folder))
        print(
            f"{kind.__name__}: {found.sure} of {found.columns} columns sure and right ({found.share:.1%}), {len(found.wrong)} sure and wrong"
        )
        print("  wrong:", *found.wrong, sep="\n    ")
        print("  left to a person:", ", ".join(found.unsure))
