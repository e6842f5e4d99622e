"""What did the team's meeting decide? A filled-in ``health_meeting.xlsx`` becomes rows of ``overrides``."""

import csv
import io
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cskit import i18n
from cskit.data import Data
from cskit.data.delimited import inspect
from cskit.data.parse import FULL, HALF
from cskit.data.schema import tables
from cskit.data.unreadable import UnreadableError
from cskit.data.workbook import sheets, write_sheet
from cskit.errors import DataError, Fault, did_you_mean
from cskit.i18n import _
from cskit.result import Result

__all__ = ["Decided", "Kept", "columns", "keep", "read_meeting"]

DATES = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 00:00:00)?")
PLAIN = str.maketrans(FULL, HALF)


@dataclass(frozen=True, slots=True)
class Decided(Result):
    """One decision of the meeting.

    Parameters
    ----------
    customer, name, computed, last : str
        As the file lists them.
    grade : str
        Decided: good, sound, caution or action.
    until : date or None

    Examples
    --------
    >>> one = Decided("C00042", "株式会社みどり", "caution", "", "action", "Admin left", date(2023, 9, 30))
    >>> one.line
    'C00042 株式会社みどり: none decided, computed caution -> action, until 2023-09-30. Admin left'
    """

    customer: str
    name: str
    computed: str
    last: str
    grade: str
    reason: str
    until: date | None

    @property
    def line(self) -> str:
        """One line of the protocol."""
        before = f"{self.last or 'none decided'}, computed {self.computed or 'unknown'}"
        until = f", until {self.until}" if self.until else ""
        return f"{self.customer} {self.name}: {before} -> {i18n.term(self.grade)}{until}. {self.reason}".rstrip()


@dataclass(frozen=True, slots=True)
class Kept(Result):
    """Where decisions were written; see :func:`keep`.

    Parameters
    ----------
    path : Path
    appended : bool
        False: a file beside the data, which somebody must add to them.

    Examples
    --------
    The decisions so far stand in another folder:

    >>> one = Decided("C00042", "株式会社みどり", "caution", "", "action", "Admin left", None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = keep([one], run.data, Path(folder), date(2023, 7, 3), "CS team")
    >>> kept.path.name, kept.appended
    ('overrides_2023-07-03.csv', False)
    """

    path: Path
    appended: bool


def columns() -> dict[str, str]:
    """The headers of the meeting's file in the language spoken, by what they hold.

    >>> len(columns())
    13
    """
    return {
        "customer_id": "customer_id",
        "name": _("Customer"),
        "owner": _("Owner"),
        "computed": _("Computed grade"),
        "score": _("Score"),
        "coverage": _("Known"),
        "last": _("Last decided"),
        "last_until": _("Decided until"),
        "why": _("Why"),
        "moved": _("What moved it"),
        "grade": _("Decided grade"),
        "reason": _("Reason"),
        "until": _("Until"),
    }


def read_meeting(path: Path, data: Data, on: date | None = None) -> tuple[tuple[Decided, ...], date]:
    """The decisions in a filled-in file, in either language, and the day they are dated.

    Parameters
    ----------
    path : Path
    data : Data
        To know customers, and what was decided before.
    on : date or None
        The day of the meeting; None: the day of the figures, which names the sheet.

    Raises
    ------
    DataError
        With every fault of the file at once: unknown customers and grades, days that cannot be read, decisions that
        stand there twice or that the data have already.

    Examples
    --------
    A cell may hold the grade in either language, and a day as people write it.

    >>> import pandas as pd
    >>> row = {"customer_id": "C00053", "Customer": "株式会社みどり", "Decided grade": "要対応", "Reason": "解約の連絡",
    ...        "Until": "2023年９月30日"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "health_meeting.xlsx")
    ...     pd.DataFrame([row]).to_excel(path, sheet_name="2023-07-03", index=False)
    ...     decisions, day = read_meeting(path, run.data)
    >>> str(day), decisions[0].line
    ('2023-07-03', 'C00053 株式会社みどり: none decided, computed unknown -> action, until 2023-09-30. 解約の連絡')
    """
    rows, sheet = _rows(path)
    places = _places(rows[0] if rows else [], path)
    day = on or _day(sheet)
    if day is None:
        raise DataError(f"{path.name}: the sheet {sheet} is not named after a day. Say of which day it is: --on.")
    customers = set(data.table("customers").customer_id.to_pandas()) if data.has("customers") else set()
    before: set[str] = set()
    if data.has("overrides"):
        known = data.at(max(day, data.as_of)).table("overrides")
        before = set(known.filter(known.on == day).customer_id.to_pandas())
    found: list[Decided] = []
    faults: list[Fault] = []
    for number, cells in enumerate(rows[1:], start=2):
        row = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        if not any(row[name] for name in ("grade", "reason", "until")):
            continue
        one, wrong = _decision(row, day, customers, before | {own.customer for own in found})
        faults += [Fault("overrides", path.name, what, mend, column, (number,), 1) for column, what, mend in wrong]
        found += [one] if one else []
    if faults:
        raise DataError(faults)
    return tuple(found), day


