"""Another system's IDs and company names lead to customers; what leads to nobody is listed, never dropped."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cskit.cli import app
from cskit.data import Data, open_data
from cskit.params import settings_with


def written(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def opened(folder: Path, **data: Any) -> Data:
    return open_data(str(folder), settings_with({"data": data}), date(2023, 6, 30), folder.parent)


def owners(data: Data, table: str) -> list[str]:
    return sorted(data.table(table).customer_id.to_pyarrow().to_pylist())


CUSTOMERS = "customer_id,name\nC1,株式会社アクメ\nC2,ベータ有限会社\nC3,(株)同名\nC4,同名合同会社\n"
USAGE = "customer_id,on,feature,events\nt-1,2023-05-01,,5\nC2,2023-05-01,,6\nt-9,2023-05-01,,7\nt-9,2023-05-02,,8\n"


def test_tenant_ids_lead_to_customers_and_unknown_ones_stay_and_are_counted(tmp_path):
    written(tmp_path, customers=CUSTOMERS, usage=USAGE, crosswalk="source,their_id,customer_id\nusage,t-1,C1\n")
    data = opened(tmp_path)
    assert owners(data, "usage") == ["C1", "C2", "t-9", "t-9"]
    assert any('rows 4 and 5: found "t-9"' in str(fault) for fault in data.warnings)


def test_what_leads_elsewhere_in_another_source_is_not_taken(tmp_path):
    pairs = "source,their_id,customer_id\ntickets,t-1,C1\nusage,t-9,C4\n,t-9,C1\n"
    written(tmp_path, customers=CUSTOMERS, usage=USAGE, crosswalk=pairs)
    assert owners(opened(tmp_path), "usage") == ["C2", "C4", "C4", "t-1"]


def test_names_lead_to_customers_only_where_asked_for_and_only_where_one_is_meant(tmp_path):
    tickets = "ticket_id,customer_id,opened_at\n1,アクメ㈱,2023-05-01\n2,同名,2023-05-01\n3,だれか,2023-05-01\n"
    written(tmp_path, customers=CUSTOMERS, tickets=tickets)
    assert owners(opened(tmp_path), "tickets") == ["だれか", "アクメ㈱", "同名"]
    data = opened(tmp_path, by_name=["tickets"])
    assert owners(data, "tickets") == ["C1", "だれか", "同名"]
    assert "tickets.csv: column customer_id: 1 name was led to a customer by their spelling alone." in [
        f"{fault.source}: {fault}" for fault in data.warnings
    ]


def test_a_crosswalk_decides_between_two_of_one_name(tmp_path):
    tickets = "ticket_id,customer_id,opened_at\n1,同名(株),2023-05-01\n"
    written(tmp_path, customers=CUSTOMERS, tickets=tickets, 名寄せ="先方ID,顧客ID\n同名(株),C3\n")
    assert owners(opened(tmp_path, by_name=["tickets"]), "tickets") == ["C3"]


def test_a_crosswalk_to_a_customer_there_is_not_is_refused(tmp_path):
    written(tmp_path, customers=CUSTOMERS, usage=USAGE, crosswalk="their_id,customer_id\nt-1,C9\n")
    with pytest.raises(Exception, match='found "C9"; customers has no such customer_id'):
        opened(tmp_path)


def test_check_lists_what_is_unmatched_as_a_crosswalk_that_once_filled_in_is_read(tmp_path, root, monkeypatch):
    monkeypatch.chdir(root)
    written(tmp_path, customers=CUSTOMERS, usage=USAGE)
    to = tmp_path / "名寄せ.csv"
    args = ["check", "2023Q2", "--data", str(tmp_path), "--unmatched", str(to)]
    told = CliRunner().invoke(app, args, catch_exceptions=False).output
    assert "2 IDs that are no customer's" in told
    with to.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["source"], row["their_id"], row["customer_id"], row["rows"]) for row in rows] == [
        ("usage", "t-9", "", "2"), ("usage", "t-1", "", "1"),
    ]  # fmt: skip
    to.write_text(
        to.read_text(encoding="utf-8-sig").replace("t-9,,", "t-9,C1,").replace("t-1,,", "t-1,C3,"), encoding="utf-8"
    )
    assert owners(opened(tmp_path), "usage") == ["C1", "C1", "C2", "C3"]
    with pytest.raises(Exception, match="there already and may be filled in"):
        CliRunner().invoke(app, args, catch_exceptions=False)
