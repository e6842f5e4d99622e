"""The pack on one page, and the periods."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cskit.metrics import metric
from cskit.params import Params
from cskit.report.coverage import Coverage
from cskit.report.index import index_page, periods_of, periods_page
from cskit.report.manifest import Entry
from cskit.report.outputs import Finding
from cskit.report.pages import Pack

NOW = datetime(2023, 7, 3, 9, 5, tzinfo=UTC)
SCORE = {"nps.score": metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47).as_json()}


def entry(name: str, finding: Finding, **changes: object) -> Entry:
    made = Entry(name, f"0_{name}.ipynb", {"en": finding}, {"en": 1.0}, NOW, False, "now")
    return replace(made, **changes)


SUMMARY = entry("summary", Finding("ok", "", "What do we decide?", "ARR is up.", ("nps.score",), SCORE))
NPS = entry("nps", Finding("ok", "", "Would they recommend us?", "NPS is +6.4.", ("nps.score",), SCORE))


def test_the_summary_leads_and_every_other_report_has_a_card(pack: Pack):
    html = index_page(pack, [SUMMARY, NPS], Coverage(), [], basis="now")
    assert html.index("ARR is up.") < html.index("What do we decide?</a></p>") < html.index("NPS is +6.4.")
    assert html.count("ARR is up.") == 1
    assert 'href="nps.html#def-nps.score"' in html
    assert "Taken over" not in html


def test_beside_the_language_folders_every_link_leads_into_them(pack: Pack):
    html = index_page(pack, [NPS], Coverage(), [("actions.xlsx", "steps")], at_root=True)
    assert 'href="en/nps.html"' in html and 'href="actions.xlsx"' in html and 'href="../index.en.html"' in html
    within = index_page(pack, [NPS], Coverage(), [("actions.xlsx", "steps")])
    assert 'href="nps.html"' in within and 'href="../actions.xlsx"' in within and 'href="../../index.en.html"' in within


def test_a_failed_report_is_named_above_everything_and_the_team_is_told_why(pack: Pack):
    bad = entry(
        "nps",
        Finding(
            "failed",
            "ValueError: row 7",
            "Would they recommend us?",
            "NPS is +6.4.",
            ("nps.score",),
            SCORE,
            trouble="cell",
        ),
    )
    html = index_page(pack, [SUMMARY, bad], Coverage(), [])
    assert html.index("1 report could not be made; the others were.") < html.index('id="reports"')
    assert "A cell of the notebook failed." in html and "row 7" not in html and "internal/en/nps.html" in html
    assert "NPS is +6.4." not in html
    html = index_page(replace(pack, audience="internal"), [SUMMARY, bad], Coverage(), [])
    assert "ValueError: row 7" in html and "internal/notebooks/en/nps.ipynb" in html


def test_what_the_data_held_is_told(pack: Pack):
    coverage = Coverage(
        (("churns", "a cancellation", "1,204"),), (("usage", "the adoption dimension"),), ("churns.csv: odd <x>",), 3
    )
    html = index_page(pack, [NPS], coverage, [])
    for told in ("1,204", "the adoption dimension", "churns.csv: odd &lt;x&gt;", "3 faulty rows were set aside"):
        assert told in html


def test_a_report_taken_over_says_from_when_and_whether_the_data_changed_since(pack: Pack):
    old = replace(NPS, carried=True, made=NOW - timedelta(days=2))
    assert "Taken over, made 1 July 2023, 09:05 UTC." in index_page(pack, [old], Coverage(), [], basis="now")
    assert "have changed" not in index_page(pack, [old], Coverage(), [], basis="now")
    assert "the data or the settings have changed" in index_page(pack, [old], Coverage(), [], basis="other")


def test_numbers_that_contradict_each_other_are_said(pack: Pack):
    assert "nps.score is 6.4 in nps and 6.0 in summary" in index_page(
        pack, [NPS], Coverage(), [], ["nps.score is 6.4 in nps and 6.0 in summary"]
    )


def test_a_period_that_is_not_over_is_preliminary(params: Params):
    assert Pack.of(params, ("en",), datetime(2023, 6, 30, 23, 59, tzinfo=UTC)).status == "preliminary"
    assert Pack.of(params, ("en",), datetime(2023, 7, 1, tzinfo=UTC)).status == "final"


def test_periods_are_listed_newest_first_with_their_key_figures(tmp_path: Path, params: Params):
    told = {"en": {"verdict": "ARR is up.", "keys": ["nps.score"]}}
    for name, complete in (("2022Q4", True), ("2023Q2", False), ("FY2022", True)):
        folder = tmp_path / name
        folder.mkdir()
        manifest = {"period": name, "complete": complete, "title": "Customer success", "languages": ["en"],
                    "reports": {"summary": {"languages": told}}, "settings": {"all": params.settings.model_dump(mode="json")}}  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (folder / "metrics.json").write_text(json.dumps(SCORE), encoding="utf-8")
    (tmp_path / "notes").mkdir()
    (tmp_path / "2021").mkdir()
    (tmp_path / "2021" / "manifest.json").write_text('{"period": "2021"}', encoding="utf-8")  # somebody else's
    assert [period.name for period in periods_of(tmp_path)] == ["2023Q2", "FY2022", "2022Q4"]
    html = periods_page(tmp_path)
    assert html.index("2023Q2/en/index.html") < html.index("FY2022/en/index.html") < html.index("2022Q4/en/index.html")
    assert html.count("ARR is up.") == 3 and html.count('class="figure">+6.4') == 3
    assert html.count("In this run a report could not be made.") == 1
