"""Every public name of the library says what it is, and shows an example that is run."""

import ast
from pathlib import Path

from tests.conftest import ROOT

# The library: not the report's machinery, the command line, or what makes the demo.
APART = ("report/", "cli.py", "__main__.py", "data/demo/")
# Public functions and classes without an executed example. These numbers may only fall.
WITHOUT_EXAMPLE = {
}


def _public(path: Path):
    """Public functions and classes of a module, with their docstrings."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    named = [
        name
        for line in body
        if isinstance(line, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in line.targets)
        for name in ast.literal_eval(line.value)
    ]
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in named:
            yield node.name, ast.get_docstring(node) or ""


def _library():
    for path in sorted((ROOT / "cskit").rglob("*.py")):
        place = path.relative_to(ROOT / "cskit").as_posix()
        if not place.startswith(APART):
            part = place.split("/")[0].removesuffix(".py")
            yield from ((part, place, name, text) for name, text in _public(path))


def test_every_public_name_has_a_docstring():
    silent = [f"{place}: {name}" for _part, place, name, text in _library() if not text]
    assert not silent, "\n".join(silent)


def test_public_names_without_an_example_become_fewer():
    lacking: dict[str, list[str]] = {}
    for part, place, name, text in _library():
        if ">>>" not in text:
            lacking.setdefault(part, []).append(f"{place}: {name}")
    more = [line for part, names in lacking.items() if len(names) > WITHOUT_EXAMPLE.get(part, 0) for line in names]
    assert not more, "these parts have more names without an example than before:\n" + "\n".join(more)


def test_the_numbers_are_not_above_what_is():
    lacking = [part for part, _place, _name, text in _library() if ">>>" not in text]
    slack = {part: most - lacking.count(part) for part, most in WITHOUT_EXAMPLE.items() if most > lacking.count(part)}
    assert not slack, f"fewer lack an example now: lower the numbers by {slack}"
