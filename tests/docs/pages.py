"""A page of the documentation is done as it stands there: block by block, in a project folder.

``console``: what follows ``$`` is run by a shell; where output is shown below it, that is what must come, ``...`` standing
for anything. A block under a line that ends in a path and a colon, as in ```params/2024Q2.yaml`:``, is that file. ``diff``:
applied. ``python``: run, and what follows ``>>>`` must give what is shown. Any other block is only read.
"""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

__all__ = ["Block", "blocks", "do", "work_through"]

FENCE = re.compile(r"(?P<before>[^\n]*)\n\n?```(?P<kind>\w+)\n(?P<body>.*?)^```", re.M | re.S)
FILE = re.compile(r"`([\w./-]+)`:\s*$")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
DOCTEST = """
import doctest, sys
test = doctest.DocTestParser().get_doctest(sys.stdin.read(), {}, "page", "page", 0)
sys.exit(min(1, doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(test).failed))
"""


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, the file it is (empty: none), its text, and the line of the page it begins on."""

    kind: str
    file: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        named = FILE.search(found["before"])
        line = text.count("\n", 0, found.start("body")) + 1
        yield Block(found["kind"], named[1] if named else "", found["body"], line)


def work_through(
    page: Path, project: Path, more: Mapping[str, str] | None = None, instead: Mapping[str, str] | None = None
) -> int:
    """Do all that a page says, with more in the environment, and with texts such as addresses in place of the page's.

    How many blocks were done.
    """
    done = 0
    for block in blocks(page):
        for there, here in (instead or {}).items():
            block = replace(block, text=block.text.replace(there, here))
        done += do(block, project, more or {})
    return done


def do(block: Block, project: Path, more: Mapping[str, str]) -> bool:
    """Do what a block says; whether it says anything."""
    if block.file:
        path = project / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    elif block.kind == "console":
        for command, shown in _commands(block.text):
            said = _run(["sh", "-c", command], project, more, f"line {block.line}: {command}")
            if shown.strip():
                assert doctest.OutputChecker().check_output(shown, said, FLAGS), (
                    f"{command}\n{said}\n--- shown:\n{shown}"
                )
    elif block.kind == "diff":
        _run(["patch", "-p1", "--fuzz=0"], project, more, f"line {block.line}: diff", block.text)
    elif block.kind == "python":
        code = ["-c", DOCTEST] if ">>>" in block.text else ["-"]
        _run([sys.executable, *code], project, more, f"line {block.line}: python", block.text)
    else:
        return False
    return True


def _commands(text: str) -> list[tuple[str, str]]:
    """Each command with what is shown below it."""
    found = re.split(r"^\$ ", text, flags=re.M)[1:]
    parts = (re.match(r"((?:[^\n]*\\\n)*[^\n]*\n)(.*)", part, re.S) for part in found)
    return [(part[1], part[2]) for part in parts if part]


def _run(command: list[str], project: Path, more: Mapping[str, str], told: str, given: str = "") -> str:
    tools = project / ".tools"
    if not tools.exists():
        tools.mkdir()
        for name, line in {"cskit": "-m cskit", "python": "", "papermill": "-m papermill"}.items():
            (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {line} "$@"\n', encoding="utf-8")
            (tools / name).chmod(0o755)
    # a package in the project folder goes before the one that is tested: how-tos change a copy of it
    path = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": f"{project}:{Path(__file__).parents[2]}",
        "COLUMNS": "100",
    }
    ended = subprocess.run(
        command, cwd=project, env=os.environ | path | more, input=given, text=True, timeout=400,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert ended.returncode == 0, f"{told}\nended with {ended.returncode}:\n{ended.stdout}"
    return ended.stdout
