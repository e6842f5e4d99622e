"""Figures on plays."""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cskit import i18n
from cskit.i18n import _
from cskit.plays.analysis import Study
from cskit.plays.words_list import title
from cskit.show import Chart, Finding
from cskit.style import COLOURS, Width, bar_rows, chart

__all__ = ["called_for"]

MOST = 16
LETTERS: dict[Width, int] = {"wide": 34, "narrow": 18}  # of a title in a line


def called_for(study: Study, before: Study | None = None) -> Chart | Finding:
    """Actions by play: those to begin now, and behind them those that wait.

    Parameters
    ----------
    study : Study
    before : Study or None
        The list by other settings: its order is kept, and its counts are marked.

    Examples
    --------
    >>> print(called_for(plays).alt)
    Actions by play. Unknown after self-onboarding: 20 to begin, 105 waiting; Adoption narrow: 17 to
    begin, 44 waiting; Goal slipping: 35 to begin, 20 waiting; Ready for ...
    """
    counts = _counted(study)
    then = None if before is None else _counted(before).sum(axis=1)
    if then is not None:
        counts = counts.reindex([*then.index, *counts.index.difference(then.index, sort=False)]).fillna(0).astype(int)
    if counts.empty:
        return Finding("")
    counts = counts.head(MOST)
    names = [title(study.plays, str(name)) for name in counts.index]
    marks = None if then is None else then.reindex(counts.index).fillna(0).astype(int)

    def draw(ax: Axes, width: Width) -> None:
        ends, places = counts.sum(axis=1), np.arange(len(counts))
        ax.barh(places, counts["new"], color=COLOURS["ink"], height=0.55)
        ax.barh(places, counts["waits"], left=counts["new"], color=COLOURS["pale"], height=0.55)
        if marks is not None:
            ends = ends.clip(lower=marks)
            ax.vlines(marks, places - 0.38, places + 0.38, color=COLOURS["accent"], lw=2)
        for place, (new, waits, end) in enumerate(zip(counts["new"], counts["waits"], ends, strict=True)):
            said = f"{i18n.number(new)} + {i18n.number(waits)}" if waits else i18n.number(new)
            ax.annotate(said, (end, place), (6, 0), textcoords="offset points", va="center", annotation_clip=False)
        rows = [fill(name, LETTERS[width]) for name in names]
        bar_rows(ax, rows)
        figure = ax.get_figure(root=True)
        if figure and (lines := max(row.count("\n") for row in rows)) > 1:
            figure.set_figheight(figure.get_figheight() * (lines + 1) / 2)
        ax.set_xlim(0, float(ends.max()) * (1.2 if width == "wide" else 1.5))

    said = i18n.several(
        _("{play}: {new} to begin, {waits} waiting", play=name, new=i18n.number(new), waits=i18n.number(waits))
        for name, new, waits in zip(names, counts["new"], counts["waits"], strict=True)
    )
    caption = _("Actions called for, by play: dark those that fit into the hours there are, pale those that wait.")
    marked = _("Strokes: as published.") if before is not None else ""
    alt = _("Actions by play. {rows}.", rows=said)
    return chart(draw, alt, i18n.sentences(caption, marked), 0.5 + 0.34 * len(names))


def _counted(study: Study) -> pd.DataFrame:
    """Actions to begin and waiting, by play, the most first."""
    sizes = study.now.rows.groupby(["play", "state"]).size()
    counts = sizes.unstack().reindex(columns=["new", "waits"]).fillna(0).astype(int)
    counts = counts[counts.sum(axis=1) > 0]
    return counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]
