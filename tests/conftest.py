"""What every test shares: the project's root, English unless a test says otherwise."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cskit import i18n
from cskit.settings import Settings

ROOT = Path(__file__).parent.parent
# Tests begun in the background ignore an interrupt, and would hand that on to what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with i18n.speaking("en"):
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture
def data_of(tmp_path: Path):
    """Write tables as CSV, one string each, and open them: ``data_of(customers="customer_id\\nA", as_of=...)``."""
    from cskit.data import Data, open_data
    from cskit.params import settings_with

    def opened(as_of: date = date(2023, 6, 30), settings: Settings | None = None, **tables: str) -> Data:
        folder = tmp_path / f"tables{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for name, text in tables.items():
            lines = [line.strip() for line in text.strip().splitlines()]
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return open_data(str(folder), settings or settings_with(), as_of, ROOT)

    return opened


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company as ops gets it."""
    from cskit.data.demo import make_demo

    folder = tmp_path_factory.mktemp("demo")
    make_demo(folder)
    return folder


def project_in(folder: Path, data: Path | None = None) -> Path:
    """A project folder of its own: notebooks, params, and the data, if there are any yet, as ``data/demo``."""
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("ja", ".ipynb_checkpoints"))
    if data:
        shutil.copytree(data, folder / "data/demo")
    return folder


def run_pack(project: Path, *words: str, limit: float = 400) -> subprocess.CompletedProcess[str]:
    """``cskit run`` in a project folder; what it says is in the failure if it fails, and given back if not."""
    ended = subprocess.run(
        [sys.executable, "-m", "cskit", "run", *words], cwd=project, capture_output=True, text=True, timeout=limit
    )
    assert ended.returncode == 0, f"cskit run {' '.join(words)} ended with {ended.returncode}:\n{ended.stderr}"
    return ended


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> Path:
    """The reports folder of the demo company after two periods, in both languages."""
    project = project_in(tmp_path_factory.mktemp("packs"), demo)
    run_pack(project, "2022Q4", "--compare-to", "2022Q2", "--only", "summary", "--lang", "en,ja")
    run_pack(project, "2023Q2", "--lang", "en,ja")
    return project / "reports"


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL, started when the first test asks for it."""
    pytest.importorskip("psycopg")
    from tests.engines import HOMES, PASSWORD, postgres

    if not HOMES:
        pytest.skip("no PostgreSQL on this machine")
    with pytest.MonkeyPatch.context() as patch, postgres() as started:
        patch.setenv("CSKIT_TEST_PASSWORD", PASSWORD)
        yield started


@pytest.fixture(scope="session")
def spark_server(tmp_path_factory: pytest.TempPathFactory):
    """The address of a Spark, one for all tests."""
    pytest.importorskip("pyspark")
    from tests.engines import spark

    with spark(tmp_path_factory.mktemp("spark")) as address:
        yield address


ENGINES = ("files", "postgres", pytest.param("spark", marks=[pytest.mark.slow, pytest.mark.spark]))


@pytest.fixture(scope="module", params=ENGINES)
def laid(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """The same tables in a folder, a PostgreSQL and a Spark: ``laid(tables)`` is where, and what params say of it."""
    from tests.engines import as_parquet, fill_typed

    made: list[str] = []

    def lay(tables):
        made.append(f"alike_{len(made)}_{request.module.__name__.rsplit('_', 1)[-1]}")
        if request.param == "postgres":
            server = request.getfixturevalue("postgres_server")
            fill_typed(server, made[-1], tables)
            return "there", {"there": server.source(made[-1])}
        folder = tmp_path_factory.mktemp("alike") / "tables"
        as_parquet(tables, folder)
        if request.param == "files":
            return str(folder), {}
        return "there", {"there": {"url": request.getfixturevalue("spark_server"), "parquet": str(folder)}}

    lay.engine = request.param
    return lay
