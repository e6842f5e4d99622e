"""Workbooks in the formats that xlsxwriter does not write: .xls by xlwt, .xlsb and .ods by hand, as Excel and LibreOffice
write them.

Each takes the same sheets, so that one case is tried in every format.
"""

import io
import struct
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlwt
from xlsxwriter import Workbook
from xlwt.CompoundDoc import XlsDoc

CODES = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


@dataclass(frozen=True)
class Failed:
    """A cell whose formula failed."""

    error: str


@dataclass(frozen=True)
class Worth:
    """A formula with the value that was calculated; None: never."""

    value: Any


@dataclass
class Page:
    """A sheet."""

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row and column, last row and column


def written(ending: str, pages: list[Page], date_1904: bool = False) -> bytes:
    """A workbook of this format."""
    return {"xlsx": xlsx, "xls": xls, "xlsb": xlsb, "ods": ods}[ending](pages, date_1904)


def xlsx(pages: list[Page], date_1904: bool = False) -> bytes:
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True, "default_date_format": "yyyy/m/d", "date_1904": date_1904}) as book:
        for page in pages:
            sheet = book.add_worksheet(page.name)
            for row, cells in enumerate(page.rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, Failed):
                        sheet.write_formula(row, column, "=1/0", None, cell.error)
                    elif isinstance(cell, Worth):
                        sheet.write_formula(row, column, "=6*2", None, "" if cell.value is None else cell.value)
                    else:
                        sheet.write(row, column, cell)
            for top, left, end, right in page.merged:
                sheet.merge_range(top, left, end, right, page.rows[top][left])
            if page.hidden:
                sheet.hide()
    return made.getvalue()


def serial(day: date, date_1904: bool = False) -> float:
    """A day as Excel counts it."""
    first = datetime(1904, 1, 1) if date_1904 else datetime(1899, 12, 30)
    time = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    return (time - first).total_seconds() / 86400


def xls(pages: list[Page], date_1904: bool = False) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = date_1904
    day = xlwt.easyxf(num_format_str="yyyy/m/d")
    for page in pages:
        sheet = book.add_sheet(page.name)
        sheet.visibility = int(page.hidden)
        covered = {
            (row, column)
            for top, left, end, right in page.merged
            for row in range(top, end + 1)
            for column in range(left, right + 1)
        }
        for row, cells in enumerate(page.rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, Failed):
                    sheet.row(row).set_cell_error(column, CODES[cell.error])
                elif isinstance(cell, Worth):
                    _formula(sheet.row(row), column, cell.value)
                elif isinstance(cell, date):
                    sheet.row(row).set_cell_number(column, serial(cell, date_1904), day)
                elif cell != "" and (row, column) not in covered:
                    sheet.write(row, column, cell)
        for top, left, end, right in page.merged:
            sheet.write_merge(top, end, left, right, page.rows[top][left])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


class _Formula:
    """A formula's record with the value that xlwt does not know."""

    def __init__(self, row: Any, column: int, value: Any):
        self.at, self.value = (row.get_index(), column), value
        self.rowx, self.colx, self.xf_idx = *self.at, 0x11

    def get_biff_data(self) -> bytes:
        if isinstance(self.value, str):
            result = struct.pack("<BBBBHH", 2, 0, CODES[self.value], 0, 0, 0xFFFF)
        else:
            result = struct.pack("<d", self.value)
        body = struct.pack("<3H", *self.at, self.xf_idx) + result + struct.pack("<HL", 0, 0)
        rpn = xlwt.Formula("6*2").rpn()
        return struct.pack("<HH", 6, len(body) + len(rpn)) + body + rpn


def _formula(row: Any, column: int, value: Any) -> None:
    row.insert_cell(column, _Formula(row, column, value))


def locked() -> bytes:
    """What Excel makes of a workbook with a password: an old document whose one stream is encrypted."""
    document = XlsDoc()
    document.save(made := io.BytesIO(), b"\0" * 5000)
    plain, name = "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    data, at = bytearray(made.getvalue()), made.getvalue().index(plain)
    data[at : at + len(name)] = name
    data[at + 64 : at + 66] = struct.pack("<H", len(name) + 2)
    return bytes(data)


# --------------------------------------------------------------------- .xlsb: [MS-XLSB], the records that are needed


def record(kind: int, body: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = bytearray(), len(body)
    while True:
        size.append(length & 0x7F | (0x80 if length > 0x7F else 0))
        length >>= 7
        if not length:
            return number + bytes(size) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(pages: list[Page], date_1904: bool = False) -> bytes:
    texts: dict[str, int] = {}
    sheets = [_sheet_of_xlsb(page, texts, date_1904) for page in pages]
    book = record(131) + record(153, struct.pack("<II", int(date_1904), 0) + wide(""))
    book += record(143)
    for number, page in enumerate(pages, start=1):
        book += record(156, struct.pack("<II", int(page.hidden), number) + wide(f"rId{number}") + wide(page.name))
    book += record(144) + record(132)
    counted = struct.pack("<II", len(texts), len(texts))
    strings = record(159, counted) + b"".join(record(19, b"\0" + wide(text)) for text in texts) + record(160)
    formats = record(615, struct.pack("<I", 1)) + record(44, struct.pack("<H", 164) + wide("yyyy/m/d")) + record(616)
    xfs = b"".join(record(47, struct.pack("<HH12x", 0, own)) for own in (0, 164))
    styles = record(278) + formats + record(617, struct.pack("<I", 2)) + xfs + record(618) + record(279)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(pages) + 1)]
    links += [("rIdS", "sharedStrings", "sharedStrings.bin"), ("rIdT", "styles", "styles.bin")]
    listed = "".join(f'<Relationship Id="{a}" Type="{kind}/{b}" Target="{c}"/>' for a, b, c in links)
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": "<?xml version='1.0'?><Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": f"<?xml version='1.0'?><Relationships xmlns='{space}'>{listed}</Relationships>",
        "xl/sharedStrings.bin": strings,
        "xl/styles.bin": styles,
        **{f"xl/worksheets/sheet{n}.bin": own for n, own in enumerate(sheets, start=1)},
    }
    return packed(members)


