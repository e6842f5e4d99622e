"""An export that is not ours becomes a table through params alone."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cskit.data import Data, open_data
from cskit.data.mapping import confined, refuse_unknown, tables_in
from cskit.errors import DataError, SettingsError
from cskit.params import settings_with
from cskit.settings import Part


def opened(folder: Path, mapping: dict[str, Any]) -> Data:
    return open_data(str(folder), settings_with({"data": {"mapping": mapping}}), date(2023, 6, 30), folder.parent)


def rows(data: Data, table: str, *columns: str) -> list[tuple[Any, ...]]:
    found = data.table(table).select(*columns).order_by(*columns).to_pyarrow().to_pylist()
    return [tuple(row.values()) for row in found]


def refused(folder: Path, mapping: dict[str, Any]) -> str:
    with pytest.raises((DataError, SettingsError)) as error:
        opened(folder, mapping)
    return str(error.value)


def test_columns_constants_values_and_missing_texts(tmp_path):
    (tmp_path / "crm.csv").write_text("コード,頻度,決算,メモ\nC1,高,３,x\nC2,daily,未定,y\nC3,,-,\n", encoding="cp932")
    part = {
        "file": "crm.csv",
        "columns": {"customer_id": "コード", "usage_rhythm": "頻度", "fiscal_year_end": "決算"},
        "constants": {"segment": "SMB", "seats": 5},
        "values": {"usage_rhythm": {"高": "daily"}},
        "missing": {"fiscal_year_end": ["未定", "-"]},
    }
    data = opened(tmp_path, {"customers": part})
    found = rows(data, "customers", "customer_id", "usage_rhythm", "fiscal_year_end", "segment", "seats")
    assert found == [("C1", "daily", 3, "SMB", 5), ("C2", "daily", None, "SMB", 5), ("C3", None, None, "SMB", 5)]
    assert data.warnings == ()


def test_a_value_outside_the_mapping_is_still_parsed_strictly(tmp_path):
    (tmp_path / "crm.csv").write_text("customer_id,usage_rhythm\nC1,often\n")
    part = {"file": "crm", "values": {"usage_rhythm": {"rarely": "monthly"}}}
    assert 'found "often"; usage_rhythm is one of daily' in refused(tmp_path, {"customers": part})


def test_several_files_make_one_table_and_each_fault_names_its_own_file(tmp_path):
    (tmp_path / "a.csv").write_text("customer_id,seats\nC1,1\nC2,x\n")
    (tmp_path / "b.tsv").write_text("customer_id\tseats\nC3\ty\nC1\t2\n")
    text = refused(tmp_path, {"customers": [{"file": "a.csv"}, {"file": "b.tsv"}]})
    assert 'a.csv: 1 fault\n  column seats, row 3: found "x"' in text
    assert 'b.tsv: 2 faults\n  column seats, row 2: found "y"' in text
    assert (
        'column customer_id, row 3: found "C1", as in a.csv; customer_id names one row, and an earlier row has it'
        in text
    )


def test_a_select_joins_files_and_its_result_is_parsed_like_any_export(tmp_path):
    (tmp_path / "注文.csv").write_text(" 番号 ,コード,年額\n1,A,1200\n2,B,2400\n", encoding="utf-8")
    (tmp_path / "codes.csv").write_text("コード,id\nA,C1\nB,C2\n", encoding="utf-8")
    sql = """
        WITH x AS (SELECT o.番号, c.id, CAST(o.年額 AS DOUBLE) / 12 AS mrr FROM 注文 o JOIN codes AS c USING (コード))
        SELECT 番号 AS contract_id, id AS customer_id, mrr, '2023年4月1日' AS starts_on FROM x
    """
    data = opened(tmp_path, {"contracts": {"sql": sql, "constants": {"kind": "有料"}}})
    found = rows(data, "contracts", "contract_id", "customer_id", "mrr", "starts_on", "kind")
    assert found == [("1", "C1", 100.0, date(2023, 4, 1), "paid"), ("2", "C2", 200.0, date(2023, 4, 1), "paid")]
    assert [own.path for own in data.inputs] == ["codes.csv", "注文.csv"]
    assert data.warnings == ()


def test_a_sheet_of_people_by_days_is_unpivoted(tmp_path):
    (tmp_path / "hours.csv").write_text("who,1,2\nkato,1.5,\nmori,,2\n")
    sql = """
        SELECT who || '-' || d AS log_id, who AS csm_id, make_date(2023, 4, CAST(d AS INTEGER)) AS "on",
               60 * CAST(h AS DOUBLE) AS minutes
        FROM (UNPIVOT hours ON COLUMNS(* EXCLUDE who) INTO NAME d VALUE h)
    """
    found = rows(opened(tmp_path, {"time_logs": {"sql": sql}}), "time_logs", "csm_id", "on", "minutes")
    assert found == [("kato", date(2023, 4, 1), 90.0), ("mori", date(2023, 4, 2), 120.0)]


def test_every_column_of_a_file_is_text_for_a_select(tmp_path):
    (tmp_path / "codes.csv").write_text("customer_id\n0042\n")
    assert rows(opened(tmp_path, {"customers": {"sql": "SELECT * FROM codes"}}), "customers", "customer_id") == [
        ("0042",)
    ]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT * FROM read_csv('/etc/passwd')", "read_csv"),
        ("SELECT * FROM glob('*')", "glob"),
        ("SELECT content AS customer_id FROM read_text('x')", "read_text"),
        ("SELECT * FROM parquet_scan('x')", "parquet_scan"),
        ("SELECT * FROM duckdb_settings()", "duckdb_settings"),
        ("SELECT getenv('HOME') AS customer_id", "getenv"),
        ("SELECT (SELECT current_setting('temp_directory')) AS customer_id", "current_setting"),
        ("SELECT * FROM query('SELECT 1')", "query"),
        ("SELECT * FROM a, LATERAL (SELECT * FROM read_blob('x'))", "read_blob"),
        ("SELECT 1; SELECT 2", "one SELECT"),
        ("DROP TABLE a", "one SELECT"),
        ("COPY (SELECT 1) TO 'x.csv'", "one SELECT"),
        ("CREATE TABLE a AS SELECT 1", "one SELECT"),
        ("ATTACH 'x.db'", "one SELECT"),
        ("SET threads = 1", "one SELECT"),
        ("WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x", "not SQL|only read"),
        ("SELECT 1 INTO b", "only read"),
        ("SELECT * FROM main.customers", "without a schema"),
        ("SELECT * FROM information_schema.tables", "without a schema"),
        ("SELECT FROM WHERE", "not SQL"),
    ],
)
def test_anything_but_a_select_over_the_files_is_refused_before_it_runs(sql, why):
    with pytest.raises(SettingsError, match=why):
        refuse_unknown({"customers": [Part(sql=sql)]})


def test_a_file_named_by_its_path_is_no_file_of_the_folder(tmp_path):
    (tmp_path / "codes.csv").write_text("customer_id\nC1\n")
    other = tmp_path / "other"
    other.mkdir()
    (other / "secret.csv").write_text("customer_id\nC9\n")
    for name in ("'other/secret.csv'", f"'{other}/secret.csv'", "'../secret.csv'"):
        assert "there is no file" in refused(tmp_path, {"customers": {"sql": f"SELECT * FROM {name}"}})
    assert "there is no file" in refused(tmp_path, {"customers": {"file": "other/secret.csv"}})


def test_the_engine_itself_can_open_nothing_but_the_folder(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "nps_waves.csv").write_text("wave,closed_on\nA,2023-05-31\n")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    data = opened(folder, {})
    assert data._session
    for attempt in (
        f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/new.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(Exception, match=r"disabled|locked|configuration"):
            data._session.engine.execute(attempt)


def test_names_that_do_not_exist_are_refused_all_at_once_with_the_nearest(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    text = refused(
        tmp_path,
        {
            "custmers": {"file": "a.csv"},
            "nps_responses": {"file": "a.csv", "columns": {"scoer": "x"}, "missing": {"scroe": ["-"]}},
        },
    )
    assert "data.mapping.custmers is not a table. Did you mean customers?" in text
    assert "data.mapping.nps_responses.columns.scoer is not a column of nps_responses. Did you mean score?" in text
    assert "data.mapping.nps_responses.missing.scroe" in text


def test_a_file_or_header_that_is_not_there_is_told_with_the_nearest(tmp_path):
    (tmp_path / "accounts.csv").write_text("code,label\nC1,x\n")
    text = refused(tmp_path, {"customers": {"file": "acounts.csv"}})
    assert "params, data.mapping.customers: 1 fault\n  there is no file acounts.csv in the data folder." in text
    assert "Did you mean accounts.csv?" in text
    text = refused(tmp_path, {"customers": {"file": "accounts", "columns": {"customer_id": "cod"}}})
    assert "column customer_id: there is no header cod, which params name for it. Did you mean code?" in text
    assert "Found: code, label." in text


def test_a_select_that_does_not_run_says_why_in_one_line(tmp_path):
    (tmp_path / "a.csv").write_text("x\nseven\n")
    assert "the SELECT does not run: Binder Error" in refused(tmp_path, {"customers": {"sql": "SELECT y FROM a"}})
    text = refused(tmp_path, {"customers": {"sql": "SELECT CAST(x AS INTEGER) AS customer_id FROM a"}})
    assert "Conversion Error" in text


def test_a_select_is_run_from_what_was_parsed():
    sql = 'SELECT * FROM "Survey A" s JOIN codes USING (id)'
    assert tables_in(sql) == {"Survey A", "codes"}
    assert confined(sql, "files", {"survey a": "1", "codes": "2"}) == (
        'SELECT * FROM "files"."1" AS s JOIN "files"."2" AS "codes" USING (id)'
    )


def test_every_example_of_the_page_is_accepted(root):
    import re

    import yaml

    blocks = re.findall(r"```yaml\n(.*?)```", (root / "docs" / "mapping.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 11
    for block in blocks:
        said = yaml.safe_load(block if block.startswith("data:") else f"data:\n  mapping:\n{block}")
        data = settings_with(said, root).data
        refuse_unknown(data.mapping, data.headers)


def test_further_headers_in_params_are_read_as_ours(tmp_path):
    (tmp_path / "customers.csv").write_text("取引先番号,コース\nC1,light\n", encoding="utf-8")
    headers = {"customers": {"customer_id": ["取引先番号"], "plan": "コース"}}
    data = open_data(str(tmp_path), settings_with({"data": {"headers": headers}}), date(2023, 6, 30), tmp_path.parent)
    assert rows(data, "customers", "customer_id", "plan") == [("C1", "light")]
    assert data.warnings == ()


def test_headers_in_params_that_name_nothing_or_two_things_are_refused_all_at_once(tmp_path):
    headers = {"custmers": {"plan": ["x"]}, "customers": {"pln": ["x"], "plan": ["会社名", "k"], "segment": ["K"]}}
    with pytest.raises(SettingsError) as error:
        refuse_unknown({}, headers)
    text = str(error.value)
    assert "data.headers.custmers is not a table. Did you mean customers?" in text
    assert "data.headers.customers.pln is not a column of customers. Did you mean plan?" in text
    assert "data.headers.customers.plan: 会社名 means name already" in text
    assert "data.headers.customers.segment: K means plan already" in text


def test_the_example_of_how_a_file_is_written_works_as_the_page_says(tmp_path, root):
    import re

    import yaml

    page = (root / "docs" / "mapping.md").read_text(encoding="utf-8")
    block = re.search(r"## How a file is written.*?```yaml\n(.*?)```", page, re.DOTALL)
    assert block
    mapping = yaml.safe_load(block[1])
    lines = "顧客一覧;;\n2023年6月末現在;;\n;;\n顧客ID;会社名;セグメント\nC1;業務;大\nC2;経理;\n合計;2社;\n"
    (tmp_path / "顧客一覧.csv").write_bytes(lines.encode("euc-jp"))
    data = opened(tmp_path, mapping)
    assert rows(data, "customers", "customer_id", "name", "segment") == [("C1", "業務", "大"), ("C2", "経理", "大")]
    assert data.inputs[0].said == "EUC-JP, semicolon, header in row 4"
    assert [str(own) for own in data.warnings] == ["row 7: lines of totals, left out as params say."]


def test_the_example_of_a_pattern_works_as_the_page_says(tmp_path, root):
    for month in "45":
        text = f"顧客ID,利用日,利用者数\nC1,2023-0{month}-01,{month}\n"
        (tmp_path / f"利用ログ_{month}月.csv").write_bytes(text.encode("cp932"))
    data = opened(tmp_path, {"usage": {"file": "利用ログ_*.csv"}})
    assert rows(data, "usage", "active_users") == [(4,), (5,)]
    assert [own.path for own in data.inputs] == ["利用ログ_4月.csv", "利用ログ_5月.csv"]


def test_what_params_say_of_a_file_is_checked_by_name():
    for part, why in (
        ({"file": "a", "encoding": "klingon"}, "encoding"),
        ({"file": "a", "separator": "."}, "separator"),
        ({"file": "a", "totals": "ignore"}, "totals"),
        ({"file": "a", "header_row": -1}, "header_row"),
        ({"sql": "SELECT 1", "fill_down": ["name"]}, "fill_down"),
    ):
        with pytest.raises(SettingsError, match=why):
            settings_with({"data": {"mapping": {"customers": part}}})
    with pytest.raises(SettingsError, match=r"fill_down\.nmae is not a column of customers\. Did you mean name"):
        refuse_unknown({"customers": [Part(file="a", fill_down=["nmae"])]})
