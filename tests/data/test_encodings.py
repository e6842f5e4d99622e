"""cp932 and EUC-JP are never mistaken for each other: by texts of a CS team, long and short."""

import random
from pathlib import Path

import pytest

from cskit.data.encodings import ENCODINGS, opened, written
from cskit.data.unreadable import UnreadableError

SENTENCES = [
    "いつもお世話になっております。ログインできない件についてご確認をお願いいたします。",
    "導入支援の打ち合わせを来週に変更したいとのご連絡がありました。",
    "請求書の宛名が旧社名のままになっている。経理部の佐藤様より電話で問い合わせ。",
    "サポートの対応が早くて助かっています。マニュアルがもう少し詳しいと嬉しいです。",
    "利用者が三名から五名に増える見込み。追加ライセンスの見積を希望。",
    "現場の定着に時間がかかっているため、勉強会の開催を提案した。",
    "価格改定の説明に納得いただけず、解約を検討中。部長同席で再度訪問する。",
    "ﾃﾞｰﾀ連携のｴﾗｰが発生。ｻｰﾊﾞｰ側のﾛｸﾞを確認中です。",
    "東京都千代田区丸の内一丁目九番一号",
    "株式会社北海道農産物流通研究所",
]
HARD = [SENTENCES[7], SENTENCES[9]]  # much half-width kana, which EUC-JP rarely has; kanji alone, and few
WORDS = ["業務", "社", "ソ", "表示", "能", "山田太郎", "高橋", "東京", "大阪支店", "有り", "ｶﾌﾞｼｷｶﾞｲｼｬ", "ﾔﾏﾀﾞ ﾀﾛｳ", "ｱ",
         "テスト", "未対応", "済", "はい", "○", "〜", "−", "、", "・", "導入済", "予定", "ー", "々", "亜", "腕", "弌", "熙"]  # fmt: skip
BOTH = {"cp932": "cp932", "euc_jp": "euc_jp"}


def seen(path: Path, text: str, encoding: str) -> str:
    """The text as it would be read, or ``asked`` where the file is refused because it may be either."""
    path.write_bytes(text.encode(encoding))
    try:
        found = written(path, path.name)
    except UnreadableError as error:
        return "asked" if "nothing in it tells which" in error.what else error.what
    with opened(path, found.encoding) as file:
        return file.read()


@pytest.mark.parametrize("encoding", BOTH)
def test_every_sentence_is_read_as_it_was_written(tmp_path, encoding):
    for sentence in SENTENCES:
        text = f"id,comment\n1,{sentence}\n"
        if encoding == "euc_jp" and sentence in HARD:
            assert seen(tmp_path / "a.csv", text, encoding) in (text, "asked")
        else:
            assert seen(tmp_path / "a.csv", text, encoding) == text


@pytest.mark.parametrize("encoding", BOTH)
def test_a_known_header_settles_it(tmp_path, encoding):
    for word in WORDS:
        text = f"顧客ID,会社名\n1,{word}\n".replace("−", "ー").replace("〜", "ー")
        assert seen(tmp_path / "a.csv", text, encoding) == text


@pytest.mark.parametrize("encoding", BOTH)
def test_short_texts_are_read_right_or_asked_about_never_garbled(tmp_path, encoding):
    asked, total = 0, 0
    rng = random.Random(7)
    for number in range(300):
        words = rng.sample(WORDS, k=1 + number % 4)
        text = "id,x\n" + "".join(f"{at},{word}\n" for at, word in enumerate(words))
        text = text.replace("−", "ー").replace("〜", "ー")
        found = seen(tmp_path / "a.csv", text, encoding)
        assert found in (text, "asked"), text
        asked, total = asked + (found == "asked"), total + 1
    assert asked < total * (0.6 if encoding == "euc_jp" else 0.3)


@pytest.mark.parametrize("encoding", BOTH)
def test_any_kanji_of_everyday_use_in_any_mix(tmp_path, encoding):
    """Strings of random kanji, the worst there can be: without kana to tell, and no words."""
    level = [bytes((lead, trail)).decode("cp932") for lead in range(0x89, 0x98) for trail in range(0x40, 0x7F)]
    rng = random.Random(11)
    for number in range(300):
        kanji = "".join(rng.choices(level, k=1 + number % 40))
        text = f"id,x\n1,{kanji}\n"
        assert seen(tmp_path / "a.csv", text, encoding) in (text, "asked"), text


def test_half_width_kana_in_any_mix(tmp_path):
    """As banks write names: of even length each could be kanji of EUC-JP."""
    kana = [chr(code) for code in range(0xFF66, 0xFFA0)]
    rng = random.Random(13)
    for number in range(400):
        names = ["".join(rng.choices(kana, k=2 * rng.randint(1, 6))) for _ in range(1 + number % 5)]
        text = "id,x\n" + "".join(f"{at},{name}\n" for at, name in enumerate(names))
        assert seen(tmp_path / "a.csv", text, "cp932") in (text, "asked"), text


def test_params_may_name_every_encoding_that_is_known():
    from typing import get_args

    from cskit.settings import Part

    assert set(get_args(Part.model_fields["encoding"].annotation)) - {""} == set(ENCODINGS)
    assert Part(file="a", encoding="Shift_JIS").encoding == "shift_jis"
    assert Part(file="a", encoding="EUC_JP").encoding == "euc-jp"
    assert Part(file="a", separator="tab").separator == "\t"
