"""Which plays are there, and what may their triggers ask? The shape of ``params/plays.yaml``.

A trigger is data, never code: conditions on the fields named here, each with one test. What a field holds for each
customer is found by :mod:`cskit.plays.facts`.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from cskit.errors import did_you_mean
from cskit.i18n import _

__all__ = ["FIELDS", "OWNERS", "SIGNS", "Condition", "Fact", "Play", "in_language", "page"]

Kind = Literal["number", "flag", "choice", "text"]
GRADES = ("good", "sound", "caution", "action")
MODES = ("weekly", "biweekly", "monthly", "bimonthly", "operation", "growth", "on_demand", "tech_touch")
OWNERS = ("in_charge", "onboarding")
LONGEST = 3660  # days; beyond ten years nothing is planned


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a customer on a day.

    Parameters
    ----------
    label : str
        In a few words, as a trigger is told: "last contact before >= 92 days".
    about : str
        What it is, exactly.
    kind : {"number", "flag", "choice", "text"}
    unit : str
        Of numbers, as :func:`cskit.i18n.amount` writes it.
    choices : tuple of str
        Of a choice; what else stands in a condition is refused.
    most : int
        The greatest number there can be; 0: any.

    Examples
    --------
    >>> FIELDS["days_since_contact"].unit, FIELDS["grade"].choices
    ('days', ('good', 'sound', 'caution', 'action'))
    """

    label: str
    about: str
    kind: Kind = "number"
    unit: str = "count"
    choices: tuple[str, ...] = ()
    most: int = 0


FIELDS: dict[str, Fact] = {
    # the customer
    "segment": Fact("segment", "segment of the customer", "text"),
    "plan": Fact("plan", "plan of the customer", "text"),
    "region": Fact("region", "region of the customer", "text"),
    "arr": Fact("ARR", "annual recurring revenue", unit="money"),
    "arr_change": Fact("ARR against a year ago", "ARR now / ARR a year ago", unit="ratio"),
    "days_since_contract": Fact("as a customer for", "days since it became a customer", unit="days"),
    # renewal
    "days_to_renewal": Fact("renewal in", "days until the next paid term ends", unit="days"),
    "days_to_notice": Fact(
        "notice possible for", "days until notice must be given, of the next paid term that ends", unit="days"
    ),
    "notice_given": Fact("notice given", "notice was given", "flag"),
    # contact
    "days_since_contact": Fact(
        "last contact before", "days since a contact that was not bulk mail; since the contract, if none", unit="days"
    ),
    "unseen_topics": Fact("topics not seen", "topics of the last year, for its segment, since that contact"),
    "days_since_person_left": Fact(
        "a contact person left before", "days since an administrator or decision maker left", unit="days"
    ),
    "mode": Fact("support mode", "support mode agreed", "choice", choices=MODES),
    "regular_meetings": Fact(
        "regular meetings in half a year",
        "regular meetings and reviews of the last half-year of which it is noted whether they brought news",
    ),
    "nothing_new": Fact(
        "meetings with nothing new",
        "share of those meetings with nothing new, of those of which it is noted",
        unit="share",
    ),
    # silence
    "silent": Fact("silent", "silent: every known sign of life is missing", "flag"),
    "no_contact": Fact("no contact", "no contact for too long, by its rhythm of use", "flag"),
    "no_use": Fact("no use", "no use for too long, by its rhythm of use", "flag"),
    "no_ticket": Fact("no inquiry", "no inquiry and no visit to the help site for too long", "flag"),
    "no_answer": Fact("no answer to the survey", "asked in the newest survey, and nobody answered", "flag"),
    # onboarding and what is known
    "route": Fact(
        "onboarding route", "route of its newest onboarding", "choice", choices=("high_touch", "hybrid", "self")
    ),
    "days_since_onboarding_began": Fact(
        "onboarding began before", "days since its newest onboarding began", unit="days"
    ),
    "days_since_onboarding_ended": Fact(
        "onboarding ended before", "days since its newest onboarding was completed", unit="days"
    ),
    "days_onboarding_late": Fact(
        "onboarding late by", "days by which an open onboarding is past its due date", unit="days"
    ),
    "waits_for": Fact(
        "next step with", "who has the next step of the open onboarding", "choice", choices=("customer", "cs")
    ),
    "in_relations": Fact("assigned for relations", "somebody is assigned to it for relations", "flag"),
    "known": Fact("required items known", "share of the required items that are known from hearings", unit="share"),
    # health and use
    "grade": Fact("health grade", "health grade, the decided one where the team decided", "choice", choices=GRADES),
    "score": Fact("health score", "health score, 0 to 100", most=100),
    "fell_at_risk": Fact("newly at risk", "at risk now, and not three months ago", "flag"),
    "features": Fact("features in use", "features used in the window of recent use"),
    "licence_use": Fact("licence use", "most distinct users in a day of that window / seats", unit="share"),
    "open_severe_tickets": Fact("open severe inquiries", "open inquiries, high or critical"),
    # goals and voice
    "goals_open": Fact("open goals", "goals agreed and not reached"),
    "goals_late": Fact("late goals", "of those, past their due date"),
    "goals_reached": Fact("goals reached", "share of all goals that are reached", unit="share"),
    "nps_lowest": Fact("lowest NPS answer", "lowest answer, 0 to 10, in its newest wave", most=10),
    "nps_highest": Fact("highest NPS answer", "highest answer, 0 to 10, in its newest wave", most=10),
    "days_since_nps": Fact("NPS answered before", "days since its newest answer", unit="days"),
    "referrals": Fact("referrals in a year", "referrals of the last year"),
}
Text = Annotated[str, Field(min_length=1)]
NAMED = re.compile(r"{([^{}]*)}")


