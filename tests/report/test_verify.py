"""Can a published run be made again? Toys with data, tampered with by hand."""

import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from cskit import cli
from cskit.errors import CskitError, DataError, SettingsError
from cskit.params import Params, load
from cskit.report.filewise import MOST
from cskit.report.pack import make_pack
from cskit.report.verify import Verified, verify

CUSTOMERS = "customer_id,segment,region\nA,small,関東\nB,small,関西\nC,mid,関東\n"
SEEN = """
from cskit.run import start
from cskit.metrics import metric
from cskit.rows import Rows
from cskit.show import Headline
run = start(period, compare_to, data, lang, settings)
who = run.data.table("customers").order_by("customer_id").to_pandas()
Headline(" ".join(who.customer_id), ("health.at_risk",), (metric("health.at_risk", len(who), "counted"),), run.notes)
""".strip()
LISTED = 'Rows(who[["customer_id", "region"]], "Whom to call", export="actions")'


@pytest.fixture
def root(project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one report on three customers; the working folder."""
    made = project(summary=[SEEN, LISTED])
    (made / "data/toy").mkdir(parents=True)
    (made / "data/toy/customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    monkeypatch.chdir(made)
    return made


def published(root: Path, *overrides: str, langs: tuple[str, ...] = ("en",), each: str = "") -> Path:
    from cskit.data import open_data

    params: Params = load("2023Q2", data="data/toy", overrides=overrides, root=root)
    data = open_data(params.data, params.settings, params.period.end, root)
    outcome = make_pack(params, root, root / "reports", langs=langs, data=data, each=each)
    assert outcome.complete
    return outcome.shown


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs ``cskit verify``: exit code, stdout, stderr."""

    def say(run: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cskit", "verify", run])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return (int(left.value.code or 0), *capsys.readouterr())

    return say


def rewrite(path: Path, was: str, now: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert was in text, f"{was} is not in {path}"
    path.write_text(text.replace(was, now), encoding="utf-8")


def test_a_run_can_be_made_again_and_what_was_tampered_with_is_named(root: Path, said):
    run = published(root, "targets.health.at_risk.value=2", langs=("ja", "en"))
    files = [path for path in run.rglob("*") if path.is_file()]
    assert {"actions.xlsx", "metrics.json"} < {path.name for path in files}
    code, out, err = said("reports/2023Q2")
    assert (code, out) == (0, f"{len(files)} files, all the same.\n")
    assert "summary (ja)" in err  # it was run, not taken over
    before = {path: path.read_bytes() for path in files}
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before  # published as it was

    rewrite(run / "en/summary.html", "A B C", "A B D")
    rewrite(run / "metrics.json", '"value": 3', '"value": 5')
    rewrite(run / "manifest.json", '"complete": true', '"complete": false')
    (run / "internal/stranger.csv").write_text("x", encoding="utf-8")
    (run / "ja/summary.md").unlink()
    # What the declared lines hold is no difference.
    rewrite(run / "ja/summary.html", '<p class="made">', '<p class="made">yesterday ')
    rewrite(run / "ja/index.html", "<!--neighbours-->", "<!--neighbours--><a>before</a>")
    code, out, _err = said("2023Q2")
    assert code == 1
    lines = out.splitlines()
    # The stranger is one file more, and the page missing is made again.
    assert lines[0] == f"5 of {len(files) + 1} files are not the same."
    assert re.fullmatch(r"  en/summary\.html: differs from line \d+", lines[1])
    assert lines[2:] == [
        "  internal/stranger.csv: is not made any more",
        "  ja/summary.md: was not there",
        "  manifest.json: complete: False → True",
        "  metrics.json: health.at_risk: 5 → 3 (-2)",
    ]


def test_a_changed_input_is_said_before_what_it_changes(root: Path):
    run = published(root)
    (root / "data/toy/customers.csv").write_text(CUSTOMERS + "D,mid,関東\n", encoding="utf-8")
    found = verify(run, root)
    assert found.lines[:2] == ["Since it was made these have changed:", "  input customers.csv: 3 rows → 4 rows"]
    assert found.differing["metrics.json"] == ["health.at_risk: 3 → 4 (+1)"]
    assert "inputs.0.rows: 3 → 4" in found.differing["manifest.json"]
    assert not [line for line in found.differing["manifest.json"] if "identity" in line or "sha256" in line]


def test_an_input_that_changes_no_page_is_said_and_all_is_the_same(root: Path):
    run = published(root)
    (root / "data/toy/customers.csv").write_text(CUSTOMERS.replace("C,mid", "C,small"), encoding="utf-8")
    found = verify(run, root)
    assert found.notes == ("input customers.csv: other contents, 3 rows",)
    assert found.differing == {} and found.lines[-1].endswith("files, all the same.")


def test_a_changed_notebook_and_a_default_that_changed_are_said(root: Path):
    run = published(root)
    path = root / "notebooks/00_summary.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells[2].source = SEEN.replace('" ".join', '"-".join')
    nbformat.write(nb, path)
    # A folder of its own: defaults are read once per folder.
    elsewhere = root.with_name("elsewhere")
    shutil.copytree(root, elsewhere, symlinks=True)
    rewrite(elsewhere / "params/base.yaml", "window_days: 28", "window_days: 27")
    found = verify(run, elsewhere)
    assert found.notes == ("setting health.window_days: 28 → 27", "notebook summary.ipynb: another source")
    assert "en/summary.html" in found.differing and "metrics.json" not in found.differing


def test_a_setting_not_known_any_more_is_said_and_left_away(root: Path):
    run = published(root, "targets.health.at_risk.value=2")
    rewrite(run / "manifest.json", '"overrides": {', '"overrides": {"health": {"gone": 1}, "old": {}, ')
    found = verify(run, root)
    assert (
        found.notes == ("setting health.gone: not known any more", "setting old: not known any more")
        and found.differing == {}
    )


def test_packs_by_segment_are_made_again_together(root: Path):
    run = published(root, each="segment")
    found = verify(run, root)
    assert found.differing == {} and found.notes == ()
    assert found.files == len([path for path in run.rglob("*") if path.is_file()])
    rewrite(run / "segment=mid/metrics.json", '"value": 1', '"value": 2')
    (root / "data/toy/customers.csv").write_text(CUSTOMERS.replace("C,mid,関東", "C,mid,関西"), encoding="utf-8")
    found = verify(run, root)
    assert found.differing["segment=mid/metrics.json"] == ["health.at_risk: 2 → 1 (-1)"]
    assert found.notes == ("input customers.csv: other contents, 3 rows",)
    (root / "data/toy/customers.csv").write_text(CUSTOMERS.replace("C,mid", "C,large"), encoding="utf-8")
    found = verify(run, root)  # of the first pack, mid, nothing is left
    assert found.differing["segment=mid/metrics.json"] == ["is not made any more"]
    assert found.differing["segment=large/metrics.json"] == ["was not there"]
    assert found.notes == ("input customers.csv: other contents, 3 rows",)


def test_what_a_user_mends_is_one_text(root: Path, said):
    code, out, err = said("reports/2023Q3")
    assert (code, out) == (2, "") and "no manifest.json" in err and "Traceback" not in err
    run = published(root)
    code, _out, err = said("reports/2023Q3")
    assert code == 2 and "Found in reports/: 2023Q2." in err
    rewrite(run / "manifest.json", '"data": "data/toy"', '"data": "data/toys"')
    with pytest.raises(DataError, match="Did you mean toy"):
        verify(run, root)
    rewrite(run / "manifest.json", '"data": "data/toys"', '"data": "data/toy"')
    rewrite(run / "manifest.json", '"overrides": {', '"overrides": {"health": {"window_days": "many"}')
    with pytest.raises(SettingsError, match=r"health\.window_days"):
        verify(run, root)
    (root / "notebooks/00_summary.ipynb").rename(root / "notebooks/01_other.ipynb")
    rewrite(run / "manifest.json", '"overrides": {"health": {"window_days": "many"}', '"overrides": {')
    with pytest.raises(CskitError, match="none of its notebooks"):
        verify(run, root)


def test_twenty_files_are_named_and_the_others_counted():
    found = Verified(30, (), {f"{place:02}.html": ["differs from line 1"] for place in range(23)})
    assert MOST == 20 and len(found.lines) == 1 + 20 + 1
    assert found.lines[0] == "23 of 30 files are not the same." and found.lines[-1] == "  and 3 more"


def test_one_pack_of_several_can_be_made_again_by_itself(root: Path):
    run = published(root, each="segment") / "segment=small"
    found = verify(run, root)
    assert found.differing == {} and found.files == len([path for path in run.rglob("*") if path.is_file()])


def test_a_report_taken_over_from_an_earlier_run_is_said(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run = published(root)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rewrite(run / "manifest.json", '"carried_over": false', '"carried_over": true')
    found = verify(run, root)
    assert found.notes == ("report summary: was taken over from an earlier run",) and found.differing == {}
    assert not list(tmp_path.glob("cskit-verify-*"))  # nothing is left behind
