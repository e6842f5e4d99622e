"""Which exports lie in a .zip, or behind a .csv.gz? Unpacked one by one into the engine's temporary folder.

A member's own path is never written to. One that is locked, damaged or far larger than it looks is refused by name.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from cskit.data.unreadable import UnreadableError

__all__ = ["Member", "packed", "unpacked"]

BLOCK = 1 << 20
SMALL = 50 << 20  # bytes that anything may unpack to
RATIO = 250  # larger than that it may be this many times what it takes up: the most dull of exports shrinks by 100
AGAIN = "Unpack it, and put the files themselves into the folder."


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive: what it is called there, and where it lies unpacked.

    Examples
    --------
    A name that leads out of the folder is kept to be shown, and not written to.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "exports.zip")
    ...     with ZipFile(path, "w") as archive:
    ...         archive.writestr("../../usage.csv", "on,customer_id")
    ...     for own in unpacked(path, lambda name: name.suffix == ".csv", lambda ending: Path(folder, f"1{ending}")):
    ...         own.name, own.path.name
    ('../../usage.csv', '1.csv')
    """

    name: str
    path: Path


def packed(path: Path) -> bool:
    """Whether a file holds others, by its ending.

    >>> [packed(Path(name)) for name in ("exports.ZIP", "usage.csv.gz", "customers.xlsx")]
    [True, True, False]
    """
    return path.suffix.lower() in (".zip", ".gz")


def unpacked(
    path: Path, wanted: Callable[[Path], bool], place: Callable[[str], Path]
) -> Iterator[Member | UnreadableError]:
    """Each export in an archive, or why it cannot be had.

    Parameters
    ----------
    wanted : callable
        Whether a file of this name is an export.
    place : callable
        Gives a new path with this ending.

    Returns
    -------
    iterator of Member or UnreadableError
        In the archive's order, each unpacked when it is asked for; what is no export is passed over.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "exports.zip")
    ...     with ZipFile(path, "w") as archive:
    ...         for name in ("usage.csv", "notes.docx", "2022.zip"):
    ...             archive.writestr(name, "on,customer_id")
    ...     found = unpacked(path, lambda own: own.suffix == ".csv", lambda ending: Path(folder, f"1{ending}"))
    ...     [one.name if isinstance(one, Member) else str(one) for one in found]
    ['usage.csv', '2022.zip within it is an archive again']
    """
    try:
        if path.suffix.lower() == ".gz":
            yield _from_gzip(path, place)
        else:
            yield from _from_zip(path, wanted, place)
    except PermissionError:
        yield UnreadableError("permission denied", "Close it, or ask for the right to read it.")
    except UnreadableError as error:
        yield error
    except (BadZipFile, OSError, EOFError, zlib.error) as error:
        yield UnreadableError(f"the archive is damaged ({error})", "Copy it here again.")


def _from_gzip(path: Path, place: Callable[[str], Path]) -> Member:
    name = path.name.removesuffix(path.suffix)
    to = place(Path(name).suffix)
    with gzip.open(path) as source:
        _copied(source, to, path.stat().st_size, name)
    return Member(name, to)


def _from_zip(
    path: Path, wanted: Callable[[Path], bool], place: Callable[[str], Path]
) -> Iterator[Member | UnreadableError]:
    found = 0
    with ZipFile(path) as archive:
        for info in archive.infolist():
            name = _name(info)
            own = PurePosixPath(name.replace("\\", "/"))
            if info.is_dir() or "__MACOSX" in own.parts or own.name.startswith((".", "~$")):
                continue
            if own.suffix.lower() == ".zip":
                yield UnreadableError(f"{name} within it is an archive again", AGAIN)
            elif wanted(Path(own.name)):
                found += 1
                yield _member(archive, info, name, place(own.suffix))
    if not found:
        yield UnreadableError("the archive holds no export", "Wanted in it: CSV, TSV or Excel files.")


def _member(archive: ZipFile, info: ZipInfo, name: str, to: Path) -> Member | UnreadableError:
    if info.flag_bits & 1:
        return UnreadableError(f"{name} within it is protected by a password", AGAIN)
    try:
        with archive.open(info) as source:
            _copied(source, to, info.compress_size, name)
    except UnreadableError as error:
        return error
    except (BadZipFile, NotImplementedError, EOFError, zlib.error, RuntimeError) as error:
        return UnreadableError(f"{name} within it cannot be unpacked ({error})", AGAIN)
    return Member(name, to)


def _copied(source: IO[bytes] | gzip.GzipFile, to: Path, size: int, name: str) -> None:
    """Unpack, but no further than any true export would go."""
    most, done = max(SMALL, RATIO * size), 0
    with to.open("wb") as target:
        while block := source.read(BLOCK):
            done += len(block)
            if done > most:
                raise UnreadableError(f"{name} within it unpacks to more than {most >> 20} MB", AGAIN)
            target.write(block)


def _name(info: ZipInfo) -> str:
    """A member's name, which Windows writes in cp932 without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    code = info.orig_filename.encode("cp437", "ignore") if not info.orig_filename.isascii() else b""
    for encoding in ("utf-8", "cp932"):
        try:
            return code.decode(encoding) if code else info.filename
        except UnicodeDecodeError:
            continue
    return info.filename
