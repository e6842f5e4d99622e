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

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> own = Identity({"period": "2023Q2"})
    >>> with TemporaryDirectory() as folder:
    ...     book = Notebook("nps", Path(folder, "03_nps.ipynb"))
    ...     book.path.touch()
    ...     first, again, other = (own.of(book, lang) for lang in ("en", "en", "ja"))
    >>> first == again, first == other
    (True, False)
    """

    told: Mapping[str, Any]

    def of(self, notebook: Notebook, lang: str) -> str:
        """What makes a report in a language; a report with the same one need not be made again."""
        own = {"notebook": notebook.name, "source": _digest([notebook.path]), "lang": lang}
        return _sha256(json.dumps({**self.told, **own}, sort_keys=True, default=str).encode())[:32]


def identity(params: Params, inputs: str) -> Identity:
    """Of the reports made from these params and inputs now; see :func:`input_digest`.

    >>> told = identity(run.params, "").told
    >>> told["period"], told["compare_to"], [name for name in SILENT if name in told["settings"]]
    ('2023Q2', '2022Q4', [])
    """
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
    """Of the bytes of every file where the data are, or of the rows of a source; empty where there is none.

    >>> from dataclasses import replace
    >>> from tempfile import TemporaryDirectory
    >>> params = replace(run.params, data="data")
    >>> with TemporaryDirectory() as folder:
    ...     before = input_digest(params, Path(folder))
    ...     Path(folder, "data").mkdir()
    ...     Path(folder, "data/解約.csv").touch()
    ...     before, input_digest(params, Path(folder))[:12]
    ('', 'bdd48a5aed9b')
    """
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
    """The digest of the user's own Python file, where there is one.

    >>> own_code()  # no file of one's own is in use
    {}
    """
    return {"own_code": digest} if (digest := extend.digest()) else {}


@cache
def code_digest() -> str:
    """Of everything in the package that a report is made with.

    >>> identity(run.params, "").told["code"] == code_digest()
    True
    """
    home = Path(cskit.__file__).parent
    return _digest(path for path in sorted(home.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


@cache
def versions() -> dict[str, str]:
    """Of Python and the libraries that figures and pages depend on.

    >>> versions()["python"] == platform.python_version(), "pandas" in versions(), "pytest" in versions()
    (True, True, False)
    """
    return {"python": platform.python_version()} | {name: found for name in LIBRARIES if (found := _version(name))}


def sha256_of(path: Path) -> str:
    """Of a file's bytes.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "empty.csv").touch()
    ...     sha256_of(Path(folder, "empty.csv"))
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
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
