"""Pages in a browser: nothing is asked of a network, nothing scrolls sideways, everything can be read."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

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
from cskit.rows import Graded, Rows
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


# Thirteen rows: where each belongs in a sorted column is worked out by hand in the tests.
CUSTOMERS = pd.DataFrame(
    [
        ("Ash", 9_000_000, 9.0, date(2023, 10, 1), "caution", "Sato"),
        ("Birch", 10_000_000, 10.0, date(2023, 9, 30), "action", "Ito <b>"),
        ("Cedar", None, None, None, "", ""),
        ("Date", 950_000, -3.0, date(2022, 12, 31), "good", "Abe"),
        ("Elm", 100_000_000, 100.0, date(2024, 1, 1), "sound", "Sato"),
        ("Fir", 1_000, 1.5, date(2023, 4, 2), "good", "Mori"),
        ("Gum", None, None, None, "", "Abe"),
        ("Hazel", 2_000, 0.0, date(2023, 4, 10), "caution", "Mori"),
        ("Ivy", 0, 20.0, date(2023, 11, 5), "action", "Sato"),
        ("Jasmine", 30_000, 3.0, date(2021, 1, 9), "unknown", "Ueda"),
        ("Kiwi", None, None, None, "", ""),
        ("Lime", None, None, None, "", ""),
        ("Maple", None, None, None, "", ""),
    ],
    columns=["Customer", "ARR", "Score", "Due", "Grade", "Owner"],
)
AT_FIRST = "Ash Birch Cedar Date Elm Fir Gum Hazel Ivy Jasmine Kiwi Lime Maple"
BY_ARR = "Ivy Fir Hazel Jasmine Date Ash Birch Elm"
BY_SCORE = "Date Hazel Fir Jasmine Ash Birch Ivy Elm"
BY_DUE = "Jasmine Date Fir Hazel Birch Ash Ivy Elm"
BY_GRADE = "Birch Ivy Ash Hazel Elm Date Fir Jasmine"
EMPTY = "Cedar Gum Kiwi Lime Maple"


def long_tables() -> nbformat.NotebookNode:
    """A report with two tables that are worth sorting."""
    frame = CUSTOMERS.astype(object).where(CUSTOMERS.notna() & (CUSTOMERS != ""), None)
    frame["Grade"] = [Graded(grade) if grade else None for grade in CUSTOMERS["Grade"]]
    formats = {"ARR": i18n.money, "Due": i18n.day, "Score": lambda value: i18n.number(value, 1, signed=True)}
    tables = [
        Rows(frame, "Customers <all>", None, ("ARR", "Score"), formats=formats, bars=("ARR",)),
        Rows(frame[["Customer", "Owner"]].head(12), "Owners"),
    ]
    cells = [
        new_code_cell("x", outputs=[new_output("execute_result", data=each._repr_mimebundle_())]) for each in tables
    ]
    return new_notebook(cells=[new_markdown_cell("# Who are they?"), *cells])


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
        entry = Entry("nps", "0_nps.ipynb", {"en": finding}, {"en": 1.0}, now, False, "")
        coverage = Coverage(
            tuple((f"table_{place}", "one row of many", "1,234") for place in range(9)), (("usage", "adoption"),)
        )
        html = index_page(pack, [entry], coverage, [("internal/a_rather_long_name_of_a_list_of_customers.csv", "rows")])
        (folder / "index.html").write_text(html, encoding="utf-8")
        nb = long_tables()
        html = render(nb, "long", read(nb), pack, {"long": "Who are they?"}).html
        (folder / "long.html").write_text(html, encoding="utf-8")
        sizes = {"nps.score": 47, "nps.change": 96, "nps.company_response": 1_204, "nps.respondent_response": None}
        metrics = {name: metric(name, 0.5, "counted", n=n).as_json() for name, n in sizes.items()}
        told = replace(entry, findings={"en": replace(finding, metrics=metrics)})
        html = index_page(replace(pack, audience="internal"), [told], Coverage(), [], behind={})
        (folder / "metrics.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture
def opened(visit, pages: Path) -> Callable[..., tuple]:
    """Opens a page by its name at a width."""

    def made(name: str, *look: Any) -> tuple:
        page, said = visit(pages / f"{name}.html", *look)
        page.set_default_timeout(3000)  # what is not there at once is not there
        return page, said

    return made


@pytest.mark.parametrize("name", ["nps", "index", "long", "metrics"])
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


ORDER = """caption => [...[...document.querySelectorAll("table")].find(table => table.caption.textContent === caption).tBodies[0].rows]
  .filter(row => row.checkVisibility()).map(row => row.cells[0].textContent).join(" ")"""
SORTED = "[...document.querySelectorAll('[aria-sort]')].map(head => [head.textContent, head.getAttribute('aria-sort')])"


def order(page: Any, caption: str = "Customers <all>") -> str:
    """First cells of the rows in sight, as they stand."""
    return str(page.evaluate(ORDER, caption))


def head(page: Any, name: str) -> Any:
    """The button of a column of the first table."""
    return page.locator("table").first.locator("thead button", has_text=re.compile(f"^{name}$"))


@pytest.mark.parametrize(
    ("column", "up", "down"),
    [
        ("ARR", BY_ARR, "Elm Birch Ash Date Jasmine Hazel Fir Ivy"),
        ("Score", BY_SCORE, "Elm Ivy Birch Ash Jasmine Fir Hazel Date"),
        ("Due", BY_DUE, "Elm Ivy Ash Birch Hazel Fir Date Jasmine"),
        # Of the same grade: as they stood before.
        ("Grade", BY_GRADE, "Jasmine Date Fir Elm Ash Hazel Birch Ivy"),
        ("Owner", "Date Gum Birch Fir Hazel Ash Elm Ivy Jasmine", "Jasmine Ash Elm Ivy Fir Hazel Birch Date Gum"),
    ],
)
def test_a_click_sorts_by_what_values_are_the_next_turns_it_round_and_the_missing_stay_last(
    opened, column: str, up: str, down: str
):
    page, said = opened("long", 1280)
    empty = "Cedar Kiwi Lime Maple" if column == "Owner" else EMPTY
    assert order(page) == AT_FIRST
    head(page, column).click()
    assert order(page) == f"{up} {empty}"
    head(page, column).click()
    assert sorted(order(page).split()) == sorted(AT_FIRST.split())
    if column not in ("Grade", "Owner"):
        assert order(page) == f"{down} {empty}"
    else:  # among equals any order is right
        worth = dict(zip(CUSTOMERS["Customer"], CUSTOMERS[column], strict=True))
        assert [worth[name] for name in order(page).split()] == [worth[name] for name in f"{down} {empty}".split()]
    head(page, column).click()
    worth = dict(
        zip(CUSTOMERS["Customer"], CUSTOMERS[column].astype(object).where(CUSTOMERS[column].notna(), ""), strict=True)
    )
    assert [worth[name] for name in order(page).split()] == [worth[name] for name in f"{up} {empty}".split()]
    assert said == []


def test_the_keyboard_sorts_as_well_and_stays_where_it_is(opened):
    page, _said = opened("long", 1280)
    head(page, "Score").focus()
    page.keyboard.press("Enter")
    assert order(page) == f"{BY_SCORE} {EMPTY}"
    assert page.evaluate("document.activeElement.textContent") == "Score"
    page.keyboard.press("Space")
    assert order(page) == f"{' '.join(BY_SCORE.split()[::-1])} {EMPTY}"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert order(page) == f"{BY_DUE} {EMPTY}"


def test_one_header_alone_says_how_the_rows_are_sorted(opened):
    page, _said = opened("long", 1280)
    assert page.evaluate(SORTED) == []
    for column, way in (("Score", "ascending"), ("Score", "descending"), ("Due", "ascending"), ("Score", "ascending")):
        head(page, column).click()
        assert page.evaluate(SORTED) == [[column, way]]
    assert head(page, "Due").get_attribute("title") == "Sort by Due"


def test_sorting_one_table_leaves_the_other_as_it_is(opened):
    page, _said = opened("long", 1280)
    head(page, "Owner").click()
    assert order(page, "Owners") == AT_FIRST.removesuffix(" Maple")


def test_the_filter_hides_rows_and_says_how_many_are_shown(opened):
    page, _said = opened("long", 1280)
    field, count = page.get_by_label("Filter rows: Customers <all>"), page.locator("[role=status]").first
    assert (page.get_by_role("searchbox").count(), count.inner_text()) == (2, "")
    field.fill("  sATO ")
    assert (order(page), count.inner_text()) == ("Ash Elm Ivy", "3 of 13 rows")
    assert order(page, "Owners") == AT_FIRST.removesuffix(" Maple")
    head(page, "Score").click()
    assert order(page) == "Ash Ivy Elm"
    field.fill("<b>")
    assert (order(page), count.inner_text()) == ("Birch", "1 of 13 rows")
    field.fill("nobody")
    assert (order(page), count.inner_text()) == ("", "0 of 13 rows")
    field.fill("")
    assert (order(page), count.inner_text()) == (f"{BY_SCORE} {EMPTY}", "")


def test_the_filter_finds_words_of_one_cell_and_not_what_two_make_together(opened):
    page, _said = opened("long", 1280)
    field = page.get_by_label("Filter rows: Customers <all>")
    field.fill("goodMori")
    assert order(page) == ""


def test_numbers_of_the_pack_sort_as_numbers_and_the_missing_last(opened):
    page, _said = opened("metrics", 1280)
    table = page.locator("table.sortable")
    table.locator("thead button", has_text=re.compile("^n$")).click()
    sizes = [cell.strip() for cell in table.locator("tbody tr td:nth-child(3)").all_inner_texts()]
    assert sizes == ["47", "96", "1,204", ""]


@pytest.fixture
def unscripted(browser: Any, pages: Path) -> Iterator[Any]:
    """The page with long tables in a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((pages / "long.html").as_uri())
    yield page
    context.close()


