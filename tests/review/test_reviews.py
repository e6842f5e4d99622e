"""Many reviews in one go: the same as papermill would make, none twice, one that fails alone, and nothing of others."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from html import unescape
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from typer.testing import CliRunner

from cskit import i18n
from cskit.cli import app
from cskit.data import open_data
from cskit.errors import CskitError, SettingsError
from cskit.params import load, resolve
from cskit.report import warm
from cskit.report.outputs import scrub
from cskit.report.reviews import Review, make_reviews
from cskit.review import chosen, study, words
from cskit.run import Run
from tests.conftest import ROOT, project_in

WHO = ("C00093", "C00012", "C00221", "C00439")


@pytest.fixture(scope="module")
def project(tmp_path_factory, demo):
    return project_in(tmp_path_factory.mktemp("reviews"), demo)


def _opened(project: Path, *overrides: str):
    params = load("2023Q2", data=str(project / "data/demo"), root=project, overrides=overrides)
    return params, open_data(params.data, params.settings, params.period.end, project)


def _make(project: Path, out: Path, who=WHO, langs=("en", "ja"), overrides=(), **rest):
    params, data = _opened(project, *overrides)
    return make_reviews(params, project, out, chosen(data, who), list(langs), data, **rest)


@pytest.fixture(scope="module")
def made(project):
    """Four customers' reviews in both languages."""
    out = project / "reviews"
    done = _make(project, out)
    assert [one.error for one in done] == [""] * 8
    return out / "2023Q2"


@pytest.mark.slow
def test_the_notebook_is_the_one_papermill_makes(made, project, tmp_path):
    settings = "{review: {customer: C00093}}"
    words_ = ["-p", "period", "2023Q2", "-p", "compare_to", "2022Q4", "-p", "lang", "en", "-y", f"settings: {settings}"]
    data = ["-p", "data", str(project / "data/demo")]
    book = project / "notebooks/10_customer_review.ipynb"
    told = [sys.executable, "-m", "papermill", str(book), str(tmp_path / "out.ipynb"), *words_, *data]
    subprocess.run([*told, "--no-progress-bar"], cwd=project, check=True, capture_output=True)
    theirs = scrub(nbformat.read(tmp_path / "out.ipynb", as_version=4), book)
    ours = nbformat.read(made / "notebooks/en/C00093.ipynb", as_version=4)
    shown = [
        [cell.get("outputs") for cell in nb.cells if "analyst" not in cell.metadata.get("tags", [])]
        for nb in (ours, theirs)
    ]
    assert len(shown[0]) > 20
    assert shown[0] == shown[1]


def test_reviews_that_are_there_are_kept_and_what_was_lost_is_made_again(made, project):
    before = (made / "internal/en/C00012.html").stat().st_mtime_ns
    (made / "customer/ja/C00221.html").unlink()
    done = _make(project, made.parent)
    assert sum(not one.kept for one in done) == 1
    assert (made / "customer/ja/C00221.html").is_file()
    assert (made / "internal/en/C00012.html").stat().st_mtime_ns == before


def test_one_that_fails_says_so_and_stops_no_other(project, tmp_path):
    own = tmp_path / "project"
    shutil.copytree(project, own, ignore=shutil.ignore_patterns("reviews"))
    path = own / "notebooks/10_customer_review.ipynb"
    nb = nbformat.read(path, as_version=4)
    place = next(k for k, cell in enumerate(nb.cells) if cell.source == "words.headline(review)")
    trap = 'import os\nif review.own.customer == "C00012":\n    raise ValueError("no such thing")\n'
    trap += 'if review.own.customer == "C00093":\n    os.kill(os.getpid(), 9)'
    nb.cells.insert(place, nbformat.v4.new_code_cell(trap, metadata={"tags": ["internal"]}))
    nbformat.write(nb, path)
    done = {one.review.customer: one.error for one in _make(own, tmp_path / "out", langs=("en",))}
    assert done["C00221"] == done["C00439"] == ""
    assert done["C00012"] == "ValueError: no such thing"
    assert done["C00093"] == "its process was ended"
    index = (tmp_path / "out/2023Q2/index.html").read_text(encoding="utf-8")
    assert index.count("could not be made") == 3 and 'href="internal/en/C00221.html"' in index
    assert not (tmp_path / "out/2023Q2/internal/en/C00012.html").exists()


