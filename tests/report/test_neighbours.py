"""From period to period: which is beside which, where its link leads, and that nothing else of a page changes."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cskit import i18n
from cskit.params import load
from cskit.periods import Period, parse
from cskit.report import pack as packing
from cskit.report.coverage import Coverage
from cskit.report.execute import Job, Made
from cskit.report.index import index_page
from cskit.report.neighbours import beside, relink
from cskit.report.outputs import read
from cskit.report.pack import make_pack
from cskit.report.pages import Pack
from cskit.report.render import render
from cskit.show import Headline
from tests.report.test_index import NPS

EMPTY = "<!--neighbours--><!--/neighbours-->"
LINK = re.compile(r'<a rel="(\w+)" href="([^"]+)" aria-label="([^"]+)">([^<]+)</a>')


def periods(*names: str) -> list[Period]:
    return [parse(name) for name in names]


def near(name: str, *others: str) -> tuple[str | None, str | None]:
    found = beside(parse(name), periods(name, *others))
    return tuple(one and one.name for one in found)  # type: ignore[return-value]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Puts pages of a period into the reports folder: ``folder("2023Q2", "en/nps.html", ...)``."""

    def put(period: str, *pages: str, body: str = "<p>body</p>") -> Path:
        for name in pages or ("index.html", "en/index.html", "en/nps.html"):
            path = tmp_path / period / name
            path.parent.mkdir(parents=True, exist_ok=True)
            lang = "ja" if "ja/" in name else "en"
            path.write_text(f'<!doctype html>\n<html lang="{lang}">\n<nav>{EMPTY}\n</nav>\n{body}\n', encoding="utf-8")
        return tmp_path / period

    return put


def links(page: Path) -> dict[str, str]:
    """Where the ways of a page lead, by direction."""
    return {rel: href for rel, href, _label, _text in LINK.findall(page.read_text(encoding="utf-8"))}


def leads_to(page: Path, rel: str) -> Path:
    return Path(os.path.normpath(page.parent / links(page)[rel]))


def test_the_nearest_before_and_the_nearest_after_are_beside_a_period_in_whatever_order_they_come():
    assert near("2022Q4", "2023Q3", "2021Q4", "2023Q1", "2022Q3") == ("2022Q3", "2023Q1")
    assert near("2022Q4", "2020Q1", "2024Q4") == ("2020Q1", "2024Q4")  # whatever lies between and is missing


def test_the_first_and_the_last_have_one_way_and_a_lone_one_none():
    assert near("2022Q1", "2022Q2") == (None, "2022Q2")
    assert near("2022Q2", "2022Q1") == ("2022Q1", None)
    assert near("2022Q2") == (None, None)


def test_months_quarters_halves_and_years_keep_apart():
    others = ("2022-11", "2022H1", "2021", "FY2021", "2022Q4", "2022-12", "2023H1")
    assert near("2023Q1", *others) == ("2022Q4", None)
    assert near("2022-11", *others) == (None, "2022-12")
    assert near("2023H1", *others) == ("2022H1", None)
    assert near("FY2021", "2020", "2023") == ("2020", "2023")  # both are years


def test_the_same_days_under_another_name_are_neither_before_nor_after():
    assert near("2023Q2", "FY2023Q1", "2023Q1") == ("2023Q1", None)


def test_a_page_leads_to_the_same_page_of_the_periods_beside_it(folder, tmp_path: Path):
    for name in ("2022Q4", "2023Q1", "2023Q2"):
        folder(name)
    relink(tmp_path, periods("2022Q4", "2023Q1", "2023Q2"))
    middle = tmp_path / "2023Q1"
    for page in ("index.html", "en/index.html", "en/nps.html"):
        assert leads_to(middle / page, "prev") == tmp_path / "2022Q4" / page
        assert leads_to(middle / page, "next") == tmp_path / "2023Q2" / page
    assert list(links(tmp_path / "2022Q4/en/nps.html")) == ["next"]
    assert list(links(tmp_path / "2023Q2/en/nps.html")) == ["prev"]


