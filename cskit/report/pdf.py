"""A pack on paper: every page as PDF, printed by a Chromium that is on the machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cskit.errors import CskitError

__all__ = ["chromium", "print_pages"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
SECONDS = 120  # for one page; it takes one or two


def chromium() -> str:
    """The browser that prints: ``CSKIT_CHROMIUM``, or one of the usual names and places.

    Raises
    ------
    CskitError
        If there is none.
    """
    named = os.environ.get("CSKIT_CHROMIUM", "")
    found = next(filter(None, map(shutil.which, (named, *NAMES) if named else NAMES)), None)
    found = found or next((place for place in PLACES if Path(place).is_file()), None)
    if found is None:
        raise CskitError(
            "--pdf needs Chromium, Chrome or Edge on this machine, and none was found.\n"
            "  Install one (Debian: apt install chromium), or name it: CSKIT_CHROMIUM=/path/to/it."
        )
    return found


def print_pages(pages: Iterable[Path], browser: str) -> list[Path]:
    """Print pages beside themselves, ``nps.html`` as ``nps.pdf``.

    Parameters
    ----------
    pages : iterable of Path
    browser : str
        From :func:`chromium`.

    Returns
    -------
    list of Path

    Raises
    ------
    CskitError
        If the browser prints nothing, with what it said last.
    """
    made = []
    with tempfile.TemporaryDirectory(prefix="cskit-pdf-") as profile:
        for page in pages:
            target = page.with_suffix(".pdf")
            done = subprocess.run(
                [browser, *_options(Path(profile)), f"--print-to-pdf={target.resolve()}", page.resolve().as_uri()],
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            if not target.is_file():
                last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
                raise CskitError(f"{browser} did not print {page.name}: {last[0]}")
            made.append(target)
    return made


def _options(profile: Path) -> list[str]:
    """A browser of its own that asks no network; as root, as in a container, it has no sandbox to start."""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    quiet = ["--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    rest = ["--disable-component-update", "--disable-quic", "--no-pdf-header-footer", f"--user-data-dir={profile}"]
    return [*root, *quiet, *rest]
