"""Figures: text that stays text, colours of the page, glyphs for every word of ours."""

import re

import pytest
from babel.messages.pofile import read_po

from cskit import style
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


def _labelled(ax, _width):
    ax.barh([0, 1], [3, 12345])
    style.bar_rows(ax, ["a long label of a row", "b"])
    ax.annotate("12,345 customers", (12345, 1), (4, 0), textcoords="offset points")


def _scaled(ax, _width):
    ax.plot(range(7), [value / 3 for value in range(7)])
    ax.set_ylabel("Share")


@pytest.mark.parametrize("draw", [_words, _labelled, _scaled])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_axes_stand_where_constrained_layout_would_put_them(draw, width):
    with style._look(width):
        figure = style._figure(draw, width, 2.6)
        [ax] = figure.axes
        ours = ax.get_position().frozen().extents
        figure.set_layout_engine("constrained")
        figure.get_layout_engine().execute(figure)
        assert ours == pytest.approx(ax.get_position().extents, abs=0.002)


def test_every_word_of_ours_has_its_glyphs(root):
    from matplotlib import font_manager

    known: set[int] = set()
    for name in _fonts():
        known |= set(font_manager.get_font(font_manager.findfont(name)).get_charmap())
    with (root / "cskit/locale/ja/cskit.po").open("rb") as file:
        said = "".join(str(entry.string) for entry in read_po(file, locale="ja") if entry.id)
    assert not {character for character in said if ord(character) not in known and not character.isspace()}
