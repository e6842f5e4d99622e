"""What is wrong is told once, all of it, with file, column, rows, what was found and how to mend it."""

import subprocess
import sys

import pytest

from cskit.data.load import Loaded
from cskit.errors import DataError


@pytest.fixture
def said(data_of):
    def text(**tables: str) -> str:
        with pytest.raises(DataError) as error:
            data_of(**tables)
        return str(error.value)

    return text


def test_a_score_of_eleven_and_a_score_in_words_are_told_as_the_style_guide_shows(said):
    text = said(nps_responses="調査回,respondent_id,score\nW,a,11\nW,b,9\nW,c,８点")
    first = 'nps_responses.csv: 1 fault\n  column score, rows 2 and 4: found 11 and "８点"; score is a whole number from 0 to 10.'
    assert text.startswith(first)


def test_a_missing_column_names_what_was_found_and_both_ways_to_mend_it(said):
    text = said(nps_responses="ウェーブ,respondent_id,score\nW,a,9")
    assert "column wave: it is missing. Found: ウェーブ, respondent_id, score." in text
    assert "data.mapping.nps_responses: {file: nps_responses.csv, columns: {wave:" in text


def test_a_header_that_is_nearly_right_gets_a_did_you_mean(said, data_of):
    text = said(nps_waves="wave,closed_onn\nW,2023-05-31")
    assert "column closed_on: it is missing. Found: wave, closed_onn. Did you mean closed_onn by it?" in text
    assert "Rename closed_onn to closed_on" in text
    (warning,) = data_of(customers="customer_id,Regoin\nC1,x").warnings
    assert warning.what == "Regoin: no column of customers, not read. Regoin: Did you mean region?"


def test_the_first_five_rows_are_shown_and_all_are_counted(said):
    text = said(customers="customer_id,seats\n" + "\n".join(f"C{n},x" for n in range(8)))
    assert 'column seats, rows 2, 3, 4, 5, 6 and 3 more: found "x"; seats is' in text


def test_bounds_belong_to_the_range(said, data_of):
    assert data_of(customers="customer_id,fiscal_year_end\nA,1\nB,12").rows == {"customers": 2}
    assert "rows 2 and 3: found 0 and 13;" in said(customers="customer_id,fiscal_year_end\nA,0\nB,13")


def test_a_required_cell_may_not_be_empty_and_one_that_does_not_parse_is_told_once(said):
    text = said(churns="customer_id,effective_on\nA,\nB,soon\n,2023-01-01")
    assert text.startswith("churns.csv: 3 faults")
    assert "column effective_on, row 2: empty; every row needs a value: last day as a customer." in text
    assert 'column effective_on, row 3: found "soon";' in text
    assert "column customer_id, row 4: empty" in text


def test_a_repeated_key_is_told_at_the_second_row_only(said):
    text = said(customers="customer_id\nA\nB\nA\nA")
    assert 'column customer_id, rows 4 and 5: found "A"; customer_id names one row, and an earlier row has it' in text


def test_rows_without_a_key_are_not_repetitions_of_each_other(said):
    text = said(customers="customer_id,name\n,a\n,b\nA,c\nA,d")
    assert "column customer_id, rows 2 and 3: empty" in text
    assert 'column customer_id, row 5: found "A";' in text


def test_a_key_of_several_columns_is_repeated_only_as_a_whole(said, data_of):
    customers = "customer_id\nA\nB"
    usage = "customer_id,on,feature\nA,2023-01-01,x\nA,2023-01-01,\nA,2023-01-02,x\nB,2023-01-01,x"
    assert data_of(customers=customers, usage=usage).rows["usage"] == 4
    text = said(customers=customers, usage=usage + "\nA,2023/1/1,\n")
    assert 'column customer_id + on + feature, row 6: found "A, 2023-01-01, ";' in text


def test_a_cell_that_does_not_parse_is_no_second_empty_key(said):
    assert "names one row" not in said(usage="customer_id,on\nA,x\nA,y\nA,\nA,")


def test_references_to_nobody_stop_where_the_table_says_so(said):
    text = said(customers="customer_id\nA", contracts="contract_id,customer_id,starts_on,mrr\nK,B,2023-01-01,1")
    assert 'column customer_id, row 2: found "B"; customers has no such customer_id.' in text
    assert "Add the missing rows to customers.csv, or correct these cells." in text


def test_a_ticket_of_an_unknown_customer_is_counted_and_one_of_nobody_is_no_fault(data_of):
    tickets = "ticket_id,customer_id,opened_at\n1,A,2023-01-01 09:00\n2,,2023-01-01 09:00\n3,Z,2023-01-01 09:00"
    (warning,) = data_of(customers="customer_id\nA", tickets=tickets).warnings
    assert (warning.column, warning.rows, warning.count, warning.warning) == ("customer_id", (4,), 1, True)


