"""What does the whole pack say on one page, and how do the periods follow each other?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cskit import i18n
from cskit.errors import SettingsError
from cskit.i18n import _
from cskit.metrics import Metric, definitions
from cskit.periods import Period, parse
from cskit.report.course import Stop, changes, figures
from cskit.report.coverage import Coverage
from cskit.report.manifest import Entry, read_manifest
from cskit.report.notebooks import SUMMARY
from cskit.report.outputs import Finding, metrics_of, one_line
from cskit.report.pages import Pack, fill, moment
from cskit.report.render import anchor_of, linked
from cskit.report.restated import restatements
from cskit.report.trouble import Trouble, trouble_of
from cskit.show import said, spread_of, tile

__all__ = ["index_page", "period_of", "periods_of", "periods_page", "read_metrics", "tiles_of"]

CARD_KEYS = 3
COURSE = 8  # periods side by side


@dataclass(frozen=True, slots=True)
class _Card:
    """A report as the index shows it."""

    name: str
    question: str
    finding: Finding
    keys: str
    carried: str
    trouble: Trouble | None


def index_page(
    pack: Pack,
    entries: Sequence[Entry],
    coverage: Coverage,
    files: Sequence[tuple[str, str]],
    quarrels: Sequence[str] = (),
    basis: str = "",
    at_root: bool = False,
    behind: Mapping[str, str] | None = None,
) -> str:
    """The pack on one page, in the language spoken.

    Parameters
    ----------
    pack : Pack
    entries : sequence of Entry
        Every report, in order.
    coverage : Coverage
    files : sequence of (str, str)
        Path within the run, what it holds.
    quarrels : sequence of str
        Numbers that two reports state differently.
    basis : str
        Of this run; a report carried over from another one is marked.
    at_root : bool
        The page stands beside the language folders, not in one.
    behind : mapping of str or None
        Where the rows behind a metric lie within the run; the page then lists every metric with them.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> found = Finding("failed", "KeyError: 'mori@example.com'", "Would customers recommend us?", trouble="cell")
    >>> made = datetime(2023, 7, 3, tzinfo=UTC)
    >>> pack = Pack("Customer success", "Apr–Jun 2023", "Jan–Mar 2023", "final", "final", "en", ("en",), made)
    >>> page = index_page(pack, [Entry("nps", "03_nps.ipynb", {"en": found}, {}, made, False, "")], Coverage(), [])
    >>> "A cell of the notebook failed." in page, "mori" in page
    (True, False)
    """
    here, up = (f"{pack.lang}/", "") if at_root else ("", pack.up)
    summary = next((entry.findings[pack.lang] for entry in entries if entry.name == SUMMARY), None)
    cards = [_card(entry, pack, here, basis) for entry in entries]
    lead = next(
        (card for card in cards if card.name == SUMMARY and card.finding.status == "ok" and not card.carried), None
    )
    return fill(
        "pack.html.j2",
        kind="pack",
        title=f"{pack.title} · {pack.period}",
        pack=pack,
        lang=pack.lang,
        languages=[(lang, f"{'' if at_root else '../'}{lang}/index.html") for lang in pack.langs if lang != pack.lang],
        here=here,
        up=up,
        periods=f"{up}../index.{pack.lang}.html",
        verdict=summary.verdict if summary and summary.status != "failed" else "",
        hero=tiles_of(summary, f"{here}{SUMMARY}.html") if summary else "",
        lead=lead,
        cards=cards,
        failed=[card for card in cards if card.finding.status == "failed"],
        coverage=coverage,
        files=files,
        metrics=[] if behind is None else _metric_lines(entries, pack, behind),
        quarrels=[one_line(text) for text in quarrels],
        made=pack.made,
        made_text=_("Made {when}", when=moment(pack.made)),
    )


def periods_of(out: Path) -> list[Period]:
    """The periods a reports folder holds, newest first.

    >>> from tempfile import TemporaryDirectory
    >>> from cskit.report.manifest import write_json
    >>> settings = {"all": {"calendar": {"first_fiscal_month": 4}}}
    >>> with TemporaryDirectory() as out:
    ...     for name in ("2022Q4", "2023Q1", "2023Q1-incomplete"):
    ...         Path(out, name).mkdir()
    ...         write_json({"period": name[:6], "settings": settings}, Path(out, name, "manifest.json"))
    ...     [period.name for period in periods_of(Path(out))]
    ['2023Q1', '2022Q4']
    """
    found = []
    for place in out.iterdir() if out.is_dir() else ():
        manifest = read_manifest(place)
        period = period_of(manifest)
        if period and period.name == place.name:
            found.append(period)
    return sorted(found, key=lambda period: (period.end, period.start), reverse=True)


def periods_page(out: Path, langs: Sequence[str] = ()) -> str:
    """Every period with its verdict, and each key figure over the periods, in the language spoken.

    Parameters
    ----------
    out : Path
        The reports folder.
    langs : sequence of str
        In which the page is written beside this one.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as out:
    ...     page = periods_page(Path(out), ["en", "ja"])
    >>> "<h1>Reports</h1>" in page, 'href="index.ja.html"' in page
    (True, True)
    """
    entries, stops, keys = [], [], []
    periods = periods_of(out)
    for period in periods:
        manifest, metrics = read_manifest(out / period.name), read_metrics(out / period.name)
        told = {name: _told(report) for name, report in manifest["reports"].items()}
        own = told.get(SUMMARY, {})
        shown = Finding("ok", keys=tuple(own.get("keys", ())), metrics=metrics)
        if period.kind == periods[0].kind:
            stops.append(Stop(period, metrics_of(shown), manifest["settings"]["all"]))
            leading = (own, *(report for name, report in told.items() if name != SUMMARY))
            keys += [key for report in leading for key in report.get("keys", ())]
        lang = i18n.language() if i18n.language() in manifest["languages"] else manifest["languages"][0]
        entries.append(
            {
                "label": i18n.period_label(period),
                "href": f"{period.name}/{lang}/index.html",
                "verdict": own.get("verdict", "") if own.get("status") != "failed" else "",
                "tiles": tiles_of(shown, f"{period.name}/{lang}/{SUMMARY}.html"),
                "complete": manifest["complete"],
                "incomplete": (out / f"{period.name}-incomplete").exists(),
                "incomplete_href": f"{period.name}-incomplete/{lang}/index.html",
                "title": manifest["title"],
            }
        )
    course = stops[:COURSE][::-1]
    newest = entries[0] if entries else {}
    heading = newest.get("title") or "Reports"
    return fill(
        "periods.html.j2",
        kind="periods",
        title=_(heading),
        lang=i18n.language(),
        languages=[(lang, f"index.{lang}.html") for lang in langs if lang != i18n.language()],
        entries=entries,
        columns=[i18n.period_label(stop.period, fiscal=False) for stop in course] if len(course) > 1 else [],
        figures=figures(course, list(dict.fromkeys(keys))) if len(course) > 1 else [],
        changes=changes(stops[::-1]),
        restatements=restatements(stops[::-1]),
        made=None,
    )


def _told(report: Mapping[str, Any]) -> dict[str, Any]:
    """What a manifest tells of a report, in the language spoken or else the first there is."""
    told = report.get("languages", {})
    return dict(told.get(i18n.language()) or next(iter(told.values()), {}))


def read_metrics(run: Path) -> dict[str, Any]:
    """``metrics.json`` of a run; empty where it cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> from cskit.report.manifest import write_json
    >>> with TemporaryDirectory() as folder:
    ...     nothing = read_metrics(Path(folder))
    ...     write_json({"nps.score": {"value": 6.4}}, Path(folder, "metrics.json"))
    ...     nothing, read_metrics(Path(folder))
    ({}, {'nps.score': {'value': 6.4}})
    """
    import json

    try:
        return dict(json.loads((run / "metrics.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _card(entry: Entry, pack: Pack, here: str, basis: str) -> _Card:
    finding = entry.findings[pack.lang]
    carried = ""
    if entry.carried:
        carried = _("Taken over, made {when}.", when=moment(entry.made.astimezone(pack.made.tzinfo)))
        if entry.basis != basis:
            carried += " " + _("Since then the data or the settings have changed.")
    shown = replace(finding, keys=finding.keys[:CARD_KEYS])
    question = _(finding.question) or entry.name
    tiles = tiles_of(shown, f"{here}{entry.name}.html")
    return _Card(entry.name, question, finding, tiles, carried, trouble_of(entry.name, question, finding, pack))


def _metric_lines(entries: Sequence[Entry], pack: Pack, behind: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every metric of the pack as a line: what it is, its value, and the rows it can be worked out from."""
    found: dict[str, tuple[str, Metric]] = {}
    for entry in (entry for entry in entries if entry.findings[pack.lang].status != "failed"):
        for name, one in metrics_of(entry.findings[pack.lang]).items():
            found.setdefault(name, (entry.name, one))
    known = definitions()
    return [
        {
            "name": name,
            "label": _(known[name].label),
            "href": f"{report}.html#{anchor_of(name)}",
            "value": "–" if one.value is None else said(one, one.value),
            "sorts": "" if one.value is None else one.value,
            "spread": " · ".join(spread_of(one)),
            "n": "" if one.n is None else i18n.number(one.n),
            "n_sorts": "" if one.n is None else one.n,
            "basis": {"counted": _("counted"), "estimated": _("an estimate"), "assumed": _("estimated")}[one.basis],
            "behind": behind.get(name, ""),
        }
        for name, (report, one) in sorted(found.items())
        if name in known
    ]


