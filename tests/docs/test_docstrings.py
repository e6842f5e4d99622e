"""Every public name of the library says what it is, and shows an example that is run."""

import ast
from pathlib import Path

from tests.conftest import ROOT


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
        yield from ((place, name, text) for name, text in _public(path))


def test_every_public_name_has_a_docstring():
    silent = [f"{place}: {name}" for place, name, text in _library() if not text]
    assert not silent, "\n".join(silent)


def test_every_public_name_has_an_example():
    lacking = [f"{place}: {name}" for place, name, text in _library() if ">>>" not in text]
    assert not lacking, "\n".join(lacking)
