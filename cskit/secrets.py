"""Where does a secret come from? Settings name the place; the secret itself is looked up only where it is used.

So it is in no notebook, manifest, log or page: none of them ever had it.
"""

import base64
import html
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from cskit.errors import SettingsError

__all__ = ["is_reference", "named_variables", "refuse_literal", "resolved", "without_secrets"]

REFERENCE = re.compile(r"(env|file):(.+)", re.S)
SECRETIVE = re.compile(
    r"pass(word|wd|phrase)?$|pwd|secret|token|credential|(^|_|api|access|account|private)key$|connection_?string|"
    r"signature|bearer|^auth$|sas",
    re.I,
)
# A password before the host, or something named like a secret behind the question mark.
WITH_PASSWORD = re.compile(
    r"[a-z][a-z0-9+.-]*://([^/\s@:]*:[^/\s@]+@|[^\s?]*\?([^\s]*[&;])?[\w.-]*(pass|pwd|secret|token|key|sig|auth)[\w.-]*=[^&;\s])",
    re.I,
)
PIECE = 8  # letters from which a piece of a secret is one itself: a message may cut it, or a key into lines

_seen: set[str] = set()


def is_reference(value: object) -> bool:
    """Whether a setting names a place.

    >>> is_reference("env:DATABASE_URL"), is_reference("file:/run/secrets/url"), is_reference("hunter2")
    (True, True, False)
    """
    return isinstance(value, str) and REFERENCE.fullmatch(value) is not None


def refuse_literal(name: str, value: object) -> None:
    """Refuse a secret that stands where only its place may.

    Raises
    ------
    SettingsError
        If a setting is named like a secret, or is an address with a password in it; the value is not repeated.

    Examples
    --------
    >>> refuse_literal("options.secret", "env:BUCKET_SECRET")
    >>> refuse_literal("options.secret", "hunter2")
    Traceback (most recent call last):
    ...
    cskit.errors.SettingsError: options.secret: a secret must not stand here. Name its place: env:NAME or file:PATH.
    """
    told = (
        isinstance(value, str | int | float) and not isinstance(value, bool) and value != "" and not is_reference(value)
    )
    secretive = SECRETIVE.search(name.rpartition(".")[2]) or (isinstance(value, str) and WITH_PASSWORD.match(value))
    if told and secretive:
        raise SettingsError(f"{name}: a secret must not stand here. Name its place: env:NAME or file:PATH.")


def named_variables(values: Iterable[object]) -> frozenset[str]:
    """The variables of the environment that settings name; what does not need them should not have them.

    >>> named_variables(["env:BUCKET_SECRET", "file:/run/key", True])
    frozenset({'BUCKET_SECRET'})
    """
    found = (REFERENCE.fullmatch(value) for value in values if isinstance(value, str))
    return frozenset(one[2] for one in found if one and one[1] == "env")


def resolved(name: str, value: Any) -> Any:
    """What a setting stands for: the secret at the place it names, or the value itself.

    Raises
    ------
    SettingsError
        If there is nothing at that place.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "key").write_text("tr0ub4dor&3")
    ...     resolved("sources.crm.key", f"file:{folder}/key"), resolved("sources.crm.schema", "sales")
    ('tr0ub4dor&3', 'sales')
    >>> resolved("sources.crm.key", "env:NOBODY_SET_THIS")
    Traceback (most recent call last):
        ...
    cskit.errors.SettingsError: sources.crm.key: the environment has no NOBODY_SET_THIS.
    """
    found = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    kind, place = found.groups()
    if kind == "env":
        if place not in os.environ:
            raise SettingsError(f"{name}: the environment has no {place}.")
        secret = os.environ[place]
    else:
        try:
            secret = Path(place).expanduser().read_text(encoding="utf-8").strip()
        except OSError as fault:
            raise SettingsError(f"{name}: {place} cannot be read: {fault.strerror}.") from None
    if secret:
        _seen.add(secret)
    return secret


def without_secrets(text: str) -> str:
    """A text, such as another library's message, in which no secret looked up so far stands.

    Neither does one as Python, JSON, HTML or an address would write it, nor a longer piece of it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "key").write_text("tr0ub4dor&3")
    ...     key = resolved("sources.crm.key", f"file:{folder}/key")
    >>> without_secrets("no GET https://crm.example.com/?key=tr0ub4dor%263, it began with tr0ub4dor")
    'no GET https://crm.example.com/?key=***, it began with ***'
    """
    written = {form for secret in _seen for form in _forms(secret)}
    for form in sorted(written, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def _forms(secret: str) -> Iterator[str]:
    """A secret in every way that a message may write it; its runs of plain letters no way of writing changes."""
    yield secret
    yield from (repr(secret)[1:-1], ascii(secret)[1:-1], json.dumps(secret)[1:-1])
    yield from (json.dumps(secret, ensure_ascii=False)[1:-1], html.escape(secret), quote(secret), quote_plus(secret))
    yield from re.findall(rf"[A-Za-z0-9]{{{PIECE},}}", secret)
    if len(secret) >= PIECE:  # in base 64 it depends on how many letters stand before
        for before in range(3):
            packed = base64.b64encode(b" " * before + secret.encode()).decode()
            yield packed.rstrip("=")[4 * bool(before) : -1]
