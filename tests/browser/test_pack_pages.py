"""The demo company's pack as readers open it: nothing is asked or said, all can read it, it opens at once."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import BROWSER, Visit, listed, words_in_drawings

pytestmark = [*BROWSER, pytest.mark.timeout(900)]

PERIODS, LANGS = ("2022Q4", "2023Q2"), ("en", "ja")
NEWEST = PERIODS[-1]
WIDTHS = (320, 390, 641, 768, 800, 1280, 1600)
LEAST_TEXT = 11  # px
REPORT, INDEX = 400_000, 150_000  # bytes at most
OPEN = 1000  # ms at most
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def reviews(packs: Path) -> Path:
    """Reviews of two customers in both languages, one of them with a new person in charge."""
    told = [sys.executable, "-m", "cskit", "review", NEWEST, "--customer", "C00093,C00049", "--lang", "en,ja"]
    subprocess.run(told, cwd=packs.parent, check=True, capture_output=True)
    return packs.parent / "reviews" / NEWEST


@pytest.fixture(scope="module")
def pages(packs: Path, reviews: Path) -> dict[str, Path]:
    """Every page that leadership and CSMs open, some of the team's, and two customers' reviews, by their place."""
    found = [packs / "index.html", *(packs / f"index.{lang}.html" for lang in LANGS)]
    found += [
        packs / NEWEST / f"{place}.html" for lang in LANGS for place in (f"csm/{lang}/index", f"internal/{lang}/index")
    ]
    found += [packs / NEWEST / "internal/en/dear_health.html", packs / NEWEST / "internal/en/workload_model.html"]
    for period in PERIODS:
        found += [packs / period / "index.html"]
        found += [path for lang in LANGS for path in sorted((packs / period / lang).glob("*.html"))]
    named = {str(path.relative_to(packs)): path for path in found}
    return named | {f"reviews/{path.relative_to(reviews)}": path for path in sorted(reviews.rglob("*.html"))}


def test_every_report_has_its_page_in_both_languages(pages: dict[str, Path]):
    reports = {
        "index",
        "summary",
        "onboarding_mix",
        "dear_health",
        "nps_comparison",
        "workload_model",
        "support_readiness",
        "growth_phase",
        "plays",
    }
    for lang in LANGS:
        assert {Path(name).stem for name in pages if name.startswith(f"{NEWEST}/{lang}/")} >= reports
        for who in ("internal", "customer"):
            assert f"reviews/{who}/{lang}/C00093.html" in pages


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_asks_for_nothing_and_says_nothing(pages: dict[str, Path], visit: Visit, width: int):
    faults = []
    for name, path in pages.items():
        page, said = visit(path, width)
        page.mouse.wheel(0, 20_000)  # what is loaded only when it comes into sight
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        faults += [f"{name} at {width}: {one}" for one in said]
    assert faults == [], listed(faults)


# What a width or a scheme may break is of no language: both languages are looked at once, in light colours and at full width.
@pytest.mark.parametrize(("width", "scheme", "left"), [(390, "light", "en"), (1280, "light", ""), (1280, "dark", "ja")])
def test_a_page_breaks_no_rule_of_accessibility(
    pages: dict[str, Path], visit: Visit, width: int, scheme: str, left: str
):
    faults = []
    chosen = {name: path for name, path in pages.items() if not left or not re.search(rf"[/.]{left}[/.]", name)}
    assert len(chosen) > 10
    for name, path in chosen.items():
        page, _said = visit(path, width, scheme)
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        found = Axe().run(page, options=RULES | {"resultTypes": ["violations"]}).response
        assert len(found["passes"]) > 5, f"{name} at {width}, {scheme}: axe looked at nothing"
        faults += [f"{name} at {width}, {scheme}: {one}" for rule in found["violations"] for one in _told(rule)]
    assert faults == [], listed(faults)


def test_a_page_never_scrolls_sideways(pages: dict[str, Path], visit: Visit):
    faults = []
    for name, path in pages.items():
        for width, page in _at_widths(visit, path):
            if (across := page.evaluate("document.documentElement.scrollWidth")) > width:
                beyond = page.evaluate(STICKING_OUT, width)
                faults.append(f"{name} at {width}: {across} px across; sticking out: {beyond}")
    assert faults == [], listed(faults)


def test_words_of_a_drawing_can_be_read(pages: dict[str, Path], visit: Visit):
    faults, seen = [], 0
    for name, path in pages.items():
        for width, page in _at_widths(visit, path):
            words = sorted(words_in_drawings(page))
            seen += len(words)
            if words and words[0][0] < LEAST_TEXT - 0.05:
                small = [f"{text!r} is {px:.1f} px" for px, text in words if px < LEAST_TEXT - 0.05]
                faults.append(f"{name} at {width}: {', '.join(small[:3])}, {len(small)} words in all")
    assert seen > 1000 and faults == [], listed(faults)


def test_every_picture_has_its_words(pages: dict[str, Path], visit: Visit):
    faults, pictures = [], 0
    for name, path in pages.items():
        page, _said = visit(path, 1280)
        pictures += page.locator("img, svg").count()
        faults += [f"{name} at 1280: no alternative text: {html}" for html in page.evaluate(WITHOUT_WORDS)]
    assert pictures > 50 and faults == [], listed(faults)


def test_a_page_has_one_heading_of_its_own_and_names_its_language(pages: dict[str, Path], visit: Visit):
    faults = []
    for name, path in pages.items():
        page, _said = visit(path, 1280)
        headings = page.locator("h1").all_inner_texts()
        spoken, wanted = (
            page.evaluate("document.documentElement.lang"),
            "ja" if re.search(r"[/.]ja[/.]", name) else "en",
        )
        faults += [f"{name}: headings of the first level: {headings}"] if len(headings) != 1 or not headings[0] else []
        faults += [f"{name}: lang is {spoken!r}, not {wanted!r}"] if spoken != wanted else []
    assert faults == [], listed(faults)


def test_a_page_is_small(pages: dict[str, Path]):
    sizes = {name: path.stat().st_size for name, path in pages.items()}
    limits = {name: INDEX if "index" in Path(name).name and "csm" not in name else REPORT for name in pages}
    faults = [
        f"{name}: {sizes[name]:,} bytes, more than {limits[name]:,}" for name in pages if sizes[name] > limits[name]
    ]
    assert faults == [], listed(faults)


def test_a_page_opens_at_once(pages: dict[str, Path], visit: Visit):
    faults = []
    for name, path in pages.items():
        # the quickest of three: other work on the machine is not the page's
        took = min(visit(path, 1280)[0].evaluate(LOADED) for _time in range(3))
        faults += [f"{name} at 1280: {took:.0f} ms"] if not 0 < took < OPEN else []
    assert faults == [], listed(faults)


def test_a_column_of_numbers_in_a_long_table_sorts_as_numbers(pages: dict[str, Path]):
    """As ``tables.js`` reads a cell: what it says it sorts by, else its words where they are a bare number."""
    faults, tables = [], 0
    for name, path in pages.items():
        for table in re.findall(r'<table class="sortable">.*?</table>', path.read_text(encoding="utf-8"), flags=re.S):
            tables += 1
            caption = re.findall(r"<caption>(.*?)</caption>", table)[0]
            rows = [re.findall(r"<t[hd]\b([^>]*)>(.*?)</t[hd]>", row, flags=re.S) for row in table.split("<tr>")[1:]]
            for across, (looks, header) in enumerate(rows[0]):
                cells = [row[across][1] for row in rows[1:] if "num" in looks and "data-sort" not in row[across][1]]
                words = [re.sub(r"<br>.*|<[^>]+>", "", cell, flags=re.S).strip() for cell in cells]
                odd = [one for one in words if WRITTEN.fullmatch(one) and not BARE.fullmatch(one)]
                faults += [f"{name}: {caption}: {header}: {', '.join(odd[:3])}"] if odd else []
    assert tables > 5 and faults == [], listed(faults)


# One number with its sign, currency or unit, or the dash of a missing one; and one that JavaScript reads as a number.
WRITTEN = re.compile(r"–|[+−-]?[¥$€]?\d[\d,.]*\s*(%|pp|h|days|M|日|時間|件|人|億円|万円|円)?")
BARE = re.compile(r"-?\d+(\.\d+)?")


def _at_widths(visit: Visit, path: Path) -> Iterator[tuple[int, Any]]:
    page, _said = visit(path, WIDTHS[0])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        yield width, page


def _told(rule: dict[str, Any]) -> list[str]:
    """A broken rule, an element each: its id, where, and what is wrong."""
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {' '.join(node['failureSummary'].split())}"
        for node in rule["nodes"]
    ]


WITHOUT_WORDS = """() => {
  const named = element => (element.getAttribute("aria-label") || element.getAttribute("alt") || "").trim();
  const told = element => named(element) || element.closest("[aria-hidden=true]")
    || (element.closest("[role=img]") && named(element.closest("[role=img]")));
  return [...document.querySelectorAll("img, svg")].filter(element => !told(element)).map(element => element.outerHTML.slice(0, 160));
}"""

STICKING_OUT = """width => [...document.querySelectorAll("main *, header *, footer *, nav *")]
  .filter(element => element.getBoundingClientRect().right > width + 1 && !element.parentElement.closest(".wide, .plot"))
  .slice(0, 3).map(element => element.outerHTML.slice(0, 120))"""

LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
