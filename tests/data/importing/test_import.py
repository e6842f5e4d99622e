"""cskit import proposes and never guesses in silence: through the real command line and on a renamed demo."""

import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner
from xlsxwriter import Workbook

from cskit.cli import app
from cskit.data.importing import propose
from cskit.data.importing.page import page
from cskit.errors import CskitError, SettingsError
from cskit.params import load, settings_with
from tests.data.importing import measure

PERSON, MAIL, PHONE = "佐藤 花子", "hanako.sato@example.com", "090-1234-5678"


@pytest.fixture
def project(tmp_path, root, monkeypatch):
    """A project folder of its own, as a user has one."""
    (tmp_path / "params").mkdir()
    for name in ("base.yaml", "plays.yaml"):
        (tmp_path / "params" / name).write_bytes((root / "params" / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def export(folder: Path) -> None:
    folder.mkdir()
    rows = "\n".join(f"A{n:03},株式会社{n}商店,2021/4/{n},{n * 10},{PERSON},{MAIL},{PHONE}" for n in range(1, 13))
    text = f"取引先コード,取引先名称,初回契約年月日,契約席数,担当CSM(氏名),メール,電話\n{rows}\n"
    (folder / "取引先一覧.csv").write_text(text, encoding="cp932")
    with Workbook(str(folder / "support.xlsx")) as book:
        sheet = book.add_worksheet("問合せ一覧")
        sheet.write_row(0, 0, ["問合せ番号", "受付日時", "お客様コード", "重要度", "内容"])
        for n in range(1, 41):
            sheet.write_row(n, 0, [f"T{n}", "2023-05-01 10:00:00", f"A{(n % 12) + 1:03}", "中", "画面が出ない"])


def said(*args: str) -> str:
    outcome = CliRunner().invoke(app, list(args), catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def test_an_unknown_export_is_proposed_confirmed_and_read(project):
    export(project / "crm")
    assert "mapping_file: params/mapping.yaml" in said("import", "crm")
    text = (project / "params" / "mapping.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)["mapping"]
    assert found["customers"][0]["file"] == "取引先一覧.csv"
    assert found["customers"][0]["columns"] == {
        "customer_id": "取引先コード", "name": "取引先名称", "contracted_on": "初回契約年月日", "seats": "契約席数",
        "owner": "担当CSM(氏名)",
    }  # fmt: skip
    assert found["tickets"][0]["sheet"] == "問合せ一覧"
    assert found["tickets"][0]["columns"]["customer_id"] == "お客様コード"
    (project / "params" / "2023Q2.yaml").write_text(
        "period: 2023Q2\ndata: crm\nsettings:\n  data:\n    mapping_file: params/mapping.yaml\n", encoding="utf-8"
    )
    told = said("check", "2023Q2")
    assert re.search(r"customers +12\b", told) and re.search(r"tickets +40\b", told)


def test_no_person_no_address_and_no_telephone_stands_in_a_proposal(project):
    export(project / "crm")
    said("import", "crm")
    text = (project / "params" / "mapping.yaml").read_text(encoding="utf-8")
    for secret in (PERSON, "佐藤", "花子", MAIL, "hanako", PHONE, "画面が"):
        assert secret not in text
    assert "2021/4/1" in text and "株式会社10商店" in text and "A001" in text


def test_nothing_is_written_over(project):
    export(project / "crm")
    said("import", "crm")
    before = (project / "params" / "mapping.yaml").read_bytes()
    with pytest.raises(CskitError, match="there already and may be confirmed"):
        CliRunner().invoke(app, ["import", "crm"], catch_exceptions=False)
    assert (project / "params" / "mapping.yaml").read_bytes() == before
    said("import", "crm", "--out", "params/other.yaml")


def test_what_is_not_sure_is_commented_out_and_says_why(tmp_path):
    """Two headers as near to one column, and values that are not ours."""
    (tmp_path / "customers.csv").write_text("customer_id,頻度\nC1,高\nC2,低\n", encoding="utf-8")
    (tmp_path / "tickets.csv").write_text(
        "ticket_id,opened_at,重要度\nT1,2023-04-01 10:00:00,S1\nT2,2023-04-01 11:00:00,S2\n", encoding="utf-8"
    )
    text = page(propose(str(tmp_path), settings_with(), tmp_path), "x", "y")
    assert "# ?   severity: 重要度  # unsure 0.50: its header is one of ours; values that are not ours" in text
    assert "S1: ?, S2: ?" in text
    assert "severity" not in yaml.safe_load(text)["mapping"]["tickets"][0]["columns"]


def test_where_file_names_say_nothing_nothing_sure_is_wrong_and_every_mark_may_be_taken_away(demo, tmp_path):
    found = measure.crossed(demo, tmp_path)
    assert found.wrong == ()
    text = page(found.proposed, "x", "y")
    whole = yaml.safe_load(text.replace("# ? ", ""))["mapping"]
    assert len(whole) > len(yaml.safe_load(text)["mapping"] or {})
    settings_with({"data": {"mapping": whole}})


def test_a_key_that_repeats_names_no_row(tmp_path):
    (tmp_path / "customers.csv").write_text("顧客ID,会社名\nC1,A\nC1,B\n", encoding="utf-8")
    (own,) = propose(str(tmp_path), settings_with(), tmp_path).taken
    guess = next(guess for guess in own.guesses if guess.column == "customer_id")
    assert (guess.grade, guess.why[1]) == ("unsure", "its values repeat, so it names no row")


def test_headers_that_would_end_a_comment_or_a_key_stay_where_they_are(tmp_path):
    header = '"a: [x]\n  sql: SELECT 1 # "'
    (tmp_path / "customers.csv").write_text(f'customer_id,{header},"会社名(#1): x"\nC1,1,株式会社A\n', encoding="utf-8")
    text = page(propose(str(tmp_path), settings_with(), tmp_path), "x\ny", "z")
    assert set(yaml.safe_load(text)["mapping"]) == {"customers"}
    assert "sql" not in str(yaml.safe_load(text))


def test_headers_of_params_are_known_to_import(tmp_path):
    (tmp_path / "customers.csv").write_text("管理No,コース\nC1,A\n", encoding="utf-8")
    settings = settings_with({"data": {"headers": {"customers": {"customer_id": ["管理No"]}}}})
    (own,) = propose(str(tmp_path), settings, tmp_path).taken
    assert [(guess.column, guess.grade) for guess in own.guesses] == [("customer_id", "sure")]


def test_a_demo_under_names_of_another_company_is_recognised_and_nothing_sure_is_wrong(demo, tmp_path):
    found = measure.foreign(demo, tmp_path)
    assert found.wrong == ()
    assert found.share >= 0.85


@pytest.mark.parametrize("kind", [measure.headless, measure.nameless])
def test_where_headers_say_nothing_nothing_sure_is_wrong(kind, demo, tmp_path):
    assert kind(demo, tmp_path).wrong == ()


def test_a_mapping_file_is_part_of_the_settings_and_the_periods_own_goes_before(project):
    (project / "a.yaml").write_text(
        "mapping: {customers: {file: a.csv}, tickets: {file: t.csv}}\nheaders: {customers: {plan: コース}}\n",
        encoding="utf-8",
    )
    (project / "p.yaml").write_text(
        "period: 2023Q2\nsettings: {data: {mapping_file: a.yaml, mapping: {customers: {file: b.csv}}}}\n",
        encoding="utf-8",
    )
    params = load("p.yaml")
    assert params.settings.data.mapping["customers"][0].file == "b.csv"
    assert params.settings.data.mapping["tickets"][0].file == "t.csv"
    assert params.settings.data.headers == {"customers": {"plan": ["コース"]}}
    assert "mapping_file" not in params.overrides["data"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("customers: {file: a.csv}", "customers: a mapping file holds mapping, headers"),
        ("- 1", "a mapping of names"),
        (None, "cannot be read"),
    ],
)
def test_a_mapping_file_that_is_none_is_refused_by_name(project, text, why):
    if text:
        (project / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"a\.yaml: .*{why}"):
        settings_with({"data": {"mapping_file": "a.yaml"}}, project)


def test_real_exports_are_looked_at_and_nothing_is_sure_of_what_it_is_not(tmp_path):
    real = Path("/work/shared/real")
    if not real.is_dir():
        pytest.skip("no real exports here")
    proposed = propose(str(real), settings_with(), tmp_path)
    assert {own.export.path.name: own.table for own in proposed.taken if own.grade == "sure"} == {}
    telco = next(own for own in proposed.taken if own.export.path.name == "telco_churn.csv")
    assert telco.table is not None and (telco.table.name, telco.grade) == ("customers", "unsure")
    assert [guess.seen.header for guess in telco.guesses if guess.grade == "sure"] == ["customerID"]
