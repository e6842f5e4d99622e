"""How does an executed notebook read as a page? Verdict first, evidence under it, definitions at the end."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain, count
from typing import Any

from cskit import i18n
from cskit.i18n import _
from cskit.metrics import definitions
from cskit.report.audience import Audience, seen_by
from cskit.report.clean import clean, picture
from cskit.report.outputs import Finding
from cskit.report.pages import Pack, fill, moment
from cskit.report.prose import translated
from cskit.report.trouble import Trouble, trouble_of
from cskit.show import HEADLINE_TYPE, unit_text, wanted_text

__all__ = ["Page", "Picture", "anchor_of", "linked", "render", "render_joined", "render_review"]

SHOWN = ("execute_result", "display_data")  # of a cell's outputs; what it prints and its errors stay out


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure for slides: below which heading it stands, what it shows, and the bitmap in base 64.

    >>> from base64 import b64decode
    >>> b64decode(Picture("is-it-real", "NPS by wave", "iVBORw0KGgo=").png)
    b'\\x89PNG\\r\\n\\x1a\\n'
    """

    heading: str
    alt: str
    png: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page and the figures on it.

    >>> from datetime import UTC, datetime
    >>> from cskit.params import resolve
    >>> from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
    >>> pack = Pack.of(resolve({"period": "2023Q2"}), ("en",), datetime(2023, 7, 3, tzinfo=UTC))
    >>> shown = {"text/html": "<p>+6.4</p>", "text/plain": "NPS by wave", "image/png": "iVBORw0KGgo="}
    >>> cells = [new_markdown_cell("## Is it real?"), new_code_cell("", outputs=[new_output("display_data", shown)])]
    >>> render(new_notebook(cells=cells), "nps", Finding("ok"), pack, {}).pictures
    (Picture(heading='is-it-real', alt='NPS by wave', png='iVBORw0KGgo='),)
    """

    html: str
    pictures: tuple[Picture, ...] = ()


def render(
    nb: Any,
    name: str,
    finding: Finding,
    pack: Pack,
    reports: Mapping[str, str],
    behind: Mapping[str, str] | None = None,
) -> Page:
    """One report as a self-contained page for the pack's audience, in the language spoken.

    Parameters
    ----------
    nb : NotebookNode
        As executed in this language; it is not changed.
    name : str
        Of the report.
    finding : Finding
        The notebook, read; of a failed one only that it did is shown, for half its numbers prove nothing.
    pack : Pack
    reports : mapping of str
        Every report of the pack and its question, as the reader sees it.
    behind : mapping of str or None
        Where the rows behind a metric lie, from the page; None: this audience does not get them.

    Returns
    -------
    Page
        Its HTML can be read without a script and asks for nothing outside itself. Two runs of the same inputs differ
        only in the line that says when it was made.

    Examples
    --------
    A cell for CSMs is not on leadership's page, and nothing that a cell holds can run there:

    >>> from datetime import UTC, datetime
    >>> from cskit.params import resolve
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> pack = Pack.of(resolve({"period": "2023Q2"}), ("en",), datetime(2023, 7, 3, tzinfo=UTC))
    >>> ours = new_markdown_cell("## Is it real?\\n\\n**No.** <script>alert(1)</script>")
    >>> csms = new_markdown_cell("## Whom do I call?", metadata={"tags": ["csm"]})
    >>> page = render(new_notebook(cells=[ours, csms]), "nps", Finding("ok"), pack, {"nps": "Who recommends us?"})
    >>> re.findall("<h[12].*</h[12]>", page.html), re.findall("<p><strong>.*</p>", page.html)
    (['<h1>Who recommends us?</h1>', '<h2 id="is-it-real">Is it real?</h2>'], ['<p><strong>No.</strong> </p>'])
    """
    failed = finding.status == "failed"
    parts = _Parts() if failed else _parts(nb, pack.audience, _Parts())
    return _page(
        pack,
        parts,
        [] if failed else _definitions(finding, behind),
        question=reports.get(name, name),
        file=name,
        kind="report",
        reports=reports,
        troubles=[trouble] if (trouble := trouble_of(name, reports.get(name, name), finding, pack)) else [],
    )


def render_joined(books: Sequence[tuple[str, Any, Finding]], pack: Pack, reports: Mapping[str, str]) -> Page | None:
    """What the reports hold for one audience, on one page; None where they hold nothing for it.

    Parameters
    ----------
    books : sequence of (str, NotebookNode, Finding)
        Each report's name, the notebook as executed in this language, and what was read in it.
    pack : Pack
    reports : mapping of str

    Examples
    --------
    >>> from dataclasses import replace
    >>> from datetime import UTC, datetime
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> from cskit.params import resolve
    >>> pack = Pack.of(resolve({"period": "2023Q2"}), ("en",), datetime(2023, 7, 3, tzinfo=UTC))
    >>> pack = replace(pack, audience="csm")
    >>> ours = new_notebook(cells=[new_markdown_cell("## Is it real?")])
    >>> csms = new_notebook(cells=[new_markdown_cell("## Whom do I call?", metadata={"tags": ["csm"]})])
    >>> books = [("nps", ours, Finding("ok")), ("plays", csms, Finding("ok"))]
    >>> re.findall("<h[12].*</h[12]>", render_joined(books, pack, {}).html)
    ['<h1>Which customers need a step from us?</h1>', '<h2 id="whom-do-i-call">Whom do I call?</h2>']
    >>> render_joined(books[:1], pack, {}) is None
    True
    """
    parts, troubles = _Parts(), []
    metrics: dict[str, dict[str, Any]] = {}
    own = [book for book in books if any(seen_by(cell, pack.audience) for cell in book[1].cells)]
    # The report that opens the page for this audience, by a headline of its own, comes first.
    for name, nb, finding in sorted(own, key=lambda book: not _opens(book[1], pack.audience)):
        metrics |= finding.metrics
        if finding.status != "failed":
            _parts(nb, pack.audience, parts)
        if trouble := trouble_of(name, reports.get(name, name), finding, pack):
            troubles.append(trouble)
    if not parts.body and not parts.hero and not troubles:
        return None
    keys = _keys_shown(parts.hero)
    shown = Finding("ok", keys=keys, metrics={name: metrics[name] for name in keys if name in metrics})
    return _page(
        pack,
        parts,
        _definitions(shown, None),
        question=JOINED[pack.audience](),
        file="index",
        kind="report joined",
        reports={},
        troubles=troubles,
    )


def render_review(nb: Any, customer: str, file: str, pack: Pack) -> Page:
    """One customer's review for the pack's audience: what the cells show, under the customer's name.

    Parameters
    ----------
    nb : NotebookNode
        As executed in the language spoken; none of its cells failed.
    customer : str
        Its name.
    file : str
        Of the page, without its ending: the same in every language.
    pack : Pack

    Examples
    --------
    The customer sees what is on record, and no question that nothing answers:

    >>> from dataclasses import replace
    >>> from datetime import UTC, datetime
    >>> from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
    >>> from cskit.params import resolve
    >>> pack = Pack.of(resolve({"period": "2023Q2"}), ("en",), datetime(2023, 7, 3, tzinfo=UTC))
    >>> pack = replace(pack, audience="customer")
    >>> use = new_code_cell("", outputs=[new_output("display_data", {"text/html": "<p>41 people, daily.</p>"})])
    >>> cells = [new_markdown_cell("## Who uses it?"), use, new_markdown_cell("## What did we agree on?")]
    >>> for cell in cells:
    ...     cell.metadata["tags"] = ["customer"]
    >>> page = render_review(new_notebook(cells=cells), "株式会社あおぞら", "C00012", pack)
    >>> re.findall("<h[12].*</h[12]>", page.html)
    ['<h1>株式会社あおぞら</h1>', '<h2 id="who-uses-it">Who uses it?</h2>']
    """
    parts = _parts(nb, pack.audience, _Parts())
    return _page(pack, parts, [], question=customer, file=file, kind="review", reports={}, troubles=[])


def _page(
    pack: Pack,
    parts: "_Parts",
    definitions: list[dict[str, str]],
    *,
    question: str,
    file: str,
    kind: str,
    reports: Mapping[str, str],
    troubles: Sequence[Trouble],
) -> Page:
    html = fill(
        "page.html.j2",
        kind=kind,
        title=f"{question} · {pack.title} · {pack.period}",
        question=question,
        pack=pack,
        lang=pack.lang,
        languages=[(lang, f"../{lang}/{file}.html") for lang in pack.langs if lang != pack.lang],
        report=file,
        reports=reports.items(),
        troubles=troubles,
        hero=parts.hero,
        lede=parts.lede,
        body=parts.body,
        toc=parts.toc,
        definitions=definitions,
        made=pack.made,
        made_text=_("Made {when}", when=moment(pack.made)),
    )
    return Page(html, tuple(parts.pictures))


def _opens(nb: Any, audience: Audience) -> bool:
    """Whether a notebook has a headline for an audience alone."""
    own = (cell for cell in nb.cells if audience in cell.metadata.get("tags", ()))
    return any(HEADLINE_TYPE in output.get("data", {}) for cell in own for output in cell.get("outputs", ()))


def _keys_shown(hero: str) -> tuple[str, ...]:
    return tuple(re.findall(r'data-metric="([\w.]+)"', hero))


JOINED = {"csm": lambda: _("Which customers need a step from us?")}


def anchor_of(metric: str) -> str:
    """Where a metric's definition stands on its page.

    >>> anchor_of("nps.score")
    'def-nps.score'
    """
    return f"def-{metric}"


def linked(html: str, page: str = "") -> str:
    """Key figures as a page lays them out: labels lead to the definitions, here or on another page.

    What stands under a figure becomes one block, so that only label and figure share their lines with the
    neighbours.

    >>> key = '<div class="key" data-metric="nps.score"><dt>NPS</dt><dd class="figure">+6.4</dd><dd>n = 47</dd></div>'
    >>> linked(key, "nps.html")
    '<div class="key" data-metric="nps.score"><dt><a href="nps.html#def-nps.score">NPS</a></dt><dd
    class="figure">+6.4</dd><dd class="under"><span class="line ">n\\xa0=\\xa047</span></dd></div>'
    """
    known = definitions()

    def laid_out(found: re.Match[str]) -> str:
        name, label, figure, rest = found.groups()
        label = f'<a href="{page}#{anchor_of(name)}">{label}</a>' if name in known else label
        lines = re.sub(r"<dd(?: class=\"(quiet)\")?>(.*?)</dd>", r'<span class="line \1">\2</span>', rest, flags=re.S)
        under = f'<dd class="under">{lines}</dd>' if lines else ""
        return f'<div class="key" data-metric="{name}"><dt>{label}</dt>{figure}{under}</div>'

    html = re.sub(r"\bn = (?=\d)", "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}", html)
    tile = r'<div class="key" data-metric="([\w.]+)"><dt>(.*?)</dt>(<dd class="figure">.*?</dd>)(.*?)</div>'
    return re.sub(tile, laid_out, html, flags=re.S)


@dataclass
class _Parts:
    """A page's pieces, as the cells give them."""

    hero: str = ""
    lede: str = ""
    body: str = ""
    toc: list[tuple[str, str]] = field(default_factory=list)
    shown: int = 0
    pictures: list[Picture] = field(default_factory=list)