def test_without_scripts_the_whole_table_is_there_and_no_field_or_button_that_does_nothing(unscripted):
    rows = unscripted.locator("table").first.locator("tbody tr")
    assert rows.count() == 13 and all(rows.nth(place).is_visible() for place in range(13))
    assert rows.nth(1).locator("th, td").all_inner_texts()[:2] == ["Birch", "¥10M"]
    assert unscripted.locator("table").first.locator("thead th").all_inner_texts() == list(CUSTOMERS.columns)
    assert unscripted.locator("input, button, .filter, [aria-sort]").count() == 0


def test_the_policy_of_a_page_lets_its_one_script_run_and_nothing_else(opened, pages: Path):
    text = (pages / "long.html").read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, flags=re.S)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert text.count("<script") == 1
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == f"'sha256-{digest}'" and rules["default-src"] == "'none'"
    page, _said = opened("long", 1280)
    assert page.locator("thead button").count() == 6 + 2


def test_a_script_that_is_another_does_not_run(visit, pages: Path, tmp_path: Path):
    text = (pages / "long.html").read_text(encoding="utf-8")
    changed = tmp_path / "long.html"
    changed.write_text(text.replace('"use strict";', '"use strict"; document.title = "mine";'), encoding="utf-8")
    page, said = visit(changed, 1280)
    assert page.title() != "mine" and page.locator("thead button").count() == 0
    assert len(said) == 1 and "Content Security Policy" in said[0]


@pytest.mark.parametrize("name", ["nps", "index"])
def test_a_page_without_a_long_table_has_no_script_at_all(pages: Path, name: str):
    text = (pages / f"{name}.html").read_text(encoding="utf-8")
    assert "<table" in text
    assert "<script" not in text and "script-src" not in text and "data-filter" not in text
