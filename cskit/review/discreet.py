"""Does a text name a customer that it is not for? As people write names: any case, width or spacing, as whole words."""

import re
import unicodedata
from functools import lru_cache

__all__ = ["names_another", "sought"]

SHORTEST = 3  # letters of a name from which it is looked for in texts; a shorter one is part of too many words
WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # what a name may be broken by, unseen


@lru_cache(maxsize=4)
def sought(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names as they are looked for; worked out once for all reviews.

    Examples
    --------
    >>> sought(("Aster Inc.", "カメ 商事", "IT"))
    (' aster inc ', 'カメ商事')
    """
    keys = {_key(name) for name in names}
    return tuple(sorted(key for key in keys if len(key.replace(" ", "")) >= SHORTEST))


def names_another(text: str, names: tuple[str, ...], own: str) -> bool:
    """Whether a text names a customer that is not the one it is for.

    A name within its own counts only where it stands alone.

    Examples
    --------
    >>> names = sought(("Aster", "Aster Tokyo", "KAME商事"))
    >>> [names_another(text, names, "Aster Tokyo") for text in ("for Aster Tokyo", "as ASTER does", "ＫＡＭＥ商事の例")]
    [False, True, True]
    >>> names_another("disaster", names, "KAME商事"), names_another("as Aster Tokyo does", names, "Aster")
    (False, True)
    """
    plain, mine = _plain(text), _key(own)
    others = plain.replace(mine, " ") if mine else plain
    return any(name != mine and name in (plain if mine and mine in name else others) for name in names)


def _key(name: str) -> str:
    """A name, with a blank where it must begin or end a word: next to Japanese there is none."""
    words = _plain(name).strip()
    return f"{' ' * words[0].isascii()}{words}{' ' * words[-1].isascii()}" if words else ""


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Words with one blank between them and at both ends; none between words of another script than ours."""
    words = WORD.findall(UNSEEN.sub("", unicodedata.normalize("NFKC", text).casefold()))
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", f" {' '.join(words)} ")