def _parts(nb: Any, audience: Audience, parts: _Parts) -> _Parts:
    """The cells that the audience sees, added to what the page has already."""
    cells = _answered(nb.cells, audience)
    if cells and cells[0].cell_type == "markdown" and cells[0].source.lstrip().startswith("# "):
        parts.lede = _html(translated(re.sub(r"\A\s*# .*\n?", "", cells.pop(0).source)))
    body = [parts.body]
    for cell in _on_record(cells) if audience == "customer" else cells:
        if cell.cell_type == "markdown":
            body.append(_prose(cell.source, parts))
        for output in cell.get("outputs", ()):
            if HEADLINE_TYPE in output.get("data", {}):
                parts.hero += _hero(output.data.get("text/html", ""))
            elif output.output_type in SHOWN:
                body.append(_shown(output, parts))
    parts.body = "".join(body)
    return parts


def _answered(cells: list[Any], audience: Audience) -> list[Any]:
    """What an audience sees of the cells before the one that ended in an error, whoever that one is for.

    The questions that are left open by it go, too.
    """
    ends = [place for place, cell in enumerate(cells) if any(o.output_type == "error" for o in cell.get("outputs", ()))]
    kept = [cell for cell in cells[: ends[0] if ends else None] if seen_by(cell, audience)]
    while ends and len(kept) > 1 and kept[-1].cell_type == "markdown":
        kept.pop()
    return kept


