"""Which lines below a table are the tool's own, and no rows? Known ones only; each is named, never swallowed."""

import re
from collections.abc import Sequence

from cskit.data.unreadable import UnreadableError

__all__ = ["Footers"]

# Salesforce's, below an exported report: how many records, that it is confidential, whose software it is.
COUNT = re.compile(r"Grand Totals? \(([\d,]+) records?\)", re.IGNORECASE)
KNOWN = re.compile(
    r"Confidential Information - Do Not Distribute"
    r"|Copyright (\(c\)|©) 2000-\d{4} salesforce\.com, inc\. All rights reserved\.?",
    re.IGNORECASE,
)


class Footers:
    """Goes along the rows of an export, and keeps which of them are such lines.

    >>> footers = Footers()
    >>> rows = [["C1", "予算"], ["", ""], ["Grand Totals (1 record)", ""]]
    >>> [footers.met(number, cells) for number, cells in enumerate(rows, start=2)], footers.said
    ([False, False, True], "row 4: the report's own footer, left out")
    >>> footers.met(5, ["Grand Totals (800 records)"])
    Traceback (most recent call last):
    cskit.data.unreadable.UnreadableError: it says 800 records; 1 stand above
    """

    def __init__(self) -> None:
        self.rows: list[int] = []
        self._above = 0

    def met(self, number: int, cells: Sequence[str]) -> bool:
        """Whether a row is one; below the header, from the top.

        Raises
        ------
        UnreadableError
            If it counts the records above it, and there are more or fewer.
        """
        filled = [cell.strip() for cell in cells if cell.strip()]
        counted = COUNT.fullmatch(filled[0]) if len(filled) == 1 else None
        if counted and int(counted[1].replace(",", "")) != self._above:
            what = f"it says {counted[1]} records; {self._above:,} stand above"
            raise UnreadableError(what, "Export the report again: rows are missing, or were added.", (number,), 1)
        if counted or (len(filled) == 1 and KNOWN.fullmatch(filled[0])):
            self.rows.append(number)
            return True
        self._above += bool(filled)
        return False

    @property
    def said(self) -> str:
        """In a few words; empty where there are none."""
        listed = ", ".join(map(str, self.rows))
        return f"row{'s' * (len(self.rows) > 1)} {listed}: the report's own footer, left out" if listed else ""
