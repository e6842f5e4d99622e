"""What is one's own: health items and fields for plays from a Python file, metrics and words from beside notebooks.

The Python file is code, with all the rights of whoever runs it. So a name in params is not enough: the command line
says ``--trust``, or the environment ``CSKIT_TRUST=1``. Metrics and words are data, and are taken without.
"""

import hashlib
import os
import re
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from cskit import i18n, metrics
from cskit.catalogue import FIELDS, Fact
from cskit.errors import CskitError, SettingsError, did_you_mean
from cskit.settings import LOWEST

if TYPE_CHECKING:
    import ibis

    from cskit.data import Data
    from cskit.data.asof import Panel
    from cskit.settings import Health

__all__ = ["TRUST", "Own", "beside", "digest", "fields", "health_item", "items", "play_field", "tried", "use"]

TRUST = "CSKIT_TRUST"
DEFINITIONS, WORDS = "definitions.yaml", "words.yaml"  # beside notebooks of one's own
Text = str | dict[str, str]


@dataclass(frozen=True, slots=True)
class Own:
    """A function of the file, and the table and columns it cannot do without.

    >>> Own("inquiries", lambda data, rules: data.table("tickets"), ("tickets",)).needs
    ('tickets',)
    """

    name: str
    values: "Callable[..., ibis.Table]"
    needs: tuple[str, ...]

    def table(self, *given: Any) -> "ibis.Table":
        """What the function gives.

        Raises
        ------
        CskitError
            If it fails, or gives anything but a table with the column ``value``; saying where and why.
        """
        try:
            found = self.values(*given)
        except Exception as fault:
            place = _place(Path(_used[0]).name or "extend.python", Path(_used[0]), fault)
            raise CskitError(f"{place}: {self.name}: {_why(fault)}") from fault
        if "value" not in getattr(found, "columns", ()):
            raise CskitError(f"extend.python: {self.name}: it must give a table with a column named value.")
        return found


_items: dict[str, Own] = {}
_fields: dict[str, Own] = {}
_used = ("", "")  # the file in use, and the digest of its bytes
_beside = ""  # the digest of the metrics and words in use


def digest() -> str:
    """Of the bytes of the files in use; empty where there are none.

    >>> digest()
    ''
    """
    return _used[1] + _beside


def items() -> tuple[Own, ...]:
    """The health items of the file in use.

    >>> items()
    ()
    """
    return tuple(_items.values())


def fields() -> tuple[Own, ...]:
    """The fields for plays of the file in use.

    >>> fields()
    ()
    """
    return tuple(_fields.values())


def health_item(
    needs: Sequence[str], label: Text, lowest: float = 0.0
) -> "Callable[[Callable[[Panel, Health], ibis.Table]], Callable[[Panel, Health], ibis.Table]]":
    """Make a function a health item of its name; ``health.items`` of params then gives it weight and bands.

    The function takes the tables as known on each day, and the rules; it gives a table with the columns of ``data.by``
    and ``value``, one row a customer and day. Who has no row is not known.

    Parameters
    ----------
    needs : sequence of str
        A table, and columns of it; without them nobody has the item.
    label : str or dict of str
        What reports call it, or that by language: ``{"en": ..., "ja": ...}``.
    lowest : float
        The lowest value there can be: bands begin there.

    Raises
    ------
    SettingsError
        If there is an item of that name.

    Examples
    --------
    A file ``own.py``, which params name as ``extend: {python: own.py}``:

    >>> @health_item(needs=["tickets"], label={"en": "inquiries", "ja": "問い合わせ件数"})
    ... def inquiries(data, rules):
    ...     tickets = data.table("tickets")
    ...     return tickets.group_by(data.by).aggregate(value=tickets.count())
    >>> [own.name for own in items()]
    ['inquiries']
    >>> forget()
    """

    def taken(values: "Callable[[Panel, Health], ibis.Table]") -> "Callable[[Panel, Health], ibis.Table]":
        name = _free(values.__name__, LOWEST, "health item")
        _items[name] = Own(name, values, tuple(needs))
        LOWEST[name] = lowest  # type: ignore[assignment]
        i18n.TERMS[name] = i18n.add(label)
        return values

    return taken


