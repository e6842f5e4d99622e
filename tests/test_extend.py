"""Items and fields of one's own: reckoned and shown like the kit's, run only where trusted, and gone when not named."""

import json
import re
import subprocess
import sys
from datetime import date

import nbformat
import pytest
import yaml

from cskit import extend, i18n
from cskit.catalogue import FIELDS
from cskit.errors import CskitError, SettingsError
from cskit.health import study, words
from cskit.health.snapshot import snapshot
from cskit.metrics import definitions, metric
from cskit.params import resolve
from cskit.plays.facts import facts
from cskit.run import start
from cskit.settings import LOWEST
from tests.conftest import ROOT, project_in
from tests.report.conftest import notebook

OWN = """
from cskit.extend import health_item, play_field


@health_item(needs=["tickets"], label={"en": "inquiries so far", "ja": "問い合わせの累計"})
def inquiries(data, rules):
    tickets = data.table("tickets")
    return tickets.group_by(data.by).aggregate(value=tickets.count())


@play_field(needs=["tickets"], label="inquiries ever")
def inquiries_ever(data):
    tickets = data.table("tickets")
    return tickets.group_by("customer_id").aggregate(value=tickets.count())
"""
SETTINGS = {
    "extend": {"python": "own.py"},
    "health": {
        "items": {
            "contact_changed": {"weight": 0.2},
            "inquiries": {"dimension": "other", "weight": 0.2, "bands": [{"from": 0, "points": 100}, {"from": 2, "points": 40}]},
        }
    },
}  # fmt: skip
TABLES = {
    "customers": "customer_id,contracted_on\nA,2022-01-01\nB,2022-01-01\nC,2022-01-01",
    "tickets": """ticket_id,customer_id,channel,opened_at
        1,A,email,2023-01-05T10:00:00+09:00
        2,A,email,2023-05-05T10:00:00+09:00
        3,B,email,2023-05-05T10:00:00+09:00
        4,B,email,2023-07-05T10:00:00+09:00""",
}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A project with a file of one's own, trusted; and no trace of it afterwards."""
    project = project_in(tmp_path)
    (project / "own.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(project)
    monkeypatch.setenv(extend.TRUST, "1")
    yield project
    extend.forget()


def _params(project, settings=SETTINGS):
    return resolve({"period": "2023Q2", "settings": settings}, root=project)


def _cause(project, code):
    (project / "own.py").write_text(code, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        _params(project)
    return str(refused.value)


def test_an_item_of_ones_own_counts_as_known_on_the_day(own, data_of):
    settings = _params(own).settings
    shot = snapshot(data_of(settings=settings, **TABLES), settings.health)
    # A opened two by 30 June, B one and another in July, C none: it has no row and is not known.
    assert shot.raw["inquiries"].fillna(-1).to_dict() == {"A": 2, "B": 1, "C": -1}
    assert shot.scores.loc["A", "score"] < shot.scores.loc["B", "score"]


def test_it_is_named_in_both_languages(own):
    _params(own)
    assert i18n.term("inquiries") == "inquiries so far"
    with i18n.speaking("ja"):
        assert i18n.term("inquiries") == "問い合わせの累計"


def test_a_field_of_ones_own_can_be_asked_by_a_play(own, data_of):
    params = _params(own)
    run = type(
        "Run", (), {"data": data_of(settings=params.settings, **TABLES), "settings": params.settings, "params": params}
    )
    seen = facts.__wrapped__(run)
    assert seen["inquiries_ever"].fillna(0).to_dict() == {"A": 2, "B": 1, "C": 0}


def test_without_the_tables_it_needs_nobody_has_it(own, data_of):
    settings = _params(own).settings
    shot = snapshot(data_of(settings=settings, customers=TABLES["customers"]), settings.health)
    assert shot.raw["inquiries"].isna().all()


def test_code_is_not_run_unless_it_is_trusted(own, monkeypatch):
    monkeypatch.delenv(extend.TRUST)
    said = _cause(own, "open('was_run', 'w')")
    assert "own.py is Python code" in said and "--trust" in said
    assert not (own / "was_run").exists()


def test_when_params_name_it_no_more_it_is_gone(own):
    _params(own)
    assert "inquiries" in LOWEST and "inquiries_ever" in FIELDS and extend.digest()
    _params(own, {})
    assert "inquiries" not in LOWEST and "inquiries_ever" not in FIELDS and not extend.digest()


def test_the_file_is_run_again_only_when_it_has_changed(own):
    count = "from pathlib import Path; p = Path('runs'); p.write_text((p.read_text() if p.exists() else '') + 'x')\n"
    (own / "own.py").write_text(count + OWN, encoding="utf-8")
    _params(own), _params(own)
    assert (own / "runs").read_text() == "x"
    (own / "own.py").write_text(count + OWN + "\n", encoding="utf-8")
    _params(own)
    assert (own / "runs").read_text() == "xx"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def broken(:", "own.py, line 1: SyntaxError"),
        ("\n\nnothing_known", "own.py, line 3: NameError"),
        ("from cskit.extend import health_item\n\n\n@health_item(needs=[], label='x')\ndef licence_use(data, rules): ...", "there is a health item of that name already"),
        ("from cskit.extend import health_item\n\n\n@health_item(needs=[], label={'fr': 'x'})\ndef mine(data, rules): ...", "a label is text, or text by language"),
        ("from cskit.extend import play_field\n\n\n@play_field(needs=[], label='x')\ndef Mine(data): ...", "is named by small letters"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_file_is_said_with_its_line_and_leaves_nothing_behind(own, code, told):
    assert told in _cause(own, code)
    assert not extend.items() and not extend.fields() and "mine" not in LOWEST


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "return data.table('tickets').opend_at",
            "own.py, line 6: inquiries: no column of that table is called opend_at. Did you mean opened_at?",
        ),
        (
            "t = data.table('tickets'); return t.filter(t.channel == 'email').group_by(data.by).aggregate(value=t.count())",
            "own.py, line 6: inquiries: columns of two tables",
        ),
        ("return 1 / 0", "own.py, line 6: inquiries: ZeroDivisionError"),
        ("return data.table('tickets')", "it must give a table with a column named value"),
    ],
)
def test_a_function_that_fails_is_one_line_naming_it(own, data_of, body, told):
    head = "from cskit.extend import health_item\n\n\n@health_item(needs=['tickets'], label='x')\ndef inquiries(data, rules):\n    "
    (own / "own.py").write_text(head + body, encoding="utf-8")
    settings = _params(own).settings
    data = data_of(settings=settings, **TABLES)
    for asked in (lambda: snapshot(data, settings.health), lambda: extend.tried(data, settings.health)):
        with pytest.raises(CskitError, match=re.escape(told)):
            asked()


def test_check_says_of_every_item_and_field_what_cannot_be_written(own, demo):
    wrong = OWN.replace('needs=["tickets"], label="inquiries ever"', 'needs=["ticket"], label="inquiries ever"')
    (own / "own.py").write_text(
        wrong.replace("value=tickets.count()", "value=tickets.hours.sum()", 1), encoding="utf-8"
    )
    settings = yaml.safe_dump({"period": "2023Q2", "settings": {"extend": {"python": "own.py"}}})
    (own / "params/2023Q2.yaml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "cskit", "check", "2023Q2", "--data", str(demo), "--trust"]
    made = subprocess.run(command, cwd=own, capture_output=True, text=True, check=False)
    assert made.returncode == 2 and "can be used" not in made.stdout
    assert "own.py, line 8: inquiries: no column of that table is called hours" in made.stderr
    assert "inquiries_ever: ticket is not a table. Did you mean tickets?" in made.stderr


def test_a_file_that_is_not_there_is_said(own):
    (own / "own.py").unlink()
    with pytest.raises(SettingsError, match=r"own.py cannot be read"):
        _params(own)


def test_the_page_of_docs_does_what_it_says(own, demo):
    page = (ROOT / "docs/extend.md").read_text(encoding="utf-8")
    blocks = {kind: re.findall(rf"```{kind}\n(.*?)```", page, re.S) for kind in ("python", "yaml")}
    (own / "own").mkdir()
    ours = [block for block in blocks["python"] if "from cskit.extend" in block]
    (own / "own/items.py").write_text("\n\n".join(ours), encoding="utf-8")
    named, weighed = (one["settings"] for block in blocks["yaml"] if "settings" in (one := yaml.safe_load(block)))
    settings = {"extend": {"python": named["extend"]["python"]}} | weighed
    run = start("2023Q2", "2022Q4", str(demo), "en", settings)
    assert study(run).now.raw["inquiries"].max() > 1 and "inquiries_ever" in FIELDS


LINES = re.findall(r"^\| [^|]+ \| `(.+)` \|$", (ROOT / "docs/extend.md").read_text(encoding="utf-8"), re.M)


@pytest.fixture(scope="module")
def whole(demo):
    return start("2023Q2", data=str(demo)).data


@pytest.mark.parametrize("line", LINES)
def test_every_line_of_the_page_can_be_written(line, whole):
    for days in ([date(2023, 6, 30)], [date(2023, 3, 31), date(2023, 6, 30)]):
        data = whole.on_days(days)
        tables = {name: data.table(name) for name in ("assessments", "customers", "goals", "tickets", "usage")}
        tickets = tables["tickets"]
        found = tickets.group_by(data.by).aggregate(value=tickets.count())
        rows = eval(line, {"data": data, "found": found} | tables)
        assert {*data.by} <= {*rows.columns}
        shown = rows.order_by(list(data.by)).limit(5).to_pandas()
        assert len(shown) == 5
        if "value=" in line:
            given = rows.group_by(data.by).aggregate(n=rows.count()).to_pandas()["n"]
            assert given.max() == 1 and shown["value"].notna().any()


def _beside(project, targets=None, **files):
    folder = project / "own/notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return _params(project, {"extend": {"notebooks": "own/notebooks"}, "targets": targets or {}})


HELD = "talks.held: {label: {en: talks held, ja: 面談実施率}, unit: share, wanted: up, formula: held / due}\n"


def test_a_metric_of_ones_own_is_defined_beside_the_notebook(own):
    params = _beside(own, {"talks.held": {"value": 0.9}}, definitions=HELD, words="- {en: 'Which?', ja: 'どれか'}\n")
    found = metric("talks.held", 0.8, "counted", target=params.settings.targets["talks.held"].value)
    assert (found.unit, found.wanted, found.on_target) == ("share", "up", "missed")
    with i18n.speaking("ja"):
        assert i18n._(definitions()["talks.held"].label) == "面談実施率" and i18n._("Which?") == "どれか"


def test_reports_are_made_anew_when_a_definition_changes_and_it_goes_with_the_folder(own):
    _beside(own, definitions=HELD)
    first = extend.digest()
    _beside(own, definitions=HELD.replace("held / due", "held / all"))
    assert first and extend.digest() and extend.digest() != first
    _params(own, {})
    assert "talks.held" not in definitions() and not extend.digest()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"definitions": "talks.held: {label: x, unit: miles, formula: y}"}, "talks.held.unit: Input should be"),
        ({"definitions": "talks.held: {label: x, unit: share, formula: y, colour: red}"}, "talks.held.colour: Extra"),
        ({"definitions": "nps.held: {label: x, unit: share, formula: y}"}, "nps.held: a metric of yours is named like"),
        ({"definitions": "held: {label: x, unit: share, formula: y}"}, "held: a metric of yours is named like"),
        ({"definitions": "- held"}, "definitions.yaml:"),
        ({"definitions": "talks.held: ["}, "definitions.yaml cannot be read"),
        ({"definitions": HELD.replace("ja:", "fr:")}, "text by language"),
        ({"words": "Which: どれか"}, "words.yaml:"),
        ({"words": "- {en: Which, fr: Lequel}"}, "text by language"),
    ],
)
def test_what_is_wrong_with_a_definition_is_said_and_none_is_taken(own, files, told):
    with pytest.raises(SettingsError, match=re.escape(told)):
        _beside(own, **files)
    assert "talks.held" not in definitions()