def _worded(value: Any) -> Any:
    """Text, or text by language."""
    words = list(value.values()) if isinstance(value, dict) else [value]
    _refuse_other_languages(value)
    if not words or not all(isinstance(word, str) and word.strip() for word in words):
        raise ValueError("is text, or text by language: {en: ..., ja: ...}")
    return value


def _listed(value: Any) -> Any:
    """A list of texts, or one by language."""
    several = list(value.values()) if isinstance(value, dict) else [value]
    _refuse_other_languages(value)
    sound = [
        isinstance(own, list) and own and all(isinstance(word, str) and word.strip() for word in own) for own in several
    ]
    if not sound or not all(sound):
        raise ValueError("is a list of texts, or one by language: {en: [...], ja: [...]}")
    return value


def _refuse_other_languages(value: Any) -> None:
    strange = [name for name in value if name not in ("en", "ja")] if isinstance(value, dict) else []
    if strange:
        raise ValueError(f"{strange[0]} is no language of ours; there are en and ja")


Texts = Annotated[Any, AfterValidator(_worded)]
Lists = Annotated[Any, AfterValidator(_listed)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True, strict=True)


class Condition(_Strict):
    """One field and one test of it, or several conditions of which one is enough.

    A field that is not known passes no test but ``known: false``.

    Raises
    ------
    ValidationError
        If the field is not in ``FIELDS``, has none or several tests, or one that does not fit what it holds.

    Examples
    --------
    >>> quiet = Condition.model_validate({"field": "days_since_contact", "at_least": 92})
    >>> lost = Condition(any_of=[quiet, Condition(field="grade", equals=["caution", "action"])])
    >>> quiet.tests, sorted(lost.fields)
    ({'at_least': 92.0}, ['days_since_contact', 'grade'])
    >>> Condition(field="grade", equals="actions")
    Traceback (most recent call last):
        ...
    pydantic_core._pydantic_core.ValidationError: 1 validation error for Condition
      Value error, grade: actions is none of good, sound, caution, action. Did you mean action? ...
    """

    any_of: list["Condition"] = []
    field: str = ""
    equals: bool | str | list[str] | None = Field(default=None, alias="is")
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    known: bool | None = None

    @field_validator("field")
    @classmethod
    def _a_field(cls, name: str) -> str:
        if name and name not in FIELDS:
            raise ValueError(f"{name} is not a field.{did_you_mean(name, FIELDS)} There are: {', '.join(FIELDS)}.")
        return name

    @model_validator(mode="after")
    def _one_test_that_fits(self) -> "Condition":
        tests = self.tests
        if bool(self.field) == bool(self.any_of):
            raise ValueError("a condition names a field, or lists conditions under any_of")
        if self.any_of:
            if tests:
                raise ValueError(f"any_of: found {', '.join(tests)} beside it; tests stand within its conditions")
            return self
        if len(tests) != 1:
            found = ", ".join(tests) or "none"
            raise ValueError(f"{self.field}: found {found}; a condition has exactly one of {', '.join(TESTS)}")
        fact, (test, value) = FIELDS[self.field], next(iter(tests.items()))
        if test == "known":
            return self
        if (test == "is") == (fact.kind == "number"):
            fits = "at_least, at_most, above or below" if fact.kind == "number" else "is"
            raise ValueError(f"{self.field}: {test} does not fit; its values are tested with {fits}")
        if test == "is" and (fact.kind == "flag") != isinstance(value, bool):
            wanted = "true or false" if fact.kind == "flag" else "a word or a list of words"
            raise ValueError(f"{self.field}: found {value!r}; it is {wanted}")
        words = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        for word in words if fact.choices else []:
            if word not in fact.choices:
                near = did_you_mean(word, fact.choices)
                raise ValueError(f"{self.field}: {word} is none of {', '.join(fact.choices)}.{near}")
        return self

    @property
    def fields(self) -> frozenset[str]:
        """Everything it asks."""
        return frozenset({self.field} - {""}).union(*(one.fields for one in self.any_of))

    @property
    def tests(self) -> dict[str, Any]:
        """The test that is set, by its name in the file."""
        values = {test: getattr(self, "equals" if test == "is" else test) for test in TESTS}
        return {test: value for test, value in values.items() if value is not None}