def play_field(
    needs: Sequence[str],
    label: Text,
    kind: Literal["number", "flag", "choice"] = "number",
    unit: str = "count",
    choices: Sequence[str] = (),
) -> "Callable[[Callable[[Data], ibis.Table]], Callable[[Data], ibis.Table]]":
    """Make a function a field that the conditions of plays may ask, under its name.

    The function takes the tables as known on the day; it gives a table with ``customer_id`` and ``value``. Who has no
    row, is not known.

    Parameters
    ----------
    needs : sequence of str
        A table, and columns of it; without them the field is empty.
    label : str or dict of str
    kind : {"number", "flag", "choice"}
    unit : str
        ``days`` or ``share``, where a number is one.
    choices : sequence of str
        What a choice can be.

    Raises
    ------
    SettingsError
        If there is a field of that name.

    Examples
    --------
    >>> @play_field(needs=["tickets"], label={"en": "inquiries", "ja": "問い合わせ件数"})
    ... def inquiries(data):
    ...     tickets = data.table("tickets")
    ...     return tickets.group_by("customer_id").aggregate(value=tickets.count())
    >>> FIELDS["inquiries"].kind
    'number'
    >>> forget()
    """

    def taken(values: "Callable[[Data], ibis.Table]") -> "Callable[[Data], ibis.Table]":
        name = _free(values.__name__, FIELDS, "field of plays")
        _fields[name] = Own(name, values, tuple(needs))
        words = i18n.add(label)
        FIELDS[name] = Fact(words, words, kind, unit=unit, choices=tuple(choices))
        return values

    return taken


def use(file: str, root: Path) -> None:
    """Have the items and fields of this file, and those of no other.

    Parameters
    ----------
    file : str
        Its place within the project; empty: there are none.
    root : Path
        The project folder.

    Raises
    ------
    SettingsError
        If it is not trusted, is not there, or cannot be run; saying in which line.

    Examples
    --------
    >>> use("own.py", Path("."))
    Traceback (most recent call last):
    cskit.errors.SettingsError: extend.python: own.py is Python code, and would run with all your rights. ...
    """
    global _used
    if not file:
        forget()
        return
    path = root / file
    if os.environ.get(TRUST) != "1":
        raise SettingsError(
            f"extend.python: {file} is Python code, and would run with all your rights. "
            f"Read it; if you trust it, say so: --trust, or {TRUST}=1 in the environment."
        )
    try:
        code = path.read_bytes()
    except OSError as fault:
        raise SettingsError(f"extend.python: {file} cannot be read: {fault.strerror}.") from None
    used = str(path), hashlib.sha256(code).hexdigest()
    if used == _used:
        return
    forget()
    try:
        exec(compile(code, str(path), "exec"), {"__name__": path.stem, "__file__": str(path)})
    except CskitError as fault:
        forget()
        raise SettingsError(f"{file}: {fault}") from None
    except Exception as fault:
        forget()
        raise SettingsError(f"{_place(file, path, fault)}: {type(fault).__name__}: {fault}") from None
    _used = used


class _Meant(BaseModel, extra="forbid"):
    """A metric as ``definitions.yaml`` tells it: what every wing's holds, words in one language or in several."""

    label: Text
    unit: metrics.Unit
    formula: Text
    wanted: metrics.Wanted = "none"
    rows: Text = ""
    source: str = ""


def beside(folder: str, root: Path) -> None:
    """Have the metrics and words that lie beside these notebooks of one's own, and no others.

    Parameters
    ----------
    folder : str
        Its place within the project; empty: there are none.
    root : Path
        The project folder.

    Raises
    ------
    SettingsError
        Naming every entry that does not do.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as root:
    ...     told = "talks.held: {label: {en: talks held, ja: 面談実施率}, unit: share, formula: held / due}"
    ...     _ = Path(root, "definitions.yaml").write_text(told, encoding="utf-8")
    ...     beside(".", Path(root))
    >>> metrics.definitions()["talks.held"].label
    'talks held'
    >>> beside("", Path("."))
    """
    global _beside
    metrics.OWN.clear()
    _beside = ""
    if not folder:
        return
    told = {name: path.read_bytes() for name in (DEFINITIONS, WORDS) if (path := root / folder / name).is_file()}
    metrics.OWN.update(
        {name: _defined(name, one) for name, one in _checked(DEFINITIONS, told, dict[str, _Meant]).items()}
    )
    for one in _checked(WORDS, told, list[dict[str, str]]):
        i18n.add(one)
    _beside = hashlib.sha256(b"".join(told.values())).hexdigest() if told else ""


