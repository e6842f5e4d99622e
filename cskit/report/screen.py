"""What the one at the keyboard sees of a run."""

from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from cskit.params import Params

if TYPE_CHECKING:  # what only a run needs is not imported by cskit check
    from cskit.data import Data
    from cskit.data.importing import Proposed
    from cskit.report.execute import Job, Made
    from cskit.report.manifest import Entry
    from cskit.report.pack import Outcome
    from cskit.report.reviews import Made as ReviewMade
    from cskit.rows import Rows

__all__ = ["Reviewing", "Screen", "tell_data", "tell_faults", "tell_project", "tell_proposal", "tell_rows"]

MARKS = {"ok": "[green]ok[/]", "not available": "[yellow]not available[/]", "failed": "[red]failed[/]"}


class _Bars:
    """Bars at a terminal, and lines above them; in a log the lines alone."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()


class Screen(_Bars):
    """A bar per notebook at a terminal, a line per notebook in a log.

    >>> import sys
    >>> from contextlib import redirect_stderr
    >>> from cskit.report.pack import Outcome
    >>> quarrels = ("nps.score is 6.4 in nps_comparison and 7 in summary",)
    >>> with redirect_stderr(sys.stdout), Screen() as screen:
    ...     screen.end(Outcome(Path("reports/2023Q2"), (), quarrels, complete=False), Path())
      contradiction  nps.score is 6.4 in nps_comparison and 7 in summary
    A report failed; the index says which:
    reports/2023Q2/index.html
    """

    def __init__(self) -> None:
        super().__init__()
        self.tasks: dict[tuple[str, str, str], TaskID] = {}

    def step(self, job: "Job", done: int, total: int) -> None:
        """A cell is done."""
        key = (job.label, job.notebook.name, job.lang)
        if key not in self.tasks:
            self.tasks[key] = self.progress.add_task(_named(job), total=total)
        self.progress.update(self.tasks[key], completed=done)

    def finished(self, made: "Made", entry: "Entry") -> None:
        """A notebook is done."""
        task = self.tasks.pop((made.job.label, made.job.notebook.name, made.job.lang), None)
        if task is not None:
            self.progress.remove_task(task)
        name = escape(_named(made.job))
        why = f"  {escape(entry.first.message)}" if entry.first.message else ""
        self.console.print(f"  {MARKS[entry.first.status]}  {name}  [dim]{made.seconds:.1f} s[/]{why}")

    def end(self, outcome: "Outcome", root: Path) -> None:
        """The run is done: where to look, and what is not as it should be."""
        for text in outcome.quarrels:
            self.console.print(f"  [red]contradiction[/]  {escape(text)}")
        index = outcome.shown / "index.html"
        for old in (entry.name for entry in outcome.entries if entry.failed and entry.carried):
            again = f"cskit run {outcome.shown.name.removesuffix('-incomplete')} --only {old}"
            self.console.print(f"  [red]failed[/]  {escape(old)}  taken over from an earlier run; again: {again}")
        if not outcome.complete and outcome.shown.name.endswith("-incomplete"):
            good = outcome.shown.name.removesuffix("-incomplete")
            self.console.print(f"A report failed: {good} still shows the earlier good run, the new one is beside it:")
        elif not outcome.complete:
            self.console.print("A report failed; the index says which:")
        print(index.relative_to(Path.cwd()) if index.is_relative_to(Path.cwd()) else index)


class Reviewing(_Bars):
    """A bar over all reviews at a terminal, a line for each that failed, and the count at the end.

    >>> import sys
    >>> from contextlib import redirect_stderr
    >>> from cskit.report.reviews import Made, Review
    >>> with redirect_stderr(sys.stdout), Reviewing(3) as screen:
    ...     screen.made(Made(Review("C00007", "", "", "ja")))
    ...     screen.made(Made(Review("C00009", "", "", "ja"), kept=True))
    ...     screen.made(Made(Review("C00012", "", "", "ja"), error="KeyError: 'seats'"))
      failed  C00012 (ja)  KeyError: 'seats'
      1 made, 1 kept, 1 failed
    """

    def __init__(self, total: int) -> None:
        super().__init__()
        self.task = self.progress.add_task("reviews", total=total)
        self.counts = {"made": 0, "kept": 0, "failed": 0}

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, fault, trace)
        told = ", ".join(f"{n:,} {what}" for what, n in self.counts.items() if n)
        self.console.print(f"  {told or 'nothing to do'}")

    def made(self, review: "ReviewMade") -> None:
        """A review is done."""
        self.progress.advance(self.task)
        self.counts["failed" if review.error else "kept" if review.kept else "made"] += 1
        if review.error:
            whose = f"{review.review.customer} ({review.review.lang})"
            self.console.print(f"  [red]failed[/]  {escape(whose)}  {escape(review.error)}")


def _named(job: "Job") -> str:
    return " ".join([*([job.label] if job.label else []), f"{job.notebook.name} ({job.lang})"])


def tell_data(data: "Data", params: Params) -> None:
    """Tables, rows, warnings and rows set aside, on stdout.

    >>> from datetime import date
    >>> from cskit.data import Data
    >>> from cskit.params import load
    >>> tell_data(Data(date(2023, 6, 30), set_aside_rows=2, rows={"customers": 500, "health": 10_214}), load("2023Q2"))
    data/demo, as of 2023-06-30
     table        rows
     customers     500
     health     10,214
    The data can be used. 2 faulty rows are set aside.
    """
    console = Console(highlight=False)
    console.print(f"{params.data}, as of {params.period.end}")
    table = Table("table", "rows", box=None)
    table.columns[1].justify = "right"
    for name, rows in data.rows.items():
        table.add_row(name, f"{rows:,}")
    console.print(table)
    tell_inputs(data, console)
    tell_faults(data, console)
    aside = f" {data.set_aside_rows:,} faulty rows are set aside." if data.set_aside_rows else ""
    console.print(f"The data can be used.{aside}")


def tell_inputs(data: "Data", console: Console) -> None:
    """Files that are not read as usual, and tables that come from several files."""
    several = Counter(own.table for own in data.inputs)
    for own in data.inputs:
        parts = [f"{own.rows:,} rows of {own.table}"] if several[own.table] > 1 else []
        if words := ", ".join([*parts, *([own.said] if own.said else [])]):
            console.print(f"  [dim]{escape(own.path)}: {escape(words)}[/]")


def tell_faults(data: "Data", console: Console | None = None) -> None:
    """What was odd in the data and what was set aside, a line each.

    >>> from datetime import date
    >>> from cskit.data import Data
    >>> from cskit.errors import Fault
    >>> odd = Fault("nps_responses", "nps.csv", "found 11", column="score", rows=(14, 88), count=2)
    >>> tell_faults(Data(date(2023, 6, 30), set_aside=(odd,)), Console(highlight=False))
    set aside  nps.csv: column score, rows 14 and 88: found 11
    """
    console = console or Console(stderr=True, highlight=False)
    for fault in data.warnings:
        console.print(f"warning  {escape(f'{fault.source}: {fault}')}", soft_wrap=True)
    for fault in data.set_aside:
        console.print(f"set aside  {escape(f'{fault.source}: {fault}')}", soft_wrap=True)


def tell_proposal(proposed: "Proposed", to: str) -> None:
    """What each file is taken for and how sure, and how the file that was written is used, on stdout.

    >>> from cskit.data.importing import Proposed
    >>> from cskit.data.importing.ask import Export, Taken
    >>> from cskit.data.schema import tables
    >>> sure = Taken(Export(Path("解約.csv"), ("解約",)), (), tables()["churns"], 0.9)
    >>> stray = Taken(Export(Path("memo.csv"), ("memo",)), (), None, 0.1)
    >>> tell_proposal(Proposed((sure, stray), ()), "params/mappings/ours.yaml")
     file      taken for  how sure   sure  to look at  missing
     解約.csv  churns     sure 0.90  0     0           customer_id, effective_on
     memo.csv  no table
    params/mappings/ours.yaml is written. Look at its lines with # ?, then put into the period's file:
    settings:
      data:
        mapping_file: params/mappings/ours.yaml
    """
    console = Console(highlight=False)
    table = Table("file", "taken for", "how sure", "sure", "to look at", "missing", box=None)
    for own in proposed.taken:
        sure = sum(guess.grade == "sure" for guess in own.guesses)
        if own.table is None:
            table.add_row(escape(own.export.label), "no table", "", "", "", "")
            continue
        grade = f"{own.grade} {own.confidence:.2f}"
        look = str(len(own.guesses) - sure)
        missing = ", ".join(own.missing)
        table.add_row(escape(own.export.label), own.table.name, grade, str(sure), look, missing)
    console.print(table)
    for fault in proposed.faults:
        console.print(f"could not be read  {escape(f'{fault.source}: {fault.what} {fault.mend}')}", soft_wrap=True)
    console.print(
        f"{escape(to)} is written. Look at its lines with # ?, then put into the period's file:", soft_wrap=True
    )
    console.print(escape(f"settings:\n  data:\n    mapping_file: {to}"), soft_wrap=True)


def tell_rows(verdict: str, rows: "Rows", without: tuple[str, ...] = ()) -> None:
    """A sentence and the table it stands over, on stdout: no word of it is cut off, however narrow the screen.

    >>> import pandas as pd
    >>> from cskit.rows import Rows
    >>> late = Rows(pd.DataFrame({"customer": ["株式会社あおぞら", "[bold]"], "arr": [1200, 5]}), "Late")
    >>> tell_rows("2 customers are late.", late)
    2 customers are late.
     customer          arr
     株式会社あおぞら  1200
     [bold]            5
    """
    console, frame = Console(highlight=False), rows.written.drop(columns=list(without))
    console.print(escape(verdict))
    table = Table(box=None, header_style="dim")
    for name in frame.columns:
        table.add_column(escape(name), overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)
    if more := len(rows.frame) - len(frame):
        console.print(f"{more:,} more in the file.")


def tell_project(root: Path) -> None:
    """Periods with their reports, and the notebooks, on stdout.

    >>> import shutil
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import project_root
    >>> with TemporaryDirectory() as folder:
    ...     root, manifest = Path(folder), '{"made_at": "2023-07-03", "reports": {"nps": {"status": "failed"}}}'
    ...     for place in ("params", "notebooks", "reports/2023Q2"):
    ...         (root / place).mkdir(parents=True)
    ...     copied = shutil.copy(project_root() / "params/base.yaml", root / "params")
    ...     written = (root / "reports/2023Q2/manifest.json").write_text(manifest)
    ...     for file in ("params/2023Q3.yaml", "notebooks/03_nps.ipynb"):
    ...         (root / file).touch()
    ...     tell_project(root)
     period  params              reports      made
     2023Q2  -                   1, 1 failed  2023-07-03
     2023Q3  params/2023Q3.yaml  -            -
    <BLANKLINE>
     report  notebook
     nps     notebooks/03_nps.ipynb
    """
    from cskit.report.manifest import read_manifest
    from cskit.report.notebooks import notebooks_of
    from cskit.report.periodfiles import period_files

    console = Console(highlight=False)
    table = Table("period", "params", "reports", "made", box=None)
    out, files = root / "reports", {period.name for period in period_files(root)}
    made = {place.name: read_manifest(place) for place in out.glob("[!.]*") if place.is_dir()}
    for name in sorted(files | set(made)):
        manifest = made.get(name, {})
        reports = manifest.get("reports", {})
        failed = sum(report["status"] == "failed" for report in reports.values())
        count = f"{len(reports)}" + (f", {failed} failed" if failed else "") if reports else "-"
        table.add_row(name, f"params/{name}.yaml" if name in files else "-", count, manifest.get("made_at", "-"))
    console.print(table)
    books = Table("report", "notebook", box=None)
    for notebook in notebooks_of(root):
        books.add_row(notebook.name, f"notebooks/{notebook.path.name}")
    console.print()
    console.print(books)
