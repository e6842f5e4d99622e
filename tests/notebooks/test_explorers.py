"""Explorers in a real JupyterLab: a slider is dragged, figure and sentence follow, the settings can be taken away."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.conftest import project_in
from tests.lab import faults, lab, wait_for

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(420),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium"),
]
# Of each notebook with an explorer, a slider whose move changes the first figure, and how far it is dragged.
EXPLORERS = {
    "01_onboarding_mix": ("onboarding.balance.knowledge_min", -40),
    "02_dear_health": ("health.grades.good", 40),
    "03_nps_comparison": ("report.confidence", -40),
    "04_workload_model": ("workload.planned_load", -40),
    "07_plays": ("plays.per_customer", 40),
}
# Of Chromium and JupyterLab themselves; a list of kernels asked for while one begins can fail, and is asked for again.
QUIET = ("favicon", "ResizeObserver loop", "/api/kernels?")


@pytest.fixture(scope="module")
def project(tmp_path_factory, demo):
    folder = project_in(tmp_path_factory.mktemp("explorers"), demo)
    for path in (folder / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        path.with_name(f"{path.stem}_ja.ipynb").write_text(
            text.replace('lang = \\"en\\"', 'lang = \\"ja\\"'), encoding="utf-8"
        )
    return folder


@pytest.fixture(scope="module")
def opened(project):
    """A browser at JupyterLab."""
    from playwright.sync_api import sync_playwright

    with lab(project) as (address, _server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield address, browser
        browser.close()


class Page:
    """A notebook that has been run, at its explorer."""

    def __init__(self, opened, name):
        address, browser = opened
        context = browser.new_context(
            viewport={"width": 1400, "height": 1600}, permissions=["clipboard-read", "clipboard-write"]
        )
        self.page, self.said, self.asked = context.new_page(), [], []
        self.page.on("console", lambda line: self.said.append(_told(line)) if line.type == "error" else None)
        self.page.on("pageerror", lambda fault: self.said.append(str(fault)))
        self.page.on("request", lambda asked: self.asked.append(asked.url))
        self.page.goto(f"{address}/lab/tree/{name}.ipynb?token=cskit-test&reset", timeout=90_000)
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        # JupyterLab lays out only what is in view: what comes last is sought until it is there.
        wait_for(self._there, 120)
        self.box = self.page.locator(".cskit-explorer").first

    def _there(self):
        self.page.evaluate(
            "document.querySelectorAll('.jp-WindowedPanel-outer').forEach(box => box.scrollTop = box.scrollHeight)"
        )
        self.page.wait_for_timeout(300)
        return self.page.locator(".cskit-explorer figure svg").count() > 0

    @property
    def figure(self):
        return self.box.locator("figure svg").first.get_attribute("aria-label")

    @property
    def words(self):
        return self.box.locator(".finding").all_inner_texts()

    def at(self, path):
        return self.box.locator(f".cskit-at-{path.replace('.', '-')} .noUi-handle")

    def open(self, path):
        """Show the group of controls in which a setting stands, by the keyboard alone."""
        chosen = self.box.locator(".cskit-chosen :is(select, button)").first
        chosen.focus()
        for _group in range(20):
            if self.at(path).is_visible():
                return
            # A list of names is opened first: its arrows alone are JupyterLab's, which goes to the next cell by them.
            for key in (
                ("Space", "ArrowDown", "Enter")
                if chosen.evaluate("one => one.tagName") == "SELECT"
                else ("Tab", "Enter")
            ):
                self.page.keyboard.press(key)
            self.page.wait_for_timeout(300)

    def drag(self, path, pixels):
        self.open(path)
        handle = self.at(path)
        handle.scroll_into_view_if_needed()
        place = handle.bounding_box()
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 9):
            self.page.mouse.move(x + pixels * step / 8, y)
        self.page.mouse.up()


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", EXPLORERS)
def test_figure_and_sentence_follow_the_slider_and_go_back_with_it(opened, project, name, lang):
    path, pixels = EXPLORERS[name]
    page = Page(opened, name if lang == "en" else f"{name}_ja")
    figure, words = page.figure, page.words
    page.drag(path, pixels)
    wait_for(lambda: page.figure != figure and page.words != words, 20)
    # By the keyboard, too, however fast: what is shown in the end is where the slider is. Who hears the page is told which.
    page.at(path).focus()
    label = page.box.locator(f".cskit-at-{path.replace('.', '-')} .widget-label").first.inner_text()
    wait_for(lambda: page.box.get_by_role("slider", name=label, exact=True).count() == 1, 20)
    for _press in range(3):
        page.page.keyboard.press("ArrowLeft")
    wait_for(lambda: _at_the_handle(page, path), 20)

    copy = page.box.locator("button[data-done]")
    copy.click()
    wait_for(lambda: copy.inner_text() == copy.get_attribute("data-done"), 20)
    copied = page.page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == page.box.locator("pre").first.inner_text().strip()
    assert yaml.safe_load(copied)["settings"]

    page.box.locator("button.widget-button").first.click()
    wait_for(lambda: page.figure == figure and page.words == words, 20)
    assert bool(re.search(r"[ぁ-ん]", " ".join([page.figure, *words]))) == (lang == "ja")
    assert [line for line in page.said if not any(word in line for word in QUIET)] == []
    assert [url for url in page.asked if not re.match(r"(http|ws)://127\.0\.0\.1[:/]|data:|blob:", url)] == []
    assert faults(project) == []


def test_weights_that_make_room_come_to_rest_and_go_back(opened):
    page = Page(opened, "02_dear_health")
    weights = [f"health.dimensions.{name}" for name in ("deployment", "engagement", "adoption", "roi", "other")]

    def shown():
        return [float(page.at(path).get_attribute("aria-valuenow")) for path in weights]

    def handed():
        told = page.box.locator("pre")
        found = yaml.safe_load(told.first.inner_text())["settings"]["health"]["dimensions"] if told.count() else {}
        return [
            round(100 * found.get(path.rpartition(".")[2], was / 100), 6)
            for path, was in zip(weights, PUBLISHED, strict=True)
        ]

    page.open(weights[0])
    assert shown() == PUBLISHED
    for pixels in (60, -30, 45):
        page.drag(weights[3], pixels)
    wait_for(lambda: shown() != PUBLISHED and shown() == handed(), 20)
    settled = shown()
    page.page.wait_for_timeout(3000)
    assert shown() == settled == handed() and sum(settled) == 100
    page.box.locator("button.widget-button").first.click()
    wait_for(lambda: shown() == PUBLISHED and page.box.locator("pre").count() == 0, 20)
    page.page.wait_for_timeout(3000)
    assert shown() == PUBLISHED and page.box.locator("pre").count() == 0


PUBLISHED = [20, 30, 25, 20, 5]


def test_a_play_of_many_is_found_by_the_keyboard(opened):
    page = Page(opened, "07_plays")
    page.open("plays.catalogue.goal_slipping.weight")
    words = page.words
    page.at("plays.catalogue.goal_slipping.weight").focus()
    page.page.keyboard.press("Home")
    wait_for(lambda: page.words != words, 20)


def _told(line):
    return f"{line.text} {line.location.get('url', '')}"


def _at_the_handle(page, path):
    """Whether what would be handed over is what the slider says, in per cent where it is a share."""
    shown = page.box.locator("pre")
    found = yaml.safe_load(shown.first.inner_text())["settings"] if shown.count() else {}
    for part in path.split("."):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    handle = float(page.at(path).get_attribute("aria-valuenow"))
    return isinstance(found, int | float) and min(abs(found - handle), abs(100 * found - handle)) < 1e-6


def test_a_scenario_saved_in_the_browser_is_one_that_a_run_takes(opened, project):
    from cskit.params import load

    page = Page(opened, "02_dear_health")
    page.at("health.grades.good").focus()
    page.page.keyboard.press("ArrowRight")
    wait_for(lambda: page.box.locator("pre").count() > 0, 20)
    page.box.get_by_placeholder("such as stricter").fill("a little stricter")
    page.page.keyboard.press("Tab")
    page.box.get_by_role("button", name="Save as scenario").click()
    saved = project / "params/scenarios/a little stricter.yaml"
    wait_for(saved.is_file, 20)
    params = load("2023Q2", root=project, settings_file=str(saved))
    assert params.settings.health.grades.good == 76
    assert json.dumps(params.overrides)


def test_the_notebooks_with_an_explorer_are_all_of_them(root):
    found = [
        path.stem
        for path in sorted(Path(root / "notebooks").glob("*.ipynb"))
        if "explore.what_if(" in path.read_text(encoding="utf-8")
    ]
    assert found == list(EXPLORERS)
