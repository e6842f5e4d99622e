"""What of a cell's output may stand on a page? Text, tables and drawings; nothing that runs or asks a network.

An allow-list (nh3), then each drawing is made to live on a shared page: ids of its own, colours that follow
light and dark, a least width at which its words can be read.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from html import escape, unescape
from pathlib import Path

import nh3
import yaml

from cskit.style import COLOURS

__all__ = ["LEAST_TEXT", "clean", "picture"]

TAG = re.compile(r"<[a-zA-Z](?:[^<>\"]|\"[^\"]*\")*>")
FONT = re.compile(r"\bfont: ([^;\"]+)")
ID, REFERENCE = re.compile(r' id="([^"]*)"'), re.compile(r'(href="#|url\((?:&quot;|")?#)([^"&)]+)')
LEAST_TEXT = 11  # px, of the smallest words of a drawing
# A drawing in the palette's light values, or in black on white, turns with the page.
TONES = {**COLOURS, "paper": "#ffffff"}
TONE_OF = {light: tone for tone, light in TONES.items()}
LIGHT = re.compile(rf"(?<!, )(?<!,)(?:{'|'.join(TONE_OF)})\b", re.I)


def clean(html: str, name: str) -> str:
    """One output, safe to stand on a page.

    Parameters
    ----------
    html : str
        What the notebook's object gave; nobody vouches for it.
    name : str
        Prefix of the ids in it, unique on the page.

    Returns
    -------
    str
        No script, event, form, frame or address outside the page, except links a reader may follow.

    Examples
    --------
    >>> clean('<p onclick="x()">so<script>y()</script></p>', "a")
    '<p>so</p>'
    """
    return _renamed(_harmless(html), name)


@lru_cache(maxsize=512)  # one output stands on the pages of several audiences
def _harmless(html: str) -> str:
    """All of it but the ids, which each page numbers for itself."""
    if "font: " in html:
        html = _in_tags(html, lambda tag: FONT.sub(_size_only, tag))
    return _scrolling(_drawings(_cleaner().clean(html)))


def _in_tags(html: str, change: Callable[[str], str]) -> str:
    """Change tags alone: what looks like an attribute in somebody's words is words."""
    return TAG.sub(lambda found: change(found[0]), html)


@cache
def _cleaner() -> nh3.Cleaner:
    source = Path(__file__).with_name("allowed.yaml").read_text(encoding="utf-8")
    lists = {name: set(words.split()) for name, words in yaml.safe_load(source).items()}
    attributes = dict.fromkeys(lists["drawing"], lists["drawn"]) | {"td": lists["cell"], "th": lists["cell"]}
    attributes |= {"a": {"href"}, "col": {"span"}, "div": {"data-metric"}, "ol": {"start"}}
    attributes |= {"span": {"data-sort"}, "time": {"datetime"}}
    return nh3.Cleaner(
        tags=lists["text"] | lists["drawing"],
        clean_content_tags=lists["dropped"],
        attributes=attributes | {"*": lists["everywhere"]},
        attribute_filter=_own_only,
        filter_style_properties=lists["styles"],
        url_schemes={"http", "https", "mailto", "data"},
    )


def picture(base64: str, kind: str, alt: str) -> str:
    """A bitmap as part of the page.

    >>> picture("iVBO\\n", "image/png", "A <map>")
    '<figure><img src="data:image/png;base64,iVBO" alt="A &lt;map&gt;"></figure>'
    """
    data = re.sub(r"[^A-Za-z0-9+/=]", "", base64)
    return f'<figure><img src="data:{kind};base64,{data}" alt="{escape(alt)}"></figure>'


def _own_only(tag: str, name: str, value: str) -> str | None:
    """Addresses: a drawing refers to itself, only a link leads out; styles load nothing."""
    if name in {"href", "xlink:href"}:
        inside = value.startswith("#") or (tag == "image" and re.match(r"data:image/(png|jpeg);base64,", value))
        return value if inside or (tag == "a" and re.match(r"(https?:|mailto:|[\w./-]+$)", value)) else None
    if re.search(r"url\(\s*[\"']?\s*(?!#)", value):
        return None
    return value


