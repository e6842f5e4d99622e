"""In which encoding is a text file written? Told by proof, in a fixed order of trials, or asked for; never guessed.

1. A mark at its start names it. 2. Bytes of zero: UTF-16, in the one byte order that gives text. 3. Escape sequences:
ISO-2022-JP. 4. It is UTF-8 when all of it is. 5. Otherwise it is cp932 or EUC-JP. Where both can be read, the headers
decide, then the letters: a text in the wrong one of the two is half-width kana and rare kanji throughout. Where
neither decides, the file is refused, and params say which.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TextIO

from cskit.data.schema import plain, tables
from cskit.data.unreadable import UnreadableError

__all__ = ["ENCODINGS", "Written", "opened", "written"]

BLOCK = 1 << 22
PROOF = 1 << 18  # bytes that are looked at where headers or letters must decide
BLANK_LINE = re.compile(rb"\n\r?\n\r?[^\r\n]")
NO_CHARACTER = re.compile("[\x80\xa0\uf8f0-\uf8f3]")  # Python lets single bytes through that cp932 does not have
SHIFTED = "\u0a00"  # no character: a line end of UTF-16 from which a byte is missing before
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What params may say, to Python's name and the one that is shown.
ENCODINGS = {
    "utf-8": ("utf-8-sig", "UTF-8"),
    "utf-16": ("utf-16", "UTF-16"),
    "utf-16-le": ("utf-16-le", "UTF-16"),
    "utf-16-be": ("utf-16-be", "UTF-16"),
    "utf-32": ("utf-32", "UTF-32"),
    "cp932": ("cp932", "cp932"),
    "shift_jis": ("cp932", "cp932"),
    "euc-jp": ("euc_jp", "EUC-JP"),
    "iso-2022-jp": ("iso2022_jp", "ISO-2022-JP"),
    "cp1252": ("cp1252", "cp1252"),
}
HIGH = re.compile(rb"[\x80-\xff]+")
PAIRS = re.compile(rb"(?:[\xc2-\xdf][\xa1-\xbf])+")
TRIPLE = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")


@dataclass(frozen=True, slots=True)
class Written:
    """An encoding by Python's name, and whether the engine would count the lines otherwise than a spreadsheet.

    >>> [Written(encoding, odd_lines=False).said for encoding in ("utf-8-sig", "cp932", "euc_jp", "utf-16-le")]
    ['', 'cp932', 'EUC-JP', 'UTF-16']
    """

    encoding: str
    odd_lines: bool

    @property
    def said(self) -> str:
        """The encoding as it is shown; nothing where it is UTF-8."""
        shown = next((shown for name, shown in ENCODINGS.values() if name == self.encoding), self.encoding)
        return "" if shown == "UTF-8" else shown


def written(path: Path, name: str, told: str = "") -> Written:
    """The encoding of a text file.

    Parameters
    ----------
    path : Path
        The file; it is read once, or twice.
    name : str
        As the user knows it.
    told : str
        What params say, of ``ENCODINGS``; then that is tried and nothing else.

    Raises
    ------
    UnreadableError
        If it is empty, is in none of the encodings, or may be in two that give different texts.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "customers.csv")
    ...     for encoding in ("cp932", "euc_jp", "iso2022_jp", "utf-16-le"):
    ...         _ = path.write_bytes("顧客名,プラン".encode(encoding))
    ...         written(path, path.name).encoding
    'cp932'
    'euc_jp'
    'iso2022_jp'
    'utf-16-le'

    Four signs of half-width kana are two kanji of EUC-JP as well.

    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "customers.csv")
    ...     _ = path.write_bytes("name,ｱｸﾒﾞ".encode("cp932"))
    ...     written(path, path.name)
    Traceback (most recent call last):
    cskit.data.unreadable.UnreadableError: it can be read as cp932 and as euc-jp, with different texts, and nothing ...
    """
    with path.open("rb") as file:
        start = file.read(BLOCK)
    if not start.strip():
        raise UnreadableError("the file is empty", "Export it again: row 1 holds the column names.")
    marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), "")
    if told:
        return _certain(path, ENCODINGS[told][0], "params say")
    if marked:
        return _certain(path, marked, "its first bytes say")
    if b"\0" in start:
        return _without_mark(path, name)
    found = _tried(path, "utf-8-sig")
    if found and (b"\x1b$" in start or b"\x1b(" in start):
        return _certain(path, "iso2022_jp", "its escape sequences say")
    if found and _may_be_kana(start):
        raise _doubt(name, "utf-8", "cp932")
    return found or _japanese(path, name, start)


def opened(path: Path, encoding: str) -> TextIO:
    r"""A text file, its line ends as they are.

    Parameters
    ----------
    encoding : str
        By Python's name. EUC-JP is read with what Windows writes in it: ①, ㈱, 髙.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "customers.csv").write_bytes(b"\xad\xea\r\n")
    ...     with opened(Path(folder, "customers.csv"), "euc_jp") as file:
    ...         file.read()
    '㈱\r\n'
    """
    return path.open(encoding=encoding, errors=_errors(encoding), newline="")


def _certain(path: Path, encoding: str, who: str) -> Written:
    found = _tried(path, encoding)
    if not found:
        name = Written(encoding, False).said or "UTF-8"
        raise UnreadableError(f"it is not {name} text throughout, as {who}", "Export it again as CSV UTF-8.")
    return found


def _without_mark(path: Path, name: str) -> Written:
    """UTF-16 whose byte order shows in its text: a comma or line end read the wrong way round is no such sign."""
    found = [own for order in ("utf-16-le", "utf-16-be") if (own := _tried(path, order)) and _is_text(path, order)]
    if len(found) == 1:
        return found[0]
    if found:
        raise _doubt(name, "utf-16-le", "utf-16-be")
    raise UnreadableError("it holds bytes of zero and is no text", "Export it again as CSV UTF-8.")


def _is_text(path: Path, encoding: str) -> bool:
    text = _beginning(path, encoding)
    return bool(re.search("[\n\r,;\t|]", text)) and not CONTROL.search(text)


def _japanese(path: Path, name: str, start: bytes) -> Written:
    """The one of cp932 and EUC-JP that it can be, or is by proof."""
    if 3 * len(TRIPLE.findall(start)) > 0.8 * sum(map(len, HIGH.findall(start))):
        raise UnreadableError("it is UTF-8 text with broken characters", "Export it again as CSV UTF-8.")
    found = [own for encoding in ("cp932", "euc_jp") if (own := _tried(path, encoding))]
    if not found:
        what = "it is neither UTF-8 nor cp932 (Shift_JIS) nor EUC-JP text"
        raise UnreadableError(what, "Save it as CSV UTF-8, or say in params what it is: encoding: cp1252, say.")
    if all(_in_word(start, run) for run in HIGH.finditer(start)):
        raise _doubt(name, "cp932", "cp1252")
    if len(found) == 1:
        return found[0]
    texts = {own.encoding: _beginning(path, own.encoding) for own in found}
    proven = _by_headers(texts) or _by_letters(texts, start)
    if not proven:
        raise _doubt(name, "cp932", "euc-jp")
    return next(own for own in found if own.encoding == proven)


def _in_word(start: bytes, run: re.Match[bytes]) -> bool:
    """Whether one byte beyond ASCII stands in a word, as é in Gérard: of Western Europe, or half of a rare kanji."""
    at, end = run.span()
    around = start[max(at - 1, 0) : at] + start[end : end + 1]
    return end - at == 1 and start[at] >= 0xC0 and any(byte < 128 and chr(byte).isalpha() for byte in around)


def _by_headers(texts: dict[str, str]) -> str:
    """The only one in which cells of the first lines are headers that cskit knows."""
    naming = []
    for encoding, text in texts.items():
        cells = re.split('[,\t;|"\r\n]+', "\n".join(text.splitlines()[:20]))
        if any(not cell.isascii() and plain(cell) in _headers() for cell in cells):
            naming.append(encoding)
    return naming[0] if len(naming) == 1 else ""


def _by_letters(texts: dict[str, str], start: bytes) -> str:
    """The one whose letters are everyday Japanese, where the other's are not."""
    usual = {encoding: _everyday(text) for encoding, text in texts.items()}
    euc = texts["euc_jp"]
    kana = len(re.findall("[ぁ-ゖァ-ヺ]", euc))
    beyond = sum(not letter.isascii() for letter in euc)
    if usual["euc_jp"] >= 0.9 and usual["cp932"] <= 0.5 and ((kana >= 3 and kana >= beyond / 4) or beyond >= 20):
        return "euc_jp"
    halves = {own[0] for own in HIGH.findall(start)}  # half-width kana of EUC-JP begin with 8E, each
    if usual["cp932"] >= 0.9 and usual["euc_jp"] <= 0.5 and halves != {0x8E}:
        return "cp932"
    return ""


