"""``make lab`` opens JupyterLab at the start notebook, in either language, on data of its own making, without news."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from cskit.report.notebooks import notebooks_of
from tests.conftest import ROOT, project_in
from tests.lab import wait_for

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
START = ROOT / "notebooks/README.ipynb"


def test_the_start_notebook_leads_to_every_other_under_its_own_question():
    cells = nbformat.read(START, as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    led = {place: title for title, place in re.findall(r"^- \[(.+)\]\((.+)\)$", prose, re.M)}
    others = {path.name: path for path in sorted(START.parent.glob("[0-9]*.ipynb"))}
    assert list(led) == list(others)
    titles = {name: nbformat.read(path, as_version=4).cells[0].source for name, path in others.items()}
    assert led == {name: title.splitlines()[0].removeprefix("# ") for name, title in titles.items()}


def test_it_takes_the_same_parameters_and_makes_no_report():
    parameters = [
        cell.source
        for path in (START, START.parent / "00_summary.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        if "parameters" in cell.metadata.get("tags", ())
    ]
    assert parameters[0] == parameters[1]
    assert START not in [book.path for book in notebooks_of(ROOT)]


@pytest.fixture
def lab_of(tmp_path: Path):
    """Runs ``make lab`` in a project without data; where it sent the browser, and its log."""
    project = project_in(tmp_path / "project")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, project / name)
    commands = project / ".venv/bin"
    commands.mkdir(parents=True)
    opened = tmp_path / "opened"
    scripts = {
        "cskit": f'exec "{sys.executable}" -m cskit "$@"',
        "jupyter": f'shift; exec "{sys.executable}" -m jupyterlab --allow-root --port=0 "$@"',
        "browser": f'echo "$1" > "{opened}"',
    }
    for name, line in scripts.items():
        (commands / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (commands / name).chmod(0o755)
    (project / ".venv/.ready").touch()
    shutil.copytree(ROOT / ".jupyter", project / ".jupyter")
    started = []
    plain = {"JUPYTER_CONFIG_DIR": str(tmp_path / "own"), "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "own/settings")}
    env = os.environ | plain | {"BROWSER": f"{commands / 'browser'} %s", "PYTHONPATH": str(ROOT)}

    def run(*words: str) -> tuple[str, Path]:
        log = tmp_path / "lab.log"
        with log.open("w") as told:
            started.append(
                subprocess.Popen(
                    ["make", "lab", *words], cwd=project, env=env, stdout=told, stderr=told, start_new_session=True
                )
            )
        wait_for(lambda: opened.exists() and bool(opened.read_text().strip()), 90)
        redirect = Path(unquote(urlsplit(opened.read_text().strip()).path)).read_text(encoding="utf-8")
        return re.search(r'url=([^"]+)"', redirect)[1].replace("&amp;", "&"), log

    yield run
    for process in started:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium")
@pytest.mark.parametrize(("lang", "title", "told"), [
    ("en", "Where do we begin?", "data/demo: "),
    ("ja", "どこから見るか", "data/demo:"),
])  # fmt: skip
def test_make_lab_opens_at_the_start_notebook_on_a_demo_made_now(lab_of, lang, title, told):
    from playwright.sync_api import expect, sync_playwright

    address, log = lab_of(f"lang={lang}")
    asked = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 2000})
        page.on("request", lambda request: asked.append(urlsplit(request.url).hostname))
        page.goto(address, timeout=90_000)
        expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=90_000)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        expect(page.locator(".jp-OutputArea-output .finding", has_text=told)).to_be_visible(timeout=120_000)
        expect(page.locator(".jp-toast, .Toastify__toast")).to_have_count(0)  # no news, no update
        page.get_by_role("link", name=re.compile("at risk|注意・要対応")).first.click()
        expect(page.locator(".lm-TabBar-tabLabel", has_text="02_dear_health.ipynb")).to_be_visible(timeout=60_000)
        browser.close()
    assert {host for host in asked if host} <= {"localhost", "127.0.0.1"}
    assert not re.search(r"Traceback|\[E ", log.read_text(encoding="utf-8"))
