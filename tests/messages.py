"""Every message the product can say: from the code, the page templates, the definitions and the notebooks."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import nbformat
from babel.messages.extract import extract

from cskit.catalogue import FIELDS
from cskit.data.schema import tables
from cskit.i18n import TERMS
from cskit.metrics import definitions
from cskit.report.copies import comments
from cskit.report.prose import messages as prose_of

KEYWORDS = {"_": None, "n_": (1, 2), "gettext": None, "ngettext": (1, 2)}


def all_messages(root: Path) -> dict[str | tuple[str, ...], str]:
    """Message (or singular and plural) to the place that first says it."""
    found: dict[str | tuple[str, ...], str] = {}
    for message, place in _each(root):
        found.setdefault(message, place)
    return found


def _each(root: Path) -> Iterator[tuple[str | tuple[str, ...], str]]:
    for path in sorted((root / "cskit").rglob("*")):
        method = {".py": "python", ".html": "jinja2", ".jinja": "jinja2", ".j2": "jinja2"}.get(path.suffix)
        if method and "__pycache__" not in path.parts and "demo" not in path.parts:
            for line, message, _comments, _context in extract(method, BytesIO(path.read_bytes()), KEYWORDS):
                yield message, f"{path.relative_to(root)}:{line}"
    yield "Customer success", "params/base.yaml report.title"
    for name, table in tables().items():
        for text in (table.about, table.adds):
            yield text, f"tables.yaml {name}"
    for code, text in TERMS.items():
        yield text, f"TERMS[{code}]"
    for name, entry in definitions().items():
        for text in (entry.label, entry.formula, entry.rows, entry.source):
            if text:
                yield text, name
    for name, fact in FIELDS.items():
        yield fact.label, f"FIELDS[{name}]"
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        nb = nbformat.read(path, as_version=4)
        code = (cell.source for cell in nb.cells if cell.cell_type == "code")
        for text in (*prose_of(nb), *(text for source in code for text in comments(source))):
            yield text, path.name
