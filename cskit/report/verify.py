"""Can a published run be made again, every file the same?"""

import shutil
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from cskit.errors import CskitError
from cskit.params import OPEN, Params, defaults, resolve
from cskit.report.audience import AUDIENCES
from cskit.report.causes import Causes, causes
from cskit.report.excerpt import MARK, Excerpt, cut_down, files_of
from cskit.report.filewise import MOST, differences
from cskit.report.manifest import read_manifest
from cskit.report.notebooks import notebooks_of
from cskit.report.pack import make_pack

if TYPE_CHECKING:
    from cskit.report.screen import Screen

__all__ = ["Verified", "verify"]

NEEDED = ("period", "compare_to", "data", "languages", "settings", "reports")


@dataclass(frozen=True, slots=True)
class Verified:
    """A published run beside the same made again.

    Parameters
    ----------
    files : int
        Compared.
    notes : tuple of str
        Why a difference is to be expected.
    differing : dict of list
        By file, what is not the same.
    printed : int
        Pages on paper that were not printed again.

    Examples
    --------
    >>> print(*Verified(9, ("library pandas: 3.1.0 → 3.1.1",), {}, 5).lines, sep="\\n")
    Since it was made these have changed:
      library pandas: 3.1.0 → 3.1.1
    9 files, all the same. 5 PDF files are not compared.
    """

    files: int
    notes: tuple[str, ...]
    differing: Mapping[str, list[str]]
    printed: int = 0

    @property
    def lines(self) -> list[str]:
        """In words; the verdict is the last line, or opens the list of what differs."""
        told = ["Since it was made these have changed:", *(f"  {note}" for note in self.notes)] if self.notes else []
        paper = f" {self.printed} PDF files are not compared." if self.printed else ""
        if not self.differing:
            return [*told, f"{self.files} files, all the same.{paper}"]
        told.append(f"{len(self.differing)} of {self.files} files are not the same.{paper}")
        for path, what in list(self.differing.items())[:MOST]:
            told += [f"  {path}: {what[0]}"] if len(what) == 1 else [f"  {path}:", *(f"    {line}" for line in what)]
        more = len(self.differing) - MOST
        return [*told, *([f"  and {more} more"] if more > 0 else [])]


def verify(run: Path, root: Path, screen: "Screen | None" = None) -> Verified:
    """Make a run again, from its own manifest, and compare every file.

    Parameters
    ----------
    run : Path
        A folder that ``cskit run`` has published.
    root : Path
        The project folder.
    screen : Screen or None
        Told of the notebooks as they are made.

    Raises
    ------
    CskitError
        If there is no manifest, or the data or a setting cannot be used any more.

    Examples
    --------
    >>> verify(Path("2019Q1-of-nobody"), Path())
    Traceback (most recent call last):
        ...
    cskit.errors.CskitError: 2019Q1-of-nobody: no manifest.json of a run, so it is not known what it was made from.
    """
    whole = read_manifest(run)
    packs = [run / folder for folder in whole.get("parts", {}).values()] or [run]
    told = read_manifest(packs[0])
    if not all(told.get(name) for name in NEEDED):
        raise CskitError(f"{run}: no manifest.json of a run, so it is not known what it was made from.")
    params, forgotten = _params(told, whole.get("each", ""), root)
    books = {book.name for book in notebooks_of(root, params.settings.extend.notebooks)}
    only = [name for name in told["reports"] if name in books]
    if not only:
        raise CskitError(f"{run}: none of its notebooks is in notebooks/ any more: {', '.join(told['reports'])}.")
    again = Path(mkdtemp(prefix="cskit-verify-"))
    try:
        data = _data(params, root) if told.get("inputs") else None
        made = make_pack(
            params,
            root,
            again,
            told["languages"],
            only if set(only) != books else (),
            data,
            screen.step if screen else None,
            screen.finished if screen else None,
            force=True,
            each=whole.get("each", ""),
        ).shown
        if audiences := [who for who in AUDIENCES if who in (whole.get(MARK) or ())]:
            cut_down(Excerpt(made, tuple(files_of(made)), tuple(audiences)))
        pairs = [(pack, made / pack.relative_to(run)) for pack in packs]
        found = [causes(*pair) for pair in pairs if pair[1].is_dir()]
        notes = [*_notes(told, found[:1]), *(f"setting {name}: not known any more" for name in forgotten)]
        compared, differing = differences(run, made, bool(forgotten) or any(one.lines for one in found))
    finally:
        shutil.rmtree(again, ignore_errors=True)
    return Verified(compared, tuple(notes), differing, len(list(run.rglob("*.pdf"))))


def _notes(told: Mapping[str, Any], found: list[Causes]) -> list[str]:
    """What the first pack's causes are, which are those of all; and what never was made from the same."""
    carried = [name for name, report in told["reports"].items() if report.get("carried_over")]
    return [
        *(line for one in found for line in one.lines),
        *(f"report {name}: was taken over from an earlier run" for name in carried),
    ]


def _params(told: Mapping[str, Any], each: str, root: Path) -> tuple[Params, list[str]]:
    """The parameters of a run, and those of its settings that are not known any more."""
    overrides = deepcopy(told["settings"].get("overrides", {}))
    if each:  # a pack of several: the run was of all of them
        overrides.get("data", {}).get("only", {}).pop(each, None)
    forgotten = list(_forget(overrides, defaults(root)))
    values = {name: told[name] for name in ("period", "compare_to", "data")}
    return resolve({**values, "lang": told["languages"][0], "settings": overrides}, root=root), forgotten


def _forget(overrides: dict[str, Any], base: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """Take away settings that have no default; where names are the user's own all are known."""
    for name in list(overrides):
        full = f"{place}{name}"
        if name not in base and place.rstrip(".") not in OPEN:
            del overrides[name]
            yield full
        elif isinstance(overrides[name], dict) and isinstance(base.get(name), dict) and full not in OPEN:
            yield from (gone := list(_forget(overrides[name], base[name], f"{full}.")))
            if gone and not overrides[name]:
                del overrides[name]


def _data(params: Params, root: Path) -> Any:
    from cskit.data import open_data

    return open_data(params.data, params.settings, params.period.end, root)
