"""``cskit``: from exports to a pack of reports, one command each.

Nothing heavy is imported before a command needs it: ``cskit --help`` answers at once.
"""

import logging
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cskit.errors import CskitError, DataError

if TYPE_CHECKING:
    from datetime import date

    from cskit.data import Data
    from cskit.params import Params

__all__ = ["app", "main"]

app = typer.Typer(
    name="cskit",
    help="Customer-success reports from raw exports: one period, one command.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _trust(trusted: bool) -> None:
    """Say it to this process and those it starts, before any params are read."""
    if trusted:
        os.environ["CSKIT_TRUST"] = "1"


DataOption = Annotated[str, typer.Option("--data", help="Folder, .duckdb file or source; instead of the period's own.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="One setting, as report.status=preliminary; may be repeated."),
]
SetAsideOption = Annotated[
    bool, typer.Option("--set-aside", help="Go on without faulty rows; every page says how many.")
]
TrustOption = Annotated[
    bool,
    typer.Option(
        "--trust", callback=_trust, is_eager=True, help="Run the Python file that params name (extend.python)."
    ),
]


SCREEN = 40  # rows of a list at the terminal; all of them are in its file
STALE = 92  # days without a row, from which an export is too old to say what is to be done
INTERRUPTED = "Interrupted. Readers still have the earlier reports; the next run goes on with what is not done yet."
WITHOUT_ROWS = "Mend these in the export, or go on without the rows: --set-aside. Every page then says how many."


def main() -> None:
    """Run the command line; a fault the user can mend is one text on stderr and exit code 2.

    >>> from contextlib import redirect_stderr, suppress
    >>> from unittest.mock import patch
    >>> asked = patch.multiple(sys, argv=["cskit", "demo", "there", "--format", "xls"], excepthook=sys.excepthook)
    >>> with asked, patch("signal.signal"), redirect_stderr(sys.stdout), suppress(SystemExit):
    ...     main()
    --format: found "xls"; it is one of csv, parquet, xlsx, duckdb. Did you mean xlsx?
    """
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's end is tidied up as Ctrl-C is
    try:
        app()
    except CskitError as fault:
        print(fault, file=sys.stderr)
    except OSError as fault:
        if fault.strerror is None:
            raise
        print(f"{fault.filename}: {fault.strerror}." if fault.filename else f"{fault.strerror}.", file=sys.stderr)
    else:
        return
    sys.exit(2)


@app.command()
def run(
    period: Annotated[
        str,
        typer.Argument(
            help="2023Q2, 2023H1, 2023-04, 2021, FY2022, FY2022Q4; a period file; last: the newest quarter over."
        ),
    ],
    data: DataOption = "",
    compare_to: Annotated[
        str, typer.Option(help="The period to compare with; otherwise the period file's, or the one before.")
    ] = "",
    lang: Annotated[str, typer.Option(help="en, ja or en,ja; otherwise the period file's.")] = "",
    only: Annotated[
        list[str] | None,
        typer.Option(help="Make these reports only (may be repeated); the others are taken over from the newest run."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The reports folder; otherwise reports/ of the project.")] = None,
    each: Annotated[
        str, typer.Option(help="A pack for each value of a column of customers: segment, plan, region, owner.")
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Make every report anew, also those of which nothing has changed.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Every page as PDF as well, printed by a Chromium on this machine.")
    ] = False,
    set_aside: SetAsideOption = False,
    settings: SetOption = None,
    trust: TrustOption = False,
    settings_file: Annotated[
        str,
        typer.Option("--settings", metavar="FILE", help="Settings from a file, as an explorer in JupyterLab saves it."),
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say every step.")] = False,
    log: Annotated[Path | None, typer.Option(help="A file to add every step to, as JSON lines.")] = None,
) -> None:
    """Make a period's reports."""
    from cskit.report import warm
    from cskit.report.limits import Clock
    from cskit.report.log import begin_log
    from cskit.report.unchanged import nothing_to_do

    clock = Clock()
    if force:  # else whether there is anything to do is seen first
        warm.begin()
    begin_log(verbose, log)
    names = _words(only or [])
    if each and names:
        raise CskitError("--each makes every report of every pack: leave --only away.")
    langs = _words([lang])
    browser = _browser() if pdf else ""  # missing: said before any time goes into the data
    params, root = _params(period, data, compare_to, langs[0] if langs else "", settings, set_aside, settings_file)
    _check_names(params, root, names, langs)
    place = out or root / "reports"
    if not force and (seen := nothing_to_do(params, root, place, langs, names, pdf, each)):
        logging.getLogger("cskit").info("unchanged", extra={"place": str(seen)})
        print("Nothing has changed since the last run. To make the reports anew all the same: --force")
        print(seen / "index.html")
        _send(params, seen)  # it may not have got there the last time
        return
    warm.begin()
    from cskit.report.screen import Screen, tell_faults

    opened = _opened(params, root)
    _refuse_empty(opened, params)
    tell_faults(opened)
    from cskit.report.pack import make_pack

    try:
        with Screen() as screen:
            told = (screen.step, screen.finished)
            outcome = make_pack(
                params, root, place, langs, names, opened, *told, browser=browser, force=force, clock=clock, each=each
            )
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        raise typer.Exit(130) from None
    screen.end(outcome, root)
    _send(params, outcome.shown)
    raise typer.Exit(0 if outcome.complete else 1)


@app.command()
def check(
    period: Annotated[
        str, typer.Argument(help="As of the end of this period; otherwise of the newest period file.")
    ] = "",
    data: DataOption = "",
    unmatched: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="List IDs that are no customer's, as a crosswalk to fill in (CSV)."),
    ] = None,
    set_aside: SetAsideOption = False,
    settings: SetOption = None,
    trust: TrustOption = False,
) -> None:
    """Check the data, and say every fault at once."""
    from cskit import extend
    from cskit.params import project_root
    from cskit.report.screen import tell_data

    newest = _period_files(project_root())
    if not period and not newest:
        raise CskitError("There is no period file in params/. Say which period is meant: cskit check 2023Q2.")
    params, root = _params(period or newest[-1], data, "", "", settings, set_aside)
    opened = _opened(params, root)
    _refuse_empty(opened, params)
    extend.tried(opened, params.settings.health)
    tell_data(opened, params)
    if unmatched:
        from cskit.data.crosswalk import write_unmatched

        print(f"{write_unmatched(opened, unmatched):,} IDs that are no customer's: {unmatched}")


@app.command("import")
def import_(
    location: Annotated[str, typer.Argument(metavar="DIR", help="A folder of exports, or one file, of any make.")],
    out: Annotated[Path | None, typer.Option(help="The file to write; otherwise params/mapping.yaml.")] = None,
    settings: SetOption = None,
) -> None:
    """Propose how an unknown export is to be read, for you to confirm."""
    from cskit.data.importing import propose
    from cskit.data.importing.page import page
    from cskit.params import project_root, settings_with, with_overrides
    from cskit.report.screen import tell_proposal

    root = project_root()
    to = out or root / "params" / "mapping.yaml"
    if to.exists():
        raise CskitError(f"{to} is there already and may be confirmed: nothing is written over. Name another: --out.")
    proposed = propose(location, settings_with(with_overrides(settings or []), root), root)
    named = str(to.resolve().relative_to(root)) if to.resolve().is_relative_to(root) else str(to)
    text = page(proposed, location, Path(named).as_posix())
    to.parent.mkdir(parents=True, exist_ok=True)
    with to.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    tell_proposal(proposed, Path(named).as_posix())


@app.command()
def snapshot(
    location: Annotated[str, typer.Argument(metavar="DATA", help="Folder, .duckdb file or source, as for cskit run.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder of copies; one folder a day in it.")],
    on: Annotated[str, typer.Option("--on", help="The day that the data are of, 2023-06-30; otherwise today.")] = "",
    set_aside: SetAsideOption = False,
    settings: SetOption = None,
    trust: TrustOption = False,
) -> None:
    """Keep a dated copy of what the tools know now, so that a past day can be computed again."""
    from cskit.data import open_data
    from cskit.data.snapshot import keep
    from cskit.params import project_root, settings_with, with_overrides

    day, root = _day("--on", on), project_root()
    newest = _period_files(root)
    rules = (
        _params(newest[-1], location, "", "", settings, set_aside)[0].settings
        if newest
        else settings_with(with_overrides([*(settings or []), *(["data.set_aside=true"] if set_aside else [])]), root)
    )
    whole = rules.model_copy(update={"data": rules.data.model_copy(update={"only": {}})})
    place = keep(open_data(location, whole, day, root), to, day)
    print(f"{place}: {len(list(place.iterdir()))} tables. Read with --data {to}")


@app.command()
def decided(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The health_meeting.xlsx of a run, filled in.")],
    data: DataOption = "",
    on: Annotated[str, typer.Option(help="Day of the meeting, 2023-07-10; otherwise the day of the figures.")] = "",
    by: Annotated[str, typer.Option(help="Who decided.")] = "CS",
    settings: SetOption = None,
    trust: TrustOption = False,
) -> None:
    """Take over the grades that the team's meeting decided."""
    from cskit.health.meeting import keep, read_meeting
    from cskit.params import project_root

    day = _day("--on", on) if on else None
    newest = _period_files(project_root())
    if not newest:
        raise CskitError("There is no period file in params/, so it is not known where the data lie: cskit new 2023Q2.")
    params, root = _params(newest[-1], data, "", "", settings, False)
    opened = _opened(params, root)
    found, meant = read_meeting(file, opened, day)
    kept = keep(found, opened, root / Path(params.data).expanduser(), meant, by)
    for one in found:
        print(one.line)
    print(f"{len(found)} decided on {meant} by {by}: {kept.path}")
    if not kept.appended:
        print("These data are not ours to write into: add the rows of that file to the table overrides yourself.")


@app.command()
def actions(
    as_of: Annotated[str, typer.Option(help="The day, 2023-07-03; otherwise today.")] = "",
    owner: Annotated[str, typer.Option(help="Whose, by csm_id; otherwise everybody's.")] = "",
    data: DataOption = "",
    lang: Annotated[str, typer.Option(help="en or ja; otherwise the newest period file's.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where the files go; otherwise actions/ of the project.")] = None,
    set_aside: SetAsideOption = False,
    settings: SetOption = None,
    trust: TrustOption = False,
) -> None:
    """The week's list: what is to be done, by whom and by when, as of a day."""
    from cskit.params import project_root

    day = _day("--as-of", as_of)
    newest = _period_files(project_root())
    if not newest:
        raise CskitError("There is no period file in params/, so it is not known where the data lie: cskit new 2023Q2.")
    params, root = _params(newest[-1], data, "", lang, settings, set_aside)
    opened = _opened(params, root, day)
    _refuse_stale(opened, params, day)
    from cskit import i18n
    from cskit.lines import file_name
    from cskit.plays import words
    from cskit.plays.weekly import weekly
    from cskit.report.lists import write_weekly
    from cskit.report.screen import tell_rows

    found = weekly(params, opened, owner)
    whole, new = words.action_rows(found, limit=SCREEN), words.crm_rows(found)
    tell_rows(words.verdict(found), whole, (i18n._("Owner"),) if owner else ())
    stem = file_name("_".join(filter(None, (day.isoformat(), re.sub(r"[/\\]", "_", owner)))))
    for path in write_weekly(whole.listing, new.listing, out or root / "actions", stem):
        print(path)


@app.command()
def review(
    period: Annotated[str, typer.Argument(help="As of the end of this period.")],
    customer: Annotated[list[str] | None, typer.Option(help="Whose review, by customer_id; may be repeated.")] = None,
    owner: Annotated[str, typer.Option(help="Those of all customers of one person, by csm_id.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Those of all customers.")] = False,
    data: DataOption = "",
    lang: Annotated[str, typer.Option(help="en, ja or en,ja; otherwise the period file's.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where they go; otherwise reviews/ of the project.")] = None,
    scheduler: Annotated[
        str, typer.Option(help="A Dask cluster that makes them, tcp://host:8786; otherwise this machine.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Also those of which nothing has changed.")] = False,
    set_aside: SetAsideOption = False,
    settings: SetOption = None,
    trust: TrustOption = False,
) -> None:
    """Make the reviews that CSMs take to their customers: one for the team, one for the customer."""
    wanted = _words(customer or [])
    if sum((bool(wanted), bool(owner), every)) != 1:
        raise CskitError("Whose review? One of --customer ID, --owner ID, --all.")
    from cskit.report import warm

    warm.begin()
    langs = list(dict.fromkeys(_words([lang])))
    params, root = _params(period, data, "", langs[0] if langs else "", settings, set_aside)
    _check_names(params, root, [], langs)
    opened = _opened(params, root)
    _refuse_empty(opened, params)
    from cskit.report.cluster import executor_of
    from cskit.report.reviews import make_reviews
    from cskit.report.screen import Reviewing
    from cskit.review import chosen

    customers = chosen(opened, wanted, owner)
    place, spoken = out or root / "reviews", langs or [params.lang]
    try:
        with executor_of(scheduler) as executor, Reviewing(len(customers) * len(spoken)) as screen:
            done = make_reviews(params, root, place, customers, spoken, opened, screen.made, executor, force)
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        raise typer.Exit(130) from None
    print(place / params.period.name / "index.html")
    raise typer.Exit(1 if any(made.error for made in done) else 0)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the tables go.")],
    customers: Annotated[int, typer.Option(min=1, help="How many customers.")] = 500,
    seed: Annotated[int, typer.Option(help="Another seed, other data; the same seed, the same data.")] = 1,
    world: Annotated[
        str, typer.Option(help="published: states the published figures; random: drawn from known truth.")
    ] = "published",
    form: Annotated[str, typer.Option("--format", help="csv, parquet, xlsx or duckdb.")] = "csv",
) -> None:
    """Make the demo company's exports."""
    _one_of("--world", world, ("published", "random"))
    _one_of("--format", form, ("csv", "parquet", "xlsx", "duckdb"))
    from cskit.data.demo import make_demo

    make_demo(folder, customers=customers, seed=seed, world=world, form=form)
    print(f"{customers:,} customers in {folder}")


@app.command()
def template(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the workbook goes.")],
    lang: Annotated[str, typer.Option(help="Language of the headers: en or ja.")] = "en",
) -> None:
    """Write empty Excel templates: a sheet per table, with headers and notes."""
    _one_of("--lang", lang, ("en", "ja"))
    from cskit.data.template import write_templates

    for path in write_templates(folder, lang):
        print(path)


@app.command()
def notebooks(
    lang: Annotated[str, typer.Option(help="en or ja.")] = "ja",
    out: Annotated[Path | None, typer.Option(help="Where they go; otherwise notebooks/<lang>.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over copies that you have changed, too.")] = False,
) -> None:
    """Write a copy of every notebook in another language, to read and to run in JupyterLab."""
    from cskit.params import project_root
    from cskit.report.copies import write_copies

    root = project_root()
    copies = write_copies(root, lang, out, force)
    place = out or Path("notebooks") / lang
    print(f"{place}: {len(copies.written)} written, {len(copies.same)} were up to date")
    for path in copies.changed:
        print(f"{path.name}: you have changed it, so it is left as it is. To write over it: --force", file=sys.stderr)


@app.command()
def new(
    period: Annotated[str, typer.Argument(help="The period to begin; otherwise the one after the newest.")] = "",
) -> None:
    """Begin the next period: its file in params/, from the last one's."""
    from cskit.params import project_root
    from cskit.report.periodfiles import begin

    path = begin(project_root(), period)
    print(f"params/{path.name} is ready. Put the exports in place, then: cskit run {path.stem}")


@app.command("list")
def list_() -> None:
    """Show the periods, the reports made of them, and the notebooks."""
    from cskit.params import project_root
    from cskit.report.screen import tell_project

    tell_project(project_root())


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A period in the reports folder, 2022Q4, or the folder of a run.")],
    after: Annotated[str, typer.Argument(help="Another, 2023Q2; or a second run of the same period.")],
    out: Annotated[Path | None, typer.Option(help="The reports folder; otherwise reports/ of the project.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Show which figures moved between two runs, why, and which past figures were restated."""
    from cskit.params import project_root
    from cskit.report import diff as runs
    from cskit.report.diff_screen import tell_diff

    place = out or project_root() / "reports"
    found = runs.diff(runs.find_run(before, place), runs.find_run(after, place))
    if as_json:
        print(runs.as_json(found))
    else:
        tell_diff(found)


@app.command()
def verify(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A folder that cskit run has made: reports/2023Q2.")],
) -> None:
    """Make a published run again, and say whether every file is the same."""
    from cskit.params import project_root
    from cskit.report import warm
    from cskit.report.diff import find_run

    root = project_root()
    place = find_run(str(run), root / "reports")
    warm.begin()
    from cskit.report.screen import Screen
    from cskit.report.verify import verify as made_again

    with Screen() as screen:
        verified = made_again(place, root, screen)
    print("\n".join(verified.lines))
    raise typer.Exit(1 if verified.differing else 0)


def _params(
    period: str,
    data: str,
    compare_to: str,
    lang: str,
    overrides: list[str] | None,
    set_aside: bool,
    settings_file: str = "",
) -> "tuple[Params, Path]":
    from datetime import date

    from cskit.params import load, project_root
    from cskit.periods import last_quarter

    period = last_quarter(date.today()).name if period == "last" else period
    root = project_root()
    changes = [*(overrides or []), *(["data.set_aside=true"] if set_aside else [])]
    return load(period, compare_to, data, lang, changes, root, settings_file), root


def _day(option: str, text: str) -> "date":
    """A day that was named; today where none was."""
    from datetime import date

    try:
        day = date.fromisoformat(text) if text else date.today()
        if not 1900 <= day.year <= 2200:  # years before and after it are looked at as well
            raise ValueError
        return day
    except ValueError:
        raise CskitError(f'{option}: found "{text}"; a day is written 2023-07-10.') from None


def _opened(params: "Params", root: Path, day: "date | None" = None) -> "Data":
    """The data, checked here first: bad data stops everything before anything is written."""
    from cskit import i18n
    from cskit.data import open_data

    i18n.use(params.lang)
    try:
        return open_data(params.data, params.settings, day or params.period.end, root)
    except DataError as error:
        # a row at fault can be left out; one that cannot be told from its neighbours cannot, nor any of a database
        rows = all((fault.rows and fault.column) or fault.warning for fault in error.faults)
        if error.faults and rows and not params.settings.data.set_aside and params.data not in params.settings.sources:
            raise DataError(f"{error}\n{WITHOUT_ROWS}") from None
        raise


def _refuse_empty(data: "Data", params: "Params") -> None:
    from cskit.report.coverage import period_has_data

    if not period_has_data(data, params.period):
        name, start, end = params.period.name, params.period.start, params.period.end
        raise DataError(
            f"{params.data}: nothing in it is dated in {name} ({start} to {end}), so there is nothing to report.\n"
            f"  Export the tables up to {end}, or name a period that the data covers."
        )


def _refuse_stale(data: "Data", params: "Params", day: "date") -> None:
    """What is to be done now does not follow from data that end long before."""
    from datetime import timedelta

    from cskit.periods import Period
    from cskit.report.coverage import period_has_data

    if not period_has_data(data, Period("", "quarter", day - timedelta(days=STALE), day, False, 1)):
        raise DataError(
            f"{params.data}: nothing in it is dated in the {STALE} days up to {day}, so what is to be done on that day "
            "cannot be said.\n  Export the tables anew, or name a day that the data cover: --as-of 2023-07-03."
        )


def _check_names(params: "Params", root: Path, names: list[str], langs: list[str]) -> None:
    """Reports and languages, before any time goes into the data."""
    from cskit import i18n
    from cskit.report.notebooks import chosen, notebooks_of

    chosen(notebooks_of(root, params.settings.extend.notebooks), names)
    for lang in langs:
        i18n.use(lang)


def _send(params: "Params", shown: Path) -> None:
    """Copy what readers see to where the settings say."""
    output = params.settings.output
    if output.to:
        from cskit.report.send import send

        sent = send(shown, output.to, output.options, output.audiences)
        if sent.held_back:
            told, kept = ", ".join(output.audiences), ", ".join(sent.held_back)
            print(f"Sent to {told}; kept back: {kept} (output.audiences).", file=sys.stderr)
        print(sent.address)


def _browser() -> str:
    from cskit.report.pdf import chromium

    return chromium()


def _period_files(root: Path) -> list[str]:
    from cskit.report.periodfiles import period_files

    return [period.name for period in period_files(root)]


def _words(texts: list[str]) -> list[str]:
    """Names given one by one or separated by commas."""
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    from cskit.errors import did_you_mean

    if value not in known:
        raise CskitError(f'{option}: found "{value}"; it is one of {", ".join(known)}.{did_you_mean(value, known)}')
