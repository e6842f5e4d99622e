"""Tables stay in a real PostgreSQL: typed, checked and refused as those of a folder are, read by who may only read."""

from datetime import date, datetime

import duckdb
import pytest

from cskit.data import open_data
from cskit.data.handover import HANDED, Handover
from cskit.errors import CskitError, DataError, SettingsError
from cskit.params import settings_with
from tests.conftest import ROOT
from tests.engines import PASSWORD, READER

JUNE = date(2023, 6, 30)


@pytest.fixture
def server(postgres_server):
    return postgres_server


@pytest.fixture
def opened(server, request):
    """Make tables by SQL in a database of their own, and open it as the reader."""
    made = []

    def make(*statements: str, grant: bool = True, source=None, as_of=JUNE, **data):
        name = f"t{abs(hash(request.node.nodeid))}_{len(made)}"
        with server.connect() as owner:
            owner.execute(f"CREATE DATABASE {name}")
        made.append(name)
        with server.connect(name) as owner:
            for statement in statements:
                owner.execute(statement)
            if grant:
                owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}")
        make.settings = settings_with({"sources": {"crm": server.source(name, **(source or {}))}, "data": data})
        make.database = name
        return open_data("crm", make.settings, as_of, ROOT)

    return make


def _rows(data, table, *columns):
    found = data.table(table).order_by(columns[0]).select(*columns).to_pyarrow()
    return [tuple(row.values()) for row in found.to_pylist()]


def test_a_typed_column_is_taken_as_it_is_and_a_text_is_read_strictly(opened):
    data = opened(
        """CREATE TABLE customers (customer_id int, name text, contracted_on timestamp, arr numeric(12, 2), seats text,
           fiscal_year_end float, usage_rhythm text, region varchar(20))""",
        """INSERT INTO customers VALUES
           (1, '　株式会社 A ', '2022-04-01 00:00', 1200.5, '１,２００', 3.0, '月次', ''),
           (2, 'B', '2022-05-01 00:00', 'NaN', '12', NULL, 'Weekly', 'Tokyo')""",
        "CREATE TABLE tickets (ticket_id text, customer_id text, opened_at timestamptz, resolved_at text)",
        """INSERT INTO tickets VALUES ('T1', '1', '2023-06-29 15:30Z', '2023/6/30 9:05'),
           ('T2', '2', '2023-06-30 16:00Z', '2023-07-02')""",
        "CREATE TABLE community (month text, members int)",
        "INSERT INTO community VALUES ('2023-04', 5), ('2023/05', 6), ('2023-06-01', 7)",
    )
    columns = ("customer_id", "name", "contracted_on", "arr", "seats", "fiscal_year_end", "usage_rhythm", "region")
    assert _rows(data, "customers", *columns) == [
        ("1", "株式会社 A", date(2022, 4, 1), 1200.5, 1200, 3, "monthly", None),
        ("2", "B", date(2022, 5, 1), None, 12, None, "weekly", "Tokyo"),
    ]
    # 16:00 UTC on the 30th is the 1st of July in Tokyo: not known yet
    assert _rows(data, "tickets", "ticket_id", "opened_at", "resolved_at") == [
        ("T1", datetime(2023, 6, 30, 0, 30), datetime(2023, 6, 30, 9, 5))
    ]
    assert _rows(data, "community", "month") == [(date(2023, 4, 1),), (date(2023, 5, 1),), (date(2023, 6, 1),)]
    assert data.rows == {"customers": 2, "tickets": 2, "community": 3}


def test_every_fault_is_told_at_once_by_the_key_of_its_row(opened):
    with pytest.raises(DataError) as error:
        opened(
            "CREATE TABLE customers (customer_id text, contracted_on text, seats numeric, arr text, churned_on date)",
            """INSERT INTO customers VALUES ('A', '2023-02-30', 1.5, 'much', '2020-01-01'),
               ('B', '2023-02-28', -1, '1,200', NULL), ('B', '2022-01-01', 2, '5', NULL), (NULL, NULL, 3, NULL, NULL)""",
            "CREATE TABLE churns (customer_id text, effective_on timestamp)",
            "INSERT INTO churns VALUES ('X', '2023-01-01 10:30'), ('A', '2023-01-01')",
        )
    text = str(error.value)
    assert text.startswith("crm, table customers: ")
    for told in (
        'column contracted_on, row A: found "2023-02-30"; contracted_on is a date',
        'column seats, rows A and B: found "1.5" and -1; seats is a whole number of at least 0.',
        'column arr, row A: found "much"; arr is a number of at least 0.',
        "column customer_id, row (empty): empty; every row needs a value: the identifier",
        "customer_id names one row, and an earlier row has it already.",
        "customers has no such customer_id.",
        'column effective_on, row X: found "2023-01-01 10:30:00"; effective_on is a date',
    ):
        assert told in text, f"{told}\n{text}"


