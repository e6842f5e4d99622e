"""Notebooks on disk. They were checked when they were run, and checking takes longer than reading."""

from pathlib import Path
from typing import Any

from cskit.report.light import without_grammars

with without_grammars():
    from nbformat import v4

__all__ = ["read_notebook", "write_notebook"]


def read_notebook(path: Path) -> Any:
    """A notebook of the fourth format as it lies there.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "03_nps.ipynb")
    ...     write_notebook(v4.new_notebook(cells=[v4.new_markdown_cell("# 推奨")]), path)
    ...     [(cell.cell_type, cell.source) for cell in read_notebook(path).cells]
    [('markdown', '# 推奨')]
    """
    return v4.reads(path.read_text(encoding="utf-8"))


def write_notebook(nb: Any, path: Path) -> None:
    """As Jupyter itself would write it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_notebook(v4.new_notebook(), Path(folder, "ja/03_nps.ipynb"))
    ...     Path(folder, "ja/03_nps.ipynb").read_text(encoding="utf-8").split("\\n")[:2]
    ['{', ' "cells": [],']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(v4.writes(nb) + "\n", encoding="utf-8")
