"""Data read once and handed over are the data that were read."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cskit.data import Data, open_data
from cskit.data.handover import HANDED, Handover
from cskit.errors import NotAvailable
from cskit.params import settings_with
from cskit.settings import Settings

JUNE = date(2023, 6, 30)
TABLES = {
    "customers": "customer_id,name,segment,tags\nA,あ,small,\nB,,mid,test\nC,c,,\nD,d,mid,",
    "churns": "customer_id,notified_on,effective_on,reason\nC,2023-05-01,2023-07-31,price",
    "tickets": "ticket_id,customer_id,opened_at\nT1,A,2023-04-01T09:30Z\nT2,,2023-04-02 10:00\nT3,C,2023-04-03 11:00",
    "contracts": "contract_id,customer_id,starts_on,mrr\nK1,A,2023-01-01,100.5\nK2,X,2023-01-01,1\nK3,C,soon,1",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
    return tmp_path


def opened(place: Path, settings: Settings, as_of: date = JUNE) -> Data:
    return open_data(str(place), settings, as_of, place)


def handed(place: Path, data: Data, settings: Settings) -> str:
    handover = Handover(data, str(place), place)
    handover.give(settings)
    return str(handover.folder)


def frames(data: Data) -> dict[str, pd.DataFrame]:
    names = ("customers", "churns", "tickets", "contracts")
    return {name: data.table(name).order_by(data.table(name).columns[0]).to_pandas() for name in names}


@pytest.mark.parametrize("only", [{}, {"segment": "small"}])
def test_what_is_handed_over_is_what_was_read(place: Path, monkeypatch: pytest.MonkeyPatch, only: dict[str, str]):
    whole = settings_with({"data": {"set_aside": True}})
    settings = settings_with({"data": {"set_aside": True, "only": only}})
    wanted = opened(place, settings)
    first = opened(place, whole)
    monkeypatch.setenv(HANDED, handed(place, first, settings))
    (place / "customers.csv").unlink()  # nothing is read again
    for day in (JUNE, date(2023, 8, 1)):
        found = opened(place, settings, day)
        for name, frame in frames(wanted.at(day)).items():
            pd.testing.assert_frame_equal(frames(found)[name], frame)
    assert (found.rows, found.warnings, found.set_aside) == (wanted.rows, wanted.warnings, wanted.set_aside)
    assert [one.sha256 for one in found.inputs if one.table == "tickets"] == [
        one.sha256 for one in wanted.inputs if one.table == "tickets"
    ]
    assert list(found.set_aside_frames["contracts"]["contract_id"]) == ["K2", "K3"]
    assert found.has("tickets", "opened_at") and not found.has("tickets", "severity")
    with pytest.raises(NotAvailable):
        found.need("usage")


def test_each_pack_is_given_its_own_customers_and_nothing_else_is_written_down(place: Path, monkeypatch, tmp_path):
    whole = settings_with({"data": {"set_aside": True}})
    packs = [settings_with({"data": {"set_aside": True, "only": {"segment": name}}}) for name in ("small", "mid")]
    wanted = [list(opened(place, settings).table("customers").customer_id.to_pandas()) for settings in packs]
    handover = Handover(opened(place, whole), str(place), place)
    for settings in (*packs, packs[0]):
        handover.give(settings)
    monkeypatch.setenv(HANDED, str(handover.folder))
    found = [opened(place, settings) for settings in packs]
    assert wanted == [["A"], ["D"]]
    assert [list(data.table("customers").customer_id.to_pandas()) for data in found] == wanted
    assert [data.table("tickets").count().execute() for data in found] == [1, 0]
    folders = [folder for folder in handover.folder.iterdir() if (folder / "customers.parquet").is_file()]
    assert len(folders) == 2
    assert all(len(pd.read_parquet(folder / "customers.parquet")) == 1 for folder in folders)
    assert (handover.folder / "views/customers-on-a-day").is_file()  # the second did not write the view again


def test_other_data_are_not_taken_from_there(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory):
    settings = settings_with({"data": {"set_aside": True}})
    first = opened(place, settings)
    monkeypatch.setenv(HANDED, handed(place, first, settings))
    other = tmp_path_factory.mktemp("other")
    (other / "customers.csv").write_text("customer_id\nZ\n", encoding="utf-8")
    assert list(opened(other, settings).table("customers").customer_id.to_pandas()) == ["Z"]
    abroad = settings_with({"data": {"set_aside": True}, "calendar": {"timezone": "UTC"}})
    times = [frames(opened(place, own))["tickets"]["opened_at"][0] for own in (settings, abroad)]
    assert times[0] != times[1]


def test_only_some_customers_and_nothing_that_is_not_theirs(place: Path):
    data = opened(place, settings_with({"data": {"set_aside": True, "only": {"segment": "small"}}}))
    assert {name: list(frame.iloc[:, 0]) for name, frame in frames(data).items()} == {
        "customers": ["A"],
        "churns": [],
        "tickets": ["T1"],
        "contracts": ["K1"],
    }


@pytest.mark.parametrize(
    ("only", "said"),
    [({"segment": "huge"}, "no customer with segment huge"), ({"plan": "a"}, "customers.plan did not come")],
)
def test_nobody_to_report_on_is_said(place: Path, only: dict[str, str], said: str):
    with pytest.raises(Exception, match=said):
        opened(place, settings_with({"data": {"set_aside": True, "only": only}}))