def _checked(file: str, told: dict[str, bytes], kind: Any) -> Any:
    """What a file holds, every fault of it said at once; nothing where there is no file."""
    try:
        found = yaml.safe_load(told.get(file, b"")) or kind()
        return TypeAdapter(kind).validate_python(found)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise SettingsError(f"extend.notebooks: {file} cannot be read: {' '.join(str(fault).split())}") from None
    except ValidationError as fault:
        faults = [f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors()]
        raise SettingsError("\n".join([f"extend.notebooks: {file}:", *faults])) from None


def _defined(name: str, told: _Meant) -> metrics.Definition:
    report, _dot, own = name.partition(".")
    if not all(re.fullmatch(r"[a-z][a-z0-9_]*", part) for part in (report, own)) or report in metrics.WINGS:
        raise SettingsError(
            f"extend.notebooks: {DEFINITIONS}: {name}: a metric of yours is named like renewal_talks.held, its report "
            f"before the point; {', '.join(metrics.WINGS)} are the kit's."
        )
    label, formula, rows = (i18n.add(text) if text else "" for text in (told.label, told.formula, told.rows))
    return metrics.Definition(name, label, told.unit, told.wanted, formula, rows, told.source)


def forget() -> None:
    """Have no items and fields but those of the kit."""
    global _used
    for name in _items:
        LOWEST.pop(name, None)
        i18n.TERMS.pop(name, None)
    for name in _fields:
        FIELDS.pop(name, None)
    _items.clear()
    _fields.clear()
    _used = ("", "")


def _free(name: str, known: dict[str, Any], what: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SettingsError(f"{name}: a {what} is named by small letters, digits and _.")
    if name in known:
        raise SettingsError(f"{name}: there is a {what} of that name already. Choose another.")
    return name


def tried(data: "Data", rules: "Health") -> None:
    """Write the query of each item and field, and ask none of them.

    Raises
    ------
    CskitError
        Naming every one that cannot be written.

    Examples
    --------
    >>> @play_field(needs=["ticket"], label="inquiries")
    ... def inquiries(data):
    ...     return data.table("ticket")
    >>> tried(run.data, run.settings.health)
    Traceback (most recent call last):
    cskit.errors.CskitError: extend.python: inquiries: ticket is not a table. Did you mean tickets?
    >>> forget()
    """
    if not items() and not fields():
        return
    days = data.on_days([data.as_of, data.as_of.replace(day=1)])
    faults = []
    for own, given in (*((own, (days, rules)) for own in items()), *((own, (data,)) for own in fields())):
        if not own.needs:
            faults.append(f"extend.python: {own.name}: needs names the table it cannot do without.")
            continue
        try:
            if data.has(*own.needs):
                own.table(*given)
        except KeyError as fault:  # what it needs is no table or column of ours
            faults.append(f"extend.python: {own.name}: {fault.args[0]}")
        except CskitError as fault:
            faults.append(str(fault))
    if faults:
        raise CskitError("\n".join(faults))


def _why(fault: Exception) -> str:
    """Python's words, and what is meant where they do not say it."""
    if "belong to another relation" in str(fault):
        return (
            "columns of two tables. What filter or join gives is a table of its own: name it, and go on with that one."
        )
    if isinstance(fault, AttributeError) and "'Table' object has no attribute" in str(fault):
        near = did_you_mean(str(fault.name), getattr(fault.obj, "columns", ()))
        return f"no column of that table is called {fault.name}.{near}"
    return f"{type(fault).__name__}: {fault}"


def _place(file: str, path: Path, fault: Exception) -> str:
    """The file, and the line at which its own code gave up."""
    if isinstance(fault, SyntaxError):
        return f"{file}, line {fault.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == str(path)]
    return f"{file}, line {lines[-1]}" if lines else file
