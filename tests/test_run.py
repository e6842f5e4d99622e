"""Where every notebook begins: what is refused, what every page says first."""

import pytest

from cskit.errors import SettingsError
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
