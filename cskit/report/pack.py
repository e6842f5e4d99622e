"""From notebooks to a pack that readers see: run, read, render, list, publish."""

import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cskit import i18n
from cskit.params import Params
from cskit.report import warm
from cskit.report.each import Part, parts_of, write_overview
from cskit.report.entries import carry_over, enter, enter_kept
from cskit.report.execute import Job, Made, Step, Surroundings, execute_all
from cskit.report.folder import HALVES, Folder, write
from cskit.report.identity import identity, input_digest
from cskit.report.index import periods_of, periods_page
from cskit.report.limits import Clock, Limits
from cskit.report.manifest import Entry, basis, facts_of, read_manifest, run_facts
from cskit.report.neighbours import relink
from cskit.report.notebooks import SUMMARY, Notebook, chosen, notebooks_of
from cskit.report.pdf import print_pages
from cskit.report.publish import Shelf, put_in_place
from cskit.report.unchanged import languages_of, shelf_name, whole_identity
from cskit.secrets import named_variables

if TYPE_CHECKING:
    from cskit.data import Data

__all__ = ["Outcome", "make_pack"]

log = logging.getLogger("cskit")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that is done.

    Parameters
    ----------
    shown : Path
        Under which name readers find it.
    entries : tuple of Entry
    quarrels : tuple of str
        Numbers that two reports, or two languages, state differently.
    complete : bool
        No report failed and no two contradict each other.

    Examples
    --------
    >>> quarrels = ("nps.score is 6.4 in nps_comparison and 7 in summary",)
    >>> outcome = Outcome(Path("reports/2023Q2-incomplete"), (), quarrels, complete=False)
    >>> outcome.shown.name, *outcome.quarrels
    ('2023Q2-incomplete', 'nps.score is 6.4 in nps_comparison and 7 in summary')
    """

    shown: Path
    entries: tuple[Entry, ...]
    quarrels: tuple[str, ...]
    complete: bool


def make_pack(
    params: Params,
    root: Path,
    out: Path,
    langs: Sequence[str] = (),
    only: Sequence[str] = (),
    data: "Data | None" = None,
    step: Step | None = None,
    finished: Callable[[Made, Entry], None] | None = None,
    workers: int | None = None,
    browser: str = "",
    force: bool = False,
    clock: Clock | None = None,
    each: str = "",
) -> Outcome:
    """Make a period's reports and show them.

    Parameters
    ----------
    params : Params
    root : Path
        The project folder.
    out : Path
        The reports folder.
    langs : sequence of str
        Empty: the languages of the run carried over from, else that of the params.
    only : sequence of str
        Reports to make; the others are taken over from the newest run of the period. Empty: all.
    data : Data or None
        The data, opened and checked; None in a pack that has none.
    step, finished : callable or None
        Told of each cell and each notebook done.
    workers : int or None
    browser : str
        What prints leadership's pages as PDF (:func:`cskit.report.pdf.chromium`); empty: none are printed.
    force : bool
        Run every notebook, also those of which nothing has changed.
    clock : Clock or None
        Begun with the run; None: the run begins here.
    each : str
        A column of customers: a pack for each of its values instead of one for all; empty: one for all.

    Returns
    -------
    Outcome

    Raises
    ------
    SettingsError
        If a name in ``only`` is no report, or the languages do not fit the run carried over from.
    CskitError
        If another run of the period is under way, or something else lies where reports go.

    Examples
    --------
    What is asked for is looked at before anything is run or written:

    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import load
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "notebooks").mkdir()
    ...     Path(folder, "notebooks/02_dear_health.ipynb").touch()
    ...     make_pack(load("2023Q2"), Path(folder), Path(folder, "reports"), only=["dear_helth"])
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: --only:
      dear_helth is not a report. Did you mean dear_health?
      There are: dear_health.
    """
    books = notebooks_of(root, params.settings.extend.notebooks)
    wanted = chosen(books, only)
    shelf = Shelf(out, shelf_name(params, each))
    clock = clock or Clock()
    with shelf.locked():
        before = shelf.newest if len(wanted) < len(books) else None
        spoken = languages_of(params, langs, before)
        with shelf.making() as stage:
            runs = _folders(params, root, stage, spoken, data, each)
            clock.lap("read")
            log.info("begun", extra={"period": params.period.name, "languages": list(spoken), "packs": len(runs)})
            inputs = input_digest(params, root, data)
            jobs = [job for _part, run in runs for job in _jobs(run, wanted, inputs)]
            if not force:
                jobs = _enter_kept(runs, jobs, stage, shelf.earlier(stage))
            if before:
                carry_over(runs[0][1], [book for book in books if book not in wanted], before)
            log.info("to run", extra={"notebooks": len(jobs), "kept": sum(len(run.entries) for _part, run in runs)})
            _make(runs, jobs, clock, Telling(step, finished), workers, bool(browser))
            if each:
                whole = whole_identity(params, inputs, wanted, spoken, each)
                write_overview(stage, params, each, runs, _without(data, each), whole)
            if browser:
                pages = [page for _part, run in runs for lang in spoken for page in (run.stage / lang).glob("*.html")]
                print_pages(sorted(pages), browser)
            complete = all(run.complete for _part, run in runs)
            shown = shelf.publish(stage, complete)
            log.info("shown", extra={"place": str(shown), "complete": complete, "megabytes": round(clock.peak)})
    clock.stop()
    _write_periods(out, spoken)
    entries = tuple(entry for _part, run in runs for entry in run.entries)
    return Outcome(shown, entries, tuple(text for _part, run in runs for text in run.quarrels), complete)


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell of each cell and of each notebook done."""

    step: Step | None = None
    finished: Callable[[Made, Entry], None] | None = None


