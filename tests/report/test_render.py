"""An executed notebook as a page."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from cskit.errors import NotAvailable
from cskit.metrics import definitions, metric
from cskit.report.outputs import read
from cskit.report.render import render, render_review
from cskit.rows import Rows
from cskit.show import Chart, Finding, Headline

HEADLINE = Headline(
    "NPS stands at +6.4.",
    ("nps.score", "nps.company_response"),
    (
        metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47),
        metric("nps.company_response", 0.824, "counted", n=34),
        metric("nps.change", 2.3, "estimated"),
    ),
    notes=("Preliminary: figures may still change.",),
    words="We ask <everyone> now.",
)
CHART = Chart('<svg viewBox="0 0 10 5" width="10pt"><text>a</text></svg>', "Up and down", "n = 47")
REPORTS = {"nps_comparison": "Would customers recommend us?", "summary": "What do we decide?"}


@pytest.fixture
def page(executed, pack):
    """Renders what cells showed."""

    def make(*shown, lang: str = "en", **changes) -> str:
        nb = executed(*shown)
        return render(nb, "nps_comparison", read(nb), replace(pack, **changes), REPORTS).html

    return make


def _elements(html: str) -> tuple[list[str], list[str]]:
    """Names of all elements and of all their attributes, as a browser would read them."""
    tags: list[str] = []
    attributes: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            attributes.extend(name for name, _value in attrs)

    Reader().feed(html)
    return tags, attributes


def test_the_verdict_comes_first_and_the_evidence_under_it(page):
    html = page(HEADLINE, "## Is the change real?", CHART, Finding("Cannot tell.", "Too few."))
    order = ["<h1>Would customers", 'class="verdict"', "Preliminary: fig", 'class="keys"', "We ask &lt;everyone&gt;", "For leadership.",
             '<h2 id="is-the-change-real">', 'aria-label="Up and down"', "Cannot tell.", 'id="definitions"', "All reports</a></li>"]  # fmt: skip
    places = [html.index(each) for each in order]
    assert places == sorted(places)
    assert html.count("<h1") == 1


def test_contents_lead_to_every_section(page):
    html = page(HEADLINE, "## Is it real?", "## Is it real?", "## 本当？")
    anchors = re.findall(r'<li><a href="#([^"]+)">', html)
    assert anchors == ["is-it-real", "is-it-real-2", "section", "definitions"]
    assert all(f'id="{anchor}"' in html for anchor in anchors)


def test_every_key_figure_leads_to_its_definition(page):
    html = page(HEADLINE)
    for name in HEADLINE.keys:
        assert f'href="#def-{name}"' in html and f'id="def-{name}"' in html
        assert definitions()[name].formula.split("/")[0] in html
    assert 'id="def-nps.change"' in html  # stated, though not as a tile


def test_code_streams_and_what_is_for_analysts_stay_out(executed, pack):
    nb = executed(HEADLINE)
    nb.cells += [
        new_code_cell(
            "x",
            outputs=[
                new_output("stream", name="stdout", text="printed"),
                new_output("stream", name="stderr", text="warned"),
            ],
        ),
        new_code_cell("3", outputs=[new_output("execute_result", data={"text/plain": "bare text"})]),
        new_code_cell(
            "y", metadata={"tags": ["analyst"]}, outputs=[new_output("display_data", data={"text/html": "sliders"})]
        ),
        new_raw_cell("raw cell"),
    ]
    html = render(nb, "nps_comparison", read(nb), pack, REPORTS).html
    for hidden in ("secret_code", "printed", "warned", "bare text", "sliders", "raw cell", 'period = "2023Q2"'):
        assert hidden not in html


def test_hostile_text_is_only_text(page):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    frame = pd.DataFrame({evil: [evil]})
    html = page(
        Headline(evil, (), (), notes=(evil,), words=evil), f"## {evil}\n\n{evil}\n\n[x](javascript:alert(1))", Rows(frame, evil),
        {"text/html": frame.to_html(escape=False)}, {"text/html": evil}, {"image/svg+xml": f'<svg viewBox="0 0 1 1">{evil}</svg>', "alt": evil},
        {"image/png": 'AA" onerror="alert(1)', "alt": evil}, Finding(evil),
    )  # fmt: skip
    tags, attributes = _elements(html)
    assert "script" not in tags and tags.count("img") == 1  # the bitmap
    assert not [name for name in attributes if name.startswith("on")]
    assert "javascript:" not in html and "&lt;script&gt;" in html


def test_a_page_stands_alone(page):
    html = page(HEADLINE, CHART, {"image/png": "AAAA", "text/plain": "<Figure>", "alt": "Up"})
    assert "default-src 'none'" in html
    assert '<img src="data:image/png;base64,AAAA" alt="Up">' in html
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//|@import|url\(http", html)


def test_two_runs_differ_in_one_line_only(executed, pack):
    pages = []
    for hours, stray in ((0, "m1a2b3"), (5, "m9z8y7")):
        drawing = Chart(f'<svg viewBox="0 0 9 9"><path id="{stray}" d="M0 0"/><use href="#{stray}"/></svg>', "a line")
        nb = executed(HEADLINE, "## Is it real?", drawing)
        pages.append(
            render(nb, "nps_comparison", read(nb), replace(pack, made=pack.made + timedelta(hours=hours)), REPORTS).html
        )
    first, second = (page.splitlines() for page in pages)
    assert len(first) == len(second)
    differing = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    assert len(differing) == 1
    assert "3 July 2023, 09:05 UTC" in differing[0][0] and "3 July 2023, 14:05 UTC" in differing[0][1]


def test_a_failed_report_states_no_number_and_tells_the_team_why(page):
    html = page(HEADLINE, ValueError("row 7 is <odd>"))
    assert "A cell of the notebook failed." in html and "internal/en/nps_comparison.html" in html
    assert "row 7" not in html and "+6.4" not in html
    html = page(HEADLINE, ValueError("row 7 is <odd>"), audience="internal")
    assert "ValueError: row 7 is &lt;odd&gt;" in html
    assert "internal/notebooks/en/nps_comparison.ipynb" in html
    assert "+6.4" not in html and "line 2" not in html


def test_what_is_not_available_says_what_it_would_add_below_what_there_is(page):
    html = page(
        HEADLINE, "## Open?", NotAvailable("nps_waves did not come; they would add the change."), "## Never reached?"
    )
    assert "Not available from this data" in html and "they would add the change." in html
    assert "+6.4" in html
    assert "Open?" not in html and "Never reached?" not in html


def test_the_other_language_is_the_same_report(page):
    html = page(HEADLINE, lang="en", langs=("en", "ja"))
    assert '<html lang="en">' in html
    assert '<a href="../ja/nps_comparison.html" hreflang="ja" lang="ja">日本語</a>' in html


def test_a_number_is_not_parted_from_its_per_cent_sign(page):
    assert "82.4\N{NO-BREAK SPACE}%" in page(HEADLINE)


def test_before_a_customer_a_question_that_nothing_answers_is_not_asked(executed, pack):
    nb = executed(
        Finding("Use is not on record.", missing=True), Finding(""), Finding("Two goals of three are reached.")
    )
    tags = {"tags": ["internal", "customer"]}
    for cell, heading in zip(
        [cell for cell in nb.cells if cell.cell_type == "code"][-3:], "Use Rest Goals".split(), strict=True
    ):
        nb.cells.insert(nb.cells.index(cell), new_markdown_cell(f"## {heading}"))
    for cell in nb.cells:
        cell.metadata = tags
    pages = {
        audience: render_review(nb, "Aster", "C1", replace(pack, audience=audience)).html
        for audience in ("internal", "customer")
    }
    assert "Use is not on record." in pages["internal"] and ">Rest</h2>" in pages["internal"]
    assert "not on record" not in pages["customer"] and ">Use</h2>" not in pages["customer"]
    assert ">Rest</h2>" not in pages["customer"]
    assert ">Goals</h2>" in pages["customer"] and "Two goals of three are reached." in pages["customer"]
