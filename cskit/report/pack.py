"""From notebooks to a pack that readers see: run, read, render, list, publish."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cskit import i18n
from cskit.errors import SettingsError
from cskit.i18n import _
from cskit.params import Params
from cskit.report.coverage import coverage_of
from cskit.report.execute import Job, Made, Step, execute_all
from cskit.report.index import index_page, periods_page
from cskit.report.lists import ACTIONS, write_actions, write_csv, write_set_aside
from cskit.report.manifest import Entry, basis, join_metrics, read_manifest, run_facts, write_json
from cskit.report.notebooks import Notebook, chosen, notebooks_of
from cskit.report.outputs import read, scrub
from cskit.report.pages import Pack
from cskit.report.publish import Shelf
from cskit.report.render import render

if TYPE_CHECKING:
    from cskit.data import Data

__all__ = ["Outcome", "make_pack"]

COPIES = "internal/notebooks"


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
    """

    shown: Path
    entries: tuple[Entry, ...]
    quarrels: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """No report failed and no two contradict each other."""
        return not self.quarrels and not any(entry.failed for entry in self.entries)


@dataclass
class _Making:
    """A run while it is being made."""

    params: Params
    root: Path
    stage: Path
    langs: tuple[str, ...]
    made: datetime
    data: "Data | None"
    facts: dict[str, Any]
    basis: str
    entries: list[Entry] = field(default_factory=list)

    def copy_of(self, name: str, lang: str) -> Path:
        return self.stage / COPIES / lang / f"{name}.ipynb"


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
            clock = ZoneInfo(params.settings.calendar.timezone)
            making = _Making(params, root, stage, spoken, datetime.now(clock), data, facts, basis(facts))
            _run(making, wanted, step, finished, workers)
            if before:
                _carry_over(making, [book for book in books if book not in wanted], before)
            making.entries.sort(key=lambda entry: entry.notebook)
            quarrels = _write(making)
            outcome = Outcome(shelf.link, tuple(making.entries), tuple(quarrels))
            shown = shelf.publish(stage, outcome.complete)
    _write_periods(out, spoken[0])
    return replace(outcome, shown=shown)


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


def _run(
    making: _Making,
    books: Sequence[Notebook],
    step: Step | None,
    finished: Callable[[Made, Entry], None] | None,
    workers: int | None,
) -> None:
    """Execute every notebook in every language, and read what came out."""
    jobs = [Job(book, lang, making.copy_of(book.name, lang)) for book in books for lang in making.langs]
    done: dict[str, list[Made]] = {book.name: [] for book in books}
    for made in execute_all(jobs, making.params, making.root, workers, step):
        name = made.job.notebook.name
        done[name].append(made)
        if len(done[name]) == len(making.langs):
            making.entries.append(_entry(making, made.job.notebook, done[name]))
        if finished:
            finished(made, _entry(making, made.job.notebook, [made]))


def _entry(making: _Making, book: Notebook, done: Sequence[Made]) -> Entry:
    by_lang = {made.job.lang: made for made in done}
    langs = [lang for lang in making.langs if lang in by_lang]
    return Entry(
        name=book.name,
        notebook=book.path.name,
        findings={lang: read(_opened(by_lang[lang].job, book), by_lang[lang].error) for lang in langs},
        seconds={lang: by_lang[lang].seconds for lang in langs},
        errors={lang: by_lang[lang].error for lang in langs},
        made=making.made,
        carried=False,
        basis=making.basis,
    )


def _opened(job: Job, book: Notebook) -> Any:
    """The executed notebook, scrubbed; one that never started is its source."""
    import nbformat

    source = job.target if job.target.is_file() else book.path
    nb = scrub(nbformat.read(source, as_version=4), book.path)
    nbformat.write(nb, job.target)
    return nb


