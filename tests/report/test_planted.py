"""Secrets and people planted in a real run: where may a word of theirs stand? Every byte of every output is searched."""

import base64
import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import project_in, run_pack

pytestmark = pytest.mark.slow

# With what JSON, HTML, addresses and Python's repr each write in another way around it.
SECRET = "p\"w\\d'<&>/+ é SeqCauseway7Q é"
KEY = "-----BEGIN KEY-----\nSeqTurnstile7Q==\nSeqDrawbridge7Q\n-----END KEY-----"
SECRETS = ("SeqCauseway7Q", "SeqTurnstile7Q", "SeqDrawbridge7Q")

RESPONDENT, MAIL, COMMENT, REFUSED, NOTE, PERSON = (
    "ZqRespondent7",
    "zqmail7",
    "ZqAgreed7",
    "ZqRefused7",
    "ZqNote7",
    "ZqColleague7",
)
PEOPLE = (RESPONDENT, MAIL, COMMENT, REFUSED, NOTE)


class Planted(NamedTuple):
    """A run of the demo company with planted words, and all it left behind."""

    project: Path
    said: str
    log: Path
    sent: Path

    @property
    def run(self) -> Path:
        return (self.project / "reports/2023Q2").resolve()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> Planted:
    folder = tmp_path_factory.mktemp("planted")
    project = project_in(folder / "project", demo)
    plant(project / "data/demo")
    (folder / "key.pem").write_text(KEY, encoding="utf-8")
    options = {"secret": "env:ZQ_SECRET", "token": f"file:{folder / 'key.pem'}"}
    words = [f"--set=output.to={(folder / 'sent').as_uri()}"]
    words += [f"--set=output.options.{name}={place}" for name, place in options.items()]
    log = folder / "log.jsonl"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZQ_SECRET", SECRET)
        ended = run_pack(project, "2023Q2", "--lang", "en,ja", "-v", "--log", str(log), "--set-aside", *words)
    return Planted(project, ended.stdout + ended.stderr, log, folder / "sent")


def plant(data: Path) -> None:
    """People who can be told from everything else: in answers, invitations, contacts, notes and the team."""
    ids: dict[str, str] = {}

    def person(known: str) -> str:
        mail = f"{MAIL}{len(ids)}@example.com" if len(ids) % 3 == 0 else f"{RESPONDENT}-{len(ids)}"
        return ids.setdefault(known, mail)

    def answered(row: dict[str, str], place: int) -> None:
        row["respondent_id"] = person(row["respondent_id"])
        if row["comment"]:
            agreed = place % 2 == 0
            row["comment"] += f" {COMMENT if agreed else REFUSED} {MAIL}@example.com"
            row["may_share"] = "true" if agreed else "false"
        if place == 40:
            row["score"] = "77"  # faulty, so that it is set aside

    def invited(row: dict[str, str], _place: int) -> None:
        row["respondent_id"] = person(row["respondent_id"])

    def known(row: dict[str, str], _place: int) -> None:
        row["contact_id"] = person(row["contact_id"])

    def noted(row: dict[str, str], _place: int) -> None:
        row["note"] = f"{NOTE} {MAIL}@example.com"

    def named(row: dict[str, str], place: int) -> None:
        row["name"] = f"{PERSON}-{place}"

    def asked(row: dict[str, str], place: int) -> None:
        if place < 3:
            row["customer_id"] = f"{MAIL}{place}@example.com"  # an address where an identifier should be

    rewrite(data / "tickets.csv", asked)
    rewrite(data / "nps_responses.csv", answered)
    rewrite(data / "nps_invitations.csv", invited)
    rewrite(data / "contacts.csv", known)
    rewrite(data / "touchpoints.csv", noted)
    rewrite(data / "csms.csv", named)
    for path in data.glob("*.csv"):  # who booked an hour is told by an identifier
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\bM0\d\d\b", lambda found: f"{PERSON}-{found[0]}", text), encoding="utf-8")


def rewrite(path: Path, change: Callable[[dict[str, str], int], None]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for place, row in enumerate(rows):
        change(row, place)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def texts_of(raw: bytes) -> Iterator[bytes]:
    """The bytes themselves, and whatever is packed in them: pictures within pages, texts within pictures."""
    yield raw
    for found in re.findall(rb"base64,([A-Za-z0-9+/=\\n]{40,})", raw):
        yield base64.b64decode(found.replace(b"\\n", b"") + b"===", validate=False)
    for chunk in re.findall(rb"(?:zTXt|iTXt)[^\x00]*\x00[\x00\x01]*(x[\x01\x5e\x9c\xda].+?)IEND", raw, re.S):
        yield zlib.decompressobj().decompress(chunk)


def parts_of(path: Path) -> Iterator[bytes]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                yield from texts_of(packed.read(name))
    yield from texts_of(path.read_bytes())


def forms(word: str) -> list[bytes]:
    """A word as it is and, wherever it begins in what is encoded, in base 64."""
    shifted = (base64.b64encode(b" " * before + word.encode())[4 * bool(before) : -4] for before in range(3))
    return [word.encode(), *shifted]


def holding(folder: Path, *words: str) -> set[str]:
    wanted = [form for word in words for form in forms(word)]
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(form in part for part in parts_of(path) for form in wanted)
    }


