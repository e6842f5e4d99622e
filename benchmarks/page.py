"""RESULTS.md is written by several benchmarks, each its own part."""

import re
from pathlib import Path

__all__ = ["put"]

PAGE = Path(__file__).parent / "RESULTS.md"


def put(heading: str, text: str) -> None:
    """Write one part of the page where it stood, or at the end; the others stay.

    Parameters
    ----------
    heading : str
        ``## ...``; empty: what stands before the first heading of that rank.
    text : str
        The part, its heading included.
    """
    first, *others = re.split(r"^(?=## )", PAGE.read_text(encoding="utf-8"), flags=re.M)
    parts = {"": first} | {part.splitlines()[0]: part for part in others}
    parts[heading] = text
    PAGE.write_text("\n\n".join(part.strip() for part in parts.values()) + "\n", encoding="utf-8")
