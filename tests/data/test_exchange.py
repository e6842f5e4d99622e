"""The SQL of a query is written once for all processes of a run, and is the one that would have been written."""

from pathlib import Path

import ibis
import pandas as pd
import pytest
from ibis.backends.duckdb import Backend

from cskit.data.exchange import recall, remember
from cskit.data.session import Session


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Ibis itself has written."""
    told: list[str] = []
    plain = Backend.compile

    def compile(self, expr, /, **options):
        told.append(plain(self, expr, **options))
        return told[-1]

    monkeypatch.setattr(Backend, "compile", compile)
    return told


def session(tmp_path: Path, values: str, texts: Path | None) -> Session:
    made = Session(tmp_path, texts=texts)
    made.engine.execute(f"CREATE TABLE numbers AS FROM (VALUES {values}) AS t (n)")
    return made


def asked(own: Session, least: int = 2) -> list[int]:
    rows = own.ibis.table("numbers")
    return rows.filter(rows.n >= least).order_by("n").to_pandas()["n"].tolist()


def test_the_same_question_of_other_rows_is_written_once(tmp_path: Path, written: list[str]):
    texts = tmp_path / "texts"
    assert asked(session(tmp_path, "(1), (2)", texts)) == [2] and len(written) == 1
    assert asked(session(tmp_path, "(3), (5)", texts)) == [3, 5] and len(written) == 1
    assert asked(session(tmp_path, "(3), (5)", texts), least=4) == [5] and len(written) == 2
    assert asked(session(tmp_path, "(3.5), (5.5)", texts)) == [3.5, 5.5] and len(written) == 3  # other types
    assert asked(session(tmp_path, "(3), (5)", None)) == [3, 5] and len(written) == 4


def test_a_limit_is_part_of_the_question(tmp_path: Path, written: list[str]):
    own = session(tmp_path, "(1), (2), (3)", tmp_path / "texts")
    rows = own.ibis.table("numbers").order_by("n")
    assert [len(rows.to_pandas(limit=limit)) for limit in (1, 2, None)] == [1, 2, 3]
    assert len(written) == 3


def test_rows_held_are_worked_out_once_and_have_a_name_of_their_own(tmp_path: Path):
    own = session(tmp_path, "(1), (2)", None)
    rows = own.ibis.table("numbers")
    held, again, other = (own.hold(rows.filter(rows.n > least)) for least in (1, 1, 0))
    own.engine.execute("INSERT INTO numbers VALUES (7)")
    assert held.get_name() == again.get_name() != other.get_name()
    assert held.to_pandas()["n"].tolist() == [2] and sorted(other.to_pandas()["n"]) == [1, 2]
    assert isinstance(held, ibis.expr.types.Table)


def test_a_table_does_not_leave_its_process_and_neither_does_what_holds_one(tmp_path: Path):
    rows = session(tmp_path, "(1), (2)", None).ibis.table("numbers")
    for result in (rows, ("a table", rows), {"a column": rows.n + 1}):
        remember(result, tmp_path / "left")
        assert recall(tmp_path / "left") is None
    remember(("a frame", rows.to_pandas()), tmp_path / "left")
    assert recall(tmp_path / "left")[1]["n"].tolist() == [1, 2]


@pytest.mark.parametrize("where", ["true", "i = 1", "i IS NULL", "false"])
def test_an_answer_is_the_frame_that_ibis_would_make(tmp_path: Path, where: str):
    own = session(tmp_path, "(1)", None)
    own.engine.execute(f"""CREATE TABLE kinds AS SELECT * FROM (VALUES
      (1, 1.5::DOUBLE, 'a', DATE '2023-01-01', TIMESTAMP '2023-01-01 10:00', true, [1, 2], 1.25::DECIMAL(9, 2), 1.5::FLOAT),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      (3, 'nan', '', '1999-12-31', '1999-12-31 00:00', false, [], 0.5, 2.5)
    ) AS t (i, d, s, on_day, at_time, b, l, dec, f) WHERE {where}""")
    rows = own.ibis.table("kinds")
    rows = rows.mutate(read=rows.b.ifelse(1.0, 0.0))  # which DuckDB takes for a decimal
    pd.testing.assert_frame_equal(rows.to_pandas(), Backend.execute(own.ibis, rows))
    for one in (rows.i.sum(), rows.d.max()):
        assert str(one.execute()) == str(Backend.execute(own.ibis, one))