def _sheet_of_xlsb(page: Page, texts: dict[str, int], date_1904: bool) -> bytes:
    width = max(map(len, page.rows), default=1)
    size = struct.pack("<4I", 0, max(len(page.rows) - 1, 0), 0, max(width - 1, 0))
    made = record(129) + record(148, size) + record(145)
    for row, cells in enumerate(page.rows):
        made += record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        for column, cell in enumerate(cells):
            made += _cell_of_xlsb(column, cell, texts, date_1904)
    made += record(146)
    if page.merged:
        made += record(177, struct.pack("<I", len(page.merged)))
        made += b"".join(record(176, struct.pack("<4I", t, e, left, r)) for t, left, e, r in page.merged) + record(178)
    return made + record(130)


def _cell_of_xlsb(column: int, cell: Any, texts: dict[str, int], date_1904: bool) -> bytes:
    style = int(isinstance(cell, date))
    head, formula = struct.pack("<II", column, style), struct.pack("<HII", 0, 0, 0)
    match cell:
        case Failed(error):
            return record(11, head + bytes([CODES[error]]) + formula)
        case Worth(str(value)):
            return record(8, head + wide(value) + formula)
        case Worth(value):
            return record(9, head + struct.pack("<d", value) + formula)
        case bool():
            return record(4, head + bytes([cell]))
        case date():
            return record(5, head + struct.pack("<d", serial(cell, date_1904)))
        case int() if abs(cell) < 1 << 29:
            return record(2, head + struct.pack("<i", cell << 2 | 2))
        case int() | float():
            return record(5, head + struct.pack("<d", cell))
        case "":
            return b""
    return record(7, head + struct.pack("<I", texts.setdefault(cell, len(texts))))


# ---------------------------------------------------------------------------------------- .ods, as LibreOffice writes it

SPACES = {
    **{short: f"urn:oasis:names:tc:opendocument:xmlns:{short}:1.0" for short in ("office", "table", "text", "style")},
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


def ods(pages: list[Page], date_1904: bool = False, old: bool = False) -> bytes:
    """A spreadsheet; ``old``: errors as OpenOffice writes them, a number 0 that shows #N/A."""
    spaces = " ".join(f'xmlns:{short}="{name}"' for short, name in SPACES.items())
    first = '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    styles = "".join(
        f'<style:style style:name="t{int(shown)}" style:family="table"><style:table-properties table:display='
        f'"{str(shown).lower()}"/></style:style>'
        for shown in (False, True)
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{first if date_1904 else ''}"
        f"{''.join(_table_of_ods(page, old) for page in pages)}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return packed({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def _table_of_ods(page: Page, old: bool) -> str:
    spans = {(top, left): (end - top + 1, right - left + 1) for top, left, end, right in page.merged}
    rows = []
    for number, cells in enumerate(page.rows):
        made = []
        for column, cell in enumerate(cells):
            down, across = spans.get((number, column), (1, 1))
            span = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
            made.append(_cell_of_ods(cell, span if down * across > 1 else "", old))
        rows.append(f"<table:table-row>{''.join(made)}</table:table-row>")
    named = f'table:name={quoteattr(page.name)} table:style-name="t{int(not page.hidden)}"'
    return f"<table:table {named}>{''.join(rows)}</table:table>"


def _cell_of_ods(cell: Any, span: str, old: bool) -> str:
    formula = ' table:formula="of:=6*2"' if isinstance(cell, Failed | Worth) else ""
    match cell:
        case Failed(error) if old:
            kind, shown = 'office:value-type="float" office:value="0"', error
        case Failed(error):
            kind, shown = 'office:value-type="string" office:string-value="" calcext:value-type="error"', error
        case Worth(None):
            kind, shown = "", ""
        case Worth(value):
            return _cell_of_ods(value, f"{formula}{span}", old)
        case bool():
            kind, shown = f'office:value-type="boolean" office:boolean-value="{str(cell).lower()}"', str(cell).upper()
        case date():
            kind, shown = f'office:value-type="date" office:date-value="{cell.isoformat()}"', f"{cell:%Y/%m/%d}"
        case int() | float():
            kind, shown = f'office:value-type="float" office:value="{cell}"', str(cell)
        case "":
            return f"<table:table-cell{formula}{span}/>"
        case _:
            kind, shown = 'office:value-type="string" calcext:value-type="string"', cell
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n")) if shown else ""
    return f"<table:table-cell{formula}{span} {kind}>{lines}</table:table-cell>"


def packed(members: dict[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()
