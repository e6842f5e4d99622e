"""What a setting is called where it is spoken of by itself, as in a report that was made by other settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cskit import i18n
from cskit.catalogue import FIELDS, SIGNS, in_language
from cskit.explore.controls import at
from cskit.i18n import _

__all__ = ["UNITS", "Called", "amount_of", "called"]

# Of health items that are neither counts nor points.
UNITS = {
    "setup_done": "share", "licence_use": "share", "goals_on_way": "share", "arr_change": "share",
    "days_since_contact": "days",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Called:
    """A setting in words.

    Parameters
    ----------
    label : str
    unit : str
        Of its values; ``term``: they are words of ours, ``since``: a day of the customer, ``use``: whether it is used.
    none : str
        What it means that nothing is set.

    Examples
    --------
    >>> Called("gross margin", "share").said(0.7), Called("at most", "hours", "no limit").said(None)
    ('70 %', 'no limit')
    """

    label: str
    unit: str = ""
    none: str = "–"

    def said(self, value: Any) -> str:
        """A value of it."""
        if value is None:
            return self.none
        match self.unit:
            case "term":
                return i18n.term(str(value))
            case "use":
                return _("in use") if value else _("switched off")
            case "since":
                return {"contracted_on": _("the contract"), "went_live_on": _("going live")}[value]
            case "share":
                return i18n.share(value, 0 if float(round(100 * value, 6)).is_integer() else 1)
            case "score":
                return _("{x} points", x=i18n.number(value))
            case "months":
                return _("{x} months", x=i18n.number(value))
            case "money" | "hours" | "days":
                return i18n.amount(value, self.unit)
            case _:
                return i18n.number(value, 0 if float(value).is_integer() else 1)


def called(path: str, settings: Mapping[str, Any]) -> Called | None:
    """A setting that an explorer can move, in words; None: of others there is only their place in params.

    Parameters
    ----------
    path : str
        Its place in params.
    settings : mapping
        As params hold them: what stands in a list is named by what it is about.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> settings = settings_with().model_dump(mode="json", by_alias=True)
    >>> [called(path, settings).label for path in ("health.grades.good", "health.caps.0.from", "nps.eligible_months")]
    ['good from', 'cap of last contact: from', 'asked after']
    >>> called("health.window_days", settings) is None
    True
    """
    wing, *place = path.split(".")
    known = {"health": _health, "nps": _nps, "workload": _workload, "plays": _plays}.get(wing)
    try:
        return known(place, settings.get(wing, {})) if known else _others(path)
    except (KeyError, IndexError):  # it stands in what is not in these settings
        return None


def amount_of(item: str, value: float) -> str:
    """A value of a health item, in its unit.

    >>> amount_of("licence_use", 0.7), amount_of("days_since_contact", 31), amount_of("relationship", 4.5)
    ('70 %', '31 days', '4.5')
    """
    return Called("", UNITS.get(item, "")).said(value)


def _others(path: str) -> Called | None:
    return {
        "onboarding.balance.knowledge_min": Called(_("learnt at least"), "share"),
        "onboarding.balance.hours_max": Called(_("hours a year at most"), "hours", _("no limit")),
        "onboarding.balance.loss_max": Called(_("ARR leaving at most"), "share", _("no limit")),
        "money.hourly_cost": Called(_("an hour costs"), "money"),
        "money.gross_margin": Called(_("gross margin"), "share"),
        "report.confidence": Called(_("confidence"), "share"),
    }.get(path)


def _nps(place: list[str], _rules: Mapping[str, Any]) -> Called | None:
    return {
        "eligible_months": Called(_("asked after"), "months"),
        "eligible_from": Called(_("months counted since"), "since"),
    }.get(".".join(place))


def _health(place: list[str], rules: Mapping[str, Any]) -> Called | None:
    match place:
        case ["grades", grade]:
            return Called(_("{grade} from", grade=i18n.term(grade)), "score")
        case ["dimensions", name]:
            return Called(_("weight of {name}", name=i18n.term(name)), "share")
        case ["items", name, "weight"]:
            dimension = i18n.term(rules["items"][name]["dimension"])
            return Called(_("weight of {name} within {dimension}", name=i18n.term(name), dimension=dimension), "share")
        case ["items", name, "bands", number, "points"]:
            start = amount_of(name, at(rules, f"items.{name}.bands.{number}.from"))
            return Called(_("{name} from {start}:", name=i18n.term(name), start=start), "score")
        case ["items", name]:
            return Called(i18n.term(name))
        case ["caps", number, part]:
            item = at(rules, f"caps.{number}.item")
            name = i18n.term(item)
            if part == "from":
                return Called(_("cap of {name}: from", name=name), UNITS.get(item, ""))
            return Called(_("cap of {name}: at best", name=name), "term")
    return None


def _workload(place: list[str], _rules: Mapping[str, Any]) -> Called | None:
    match place:
        case ["outlook", "hires", month]:
            return Called(
                _("hires in {month}:", month=i18n.month(date.fromisoformat(f"{month}-01"))), none=i18n.number(0)
            )
        case ["what_if", "moves", mode]:
            return Called(_("customers of {mode} move to", mode=i18n.term(mode)), "term")
        case ["what_if", "modes", mode, part]:
            parts = {
                "per_year": _("meetings a year"),
                "minutes": _("minutes of a meeting"),
                "prep": _("minutes of preparation"),
                "followup": _("minutes of follow-up"),
            }
            return Called(_("{mode}: {part}", mode=i18n.term(mode), part=parts[part]), none=_("as measured"))
    return {
        "planned_load": Called(_("planned load"), "share"),
        "leave": Called(_("leave"), "share"),
        "outlook.overload_at_most": Called(_("overload accepted in a month"), "share"),
        "outlook.lead_months": Called(_("a new member's first day after"), "months"),
        "outlook.ramp_months": Called(_("a new member works alone after"), "months"),
        "outlook.weekly_hours": Called(_("a new member's week"), "hours"),
        "outlook.cs_share": Called(_("a new member's share for customer success"), "share"),
    }.get(".".join(place))


def _plays(place: list[str], rules: Mapping[str, Any]) -> Called | None:
    match place:
        case ["per_customer"]:
            return Called(_("actions per customer at most"))
        case ["weeks"]:
            return Called(_("weeks looked ahead"))
        case ["share"]:
            return Called(_("share of the hours for actions"), "share")
        case ["catalogue", name, *rest]:
            play = rules["catalogue"][name]
            told = _of_play(rest, play) if rest else Called("")
            title = in_language(play["title"], i18n.language())
            if told is None or not told.label:
                return told and Called(title, told.unit)
            return Called(_("{play}: {part}", play=title, part=told.label), told.unit)
    return None


def _of_play(place: list[str], play: Mapping[str, Any]) -> Called | None:
    match place:
        case ["enabled"]:
            return Called("", "use")
        case ["weight"]:
            return Called(_("weight"), "share")
        case ["when", *rest]:
            test = at(play, ".".join(["when", *rest[:-1]]))
            fact = FIELDS[test["field"]]
            unit = {"ratio": "share", "points": ""}.get(fact.unit, fact.unit)
            return Called(" ".join((_(fact.label), SIGNS[rest[-1]])), unit)
    return None
