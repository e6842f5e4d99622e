"""What nearly every notebook needs, imported once by the parent that kernels are forked from.

Importing, and reading what lies in the package, is all this does. No thread, no file and no database may be open
afterwards: see :mod:`cskit.report.warm`.
"""

import atexit
import gc
import importlib
import os
import pkgutil
import sys

import cskit
from cskit.report.light import without_grammars
from cskit.report.warm import PARENT

SKIPPED = (
    "cskit.__main__",
    "cskit.cli",
    "cskit.data.demo",
    "cskit.data.page",
    "cskit.explore.widgets",
    "cskit.report.diff",
    "cskit.report.engine",
    "cskit.report.execute",
    "cskit.report.kernel",
    "cskit.report.pack",
    "cskit.report.pdf",
    "cskit.report.screen",
    "cskit.report.verify",
)  # of no use to a kernel, or to a process that writes pages
# Imported inside functions, where they are used, for the sake of commands that do not need them.
LATE = (
    "IPython.core.completer",
    "IPython.core.logger",
    "PIL.PngImagePlugin",
    "babel.numbers",
    "encodings.unicode_escape",
    "encodings.utf_8_sig",
    "great_tables",
    "holidays",
    "ibis.backends.duckdb",
    "ibis.backends.duckdb.converter",
    "ibis.expr.types.groupby",
    "ibis.formats.numpy",
    "ibis.formats.pandas",
    "ibis.formats.pyarrow",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "matplotlib_fontja",
    "matplotlib_inline.backend_inline",
    "mistune",
    "mistune.plugins.def_list",
    "mistune.plugins.formatting",
    "mistune.plugins.table",
    "mistune.plugins.task_lists",
    "mistune.plugins.url",
    "nh3",
    "pandas.core.methods.to_dict",
    "pandas.io.formats.string",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "scipy.optimize",
    "scipy.stats",
)


def load() -> None:
    """Import all of cskit that reports are made with, and what it stands on."""
    own = [module.name for module in pkgutil.walk_packages(cskit.__path__, "cskit.")]
    with without_grammars():
        for name in (*LATE, *(name for name in own if not name.startswith(SKIPPED))):
            if name in sys.modules:
                continue
            try:
                importlib.import_module(name)
            except ImportError:
                continue  # whoever needs it will say so
    _read_package()
    _rehearse()


def _rehearse() -> None:
    """What is slow the first time, done once: a query as text. A figure would leave its fonts' files open."""
    import ibis

    rows = ibis.table({"name": "string", "n": "int64", "on": "date"}, "rows")
    sums = rows.filter(rows.name.notnull()).group_by("name").aggregate(n=rows.n.sum(), on=rows["on"].max())
    ibis.to_sql(rows.join(sums, "name").order_by("name"), dialect="duckdb")


def _read_package() -> None:
    """The tables, the definitions, the words and the templates, which are the same for every notebook."""
    from cskit import i18n
    from cskit.data.schema import tables
    from cskit.metrics import definitions
    from cskit.report import pages

    tables()
    definitions()
    i18n.load()
    pages.load()


if os.environ.pop(PARENT, ""):
    gc.disable()  # nothing that is imported is garbage
    load()
    gc.enable()
    gc.freeze()  # what is loaded stays loaded: no fork need copy it to count it
    atexit.register(os._exit, 0)  # it has nothing to tidy up, and an engine that it never used would complain
