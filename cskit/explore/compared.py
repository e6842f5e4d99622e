"""The same key figures under several settings, side by side."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from cskit import i18n
from cskit.explore.explorer import Tried
from cskit.i18n import _
from cskit.metrics import Metric, definitions
from cskit.rows import Rows
from cskit.show import Headline, said

__all__ = ["key_figures", "moved_between", "side_by_side"]


def side_by_side(headlines: Mapping[str, Headline], caption: str) -> Rows:
    """Key figures as rows, and what else moved; settings as columns, all held against the first.

    Parameters
    ----------
    headlines : mapping of name to Headline
        Of the same report.
    caption : str

    Returns
    -------
    Rows
        Where a figure is not the first one's, its distance stands beside it.

    Examples
    --------
    >>> from cskit.metrics import metric
    >>> ours, other = (Headline("", ("growth.grr",), (metric("growth.grr", grr, "counted"),)) for grr in (0.92, 0.9))
    >>> side_by_side({"this report": ours, "without trials": other, "again": ours}, "").frame.iloc[0].to_dict()
    {'Key figure': 'GRR', 'this report': '92.0 %', 'without trials': '90.0 % (−2.0 pp)', 'again': '92.0 %'}
    """
    first, *others = headlines
    by_name = {name: {metric.name: metric for metric in line.metrics} for name, line in headlines.items()}
    keys = [key for key in headlines[first].keys if key in by_name[first]]
    keys += [name for name in by_name[first] if name not in keys and _moved(name, by_name[first], by_name.values())]
    columns = {_("Key figure"): [_(definitions()[key].label) for key in keys]}
    columns[first] = [_value(by_name[first][key]) for key in keys]
    for name in others:
        columns[name] = [_held_against(by_name[first][key], by_name[name].get(key)) for key in keys]
    return Rows(pd.DataFrame(columns), caption, None, tuple(headlines), sortable=False)


def moved_between(one: Headline, other: Headline) -> bool:
    """Whether a figure that both have is not the same.

    >>> from cskit.metrics import metric
    >>> one, other = (Headline("", (), (metric("growth.grr", grr, "counted"),)) for grr in (0.92, 0.9))
    >>> moved_between(one, other), moved_between(one, one)
    (True, False)
    """
    first, second = ({metric.name: metric for metric in line.metrics} for line in (one, other))
    return any(_moved(name, first, [second]) for name in first)


def _moved(name: str, first: Mapping[str, Metric], others: Iterable[Mapping[str, Metric]]) -> bool:
    return any(name in other and other[name].value != first[name].value for other in others)


def _value(metric: Metric | None) -> str:
    return "–" if metric is None or metric.value is None else said(metric, metric.value)


def _held_against(first: Metric, other: Metric | None) -> str:
    """A figure, and how far it is from the first one's."""
    text = _value(other)
    if other is None or not isinstance(first.value, int | float) or not isinstance(other.value, int | float):
        return text
    away = i18n.amount(other.value - first.value, first.unit, signed=True)
    return text if away == i18n.amount(0, first.unit, signed=True) else f"{text} ({away})"


def key_figures(published: Headline, tried: Callable[[Tried], Headline]) -> Callable[[Tried], Rows]:
    """What shows a report's key figures as published and by the settings tried, side by side: for a :class:`Panel`.

    Parameters
    ----------
    published : Headline
    tried : callable
        Gives the headline by the settings tried.

    Examples
    --------
    >>> from cskit.metrics import metric
    >>> from cskit.params import settings_with
    >>> def by(settings):
    ...     at_risk = sum(score < settings.health.grades.sound for score in (30, 60, 90))
    ...     return Headline("", ("health.at_risk",), (metric("health.at_risk", at_risk, "counted"),))
    >>> show = key_figures(by(settings_with()), lambda what: by(what.settings))
    >>> show(Tried(settings_with({"health": {"grades": {"sound": 65}}}), {})).frame.iloc[0].to_dict()
    {'Key figure': 'At risk', 'published': '1', 'tried': '2 (+1)'}
    """

    def show(what: Tried) -> Rows:
        both = {_("published"): published, _("tried"): tried(what)}
        return side_by_side(both, _("Key figures as published, and by the settings tried"))

    return show
