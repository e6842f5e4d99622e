"""Pages in a browser: nothing is asked of a network, nothing scrolls sideways, everything can be read."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cskit import i18n, style
from cskit.metrics import metric
from cskit.params import resolve
from cskit.report.coverage import Coverage
from cskit.report.index import index_page
from cskit.report.manifest import Entry
from cskit.report.outputs import read
from cskit.report.pages import Pack
from cskit.report.render import render
from cskit.rows import Rows
from cskit.show import Chart, Finding, Headline
from tests.browser.conftest import BROWSER, words_in_drawings

pytestmark = BROWSER


def drawn(ax: object, width: str) -> None:
    rows = [("Autumn 2022", 4.1, -12.8, 20.5, "+4.1"), ("Spring 2023", 6.4, -12.5, 24.5, "+6.4")]
    style.interval_rows(ax, rows, narrow=width == "narrow")


def executed() -> nbformat.NotebookNode:
    """A report with every kind of output there is, and hostile text in all of them."""
    evil = "<img src='http://127.0.0.1:9/x' onerror='document.title=1'><script>document.title=2</script>"
    keys = ("nps.score", "nps.company_response", "nps.change", "nps.respondent_response", "growth.arr")
    metrics = (
        metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47, before=4.1, year_before=3.0),
        metric("nps.change", 2.3, "estimated", low=-22.7, high=27.0, n=96),
        metric("nps.company_response", 0.824, "counted", n=34, before=0.85, target=0.8),
        metric("nps.respondent_response", 0.457, "counted", n=105),
        metric("growth.arr", 123_456_789_000.0, "counted", before=1e11),
    )
    wide = pd.DataFrame(
        {f"A rather long header {place}": ["some words that take their room", evil] for place in range(9)}
    )
    one = '<svg viewBox="0 0 900 100" width="900pt"><text x="5" y="50" style="font-size: 9px">nine units high</text></svg>'
    shown = [
        Headline(
            f"NPS stands at +6.4. {evil}",
            keys,
            metrics,
            notes=("Preliminary.", evil),
            words="We ask every quarter now.",
        ),
        "## Is the change real?\n\nOf *all* answers.\n\n" + evil,
        style.chart(drawn, "NPS of two waves", "n = 49 and 47", height=2.2),
        Finding("Cannot tell.", "Too few answers."),
        "## Averyveryveryveryveryveryveryverylongwordthatnobodycanbreakwhereitstands?",
        Chart(one, "A drawing of one width"),
        Rows(wide, "Who moved"),
    ]
    cells = [new_markdown_cell("# Would customers recommend us?\n\nFor leadership.")]
    for each in shown:
        output = None if isinstance(each, str) else new_output("execute_result", data=each._repr_mimebundle_())
        cells.append(new_markdown_cell(each) if output is None else new_code_cell("x", outputs=[output]))
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder with a report and an index."""
    folder = tmp_path_factory.mktemp("pages")
    now = datetime(2023, 7, 3, 9, 5, tzinfo=UTC)
    with i18n.speaking("en"):
        pack = Pack.of(resolve({"period": "2023Q2"}, root=root), ("en", "ja"), now)
        nb = executed()
        finding = read(nb)
        html = render(nb, "nps", finding, pack, {"nps": finding.question}).html
        (folder / "nps.html").write_text(html, encoding="utf-8")
        entry = Entry("nps", "0_nps.ipynb", {"en": finding}, {"en": 1.0}, {}, now, False, "")
        coverage = Coverage(
            tuple((f"table_{place}", "one row of many", "1,234") for place in range(9)), (("usage", "adoption"),)
        )
        html = index_page(pack, [entry], coverage, [("internal/a_rather_long_name_of_a_list_of_customers.csv", "rows")])
        (folder / "index.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture
def opened(visit, pages: Path) -> Callable[..., tuple]:
    """Opens a page by its name at a width."""
    return lambda name, *look: visit(pages / f"{name}.html", *look)


@pytest.mark.parametrize("name", ["nps", "index"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_a_page_asks_for_nothing_says_nothing_and_never_scrolls_sideways(opened, name: str, width: int):
    page, said = opened(name, width)
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title().endswith("2023 (FY2023 Q1)")  # no script changed it


def test_words_of_a_drawing_are_never_smaller_than_eleven_pixels(opened):
    for width in (1280, 800, 641, 600, 390, 320):
        page, _said = opened("nps", width)
        sizes = [size for size, _text in words_in_drawings(page)]
        assert len(sizes) > 4 and min(sizes) > 10.9, width


def test_a_figure_is_shown_at_one_width_only(opened):
    shown = "[...document.querySelectorAll('.plot')].filter(plot => plot.checkVisibility()).map(plot => plot.className)"
    assert opened("nps", 1280)[0].evaluate(shown) == ["plot at-wide", "plot"]
    assert opened("nps", 390)[0].evaluate(shown) == ["plot at-narrow", "plot"]


def test_key_figures_in_a_row_share_a_base_line(opened):
    rows = """() => Object.values(Object.groupBy([...document.querySelectorAll(".key")], key => key.offsetTop))
      .map(row => new Set(row.map(key => key.querySelector(".figure").offsetTop)).size)"""
    for width in (1280, 390):
        assert set(opened("nps", width)[0].evaluate(rows)) == {1}


def test_a_key_figure_leads_to_its_definition(opened):
    page, _said = opened("nps", 1280)
    page.click('.key a[href="#def-nps.change"]')
    assert page.locator('[id="def-nps.change"]').is_visible()
    assert page.evaluate("document.querySelector(':target').id") == "def-nps.change"


def test_the_first_stop_of_the_keyboard_skips_to_the_report(opened):
    page, _said = opened("nps", 1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_in_the_dark_words_stand_out_from_the_paper(opened):
    contrast = """() => {
      const rgb = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
      const light = colour => rgb(colour).map(part => part / 255).map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4)
        .reduce((sum, x, place) => sum + x * [.2126, .7152, .0722][place], 0);
      const paper = light(getComputedStyle(document.documentElement).backgroundColor);
      return [...document.querySelectorAll("h1, .verdict, .quiet, .tag, dt, td, a, svg text")].filter(element => element.checkVisibility())
        .map(element => light(element.closest("svg") ? getComputedStyle(element).fill : getComputedStyle(element).color))
        .map(words => (Math.max(words, paper) + .05) / (Math.min(words, paper) + .05));
    }"""
    for scheme in ("light", "dark"):
        assert min(opened("nps", 1280, scheme)[0].evaluate(contrast)) >= 4.5, scheme


def test_on_paper_the_contents_and_links_are_gone_and_everything_fits(opened):
    page, _said = opened("nps", 680)
    page.emulate_media(media="print")
    for gone in ("nav.toc", ".skip", ".top nav", ".others"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert page.evaluate("getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