def _everyday(text: str) -> float:
    """Of the letters beyond ASCII, the share of kana, full-width letters and the kanji of JIS level 1."""
    letters = Counter(letter for letter in text if not letter.isascii())
    usual = sum(often for letter, often in letters.items() if _is_everyday(letter))
    return usual / max(sum(letters.values()), 1)


@cache
def _is_everyday(letter: str) -> bool:
    if "\uff61" <= letter <= "\uff9f":
        return False
    code = letter.encode("cp932", "ignore")
    return len(code) == 2 and (0x81 <= code[0] <= 0x83 or b"\x88\x9f" <= code <= b"\x98\x72")


def _may_be_kana(start: bytes) -> bool:
    """Whether UTF-8 text could as well be half-width kana of cp932: all of it is such pairs, each beside no letter."""
    if start.isascii() or not all(PAIRS.fullmatch(run[0]) for run in HIGH.finditer(start)):  # the first is none, mostly
        return False
    runs = HIGH.finditer(start)
    alone = [run for run in runs if not _beside_letter(start, run)]
    return any(len(run[0]) > 2 or run[0][0] != 0xC2 for run in alone)


def _beside_letter(start: bytes, run: re.Match[bytes]) -> bool:
    around = start[max(run.start() - 1, 0) : run.start()] + start[run.end() : run.end() + 1]
    return around.decode("ascii", "replace").strip("_- ,;|\t\"'\r\n.") != ""


