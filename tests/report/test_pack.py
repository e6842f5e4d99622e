"""From notebooks to what readers see. The notebooks are told what they show; one test runs them for real."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from cskit.errors import NotAvailable, SettingsError
from cskit.metrics import metric
from cskit.params import load
from cskit.report import pack as packing
from cskit.report.execute import Job, Made
from cskit.report.pack import make_pack
from cskit.rows import Rows
from cskit.show import Headline

Shown = dict[str, list[object]]


def stated(value: float) -> Headline:
    return Headline(f"NPS stands at {value}.", ("nps.score",), (metric("nps.score", value, "estimated"),))


@pytest.fixture
def shown(executed, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What each notebook shows when it is run; read afresh at every run."""
    told: Shown = {}

    def pretend(jobs: list[Job], *_rest: object) -> Iterator[Made]:
        for job in jobs:
            yield Made(job, 1.0, nb=executed(*told[job.notebook.name]))

    monkeypatch.setattr(packing, "execute_all", pretend)
    return told


@pytest.fixture
def run(project, shown: Shown):
    """Makes a pack of the notebooks ``summary`` and ``nps``."""
    root = project(summary=[], nps=[])
    shown |= {"summary": [stated(6.4)], "nps": [stated(6.4)]}
    made = {"force": True}  # what the notebooks show changes here without anything that makes them changing
    return lambda **options: make_pack(load("2023Q2", root=root), root, root / "reports", **made | options)


def manifest(run_folder: Path) -> dict:
    return json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))


def test_a_good_run_has_everything_in_its_place(run, shown: Shown):
    frame = pd.DataFrame({"customer": ["A"], "step": ["=call"]})
    shown["nps"] += [Rows(frame, "x", export="actions"), Rows(frame, "y", export="detractors")]
    outcome = run()
    out = outcome.shown
    assert outcome.complete and out.name == "2023Q2"
    files = {str(path.relative_to(out.resolve())) for path in out.resolve().rglob("*") if path.is_file()}
    assert files == {
        "index.html", "en/index.html", "en/summary.html", "en/nps.html", "metrics.json", "manifest.json", "actions.xlsx",
        "internal/detractors.csv", "internal/notebooks/en/summary.ipynb", "internal/notebooks/en/nps.ipynb",
        "en/summary.md", "internal/en/index.html", "internal/en/summary.html", "internal/en/nps.html",
    }  # fmt: skip
    assert (out.parent / "index.html").is_file()
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["nps.score"]["value"] == 6.4 and metrics["nps.score"]["direction"] == "up"
    told = manifest(out)
    assert told["complete"] and told["period"] == "2023Q2" and set(told["reports"]) == {"summary", "nps"}
    assert told["reports"]["nps"]["languages"]["en"]["seconds"] == 1.0


def test_every_link_within_the_pack_leads_somewhere(run):
    out = run().shown
    for page in (*out.glob("en/*.html"), out / "index.html", out.parent / "index.html"):
        text = page.read_text(encoding="utf-8")
        for href in re.findall(r'href="([^"]+)"', text):
            if href.startswith("data:"):
                continue
            path, _sharp, anchor = href.partition("#")
            target = Path(os.path.normpath(page.parent / path)) if path else page  # as a browser does: links unresolved
            assert target.is_file(), f"{page.name}: {href}"
            assert not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8"), f"{page.name}: {href}"


def test_a_report_that_fails_does_not_stop_the_others(run, shown: Shown):
    shown["nps"] = [ValueError("row 7")]
    outcome = run()
    assert not outcome.complete
    assert "row 7" in (outcome.shown / "internal/en/nps.html").read_text(encoding="utf-8")
    assert "6.4" in (outcome.shown / "en" / "summary.html").read_text(encoding="utf-8")
    assert "1 report could not be made" in (outcome.shown / "index.html").read_text(encoding="utf-8")
    assert (outcome.shown / "internal/notebooks/en/nps.ipynb").is_file()


