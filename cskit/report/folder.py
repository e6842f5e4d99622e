"""What lies in the folder of a run? Pages in every language, lists, metrics, manifest, executed notebooks."""

import time
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cskit import extend, i18n
from cskit.data.schema import tables
from cskit.i18n import _
from cskit.lines import file_name
from cskit.params import Params
from cskit.report.audience import Audience, folder_of
from cskit.report.chat import summary_text
from cskit.report.coverage import coverage_of
from cskit.report.index import index_page
from cskit.report.ipynb import read_notebook
from cskit.report.lists import ACTIONS, MEETING, write_actions, write_csv, write_meeting, write_set_aside
from cskit.report.manifest import Entry, join_metrics, write_json
from cskit.report.notebooks import SUMMARY
from cskit.report.own import with_own_reports
from cskit.report.pages import Pack
from cskit.report.render import render, render_joined

if TYPE_CHECKING:
    from cskit.data import Data
    from cskit.report.execute import Made
    from cskit.report.outputs import Finding

__all__ = ["COPIES", "HALVES", "Folder", "Half", "write"]

COPIES = "internal/notebooks"


Half = Literal["readers", "team"]
HALVES: tuple[Half, ...] = ("readers", "team")


@dataclass
class Folder:
    """A run while it is being made.

    Parameters
    ----------
    params : Params
    root, stage : Path
        The project folder, and the hidden one the run is written into.
    langs : tuple of str
    made : datetime
        With the zone of the settings.
    data : Data or None
    facts : dict
        See :func:`cskit.report.manifest.run_facts`.
    basis : str
        Digest of data and settings.
    label : str
        Which part of a run it is, such as ``segment=small``; empty: all of it.
    seconds : dict of float
        What each step of the run took.
    peak : float
        Most memory that the run held, in megabytes.
    pdf : bool
        Leadership's pages are printed as PDF as well.
    entries : list of Entry
        The reports, as they are read.
    done : dict of list
        By report: what came out in the languages run so far.

    Examples
    --------
    >>> own = Folder(run.params, Path("project"), Path("stage"), ("en", "ja"), datetime(2023, 7, 3), None, {}, "")
    >>> own.copy_of("nps", "ja").as_posix(), own.complete
    ('stage/internal/notebooks/ja/nps.ipynb', True)
    """

    params: Params
    root: Path
    stage: Path
    langs: tuple[str, ...]
    made: datetime
    data: "Data | None"
    facts: dict[str, Any]
    basis: str
    label: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    peak: float = 0.0
    pdf: bool = False
    entries: list[Entry] = field(default_factory=list)
    done: dict[str, list[tuple["Made", "Finding"]]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """No report failed and no two contradict each other."""
        return not self.quarrels and not any(entry.failed for entry in self.entries)

    @property
    def quarrels(self) -> list[str]:
        """Numbers that two reports, or two languages, state differently."""
        return join_metrics(self.entries)[1]

    def copy_of(self, name: str, lang: str) -> Path:
        """Where a report's executed notebook lies."""
        return self.stage / COPIES / lang / f"{name}.ipynb"


def write(run: Folder, half: Half) -> None:
    """Half of a run but the executed notebooks: what readers see, or the team's pages, lists, metrics and manifest.

    Neither needs the other, so that two processes can write them.

    >>> from datetime import UTC
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as stage:
    ...     own = Folder(run.params, Path(), Path(stage), ("en",), datetime(2023, 7, 3, tzinfo=UTC), None, {}, "")
    ...     write(own, "team")
    ...     sorted(path.relative_to(stage).as_posix() for path in Path(stage).rglob("*.*"))
    ['internal/en/index.html', 'manifest.json', 'metrics.json']
    """
    began = time.monotonic()
    extend.beside(run.params.settings.extend.notebooks, run.root)  # a process that knows the kit's own alone
    run.entries.sort(key=lambda entry: entry.notebook)
    lists = _lists(run)
    for lang in run.langs:
        with i18n.speaking(lang):
            i18n.use_currency(run.params.settings.money.currency)
            pack = Pack.of(run.params, run.langs, run.made)
            reports = {entry.name: _(entry.first.question) or entry.name for entry in run.entries}
            books = [(entry, read_notebook(run.copy_of(entry.name, lang))) for entry in run.entries]
            if half == "readers":
                _write_for_readers(run, pack, reports, books, lists)
            else:
                _write_for_team(run, replace(pack, audience="internal"), reports, books, lists)
    if half == "team":
        for name, write_list in lists.files.items():
            write_list(run.stage / name)
        metrics, _quarrels = join_metrics(run.entries)
        told = {name: entry | {"rows": lists.behind.get(name)} for name, entry in metrics.items()}
        write_json(told, run.stage / "metrics.json")
        run.seconds["written"] = round(time.monotonic() - began, 2)
        write_json(_manifest(run), run.stage / "manifest.json")


@dataclass(frozen=True)
class _Lists:
    """The files beside the pages: how each is written, by its path within the run; by metric the one with its rows."""

    files: Mapping[str, Callable[[Path], None]]
    behind: Mapping[str, str]

    def of(self, audience: Audience) -> list[str]:
        """Those an audience is told of; internal is told of all."""
        paths = (*self.files, "metrics.json", "manifest.json")
        return [path for path in paths if audience == "internal" or not path.startswith("internal/")]


Books = Sequence[tuple[Entry, Any]]


def _write_for_readers(run: Folder, pack: Pack, reports: Mapping[str, str], books: Books, lists: _Lists) -> None:
    """Leadership's pages with their figures and words for a chat, and the CSMs' page."""
    drawn = _write_reports(run, pack, reports, books, None)
    csm = replace(pack, audience="csm")
    joined = render_joined([(entry.name, nb, entry.findings[pack.lang]) for entry, nb in books], csm, reports)
    others = [("internal", f"internal/{pack.lang}/index.html")]
    if joined:
        _put(run.stage / f"csm/{pack.lang}/index.html", joined.html)
        others.insert(0, ("csm", f"csm/{pack.lang}/index.html"))
    _put(run.stage / f"{pack.lang}/summary.md", summary_text(pack, run.entries))
    coverage, first = coverage_of(run.data, discreet=True), pack.lang == run.langs[0]
    own = [f"{pack.lang}/summary.md", *([f"{pack.lang}/figures/"] if drawn else [])]
    shown = [(path, _holds(path)) for path in [*(path for _who, path in others), *own, *lists.of("leadership")]]
    for path, at_root in ((f"{pack.lang}/index.html", False), *([("index.html", True)] if first else [])):
        page = index_page(pack, run.entries, coverage, shown, run.quarrels, run.basis, at_root)
        _put(run.stage / path, page)


def _write_for_team(run: Folder, pack: Pack, reports: Mapping[str, str], books: Books, lists: _Lists) -> None:
    """Every report with its checks, and every metric with its rows."""
    _write_reports(run, pack, reports, books, {name: f"{pack.up}{path}" for name, path in lists.behind.items()})
    every = [(path, _holds(path)) for path in lists.of("internal")]
    page = index_page(pack, run.entries, coverage_of(run.data), every, run.quarrels, run.basis, behind=lists.behind)
    _put(run.stage / f"internal/{pack.lang}/index.html", page)


def _write_reports(
    run: Folder,
    pack: Pack,
    reports: Mapping[str, str],
    books: Books,
    behind: Mapping[str, str] | None,
) -> int:
    """Every report as its audience sees it, and its figures as pictures for slides; returns how many of these."""
    drawn = 0
    folder = run.stage / f"{folder_of(pack.audience)}{pack.lang}"
    for entry, nb in books:
        own = replace(pack, made=entry.made.astimezone(pack.made.tzinfo))
        nb = with_own_reports(nb, run.entries, pack.lang) if entry.name == SUMMARY else nb
        page = render(nb, entry.name, entry.findings[pack.lang], own, reports, behind)
        _put(folder / f"{entry.name}.html", page.html)
        for place, picture in enumerate(page.pictures, 1):
            path = folder / "figures" / f"{entry.name}-{place:02}-{picture.heading}.png"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b64decode(picture.png))
            drawn += 1
    return drawn


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _lists(run: Folder) -> _Lists:
    """The lists behind pages and metrics, from the first language."""
    listings = [
        (entry.name, listing)
        for entry in run.entries
        if not entry.failed
        for listing in entry.first.listings
    ]  # fmt: skip
    actions = {report: listing for report, listing in listings if listing.name == ACTIONS}
    files: dict[str, Callable[[Path], None]] = {"actions.xlsx": partial(write_actions, actions)} if actions else {}
    behind: dict[str, str] = {}
    for report, listing in listings:
        path = f"internal/{file_name(listing.name)}.csv"
        if listing.name == MEETING:
            with i18n.speaking(run.langs[0]):
                grades = [i18n.term(grade) for grade in tables()["overrides"].columns["grade"].allowed or ()]
            files[f"internal/{MEETING}.xlsx"] = partial(
                write_meeting, listing, day=run.params.period.end, grades=grades
            )
        elif listing.name != ACTIONS:
            path = path if path not in files else f"internal/{report}_{file_name(listing.name).replace('/', '_')}.csv"
            files[path] = partial(write_csv, listing)
            behind |= dict.fromkeys(listing.metrics, path)
    if run.data is not None and run.data.set_aside_rows:
        files["internal/set_aside.xlsx"] = partial(write_set_aside, run.data.set_aside_frames)
    return _Lists(files, behind)


