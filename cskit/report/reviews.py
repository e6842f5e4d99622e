"""A review for each of many customers, in two versions: for the team, and for the customer.

The data are read once. Each worker process keeps what the reviews have in common in memory, draws one to warm up, and
forks a child for each customer, which runs the notebook's cells (:mod:`cskit.report.cells`), writes its pages and ends.
What one customer's notebook does cannot reach another's. Where nothing can be forked, kernels run them instead.
"""

import hashlib
import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cskit import i18n
from cskit.errors import CskitError
from cskit.i18n import _, n_
from cskit.lines import file_name
from cskit.params import Params, resolve
from cskit.report import warm
from cskit.report.identity import identity, input_digest
from cskit.report.ipynb import read_notebook
from cskit.report.kept import identity_of, stamp
from cskit.report.notebooks import REVIEW, Notebook
from cskit.report.publish import Shelf, put_in_place
from cskit.secrets import named_variables

if TYPE_CHECKING:
    from cskit.data import Data
    from cskit.report.pages import Pack

__all__ = ["AUDIENCES", "Made", "Review", "make_reviews"]

AUDIENCES = ("internal", "customer")
BATCH = 25  # customers a worker is given at a time
COPIES, LIST = "notebooks", "reviews.json"
TOLD = ("customer", "name", "owner", "lang")  # of each review, in the list


@dataclass(frozen=True, slots=True)
class Review:
    """One customer's review in one language.

    Parameters
    ----------
    customer, name : str
        Identifier, and name.
    owner : str
        Who is in charge; empty: nobody.
    lang : str
    identity : str
        What makes it: a review with the same one need not be made again.

    Examples
    --------
    >>> once, again = (Review("C00012", "株式会社あおぞら", "", "ja", identity) for identity in ("0f3a", "77b1"))
    >>> once.file == again.file, once == again  # its page is made anew, in the same place
    (True, False)
    """

    customer: str
    name: str
    owner: str
    lang: str
    identity: str = ""

    @property
    def file(self) -> str:
        """Of its pages, without the ending: the identifier, or as much of it as a file's name may hold.

        >>> Review("C00012", "", "", "en").file, Review("../a", "", "", "en").file
        ('C00012', '_a-61b4c98b')
        """
        plain = file_name(self.customer.replace("/", "_"))
        same = plain == self.customer == self.customer.upper()  # a disk may not tell a from A
        return plain if same else f"{plain}-{hashlib.sha256(self.customer.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a review: made now, kept from before, or failed with a message for the team.

    >>> kept = Made(Review("C00007", "", "", "ja"), kept=True)
    >>> failed = Made(Review("C00012", "", "", "ja"), error="KeyError: 'seats'")
    >>> [f"{made.review.file}: {made.error}" for made in (kept, failed) if made.error]
    ["C00012: KeyError: 'seats'"]
    """

    review: Review
    kept: bool = False
    error: str = ""


@dataclass(frozen=True)
class Setting:
    """What all reviews of a run have in common; it goes to every worker, wherever that is.

    Parameters
    ----------
    root, place : str
        The project folder, and the folder of the reviews.
    told : dict
        The five parameters of the notebook.
    made : str
        When, in ISO 8601 with zone.
    environment : dict of str
        Of the processes that run the notebook.
    hidden : tuple of str
        Variables that these processes do not get: secrets that are none of theirs.
    minutes, megabytes : float or None
        That one review may take.
    """

    root: str
    place: str
    told: Mapping[str, Any]
    made: str
    environment: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    minutes: float | None = None
    megabytes: float | None = None

    @property
    def book(self) -> Path:
        return next(iter(sorted((Path(self.root) / "notebooks").glob(f"*_{REVIEW}.ipynb"))))

    def given(self, review: Review) -> dict[str, Any]:
        """The parameters one review is run with."""
        settings = dict(self.told.get("settings", {}))
        settings["review"] = {**settings.get("review", {}), "customer": review.customer}
        return {**self.told, "lang": review.lang, "settings": settings}

    def copy_of(self, review: Review) -> Path:
        return Path(self.place) / COPIES / review.lang / f"{review.file}.ipynb"

    def page_of(self, review: Review, audience: str) -> Path:
        return Path(self.place) / audience / review.lang / f"{review.file}.html"

    def withdraw(self, review: Review) -> None:
        """Take away an earlier page: it would not be told from this quarter's."""
        for audience in AUDIENCES:
            self.page_of(review, audience).unlink(missing_ok=True)


