"""The empty workbook, filled in, is a source."""

from datetime import date
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from cskit.data import open_data
from cskit.data.schema import tables
from cskit.data.template import NAME, note, write_templates
from cskit.errors import DataError, SettingsError
from cskit.params import settings_with


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_template_has_a_sheet_per_table_and_is_read_back_filled_in(tmp_path, lang):
    (path,) = write_templates(tmp_path / "new", lang)
    book = CalamineWorkbook.from_path(str(path))
    assert len(book.sheet_names) == len(tables()) == 33
    empty = {name: book.get_sheet_by_name(name).to_python()[0] for name in book.sheet_names}
    filled = {
        "customers": ["C1"],
        "顧客": ["C1"],
        "nps_waves": ["W", "", date(2023, 5, 31)],
        "NPS調査": ["W", "", "2023年5月31日"],
    }
    with Workbook(str(tmp_path / NAME), {"default_date_format": "yyyy/m/d"}) as copy:
        for name, headers in empty.items():
            sheet = copy.add_worksheet(name)
            sheet.write_row(0, 0, headers)
            sheet.write_row(1, 0, filled.get(name, []))
    data = open_data(str(tmp_path), settings_with(), date(2023, 6, 30), tmp_path)
    assert data.rows == {"customers": 1, "nps_waves": 1}
    assert data.table("nps_waves").closed_on.to_pyarrow().to_pylist() == [date(2023, 5, 31)]
    (warning,) = data.warnings
    assert warning.what.count(", ") == 30  # the other thirty sheets, told in one line


def test_an_unfilled_template_is_read_without_a_fault(tmp_path):
    write_templates(tmp_path, "ja")
    data = open_data(str(tmp_path), settings_with(), date(2023, 6, 30), tmp_path)
    assert data.rows == {}


def test_headers_carry_notes_in_their_language(tmp_path):
    (path,) = write_templates(tmp_path, "ja")
    with ZipFile(path) as archive:
        notes = archive.read("xl/comments1.xml").decode()
    assert "必須" in notes
    assert "日次" in notes
    score = tables()["nps_responses"]
    assert note(score, score.columns["score"], "ja") == "score\n整数 0以上 10以下\n単位 points\n空欄可"


def test_a_template_never_replaces_one_that_may_be_filled_in(tmp_path):
    write_templates(tmp_path, "en")
    with pytest.raises(DataError, match="is there already"):
        write_templates(tmp_path, "en")


def test_a_language_without_templates_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="one of en, ja"):
        write_templates(tmp_path, "fr")
