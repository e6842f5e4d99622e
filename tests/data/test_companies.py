"""Which spellings of a company's name are one company?"""

import pytest

from cskit.data.companies import plain_company

SAME = [
    ["株式会社アクメ", "アクメ株式会社", "(株)アクメ", "（株）アクメ", "㈱アクメ", "アクメ㈱", "ｱｸﾒ(株)", "アクメ　株式会社", "アクメ㍿"],
    ["有限会社佐藤商店", "（有）佐藤商店", "㈲佐藤商店", "佐藤商店 御中", "㈲ 佐藤 商店様"],
    ["合同会社ガイド", "ガイド合同会社", "(同)ｶﾞｲﾄﾞ"],
    ["ACME Inc.", "Acme, Inc", "ＡＣＭＥ　Ｉｎｃ．", "acme incorporated", "Acme Co., Ltd.", "ACME Co.,Ltd", "ACME K.K.", "Acme KK"],
    ["A.B.C.株式会社", "ＡＢＣ（株）", "A・B・C"],
    ["株式会社ABC 大阪支店", "ABC㈱大阪支店"],
    ["一般社団法人みどり会", "(一社)みどり会"],
]  # fmt: skip
APART = [
    "アクメ",
    "アクメー",
    "アクネ",
    "Inco",
    "Zinc",
    "Costco",
    "アグメ",
    "A-B",
    "AB",
    "ハハ",
    "パパ",
    "ババ",
    "有楽",
    "株木",
]


@pytest.mark.parametrize("names", SAME, ids=[names[0] for names in SAME])
def test_spellings_of_one_company_are_one(names):
    assert len({plain_company(name) for name in names}) == 1
    assert plain_company(names[0])


def test_different_names_stay_apart():
    assert len({plain_company(name) for name in APART}) == len(APART)


def test_a_legal_form_alone_is_no_name():
    assert [plain_company(name) for name in ("株式会社", " ㈱ ", "")] == ["", "", ""]