def make_reviews(
    params: Params,
    root: Path,
    out: Path,
    customers: Sequence[tuple[str, str, str]],
    langs: Sequence[str],
    data: "Data",
    told: Callable[[Made], None] | None = None,
    executor: Executor | None = None,
    force: bool = False,
) -> list[Made]:
    """Make the reviews that are not there yet, and the page that leads to all of them.

    Parameters
    ----------
    params : Params
    root, out : Path
        The project folder, and the folder of all periods' reviews.
    customers : sequence of (identifier, name, owner)
    langs : sequence of str
    data : Data
        Opened and checked.
    told : callable or None
        Told of each review as it is done.
    executor : Executor or None
        Who runs them: anything that speaks ``concurrent.futures``; None: processes of this machine.
    force : bool
        Make also those of which nothing has changed.

    Returns
    -------
    list of Made
        In the order of the customers, each language after the other.

    Raises
    ------
    CskitError
        If reviews of the period are being made already, or what lies there is not ours.

    Examples
    --------
    What somebody else has put there is not written over:

    >>> from tempfile import TemporaryDirectory
    >>> from cskit.data import Data
    >>> params = resolve({"period": "2023Q2", "data": "no/such/folder"})
    >>> with TemporaryDirectory() as folder:
    ...     root, out = Path(folder), Path(folder, "reviews")
    ...     for file in ("notebooks/10_customer_review.ipynb", "reviews/2023Q2/theirs.docx"):
    ...         (root / file).parent.mkdir(parents=True)
    ...         (root / file).touch()
    ...     make_reviews(params, root, out, [("C00012", "株式会社あおぞら", "")], ["ja"], Data(params.period.end))
    Traceback (most recent call last):
        ...
    cskit.errors.CskitError: ...2023Q2 is in the way: it was not made by cskit review. Move it, or give another --out.
    """
    place = out / params.period.name
    now = datetime.now(ZoneInfo(params.settings.calendar.timezone))
    injected = params.injected()
    hidden = tuple(sorted(named_variables(params.settings.output.options.values())))
    most = params.settings.limits
    common = Setting(
        str(root), str(place), injected, now.isoformat(), {}, hidden, minutes=most.minutes, megabytes=most.megabytes
    )
    reviews = _named(common, params, root, data, customers, langs)
    done: dict[Review, Made] = {}

    def end(made: Made) -> None:
        done[made.review] = made
        if told:
            told(made)

    with Shelf(out, params.period.name).locked():
        _take(place)
        left = []
        for review in reviews:
            if force:
                common.copy_of(review).unlink(missing_ok=True)  # without it, nothing counts as there
            if _is_there(common, review):
                end(Made(review, kept=True))
            else:
                left.append(review)
        if left:
            with _handed(common, params, root, data) as setting:
                for made in _make(setting, left, executor):
                    end(made)
        _write_index(common, params, langs, _listed(place, done.values()))
    return [done[review] for review in reviews]


def _take(place: Path) -> None:
    """The folder, ours from the first moment on; nothing else is written over, and no link is followed."""
    parts = [place, *(place / name for name in (*AUDIENCES, COPIES)), *place.glob("*/*")]
    if link := next((part for part in parts if part.is_symlink()), None):
        raise CskitError(f"{link} is a link, and not ours. Take it away, or give another --out.")
    if place.exists() and not (place / LIST).is_file() and any(place.iterdir()):
        raise CskitError(f"{place} is in the way: it was not made by cskit review. Move it, or give another --out.")
    place.mkdir(parents=True, exist_ok=True)
    if not (place / LIST).is_file():
        put_in_place(place / LIST, "[]\n")
    for torn in place.glob("*/*/.*.[0-9]*"):  # of a process that was killed while it wrote
        torn.unlink()


def _named(
    common: Setting,
    params: Params,
    root: Path,
    data: "Data",
    customers: Sequence[tuple[str, str, str]],
    langs: Sequence[str],
) -> list[Review]:
    """Every review with what makes it."""
    same = identity(params, input_digest(params, root, data))
    of_lang = {lang: same.of(Notebook(REVIEW, common.book), lang) for lang in langs}
    return [
        Review(key, name, owner, lang, hashlib.sha256(f"{of_lang[lang]}\0{key}\0{owner}".encode()).hexdigest()[:32])
        for key, name, owner in customers
        for lang in langs
    ]


def _is_there(common: Setting, review: Review) -> bool:
    """Its notebook is written last: where it is whole and of the same, so are its pages."""
    pages = all(common.page_of(review, audience).is_file() for audience in AUDIENCES)
    return pages and identity_of(common.copy_of(review)) == review.identity


@contextmanager
def _handed(common: Setting, params: Params, root: Path, data: "Data") -> Iterator[Setting]:
    """The data, read and checked once for all workers."""
    from cskit.data.handover import HANDED, Handover

    handover = Handover(data, params.data, root)
    handover.give(params.settings)
    yield replace(common, environment={HANDED: str(handover.folder)})


