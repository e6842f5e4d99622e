"""How does a run read where only some of its audiences get their part? No page leads to what is not there."""

import json
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from cskit.report.audience import AUDIENCES, Audience, whose

__all__ = ["MARK", "Excerpt", "cut_down", "files_of", "without_dead_ends"]

MARK = "sent_for"  # in a manifest: for whom its run was cut down
MANIFEST = "manifest.json"
HEADER = re.compile(r'<header class="top">.*?</header>', re.S)
FILES = re.compile(r'<ul class="files">.*?</ul>', re.S)
LINE = re.compile(r"<li>.*?</li>\n?", re.S)
LINK = re.compile(r'<a\b(?:[^>"]|"[^"]*")*?\shref="([^"]*)"(?:[^>"]|"[^"]*")*>(.*?)</a>', re.S)


@dataclass(frozen=True)
class Excerpt:
    """The part of a run that is for some audiences.

    Parameters
    ----------
    run : Path
        The run's folder, under the name by which readers find it.
    files : tuple of str
        All that is in it.
    audiences : tuple of str

    Examples
    --------
    >>> files = ("csm/en/index.html", "en/index.html", "internal/hours.csv")
    >>> part = Excerpt(Path("reports/2023Q2"), files, ("csm",))
    >>> list(part.names), part.held_back
    (['csm/en/index.html'], ('leadership', 'internal'))
    >>> part.holds("2023Q2/en/index.html"), part.holds("2023Q1/csm/en/index.html")
    (False, None)
    """

    run: Path
    files: tuple[str, ...]
    audiences: tuple[Audience, ...]

    @cached_property
    def names(self) -> dict[str, None]:
        """The files that belong to it, in their order."""
        return dict.fromkeys(name for name in self.files if not whose(name).isdisjoint(self.audiences))

    @cached_property
    def held_back(self) -> tuple[Audience, ...]:
        """Whose files do not belong to it."""
        others = frozenset[Audience]().union(*(whose(name) for name in self.files if name not in self.names))
        return tuple(who for who in AUDIENCES if who in others)

    def holds(self, place: str) -> bool | None:
        """Whether a file is there, by its place in the reports folder; None: it is of another run."""
        first, _slash, rest = place.partition("/")
        if not rest:
            return "leadership" in self.audiences  # the pages over all periods
        return rest in self.names if first == self.run.name else None

    def text_of(self, name: str, elsewhere: Callable[[str], bool]) -> str | None:
        """What a file says in it; None: the same as in the run.

        Parameters
        ----------
        name : str
        elsewhere : callable
            Whether a file of another run is there, by its place in the reports folder.
        """
        if name.endswith(".html"):
            return self.page(self.run / name, f"{self.run.name}/{name}", elsewhere)
        if name.rpartition("/")[2] == MANIFEST and self.held_back:
            told = json.loads((self.run / name).read_text(encoding="utf-8")) | {MARK: list(self.audiences)}
            return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
        return None

    def page(self, path: Path, place: str, elsewhere: Callable[[str], bool]) -> str | None:
        """The same of a page, wherever it lies in the reports folder."""

        def is_there(other: str) -> bool:
            own = self.holds(other)
            return elsewhere(other) if own is None else own

        text = path.read_bytes().decode("utf-8")
        cut = without_dead_ends(text, place, is_there)
        return cut if cut != text else None


def files_of(run: Path) -> list[str]:
    """Files of a run, by their place in it. A link in it is none of ours: what it leads to is left out.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "en").mkdir()
    ...     for name in ("metrics.json", "en/nps.html"):
    ...         Path(folder, name).touch()
    ...     files_of(Path(folder))
    ['en/nps.html', 'metrics.json']
    """
    place = run.resolve()
    found = (path for path in place.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(path.relative_to(place).as_posix() for path in found)


def without_dead_ends(html: str, page: str, is_there: Callable[[str], bool]) -> str:
    """A page without links to files that are not there.

    A way at the top goes altogether, and so does the line of a file; elsewhere the words stay.

    Parameters
    ----------
    html : str
    page : str
        Its place in the reports folder: ``2023Q2/en/index.html``.
    is_there : callable
        Whether a file is, by its place in the reports folder.

    Examples
    --------
    >>> html = '<p><a href="nps.html#n">NPS</a>, <a href="../csm/x.html">steps</a></p>'
    >>> without_dead_ends(html, "2023Q2/en/index.html", {"2023Q2/en/nps.html"}.__contains__)
    '<p><a href="nps.html#n">NPS</a>, steps</p>'
    """

    def dead(href: str) -> bool:
        path = unquote(href.partition("#")[0].partition("?")[0])
        if not path or re.match(r"[a-z][\w+.-]*:|/", path, re.I):
            return False
        place = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        return not place.startswith("../") and not is_there(place)

    def closed(text: str) -> str:
        return LINK.sub(lambda link: "" if dead(link[1]) else link[0], text)

    def shorter(text: str) -> str:
        return LINE.sub(lambda line: "" if any(dead(href) for href, _text in LINK.findall(line[0])) else line[0], text)

    html = HEADER.sub(lambda found: closed(found[0]), html)
    html = FILES.sub(lambda found: shorter(found[0]), html)
    return LINK.sub(lambda link: link[2] if dead(link[1]) else link[0], html)


def cut_down(part: Excerpt) -> None:
    """Take away from a run, in its place, what does not belong to its excerpt.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "internal").mkdir()
    ...     for name in ("actions.xlsx", "metrics.json", "internal/hours.csv"):
    ...         Path(folder, name).touch()
    ...     cut_down(Excerpt(Path(folder), tuple(files_of(Path(folder))), ("csm",)))
    ...     files_of(Path(folder))
    ['actions.xlsx']
    """
    texts = {name: part.text_of(name, lambda _other: False) for name in part.names}
    for name in part.files:
        text = texts.get(name)
        if name not in texts:
            (part.run / name).unlink()
        elif text is not None:
            (part.run / name).write_bytes(text.encode())
