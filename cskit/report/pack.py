"""From notebooks to a pack that readers see: run, read, render, list, publish."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cskit import i18n
from cskit.errors import SettingsError
from cskit.params import Params
from cskit.report.execute import Job, Made, Step, Surroundings, execute_all
from cskit.report.folder import COPIES, Folder, write
from cskit.report.identity import identity, input_digest
from cskit.report.index import periods_of, periods_page
from cskit.report.kept import stamp, take_over, unchanged
from cskit.report.limits import Clock, Limits
from cskit.report.manifest import Entry, basis, read_manifest, run_facts
from cskit.report.neighbours import relink
from cskit.report.notebooks import SUMMARY, Notebook, chosen, notebooks_of
from cskit.report.outputs import Finding, read, scrub
from cskit.report.pdf import print_pages
from cskit.report.publish import Shelf, put_in_place

if TYPE_CHECKING:
    from cskit.data import Data

__all__ = ["Outcome", "make_pack", "nothing_to_do"]


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

    Returns
    -------
    Outcome

    Raises
    ------
    SettingsError
        If a name in ``only`` is no report, or the languages do not fit the run carried over from.
    CskitError
        If another run of the period is under way, or something else lies where reports go.
    """
    books = notebooks_of(root)
    wanted = chosen(books, only)
    shelf = Shelf(out, params.period.name)
    with shelf.locked():
        before = shelf.newest if len(wanted) < len(books) else None
        spoken = _languages(params, langs, before)
        with shelf.making() as stage:
            facts = run_facts(params, root, data)
            now = datetime.now(ZoneInfo(params.settings.calendar.timezone))
            run = Folder(params, root, stage, spoken, now, data, facts, basis(facts), clock or Clock())
            run.clock.lap("read")
            jobs = _jobs(run, wanted)
            left = jobs if force else _take_over(run, jobs, shelf.earlier(stage))
            _execute(run, left, step, finished, workers)
            if before:
                _carry_over(run, [book for book in books if book not in wanted], before)
            run.clock.lap("run")
            run.entries.sort(key=lambda entry: entry.notebook)
            write(run)
            if browser:
                print_pages([page for lang in spoken for page in sorted((stage / lang).glob("*.html"))], browser)
            shown = shelf.publish(stage, run.complete)
    _write_periods(out, spoken)
    return Outcome(shown, tuple(run.entries), tuple(run.quarrels), run.complete)


def _languages(params: Params, langs: Sequence[str], before: Path | None) -> tuple[str, ...]:
    """The languages of this run: all or none of the run that reports are taken over from."""
    wanted = tuple(dict.fromkeys(langs))
    for lang in wanted or (params.lang,):
        with i18n.speaking(lang):  # refused here, by name, if there is no such language
            pass
    there = tuple(read_manifest(before)["languages"]) if before else ()
    if there and wanted and set(wanted) != set(there):
        raise SettingsError(
            f"--lang: the run that the other reports are taken over from is in {', '.join(there)}. "
            f"Give --lang {','.join(there)}, or leave --only away."
        )
    return there or wanted or (params.lang,)


def nothing_to_do(
    params: Params, root: Path, out: Path, langs: Sequence[str] = (), only: Sequence[str] = (), pdf: bool = False
) -> Path | None:
    """What readers see of the period, where a run would make the same again; None where there is something to do.

    The parameters are those of :func:`make_pack`; ``pdf``: pages as PDF are wanted as well.
    """
    books = notebooks_of(root)
    wanted = chosen(books, only)
    shelf = Shelf(out, params.period.name)
    seen = shelf.link if shelf.link.is_dir() and not shelf.incomplete.is_dir() else None
    spoken = _languages(params, langs, seen if len(wanted) < len(books) else None)
    same = identity(params, input_digest(params.data, root))
    jobs = [Job(book, params, lang, shelf.link, same.of(book, lang)) for book in wanted for lang in spoken]
    return seen if unchanged(seen, jobs, spoken, pdf) else None


def _jobs(run: Folder, books: Sequence[Notebook]) -> list[Job]:
    """One language after the other and the summary last: what the others have worked out is there by then."""
    same = identity(run.params, input_digest(run.params.data, run.root))
    return [
        Job(book, run.params, lang, run.copy_of(book.name, lang), same.of(book, lang))
        for lang in run.langs
        for book in sorted(books, key=lambda book: book.name == SUMMARY)
    ]


