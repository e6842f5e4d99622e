"""Markdown cells, block by block."""

import pytest

from cskit.report import prose
from cskit.report.prose import messages, translated

CELL = """## Is the *change* real?

Two lines
of one paragraph.
- first
  goes on
- second
1. counted

> quoted

| a | b |
|---|---|
| 1 | 2 |

```
code stays
```"""


@pytest.fixture
def shouted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language in which every message is the English one in capitals."""
    monkeypatch.setattr(prose, "_", str.upper)


@pytest.mark.usefixtures("shouted")
def test_each_block_is_translated_without_its_mark():
    assert translated(CELL).split("\n") == [
        "## IS THE *CHANGE* REAL?", "", "TWO LINES OF ONE PARAGRAPH.", "- FIRST GOES ON", "- SECOND", "1. COUNTED", "",
        "> QUOTED", "", "| a | b |", "|---|---|", "| 1 | 2 |", "", "```", "code stays", "```",
    ]  # fmt: skip


def test_messages_are_all_blocks_for_an_analyst_reads_them_all(executed):
    nb = executed(CELL, "## Is the *change* real?", "For analysts only.")
    nb.cells[-1].metadata["tags"] = ["analyst"]
    assert messages(nb) == [
        "Would customers recommend us?", "For leadership.", "Is the *change* real?", "Two lines of one paragraph.",
        "first goes on", "second", "counted", "quoted", "For analysts only.",
    ]  # fmt: skip


def test_a_number_sign_inside_a_paragraph_is_no_heading():
    assert translated("We are #1.\n#2 is far off.") == "We are #1. #2 is far off."
