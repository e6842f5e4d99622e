"""Each of many odd and malformed exports reads right, or is refused with file, place and mend; nothing is lost."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cskit.data import Data, open_data
from cskit.errors import DataError
from cskit.params import settings_with
from tests.data.corpus import Case, cases

ALL = list(cases())
AS_OF = date(2030, 12, 31)


def opened(folder: Path, case: Case) -> Data:
    return open_data(str(folder), settings_with({"data": {"mapping": case.mapping}}), AS_OF, folder.parent)


def typed(data: Data, table: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The rows as they were read, whatever is known of them as of a day."""
    assert data._session
    return data._session.engine.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()


def test_there_are_at_least_two_hundred_each_with_a_name_of_its_own():
    assert len(ALL) >= 200
    assert len({case.name for case in ALL}) == len(ALL)


@pytest.mark.parametrize("case", [case for case in ALL if case.rows is not None], ids=lambda case: case.name)
def test_it_reads_right(tmp_path, case):
    case.write(tmp_path)
    data = opened(tmp_path, case)
    assert sorted(map(repr, typed(data, case.table, case.columns))) == sorted(map(repr, case.rows))
    told = [*(f"{own.path} {own.said} {own.rows} rows of {own.table}" for own in data.inputs)]
    told += [f"{own.source} {own}" for own in data.warnings]
    for words in case.says:
        assert any(words in line for line in told), told


@pytest.mark.parametrize("case", [case for case in ALL if case.rows is None], ids=lambda case: case.name)
def test_it_is_refused_with_file_place_and_mend(tmp_path, case):
    case.write(tmp_path)
    with pytest.raises(DataError) as error:
        opened(tmp_path, case)
    for words in case.says:
        assert words in str(error.value), str(error.value)
    assert error.value.faults
    for fault in error.value.faults:
        assert fault.source, fault
        assert fault.mend, fault


PIECES = st.sampled_from(
    [
        "A",
        "B",
        "1",
        "2",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        '"',
        '""',
        ";",
        "\t",
        "|",
        " ",
        "合計",
        "　",
        "é",
        "0",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(PIECES, max_size=30).map("".join), encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_whatever_follows_a_header_no_row_is_lost(tmp_path, body, encoding):
    """Rows in are rows used; or else the file is refused."""
    text = "customer_id,name\n" + body
    (tmp_path / "customers.csv").write_bytes(text.encode(encoding))
    try:
        data = opened(tmp_path, Case("", lambda _: None, []))
    except DataError:
        return
    records = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    meant = [tuple(cell.strip() or None for cell in row) for row in records if any(cell.strip() for cell in row)]
    meant = [row if any(row[2:]) else row[:2] for row in meant]  # an empty cell too many holds nothing to lose
    found = typed(data, "customers", ("customer_id", "name")) if data.has("customers") else []
    assert sorted(map(repr, found)) == sorted(map(repr, meant))
