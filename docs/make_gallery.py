"""The pictures of the README, from the demo company: ``python -m docs.make_gallery``.

Makes the demo and its pack in a folder of its own, and looks at both the pages and JupyterLab with a Chromium.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.lab import lab

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs/gallery"
WIDE, HIGH = 1280, 860
# Picture: the page of the pack, and the heading that it begins at; empty: its top.
SHOTS = {
    "index": ("en/index.html", ""),
    "index-ja": ("ja/index.html", ""),
    "health": ("en/dear_health.html", "Are fewer at risk"),
    "nps": ("en/nps_comparison.html", ""),
    "workload": ("en/workload_model.html", ""),
}
CELLS = ("dear-health-01", "dear-health-02", "dear-health-03", "proof", "dear-health-explore")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        project = _project(Path(folder))
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        PLACE.mkdir(exist_ok=True)
        for name, (page, heading) in SHOTS.items():
            _keep(name, _of_page(browser, project / "reports/2023Q2" / page, heading))
        with lab(project) as (address, _server):
            _keep("explorer", _of_explorer(browser, f"{address}/lab/tree/what_if.ipynb?token=cskit-test&reset"))
        browser.close()


def _project(folder: Path) -> Path:
    """The demo company, its pack in both languages, and a notebook with nothing but the explorer of health."""
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, folder / name)
    for words in (["demo", "data/demo"], ["run", "2023Q2", "--lang", "en,ja"]):
        subprocess.run([sys.executable, "-m", "cskit", *words], cwd=folder, check=True)
    nb = nbformat.read(folder / "notebooks/02_dear_health.ipynb", as_version=4)
    known = {cell.id: cell for cell in nb.cells}
    known["proof"] = nbformat.v4.new_code_cell("proof = backtest(run, health)")
    nb.cells = [known[name] for name in CELLS]
    nbformat.write(nb, folder / "notebooks/what_if.ipynb")
    return folder


def _of_page(browser: Browser, path: Path, heading: str) -> bytes:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    page.goto(path.as_uri())
    if heading:
        page.locator("h2", has_text=heading).first.evaluate("it => window.scrollTo(0, it.offsetTop - 24)")
    return _shot(page)


def _of_explorer(browser: Browser, address: str) -> bytes:
    """With one slider moved, so that the difference can be seen."""
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    page.goto(address, timeout=90_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    page.keyboard.press("Control+b")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
    slider = page.locator(".jp-OutputArea-output .widget-slider").first
    slider.wait_for(timeout=120_000)
    slider.locator(".noUi-handle").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(4000)
    slider.evaluate("it => it.closest('.jp-OutputArea').scrollIntoView()")
    return _shot(page)


def _shot(page: Page) -> bytes:
    page.wait_for_timeout(500)
    picture: bytes = page.screenshot()
    page.close()
    return picture


def _keep(name: str, png: bytes) -> None:
    path = PLACE / f"{name}.webp"
    Image.open(io.BytesIO(png)).convert("RGB").save(path, quality=80, method=6)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