def test_one_that_takes_too_long_or_too_much_is_ended_and_its_earlier_pages_are_taken_away(project, tmp_path):
    own = tmp_path / "project"
    shutil.copytree(project, own, ignore=shutil.ignore_patterns("reviews"))
    path = own / "notebooks/10_customer_review.ipynb"
    nb = nbformat.read(path, as_version=4)
    trap = 'import time\nif review.own.customer == "C00093":\n    time.sleep(60)\n'
    trap += 'if review.own.customer == "C00221":\n    held = b"1" * 900_000_000\n    time.sleep(5)\n'
    nb.cells[4].source = trap + nb.cells[4].source
    nbformat.write(nb, path)
    earlier = tmp_path / "out/2023Q2/customer/en/C00093.html"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("of the quarter before", encoding="utf-8")
    (tmp_path / "out/2023Q2/reviews.json").write_text("[]", encoding="utf-8")
    found = _make(own, tmp_path / "out", WHO[:3], ("en",), ["limits.minutes=0.15", "limits.megabytes=800"])
    done = {one.review.customer: one.error for one in found}
    assert done == {
        "C00012": "",
        "C00093": "it took longer than 0.15 minutes",
        "C00221": "it took more than 800 MB of memory",
    }
    assert not earlier.exists()


def test_nothing_that_is_not_ours_is_written_over(project, tmp_path):
    """A pack of reports above all: its index has the same name."""
    for place in ("reports", "linked", "within"):
        (tmp_path / place).mkdir()
    (tmp_path / "reports/2023Q2").mkdir()
    (tmp_path / "reports/2023Q2/index.html").write_text("the pack", encoding="utf-8")
    (tmp_path / "linked/2023Q2").symlink_to(tmp_path / "reports/2023Q2")
    (tmp_path / "within/2023Q2").mkdir()
    (tmp_path / "within/2023Q2/customer").symlink_to(tmp_path / "reports")
    for place, said in (("reports", "was not made by cskit review"), ("linked", "is a link"), ("within", "is a link")):
        with pytest.raises(CskitError, match=said):
            _make(project, tmp_path / place, WHO[:1])
    assert [path.read_text() for path in tmp_path.rglob("*.*ml")] == ["the pack"]


def test_an_empty_name_is_not_everybody(project, monkeypatch):
    monkeypatch.chdir(project)
    for words_ in (["--customer", ""], ["--customer", ","], ["--owner", ""]):
        with pytest.raises(CskitError, match="Whose review"):
            CliRunner().invoke(app, ["review", "2023Q2", *words_], catch_exceptions=False)


@pytest.mark.skipif(not warm.available(), reason="nothing is forked here")
def test_an_interrupt_ends_everything_at_once_whatever_hangs(project, tmp_path):
    own = tmp_path / "project"
    shutil.copytree(project, own, ignore=shutil.ignore_patterns("reviews"))
    path = own / "notebooks/10_customer_review.ipynb"
    nb = nbformat.read(path, as_version=4)
    hang = f"import os, pathlib, time\nif review.own.customer != {WHO[1]!r}:\n"
    hang += f"    pathlib.Path({str(tmp_path)!r}, f'{{os.getpid()}}.hangs').touch()\n    time.sleep(600)\n"
    nb.cells[4].source = hang + nb.cells[4].source
    nbformat.write(nb, path)
    told = [sys.executable, "-m", "cskit", "review", "2023Q2", "--customer", ",".join(WHO), "--lang", "en"]
    with subprocess.Popen([*told, "--out", str(tmp_path / "out")], cwd=own, stderr=subprocess.PIPE, text=True) as run:
        while run.poll() is None and not (hanging := list(tmp_path.glob("*.hangs"))):
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        assert "Interrupted" in run.communicate(timeout=20)[1]
    assert run.returncode == 130
    for _try in range(100):
        if not any(Path("/proc", one.stem).exists() for one in hanging):
            return
        time.sleep(0.05)
    pytest.fail("a review still runs")


