"""Would a run make what readers see already? Told without the engine and without the libraries that reports need."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cskit import i18n
from cskit.errors import SettingsError, did_you_mean
from cskit.params import Params
from cskit.report.identity import identity, input_digest
from cskit.report.manifest import read_manifest
from cskit.report.notebooks import Notebook, chosen, notebooks_of
from cskit.report.publish import Shelf

__all__ = ["columns", "languages_of", "nothing_to_do", "refuse_column", "shelf_name", "whole_identity"]


def nothing_to_do(
    params: Params,
    root: Path,
    out: Path,
    langs: Sequence[str] = (),
    only: Sequence[str] = (),
    pdf: bool = False,
    each: str = "",
) -> Path | None:
    """What readers see of the period, where a run would make the same again; None where there is something to do.

    The parameters are those of :func:`cskit.report.pack.make_pack`; ``pdf``: pages as PDF are wanted as well.

    No reports are there yet, so there is something to do:

    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import load
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "notebooks").mkdir()
    ...     Path(folder, "notebooks/02_dear_health.ipynb").touch()
    ...     nothing_to_do(load("2023Q2", data="no/such/folder"), Path(folder), Path(folder, "reports")) is None
    True
    """
    books = notebooks_of(root, params.settings.extend.notebooks)
    wanted = chosen(books, only)
    shelf = Shelf(out, shelf_name(params, each))
    seen = shelf.link if shelf.link.is_dir() and not shelf.incomplete.is_dir() else None
    spoken = languages_of(params, langs, seen if len(wanted) < len(books) else None)
    inputs = input_digest(params, root)
    if seen and each:
        told = read_manifest(seen)
        same = told.get("complete") and told.get("identity") == whole_identity(params, inputs, wanted, spoken, each)
        return seen if same and not pdf else None
    own = identity(params, inputs)
    wanted_of = {(book.name, lang): own.of(book, lang) for book in wanted for lang in spoken}
    return seen if seen and _same(read_manifest(seen), wanted_of, spoken, pdf) else None


def _same(told: Mapping[str, Any], wanted: Mapping[tuple[str, str], str], langs: Sequence[str], pdf: bool) -> bool:
    """Whether a run made these reports, each from the same."""
    if not told.get("complete") or told.get("languages") != list(langs) or (pdf and not told.get("pdf")):
        return False
    reports = told.get("reports", {})
    made = {
        (name, lang): own.get("identity") for name, one in reports.items() for lang, own in one["languages"].items()
    }
    return all(made.get(place) == identity for place, identity in wanted.items())


def whole_identity(params: Params, inputs: str, books: Sequence[Notebook], langs: Sequence[str], each: str) -> str:
    """What makes a run of several packs: which there are follows from its inputs.

    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import load
    >>> params = load("2023Q2", data="no/such/folder")
    >>> with TemporaryDirectory() as folder:
    ...     book = Notebook("dear_health", Path(folder, "02_dear_health.ipynb"))
    ...     book.path.touch()
    ...     before = whole_identity(params, "", [book], ["en", "ja"], "segment")
    ...     written = book.path.write_text("{}")
    ...     after = whole_identity(params, "", [book], ["en", "ja"], "segment")
    >>> before.split()[0], len(before.split()), before == after
    ('segment', 3, False)
    """
    own = identity(params, inputs)
    return " ".join([each, *(own.of(book, lang) for book in books for lang in langs)])


def shelf_name(params: Params, each: str) -> str:
    """Under which name readers find a run.

    Raises
    ------
    SettingsError
        If customers have no such column: nothing is written under a name that nobody knows.

    Examples
    --------
    >>> from cskit.params import load
    >>> shelf_name(load("2023Q2"), ""), shelf_name(load("2023Q2"), "segment")
    ('2023Q2', '2023Q2-by-segment')
    """
    if each:
        refuse_column(each)
    return f"{params.period.name}-by-{each}" if each else params.period.name


def columns() -> list[str]:
    """Columns of customers by which packs can be told apart.

    >>> columns()
    ['parent_id', 'segment', 'plan', 'region', 'usage_rhythm', 'owner']
    """
    from cskit.data.schema import tables

    own = tables()["customers"]
    never = {*own.key, "name", "url", "tags"}
    return [name for name, column in own.columns.items() if column.type == "text" and name not in never]


def refuse_column(each: str) -> None:
    """Refuse what is no column that tells packs apart.

    >>> refuse_column("segment")
    >>> refuse_column("segmnt")
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: --each: segmnt is not one of parent_id, segment, plan, region, usage_rhythm,
    owner. Did you mean segment?
    """
    if each not in columns():
        raise SettingsError(f"--each: {each} is not one of {', '.join(columns())}.{did_you_mean(each, columns())}")


def languages_of(params: Params, langs: Sequence[str], before: Path | None) -> tuple[str, ...]:
    """The languages of this run: all or none of the run that reports are taken over from.

    >>> from tempfile import TemporaryDirectory
    >>> from cskit.params import load
    >>> params = load("2023Q2")
    >>> languages_of(params, (), None), languages_of(params, ("ja", "en", "ja"), None)
    (('en',), ('ja', 'en'))
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "manifest.json").write_text('{"languages": ["ja"]}')
    ...     languages_of(params, (), Path(folder))
    ('ja',)
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "manifest.json").write_text('{"languages": ["ja"]}')
    ...     languages_of(params, ("en",), Path(folder))
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: --lang: the run that the other reports are taken over from is in ja.
    Give --lang ja, or leave --only away.
    """
    wanted = tuple(dict.fromkeys(langs))
    for lang in wanted or (params.lang,):
        with i18n.speaking(lang):  # refused here, by name, if there is no such language
            pass
    there = tuple(read_manifest(before)["languages"]) if before else ()
    if there and wanted and set(wanted) != set(there):
        raise SettingsError(
            f"--lang: the run that the other reports are taken over from is in {', '.join(there)}. "
            f"Give --lang {','.join(there)}, or leave --only away."
        )
    return there or wanted or (params.lang,)
