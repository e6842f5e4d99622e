"""Who may see which cell of a notebook, and in which folder do their pages lie?

A cell without one of the tags below is for leadership, and for internal use as well. A cell with some of them is for
exactly those it names.
"""

from typing import Any

from cskit.settings import AUDIENCES, Audience

__all__ = ["AUDIENCES", "NEVER", "Audience", "folder_of", "seen_by", "shown", "whose"]

# Tags of cells that stand on no page at all.
NEVER = frozenset({"analyst", "parameters", "injected-parameters", "papermill-error-cell-tag"})
# Files beside leadership's pages that others work with as well.
SHARED: dict[str, frozenset[Audience]] = {
    "actions.xlsx": frozenset({"leadership", "internal", "csm"}),
    "manifest.json": frozenset({"leadership", "internal"}),
    "metrics.json": frozenset({"leadership", "internal"}),
}


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
    """Whether a cell is for anybody.

    >>> from nbformat.v4 import new_code_cell
    >>> shown(new_code_cell()), shown(new_code_cell(metadata={"tags": ["csm", "analyst"]}))
    (True, False)
    """
    return NEVER.isdisjoint(cell.metadata.get("tags", ()))


def folder_of(audience: Audience) -> str:
    """Within a run: leadership's pages lie at the top, everybody else's in a folder of their own.

    >>> folder_of("leadership"), folder_of("csm")
    ('', 'csm/')
    """
    return "" if audience == "leadership" else f"{audience}/"


def whose(path: str) -> frozenset[Audience]:
    """For whom a file of a run is, by its place in the run or in one pack of several.

    >>> [sorted(whose(path)) for path in ("ja/nps.html", "csm/ja/index.html", "segment=small/internal/hours.csv")]
    [['leadership'], ['csm'], ['internal']]
    >>> sorted(whose("actions.xlsx"))
    ['csm', 'internal', 'leadership']
    """
    first, _slash, rest = path.partition("/")
    if "=" in first:
        return whose(rest)
    own = [who for who in AUDIENCES if rest and f"{first}/" == folder_of(who)]
    return frozenset(own) or SHARED.get(path, frozenset({"leadership"}))
