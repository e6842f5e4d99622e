"""How does a notebook read in another language? As a copy that is made of the one kept, never kept twice itself."""

import hashlib
import io
import re
import tokenize
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cskit import i18n
from cskit.errors import SettingsError
from cskit.i18n import _
from cskit.report.ipynb import read_notebook, write_notebook
from cskit.report.prose import translated

__all__ = ["Copies", "comments", "copied", "write_copies"]

MADE = "cskit"  # in a copy's metadata: what its cells were when it was made, so that a person's changes are known
COMMENT = re.compile(r"#\s*(.*\S)")


@dataclass(frozen=True, slots=True)
class Copies:
    """What was written, what was as it should be, and what a person has changed, so that it was left as it is.

    >>> from tempfile import TemporaryDirectory
    >>> from nbformat import v4
    >>> with TemporaryDirectory() as folder:
    ...     write_notebook(v4.new_notebook(), Path(folder, "notebooks/03_nps.ipynb"))
    ...     (copy,) = write_copies(Path(folder), "ja").written
    ...     write_notebook(v4.new_notebook(cells=[v4.new_code_cell("mine = 1")]), copy)
    ...     [path.name for path in write_copies(Path(folder), "ja").changed]
    ['03_nps.ipynb']
    """

    written: tuple[Path, ...]
    same: tuple[Path, ...]
    changed: tuple[Path, ...]


def write_copies(root: Path, lang: str, out: Path | None = None, force: bool = False) -> Copies:
    """A copy in another language of every notebook of a project.

    Parameters
    ----------
    root : Path
        The project folder.
    lang : str
        ``en`` or ``ja``.
    out : Path or None
        Where they go, within the project; None: ``notebooks/<lang>``.
    force : bool
        Write over copies that a person has changed.

    Raises
    ------
    SettingsError
        If there is no such language, or the folder is that of the notebooks themselves or out of the project, where a
        notebook would not find ``params/``.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from nbformat import v4
    >>> with TemporaryDirectory() as folder:
    ...     write_notebook(v4.new_notebook(), Path(folder, "notebooks/03_nps.ipynb"))
    ...     first, again = (write_copies(Path(folder), "ja") for _time in range(2))
    >>> [path.parent.name for path in first.written], [path.name for path in again.same]
    (['ja'], ['03_nps.ipynb'])
    >>> write_copies(Path("project"), "ja", Path("project/notebooks"))
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: --out: ... is where the notebooks themselves lie. Copies go into a folder of their own
    within the project, such as notebooks/ja.
    """
    books, place = root / "notebooks", (out or root / "notebooks" / lang).resolve()
    if place == books.resolve() or not place.is_relative_to(root.resolve()):
        raise SettingsError(
            f"--out: {place} is {'where the notebooks themselves lie' if place == books.resolve() else 'elsewhere'}. "
            f"Copies go into a folder of their own within the project, such as notebooks/{lang}."
        )
    written, same, changed = list[Path](), list[Path](), list[Path]()
    with i18n.speaking(lang):
        for path in sorted(books.glob("*.ipynb")):
            copy, to = copied(read_notebook(path), lang), place / path.name
            if to.exists() and not force and _changed(to):
                changed.append(to)
            elif not force and to.exists() and read_notebook(to).metadata[MADE] == copy.metadata[MADE]:
                same.append(to)
            else:
                write_notebook(copy, to)
                written.append(to)
    return Copies(tuple(written), tuple(same), tuple(changed))


def copied(nb: Any, lang: str) -> Any:
    """A notebook in the language spoken: its Markdown, its comments, and the parameter ``lang``; all else as it is.

    Examples
    --------
    >>> from nbformat import v4
    >>> cell = v4.new_code_cell('lang = "en"  # en or ja', metadata={"tags": ["parameters"]})
    >>> copied(v4.new_notebook(cells=[cell]), "ja").cells[0].source
    'lang = "ja"  # en or ja'
    """
    copy = deepcopy(nb)
    for cell in copy.cells:
        if cell.cell_type == "markdown":
            cell.source = translated(cell.source)
        elif cell.cell_type == "code":
            cell.source = _commented(cell.source)
            if "parameters" in cell.metadata.get("tags", ()):
                cell.source = re.sub(r'^lang = "\w*"', f'lang = "{lang}"', cell.source, flags=re.M)
    copy.metadata[MADE] = _print_of(copy)
    return copy


def comments(source: str) -> list[str]:
    """What the comments of a code cell say, each once.

    >>> comments('lang = "#1"  # en or ja')
    ['en or ja']
    """
    return list(dict.fromkeys(text for _line, _column, text in _comments(source)))


def _comments(source: str) -> list[tuple[int, int, str]]:
    """Line, column and text of each; none in a cell that is no Python, such as one with a magic."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    found = ((own, COMMENT.fullmatch(own.string)) for own in tokens if own.type == tokenize.COMMENT)
    return [(own.start[0] - 1, own.start[1], text[1]) for own, text in found if text]


def _commented(source: str) -> str:
    lines = source.split("\n")
    for line, column, text in _comments(source):
        lines[line] = lines[line][:column] + "# " + _(text)
    return "\n".join(lines)


def _changed(path: Path) -> bool:
    """Whether a person has changed what the cells hold; running them is no change."""
    nb = read_notebook(path)
    return bool(nb.metadata.get(MADE) != _print_of(nb))


def _print_of(nb: Any) -> str:
    held = [(cell.cell_type, sorted(cell.metadata.get("tags", ())), cell.source) for cell in nb.cells]
    return hashlib.sha256(repr(held).encode()).hexdigest()
