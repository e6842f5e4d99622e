"""Figures: text that stays text, colours of the page, glyphs for every word of ours."""

import re

from babel.messages.pofile import read_po

from cskit.style import COLOURS, _fonts, chart


def _words(ax, _width):
    ax.plot([0, 1], [0, 1], color=COLOURS["ink"])
    ax.set_title("𠮷野家 🎉 $1 & <b>")


def test_a_name_of_any_script_is_drawn_as_it_is():
    svg = chart(_words, "alt").svg
    assert "𠮷野家 🎉 $1 &amp; &lt;b&gt;" in svg and "<b>" not in svg


def test_it_is_drawn_twice_and_takes_its_colours_from_the_page():
    svg = chart(_words, "alt").svg
    assert svg.count("<svg ") == 2 and 'class="at-wide"' in svg and 'class="at-narrow"' in svg
    assert f"var(--ink, {COLOURS['ink']})" in svg


def test_the_same_figure_is_the_same_text():
    assert chart(_words, "alt").svg == chart(_words, "alt").svg


def test_no_id_is_used_twice():
    ids = re.findall(r' id="([^"]+)"', chart(_words, "alt").svg)
    assert len(ids) == len(set(ids))


def test_every_word_of_ours_has_its_glyphs(root):
    from matplotlib import font_manager

    known: set[int] = set()
    for name in _fonts():
        known |= set(font_manager.get_font(font_manager.findfont(name)).get_charmap())
    with (root / "cskit/locale/ja/cskit.po").open("rb") as file:
        said = "".join(str(entry.string) for entry in read_po(file, locale="ja") if entry.id)
    assert not {character for character in said if ord(character) not in known and not character.isspace()}
