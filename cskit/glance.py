"""A small table for somebody who just looks: what JupyterLab shows under a cell, never a part of a report."""

from collections.abc import Iterable
from html import escape

__all__ = ["glance"]

LEFT = "text-align:left"  # JupyterLab sets cells to the right, and captions in the middle
WHOLE, QUIET = ";white-space:nowrap", ";opacity:.75"


def glance(caption: str, rows: Iterable[Iterable[str]], head: Iterable[str] = (), quiet: bool = False) -> str:
    """Rows of text as HTML, words to the left; the first cell heads its row, whatever a cell holds stands as text.

    Parameters
    ----------
    caption : str
        Empty: there is none.
    rows : iterable
        Each of its cells.
    head : iterable of str
        Names of the columns; empty: they have none, and the cells hold sentences.
    quiet : bool
        Whether the last cell of a row says what the others are.

    Examples
    --------
    >>> html = glance("Run", [("period", "<2023Q2>")])
    >>> ">Run</caption>" in html and ">&lt;2023Q2&gt;</td>" in html
    True
    """
    named = "".join(_cell("th", name, WHOLE, "col") for name in head)
    top = f"<thead><tr>{named}</tr></thead>" if named else ""
    titled = f'<caption style="{LEFT}">{escape(caption)}</caption>' if caption else ""
    looks = WHOLE if named else ""
    body = "".join(_row([*row], looks, QUIET if quiet else looks) for row in rows)
    return f"<table>{titled}{top}<tbody>{body}</tbody></table>"


def _row(cells: list[str], looks: str, last: str) -> str:
    first, *rest = cells
    told = [_cell("td", text, last if place == len(rest) else looks) for place, text in enumerate(rest, 1)]
    return f"<tr>{_cell('th', first, WHOLE, 'row')}{''.join(told)}</tr>"


def _cell(tag: str, text: str, looks: str = "", scope: str = "") -> str:
    scoped = f' scope="{scope}"' if scope else ""
    return f'<{tag}{scoped} style="{LEFT}{looks}">{escape(text)}</{tag}>'
