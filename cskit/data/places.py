"""Where do the exports lie, and which files count? Answered without the engine, for commands that need only this."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cskit.data.workbook import SUFFIXES
from cskit.errors import DataError, did_you_mean

__all__ = ["DATABASE", "PARQUET", "Place", "is_export", "locate"]

TEXT, PARQUET, DATABASE = {".csv", ".tsv", ".txt"}, {".parquet"}, {".duckdb"}
READABLE = TEXT | PARQUET | DATABASE | SUFFIXES | {".zip", ".ics"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the exports are: a folder, and the files of it that count.

    >>> days, folder = ("2023-03-31", "2023-06-30"), Path("copies")
    >>> place = Place(folder, tuple(folder / day / "customers.parquet" for day in days))
    >>> [day.isoformat() for day in place.copies], place.databases
    (['2023-03-31', '2023-06-30'], [])
    """

    folder: Path
    files: tuple[Path, ...]

    @property
    def copies(self) -> dict[date, tuple[Path, ...]]:
        """Files by day, where the place is a folder of dated copies; see :mod:`cskit.data.snapshot`."""
        found: dict[date, tuple[Path, ...]] = {}
        for path in self.files:
            if path.parent != self.folder and (day := _day(path.parent)):
                found[day] = (*found.get(day, ()), path)
        return found

    @property
    def databases(self) -> list[Path]:
        return [path for path in self.files if path.suffix.lower() in DATABASE]


def locate(location: str, root: Path) -> Place:
    """The folder or file that ``data`` names, relative to the project folder.

    Raises
    ------
    DataError
        If it is not there, cannot be read or holds nothing readable.

    Examples
    --------
    What Excel leaves while a file is open, and what is no export, does not count:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("顧客.csv", "~$解約.xlsx", "notes.docx"):
    ...         Path(folder, name).touch()
    ...     [path.name for path in locate("", Path(folder)).files]
    ['顧客.csv']
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "exports").mkdir()
    ...     locate("exprots", Path(folder))
    Traceback (most recent call last):
    cskit.errors.DataError: data: there is no folder or file exprots. Did you mean exports? Wanted: a folder of CSV, ...
    """
    path = root / Path(location).expanduser()
    if path.is_file():
        if not is_export(path):
            raise DataError(f"data: {location} is no export. {_kinds()}")
        return Place(path.parent.resolve(), (path.resolve(),))
    if not path.is_dir():
        there = [found.name for found in path.parent.iterdir()] if path.parent.is_dir() else []
        near = did_you_mean(path.name, there)
        raise DataError(f"data: there is no folder or file {location}.{near} {_kinds()}")
    try:
        files = sorted(found.resolve() for found in path.iterdir() if _counts(found))
    except PermissionError:
        raise DataError(f"data: {location}: permission denied. Ask for the right to read it.") from None
    within = path.resolve()
    if abroad := [
        found.name for found in path.iterdir() if _counts(found) and not found.resolve().is_relative_to(within)
    ]:
        raise DataError(
            f"data: {', '.join(sorted(abroad))} in {location} leads out of the folder. Only what lies in it is read: "
            "put the file itself there, or name its own folder."
        )
    files = files or _dated(within)
    if not files:
        raise DataError(f"data: the folder {location} holds no exports. {_kinds()}")
    return Place(within, tuple(files))


def is_export(path: Path) -> bool:
    """Whether a file of this name is read: by its ending, which for a packed one is .csv.gz.

    >>> [is_export(Path(name)) for name in ("usage.CSV", "usage.csv.gz", "notes.docx", "photo.gz")]
    [True, True, False, False]
    """
    suffix = path.suffix.lower()
    return suffix in READABLE or (suffix == ".gz" and Path(path.stem).suffix.lower() in TEXT)


def _dated(folder: Path) -> list[Path]:
    """Files of the dated copies in a folder that holds nothing else to read; links lead out of it, and do not count."""
    days = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink() and _day(path))
    return [path for day in days for path in sorted(day.glob("*.parquet")) if _counts(path) and not path.is_symlink()]


def _day(folder: Path) -> date | None:
    try:
        return date.fromisoformat(folder.name) if len(folder.name) == len("2023-06-30") else None
    except ValueError:
        return None


def _counts(path: Path) -> bool:
    """Lock files of Excel (~$) and hidden files are nobody's data."""
    return path.is_file() and is_export(path) and not path.name.startswith(("~$", "."))


def _kinds() -> str:
    return "Wanted: a folder of CSV, TSV, Parquet or Excel files, a workbook, a .zip of them, or a .duckdb file."
