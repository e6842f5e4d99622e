"""What of an output may stand on a page."""

import re

import pytest

from cskit.report.clean import clean, picture
from cskit.report.pages import TEMPLATES
from cskit.style import COLOURS


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<p onclick="alert(1)">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<iframe src="https://example.com"></iframe>',
        '<form action="https://example.com"><input name=a></form>',
        "<style>body{display:none}</style>",
        '<link rel=stylesheet href="https://example.com/a.css">',
        '<meta http-equiv=refresh content="0;url=https://example.com">',
        '<p style="background:url(https://example.com/a.png)">x</p>',
        '<p style="position:fixed;inset:0">x</p>',
        '<svg viewBox="0 0 1 1"><use href="https://example.com/a.svg#b"/></svg>',
        '<svg viewBox="0 0 1 1"><image href="https://example.com/a.png"/></svg>',
        '<svg viewBox="0 0 1 1" onload="alert(1)"><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
        '<svg viewBox="0 0 1 1"><foreignObject><script>alert(1)</script></foreignObject></svg>',
        '<svg viewBox="0 0 1 1"><set attributeName="href" to="javascript:alert(1)"/></svg>',
        '<svg viewBox="0 0 1 1"><rect style="fill:url(https://example.com/a.svg#b)"/></svg>',
        '<svg viewBox="0 0 1 1"><rect fill="url(https://example.com/a.svg#b)"/></svg>',
    ],
)
def test_nothing_runs_and_nothing_is_asked_for(hostile: str):
    kept = clean(hostile, "a")
    assert not re.search(r"script|alert|example\.com|\bon\w+=|position|iframe|form|<img|<link|<meta|data:text", kept)


def test_a_link_that_a_reader_may_follow_stays():
    assert 'href="https://example.com/crm/7"' in clean('<a href="https://example.com/crm/7">CRM</a>', "a")
    assert 'href="dear_health.html"' in clean('<a href="dear_health.html">x</a>', "a")


def test_two_drawings_with_the_same_ids_do_not_share_them():
    drawing = '<svg viewBox="0 0 9 9"><defs><path id="m1" d="M0 0"></path></defs><use xlink:href="#m1"/><g id="axes_1" clip-path="url(#m1)"/></svg>'
    first, second = clean(drawing, "o1"), clean(drawing, "o2")
    assert 'id="o1-0"' in first and 'href="#o1-0"' in first and 'clip-path="url(#o1-0)"' in first
    assert "axes_1" not in first
    assert first.replace("o1-", "o2-") == second


def test_a_drawing_stops_shrinking_where_its_smallest_words_reach_eleven_pixels():
    # 400 units wide with words of 8 units: at 550 px a word is 8 * 550 / 400 = 11 px
    drawing = '<svg viewBox="0 0 400 100"><text style="font-size: 8px">a</text><text font-size="12">b</text></svg>'
    assert 'style="min-width:550px"' in clean(drawing, "a")


def test_an_older_matplotlib_names_size_and_font_in_one():
    drawing = """<svg viewBox="0 0 400 100"><text style="font: bold 8px 'DejaVu Sans', sans-serif">a</text></svg>"""
    kept = clean(drawing, "a")
    assert "font-size:8px" in kept and "font-weight:bold" in kept and "DejaVu" not in kept


def test_a_drawing_in_the_palette_turns_with_the_page():
    kept = clean(
        '<svg viewBox="0 0 9 9"><g style="fill: #1d2733; stroke: #ffffff"/><g style="stroke:#000000"/></svg>', "a"
    )
    assert "fill:var(--ink)" in kept and "stroke:var(--paper)" in kept and "#" not in kept
    known = clean(f'<svg viewBox="0 0 9 9"><g style="fill: var(--good, {COLOURS["good"]})"/></svg>', "a")
    assert f"fill:var(--good, {COLOURS['good']})" in known


def test_the_page_knows_every_tone_of_the_palette():
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    light, dark = style.split("prefers-color-scheme:dark", 1)
    for tone in COLOURS:
        assert f"--{tone}:" in light and f"--{tone}:" in dark.split("}}", 1)[0]
    assert all(f"--{tone}:{colour}" in light for tone, colour in COLOURS.items())


def test_both_widths_of_a_figure_are_read_out_as_the_same():
    two = '<figure><svg class="at-wide" aria-label="A &quot;b&quot;" viewBox="0 0 9 9"></svg><svg class="at-narrow" style="display:none" viewBox="0 0 5 5"></svg></figure>'
    kept = clean(two, "a")
    assert kept.count('role="img" aria-label="A &quot;b&quot;"') == 2
    assert "display" not in kept
    assert '<div class="plot at-wide">' in kept and '<div class="plot at-narrow">' in kept


def test_every_table_scrolls_in_a_frame_the_keyboard_reaches_once():
    table = "<table><caption>Who &amp; <b>what</b></caption><tr><td>1</td></tr></table>"
    for html in (table, f'<div class="wide">{table}</div>'):
        kept = clean(html, "a")
        assert kept.startswith('<div class="wide" tabindex="0" role="region" aria-label="Who &amp; what"><table>')
        assert kept.count("<div") == 1


def test_a_bitmap_is_part_of_the_page():
    assert picture('AA"onload=', "image/png", 'a "map"') == (
        '<figure><img src="data:image/png;base64,AAonload=" alt="a &quot;map&quot;"></figure>'
    )
