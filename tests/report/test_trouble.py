"""Of a report that could not be made the team reads the whole message, everybody else its kind: a message may quote the data."""

import ast
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output

from cskit import i18n
from cskit.errors import DataError, NotAvailable, SettingsError
from cskit.params import load
from cskit.report import pack as packing
from cskit.report.execute import Job, Made
from cskit.report.limits import Limits, Watch
from cskit.report.outputs import Finding, read
from cskit.report.pack import Outcome, make_pack
from cskit.report.pages import Pack
from cskit.report.trouble import kind_of_error, said_of, trouble_of

NAME, MAIL = "ZqTanaka", "zqmail@example.com"
PLANTED = (NAME, MAIL, "zqmail")
START = "from cskit.errors import *\nfrom cskit.run import _say_faults_plainly\n_say_faults_plainly()\n"
FAULTS = {
    "cell": f"raise ValueError('no such customer: {NAME} <{MAIL}>')",
    "data": f"raise DataError('churns.csv, row 7: found {NAME} {MAIL}; it is a date.')",
    "setting": f"raise SettingsError('data.only.owner: found {NAME} {MAIL}')",
    "memory": f"raise MemoryError('{NAME} {MAIL}')",
    "process": f"import os; who = '{NAME} {MAIL}'; os.kill(os.getpid(), 9)",
    "stranger": f"class NotAvailable(Exception): pass\nraise NotAvailable('{NAME} {MAIL}')",
    "absent": "raise NotAvailable('The table time_logs is missing; it adds hours.')",
}
KINDS = {name: name for name in FAULTS} | {"stranger": "cell", "absent": ""}
SAID = {
    "cell": ("A cell of the notebook failed.", "ノートブックの処理中にエラーが発生しました。"),
    "data": ("The data have faults and could not be used.", "データに不備があり、集計できませんでした。"),
    "setting": ("A setting could not be used.", "設定に誤りがあります。"),
    "figure": ("A figure has no alternative text.", "代替テキストのない図があります。"),
    "time": ("It took longer than it may, and was ended.", "実行時間の上限を超えたため、処理を打ち切りました。"),
    "memory": ("It needed more memory than it may have.", "必要なメモリーが上限を超えました。"),
    "process": ("The process that ran it ended before it was done.", "処理が途中で停止しました。"),
    "run": ("It could not be run to its end.", "最後まで実行できませんでした。"),
}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def holding(out: Path, *words: str) -> set[str]:
    """Files of a run, and the pages over all periods, that hold any of the words in any byte."""
    files = [path for path in out.resolve().rglob("*") if path.is_file()]
    found = {path.relative_to(out.resolve()).as_posix() for path in files if _holds(path, words)}
    return found | {f"../{path.name}" for path in out.parent.glob("index*.html") if _holds(path, words)}


def _holds(path: Path, words: tuple[str, ...]) -> bool:
    return any(word.encode() in path.read_bytes() for word in words)


