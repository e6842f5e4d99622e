"""One validated run: the period, the settings, the data as of its end. Every notebook begins here."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from cskit import i18n
from cskit.data.schema import spoken
from cskit.errors import CskitError, SettingsError, did_you_mean
from cskit.glance import glance
from cskit.i18n import _
from cskit.metrics import Basis, Metric, metric
from cskit.params import NAMES, Params, changed, laid_over, project_root, resolve, settings_with
from cskit.periods import Period
from cskit.settings import Settings
from cskit.show import Headline
from cskit.stats.intervals import Interval

if TYPE_CHECKING:
    from cskit.data import Data

__all__ = ["Run", "start"]

LARGEST, MOST, LONG = 8, 8, 40  # of tables and changed settings so many are named; letters of a value
UNTOLD = ("sources", "output", "commentary", "scenarios")  # may say where a secret lies, or are long


@dataclass(frozen=True)
class Run:
    """What a notebook works with.

    Parameters
    ----------
    params : Params
        Period, period of comparison, settings.
    data : Data
        The tables as known at the end of the period.

    Examples
    --------
    >>> run.period.name, run.compare_to.name, run.settings.report.confidence, len(run.data.rows)
    ('2023Q2', '2022Q4', 0.95, 32)
    """

    params: Params
    data: "Data"

    def __repr__(self) -> str:
        return f"Run({self.period.name!r}, {self.compare_to.name!r}, {self.params.data!r}, {self.params.lang!r})"

    def _repr_html_(self) -> str:
        place = _("{place}, as of {day}", place=self.params.data, day=i18n.day(self.data.as_of))
        rows = [
            (_("Period"), f"{self.period.name}: {i18n.period_label(self.period)}"),
            (_("Compared with"), f"{self.compare_to.name}: {i18n.period_label(self.compare_to)}"),
            (_("Data"), place),
            (_("Tables"), self.data.in_short(LARGEST)),
            (_("Changed settings"), _changes(self.settings)),
        ]
        return glance("", rows)

    @property
    def settings(self) -> Settings:
        return self.params.settings

    def by(self, settings: Settings | Mapping[str, Any]) -> "Run":
        """The same period and data by other settings: whole ones, or changes as params hold them.

        >>> run.by({"health": {"grades": {"good": 80}}}).settings.health.grades.good
        80.0
        """
        if not isinstance(settings, Settings):
            settings = settings_with(laid_over(self.params.overrides, settings))
        return replace(self, params=replace(self.params, settings=settings))

    @property
    def period(self) -> Period:
        return self.params.period

    @property
    def compare_to(self) -> Period:
        return self.params.compare_to

    @property
    def year_before(self) -> Period:
        return self.period.year_before()

    @property
    def fiscal_start(self) -> date:
        """First day of the fiscal year that holds the period's end."""
        return self.period.fiscal_year.start

    @property
    def notes(self) -> tuple[str, ...]:
        """What every page must say before anything else."""
        notes = []
        if self.settings.report.status == "preliminary":
            notes.append(_("Preliminary: figures may still change."))
        for day, names in self._ends.items():
            told = i18n.listed(names)
            notes.append(
                _(
                    "The data do not reach to the end of the period: nothing of {tables} is newer than {day}. "
                    "What happened since is missing, and looks as if nothing had.",
                    tables=told,
                    day=day,
                )
            )
        only = self.settings.data.only
        if only:
            told = i18n.listed([f"{i18n.term(name)}: {i18n.term(value)}" for name, value in only.items()])
            notes.append(
                _(
                    "Only customers with {told}. Hours booked on no customer are left out; "
                    "the team serves other customers too, so its capacity is not set against them.",
                    told=told,
                )
            )
        if self.data.set_aside_rows:
            notes.append(
                i18n.n_(
                    "{n} faulty row was set aside and is in no figure: set_aside.xlsx.",
                    "{n} faulty rows were set aside and are in no figure: set_aside.xlsx.",
                    self.data.set_aside_rows,
                )
            )
        return tuple(notes)

    @property
    def _ends(self) -> dict[str, list[str]]:
        """Tables that stop long before the period does, by the day on which they do."""
        found: dict[str, list[str]] = {}
        for fault in self.data.warnings:
            if fault.kind == "ends" and self.data.as_of >= self.period.end:
                day = i18n.day(date.fromisoformat(fault.values["day"]))
                found.setdefault(day, []).append(spoken(fault.table))
        return found

    def metric(
        self,
        name: str,
        value: float | str | None,
        basis: Basis,
        around: Interval | None = None,
        moved: Interval | None = None,
        **rest: Any,
    ) -> Metric:
        """A metric with its target from the settings; see :func:`cskit.metrics.metric`.

        ``around`` gives its low and high, ``moved`` those of its change.
        """
        if around is not None:
            rest |= {"low": around.low, "high": around.high}
        if moved is not None:
            rest |= {"change_low": moved.low, "change_high": moved.high}
        if rest.get("before") is not None:
            rest["versus"] = f"{self.compare_to.start}/{self.compare_to.end}"
        target = self.settings.targets.get(name)
        if target is not None:
            rest["target"] = target.value
            rest |= {"wanted": target.wanted} if target.wanted else {}
        return metric(name, value, basis, **rest)

    def headline(self, report: str, verdict: str, keys: tuple[str, ...], metrics: tuple[Metric, ...]) -> Headline:
        """The opening of a report, with the author's words on it."""
        words = self.settings.commentary.get(report, "")
        if isinstance(words, dict):
            words = words.get(self.params.lang) or next(iter(words.values()), "")  # type: ignore[call-overload]
        return Headline(verdict, keys, metrics, self.notes, words)


