"""How does an executed notebook become an entry of its pack: run now, run before, or taken over?"""

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cskit.lines import beside
from cskit.report.execute import Job, Made
from cskit.report.folder import COPIES, Folder
from cskit.report.ipynb import read_notebook, write_notebook
from cskit.report.kept import error_of, stamp, stamp_error, take_lists, take_over
from cskit.report.manifest import Entry, read_manifest
from cskit.report.notebooks import Notebook
from cskit.report.outputs import Finding, read, scrub

__all__ = ["carry_over", "enter", "enter_kept"]


def enter(run: Folder, made: Made) -> Entry:
    """Read a notebook that was run; with its last language the report is entered.

    Its copy is scrubbed, and marked with what made it, or with what ended it; of one that never started the source is
    the copy.

    Returns
    -------
    Entry
        Of this language alone.

    Examples
    --------
    >>> from datetime import UTC
    >>> from tempfile import TemporaryDirectory
    >>> from nbformat import v4
    >>> nb = v4.new_notebook(cells=[v4.new_markdown_cell("# Would customers recommend us?")])
    >>> with TemporaryDirectory() as stage:
    ...     own = Folder(run.params, Path(), Path(stage), ("en",), datetime(2023, 7, 3, tzinfo=UTC), None, {}, "")
    ...     job = Job(Notebook("nps", Path("03_nps.ipynb")), run.params, "en", own.copy_of("nps", "en"), "its data")
    ...     entry = enter(own, Made(job, 1.5, nb=nb))
    ...     entry.first.status, entry.first.question, read_notebook(job.target).metadata["cskit"]
    ('ok', 'Would customers recommend us?', {'identity': 'its data'})
    """
    job = made.job
    nb = scrub(made.nb or read_notebook(job.notebook.path), job.notebook.path)
    found = read(nb, made.error, beside(job.target))
    if found.status != "failed":
        stamp(nb, job.identity)
    elif made.error:
        stamp_error(nb, made.error)
    write_notebook(nb, job.target)
    done = run.done.setdefault(job.notebook.name, [])
    done.append((made, found))
    if len(done) == len(run.langs):
        run.entries.append(_entry(run, job.notebook, done))
    return _entry(run, job.notebook, [(made, found)])


def enter_kept(run: Folder, jobs: Sequence[Job], stage: Path, earlier: Sequence[Path]) -> list[Job]:
    """Enter the reports that an earlier run has made of the same, in every language; the jobs that remain.

    A report is taken over as a whole: its languages are one entry.

    >>> from datetime import UTC
    >>> from tempfile import TemporaryDirectory
    >>> from nbformat import v4
    >>> with TemporaryDirectory() as folder:
    ...     before, now = Path(folder, "before"), Path(folder, "now")
    ...     own = Folder(run.params, Path(), now, ("en",), datetime(2023, 7, 3, tzinfo=UTC), None, {}, "")
    ...     job = Job(Notebook("nps", Path("03_nps.ipynb")), run.params, "en", own.copy_of("nps", "en"), "its data")
    ...     nb = v4.new_notebook(metadata={"cskit": {"identity": "its data"}})
    ...     write_notebook(nb, before / job.target.relative_to(now))
    ...     enter_kept(own, [job], now, [before]), [(entry.name, entry.kept) for entry in own.entries]
    ([], [('nps', True)])
    """
    remaining: list[Job] = []
    for book in dict.fromkeys(job.notebook for job in jobs):
        own = [job for job in jobs if job.notebook == book]
        origin = {job.lang: place for job in own if (place := take_over(job, stage, earlier))}
        old, fresh = ([job for job in own if (job.lang in origin) == there] for there in (True, False))
        remaining += fresh
        run.done[book.name] = [(Made(job, _seconds(origin[job.lang] / run.label, job)), _again(job)) for job in old]
        if not fresh:
            run.entries.append(_entry(run, book, run.done[book.name], kept=True))
    return remaining


def _again(job: Job) -> Finding:
    return read(read_notebook(job.target), "", beside(job.target))


def _seconds(origin: Path, job: Job) -> float:
    """What it took to run it then, where that run came far enough to say so."""
    told = read_manifest(origin).get("reports", {}).get(job.notebook.name, {}).get("languages", {})
    return float(told.get(job.lang, {}).get("seconds", 0.0))


def _entry(run: Folder, book: Notebook, done: Sequence[tuple[Made, Finding]], kept: bool = False) -> Entry:
    by_lang = {made.job.lang: (made, found) for made, found in done}
    langs = [lang for lang in run.langs if lang in by_lang]
    return Entry(
        name=book.name,
        notebook=book.path.name,
        findings={lang: by_lang[lang][1] for lang in langs},
        seconds={lang: by_lang[lang][0].seconds for lang in langs},
        made=run.made,
        carried=False,
        basis=run.basis,
        identities={lang: by_lang[lang][0].job.identity for lang in langs},
        kept=kept,
        peak=max(by_lang[lang][0].peak for lang in langs),
    )


def carry_over(run: Folder, books: Sequence[Notebook], before: Path) -> None:
    """Take executed notebooks over from an earlier run; their pages are made anew, so that all links fit.

    >>> from datetime import UTC
    >>> from tempfile import TemporaryDirectory
    >>> from nbformat import v4
    >>> from cskit.report.manifest import write_json
    >>> told = {"made_at": "2023-07-03T09:05:00+00:00", "basis": "", "languages": {"en": {"seconds": 1.5}}}
    >>> with TemporaryDirectory() as folder:
    ...     before, now = Path(folder, "before"), Path(folder, "now")
    ...     write_notebook(v4.new_notebook(), before / COPIES / "en/nps.ipynb")
    ...     write_json({"reports": {"nps": told}}, before / "manifest.json")
    ...     own = Folder(run.params, Path(), now, ("en",), datetime(2023, 7, 10, tzinfo=UTC), None, {}, "")
    ...     carry_over(own, [Notebook("nps", Path("03_nps.ipynb")), Notebook("new", Path("20_new.ipynb"))], before)
    >>> [(entry.name, entry.carried, entry.made.day) for entry in own.entries]
    [('nps', True, 3)]
    """
    told = read_manifest(before)["reports"]
    for book in books:
        report = told.get(book.name)
        copies = {lang: before / COPIES / lang / f"{book.name}.ipynb" for lang in run.langs}
        if report is None or not all(copy.is_file() for copy in copies.values()):
            continue
        own = report["languages"]
        findings = {lang: _carried(copy, own[lang], run.copy_of(book.name, lang)) for lang, copy in copies.items()}
        run.entries.append(
            Entry(
                name=book.name,
                notebook=book.path.name,
                findings=findings,
                seconds={lang: own[lang]["seconds"] for lang in run.langs},
                made=datetime.fromisoformat(report["made_at"]),
                carried=True,
                basis=report["basis"],
                identities={lang: own[lang].get("identity", "") for lang in run.langs},
                peak=report.get("peak_megabytes", 0.0),
            )
        )


def _carried(copy: Path, told: Mapping[str, Any], target: Path) -> Finding:
    """Read an executed copy and take it over as it is.

    Where runs had the error in their manifest, which leadership gets, it goes into the copy.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    nb, before = read_notebook(copy), told.get("error", "")
    if before:
        stamp_error(nb, before)
        write_notebook(nb, target)
    else:
        shutil.copyfile(copy, target)
    take_lists(copy, target)
    return read(nb, error_of(nb), beside(target))
