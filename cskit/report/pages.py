"""What every page of a pack says of the pack itself, and the template environment they share."""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cskit import i18n
from cskit.i18n import _
from cskit.params import Params
from cskit.report.audience import Audience

__all__ = ["TEMPLATES", "TONGUES", "Pack", "fill", "load", "moment"]

TEMPLATES = Path(__file__).parent / "templates"
TONGUES = {"en": "English", "ja": "日本語"}


@dataclass(frozen=True, slots=True)
class Pack:
    """What the pages of one run have in common, in the language spoken when it was made.

    >>> from datetime import UTC
    >>> from cskit.params import resolve
    >>> pack = Pack.of(resolve({"period": "2023Q2"}), ("en", "ja"), datetime(2023, 6, 30, 18, 0, tzinfo=UTC))
    >>> pack.status  # the quarter's last day is not over
    'preliminary'
    >>> from dataclasses import replace
    >>> [replace(pack, audience=audience).audience_text for audience in ("leadership", "csm", "customer")]
    ['', 'for CSMs', 'for the customer']
    """

    title: str
    period: str
    compare_to: str
    status: Literal["preliminary", "final"]
    status_text: str
    lang: str
    langs: tuple[str, ...]
    made: datetime
    audience: Audience = "leadership"
    changes: str = ""  # of the settings, where they are not the defaults

    @property
    def audience_text(self) -> str:
        """Whom the page is for, as its top says."""
        words = {"internal": _("internal"), "csm": _("for CSMs"), "customer": _("for the customer")}
        return words.get(self.audience, "")

    @property
    def up(self) -> str:
        """From a page of this audience to the run's folder."""
        return "../" if self.audience == "leadership" else "../../"

    @classmethod
    def of(cls, params: Params, langs: tuple[str, ...], made: datetime) -> "Pack":
        """The pack of a run; a period that is not over yet is preliminary whatever the settings say."""
        from cskit.scenarios import changes_told  # with all that a comparison needs

        over = params.period.end < made.date()
        status: Literal["preliminary", "final"] = params.settings.report.status if over else "preliminary"
        return cls(
            title=_(params.settings.report.title),
            period=i18n.period_label(params.period),
            compare_to=i18n.period_label(params.compare_to),
            status=status,
            status_text=_("preliminary") if status == "preliminary" else _("final"),
            lang=i18n.language(),
            langs=langs,
            made=made,
            changes=changes_told(params.settings),
        )


def fill(template: str, **values: Any) -> str:
    """A page from its template, in the language spoken; values are escaped unless marked safe.

    A page with long tables carries the one script there is, which sorts and filters them; its policy names the
    script by its digest, so that nothing else on the page can run.

    >>> from datetime import UTC
    >>> from cskit.params import resolve
    >>> pack = Pack.of(resolve({"period": "2023Q2"}), ("en",), datetime(2023, 7, 3, 9, 5, tzinfo=UTC))
    >>> rest = {"kind": "reviews", "pack": pack, "lang": "en", "languages": (), "owners": (), "made": None}
    >>> page = fill("reviews.html.j2", title="<b>& Sons", verdict="45 % of them", **rest)
    >>> re.search("<title>(.*)</title>", page)[1], re.search('class="verdict">(.*)</p>', page)[1]
    ('&lt;b&gt;&amp; Sons', '45\\xa0% of them')
    """
    made, fixed = _environment().get_template(template), {"style": _file("style.css"), "tongues": TONGUES}
    text = made.render(script="", digest="", **fixed, **values)
    if 'class="sortable"' in text:
        script = _file("tables.js")
        digest = b64encode(sha256(script.encode()).digest()).decode()
        text = made.render(script=script, digest=digest, **fixed, **values)
    return re.sub(r"(?<=\d) (?=%)", "\N{NO-BREAK SPACE}", text.strip()) + "\n"  # no line begins with a per cent sign


def moment(when: datetime) -> str:
    """A day and time of the clock.

    >>> from datetime import UTC
    >>> moment(datetime(2023, 7, 3, 9, 5, tzinfo=UTC))
    '3 July 2023, 09:05 UTC'
    """
    return (
        f"{i18n.day(when.date())}, {when:%H:%M %Z}"
        if i18n.language() != "ja"
        else f"{i18n.day(when.date())} {when:%H:%M}"
    )


def load() -> None:
    """Read the templates now, so that nobody waits for them later.

    >>> load()
    >>> "page.html.j2" in {name for _loader, name in _environment().cache}
    True
    """
    for name in _environment().list_templates(extensions=["j2"]):
        _environment().get_template(name)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    made.globals["_"] = _
    made.globals["n_"] = i18n.n_
    return made


@cache
def _file(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").strip()
