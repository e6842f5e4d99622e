"""Who sees which cell, and whose pages hold what: a word of its own for each audience, and where it may stand."""

import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from cskit.errors import NotAvailable
from cskit.metrics import metric
from cskit.params import load, settings_with
from cskit.report import pack as packing
from cskit.report.audience import AUDIENCES, NEVER, folder_of, seen_by, shown
from cskit.report.execute import Job, Made
from cskit.report.pack import Outcome, make_pack
from cskit.rows import Rows
from cskit.show import Chart, Headline

WORDS = {
    "leadership": "Lodestar",
    "internal": "Inkwell",
    "csm": "Cassowary",
    "customer": "Kumquat",
    "analyst": "Axolotl",
}
COPIES = "internal/notebooks/"
FORMS = ("Prose", "Cell", "List", "Head", "Drawn", "Slide")  # of each word: where in a report it stands


def told(tags: list[str]) -> list[str]:
    return [who for who in AUDIENCES if seen_by(new_code_cell(metadata={"tags": tags} if tags else {}), who)]


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ([], ["leadership", "internal"]),
        (["hide-input"], ["leadership", "internal"]),  # somebody else's tag
        (["leadership"], ["leadership"]),
        (["internal"], ["internal"]),
        (["csm"], ["csm"]),
        (["customer"], ["customer"]),
        (["csm", "internal"], ["internal", "csm"]),
        (["leadership", "csm", "hide-input"], ["leadership", "csm"]),
    ],
)
def test_a_cell_is_for_exactly_those_it_names_and_otherwise_for_leadership_and_the_team(
    tags: list[str], who: list[str]
):
    assert told(tags) == who
    assert shown(new_markdown_cell(metadata={"tags": tags}))


@pytest.mark.parametrize("never", sorted(NEVER))
@pytest.mark.parametrize("tags", [[], ["internal"], ["leadership", "csm", "customer"]])
def test_what_stands_on_no_page_is_for_nobody_whoever_else_is_named(never: str, tags: list[str]):
    assert told([*tags, never]) == []
    assert not shown(new_markdown_cell(metadata={"tags": [*tags, never]}))


def test_everybody_but_leadership_has_a_folder_of_their_own():
    assert [folder_of(who) for who in AUDIENCES] == ["", "internal/", "csm/", "customer/"]


def _cells(word: str, tag: str) -> list[nbformat.NotebookNode]:
    """A report's section for one audience: its word in prose, in a table, in a list, in a drawing and in its picture."""
    frame = pd.DataFrame({f"{word}Head": [f"{word}Cell"] * 2})
    drawing = Chart(f'<svg viewBox="0 0 9 9"><text>{word}Drawn</text></svg>', f"{word}Drawn", png=_png(f"{word}Slide"))
    listed = Rows(frame, f"{word}Cell", export=f"list_{word.lower()}", full=pd.DataFrame({"x": [f"{word}List"]}))
    metadata = {"tags": [tag]} if tag else {}
    made = [new_markdown_cell(f"## {word}Prose?", metadata=metadata)]
    for each in (listed, drawing):
        output = new_output("execute_result", data=each._repr_mimebundle_())
        made.append(new_code_cell(f"'{word}Code'", metadata=metadata, outputs=[output]))
    return made