def test_a_page_that_the_other_has_not_leads_to_its_index(folder, tmp_path: Path):
    folder("2022Q4", "index.html", "en/index.html")
    folder("2023Q1", "en/nps.html", "ja/nps.html", "ja/index.html", "csm/en/index.html", "internal/en/nps.html")
    relink(tmp_path, periods("2022Q4", "2023Q1"))
    found = {
        page: leads_to(tmp_path / "2023Q1" / page, "prev")
        for page in ("en/nps.html", "ja/nps.html", "ja/index.html", "csm/en/index.html", "internal/en/nps.html")
    }
    assert found["en/nps.html"] == tmp_path / "2022Q4/en/index.html"
    # A language, or a folder, that it has not: the page at its top.
    assert {found[page] for page in found if page != "en/nps.html"} == {tmp_path / "2022Q4/index.html"}


def test_the_teams_pages_lead_to_the_teams_pages(folder, tmp_path: Path):
    for name in ("2022Q4", "2023Q1"):
        folder(name, "index.html", "en/index.html", "internal/en/index.html")
    folder("2023Q1", "internal/en/nps.html")
    relink(tmp_path, periods("2022Q4", "2023Q1"))
    assert leads_to(tmp_path / "2023Q1/internal/en/nps.html", "prev") == tmp_path / "2022Q4/internal/en/index.html"


def test_a_way_is_named_in_the_language_of_its_page(folder, tmp_path: Path):
    for name in ("2022Q4", "2023Q1"):
        folder(name, "en/index.html", "ja/index.html")
    relink(tmp_path, periods("2022Q4", "2023Q1"))
    ((_rel, _href, label, text),) = LINK.findall((tmp_path / "2023Q1/en/index.html").read_text(encoding="utf-8"))
    assert (label, text) == ("Period before: Oct–Dec 2022 (FY2022 Q3)", "← Oct–Dec 2022")
    ((_rel, _href, label, text),) = LINK.findall((tmp_path / "2023Q1/ja/index.html").read_text(encoding="utf-8"))
    assert "2022年10〜12月" in label and "Period" not in label and text == "← 2022年10〜12月"
    ((_rel, _href, label, text),) = LINK.findall((tmp_path / "2022Q4/en/index.html").read_text(encoding="utf-8"))
    assert (label, text) == ("Period after: Jan–Mar 2023 (FY2022 Q4)", "Jan–Mar 2023 →")
    assert i18n.language() == "en"


def test_once_more_changes_no_byte_and_touches_no_file(folder, tmp_path: Path):
    for name in ("2022Q4", "2023Q1"):
        folder(name)
    both = periods("2022Q4", "2023Q1")
    relink(tmp_path, both)
    before = {
        path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in tmp_path.rglob("*.html")
    }
    relink(tmp_path, both[::-1])
    assert before == {
        path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in tmp_path.rglob("*.html")
    }
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def test_the_way_to_a_period_that_is_gone_goes(folder, tmp_path: Path):
    for name in ("2022Q3", "2022Q4", "2023Q1"):
        folder(name)
    relink(tmp_path, periods("2022Q3", "2022Q4", "2023Q1"))
    relink(tmp_path, periods("2022Q3", "2023Q1"))
    assert leads_to(tmp_path / "2023Q1/en/nps.html", "prev") == tmp_path / "2022Q3/en/nps.html"
    relink(tmp_path, periods("2023Q1"))
    assert EMPTY in (tmp_path / "2023Q1/en/nps.html").read_text(encoding="utf-8")


HOSTILE = (
    r"\g<0> \1 \n",
    "<!--neighbours-->mine<!--/neighbours-->",
    "<!--/neighbours-->",
    "{0} {} %s",
    "株式会社＆ &amp; <b>",
)