def test_references_are_not_checked_against_a_table_that_did_not_come(data_of):
    contracts = "contract_id,customer_id,starts_on,mrr\nK,B,2023-01-01,1"
    assert data_of(contracts=contracts).warnings == ()
    (warning,) = data_of(contracts=contracts, customers="customer_id").warnings
    assert "column names but no rows" in warning.what


def test_a_customer_may_belong_to_one_of_the_same_table(data_of):
    assert data_of(customers="customer_id,parent_id\nA,B\nB,").warnings == ()
    assert [own.rows for own in data_of(customers="customer_id,parent_id\nA,B\nC,").warnings] == [(2,)]


def test_an_end_before_its_start_is_told_and_the_same_day_is_none(said, data_of):
    assert data_of(csms="csm_id,joined_on,left_on\n1,2023-01-01,2023-01-01\n2,,2020-01-01").rows == {"csms": 2}
    text = said(csms="csm_id,joined_on,left_on\n1,2023-01-02,2023-01-01")
    assert "column left_on, row 2: found 2023-01-01 before joined_on 2023-01-02; left_on cannot lie before" in text


def test_a_column_that_stands_twice_is_told(said):
    text = said(customers="customer_id,seats,ライセンス数\nA,1,2")
    assert "column seats: it stands under 2 headers: seats, ライセンス数." in text


def test_all_faults_of_all_files_come_in_one_run(said):
    text = said(
        customers="customer_id,contracted_on\nA,2023-02-30",
        contracts="contract_id,customer_id,starts_on\nK,A,2023-01-01",
        events="",
        nps_waves="wave,closed_on\nW,soon",
    )
    files = [line.split(":")[0] for line in text.splitlines() if not line.startswith(" ")]
    assert sorted(files) == ["contracts.csv", "customers.csv", "events.csv", "nps_waves.csv"]


def test_each_table_is_asked_once_and_only_one_with_faults_a_second_time(data_of, said, monkeypatch):
    asked = []
    real = Loaded.ask
    monkeypatch.setattr(Loaded, "ask", lambda self, query: asked.append(query) or real(self, query))
    data_of(customers="customer_id\nA", nps_waves="wave,closed_on\nW,2023-05-31")
    assert len(asked) == 2
    said(customers="customer_id,seats,arr\nA,x,y\nB,,", nps_waves="wave,closed_on\nW,2023-05-31")
    assert len(asked) == 2 + 3


def test_a_warning_is_not_counted_among_the_faults(said):
    text = said(customers="customer_id,extra\nA,1\nA,2")
    assert text.startswith("customers.csv: 1 fault\n  column customer_id, row 3")


def test_a_line_of_totals_is_no_customer(data_of):
    with pytest.raises(DataError, match=r"column customer_id, row 4: found \"合計\"; this looks like a line of totals"):
        data_of(customers="customer_id,arr\nA,1\nB,2\n合計,3")


def test_a_fault_names_the_header_as_it_stands_in_the_export(data_of):
    with pytest.raises(DataError, match=r"column 決算月 \(fiscal_year_end\), row 2: found \"12月\""):
        data_of(customers="顧客ID,決算月\nA,12月")


def test_data_are_opened_and_checked_without_what_only_analyses_need(tmp_path, root):
    (tmp_path / "customers.csv").write_text("customer_id,seats,tags\nA,1,test\nB,2,\n", encoding="utf-8")
    (tmp_path / "tickets.csv").write_text("ticket_id,customer_id,opened_at\n1,X,2023-01-01 09:00\n", encoding="utf-8")
    program = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from cskit.data import open_data; from cskit.params import settings_with\n"
        "settings = settings_with({'data': {'exclude_tags': ['test']}})\n"
        f"found = open_data({str(tmp_path)!r}, settings, date(2023, 6, 30), Path({str(root)!r}))\n"
        "print(len(found.warnings), [name for name in ('pandas', 'numpy', 'pyarrow', 'scipy') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert ended.stdout == "1 []\n"


def test_a_paid_term_that_begins_after_its_customer_left_is_told_of(data_of):
    terms = "contract_id,customer_id,kind,starts_on,mrr\nA,C1,paid,2022-01-01,1\nB,C1,,2023-02-01,1\nD,C1,trial,2023-02-01,1"
    found = data_of(contracts=terms, churns="customer_id,effective_on\nC1,2022-12-31").warnings
    (told,) = [fault for fault in found if fault.column == "starts_on"]
    assert (told.count, told.rows) == (1, (3,))
    assert "the term begins after its customer left, so it counts for nothing." in told.what
    assert "its row out of churns" in told.mend
    assert not data_of(contracts=terms, churns="customer_id,effective_on\nC1,2023-12-31").warnings