TESTS = ("is", "at_least", "at_most", "above", "below", "known")
SIGNS = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<"}  # of those that test a number


Conditions = Annotated[list[Condition], Field(min_length=1)]


class Play(_Strict):
    """What to do when something is seen of a customer.

    ``title``, ``why``, ``steps``, ``talking_points`` and ``offer`` are text, or text by language:
    ``{en: ..., ja: ...}``.
    ``offer`` is what the customer's own review says of it; a play without one is not spoken of there.

    Parameters
    ----------
    when, stop : list of Condition
        All must hold: to call for it, and to say that it has done its work.
    owner : str
        One of ``OWNERS``, which are rules, or a csm_id.
    due_in : int
        Days to do it in.
    due_before : str
        A field that looks ahead, such as ``days_to_notice``: it is due a week before that day at the latest.
    minutes : float
        Of work.
    weight : float
        0 to 1: how much of the ARR hangs on it; it only sets the order.
    again_after : int
        Days before the same is opened anew.
    replaces : list of str
        Plays that are not opened beside it.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> play = settings_with().plays.catalogue["renewal_at_risk"]
    >>> in_language(play.title, "ja"), play.due_in, play.due_before
    ('解約申出期限前の更新リスク', 14, 'days_to_notice')
    >>> sorted(play.fields)
    ['days_to_notice', 'grade', 'notice_given']
    """

    title: Texts
    when: Conditions
    why: Texts
    steps: Lists
    talking_points: Lists
    owner: Text
    due_in: int = Field(ge=1, le=LONGEST)
    due_before: str = ""
    minutes: float = Field(gt=0)
    weight: float = Field(ge=0, le=1)
    stop: Conditions
    again_after: int = Field(ge=0, le=LONGEST)
    replaces: list[str] = []
    offer: Texts | None = None
    enabled: bool = True
    source: Text

    @field_validator("when", "stop", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any, info: ValidationInfo) -> Any:
        return [value] if isinstance(value, dict) else value

    @field_validator("when", "stop")
    @classmethod
    def _can_hold(cls, tests: list[Condition]) -> list[Condition]:
        """A number that would have to be above one bound and below a lower one is never seen."""
        for name in {test.field for test in tests if test.field}:
            own = [(kind, value) for test in tests if test.field == name for kind, value in test.tests.items()]
            lows = [(float(value), kind == "above") for kind, value in own if kind in ("at_least", "above")]
            highs = [(float(value), kind != "below") for kind, value in own if kind in ("at_most", "below")]
            if lows and highs:
                (low, beyond), (high, itself) = max(lows), min(highs)
                if low > high or (low == high and (beyond or not itself)):
                    ends = {"low": f"{low:g}", "high": f"{high:g}"}
                    told = _("{low} and more, and {high} and less, is never seen of anybody", **ends)
                    raise ValueError(f"{name}: {told}")
        return tests

    @field_validator("why")
    @classmethod
    def _names_fields(cls, text: Texts) -> Texts:
        """What stands in braces is a field; braces of any other kind are refused."""
        for own in [text] if isinstance(text, str) else text.values():
            for name in NAMED.findall(own):
                if name not in FIELDS:
                    raise ValueError(f"{{{name}}} is not a field.{did_you_mean(name, FIELDS)}")
            if re.search(r"[{}]", NAMED.sub("", own)):
                raise ValueError(f"found {own!r}; braces hold the name of a field")
        return text

    @field_validator("due_before")
    @classmethod
    def _days_ahead(cls, name: str) -> str:
        days = [known for known, fact in FIELDS.items() if fact.unit == "days" and known.startswith("days_to_")]
        if name and name not in days:
            raise ValueError(f"{name} does not look ahead.{did_you_mean(name, days)} There are: {', '.join(days)}.")
        return name

    @property
    def fields(self) -> frozenset[str]:
        """Everything its conditions ask."""
        return frozenset().union(*(one.fields for one in (*self.when, *self.stop)))


