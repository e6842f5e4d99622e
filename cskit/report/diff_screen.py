"""What the one at the keyboard sees of two runs side by side: what moved, why, what was restated."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cskit import i18n
from cskit.metrics import Metric, definitions
from cskit.report.diff import Diff, Figure
from cskit.show import said, spread_of

__all__ = ["tell_diff"]

MOST = 12  # files, settings, figures in a list; all of them are in --json
WIDE = 160  # of a table that goes into a file or a pipe
LOOKS = {"better": "green", "worse": "red", "unclear": "dim"}
BECAUSE = {
    "data": "Settings, notebooks, code and libraries are the same: past data were corrected.",
    "method": "The data are the same: it is settings, notebooks, code or libraries.",
    "either": "Data and settings, notebooks, code or libraries are not the same: which of them it was cannot be told.",
    "unknown": "Nothing they were made from differs, so these figures are not worked out the same way looking back.",
}


def tell_diff(found: Diff) -> None:
    """On stdout: a table at a terminal, plain text elsewhere.

    >>> from cskit.metrics import metric
    >>> from cskit.report.causes import Causes
    >>> score = Figure("nps.score", *(metric("nps.score", value, "estimated") for value in (6.4, 7.0)), "unclear")
    >>> causes = Causes(notebooks=("03_nps.ipynb",))
    >>> tell_diff(Diff("2023Q1", "2023Q2", False, (score,), causes, (), True, i18n.currency()))
    2023Q1 → 2023Q2
    figure  2023Q1  2023Q2  moved
    NPS       +6.4    +7.0  cannot tell
    0 of 1 figures are the same.
    <BLANKLINE>
    Why?
      Another period, and beside that:
      notebook 03_nps.ipynb: another source
    <BLANKLINE>
    Restated?
      No figure: what both state of the same days is the same.
    """
    i18n.use_currency(found.currency)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    console.print(f"[bold]{escape(found.before)} → {escape(found.after)}[/]")
    moved = [one for one in found.figures if one.move != "same"]
    if moved:
        console.print(_table(found, moved))
    same = len(found.figures) - len(moved)
    console.print(f"{same} of {len(found.figures)} figures are the same.")
    _list(console, "Why?", [_frame(found), *found.causes.lines])
    _list(console, "Restated?", *_restated(found))


def _table(found: Diff, figures: list[Figure]) -> Table:
    table = Table("figure", box=None, pad_edge=False)
    for name in (found.before, found.after):
        table.add_column(escape(name), justify="right")
    table.add_column("moved")
    for one in figures:
        label = definitions()[one.name].label if one.name in definitions() else one.name
        words = (label, _cell(one.before), _cell(one.after), _moved(one, found.one_period))
        table.add_row(*map(escape, words), style=LOOKS.get(one.move, ""))
    return table


def _cell(metric: Metric | None) -> str:
    """The value, and its own interval."""
    if metric is None or metric.value is None:
        return "–"
    spread = " · ".join(spread_of(metric))
    return said(metric, metric.value) + (f" ({spread})" if spread else "")


def _moved(figure: Figure, one_period: bool) -> str:
    """The verdict, and by how much where that may be said."""
    words = {"unclear": "cannot tell", "redefined": "another formula", "moved": "moved"}
    word = words.get(figure.move, figure.move)
    if figure.move not in ("better", "worse", "moved"):
        return word
    word = "differs" if one_period else word
    then, now = (one.value if one else None for one in (figure.before, figure.after))
    if not isinstance(then, int | float) or not isinstance(now, int | float):
        return word
    change, none = (i18n.amount(by, figure.known.unit, signed=True) for by in (now - then, 0))
    if change == none:  # moved by less than what is printed: neither good news nor bad
        return "differs in digits not printed" if one_period else "unchanged"
    return f"{word}, {change}"


def _frame(found: Diff) -> str:
    """What the causes stand beside."""
    there = bool(found.causes.lines)
    if found.one_period:
        return "One period, so every difference is one of these:" if there else "One period, made from the same."
    return "Another period, and beside that:" if there else "Another period; all else is the same."


def _restated(found: Diff) -> tuple[list[str], str]:
    """Each figure, and what is to be said of them all."""
    if not found.comparable:
        way = f"cskit run {found.after} --compare-to {found.before}"
        return [], f"Cannot be said: the two state no figure of the same days. They would after {way}."
    if not found.restated:
        return [], "No figure: what both state of the same days is the same."
    return [one.line for one in found.restated], BECAUSE[found.because]


def _list(console: Console, heading: str, lines: list[str], verdict: str = "") -> None:
    console.print(f"\n[bold]{heading}[/]")
    more = [f"and {len(lines) - MOST} more: --json"] if len(lines) > MOST else []
    for line in (*lines[:MOST], *more, *([verdict] if verdict else [])):
        console.print(f"  {escape(line)}", soft_wrap=True)
