"""From what, with which settings and which code was a run made?"""

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cskit import i18n
from cskit.params import Params
from cskit.report.identity import SILENT, code_digest, own_code, sha256_of, versions
from cskit.report.notebooks import SUMMARY
from cskit.report.trouble import said_of

if TYPE_CHECKING:
    from cskit.data import Data
    from cskit.report.outputs import Finding

__all__ = ["Entry", "basis", "code_state", "facts_of", "join_metrics", "read_manifest", "run_facts", "write_json"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One report of a run in all its languages.

    Parameters
    ----------
    name : str
    notebook : str
        Its file name.
    findings : dict of Finding
        By language.
    seconds : dict of float
        By language.
    made : datetime
    carried : bool
        Taken over from an earlier run.
    basis : str
        Digest of the data and settings it was made from.
    identities : dict of str
        What made it, by language: :class:`cskit.report.identity.Identity`.
    kept : bool
        Not run again: nothing had changed since an earlier run.
    peak : float
        Most memory that one of its kernels held, in megabytes.

    Examples
    --------
    >>> from cskit.report.outputs import Finding
    >>> found = {"en": Finding("failed", "KeyError: '株式会社あおぞら'", trouble="cell"), "ja": Finding("ok")}
    >>> entry = Entry("nps", "03_nps.ipynb", found, {"en": 1.5}, datetime(2023, 7, 3), carried=False, basis="")
    >>> entry.failed, entry.as_json()["languages"]["en"]["message"]
    (True, 'A cell of the notebook failed.')
    """

    name: str
    notebook: str
    findings: dict[str, "Finding"]
    seconds: dict[str, float]
    made: datetime
    carried: bool
    basis: str
    identities: dict[str, str] = field(default_factory=dict)
    kept: bool = False
    peak: float = 0.0

    @property
    def first(self) -> "Finding":
        return next(iter(self.findings.values()))

    @property
    def failed(self) -> bool:
        return any(finding.status == "failed" for finding in self.findings.values())

    def as_json(self) -> dict[str, Any]:
        """What ``manifest.json`` holds of it; leadership gets it, so of what failed the kind alone."""
        return {
            "notebook": self.notebook,
            "status": "failed" if self.failed else self.first.status,
            "question": self.first.question,
            "made_at": self.made.isoformat(timespec="seconds"),
            "carried_over": self.carried,
            "kept": self.kept,
            "basis": self.basis,
            "metrics": sorted(self.first.metrics),
            "peak_megabytes": round(self.peak),
            "languages": {
                lang: {
                    "status": finding.status,
                    "message": _said(finding, lang),
                    "trouble": finding.trouble,
                    "verdict": finding.verdict,
                    "keys": list(finding.keys),
                    "seconds": round(self.seconds.get(lang, 0.0), 2),
                    "identity": self.identities.get(lang, ""),
                }
                for lang, finding in self.findings.items()
            },
        }


def _said(finding: "Finding", lang: str) -> str:
    with i18n.speaking(lang):
        return said_of(finding) if finding.status == "failed" else finding.message


def join_metrics(entries: Iterable[Entry]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """All metrics of a pack, by name, and where two statements of one number differ.

    A number is the same in every language, and in every report made from the same data and settings; a report
    that has it as its own goes before the summary, which only repeats it.

    >>> from cskit.report.outputs import Finding
    >>> def entry(name, score):
    ...     found = Finding("ok", metrics={"nps.score": {"value": score}})
    ...     return Entry(name, "", {"en": found}, {}, datetime(2023, 7, 3), carried=False, basis="the same")
    >>> join_metrics([entry("summary", 7), entry("nps", 6)])
    ({'nps.score': {'value': 6}}, ['nps.score is 6 in nps and 7 in summary'])
    """
    found: dict[str, dict[str, Any]] = {}
    origin: dict[str, Entry] = {}
    quarrels = []
    for entry in sorted(entries, key=lambda entry: entry.name == SUMMARY):
        first, *others = entry.findings.items()
        for lang, finding in others:
            differing = [
                name for name in sorted({*first[1].metrics, *finding.metrics})
                if first[1].metrics.get(name) != finding.metrics.get(name)
            ]  # fmt: skip
            if differing and not entry.failed:
                quarrels.append(f"{entry.name}: {', '.join(differing)} differ between {first[0]} and {lang}")
        for name, metric in (first[1].metrics if first[1].status != "failed" else {}).items():
            there, other = found.get(name, metric)["value"], origin.setdefault(name, entry)
            if there != metric["value"] and other.basis == entry.basis:
                quarrels.append(f"{name} is {there} in {other.name} and {metric['value']} in {entry.name}")
            found.setdefault(name, metric)
    return dict(sorted(found.items())), quarrels


def facts_of(params: Params) -> dict[str, Any]:
    """The part of :func:`run_facts` that the packs of one run do not share.

    >>> from cskit.params import load
    >>> facts = facts_of(load("2023Q2", overrides=["health.grades.good=80"]))
    >>> facts["as_of"], facts["settings"]["overrides"]["health"], "lang" in facts
    ('2023-06-30', {'grades': {'good': 80}}, False)
    """
    own = {name: value for name, value in params.injected().items() if name != "lang"}
    return {
        **own,
        "as_of": params.period.end.isoformat(),
        "settings": {"overrides": params.overrides, "all": params.settings.model_dump(mode="json", by_alias=True)},
    }


def run_facts(params: Params, root: Path, data: "Data | None") -> dict[str, Any]:
    """What a run was made from: parameters, settings, inputs, code, libraries.

    >>> from datetime import date
    >>> from cskit.data import Data
    >>> from cskit.errors import Fault
    >>> from cskit.params import load
    >>> odd = Fault("customers", "customers.csv", "no e-mail", rows=(14, 88), count=2, warning=True)
    >>> facts = run_facts(load("2023Q2"), Path(), Data(date(2023, 6, 30), (odd,), rows={"customers": 500}))
    >>> facts["period"], facts["rows"], facts["inputs"], [fault["count"] for fault in facts["warnings"]]
    ('2023Q2', {'customers': 500}, [], [2])
    """
    return {
        **facts_of(params),
        "inputs": [
            {
                "path": str(entry.path),
                "table": entry.table,
                "rows": entry.rows,
                "sha256": entry.sha256,
                "read": {
                    **entry.how,
                    "rows_used": entry.rows - entry.set_aside,
                    "rows_set_aside": entry.set_aside,
                },
            }
            for entry in (data.inputs if data else ())
        ],
        "rows": dict(data.rows) if data else {},
        "warnings": [asdict(fault.discreet) for fault in (data.warnings if data else ())],
        "set_aside_rows": data.set_aside_rows if data else 0,
        "code": code_state(root),
        "versions": versions(),
    }


def basis(facts: Mapping[str, Any]) -> str:
    """A digest of data and settings: two reports with the same one may stand side by side.

    What a notebook may take changes nothing that it says; a threshold does:

    >>> from cskit.params import load
    >>> def made(*overrides):
    ...     return basis({**facts_of(load("2023Q2", overrides=overrides)), "inputs": [], "set_aside_rows": 0})
    >>> made("limits.minutes=5") == made(), made("health.grades.good=80") == made()
    (True, False)
    """
    told = {name: facts[name] for name in ("period", "compare_to", "inputs", "set_aside_rows")}
    told["settings"] = {name: part for name, part in facts["settings"]["all"].items() if name not in SILENT}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def code_state(root: Path) -> dict[str, Any]:
    """The revision of the project's code, whether anything was changed since, and digests that need no git.

    >>> code_state(Path("no/such/folder"))["revision"] is None
    True
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "requirements.lock").write_bytes(b"pandas==3.0.0\\n")
    ...     code_state(Path(folder))["lock_sha256"][:12]
    '825eea841aab'
    """
    try:
        revision = _git(root, "rev-parse", "HEAD")
        state = {"revision": revision, "clean": not _git(root, "status", "--porcelain")}
    except (OSError, subprocess.SubprocessError):
        state = {"revision": None, "clean": None}
    lock = root / "requirements.lock"
    return state | own_code() | {"digest": code_digest(), "lock_sha256": sha256_of(lock) if lock.is_file() else None}


def read_manifest(run: Path) -> dict[str, Any]:
    """The manifest of a run; empty where there is none that can be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for text in ('{"period": "2023Q2"}', '{"period": "2023', "[]"):
    ...         written = Path(folder, "manifest.json").write_text(text)
    ...         print(read_manifest(Path(folder)))
    {'period': '2023Q2'}
    {}
    {}
    """
    try:
        found = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(value: Any, path: Path) -> None:
    """As a person may read it; a number that JSON does not know is an error, a date or the like is written out.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_json({"customer": "株式会社", "made": datetime(2023, 7, 3)}, Path(folder, "one.json"))
    ...     print(Path(folder, "one.json").read_text(encoding="utf-8"), end="")
    {
      "customer": "株式会社",
      "made": "2023-07-03 00:00:00"
    }
    >>> write_json({"share": float("nan")}, Path("is-never-written.json"))
    Traceback (most recent call last):
        ...
    ValueError: Out of range float values are not JSON compliant...
    """
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=_day)
    path.write_text(text + "\n", encoding="utf-8")


def _day(value: object) -> str:
    """A day or a time as text; whatever else JSON does not know is a mistake of ours."""
    if isinstance(value, date):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not written")


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True, timeout=20)
    return done.stdout.strip()
