"""From what a run was made."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from xlsxwriter import Workbook

from cskit.data import open_data
from cskit.params import Params, resolve, settings_with
from cskit.report.manifest import Entry, basis, code_state, join_metrics, read_manifest, run_facts
from cskit.report.outputs import Finding

NOW = datetime(2023, 7, 3, tzinfo=UTC)


def entry(name: str, *values: float, status: str = "ok", basis: str = "b") -> Entry:
    """A report that states nps.score, a value per language."""
    langs = ("en", "ja")[: len(values)]
    findings = {
        lang: Finding(status, metrics={"nps.score": {"value": value, "target": None}})
        for lang, value in zip(langs, values, strict=True)
    }
    return Entry(name, f"{name}.ipynb", findings, dict.fromkeys(langs, 1.0), NOW, False, basis)


def test_one_number_said_alike_everywhere_is_one_metric():
    assert join_metrics([entry("summary", 6.4, 6.4), entry("nps_comparison", 6.4, 6.4)]) == (
        {"nps.score": {"value": 6.4, "target": None}},
        [],
    )


def test_a_number_that_two_reports_state_differently_is_the_wings_and_said():
    metrics, quarrels = join_metrics([entry("summary", 6.0), entry("nps_comparison", 6.4)])
    assert metrics["nps.score"]["value"] == 6.4
    assert quarrels == ["nps.score is 6.4 in nps_comparison and 6.0 in summary"]


def test_a_number_that_two_languages_state_differently_is_said():
    assert join_metrics([entry("nps_comparison", 6.4, 6.3)])[1] == [
        "nps_comparison: nps.score differ between en and ja"
    ]


def test_a_report_taken_over_from_other_data_may_differ():
    assert join_metrics([entry("summary", 6.0, basis="old"), entry("nps_comparison", 6.4)])[1] == []


def test_a_failed_report_states_nothing():
    assert join_metrics([entry("nps_comparison", 6.4, status="failed")]) == ({}, [])


def test_the_basis_follows_data_and_settings_but_not_the_language(params: Params, root: Path):
    def digest(own: Params, sha256: str = "a") -> str:
        told = SimpleNamespace(path="x.csv", table="churns", rows=1, sha256=sha256, how={}, set_aside=0)
        data = SimpleNamespace(inputs=(told,), rows={"churns": 1}, warnings=(), set_aside_rows=0)
        return basis(run_facts(own, root, data))

    japanese = resolve({"period": "2023Q2", "lang": "ja"}, root=root)
    other = resolve({"period": "2023Q2"}, ["health.window_days=29"], root)
    assert digest(params) == digest(japanese)
    assert len({digest(params), digest(other), digest(params, "b")}) == 3


def test_a_manifest_names_inputs_settings_code_and_libraries(params: Params, root: Path):
    facts = run_facts(params, root, None)
    assert (facts["period"], facts["compare_to"], facts["as_of"]) == ("2023Q2", "2023Q1", "2023-06-30")
    assert facts["settings"]["all"]["health"]["grades"]["good"] == 75
    assert facts["settings"]["all"]["health"]["caps"][0]["from"] == 183
    assert {"pandas", "duckdb", "papermill"} <= set(facts["versions"])


def test_without_git_the_revision_is_unknown(tmp_path: Path):
    told = code_state(tmp_path)
    assert (told["revision"], told["clean"], told["lock_sha256"]) == (None, None, None)
    assert told["digest"]


def test_a_broken_manifest_is_none(tmp_path: Path):
    (tmp_path / "manifest.json").write_text("{half", encoding="utf-8")
    assert read_manifest(tmp_path) == {}


def test_a_manifest_says_of_each_file_how_it_was_read_and_what_became_of_its_rows(params: Params, tmp_path: Path):
    """Five rows of customers below a title: one a total, one with a date there is not, three used."""
    rows = "C1\tA\t2023-04-01\nC2\tB\t2023-04-31\n\nC3\tC\t\nC4\tD\t\n合計\t\t\n"
    (tmp_path / "顧客.csv").write_text(f"顧客一覧\n顧客ID\t会社名\t契約日\n{rows}", encoding="cp932")
    with Workbook(str(tmp_path / "x.xlsx")) as book:
        book.add_worksheet("NPS調査").write_row(0, 0, ["wave", "closed_on"])
        book.get_worksheet_by_name("NPS調査").write_row(1, 0, ["A", "2023-05-31"])
    (tmp_path / "c.csv").write_text("id,stage\n1,won\n2,lost\n\n3,lost\n", encoding="utf-8")
    select = {"sql": "SELECT id AS csm_id FROM c WHERE stage = 'won'"}
    told = {"mapping": {"customers": {"file": "顧客.csv", "totals": "drop"}, "csms": select}, "set_aside": True}
    data = open_data(str(tmp_path), settings_with({"data": told}), params.period.end, tmp_path)
    read = {own["path"]: (own["rows"], own["read"]) for own in run_facts(params, tmp_path, data)["inputs"]}
    assert read == {
        "顧客.csv": (4, {"encoding": "cp932", "separator": "\t", "header_row": 2, "rows_left_out": 1, "rows_used": 3,
                        "rows_set_aside": 1}),
        "c.csv": (1, {"encoding": "utf-8", "separator": ",", "header_row": 1, "rows_in_file": 3, "rows_used": 1,
                      "rows_set_aside": 0}),
        "x.xlsx, sheet NPS調査": (1, {"sheet": "NPS調査", "header_row": 1, "rows_used": 1, "rows_set_aside": 0}),
    }  # fmt: skip
