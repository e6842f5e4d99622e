"""Finished runs go to where readers look, through fsspec."""

from pathlib import Path

import fsspec
import pytest

from cskit.errors import CskitError
from cskit.report.audience import AUDIENCES
from cskit.report.send import send


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    run = tmp_path / "reports/.runs/2023Q2/1"
    for name in ("index.html", "manifest.json", "en/index.html", "en/nps.html", "internal/rows/a.csv"):
        (run / name).parent.mkdir(parents=True, exist_ok=True)
        (run / name).write_text(f"{name} 一", encoding="utf-8")
    (tmp_path / "reports/2023Q2").symlink_to(run)
    (tmp_path / "reports/index.html").write_text("all periods", encoding="utf-8")
    return tmp_path / "reports/2023Q2"


@pytest.fixture(params=["memory", "file"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return (
        f"memory://bucket-{tmp_path.name}/reports" if request.param == "memory" else f"file://{tmp_path}/share/reports"
    )


def test_every_file_is_there_and_leads_to_the_others(shown: Path, place: str):
    assert send(shown, place, {}, AUDIENCES).address == f"{place}/2023Q2/index.html"
    files, base = fsspec.core.url_to_fs(place)
    found = {path.removeprefix(base).lstrip("/") for path in files.find(base)}
    assert found == {
        "index.html", "2023Q2/index.html", "2023Q2/manifest.json", "2023Q2/en/index.html", "2023Q2/en/nps.html",
        "2023Q2/internal/rows/a.csv",
    }  # fmt: skip
    assert files.cat_file(f"{base}/2023Q2/en/nps.html").decode() == "en/nps.html 一"


def test_what_the_period_no_longer_holds_goes_and_other_periods_stay(shown: Path, place: str):
    send(shown, place, {}, AUDIENCES)
    files, base = fsspec.core.url_to_fs(place)
    files.makedirs(f"{base}/2023Q1", exist_ok=True)
    files.pipe_file(f"{base}/2023Q1/index.html", b"earlier")
    (shown / "en/nps.html").unlink()
    (shown / "en/new.html").write_text("new", encoding="utf-8")
    send(shown, place, {}, AUDIENCES)
    assert not files.exists(f"{base}/2023Q2/en/nps.html") and files.exists(f"{base}/2023Q2/en/new.html")
    assert files.cat_file(f"{base}/2023Q1/index.html") == b"earlier"


def test_a_fault_is_one_line_without_the_secret(shown: Path, monkeypatch: pytest.MonkeyPatch):
    class Store(fsspec.AbstractFileSystem):
        protocol = "refusing"

        def __init__(self, secret: str = "", **rest: object):
            super().__init__(**rest)
            self.secret = secret

        def exists(self, path: str, **_rest: object) -> bool:
            raise PermissionError(f"403 for {path}\nsigned with {self.secret}")

    fsspec.register_implementation("refusing", Store, clobber=True)
    monkeypatch.setenv("BUCKET_SECRET", "s3cr3t-in-a-store")
    with pytest.raises(CskitError) as told:
        send(shown, "refusing://bucket", {"secret": "env:BUCKET_SECRET"}, AUDIENCES)
    assert "403" in str(told.value) and "signed with ***" in str(told.value)
    assert "\n" not in str(told.value) and "s3cr3t" not in str(told.value)
    assert told.value.__cause__ is None
    with pytest.raises(CskitError, match="could not be sent"):
        send(shown, "nosuch://bucket", {}, AUDIENCES)
