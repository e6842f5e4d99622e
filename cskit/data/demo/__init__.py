"""A believable company to try everything on: ``make_demo`` writes all its tables."""

from pathlib import Path
from shutil import rmtree
from typing import Any

__all__ = ["make_demo"]

SMALLEST = 200  # customers in which the published counts still fit
PART = 50_000  # customers drawn at a time: bounds the memory
WEEKLY_TO = 5_000  # customers up to which use is written week by week, above every two
MARK = ".demo.yaml"  # names what the demo wrote, so that it never replaces anything else
WORLDS = ("published", "random")


def make_demo(folder: Path, customers: int = 500, seed: int = 1, world: str = "published", form: str = "csv") -> None:
    """Write the demo company's tables: April 2020 to June 2023, every table of the schema.

    The same arguments always give the same rows.

    Parameters
    ----------
    folder : Path
        New, empty, or written by the demo before (then it is replaced).
    customers : int
        From 200; up to 1,000,000.
    seed : int
        Of all chance, from 0.
    world : str
        ``published``: the figures of the five published accounts come out of the analyses, at any size and seed.
        ``random``: drawn from a truth that is written beside the tables, in ``truth.yaml``.
    form : str
        ``csv``, ``parquet``, ``xlsx`` (one workbook) or ``duckdb`` (one file).

    Raises
    ------
    CskitError
        If an argument cannot be used, or the folder holds something else.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     make_demo(Path(folder), customers=200, form="parquet")
    ...     len(list(Path(folder).glob("*.parquet")))
    32
    """
    from cskit.data.demo.make import make
    from cskit.data.demo.write import FORMS
    from cskit.errors import CskitError, did_you_mean

    for name, value, known in (("world", world, WORLDS), ("form", form, FORMS)):
        if value not in known:
            raise CskitError(f"{name}: found {value}; it is one of {', '.join(known)}.{did_you_mean(value, known)}")
    if customers < SMALLEST:
        raise CskitError(f"customers: found {customers}; the demo needs {SMALLEST} or more for its counts to fit.")
    if seed < 0:
        raise CskitError(f"seed: found {seed}; it is 0 or more.")
    target = Path(folder)
    earlier = _earlier(target)
    scratch = target / ".writing"
    arguments: dict[str, Any] = {"customers": customers, "seed": seed, "world": world, "form": form}
    try:
        make(scratch, **arguments, part=PART, step=7 if customers <= WEEKLY_TO else 14)
        _replace(target, scratch, earlier, arguments)
    finally:
        rmtree(scratch, ignore_errors=True)


def _earlier(folder: Path) -> list[str]:
    """Names of what an earlier demo wrote; refuses a folder that holds anything else."""
    import yaml

    from cskit.errors import CskitError

    if folder.exists() and not folder.is_dir():
        raise CskitError(f"{folder}: a file of this name is there. Name a folder.")
    mark = folder / MARK
    ours = yaml.safe_load(mark.read_text(encoding="utf-8"))["files"] if mark.is_file() else []
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if strange := sorted(present - set(ours) - {MARK, ".writing"}):
        listed = ", ".join(strange[:3]) + (f" and {len(strange) - 3} more" if len(strange) > 3 else "")
        raise CskitError(f"{folder}: holds {listed}, not made by the demo. Name an empty folder.")
    return ours


def _replace(folder: Path, scratch: Path, earlier: list[str], arguments: dict[str, Any]) -> None:
    """Move what is complete to its place, and take away what an earlier demo left."""
    import yaml

    made = sorted(path.name for path in scratch.iterdir())
    for name in made:
        (scratch / name).replace(folder / name)
    for name in set(earlier) - set(made):
        (folder / name).unlink(missing_ok=True)
    (folder / MARK).write_text(yaml.safe_dump({**arguments, "files": made}, sort_keys=False), encoding="utf-8")
