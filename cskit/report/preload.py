"""What nearly every notebook needs, imported once by the parent that kernels are forked from.

Importing is all this does. No thread, no file and no database may be open afterwards: see :mod:`cskit.report.warm`.
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

SKIPPED = ("cskit.__main__", "cskit.cli", "cskit.data.demo", "cskit.data.page", "cskit.report.screen")
# Imported inside functions, where they are used, for the sake of commands that do not need them.
LATE = (
    "IPython.core.completer",
    "great_tables",
    "ibis.backends.duckdb",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "matplotlib_fontja",
    "matplotlib_inline.backend_inline",
    "nbconvert.filters.markdown_mistune",
    "nh3",
    "PIL.PngImagePlugin",
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


if os.environ.pop(PARENT, ""):
    load()
    gc.collect()
    gc.freeze()  # what is loaded stays loaded: no fork need copy it to count it
    atexit.register(os._exit, 0)  # it has nothing to tidy up, and an engine that it never used would complain