def test_a_secret_of_where_reports_are_sent_is_not_within_a_reviews_reach(project, tmp_path):
    own = tmp_path / "project"
    shutil.copytree(project, own, ignore=shutil.ignore_patterns("reviews"))
    path = own / "notebooks/10_customer_review.ipynb"
    nb = nbformat.read(path, as_version=4)
    look = "import os\nfrom cskit.show import Finding\n"
    look += 'Finding("env: " + os.environ.get("BUCKET_SECRET", "none") + os.environ["SEEN"])'
    nb.cells.append(nbformat.v4.new_code_cell(look, metadata={"tags": ["internal"]}))
    nbformat.write(nb, path)
    told = [sys.executable, "-m", "cskit", "review", "2023Q2", "--customer", ",".join(WHO[:2]), "--force"]
    given = os.environ | {"BUCKET_SECRET": "planted-secret", "SEEN": " by all"}
    secret = ["--set", "output.options={secret: 'env:BUCKET_SECRET'}"]
    for words_, said in (([], "env: planted-secret by all"), (secret, "env: none by all")):
        subprocess.run(
            [*told, "--out", str(tmp_path / "out"), *words_], cwd=own, check=True, env=given, capture_output=True
        )
        pages = list((tmp_path / "out/2023Q2/internal/en").glob("*.html"))
        assert len(pages) == 2 and all(said in page.read_text(encoding="utf-8") for page in pages)


def test_a_customers_name_and_identifier_are_no_path():
    assert Review("C1", "", "", "en").file == "C1"
    assert len({Review(key, "", "", "en").file.casefold() for key in ("C1", "c1", "aB", "Ab")}) == 4
    names = {Review(key, "", "", "en").file for key in ("a/b", "a_b", "../a_b", "..", "a b")}
    assert len(names) == 5 and not any("/" in name or name.startswith(".") for name in names)


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


def test_what_the_customer_gets_holds_no_score_no_money_no_note_and_nobody_elses_name(project, tmp_path):
    """Planted in the data: other customers' names in what was agreed, in a topic, a goal; notes; and what is known of it."""
    own = tmp_path / "project"
    shutil.copytree(project, own, ignore=shutil.ignore_patterns("reviews"))
    data = own / "data/demo"
    customers = pd.read_csv(data / "customers.csv", dtype=str)
    names = customers.set_index("customer_id")["name"]
    other = names["C00012"]
    touch = pd.read_csv(data / "touchpoints.csv", dtype=str)
    mine = touch.index[(touch["customer_id"] == "C00093") & (touch["on"] > "2023-01-01") & (touch["mass"] != "true")]
    touch.loc[mine, "note"] = "SECRET NOTE"
    touch.loc[mine[-1], "agreed"] = f"as {other} does"
    touch.loc[mine[-2], "agreed"] = "PROMISE KEPT"
    touch.to_csv(data / "touchpoints.csv", index=False)
    topics = pd.read_csv(data / "topics.csv", dtype=str)
    topics.loc[len(topics)] = {"topic_id": "W9", "on": "2023-06-01", "kind": "success_story", "title": f"{other} STORY"}
    topics.to_csv(data / "topics.csv", index=False)
    goals = pd.read_csv(data / "goals.csv", dtype=str)
    goals.loc[goals["customer_id"] == "C00093", "goal"] = f"beat {other}"
    goals.to_csv(data / "goals.csv", index=False)
    _make(own, tmp_path / "out", ("C00093",))
    for lang in ("en", "ja"):
        page = _text((tmp_path / f"out/2023Q2/customer/{lang}/C00093.html").read_text(encoding="utf-8"))
        team = _text((tmp_path / f"out/2023Q2/internal/{lang}/C00093.html").read_text(encoding="utf-8"))
        strangers = [
            name for key, name in names.items() if key != "C00093" and len(str(name)) > 2 and str(name) in page
        ]
        assert strangers == []
        assert "PROMISE KEPT" in page and "SECRET NOTE" not in page and "SECRET NOTE" in team
        people = pd.read_csv(data / "csms.csv", dtype=str)["name"].dropna()
        assert not [name for name in people if name in page]
        with i18n.speaking(lang):
            inner = [i18n.term(code) for code in ("caution", "action", "sound", "detractor")]
            params, opened = _opened(own)
            told = resolve({**params.injected(), "settings": {"review": {"customer": "C00093"}}}, root=own)
            found = study(Run(told, opened))
            hidden = [words.health(found).text, *words.proposals(found).frame.iloc[:, 0]]
        assert not [word for word in (*hidden, "ARR", "NPS") if word in page], (lang, inner)
        assert words.health(found).text and all(text in team for text in hidden[1:])