def keep(decisions: Sequence[Decided], data: Data, folder: Path, day: date, by: str) -> Kept:
    """Add decisions to the ``overrides`` of a data folder; none that is there is touched.

    The file is replaced in one step, so that it never stands there half written. Where the data are no folder with its
    ``overrides.csv`` (a workbook, a database, a file under another name), the rows go into a file of their own beside.

    Parameters
    ----------
    decisions : sequence of Decided
    data : Data
        To know which file the decisions so far were read from.
    folder : Path
        Of the data, or the file that holds them.
    day : date
        Of the meeting.
    by : str
        Who decided.

    Raises
    ------
    DataError
        If there is nothing to write, or a file would be overwritten.

    Examples
    --------
    Data without any decision yet:

    >>> one = Decided("C00042", "株式会社みどり", "caution", "", "action", "Admin left", None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = keep([one], Data(date(2023, 6, 30)), Path(folder), date(2023, 7, 3), "CS team")
    ...     print(kept.path.name, kept.appended)
    ...     print(kept.path.read_text("utf-8-sig"))
    overrides.csv True
    customer_id,on,grade,reason,decided_by,until
    C00042,2023-07-03,action,Admin left,CS team,
    <BLANKLINE>
    """
    if not decisions:
        raise DataError("No grade was decided in the file, so there is nothing to write.")
    rows = [
        {"customer_id": own.customer, "on": day.isoformat(), "grade": own.grade, "reason": own.reason,
         "decided_by": by, "until": own.until.isoformat() if own.until else ""}
        for own in decisions
    ]  # fmt: skip
    read = [entry.file for entry in data.inputs if entry.table == "overrides" and entry.file]
    target = folder / "overrides.csv" if folder.is_dir() else folder.parent / "overrides.csv"
    if folder.is_dir() and not target.exists() and not read:
        _replace(target, _text(rows, list(rows[0])).encode("utf-8-sig"))
        return Kept(target, True)
    if folder.is_dir() and [path.resolve() for path in read] == [target.resolve()]:
        added = _added(target, rows)
        if added:
            _replace(target, added)
            return Kept(target, True)
    aside = target.with_name(f"overrides_{day.isoformat()}.csv")
    if aside.exists():
        raise DataError(f"{aside.name} is there already. Add its rows to the data and remove it, then try again.")
    _replace(aside, _text(rows, list(rows[0])).encode("utf-8-sig"))
    return Kept(aside, False)


def _rows(path: Path) -> tuple[list[list[str]], str]:
    """The first sheet as texts, and its name."""
    if not path.is_file():
        raise DataError(f"There is no file {path}.")
    try:
        sheet = sheets(path)[0][0]
        with tempfile.TemporaryDirectory() as place:
            text = Path(place) / "meeting.csv"
            write_sheet(path, sheet, text)
            with text.open(encoding="utf-8", newline="") as file:
                return list(csv.reader(file)), sheet
    except UnreadableError as error:
        raise DataError([error.fault("overrides", path.name)]) from None