def _doubt(name: str, one: str, other: str) -> UnreadableError:
    what = f"it can be read as {one} and as {other}, with different texts, and nothing in it tells which."
    file = f"data.mapping.<table>: {{file: {name}, encoding: {one}}}"
    return UnreadableError(what, f"Export it again as CSV UTF-8, or say which in params: {file}, or {other}.")


def _tried(path: Path, encoding: str) -> Written | None:
    """Whether all of a file can be read so; None when not."""
    decoder = codecs.getincrementaldecoder(encoding)(_errors(encoding))
    wide, odd, tail = encoding.startswith(("utf-16", "utf-32")), False, b""
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                text = decoder.decode(block)
                if b"\0" in block and not wide:
                    return None
                if (encoding == "cp932" and NO_CHARACTER.search(text)) or (wide and SHIFTED in text):
                    return None
                lines = tail + block
                odd = (
                    odd
                    or bool(BLANK_LINE.search(lines))
                    or lines.count(b"\r") > lines.count(b"\r\n") + lines.endswith(b"\r")
                )
                tail = block[-4:]
            decoder.decode(b"", final=True)
    except UnicodeError:
        return None
    return Written(encoding, odd or wide or tail.endswith(b"\r"))


def _beginning(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        return codecs.getincrementaldecoder(encoding)(_errors(encoding)).decode(file.read(PROOF))


def _errors(encoding: str) -> str:
    return "cskit.windows_euc" if encoding == "euc_jp" else "strict"


def _windows_euc(error: UnicodeError) -> tuple[str, int]:
    """①, ㈱ and 髙, which EUC-JP as Windows writes it has and Python's has not: the same character of cp932."""
    if isinstance(error, UnicodeDecodeError):
        pair = error.object[error.start : error.start + 2]
        if len(pair) == 2 and min(pair) >= 0xA1 and max(pair) <= 0xFE:
            row, cell = pair[0] - 0xA1, pair[1] - 0xA1
            lead = row // 2 + (0x81 if row < 62 else 0xC1)
            trail = cell + 0x9F if row % 2 else cell + 0x40 + (cell >= 63)
            try:
                return bytes((lead, trail)).decode("cp932"), error.start + 2
            except UnicodeDecodeError:
                pass
    raise error


codecs.register_error("cskit.windows_euc", _windows_euc)


@cache
def _headers() -> frozenset[str]:
    return frozenset(
        plain(word) for table in tables().values() for own in table.columns.values() for word in (*own.ja, own.name)
    )
