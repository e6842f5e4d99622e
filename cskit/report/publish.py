"""How does a run become what readers see, all of it at once or not at all?

A run is written under a hidden name, flushed to disk, renamed to ``.runs/<period>/<stamp>``, and only then the
period's name is pointed at it. See ``docs/decisions/where-a-period-points.md``.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import IO

from cskit.errors import CskitError

__all__ = ["KEPT", "Shelf", "put_in_place"]

KEPT = 3
MAKING = ".making-"
STAMP = re.compile(r"\d{8}T\d{6}Z(-\d+)?")  # what a run is called; nothing else in the folder is removed


@dataclass(frozen=True, slots=True)
class Shelf:
    """A period's place in the reports folder.

    Parameters
    ----------
    out : Path
        The reports folder.
    period : str
        A period's name.

    Examples
    --------
    A run that fails does not take the place of an earlier good one:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     shelf = Shelf(Path(folder), "2023Q2")
    ...     for complete in ("true", "false"):
    ...         with shelf.locked(), shelf.making() as stage:
    ...             written = (stage / "manifest.json").write_text(f'{{"complete": {complete}}}')
    ...             print(shelf.publish(stage, complete == "true").name)
    ...     shelf.newest.name
    2023Q2
    2023Q2-incomplete
    '2023Q2-incomplete'
    """

    out: Path
    period: str

    @property
    def link(self) -> Path:
        """What readers open."""
        return self.out / self.period

    @property
    def incomplete(self) -> Path:
        """The newest run with failed reports, beside an earlier good one."""
        return self.out / f"{self.period}-incomplete"

    @property
    def runs(self) -> Path:
        return self.out / ".runs" / self.period

    @property
    def newest(self) -> Path | None:
        """The newest run a reader can reach: an incomplete one is younger than the good one beside it."""
        return next((place for place in (self.incomplete, self.link) if (place / "manifest.json").is_file()), None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the period against other runs; a dead process holds nothing.

        Raises
        ------
        CskitError
            If another run of the period is under way.
        """
        self._refuse_links()
        self.runs.mkdir(parents=True, exist_ok=True)
        with (self.runs / "lock").open("a+", encoding="ascii") as file:
            if not _lock(file):
                file.seek(0)
                owner = file.read().strip() or "?"
                raise CskitError(f"Another run of {self.period} is under way (process {owner}). Wait for it to end.")
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    @contextmanager
    def making(self) -> Iterator[Path]:
        """A folder to write a run into. Hold the lock.

        Unless it was published it is gone again, but for one that holds executed notebooks: the next run of the
        period takes over those that are still good, from :attr:`earlier`.
        """
        stage = self._free_stage()
        stage.mkdir(parents=True)
        try:
            yield stage
        finally:
            if not any(stage.rglob("*.ipynb")):
                shutil.rmtree(stage, ignore_errors=True)

    def earlier(self, stage: Path) -> list[Path]:
        """Runs that a new one may take notebooks over from: unfinished ones, then what readers see."""
        seen = (place for place in (self.incomplete, self.link) if place.is_dir())
        return [*self._unfinished(stage), *seen]

    def _unfinished(self, stage: Path) -> list[Path]:
        left = [place for place in self.runs.glob(f"{MAKING}*") if place != stage]
        return sorted(left, key=lambda place: place.stat().st_mtime, reverse=True)

    def _free_stage(self) -> Path:
        names = (f"{MAKING}{os.getpid()}{'-' * bool(number)}{number or ''}" for number in count())
        return next(place for name in names if not (place := self.runs / name).exists())

    def publish(self, stage: Path, complete: bool) -> Path:
        """Show a finished run.

        Parameters
        ----------
        stage : Path
            From :meth:`making`; it is moved away.
        complete : bool
            No report failed. If one did and there is an earlier good run, readers keep that one, and the new run
            is reachable as ``<period>-incomplete``.

        Returns
        -------
        Path
            Under which name readers find it.
        """
        self._refuse_strangers()
        _flush(stage)
        run = self._free_name()
        stage.rename(run)
        _flush_folder(self.runs)
        aside = not complete and _is_good(self.link)
        shown = self.incomplete if aside else self.link
        self._point(shown, run)
        if not aside:
            self._remove(self.incomplete)
        self._prune()
        for left in self._unfinished(stage):
            shutil.rmtree(left, ignore_errors=True)
        return shown

    def _refuse_links(self) -> None:
        """Where runs are written and removed must be a folder of our own, not wherever somebody's link leads."""
        for place in (self.runs.parent, self.runs, self.runs / "lock"):
            if place.is_symlink():
                raise CskitError(f"{place} is a link, and not ours. Take it away, or give another --out.")

    def _refuse_strangers(self) -> None:
        for place in (self.link, self.incomplete):
            if place.exists() and not place.is_symlink() and not (place / "manifest.json").is_file():
                raise CskitError(
                    f"{place} is in the way: it was not made by cskit run. Move it, or give another --out."
                )

    def _free_name(self) -> Path:
        """A name younger than that of any run there is, even if the clock was set back."""
        stamp, place = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"), 1
        newest = max(map(_age, self._finished()), default=("", 0))
        if newest[0] >= stamp:
            stamp, place = newest[0], newest[1] + 1
        return self.runs / (stamp if place == 1 else f"{stamp}-{place}")

    def _finished(self) -> list[Path]:
        return [run for run in self.runs.iterdir() if run.is_dir() and STAMP.fullmatch(run.name)]

    def _point(self, name: Path, run: Path) -> None:
        """Switch a name to a run in one step; where links are not allowed, by two renames with a blink between."""
        fresh = name.with_name(f".{name.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        try:
            os.symlink(os.path.relpath(run, name.parent), fresh, target_is_directory=True)
        except OSError:
            self._remove(name)
            run.rename(name)
            return
        if name.is_dir() and not name.is_symlink():
            self._remove(name)
        os.replace(fresh, name)
        _flush_folder(name.parent)

    def _remove(self, name: Path) -> None:
        """Take a name away; a run that was renamed to it goes back to the others."""
        if name.is_symlink():
            name.unlink()
        elif name.is_dir():
            name.rename(self._free_name())

    def _prune(self) -> None:
        """Keep the newest runs and whatever a name points at."""
        shown = {place.resolve() for place in (self.link, self.incomplete) if place.exists()}
        runs = sorted(self._finished(), key=_age)
        for run in runs[:-KEPT]:
            if run.resolve() not in shown:
                shutil.rmtree(run, ignore_errors=True)


def put_in_place(path: Path, text: str) -> None:
    """Write a file that readers may have open, in one step: they see the old text or the new one.

    What fails half way leaves the old one, and nothing beside it:

    >>> from contextlib import suppress
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     put_in_place(Path(folder, "index.html"), "18 at risk")
    ...     with suppress(UnicodeError):
    ...         put_in_place(Path(folder, "index.html"), "17 at \\ud800")
    ...     [(file.name, file.read_text(encoding="utf-8")) for file in Path(folder).iterdir()]
    [('index.html', '18 at risk')]
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    try:
        with fresh.open("x", encoding="utf-8") as file:  # never through a link that lies there
            file.write(text)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)  # half of it is no use, and takes room where there is none
        raise


def _is_good(run: Path) -> bool:
    import json

    try:
        return bool(json.loads((run / "manifest.json").read_text(encoding="utf-8"))["complete"])
    except (OSError, ValueError, KeyError):
        return False


def _age(run: Path) -> tuple[str, int]:
    stamp, _dash, place = run.name.partition("-")
    return stamp, int(place or 1)


def _flush(folder: Path) -> None:
    """Everything in a folder is on disk before anybody is pointed at it."""
    for place, _folders, names in os.walk(folder):
        for name in names:
            with (Path(place) / name).open("r+b") as file:
                os.fsync(file.fileno())
        _flush_folder(Path(place))


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(file: IO[str]) -> bool:
    """The system's own lock: it ends with its process, however that ends."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0x7FFF)  # beyond what is written: the owner's number stays readable
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
