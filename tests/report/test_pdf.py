"""Pages on paper: which browser prints, what is said where none can, and what a real one makes."""

import os
import re
import shutil
import sys
import zlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from cskit import cli
from cskit.errors import CskitError
from cskit.report import pack as packing
from cskit.report import pdf
from cskit.report.pdf import chromium, print_pages

REAL = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No browser on this machine: an empty folder on the path, no usual place, nothing named."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CSKIT_CHROMIUM", raising=False)
    monkeypatch.setattr(pdf, "PLACES", ())
    return folder


def program(path: Path, does: str = "exit 0") -> Path:
    """A browser of one's own: a script."""
    path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_without_a_browser_it_is_said_what_to_install_or_to_name(nowhere: Path):
    with pytest.raises(CskitError, match="none was found") as fault:
        chromium()
    assert "CSKIT_CHROMIUM=" in str(fault.value) and "apt install chromium" in str(fault.value)


def test_without_a_browser_nothing_is_run(nowhere: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(root)
    monkeypatch.setattr(packing, "make_pack", lambda *_given, **_named: pytest.fail("a pack was made"))
    monkeypatch.setattr(cli, "_opened", lambda *_given: pytest.fail("the data were opened"))
    monkeypatch.setattr(sys, "argv", ["cskit", "run", "2023Q2", "--pdf", "--out", str(nowhere / "reports")])
    with pytest.raises(SystemExit) as left:
        cli.main()
    said = capsys.readouterr()
    assert left.value.code == 2 and said.out == ""
    assert said.err.startswith("--pdf needs Chromium, Chrome or Edge") and "Traceback" not in said.err
    assert list(nowhere.iterdir()) == []


def test_the_browser_named_goes_before_all_others(nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    usual, own = program(nowhere / "chromium"), program(tmp_path / "my-browser")
    assert chromium() == str(usual)
    monkeypatch.setenv("CSKIT_CHROMIUM", str(own))
    assert chromium() == str(own)
    monkeypatch.setenv("CSKIT_CHROMIUM", "")
    assert chromium() == str(usual)


def test_a_browser_named_that_is_not_there_is_an_error_and_no_other_prints(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
):
    program(nowhere / "chromium")
    monkeypatch.setenv("CSKIT_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(CskitError, match="/nowhere/chromium"):
        chromium()


def test_the_usual_names_are_tried_in_their_order_and_then_the_usual_places(
    nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    place = program(tmp_path / "Google Chrome")
    monkeypatch.setattr(pdf, "PLACES", (str(tmp_path / "not here"), str(place)))
    assert chromium() == str(place)
    edge = program(nowhere / "msedge")
    assert chromium() == str(edge)
    first = program(nowhere / "chromium")
    assert chromium() == str(first)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "nps & 結果 #1.html"
    path.write_text(
        "<!doctype html><html><body><h1>NPS 結果</h1><p>Would they recommend us?</p></body></html>", encoding="utf-8"
    )
    return path


@pytest.mark.skipif(os.name == "nt", reason="a script is the browser")
def test_a_browser_that_prints_nothing_is_an_error_that_names_the_page(page: Path, tmp_path: Path):
    with pytest.raises(CskitError, match=re.escape(f"did not print {page.name}: it said nothing")):
        print_pages([page], str(program(tmp_path / "mute")))
    loud = program(tmp_path / "loud", "echo first >&2; echo 'no display' >&2; exit 1")
    with pytest.raises(CskitError, match=re.escape(f"{loud} did not print {page.name}: no display")):
        print_pages([page], str(loud))


@pytest.mark.skipif(os.name == "nt", reason="a script is the browser")
def test_a_browser_that_hangs_is_an_error_that_names_the_page(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pdf, "SECONDS", 0.3)
    with pytest.raises(CskitError, match=re.escape(page.name)):
        print_pages([page], str(program(tmp_path / "slow", "exec sleep 5")))


@pytest.mark.skipif(os.name == "nt", reason="a script is the browser")
def test_a_page_is_printed_beside_itself_by_a_browser_that_asks_no_network(page: Path, tmp_path: Path):
    log = tmp_path / "asked"
    does = f"""for word in "$@"; do echo "$word" >> '{log}'; case "$word" in --print-to-pdf=*) echo %PDF > "${{word#--print-to-pdf=}}";; esac; done"""
    assert print_pages([page], str(program(tmp_path / "prints", does))) == [page.with_suffix(".pdf")]
    asked = log.read_text(encoding="utf-8").splitlines()
    assert (
        asked[-1].endswith("/" + page.as_uri().rpartition("/")[2]) and "%20%26%20" in asked[-1] and "%231" in asked[-1]
    )
    assert {"--headless", "--disable-background-networking", "--no-pdf-header-footer"} <= set(asked)
    (profile,) = [word.split("=")[1] for word in asked if word.startswith("--user-data-dir=")]
    assert not Path(profile).exists() and not list(page.parent.glob(".*"))
    assert not Path(unquote(urlsplit(asked[-1]).path)).exists()  # a copy, which is gone


def texts_drawn(made: bytes) -> int:
    """How many times the pages draw text: Tj and TJ of their streams, unpacked."""
    drawn = 0
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, flags=re.S):
        try:
            drawn += len(re.findall(rb"\bT[jJ]\b", zlib.decompress(stream)))
        except zlib.error:
            continue
    return drawn


@pytest.mark.slow
@pytest.mark.skipif(REAL is None, reason="no Chromium on this machine")
def test_a_real_browser_prints_a4_pages_with_text_on_them(page: Path, executed, pack):
    from cskit.report.outputs import read
    from cskit.report.render import render
    from cskit.show import Headline

    links = "[other](summary.html) [list](../internal/hours.csv) [out](https://x.example/y)"
    nb = executed(Headline("NPS stands at +6.4.", (), ()), f"## 本当？\n\n{links}\n\n" + "Long words. " * 2000)
    page.write_text(render(nb, "nps", read(nb), pack, {"nps": "Would they recommend us?"}).html, encoding="utf-8")
    (made,) = print_pages([page], str(REAL))
    content = made.read_bytes()
    assert made.name == "nps & 結果 #1.pdf" and content.startswith(b"%PDF")
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", content)
    assert len(boxes) >= 2  # two thousand times two words do not go on one
    for across, down in boxes:
        assert abs(float(across) - 595) <= 1 and abs(float(down) - 842) <= 1
    assert texts_drawn(content) > 50 and b"/ToUnicode" in content
    assert b"https://x.example/y" in content and b"file:" not in content and b"internal" not in content
