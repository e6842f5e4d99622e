"""How does a reader get from one period to the next? Links between the packs of a reports folder.

A run is never changed once it is published, but for one line of each page: the one that names the periods before and
after it. Which periods there are is not known when a page is made, and changes whenever a pack is added.
"""

import re
from html import escape
from pathlib import Path

from cskit import i18n
from cskit.i18n import _
from cskit.periods import Period
from cskit.report.publish import put_in_place

__all__ = ["beside", "relink"]

LINE = re.compile(r"<!--neighbours-->.*?<!--/neighbours-->")


def beside(period: Period, periods: list[Period]) -> tuple[Period | None, Period | None]:
    """The nearest earlier and the nearest later period of the same length.

    Examples
    --------
    >>> from cskit.periods import parse
    >>> quarters = [parse(name) for name in ("2023Q2", "2022Q4", "2023-04", "2022Q2")]
    >>> [found and found.name for found in beside(quarters[1], quarters)]
    ['2022Q2', '2023Q2']
    """
    same = sorted((one for one in periods if one.kind == period.kind), key=lambda one: one.start)
    earlier = [one for one in same if one.start < period.start]
    later = [one for one in same if one.start > period.start]
    return (earlier[-1] if earlier else None), (later[0] if later else None)


def relink(out: Path, periods: list[Period]) -> None:
    """Let every page of every pack lead to the periods beside it, each page replaced in one step.

    Parameters
    ----------
    out : Path
        The reports folder.
    periods : list of Period
        Those it holds.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.periods import parse
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("2022Q4", "2023Q2"):
    ...         Path(folder, name).mkdir()
    ...         written = Path(folder, name, "index.html").write_text("<!--neighbours--><!--/neighbours-->")
    ...     relink(Path(folder), [parse("2022Q4"), parse("2023Q2")])
    ...     print(Path(folder, "2022Q4/index.html").read_text(encoding="utf-8"))
    <!--neighbours--><a rel="next" href="../2023Q2/index.html" aria-label="Period after: Apr–Jun
    2023...">Apr–Jun 2023 →</a> <!--/neighbours-->
    """
    for period in periods:
        near = beside(period, periods)
        for page in (out / period.name).rglob("*.html"):
            within = page.relative_to(out / period.name)
            text = page.read_text(encoding="utf-8")
            spoken = re.search(r'<html lang="(\w+)"', text)
            with i18n.speaking(spoken[1] if spoken else "en"):
                line = f"<!--neighbours-->{_links(out, within, near)}<!--/neighbours-->"
            renewed = LINE.sub(lambda _found, line=line: line, text, count=1)  # type: ignore[misc]
            if renewed != text:
                put_in_place(page, renewed)


def _links(out: Path, within: Path, near: tuple[Period | None, Period | None]) -> str:
    up = "../" * len(within.parts)
    ways = (("prev", _("Period before: {period}"), "← {}"), ("next", _("Period after: {period}"), "{} →"))
    return "".join(
        f'<a rel="{rel}" href="{up}{period.name}/{_same(out / period.name, within)}" '
        f'aria-label="{escape(said.format(period=i18n.period_label(period)))}">'
        f"{arrow.format(escape(i18n.period_label(period, fiscal=False)))}</a> "
        for period, (rel, said, arrow) in zip(near, ways, strict=True)
        if period
    )


def _same(pack: Path, within: Path) -> str:
    """The same page in another pack, or the nearest that it has."""
    choices = (within, within.with_name("index.html"), Path("index.html"))
    return next((choice for choice in choices if (pack / choice).is_file()), choices[-1]).as_posix()
