"""What went wrong, what was found, and what to do: the faults a user can mend."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

__all__ = ["CskitError", "DataError", "Fault", "NameTaken", "NotAvailable", "SettingsError", "did_you_mean"]


class CskitError(Exception):
    """A fault the user can mend; the command line shows its text, without a traceback.

    >>> issubclass(SettingsError, CskitError), issubclass(DataError, CskitError)
    (True, True)
    """


class SettingsError(CskitError):
    """A setting, a parameter or a period that cannot be used.

    >>> raise SettingsError("lang: found fr; it is one of en, ja.")
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: lang: found fr; it is one of en, ja.
    """


class NameTaken(SettingsError):  # noqa: N818 - it asks back
    """A name under which there is something else already; to be written over only if the person says so.

    >>> issubclass(NameTaken, SettingsError)
    True
    """


class NotAvailable(CskitError):  # noqa: N818 - nothing is in error
    """An analysis cannot be made from the tables there are; nothing is broken.

    Its text stands on every page, leadership's too: names of tables and columns, days, and nothing else of the data.

    >>> raise NotAvailable("The table churns is missing; it adds who left.")
    Traceback (most recent call last):
        ...
    cskit.errors.NotAvailable: The table churns is missing; it adds who left.
    """


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one table.

    Parameters
    ----------
    table, source : str
        The table of the schema, and the file, sheet or database table it was read from.
    what : str
        What was found and what it should be, in one sentence.
    mend : str
        What to do about it.
    column : str
        Empty when the whole table is meant.
    rows : tuple of int or str
        The first few rows, counted as a spreadsheet counts them: the header is row 1. Those of a database by their key.
    count : int
        How many rows are affected; 0 when it is not about rows.
    kind, values : str, dict
        What a page says of it in the reader's language; empty: ``what`` as it is.
    warning : bool
        Normal in real exports: counted and said, but nothing stops.

    Examples
    --------
    >>> print(Fault("nps_responses", "nps.csv", "found 11", column="score", rows=(14, 88), count=2))
    column score, rows 14 and 88: found 11
    """

    table: str
    source: str
    what: str
    mend: str = ""
    column: str = ""
    rows: tuple[int | str, ...] = ()
    count: int = 0
    warning: bool = False
    kind: str = ""
    values: dict[str, str] = field(default_factory=dict)

    @property
    def discreet(self) -> "Fault":
        """The same without what was found, which may be anybody's address or name."""
        if self.kind != "reference":
            return self
        known = self.values["refers"]
        return replace(self, what=f"{known} holds no such row", values={"refers": known, "found": "…"})

    def __str__(self) -> str:
        place = f"column {self.column}" if self.column else ""
        rows = _rows(self.rows, self.count)
        where = ", ".join(part for part in (place, rows) if part)
        return f"{where}: {self.what}" if where else self.what


class DataError(CskitError):
    """The data cannot be used; carries every fault of every table at once.

    >>> print(DataError([Fault("nps_responses", "nps.csv", "found 11", column="score", rows=(14,), count=1)]))
    nps.csv: 1 fault
      column score, row 14: found 11
    """

    def __init__(self, faults: Iterable[Fault] | str):
        self.faults = () if isinstance(faults, str) else tuple(faults)
        super().__init__(faults if isinstance(faults, str) else _screen(self.faults))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Name the nearest known word, as the tail of a sentence.

    Parameters
    ----------
    word : str
        What was written.
    known : iterable of str
        What could have been meant.

    Returns
    -------
    str
        `` Did you mean ...?`` with a leading space, or empty when nothing is near.

    Examples
    --------
    >>> did_you_mean("helth", ["health", "nps"])
    ' Did you mean health?'
    >>> did_you_mean("qqq", ["health", "nps"])
    ''
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


def _rows(rows: tuple[int | str, ...], count: int) -> str:
    if not count:
        return ""
    if not rows:
        return f"{count} rows"
    word = "row" if count == 1 else "rows"
    rest = f" and {count - len(rows)} more" if count > len(rows) else ""
    listed = ", ".join(map(str, rows))
    if not rest and len(rows) > 1:
        listed = ", ".join(map(str, rows[:-1])) + f" and {rows[-1]}"
    return f"{word} {listed}{rest}"


def _screen(faults: tuple[Fault, ...]) -> str:
    """All faults of all files, file by file, as they stand on the user's screen."""
    lines: list[str] = []
    for source in dict.fromkeys(fault.source for fault in faults):
        own = [fault for fault in faults if fault.source == source]
        lines.append(f"{source}: {len(own)} {'fault' if len(own) == 1 else 'faults'}")
        for fault in own:
            lines.append(f"  {fault}")
            if fault.mend:
                lines.append(f"    {fault.mend}")
    return "\n".join(lines)