@pytest.mark.parametrize("body", HOSTILE)
def test_only_the_one_line_changes_whatever_a_page_says(folder, tmp_path: Path, body: str):
    folder("2022Q4")
    page = folder("2023Q1", body=body) / "en/nps.html"
    before = page.read_text(encoding="utf-8").splitlines()
    relink(tmp_path, periods("2022Q4", "2023Q1"))
    after = page.read_text(encoding="utf-8").splitlines()
    assert [place for place, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [2]
    assert after[2].count("<a rel=") == 1


def test_a_page_without_the_line_is_left_as_it_is(folder, tmp_path: Path):
    folder("2022Q4")
    page = folder("2023Q1") / "en/mine.html"
    page.write_bytes(b"<p>mine\r\n")
    relink(tmp_path, periods("2022Q4", "2023Q1"))
    assert page.read_bytes() == b"<p>mine\r\n"


@pytest.mark.parametrize("title", ["<!--neighbours-->x<!--/neighbours-->", r"\1 <b>CS</b> & Co", "<!--neighbours-->"])
def test_a_hostile_title_stands_as_it_is_and_the_ways_stand_in_their_place(
    title: str, tmp_path: Path, pack: Pack, executed
):
    """The title stands in the header, before the line."""
    for name in ("2023Q1", "2023Q2"):
        own = replace(pack, title=title, period=name)
        nb = executed(Headline(title, (), ()), f"## {title}\n\n{title}")
        pages = {
            "en/nps.html": render(nb, "nps", read(nb), own, {"nps": title}).html,
            "index.html": index_page(own, [NPS], Coverage(), []),
        }
        for page, html in pages.items():
            (tmp_path / name / page).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / page).write_text(html, encoding="utf-8")
    paths = [tmp_path / "2023Q2" / page for page in ("en/nps.html", "index.html")]
    before = [path.read_text(encoding="utf-8").splitlines() for path in paths]
    relink(tmp_path, periods("2023Q1", "2023Q2"))
    for path, lines in zip(paths, before, strict=True):
        after = path.read_text(encoding="utf-8").splitlines()
        ((old, new),) = [(a, b) for a, b in zip(lines, after, strict=True) if a != b]
        assert old.startswith('<nav aria-label="Pack and language">') and new.count("<a rel=") == 1


@pytest.fixture
def make(project, executed, monkeypatch: pytest.MonkeyPatch):
    """Makes the pack of a period; its one report shows a headline."""

    def pretend(jobs: list[Job], *_rest: object) -> Iterator[Made]:
        for job in jobs:
            yield Made(job, 1.0, nb=executed(Headline("NPS stands.", (), ())))

    monkeypatch.setattr(packing, "execute_all", pretend)
    root = project(nps=[])
    return lambda period, **options: make_pack(load(period, root=root), root, root / "reports", **options).shown


def test_once_a_second_period_is_made_the_first_ones_pages_lead_to_it(make):
    first = make("2022Q4", langs=["en", "ja"])
    pages = ("index.html", "en/index.html", "ja/index.html", "en/nps.html", "ja/nps.html", "internal/en/nps.html")
    assert all(links(first / page) == {} for page in pages)
    before = {page: (first / page).read_text(encoding="utf-8").splitlines() for page in pages}
    second = make("2023Q1", langs=["en"])
    for page in pages:
        # No Japanese in the second: its front page.
        assert leads_to(first / page, "next") == second / (page if "ja/" not in page else "index.html")
        lines = (first / page).read_text(encoding="utf-8").splitlines()
        assert sum(a != b for a, b in zip(before[page], lines, strict=True)) == 1
    assert leads_to(second / "en/nps.html", "prev") == first / "en/nps.html"
    make("2022-12", langs=["en"])  # a month between them changes nothing
    assert links(first / "en/nps.html") == {"next": "../../2023Q1/en/nps.html"}


def test_a_period_made_anew_keeps_its_ways(make):
    make("2022Q4")
    second = make("2023Q1")
    assert leads_to(make("2023Q1") / "en/nps.html", "prev") == second.with_name("2022Q4") / "en/nps.html"
