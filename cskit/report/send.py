"""How do reports get to where readers look: a bucket, a share, another folder? Through fsspec, whatever it speaks."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cskit.errors import CskitError
from cskit.secrets import resolved, without_secrets

__all__ = ["send"]

log = logging.getLogger("cskit")
LAST = ("index.html", "manifest.json")  # what leads readers to the rest, and says that it is whole


def send(shown: Path, to: str, options: Mapping[str, Any]) -> str:
    """Copy what readers see of a period, and the pages over all periods, to another place.

    What leads to a page is sent after the page; what a period no longer holds is taken away last.

    Parameters
    ----------
    shown : Path
        The period in the reports folder.
    to : str
        An address that fsspec knows: ``s3://bucket/reports``, ``file:///mnt/share/reports``, ``memory://reports``.
    options : mapping
        For fsspec; secrets by reference: ``{secret: "env:BUCKET_SECRET"}``.

    Returns
    -------
    str
        The address of the period's index.

    Raises
    ------
    CskitError
        If it cannot be reached, in one line and without secrets.
    """
    import fsspec

    own = {name: resolved(f"output.options.{name}", value) for name, value in options.items()}
    try:
        files, base = fsspec.core.url_to_fs(to, **own)
        there = f"{base.rstrip('/')}/{shown.name}"
        before = {path.removeprefix(there).lstrip("/") for path in files.find(there)} if files.exists(there) else set()
        within = _files(shown)
        for name in within:
            files.makedirs(f"{there}/{name}".rpartition("/")[0], exist_ok=True)
            files.put_file(str(shown / name), f"{there}/{name}")
        for page in (page for page in sorted(shown.parent.glob("index*.html")) if not page.is_symlink()):
            files.put_file(str(page), f"{base.rstrip('/')}/{page.name}")
        for name in before - set(within):
            files.rm_file(f"{there}/{name}")
    except Exception as fault:  # every store has faults of its own
        said = without_secrets(f"{type(fault).__name__}: {fault}")
        raise CskitError(f"output.to: the reports could not be sent: {' '.join(said.split())[:300]}") from None
    log.info("sent", extra={"files": len(within)})
    return f"{to.rstrip('/')}/{shown.name}/index.html"


def _files(shown: Path) -> list[str]:
    """Files of a run, those that lead to others last. A link in it is none of ours: what it leads to is not sent."""
    place = shown.resolve()
    found = [
        path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file() and not path.is_symlink()
    ]
    return sorted(found, key=lambda name: (name.rpartition("/")[2] in LAST, name.count("/") == 0, name))
