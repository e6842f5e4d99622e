"""Which customers need a step, who takes it, and why? The list that CSMs take into their week."""

import pandas as pd

from cskit import i18n
from cskit.health.analysis import Study
from cskit.health.moved import Moved
from cskit.health.score import AT_RISK, drivers
from cskit.health.words_moved import graded, parts, said_grade
from cskit.i18n import _, n_
from cskit.rows import MOST, Formats, Graded, Rows, with_owner
from cskit.run import Run
from cskit.show import Headline

__all__ = ["action_rows", "at_risk_now", "to_do"]

KEYS = ("health.action", "health.caution", "health.at_risk")


def at_risk_now(study: Study, arr: pd.Series | None) -> pd.DataFrame:
    """Whom the formula or the team puts at risk, in the order in which to speak with them.

    Parameters
    ----------
    arr : Series of float or None, indexed by customer

    Returns
    -------
    DataFrame
        A row per customer: the columns of the scores and of ``study.customers``, and ``decided``, ``arr``, ``why``: the
        items that cost it most. Action before caution, by either; then the largest ARR.

    Examples
    --------
    The team is worried about a customer whom the formula calls good:

    >>> rows = at_risk_now(health, None).set_index("customer_id")
    >>> rows.loc[["C00053", "C00088"], ["grade", "decided", "why"]]
                  grade  decided                                              why
    customer_id
    C00053       action      NaN  (days_since_contact, notice_given, licence_use)
    C00088         good  caution                                   (usage_depth,)
    """
    rows = study.now.scores.join(study.customers).join(study.decided.rename(columns={"grade": "decided"}))
    rows = rows[rows["grade"].isin(AT_RISK) | rows["decided"].isin(AT_RISK)]
    known = arr if arr is not None else pd.Series(dtype=float)
    why = drivers(study.now.raw, study.rules).reindex(rows.index)
    rows = rows.assign(arr=known.reindex(rows.index).fillna(0.0), why=why)
    urgent = (rows["grade"] == "action") | (rows["decided"] == "action")
    rows = rows.assign(order=~urgent).reset_index(names="customer_id")
    return rows.sort_values(["order", "arr", "customer_id"], ascending=[True, False, True], ignore_index=True)


def to_do(run: Run, study: Study, unknown: pd.DataFrame | None) -> Headline:
    """The opening of the CSMs' list: how many need a step.

    >>> print(to_do(run, health, strangers).verdict)
    192 customers need a step: 19 at risk, computed or decided, and 174 whose situation we do not know;
    1 both.
    """
    risky = set(at_risk_now(study, None)["customer_id"])
    strangers = set() if unknown is None else set(unknown["customer_id"])
    text = n_(
        "{n} customer needs a step: {risky} at risk, computed or decided, and {strangers} whose situation we do not know; {both} both.",
        "{n} customers need a step: {risky} at risk, computed or decided, and {strangers} whose situation we do not know; {both} both.",
        len(risky | strangers),
        risky=i18n.number(len(risky)),
        strangers=i18n.number(len(strangers)),
        both=i18n.number(len(risky & strangers)),
    )
    return run.headline("csm", text, KEYS, study.metrics)


def action_rows(
    study: Study, found: Moved, unknown: pd.DataFrame | None = None, arr: pd.Series | None = None, limit: int = MOST
) -> Rows:
    """Every customer at risk or unknown: at risk first, action before caution, then the largest ARR.

    Parameters
    ----------
    study : Study
    found : Moved
        What moved each score.
    unknown : DataFrame or None
        Customers whose situation is unknown by hearings, with the share ``known``; handed over by the notebook.
    arr : Series of float or None, indexed by customer
    limit : int
        Rows shown; all of them go into ``customers_at_risk.csv``.

    Examples
    --------
    >>> from cskit.facts import arr_by_customer
    >>> action_rows(health, since, strangers, arr_by_customer(run.data)).caption
    'At risk or unknown: those at risk first, then by ARR'
    """
    rows = _candidates(study, unknown, arr)
    customers = rows["customer_id"]
    cells = {
        _("Customer"): rows["name"].fillna(customers),
        _("Reason"): [_reason(*pair) for pair in zip(rows["risky"], rows["known"], strict=True)],
        _("Health"): [graded(*pair) for pair in zip(rows["grade"], rows["provisional"], strict=True)],
        _("Why"): [i18n.listed([i18n.term(item) for item in why]) for why in rows["why"]],
        _("What moved it"): [parts(found, str(customer)) for customer in customers],
        "ARR": rows["arr"],
    }
    frame = pd.DataFrame(cells)
    shown = with_owner(frame, customers, study.customers)
    full = shown.assign(**{_("Health"): [said_grade(*p) for p in zip(rows["grade"], rows["provisional"], strict=True)]})
    full.insert(0, "customer_id", customers)
    full[_("Score")], full[_("Known")] = rows["score"].round(1), rows["known"].round(2)
    full[_("Decided")] = ["" if pd.isna(grade) else str(Graded(grade)) for grade in rows["decided"]]
    full[_("Decided because")] = rows["reason"]
    full[_("Decided until")] = ["" if pd.isna(day) else pd.Timestamp(day).date().isoformat() for day in rows["until"]]
    full[_("Link")] = rows["url"]
    formats: Formats = {"ARR": i18n.money}
    caption = _("At risk or unknown: those at risk first, then by ARR")
    return Rows(shown, caption, limit, ("ARR",), "customers_at_risk", full, formats, bars=("ARR",))


def _candidates(study: Study, unknown: pd.DataFrame | None, arr: pd.Series | None) -> pd.DataFrame:
    """Customers at risk, then those unknown that are not; each once."""
    risky = at_risk_now(study, arr).assign(risky=True)
    known = pd.Series(dtype=float) if unknown is None else unknown.set_index("customer_id")["known"].astype(float)
    others = known[~known.index.isin(risky["customer_id"])].index
    money = (arr if arr is not None else pd.Series(dtype=float)).reindex(others).fillna(0.0)
    rest = study.customers.reindex(others).join(study.now.scores).assign(arr=money, risky=False)
    rest = rest.rename_axis("customer_id").reset_index()
    rest["why"] = [[] for _row in range(len(rest))]
    rest = rest.sort_values(["arr", "customer_id"], ascending=[False, True])
    both = pd.concat([risky, rest] if len(rest) else [risky], ignore_index=True)
    both = both.reindex(
        columns=[*risky.columns, *(name for name in ("decided", "reason", "until") if name not in risky)]
    )
    return both.assign(known=both["customer_id"].map(known))


def _reason(risky: bool, known: float) -> str:
    unknown = "" if pd.isna(known) else _("unknown: {share} of the required items", share=i18n.share(known, 0))
    return i18n.several([text for text in (_("at risk") if risky else "", unknown) if text], "; ")
