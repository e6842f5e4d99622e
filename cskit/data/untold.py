"""Of which make is a workbook, whatever it is called, and what does its reader not tell of a sheet?"""

from pathlib import Path
from zipfile import BadZipFile, ZipFile

from cskit.data.errorcells import Untold, of_xlsx

__all__ = ["make", "untold"]

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # how .xls begins, and every workbook that is locked by a password
LOCKED = "EncryptedPackage".encode("utf-16-le")
PARTS = {"xl/workbook.xml": ".xlsx", "xl/workbook.bin": ".xlsb", "content.xml": ".ods"}


def make(path: Path) -> str:
    """``.xlsx``, ``.xlsb``, ``.xls`` or ``.ods`` by what it holds: exports often have another's ending; empty: none.

    >>> from tempfile import TemporaryDirectory
    >>> from xlsxwriter import Workbook
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "顧客.xls")
    ...     Workbook(path).close()
    ...     print(make(path))
    ...     _ = path.write_text("<table>顧客ID</table>", encoding="utf-8")
    ...     print(repr(make(path)))
    .xlsx
    ''
    """
    with path.open("rb") as file:
        if file.read(8) == OLE:
            return "" if LOCKED in file.read() else ".xls"
    try:
        with ZipFile(path) as archive:
            names = set(archive.namelist())
    except (BadZipFile, NotImplementedError):
        return ""
    return next((ending for part, ending in PARTS.items() if part in names), "")


def untold(path: Path, sheet: str) -> Untold:
    """Errors, formulas never calculated, merged cells and the first day, as far as the reader is silent on them.

    Raises
    ------
    UnreadableError
        If a binary workbook cannot be gone through cell by cell.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from xlsxwriter import Workbook
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "契約.xlsx")
    ...     with Workbook(path) as book:
    ...         _ = book.add_worksheet("契約").write_formula("B3", "=VLOOKUP(A3,料金!A:B,2,0)", None, "#N/A")
    ...     found = untold(path, "契約")
    >>> found.errors, found.epoch
    ({(2, 1): '#N/A'}, '1899-12-30')
    """
    ending = make(path)
    if ending == ".xlsx":
        return of_xlsx(path, sheet)
    if ending == ".ods":
        from cskit.data.odscells import of_ods

        return of_ods(path, sheet)
    from cskit.data.binarycells import of_xls, of_xlsb

    return of_xls(path, sheet) if ending == ".xls" else of_xlsb(path, sheet)
