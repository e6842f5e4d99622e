"""What do we do now, who does it, was it done, and did it help?"""

from dataclasses import dataclass, replace

import pandas as pd

from cskit.catalogue import Play
from cskit.facts import accounts
from cskit.metrics import Metric
from cskit.plays.actions import Actions, actions
from cskit.plays.followup import Done, Effect, done, effect
from cskit.result import Result
from cskit.run import Run
from cskit.shared import shared

__all__ = ["Study", "relisted", "study"]


@dataclass(frozen=True)
class Study(Result):
    """What the report on plays shows.

    Parameters
    ----------
    now : Actions
        The list at the end of the period.
    done, done_before : Done or None
        Of the actions opened in the period before, at the end of this one; and the same of the period of comparison.
    effect : Effect or None
    customers : DataFrame, index customer_id, columns name, owner, url
    team : Series of str, index csm_id
        Names; the id itself where none came with the data.

    Examples
    --------
    >>> round(plays.confidence, 2)
    0.95
    """

    now: Actions
    done: Done | None
    done_before: Done | None
    effect: Effect | None
    customers: pd.DataFrame
    team: pd.Series
    confidence: float
    metrics: tuple[Metric, ...]

    @property
    def plays(self) -> dict[str, Play]:
        return dict(self.now.plays)


@shared
def study(run: Run) -> Study:
    """Everything on plays for a run's period.

    Raises
    ------
    NotAvailable
        Without ``customers``.
    SettingsError
        If a play names an owner who is not in the team.

    Examples
    --------
    >>> round(study(run).confidence, 2)
    0.95
    """
    now = actions(run)
    then = run.compare_to
    ended, ended_before = done(run, run.period.previous(), run.data.as_of), done(run, then.previous(), then.end)
    helped = effect(run)
    metrics = _metrics(run, now, ended, ended_before, helped)
    return Study(
        now, ended, ended_before, helped, accounts(run.data), _team(run), run.settings.report.confidence, metrics
    )


def relisted(study: Study, run: Run, now: Actions) -> Study:
    """The same with another list; what was done, and whether it helped, is what it was.

    Examples
    --------
    >>> from cskit.params import settings_with
    >>> from cskit.plays.actions import listed
    >>> tried = relisted(plays, run, listed(plays.now.known, settings_with({"plays": {"per_customer": 1}})))
    >>> tried.now.count("new", "waits"), tried.done is plays.done
    (325, True)
    """
    metrics = _metrics(run, now, study.done, study.done_before, study.effect)
    return replace(study, now=now, metrics=metrics)


def _team(run: Run) -> pd.Series:
    if not run.data.has("csms"):
        return pd.Series(dtype=object)
    rows = run.data.table("csms").select("csm_id", "name").order_by("csm_id").to_pandas().set_index("csm_id")["name"]
    return rows.fillna(rows.index.to_series())


def _metrics(
    run: Run, now: Actions, ended: Done | None, ended_before: Done | None, helped: Effect | None
) -> tuple[Metric, ...]:
    n = len(now.facts)
    arr = now.facts["arr"].reindex(now.rows["customer_id"].unique())
    weighted = helped.weighted if helped else None
    recorded = run.data.has("actions")
    return (
        run.metric("plays.open", now.count("carried", "closable") if recorded else None, "counted"),
        run.metric("plays.called_for", now.count("new", "waits"), "counted"),
        run.metric("plays.waiting", now.count("waits"), "counted", n=now.count("new", "waits")),
        run.metric("plays.value_at_stake", float(arr.sum()) if arr.notna().any() else None, "counted", n=n),
        _share(run, "plays.done_share", ended, ended_before, "in_time", "late"),
        _share(run, "plays.in_time_share", ended, ended_before, "in_time"),
        run.metric(
            "plays.effect",
            weighted.share - weighted.other if weighted else None,
            "estimated",
            weighted.interval if weighted else None,
            n=len(helped.rows) if helped else None,
        ),
    )


def _share(run: Run, name: str, ended: Done | None, ended_before: Done | None, *ends: str) -> Metric:
    now, before = (
        part.count(*ends) / len(part.rows) if part is not None and len(part.rows) else None
        for part in (ended, ended_before)
    )
    n, n_before = (len(part.rows) if part is not None and len(part.rows) else None for part in (ended, ended_before))
    return run.metric(name, now, "counted", n=n, n_before=n_before, before=before)
