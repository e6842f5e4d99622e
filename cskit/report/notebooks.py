"""Which notebooks make a pack, and what is each called?"""

import ast
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cskit.errors import SettingsError, did_you_mean
from cskit.params import NAMES

__all__ = ["REVIEW", "SUMMARY", "Notebook", "chosen", "notebooks_of"]

SUMMARY = "summary"
REVIEW = "customer_review"  # made for one customer at a time (cskit review), and in no pack


@dataclass(frozen=True, slots=True)
class Notebook:
    """A numbered notebook; ``02_dear_health.ipynb`` makes the report ``dear_health``.

    >>> chosen([Notebook("dear_health", Path("notebooks/02_dear_health.ipynb"))], ["dear_helth"])
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: --only:
      dear_helth is not a report. Did you mean dear_health?
      There are: dear_health.
    """

    name: str
    path: Path


def notebooks_of(root: Path, own: str = "") -> tuple[Notebook, ...]:
    """The notebooks of a project, in the order of their numbers.

    Parameters
    ----------
    root : Path
    own : str
        A further folder, with notebooks of one's own, by its place in the project; empty: none.

    Raises
    ------
    SettingsError
        If there are none, two would make the same report, one of one's own has not the form that a run needs, or one
        lies elsewhere: what is run is the project's own.

    Examples
    --------
    One for a single customer's review, and one without a number, make no report of a pack:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "notebooks").mkdir()
    ...     for name in ("10_customer_review", "03_nps_comparison", "02_dear_health", "scratch"):
    ...         Path(folder, "notebooks", f"{name}.ipynb").touch()
    ...     [book.name for book in notebooks_of(Path(folder))]
    ['dear_health', 'nps_comparison']
    >>> notebooks_of(Path("no/such/folder"))
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: No notebooks in no/such/folder/notebooks. A report's notebook is named like
    02_dear_health.ipynb.
    """
    folders = [root / "notebooks", *([root / own] if own else [])]
    for folder in folders:
        _refuse_abroad(root, folder)
    if own and (root / own).resolve().relative_to(root.resolve()).parts[:1] in {("data",), ("reports",)}:
        raise SettingsError(
            f"extend.notebooks: {own}: what lies among data or reports is not run. Keep yours elsewhere."
        )
    found = [
        Notebook(form[1], path)
        for path in sorted((path for folder in folders for path in folder.glob("*.ipynb")), key=lambda path: path.name)
        if path.is_file() and (form := re.fullmatch(r"\d+_(\w+)", path.stem)) and form[1] != REVIEW
    ]
    if own:
        _refuse_shapeless(own, [notebook.path for notebook in found if notebook.path.parent == folders[1]])
    if not found:
        raise SettingsError(
            f"No notebooks in {root / 'notebooks'}. A report's notebook is named like 02_dear_health.ipynb."
        )
    names = [notebook.name for notebook in found]
    for notebook in found:
        if names.count(notebook.name) > 1:
            same = ", ".join(other.path.name for other in found if other.name == notebook.name)
            raise SettingsError(f"notebooks: {same} would make the same report. Rename one of them.")
    return tuple(found)


def _refuse_abroad(root: Path, folder: Path) -> None:
    """Refuse notebooks, or a folder of them, that a link or a path brings in from outside the project."""
    places = [folder, *sorted(folder.glob("*.ipynb"))]
    abroad = [path.name for path in places if not path.resolve().is_relative_to(root.resolve())]
    if abroad:
        raise SettingsError(
            f"notebooks: {abroad[0] if folder.name in abroad else ', '.join(abroad)} leads out of the project, "
            "and what lies there is not run. Copy what you trust into notebooks/."
        )


def _refuse_shapeless(own: str, paths: Iterable[Path]) -> None:
    """Refuse notebooks that could not be run as a report, every fault of every one at once."""
    paths = list(paths)
    if not paths:
        raise SettingsError(
            f"extend.notebooks: no notebook in {own}. One of yours is named like 20_renewal_talks.ipynb, with a number "
            "before the name of its report."
        )
    faults = [f"  {path.name}: {fault}" for path in paths for fault in _faults(path)]
    if faults:
        raise SettingsError("\n".join([f"extend.notebooks: {own}:", *faults]))


def _faults(path: Path) -> list[str]:
    """What a notebook lacks of the form that every way of running it relies on."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        told = [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError):
        return ["it is no notebook that can be read."]
    faults = []
    if not told or told[0][0] != "markdown" or not told[0][1].startswith("# "):
        faults.append("its first cell is no Markdown with a title, such as: # Who renews next?")
    cells_of_five = [source for kind, source, tags in told if kind == "code" and "parameters" in tags]
    if [set(_assigned(source)) for source in cells_of_five] != [set(NAMES)]:
        faults.append(
            f"it has not one cell tagged parameters that sets {', '.join(NAMES)}; copy that of another notebook."
        )
    if not any("start(" in source for kind, source, _tags in told if kind == "code"):
        faults.append("it never calls start(period, compare_to, data, lang, settings).")
    return faults


def _assigned(source: str) -> list[str]:
    try:
        lines = ast.parse(source).body
    except SyntaxError:
        return []
    return [
        name.id for line in lines if isinstance(line, ast.Assign) for name in line.targets if isinstance(name, ast.Name)
    ]


def chosen(notebooks: Iterable[Notebook], only: Iterable[str]) -> tuple[Notebook, ...]:
    """The notebooks named, or all when none is.

    Parameters
    ----------
    notebooks : iterable of Notebook
    only : iterable of str
        Report names; the notebook's file name is understood too.

    Raises
    ------
    SettingsError
        Naming every name that is no report, with the nearest one.

    Examples
    --------
    >>> nps = Notebook("nps_comparison", Path("03_nps_comparison.ipynb"))
    >>> [book.name for book in chosen([nps], ["03_nps_comparison"])]
    ['nps_comparison']
    """
    notebooks = tuple(notebooks)
    wanted = [re.sub(r"^\d+_|\.ipynb$", "", name.strip()) for name in only if name.strip()]
    known = [notebook.name for notebook in notebooks]
    strangers = [name for name in wanted if name not in known]
    if strangers:
        said = [f"  {name} is not a report.{did_you_mean(name, known)}" for name in strangers]
        raise SettingsError("\n".join(["--only:", *said, f"  There are: {', '.join(known)}."]))
    return tuple(notebook for notebook in notebooks if not wanted or notebook.name in wanted)
