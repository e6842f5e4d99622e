"""What lies in the folder of a run? Pages in every language, lists, metrics, manifest, executed notebooks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cskit import i18n
from cskit.data.schema import tables
from cskit.i18n import _
from cskit.params import Params
from cskit.report.coverage import coverage_of
from cskit.report.index import index_page
from cskit.report.lists import ACTIONS, MEETING, write_actions, write_csv, write_meeting, write_set_aside
from cskit.report.manifest import Entry, join_metrics, write_json
from cskit.report.pages import Pack
from cskit.report.render import render

if TYPE_CHECKING:
    from cskit.data import Data

__all__ = ["COPIES", "Folder", "write"]

COPIES = "internal/notebooks"


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
    entries : list of Entry
        The reports, as they are read.
    """

    params: Params
    root: Path
    stage: Path
    langs: tuple[str, ...]
    made: datetime
    data: "Data | None"
    facts: dict[str, Any]
    basis: str
    entries: list[Entry] = field(default_factory=list)

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


def write(run: Folder) -> None:
    """Everything of a run but the executed notebooks: pages, lists, metrics, manifest."""
    write_json(join_metrics(run.entries)[0], run.stage / "metrics.json")
    files = _write_lists(run)
    for lang in run.langs:
        with i18n.speaking(lang):
            i18n.use_currency(run.params.settings.money.currency)
            _write_pages(run, Pack.of(run.params, run.langs, run.made), files)
    write_json(_manifest(run), run.stage / "manifest.json")


def _write_pages(run: Folder, pack: Pack, files: Sequence[str]) -> None:
    import nbformat

    folder = run.stage / pack.lang
    folder.mkdir()
    reports = {entry.name: _(entry.first.question) or entry.name for entry in run.entries}
    for entry in run.entries:
        nb = nbformat.read(run.copy_of(entry.name, pack.lang), as_version=4)
        own = replace(pack, made=entry.made.astimezone(pack.made.tzinfo))
        page = render(nb, entry.name, entry.findings[pack.lang], own, reports)
        (folder / f"{entry.name}.html").write_text(page, encoding="utf-8")
    coverage, listed = coverage_of(run.data), [(path, _holds(path)) for path in files]
    for place, at_root in ((folder, False), (run.stage, True)):
        if not at_root or pack.lang == run.langs[0]:
            page = index_page(pack, run.entries, coverage, listed, run.quarrels, run.basis, at_root)
            (place / "index.html").write_text(page, encoding="utf-8")


def _write_lists(run: Folder) -> list[str]:
    """The lists behind the pages, from the first language; returns their paths within the run."""
    listings = [
        (entry.name, listing)
        for entry in run.entries
        if not entry.failed
        for listing in entry.first.listings
    ]  # fmt: skip
    actions = {report: listing for report, listing in listings if listing.name == ACTIONS}
    files = []
    if actions:
        write_actions(actions, run.stage / "actions.xlsx")
        files.append("actions.xlsx")
    for report, listing in listings:
        path = f"internal/{listing.name}.csv"
        if listing.name == MEETING:
            path = f"internal/{MEETING}.xlsx"
            with i18n.speaking(run.langs[0]):
                grades = [i18n.term(grade) for grade in tables()["overrides"].columns["grade"].allowed or ()]
            write_meeting(listing, run.stage / path, run.params.period.end, grades)
            files.append(path)
        elif listing.name != ACTIONS:
            path = path if path not in files else f"internal/{report}_{listing.name}.csv"
            write_csv(listing, run.stage / path)
            files.append(path)
    if run.data is not None and run.data.set_aside_rows:
        write_set_aside(run.data.set_aside_frames, run.stage / "set_aside.xlsx")
        files.append("set_aside.xlsx")
    return [*files, "metrics.json", "manifest.json"]


def _holds(path: str) -> str:
    named = {
        "actions.xlsx": _("the steps proposed, one row each"),
        f"internal/{MEETING}.xlsx": _("what the team's meeting decides, to be filled in and read back: cskit decided"),
        "set_aside.xlsx": _("the faulty rows that are in no figure, with their reason"),
        "metrics.json": _("every number of the pack, for machines"),
        "manifest.json": _("from what data, settings and code it was made"),
    }
    return named.get(path) or _("all rows of a list, for internal use")


def _manifest(run: Folder) -> dict[str, Any]:
    return {
        "made_at": run.made.isoformat(timespec="seconds"),
        "title": run.params.settings.report.title,
        "complete": run.complete,
        "contradictions": run.quarrels,
        "languages": list(run.langs),
        "basis": run.basis,
        "reports": {entry.name: entry.as_json() for entry in run.entries},
        **run.facts,
    }
