"""Files as they come: encodings, separators, broken ones. Opened whole, because that is what a user sees."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from xlsxwriter import Workbook

from cskit.data import Data, open_data
from cskit.errors import DataError
from cskit.params import settings_with

WAVES = "wave,closed_on\nA,2023-05-31\n"


def opened(folder: Path, **data: Any) -> Data:
    return open_data(str(folder), settings_with({"data": data}), date(2023, 6, 30), folder.parent)


def said(folder: Path, **data: Any) -> str:
    with pytest.raises(DataError) as error:
        opened(folder, **data)
    return str(error.value)


def column(data: Data, table: str, name: str) -> list[Any]:
    return data.table(table).order_by(name)[name].to_pyarrow().to_pylist()


def book(path: Path, **sheets: list[list[Any]]) -> None:
    with Workbook(str(path), {"default_date_format": "yyyy/m/d"}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_japanese_text_is_read_in_every_encoding_excel_writes(tmp_path, encoding):
    (tmp_path / "顧客.csv").write_bytes("顧客ID,会社名\r\nC1,株式会社髙橋①\r\n".encode(encoding))
    assert column(opened(tmp_path), "customers", "name") == ["株式会社髙橋①"]


def test_text_that_is_in_no_known_encoding_is_refused_not_garbled(tmp_path):
    (tmp_path / "customers.csv").write_bytes(b"customer_id,name\nC1,\xff\xfe\xfd\n")
    assert "neither UTF-8 nor cp932" in said(tmp_path)


@pytest.mark.parametrize("name", ["nps_waves.tsv", "nps_waves.csv"])
def test_tabs_separate_too(tmp_path, name):
    (tmp_path / name).write_text(WAVES.replace(",", "\t"))
    assert column(opened(tmp_path), "nps_waves", "wave") == ["A"]


def test_line_ends_may_be_mixed_and_cells_may_hold_them(tmp_path):
    (tmp_path / "customers.csv").write_bytes(b'customer_id,name\r\nC1,"a\nb, c"\nC2,d\r\n')
    assert column(opened(tmp_path), "customers", "name") == ["a\nb, c", "d"]


def test_blank_lines_and_rows_of_nothing_are_no_rows_but_are_counted(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,seats\nC1,1\n\n,\nC2,x\n")
    text = said(tmp_path)
    assert "column seats, row 5: found" in text
    assert "empty" not in text


def test_a_folder_with_brackets_and_stars_in_its_name_is_read(tmp_path):
    folder = tmp_path / "data [1] 'x'"
    folder.mkdir()
    (folder / "nps_waves.csv").write_text(WAVES)
    duckdb.execute(f"COPY (SELECT 'C1' AS customer_id) TO '{tmp_path}/customers.parquet'")
    (tmp_path / "customers.parquet").rename(folder / "customers.parquet")
    assert opened(folder).rows == {"customers": 1, "nps_waves": 1}


def test_rows_with_too_many_or_too_few_cells_are_all_named(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,name,url\nC1,a\nC2,b,c\nC3,d,e,f\n")
    assert "customers.csv: 1 fault\n  rows 2 and 4: found 2 or 4 cells; the header has 3." in said(tmp_path)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_told(tmp_path, content):
    (tmp_path / "customers.csv").write_text(content, encoding="utf-8")
    assert "the file is empty" in said(tmp_path) or "first row is empty" in said(tmp_path)


def test_a_file_of_headers_only_is_warned_of_and_counts_as_not_delivered(tmp_path):
    (tmp_path / "nps_waves.csv").write_text(WAVES)
    (tmp_path / "churns.csv").write_text("customer_id,effective_on\n")
    data = opened(tmp_path)
    assert not data.has("churns")
    assert [(own.source, own.warning) for own in data.warnings] == [("churns.csv", True)]


def test_a_folder_that_is_not_there_names_its_neighbour(tmp_path):
    (tmp_path / "exports").mkdir()
    with pytest.raises(DataError, match=r"no folder or file export\. Did you mean exports"):
        open_data("export", settings_with(), date(2023, 6, 30), tmp_path)


def test_a_folder_without_exports_says_what_is_wanted(tmp_path):
    (tmp_path / "notes.docx").write_text("x")
    (tmp_path / "~$customers.xlsx").write_text("x")
    assert "holds no exports. Wanted: a folder of CSV" in said(tmp_path)


def test_files_named_after_no_table_are_told_with_the_nearest(tmp_path):
    (tmp_path / "custmers.csv").write_text("customer_id\nC1\n")
    assert "Found: custmers.csv.\n  custmers.csv: Did you mean customers?" in said(tmp_path)
    (tmp_path / "nps_waves.csv").write_text(WAVES)
    (warning,) = opened(tmp_path).warnings
    assert (warning.source, warning.warning) == ("custmers.csv", True)
    assert warning.what.endswith("Did you mean customers?")


def test_a_table_in_two_places_is_refused(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id\nC1\n")
    (tmp_path / "顧客.tsv").write_text("customer_id\nC1\n")
    assert "customers stands in several places: customers.csv, 顧客.tsv." in said(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text("customer_id\nC1\n")
    path.chmod(0)
    assert "permission denied" in said(tmp_path)


def test_a_workbook_has_a_sheet_per_table_and_typed_cells(tmp_path):
    book(
        tmp_path / "export.xlsx",
        顧客=[
            ["顧客ID", "契約日", "席数", "タグ"],
            [1001, date(2023, 4, 1), 8.0, None],
            ["0042", "2023年4月2日", "１２", ""],
        ],
        nps_waves=[["wave", "closed_on"], ["A", date(2023, 5, 31)]],
        メモ=[["anything"], [1]],
    )
    data = opened(tmp_path)
    rows = data.table("customers").order_by("customer_id").to_pyarrow().to_pylist()
    assert [row["customer_id"] for row in rows] == ["0042", "1001"]
    assert [row["contracted_on"] for row in rows] == [date(2023, 4, 2), date(2023, 4, 1)]
    assert [row["seats"] for row in rows] == [12, 8]
    assert [own.source for own in data.warnings] == ["export.xlsx, sheet メモ"]


def test_a_workbook_named_after_its_table_may_have_empty_sheets_beside(tmp_path):
    book(tmp_path / "customers.xlsx", Sheet1=[["customer_id"], ["C1"]], Sheet2=[], Sheet3=[])
    assert opened(tmp_path).rows == {"customers": 1}


def test_a_single_workbook_is_a_source(tmp_path):
    book(tmp_path / "all.xlsx", nps_waves=[["wave", "closed_on"], ["A", date(2023, 5, 31)]])
    assert opened(tmp_path / "all.xlsx").inputs[0].path == "all.xlsx, sheet nps_waves"


def test_a_formula_that_failed_is_a_fault_not_an_empty_cell(tmp_path):
    with Workbook(str(tmp_path / "customers.xlsx")) as made:
        sheet = made.add_worksheet("customers")
        sheet.write_row(0, 0, ["customer_id", "seats"])
        sheet.write_string(1, 0, "C1")
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
    assert 'column seats, row 2: found "#N/A"' in said(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_a_corrupt_workbook_is_told_and_nothing_hides_behind_it(tmp_path, content):
    (tmp_path / "customers.xlsx").write_bytes(content)
    (tmp_path / "nps_waves.csv").write_text("wave,closed_on\nA,2023-02-30\n")
    text = said(tmp_path)
    assert "customers.xlsx: 1 fault\n  the workbook cannot be read" in text
    assert 'found "2023-02-30"' in text


def test_parquet_and_database_tables_keep_their_types_and_are_not_copied(tmp_path):
    query = "SELECT 'C1' AS customer_id, DATE '2023-04-01' AS contracted_on, 8::INTEGER AS \"席数\", '2023/5/1' AS 利用開始日"
    duckdb.execute(f"COPY ({query}) TO '{tmp_path}/customers.parquet'")
    with duckdb.connect(str(tmp_path / "x.duckdb")) as engine:
        engine.execute(f"CREATE TABLE customers AS {query}")
    for place in (tmp_path / "customers.parquet", tmp_path / "x.duckdb"):
        data = opened(place)
        row = data.table("customers").to_pyarrow().to_pylist()[0]
        assert (row["contracted_on"], row["seats"], row["went_live_on"]) == (date(2023, 4, 1), 8, date(2023, 5, 1))
        (kind,) = duckdb_kinds(data)
        assert kind == "VIEW"


def duckdb_kinds(data: Data) -> list[str]:
    assert data._session
    query = "SELECT table_type FROM information_schema.tables WHERE table_schema = 'main' AND table_catalog = 'memory'"
    return [row[0] for row in data._session.engine.execute(query).fetchall()]


def test_a_row_of_parquet_at_fault_is_counted_as_a_spreadsheet_would(tmp_path):
    rows = "SELECT 'C' || i AS customer_id, i AS fiscal_year_end FROM range(10, 15) t(i)"
    duckdb.execute(f"COPY ({rows}) TO '{tmp_path}/customers.parquet'")
    assert "column fiscal_year_end, rows 5 and 6: found 13 and 14" in said(tmp_path)


def test_a_file_that_is_no_parquet_or_no_database_is_told(tmp_path):
    (tmp_path / "customers.parquet").write_bytes(b"x" * 50)
    assert "customers.parquet: 1 fault\n  it cannot be read as Parquet" in said(tmp_path)
    (tmp_path / "customers.parquet").unlink()
    (tmp_path / "x.duckdb").write_bytes(b"x" * 5000)
    assert "it cannot be opened as a DuckDB database" in said(tmp_path)


def test_a_database_that_another_program_writes_to_is_told(tmp_path):
    import subprocess
    import sys

    path = tmp_path / "x.duckdb"
    hold = f"import duckdb, time; c = duckdb.connect({str(path)!r}); print('open', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        try:
            assert "another program is writing to it" in said(path)
        finally:
            other.kill()


def test_temporary_files_are_gone_when_the_data_are(tmp_path):
    (tmp_path / "customers.csv").write_bytes("顧客ID\r\n顧\r\n".encode("cp932"))
    data = opened(tmp_path)
    assert data._session
    folder = data._session.temporary
    assert folder.is_dir()
    data._session.close()
    assert not folder.exists()


def test_of_typed_files_only_texts_that_need_it_are_cleaned_at_each_reading(tmp_path):
    rows = "VALUES ('C1', ' Aoi　', NULL, 'x'), ('C2', 'Beni', '', 'x')"
    query = f"SELECT * FROM ({rows}) AS t (customer_id, name, region, industry)"
    duckdb.execute(f"COPY ({query}) TO '{tmp_path}/customers.parquet'")
    data = opened(tmp_path / "customers.parquet")
    found = data.table("customers").order_by("customer_id").to_pandas()
    assert found["name"].tolist() == ["Aoi", "Beni"]
    assert found["region"].isna().all()
    view = data._session.engine.execute("SELECT sql FROM duckdb_views() WHERE view_name = 'customers'").fetchall()[0][0]
    assert view.count("regexp_matches") == 2
