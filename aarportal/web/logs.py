"""What no log may keep: passwords, tokens, keys, and what a database says about a row.

It works on the record itself, before any handler sees it, so that it holds for every logger and
for every place a log goes to. Traces show lines of code, never values.
"""

import logging
import re
import traceback
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy.engine import make_url

from aarportal.settings import Settings

HIDDEN = "********"

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Credentials of machines, and tokens that are signed or sealed.
    (re.compile(r"\b(Basic|Bearer)\s+[A-Za-z0-9+/=_.~-]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)+"), HIDDEN),
    # `name=value`, `name: value`, `"name": "value"`, as they stand in addresses, forms and JSON.
    (
        re.compile(
            r"""(["']?\b(?:[\w-]*(?:password|passwd|secret|token|assertion|cookie|csrf)[\w-]*"""
            r"""|code_verifier|api[_-]?key|authorization)["']?\s*[=:]\s*)"""
            r"""("[^"]*"|'[^']*'|[^\s&,;)}\]]+)""",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # PostgreSQL repeats the values of a row that it did not take; they may have lines of their own.
    (
        re.compile(
            r"^(DETAIL|CONTEXT):.*?"
            r"(?=^(?:HINT:|LINE \d|\[SQL:|The above exception|During handling|Traceback )|\Z)",
            re.MULTILINE | re.DOTALL,
        ),
        rf"\1: {HIDDEN}\n",
    ),
)


class _Redaction:
    """What is taken out of every record of this process."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self.make: Callable[..., logging.LogRecord] | None = None

    def of(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def record(self, *args: Any, **options: Any) -> logging.LogRecord:
        assert self.make is not None
        record = self.make(*args, **options)
        record.msg, record.args = self.of(_message(record)), ()
        if record.exc_info and record.exc_info[0] is not None:
            # What a formatter finds here it does not make itself.
            record.exc_text = self.of(
                "".join(traceback.format_exception(*record.exc_info)).rstrip()
            )
        return record


def _message(record: logging.LogRecord) -> str:
    """What a record says; what cannot be put together is said without its values."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - as the logger itself: no line of a log ends a request
        return str(record.msg)


_redaction = _Redaction()


def redacted(text: str) -> str:
    """A text as a log may keep it."""
    return _redaction.of(text)


def init_app(_app: Flask, settings: Settings) -> None:
    """Let no logger of this process write down a secret."""
    database = make_url(settings.database_url).password
    known = (settings.secret_key, *settings.data_keys, str(database or ""))
    _redaction.secrets.update(each for each in known if len(each) >= 6)
    if _redaction.make is None:
        _redaction.make = logging.getLogRecordFactory()
        logging.setLogRecordFactory(_redaction.record)
