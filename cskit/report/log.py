"""What did a run do, line by line, for a machine or for somebody who watches?"""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from cskit.secrets import without_secrets

__all__ = ["begin_log"]

PLAIN = frozenset(vars(logging.makeLogRecord({})))  # what every record has; the rest is what was told of the event


class _Lines(logging.Formatter):
    """One JSON object a line: time, level, event, and what was told of it."""

    def format(self, record: logging.LogRecord) -> str:
        told = {name: value for name, value in vars(record).items() if name not in PLAIN}
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": when, "level": record.levelname.lower(), "event": record.getMessage(), **told}
        return without_secrets(json.dumps(line, ensure_ascii=False, default=str))


class _Words(logging.Formatter):
    """The same for a reader: event, then name=value."""

    def format(self, record: logging.LogRecord) -> str:
        told = [f"{name}={value}" for name, value in vars(record).items() if name not in PLAIN]
        return without_secrets("  ".join([record.getMessage(), *told]))


def begin_log(verbose: bool = False, file: Path | None = None) -> None:
    """Let the events of a run be heard.

    Parameters
    ----------
    verbose : bool
        On stderr, in words.
    file : Path or None
        As JSON lines, added to what the file holds.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> log = logging.getLogger("cskit")
    >>> before = log.level, log.propagate
    >>> with TemporaryDirectory() as folder:
    ...     begin_log(file=Path(folder, "log.jsonl"))
    ...     log.info("kept", extra={"notebook": "03_nps.ipynb", "of": "株式会社あおぞら"})
    ...     begin_log()  # nobody listens any more, and the file is closed
    ...     print(Path(folder, "log.jsonl").read_text(encoding="utf-8"), end="")
    {"time": "20...", "level": "info", "event": "kept", "notebook": "03_nps.ipynb", "of": "株式会社あおぞら"}
    >>> log.handlers.clear()
    >>> log.setLevel(before[0])
    >>> log.propagate = before[1]
    """
    root = logging.getLogger("cskit")
    root.setLevel(logging.INFO)
    root.propagate = False
    for old in root.handlers:
        old.close()
    heard: list[tuple[logging.Handler, logging.Formatter]] = []
    if verbose:
        heard.append((logging.StreamHandler(), _Words()))
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        heard.append((logging.FileHandler(file, encoding="utf-8"), _Lines()))
    root.handlers = [_with(handler, formatter) for handler, formatter in heard] or [logging.NullHandler()]


def _with(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    handler.setFormatter(formatter)
    return handler
