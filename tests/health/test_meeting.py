"""The team's meeting: from the run's file, filled in, back to overrides, and into the next run."""

import csv
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from cskit import cli, i18n
from cskit.data import open_data
from cskit.errors import DataError
from cskit.health import moved, words
from cskit.health.analysis import study
from cskit.health.meeting import columns, keep, read_meeting
from cskit.params import resolve, settings_with
from cskit.report.lists import write_meeting
from cskit.report.outputs import Listing
from cskit.run import Run

DAY = date(2023, 6, 30)
CUSTOMERS = (
    "customer_id,name,contracted_on,owner\nA,Alpha,2022-01-01,M1\nB,=Beta,2022-01-01,M2\nC,Gamma,2022-01-01,M1\n"
)
TOUCH = "touchpoint_id,customer_id,on\n1,A,2023-06-20\n2,B,2022-12-01\n"
OLD = (
    '\ufeff顧客コード,on,grade,reason,decided_by,until\nA,2023-01-10,sound,"said ""yes"", twice",Head of CS,2023-03-31'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    place.mkdir()
    (place / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (place / "touchpoints.csv").write_text(TOUCH, encoding="utf-8")
    return place


def _run(folder, lang="en"):
    data = open_data(str(folder), settings_with(), DAY, folder)
    return Run(resolve({"period": "2023Q2", "lang": lang}), data)


def _file(run, path, filled=None, lang="en"):
    """The file as a run writes it, with cells filled in by customer."""
    with i18n.speaking(lang):
        company = study(run)
        rows = words.meeting(run, company, moved(company.before, company.now, company.rules)).frame
        heads = columns()
        for customer, cells in (filled or {}).items():
            for name, value in cells.items():
                rows.loc[rows["customer_id"] == customer, heads[name]] = value
        listing = Listing("health_meeting", tuple(rows.columns), tuple(tuple(row) for row in rows.to_numpy()))
        write_meeting(listing, path, DAY, [i18n.term(grade) for grade in ("good", "sound", "caution", "action")])
    return path


def test_the_file_lists_everybody_worst_first_with_room_to_decide(folder, tmp_path):
    (folder / "overrides.csv").write_text(OLD, encoding="utf-8")
    path = _file(_run(folder), tmp_path / "health_meeting.xlsx")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["2023-06-30"]
    head, *rows = book.get_sheet_by_name("2023-06-30").to_python()
    assert [row[0] for row in rows] == ["C", "B", "A"]
    alpha = dict(zip(head, rows[-1], strict=True))
    assert alpha["Last decided"] == "sound" and alpha["Decided until"] == "2023-03-31"
    assert head[-3:] == ["Decided grade", "Reason", "Until"] and [row[-3:] for row in rows] == [["", "", ""]] * 3


def test_the_same_file_twice_is_the_same_bytes(folder, tmp_path):
    one, two = (_file(_run(folder), tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("lang", "grade", "until"),
    [("en", "Sound", "2023-09-30"), ("ja", "健全", "2023年９月30日"), ("ja", "sound", "2023/9/30")],
)
def test_from_the_file_and_back_the_next_run_shows_what_was_decided(folder, tmp_path, lang, grade, until):
    before = OLD.encode()
    (folder / "overrides.csv").write_bytes(before)
    run = _run(folder, lang)
    path = _file(run, tmp_path / "m.xlsx", {"B": {"grade": grade, "reason": "新しい担当", "until": until}}, lang)
    found, day = read_meeting(path, run.data)
    kept = keep(found, run.data, folder, day, "CS会議")
    assert kept.appended and kept.path.read_bytes().startswith(before + b"\n")
    with kept.path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[-1] == ["B", "2023-06-30", "sound", "新しい担当", "CS会議", "2023-09-30"]
    again = study(_run(folder)).decided
    assert again["grade"].to_dict() == {"B": "sound"} and again["reason"].item() == "新しい担当"
    assert [name.name for name in folder.iterdir() if name.name.startswith(".")] == []


def test_all_faults_at_once_with_their_rows_and_nothing_is_written(folder, tmp_path):
    wrong = {
        "A": {"grade": "godo"},
        "B": {"reason": "only talk"},
        "C": {"grade": "good", "until": "soon", "customer_id": "CC"},
    }
    run = _run(folder)
    path = _file(run, tmp_path / "m.xlsx", wrong)
    with pytest.raises(DataError) as fault:
        read_meeting(path, run.data)
    said = str(fault.value)
    assert said.startswith("m.xlsx: 4 faults")
    for words_ in (
        'row 2: "CC" is no customer of the data',
        'row 2: found "soon"',
        "row 3: a reason or a last day, but no grade",
        'row 4: found "godo"; a grade is one of good, sound, caution, action',
    ):
        assert words_ in said
    assert not (folder / "overrides.csv").exists()


def test_a_day_before_the_meeting_and_a_second_decision_of_the_day_are_refused(folder, tmp_path):
    run = _run(folder)
    late = _file(run, tmp_path / "late.xlsx", {"A": {"grade": "good", "until": "2023-06-29"}})
    with pytest.raises(DataError, match="2023-06-29 lies before the meeting of 2023-06-30"):
        read_meeting(late, run.data)
    path = _file(run, tmp_path / "m.xlsx", {"A": {"grade": "good"}})
    keep(*(read_meeting(path, run.data)[0], run.data, folder, DAY, "CS"))
    with pytest.raises(DataError, match="A was decided on 2023-06-30 already"):
        read_meeting(path, _run(folder).data)
    assert read_meeting(path, _run(folder).data, date(2023, 7, 10))[1] == date(2023, 7, 10)


def test_a_file_that_is_not_the_meetings_is_refused_with_what_it_holds(folder, tmp_path):
    from cskit.report.lists import write_actions

    write_actions({"x": Listing("actions", ("customer_id", "Health"), (("A", "good"),))}, tmp_path / "x.xlsx")
    with pytest.raises(DataError, match=r"Decided grade, Reason, Until missing\. Found: customer_id, Health"):
        read_meeting(tmp_path / "x.xlsx", _run(folder).data)
    with pytest.raises(DataError, match="There is no file"):
        read_meeting(tmp_path / "nowhere.xlsx", _run(folder).data)


def test_nothing_decided_is_nothing_written(folder, tmp_path):
    run = _run(folder)
    found, day = read_meeting(_file(run, tmp_path / "m.xlsx"), run.data)
    with pytest.raises(DataError, match="No grade was decided"):
        keep(found, run.data, folder, day, "CS")


def test_data_that_are_not_ours_to_write_into_get_a_file_beside(folder, tmp_path):
    (folder / "会議確定.csv").write_text(OLD, encoding="utf-8")
    run = _run(folder)
    path = _file(run, tmp_path / "m.xlsx", {"A": {"grade": "good"}})
    found, day = read_meeting(path, run.data)
    kept = keep(found, run.data, folder, day, "CS")
    assert (kept.path.name, kept.appended) == ("overrides_2023-06-30.csv", False)
    assert (folder / "会議確定.csv").read_text(encoding="utf-8") == OLD
    with pytest.raises(DataError, match="is there already"):
        keep(found, run.data, folder, day, "CS")


def test_the_command_says_what_changed(folder, tmp_path, root, monkeypatch, capsys):
    import shutil
    import sys

    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "notebooks").mkdir()
    path = _file(
        _run(folder), tmp_path / "m.xlsx", {"A": {"grade": "caution", "reason": "budget", "until": date(2023, 9, 30)}}
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        sys, "argv", ["cskit", "decided", str(path), "--data", str(folder), "--on", "2023-07-10", "--by", "CS"]
    )
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code
    said = capsys.readouterr().out
    assert "A Alpha: none decided, computed good (provisional) -> caution, until 2023-09-30. budget" in said
    assert "1 decided on 2023-07-10 by CS:" in said and "A,2023-07-10,caution,budget,CS,2023-09-30" in (
        folder / "overrides.csv"
    ).read_text(encoding="utf-8")