def _take_over(run: Folder, jobs: Sequence[Job], earlier: Sequence[Path]) -> list[Job]:
    """Enter the reports that an earlier run has made of the same, in every language; the jobs that remain.

    A report is taken over as a whole: its languages are one entry.
    """
    import nbformat

    remaining: list[Job] = []
    for book in dict.fromkeys(job.notebook for job in jobs):
        own = [job for job in jobs if job.notebook == book]
        origin = {job.lang: place for job in own if (place := take_over(job, run.stage, earlier))}
        fresh = [job for job in own if job.lang not in origin]
        remaining += fresh
        run.done[book.name] = [
            (Made(job, _seconds(origin[job.lang], job)), read(nbformat.read(job.target, as_version=4)))
            for job in own
            if job.lang in origin
        ]
        if not fresh:
            run.entries.append(_entry(run, book, run.done[book.name], kept=True))
    return remaining


def _seconds(origin: Path, job: Job) -> float:
    """What it took to run it then, where that run came far enough to say so."""
    told = read_manifest(origin).get("reports", {}).get(job.notebook.name, {}).get("languages", {})
    return float(told.get(job.lang, {}).get("seconds", 0.0))


def _execute(
    run: Folder,
    jobs: Sequence[Job],
    step: Step | None,
    finished: Callable[[Made, Entry], None] | None,
    workers: int | None,
) -> None:
    """Execute notebooks, and read what came out."""
    limits = run.params.settings.limits
    around = Surroundings(run.root, Limits(limits.minutes, limits.megabytes), _handed(run) if jobs else {})
    for made in execute_all(jobs, around, workers, step):
        found = _read(made)
        done = run.done.setdefault(made.job.notebook.name, [])
        done.append((made, found))
        if len(done) == len(run.langs):
            run.entries.append(_entry(run, made.job.notebook, done))
        if finished:
            finished(made, _entry(run, made.job.notebook, [(made, found)]))


def _handed(run: Folder) -> dict[str, str]:
    """What the kernels find in their environment: the data, read and checked once for all of them."""
    if run.data is None:
        return {}
    from cskit.data.handover import HANDED, hand_over

    folder = hand_over(run.data, run.params.data, run.params.settings, run.root)
    return {HANDED: str(folder), "TMPDIR": str(folder.parent)}  # a kernel is ended as it stands: nothing tidies up


def _entry(run: Folder, book: Notebook, done: Sequence[tuple[Made, Finding]], kept: bool = False) -> Entry:
    by_lang = {made.job.lang: (made, found) for made, found in done}
    langs = [lang for lang in run.langs if lang in by_lang]
    return Entry(
        name=book.name,
        notebook=book.path.name,
        findings={lang: by_lang[lang][1] for lang in langs},
        seconds={lang: by_lang[lang][0].seconds for lang in langs},
        errors={lang: by_lang[lang][0].error for lang in langs},
        made=run.made,
        carried=False,
        basis=run.basis,
        identities={lang: by_lang[lang][0].job.identity for lang in langs},
        kept=kept,
        peak=max(by_lang[lang][0].peak for lang in langs),
    )


def _read(made: Made) -> Finding:
    """What an executed notebook found; its copy is scrubbed, and marked with what made it unless it failed.

    Of one that never started the source is the copy.
    """
    import nbformat

    job = made.job
    source = job.target if job.target.is_file() else job.notebook.path
    nb = scrub(nbformat.read(source, as_version=4), job.notebook.path)
    found = read(nb, made.error)
    if found.status != "failed":
        stamp(nb, job.identity)
    nbformat.write(nb, job.target)
    return found


def _carry_over(run: Folder, books: Sequence[Notebook], before: Path) -> None:
    """Take executed notebooks over from an earlier run; their pages are made anew, so that all links fit."""
    import nbformat

    told = read_manifest(before)["reports"]
    for book in books:
        report = told.get(book.name)
        copies = {lang: before / COPIES / lang / f"{book.name}.ipynb" for lang in run.langs}
        if report is None or not all(copy.is_file() for copy in copies.values()):
            continue
        own = report["languages"]
        for lang, copy in copies.items():
            run.copy_of(book.name, lang).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(copy, run.copy_of(book.name, lang))
        run.entries.append(
            Entry(
                name=book.name,
                notebook=book.path.name,
                findings={
                    lang: read(nbformat.read(copy, as_version=4), own[lang]["error"]) for lang, copy in copies.items()
                },
                seconds={lang: own[lang]["seconds"] for lang in run.langs},
                errors={lang: own[lang]["error"] for lang in run.langs},
                made=datetime.fromisoformat(report["made_at"]),
                carried=True,
                basis=report["basis"],
                identities={lang: own[lang].get("identity", "") for lang in run.langs},
                peak=report.get("peak_megabytes", 0.0),
            )
        )


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
