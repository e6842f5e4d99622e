"""Where every notebook begins: what is refused, what every page says first."""

from datetime import date

import pytest

from cskit import i18n
from cskit.data import Data
from cskit.errors import SettingsError
from cskit.metrics import definitions
from cskit.params import resolve
from cskit.run import Run, _refuse_strangers, start

ONE = "customer_id,contracted_on\nA,2022-01-01"


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('# Parameters\nperod = "2023Q1"\n', r"perod is not a parameter\. Did you mean period\?"),
        ('# Parameters\nperiod = "2023Q1"\nimport os\n', "more than assignments"),
        ("# Parameters\nx = 1\n", "There are: period, compare_to, data, lang, settings"),
    ],
)
def test_what_was_injected_under_another_name_is_refused(cell, says):
    with pytest.raises(SettingsError, match=says):
        _refuse_strangers(["", cell])


def test_the_five_parameters_and_an_analysts_own_names_are_welcome():
    injected = '# Parameters\nperiod = "2023Q1"\nsettings = {"report": {"status": "final"}}\n'
    _refuse_strangers([injected, "threshold = 3", "import os"])


def test_a_wrong_parameter_is_refused_before_any_data_is_opened():
    with pytest.raises(SettingsError, match="a period is written"):
        start("Q2 2023", data="nowhere")
    with pytest.raises(SettingsError, match="it is one of en, ja"):
        start("2023Q2", lang="fr", data="nowhere")


def _run(data_of, lang="en", **settings):
    params = resolve({"period": "2023Q2", "lang": lang, "settings": settings})
    return Run(params, data_of(settings=params.settings, customers=ONE))


def test_a_preliminary_period_says_so_on_every_page(data_of):
    assert "Preliminary" in _run(data_of, report={"status": "preliminary"}).notes[0]
    assert _run(data_of).notes == ()


def test_rows_set_aside_are_counted_on_every_page(data_of):
    params = resolve({"period": "2023Q2", "settings": {"data": {"set_aside": True}}})
    faulty = "customer_id,contracted_on\nA,2022-01-01\nB,2022-02-30"
    run = Run(params, data_of(settings=params.settings, customers=faulty))
    assert run.notes == ("1 faulty row was set aside and is in no figure: set_aside.xlsx.",)


def test_the_authors_words_come_in_the_pages_language_or_in_the_one_there_is(data_of):
    words = {"summary": {"en": "Hello", "ja": "こんにちは"}, "nps_comparison": "As typed"}
    english, japanese = (_run(data_of, lang, commentary=words) for lang in ("en", "ja"))
    assert english.headline("summary", "", (), ()).words == "Hello"
    assert japanese.headline("summary", "", (), ()).words == "こんにちは"
    assert japanese.headline("nps_comparison", "", (), ()).words == "As typed"
    assert english.headline("dear_health", "", (), ()).words == ""


def test_a_target_of_params_may_turn_the_wanted_direction(data_of):
    run = _run(data_of, targets={"onboarding.self_share": {"value": 0.6, "wanted": "none"}})
    share = run.metric("onboarding.self_share", 0.7, "estimated")
    assert (share.target, share.wanted, share.on_target) == (0.6, "none", None)
    assert run.metric("nps.score", 6.4, "estimated").wanted == "up"


def test_a_run_its_data_and_settings_show_themselves_in_few_lines(data_of):
    run = _run(data_of, report={"confidence": 0.9})
    html = run._repr_html_()
    assert html.count("<tr>") == 5 and len(html) < 1_500
    for words in ("2023Q2: Apr–Jun 2023", "2023Q1: Jan–Mar 2023", "as of 30 June 2023", "1 table, 1 row: customers 1",
                  "report.confidence 0.9 (0.95)<"):  # fmt: skip
        assert words in html, words
    assert "1 table, 1 row: customers 1<" in run.data._repr_html_() and "30 June 2023" in run.data._repr_html_()
    assert "window_days" in run.settings._repr_html_() and len(run.settings._repr_html_()) < 4_000
    assert repr(run) == "Run('2023Q2', '2023Q1', 'data/demo', 'en')"
    assert repr(run.data) == "Data(as_of=2023-06-30, tables=1, rows=1, set_aside_rows=0)"
    assert len(repr(run.settings)) < 300
    with i18n.speaking("ja"):
        assert "1テーブル、1行" in run._repr_html_()


def test_the_largest_tables_stand_first_and_the_rest_is_hinted_at():
    data = Data(date(2023, 6, 30), rows={"churns": 18, "usage": 157_000, "customers": 500})
    assert data.in_short(2) == "3 tables, 157,518 rows: usage 157,000, customers 500, …"
    assert data.in_short().endswith("churns 18")


def test_a_run_as_in_the_defaults_says_so_and_one_far_from_them_counts(data_of):
    assert ">none<" in _run(data_of)._repr_html_()
    targets = {name: {"value": 0.5} for name in [*definitions()][:10]}
    html = _run(data_of, report={"title": "word" * 20}, targets=targets)._repr_html_()
    assert "report.title;" in html and "wordword" not in html
    assert f"targets.{next(iter(targets))}" in html and "{}" not in html and "3 more settings are changed." in html


@pytest.mark.parametrize("text", ["env:LAKE_URL", "env:LAKE_PASSWORD", "file:/run/key", "s3://bucket", "How we did"])
def test_no_place_of_a_secret_is_shown_where_a_run_or_its_settings_are(data_of, text):
    run = _run(
        data_of,
        sources={"lake": {"url": "env:LAKE_URL", "password": "env:LAKE_PASSWORD"}},
        output={"to": "s3://bucket", "options": {"secret": "file:/run/key"}},
        commentary={"summary": "How we did"},
    )
    shown = (run._repr_html_(), repr(run), run.settings._repr_html_(), repr(run.settings), run.data._repr_html_())
    assert not any(text in one for one in shown)
    assert all(place in shown[0] for place in ("sources.lake", "output.options", "commentary.summary"))