def _holds(path: str) -> str:
    named = {
        "actions.xlsx": _("the steps proposed, one row each"),
        "csm": _("for CSMs: every customer that needs a step, with who is in charge"),
        "internal": _("for the team: every report with its checks and lists, every metric with its rows"),
        f"internal/{MEETING}.xlsx": _("what the team's meeting decides, to be filled in and read back: cskit decided"),
        "internal/set_aside.xlsx": _("the faulty rows that are in no figure, with their reason"),
        "metrics.json": _("every number of the pack, for machines"),
        "manifest.json": _("from what data, settings and code it was made"),
    }
    if path.startswith("internal/rows/"):
        return _("the rows that metrics are worked out from")
    if path.endswith("/summary.md"):
        return _("the quarter in a few lines, for a chat")
    if path.endswith("/figures/"):
        return _("every figure as a picture, for slides")
    folder = path.split("/")[0] if path.endswith(".html") else path
    return named.get(folder) or _("all rows of a list, for internal use")


def _manifest(run: Folder) -> dict[str, Any]:
    return {
        "made_at": run.made.isoformat(timespec="seconds"),
        "title": run.params.settings.report.title,
        "complete": run.complete,
        "contradictions": run.quarrels,
        "languages": list(run.langs),
        "basis": run.basis,
        "reports": {entry.name: entry.as_json() for entry in run.entries},
        "pdf": run.pdf,
        "seconds": run.seconds,
        "peak_megabytes": round(run.peak),
        **run.facts,
    }