def _make(setting: Setting, left: Sequence[Review], executor: Executor | None) -> Iterator[Made]:
    """Alone up to the first that can be made: what it works out for all of them, the others find. Then in batches."""
    own, others = executor is None, set(multiprocessing.active_children())
    pool = executor or warm.pool(os.cpu_count() or 1)
    make = _make_batch if own else _make_apart
    try:
        rest = list(left)
        with warm.without_main():
            sample = None
            while rest and sample is None:
                first = rest.pop(0)
                made = pool.submit(make, setting, (first,), None).result()
                sample = None if made[0].error else first
                yield from made
            batches = [tuple(rest[start : start + BATCH]) for start in range(0, len(rest), BATCH)]
            running = [pool.submit(make, setting, batch, sample) for batch in batches]
        for future in as_completed(running):
            yield from future.result()
    except BaseException as fault:
        if own:  # else what was begun is waited for, however long it takes
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
        if isinstance(fault, BrokenExecutor):
            raise CskitError(
                "A process that makes reviews was ended from outside, for want of memory perhaps. What is made stays; "
                "the same command goes on with the rest."
            ) from None
        raise
    finally:
        if own:
            pool.shutdown(cancel_futures=True)


def _make_batch(setting: Setting, batch: Iterable[Review], sample: Review | None) -> list[Made]:
    """Some reviews, one after the other, each in a child of its own; a sample warms up, one that is known to end."""
    if not warm.available():
        return [_by_kernel(setting, review) for review in batch]
    with warm.environment({**warm.ENVIRONMENT, **setting.environment}):
        batch = list(batch)
        os.chdir(setting.root)
        for name in setting.hidden:
            os.environ.pop(name, None)
        if sample:
            _warm_up(setting, sample)
        # One that was asked for twice (a worker was lost, and its batch given to another) is made once.
        return [Made(review) if _is_there(setting, review) else _forked(setting, review) for review in batch]


def _make_apart(setting: Setting, batch: Iterable[Review], sample: Review | None) -> list[Made]:
    """The same from within somebody else's worker, whose threads must not be forked: in a process of its own."""
    if not warm.available():
        return _make_batch(setting, batch, sample)
    multiprocessing.current_process().daemon = False  # it may have children, whatever it was started as
    return _apart().submit(_make_batch, setting, tuple(batch), sample).result()


@cache
def _apart() -> Executor:
    """One process, which ends with this one."""
    with warm.without_main():
        return warm.pool(1)


_warmed: set[str] = set()


def _warm_up(setting: Setting, review: Review) -> None:
    """Once in a process: hold what all reviews share, and run one, so that its forks need not begin from nothing."""
    from cskit.data.exchange import hold
    from cskit.data.handover import HANDED

    if setting.environment.get(HANDED, "") in _warmed:
        return
    hold(Path(setting.environment[HANDED]))
    with suppress(Exception):  # what is wrong with it, its own child will say
        nb = _executed(setting, review)
        for audience in AUDIENCES:
            _page(nb, setting, review, audience)
    from cskit.report.cells import shell

    shell().reset()
    _warmed.add(setting.environment[HANDED])


def _forked(setting: Setting, review: Review) -> Made:
    """A child makes it, and says what went wrong through a pipe; one that is killed has said nothing."""
    from cskit.report.limits import Limits, Watch

    listen, say = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(listen)
        error = "it could not be made"
        try:
            warm.end_with_parent()
            error = _one(setting, review)
        except BaseException as fault:
            error = f"{type(fault).__name__}: {fault}"
        finally:
            with suppress(OSError):
                os.write(say, json.dumps(error[:9_000]).encode())  # at once: no more than a pipe holds
            os._exit(0)
    os.close(say)
    limits = Limits(setting.minutes, setting.megabytes)
    with os.fdopen(listen, "rb") as pipe, Watch(limits, lambda: child, lambda: os.kill(child, signal.SIGKILL)) as watch:
        heard = pipe.read()
    os.waitpid(child, 0)
    error = str(json.loads(heard)) if heard else watch.why or "its process was ended"
    if error:
        setting.withdraw(review)
    return Made(review, error=error)


def _one(setting: Setting, review: Review) -> str:
    """Run, write the pages, and the notebook last; what went wrong, or nothing."""
    return _written(_executed(setting, review), setting, review)


def _executed(setting: Setting, review: Review) -> Any:
    from cskit.report.cells import parameterised, run_cells

    return run_cells(parameterised(read_notebook(setting.book), setting.given(review)))


