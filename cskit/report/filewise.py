"""Which files of two folders of one run differ, and in what? What is of the minute or the machine is no difference."""

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cskit.report.neighbours import LINE
from cskit.report.restated import alike

__all__ = ["MOST", "differences"]

MOST = 20  # that are named: of files, and of what differs in one
MADE = re.compile(r'<p class="made">.*?</p>', re.S)
# Of the minute and the machine, or told of among the causes.
NEVER_THE_SAME = {"made_at", "seconds", "peak_megabytes", "revision", "clean", "kept", "carried_over", "pdf"}
AMONG_CAUSES = {"settings", "code", "versions", "sha256", "identity", "basis"}


def differences(published: Path, made: Path, lenient: bool = False) -> tuple[int, dict[str, list[str]]]:
    """How many files there are, and what differs in which.

    Parameters
    ----------
    published, made : Path
        Two folders of one run. Pages printed as PDF carry their minute in many places: they are not compared.
    lenient : bool
        Something they were made from differs and is told of: the marks that say so in notebooks are no difference.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.report.manifest import write_json
    >>> with TemporaryDirectory() as folder:
    ...     for name, score in (("published", 6.4), ("made", 7.0)):
    ...         Path(folder, name).mkdir()
    ...         write_json({"nps.score": {"value": score}}, Path(folder, name, "metrics.json"))
    ...         write_json({"made_at": f"when {score}"}, Path(folder, name, "manifest.json"))
    ...     differences(Path(folder, "published"), Path(folder, "made"))
    (2, {'metrics.json': ['nps.score: 6.4 → 7.0 (+0.6)']})
    """
    there, now = (
        {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file() and path.suffix != ".pdf"}
        for run in (published, made)
    )
    found = {}
    for name in sorted(there | now):
        if name not in now:
            found[name] = ["is not made any more"]
        elif name not in there:
            found[name] = ["was not there"]
        elif what := list(_compared(published / name, made / name, lenient)):
            more = [f"and {len(what) - MOST} more"] if len(what) > MOST else []
            found[name] = [*what[:MOST], *more]
    return len(there | now), found


def _compared(old: Path, new: Path, lenient: bool) -> Iterator[str]:
    """What differs between two files of one name."""
    one, other = old.read_bytes(), new.read_bytes()
    if one == other:
        return
    try:
        if old.name == "manifest.json":
            yield from _fields(*(_plain(json.loads(text), lenient) for text in (one, other)))
        elif old.name == "metrics.json":
            yield from _metrics(json.loads(one), json.loads(other))
        elif old.suffix == ".ipynb" and lenient:
            yield from _lines(*(_unmarked(json.loads(text)) for text in (one, other)))
        elif old.suffix == ".xlsx":
            yield from _sheets(old, new)
        elif old.suffix == ".html":
            yield from _lines(*(LINE.sub("", MADE.sub("", text.decode("utf-8"), count=1)) for text in (one, other)))
        else:
            yield from _lines(one.decode("utf-8"), other.decode("utf-8"))
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        yield "other bytes"


def _lines(one: str, other: str) -> Iterator[str]:
    """The first line that differs."""
    old, new = one.splitlines(), other.splitlines()
    if one != other:
        place = next((place for place, pair in enumerate(zip(old, new, strict=False), 1) if pair[0] != pair[1]), 0)
        yield f"differs from line {place or min(len(old), len(new)) + 1}"


def _metrics(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Each metric that differs, and by how much."""
    for name in sorted({*one, *other}):
        if name not in one or name not in other:
            yield f"{name}: {'was not there' if name in other else 'is not made any more'}"
            continue
        for field in sorted({*one[name], *other[name]}):
            then, now = one[name].get(field), other[name].get(field)
            if then != now:
                numbers = isinstance(then, int | float) and isinstance(now, int | float)
                by = f" ({now - then:+.6g}{', rounding' if alike(then, now) else ''})" if numbers else ""
                yield f"{name}{'' if field == 'value' else f', {field}'}: {then} → {now}{by}"


def _fields(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    names = [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
    yield from (f"{name}: {one.get(name, 'not there')} → {other.get(name, 'not there')}" for name in names)


def _plain(value: Any, lenient: bool, place: str = "") -> dict[str, Any]:
    """A manifest by field, without what can never be the same and what is told of among the causes."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        return {place: value}
    found: dict[str, Any] = {}
    for name, part in pairs:
        if name not in NEVER_THE_SAME and not (lenient and name in AMONG_CAUSES):
            found |= _plain(part, lenient, f"{place}.{name}" if place else f"{name}")
    return found


def _sheets(old: Path, new: Path) -> Iterator[str]:
    """Parts of two workbooks; when and by whom they were written is no content."""
    with zipfile.ZipFile(old) as one, zipfile.ZipFile(new) as other:
        for name in sorted({*one.namelist(), *other.namelist()} - {"docProps/core.xml"}):
            if name not in one.namelist() or name not in other.namelist() or one.read(name) != other.read(name):
                yield f"other contents in {name}"


def _unmarked(nb: dict[str, Any]) -> str:
    """An executed notebook without the mark of what made it and the version of what ran it."""
    for name in ("cskit", "language_info"):
        nb["metadata"].pop(name, None)
    return json.dumps(nb, indent=1, ensure_ascii=False)