def _png(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.fixture
def make(project, executed, data_of, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Makes a pack whose one report speaks to everybody; ``more`` is put at its end."""
    more: list[nbformat.NotebookNode] = []

    def pretend(jobs: list[Job], *_rest: object) -> Iterator[Made]:
        for job in jobs:
            headline = Headline("NPS stands.", ("nps.score",), (metric("nps.score", 6.4, "estimated"),))
            nb = executed(headline)
            for who, word in WORDS.items():
                nb.cells += _cells(word, "" if who == "leadership" else who)
            steps = Rows(pd.DataFrame({"Step": ["Call"]}), "Steps", export="actions")
            nb.cells += [
                new_code_cell("x", outputs=[new_output("execute_result", data=steps._repr_mimebundle_())]),
                *more,
            ]
            yield Made(job, 1.0, nb=nb)

    monkeypatch.setattr(packing, "execute_all", pretend)

    def made(*cells: nbformat.NotebookNode, **options) -> Outcome:
        more[:] = cells
        root = project(nps=[])
        return make_pack(load("2023Q2", root=root), root, root / "reports", **options)

    return made


def holding(out: Path, *words: str) -> set[str]:
    """Files that hold any of the words in any byte, workbooks unpacked, by their place in the run."""
    found = set()
    for path in out.rglob("*"):
        if path.is_file():
            packed = path.suffix == ".xlsx"
            parts = (
                [zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()]
                if packed
                else [path.read_bytes()]
            )
            if any(word.encode() in part for word in words for part in parts):
                found.add(path.relative_to(out).as_posix())
    return found


def forms(who: str) -> list[str]:
    return [f"{WORDS[who]}{form}" for form in FORMS] + [_png(f"{WORDS[who]}Slide")[:12]]


@pytest.fixture
def out(make) -> Path:
    outcome = make(langs=["en", "ja"])
    assert outcome.complete
    return outcome.shown.resolve()


def test_a_word_for_the_team_is_on_its_pages_and_in_no_byte_of_anybody_elses(out: Path):
    places = holding(out, *forms("internal"))
    assert all(place.startswith("internal/") for place in places), places
    assert places >= {
        "internal/en/nps.html",
        "internal/ja/nps.html",
        "internal/list_inkwell.csv",
        "internal/en/figures/nps-02-inkwellprose.png",
    }
    page = (out / "internal/en/nps.html").read_text(encoding="utf-8")
    assert all(f"Inkwell{form}" in page for form in ("Prose", "Cell", "Head", "Drawn"))


def test_a_word_for_leadership_is_on_leaderships_pages_and_the_teams(out: Path):
    places = {place for place in holding(out, *forms("leadership")) if not place.startswith(COPIES)}
    pages = {f"{folder}{lang}/nps.html" for folder in ("", "internal/") for lang in ("en", "ja")}
    pictures = {
        f"{folder}{lang}/figures/nps-01-lodestarprose.png" for folder in ("", "internal/") for lang in ("en", "ja")
    }
    assert places == {*pages, *pictures, "internal/list_lodestar.csv"}


def test_a_word_for_csms_is_on_their_page_and_in_the_list_alone(out: Path):
    places = {place for place in holding(out, *forms("csm")) if not place.startswith(COPIES)}
    assert places == {"csm/en/index.html", "csm/ja/index.html", "internal/list_cassowary.csv"}


def test_a_word_for_the_customer_is_on_nobody_elses_page(out: Path):
    places = {place for place in holding(out, *forms("customer")) if not place.startswith((COPIES, "customer/"))}
    assert places == {"internal/list_kumquat.csv"}


def test_a_word_for_analysts_is_on_no_page_and_in_no_picture(out: Path):
    places = {place for place in holding(out, *forms("analyst")) if not place.startswith(COPIES)}
    assert not {place for place in places if not place.endswith(".csv")}
    copies = {f"{COPIES}{lang}/nps.ipynb" for lang in ("en", "ja")}
    assert holding(out, *forms("analyst")) >= copies


def test_no_page_holds_the_code_of_a_cell(out: Path):
    words = [f"{word}Code" for word in WORDS.values()]
    assert holding(out, *words) == {f"{COPIES}{lang}/nps.ipynb" for lang in ("en", "ja")}


def test_the_index_the_summary_and_the_action_list_name_no_word_of_another_audience(out: Path):
    for place in ("index.html", "en/index.html", "en/summary.md", "actions.xlsx", "metrics.json", "manifest.json"):
        assert (out / place).is_file()
        assert place not in holding(out, *(word for who in WORDS for word in forms(who)))


def test_the_figures_for_leaderships_slides_are_leaderships_alone(out: Path):
    assert [path.name for path in (out / "en/figures").iterdir()] == ["nps-01-lodestarprose.png"]
    assert (out / "en/figures/nps-01-lodestarprose.png").read_bytes() == b"LodestarSlide"
    inside = sorted(path.name for path in (out / "internal/en/figures").iterdir())
    assert inside == ["nps-01-lodestarprose.png", "nps-02-inkwellprose.png"]


def test_leadership_is_told_of_no_file_in_the_teams_folder_but_its_index(out: Path):
    page = (out / "en/index.html").read_text(encoding="utf-8")
    assert 'href="../internal/en/index.html"' in page and page.count('href="../internal/') == 1
    assert 'href="../../internal/list_inkwell.csv"' in (out / "internal/en/index.html").read_text(encoding="utf-8")


def test_faulty_rows_lie_in_the_teams_folder_only(make, data_of):
    customers = "customer_id,seats,name\nC1,1,Good\nC2,-1,Zeppelin"
    data = data_of(customers=customers, settings=settings_with({"data": {"set_aside": True}}))
    assert data.set_aside_rows == 1
    out = make(data=data).shown.resolve()
    assert [path.relative_to(out).as_posix() for path in out.rglob("set_aside*")] == ["internal/set_aside.xlsx"]
    assert holding(out, "Zeppelin") == {"internal/set_aside.xlsx"}
    assert "1 faulty row was set aside" in (out / "en/index.html").read_text(encoding="utf-8")
    assert "set_aside.xlsx" not in (out / "index.html").read_text(encoding="utf-8").split('id="files"')[1]


def test_what_a_failed_cell_of_the_team_said_before_is_on_no_page(make):
    error = new_output("error", ename="ValueError", evalue="row 7", traceback=["InkwellTrace"])
    out = make(new_code_cell("x", metadata={"tags": ["internal"]}, outputs=[error])).shown.resolve()
    assert {
        place for place in holding(out, "InkwellTrace", *forms("internal")) if place.endswith((".html", ".md"))
    } == set()


def test_below_what_the_team_alone_cannot_get_no_question_stays_open_for_leadership(make):
    fault = NotAvailable("time_logs did not come")
    error = new_output("error", ename="NotAvailable", evalue=str(fault), traceback=[str(fault)])
    out = make(
        new_code_cell("x", metadata={"tags": ["internal"]}, outputs=[error]), new_markdown_cell("## Never reached?")
    ).shown.resolve()
    assert "Never reached?" not in (out / "internal/en/nps.html").read_text(encoding="utf-8")
    assert "Never reached?" not in (out / "en/nps.html").read_text(encoding="utf-8")
