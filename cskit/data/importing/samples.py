"""Three values of a column, so that a person sees what is meant, and no person's name or address in full."""

import re

from cskit.data.importing.profile import Seen
from cskit.data.schema import plain, tables

__all__ = ["samples"]

CODE = re.compile(
    r"[-+△▲¥\\]?[\d,./:% -]+(円|人|件|分|月|日|年|時間)*|[A-Za-z]{0,6}[-_]?\d[\w-]*|\d[\d年月日/ :.TZ+-]*"
)
COMPANY = re.compile(r"株式会社|有限会社|合同会社|[(（][株有][)）]|㈱|㈲| (inc|corp|co|ltd|llc|gmbh)\b", re.IGNORECASE)
SHOWN, LONGEST = 3, 24


def samples(seen: Seen, column: str = "") -> list[str]:
    """Numbers, dates, codes, companies and the words of our own vocabulary as they stand; of all else a letter.

    Parameters
    ----------
    column : str
        ``table.column`` it is taken for, if it is for any.

    Returns
    -------
    list of str
        The three commonest values, or as many as there are.

    Examples
    --------
    >>> samples(Seen("担当", 9, 9, 3, {}, None, None, ("佐藤美香", "株式会社アクメ", "M-007"), True))
    ['佐…', '株式会社アクメ', 'M-007']
    >>> kind = Seen("区分", 9, 9, 2, {}, None, None, ("有料", "03-1234-5678"), True)
    >>> samples(kind), samples(kind, "contracts.kind")
    (['有…', '0…'], ['有料', '0…'])
    """
    return [_shown(value, column) for value in seen.values[:SHOWN]]


def _shown(value: str, column: str) -> str:
    text = " ".join(value.split())
    if CODE.fullmatch(text) and len(re.sub(r"\D", "", text)) < 10:  # longer digits may be anybody's telephone
        return text
    if _ours(text, column) or (COMPANY.search(text) and "@" not in text):
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return f"{text[:1]}…"


def _ours(text: str, column: str) -> bool:
    table, _, name = column.partition(".")
    own = tables()[table].columns[name] if name else None
    if own is None:
        return False
    if own.type == "boolean":
        return True
    return any(plain(text) in map(plain, (value, *others)) for value, others in (own.allowed or {}).items())
