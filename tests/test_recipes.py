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


def shell(command: str, project: Path, **more: str) -> None:
    """As a scheduler runs it: with hardly any environment."""
    path = f"{project / '.venv/bin'}:/usr/bin:/bin"
    told = {"HOME": str(project.parent), "PATH": path, "PYTHONPATH": os.getcwd()}
    ended = subprocess.run(["sh", "-c", command], cwd=project, env=told | more, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


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
