"""Imports that cost a second and serve nothing here."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_grammars"]


@contextmanager
def without_grammars() -> Iterator[None]:
    """Import notebook libraries without the grammars for international addresses.

    jsonschema builds them at import where JupyterLab brought them along (1.1 s); it does without them where they are
    missing, and a notebook's schema asks for none.

    >>> before = sys.modules.get("rfc3987_syntax", "never asked for")
    >>> with without_grammars():
    ...     "rfc3987_syntax" in sys.modules
    True
    >>> sys.modules.get("rfc3987_syntax", "never asked for") == before
    True
    """
    name = "rfc3987_syntax"
    hidden = name not in sys.modules
    if hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hidden:
            del sys.modules[name]
