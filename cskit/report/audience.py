"""Who may see which cell of a notebook, and in which folder do their pages lie?

A cell without one of the tags below is for leadership, and for internal use as well. A cell with some of them is for
exactly those it names.
"""

from typing import Any, Literal, get_args

__all__ = ["AUDIENCES", "NEVER", "Audience", "folder_of", "seen_by", "shown"]

Audience = Literal["leadership", "internal", "csm", "customer"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
# Tags of cells that stand on no page at all.
NEVER = frozenset({"analyst", "parameters", "injected-parameters", "papermill-error-cell-tag"})


def seen_by(cell: Any, audience: Audience) -> bool:
    """Whether a cell is for somebody.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell
    >>> [who for who in AUDIENCES if seen_by(new_code_cell(), who)]
    ['leadership', 'internal']
    >>> [who for who in AUDIENCES if seen_by(new_code_cell(metadata={"tags": ["csm"]}), who)]
    ['csm']
    """
    tags = set(cell.metadata.get("tags", ()))
    return not tags & NEVER and audience in (tags & set(AUDIENCES) or {"leadership", "internal"})


def shown(cell: Any) -> bool:
    """Whether a cell is for anybody."""
    return NEVER.isdisjoint(cell.metadata.get("tags", ()))


def folder_of(audience: Audience) -> str:
    """Within a run: leadership's pages lie at the top, everybody else's in a folder of their own.

    >>> folder_of("leadership"), folder_of("csm")
    ('', 'csm/')
    """
    return "" if audience == "leadership" else f"{audience}/"
