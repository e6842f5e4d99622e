"""How do reports get to where readers look: a bucket, a share, another folder? Through fsspec, whatever it speaks."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cskit.errors import CskitError
from cskit.report.audience import Audience
from cskit.report.excerpt import Excerpt, files_of
from cskit.report.manifest import read_manifest
from cskit.secrets import resolved, without_secrets

__all__ = ["Sent", "send"]

log = logging.getLogger("cskit")
LAST = ("index.html", "manifest.json")  # what leads readers to the rest, and says that it is whole


@dataclass(frozen=True, slots=True)
class Sent:
    """What another place has now.

    Parameters
    ----------
    address : str
        Of the period's index there; of the first audience's where leadership gets none.
    held_back : tuple of str
        Audiences whose part of the run is not there.

    Examples
    --------
    >>> sent = Sent("s3://bucket/reports/2023Q2/index.html", ("internal", "csm"))
    >>> f"{sent.address} without what is for {' and '.join(sent.held_back)}"
    's3://bucket/reports/2023Q2/index.html without what is for internal and csm'
    """

    address: str
    held_back: tuple[Audience, ...]


def send(shown: Path, to: str, options: Mapping[str, Any], audiences: Sequence[Audience]) -> Sent:
    """Copy some audiences' part of what readers see of a period to another place.

    What leads to a page is sent after the page; what the place should no longer hold of the period is taken away last.
    The pages over all periods are leadership's. No page leads to what is not there.

    Parameters
    ----------
    shown : Path
        The period in the reports folder.
    to : str
        An address that fsspec knows: ``s3://bucket/reports``, ``file:///mnt/share/reports``, ``memory://reports``.
    options : mapping
        For fsspec; secrets by reference: ``{secret: "env:BUCKET_SECRET"}``.
    audiences : sequence of str

    Raises
    ------
    CskitError
        If it cannot be reached, in one line and without secrets, or if there is nothing to send.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     shown, share = Path(folder, "2023Q2"), Path(folder, "share")
    ...     for name in ("en/nps.html", "internal/en/nps.html", "index.html"):
    ...         (shown / name).parent.mkdir(parents=True, exist_ok=True)
    ...         written = (shown / name).write_text(f"<p>{name}</p>")
    ...     send(shown, f"file://{share}", {}, ["leadership"]).held_back, files_of(share)
    (('internal',), ['2023Q2/en/nps.html', '2023Q2/index.html'])
    >>> send(Path("no/such/period"), "memory://reports", {}, ["customer"])
    Traceback (most recent call last):
        ...
    cskit.errors.CskitError: output.audiences: period holds nothing for customer. Nothing was sent.
    """
    import fsspec

    part = Excerpt(shown, tuple(sorted(files_of(shown), key=_last)), tuple(audiences))
    if not part.names:
        raise CskitError(f"output.audiences: {shown.name} holds nothing for {', '.join(audiences)}. Nothing was sent.")
    own = {name: resolved(f"output.options.{name}", value) for name, value in options.items()}
    try:
        files, base = fsspec.core.url_to_fs(to, **own)
        base = base.rstrip("/")

        @cache
        def there(run: str) -> set[str]:
            place = f"{base}/{run}"
            found = files.find(place) if files.exists(place) else ()
            return {path.removeprefix(place).lstrip("/") for path in found}

        def elsewhere(place: str) -> bool:
            run, _slash, name = place.partition("/")
            return name in there(run)

        def put(source: Path, place: str, text: str | None) -> None:
            if text is None:
                files.put_file(str(source), place)
            else:
                files.pipe_file(place, text.encode())

        before = there(shown.name)
        for name in part.names:
            files.makedirs(f"{base}/{shown.name}/{name}".rpartition("/")[0], exist_ok=True)
            put(shown / name, f"{base}/{shown.name}/{name}", part.text_of(name, elsewhere))
        for page in _over_all_periods(shown) if "leadership" in audiences else ():
            put(page, f"{base}/{page.name}", part.page(page, page.name, elsewhere))
        for name in before - set(part.names):
            files.rm_file(f"{base}/{shown.name}/{name}")
    except Exception as fault:  # every store has faults of its own
        said = without_secrets(f"{type(fault).__name__}: {fault}")
        raise CskitError(f"output.to: the reports could not be sent: {' '.join(said.split())[:300]}") from None
    log.info("sent", extra={"files": len(part.names), "audiences": list(audiences)})
    return Sent(f"{to.rstrip('/')}/{shown.name}/{_index(part)}", part.held_back)


def _last(name: str) -> tuple[bool, bool, str]:
    """Puts what leads to other files after them."""
    return name.rpartition("/")[2] in LAST, name.count("/") == 0, name


def _over_all_periods(shown: Path) -> list[Path]:
    return [page for page in sorted(shown.parent.glob("index*.html")) if not page.is_symlink()]


def _index(part: Excerpt) -> str:
    """Where to begin reading: nearest to the top, in the run's first language."""
    first, *_others = read_manifest(part.run).get("languages") or [""]
    pages = [name for name in part.names if name.rpartition("/")[2] == "index.html"]
    return min(pages, key=lambda name: (name.count("/"), f"/{first}/" not in name), default="")
