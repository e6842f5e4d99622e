"""Which notebooks make a pack, and what is each called?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cskit.errors import SettingsError, did_you_mean

__all__ = ["REVIEW", "SUMMARY", "Notebook", "chosen", "notebooks_of"]

SUMMARY = "summary"
REVIEW = "customer_review"  # made for one customer at a time (cskit review), and in no pack


@dataclass(frozen=True, slots=True)
class Notebook:
    """A numbered notebook; ``02_dear_health.ipynb`` makes the report ``dear_health``."""

    name: str
    path: Path


def notebooks_of(root: Path) -> tuple[Notebook, ...]:
    """The notebooks of a project, in the order of their numbers.

    Raises
    ------
    SettingsError
        If there are none, two would make the same report, or one lies elsewhere: what is run is the project's own.
    """
    _refuse_abroad(root)
    found = [
        Notebook(form[1], path)
        for path in sorted((root / "notebooks").glob("*.ipynb"))
        if path.is_file() and (form := re.fullmatch(r"\d+_(\w+)", path.stem)) and form[1] != REVIEW
    ]
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


def _refuse_abroad(root: Path) -> None:
    """Refuse notebooks, or a folder of them, that a link brings in from outside the project."""
    folder = root / "notebooks"
    places = [folder] if folder.is_symlink() else sorted(folder.glob("*.ipynb"))
    abroad = [path.name for path in places if not path.resolve().is_relative_to(root.resolve())]
    if abroad:
        raise SettingsError(
            f"notebooks: {', '.join(abroad)} leads out of the project, and what lies there is not run. "
            "Copy what you trust into notebooks/."
        )


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
