"""What an executed notebook found."""

from pathlib import Path

import pandas as pd

from cskit.errors import NotAvailable
from cskit.metrics import metric
from cskit.report.audience import seen_by
from cskit.report.outputs import metrics_of, read, scrub
from cskit.rows import Rows
from cskit.show import Finding, Headline

SCORE = metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, n=47)
HEADLINE = Headline("NPS stands at +6.4.", ("nps.score",), (SCORE,))


def test_a_headline_gives_verdict_keys_and_metrics(executed):
    found = read(executed(HEADLINE, Finding("so")))
    assert (found.status, found.question, found.verdict) == (
        "ok",
        "Would customers recommend us?",
        "NPS stands at +6.4.",
    )
    assert found.keys == ("nps.score",)
    assert metrics_of(found) == {"nps.score": SCORE}


def test_a_finding_brings_metrics_of_its_own(executed):
    change = metric("nps.change", 2.3, "estimated", low=-22.7, high=27.0)
    assert metrics_of(read(executed(HEADLINE, Finding("so", metrics=(change,))))) == {
        "nps.score": SCORE,
        "nps.change": change,
    }


def test_rows_with_a_name_are_a_list(executed):
    shown, full = pd.DataFrame({"customer": ["A", "B"]}), pd.DataFrame({"customer": ["A", "B"], "arr": [1.5, None]})
    found = read(executed(Rows(shown, "x", export="actions", full=full), Rows(shown, "only shown")))
    assert [(each.name, each.columns, each.rows) for each in found.listings] == [
        ("actions", ("customer", "arr"), (("A", 1.5), ("B", None)))
    ]


def test_an_error_is_one_line_without_a_traceback(executed):
    found = read(executed(HEADLINE, ValueError("no\n  such row")))
    assert (found.status, found.message) == ("failed", "ValueError: no such row")


def test_what_the_data_cannot_support_is_no_failure(executed):
    found = read(executed(NotAvailable("assessments did not come")))
    assert (found.status, found.message) == ("not available", "assessments did not come")


def test_a_kernel_that_died_failed(executed):
    assert read(executed(HEADLINE), "DeadKernelError: Kernel died").status == "failed"


def test_a_cell_that_failed_without_saying_so_failed(executed):
    nb = executed(HEADLINE)
    nb.cells[-1].metadata["papermill"] = {"exception": True}
    assert read(nb).status == "failed"


def test_what_an_analyst_tries_out_is_not_reported(executed):
    nb = executed(HEADLINE)
    nb.cells[-1].metadata["tags"] = ["analyst"]
    assert read(nb).metrics == {}


def test_an_executed_copy_tells_neither_machine_nor_minute(executed):
    nb = executed(HEADLINE)
    nb.metadata["papermill"] = {
        "input_path": "/home/me/notebooks/03_nps.ipynb",
        "start_time": "12:00",
        "parameters": {"lang": "en"},
    }
    nb.cells[-1].metadata["papermill"] = {"start_time": "12:00", "status": "completed", "exception": False}
    nb.cells[-1].metadata["execution"] = {"iopub.execute_input": "12:00"}
    kept = scrub(nb, Path("/home/me/notebooks/03_nps.ipynb"))
    assert "/home" not in str(kept) and "12:00" not in str(kept)
    assert kept.metadata.papermill.parameters == {"lang": "en"}
    assert [cell.id for cell in kept.cells] == ["cell-0", "cell-1", "cell-2"]


def test_a_list_for_internal_use_becomes_a_file_though_no_page_shows_it(executed):
    nb = executed(Rows(pd.DataFrame({"person": ["p"]}), "x", export="hours_by_person"))
    nb.cells[-1].metadata["tags"] = ["internal"]
    assert [listing.name for listing in read(nb).listings] == ["hours_by_person"]
    assert not seen_by(nb.cells[-1], "leadership") and seen_by(nb.cells[-1], "internal")


def test_a_figure_without_alternative_text_fails_its_report(executed):
    bare = {"image/png": "iVBO", "text/plain": "<Figure size 640x480>"}
    assert read(executed(bare)).status == "failed" and "alternative text" in read(executed(bare)).message
    assert read(executed({"image/svg+xml": '<svg viewBox="0 0 1 1"/>'})).status == "failed"
    told = executed(bare)
    told.cells[-1].outputs[0].metadata["alt"] = "Up, then down"
    assert read(told).status == "ok"
    assert read(executed({"image/svg+xml": '<svg aria-label="Up" viewBox="0 0 1 1"/>'})).status == "ok"
    for_analysts = executed(bare)
    for_analysts.cells[-1].metadata["tags"] = ["analyst"]
    assert read(for_analysts).status == "ok"