def test_of_a_summary_that_failed_no_page_states_a_verdict_or_a_figure(run, shown: Shown):
    shown |= {"summary": [stated(6.4), ValueError("row 7")], "nps": ["## Nothing"]}
    out = run().shown
    for page in (out / "index.html", out / "en/index.html", out / "internal/en/index.html", out.parent / "index.html"):
        text = page.read_text(encoding="utf-8")
        assert "NPS stands at" not in text and "6.4" not in text, page


def test_after_a_good_run_a_failed_one_stands_beside_it(run, shown: Shown):
    run()
    shown["nps"] = [ValueError("row 7")]
    outcome = run()
    assert outcome.shown.name == "2023Q2-incomplete"
    good = outcome.shown.with_name("2023Q2")
    assert manifest(good)["complete"] and "row 7" not in (good / "en" / "nps.html").read_text(encoding="utf-8")
    assert "2023Q2-incomplete/en/index.html" in (good.parent / "index.html").read_text(encoding="utf-8")


def test_what_the_data_cannot_support_leaves_the_run_complete(run, shown: Shown):
    shown["nps"] = [NotAvailable("nps_waves did not come")]
    assert run().complete


def test_two_reports_that_contradict_each_other_make_no_good_run(run, shown: Shown):
    shown["summary"] = [stated(6.0)]
    outcome = run()
    assert not outcome.complete
    assert outcome.quarrels == ("nps.score is 6.4 in nps and 6.0 in summary",)


def test_only_one_report_is_made_anew_and_the_others_are_taken_over(run, shown: Shown):
    first = run()
    made_at = manifest(first.shown)["reports"]["summary"]["made_at"]
    shown |= {"nps": [stated(6.4), "## New?"], "summary": [ValueError("must not be run")]}
    outcome = run(only=["nps"])
    told = manifest(outcome.shown)["reports"]
    assert outcome.complete
    assert (told["summary"]["carried_over"], told["nps"]["carried_over"]) == (True, False)
    assert told["summary"]["made_at"] == made_at
    assert "New?" in (outcome.shown / "en" / "nps.html").read_text(encoding="utf-8")
    assert "6.4" in (outcome.shown / "en" / "summary.html").read_text(encoding="utf-8")


def test_mending_the_one_that_failed_makes_the_run_good(run, shown: Shown):
    run()
    shown |= {"nps": [ValueError("row 7")], "summary": [stated(6.4), "## Second run"]}
    run()
    shown |= {"nps": [stated(6.4)], "summary": [ValueError("must not be run")]}
    outcome = run(only=["nps"])
    assert outcome.complete and outcome.shown.name == "2023Q2"
    assert "Second run" in (outcome.shown / "en" / "summary.html").read_text(encoding="utf-8")
    assert not outcome.shown.with_name("2023Q2-incomplete").exists()


def test_only_cannot_change_the_languages(run):
    run()
    with pytest.raises(SettingsError, match="taken over from is in en"):
        run(only=["nps"], langs=["en", "ja"])


def test_a_wrong_name_is_refused_before_anything_is_made(run):
    with pytest.raises(SettingsError, match=r"npss is not a report. Did you mean nps\?"):
        run(only=["npss"])
    with pytest.raises(SettingsError, match='found "fr"'):
        run(langs=["en", "fr"])


FAULT = """
from cskit.errors import NotAvailable
from cskit.run import _say_faults_plainly
_say_faults_plainly()
"""


def test_a_run_for_real(project, headline: str):
    root = project(
        nps=[headline, "md:## Is it real?", "Finding('Cannot tell.')"],
        health=[FAULT, "raise NotAvailable('assessments did not come')", "md:## Never reached?"],
    )
    outcome = make_pack(load("2023Q2", root=root), root, root / "reports")
    assert outcome.complete
    html = (outcome.shown / "en" / "nps.html").read_text(encoding="utf-8")
    assert "NPS stands at +6.4." in html and "Cannot tell." in html and "i18n.use" not in html
    html = (outcome.shown / "en" / "health.html").read_text(encoding="utf-8")
    assert "assessments did not come" in html and "papermill" not in html.lower() and "Exception" not in html
    copy = (outcome.shown / "internal/notebooks/en/nps.ipynb").read_text(encoding="utf-8")
    assert str(root) not in copy and "NPS stands at +6.4." in copy
