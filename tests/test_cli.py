"""The command line, as ops meet it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import cskit.data
from cskit import cli
from cskit.data.asof import Input
from cskit.errors import DataError, Fault
from cskit.report import coverage, pack


def cskit_(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cskit", *words], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs the command line in this process: exit code, stdout, stderr."""

    def say(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cskit", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        code = left.value.code
        return (code if isinstance(code, int) else 0, *capsys.readouterr())

    return say


@pytest.fixture
def folder(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two notebooks and no data; the working folder."""
    import shutil

    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "notebooks").mkdir()
    for name in ("00_summary", "03_nps_comparison"):
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Data that opens without faults."""
    made = SimpleNamespace(rows={"churns": 4}, warnings=(), set_aside=(), set_aside_rows=0, inputs=())
    monkeypatch.setattr(cskit.data, "open_data", lambda *_given: made)
    monkeypatch.setattr(coverage, "period_has_data", lambda *_given: True)
    return made


def test_help_answers_at_once_and_loads_nothing_heavy():
    heavy = "[name for name in ('pandas', 'ibis', 'matplotlib', 'pydantic', 'nbconvert', 'papermill') if name in sys.modules]"
    code = f"import sys; from cskit import cli; sys.argv = ['cskit', '--help']\ntry: cli.main()\nexcept SystemExit: pass\nprint({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for command in (
        "run",
        "check",
        "demo",
        "template",
        "new",
        "list",
        "verify",
        "diff",
        "actions",
        "review",
        "import",
        "snapshot",
    ):
        assert f"\n  {command} " in done.stdout
    seconds = []
    for _again in range(3):
        begun = time.perf_counter()
        assert cskit_("--help").returncode == 0
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.4


def test_outside_a_project_it_says_where_to_go(tmp_path: Path):
    done = cskit_("run", "2023Q2", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Run this inside a cskit project folder." in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "2023Q5"), 'found "2023Q5"; a period is written'),
        (("run", "2023Q2", "--only", "nps_comparision"), "Did you mean nps_comparison?"),
        (("run", "2023Q2", "--lang", "en,jp"), 'found "jp"; it is one of en, ja.'),
        (("run", "2023Q2", "--set", "helth.window_days=3"), "Did you mean health?"),
        (("run", "2023Q2", "--set", "calendar.timezone=Asia/Tokio"), "Did you mean Asia/Tokyo?"),
        (("run", "2023Q2", "--set", "nonsense"), "a setting is written name=value"),
        (("run", "2023Q2", "--compare-to", "2024Q1"), "does not end before 2023Q2"),
        (("run", "2023Q2", "--data", "nowhere"), "nowhere"),
        (("demo", "x", "--world", "publishd"), "Did you mean published?"),
        (("demo", "x", "--format", "cvs"), "Did you mean csv?"),
        (("template", "x", "--lang", "jp"), 'found "jp"; it is one of en, ja.'),
        (("new", "2023Q2"), "is there already"),
        (("runn",), "runn"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_used_is_named_and_nothing_is_made(said, words: tuple[str, ...], told: str):
    code, out, err = said(*words)
    assert (code, out) == (2, "") and told in err and "Traceback" not in err
    assert not Path("reports").exists() and not Path("x").exists()


@pytest.mark.usefixtures("folder")
def test_faults_of_the_data_stop_everything_before_anything_is_written(said, monkeypatch: pytest.MonkeyPatch):
    def faulty(*_given: object) -> None:
        raise DataError([Fault("churns", "churns.csv", "found 8; a date", "Mend it.", "effective_on", (4,), 1)])

    monkeypatch.setattr(cskit.data, "open_data", faulty)
    for command in ("run", "check"):
        code, out, err = said(command, "2023Q2")
        assert (code, out) == (2, "")
        assert err.startswith("churns.csv: 1 fault\n  column effective_on, row 4: found 8; a date\n    Mend it.\n")
        assert "--set-aside" in err
    assert not Path("reports").exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("column", "words"), [("", ()), ("effective_on", ("--set-aside",))])
def test_going_on_without_rows_is_not_advised_where_it_does_not_help(said, monkeypatch, column, words):
    """A row of too many cells is none that could be left out; and who goes on without rows knows of it."""

    def faulty(*_given: object) -> None:
        raise DataError(
            [Fault("churns", "churns.csv", "found 6 cells; the header has 4.", "Mend it.", column, (2,), 1)]
        )

    monkeypatch.setattr(cskit.data, "open_data", faulty)
    code, _out, err = said("check", "2023Q2", *words)
    assert code == 2 and "found 6 cells" in err
    assert "go on without the rows" not in err


@pytest.mark.usefixtures("folder", "data")
def test_a_period_without_data_is_refused(said, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(coverage, "period_has_data", lambda *_given: False)
    code, _out, err = said("run", "2031Q1")
    assert code == 2 and "nothing in it is dated in 2031Q1 (2031-01-01 to 2031-03-31)" in err
    assert not Path("reports").exists()


@pytest.mark.parametrize(("complete", "code"), [(True, 0), (False, 1)])
@pytest.mark.usefixtures("data")
def test_the_exit_code_says_whether_a_report_failed(
    said, folder: Path, monkeypatch: pytest.MonkeyPatch, complete: bool, code: int
):
    given: list[tuple] = []

    def make_pack(params, *rest, **options):
        given.append((params, *rest))
        return pack.Outcome(rest[1] / "2023Q2", (), (), complete)

    monkeypatch.setattr(pack, "make_pack", make_pack)
    done, out, _err = said(
        "run",
        "2023Q2",
        "--lang",
        "ja,en",
        "--only",
        "summary,nps_comparison",
        "--set-aside",
        "--set",
        "health.window_days=30",
    )
    assert done == code
    assert out == f"{Path('reports/2023Q2/index.html')}\n"
    params, root, reports, langs, only, *_rest = given[0]
    assert (root, reports, langs, only) == (folder, folder / "reports", ["ja", "en"], ["summary", "nps_comparison"])
    assert (params.lang, params.settings.data.set_aside, params.settings.health.window_days) == ("ja", True, 30)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the system's administrator may write anywhere")
@pytest.mark.usefixtures("data")
def test_a_folder_that_cannot_be_written_is_named(said, folder: Path):
    folder.chmod(0o555)
    code, _out, err = said("run", "2023Q2")
    folder.chmod(0o755)
    assert code == 2 and "reports" in err and "Traceback" not in err


@pytest.mark.usefixtures("folder")
def test_check_tells_tables_and_warnings(said, data: SimpleNamespace):
    data.warnings = (Fault("tickets", "tickets.csv", "no such customer", rows=(7,), count=1, warning=True),)
    inputs = [("a.csv", "plain", 1, ""), ("b_4.csv", "churns", 3, ""), ("b_5.csv", "churns", 1, "cp932, tab")]
    data.inputs = tuple(Input(path, table, rows, None, said=how) for path, table, rows, how in inputs)
    code, out, _err = said("check")
    assert code == 0
    assert "b_4.csv: 3 rows of churns\n  b_5.csv: 1 rows of churns, cp932, tab\n" in out and "a.csv" not in out
    assert "data/demo, as of 2023-06-30" in out and "churns" in out and "The data can be used." in out
    assert "warning  tickets.csv: row 7: no such customer" in out


def test_new_begins_the_period_after_the_newest(said, folder: Path):
    code, out, _err = said("new")
    assert code == 0 and "cskit run 2023Q3" in out
    assert (folder / "params" / "2023Q3.yaml").is_file()


def test_list_tells_periods_reports_and_notebooks(said, folder: Path):
    made = folder / "reports" / "2022Q4"
    made.mkdir(parents=True)
    told = {
        "period": "2022Q4",
        "made_at": "2023-01-09",
        "reports": {"summary": {"status": "ok"}, "nps": {"status": "failed"}},
    }
    (made / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    code, out, _err = said("list")
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert ["2022Q4", "-", "2,", "1", "failed", "2023-01-09"] in lines
    assert ["2023Q2", "params/2023Q2.yaml", "-", "-"] in lines
    assert ["nps_comparison", "notebooks/03_nps_comparison.ipynb"] in lines
