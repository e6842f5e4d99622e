"""How does a sheet of people × days become bookings, one per cell?

工数表: a person (and a task) in each row, a day in each column. Read cell by cell, as such a sheet is small: every cell
is a booking, an empty one or a refused one, and every row and column that is left out is named.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cskit.data.schema import plain
from cskit.data.session import Session, identifier, literal
from cskit.data.sources import Export, Raw
from cskit.data.unreadable import UnreadableError
from cskit.errors import Fault, did_you_mean
from cskit.settings import Part, Unpivot

__all__ = ["NOTHING", "expanded", "month_of", "needs_month", "unpivoted"]

TOTALS = {"合計", "総計", "小計", "計", "累計", "平均", "total", "totals", "sum", "subtotal", "grand total", "average"}
NOTHING = {"", "-", "‐", "–", "—", "ー", "―", "−"}  # more by data.mapping.time_logs.missing.minutes
FULL_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 0?0:00(:00)?)?")
MONTH_DAY = re.compile(r"(\d{1,2})[/月](\d{1,2})日?")
DAY = re.compile(r"(\d{1,2})(日)?")
WEEKDAY = re.compile(
    r"[((\[]?\s*([月火水木金土日祝]|mon|tue|wed|thu|fri|sat|sun)[a-z]*曜?日?\.?\s*[))\]]?$", re.IGNORECASE
)
MONTH = re.compile(r"(20\d\d)\s*[-_/.年]?\s*(1[0-2]|0?[1-9])(?!\d)")
ERA_MONTH = re.compile(r"(?:令和|R)\s*(\d{1,2}|元)\s*[年.]\s*(1[0-2]|0?[1-9])(?!\d)", re.IGNORECASE)
CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(:00)?")
NUMBER = re.compile(r"\d+(\.\d+)?|\.\d+")
UNITS = {"hours": 60, "minutes": 1, "days_of_8_hours": 480}


@dataclass(frozen=True, slots=True)
class _Day:
    """A column that is a day."""

    place: int
    header: str
    text: str  # as a date, or what cannot be one: the checks refuse it by its place


def expanded(mapping: dict[str, list[Part]], exports: list[Export]) -> dict[str, list[Part]]:
    """Parts of hour sheets whose file or sheet holds a ``*``, one for each that it means.

    >>> from pathlib import Path
    >>> months = [Export(Path("工数_2023.xlsx"), (name,), sheet=name) for name in ("2023年4月", "2023年5月", "凡例")]
    >>> part = Part(file="工数_*", sheet="2023年*", unpivot=Unpivot(keep={"csm_id": "氏名"}, month="sheet"))
    >>> [(one.file, one.sheet) for one in expanded({"time_logs": [part]}, months)["time_logs"]]
    [('工数_2023.xlsx', '2023年4月'), ('工数_2023.xlsx', '2023年5月')]
    """
    return {
        table: [one for part in parts for one in (_each(part, exports) if part.unpivot else [part])]
        for table, parts in mapping.items()
    }


def _each(part: Part, exports: list[Export]) -> list[Part]:
    if "*" not in part.file + part.sheet:
        return [part]
    meant = [
        export
        for export in exports
        if (_like(part.file, export.path.name) or _like(part.file, export.path.stem))
        and (not part.sheet or _like(part.sheet, export.sheet or export.names[0]))
    ]
    sheets = [export.sheet or (export.names[0] if export.relation else "") for export in meant]
    found = [
        part.model_copy(update={"file": export.path.name, "sheet": sheet})
        for export, sheet in zip(meant, sheets, strict=True)
    ]
    return found or [part]


def _like(pattern: str, name: str) -> bool:
    written = ".*".join(map(re.escape, plain(pattern).split("*")))
    return bool(re.fullmatch(written, plain(name)))


def unpivoted(raw: Raw, part: Part, export: Export, session: Session) -> tuple[Raw, list[Fault]]:
    r"""The bookings of a sheet as an export of their own, and what of the sheet is none.

    Parameters
    ----------
    part : Part
        With ``unpivot``: which columns stay beside each booking, the unit of the cells, the month of the days.
    export : Export
        Whose name may say the month.

    Returns
    -------
    Raw, list of Fault
        The columns ``log_id``, those kept, ``on`` and ``minutes``, all as text; a row's place is ``2 under 4/1``. The
        faults, all warnings, name the columns and the lines of totals that were left out.

    Raises
    ------
    UnreadableError
        If a header that params name is not there, no column is a day, or the month is not known.

    Examples
    --------
    >>> from pathlib import Path
    >>> cells = "(VALUES ('佐藤', '1:30', '-', '1.5'), ('合計', '1.5', '', '1.5'))"
    >>> sheet = Raw("4月.csv", ("氏名", "1(土)", "2日", "備考"), tuple((f"col{n}", "VARCHAR") for n in range(4)), cells)
    >>> part = Part(file="4月.csv", unpivot=Unpivot(keep={"csm_id": "氏名"}, month="2023-04"))
    >>> session = Session(Path())
    >>> raw, faults = unpivoted(sheet, part, Export(Path("4月.csv"), ("4月",)), session)
    >>> session.engine.execute(f"FROM {raw.scan}").fetchall()
    [('4月.csv, 2, 1(土)', '佐藤', '2023-04-01', '90', '2 under 1(土)')]
    >>> print(*faults, sep="\n")
    備考: not a day and not kept (data.mapping.time_logs.unpivot.keep), not read.
    row 3: a line of totals, not read.
    """
    rule = part.unpivot
    assert rule
    headers = [" ".join(header.split()) for header in raw.headers]
    kept = {column: _place(headers, header, column) for column, header in rule.keep.items()}
    others = [at for at, header in enumerate(headers) if at not in kept.values()]
    month = _month(rule, export) if any(_needs_month(headers[at]) for at in others) else None
    days = [day for at in others if (day := _day(at, headers[at], month))]
    if not days:
        what = f"no header is a day (1 to 31, 4/1 or 2023-04-01). Found: {', '.join(headers[:8])}."
        raise UnreadableError(what, "Take title rows out, or name another sheet.")
    gone = [headers[at] for at in others if headers[at] and at not in {day.place for day in days}]
    names = ["log_id", *kept, "on", rule.into]
    nothing = NOTHING | {plain(word) for word in part.missing.get(rule.into, [])}
    to, totals = session.file(), list[int]()
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([*names, "place"])
        for number, cells in _rows(raw, session):
            texts = {column: cells[at] for column, at in kept.items()}
            if any(plain(text) in TOTALS for text in texts.values()):
                totals.append(number)
                continue
            for day in days:
                if plain(cells[day.place]) not in nothing:
                    value = _minutes(cells[day.place], UNITS[rule.unit])
                    log = f"{raw.label}, {number}, {day.header}"
                    writer.writerow([log, *texts.values(), day.text, value, f"{number} under {day.header}"])
    columns = tuple((f"c{n}", "VARCHAR") for n in range(len(names) + 1))
    listed = ", ".join(f"{name}: 'VARCHAR'" for name, _ in columns)
    scan = (
        f"read_csv({literal(str(to))}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"strict_mode = true, columns = {{{listed}}})"
    )
    made = replace(raw, headers=tuple(names), columns=columns[:-1], scan=scan, row=columns[-1][0], text=True)
    made = replace(made, how={**raw.how, "rows_left_out": len(totals)})
    return made, _left_out(raw.label, gone, totals)


def _left_out(label: str, gone: list[str], totals: list[int]) -> list[Fault]:
    faults = []
    if gone:
        what = f"{', '.join(gone)}: not a day and not kept (data.mapping.time_logs.unpivot.keep), not read."
        faults.append(Fault("time_logs", label, what, warning=True))
    if totals:
        what = "a line of totals, not read."
        faults.append(Fault("time_logs", label, what, rows=tuple(totals[:5]), count=len(totals), warning=True))
    return faults


def _place(headers: list[str], wanted: str, column: str) -> int:
    for at, header in enumerate(headers):
        if plain(header) == plain(wanted):
            return at
    what = f"there is no header {wanted}, which params name for {column}.{did_you_mean(wanted, headers)}"
    raise UnreadableError(what, f"Found: {', '.join(header for header in headers if header)[:200]}.")


def _rows(raw: Raw, session: Session) -> Iterator[tuple[int, list[str]]]:
    """Each row as the spreadsheet numbers it, its cells as trimmed text."""
    listed = ", ".join(f"coalesce(CAST({identifier(name)} AS VARCHAR), '')" for name, _ in raw.columns)
    for number, *cells in session.engine.execute(f"SELECT {raw.row}, {listed} FROM {raw.scan}").fetchall():
        yield int(number), [" ".join(cell.split()) for cell in cells]


def _needs_month(header: str) -> bool:
    return bool(needs_month(header))


def needs_month(header: str) -> bool | None:
    """Whether a header that is a day leaves out its month; None: it is no day.

    >>> needs_month("1(土)"), needs_month("2023-04-01"), needs_month("合計")
    (True, False, None)
    """
    if FULL_DAY.fullmatch(WEEKDAY.sub("", plain(header)).strip()) or FULL_DAY.fullmatch(plain(header)):
        return False
    return True if _bare(header) else None


def _bare(header: str) -> str:
    """1(土) is 1, 4/1 Sat is 4/1; empty where it is no day."""
    text = WEEKDAY.sub("", plain(header)).strip() if not DAY.fullmatch(plain(header)) else plain(header)
    return text if DAY.fullmatch(text) or MONTH_DAY.fullmatch(text) else ""


def _day(at: int, header: str, month: tuple[int, int] | None) -> _Day | None:
    text = plain(header)
    if whole := FULL_DAY.fullmatch(WEEKDAY.sub("", text).strip() if not FULL_DAY.fullmatch(text) else text):
        return _Day(at, header, f"{whole[1]}-{int(whole[2]):02}-{int(whole[3]):02}")
    bare = _bare(header)
    if not bare or month is None:
        return None
    year, own = month
    if (pair := MONTH_DAY.fullmatch(bare)) and not DAY.fullmatch(bare):
        # a week over New Year: 12/29 of a sheet of January is of the year before, 1/2 of one of December of the next
        turn = -1 if int(pair[1]) - own > 6 else 1 if own - int(pair[1]) > 6 else 0
        return _Day(at, header, f"{year + turn}-{int(pair[1]):02}-{int(pair[2]):02}")
    number = int(bare.rstrip("日"))
    return _Day(at, header, f"{year}-{own:02}-{number:02}") if 1 <= number <= 31 else None


def _month(rule: Unpivot, export: Export) -> tuple[int, int]:
    """Of a sheet whose headers are days of the month: as params say it, or in the name of the sheet or file."""
    named = {"sheet": export.sheet or export.names[0], "file": export.path.stem}
    text = plain(named.get(rule.month, rule.month))
    if found := month_of(text):
        return found
    where = (
        f"the name of the {rule.month}, {named[rule.month]}" if rule.month in named else f"unpivot.month, {rule.month}"
    )
    mend = "Say it in data.mapping: unpivot: {month: 2023-04}, or name the sheet or file so: 2023-04, 2023年4月."
    raise UnreadableError(f"no year and month in {where}" if text else "the month of its days is not known", mend)


def month_of(text: str) -> tuple[int, int] | None:
    """The year and month in a name.

    >>> month_of("工数表 令和5年4月"), month_of("Sheet1")
    ((2023, 4), None)
    """
    text = plain(text)
    if found := MONTH.search(text):
        return int(found[1]), int(found[2])
    if found := ERA_MONTH.search(text):
        return 2018 + (1 if found[1] == "元" else int(found[1])), int(found[2])
    return None


def _minutes(text: str, unit: int) -> str:
    """Minutes as text; what is no number, or more than a day has, stays as it stands and is refused by its place."""
    text = plain(text)
    if clock := CLOCK.fullmatch(text):
        minutes = int(clock[1]) * 60 + int(clock[2])
    elif NUMBER.fullmatch(text.removesuffix("h").removesuffix("時間").strip()):
        minutes = float(text.removesuffix("h").removesuffix("時間").strip()) * unit  # type: ignore[assignment]
    else:
        return text
    return f"{minutes:.10g}" if minutes <= 1440 else f"{text} ({minutes:g} minutes in a day)"
