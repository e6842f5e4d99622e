"""Nothing is run twice, and what a killed run had done is not lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from cskit.params import load
from cskit.report.kept import identity_of
from cskit.report.pack import Outcome, make_pack
from cskit.report.unchanged import nothing_to_do

COUNTED = "from pathlib import Path\nwith Path('ran').open('a') as file: print({name!r}, file=file)\n"
SHOWN = """
from cskit import i18n
from cskit.metrics import metric
from cskit.show import Headline
i18n.use(lang)
Headline("NPS stands at +6.4.", ("nps.score",), (metric("nps.score", 6.4, "estimated"),))
"""
UNDER_WAY = """
import sys; from pathlib import Path; from cskit.params import load; from cskit.report.pack import make_pack
if __name__ == "__main__":
    root = Path(sys.argv[1])
    make_pack(load("2023Q2", root=root), root, root / "reports", workers=1)
"""


LONG = """
import pandas as pd
from cskit.rows import Behind
Behind("answers", pd.DataFrame({"customer": [f"C{n}" for n in range(3_000)], "score": 7.5, "why": ["=1+1", None, 3] * 1_000}), ("nps.score",))
"""


@pytest.fixture
def root(project) -> Path:
    return project(**{name: [COUNTED.format(name=name) + SHOWN] for name in ("summary", "nps")})


def run(root: Path, **options: object) -> Outcome:
    return make_pack(load("2023Q2", root=root), root, root / "reports", **options)  # type: ignore[arg-type]


def begun(root: Path) -> str:
    return (root / "ran").read_text(encoding="utf-8") if (root / "ran").exists() else ""


def done(root: Path) -> list[Path]:
    """The executed notebook that a run under way has put down."""
    return list((root / "reports/.runs/2023Q2").glob(".making-*/internal/notebooks/en/nps.ipynb"))


def ran(root: Path) -> list[str]:
    """Which notebooks were run since last asked."""
    told = root / "ran"
    names = told.read_text(encoding="utf-8").split() if told.exists() else []
    told.unlink(missing_ok=True)
    return sorted(names)


def test_only_what_has_changed_is_run_again(root: Path):
    run(root)
    assert ran(root) == ["nps", "summary"]
    outcome = run(root)
    assert ran(root) == [] and all(entry.kept for entry in outcome.entries)
    assert "NPS stands at +6.4." in (outcome.shown / "en/nps.html").read_text(encoding="utf-8")
    book = root / "notebooks/01_nps.ipynb"
    book.write_text(book.read_text(encoding="utf-8").replace("+6.4.", "+6.5."), encoding="utf-8")
    run(root)
    assert ran(root) == ["nps"]
    run(root, force=True)
    assert ran(root) == ["nps", "summary"]


def test_another_setting_language_or_input_is_another_report(root: Path):
    params = load("2023Q2", data="data/toy", root=root)
    (root / "data/toy").mkdir(parents=True)
    (root / "data/toy/churns.csv").write_text("customer_id\nA\n", encoding="utf-8")
    make_pack(params, root, root / "reports")
    assert nothing_to_do(params, root, root / "reports")
    others = [
        load("2023Q2", data="data/toy", overrides=["report.seed=2"], root=root),
        load("2023Q2", data="data/toy", compare_to="2022Q4", root=root),
        load("2023Q2", data="data/toy", lang="ja", root=root),
    ]
    assert [nothing_to_do(other, root, root / "reports") for other in others] == [None, None, None]
    assert nothing_to_do(
        load("2023Q2", data="data/toy", overrides=["limits.minutes=1"], root=root), root, root / "reports"
    )
    (root / "data/toy/churns.csv").write_text("customer_id\nB\n", encoding="utf-8")
    assert nothing_to_do(params, root, root / "reports") is None


def test_a_report_that_failed_is_run_again(root: Path):
    book = root / "notebooks/01_nps.ipynb"
    whole = book.read_text(encoding="utf-8")
    book.write_text(whole.replace("i18n.use(lang)", "1/0"), encoding="utf-8")
    assert not run(root).complete
    ran(root)
    assert not run(root).complete
    assert ran(root) == ["nps"]
    assert nothing_to_do(load("2023Q2", root=root), root, root / "reports") is None


@pytest.mark.parametrize("torn", [False, True])
def test_a_killed_run_is_gone_on_with(root: Path, torn: bool):
    first = run(root)
    before = {path.name: path.read_bytes() for path in (first.shown / "en").glob("*.html")}
    ran(root)
    for name in ("00_summary", "01_nps"):
        book = root / f"notebooks/{name}.ipynb"
        text = book.read_text(encoding="utf-8").replace("+6.4.", "+7.0.")
        slow = "import time; time.sleep(60)" if name == "00_summary" else ""
        book.write_text(text.replace("i18n.use(lang)", f"i18n.use(lang); {slow}"), encoding="utf-8")
    with subprocess.Popen([sys.executable, "-c", UNDER_WAY, str(root)], start_new_session=True) as going:
        until = time.monotonic() + 60
        while time.monotonic() < until and not ("summary" in begun(root) and any(map(identity_of, done(root)))):
            time.sleep(0.05)
        os.kill(going.pid, signal.SIGKILL)
    assert {path.name: path.read_bytes() for path in (first.shown / "en").glob("*.html")} == before
    assert ran(root) == ["nps", "summary"]
    (left,) = done(root)
    if torn:
        left.write_bytes(left.read_bytes()[:-200])
        assert identity_of(left) == ""
    book = root / "notebooks/00_summary.ipynb"
    book.write_text(book.read_text(encoding="utf-8").replace("time.sleep(60)", "pass"), encoding="utf-8")
    outcome = run(root)
    assert ran(root) == (["nps", "summary"] if torn else ["summary"])
    assert outcome.complete and "+7.0." in (outcome.shown / "en/nps.html").read_text(encoding="utf-8")
    assert not list((root / "reports/.runs/2023Q2").glob(".making-*"))
    assert json.loads((outcome.shown / "manifest.json").read_text(encoding="utf-8"))["complete"]


@pytest.mark.skipif(os.name == "nt", reason="there is no such limit on Windows")
def test_a_disk_that_takes_no_more_leaves_the_earlier_report_as_it_was(root: Path):
    import resource

    first = run(root)
    before = {path: path.read_bytes() for path in sorted(first.shown.resolve().rglob("*.html"))}
    full = 6000  # bytes of a file: a small notebook fits, a page does not
    book = root / "notebooks/01_nps.ipynb"
    book.write_text(book.read_text(encoding="utf-8").replace("+6.4.", "+7.0."), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", UNDER_WAY, str(root)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (full, full)),
    )
    assert ended.returncode != 0 and "File too large" in ended.stderr
    assert {path: path.read_bytes() for path in sorted(first.shown.resolve().rglob("*.html"))} == before
    outcome = run(root)
    assert outcome.complete and "+7.0." in (outcome.shown / "en/nps.html").read_text(encoding="utf-8")


def test_a_long_list_is_whole_however_its_report_came_into_the_run(root: Path):
    book = root / "notebooks/01_nps.ipynb"
    nb = nbformat.read(book, as_version=4)
    nb.cells.append(nbformat.v4.new_code_cell(LONG))
    nbformat.write(nb, book)
    first = run(root, langs=("en", "ja"))
    path = first.shown / "internal/rows/answers.csv"
    whole = path.read_text(encoding="utf-8-sig").splitlines()
    assert whole[:4] == ["customer,score,why", "C0,7.5,'=1+1", "C1,7.5,", "C2,7.5,3"] and len(whole) == 3_001
    copy = first.shown / "internal/notebooks/en/nps.ipynb"
    assert copy.stat().st_size < 20_000 and (copy.parent / "nps.lists/rows_answers.jsonl").is_file()
    metrics = json.loads((first.shown / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["nps.score"]["rows"] == "internal/rows/answers.csv"
    kept = run(root, langs=("en", "ja"))
    assert all(entry.kept for entry in kept.entries) and path.read_text(encoding="utf-8-sig").splitlines() == whole
    run(root, only=("summary",), force=True, langs=("en", "ja"))
    assert path.read_text(encoding="utf-8-sig").splitlines() == whole
    run(root, langs=("ja",))  # now of the language that was the second
    assert path.read_text(encoding="utf-8-sig").splitlines() == whole
