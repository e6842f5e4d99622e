"""Standard exports of HubSpot, Salesforce and Zendesk, made up small, from import to checked tables."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from xlsxwriter import Workbook

from cskit.data import Data, open_data
from cskit.data.importing import propose
from cskit.data.importing.page import page
from cskit.errors import DataError
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


FOOTER = """

"Grand Totals (1 records)"

"Confidential Information - Do Not Distribute"
"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."
"""


def test_the_footer_of_a_salesforce_report_is_left_out_and_named(tmp_path, root):
    data = imported(tmp_path, root, report1=ACCOUNTS + FOOTER, report2=CASES.replace("\n", "\r\n") + FOOTER)
    assert data.rows == {"customers": 1, "tickets": 1}
    (accounts,) = (own for own in data.inputs if own.table == "customers")
    assert accounts.said == "rows 5, 7, 8: the report's own footer, left out"
    assert accounts.how["rows_left_out"] == 3


def test_a_footer_that_counts_other_records_than_there_are_is_refused(tmp_path, root):
    (tmp_path / "accounts.csv").write_text(ACCOUNTS + FOOTER.replace("(1 ", "(5,700 "), encoding="utf-8")
    settings = settings_with({"data": {"mapping_file": "params/mappings/salesforce.yaml"}}, root)
    settings.data.mapping.pop("tickets")
    with pytest.raises(DataError, match="row 5: it says 5,700 records; 1 stand above"):
        open_data(str(tmp_path), settings, date(2023, 6, 30), root)


def test_a_formatted_report_has_titles_above_and_the_footer_below(tmp_path, root):
    head, row = (line.split(",") for line in ACCOUNTS.strip().splitlines())
    with Workbook(str(tmp_path / "Accounts.xlsx")) as book:
        page = book.add_worksheet("Accounts")
        lines = [
            ["Accounts"],
            ["As of 2023-06-30 09:00:00"],
            [],
            head,
            row,
            [],
            *([line.strip('"')] for line in FOOTER.split("\n")),
        ]
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)
    mapping = {
        "customers": {
            "file": "Accounts.xlsx",
            "header_row": 4,
            "columns": {"customer_id": "Account ID", "name": "Account Name"},
        }
    }
    data = open_data(str(tmp_path), settings_with({"data": {"mapping": mapping}}), date(2023, 6, 30), root)
    assert rows(data, "customers", "customer_id", "name") == [("0015g00000AbCdE", "Acme")]
    assert "the report's own footer, left out" in data.inputs[0].said


EXPORT = {
    "Account": """Id,IsDeleted,MasterRecordId,Name,Type,ParentId,BillingStreet,BillingCity,BillingState,BillingPostalCode,BillingCountry,Phone,Website,Industry,AnnualRevenue,NumberOfEmployees,Description,OwnerId,CreatedDate,CreatedById,LastModifiedDate,SystemModstamp
0015g00000AbCdEAAV,0,,Acme,Customer - Direct,,"1-1 Marunouchi
Chiyoda-ku",Tokyo,Tokyo,100-0005,Japan,,,Retail,,,"Says ""hello"", often",0055g000001AAAA,2020-01-05T01:22:00.000Z,0055g000001AAAA,2023-06-30T01:00:00.000Z,2023-06-30T01:00:00.000Z
0015g00000AbCdFAAV,1,,Gone,Prospect,,,,,,,,,,,,,0055g000001AAAA,2020-01-05T01:22:00.000Z,0055g000001AAAA,2023-06-30T01:00:00.000Z,2023-06-30T01:00:00.000Z
""",
    "Contact": """Id,IsDeleted,MasterRecordId,AccountId,LastName,FirstName,Title,Email,OwnerId,CreatedDate
0035g00000AAAAA,0,,0015g00000AbCdEAAV,Doe,Jane,CFO,jane@acme.example,0055g000001AAAA,2021-02-05T01:22:00.000Z
""",
    "Case": """Id,IsDeleted,CaseNumber,ContactId,AccountId,Type,Status,Reason,Origin,Subject,Priority,IsClosed,ClosedDate,IsEscalated,OwnerId,CreatedDate
5005g00000AAAAA,0,00001001,0035g00000AAAAA,0015g00000AbCdEAAV,Problem,Closed,,Email,Cannot log in,High,1,2023-04-03T23:30:00.000Z,0,0055g000001AAAA,2023-04-03T00:15:00.000Z
""",
    "Event": """Id,WhoId,WhatId,AccountId,Subject,Location,IsAllDayEvent,ActivityDateTime,ActivityDate,DurationInMinutes,StartDateTime,EndDateTime,OwnerId,IsPrivate,IsDeleted
