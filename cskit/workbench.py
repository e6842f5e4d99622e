"""What lies open before an analyst? The tables of the data, how far they reach, and what others would add."""

import pandas as pd

from cskit import i18n
from cskit.data.schema import spoken, tables
from cskit.i18n import _
from cskit.rows import Rows
from cskit.run import Run
from cskit.show import Finding

__all__ = ["missing", "opened", "present"]


def opened(run: Run) -> Finding:
    """Which data are open, for which period, and against which it is compared.

    >>> print(opened(run).text.replace(run.params.data, "data/demo"))
    data/demo: 32 tables, 226,770 rows. The period is Apr–Jun 2023 (FY2023 Q1), compared with Oct–Dec 2022 (FY2022 Q3);
    all is as it was known on 30 June 2023.
    """
    held = sum(run.data.rows.values())
    return Finding(
        _(
            "{data}: {tables} tables, {rows} rows. The period is {period}, compared with {before}; "
            "all is as it was known on {day}.",
            data=run.params.data,
            tables=i18n.number(len(run.data.rows)),
            rows=i18n.number(held),
            period=i18n.period_label(run.period),
            before=i18n.period_label(run.compare_to),
            day=i18n.day(run.data.as_of),
        )
    )


def present(run: Run) -> Rows:
    """The tables that came with the data.

    >>> present(run).frame.iloc[0, 0], len(present(run).frame)
    ('customers', 32)
    """
    known = tables()
    rows = [(spoken(name), _(known[name].about), n) for name, n in run.data.rows.items()]
    columns = [_("Table"), _("One row is"), _("Rows")]
    return Rows(
        pd.DataFrame(rows, columns=columns),
        _("Tables that are open"),
        limit=None,
        numeric=(_("Rows"),),
        formats={_("Rows"): i18n.number},
    )


def missing(run: Run) -> Rows:
    """The tables that did not, and what each would add.

    >>> missing(run).caption
    'Tables that are missing'
    """
    absent = (name for name in tables() if name not in {*run.data.rows, "crosswalk"})
    rows = [(spoken(name), _(tables()[name].adds)) for name in absent]
    return Rows(
        pd.DataFrame(rows, columns=[_("Table"), _("What it would add")]), _("Tables that are missing"), limit=None
    )
