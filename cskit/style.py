"""One look for every figure: palette, sizes, and how a drawing becomes a chart.

A figure is drawn twice, wide and for a phone, so that its words never shrink below reading size; the page
shows the one that fits. Colours leave as CSS variables with the light value behind them: dark mode and print
follow the page, JupyterLab shows the light ones.
"""

import hashlib
import io
import logging
import re
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from cskit import i18n
from cskit.show import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "COLOURS",
    "GRADE_COLOURS",
    "ROUTE_COLOURS",
    "Drawing",
    "bar_rows",
    "chart",
    "interval_rows",
    "label_end",
    "shares_axis",
]

COLOURS = {
    "ink": "#1d2733", "soft": "#5b6875", "line": "#dfe4e8", "accent": "#0b6e8a", "unsure": "#6a6f86",
    "good": "#1b7f5c", "sound": "#5d8f2f", "caution": "#a86400", "action": "#b3372f", "pale": "#9fb4c0",
}  # fmt: skip
GRADE_COLOURS = {grade: COLOURS[grade] for grade in ("good", "sound", "caution", "action")}
ROUTE_COLOURS = {"high_touch": COLOURS["ink"], "hybrid": COLOURS["unsure"], "self": COLOURS["accent"]}

Width = Literal["wide", "narrow"]
Drawing = Callable[["Axes", Width], None]
# Inches and points. At the width each is shown, the smallest words come out at 11 px or more.
SIZES: dict[Width, tuple[float, float, float]] = {"wide": (7.2, 1.0, 10), "narrow": (3.7, 1.15, 8.6)}


def chart(draw: Drawing, alt: str, caption: str = "", height: float = 2.6) -> Chart:
    """Draw a figure at both widths.

    Parameters
    ----------
    draw : callable
        Given the axes and ``"wide"`` or ``"narrow"``; draws, returns nothing.
    alt : str
        What the figure shows, in words.
    caption : str
        Units, n, method.
    height : float
        Inches when wide.
    """
    drawings = "".join(_svg(draw, width, height) for width in SIZES)
    return Chart(drawings, alt, caption)


def interval_rows(ax: "Axes", rows: Sequence[tuple[str, float, float, float, str]], *, narrow: bool = False) -> None:
    """Points with their intervals, one row each: (label, value, low, high, text beside the point)."""
    for place, (label, value, low, high, text) in enumerate(rows):
        ax.plot([low, high], [place, place], color=COLOURS["pale"], lw=6, solid_capstyle="round", zorder=1)
        ax.plot(value, place, "o", ms=7, color=COLOURS["ink"], zorder=3)
        ax.annotate(text, (value, place), (0, 9), textcoords="offset points", ha="center", weight="bold")
        if narrow:
            ax.annotate(label, (0, place), (0, 20), xycoords=("axes fraction", "data"), textcoords="offset points",
                        color=COLOURS["soft"])  # fmt: skip
    ax.set_yticks([] if narrow else range(len(rows)), [] if narrow else [row[0] for row in rows])
    ax.set_ylim(len(rows) - 0.45, -0.85 if narrow else -0.7)
    ax.axvline(0, color=COLOURS["soft"], lw=0.8, zorder=0)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)


def bar_rows(ax: "Axes", labels: Sequence[str], top: float | None = None) -> None:
    """Name rows of bars, the first one on top; the values stand at the bars, so there is neither scale nor frame.

    Parameters
    ----------
    ax : Axes
        With its bars drawn at 0, 1, 2, ...
    labels : sequence of str
    top : float or None
        Room above the first row's middle; None: as much as the bars take.
    """
    ax.set_yticks(range(len(labels)), labels)
    if top is None:
        ax.invert_yaxis()
    else:
        ax.set_ylim(len(labels) - 0.5, -top)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)


def label_end(ax: "Axes", x: float, y: float, text: str, colour: str) -> None:
    """A line's name at its end, instead of a legend."""
    ax.annotate(text, (x, y), (5, 0), textcoords="offset points", color=colour, va="center", annotation_clip=False)


def shares_axis(ax: "Axes", top: float = 1.0) -> None:
    """A vertical axis of shares, written as per cent."""
    from matplotlib.ticker import FuncFormatter

    ax.set_ylim(0, top)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: i18n.share(value, 0)))
    ax.grid(axis="y", color=COLOURS["line"], lw=0.8)
    ax.set_axisbelow(True)


@cache
def _fonts() -> tuple[str, str]:
    """Latin first, then Japanese; the Japanese one is registered from its package."""
    from matplotlib import font_manager
    from matplotlib_fontja import get_font_ttf_path

    # IPAexGothic has no bold: matplotlib says so at every drawing, and there is nothing to do about it.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    path = get_font_ttf_path()
    font_manager.fontManager.addfont(path)
    return "DejaVu Sans", font_manager.FontProperties(fname=path).get_name()


def _svg(draw: Drawing, width: Width, height: float) -> str:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    inches, stretch, size = SIZES[width]
    fonts = _fonts()
    look: Any = {
        # Latin first in both languages: its wider letters are measured, so that no label is cut in the reader's font.
        "font.family": list(fonts), "font.size": size,
        "axes.edgecolor": COLOURS["line"], "axes.labelcolor": COLOURS["soft"], "text.color": COLOURS["ink"],
        "xtick.color": COLOURS["soft"], "ytick.color": COLOURS["soft"], "xtick.labelsize": size,
        "axes.spines.top": False, "axes.spines.right": False, "axes.labelsize": size, "ytick.labelsize": size,
        "xtick.major.size": 0,
        "svg.fonttype": "none", "svg.hashsalt": "cskit", "lines.linewidth": 2, "axes.unicode_minus": True,
        "text.parse_math": False,  # a customer's name may hold a $
    }  # fmt: skip
    with mpl.rc_context(look), warnings.catch_warnings():
        # The words stay text and the reader's own fonts draw them; ours only measure. Messages of our own must have
        # their glyphs all the same: a test holds the catalogue against the fonts.
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
        figure = Figure(figsize=(inches, height * stretch), layout="constrained")
        draw(figure.add_subplot(), width)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return _for_the_page(out.getvalue(), width)


def _for_the_page(text: str, width: Width) -> str:
    """One inline ``<svg>``: no prolog, fonts and colours of the page, ids that no other figure has."""
    svg = text[text.index("<svg ") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S)
    svg = re.sub(r"font-family: [^;\"]+;?", "", svg)
    for name, colour in COLOURS.items():
        svg = svg.replace(colour, f"var(--{name}, {colour})")
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    prefix = hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r' id="([^"]+)"', lambda found: f' id="{prefix}{found[1]}"' if found[1] in used else "", svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}", svg)
    box = svg.split('viewBox="', 1)[1].split('"', 1)[0]
    hidden = ' style="display:none"' if width == "narrow" else ""
    opening = f'<svg class="at-{width}" viewBox="{box}"{hidden} xmlns:xlink="http://www.w3.org/1999/xlink"'
    return re.sub(r"\s*\n\s*", " ", opening + svg[svg.index(">") :]).strip()
