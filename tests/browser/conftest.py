"""A browser for these tests, project folders to make packs in, and what every page is asked."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

BROWSER = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

Visit = Callable[..., tuple[Any, list[str]]]


@pytest.fixture(scope="module")  # not the session: while Playwright runs, asyncio.run() is refused in this thread
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """Opens a page at a width: the page, and everything it asked for, said on the console or put before the reader.

    The next visit in the same colours leads the same tab to another page, as a new one takes longer than all the rest;
    a tab whose page did anything is not used again.
    """
    tabs: list[_Tab] = []

    def opened(path: Path, width: int, scheme: str = "light") -> tuple[Any, list[str]]:
        tab = next((tab for tab in tabs if tab.scheme == scheme and not tab.said), None)
        if tab is None:
            tab = _Tab(browser.new_context(color_scheme=scheme).new_page(), scheme)
            tabs.append(tab)
        return tab.opened(path.as_uri(), width)

    yield opened
    for tab in tabs:
        tab.page.context.close()


class _Tab:
    """A tab of the browser, and what the page in it did since it was opened."""

    def __init__(self, page: Any, scheme: str):
        self.page, self.scheme, self.own, self.said = page, scheme, "", []
        page.on("console", lambda message: self.said.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda other: self.said.append(f"window: {other.url}"))
        page.on("request", self._asked)

    def opened(self, address: str, width: int) -> tuple[Any, list[str]]:
        self.own, self.said = address, []
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(address)
        return self.page, self.said

    def _asked(self, request: Any) -> None:
        if request.url != self.own and not request.url.startswith("data:"):
            self.said.append(f"request: {request.url}")


def words_in_drawings(page: Any) -> list[tuple[float, str]]:
    """Every word of the drawings in sight, with its size on the screen in pixels."""
    script = """() => [...document.querySelectorAll("svg text")].filter(text => text.checkVisibility()).map(text => {
      const svg = text.ownerSVGElement;
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      return [parseFloat(getComputedStyle(text).fontSize) * scale, text.textContent];
    })"""
    return [(size, text) for size, text in page.evaluate(script)]


def listed(faults: list[str], most: int = 40) -> str:
    """Faults as a failed test shows them, a line each."""
    rest = [f"and {len(faults) - most} more"] if len(faults) > most else []
    return "\n".join([*faults[:most], *rest])
