"""When is a report the same report? When its code, settings, inputs, language and libraries are.

Known before the data are opened and before anything heavy is imported, so that a run with nothing to do says so at
once.
"""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cskit
from cskit import extend
from cskit.errors import DataError
from cskit.params import Params
from cskit.report.notebooks import Notebook

if TYPE_CHECKING:
    from cskit.data import Data

__all__ = [
    "LIBRARIES",
    "SILENT",
    "Identity",
    "code_digest",
    "identity",
    "input_digest",
    "own_code",
    "sha256_of",
    "versions",
]

SILENT = ("limits", "output")  # what a notebook may take and where it goes change nothing that it says
LIBRARIES = (
    "cskit",
    "babel",
    "duckdb",
    "great-tables",
    "ibis-framework",
    "matplotlib",
    "mistune",
    "numpy",
    "pandas",
    "papermill",
    "scipy",
    "sqlglot",
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What all reports of a run have in common.

    Parameters
    ----------
    told : dict
        Digests and settings by name, as the manifest holds them.
    """

    told: Mapping[str, Any]

    def of(self, notebook: Notebook, lang: str) -> str:
        """What makes a report in a language; a report with the same one need not be made again."""
        own = {"notebook": notebook.name, "source": _digest([notebook.path]), "lang": lang}
        return _sha256(json.dumps({**self.told, **own}, sort_keys=True, default=str).encode())[:32]


def identity(params: Params, inputs: str) -> Identity:
    """Of the reports made from these params and inputs now; see :func:`input_digest`."""
    settings = params.settings.model_dump(mode="json", by_alias=True)
    for name in SILENT:
        settings.pop(name)
    told = {
        "period": params.period.name,
        "compare_to": params.compare_to.name,
        "data": params.data,
        "settings": settings,
        "inputs": inputs,
        "code": code_digest(),
        "versions": versions(),
    } | own_code()
    return Identity(told)


def input_digest(params: Params, root: Path, data: "Data | None" = None) -> str:
    """Of the bytes of every file where the data are, or of the rows of a source; empty where there is none."""
    if params.data in params.settings.sources:
        from cskit.data.remote import digest_of, source_digest

        if data is not None:  # what was read is known, and the tables need not be gone through again
            return digest_of((one.path, one.sha256) for one in data.inputs)
        return source_digest(params.data, params.settings)
    from cskit.data.places import locate

    try:
        return _digest(locate(params.data, root).files)
    except DataError:
        return ""


def own_code() -> dict[str, str]:
    """The digest of the user's own Python file, where there is one."""
    return {"own_code": digest} if (digest := extend.digest()) else {}


@cache
def code_digest() -> str:
    """Of everything in the package that a report is made with."""
    home = Path(cskit.__file__).parent
    return _digest(path for path in sorted(home.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


@cache
def versions() -> dict[str, str]:
    """Of Python and the libraries that figures and pages depend on."""
    return {"python": platform.python_version()} | {name: found for name in LIBRARIES if (found := _version(name))}


def sha256_of(path: Path) -> str:
    """Of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.name}\0{sha256_of(path)}\n".encode())
    return whole.hexdigest()


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
