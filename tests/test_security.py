"""What somebody might try, and what comes of it: one attack a test. SECURITY.md says what is defended and what is not."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from cskit.data import Data, open_data
from cskit.data.mapping import refuse_unknown
from cskit.errors import CskitError, DataError, SettingsError
from cskit.lines import file_name
from cskit.metrics import metric
from cskit.params import load, resolve, settings_with
from cskit.periods import parse
from cskit.report.index import periods_page
from cskit.report.notebooks import notebooks_of
from cskit.report.pages import Pack
from cskit.report.publish import Shelf, put_in_place
from cskit.report.send import send
from cskit.report.unchanged import shelf_name
from cskit.rows import Behind, Linked, Rows
from cskit.run import _refuse_strangers
from cskit.secrets import resolved, without_secrets
from cskit.settings import Part
from cskit.show import Headline
from tests.conftest import ROOT

# Names and values are data


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('# Parameters\nperiod = "2023Q2"; import os #= 1\n', "more than assignments"),
        ("# Parameters\nx=1;import os = 1\n", "cannot be read as Python"),
        ("# Parameters\nperiod = 1\n!touch ran\n", "cannot be read as Python"),
        ("# Parameters\nperiod = 1\n%run x\n", "cannot be read as Python"),
        ("# Parameters\nperiod = \x00\n", "cannot be read as Python"),
        ("# Parameters\nIn = []\n", "In is not a parameter"),
        ("# Parameters\nperiod = x = 1\n", "x is not a parameter"),
        ("# Parameters\nperiod = os.environ['A'] = 'b'\n", "more than assignments"),
        ("# Parameters\nperiod, lang = 1, 2\n", "more than assignments"),
        ("# Parameters\nperiod += 'x'\n", "more than assignments"),
        ("# Parameters\nperiod: exit() = 'x'\n", "more than assignments"),
        ("# Parameters\nperiod = __import__('os').getcwd()\n", "period: a parameter is a plain value"),
        ("# Parameters\nsettings = {'a': (x := 1)}\n", "settings: a parameter is a plain value"),
        ("# Parameters\nsettings = {'a': float('nan')}\n", "settings: a parameter is a plain value"),
        ("# Parameters\nsettings = [x for x in ()]\n", "settings: a parameter is a plain value"),
        ("  \n# Parameters\nimport os\n", "more than assignments"),
        ("# Injected by hand\nperiod = '2023Q1'\nimport os\n", "more than assignments"),
        ("data = open('x').read()\n", "data: a parameter is a plain value"),
    ],
)
def test_a_cell_of_parameters_holds_plain_values_under_the_five_names(cell: str, says: str):
    with pytest.raises(SettingsError, match=says):
        _refuse_strangers([cell, "run = start(period, compare_to, data, lang, settings)"])


def test_after_the_start_an_analyst_may_call_things_as_they_like():
    _refuse_strangers(["run = start(period)", "data = run.data.table('customers')", "settings = run.settings"])


def test_a_parameter_cannot_hide_the_cells_from_the_one_who_looks_at_them(tmp_path: Path):
    """``In`` is where a notebook keeps its cells; papermill injects under any name."""
    cells = ["In = ['']", "# Parameters\nIn = ['']\nx = 1", "from cskit.run import start", "start('2023Q2')"]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, tmp_path / "a.ipynb")
    runs = (
        "import nbformat, nbclient; nb = nbformat.read('a.ipynb', 4); "
        "nbclient.NotebookClient(nb, allow_errors=True, kernel_name='python3').execute(); "
        "print(nb.cells[-1].outputs[0].evalue)"
    )
    said = subprocess.run([sys.executable, "-c", runs], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert said.stdout.startswith("In is not a parameter."), said.stderr


HOSTILE = ("'", '"', "\\", '\\"', "'''", "a\nb", "\r", "\u2028", "\x00", "{{7*7}}", "${x}", "!ls", "%run x", "\\N{DASH}",
           'x"; import os #', "x" * 100_000, "日本語", "\ud800")  # fmt: skip


@pytest.mark.parametrize("word", HOSTILE)
def test_what_a_run_injects_reads_back_as_it_was_whatever_stands_in_it(word: str):
    from papermill.translators import PythonTranslator

    given = {"period": "2023Q2", "data": word, "settings": {"commentary": {word: word}, "report": {"title": word}}}
    injected = resolve(given).injected()
    cell = PythonTranslator.codify(injected)
    _refuse_strangers([cell])
    found: dict[str, Any] = {}
    exec(cell, {"__builtins__": {}}, found)
    assert found == injected


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("!!python/object/apply:os.system ['touch ran']", "not YAML: could not determine a constructor"),
        ("{commentary: {summary: !!python/name:os.system }}", "not YAML: could not determine a constructor"),
        ("{commentary: {summary: !!binary aGVsbG8=}}", "settings.commentary.summary: found bytes"),
        ("{onboarding: {required_items: !!set {a, b}}}", "settings.onboarding.required_items: found set"),
        ("{targets: {nps.score: {value: .nan}}}", "value: found nan"),
        ("{money: {hourly_cost: .inf}}", "hourly_cost: found inf"),
        ("&a {commentary: *a}", "they never end"),
        ("&a {commentary: [*a, *a]}", "they never end"),
        ("{__class__: 1}", "__class__ is not a setting"),
        ("{? [a, b] : 1}", "not YAML"),
    ],
)
def test_a_period_file_makes_plain_values_or_nothing(tmp_path: Path, value: str, says: str):
    file = tmp_path / "2023Q2.yaml"
    file.write_text(f"period: 2023Q2\nsettings: {value}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        load(str(file), root=ROOT)


def test_a_file_that_refers_to_itself_a_billion_times_is_not_unfolded(tmp_path: Path):
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"b{n}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(9)]
    (tmp_path / "p.yaml").write_text("\n".join(["period: 2023Q2", "settings:", *(f"  {line}" for line in lines)]))
    with pytest.raises(SettingsError, match="they never end"):
        load(str(tmp_path / "p.yaml"), root=ROOT)


def test_a_name_that_is_a_number_is_refused_like_any_other(tmp_path: Path):
    (tmp_path / "p.yaml").write_text("period: 2023Q2\n1: x\n'x=1;import os': 2\n")
    with pytest.raises(SettingsError, match=r"1 is not a parameter(.|\n)*x=1;import os is not a parameter"):
        load(str(tmp_path / "p.yaml"), root=ROOT)


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("x=1;import os=2", "x is not a setting"),
        ("__class__=1", "__class__ is not a setting"),
        ("report.__init__=1", "report.__init__ is not a setting"),
        ("targets.nps.score.value=.nan", "found nan"),
        ("report.title=!!binary aGVsbG8=", "report.title: found bytes"),
        ("=1", "is written name=value"),
        ("report..title=1", "is not a setting"),
    ],
)
def test_a_setting_of_the_command_line_is_checked_by_name_and_value(override: str, says: str):
    with pytest.raises(SettingsError, match=says):
        load("2023Q2", overrides=[override], root=ROOT)


def test_python_in_a_setting_of_the_command_line_is_text():
    text = "!!python/object/apply:os.system [touch ran]"
    assert load("2023Q2", overrides=[f"report.title={text}"], root=ROOT).settings.report.title == text


# A mapping's SQL


def opened(folder: Path, mapping: dict[str, Any] | None = None) -> Data:
    settings = settings_with({"data": {"mapping": mapping or {}}})
    return open_data(str(folder), settings, date(2023, 6, 30), folder.parent)


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """A data folder with one export, and what lies beside, below and hidden in it."""
    folder = tmp_path / "exports"
    (folder / "below").mkdir(parents=True)
    for place, word in (("a.csv", "C1"), ("below/b.csv", "BELOW"), (".hidden.csv", "HIDDEN"), ("../c.csv", "OUTSIDE")):
        (folder / place).write_text(f"customer_id\n{word}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT * FROM (PIVOT read_csv('/etc/passwd') ON a)", "read_csv"),
        ("SELECT (FROM read_text('/etc/passwd')) AS customer_id", "read_text"),
        ("SELECT * FROM system.main.read_csv('/etc/passwd')", "read_csv"),
        ("SELECT * FROM \"read_csv\"/* */('/etc/passwd')", "read_csv"),
        ("WITH a AS (WITH b AS (FROM read_blob('x')) SELECT * FROM b) SELECT * FROM a", "read_blob"),
        ("SELECT * FROM a POSITIONAL JOIN read_csv('x')", "read_csv"),
        ("SELECT * FROM a UNION ALL SELECT getenv('HOME')", "getenv"),
        ("SELECT 'HOME'.getenv() AS customer_id", "getenv"),
        ("SELECT main.\"GETENV\"('HOME') AS customer_id", "getenv"),
        ("SELECT [getenv(x) FOR x IN ['HOME']][1] AS customer_id", "getenv"),
        ("SELECT * REPLACE (getenv('HOME') AS customer_id) FROM a", "getenv"),
        ("SELECT COLUMNS(c -> getenv(c) = '') FROM a", "getenv"),
        ("SELECT * FROM a LIMIT (SELECT length(getenv('HOME')))", "getenv"),
        ("SELECT json_serialize_plan('SELECT current_setting(''temp_directory'')')", "json_serialize_plan"),
        ("SELECT * FROM json_execute_serialized_sql('x')", "json_execute"),
        ("SELECT * FROM pandas_scan(1)", "pandas_scan"),
        ("SELECT * FROM python_map_function()", "python_map_function"),
        ("SELECT pg_sleep(9) AS customer_id", "pg_sleep"),
        ("SELECT pg_read_file('/etc/passwd') AS customer_id", "pg_read_file"),
        ("SELECT lo_import('/etc/passwd') AS customer_id", "lo_import"),
        ("SELECT dblink('host=x', 'DROP TABLE a') AS customer_id", "dblink"),
        ("SELECT reflect('java.lang.System', 'exit', 0) AS customer_id", "reflect"),
        ("SELECT * FROM a; -- nothing more\n;DROP TABLE a", "one SELECT"),
        ("PRAGMA database_list", "one SELECT"),
        ("CALL duckdb_settings()", "one SELECT"),
        ("INSTALL httpfs", "one SELECT"),
        ("LOAD httpfs", "one SELECT"),
        ("CREATE SECRET s (TYPE s3)", "one SELECT"),
        ("EXPLAIN ANALYZE SELECT 1", "one SELECT"),
        ("EXPORT DATABASE 'x'", "not SQL|one SELECT"),
    ],
)
def test_a_select_that_wants_more_than_the_files_is_refused(sql: str, why: str):
    with pytest.raises(SettingsError, match=why):
        refuse_unknown({"customers": [Part(sql=sql)]})


@pytest.mark.parametrize("path", ["{0}/below/b.csv", "{0}/.hidden.csv", "{0}/../c.csv", "/etc/passwd", "below/b.csv"])
def test_a_with_does_not_lend_its_name_to_a_file_outside_it(exports: Path, path: str):
    name = path.format(exports)
    sql = f'SELECT s.* FROM \'{name}\' s, (WITH "{name}" AS (SELECT 1 AS x) SELECT * FROM "{name}") q'
    with pytest.raises(SettingsError, match="a name of letters"):
        opened(exports, {"customers": {"sql": sql}})


@pytest.mark.parametrize("name", ["duckdb_secrets", "pragma_database_list", "sqlite_master", "pg_tables"])
def test_neither_does_it_lend_its_name_to_the_engines_own_tables(exports: Path, name: str):
    sql = f"SELECT s.* FROM {name} s, (WITH {name} AS (SELECT 1 AS x) SELECT * FROM {name}) q"
    with pytest.raises(SettingsError, match="none of the engine's"):
        opened(exports, {"customers": {"sql": sql}})


@pytest.mark.parametrize(
    "name", ["duckdb_settings", "information_schema", "below/b", "*.csv", ".hidden.csv", "s3://b/k.csv"]
)
def test_a_name_in_from_is_that_of_a_file_and_of_nothing_else(exports: Path, name: str):
    with pytest.raises(DataError, match="there is no file"):
        opened(exports, {"customers": {"sql": f'SELECT * FROM "{name}"'}})


def test_a_variable_of_the_program_is_no_table(exports: Path):
    a_frame = pd.DataFrame({"customer_id": ["FRAME"]})
    with pytest.raises(DataError, match="there is no file a_frame"):
        opened(exports, {"customers": {"sql": "SELECT * FROM a_frame"}})
    session = opened(exports, {"customers": {"sql": "SELECT * FROM a"}})._session
    assert session is not None
    with pytest.raises(duckdb.Error, match="does not exist"):
        session.engine.execute("SELECT * FROM a_frame")
    assert len(a_frame) == 1


def test_quotes_and_patterns_in_the_name_of_a_file_are_part_of_the_name(exports: Path):
    for name, word in (('we\'ird "q"', "Q1"), ("st*r [1]", "S1"), ("a; DROP TABLE a; --", "D1")):
        (exports / f"{name}.csv").write_text(f"customer_id\n{word}\n", encoding="utf-8")
        quoted = name.replace('"', '""')
        data = opened(exports, {"customers": {"sql": f'SELECT * FROM "{quoted}"'}})
        assert data.table("customers").customer_id.to_pyarrow().to_pylist() == [word]


@pytest.mark.parametrize("name", ["customers.csv", "customers.xlsx", "customers.parquet", "crm.duckdb"])
def test_a_link_in_the_data_folder_that_leads_out_of_it_is_not_followed(tmp_path: Path, name: str):
    folder = tmp_path / "exports"
    folder.mkdir()
    frame = pd.DataFrame({"customer_id": ["OUTSIDE"]})
    frame.to_csv(tmp_path / "customers.csv", index=False)
    frame.to_excel(tmp_path / "customers.xlsx", index=False)
    frame.to_parquet(tmp_path / "customers.parquet")
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as made:
        made.execute("CREATE TABLE customers AS SELECT 'OUTSIDE' AS customer_id")
    (folder / name).symlink_to(tmp_path / name)
    with pytest.raises(DataError, match="leads out of the folder"):
        opened(folder)


def test_a_view_in_a_database_reads_no_file_outside(tmp_path: Path):
    folder = tmp_path / "exports"
    folder.mkdir()
    with duckdb.connect(str(folder / "crm.duckdb")) as made:
        made.execute("CREATE VIEW customers AS SELECT content AS customer_id FROM read_text('/etc/hostname')")
    with pytest.raises(DataError, match="cannot be read"):
        opened(folder)


# Paths


@pytest.mark.parametrize("name", ["../../x", "2023Q2/../../x", "/etc/passwd", "2023Q2\x00", ".", "", "2023Q2/x"])
def test_a_period_is_no_path(name: str):
    with pytest.raises(SettingsError):
        parse(name)


@pytest.mark.parametrize("each", ["../../../x", "/x", "segment/../..", "name", ""])
def test_the_folder_of_many_packs_is_named_after_a_column_or_not_at_all(each: str):
    params = resolve({"period": "2023Q2"})
    if each:
        with pytest.raises(SettingsError, match="is not one of parent_id, segment"):
            shelf_name(params, each)
    else:
        assert shelf_name(params, each) == "2023Q2"


def test_a_language_that_is_a_path_stops_a_run_before_anything_is_written(exports: Path, tmp_path: Path):
    (tmp_path / "p.yaml").write_text(f"period: 2023Q2\nlang: ../../x\ndata: {exports}\n")
    words = [sys.executable, "-m", "cskit", "run", str(tmp_path / "p.yaml"), "--out", str(tmp_path / "out")]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2 and "it is one of en, ja" in ended.stderr and "Traceback" not in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "name", ["../../x", "..\\..\\x", "/etc/x", "a/../../x", ".", "..", "", "rows/../../../x", "\x00", "a" * 999]
)
def test_a_list_is_a_file_of_the_internal_folder_whatever_its_name(name: str, tmp_path: Path):
    place = (tmp_path / f"{file_name(name)}.csv").resolve()
    assert place.is_relative_to(tmp_path.resolve()) and len(place.name) < 100


def test_a_list_that_would_leave_the_run_lies_in_its_internal_folder(tmp_path: Path):
    from cskit.report.folder import Folder, _lists
    from cskit.report.manifest import Entry
    from cskit.report.outputs import read

    frame = pd.DataFrame({"x": ["ListedRow"]})
    shown = [
        Rows(frame, "a", export="../../../x"),
        Rows(frame, "b", export="../en/index"),
        Behind("../../y", frame, ()),
    ]
    cells = [
        new_code_cell("x", outputs=[nbformat.v4.new_output("execute_result", data=one._repr_mimebundle_())])
        for one in shown
    ]
    found = read(new_notebook(cells=cells))
    stage = tmp_path / "a/b/run"
    now = pd.Timestamp("2023-07-01", tz="UTC").to_pydatetime()
    run = Folder(resolve({"period": "2023Q2"}), ROOT, stage, ("en",), now, None, {}, "")
    run.entries.append(Entry("nps", "03_nps.ipynb", {"en": found}, {}, now, False, ""))
    told = _lists(run)
    for path, write_list in told.files.items():
        write_list(stage / path)
    holding = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert holding == {f"a/b/run/{path}" for path in told.of("internal") if path.endswith(".csv")}
    assert len(holding) == 3 and all(path.startswith("a/b/run/internal/") for path in holding)


def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "notebooks").mkdir(parents=True)
    nbformat.write(new_notebook(), root / "notebooks/00_summary.ipynb")
    nbformat.write(new_notebook(), tmp_path / "01_stranger.ipynb")
    return root


def test_a_notebook_that_a_link_brings_in_from_outside_is_refused(tmp_path: Path):
    root = project(tmp_path)
    (root / "notebooks/01_stranger.ipynb").symlink_to(tmp_path / "01_stranger.ipynb")
    with pytest.raises(SettingsError, match=r"01_stranger\.ipynb leads out of the project"):
        notebooks_of(root)


def test_so_is_a_folder_of_notebooks_from_outside(tmp_path: Path):
    root = project(tmp_path)
    (root / "notebooks").rename(tmp_path / "elsewhere")
    (root / "notebooks").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="notebooks leads out of the project"):
        notebooks_of(root)


def test_a_link_within_the_project_is_a_notebook_like_any_other(tmp_path: Path):
    root = project(tmp_path)
    (root / "notebooks/01_again.ipynb").symlink_to("00_summary.ipynb")
    assert [book.name for book in notebooks_of(root)] == ["summary", "again"]


def test_hidden_copies_checkpoints_and_folders_are_no_notebooks(tmp_path: Path):
    root = project(tmp_path)
    for name in (".01_hidden.ipynb", ".ipynb_checkpoints/02_old.ipynb", "03_folder.ipynb/x", "04_a b.ipynb", "x.ipynb"):
        (root / "notebooks" / name).parent.mkdir(exist_ok=True)
        (root / "notebooks" / name).write_text("{}")
    assert [book.name for book in notebooks_of(root)] == ["summary"]


@pytest.mark.parametrize("planted", [".runs", ".runs/2023Q2"])
def test_a_link_in_the_place_of_the_runs_is_not_followed_and_nothing_behind_it_removed(tmp_path: Path, planted: str):
    mine = tmp_path / "mine"
    for number in range(9):
        (mine / f"folder{number}").mkdir(parents=True)
    link = tmp_path / "reports" / planted
    link.parent.mkdir(parents=True)
    link.symlink_to(mine)
    with pytest.raises(CskitError, match="is a link, and not ours"), Shelf(tmp_path / "reports", "2023Q2").locked():
        pass
    assert len(list(mine.iterdir())) == 9


def test_a_link_in_the_place_of_the_lock_does_not_empty_what_it_leads_to(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "reports/.runs/2023Q2").mkdir(parents=True)
    (tmp_path / "reports/.runs/2023Q2/lock").symlink_to(tmp_path / "mine.txt")
    with pytest.raises(CskitError, match="is a link"), Shelf(tmp_path / "reports", "2023Q2").locked():
        pass
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_folder_beside_the_runs_that_is_none_is_not_removed(tmp_path: Path):
    shelf = Shelf(tmp_path / "reports", "2023Q2")
    for number in range(6):
        (shelf.runs / f"my-notes-{number}").mkdir(parents=True)
    for _run in range(5):
        with shelf.locked(), shelf.making() as stage:
            (stage / "manifest.json").write_text('{"complete": true}')
            shelf.publish(stage, True)
    assert len(list(shelf.runs.glob("my-notes-*"))) == 6


def test_a_page_is_not_written_through_a_link_that_lies_there(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "reports").mkdir()
    for name in (f".index.html.{os.getpid()}", "index.html"):
        (tmp_path / "reports" / name).symlink_to(tmp_path / "mine.txt")
    put_in_place(tmp_path / "reports/index.html", "page")
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "reports/index.html").read_text() == "page"


def test_what_a_link_in_the_reports_leads_to_is_not_sent(tmp_path: Path):
    run = tmp_path / "reports/2023Q2"
    run.mkdir(parents=True)
    (run / "index.html").write_text("page")
    (tmp_path / "mine.txt").write_text("mine")
    (run / "mine.txt").symlink_to(tmp_path / "mine.txt")
    (tmp_path / "reports/index.ja.html").symlink_to(tmp_path / "mine.txt")
    send(run, (tmp_path / "there").as_uri(), {"auto_mkdir": True}, ("leadership",))
    sent = {
        path.relative_to(tmp_path / "there").as_posix() for path in (tmp_path / "there").rglob("*") if path.is_file()
    }
    assert sent == {"2023Q2/index.html"}


# Secrets


@pytest.mark.parametrize(
    "output",
    [
        {"options": {"account_key": "hunter2"}},
        {"options": {"connection_string": "hunter2"}},
        {"options": {"passphrase": "hunter2"}},
        {"options": {"password": 77777}},
        {"to": "https://store.example.com/reports?sig=hunter2"},
        {"to": "abfs://c@store.example.com/r?a=1&sas_token=hunter2"},
    ],
)
def test_a_secret_is_known_by_more_names_than_one(output: dict[str, Any]):
    with pytest.raises(SettingsError, match="Name its place") as told:
        settings_with({"output": output})
    assert "hunter2" not in str(told.value) and "77777" not in str(told.value)


def test_what_is_no_secret_is_not_taken_for_one():
    options = {"anon": True, "keyfile": "x", "timeout": 5, "endpoint_url": "https://x.example.com:9000/a"}
    to = "s3://bucket/reports?versionId=3"
    assert settings_with({"output": {"to": to, "options": options}}).output.options == options


def _written() -> list[Any]:
    import base64
    import html
    import json
    from urllib.parse import quote, quote_plus

    ways = (str, repr, ascii, json.dumps, html.escape, quote, quote_plus, lambda text: json.dumps(repr(text)))
    packed = [
        lambda text, before=before: base64.b64encode(b"u" * before + text.encode()).decode() for before in range(3)
    ]
    return [*ways, *packed, lambda text: text[10:40], lambda text: "; ".join(text.split())]


@pytest.mark.parametrize("way", _written())
@pytest.mark.parametrize(
    "secret", ["p\"w\\'<&> Causeway7Qé9 +/", "-----BEGIN-----\nCauseway7Q9zAbc==\nTurnstile7Q\n-----END-----"]
)
def test_a_secret_is_taken_out_of_a_message_however_it_is_written(way, secret: str, monkeypatch: pytest.MonkeyPatch):
    import base64

    monkeypatch.setenv("ZQ", secret)
    assert resolved("x", "env:ZQ") == secret
    said = without_secrets(f"refused: {way(secret)}")
    middle = base64.b64encode(secret.encode())[8:20].decode()
    assert said.startswith("refused: ") and not [part for part in ("Causeway7Q", "Turnstile7Q", middle) if part in said]


# Pages and spreadsheets


def test_an_address_that_runs_something_leads_nowhere():
    for url in (
        "javascript:alert(1)",
        "JaVaScript:x",
        "data:text/html,x",
        "vbscript:x",
        "//x",
        'https://x" onclick="y',
        " https://x",
    ):
        assert Linked("<b>A</b>", url).html == "&lt;b&gt;A&lt;/b&gt;"


def test_markup_in_a_customers_name_is_text_in_a_table_and_a_headline():
    evil = "<img src=x onerror=alert(1)>\"'&"
    shown = Rows(pd.DataFrame({evil: [evil]}), evil).html
    key = metric("nps.score", 6.4, "estimated")
    shown += Headline(evil, ("nps.score",), (key,), (evil,), evil)._repr_mimebundle_()["text/html"]
    assert "<img" not in shown and shown.count("&lt;img") >= 5


def test_markup_in_the_title_of_the_reports_is_text_on_the_page_over_all_periods(tmp_path: Path):
    params = resolve({"period": "2023Q2", "settings": {"report": {"title": "<script>x</script>"}}})
    pack = Pack.of(params, ("en",), pd.Timestamp("2023-07-01", tz="UTC").to_pydatetime())
    assert pack.title == "<script>x</script>"
    assert "<script>x" not in periods_page(tmp_path, ["en"])


def test_every_test_that_the_page_on_security_names_is_there():
    import re

    named = re.findall(r"\btest_\w+\.py", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert len(named) > 10 and set(named) <= there
