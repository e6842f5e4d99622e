"""One pack for all customers, or one for each value of a column of theirs: segment, region, owner?"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cskit import i18n
from cskit.errors import SettingsError
from cskit.i18n import _
from cskit.params import Params, resolve
from cskit.report.course import figures_of
from cskit.report.folder import Folder
from cskit.report.index import tiles_of
from cskit.report.manifest import join_metrics, write_json
from cskit.report.notebooks import SUMMARY
from cskit.report.outputs import Finding, metrics_of
from cskit.report.pages import Pack, fill, moment
from cskit.report.publish import put_in_place
from cskit.report.unchanged import refuse_column

if TYPE_CHECKING:
    from cskit.data import Data

__all__ = ["Part", "folder_name", "parts_of", "write_overview"]

SIDE_BY_SIDE = 8  # columns of figures that a page can hold
# People are not set side by side: the purpose is the flow of the work, not appraisal.
PEOPLE = ("owner",)


@dataclass(frozen=True, slots=True)
class Part:
    """One pack of several.

    Parameters
    ----------
    value : str
        Of the column; empty: the pack of all customers.
    folder : str
        Within the run; empty: the run itself.
    params : Params
        With ``data.only`` set.

    Examples
    --------
    >>> (whole,) = parts_of(run.params, "", None, Path())
    >>> whole.value, whole.folder, whole.params is run.params
    ('', '', True)
    """

    value: str
    folder: str
    params: Params


def parts_of(params: Params, each: str, data: "Data | None", root: Path) -> tuple[Part, ...]:
    """The packs of a run.

    Parameters
    ----------
    params : Params
    each : str
        A column of customers; empty: one pack of them all.
    data : Data or None
        As opened for the run; its values decide which packs there are.

    Raises
    ------
    SettingsError
        If customers have no such column, or it is empty.

    Examples
    --------
    >>> from cskit.params import project_root
    >>> parts = parts_of(run.params, "segment", run.data, project_root(Path(__file__)))
    >>> [part.folder for part in parts], parts[0].params.settings.data.only
    (['segment=enterprise', 'segment=mid', 'segment=small'], {'segment': 'enterprise'})
    >>> parts_of(run.params, "segmnt", run.data, Path())
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: ... Did you mean segment?...
    """
    if not each:
        return (Part("", "", params),)
    refuse_column(each)
    if data is None or not data.has("customers", each):
        raise SettingsError(f"--each: customers.{each} did not come with the data.")
    rows = data.table("customers")
    found = rows.filter(rows[each].notnull()).select(each).distinct().order_by(each).to_pandas()[each]
    if found.empty:
        raise SettingsError(f"--each: customers.{each} is empty.")
    names = _folder_names(each, list(map(str, found)))
    return tuple(Part(value, folder, _only(params, each, value, root)) for value, folder in names)


def _only(params: Params, each: str, value: str, root: Path) -> Params:
    told = deepcopy(params.injected())
    told["settings"].setdefault("data", {}).setdefault("only", {})[each] = value
    return resolve(told, root=root)


def _folder_names(each: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
    taken: set[str] = set()
    for value in values:
        stem, again = folder_name(each, value), 1
        name = stem
        while name.casefold() in taken:  # some disks do not tell A from a
            again += 1
            name = f"{stem}-{again}"
        taken.add(name.casefold())
        yield value, name


def folder_name(each: str, value: str) -> str:
    """A folder for a value, whatever stands in it: it leads nowhere else.

    Examples
    --------
    >>> folder_name("segment", "mid-size"), folder_name("region", "関東"), folder_name("plan", "../../etc")
    ('segment=mid-size', 'region=関東', 'plan=_.._etc')
    """
    plain = re.sub(r"[^\w.-]+", "_", value).strip(".")[:80]
    return f"{each}={plain or '_'}"


def write_overview(
    stage: Path, params: Params, each: str, runs: Sequence[tuple[Part, Folder]], without: int, identity: str
) -> None:
    """The page that leads to the packs, in every language, and the manifest of them all.

    Parameters
    ----------
    stage : Path
        The run's folder.
    params : Params
    each : str
    runs : sequence of (Part, Folder)
    without : int
        Customers that have no value, and are in no pack.
    identity : str
        What makes this run.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from tempfile import TemporaryDirectory
    >>> from cskit.report.manifest import Entry, read_manifest
    >>> made, found = datetime(2023, 7, 3, tzinfo=UTC), Finding("ok", verdict="NPS stands at +6.4.")
    >>> part = Part("small", "segment=small", run.params)
    >>> with TemporaryDirectory() as stage:
    ...     own = Folder(run.params, Path(), Path(stage, part.folder), ("en",), made, None, {}, "", part.folder)
    ...     own.entries.append(Entry("nps", "03_nps.ipynb", {"en": found}, {}, made, False, ""))
    ...     write_overview(Path(stage), run.params, "segment", [(part, own)], 3, "")
    ...     page = Path(stage, "index.en.html").read_text(encoding="utf-8")
    ...     read_manifest(Path(stage))["parts"], 'href="segment%3Dsmall/en/index.html"' in page
    ({'small': 'segment=small'}, True)
    """
    langs, made = runs[0][1].langs, runs[0][1].made
    for place, lang in enumerate(langs):
        with i18n.speaking(lang):
            i18n.use_currency(params.settings.money.currency)
            text = _overview(Pack.of(params, langs, made), each, runs, without)
        for name in (f"index.{lang}.html", *(["index.html"] if place == 0 else [])):
            put_in_place(stage / name, text)
    told = {
        "period": params.period.name,
        "each": each,
        "made_at": made.isoformat(timespec="seconds"),
        "complete": all(run.complete for _part, run in runs),
        "languages": list(langs),
        "parts": {part.value: part.folder for part, _run in runs},
        "without": without,
        "identity": identity,
    }
    write_json(told, stage / "manifest.json")


def _overview(pack: Pack, each: str, runs: Sequence[tuple[Part, Folder]], without: int) -> str:
    cards, shown, keys = [], [], list[str]()
    for part, run in runs:
        own = next((entry for entry in run.entries if entry.name == SUMMARY), run.entries[0]).findings[pack.lang]
        metrics = metrics_of(Finding("ok", metrics=join_metrics(run.entries)[0]))
        keys += [key for entry in run.entries for key in entry.findings[pack.lang].keys]
        href = f"{quote(part.folder)}/{pack.lang}/index.html"
        cards.append(
            {
                "label": i18n.term(part.value),
                "href": href,
                "verdict": own.verdict if own.status != "failed" else "",
                "tiles": tiles_of(own, f"{quote(part.folder)}/{pack.lang}/{SUMMARY}.html"),
                "complete": run.complete,
            }
        )
        shown.append(metrics)
    beside = len(runs) <= SIDE_BY_SIDE and each not in PEOPLE
    return fill(
        "each.html.j2",
        kind="periods",
        pack=pack,
        title=f"{pack.title} · {pack.period} · {_by(each)}",
        by=_by(each),
        lang=pack.lang,
        languages=[(lang, f"index.{lang}.html") for lang in pack.langs if lang != pack.lang],
        cards=cards,
        figures=figures_of(shown, list(dict.fromkeys(keys))) if beside else [],
        without=without,
        made=pack.made,
        made_text=_("Made {when}", when=moment(pack.made)),
    )


def _by(each: str) -> str:
    """What the packs are told apart by."""
    named = {
        "segment": _("By segment"),
        "plan": _("By plan"),
        "region": _("By region"),
        "owner": _("By owner"),
        "parent_id": _("By parent company"),
        "usage_rhythm": _("By rhythm of use"),
    }
    return named.get(each, each)
