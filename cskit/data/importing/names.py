"""How near is a name to what we call it? 1 is a word of the dictionary, 0 nothing alike."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache

from cskit.data.schema import Table, table_named, tight

__all__ = ["Words", "is_id", "near_column", "near_file"]

# What exports hang on a name: 会社名(必須), ■契約日, 顧客ID_1, *plan
DECORATION = re.compile(r"\(.*?\)|\[.*?\]|【.*?】|[*※■□●○◆▼☆★#:：/・.]|(?<=\D)\d{1,2}$|必須$|任意$")
# Ways to write the same: 契約開始年月日 is 契約開始日, 顧客番号 is 顧客ID.
SAME = (
    (r"年月日|日付", "日"), (r"番号|コード|no$|number$|code$", "id"), (r"の?有無|フラグ|flag$|区分$|種別$", ""),
    (r"名称", "名"), (r"^(対象|最終|初回|本社|現在の?)", ""), (r"(回数|件数|人数|数)$", "数"), (r"締切|期限", "終了"),
)  # fmt: skip
FILE_DECORATION = re.compile(
    r"\d+|一覧|リスト|データ|マスター?|台帳|管理表?|記録|実施|シート|エクスポート|出力|抽出|最新|list|export|report|all|data|[().・,]"
)
Words = Mapping[str, str]


def near_column(words: Words, header: str) -> dict[str, float]:
    """How near a header is to each column; only those to which it is near at all.

    Parameters
    ----------
    words : mapping of str to str
        What :attr:`Table.headers` holds, with those of params.

    Returns
    -------
    dict of str to float
        From 0 to 1, by column: 1 a word of the dictionary, 0.95 one but for decoration or the way of writing.

    Examples
    --------
    >>> from cskit.data.schema import tables
    >>> words = tables()["customers"].headers
    >>> near_column(words, "会社名"), near_column(words, "■会社名(必須)"), near_column(words, "天気")
    ({'name': 1.0}, {'name': 0.95}, {})
    """
    plain = tight(header)
    if plain in words:
        return {words[plain]: 1.0}
    bare = tight(DECORATION.sub("", header)) or plain
    if bare in words:
        return {words[bare]: 0.95}
    spelt = _spelt(words, bare)
    if len(spelt) == 1:
        return {spelt.pop(): 0.95}
    found: dict[str, float] = {}
    for word, column in words.items():
        if near := _near(bare, word):
            found[column] = max(near, found.get(column, 0.0))
    return found


def is_id(header: str) -> bool:
    """Whether a header says that it holds identifiers.

    >>> is_id("イベント番号"), is_id("Ticket ID"), is_id("件名")
    (True, True, False)
    """
    return _same(tight(DECORATION.sub("", header))).endswith("id")


def _spelt(words: Words, bare: str) -> set[str]:
    """The columns whose words are the same but for the way of writing."""
    wanted = _same(bare)
    return {column for word, column in words.items() if wanted and _same(word) == wanted}


@cache
def _same(text: str) -> str:
    for pattern, instead in SAME:
        text = re.sub(pattern, instead, text)
    return text


def near_file(table: Table, names: Iterable[str]) -> float:
    """How near the names of a file or sheet are to a table's.

    >>> from cskit.data.schema import tables
    >>> [near_file(tables()["customers"], [name]) for name in ("顧客", "顧客一覧_2023最新", "Sheet1")]
    [1.0, 0.95, 0.0]
    """
    return max((_near_file(table, name) for name in names), default=0.0)


def _near_file(table: Table, name: str) -> float:
    if table_named(name) == table.name:
        return 1.0
    bare = FILE_DECORATION.sub("", tight(name))
    words = {tight(word) for word in (table.name, table.ja, *table.called)}
    if tight(name) in words or bare in {*words, *(FILE_DECORATION.sub("", word) for word in words)} - {""}:
        return 0.95
    return max((_near(bare, word) for word in words), default=0.0)


@cache
def _near(name: str, word: str) -> float:
    """Alike in spelling, or one within the other; a short word proves little."""
    if not name or not word:
        return 0.0
    least = 2 if re.search(r"[^\x00-\x7f]", word) else 4
    if len(word) >= least and word in name:
        return 0.5 + 0.35 * len(word) / len(name)
    if len(name) >= least and name in word:
        return 0.4 + 0.35 * len(name) / len(word)
    if 2 * min(len(name), len(word)) < 0.75 * (len(name) + len(word)):  # no ratio can be as much
        return 0.0
    ratio = SequenceMatcher(None, name, word).ratio()
    return 0.9 * ratio if ratio >= 0.75 else 0.0