00U5g00000AAAAA,0035g00000AAAAA,,0015g00000AbCdEAAV,QBR,Zoom,0,2023-05-01T01:00:00.000Z,2023-05-01,60,2023-05-01T01:00:00.000Z,2023-05-01T02:00:00.000Z,0055g000001AAAA,0,0
00U5g00000AAAAB,,,,Lunch,,0,2023-05-01T03:00:00.000Z,2023-05-01,60,2023-05-01T03:00:00.000Z,2023-05-01T04:00:00.000Z,0055g000001AAAA,0,0
""",
}


def test_the_files_of_salesforce_data_export_with_times_in_utc_read_in_ours(tmp_path, root):
    """0:15 UTC is 9:15 in Tokyo; 23:30 UTC is the morning after."""
    data = imported(tmp_path, root, **{f"{name}_2023-06-30": text for name, text in EXPORT.items()})
    assert rows(data, "customers", "customer_id", "name", "region") == [("0015g00000AbCdEAAV", "Acme", "Tokyo")]
    assert rows(data, "tickets", "ticket_id", "channel", "severity", "opened_at", "resolved_at") == [
        ("00001001", "email", "high", datetime(2023, 4, 3, 9, 15), datetime(2023, 4, 4, 8, 30))
    ]
    assert rows(data, "touchpoints", "on", "minutes", "note") == [(date(2023, 5, 1), 60.0, "QBR")]
    assert rows(data, "contacts", "customer_id", "from_on") == [("0015g00000AbCdEAAV", date(2021, 2, 5))]


def test_hubspots_newer_exports_name_the_primary_company(tmp_path, root):
    deals = DEALS.replace(
        "Associated Company,Associated Company IDs", "Associated Company (Primary),Associated Company IDs (Primary)"
    )
    tickets = HUBSPOT_TICKETS.replace("Ticket ID", "Record ID").replace(
        "Associated Company IDs", "Associated Company IDs (Primary)"
    )
    data = imported(tmp_path, root, **{"all-companies": COMPANIES, "deals": deals, "tickets": tickets})
    assert rows(data, "contracts", "contract_id", "customer_id") == [("9001", "1001")]
    assert rows(data, "tickets", "ticket_id", "customer_id", "severity") == [("5", "1001", "high")]


def test_a_japanese_salesforce_report_on_accounts(tmp_path, root):
    text = '"取引先 ID","取引先名","取引先 所有者","業種","最終更新日"\n"0015g00000AbCdE","株式会社アクメ","佐藤 花子","小売","2022/02/16 8:07"\n'
    (tmp_path / "report.csv").write_text(text, encoding="cp932")
    data = imported(tmp_path, root)
    assert rows(data, "customers", "customer_id", "name", "owner") == [
        ("0015g00000AbCdE", "株式会社アクメ", "佐藤 花子")
    ]


def test_every_column_of_zendesks_export_is_there_and_quoted_tags_do_no_harm(tmp_path, root):
    """All headers of its CSV export, as they stand in a public script that writes one."""
    head = (
        "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,Assignee,"
        "Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,Due date,Initially "
        "assigned at,Solved at,Resolution time,Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,First reply "
        "time in minutes,First reply time in minutes within business hours,Ticket Category [list]"
    ).split(",")
    cells = {"Summation column": "1", "Id": "7", "Organization": "Acme", "Tags": "vip,billing", "Status": "Open", "Priority": "High",
             "Via": "Chat", "Created at": "2023-04-03 09:15", "Subject": 'a "quote", and\na line'}  # fmt: skip
    line = ",".join('"' + cells.get(name, "").replace('"', '""') + '"' for name in head)
    data = imported(tmp_path, root, tickets=f"{','.join(head)}\n{line}\n")
    assert rows(data, "tickets", "ticket_id", "customer_id", "channel", "severity", "first_reply_at") == [
        ("7", "Acme", "chat", "high", None)
    ]


@pytest.mark.parametrize("name", ["hubspot", "salesforce", "zendesk"])
def test_a_ready_mapping_may_be_named_in_params_itself(root, name):
    found = settings_with({"data": {"mapping_file": f"params/mappings/{name}.yaml"}}, root).data.mapping
    assert "tickets" in found


def test_a_header_less_and_it_is_no_standard_export(tmp_path, root):
    (tmp_path / "a.csv").write_text(CASES.replace("Case Origin", "Origin"), encoding="utf-8")
    (own,) = propose(str(tmp_path), settings_with(), root).taken
    assert own.ready is None
