"""What would a perfect export look like? An empty workbook with a sheet per table, to be filled in or copied."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cskit.data.schema import Column, Table, tables
from cskit.errors import DataError, SettingsError

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

__all__ = ["NAME", "note", "write_templates"]

NAME = "cskit_tables.xlsx"
FORMATS = {"text": "@", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "month": "yyyy-mm"}
ROWS = 100_000  # as far as cells are prepared; more may be filled in
WORDS = {
    "en": {
        "required": "required",
        "optional": "may be empty",
        "key": "names the row",
        "unit": "in {}",
        "from": "from {}",
        "to": "to {}",
        "refers": "as in {}",
        "yes": "yes or no",
    },
    "ja": {
        "required": "必須",
        "optional": "空欄可",
        "key": "行を特定する列",
        "unit": "単位 {}",
        "from": "{}以上",
        "to": "{}以下",
        "refers": "「{}」シートにある値",
        "yes": "はい/いいえ",
    },
}
TYPES_JA = {
    "text": "文字列",
    "integer": "整数",
    "number": "数値",
    "boolean": "はい/いいえ",
    "date": "日付 2023-04-01",
    "datetime": "日時 2023-04-01 09:30",
    "month": "年月 2023-04",
}


def write_templates(folder: Path, lang: str) -> list[Path]:
    """Write an empty workbook with a sheet per table; filled in, it is a source as it stands.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    lang : str
        Of sheet names, headers and notes: ``en`` or ``ja``.

    Returns
    -------
    list of Path
        The one workbook.

    Raises
    ------
    SettingsError
        If there are no templates in this language.
    DataError
        If a workbook of this name is there already, or cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, NAME).write_bytes(b"filled in")
    ...     write_templates(Path(folder), "ja")
    Traceback (most recent call last):
    cskit.errors.DataError: ...cskit_tables.xlsx: is there already, and may be filled in. Move it away, ...
    """
    if lang not in WORDS:
        raise SettingsError(f'lang: found "{lang}"; it is one of {", ".join(WORDS)}.')
    path = folder / NAME
    if path.exists():
        raise DataError(f"{path}: is there already, and may be filled in. Move it away, or name another folder.")
    from xlsxwriter import Workbook

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Workbook(str(path)) as book:
            for table in tables().values():
                _sheet(book, table, lang)
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror or error}.") from None
    return [path]


def note(table: Table, column: Column, lang: str) -> str:
    """What the note on a header says: meaning, type, unit, what is allowed, whether it may be empty.

    >>> print(note(tables()["nps_responses"], tables()["nps_responses"].columns["score"], "en"))
    likelihood to recommend; empty: the form came back without a score
    a whole number from 0 to 10
    in points
    may be empty
    """
    words = WORDS[lang]
    lines = [column.about, column.wanted] if lang == "en" else [f"{column.name}", _wanted_ja(column)]
    if column.unit:
        lines.append(words["unit"].format(column.unit))
    if column.refers:
        other = tables()[column.refers]
        lines.append(words["refers"].format(other.name if lang == "en" else other.ja))
    lines.append(words["required" if column.required else "optional"])
    if column.name in table.key:
        lines.append(words["key"])
    return "\n".join(lines)


def _wanted_ja(column: Column) -> str:
    if column.allowed:
        return " / ".join(others[0] if others else value for value, others in column.allowed.items())
    words = WORDS["ja"]
    low = [words["from"].format(f"{column.min:g}")] if column.min is not None else []
    high = [words["to"].format(f"{column.max:g}")] if column.max is not None else []
    return " ".join([TYPES_JA[column.type], *low, *high])


def _sheet(book: "Workbook", table: Table, lang: str) -> None:
    sheet = book.add_worksheet(table.ja if lang == "ja" else table.name)
    sheet.freeze_panes(1, 0)
    sheet.set_comments_author("cskit")
    for at, column in enumerate(table.columns.values()):
        header = column.ja[0] if lang == "ja" and column.ja else column.name
        sheet.set_column(at, at, max(12, 2 * len(header)), _format(book, column))
        sheet.write_string(0, at, header, book.add_format({"bold": column.required, "bottom": 1, "text_wrap": True}))
        sheet.write_comment(0, at, note(table, column, lang), {"x_scale": 2, "y_scale": 1.5})
        if choices := _choices(column, lang):
            sheet.data_validation(1, at, ROWS, at, {"validate": "list", "source": choices, "error_type": "warning"})


def _format(book: "Workbook", column: Column) -> "Format | None":
    """Text stays text: without it Excel takes the zeros from 00123."""
    shape: dict[str, Any] = {"num_format": FORMATS[column.type]} if column.type in FORMATS else {}
    return book.add_format(shape) if shape else None


def _choices(column: Column, lang: str) -> list[str]:
    if column.type == "boolean":
        return ["はい", "いいえ"] if lang == "ja" else ["yes", "no"]
    named = column.allowed or {}
    return [others[0] if lang == "ja" and others else value for value, others in named.items()]
