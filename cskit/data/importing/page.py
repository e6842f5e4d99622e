"""The proposal as YAML for a person to confirm: what is sure stands there, the rest is commented out."""

from collections.abc import Sequence

import yaml

from cskit.data.importing.ask import Proposed, Taken
from cskit.data.importing.guess import Guess, told
from cskit.data.importing.samples import samples

__all__ = ["page"]

HEAD = """# Proposed by cskit import from {location}, for you to confirm.
# What is sure is set. A line that begins with "# ?" is not, and is read only once you take the "# ?" away. Behind each
# column: how sure (0 to 1), why, and three values of it; of texts only the first letter is shown.
# To use it, name this file in the period's file:
#
#   settings:
#     data:
#       mapping_file: {to}
#
# Then cskit check says every fault that is left.
mapping:
"""


def page(proposed: Proposed, location: str, to: str) -> str:
    """The whole file.

    Parameters
    ----------
    location : str
        Where the exports lie, for the head.
    to : str
        The name it will have, as the period's file is to name it.

    Returns
    -------
    str
        YAML that can be read as it is: what is not sure, not read or not there is commented out.

    Examples
    --------
    >>> from pathlib import Path
    >>> from cskit.data.importing.profile import Seen
    >>> from cskit.data.schema import tables
    >>> from cskit.data.sources import Export
    >>> key, who = (Seen(header, 2, 2, 2, {"date": 0.0}, None, None, values, True)
    ...             for header, values in {"顧客ID": ("C1", "C2"), "担当": ("佐藤美香", "M7")}.items())
    >>> guesses = (Guess("customer_id", key, 0.98, ("one of ours",)), Guess("owner", who, 0.7, ("a name alike",)))
    >>> own = Taken(Export(Path("顧客.csv"), ("顧客",)), (key, who), tables()["customers"], 0.9, guesses, "by its name")
    >>> print(page(Proposed((own,), ()), "exports", "params/ours.yaml"))
    # Proposed by cskit import from exports, for you to confirm.
    ...
    mapping:
      customers:
        # 顧客.csv: sure 0.90; by its name
        - file: 顧客.csv
          columns:
            customer_id: 顧客ID  # sure 0.98: one of ours; as C1, C2
          # ?   owner: 担当  # likely 0.70: a name alike; as 佐…, M7
            # not there: name (the company's name), ...
    # Not found, and what each would add:
    ...
    """
    lines = HEAD.format(location=_one_line(location), to=_one_line(to)).splitlines()
    by_table: dict[str, list[Taken]] = {}
    for own in proposed.taken:
        if own.table:
            by_table.setdefault(own.table.name, []).append(own)
    for name, taken in by_table.items():
        lines += _table(name, taken)
    if strange := [own for own in proposed.taken if own.table is None]:
        lines += ["", "# Taken for no table, and not read:"]
        for own in strange:
            lines.append(f"#   {_one_line(own.export.label)}")
            lines += [f"#     {_one_line(one.header)}: {told(one)}" for one in own.seen if one.header]
    if proposed.faults:
        lines += ["", "# Could not be read:"]
        lines += [f"#   {_one_line(f'{fault.source}: {fault.what} {fault.mend}')}" for fault in proposed.faults]
    if proposed.absent:
        lines += ["", "# Not found, and what each would add:"]
        lines += [f"#   {table.name} ({table.ja}): {table.adds}" for table in proposed.absent]
    return "\n".join(lines) + "\n"


def _table(name: str, taken: Sequence[Taken]) -> list[str]:
    """One part for one file; a list where several are sure, and those that are not commented out beneath."""
    sure = [own for own in taken if own.grade == "sure"]
    lines = [""]
    if sure:
        lines.append(f"  {name}:")
        lines += [line for own in sure for line in _part(own, "")]
    for own in (own for own in taken if own.grade != "sure"):
        if not sure:
            lines.append(f"  # ? {name}:")
        lines += _part(own, "# ? ")
    return lines


def _part(own: Taken, mark: str) -> list[str]:
    assert own.table
    head = f"    # {_one_line(own.export.label)}: {own.grade} {own.confidence:.2f}; {_one_line(own.why)}"
    if own.ready:
        written = yaml.safe_dump([own.ready.of(own.export)], allow_unicode=True, sort_keys=False, width=110)
        return [head, *(f"    {line}" for line in written.splitlines())]
    if own.shape:
        written = yaml.safe_dump([own.shape.part], allow_unicode=True, sort_keys=False, width=110)
        notes = [f"    #   {_one_line(note)}" for note in own.shape.notes]
        return [head, *notes, *(f"    {mark}{line}" for line in written.splitlines())]
    lines = [
        head,
        f"    {mark}- file: {_quoted(own.export.path.name)}",
    ]
    if own.export.sheet or own.export.relation:
        lines.append(f"    {mark}  sheet: {_quoted(own.export.sheet or own.export.names[0])}")
    lines.append(f"    {mark}  columns:")
    lines += [line for guess in own.guesses for line in _column(own.table.name, guess, mark)]
    for column in own.missing:
        lines.append(f"        # missing: {column}, which every row needs: {own.table.columns[column].about}")
    used = {id(guess.seen) for guess in own.guesses}
    for seen in own.seen:
        if seen.header and id(seen) not in used:
            shown = _one_line(", ".join(samples(seen)))
            lines.append(
                f"        # not read: {_one_line(seen.header)}: {told(seen)}{f'; as {shown}' if shown else ''}"
            )
    if gone := [
        column for column in own.table.columns.values() if not column.required and column.name not in used_columns(own)
    ]:
        lines.append(f"        # not there: {', '.join(f'{column.name} ({column.about})' for column in gone)}")
    return lines


def used_columns(own: Taken) -> set[str]:
    """Columns that some header is taken for."""
    return {guess.column for guess in own.guesses}


def _column(table: str, guess: Guess, mark: str) -> list[str]:
    shown = _one_line(", ".join(samples(guess.seen, f"{table}.{guess.column}")))
    said = f"{guess.grade} {guess.confidence:.2f}: {_one_line('; '.join(guess.why))}" + (
        f"; as {shown}" if shown else ""
    )
    mark = mark or ("" if guess.grade == "sure" else "# ? ")
    lines = [f"      {mark}  {_quoted(guess.column)}: {_quoted(guess.seen.header)}  # {said}"]
    if guess.unread and len(guess.unread) <= 12:
        theirs = ", ".join(f"{_quoted(value[:1] + '…' if len(value) > 12 else value)}: ?" for value in guess.unread)
        lines.append(f"        # its values, to be said in `values: {{{guess.column}: ...}}`: {_one_line(theirs)}")
    return lines


def _quoted(text: str) -> str:
    """A scalar as YAML writes it on one line, in quotes where it needs them."""
    if not text.isprintable():  # quoted with escapes
        return yaml.safe_dump(text, width=10**6).strip().removesuffix("...").strip()
    return yaml.safe_dump(text, allow_unicode=True, width=10**6).strip().removesuffix("...").strip()


def _one_line(text: str) -> str:
    """What stands in a comment must not end it."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
