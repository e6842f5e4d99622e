"""Where do the rows of a long list go? Into a file beside the notebook's executed copy, a line of JSON each.

An output is sent, stored and read as one piece, which suits a page and not a million rows.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "MANY", "Lines", "beside", "file_name", "write_lines"]

FOLDER = "CSKIT_LISTS"  # where a notebook of a run puts them
MANY = 2_000  # rows of a list that is not part of the output any more


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows of a file, read anew each time they are gone through.

    Parameters
    ----------
    path : Path
    count : int

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     name = write_lines("rows/nps", [["C1", 9], ["C2", None]], Path(folder))
    ...     name, list(Lines(Path(folder, name), 2))
    ('rows_nps.jsonl', [('C1', 9), ('C2', None)])
    """

    path: Path
    count: int

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        with self.path.open(encoding="utf-8") as file:
            yield from (tuple(json.loads(line)) for line in file)

    def __len__(self) -> int:
        return self.count


def beside(copy: Path) -> Path:
    """The folder with the long lists of an executed notebook.

    >>> beside(Path("internal/02_dear_health.ipynb")).as_posix()
    'internal/02_dear_health.lists'
    """
    return copy.with_suffix(".lists")


def file_name(name: str) -> str:
    """A list's name as a path that leads nowhere but down.

    Examples
    --------
    >>> file_name("rows/nps"), file_name("../../x"), file_name("/etc/a b"), file_name("")
    ('rows/nps', '_/_/x', '_/etc/a_b', '_')
    """
    parts = [re.sub(r"[^\w.=-]+", "_", part).strip(".")[:60] or "_" for part in re.split(r"[/\\]", name)]
    return "/".join(parts[:4])


def write_lines(name: str, rows: Iterable[Any], folder: Path) -> str:
    """Write a list whole, or not at all, and tell the name of its file, which leads nowhere else.

    Parameters
    ----------
    name : str
        Of the list; what may not stand in a file's name is replaced.
    rows : iterable
        Each as JSON takes it.
    folder : Path
        Made where there is none.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     name = write_lines("../rows", [["株式会社あ", None]], Path(folder))
    ...     name, Path(folder, name).read_text(encoding="utf-8").strip()
    ('__rows.jsonl', '["株式会社あ",null]')
    """
    told = f"{file_name(name).replace('/', '_')}.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as aside:
        with Path(aside, told).open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}\n" for row in rows)
        shutil.move(Path(aside, told), folder / told)
    return told