def test_only_who_may_read_is_needed_and_nothing_is_written(opened, server):
    data = opened("CREATE TABLE customers (customer_id text)", "INSERT INTO customers VALUES ('A')")
    assert data.table("customers").count().execute() == 1
    with server.connect(opened.database) as owner:
        left = owner.execute("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", (READER,)).fetchone()
        assert left == (0,)
        assert owner.execute(
            "SELECT bool_and(ssl), min(application_name) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = %s",
            (READER,),
        ).fetchone() == (True, "cskit")


def test_what_changes_under_a_run_is_not_seen_by_it_nor_by_its_other_processes(opened, server, monkeypatch):
    data = opened("CREATE TABLE customers (customer_id text)", "INSERT INTO customers VALUES ('A')")
    handover = Handover(data, "crm", ROOT)
    handover.give(opened.settings)
    with server.connect(opened.database) as owner:
        owner.execute("INSERT INTO customers VALUES ('B')")
    monkeypatch.setenv(HANDED, str(handover.folder))
    other = open_data("crm", opened.settings, JUNE, ROOT)
    assert other._warehouse is not data._warehouse and other.rows == {"customers": 1}
    for one in (data, other):
        assert one.table("customers").count().execute() == 1
    monkeypatch.delenv(HANDED)
    fresh = open_data("crm", opened.settings, JUNE, ROOT)
    assert fresh.table("customers").count().execute() == 2
    assert fresh.inputs[0].sha256 != data.inputs[0].sha256


def test_excluded_and_chosen_customers_are_left_out(opened):
    statements = (
        "CREATE TABLE customers (customer_id text, segment text, tags text)",
        "INSERT INTO customers VALUES ('A', 'small', NULL), ('B', 'small', 'vip; Test'), ('C', 'large', NULL)",
        "CREATE TABLE tickets (ticket_id text, customer_id text, opened_at date)",
        """INSERT INTO tickets VALUES ('1', 'A', '2023-01-01'), ('2', 'B', '2023-01-01'), ('3', 'C', '2023-01-01'),
           ('4', NULL, '2023-01-01')""",
    )
    assert _rows(opened(*statements), "tickets", "ticket_id") == [("1",), ("3",), ("4",)]
    assert _rows(opened(*statements, only={"segment": "small"}), "tickets", "ticket_id") == [("1",)]
    with pytest.raises(SettingsError, match="there is no customer with segment huge"):
        opened(*statements, only={"segment": "huge"})


def test_a_mapping_is_the_same_as_of_files(opened):
    data = opened(
        "CREATE TABLE accounts (code text, title text, freq text, seats text)",
        "INSERT INTO accounts VALUES ('A', 'あ', '高', '-'), ('B', 'い', '低', '3')",
        "CREATE TABLE orders (no int, code text, yearly numeric, begins date)",
        "INSERT INTO orders VALUES (1, 'A', 1200, '2023-01-01')",
        mapping={
            "customers": {
                "file": "accounts", "columns": {"customer_id": "code", "name": "title", "usage_rhythm": "freq"},
                "values": {"usage_rhythm": {"高": "daily", "低": "monthly"}}, "missing": {"seats": ["-"]},
                "constants": {"segment": "SMB"},
            },
            "contracts": {
                "sql": "SELECT CAST(no AS VARCHAR) AS contract_id, code AS customer_id, yearly / 12 AS mrr, begins AS starts_on FROM orders"
            },
        },
    )  # fmt: skip
    assert _rows(data, "customers", "customer_id", "name", "usage_rhythm", "seats", "segment") == [
        ("A", "あ", "daily", None, "SMB"),
        ("B", "い", "monthly", 3, "SMB"),
    ]
    assert _rows(data, "contracts", "contract_id", "customer_id", "mrr", "starts_on") == [
        ("1", "A", 100.0, date(2023, 1, 1))
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"url": "postgresql://localhost:1/none"}, "crm: it cannot be reached: "),
        ({"password": "env:CSKIT_NO_SUCH"}, "the environment has no CSKIT_NO_SUCH"),
        ({"user": "nobody"}, "password authentication failed"),
        ({"schema": "elsewhere"}, "no table there is one of ours. Found: nothing"),
        ({"url": "mysql://localhost/x"}, 'what reads mysql is not installed: pip install "ibis-framework[mysql]"'),
        ({"url": "nosuch://localhost/x"}, "crm: it cannot be reached: "),
    ],
)
def test_what_cannot_be_reached_is_told_in_a_line_or_two_without_the_secret(opened, change, told):
    with pytest.raises(CskitError) as error:
        opened("CREATE TABLE customers (customer_id text)", source=change)
    assert told in str(error.value) and str(error.value).count("\n") <= 1
    assert PASSWORD not in str(error.value) and "word/1" not in str(error.value)


