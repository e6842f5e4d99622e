"""The same reports come out of every engine: every metric, and every page but for the time it was made."""

import json
import re
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow.parquet as pq
import pytest
import yaml

from cskit.data import open_data
from cskit.data.schema import tables
from cskit.params import resolve
from tests.conftest import ROOT, project_in, run_pack
from tests.edges import with_edges
from tests.engines import PASSWORD, fill

WHEN = re.compile(r"<time[^>]*>[^<]*")


FEWER = 8  # of the rows of use, for Spark, whose two cores are slow with many


@pytest.mark.slow
def test_postgres_gives_the_same_reports(demo, postgres_server, tmp_path):
    project = _project(demo, tmp_path)
    fill(postgres_server, "demo", project / "data/demo")
    _made(project, "postgres", postgres_server.source("demo"))
    _same(project, "postgres")
    secret = (PASSWORD.encode(), quote(PASSWORD, safe="").encode(), quote_plus(PASSWORD).encode())
    written = [path for path in (project / "postgres").rglob("*") if path.is_file()]
    assert len(written) > 30
    assert [path for path in written if any(form in path.read_bytes() for form in secret)] == []


@pytest.mark.slow
@pytest.mark.spark
def test_spark_gives_the_same_reports(demo, spark_server, tmp_path):
    project = _project(demo, tmp_path, FEWER)
    _as_parquet(project / "data/demo", tmp_path / "parquet")
    _made(project, "spark", {"url": spark_server, "parquet": str(tmp_path / "parquet")})
    _same(project, "spark")


def _project(demo: Path, folder: Path, every: int = 1) -> Path:
    """A project whose pack of the demo company, with rows at the edges, was made by the embedded engine."""
    project = project_in(folder, with_edges(demo, folder / "edges", every))
    run_pack(project, "2023Q2", "--lang", "en", "--out", "duckdb")
    return project


def _made(project: Path, name: str, source: dict) -> None:
    place = project / "params/2023Q2.yaml"
    told = yaml.safe_load(place.read_text(encoding="utf-8"))
    told["settings"]["sources"] = {name: source}
    place.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    run_pack(project, "2023Q2", "--lang", "en", "--data", name, "--out", name, limit=1500)


def _same(project: Path, name: str) -> None:
    here, there = project / "duckdb/2023Q2", project / name / "2023Q2"
    own, theirs = (json.loads((place / "metrics.json").read_text(encoding="utf-8")) for place in (here, there))
    assert len(own) == len(theirs) >= 80
    assert list(_differing(own, theirs, "")) == []
    pages = sorted(page.relative_to(here) for page in here.glob("en/*.html"))
    assert len(pages) >= 9
    for page in pages:
        texts = [WHEN.sub("", (place / page).read_text(encoding="utf-8")) for place in (here, there)]
        assert texts[0] == texts[1] or page.name == "index.html", page


def _differing(own, theirs, place):
    """Counts must be the same, figures within 1e-9."""
    if isinstance(own, dict) and isinstance(theirs, dict):
        for name in sorted({*own, *theirs}):
            yield from _differing(own.get(name), theirs.get(name), f"{place}/{name}")
    elif isinstance(own, float) and isinstance(theirs, float):
        if theirs != pytest.approx(own, rel=1e-9, abs=1e-9):
            yield place, own, theirs
    elif own != theirs:
        yield place, own, theirs


def _as_parquet(demo: Path, to: Path) -> None:
    params = resolve({"period": "2023Q2", "data": str(demo)}, root=ROOT)
    data = open_data(str(demo), params.settings, params.period.end, ROOT)
    to.mkdir()
    for name in tables():
        if data.has(name):
            pq.write_table(data._tables[name].select(*tables()[name].columns).to_pyarrow(), to / f"{name}.parquet")
