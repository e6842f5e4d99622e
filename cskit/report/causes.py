"""Why would two runs say different things? Inputs, settings, notebooks, code or libraries that are not the same."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cskit.report.course import settings_changed
from cskit.report.folder import COPIES
from cskit.report.manifest import read_manifest

__all__ = ["Causes", "Otherwise", "causes"]

# They decide how a figure is judged, shown or worded, and never what it is.
IDLE = ("limits.", "output.", "report.page_rows", "report.status", "report.title", "targets.")
NEVER_RUN = {"parameters", "injected-parameters"}


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One thing that is not the same in two runs.

    Parameters
    ----------
    name : str
        A file, a setting, a library.
    before, after : str
        What it was in each of them; empty where it was not there.

    Examples
    --------
    >>> str(Otherwise("pandas", "3.1.0", "3.1.1")), str(Otherwise("churns.csv", "", "18 rows"))
    ('pandas: 3.1.0 → 3.1.1', 'churns.csv: new, 18 rows')
    """

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.before or not self.after:
            return f"{self.name}: new, {self.after}" if self.after else f"{self.name}: gone, had {self.before}"
        same = self.before == self.after
        return f"{self.name}: other contents, {self.after}" if same else f"{self.name}: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class Causes:
    """What two runs were not both made from.

    Parameters
    ----------
    inputs, settings, code, versions : tuple of Otherwise
    notebooks : tuple of str
        Whose source is another one.
    early : tuple of str
        Runs that were made before their period was over.

    Examples
    --------
    >>> own = Causes(settings=(Otherwise("limits.minutes", "30", "60"),), notebooks=("02_dear_health.ipynb",))
    >>> own.lines
    ['setting limits.minutes: 30 → 60 (moves no figure)', 'notebook 02_dear_health.ipynb: another source']
    >>> own.data, own.method
    (False, True)
    """

    inputs: tuple[Otherwise, ...] = ()
    settings: tuple[Otherwise, ...] = ()
    notebooks: tuple[str, ...] = ()
    code: tuple[Otherwise, ...] = ()
    versions: tuple[Otherwise, ...] = ()
    early: tuple[str, ...] = ()

    @property
    def data(self) -> bool:
        """The data, or how much of a period they held."""
        return bool(self.inputs or self.early)

    @property
    def method(self) -> bool:
        """Anything that may change how a figure is worked out from the same data."""
        telling = [one for one in self.settings if not one.name.startswith(IDLE)]
        return bool(telling or self.notebooks or self.code or self.versions)

    @property
    def lines(self) -> list[str]:
        """Each of them in words."""
        return [
            *(f"input {one}" for one in self.inputs),
            *(f"setting {one}{' (moves no figure)' * one.name.startswith(IDLE)}" for one in self.settings),
            *(f"notebook {name}: another source" for name in self.notebooks),
            *(f"code {one}" for one in self.code),
            *(f"library {one}" for one in self.versions),
            *(f"{name} was made before its period was over" for name in self.early),
        ]


def causes(before: Path, after: Path) -> Causes:
    """Compare what two published runs were made from.

    Parameters
    ----------
    before, after : Path
        Their folders.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.report.manifest import write_json
    >>> with TemporaryDirectory() as folder:
    ...     for name, rows in (("2023Q1", 17), ("2023Q2", 18)):
    ...         Path(folder, name).mkdir()
    ...         told = [{"path": "churns.csv", "table": "churns", "rows": rows, "sha256": f"of {rows} rows"}]
    ...         write_json({"inputs": told}, Path(folder, name, "manifest.json"))
    ...     causes(Path(folder, "2023Q1"), Path(folder, "2023Q2")).lines
    ['input churns.csv: 17 rows → 18 rows']
    """
    told = [read_manifest(run) for run in (before, after)]
    inputs, versions = ([_pairs(one, name) for one in told] for name in ("inputs", "versions"))
    rows = [{name: f"{count:,} row{'s' * (count != 1)}" for name, (_sha, count) in own.items()} for own in inputs]
    settings = [one.get("settings", {}).get("all", {}) for one in told]
    code = [_code(one) for one in told]
    return Causes(
        inputs=tuple(
            Otherwise(name, rows[0].get(name, ""), rows[1].get(name, "")) for name in _differing(inputs[0], inputs[1])
        ),
        settings=tuple(Otherwise(*one) for one in settings_changed(settings[0], settings[1])),
        notebooks=tuple(_notebooks(before, after)),
        code=tuple(Otherwise(name, code[0].get(name, ""), code[1].get(name, "")) for name in _differing(*code)),
        versions=tuple(
            Otherwise(name, versions[0].get(name, ""), versions[1].get(name, "")) for name in _differing(*versions)
        ),
        early=tuple(dict.fromkeys(one["period"] for one in told if _early(one))),
    )


def _pairs(manifest: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Inputs by file and table, or versions by library."""
    found = manifest.get(name, {})
    if isinstance(found, Mapping):
        return dict(found)
    several = {one["path"] for one in found if sum(other["path"] == one["path"] for other in found) > 1}
    return {
        f"{one['path']} ({one['table']})" if one["path"] in several else one["path"]: (one["sha256"], one["rows"])
        for one in found
    }


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def _code(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Digests, as short as people compare them."""
    own = manifest.get("code", {})
    named = {"of cskit": own.get("digest"), "requirements.lock": own.get("lock_sha256")}
    return {name: digest[:12] for name, digest in named.items() if digest}


def _early(manifest: Mapping[str, Any]) -> bool:
    """Made before its period was over: what came later is missing."""
    made, end = manifest.get("made_at", ""), manifest.get("as_of", "")
    return bool(made and end) and date.fromisoformat(made[:10]) <= date.fromisoformat(end)


def _notebooks(before: Path, after: Path) -> Iterator[str]:
    """Executed in both runs, from another source."""
    names = {path.relative_to(before / COPIES) for path in (before / COPIES).glob("*/*.ipynb")}
    changed = {
        name.name
        for name in names
        if (other := _source(after / COPIES / name)) and other != _source(before / COPIES / name)
    }
    yield from sorted(changed)


def _source(copy: Path) -> list[str]:
    """Cells as they were written, without the parameters of a run; empty where there is no copy."""
    try:
        cells = json.loads(copy.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return []
    return ["".join(cell["source"]) for cell in cells if not NEVER_RUN & set(cell["metadata"].get("tags", ()))]