@pytest.mark.parametrize("secret", [{"password": "hunter2"}, {"url": "postgresql://me:hunter2@localhost/x"}])
def test_a_password_in_params_is_refused(secret):
    with pytest.raises(SettingsError, match="a secret must not stand here") as error:
        settings_with({"sources": {"crm": {"url": "postgresql://localhost/x", **secret}}})
    assert "hunter2" not in str(error.value)


def test_a_table_that_may_not_be_read_and_a_lost_connection_are_told_in_a_line(opened, server):
    with pytest.raises(DataError, match=r"Found: nothing.\n  Let its tables be read \(GRANT SELECT\)"):
        opened("CREATE TABLE customers (customer_id text)", grant=False)
    data = opened("CREATE TABLE customers (customer_id text)", "INSERT INTO customers VALUES ('A')")
    with server.connect(opened.database) as owner:
        owner.execute(f"REVOKE SELECT ON customers FROM {READER}")
    with pytest.raises(DataError, match="crm: it does not answer: permission denied for table customers"):
        data.table("customers").to_pandas()
    with server.connect() as owner:
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (READER,))
    with pytest.raises(DataError, match="crm: it does not answer: ") as error:
        data.table("customers").to_pandas()
    assert "\n" not in str(error.value)


def test_what_is_done_while_a_file_is_read_is_refused_in_a_line(opened):
    tables = ("CREATE TABLE customers (customer_id text)", "CREATE TABLE logs (csm_id text)")
    hours = {"file": "logs", "unpivot": {"keep": {"csm_id": "csm_id"}, "month": "2023-04"}}
    with pytest.raises(DataError) as error:
        opened(*tables, mapping={"time_logs": hours}, set_aside=True)
    assert "data.mapping, unpivot: it is for files." in str(error.value)
    data = opened(tables[0], "INSERT INTO customers VALUES ('A')", set_aside=True)
    assert [fault.what for fault in data.warnings] == [
        "set_aside (--set-aside): it is for files, whose rows have numbers."
    ]


def test_types_of_postgresql_alone_are_texts_like_any_other(opened):
    data = opened(
        "CREATE TYPE kind AS ENUM ('free', 'paid', 'Trial')", "CREATE DOMAIN code AS char(4)",
        "CREATE TABLE customers (customer_id char(4), name varchar(9), region code)",
        "INSERT INTO customers VALUES ('A', 'x ', 'K')",
        "CREATE TABLE contracts (contract_id uuid, customer_id text, kind kind, starts_on date, mrr money)",
        "INSERT INTO contracts VALUES ('00000000-0000-0000-0000-000000000001', 'A', 'Trial', '2023-01-01', 12.5)",
    )  # fmt: skip
    assert _rows(data, "customers", "customer_id", "name", "region") == [("A", "x", "K")]
    key = "00000000-0000-0000-0000-000000000001"
    assert _rows(data, "contracts", "contract_id", "customer_id", "kind", "mrr") == [(key, "A", "trial", 12.5)]


def test_a_file_of_duckdb_is_a_source_like_any_other_and_stays_as_it_is(tmp_path):
    with duckdb.connect(tmp_path / "crm.duckdb") as crm:
        crm.execute("CREATE TABLE 顧客 (顧客ID TEXT, 契約日 TEXT)")
        crm.execute("INSERT INTO 顧客 VALUES ('A', '2022年4月1日'), ('B', '2022/5/1')")
        crm.execute("CREATE TABLE churned AS SELECT 'B' AS id, DATE '2023-03-31' AS left_on")
    before = (tmp_path / "crm.duckdb").read_bytes()
    settings = settings_with(
        {
            "sources": {"crm": {"url": f"duckdb://{tmp_path / 'crm.duckdb'}"}},
            "data": {"mapping": {"churns": {"sql": "SELECT id AS customer_id, left_on AS effective_on FROM churned"}}},
        }
    )
    data = open_data("crm", settings, JUNE, ROOT)
    assert _rows(data, "customers", "customer_id", "contracted_on") == [
        ("A", date(2022, 4, 1)),
        ("B", date(2022, 5, 1)),
    ]
    assert _rows(data, "churns", "customer_id", "effective_on") == [("B", date(2023, 3, 31))]
    assert (tmp_path / "crm.duckdb").read_bytes() == before