def _size_only(found: re.Match[str]) -> str:
    """``font: bold 10px 'Some Font'`` as size and weight: the letters are the page's own."""
    size = re.search(r"([\d.]+)px", found[1])
    weight = re.search(r"\b(bold|[1-9]00)\b", found[1])
    parts = ([f"font-size: {size[1]}px"] if size else []) + ([f"font-weight: {weight[1]}"] if weight else [])
    return "; ".join(parts)


def _renamed(html: str, name: str) -> str:
    """Ids that are referred to are numbered within the page, the others go: the same in every run, never twice."""
    tags = "".join(TAG.findall(html))
    used = list(dict.fromkeys(found[1] for found in REFERENCE.findall(tags)))
    if not used and not ID.search(tags):
        return html
    new = {old: f"{name}-{place}" for place, old in enumerate(used)}

    def refer(found: re.Match[str]) -> str:
        return found[1] + new.get(found[2], found[2])

    def renumber(tag: str) -> str:
        tag = ID.sub(lambda found: f' id="{new[found[1]]}"' if found[1] in new else "", tag)
        return REFERENCE.sub(refer, tag)

    return _in_tags(html, renumber)


def _drawings(html: str) -> str:
    """Each drawing in a frame of its own, that scrolls before words get too small to read."""
    label = ""

    def framed(found: re.Match[str]) -> str:
        nonlocal label
        svg = found[0]
        own = re.search(r'<svg[^>]* aria-label="([^"]*)"', svg)
        label = own[1] if own else label  # the second of two widths shows the same
        return _drawing(svg, label)

    return re.sub(r"<svg\b.*?</svg>", framed, html, flags=re.S)


def _drawing(svg: str, label: str) -> str:
    opening, rest = svg.split(">", 1)
    box = re.search(r'viewBox="[\d.+-]+[ ,]+[\d.+-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"', opening)
    width = re.search(r' width="([\d.]+)', opening)
    across = float(box[1]) if box else float(width[1]) if width else 0.0
    kind = re.search(r'class="[^"]*\b(at-wide|at-narrow)\b', opening)
    if not box and across and (height := re.search(r' height="([\d.]+)', opening)):
        opening += f' viewBox="0 0 {across:g} {float(height[1]):g}"'
    opening = re.sub(r' (?:width|height|class|role|aria-label|style|focusable)="[^"]*"', "", opening)
    sizes = [float(size) for size in re.findall(r'font-size[:=]\s*"?([\d.]+)', rest) if float(size)]
    least = f' style="min-width:{across * LEAST_TEXT / min(sizes):.0f}px"' if sizes and across else ""
    rest = _in_tags(rest, _toned)
    image = f' role="img" aria-label="{label}"' if label else ' aria-hidden="true"'
    if kind:  # drawn for its width: no need to scroll, so no stop for the keyboard
        return f'<div class="plot {kind[1]}">{opening}{image}{least}>{rest}</div>'
    return f'<div class="plot" tabindex="0"{image}>{opening} aria-hidden="true"{least}>{rest}</div>'


def _toned(tag: str) -> str:
    """Colours of the palette, and black, as the page's own, which turn with light and dark."""
    tag = tag.replace("#000000", TONES["ink"])
    return LIGHT.sub(lambda found: f"var(--{TONE_OF[found[0].lower()]})", tag)


def _scrolling(html: str) -> str:
    """Tables scroll inside their own frame, which the keyboard can reach."""
    html = re.sub(r'<div class="wide">\s*(<table\b.*?</table>)\s*</div>', r"\1", html, flags=re.S)

    def framed(found: re.Match[str]) -> str:
        caption = re.search(r"<caption[^>]*>(.*?)</caption>", found[0], flags=re.S)
        label = escape(unescape(re.sub(r"<[^>]+>", "", caption[1])).strip()) if caption else ""
        named = f' role="region" aria-label="{label}"' if label else ""
        return f'<div class="wide" tabindex="0"{named}>{found[0]}</div>'

    return re.sub(r"<table\b.*?</table>", framed, html, flags=re.S)
