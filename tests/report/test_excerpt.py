"""Another place gets the part of the audiences that the settings name, and no page there leads to what is not there."""

import json
import posixpath
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import fsspec
import pandas as pd
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from nbformat.v4 import new_code_cell, new_output

from cskit import cli
from cskit.errors import CskitError, SettingsError
from cskit.metrics import metric
from cskit.params import load, settings_with
from cskit.report import pack as packing
from cskit.report.audience import AUDIENCES, Audience
from cskit.report.excerpt import without_dead_ends
from cskit.report.execute import Job, Made
from cskit.report.pack import make_pack
from cskit.report.send import send
from cskit.report.unchanged import nothing_to_do
from cskit.report.verify import verify
from cskit.rows import Rows
from cskit.show import Headline

CHOICES: list[tuple[Audience, ...]] = [
    ("leadership",),
    ("csm",),
    ("internal",),
    ("leadership", "csm"),
    ("internal", "csm"),
    AUDIENCES,
]
WORDS = {"internal": "Inkwell", "csm": "Cassowary"}


@pytest.fixture
def run(project, executed, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a period's pack in two languages whose one report speaks to leadership, the team and CSMs."""

    def pretend(jobs: list[Job], *_rest: object) -> Iterator[Made]:
        for job in jobs:
            nb = executed(Headline("NPS stands.", ("nps.score",), (metric("nps.score", 6.4, "estimated"),)))
            for tag, word in WORDS.items():
                frame = pd.DataFrame({"x": [f"{word} <a href='../../{tag}'>"]})
                shown = Rows(frame, word, export="actions" if tag == "csm" else "hours")
                output = new_output("execute_result", data=shown._repr_mimebundle_())
                nb.cells.append(new_code_cell("x", metadata={"tags": [tag]}, outputs=[output]))
            yield Made(job, 1.0, nb=nb)

    monkeypatch.setattr(packing, "execute_all", pretend)
    root = project(summary=[], nps=[])

    def made(period: str = "2023Q2", **options: object) -> Path:
        return make_pack(load(period, root=root), root, root / "reports", langs=["ja", "en"], **options).shown

    return made


@pytest.fixture(params=["memory", "file"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"memory://{tmp_path.name}-e/reports" if request.param == "memory" else f"file://{tmp_path}/share/reports"


def there(place: str) -> dict[str, bytes]:
    """Everything at a place."""
    files, base = fsspec.core.url_to_fs(place)
    base = base.rstrip("/")
    found = files.find(base) if files.exists(base) else []
    return {path.removeprefix(base).lstrip("/"): files.cat_file(path) for path in found}


def dead_ends(found: dict[str, bytes]) -> list[str]:
    """Links of pages that lead to no file at the place."""
    return [
        f"{page}: {href}"
        for page, content in found.items()
        if page.endswith(".html")
        for href in re.findall(r'href="([^"#]+)', content.decode())
        if not href.startswith("data:")
        and posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(href))) not in found
    ]


def meant_for(name: str, audiences: tuple[Audience, ...]) -> bool:
    """As the decision on four audiences has it, said anew."""
    for who in ("internal", "csm", "customer"):
        if name.startswith(f"{who}/"):
            return who in audiences
    beside = {"actions.xlsx": {"csm", "internal"}, "metrics.json": {"internal"}, "manifest.json": {"internal"}}
    return "leadership" in audiences or bool(beside.get(name, set()) & set(audiences))


@pytest.mark.parametrize("audiences", CHOICES, ids=",".join)
def test_each_place_has_the_files_of_those_it_is_for_and_no_dead_end(run, place: str, audiences: tuple[Audience, ...]):
    shown = run()
    sent = send(shown, place, {}, audiences)
    within = {path.relative_to(shown).as_posix() for path in shown.rglob("*") if path.is_file()}
    assert {"actions.xlsx", "csm/ja/index.html", "internal/hours.csv", "internal/en/index.html"} < within
    found = there(place)
    own = {name.removeprefix("2023Q2/") for name in found if name.startswith("2023Q2/")}
    assert own == {name for name in within if meant_for(name, audiences)}
    tops = {"index.html", "index.en.html", "index.ja.html"}
    assert set(found) - {f"2023Q2/{name}" for name in own} == (tops if "leadership" in audiences else set())
    assert dead_ends(found) == []
    assert sent.address.removeprefix(f"{place}/") in found
    assert sent.held_back == tuple(
        who for who in ("leadership", "internal", "csm") if who not in audiences and audiences != AUDIENCES
    )
    for who, word in WORDS.items():
        assert who in audiences or not [
            name for name, content in found.items() if word.encode() in content and "/notebooks/" not in name
        ]


def test_where_to_begin_is_the_nearest_page_in_the_first_language(run, place: str):
    shown = run()
    assert send(shown, place, {}, ("csm", "leadership")).address == f"{place}/2023Q2/index.html"
    assert send(shown, place, {}, ("csm",)).address == f"{place}/2023Q2/csm/ja/index.html"


def test_leaderships_index_names_no_folder_that_was_not_sent_and_the_one_at_home_does(run, place: str):
    shown = run()
    home = {path: path.read_bytes() for path in shown.rglob("*") if path.is_file()}
    send(shown, place, {}, ("leadership",))
    found = there(place)
    for page in ("2023Q2/index.html", "2023Q2/en/index.html", "2023Q2/ja/index.html"):
        assert b"internal/" not in found[page] and b"csm/" not in found[page]
        assert b"actions.xlsx</a>" in found[page] and b"metrics.json</a>" in found[page]
    assert b'href="../internal/en/index.html"' in (shown / "en/index.html").read_bytes()
    assert {path: path.read_bytes() for path in home} == home
    assert json.loads(found["2023Q2/manifest.json"])["sent_for"] == ["leadership"]
    assert "sent_for" not in json.loads((shown / "manifest.json").read_text(encoding="utf-8"))


def test_sent_to_everybody_every_file_is_as_it_is(run, place: str):
    shown = run()
    send(shown, place, {}, AUDIENCES)
    found = there(place)
    for path in (path for path in shown.rglob("*") if path.is_file()):
        assert found[f"2023Q2/{path.relative_to(shown).as_posix()}"] == path.read_bytes()
    assert dead_ends(found) == []


def test_what_was_sent_to_somebody_who_is_not_named_any_more_is_taken_away(run, place: str):
    shown = run()
    send(shown, place, {}, AUDIENCES)
    assert "2023Q2/internal/hours.csv" in there(place)
    send(shown, place, {}, ("leadership",))
    assert not [name for name in there(place) if "internal/" in name or "csm/" in name]
    send(shown, place, {}, ("leadership", "csm"))
    assert "2023Q2/csm/en/index.html" in there(place) and dead_ends(there(place)) == []


def test_a_period_that_never_got_there_is_told_of_without_a_way_to_it(run, place: str):
    run("2023Q1")
    shown = run()
    assert 'href="2023Q1/' in (shown.parent / "index.html").read_text(encoding="utf-8")
    send(shown, place, {}, ("leadership",))
    found = there(place)
    assert "2023年1〜3月".encode() in found["index.html"] and b"2023Q1/" not in found["index.html"]
    assert b'rel="prev"' not in found["2023Q2/en/nps.html"] and dead_ends(found) == []
    send(shown.with_name("2023Q1"), place, {}, ("leadership",))
    send(shown, place, {}, ("leadership",))
    found = there(place)
    assert b'href="../../2023Q1/en/nps.html"' in found["2023Q2/en/nps.html"]
    assert b'href="2023Q1/ja/index.html"' in found["index.html"] and dead_ends(found) == []


def test_where_a_run_holds_nothing_for_those_named_nothing_is_sent_or_taken_away(run, place: str):
    shown = run()
    send(shown, place, {}, ("csm",))
    before = there(place)
    with pytest.raises(CskitError, match="2023Q2 holds nothing for customer"):
        send(shown, place, {}, ("customer",))
    assert there(place) == before
    assert send(shown, place, {}, ("customer", "leadership")).held_back == ("internal", "csm")


class Failing(MemoryFileSystem):
    """A store that takes so many files and no more."""

    protocol = "failing"
    store: dict = {}  # noqa: RUF012 - as the parent has it
    left = 0
    put: list[str] = []  # noqa: RUF012 - what it was given, in this order

    def pipe_file(self, path: str, value: bytes, *rest: object, **more: object) -> None:
        self._count(path)
        super().pipe_file(path, value, *rest, **more)

    def put_file(self, lpath: str, rpath: str, *rest: object, **more: object) -> None:
        self._count(rpath)
        super().put_file(lpath, rpath, *rest, **more)

    @classmethod
    def _count(cls, path: str) -> None:
        cls.put.append(path)
        cls.left -= 1
        if cls.left < 0:
            raise ConnectionError("gone")


def test_what_a_broken_line_left_undone_the_next_run_does(run):
    fsspec.register_implementation("failing", Failing, clobber=True)
    shown, place = run(), "failing://bucket/reports"
    Failing.left = 4
    with pytest.raises(CskitError, match="could not be sent: ConnectionError: gone"):
        send(shown, place, {}, ("leadership",))
    assert len(there(place)) == 4 and "2023Q2/index.html" not in there(place)
    Failing.left, Failing.put = 1000, []
    send(shown, place, {}, ("leadership",))
    run_last, tops = Failing.put[-7:-3], Failing.put[-3:]  # what leads to pages follows them
    assert [name.rpartition("2023Q2/")[2] for name in run_last] == [
        "en/index.html",
        "ja/index.html",
        "index.html",
        "manifest.json",
    ]
    assert [name.rpartition("/")[2] for name in tops] == ["index.en.html", "index.html", "index.ja.html"]
    assert {"index.html", "2023Q2/index.html", "2023Q2/manifest.json"} < set(there(place))
    assert not [name for name in there(place) if "internal" in name] and dead_ends(there(place)) == []


COUNTED = """
from cskit.run import start
from cskit.metrics import metric
from cskit.rows import Rows
from cskit.show import Headline
run = start(period, compare_to, data, lang, settings)
who = run.data.table("customers").order_by("customer_id").to_pandas()
Headline(" ".join(who.customer_id), ("health.at_risk",), (metric("health.at_risk", len(who), "counted"),), run.notes)
""".strip()


@pytest.fixture
def real(project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose notebook is run, with data; the working folder."""
    made = project(summary=[COUNTED, 'tag csm: Rows(who[["customer_id"]], "Whom to call", export="actions")'])
    (made / "data/toy").mkdir(parents=True)
    customers = "customer_id,segment,contracted_on\nA,small,2023-04-03\nB,mid,2023-04-03\n"
    (made / "data/toy/customers.csv").write_text(customers, encoding="utf-8")
    monkeypatch.chdir(made)
    return made


Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Said:
    """Runs ``cskit``: exit code, stdout, stderr."""

    def say(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cskit", *words])
        try:
            cli.main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        return (code, *capfd.readouterr())

    return say


def test_a_run_sends_leadership_its_part_and_says_what_it_keeps_back(real: Path, said: Said, tmp_path: Path):
    to = f"file://{tmp_path}/share"
    words = ("run", "2023Q2", "--data", "data/toy", "--lang", "en,ja", f"--set=output.to={to}")
    code, out, err = said(*words)
    assert code == 0 and out.splitlines()[-1] == f"{to}/2023Q2/index.html"
    assert "Sent to leadership; kept back: internal, csm (output.audiences)." in err
    assert not list((tmp_path / "share").rglob("internal")) and dead_ends(there(to)) == []

    # Others are named: nothing is run again, and they get theirs.
    code, out, err = said(*words, "--set=output.audiences=leadership,csm")
    assert code == 0 and out.startswith("Nothing has changed") and "Sent to leadership, csm; kept back: internal" in err
    assert (tmp_path / "share/2023Q2/csm/ja/index.html").is_file() and dead_ends(there(to)) == []
    code, out, err = said(*words, "--set=output.audiences=[csm]")
    assert code == 0 and out.splitlines()[-1] == f"{to}/2023Q2/csm/en/index.html"
    assert not (tmp_path / "share/2023Q2/en").exists() or not list((tmp_path / "share/2023Q2/en").iterdir())
    params = load("2023Q2", data="data/toy", overrides=["output.audiences=[internal]"], root=real)
    assert nothing_to_do(params, real, real / "reports", ["en", "ja"])

    code, _out, err = said(*words, "--set=output.audiences=leaders")
    assert code == 2 and 'output.audiences: found "leaders"' in err and "Did you mean leadership?" in err
    code, out, err = said(*words, "--set=output.audiences=[leadership, internal, csm]")
    assert code == 0 and "kept back" not in err


def test_what_was_sent_can_be_made_again_and_what_is_amiss_there_is_named(real: Path, said: Said, tmp_path: Path):
    to = f"file://{tmp_path}/share"
    code, _out, _err = said("run", "2023Q2", "--data", "data/toy", "--lang", "en,ja", f"--set=output.to={to}")
    assert code == 0
    assert verify(real / "reports/2023Q2", real).lines[-1].endswith("files, all the same.")
    copy = tmp_path / "share/2023Q2"
    found = verify(copy, real)
    assert found.differing == {} and found.files == len([path for path in copy.rglob("*") if path.is_file()])
    (copy / "internal").mkdir()
    (copy / "internal/stranger.csv").write_text("x", encoding="utf-8")
    (copy / "ja/summary.html").unlink()
    text = (copy / "en/index.html").read_text(encoding="utf-8")
    (copy / "en/index.html").write_text(text.replace("metrics.json</a>", "m.json</a>"), encoding="utf-8")
    assert set(verify(copy, real).differing) == {"internal/stranger.csv", "ja/summary.html", "en/index.html"}


def test_of_packs_by_segment_each_is_cut_down_and_can_be_made_again(real: Path, said: Said, tmp_path: Path):
    to = f"file://{tmp_path}/share"
    words = ("run", "2023Q2", "--data", "data/toy", "--each", "segment", f"--set=output.to={to}")
    assert said(*words)[0] == 0
    copy, found = tmp_path / "share/2023Q2-by-segment", there(to)
    assert {"2023Q2-by-segment/index.html", "2023Q2-by-segment/segment=small/en/summary.html"} < set(found)
    assert not [name for name in found if "internal" in name or "csm" in name] and dead_ends(found) == []
    for run in (copy, copy / "segment=small"):
        assert verify(run, real).differing == {}
    code, out, _err = said(*words, "--set=output.audiences=csm")
    assert code == 0 and out.splitlines()[-1] == f"{to}/2023Q2-by-segment/segment=mid/csm/en/index.html"
    own = {name for name in there(to) if name.startswith("2023Q2-by-segment/")}
    assert own == {
        f"2023Q2-by-segment/segment={segment}/{name}"
        for segment in ("mid", "small")
        for name in ("actions.xlsx", "csm/en/index.html")
    }


def test_by_default_it_is_leadership_alone():
    assert settings_with().output.audiences == ["leadership"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (["leaders"], r'output\.audiences: found "leaders"; an audience is one of leadership, internal, csm, customer\. Did you mean leadership\?'),
        (["CSM"], r'found "CSM".*Did you mean csm\?'),
        ("leadership, custmer", r'found "custmer".*Did you mean customer\?'),
        (["team"], r'found "team"; an audience is one of leadership, internal, csm, customer\.$'),
        ([3], 'found "3"'),
        ([], "nobody is named. There are leadership, internal, csm, customer; to send nothing leave output.to empty"),
        (None, "nobody is named"),
        ("", "nobody is named"),
    ],
)  # fmt: skip
def test_a_name_that_is_no_audience_is_refused_with_those_there_are(value: object, told: str):
    with pytest.raises(SettingsError, match=told):
        settings_with({"output": {"audiences": value}})


def test_one_or_several_may_be_named_in_any_way():
    for value in (["csm", "internal", "csm"], "csm,internal", "csm, internal"):
        assert settings_with({"output": {"audiences": value}}).output.audiences == ["csm", "internal"]
    assert settings_with({"output": {"audiences": "customer"}}).output.audiences == ["customer"]


@pytest.mark.parametrize(
    ("html", "cut"),
    [
        ('<a href="https://x.example/gone.html">out</a>', None),
        ('<a href="mailto:a@x.example">mail</a><a href="#top">up</a><a href="">here</a>', None),
        ('<a href="/root/gone.html">root</a><a href="../../../above.html">above</a>', None),
        ('<a class="x" title="a > b" href="gone.html" id="y">a <b>bold</b> word</a>', "a <b>bold</b> word"),
        ('<a href="gone.html?x=1#y">gone</a> <a href="nps.html?x=1#y">nps</a>', 'gone <a href="nps.html?x=1#y">nps</a>'),
        ('<a href="%6eps.html">nps</a>', None),
        ('<a data-href="gone.html">no link</a>', None),
        ('<header class="top"><nav><a rel="prev" href="gone.html">← before</a> <a href="nps.html">on</a></nav></header>',
         '<header class="top"><nav> <a href="nps.html">on</a></nav></header>'),
        ('<ul class="files">\n<li><a href="gone.html">gone</a>: x</li>\n<li><a href="nps.html">nps</a>: y</li>\n</ul><li><a href="gone.html">z</a></li>',
         '<ul class="files">\n<li><a href="nps.html">nps</a>: y</li>\n</ul><li>z</li>'),
    ],
)  # fmt: skip
def test_only_links_to_files_of_ours_that_are_not_there_are_cut(html: str, cut: str | None):
    assert without_dead_ends(html, "2023Q2/en/index.html", {"2023Q2/en/nps.html"}.__contains__) == (cut or html)
