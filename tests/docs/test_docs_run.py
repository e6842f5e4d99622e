"""The pages of docs/ that tell how something is done are done, as they stand there."""

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, project_in
from tests.docs.pages import blocks, work_through

DOCS = ROOT / "docs"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What a reader has in front of him, but for the package itself."""
    project = project_in(tmp_path / "project")
    shutil.copytree(DOCS / "examples", project / "docs/examples")
    return project


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_tutorial_leads_from_exports_to_a_report_and_a_what_if(project: Path):
    assert work_through(DOCS / "tutorial.md", project) >= 12
    assert (project / "reports/2024Q2/en/nps_comparison.html").is_file()


@pytest.fixture
def checkout(tmp_path: Path, demo: Path) -> Path:
    """The whole of it, to be changed: the package, the tests' list of messages, the demo."""
    project = project_in(tmp_path / "checkout", demo)
    clean = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "cskit", project / "cskit", ignore=clean)
    (project / "tests").mkdir()
    for name in ("__init__.py", "messages.py"):
        shutil.copy(ROOT / "tests" / name, project / "tests" / name)
    return project


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["add-a-health-item", "add-a-notebook", "add-a-language"])
def test_a_how_to_does_what_it_says(name: str, checkout: Path):
    assert work_through(DOCS / f"howto/{name}.md", checkout) >= 3


def test_a_health_item_takes_fewer_than_ten_lines():
    (change,) = [block.text for block in blocks(DOCS / "howto/add-a-health-item.md") if block.kind == "diff"]
    added = [
        line for line in change.splitlines() if line.startswith("+") and not line.startswith("+++") and line != "+"
    ]
    assert len(added) == 8


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_database_of_the_how_to_gives_the_report(demo: Path, postgres_server, tmp_path: Path):
    from tests.engines import PASSWORD, fill

    project = project_in(tmp_path / "project")
    fill(postgres_server, "howto", demo)
    here = {"postgresql://db.example.com:5432/cs?sslmode=verify-full": postgres_server.source("howto")["url"]}
    assert work_through(DOCS / "howto/connect-a-database.md", project, {"CSKIT_DB_PASSWORD": PASSWORD}, here) == 2


def test_every_how_to_is_done():
    done = {"add-a-health-item", "add-a-notebook", "add-a-language", "connect-a-database"}
    assert {page.stem for page in (DOCS / "howto").glob("*.md")} == done


PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DOCS.glob("**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_leads_to_is_there(page: Path):
    """Pictures, too."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    led = re.findall(r"\]\((?!https?:)([^)#\s]+)", text)
    assert [place for place in led if not (page.parent / place).exists()] == []


def test_the_list_of_pages_names_every_page_but_single_decisions():
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.glob("**/*.md") if page.name != "README.md"]
    assert [page for page in pages if not page.startswith("decisions/") and f"({page})" not in text] == []


def test_the_pictures_of_the_readme_are_there_small_and_none_is_left_over():
    named = re.findall(
        r"!\[[^\]]{20,}\]\((docs/gallery/[\w-]+\.webp)\)", (ROOT / "README.md").read_text(encoding="utf-8")
    )
    there = sorted(path.relative_to(ROOT).as_posix() for path in (DOCS / "gallery").iterdir())
    assert sorted(named) == there and len(there) >= 5
    assert [path for path in there if (ROOT / path).stat().st_size >= 150_000] == []