def test_no_byte_of_any_output_holds_a_secret(planted: Planted):
    assert (planted.sent / "2023Q2/index.html").is_file()  # the secrets were needed, and looked up
    told = planted.project, planted.sent, planted.log.parent
    assert [holding(folder, *SECRETS) for folder in told] == [set(), set(), {"key.pem"}]
    assert not [word for word in SECRETS if word in planted.said]


def test_the_manifest_names_the_place_of_a_secret(planted: Planted):
    assert '"secret": "env:ZQ_SECRET"' in (planted.run / "manifest.json").read_text(encoding="utf-8")


def test_nothing_that_leadership_gets_holds_a_respondent_a_comment_or_a_note(planted: Planted):
    found = {place for place in holding(planted.run, *PEOPLE) if not place.startswith("internal/")}
    assert found == set()
    assert [page.name for page in planted.run.parents[2].glob("index*.html") if holding_in(page, *PEOPLE)] == []


def test_a_place_that_reports_are_sent_to_gets_leaderships_part_unless_others_are_named(planted: Planted):
    assert (planted.sent / "2023Q2/ja/workload_model.html").is_file() and (planted.sent / "index.html").is_file()
    assert holding(planted.sent, *PEOPLE) == set()
    assert [path.name for path in planted.sent.glob("2023Q2/*") if path.name in ("internal", "csm")] == []
    assert "Sent to leadership; kept back: internal, csm (output.audiences)." in planted.said


def test_the_log_and_what_is_said_of_a_good_run_hold_no_respondent(planted: Planted):
    assert not holding_in(planted.log, *PEOPLE)


def test_what_was_planted_lies_where_the_team_may_see_it(planted: Planted):
    found = holding(planted.run, *PEOPLE)
    assert found >= {
        "internal/set_aside.xlsx",
        "internal/en/index.html",
        "internal/ja/index.html",
    }  # so the search finds what is there, packed or not
    assert any(place.startswith("internal/rows/") for place in found)


def test_the_hours_of_a_person_stand_on_internal_pages_only(planted: Planted):
    found = holding(planted.run, PERSON)
    assert found >= {"internal/hours.csv", "internal/time_per_case.csv", "internal/notebooks/en/workload_model.ipynb"}
    assert not [place for place in found if "workload" in place and not place.startswith("internal/")]
    for place in ("index.html", "en/index.html", "ja/index.html", "metrics.json", "manifest.json"):
        assert not holding_in(planted.run / place, PERSON)
    for place in ("en/summary.md", "ja/summary.md"):
        assert not holding_in(planted.run / place, PERSON)


def holding_in(path: Path, *words: str) -> bool:
    return any(form in part for part in parts_of(path) for word in words for form in forms(word))


def test_comments_that_are_switched_on_are_those_of_people_who_agreed_and_name_nobody(planted: Planted):
    run_pack(planted.project, "2023Q2", "--only", "nps_comparison", "--set-aside", "--set=privacy.comments=true")
    shown = {place for place in holding(planted.run, COMMENT) if not place.startswith("internal/")}
    assert shown == {"en/nps_comparison.html", "ja/nps_comparison.html"}
    hidden = {place for place in holding(planted.run, RESPONDENT, REFUSED, NOTE) if not place.startswith("internal/")}
    assert hidden == set()


STORE = """
import fsspec
from fsspec import AbstractFileSystem

class Store(AbstractFileSystem):
    def __init__(self, **options):
        super().__init__(**options)
        self.told = options
    def exists(self, path, **_rest):
        raise ConnectionError(f"refused: {self.told} {self.told['secret']} " + "; ".join(self.told["token"].split()))

fsspec.register_implementation("zqstore", Store)
"""


def test_a_store_that_repeats_the_secrets_in_its_fault_does_not_make_us_say_them(
    project: Callable[..., Path], headline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root = project(nps=[headline])
    (root / "data/toy").mkdir(parents=True)
    (root / "data/toy/customers.csv").write_text("customer_id,contracted_on\nA,2023-04-03\n", encoding="utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(STORE, encoding="utf-8")
    (tmp_path / "key.pem").write_text(KEY, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("ZQ_SECRET", SECRET)
    options = f"output.options={{secret: 'env:ZQ_SECRET', token: 'file:{tmp_path / 'key.pem'}'}}"
    words = ["--data", "data/toy", "--set", "output.to=zqstore://x", "--set", options, "-v", "--log", "log.jsonl"]
    with pytest.raises(AssertionError) as failed:
        run_pack(root, "2023Q2", *words)
    said = str(failed.value)
    assert "ended with 2" in said and "could not be sent: ConnectionError: refused" in said
    assert not [word for word in SECRETS if word in said]
    assert holding(root, *SECRETS) == set()
    assert (root / "reports/2023Q2/en/nps.html").is_file()
