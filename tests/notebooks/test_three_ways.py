"""``cskit run``, bare papermill and JupyterLab give the same numbers."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest

from cskit.report import warm
from cskit.report.outputs import read
from tests.lab import lab, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def project(packs):
    """The project folder in which the whole pack was run."""
    return packs.parent


@pytest.fixture(scope="module")
def pack(project):
    """Metrics of ``cskit run`` over the whole pack."""
    return json.loads((project / "reports/2023Q2/metrics.json").read_text(encoding="utf-8"))


def _metrics(path: Path) -> dict[str, dict]:
    return read(nbformat.read(path, as_version=4)).metrics


def test_the_pack_holds_every_metric_that_was_promised(pack):
    promised = """nps.score nps.change nps.company_response nps.respondent_response onboarding.self_share
        onboarding.self_share_max onboarding.crossover_month onboarding.hearing_coverage onboarding.unknown_customers
        onboarding.median_days health.good health.sound health.caution health.action health.provisional health.coverage
        health.at_risk health.at_risk_vs_year_start health.improved health.newly_at_risk growth.arr growth.nrr growth.grr
        growth.churns_year growth.churns_previous_year workload.hours workload.meetings_ratio
        workload.meeting_hours_ratio workload.total_hours_ratio
        nps.answers_for_10_points nps.paired_change nps.company_equal nps.arr_weighted health.auc health.stale_inputs
        health.good_churned onboarding.crossing onboarding.balance_self_share onboarding.knowledge_price
        workload.overload_probability workload.hires_needed workload.indirect_share
        growth.unforeseen_churns growth.ltv growth.gross_margin growth.renewals_at_risk growth.person_dependence""".split()
    assert set(promised) <= set(pack)
    assert all(pack[name]["value"] is not None for name in promised)


def test_every_metric_of_the_pack_leads_to_the_rows_that_made_it(project, pack):
    folder = project / "reports/2023Q2"
    lengths = {}
    for name, metric in pack.items():
        assert metric["rows"].startswith("internal/rows/"), name
        lengths[metric["rows"]] = len((folder / metric["rows"]).read_text(encoding="utf-8-sig").splitlines())
    assert len(lengths) == 34 and all(length > 1 for length in lengths.values()), lengths


@pytest.mark.parametrize("name", ["03_nps_comparison", "02_dear_health", "06_growth_phase"])
def test_bare_papermill_in_the_projects_root_gives_the_numbers_of_the_pack(project, pack, name):
    command = [sys.executable, "-m", "papermill", f"notebooks/{name}.ipynb", "out.ipynb", "-f", "params/2023Q2.yaml"]
    subprocess.run(command, cwd=project, check=True, timeout=200, capture_output=True)
    found = _metrics(project / "out.ipynb")
    assert found and found == {metric: _own(pack[metric]) for metric in found}


def test_a_misspelt_parameter_is_refused_by_name(project):
    command = [
        sys.executable,
        "-m",
        "papermill",
        "notebooks/03_nps_comparison.ipynb",
        "bad.ipynb",
        "-p",
        "perod",
        "2023Q1",
    ]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=200)
    assert ended.returncode != 0
    assert "perod is not a parameter. Did you mean period?" in ended.stderr + ended.stdout


@pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium")
def test_running_all_cells_in_jupyterlab_gives_the_numbers_of_the_pack(project, pack):
    # What the notebook says by itself is what params say, apart from the words and targets of the settings.
    from playwright.sync_api import expect, sync_playwright

    path = project / "notebooks/03_nps_comparison.ipynb"
    with lab(project) as (address, server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{address}/lab/tree/03_nps_comparison.ipynb?token=cskit-test&reset", timeout=90_000)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        expect(page.locator(".jp-OutputArea-output .verdict")).to_be_visible(timeout=120_000)

        def saved() -> bool:
            # JupyterLab draws only the cells in view: whether all have run is seen in the file.
            page.keyboard.press("Control+s")
            page.wait_for_timeout(1000)
            return _all_ran(path)

        wait_for(saved, 180)
        browser.close()
        started = psutil.Process(server).children(recursive=True)
        assert any("forkserver" in word for process in started for word in process.cmdline()) or not warm.available()
    wait_for(lambda: not any(process.is_running() for process in started), 20)
    found = _metrics(path)
    shown = [name for name in found if found[name]["value"] is not None]
    assert len(shown) >= 4
    assert {name: _without_targets(found[name]) for name in shown} == {
        name: _without_targets(_own(pack[name])) for name in shown
    }


def _own(metric: dict) -> dict:
    """What the notebook says of it: where its rows lie only a run of the pack knows."""
    return {key: value for key, value in metric.items() if key != "rows"}


def _without_targets(metric: dict) -> dict:
    return {key: value for key, value in metric.items() if key not in ("target", "direction")}


def _all_ran(path: Path) -> bool:
    try:
        cells = nbformat.read(path, as_version=4).cells
    except ValueError:  # read while it was written
        return False
    return all(cell.execution_count for cell in cells if cell.cell_type == "code")
