"""Dated copies of what tools know only now: a past day is computed again from them, and from nothing else."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cskit.cli import app
from cskit.data import Data, open_data
from cskit.errors import CskitError, DataError
from cskit.health.items import raw_items
from cskit.params import settings_with

MARCH, JUNE = date(2023, 3, 31), date(2023, 6, 30)


def opened(place: Path, day: date) -> Data:
    return open_data(str(place), settings_with(), day, place.parent)


def health(data: Data) -> pd.DataFrame:
    return raw_items(data.on_days([data.as_of]), settings_with().health).sort_index()


def taken(root: Path, monkeypatch: pytest.MonkeyPatch, data: Path, to: Path, day: date) -> str:
    monkeypatch.chdir(root)
    args = ["snapshot", str(data), "--to", str(to), "--on", day.isoformat()]
    return CliRunner().invoke(app, args, catch_exceptions=False).output


def changed(folder: Path, table: str, **columns: object) -> None:
    """The tool forgets what it knew, and knows something else now."""
    frame = pd.read_csv(folder / f"{table}.csv", dtype="string")
    frame.assign(**{name: pd.Series(value, index=frame.index) for name, value in columns.items()}).to_csv(
        folder / f"{table}.csv", index=False
    )


@pytest.fixture(scope="module")
def now_only(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo of a company whose CRM keeps no history."""
    folder = tmp_path_factory.mktemp("crm") / "data"
    shutil.copytree(demo, folder)
    (folder / "customer_history.csv").unlink()
    return folder


def test_health_of_a_past_day_comes_out_of_copies_as_it_was_then_and_not_out_of_todays_export(
    now_only, tmp_path, root, monkeypatch
):
    crm, copies = tmp_path / "crm", tmp_path / "snapshots"
    shutil.copytree(now_only, crm)
    then = health(opened(crm, MARCH))
    assert "snapshots/2023-03-31: 31 tables" in taken(root, monkeypatch, crm, copies, MARCH)
    changed(crm, "customers", seats="7", segment="large")
    changed(crm, "goals", current="1")
    taken(root, monkeypatch, crm, copies, JUNE)
    pd.testing.assert_frame_equal(health(opened(copies, MARCH)), then)
    with pytest.raises(AssertionError):
        pd.testing.assert_frame_equal(health(opened(crm, MARCH)), then)
    pd.testing.assert_frame_equal(health(opened(copies, JUNE)), health(opened(crm, JUNE)))
    # within one reading too, seats are those of the day
    seen = opened(copies, JUNE)
    pd.testing.assert_series_equal(health(seen.at(MARCH))["licence_use"], then["licence_use"])


def test_what_changed_between_copies_is_the_customers_history(tmp_path, root, monkeypatch):
    for day, rows in (
        (MARCH, "C1,a,5\nC2,b,1\n"),
        (date(2023, 4, 30), "C1,a,5\nC2,c,1\nC3,a,2\n"),
        (JUNE, "C1,a,\nC3,a,2\n"),
    ):
        (tmp_path / "crm").mkdir(exist_ok=True)
        (tmp_path / "crm" / "customers.csv").write_text(f"customer_id,segment,seats\n{rows}", encoding="utf-8")
        taken(root, monkeypatch, tmp_path / "crm", tmp_path / "kept", day)
    data = opened(tmp_path / "kept", JUNE)
    assert [fault.what for fault in data.warnings] == [
        "1 customers of earlier copies are not in it any more; they are in no figure."
    ]
    rows = data.table("customer_history").order_by("customer_id", "from_on")
    assert [tuple(row.values()) for row in rows.select("customer_id", "from_on", "segment", "seats").to_pyarrow().to_pylist()] == [
        ("C1", MARCH, "a", 5), ("C1", JUNE, "a", None), 
        ("C3", date(2023, 4, 30), "a", 2),
    ]  # fmt: skip


def test_a_day_is_never_written_over_and_nothing_half_written_stays(tmp_path, root, monkeypatch):
    (tmp_path / "customers.csv").write_text("customer_id\nC1\n", encoding="utf-8")
    taken(root, monkeypatch, tmp_path / "customers.csv", tmp_path / "kept", JUNE)
    before = (tmp_path / "kept" / "2023-06-30" / "customers.parquet").read_bytes()
    (tmp_path / "customers.csv").write_text("customer_id\nC2\n", encoding="utf-8")
    with pytest.raises(CskitError, match="no copy is ever written over"):
        taken(root, monkeypatch, tmp_path / "customers.csv", tmp_path / "kept", JUNE)
    assert (tmp_path / "kept" / "2023-06-30" / "customers.parquet").read_bytes() == before
    monkeypatch.setattr("cskit.data.snapshot._write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(DataError, match="it cannot be written: No space left"):
        taken(root, monkeypatch, tmp_path / "customers.csv", tmp_path / "kept", MARCH)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["2023-06-30"]


def test_between_copies_the_earlier_one_counts_and_it_is_said_before_the_first_there_is_nothing(
    tmp_path, root, monkeypatch
):
    (tmp_path / "customers.csv").write_text("customer_id\nC1\n", encoding="utf-8")
    taken(root, monkeypatch, tmp_path / "customers.csv", tmp_path / "kept", MARCH)
    data = opened(tmp_path / "kept", date(2023, 4, 2))
    assert [fault.what for fault in data.warnings] == [
        "the newest copy until 2023-04-02 is of 2023-03-31; what changed in 2 days since is not known."
    ]
    with pytest.raises(
        DataError, match="the first copy is of 2023-03-31, so what was known on 2023-03-30 is not in it"
    ):
        opened(tmp_path / "kept", date(2023, 3, 30))


def test_customers_left_out_of_figures_are_in_the_copy_and_left_out_when_it_is_read(tmp_path, root, monkeypatch):
    (tmp_path / "customers.csv").write_text("customer_id,tags\nC1,\nC2,test\n", encoding="utf-8")
    taken(root, monkeypatch, tmp_path / "customers.csv", tmp_path / "kept", JUNE)
    assert pd.read_parquet(tmp_path / "kept" / "2023-06-30" / "customers.parquet").customer_id.tolist() == ["C1", "C2"]
    assert opened(tmp_path / "kept", JUNE).table("customers").customer_id.to_pyarrow().to_pylist() == ["C1"]