def _written(nb: Any, setting: Setting, review: Review, error: str = "") -> str:
    from nbformat import v4

    from cskit.report.outputs import read, scrub

    nb = scrub(nb, setting.book)
    found = read(nb, error)
    copy = setting.copy_of(review)
    copy.parent.mkdir(parents=True, exist_ok=True)
    if found.status != "ok":
        setting.withdraw(review)
        put_in_place(copy, v4.writes(nb) + "\n")
        return found.message or "it could not be made"
    for audience in AUDIENCES:
        page = setting.page_of(review, audience)
        page.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(page, _page(nb, setting, review, audience))
    stamp(nb, review.identity)
    put_in_place(copy, v4.writes(nb) + "\n")
    return ""


def _page(nb: Any, setting: Setting, review: Review, audience: Any) -> str:
    from cskit.report.render import render_review

    with i18n.speaking(review.lang):
        pack, currency = _pack(setting.root, json.dumps(setting.told), review.lang, setting.made)
        i18n.use_currency(currency)
        return render_review(nb, review.name or review.customer, review.file, replace(pack, audience=audience)).html


@lru_cache(maxsize=8)
def _pack(root: str, told: str, lang: str, made: str) -> "tuple[Pack, str]":
    """What the pages of all reviews in a language have in common; called while it is spoken."""
    from cskit.report.pages import Pack

    params = resolve({**json.loads(told), "lang": lang}, root=Path(root))
    return Pack.of(params, (lang,), datetime.fromisoformat(made)), params.settings.money.currency


def _by_kernel(setting: Setting, review: Review) -> Made:
    """Where nothing can be forked: the same notebook in a kernel of its own."""
    from cskit.report.execute import Job, Surroundings, execute
    from cskit.report.limits import Limits

    params = resolve(setting.given(review), root=Path(setting.root))
    job = Job(Notebook(REVIEW, setting.book), params, review.lang, setting.copy_of(review))
    around = Surroundings(
        Path(setting.root), Limits(setting.minutes, setting.megabytes), setting.environment, frozenset(setting.hidden)
    )
    made = execute(job, around)
    nb = made.nb if made.nb is not None else read_notebook(setting.book)
    return Made(review, error=_written(nb, setting, review, made.error))


def _listed(place: Path, done: Iterable[Made]) -> list[Made]:
    """All reviews of the period, those of earlier calls as well, as the folder's list holds them."""
    path = place / LIST
    try:
        told = [
            Made(Review(*(str(one[name]) for name in TOLD)), error=str(one["error"]))
            for one in json.loads(path.read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, TypeError, KeyError):
        told = []
    known = {(made.review.customer, made.review.lang): made for made in (*told, *done)}
    every = [known[key] for key in sorted(known)]
    lines = [{name: getattr(made.review, name) for name in TOLD} | {"error": made.error} for made in every]
    put_in_place(path, json.dumps(lines, ensure_ascii=False, indent=0) + "\n")
    return every


def _write_index(common: Setting, params: Params, langs: Sequence[str], done: Sequence[Made]) -> None:
    """The page that leads to the reviews, by who is in charge, in every language they were made in."""
    langs = [*langs, *sorted({made.review.lang for made in done} - set(langs))]
    from cskit.report.pages import Pack, fill

    for number, lang in enumerate(langs):
        own = [made for made in done if made.review.lang == lang]
        with i18n.speaking(lang):
            pack = Pack.of(params, tuple(langs), datetime.fromisoformat(common.made))
            owners = sorted({made.review.owner for made in own}, key=lambda owner: (not owner, owner))
            parts = [
                {
                    "name": owner or _("Nobody in charge"),
                    "anchor": f"owner-{place}",
                    "reviews": [_linked(common, made) for made in own if made.review.owner == owner],
                }
                for place, owner in enumerate(owners, 1)
            ]
            text = fill(
                "reviews.html.j2",
                kind="reviews",
                title=" · ".join((_("Customer reviews"), pack.title, pack.period)),
                pack=pack,
                lang=lang,
                languages=[(other, f"index.{other}.html") for other in langs if other != lang],
                verdict=_counted(own),
                owners=parts,
                made=None,
            )
        for name in (f"index.{lang}.html", *(["index.html"] if number == 0 else [])):
            put_in_place(Path(common.place) / name, text)


def _linked(common: Setting, made: Made) -> dict[str, str]:
    from urllib.parse import quote

    review = made.review
    pages = {} if made.error else {who: f"{who}/{review.lang}/{quote(review.file)}.html" for who in AUDIENCES}
    return {"name": review.name or review.customer, "internal": "", "customer": ""} | pages


def _counted(own: Sequence[Made]) -> str:
    failed = sum(bool(made.error) for made in own)
    text = n_(
        "{n} review, for the team and for the customer.", "{n} reviews, for the team and for customers.", len(own)
    )
    return i18n.sentences(text, n_("{n} could not be made.", "{n} could not be made.", failed) if failed else "")