def _carry_over(making: _Making, books: Sequence[Notebook], before: Path) -> None:
    """Take executed notebooks over from an earlier run; their pages are made anew, so that all links fit."""
    import nbformat

    told = read_manifest(before)["reports"]
    for book in books:
        report = told.get(book.name)
        copies = {lang: before / COPIES / lang / f"{book.name}.ipynb" for lang in making.langs}
        if report is None or not all(copy.is_file() for copy in copies.values()):
            continue
        own = report["languages"]
        for lang, copy in copies.items():
            making.copy_of(book.name, lang).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(copy, making.copy_of(book.name, lang))
        making.entries.append(
            Entry(
                name=book.name,
                notebook=book.path.name,
                findings={
                    lang: read(nbformat.read(copy, as_version=4), own[lang]["error"]) for lang, copy in copies.items()
                },
                seconds={lang: own[lang]["seconds"] for lang in making.langs},
                errors={lang: own[lang]["error"] for lang in making.langs},
                made=datetime.fromisoformat(report["made_at"]),
                carried=True,
                basis=report["basis"],
            )
        )


def _write(making: _Making) -> list[str]:
    """Everything of a run but the executed notebooks; returns where numbers contradict each other."""
    metrics, quarrels = join_metrics(making.entries)
    write_json(metrics, making.stage / "metrics.json")
    files = _write_lists(making)
    for lang in making.langs:
        with i18n.speaking(lang):
            i18n.use_currency(making.params.settings.money.currency)
            _write_pages(making, Pack.of(making.params, making.langs, making.made), files, quarrels)
    complete = not quarrels and not any(entry.failed for entry in making.entries)
    write_json(_manifest(making, complete, quarrels), making.stage / "manifest.json")
    return quarrels


def _write_pages(making: _Making, pack: Pack, files: Sequence[str], quarrels: Sequence[str]) -> None:
    import nbformat

    folder = making.stage / pack.lang
    folder.mkdir()
    reports = {entry.name: _(entry.first.question) or entry.name for entry in making.entries}
    for entry in making.entries:
        nb = nbformat.read(making.copy_of(entry.name, pack.lang), as_version=4)
        own = replace(pack, made=entry.made.astimezone(pack.made.tzinfo))
        page = render(nb, entry.name, entry.findings[pack.lang], own, reports)
        (folder / f"{entry.name}.html").write_text(page, encoding="utf-8")
    coverage, listed = coverage_of(making.data), [(path, _holds(path)) for path in files]
    for place, at_root in ((folder, False), (making.stage, True)):
        if not at_root or pack.lang == making.langs[0]:
            page = index_page(pack, making.entries, coverage, listed, quarrels, making.basis, at_root)
            (place / "index.html").write_text(page, encoding="utf-8")


def _write_lists(making: _Making) -> list[str]:
    """The lists behind the pages, from the first language; returns their paths within the run."""
    listings = [
        (entry.name, listing)
        for entry in making.entries
        if not entry.failed
        for listing in entry.first.listings
    ]  # fmt: skip
    actions = {report: listing for report, listing in listings if listing.name == ACTIONS}
    files = []
    if actions:
        write_actions(actions, making.stage / "actions.xlsx")
        files.append("actions.xlsx")
    for report, listing in listings:
        path = f"internal/{listing.name}.csv"
        if listing.name != ACTIONS:
            path = path if path not in files else f"internal/{report}_{listing.name}.csv"
            write_csv(listing, making.stage / path)
            files.append(path)
    if making.data is not None and making.data.set_aside_rows:
        write_set_aside(making.data.set_aside_frames, making.stage / "set_aside.xlsx")
        files.append("set_aside.xlsx")
    return [*files, "metrics.json", "manifest.json"]


def _holds(path: str) -> str:
    named = {
        "actions.xlsx": _("the steps proposed, one row each"),
        "set_aside.xlsx": _("the faulty rows that are in no figure, with their reason"),
        "metrics.json": _("every number of the pack, for machines"),
        "manifest.json": _("from what data, settings and code it was made"),
    }
    return named.get(path) or _("all rows of a list, for internal use")


def _manifest(making: _Making, complete: bool, quarrels: Sequence[str]) -> dict[str, Any]:
    return {
        "made_at": making.made.isoformat(timespec="seconds"),
        "title": making.params.settings.report.title,
        "complete": complete,
        "contradictions": list(quarrels),
        "languages": list(making.langs),
        "basis": making.basis,
        "reports": {entry.name: entry.as_json() for entry in making.entries},
        **making.facts,
    }


def _write_periods(out: Path, lang: str) -> None:
    """The page over all periods; replaced in one step."""
    with i18n.speaking(lang):
        text = periods_page(out)
    fresh = out / ".index.html"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(out / "index.html")