@pytest.mark.parametrize(
    "told",
    [
        "as grandmaple works inc. has",
        "as GRANDMAPLE  Works, Inc. has",
        "as Grandmaple\u00a0Works\u200b Inc.の例",
        "as KAME 商事株式会社 does",
        "before Gone Bakery left",
        "as Aster does",
    ],
)
def test_another_customer_is_left_out_however_its_name_is_written_and_wherever_it_stands(data_of, told):
    """It may be one that left, or have a name that is a part of the reader's own."""
    tables = {
        "customers": "customer_id,name,contracted_on,churned_on\nA,Aster Tokyo,2022-01-01,\nB,Aster,2022-01-01,\n"
        "C,Grandmaple Works Inc.,2022-01-01,\nD,ＫＡＭＥ商事株式会社,2022-01-01,\nE,Gone Bakery,2021-01-01,2022-06-01",
        "goals": f'goal_id,customer_id,goal,baseline,target,unit,agreed_on\n1,A,grow,1,2,"{told}",2023-01-01\n'
        f'2,A,"{told}",1,2,pcs,2023-01-01',
        "touchpoints": f'touchpoint_id,customer_id,on,agreed\n1,A,2023-05-01,"{told}"\n'
        "2,A,2023-05-02,Aster Tokyo sends figures",
        "tickets": f'ticket_id,customer_id,category,opened_at\n1,A,"{told}",2023-05-01 10:00',
        "requests": f'request_id,customer_id,on,category,status\n1,A,2023-05-01,"{told}","{told}"',
        "topics": f'topic_id,on,kind,title\n1,2023-05-01,feature,"{told}"\n2,2023-05-02,feature,a disaster plan',
    }
    params = resolve({"period": "2023Q2", "settings": {"review": {"customer": "A"}}}, root=ROOT)
    found = study(Run(params, data_of(date(2023, 6, 30), **tables)))
    says = (words.goal_rows, words.agreed, words.inquiries, words.wishes, words.news)
    page = " ".join(unescape(say(found)._repr_mimebundle_()["text/html"]) for say in says)
    assert told not in page
    assert all(text in page for text in ("grow", "2 pcs", "Aster Tokyo sends figures", "a disaster plan"))


def test_the_index_leads_to_every_review_by_who_is_in_charge(made):
    text = (made / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="((?:internal|customer)/[^"]+)"', text)
    assert len(links) == 8 and all((made / link).is_file() for link in links)
    assert "4 reviews, for the team and for customers." in text
    assert "レビュー4件" in (made / "index.ja.html").read_text(encoding="utf-8")


def test_who_is_no_customer_or_in_charge_of_nobody_is_refused_by_name(project):
    _params, data = _opened(project)
    with pytest.raises(SettingsError, match=r"C0093 is no customer on 2023-06-30\. Did you mean C"):
        chosen(data, ["C0093"])
    with pytest.raises(SettingsError, match="M077 is in charge of nobody"):
        chosen(data, (), "M077")
    whose = chosen(data, (), "M008")
    assert whose and len({owner for _key, _name, owner in whose}) == 1


@pytest.mark.slow
def test_where_nothing_is_forked_the_pages_are_the_same(made, project, tmp_path, monkeypatch):
    monkeypatch.setenv(warm.COLD, "1")
    done = _make(project, tmp_path / "cold", WHO[:1], ("en",))
    assert [one.error for one in done] == [""]
    for audience in ("internal", "customer"):
        cold, forked = (
            re.sub(r"<p class=.made.>.*?</p>", "", (place / audience / "en/C00093.html").read_text(encoding="utf-8"))
            for place in (tmp_path / "cold/2023Q2", made)
        )
        assert cold == forked


def test_an_agenda_adds_up_and_gives_no_time_to_what_is_not_there(data_of):
    params = resolve({"period": "2023Q2", "settings": {"review": {"customer": "A"}}}, root=ROOT)
    goal = "goal_id,customer_id,goal,agreed_on\n1,A,grow,2023-01-01"
    run = Run(params, data_of(date(2023, 6, 30), customers="customer_id,contracted_on\nA,2022-01-01", goals=goal))
    frame = words.agenda(study(run)).frame
    assert frame["Time, minutes"].sum() == 90 and len(frame) == 2  # goals, and what comes next
    assert frame["Time, minutes"].tolist() == [60, 30]


