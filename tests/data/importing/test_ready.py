"""Standard exports of HubSpot, Salesforce and Zendesk, made up small, from import to checked tables."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cskit.data import Data, open_data
from cskit.data.importing import propose
from cskit.data.importing.page import page
from cskit.params import settings_with

ZENDESK = """Id,Requester,Requester email,Organization,Subject,Status,Priority,Via,Ticket type,Created at,Updated at,Solved at,Satisfaction Score,Reopens,First reply time in minutes
101,Jane Doe,jane@acme.example,Acme,Cannot log in,Solved,Urgent,Web form,Problem,2023-04-03 09:15,2023-04-04 10:00,2023-04-04 10:00,Good,0,45
102,Taro,taro@beta.example,Beta,Invoice,Open,-,Mail,-,2023-06-29 18:00,2023-06-29 18:00,,Not Offered,0,
"""
COMPANIES = """Record ID,Company name,Company owner,Create Date,Became a Customer Date,Industry,Lifecycle Stage
1001,Acme Inc.,Mika Sato,2020-01-05 10:22,2021-04-01 09:00,Retail,Customer
1002,Only a lead,Mika Sato,2023-01-05 10:22,,Retail,Lead
"""
DEALS = """Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Monthly recurring revenue,Pipeline,Associated Company,Associated Company IDs
9001,Booking,Closed Won (Sales Pipeline),2021-04-01 09:00,Mika Sato,1200,100,Sales Pipeline,Acme Inc.,1001;1003
9002,Booking,Closed Lost (Sales Pipeline),2021-05-01 09:00,Mika Sato,1200,100,Sales Pipeline,Only a lead,1002
"""
HUBSPOT_TICKETS = """Ticket ID,Ticket name,Pipeline,Ticket status,Create date,Close date,Priority,Source,Ticket owner,Associated Company,Associated Company IDs
5,Help,Support Pipeline,Closed,2023-04-03 09:15,2023-04-03 11:00,HIGH,EMAIL,Ken,Acme Inc.,1001
"""
ACCOUNTS = """Account ID,Account Name,Account Owner,Type,Industry,Billing State/Province,Last Activity
0015g00000AbCdE,Acme,Mika Sato,Customer - Direct,Retail,Tokyo,2023-05-01
"""
CASES = """Case Number,Account ID,Account Name,Subject,Status,Priority,Case Origin,Date/Time Opened,Date/Time Closed,Case Owner
00001001,0015g00000AbCdE,Acme,Cannot log in,Closed,Medium,Web,2023-04-03 09:15,2023-04-04 10:00,Ken
"""


def imported(folder: Path, root: Path, **files: str) -> Data:
    """Through the proposal, as a person would: unchanged."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    proposed = propose(str(folder), settings_with(), root)
    assert {own.grade for own in proposed.taken} == {"sure"} and all(own.ready for own in proposed.taken)
    mapping = yaml.safe_load(page(proposed, "x", "y"))["mapping"]
    return open_data(str(folder), settings_with({"data": {"mapping": mapping}}), date(2023, 6, 30), root)


def rows(data: Data, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [
        tuple(row.values()) for row in data.table(table).select(*columns).order_by(*columns).to_pyarrow().to_pylist()
    ]


def test_zendesk(tmp_path, root):
    data = imported(tmp_path, root, export_2023=ZENDESK)
    columns = (
        "ticket_id",
        "customer_id",
        "channel",
        "category",
        "severity",
        "opened_at",
        "first_reply_at",
        "resolved_at",
    )
    assert rows(data, "tickets", *columns) == [
        ("101", "Acme", "form", "Problem", "critical", datetime(2023, 4, 3, 9, 15), datetime(2023, 4, 3, 10), datetime(2023, 4, 4, 10)),
        ("102", "Beta", "email", None, None, datetime(2023, 6, 29, 18), None, None),
    ]  # fmt: skip


def test_hubspot(tmp_path, root):
    files = {"all-companies": COMPANIES, "all-deals": DEALS, "all-tickets": HUBSPOT_TICKETS}
    data = imported(tmp_path, root, **files)
    assert rows(data, "customers", "customer_id", "name", "contracted_on") == [("1001", "Acme Inc.", date(2021, 4, 1))]
    assert rows(data, "contracts", "contract_id", "customer_id", "starts_on", "mrr", "kind") == [
        ("9001", "1001", date(2021, 4, 1), 100.0, "paid")
    ]
    assert rows(data, "tickets", "customer_id", "channel", "severity") == [("1001", "email", "high")]


def test_salesforce(tmp_path, root):
    data = imported(tmp_path, root, report1=ACCOUNTS, report2=CASES)
    assert rows(data, "customers", "customer_id", "region") == [("0015g00000AbCdE", "Tokyo")]
    assert rows(data, "tickets", "ticket_id", "channel", "severity", "resolved_at") == [
        ("00001001", "form", "normal", datetime(2023, 4, 4, 10))
    ]


@pytest.mark.parametrize("name", ["hubspot", "salesforce", "zendesk"])
def test_a_ready_mapping_may_be_named_in_params_itself(root, name):
    found = settings_with({"data": {"mapping_file": f"params/mappings/{name}.yaml"}}, root).data.mapping
    assert "tickets" in found


def test_a_header_less_and_it_is_no_standard_export(tmp_path, root):
    (tmp_path / "a.csv").write_text(CASES.replace("Case Origin", "Origin"), encoding="utf-8")
    (own,) = propose(str(tmp_path), settings_with(), root).taken
    assert own.ready is None