PARTS = {
    "title": "what it is called",
    "when": "a condition, or several that must all hold: it is called for",
    "why": "what was seen of the customer; fields stand in braces, such as `{score}`",
    "steps": "what to do, one after the other",
    "talking_points": "what to speak about with the customer",
    "owner": f"who does it: {', '.join(f'`{one}`' for one in OWNERS)}, or a csm_id",
    "due_in": "days to do it in",
    "due_before": "a field that looks ahead, such as `days_to_notice`: due a week before that day at the latest",
    "minutes": "of work",
    "weight": "0 to 1: how much of the ARR hangs on it; it only sets the order",
    "stop": "a condition, or several that must all hold: it has done its work, and can be closed",
    "again_after": "days before the same is opened anew",
    "replaces": "plays that are not opened beside it",
    "offer": "what the customer's own review says of it; without, it is not spoken of there",
    "enabled": "`false`: it is not used",
    "source": "where the practice comes from: a report, an interview, your team",
}


def in_language(text: Any, lang: str) -> Any:
    """Words in a language: those of it, or the only ones there are.

    Examples
    --------
    >>> in_language({"en": "Call", "ja": "電話する"}, "ja"), in_language({"en": "Call"}, "ja")
    ('電話する', 'Call')
    """
    return text.get(lang, next(iter(text.values()))) if isinstance(text, dict) else text


def page() -> str:
    """``docs/plays.md``: what a play may ask of a customer.

    >>> page().splitlines()[0]
    '# What a play may ask'
    """
    lines = [
        "# What a play may ask",
        "",
        "The fields of the conditions in `params/plays.yaml`, and of the sentences in `why`. Made by `make docs` from",
        "`cskit/catalogue.py`. A number is tested with `at_least`, `at_most`, `above` or `below`, everything else with",
        "`is`; `known: true` or `known: false` tests whether there is anything to test. What is not known passes no",
        "other test. A field is empty where its table did not come with the data.",
        "",
        "| field | what it is | kind |",
        "|---|---|---|",
    ]
    for name, fact in FIELDS.items():
        kind = " / ".join(fact.choices) or (fact.unit if fact.kind == "number" else fact.kind)
        lines.append(f"| `{name}` | {fact.about} | {kind} |")
    texts = "`title`, `why`, `steps`, `talking_points` and `offer` are text, or text by language: `{en: ..., ja: ...}`."
    lines += ["", "## What a play holds", "", texts, "", "| part | what it is | must be there |", "|---|---|---|"]
    for name, part in Play.model_fields.items():
        lines.append(f"| `{name}` | {PARTS[name]} | {'yes' if part.is_required() else 'no'} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
