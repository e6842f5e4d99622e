"""One look for every figure: palette, sizes, and how a drawing becomes a chart.

A figure is drawn twice, wide and for a phone, so that its words never shrink below reading size; the page
shows the one that fits. Colours leave as CSS variables with the light value behind them: dark mode and print
follow the page, JupyterLab shows the light ones.
"""

import base64
import hashlib
import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from cskit import i18n
from cskit.show import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

__all__ = [
    "COLOURS",
    "GRADE_COLOURS",
    "ROUTE_COLOURS",
    "Drawing",
    "bar_rows",
    "chart",
    "interval_rows",
    "label_end",
    "points",
    "segment_colour",
    "shares_axis",
    "sketched",
    "target_line",
]

COLOURS = {
    "ink": "#1d2733", "soft": "#5b6875", "line": "#dfe4e8", "accent": "#0b6e8a", "unsure": "#6a6f86",
    "good": "#1b7f5c", "sound": "#5d8f2f", "caution": "#a86400", "action": "#b3372f", "pale": "#9fb4c0",
}  # fmt: skip
GRADE_COLOURS = {grade: COLOURS[grade] for grade in ("good", "sound", "caution", "action")}
ROUTE_COLOURS = {"high_touch": COLOURS["ink"], "hybrid": COLOURS["unsure"], "self": COLOURS["accent"]}

# Apart from the grades' greens, amber and red, and from each other for colour-blind eyes (after Okabe and Ito).
SEGMENT_COLOURS = ("#0b6e8a", "#8a5a9e", "#3d6fd1", "#7a6a4f")
DENSE = 400  # points from which a cloud is a bitmap: about where its weight passes that of the drawing
SLIDE_DPI, BITMAP_DPI = 200, 150  # of the picture for slides, of a cloud within a drawing
PAD = 3 / 72 * SLIDE_DPI  # around a figure's words
_sketching: ContextVar[bool] = ContextVar("sketching", default=False)
MISSING_GLYPH: Literal["ignore", "error"] = "ignore"
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

    Returns
    -------
    Chart
        Both drawings in one ``svg``, words as text, colours of the page; of the wide one a picture for slides.

    Examples
    --------
    >>> drawn = chart(lambda ax, width: ax.bar([f"April, {width}", "May"], [20, 31]), "Hours: April 20, May 31.")
    >>> drawn.svg.count("<svg "), "April, narrow" in drawn.svg, drawn.alt
    (2, True, 'Hours: April 20, May 31.')
    """
    with _look("wide"):
        wide = _figure(draw, "wide", height)
        if _sketching.get():
            return Chart(_svg(wide, "wide"), alt, caption)
        png, drawings = _png(wide), _svg(wide, "wide")
    with _look("narrow"):
        drawings += _svg(_figure(draw, "narrow", height), "narrow")
    return Chart(drawings, alt, caption, png)


@contextmanager
def sketched() -> Iterator[None]:
    """Figures drawn once, wide and without a picture for slides: where somebody waits for each of them.

    >>> with sketched():
    ...     drawn = chart(lambda ax, width: ax.plot([20, 31]), "Hours: April 20, May 31.")
    >>> drawn.svg.count("<svg "), drawn.png
    (1, '')
    """
    before = _sketching.set(True)
    try:
        yield
    finally:
        _sketching.reset(before)


def points(ax: "Axes", x: Any, y: Any, colour: str, size: float = 14) -> None:
    """A cloud of points; where there are many, they become a picture and only the words stay text.

    Past some hundred points each of them costs more as a drawing than all of them as a bitmap.

    Parameters
    ----------
    x, y : array-like, shape (points,)
    size : float
        Of each, in square points.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> points(ax, [1, 2], [30, 40], COLOURS["accent"])
    >>> points(ax, range(DENSE + 1), range(DENSE + 1), COLOURS["pale"])
    >>> [cloud.get_rasterized() for cloud in ax.collections]
    [False, True]
    """
    ax.scatter(x, y, s=size, color=colour, alpha=0.55, linewidths=0, rasterized=len(x) > DENSE)


def segment_colour(segment: str) -> str:
    """The colour of a customer segment, the same in every figure of every report; grey where several are one.

    >>> segment_colour("small") == segment_colour("small") != segment_colour("mid")
    True
    """
    if " + " in segment:
        return COLOURS["unsure"]
    known = {"enterprise": 0, "mid": 1, "small": 2}
    place = known.get(segment, int(hashlib.sha256(segment.encode()).hexdigest(), 16))
    return SEGMENT_COLOURS[place % len(SEGMENT_COLOURS)]


def interval_rows(
    ax: "Axes",
    rows: Sequence[tuple[str, float, float, float, str]],
    *,
    narrow: bool = False,
    colours: Sequence[str] = (),
) -> None:
    """Points with their intervals, one row each: (label, value, low, high, text beside the point).

    Parameters
    ----------
    rows : sequence of tuple
        The first one on top.
    narrow : bool
        Labels stand above their rows, not beside the axis.
    colours : sequence of str
        Of the points; empty: all in ink.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> interval_rows(ax, [("Spring", 4.1, -15.2, 23.4, "+4.1"), ("Autumn", 6.4, -12.5, 24.5, "+6.4")])
    >>> [label.get_text() for label in ax.get_yticklabels()], bool(ax.yaxis_inverted())
    (['Spring', 'Autumn'], True)
    """
    for place, (label, value, low, high, text) in enumerate(rows):
        colour = colours[place] if colours else COLOURS["ink"]
        ax.plot([low, high], [place, place], color=COLOURS["pale"], lw=6, solid_capstyle="round", zorder=1)
        ax.plot(value, place, "o", ms=8, color=colour, zorder=3)
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

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> bars = ax.barh([0, 1], [14, 3])
    >>> bar_rows(ax, ["silent", "at risk"])
    >>> [label.get_text() for label in ax.get_yticklabels()], bool(ax.yaxis_inverted()), list(ax.get_xticks())
    (['silent', 'at risk'], True, [])
    """
    ax.set_yticks(range(len(labels)), labels)
    if top is None:
        ax.invert_yaxis()
    else:
        ax.set_ylim(len(labels) - 0.5, -top)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)