def _on_record(cells: list[Any]) -> list[Any]:
    """Without the cells that have nothing to show, and without questions that nothing answers."""
    kept = [cell for cell in cells if cell.cell_type == "markdown" or any(map(_says_something, cell.outputs))]
    following = [*kept[1:], None]
    return [
        cell
        for cell, after in zip(kept, following, strict=True)
        if cell.cell_type != "markdown" or (after is not None and after.cell_type != "markdown")
    ]


def _says_something(output: Any) -> bool:
    return not re.match(r'<p class="finding( missing">|"></p>$)', output.get("data", {}).get("text/html", "-"))


def _hero(html: str) -> str:
    html = clean(html, "key")
    by = _("Comment of the author")
    return linked(html.replace('<blockquote class="words">', f'<blockquote class="words"><p class="by">{by}</p>'))


def _prose(source: str, parts: _Parts) -> str:
    """A Markdown cell as HTML; its second-level headings enter the table of contents."""
    source = re.sub(r"^# ", "## ", source, flags=re.M)
    headings = iter(re.findall(r"^## +(.+?)\s*$", source, flags=re.M))

    def anchored(found: re.Match[str]) -> str:
        anchor = _slug(next(headings, found[1]), {anchor for anchor, _text in parts.toc})
        parts.toc.append((anchor, _plain(found[1])))
        return f'<h2 id="{anchor}">{found[1]}</h2>'

    return re.sub(r"<h2>(.*?)</h2>", anchored, _html(translated(source)), flags=re.S) + "\n"