def test_a_customer_of_whom_nothing_else_is_known_has_a_review_all_the_same(data_of):
    params = resolve({"period": "2023Q2", "settings": {"review": {"customer": "A"}}}, root=ROOT)
    found = study(Run(params, data_of(date(2023, 6, 30), customers="customer_id,contracted_on\nA,2022-01-01")))
    for say in (getattr(words, name) for name in words.__all__):
        assert say(found)._repr_mimebundle_()["text/html"] is not None


def test_the_hand_over_sheet_is_there_while_the_person_in_charge_is_new(data_of):
    tables = {
        "customers": "customer_id,contracted_on\nA,2022-01-01\nB,2022-01-01",
        "csms": "csm_id,name\nM1,Aoki\nM2,Baba",
        "assignments": "customer_id,csm_id,role,from_on,to_on\nA,M1,relations,2022-01-01,2023-03-30\n"
        "A,M2,relations,2023-03-30,\nB,M1,relations,2022-01-01,2023-03-29\nB,M2,relations,2023-03-29,",
        "goals": "goal_id,customer_id,goal,agreed_on,achieved_on\n1,A,grow,2023-01-01,\n2,A,save,2022-01-01,2022-12-01",
        "touchpoints": "touchpoint_id,customer_id,on,agreed\n1,A,2023-05-01,send figures\n2,A,2023-06-01,send figures",
    }
    sheets = {}
    for customer in ("A", "B"):
        params = resolve({"period": "2023Q2", "settings": {"review": {"customer": customer}}}, root=ROOT)
        sheets[customer] = words.hand_over(study(Run(params, data_of(date(2023, 6, 30), **tables))))
    told = dict(sheets["A"].frame.itertuples(index=False))  # 92 days ago
    assert told["From, to"] == "Aoki → Baba" and told["First contact due by"] == "13 April 2023; not made yet, and late"
    assert told["Goals"] == "grow" and told["What was promised"] == "send figures"
    assert "has not changed" in sheets["B"].text  # 93 days ago


@pytest.mark.parametrize(
    ("met", "said"),
    [
        ("1,A,2023-06-01,M1", "14 June 2023"),  # by who handed over; and there are days left
        ("1,A,2023-05-30,M2", "14 June 2023"),  # the day before it was handed over
        ("1,A,2023-05-31,M2\n2,A,2023-06-09,M2", "14 June 2023; made on 31 May 2023"),
    ],
)
def test_the_hand_over_sheet_says_whether_who_took_over_has_been_in_touch(data_of, met, said):
    tables = {
        "customers": "customer_id,contracted_on\nA,2022-01-01",
        "assignments": "customer_id,csm_id,role,from_on,to_on\nA,M1,relations,2022-01-01,2023-05-31\n"
        "A,M2,relations,2023-05-31,",
        "touchpoints": f"touchpoint_id,customer_id,on,csm_id\n{met}",
    }
    params = resolve({"period": "2023-05", "settings": {"review": {"customer": "A"}}}, root=ROOT)
    sheet = words.hand_over(study(Run(params, data_of(date(2023, 6, 10), **tables))))
    assert dict(sheet.frame.itertuples(index=False))["First contact due by"] == said


def test_a_goal_keeps_its_name_and_a_person_who_left_is_no_churn_in_japanese(data_of):
    tables = {
        "customers": "customer_id,contracted_on\nA,2022-01-01",
        "goals": "goal_id,customer_id,goal,baseline,target,current,unit,agreed_on\n1,A,電話を減らす,90,30,60,件,2023-01-01",
        "contacts": "contact_id,customer_id,role,from_on,to_on\nU1,A,admin,2022-01-01,2023-05-05",
    }
    params = resolve({"period": "2023Q2", "settings": {"review": {"customer": "A"}}}, root=ROOT)
    found = study(Run(params, data_of(date(2023, 6, 30), **tables)))
    with i18n.speaking("ja"):
        assert words.goal_rows(found).written.iloc[0, :5].tolist() == ["電話を減らす", "90 件", "60 件", "30 件", "50%"]
        assert words.people(found).frame.iloc[0, 2] == "離任"