TALKS = """
from cskit.i18n import _
from cskit.rows import Rows
from cskit.run import start

run = start(period, compare_to, data, lang, settings)
"""


@pytest.mark.slow
def test_its_report_shows_it_in_both_languages(own, demo):
    page = (ROOT / "docs/extend.md").read_text(encoding="utf-8")
    definition, words_ja = re.findall(r"```yaml\n(.*?)```", page, re.S)[1:3]
    _beside(own, definitions=definition, words=words_ja)
    (said,) = (block for block in re.findall(r"```python\n(.*?)```", page, re.S) if "run.headline" in block)
    nbformat.write(
        notebook(TALKS, said, title="# Which renewals were talked about?"), own / "own/notebooks/20_renewal_talks.ipynb"
    )
    told = ["--data", str(demo), "--set", "extend.notebooks=own/notebooks", "--lang", "en,ja"]
    command = [sys.executable, "-m", "cskit", "run", "2023Q2", "--only", "renewal_talks,summary", *told]
    made = subprocess.run(command, cwd=own, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    for lang, label, title in (
        ("en", "renewal talks held", "Which renewals"),
        ("ja", "更新面談の実施率", "どの更新について"),
    ):
        for name in ("renewal_talks", "summary"):
            html = (own / f"reports/2023Q2/{lang}/{name}.html").read_text(encoding="utf-8")
            assert label in html and title in html
    metrics = json.loads((own / "reports/2023Q2/metrics.json").read_text(encoding="utf-8"))
    assert "renewal_talks.held" in json.dumps(metrics)


def test_a_run_on_the_demo_shows_the_item_among_what_moved(own, demo):
    run = start("2023Q2", "2022Q4", str(demo), "en", SETTINGS)
    shown = study(run)
    assert shown.now.raw["inquiries"].max() > 1
    assert words.headline(run, shown).metrics
    assert own != ROOT
