"""What may be set, and within what limits: the shape of ``params/base.yaml``.

No default stands here: base.yaml holds every one. A mapping's part and a phase's rule are the exceptions, as they have
none to start from.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cskit.catalogue import Play
from cskit.errors import SettingsError, did_you_mean
from cskit.glance import glance
from cskit.i18n import _
from cskit.secrets import refuse_literal

__all__ = [
    "AUDIENCES",
    "LOWEST",
    "Audience",
    "Backtest",
    "Balance",
    "Band",
    "Calendar",
    "CalendarExport",
    "Cap",
    "Data",
    "Extend",
    "Fact",
    "Flow",
    "Grades",
    "Growth",
    "Health",
    "Inbound",
    "Item",
    "Limits",
    "Minutes",
    "Mode",
    "Money",
    "Nps",
    "Onboarding",
    "Opening",
    "OtherWeights",
    "Outlook",
    "Part",
    "Persons",
    "Phase",
    "PhaseRule",
    "Plays",
    "Privacy",
    "Report",
    "Review",
    "Reviews",
    "Rhythm",
    "Roadmap",
    "Rollout",
    "RouteShares",
    "Routes",
    "Settings",
    "Signs",
    "Silent",
    "Step",
    "Substitute",
    "Support",
    "Target",
    "Unpivot",
    "WhatIf",
    "Workload",
]

Share = Annotated[float, Field(ge=0, le=1)]
Grade = Literal["good", "sound", "caution", "action"]
Lang = Literal["en", "ja"]
Audience = Literal["leadership", "internal", "csm", "customer"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

# What health can compute (cskit.health.items), and the lowest value each may have: there its bands begin.
LOWEST = {
    "setup_done": 0, "licence_use": 0, "feature_breadth": 0, "usage_depth": 0, "days_since_contact": 0,
    "relationship": 1, "goals_on_way": 0, "account_nps": 0, "contact_changed": 0, "open_severe_tickets": 0,
    "arr_change": 0, "notice_given": 0,
}  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, allow_inf_nan=False)


class Calendar(_Strict):
    """Params: ``calendar``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.calendar.first_fiscal_month, settings.calendar.timezone
    (4, 'Asia/Tokyo')
    """

    first_fiscal_month: int = Field(ge=1, le=12)
    timezone: str

    @field_validator("timezone")
    @classmethod
    def _on_the_map(cls, name: str) -> str:
        from zoneinfo import ZoneInfo, available_timezones

        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"is no time zone.{did_you_mean(name, sorted(available_timezones()))}") from None
        return name


class Money(_Strict):
    """Params: ``money``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.money.currency, settings.money.hourly_cost
    ('JPY', 6000.0)
    """

    currency: str = Field(pattern="^[A-Z]{3}$")
    hourly_cost: float = Field(ge=0)
    gross_margin: float = Field(gt=0, le=1)
    ltv_years: int = Field(ge=1)


class Unpivot(_Strict):
    """A sheet of people × days, read as bookings.

    >>> Unpivot(keep={"csm_id": "社員ID"}, month="2023-04").unit
    'hours'
    """

    keep: dict[str, str] = Field(min_length=1)
    columns: Literal["days"] = "days"
    into: Literal["minutes"] = "minutes"
    unit: Literal["hours", "minutes", "days_of_8_hours"] = "hours"
    month: str = ""

    @field_validator("month", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> str:
        return _text(value)


class CalendarExport(_Strict):
    """A calendar's export, read as contacts. A rule has defaults of its own, as a part has.

    >>> CalendarExport(own_domains=["example.co.jp"]).within_days
    31
    """

    own_domains: list[str] = Field(min_length=1)
    kinds: dict[Literal["regular", "review", "onboarding", "project", "check_in"], list[str]] = {}
    people: dict[str, str] = {}
    columns: dict[
        Literal["title", "start", "start_time", "end", "end_time", "attendees", "optional", "organizer", "status"], str
    ] = {}
    moved: list[str] = ["リスケ", "日程変更", "延期", "rescheduled"]
    cancelled: list[str] = ["キャンセル", "取消", "中止", "canceled", "cancelled"]
    within_days: int = Field(default=31, ge=0)


class Part(_Strict):
    """One file, sheet or SELECT that becomes (a part of) a table. The only settings with defaults of their own.

    >>> Part(file="取引先.csv", columns={"customer_id": "取引先コード"}).columns["customer_id"]
    '取引先コード'
    """

    file: str = ""
    sheet: str = ""
    sql: str = ""
    columns: dict[str, str] = {}
    constants: dict[str, str | int | float | bool] = {}
    values: dict[str, dict[str, str]] = {}
    missing: dict[str, list[str]] = {}
    encoding: Literal["", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "shift_jis", "euc-jp",
                      "iso-2022-jp", "cp1252"] = ""  # fmt: skip
    separator: Literal["", ",", "\t", ";", "|"] = ""
    header_row: int = Field(default=0, ge=0, le=1000)
    totals: Literal["refuse", "drop"] = "refuse"
    fill_down: list[str] = []

    @field_validator("encoding", mode="before")
    @classmethod
    def _as_codecs_are_named(cls, value: Any) -> Any:
        name = str(value).lower().replace("_", "-")
        return {"utf8": "utf-8", "shift-jis": "shift_jis", "sjis": "shift_jis", "eucjp": "euc-jp"}.get(name, name)

    @field_validator("separator", mode="before")
    @classmethod
    def _by_its_name(cls, value: Any) -> Any:
        names = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|", "\\t": "\t"}
        return names.get(value, value) if isinstance(value, str) else value

    unpivot: Unpivot | None = None
    calendar: CalendarExport | None = None

    @model_validator(mode="before")
    @classmethod
    def _texts(cls, data: Any) -> Any:
        """YAML reads 11 and 2017 as numbers; the cells of an export are text, so these are too."""
        if not isinstance(data, dict):
            return data
        data = {
            name: value for name, value in data.items() if value is not None
        }  # columns: with all of them commented out
        if isinstance(data.get("missing"), dict):
            data["missing"] = {k: [_text(x) for x in _list(v)] for k, v in data["missing"].items()}
        if isinstance(data.get("values"), dict):
            data["values"] = {
                k: {_text(a): _text(b) for a, b in v.items()} if isinstance(v, dict) else v
                for k, v in data["values"].items()
            }
        return data

    @model_validator(mode="after")
    def _one_origin(self) -> "Part":
        if bool(self.file) == bool(self.sql):
            raise ValueError("a part names either a file or a SELECT in sql")
        if self.sql and self.fill_down:
            raise ValueError("fill_down is for a file, whose rows have an order; a SELECT fills its own cells")
        if (self.unpivot or self.calendar) and (self.sql or self.columns):
            raise ValueError(
                "unpivot and calendar: each names its columns itself; sql and columns have no place beside it"
            )
        return self


class Data(_Strict):
    """Params: ``data``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.data.set_aside
    False
    """

    exclude_tags: list[str]
    set_aside: bool
    only: dict[str, str]
    mapping: dict[str, list[Part]]
    mapping_file: list[str]
    headers: dict[str, dict[str, list[str]]]
    by_name: list[str]

    @field_validator("mapping_file", mode="before")
    @classmethod
    def _several_files(cls, value: Any) -> list[Any]:
        return [name for name in _list(value) if name not in ("", None)]

    @model_validator(mode="before")
    @classmethod
    def _single_parts(cls, data: Any) -> Any:
        """One part, and one header, need not be written as a list."""
        if isinstance(data, dict) and isinstance(data.get("mapping"), dict):
            data = {**data, "mapping": {table: _list(parts) for table, parts in data["mapping"].items()}}
        if isinstance(data, dict) and isinstance(data.get("headers"), dict):
            listed = {
                table: {column: [_text(word) for word in _list(words)] for column, words in own.items()}
                if isinstance(own, dict)
                else own
                for table, own in data["headers"].items()
            }
            data = {**data, "headers": listed}
        return data


def _refuse_literals(named: dict[str, str], options: Mapping[str, object]) -> None:
    """Secrets that stand where only their places may, as pydantic wants to be told of them."""
    try:
        for name, value in {**named, **{f"options.{name}": value for name, value in options.items()}}.items():
            refuse_literal(name, value)
    except SettingsError as fault:
        raise ValueError(str(fault)) from None


class Source(_Strict):
    """A database or a cluster that ``data`` may name; its secrets by reference only."""

    url: str = Field(min_length=1)
    user: str = ""
    password: str = ""
    schema_: str = Field(default="", alias="schema")
    parquet: str = ""
    options: dict[str, str | int | float | bool] = {}

    @model_validator(mode="after")
    def _no_secrets(self) -> "Source":
        _refuse_literals({"url": self.url, "password": self.password}, self.options)
        return self


class Privacy(_Strict):
    """Params: ``privacy``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.privacy.comments, settings.privacy.minimum_cell
    (False, 5)
    """

    comments: bool
    minimum_cell: int = Field(ge=1)


class Report(_Strict):
    """Params: ``report``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.report.status, settings.report.confidence
    ('final', 0.95)
    """

    status: Literal["preliminary", "final"]
    confidence: float = Field(gt=0.5, lt=1)
    title: str
    seed: int = Field(ge=0)
    page_rows: int = Field(ge=1)


class Extend(_Strict):
    """Notebooks and a Python file of one's own, by their places in the project; empty: none.

    >>> from cskit.params import settings_with
    >>> settings_with({"extend": {"notebooks": "own/notebooks"}}).extend
    Extend(notebooks='own/notebooks', python='')
    """

    notebooks: str
    python: str


class Limits(_Strict):
    """Params: ``limits``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.limits.minutes, settings.limits.megabytes
    (30.0, 4000.0)
    """

    minutes: float | None = Field(gt=0)
    megabytes: float | None = Field(gt=0)


class Output(_Strict):
    to: str
    audiences: list[Audience]
    options: dict[str, str | int | float | bool]

    @field_validator("audiences", mode="before")
    @classmethod
    def _known_audiences(cls, value: Any) -> list[Any]:
        """One or several, also as ``--set output.audiences=leadership,csm`` gives them."""
        several = [word.strip() for word in value.split(",")] if isinstance(value, str) else _list(value)
        found = [name for name in several if name not in ("", None)]
        known = ", ".join(AUDIENCES)
        if not found:
            raise ValueError(f"nobody is named. There are {known}; to send nothing leave output.to empty")
        for name in found:
            if name not in AUDIENCES:
                near = did_you_mean(str(name).lower(), AUDIENCES)
                raise ValueError(f'found "{name}"; an audience is one of {known}.{near}')
        return list(dict.fromkeys(found))

    @model_validator(mode="after")
    def _no_secrets(self) -> "Output":
        _refuse_literals({"to": self.to}, self.options)
        return self


class Routes(_Strict):
    """One figure for each route.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.onboarding.balance.substitute.hours.high_touch, settings.onboarding.balance.substitute.hours.hybrid
    (16.0, 5.0)
    """

    high_touch: float = Field(ge=0)
    hybrid: float = Field(ge=0)
    self: float = Field(ge=0)


class RouteShares(_Strict):
    """Params: ``onboarding.balance.substitute.knowledge``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.onboarding.balance.substitute.knowledge.high_touch
    0.95
    """

    high_touch: Share
    hybrid: Share
    self: Share


class Substitute(_Strict):
    """Params: ``onboarding.balance.substitute``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> list(type(settings.onboarding.balance.substitute).model_fields)
    ['hours', 'knowledge', 'churn']
    """

    hours: Routes
    knowledge: RouteShares
    churn: RouteShares


class Balance(_Strict):
    """Params: ``onboarding.balance``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.onboarding.balance.knowledge_min, settings.onboarding.balance.months
    (0.7, 24)
    """

    knowledge_min: Share
    hours_max: float | None = Field(ge=0)
    loss_max: Share | None
    months: int = Field(ge=1)
    pooling: float = Field(gt=0)
    pooling_churns: float = Field(gt=0)
    substitute: Substitute


class Onboarding(_Strict):
    """Params: ``onboarding``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.onboarding.hearing_days, settings.onboarding.known_from
    (60, 0.6)
    """

    required_items: list[str] = Field(min_length=1)
    hearing_days: int = Field(ge=1)
    known_from: Share
    churn_days: int = Field(ge=1)
    balance: Balance


class Nps(_Strict):
    """Params: ``nps``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.nps.eligible_from, settings.nps.eligible_months
    ('went_live_on', 0)
    """

    eligible_from: Literal["contracted_on", "went_live_on"]
    eligible_months: int = Field(ge=0)
    roles: list[Literal["admin", "decision_maker", "user"]]
    comment_categories: dict[str, Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]]


class Band(_Strict):
    """An entry of ``health.items`` in params, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.health.items["setup_done"].bands[0].start, settings.health.items["setup_done"].bands[0].points
    (0.0, 10.0)
    """

    start: float = Field(alias="from")
    points: float = Field(ge=0, le=100)


class Item(_Strict):
    """An entry of ``health.items`` in params, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.health.items["setup_done"].dimension, settings.health.items["setup_done"].weight
    ('deployment', 0.5)
    """

    dimension: str
    weight: float = Field(gt=0, le=1)
    bands: list[Band] = Field(min_length=1)

    @model_validator(mode="after")
    def _ascending(self) -> "Item":
        starts = [band.start for band in self.bands]
        if any(later <= earlier for earlier, later in pairwise(starts)):
            raise ValueError(f"bands start at {starts}: each must start above the one before it")
        return self


class Cap(_Strict):
    """An entry of ``health.caps`` in params, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.health.caps[0].item, settings.health.caps[0].start
    ('days_since_contact', 183.0)
    """

    item: str
    start: float = Field(alias="from")
    at_most: Grade


class Grades(_Strict):
    """Params: ``health.grades``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.health.grades.good, settings.health.grades.sound
    (75.0, 55.0)
    """

    good: float
    sound: float
    caution: float

    @model_validator(mode="after")
    def _descending(self) -> "Grades":
        if not 100 >= self.good > self.sound > self.caution > 0:
            raise ValueError(_("thresholds must fall from good over sound to caution, within 0 to 100"))
        return self


class Rhythm(_Strict):
    """Params: ``health.rhythm``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.health.rhythm.daily, settings.health.rhythm.weekly
    (1.0, 1.5)
    """

    daily: float = Field(gt=0)
    weekly: float = Field(gt=0)
    monthly: float = Field(gt=0)


class Backtest(_Strict):
    """Params: ``health.backtest``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.health.backtest.months, settings.health.backtest.days
    (6, 6)
    """

    months: int = Field(ge=1)
    days: int = Field(ge=1)
    least_churns: int = Field(ge=1)


class OtherWeights(_Strict):
    """Params: ``health.other_weights``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.health.other_weights.move, settings.health.other_weights.prior_churns
    (0.25, 50.0)
    """

    move: float = Field(gt=0, lt=1)
    prior_churns: float = Field(gt=0)
    free_churns: int = Field(ge=1)


class Health(_Strict):
    """Params: ``health``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.health.window_days, settings.health.rhythm_default
    (28, 'weekly')
    """

    grades: Grades
    dimensions: dict[str, Share]
    window_days: int = Field(ge=1)
    rhythm: Rhythm
    rhythm_default: Literal["daily", "weekly", "monthly"]
    stale_days: int = Field(ge=1)
    override_days: int = Field(ge=1)
    history_months: int = Field(ge=1)
    fresh_days: int = Field(ge=1)
    fresh_days_of: dict[str, Annotated[int, Field(ge=1)]]
    backtest: Backtest
    other_weights: OtherWeights
    items: dict[str, Item]
    caps: list[Cap]

    @model_validator(mode="after")
    def _adds_up(self) -> "Health":
        total = sum(self.dimensions.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"dimensions: weights add up to {total:g}, not to 1")
        for name, item in self.items.items():
            if item.dimension not in self.dimensions:
                near = did_you_mean(item.dimension, self.dimensions)
                raise ValueError(f"items.{name}.dimension: {item.dimension} is not a dimension.{near}")
        for name, weight in self.dimensions.items():
            own = sum(item.weight for item in self.items.values() if item.dimension == name)
            if weight and not own:
                raise ValueError(f"dimensions.{name}: it weighs {weight:g}, but no item belongs to it")
            if weight and abs(own - 1) > 1e-6:
                raise ValueError(f"items: weights within {name} add up to {own:g}, not to 1")
        return self


class Minutes(_Strict):
    """An entry of ``workload.standard_minutes`` in params, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.workload.standard_minutes["regular"].minutes, settings.workload.standard_minutes["regular"].prep
    (45.0, 40.0)
    """

    minutes: float = Field(ge=0)
    prep: float = Field(ge=0)
    followup: float = Field(ge=0)
    travel: float = Field(ge=0)


ModeName = Literal["weekly", "biweekly", "monthly", "bimonthly", "operation", "growth", "on_demand", "tech_touch"]


class Mode(_Strict):
    """An entry of ``workload.modes`` in params, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.workload.modes["weekly"].per_year, settings.workload.modes["weekly"].minutes
    (48.0, 30.0)
    """

    per_year: float = Field(ge=0)
    minutes: float = Field(ge=0)
    prep: float = Field(ge=0)
    followup: float = Field(ge=0)
    moved: Share
    nothing_new: Share


class WhatIf(_Strict):
    """Params: ``workload.what_if``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> list(type(settings.workload.what_if).model_fields)
    ['moves', 'modes']
    """

    moves: dict[ModeName, ModeName]
    modes: dict[ModeName, dict[Literal["per_year", "minutes", "prep", "followup", "moved", "nothing_new"], float]]

    @field_validator("modes")
    @classmethod
    def _as_modes_are(cls, modes: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        for name, given in modes.items():
            for part, value in given.items():
                if value < 0 or (part in ("moved", "nothing_new") and value > 1):
                    raise ValueError(f"{name}.{part}: found {value:g}; it is not below 0, and a share not above 1")
        return modes


class Rollout(_Strict):
    """Params: ``workload.rollout``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.workload.rollout.told_words
    ['支援モード', '運用モード', 'support mode']
    """

    told_words: list[str]
    complaint_words: list[str]


class Outlook(_Strict):
    """Params: ``workload.outlook``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.workload.outlook.months, settings.workload.outlook.history
    (12, 36)
    """

    months: int = Field(ge=1, le=24)
    history: int = Field(ge=12)
    overload_at_most: float = Field(gt=0, lt=1)
    lead_months: int = Field(ge=0)
    ramp_months: int = Field(ge=0)
    weekly_hours: float = Field(gt=0)
    cs_share: float = Field(gt=0, le=1)
    hires: dict[Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")], Annotated[int, Field(ge=0)]]

    @model_validator(mode="after")
    def _help_in_time(self) -> "Outlook":
        if self.lead_months >= self.months:
            raise ValueError(f"months: found {self.months}; it is more than lead_months ({self.lead_months})")
        return self


class Reviews(_Strict):
    """Params: ``workload.calendar``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.workload.calendar.share, settings.workload.calendar.budget_penalty
    (0.3, 2.0)
    """

    modes: list[ModeName]
    share: Share
    budget: list[int]
    closing: list[int]
    budget_penalty: float = Field(ge=0)
    closing_penalty: float = Field(ge=0)


class Inbound(_Strict):
    """Params: ``workload.queue``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.workload.queue.within_minutes, settings.workload.queue.service_level
    (1.0, 0.8)
    """

    channels: list[Literal["phone", "email", "chat", "form"]]
    hours: tuple[int, int]
    within_minutes: float = Field(gt=0)
    service_level: float = Field(gt=0, lt=1)
    shrinkage: float = Field(ge=0, lt=1)
    least_per_hour: float = Field(gt=0)

    @field_validator("hours")
    @classmethod
    def _a_day(cls, hours: tuple[int, int]) -> tuple[int, int]:
        if not 0 <= hours[0] < hours[1] <= 24:
            raise ValueError(f"found {list(hours)}; the first hour lies before the last, within 0 to 24")
        return hours


class Workload(_Strict):
    """Params: ``workload``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.workload.planned_load, settings.workload.leave
    (0.85, 0.08)
    """

    planned_load: float = Field(gt=0, le=1)
    leave: float = Field(ge=0, lt=1)
    regular_kinds: list[str]
    standard_minutes: dict[Literal["regular", "review", "onboarding", "project", "check_in"], Minutes]
    project_tasks: list[str]
    reschedule_minutes: float = Field(ge=0)
    felt_ratio: float | None = Field(ge=0)
    case_days: int = Field(ge=1)
    cost_of_arr: float = Field(gt=0)
    modes: dict[ModeName, Mode]
    what_if: WhatIf
    rollout: Rollout
    outlook: Outlook
    calendar: Reviews
    queue: Inbound

    @model_validator(mode="after")
    def _all_modes(self) -> "Workload":
        if missing := [name for name in get_args(ModeName) if name not in self.modes]:
            raise ValueError(f"modes: {', '.join(missing)} is missing; every mode needs an entry")
        return self


class Opening(_Strict):
    """When inquiries are answered.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.support.opening.country
    'JP'
    """

    country: str = Field(pattern="^([A-Z]{2})?$")
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(min_length=1)
    hours: tuple[int, int]
    closed: list[Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]]

    @field_validator("hours")
    @classmethod
    def _a_day(cls, hours: tuple[int, int]) -> tuple[int, int]:
        return Inbound._a_day(hours)


class HandlingMinutes(_Strict):
    phone: float = Field(gt=0)
    email: float = Field(gt=0)
    chat: float = Field(gt=0)
    form: float = Field(gt=0)
    other: float = Field(gt=0)


class SilentDays(_Strict):
    contact: int = Field(ge=1)
    use: int = Field(ge=1)
    ticket: int = Field(ge=1)
    answer: int = Field(ge=1)


class Silent(_Strict):
    """Params: ``support.silent``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.support.silent.least_known
    2
    """

    days: SilentDays
    least_known: int = Field(ge=1, le=4)
    needed: Annotated[int, Field(ge=1, le=4)] | None


class Evidence(_Strict):
    """A metric, and the value at which a step of the roadmap has done its work."""

    metric: str
    reach: float


class Step(_Strict):
    """A step of the roadmap.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.support.roadmap.steps["joined_data"].lane, settings.support.roadmap.steps["joined_data"].stage
    ('analysis', 'preparation')
    """

    lane: Literal["analysis", "revenue", "success", "support", "community"]
    stage: Literal["preparation", "operation"]
    step: str | dict[Lang, str]
    status: Literal["planned", "under_way", "done"]
    kpi: Literal["provisional", "fixed"]
    evidence: list[Evidence]


class Roadmap(_Strict):
    """Params: ``support.roadmap``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> list(type(settings.support.roadmap).model_fields)
    ['steps', 'outcome']
    """

    steps: dict[str, Step | None]
    outcome: dict[str, str]


class Support(_Strict):
    """Params: ``support``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.support.moved_share, settings.support.journey_months
    (0.3, 12)
    """

    opening: Opening
    standard_minutes: HandlingMinutes
    moved_share: Share
    moved_to: list[Literal["email", "chat", "form"]] = Field(min_length=1)
    silent: Silent
    journey_months: int = Field(ge=6, le=12)
    roadmap: Roadmap


Fact = Literal["customers", "team", "same_flow", "days_spread", "hours_ratio", "alone", "gross_margin"]


class PhaseRule(_Strict):
    """What is found must be at least ``from``, or at most ``to``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.growth.phase.one_to_ten[0].fact, settings.growth.phase.one_to_ten[0].least
    ('customers', 10.0)
    """

    fact: Fact
    least: float | None = Field(default=None, alias="from")
    most: float | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _one_limit(self) -> "PhaseRule":
        if (self.least is None) == (self.most is None):
            raise ValueError(f"{self.fact}: a rule has either from or to")
        return self


class Phase(_Strict):
    """Params: ``growth.phase``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.growth.phase.holds
    0.7
    """

    holds: Share
    one_to_ten: list[PhaseRule] = Field(min_length=1)
    ten_to_hundred: list[PhaseRule] = Field(min_length=1)


class Flow(_Strict):
    """Params: ``growth.flow``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.growth.flow.months, settings.growth.flow.tried_from
    (12, 2)
    """

    months: int = Field(ge=1)
    tried_from: int = Field(ge=1)
    tried_to: int = Field(ge=1)
    result_days: int = Field(ge=1)


class Persons(_Strict):
    """Params: ``growth.persons``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.growth.persons.months, settings.growth.persons.least_contacts
    (6, 3)
    """

    months: int = Field(ge=1)
    least_contacts: int = Field(ge=2)


class Signs(_Strict):
    """Params: ``growth.signs``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.growth.signs.days, settings.growth.signs.years
    (365, 2)
    """

    days: int = Field(ge=1)
    years: int = Field(ge=1)


class Growth(_Strict):
    """Params: ``growth``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.growth.renewals_months
    6
    """

    renewals_months: int = Field(ge=1)
    phase: Phase
    flow: Flow
    persons: Persons
    signs: Signs


class Plays(_Strict):
    """Params: ``plays``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.plays.weeks, settings.plays.share
    (4, 0.15)
    """

    weeks: int = Field(ge=1)
    share: Share
    per_customer: int = Field(ge=1)
    improved_least: int = Field(ge=1)
    catalogue: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")], Play]

    @model_validator(mode="after")
    def _known_plays(self) -> "Plays":
        titles: dict[str, str] = {}
        for name, play in self.catalogue.items():
            for title in play.title.values() if isinstance(play.title, dict) else [play.title]:
                if titles.setdefault(title, name) != name:
                    raise ValueError(f"catalogue.{name}.title: {titles[title]} is called {title}, too")
        for name, play in self.catalogue.items():
            for other in play.replaces:
                if other not in self.catalogue:
                    near = did_you_mean(other, self.catalogue)
                    raise ValueError(f"catalogue.{name}.replaces: {other} is not a play.{near}")
                if name in (other, *self.catalogue[other].replaces):
                    raise ValueError(
                        f"catalogue.{name}.replaces: {name} and {other} give way to each other; none opens"
                    )
        return self


class Review(_Strict):
    """Params: ``review``, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.review.minutes
    90
    """

    customer: str
    minutes: int = Field(ge=15)
    agenda: dict[str, Share]

    @model_validator(mode="after")
    def _whole(self) -> "Review":
        if abs(sum(self.agenda.values()) - 1) > 1e-6:
            raise ValueError(f"agenda: shares add up to {sum(self.agenda.values()):g}, not to 1")
        return self


class Target(_Strict):
    """An entry of ``targets`` in params, every value with its meaning in ``params/base.yaml``.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.targets["health.at_risk_vs_year_start"].value
    0.6667
    """

    value: float
    wanted: Literal["up", "down", "none"] | None = None


class Settings(_Strict):
    """All of ``params/base.yaml``; no default stands anywhere else.

    >>> from cskit.params import settings_with
    >>> settings = settings_with()
    >>> settings.health.grades.good, settings.report.confidence
    (75.0, 0.95)
    """

    calendar: Calendar
    money: Money
    data: Data
    sources: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")], Source]
    privacy: Privacy
    report: Report
    onboarding: Onboarding
    nps: Nps
    health: Health
    workload: Workload
    support: Support
    growth: Growth
    plays: Plays
    review: Review
    extend: Extend
    limits: Limits
    output: Output
    targets: dict[str, Target]
    commentary: dict[str, str | dict[Lang, str]]
    scenarios: dict[str, dict[str, Any]]

    def __repr__(self) -> str:
        return f"Settings({', '.join(type(self).model_fields)})"

    def _repr_html_(self) -> str:
        """Names alone: what a source or an output is set to may name where a secret lies."""
        sections = ((name, getattr(self, name)) for name in type(self).model_fields)
        named = ((name, ", ".join(own if isinstance(own, dict) else type(own).model_fields)) for name, own in sections)
        return glance("", ((name, names or "–") for name, names in named))

    @model_validator(mode="after")
    def _computed_items(self) -> "Settings":
        """Every item and cap is one that is computed, and its bands begin where its values do."""
        named = {f"items.{name}": name for name in self.health.items}
        named |= {f"caps.{place}.item": cap.item for place, cap in enumerate(self.health.caps)}
        named |= {f"fresh_days_of.{name}": name for name in self.health.fresh_days_of}
        for place, name in named.items():
            if name not in LOWEST:
                near = did_you_mean(name, LOWEST)
                raise ValueError(f"health.{place}: nothing computes {name}.{near} There are: {', '.join(LOWEST)}.")
        for name, item in self.health.items.items():
            if item.bands[0].start > LOWEST[name]:
                gap = f"from {LOWEST[name]:g} to {item.bands[0].start:g}"
                raise ValueError(f"health.items.{name}.bands: values {gap} are in no band; begin at {LOWEST[name]:g}")
        return self

    @model_validator(mode="after")
    def _known_metrics(self) -> "Settings":
        from cskit.metrics import definitions

        for name in self.targets:
            if name not in definitions():
                raise ValueError(f"targets: {name} is not a metric.{did_you_mean(name, definitions())}")
        road = self.support.roadmap
        steps = [
            (f"steps.{step}.evidence", each.metric) for step, one in road.steps.items() if one for each in one.evidence
        ]
        for place, name in [*steps, *((f"outcome.{part}", name) for part, name in road.outcome.items())]:
            if name not in definitions():
                near = did_you_mean(name, definitions())
                raise ValueError(f"support.roadmap.{place}: {name} is not a metric.{near}")
        return self


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return "" if value is None else str(value)
