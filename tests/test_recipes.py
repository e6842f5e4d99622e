"""The recipes of the README run as they stand there."""

import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from cskit.periods import last_quarter
from tests.report.conftest import HEADLINE, notebook

PREFECT = Path(sys.prefix) / "prefect/bin/python"  # `make test` puts it there, from tests/prefect.lock

FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)


@pytest.fixture(scope="module")
def blocks(root: Path) -> list[tuple[str, str]]:
    return FENCE.findall((root / "README.md").read_text(encoding="utf-8"))


def block(blocks: list[tuple[str, str]], kind: str, holding: str) -> str:
    (found,) = [text for own, text in blocks if own == kind and holding in text]
    return found


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Path:
    """A project with one small notebook, where the recipes expect it, and the command where they look for it."""
    import nbformat

    home = tmp_path / "home/cs-reports"
    for name in ("params", "notebooks", ".venv/bin", "data/demo"):
        (home / name).mkdir(parents=True)
    (home / "params/base.yaml").write_bytes((root / "params/base.yaml").read_bytes())
    nbformat.write(notebook(HEADLINE), home / "notebooks/00_summary.ipynb")
    today = date.today().isoformat()
    rows = f"churn_id,customer_id,notified_on,effective_on\n1,A,{last_quarter(date.today()).start},{today}\n"
    (home / "data/demo/churns.csv").write_text(rows, encoding="utf-8")
    command = home / ".venv/bin/cskit"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cskit "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return home


def shell(command: str, project: Path, **more: str) -> str:
    """As a scheduler runs it: with hardly any environment. What it said."""
    path = f"{project / '.venv/bin'}:/usr/bin:/bin"
    told = {"HOME": str(project.parent), "PATH": path, "PYTHONPATH": os.getcwd()}
    ended = subprocess.run(["sh", "-c", command], cwd=project, env=told | more, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def shown(project: Path) -> Path:
    return project / "reports" / last_quarter(date.today()).name


def test_the_line_for_cron_makes_the_newest_quarter(blocks, project: Path):
    line = block(blocks, "crontab", "cskit run").strip()
    schedule, command = re.match(r"((?:\S+\s+){5})(.*)", line).groups()
    assert schedule.split() == ["0", "6", "3", "1,4,7,10", "*"]
    shell(command, project)
    assert (shown(project) / "ja/summary.html").is_file()
    events = [json.loads(line)["event"] for line in (project / "runs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert events[0] == "begun" and events[-1] == "shown"
    assert "index.html" in (project / "cron.log").read_text(encoding="utf-8")


def test_the_workflow_installs_from_the_lock_and_makes_the_newest_quarter(blocks, project: Path, root: Path):
    workflow = yaml.safe_load(block(blocks, "yaml", "runs-on"))
    install, run = [step["run"] for step in workflow["jobs"]["report"]["steps"] if "run" in step]
    assert "--require-hashes -r requirements.lock" in install and "--no-deps -e ." in install
    assert (root / "requirements.lock").is_file()
    shell(run, project)
    assert (shown(project) / "en/summary.html").is_file()


def test_the_settings_for_another_place_send_reports_there(blocks, project: Path, tmp_path: Path):
    params = yaml.safe_load(block(blocks, "yaml", "to: s3://"))
    output = params["settings"]["output"]
    assert output["options"] == {"key": "env:BUCKET_KEY", "secret": "env:BUCKET_SECRET"}
    # a share stands for the bucket; it takes no options, so the secrets are asked for in the environment only
    output |= {"to": f"file://{tmp_path}/share", "options": {"auto_mkdir": True}}
    period = last_quarter(date.today()).name
    text = yaml.safe_dump({"period": period, **params})
    (project / f"params/{period}.yaml").write_text(text, encoding="utf-8")
    shell("cskit run last", project)
    assert (tmp_path / f"share/{period}/en/summary.html").is_file()
    assert (tmp_path / "share/index.html").is_file()


# A notebook that fails as often as a run tries in all, and is well after that.
FAILS_THREE_TIMES = """
from pathlib import Path
tried = Path("tried.txt")
before = len(tried.read_text()) if tried.exists() else 0
tried.write_text("." * (before + 1))
if before < 3:
    raise ValueError("the share was away")
"""

# Three runs on one server, which starts for them and ends with them. Only the wait between two tries is not the recipe's.
THREE_RUNS = """
import json, runpy, unittest.mock
from prefect import Flow
from prefect.artifacts import Artifact
from prefect.client.orchestration import get_client

with unittest.mock.patch.object(Flow, "serve", autospec=True) as serve:  # it would not end
    recipe = runpy.run_path("quarterly.py", run_name="__main__")
flow, *words = serve.call_args.args
(schedule,) = flow.to_deployment(*words, **serve.call_args.kwargs).schedules
recipe["cskit_run"].retry_delay_seconds = 0
told = {"cron": schedule.schedule.cron, "runs": []}
for words in ([], [], ["2019Q1"]):
    state = flow(*words, return_state=True)
    kept = Artifact.get("quarterly-report")
    with get_client(sync_client=True) as client:
        (task,) = [run for run in client.read_task_runs() if run.flow_run_id == state.state_details.flow_run_id]
    told["runs"].append([state.type.value, task.run_count, kept and kept.data])
with open("told.json", "w") as file:
    json.dump(told, file)
"""


@pytest.mark.slow
@pytest.mark.timeout(420)
@pytest.mark.skipif(not PREFECT.exists(), reason="Prefect has an environment of its own: make .venv/prefect/.ready")
def test_the_flow_for_prefect_fails_with_a_report_tries_again_and_keeps_where_it_is(blocks, project: Path):
    import nbformat

    nbformat.write(notebook(FAILS_THREE_TIMES, HEADLINE), project / "notebooks/01_nps.ipynb")
    (project / "quarterly.py").write_text(block(blocks, "python", "prefect"), encoding="utf-8")
    (project / "three_runs.py").write_text(THREE_RUNS, encoding="utf-8")
    nowhere = "http://127.0.0.1:9"
    said = shell(
        f"{PREFECT} three_runs.py",
        project,
        PREFECT_HOME=str(project / ".prefect"),
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS="300",
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        DO_NOT_TRACK="1",
        HTTP_PROXY=nowhere,  # offline but for its own server
        HTTPS_PROXY=nowhere,
        NO_PROXY="127.0.0.1,localhost",
    )
    told = json.loads((project / "told.json").read_text(encoding="utf-8"))
    assert told["cron"] == " ".join(block(blocks, "crontab", "cskit run").split()[:5])
    place = (shown(project) / "index.html").relative_to(project).as_posix()
    assert told["runs"] == [
        ["FAILED", 3, None],  # a report failed each time
        ["COMPLETED", 1, place],
        ["FAILED", 1, place],  # no data of that period: not tried again, and the earlier report still the newest
    ]
    assert (project / place).is_file()
    made = re.findall(r"(ok|failed)  (\w+) \(en\)", said)  # Prefect's log holds what cskit says
    assert sorted(made) == [("failed", "nps")] * 3 + [("ok", "nps"), ("ok", "summary")]
    assert "nothing in it is dated in 2019Q1" in said
