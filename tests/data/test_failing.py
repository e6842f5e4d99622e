"""What goes wrong with a source while it is read is told in one line, and nothing is left half written."""

import shutil
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
import yaml

from cskit.data import open_data
from cskit.data.warehouse import Warehouse
from cskit.errors import DataError
from cskit.params import settings_with
from tests.conftest import ROOT, project_in
from tests.data.test_alike import CSMS, CUSTOMERS, JUNE
from tests.engines import READER

TABLES = {"customers": CUSTOMERS, "csms": CSMS}


@pytest.fixture
def there(laid):
    """The source, opened, and its settings."""
    place, sources = laid(TABLES)
    if laid.engine == "files":
        pytest.skip("of sources")
    settings = settings_with({"sources": sources})
    return open_data(place, settings, JUNE, ROOT), settings


def _in_a_line(data) -> str:
    with pytest.raises(DataError) as error:
        data.table("customers").to_pandas()
    assert "\n" not in str(error.value) and len(str(error.value)) < 400
    return str(error.value)


def _source(settings):
    return settings.sources["there"]


def test_a_table_that_is_gone_or_changed_under_us(there, postgres_server):
    data, settings = there
    if _source(settings).parquet:
        shutil.rmtree(_source(settings).parquet)
        assert "there: it does not answer: " in _in_a_line(data)
        return
    database = urlsplit(_source(settings).url).path.strip("/")
    with postgres_server.connect(database) as owner:
        owner.execute("SET lock_timeout = '1s'")
        with pytest.raises(Exception, match="lock timeout"):  # what is being read cannot be changed at all
            owner.execute("ALTER TABLE customers DROP COLUMN seats")


def test_a_connection_that_is_lost(there, postgres_server):
    data, settings = there
    if _source(settings).parquet:
        data._warehouse.backend._session.stop()
    else:
        with postgres_server.connect() as owner:
            owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (READER,))
    assert _in_a_line(data).startswith("there: it does not answer: ")


def test_an_engine_that_is_not_there(laid):
    if laid.engine == "files":
        pytest.skip("of sources")
    url = {"postgres": "postgresql://127.0.0.1:1/x", "spark": "sc://127.0.0.1:1"}[laid.engine]
    with pytest.raises(DataError, match="there: it cannot be reached: ") as error:
        Warehouse("there", settings_with({"sources": {"there": {"url": url}}}).sources["there"])
    assert "\n" not in str(error.value)


def test_a_driver_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(DataError) as error:
        Warehouse("lake", settings_with({"sources": {"lake": {"url": "sc://localhost"}}}).sources["lake"])
    assert str(error.value) == 'lake: what reads sc is not installed: pip install "pyspark[connect]>=4,<4.1"'


def test_a_run_of_a_source_that_cannot_be_read_leaves_nothing_behind(tmp_path):
    project = project_in(tmp_path)
    place = project / "params/2023Q2.yaml"
    told = yaml.safe_load(place.read_text(encoding="utf-8"))
    told["settings"]["sources"] = {"crm": {"url": "postgresql://127.0.0.1:1/x"}}
    place.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    command = [sys.executable, "-m", "cskit", "run", "2023Q2", "--data", "crm"]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2 and "crm: it cannot be reached: " in ended.stderr and "Traceback" not in ended.stderr
    assert not [path for path in (project / "reports").rglob("*") if path.is_file()]