def target_line(ax: "Axes", value: float, text: str, *, upright: bool) -> None:
    """The value aimed at, dashed, with its words at the line's end: upright on a scale across, else level.

    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> target_line(ax, 0.8, "target 80 %", upright=False)
    >>> list(ax.lines[0].get_ydata()), ax.texts[0].get_text()
    ([0.8, 0.8], 'target 80 %')
    """
    look: Any = {"color": COLOURS["ink"], "lw": 1, "ls": (0, (3, 3)), "zorder": 2}
    if upright:
        ax.axvline(value, **look)
        ax.annotate(text, (value, 1), (4, -2), xycoords=("data", "axes fraction"), textcoords="offset points",
                    color=COLOURS["soft"], va="top")  # fmt: skip
    else:
        ax.axhline(value, **look)
        ax.annotate(text, (0, value), (4, 3), xycoords=("axes fraction", "data"), textcoords="offset points",
                    color=COLOURS["soft"])  # fmt: skip


def label_end(ax: "Axes", x: float, y: float, text: str, colour: str) -> None:
    """A line's name at its end, instead of a legend.

    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> [line] = ax.plot([1, 2, 3], [20, 31, 40], color=COLOURS["accent"])
    >>> label_end(ax, 3, 40, "株式会社山吹", COLOURS["accent"])
    >>> ax.texts[0].get_text(), ax.texts[0].xy, ax.texts[0].get_color() == line.get_color()
    ('株式会社山吹', (3, 40), True)
    """
    ax.annotate(text, (x, y), (5, 0), textcoords="offset points", color=colour, va="center", annotation_clip=False)


def shares_axis(ax: "Axes", top: float = 1.0) -> None:
    """A vertical axis of shares, written as per cent, from 0 to ``top``.

    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> shares_axis(ax, top=0.5)
    >>> float(ax.get_ylim()[1]), ax.yaxis.get_major_formatter()(0.25)
    (0.5, '25 %')
    """
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


