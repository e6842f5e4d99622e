"""A file that cannot be read as what its name says."""

from cskit.errors import Fault

__all__ = ["UnreadableError"]


class UnreadableError(Exception):
    """A file that cannot be read as what its name says; carries the fault and what to do.

    >>> raise UnreadableError("the workbook is protected by a password", "Save a copy without the password.")
    Traceback (most recent call last):
    cskit.data.unreadable.UnreadableError: the workbook is protected by a password
    >>> print(UnreadableError("it holds a byte 0", rows=(3,), count=1).fault("customers", "顧客.csv"))
    row 3: it holds a byte 0
    """

    def __init__(self, what: str, mend: str = "", rows: tuple[int, ...] = (), count: int = 0):
        super().__init__(what)
        self.what, self.mend, self.rows, self.count = what, mend, rows, count

    def fault(self, table: str, source: str) -> Fault:
        return Fault(table, source, self.what, self.mend, rows=self.rows, count=self.count)
