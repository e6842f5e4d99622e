"""A pack on paper: every page as PDF, printed by a Chromium that is on the machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cskit.errors import CskitError
from cskit.report.excerpt import without_dead_ends

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

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, CSKIT_CHROMIUM="no-such-browser"):
    ...     chromium()
    Traceback (most recent call last):
        ...
    cskit.errors.CskitError: CSKIT_CHROMIUM names no-such-browser, and there is no such program.
    """
    if named := os.environ.get("CSKIT_CHROMIUM"):
        if (found := shutil.which(named)) is None:
            raise CskitError(f"CSKIT_CHROMIUM names {named}, and there is no such program.")
        return found
    found = next(filter(None, map(shutil.which, NAMES)), None)
    found = found or next((place for place in PLACES if Path(place).is_file()), None)
    if found is None:
        raise CskitError(
            "--pdf needs Chromium, Chrome or Edge on this machine, and none was found.\n"
            "  Install one (Debian: apt install chromium), or name it: CSKIT_CHROMIUM=/path/to/it."
        )
    return found


def print_pages(pages: Iterable[Path], browser: str) -> list[Path]:
    """Print pages beside themselves, ``nps.html`` as ``nps.pdf``.

    On paper no link leads to another file: a browser would write down where on this machine that lies.

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

    Examples
    --------
    A browser that cannot be started prints nothing:

    >>> print_pages([], "no-such-browser")
    []
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = Path(folder, "nps.html")
    ...     written = page.write_text("<p>NPS</p>")
    ...     print_pages([page], "no-such-browser")
    Traceback (most recent call last):
        ...
    cskit.errors.CskitError: no-such-browser did not print nps.html: ...
    """
    made = []
    with tempfile.TemporaryDirectory(prefix="cskit-pdf-") as place:
        for page in pages:
            target, copy = page.with_suffix(".pdf"), Path(place) / "page" / page.name
            copy.parent.mkdir(exist_ok=True)
            text, lies = page.read_text(encoding="utf-8"), page.resolve().as_posix().lstrip("/")
            copy.write_text(without_dead_ends(text, lies, lambda _file: False), encoding="utf-8")
            profile = Path(place) / "profile"
            said = _printed(
                [browser, *_options(profile), f"--print-to-pdf={target.resolve()}", copy.resolve().as_uri()]
            )
            if not target.is_file():
                raise CskitError(f"{browser} did not print {page.name}: {said}")
            made.append(target)
    return made


def _printed(command: list[str]) -> str:
    """Run the browser; returns what it said last."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"it did not end within {SECONDS} seconds"
    except OSError as fault:
        return str(fault.strerror)
    return next(iter(done.stderr.strip().splitlines()[-1:]), "it said nothing")


def _options(profile: Path) -> list[str]:
    """A browser of its own that asks no network; as root, as in a container, it has no sandbox to start."""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    quiet = ["--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    rest = ["--disable-component-update", "--disable-quic", "--no-pdf-header-footer", f"--user-data-dir={profile}"]
    return [*root, *quiet, *rest]
