"""Do two spellings name the same company? (株)アクメ, アクメ株式会社 and ｱｸﾒ ㈱ do.

A plain name leaves out the legal form, width, capitals, spaces, dots and 様. Two different companies may share one
(株式会社アクメ and 有限会社アクメ), so whoever joins by it must refuse a plain name that stands for two customers.
"""

import re
import unicodedata

__all__ = ["plain_company"]

# Full-width letters and half-width kana, sign by sign: NFKC would take more apart, such as ㈱ and ①. The voiced marks
# become combining ones, which the normal form then joins to the letter before.
FULL = "".join(map(chr, range(0xFF01, 0xFF5F))) + "　\xa0\t\r\n‐‑‒–—―−﹣"
HALF = "".join(map(chr, range(0x21, 0x7F))) + "     " + "-" * 8
KANA_HALF = "".join(map(chr, range(0xFF61, 0xFFA0)))
KANA_FULL = (
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ"
    "ヤユヨラリルレロワン\u3099\u309a"
)
WIDE, PLAIN = FULL + KANA_HALF + "゛゜", HALF + KANA_FULL + "\u3099\u309a"
WIDTH = str.maketrans(WIDE, PLAIN)
# Anywhere in a name: no company is called so by itself, and a branch may follow.
FORMS = (
    "株式会社|有限会社|合同会社|合資会社|合名会社|㍿|㈱|㈲|㈾|㈴|㈳|㈶|\\((株|有|同|資|名|社|財|一社|一財)\\)"
    "|(一般|公益)?(社団|財団)法人"
)
# At the end only, after a space or a comma, as many as there are: Acme Holdings Co., Ltd.
ENDINGS = (
    "([ ,]+(incorporated|inc|corporation|corp|company|co|limited|ltd|llc|llp|plc|gmbh|ag|k\\. ?k|kk|g\\. ?k"
    "|pte|pty|s\\.a|bv|b\\.v)\\.?)+$"
)
HONORIFIC = " *(様|御中|さま)$"
DROPPED = "[ ,.・。、]"
STEPS = (("^ +| +$", ""), (HONORIFIC, ""), (FORMS, " "), (" +$", ""), (ENDINGS, ""), (DROPPED, ""))


def plain_company(name: str) -> str:
    """A company's name as it is compared; empty when nothing but a legal form was there.

    >>> {plain_company(name) for name in ("株式会社アクメ", "ｱｸﾒ（株）", "アクメ ㈱ 御中", "アクメ株式会社")}
    {'アクメ'}
    >>> plain_company("ＡＣＭＥ　Japan Co., Ltd.")
    'acmejapan'
    """
    text = unicodedata.normalize("NFC", name.translate(WIDTH)).lower()
    for pattern, instead in STEPS:
        text = re.sub(pattern, instead, text)
    return text
