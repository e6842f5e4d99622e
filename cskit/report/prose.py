"""What do a notebook's Markdown cells say in the reader's language?

A cell is cut into blocks: a heading, a paragraph, a list item. Each block's text, without its marks, is one
gettext message; the marks are put back around the translation.
"""

import re
from collections.abc import Iterator
from typing import Any

from cskit.i18n import _

__all__ = ["messages", "translated"]

MARK = re.compile(r"\s*(?:#{1,6}\s+|[-*+]\s+|\d+[.)]\s+|>\s?)")
FENCE = re.compile(r"\s*(?:```|~~~)")


def translated(source: str) -> str:
    """A Markdown cell in the language spoken.

    Examples
    --------
    >>> translated("## Is it real?\\n\\nTwo lines\\nof one paragraph.\\n\\n- first\\n- second")
    '## Is it real?\\n\\nTwo lines of one paragraph.\\n\\n- first\\n- second'
    """
    parts = (mark + (_(text) if message else text) for mark, text, message in _blocks(source))
    return "\n".join(parts).strip("\n")


def messages(nb: Any) -> list[str]:
    """Every message in the Markdown cells of a notebook, in order, each once; an analyst reads them all.

    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> texts = ("## Is it real?\\n\\nTwo lines\\nof one.", "## Is it real?\\n\\n- first\\n\\n```\\nno message\\n```")
    >>> messages(new_notebook(cells=[new_markdown_cell(text) for text in texts]))
    ['Is it real?', 'Two lines of one.', 'first']
    """
    cells = [cell for cell in nb.cells if cell.cell_type == "markdown"]
    found = [text for cell in cells for _mark, text, message in _blocks(cell.source) if message]
    return list(dict.fromkeys(found))


def _blocks(source: str) -> Iterator[tuple[str, str, bool]]:
    """Mark, text, and whether the text is a message; blank lines, fences and table rows are none."""
    paragraph: list[str] = []
    mark, fenced = "", False
    for line in [*source.splitlines(), ""]:
        fence = FENCE.match(line)
        start = MARK.match(line)
        verbatim = fenced or bool(fence) or line.lstrip().startswith("|") or not line.strip()
        if (verbatim or start) and paragraph:
            yield mark, " ".join(paragraph), True
            paragraph, mark = [], ""
        if verbatim:
            yield "", line, False
            fenced ^= bool(fence)
        elif start and start[0].lstrip().startswith("#"):
            yield start[0], line[start.end() :].strip(), True
        else:
            mark = start[0] if start else mark
            paragraph.append(line[start.end() :].strip() if start else line.strip())
