"""The tables stay where they are: what an analysis fetches grows with customers and months, not with rows of work or use."""

import traceback
from collections import defaultdict
from pathlib import Path

import duckdb
import nbformat
import pytest

from cskit.data.exchange import Compiling
from cskit.report.notebooks import notebooks_of
from tests.conftest import ROOT

TIMES = 5  # tickets, the fewest, are then more than any analysis may fetch
MANY = {  # how a copy of a row is told from it
    "usage": "REPLACE (CASE WHEN n = 0 THEN feature ELSE coalesce(feature, '') || n END AS feature)",
    "touchpoints": "REPLACE (touchpoint_id || '-' || n AS touchpoint_id)",
    "tickets": "REPLACE (ticket_id || '-' || n AS ticket_id)",
    "help_sessions": "REPLACE (session_id || '-' || n AS session_id)",
    "time_logs": "REPLACE (log_id || '-' || n AS log_id, minutes / 5 AS minutes)",
}
# Each case is a piece of somebody's work: as many as a team can do in four years, whoever the customers are.
CASES = {("cskit/workload/people.py", "_recent"), ("cskit/workload/initiatives.py", "_comparable")}
MOST = 12_000  # 500 customers, two years of months


@pytest.mark.slow
def test_no_analysis_fetches_a_large_table(demo, tmp_path, monkeypatch):
    for file in demo.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    rows = {name: _multiplied(demo, tmp_path, name, how) for name, how in MANY.items()}
    assert min(rows.values()) > 1.2 * MOST, rows
    fetched = _watched(monkeypatch)
    for book in notebooks_of(ROOT):
        _run(book.path, tmp_path)
    large = {place: most for place, most in fetched.items() if most > MOST}
    assert set(large) <= CASES, large
    assert len(fetched) > 40


def _multiplied(demo: Path, to: Path, name: str, how: str) -> int:
    with duckdb.connect() as engine:
        scan = f"read_csv('{demo / name}.csv', all_varchar = true)"
        if name == "time_logs":
            scan = f"(SELECT * REPLACE (CAST(minutes AS DOUBLE) AS minutes) FROM {scan})"
        query = f"SELECT * EXCLUDE (n) {how} FROM {scan}, range({TIMES}) AS copies(n)"
        engine.execute(f"COPY ({query}) TO '{to / name}.csv' (HEADER)")
        return engine.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]


def _watched(monkeypatch) -> dict[tuple[str, str], int]:
    """The most rows that each place in the code fetched."""
    most: dict[tuple[str, str], int] = defaultdict(int)
    for name in ("execute", "to_pyarrow"):
        own = getattr(Compiling, name)

        def told(self, *args, _own=own, **named):
            found = _own(self, *args, **named)
            ours = [frame for frame in traceback.extract_stack() if f"{ROOT}/cskit/" in frame.filename]
            ours = [frame for frame in ours if not frame.filename.endswith(("once.py", "shared.py"))]
            if ours and hasattr(found, "__len__"):
                place = (str(Path(ours[-1].filename).relative_to(ROOT)), ours[-1].name)
                most[place] = max(most[place], len(found))
            return found

        monkeypatch.setattr(Compiling, name, told)
    return most


def _run(notebook: Path, data: Path) -> None:
    """The cells of a notebook, in this process."""
    names: dict[str, object] = {}
    for cell in nbformat.read(notebook, 4).cells:
        tags = cell.metadata.get("tags", [])
        drawing = cell.source.startswith("charts.")  # of what was fetched before
        if cell.cell_type == "code" and "analyst" not in tags and not drawing:
            source = (
                cell.source.replace('data = "data/demo"', f"data = {str(data)!r}")
                if "parameters" in tags
                else cell.source
            )
            exec(source, names)