def _shown(output: Any, parts: _Parts) -> str:
    """What one output shows: HTML or a drawing before a bitmap; plain text is for JupyterLab."""
    data, parts.shown = output.get("data", {}), parts.shown + 1
    heading = parts.toc[-1][1] if parts.toc else _("Figure")
    alt = output.get("metadata", {}).get("alt") or heading
    if "text/html" in data:
        if "image/png" in data:
            anchor = parts.toc[-1][0] if parts.toc else "figure"
            parts.pictures.append(Picture(anchor, data.get("text/plain", alt), data["image/png"]))
        return clean(data["text/html"], f"o{parts.shown}") + "\n"
    if "image/svg+xml" in data:
        svg = data["image/svg+xml"]
        named = svg if "aria-label=" in svg else svg.replace("<svg ", f'<svg aria-label="{_attribute(alt)}" ', 1)
        return f"<figure>{clean(named, f'o{parts.shown}')}</figure>\n"
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            return picture(data[kind], kind, alt) + "\n"
    return ""


@lru_cache(maxsize=512)  # one text stands on the pages of several audiences
def _html(source: str) -> str:
    """Markdown as HTML, cleaned: whoever wrote it, nothing in it runs."""
    return clean(str(_markdown()(source)), "md").strip() if source.strip() else ""


@cache
def _markdown() -> Any:
    """Markdown as JupyterLab reads it."""
    import mistune

    # What a notebook shows of Markdown, JupyterLab shows too.
    return mistune.create_markdown(escape=False, plugins=["strikethrough", "table", "url", "task_lists", "def_list"])


def _definitions(finding: Finding, behind: Mapping[str, str] | None) -> list[dict[str, str]]:
    """What each metric of the report means, key figures first."""
    known = definitions()
    names = [name for name in dict.fromkeys((*finding.keys, *finding.metrics)) if name in known]
    return [
        {
            "name": name,
            "anchor": anchor_of(name),
            "label": _(known[name].label),
            "formula": _(known[name].formula),
            "rows": _(known[name].rows),
            "source": _(known[name].source),
            "unit": unit_text(known[name].unit),
            "wanted": wanted_text(str(finding.metrics.get(name, {}).get("direction", known[name].wanted))),
            "n": i18n.number(n) if (n := finding.metrics.get(name, {}).get("n")) is not None else "",
            "behind": (behind or {}).get(name, ""),
        }
        for name in names
    ]


def _slug(text: str, taken: set[str]) -> str:
    """An anchor from the English heading, the same in every language."""
    stem = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].rstrip("-") or "section"
    names = chain([stem], (f"{stem}-{place}" for place in count(2)))
    return next(name for name in names if name not in taken | {"definitions", "main"})


def _plain(html: str) -> str:
    from html import unescape

    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def _attribute(text: str) -> str:
    from html import escape

    return escape(text)