def test_a_name_in_the_message_of_any_fault_is_in_no_byte_that_leadership_gets(
    project, headline: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    root = project(
        summary=[headline], **{name: [headline, "tag csm: 1", START + cell] for name, cell in FAULTS.items()}
    )
    seen: list[str] = []
    caplog.set_level(logging.INFO, "cskit")
    monkeypatch.setattr(logging.getLogger("cskit"), "propagate", True)
    told = {"langs": ["en", "ja"], "finished": lambda _made, entry: seen.append(entry.first.message)}
    outcome = make_pack(load("2023Q2", root=root), root, root / "reports", **told)
    out = outcome.shown
    assert not outcome.complete and len(holding(out, "A cell of the notebook failed.")) > 2  # the search finds
    assert {place for place in holding(out, *PLANTED) if not place.startswith("internal/")} == set()

    reports = json.loads(text_of(out / "manifest.json"))["reports"]
    for place, lang in enumerate(("en", "ja")):
        index = text_of(out / lang / "index.html")
        for name, kind in KINDS.items():
            own, page = reports[name]["languages"][lang], text_of(out / f"{lang}/{name}.html")
            team = f"internal/{lang}/{name}.html"
            assert own["trouble"] == kind and "error" not in own
            if not kind:
                assert own["status"] == "not available" and "time_logs" in index and "time_logs" in page
                continue
            assert own["status"] == "failed" and own["message"] == SAID[kind][place]
            for told in (index, page, text_of(out / f"csm/{lang}/index.html")):
                assert SAID[kind][place] in told and team in told
            assert all(word in text_of(out / team) for word in (NAME, MAIL))
    assert text_of(out / "en/summary.md").count("This report could not be made.") == 6
    assert all(word in text_of(out / "internal/ja/index.html") for word in (NAME, MAIL, "DataError: ", "who = "))
    assert all(sum(word in message for message in seen) == 12 for word in (NAME, MAIL))  # as the screen has it
    done = [record for record in caplog.records if record.getMessage() == "notebook done"]
    assert len({(record.report, record.language) for record in done if NAME in record.said}) == 12


@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize(("lang", "place"), [("en", 0), ("ja", 1)])
def test_every_kind_has_words_of_its_own_in_both_languages(kind: str, lang: str, place: int):
    finding = Finding("failed", f"ValueError: {NAME}", trouble=kind)
    with i18n.speaking(lang):
        assert said_of(finding) == SAID[kind][place]


def test_a_failure_of_no_known_kind_quotes_nothing():
    assert said_of(Finding("failed", f"ValueError: {NAME}")) == SAID["run"][0]


def test_what_a_notebook_may_take_is_known_again_by_what_is_said_of_it(monkeypatch: pytest.MonkeyPatch):
    said = {}
    for kind, limits in {"time": Limits(minutes=1), "memory": Limits(megabytes=1000)}.items():
        watch = Watch(limits, lambda: None, lambda: None)
        watch._began, watch.peak = -1e9, 2000.0
        said[kind] = watch._beyond()
    assert [kind_of_error(f"{text}, in the cell: {NAME}") for text in said.values()] == ["time", "memory"]
    assert kind_of_error("DeadKernelError: Kernel died, in the cell: x") == "process"
    assert kind_of_error("RuntimeError: Kernel didn't respond in 120 seconds") == "run"


@pytest.mark.parametrize("fault", [DataError(NAME), SettingsError(NAME), ValueError(NAME), KeyError(NAME)])
def test_only_the_team_is_told_the_message(executed, pack: Pack, fault: Exception):
    finding = read(executed(fault))
    told = {who: trouble_of("nps", "Q?", finding, replace(pack, audience=who)) for who in ("leadership", "csm", "customer", "internal")}  # fmt: skip
    assert [who for who, trouble in told.items() if NAME in str(trouble)] == ["internal"]
    assert told["internal"].place == "internal/notebooks/en/nps.ipynb"
    assert all(told[who].place == "internal/en/nps.html" for who in ("leadership", "csm", "customer"))


def test_a_fault_that_only_calls_itself_ours_is_a_failure(executed):
    nb = executed(NotAvailable("time_logs did not come"))
    assert read(nb).status == "not available"
    nb.cells[-1].outputs = [new_output("error", ename="NotAvailable", evalue=NAME, traceback=["line 1", NAME])]
    assert (read(nb).status, read(nb).trouble) == ("failed", "cell")


def test_what_is_not_available_is_said_with_names_of_tables_and_days_alone(root: Path):
    """Everybody reads it: no sentence of ours may have a place for anything else."""
    raised, filled = 0, set()
    for path in (root / "cskit").rglob("*.py"):
        for function in (node for node in ast.walk(ast.parse(text_of(path))) if isinstance(node, ast.FunctionDef)):
            if any(_named(node) == "NotAvailable" for node in ast.walk(function)):
                raised += 1
                filled |= {word.arg for node in ast.walk(function) if _named(node) == "_" for word in node.keywords}
                assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(function)), path
    assert raised >= 4 and filled <= {"table", "adds", "day"}


def _named(node: ast.AST) -> str:
    """The name of what a call calls."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


@pytest.fixture
def run(project, executed, headline: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Makes a pack of ``summary`` and ``nps``, whose process ends early and says why with a name in it."""

    def pretend(jobs: list[Job], *_rest: object) -> Iterator[Made]:
        for job in jobs:
            died = f"DeadKernelError: Kernel died, in the cell: look('{NAME}')"
            yield Made(job, 1.0, died if job.notebook.name == "nps" else "", nb=executed("## Half"))

    monkeypatch.setattr(packing, "execute_all", pretend)
    root = project(summary=[headline], nps=[headline])
    return lambda *only: make_pack(load("2023Q2", root=root), root, root / "reports", only=only, force=True)


def state(out: Path) -> tuple[str, str, bool, bool]:
    own = json.loads(text_of(out / "manifest.json"))["reports"]["nps"]["languages"]["en"]
    return own["status"], own["trouble"], NAME in text_of(out / "internal/en/nps.html"), "Half" in text_of(out / "en/nps.html")  # fmt: skip


def test_a_failed_report_that_is_taken_over_has_failed_and_the_team_reads_why(run):
    failed = ("failed", "process", True, False)
    for only in ((), ("summary",), ("summary",)):
        out = run(*only).shown
        assert state(out) == failed
        assert {place for place in holding(out, NAME) if not place.startswith("internal/")} == set()


def test_out_of_a_manifest_that_holds_the_message_it_goes_into_the_copy(run):
    """As runs were written before leadership's manifest was kept free of it."""
    out = run().shown
    copy, told = out / "internal/notebooks/en/nps.ipynb", json.loads(text_of(out / "manifest.json"))
    nb = nbformat.read(copy, as_version=4)
    told["reports"]["nps"]["languages"]["en"]["error"] = nb.metadata.pop("cskit")["error"]
    nbformat.write(nb, copy)
    (out / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    for _again in range(2):
        assert state(run("summary").shown) == ("failed", "process", True, False)
        assert NAME not in text_of(out / "manifest.json")