def _places(headers: list[str], path: Path) -> dict[str, int]:
    """Where each column stands, whichever language its header is in."""
    named: dict[str, str] = {}
    for lang in i18n.LANGUAGES:
        with i18n.speaking(lang):
            named |= {header: name for name, header in columns().items()}
    places = {named[text.strip()]: place for place, text in enumerate(headers) if text.strip() in named}
    missing = [columns()[name] for name in ("customer_id", "grade", "reason", "until") if name not in places]
    if missing:
        found = ", ".join(text for text in headers if text.strip()) or "nothing"
        mend = "Use the health_meeting.xlsx of a run; its headers stay as they are."
        raise DataError([Fault("overrides", path.name, f"{', '.join(missing)} missing. Found: {found}.", mend)])
    return {name: places.get(name, len(headers)) for name in columns()}


def _decision(
    row: Mapping[str, str], day: date, customers: set[str], before: set[str]
) -> tuple[Decided | None, list[tuple[str, str, str]]]:
    """A row's decision, or what is wrong with it: column, fault, what to do."""
    heads, wrong = columns(), []
    who, grade, until = row["customer_id"], _grade(row["grade"]), _day(row["until"])
    if who not in customers:
        near = did_you_mean(who, sorted(customers))
        wrong.append(("customer_id", f'"{who}" is no customer of the data.{near}', ""))
    elif who in before:
        wrong.append(("customer_id", f"{who} was decided on {day} already", "Date this meeting with --on."))
    if not row["grade"]:
        wrong.append(
            (heads["grade"], "a reason or a last day, but no grade", "Decide a grade, or leave all three empty.")
        )
    elif grade is None:
        some = ", ".join(words[0] for words in _grades().values())
        wrong.append((heads["grade"], f'found "{row["grade"]}"; a grade is one of {some}.', ""))
    if row["until"] and until is None:
        wrong.append((heads["until"], f'found "{row["until"]}"; a day is written 2023-09-30.', ""))
    elif until and until < day:
        wrong.append((heads["until"], f"{until} lies before the meeting of {day}", ""))
    if wrong or grade is None:
        return None, wrong
    return Decided(who, row["name"], row["computed"], row["last"], grade, row["reason"], until), []


def _grades() -> dict[str, tuple[str, ...]]:
    """Each grade with the words for it: the code, and what either language calls it."""
    allowed = tables()["overrides"].columns["grade"].allowed or {}
    return {grade: (grade, *words) for grade, words in allowed.items()}


def _grade(text: str) -> str | None:
    plain = text.translate(PLAIN).lower()
    return next((grade for grade, words in _grades().items() if plain in words), None)


def _day(text: str) -> date | None:
    parts = DATES.fullmatch(text.strip().translate(PLAIN))
    try:
        return date(*(int(part) for part in parts.groups()[:3])) if parts else None
    except ValueError:
        return None


def _named(headers: Sequence[str]) -> list[str]:
    """The columns of ``overrides`` under these headers; empty where one that is needed has none."""
    schema = tables()["overrides"].columns
    known = {word: name for name, column in schema.items() for word in (name, *column.ja)}
    names = [known.get(header, "") for header in headers]
    return names if set(schema) <= set(names) else []


def _added(path: Path, rows: Sequence[Mapping[str, str]]) -> bytes:
    """A file with rows at its end, in its own columns and encoding; empty where that cannot be done."""
    there = inspect(path)
    names = _named(there.headers)
    encoding = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "cp932": "cp932"}.get(there.encoding)
    if not names or not encoding:
        return b""
    before = path.read_bytes()
    try:
        rest = _text(rows, names, there.separator, header=False).encode(encoding)
    except UnicodeEncodeError:
        return b""
    return before + (b"" if before.endswith(b"\n") else b"\n") + rest


def _text(rows: Sequence[Mapping[str, str]], names: Sequence[str], separator: str = ",", *, header: bool = True) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    if header:
        writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return out.getvalue()


def _replace(path: Path, content: bytes) -> None:
    """Put a whole file in place in one step."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.chmod(fresh, mode)
        os.replace(fresh, path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