@contextmanager
def _look(width: Width) -> Iterator[None]:
    """One look while a figure is laid out and saved."""
    import matplotlib as mpl

    size, fonts = SIZES[width][2], _fonts()
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
        # On the page the reader's own fonts draw the words; ours only measure. Words of our own must have their glyphs
        # all the same: tests make it an error. A customer's name with a picture in it stops no run.
        warnings.filterwarnings(MISSING_GLYPH, message=r"Glyph \d+")
        yield


def _figure(draw: Drawing, width: Width, height: float) -> "Figure":
    """Drawn and laid out, once for whatever it is saved as: laying out costs more than the rest."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    inches, stretch, _size = SIZES[width]
    figure = Figure(figsize=(inches, height * stretch), dpi=SLIDE_DPI)
    FigureCanvasAgg(figure)  # words are measured by the canvas that the figure has
    ax = figure.add_subplot()
    draw(ax, width)
    # Spines reach no further than their axes, and a label that says nothing needs no place: neither is measured.
    ax.spines[:].set_in_layout(False)
    for axis in (ax.xaxis, ax.yaxis):
        if not axis.get_label_text():
            axis.set_label_coords(0, 0)
    _lay_out(figure, ax)
    return figure


def _lay_out(figure: "Figure", ax: "Axes") -> None:
    """Give the axes the room that the words around them leave.

    As matplotlib's constrained layout does for one axes, but measured again only where the new size has other ticks, or
    moves words that stand at the data: measuring costs more than the rest of a figure.
    """
    canvas: Any = figure.canvas
    across, down = figure.bbox.size
    ticks: list[str] = []
    for again in range(3):
        before, ticks = ticks, [label.get_text() for label in (*ax.get_xticklabels(), *ax.get_yticklabels())]
        if ticks == before and (again > 1 or not ax.texts):
            return
        inner, outer = ax.bbox, ax.get_tightbbox(canvas.get_renderer(), for_layout_only=True) or ax.bbox
        left, bottom = (inner.x0 - outer.x0 + PAD) / across, (inner.y0 - outer.y0 + PAD) / down
        right, top = (outer.x1 - inner.x1 + PAD) / across, (outer.y1 - inner.y1 + PAD) / down
        ax.set_position((left, bottom, 1 - left - right, 1 - bottom - top))


def _png(figure: "Figure") -> str:
    """The figure as a slide takes it, on white, in base 64."""
    from PIL import Image

    canvas: Any = figure.canvas
    canvas.draw()
    across, down = canvas.get_width_height(physical=True)
    drawn = Image.frombuffer("RGBA", (across, down), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    return _quantised(drawn.convert("RGB"))


def _svg(figure: "Figure", width: Width) -> str:
    """The figure as a page takes it: without a ground of its own."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    for ground in (figure.patch, *(ax.patch for ax in figure.axes)):
        ground.set_visible(False)
    out, figure.dpi = io.StringIO(), BITMAP_DPI
    FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None})
    return _for_the_page(_lighter(out.getvalue()), width)


def _lighter(svg: str) -> str:
    """Bitmaps in a drawing with as few colours as they need."""
    pattern = r"(data:image/png;base64,)([A-Za-z0-9+/=\s]+)"
    return re.sub(pattern, lambda found: found[1] + _quantised(_opened(found[2])), svg)


def _opened(png: str) -> "Image":
    from PIL import Image

    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")


def _quantised(picture: "Image") -> str:
    """A PNG of at most 64 colours, in base 64: a quarter of the bytes, and no eye sees it."""
    from PIL import Image

    octree: Any = {"method": Image.Quantize.FASTOCTREE, "dither": Image.Dither.NONE}
    if picture.mode == "RGB":  # every fourth point holds the colours of all, and choosing them is what takes time
        few = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.NEAREST)
        drawn = picture.quantize(palette=few.quantize(64, **octree), dither=Image.Dither.NONE)
    else:
        drawn = picture.quantize(64, **octree)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


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