def _changes(settings: Settings) -> str:
    """What is not as in the defaults, by its place; the value only where it is short and no secret's place."""
    told = {}
    for path, (before, now) in changed(settings).items():
        section, _dot, rest = path.partition(".")
        if section in UNTOLD:
            told[f"{section}.{rest.partition('.')[0]}"] = ""
        else:
            told[path] = _value(now, before)
    more = len(told) - MOST
    named = [f"{path} {value}".strip() for path, value in [*told.items()][:MOST]]
    rest = i18n.n_("{n} more setting is changed.", "{n} more settings are changed.", more) if more > 0 else ""
    return i18n.sentences(f"{i18n.several(named)}." if rest else i18n.several(named), rest) or _("none")


def _value(now: Any, before: Any) -> str:
    """A setting, and its default in brackets; nothing of a long one, or of many that came or went together."""
    if {} in (now, before):
        return ""
    value, default = ("–" if one is None else str(one) for one in (now, before))
    return "" if max(len(value), len(default)) > LONG else f"{value} ({default})"


def start(period: str, compare_to: str = "", data: str = "data/demo", lang: str = "en", settings: Any = None) -> Run:
    """Open and check everything a notebook needs.

    Parameters
    ----------
    period : str
        Quarter ``2023Q2``, half ``2023H1``, month ``2023-04``, year ``2023``; fiscal ``FY2023``, ``FY2023Q1``.
    compare_to : str
        An earlier period, written likewise; empty: the one before.
    data : str
        A folder of exports, a workbook, a ``.duckdb`` file, or a name that ``sources`` of params gives a database.
    lang : {"en", "ja"}
        In which everything is said.
    settings : dict or None
        Whatever is not to be as in ``params/base.yaml``, by its place there: ``{"health": {"grades": {"good": 80}}}``.

    Returns
    -------
    Run

    Raises
    ------
    SettingsError
        If a parameter cannot be used, or anything but the five was injected into the notebook.
    DataError
        Naming every fault of every table.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "customers.csv").write_text("customer_id,contracted_on\\nA,2022-04-01\\n")
    ...     begun = start("FY2023Q1", data=folder)
    >>> begun.period.name, begun.compare_to.name, begun.data.rows
    ('FY2023Q1', 'FY2022Q4', {'customers': 1})
    >>> start("2023Q2", settings={"report": {"confidense": 0.9}})
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: settings:
      report.confidense is not a setting. Did you mean confidence?
    """
    from cskit.data import open_data

    _say_faults_plainly()
    _refuse_strangers(_cells())
    root = project_root()
    values = {"period": period, "compare_to": compare_to, "data": data, "lang": lang, "settings": settings}
    params = resolve(values, root=root)
    i18n.use(params.lang)
    i18n.use_currency(params.settings.money.currency)
    return Run(params, open_data(params.data, params.settings, params.period.end, root))


def _cells() -> list[str]:
    """Sources of the cells run so far, as the shell itself keeps them; none outside a notebook."""
    import sys

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return list(shell.history_manager.input_hist_raw) if shell else []  # not In, which a parameter could be called


def _refuse_strangers(cells: list[str]) -> None:
    """Refuse what papermill injected under any other name, and what is no plain value.

    Papermill only warns of a misspelt parameter, and writes names into the cell as they are. Its cell is known by its
    first line; any other that sets a parameter before the first ``start`` holds parameters and nothing else, too.
    """
    begun = next((place for place, cell in enumerate(cells) if "start(" in cell), len(cells))
    for place, cell in enumerate(cells):
        headed = cell.lstrip().startswith("# Parameters")
        if headed or (place < begun and _sets_a_parameter(cell)):
            _refuse_others(cell)


def _sets_a_parameter(cell: str) -> bool:
    return re.search(rf"^({'|'.join(NAMES)})\s*=[^=]", cell, re.M) is not None


def _refuse_others(cell: str) -> None:
    """Refuse anything in a cell but literals under the five names."""
    try:
        lines = ast.parse(cell).body
    except (SyntaxError, ValueError):
        raise SettingsError("The cell of parameters cannot be read as Python.") from None
    for line in lines:
        targets = line.targets if isinstance(line, ast.Assign) else []
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        for name in names:
            if name not in NAMES:
                known = ", ".join(NAMES)
                raise SettingsError(f"{name} is not a parameter.{did_you_mean(name, NAMES)} There are: {known}.")
        if not names or len(names) < len(targets):
            raise SettingsError("The cell of injected parameters holds more than assignments.")
        try:
            ast.literal_eval(line.value)  # type: ignore[attr-defined]
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            raise SettingsError(f"{names[0]}: a parameter is a plain value, not something to be worked out.") from None


def _say_faults_plainly() -> None:
    """In a notebook, a fault the user can mend is shown as its text, not as a traceback."""
    import sys

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        # IPython does not show what a handler returns: unless it is sent on, the cell would seem to have gone well
        shell.set_custom_exc(
            (CskitError,),
            lambda shell, kind, error, _trace, tb_offset=None: shell._showtraceback(kind, error, [str(error)]),
        )
