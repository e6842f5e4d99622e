"""Reviews on a Dask cluster: real, a scheduler and two workers on loopback, one of them killed midway."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter

import nbformat
import pytest

from cskit.data import open_data
from cskit.errors import CskitError
from cskit.params import load
from cskit.report import reviews
from cskit.report.cluster import executor_of
from cskit.report.reviews import make_reviews
from cskit.review import chosen
from tests.conftest import project_in

pytestmark = pytest.mark.slow


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def cluster(tmp_path):
    """The scheduler's address, and the two workers' processes, without nannies: a killed one stays dead."""
    address = f"tcp://127.0.0.1:{_free_port()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    scheduler += ["--port", address.rsplit(":", 1)[1], "--no-dashboard"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1", "--nthreads", "1"]
    worker += ["--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path / "dask"), "--death-timeout", "60"]
    started = [subprocess.Popen(scheduler, **quiet)]
    started += [subprocess.Popen(worker, cwd=tmp_path, **quiet) for _number in range(2)]
    yield address, started[1:]
    for process in started:
        process.kill()
        process.wait()


def test_with_one_worker_killed_midway_every_review_is_made_and_none_is_written_twice(
    cluster, tmp_path, demo, monkeypatch
):
    address, workers = cluster
    project = project_in(tmp_path / "project", demo)
    path = project / "notebooks/10_customer_review.ipynb"
    nb = nbformat.read(path, as_version=4)
    log = tmp_path / "begun.txt"
    place = next(k for k, cell in enumerate(nb.cells) if cell.source == "words.headline(review)")
    note = f'with open({str(log)!r}, "a") as file:\n    file.write(review.own.customer + "\\n")'
    nb.cells.insert(place, nbformat.v4.new_code_cell(note))
    nbformat.write(nb, path)
    monkeypatch.setattr(reviews, "BATCH", 6)
    params = load("2023Q2", data=str(project / "data/demo"), root=project)
    data = open_data(params.data, params.settings, params.period.end, project)
    who = chosen(data)[:49]
    killed = []

    def told(_made) -> None:
        if len(killed) == 0 and len(log.read_text().splitlines()) >= 14:
            workers[0].send_signal(signal.SIGKILL)
            killed.append(time.monotonic())

    with executor_of(address) as executor:
        done = make_reviews(params, project, tmp_path / "out", who, ["en"], data, told, executor)
    assert killed, "no worker was killed"
    assert [made.error for made in done] == [""] * len(who)
    assert len(list((tmp_path / "out/2023Q2/internal/en").glob("*.html"))) == len(who)
    begun = Counter(log.read_text().splitlines())
    assert set(begun) == {key for key, _name, _owner in who}
    # Each process that warms up runs the first of its batch once without writing it, and the one that was being made
    # when the worker died is begun again; whatever was written is not made a second time.
    assert sum(begun.values()) <= len(who) + 4
    index = (tmp_path / "out/2023Q2/index.html").read_text(encoding="utf-8")
    assert len(re.findall(r'href="internal/', index)) == len(who)


def test_a_scheduler_that_does_not_answer_is_named():
    with pytest.raises(CskitError, match=r"nobody answers at tcp://127\.0\.0\.1:9"), executor_of("tcp://127.0.0.1:9"):
        pass


def test_no_process_is_left_behind(cluster, tmp_path, demo):
    address, workers = cluster
    project = project_in(tmp_path / "project", demo)
    params = load("2023Q2", data=str(project / "data/demo"), root=project)
    data = open_data(params.data, params.settings, params.period.end, project)
    with executor_of(address) as executor:
        make_reviews(params, project, tmp_path / "out", chosen(data)[:2], ["en"], data, None, executor)
    import psutil

    children = [child for worker in workers for child in psutil.Process(worker.pid).children(recursive=True)]
    for worker in workers:
        os.kill(worker.pid, signal.SIGKILL)
    _gone, alive = psutil.wait_procs(children, timeout=15)
    assert alive == []
