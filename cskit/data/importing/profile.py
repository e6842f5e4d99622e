"""What stands in the columns of an export: how much, how many different, and what it reads as?"""

from dataclasses import dataclass
from typing import cast, get_args

from cskit.data.parse import cell, clean, normal
from cskit.data.schema import Column, Type
from cskit.data.session import Session, identifier
from cskit.data.sources import Raw

__all__ = ["Seen", "look"]

ROWS = 200_000  # of a file that are looked at; of a larger one a random part, the same each time
VALUES = 50_000  # different values of a column that are kept to be compared with other columns
KINDS = tuple(kind for kind in get_args(Type) if kind != "text")
UNITS = ("money", "share")  # in which a number may be written with its sign: 36,000円, 12 %


@dataclass(frozen=True, slots=True)
class Seen:
    """A column of an export.

    Parameters
    ----------
    rows, filled : int
        Rows looked at, and those with something in this column.
    distinct : int
        Different values.
    reads_as : dict of str to float
        For each type, the share of filled cells that read as it; ``money`` and ``share`` are numbers with their sign.
    low, high : float or None
        Of those that are numbers, with a sign or without.
    values : tuple of str
        The commonest first; all of them where ``whole``.

    Examples
    --------
    >>> Seen("顧客ID", 3, 3, 3, {}, None, None, ("C1", "C2", "C3"), True).unique
    True
    >>> Seen("顧客ID", 3, 2, 2, {}, None, None, ("C1", "C2"), True).unique  # one of three cells is empty
    False
    """

    header: str
    rows: int
    filled: int
    distinct: int
    reads_as: dict[str, float]
    low: float | None
    high: float | None
    values: tuple[str, ...]
    whole: bool

    @property
    def unique(self) -> bool:
        """Whether it names each row."""
        return self.rows > 0 and self.distinct == self.filled == self.rows


def look(raw: Raw, session: Session, timezone: str, currency: str = "JPY") -> list[Seen]:
    """Every column of an export, from its rows or a part of them.

    Parameters
    ----------
    timezone : str
        In which times with a zone would be written down.
    currency : str
        Whose sign an amount may have.

    Returns
    -------
    list of Seen
        In the order of the headers. Rows of nothing are not looked at; of more than 200,000 a random part is, the same
        each time.

    Examples
    --------
    >>> from pathlib import Path
    >>> cells = "(VALUES ('1,200', 'R5.4.1'), ('△300', '2023/4/2'), ('1,200', '未定'))"
    >>> raw = Raw("契約.csv", ("金額", "開始日"), (("col0", "VARCHAR"), ("col1", "VARCHAR")), cells)
    >>> money, day = look(raw, Session(Path()), "Asia/Tokyo")
    >>> money.values, money.low, money.high
    (('1,200', '△300'), -300.0, 1200.0)
    >>> round(day.reads_as["date"], 2)
    0.67
    """
    texts = [f"{clean(f'CAST({identifier(name)} AS VARCHAR)')} AS c{n}" for n, (name, _) in enumerate(raw.columns)]
    any_cell = f"coalesce({', '.join(f'c{n}' for n in range(len(texts)))}) IS NOT NULL"
    session.engine.execute(
        f"CREATE OR REPLACE TEMP TABLE looked_at AS SELECT * FROM (SELECT {', '.join(texts)} FROM {raw.scan}) "
        f"WHERE {any_cell} USING SAMPLE reservoir({ROWS} ROWS) REPEATABLE (1)"
    )
    return [_column(session, number, header, timezone, currency) for number, header in enumerate(raw.headers)]


def _column(session: Session, number: int, header: str, timezone: str, currency: str) -> Seen:
    session.engine.execute(
        f"CREATE OR REPLACE TEMP TABLE counted AS SELECT v, p, n FROM (SELECT v, {normal('v')} AS p, n FROM "
        f"(SELECT c{number} AS v, count(*) AS n FROM looked_at GROUP BY 1))"
    )
    asked = "sum(n), sum(n) FILTER (WHERE v IS NOT NULL), count(v), bool_or(regexp_matches(p, '[0-9]'))"
    *counts, digits = session.engine.execute(f"SELECT {asked} FROM counted").fetchall()[0]
    rows, filled, distinct = (int(value or 0) for value in counts)
    # without a digit nothing but yes or no can be meant, and to plan for all that could be takes most of the time
    kinds = KINDS if digits else tuple(kind for kind in KINDS if kind == "boolean")
    kinds = (*kinds, *UNITS) if digits else kinds
    read = ", ".join(f"{_value(kind, timezone, currency)} AS {kind}" for kind in kinds)
    reads = [f"sum(n) FILTER (WHERE {kind} IS NOT NULL)" for kind in kinds]
    any_number = f"coalesce({', '.join(('number', *UNITS))})"
    reach = [f"min({any_number})", f"max({any_number})"] if digits else ["NULL", "NULL"]
    asked = ", ".join([*reach, *reads])
    low, high, *often = session.engine.execute(f"SELECT {asked} FROM (SELECT n, {read} FROM counted)").fetchall()[0]
    values = session.engine.execute(
        f"SELECT v FROM counted WHERE v IS NOT NULL ORDER BY n DESC, v LIMIT {VALUES}"
    ).fetchall()
    shares = dict.fromkeys((*KINDS, *UNITS), 0.0)
    shares |= {kind: (n or 0) / filled if filled else 0.0 for kind, n in zip(kinds, often, strict=True)}
    texts = tuple(value for (value,) in values)
    return Seen(header, rows, filled, distinct, shares, low, high, texts, len(texts) == distinct)


def _value(kind: str, timezone: str, currency: str) -> str:
    column = Column("x", "number", "", unit=kind) if kind in UNITS else Column("x", cast(Type, kind), "")
    return cell(column, "p", "VARCHAR", timezone, currency).value
