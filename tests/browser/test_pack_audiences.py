"""Of the demo company's pack: what names a person or quotes one is in the team's folder and nowhere else."""

import csv
import json
import re
import zipfile
from collections.abc import Iterable
from html import unescape
from pathlib import Path

import pytest

from tests.browser.conftest import listed
from tests.browser.test_pack_pages import LANGS, NEWEST, PERIODS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

COMMENT = 8  # characters from which a comment is nobody else's phrase


def column(demo: Path, table: str, name: str) -> set[str]:
    with (demo / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row[name] for row in csv.DictReader(file) if row[name]}


@pytest.fixture(scope="module")
def team(demo: Path) -> set[str]:
    """Names of those who work in CS, with and without the space."""
    names = column(demo, "csms", "name")
    assert len(names) >= 5
    return names | {re.sub(r"\s", "", name) for name in names}


@pytest.fixture(scope="module")
def answers(demo: Path) -> set[str]:
    """Who answered a survey, and what they wrote."""
    comments = {text for text in column(demo, "nps_responses", "comment") if len(text) >= COMMENT}
    assert len(comments) >= 5
    return column(demo, "nps_responses", "respondent_id") | column(demo, "nps_invitations", "respondent_id") | comments


def text_of(path: Path) -> str:
    """All that a file says: workbooks unpacked, entities and escapes read."""
    if path.suffix == ".xlsx":
        book = zipfile.ZipFile(path)
        return unescape("\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist()))
    text = path.read_bytes().decode("utf-8", "replace")
    return json.dumps(json.loads(text), ensure_ascii=False) if path.suffix == ".json" else unescape(text)


@pytest.fixture(scope="module")
def texts(packs: Path) -> dict[str, str]:
    """What lies in the reports folder, for whomever, by its place."""
    tops = [*packs.glob("index*.html"), *(path for name in PERIODS for path in (packs / name).rglob("*"))]
    return {path.relative_to(packs).as_posix(): text_of(path) for path in tops if path.is_file()}


def part(texts: dict[str, str], *folders: str) -> dict[str, str]:
    """The files in folders of a run; without any, those outside every audience's own folder."""
    others = ("internal", "csm", "customer")
    return {
        name: text
        for name, text in texts.items()
        if (name.split("/")[1] if name.count("/") else "") in folders
        or (not folders and not any(f"/{other}/" in name for other in others))
    }


def found(texts: dict[str, str], words: Iterable[str]) -> list[str]:
    return [f"{name}: {word}" for name, text in texts.items() for word in sorted(words) if word in text]


def test_leaderships_files_are_all_there(texts: dict[str, str]):
    names = set(part(texts))
    wanted = {"index.html", "index.en.html", "index.ja.html", f"{NEWEST}/actions.xlsx", f"{NEWEST}/metrics.json"}
    wanted |= {
        f"{NEWEST}/{lang}/{page}" for lang in LANGS for page in ("index.html", "summary.md", "workload_model.html")
    }
    assert names >= wanted
    assert any(name.startswith(f"{NEWEST}/en/figures/") for name in names)


def test_leadership_gets_no_name_and_no_number_of_a_member_of_the_team(
    texts: dict[str, str], demo: Path, team: set[str]
):
    for_leadership = {name: text for name, text in part(texts).items() if not name.endswith("actions.xlsx")}
    faults = found(for_leadership, team)
    numbers = {word for word in column(demo, "csms", "csm_id") if re.fullmatch(r"M\d{3}", word)}
    assert numbers
    for name, text in for_leadership.items():
        if not name.endswith(".png"):
            faults += [f"{name}: {word}" for word in numbers if re.search(rf"(?<![\w.]){word}(?!\w)", text)]
    assert faults == [], listed(faults)
    assert found(part(texts, "internal"), team), "the team's own pages name nobody: nothing was tested"


def test_nobody_but_the_team_gets_what_a_person_answered(texts: dict[str, str], answers: set[str]):
    faults = found(part(texts) | part(texts, "csm", "customer"), answers)
    assert faults == [], listed(faults)
    assert found(part(texts, "internal"), answers), "the team's own files hold no answer: nothing was tested"


def people_in_tables(html: str, people: set[str]) -> list[str]:
    """Captions of the tables in which a member of the team heads a row, by name or number."""
    tables = re.findall(r"<table\b.*?</table>", html, flags=re.S)
    heads = [(table, re.findall(r'<th scope="row">(.*?)</th>', table, flags=re.S)) for table in tables]
    return [
        re.sub(r"<[^>]+>", "", re.findall(r"<caption>(.*?)</caption>", table, flags=re.S)[0])
        for table, rows in heads
        if any(re.sub(r"<[^>]+>", "", row).strip() in people for row in rows)
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_hours_of_a_person_are_on_the_teams_pages_only(texts: dict[str, str], team: set[str], demo: Path, lang: str):
    people = team | column(demo, "csms", "csm_id")
    inside = people_in_tables(texts[f"{NEWEST}/internal/{lang}/workload_model.html"], people)
    assert len(inside) >= 2  # hours by task, and booked of contracted
    for name, text in (part(texts) | part(texts, "csm", "customer")).items():
        if name.endswith(".html"):
            assert people_in_tables(text, people) == [], name
            assert [caption for caption in inside if caption in text] == [], name


def test_every_metric_that_names_its_rows_has_them(packs: Path):
    told = json.loads((packs / NEWEST / "metrics.json").read_text(encoding="utf-8"))
    named = {name: entry["rows"] for name, entry in told.items() if entry["rows"]}
    assert len(named) > len(told) / 2
    missing = [f"{name}: {path}" for name, path in named.items() if not (packs / NEWEST / path).is_file()]
    assert missing == [], listed(missing)
    assert all(path.startswith("internal/rows/") for path in named.values())
