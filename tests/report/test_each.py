"""A pack for each value of a column of customers."""

import json
from pathlib import Path

import nbformat
import pytest

from cskit.errors import SettingsError
from cskit.params import load
from cskit.report.each import folder_name, parts_of
from cskit.report.pack import make_pack
from cskit.report.unchanged import columns, nothing_to_do

CUSTOMERS = """
customer_id,segment,region,owner
A,small,関東,U1
B,small,関西,U2
C,mid,関東,U1
D,,関東,U2
"""
SEEN = """
from cskit.run import start
from cskit.metrics import metric
from cskit.show import Headline
run = start(period, compare_to, data, lang, settings)
who = sorted(run.data.table("customers").customer_id.to_pandas())
Headline(" ".join(who), ("health.at_risk",), (metric("health.at_risk", len(who), "counted"),), run.notes)
"""


@pytest.fixture
def root(project, tmp_path: Path) -> Path:
    made = project(summary=[SEEN])
    (made / "data/toy").mkdir(parents=True)
    (made / "data/toy/customers.csv").write_text(CUSTOMERS.strip() + "\n", encoding="utf-8")
    return made


def test_each_pack_sees_its_rows_only_and_one_page_leads_to_them_all(root: Path):
    from cskit.data import open_data

    params = load("2023Q2", data="data/toy", root=root)
    data = open_data(params.data, params.settings, params.period.end, root)
    told = (params, root, root / "reports")
    outcome = make_pack(*told, langs=["en", "ja"], data=data, each="segment")
    assert outcome.complete and outcome.shown.name == "2023Q2-by-segment"
    seen = {
        part: json.loads((outcome.shown / part / "manifest.json").read_text(encoding="utf-8"))["reports"]["summary"]
        for part in ("segment=small", "segment=mid")
    }
    assert {part: one["languages"]["ja"]["verdict"] for part, one in seen.items()} == {
        "segment=small": "A B",
        "segment=mid": "C",
    }
    page = (outcome.shown / "index.html").read_text(encoding="utf-8")
    assert 'href="segment%3Dsmall/en/index.html"' in page and "1 customer has no value here" in page
    assert "Key figures side by side" in page and "A B" in page
    assert "値がない顧客が1社" in (outcome.shown / "index.ja.html").read_text(encoding="utf-8")
    small = (outcome.shown / "segment=small/en/summary.html").read_text(encoding="utf-8")
    assert "Only customers with segment: small." in small
    assert nothing_to_do(*told, langs=["en", "ja"], each="segment") == outcome.shown
    assert nothing_to_do(*told, langs=["en"], each="segment") is None
    (root / "data/toy/customers.csv").write_text(CUSTOMERS.replace("D,,", "D,mid,"), encoding="utf-8")
    assert nothing_to_do(*told, langs=["en", "ja"], each="segment") is None
    # bare papermill sees the same as the run
    copy = nbformat.read(outcome.shown / "segment=mid/internal/notebooks/en/summary.ipynb", as_version=4)
    injected = next(cell.source for cell in copy.cells if "injected-parameters" in cell.metadata.get("tags", []))
    assert "'only': {'segment': 'mid'}" in injected.replace('"', "'")


def test_of_a_pack_that_failed_the_overview_states_no_verdict_and_no_figure(root: Path):
    from cskit.data import open_data

    book = root / "notebooks/00_summary.ipynb"
    nb = nbformat.read(book, as_version=4)
    nb.cells.append(nbformat.v4.new_code_cell("assert 'C' not in who"))
    nbformat.write(nb, book)
    params = load("2023Q2", data="data/toy", root=root)
    data = open_data(params.data, params.settings, params.period.end, root)
    outcome = make_pack(params, root, root / "reports", data=data, each="segment")
    mid, small = (outcome.shown / "index.html").read_text(encoding="utf-8").split('<li class="card">')[1:]
    assert "could not be made" in mid and "C</p>" not in mid and 'class="keys"' not in mid
    assert "A B</p>" in small and 'class="keys"' in small


def test_people_are_not_set_side_by_side(root: Path):
    from cskit.data import open_data

    params = load("2023Q2", data="data/toy", root=root)
    data = open_data(params.data, params.settings, params.period.end, root)
    outcome = make_pack(params, root, root / "reports", data=data, each="owner")
    assert "Key figures side by side" not in (outcome.shown / "index.html").read_text(encoding="utf-8")


def test_a_folder_leads_nowhere_else_and_no_two_are_one(data_of, root: Path):
    values = "customer_id,region\nA,../../etc\nB,x/y\nC,x y\nD,X_y\nE,.hidden\nF,関東"
    data = data_of(customers=values)
    parts = parts_of(load("2023Q2", root=root), "region", data, root)
    folders = [part.folder for part in parts]
    assert len({name.casefold() for name in folders}) == 6
    assert not [name for name in folders if "/" in name or ".." in name.split("=")[1][:2]]
    assert {part.value for part in parts} == {"../../etc", "x/y", "x y", "X_y", ".hidden", "関東"}
    assert folder_name("region", "...") == "region=_"


def test_a_column_that_cannot_tell_packs_apart_is_named(data_of, root: Path):
    params = load("2023Q2", root=root)
    with pytest.raises(SettingsError, match="Did you mean segment"):
        parts_of(params, "segmnt", data_of(customers="customer_id\nA"), root)
    with pytest.raises(SettingsError, match="did not come"):
        parts_of(params, "segment", data_of(customers="customer_id\nA"), root)
    assert "name" not in columns() and "segment" in columns()