Runs = list[tuple[Part, Folder]]


def _folders(params: Params, root: Path, stage: Path, langs: tuple[str, ...], data: "Data | None", each: str) -> Runs:
    """A folder for each pack of the run."""
    now = datetime.now(ZoneInfo(params.settings.calendar.timezone))
    shared = run_facts(params, root, data)
    runs = []
    for part in parts_of(params, each, data, root):
        facts = shared | facts_of(part.params)
        place = stage / part.folder
        runs.append((part, Folder(part.params, root, place, langs, now, data, facts, basis(facts), part.folder)))
    return runs


def _without(data: "Data | None", each: str) -> int:
    """Customers without a value in a column."""
    if data is None:
        return 0
    rows = data.table("customers")
    return int(rows.filter(rows[each].isnull()).count().execute())


def _jobs(run: Folder, books: Sequence[Notebook], inputs: str) -> list[Job]:
    """One language after the other, long notebooks first, and the summary last: what the others have worked out is
    there by then.
    """
    same = identity(run.params, inputs)
    books = sorted(books, key=lambda book: (book.name == SUMMARY, -book.path.stat().st_size))
    return [
        Job(book, run.params, lang, run.copy_of(book.name, lang), same.of(book, lang), run.label)
        for lang in run.langs
        for book in books
    ]


def _enter_kept(runs: Runs, jobs: Iterable[Job], stage: Path, earlier: Sequence[Path]) -> list[Job]:
    """The jobs that remain when every report that was made of the same before is entered."""
    jobs = list(jobs)
    return [
        job
        for _part, run in runs
        for job in enter_kept(run, [job for job in jobs if job.label == run.label], stage, earlier)
    ]


def _make(runs: Runs, jobs: Sequence[Job], clock: Clock, telling: Telling, workers: int | None, pdf: bool) -> None:
    """Run the notebooks, and write each pack as soon as its last one is done, while the others run on."""
    by_label = {run.label: run for _part, run in runs}
    left = {label: sum(job.label == label for job in jobs) for label in by_label}
    limits, output = runs[0][1].params.settings.limits, runs[0][1].params.settings.output
    with warm.pool(os.cpu_count() or 1) as pool, _handed(runs, {job.label for job in jobs}) as (environment, ready):
        around = Surroundings(
            runs[0][1].root,
            Limits(limits.minutes, limits.megabytes),
            environment,
            named_variables(output.options.values()),
            ready,
        )
        writing = [
            future for run in by_label.values() if not left[run.label] for future in _written(pool, run, clock, pdf)
        ]
        for made in execute_all(jobs, around, workers, telling.step):
            run = by_label[made.job.label]
            entry = enter(run, made)
            _log_done(made, entry)
            if telling.finished:
                telling.finished(made, entry)
            left[run.label] -= 1
            if not left[run.label]:
                writing += _written(pool, run, clock, pdf)
        for future in writing:
            future.result()


def _log_done(made: Made, entry: Entry) -> None:
    job = made.job
    told = {
        "report": job.notebook.name,
        "language": job.lang,
        "pack": job.label,
        "status": entry.first.status,
        "said": entry.first.message,
        "seconds": round(made.seconds, 2),
        "megabytes": round(made.peak),
    }
    log.log(logging.ERROR if entry.failed else logging.INFO, "notebook done", extra=told)


def _written(pool: Executor, run: Folder, clock: Clock, pdf: bool) -> list[Future[None]]:
    """Write a pack in other processes."""
    clock.lap("run")
    run.seconds, run.peak, run.pdf = dict(clock.laps), clock.peak, pdf
    data = run.data.described() if run.data is not None else None
    with warm.without_main():
        return [pool.submit(write, replace(run, data=data), half) for half in HALVES]


Ready = Callable[[Job], None]


@contextmanager
def _handed(runs: Runs, labels: Collection[str]) -> Iterator[tuple[dict[str, str], Ready]]:
    """What the kernels find in their environment: the data, read and checked once for all of them.

    Each pack's own are written while earlier packs are made, and a job waits for those of its pack.
    """
    run = runs[0][1]
    if run.data is None or not labels:
        yield {}, lambda _job: None
        return
    from cskit.data.handover import HANDED, Handover

    handover = Handover(run.data, run.params.data, run.root)
    giver = ThreadPoolExecutor(1, thread_name_prefix="hand over")
    given = {run.label: giver.submit(handover.give, run.params.settings) for _, run in runs if run.label in labels}
    # A kernel is ended as it stands: what lies in its temporary folder is taken away with ours.
    environment = {HANDED: str(handover.folder), "TMPDIR": str(handover.folder.parent)}
    try:
        yield environment, lambda job: given[job.label].result()
        for each in given.values():
            each.result()  # a fault is told once, and not by every notebook alone
    finally:
        giver.shutdown(cancel_futures=True)


def _write_periods(out: Path, spoken: Sequence[str]) -> None:
    """The page over all periods, in every language of any pack, and the ways between packs; each in one step."""
    periods = periods_of(out)
    known = [lang for period in periods for lang in read_manifest(out / period.name)["languages"]]
    langs = list(dict.fromkeys([*spoken, *known]))
    for lang in langs:
        with i18n.speaking(lang):
            text = periods_page(out, langs)
        for name in (f"index.{lang}.html", *(["index.html"] if lang == spoken[0] else [])):
            put_in_place(out / name, text)
    relink(out, periods)
