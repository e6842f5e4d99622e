"""Is an export a standard one, for which a mapping is ready in ``params/mappings``?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from cskit.data.schema import tight
from cskit.data.session import identifier
from cskit.data.sources import Export

__all__ = ["Ready", "ready"]

FOLDER = Path("params") / "mappings"


@dataclass(frozen=True, slots=True)
class Ready:
    """A part of a mapping that somebody wrote and tried.

    Parameters
    ----------
    tool, table : str
        Whose standard export it is, and of which table.
    file : str
        The name that the part knows the export by.
    headers : frozenset of str
        By which it is known, all of them.
    part : dict
        As it stands in a mapping.
    others : dict of str to str
        Headers that this export spells otherwise than the SELECT does.

    Examples
    --------
    >>> part = {"sql": "SELECT Id AS ticket_id FROM tickets"}
    >>> own = Ready("zendesk", "tickets", "tickets", frozenset({"id"}), part, {"Id": "Ticket ID"})
    >>> own.of(Export(Path("export 2023.csv"), ("export 2023",)))
    {'sql': 'SELECT Id AS ticket_id FROM "export 2023"'}
    """

    tool: str
    table: str
    file: str
    headers: frozenset[str]
    part: dict[str, Any]
    others: dict[str, str] = field(default_factory=dict)

    def of(self, export: Export) -> dict[str, Any]:
        """The part for a file of another name."""
        if "sql" not in self.part:
            return {**self.part, "file": export.path.name}
        sql = re.sub(rf"\bFROM \"?{self.file}\b\"?", f"FROM {identifier(export.names[0])}", self.part["sql"])
        for header, other in self.others.items():
            sql = sql.replace(identifier(header), identifier(other))
        return {**self.part, "sql": sql}


def ready(root: Path, headers: Sequence[str]) -> Ready | None:
    """The ready part whose headers are all there; of several the one that asks for most.

    >>> from cskit.params import project_root
    >>> found = ready(project_root(), ["取引先 ID", "取引先名", "取引先 所有者", "業種"])
    >>> found.tool, found.table, found.part["columns"]["customer_id"]
    ('salesforce_ja', 'customers', '取引先 ID')
    >>> ready(project_root(), ["取引先 ID", "取引先名"])  # the owner is missing
    """
    own = set(map(tight, headers))
    known = [one for one in _known(root) if one.headers <= own]
    return max(known, key=lambda one: len(one.headers), default=None)


@cache
def _known(root: Path) -> tuple[Ready, ...]:
    found = []
    for path in sorted((root / FOLDER).glob("*.yaml")):
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        for table, by in spec["recognised_by"].items():
            for spelt in product(*(header.split(" | ") for header in by["headers"])):
                first = [header.split(" | ")[0] for header in by["headers"]]
                others = {one: other for one, other in zip(first, spelt, strict=True) if one != other}
                headers = frozenset(map(tight, spelt))
                found.append(Ready(path.stem, table, by["file"], headers, spec["mapping"][table], others))
    return tuple(found)
