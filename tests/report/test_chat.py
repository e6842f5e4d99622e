"""The pack as a chat shows it."""

import re
from dataclasses import replace

import pytest

from cskit import i18n
from cskit.metrics import metric
from cskit.params import Params
from cskit.report.chat import plain, summary_text
from cskit.report.outputs import Finding
from cskit.report.pages import Pack
from tests.report.test_index import NOW, entry

METRICS = {
    one.name: one.as_json()
    for one in (
        metric("nps.score", 6.4, "estimated", low=-12.5, high=24.5, before=4.1, change_low=-22.7, change_high=27.0),
        metric("nps.company_response", 0.824, "counted", before=0.85, versus="2023-01-01/2023-03-31"),
        metric("nps.respondent_response", 0.457, "counted"),
        metric("nps.change", None, "estimated"),
    )
}
KEYS = ("nps.score", "nps.company_response", "nps.respondent_response", "nps.change")
LEAD = Finding("ok", "", "What do we decide?", "ARR is up.", KEYS, METRICS, decisions=("Call <A>.", "Add 2 people."))
NPS = entry("nps_comparison", Finding("ok", "", "Would they recommend us?", "NPS is +6.4."))


def lines(pack: Pack, lead: Finding | None = LEAD, *others) -> list[str]:
    entries = [entry("summary", lead)] if lead else []
    return summary_text(pack, [*entries, *(others or (NPS,))]).splitlines()


def test_the_verdict_stands_under_the_title_and_period(pack: Pack):
    assert lines(pack)[:3] == ["# Customer success · Apr–Jun 2023 (FY2023 Q1) (final)", "", "**ARR is up.**"]


def test_key_figures_have_their_interval_and_their_change_where_it_can_be_told(pack: Pack):
    assert lines(pack)[4:8] == [
        "- NPS: +6.4 (−12.5 to +24.5); since before: cannot tell",
        "- Company response rate: 82.4 %; since Jan–Mar 2023: −2.6 pp",
        "- Respondent response rate: 45.7 %",
        "- Change of NPS: –",
    ]


def test_a_key_figure_that_no_wing_defines_is_left_out(pack: Pack):
    lead = replace(LEAD, keys=("nps.score", "nobody.knows", "nps.not_stated"))
    assert [line for line in lines(pack, lead) if line.startswith("- ")][:2] == [lines(pack)[4], lines(pack)[-3]]


def test_decisions_are_numbered_in_their_order(pack: Pack):
    text = "\n".join(lines(pack))
    assert "**What should we decide now?**\n\n1. Call &lt;A&gt;.\n2. Add 2 people.\n" in text
    assert "What should we decide" not in "\n".join(lines(pack, replace(LEAD, decisions=())))


def test_every_other_report_has_a_line_that_leads_to_it(pack: Pack):
    other = entry("workload_model", Finding("ok", "", "Do hours suffice?", "They do."))
    assert lines(pack, LEAD, NPS, other)[-4:] == [
        "- [Would they recommend us?](nps\\_comparison.html): NPS is +6.4.".replace("\\_", "_"),
        "- [Do hours suffice?](workload_model.html): They do.",
        "",
        "[All reports](index.html)",
    ]


def test_what_failed_and_what_the_data_lack_is_said_without_its_numbers(pack: Pack):
    failed = entry(
        "nps_comparison",
        Finding("failed", "ValueError: row 7", "Would they recommend us?", "NPS is +6.4.", trouble="cell"),
    )
    absent = entry(
        "workload_model", Finding("not available", "time_logs did not come", "Do hours suffice?", "They do.")
    )
    assert lines(pack, LEAD, failed, absent)[-4:-2] == [
        "- [Would they recommend us?](nps_comparison.html): This report could not be made. A cell of the notebook failed.",
        "- [Do hours suffice?](workload_model.html): Not available from this data",
    ]


@pytest.mark.parametrize("status", ["failed", "not available"])
def test_a_summary_that_was_not_made_states_nothing(pack: Pack, status: str):
    text = "\n".join(lines(pack, replace(LEAD, status=status, message="row 7")))
    for word in ("ARR is up.", "+6.4 (", "Call", "row 7"):
        assert word not in text
    assert "NPS is +6.4." in text and text.startswith("# Customer success")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("failed", "This report could not be made. It could not be run to its end."),
        ("not available", "Not available from this data"),
    ],
)
def test_a_summary_that_was_not_made_is_said(pack: Pack, status: str, said: str):
    assert f"[What do we decide?](summary.html): {said}" in "\n".join(lines(pack, replace(LEAD, status=status)))


def test_a_pack_without_a_summary_has_its_lines_alone(pack: Pack):
    assert lines(pack, None) == [
        "# Customer success · Apr–Jun 2023 (FY2023 Q1) (final)",
        "",
        "- [Would they recommend us?](nps_comparison.html): NPS is +6.4.",
        "",
        "[All reports](index.html)",
    ]


EVIL = ("[x](https://evil.example)", "![x](https://evil.example/p.png)", "**bold**", "`code`", "<img src=x onerror=y>", "# head", "a | b", "~~no~~", "<!channel>",
        "\\*", "line\n# two\n\n- three", "&lt;b&gt;", "*_[]`#|~\\")  # fmt: skip


def as_read(text: str) -> str:
    """What a chat shows of text that holds no markup: escapes read once."""
    bare = re.sub(r"\\([\\`*_\[\]#|~])|[`*_\[\]#|~]", lambda found: found[1] or "MARKUP", text)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.mark.parametrize("evil", EVIL)
def test_what_looks_like_markup_is_text_on_one_line(evil: str):
    assert "\n" not in plain(evil) and "<" not in plain(evil)
    assert as_read(plain(evil)) == " ".join(evil.split())


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_verdicts_questions_decisions_and_titles_stay_on_their_line(pack: Pack, evil: str):
    lead = replace(LEAD, verdict=evil, decisions=(evil, "Add 2 people."))
    other = entry("nps", Finding("ok", "", evil, evil))
    clean = len(lines(pack, replace(LEAD, decisions=("x", "Add 2 people."))))
    found = lines(replace(pack, title=evil), lead, other)
    assert len(found) == clean
    assert found[0] == f"# {plain(evil)} · Apr–Jun 2023 (FY2023 Q1) (final)" and found[2] == f"**{plain(evil)}**"
    assert f"1. {plain(evil)}" in found and found[-3] == f"- [{plain(evil)}](nps.html): {plain(evil)}"


@pytest.mark.parametrize("evil", ["- a list", "+ a list", "1. first", "> quoted", "1) first"])
def test_a_decision_that_begins_like_a_list_begins_none(pack: Pack, evil: str):
    (line,) = [line for line in lines(pack, replace(LEAD, decisions=(evil,))) if line.startswith("1. ")]
    assert not re.match(r"1\. ([-+>]|\d+[.)]) ", line)


def test_a_japanese_pack_speaks_japanese(params: Params):
    with i18n.speaking("ja"):
        text = summary_text(Pack.of(params, ("en", "ja"), NOW), [_ja(entry("summary", LEAD)), _ja(NPS)])
    for word in ("2023年4〜6月", "82.4%", "**ARR is up.**", "NPS is +6.4."):
        assert word in text
    for english in ("What should we decide", "All reports", "cannot tell", "since", "Company response", "final"):
        assert english not in text


def _ja(one):
    return replace(one, findings={"ja": one.first})
