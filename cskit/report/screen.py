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
    """A bar per notebook at a terminal, a line per notebook in a log."""

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
    """A bar over all reviews at a terminal, a line for each that failed, and the count at the end."""

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
    """Tables, rows, warnings and rows set aside, on stdout."""
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
    """What was odd in the data and what was set aside, a line each."""
    console = console or Console(stderr=True, highlight=False)
    for fault in data.warnings:
        console.print(f"warning  {escape(f'{fault.source}: {fault}')}", soft_wrap=True)
    for fault in data.set_aside:
        console.print(f"set aside  {escape(f'{fault.source}: {fault}')}", soft_wrap=True)


def tell_proposal(proposed: "Proposed", to: str) -> None:
    """What each file is taken for and how sure, and how the file that was written is used, on stdout."""
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
    """A sentence and the table it stands over, on stdout: no word of it is cut off, however narrow the screen."""
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
    """Periods with their reports, and the notebooks, on stdout."""
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