def tiles_of(finding: Finding, page: str) -> str:
    """Key figures as tiles, each linked to its definition; those of a failed report prove nothing.

    >>> from cskit.metrics import metric
    >>> metrics = {"nps.score": metric("nps.score", 6.4, "estimated").as_json()}
    >>> tiles_of(Finding("ok", keys=("nps.score",), metrics=metrics), "nps.html")
    '<dl class="keys">...<a href="nps.html#def-nps.score">NPS</a>...+6.4...</dl>'
    >>> tiles_of(Finding("failed", keys=("nps.score",), metrics=metrics), "nps.html")
    ''
    """
    metrics: Mapping[str, Metric] = metrics_of(finding)
    keys = finding.keys if finding.status != "failed" else ()
    shown = [tile(metrics[name]) for name in keys if name in metrics and name in definitions()]
    return linked(f'<dl class="keys">{"".join(shown)}</dl>', page) if shown else ""


def period_of(manifest: Mapping[str, Any]) -> Period | None:
    """The period of a run; None where the manifest is not one that cskit wrote.

    >>> period_of({"period": "2023Q2", "settings": {"all": {"calendar": {"first_fiscal_month": 4}}}}).end.isoformat()
    '2023-06-30'
    >>> period_of({"period": "2023Q2"}) is None
    True
    """
    try:
        return parse(manifest["period"], manifest["settings"]["all"]["calendar"]["first_fiscal_month"])
    except (KeyError, TypeError, SettingsError):
        return None
