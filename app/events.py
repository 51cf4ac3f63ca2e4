"""The log: one event a line, on standard error. JSON where a program reads it, plain lines at a terminal.

What stands in it is who, what and how it ended, as numbers and words of ours: never a password, a token, a cookie, a
one-use link, nor what somebody typed. Control characters are escaped, so that no value can forge a line.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parent.parent
LONGEST_TEXT = 500
SECRET_PATHS = re.compile(r"(/(?:welcome|new-address|reset|invitation|calendar|confirm)/)[^\s/?#\"'<]+")
"""Addresses whose next part opens something by itself."""
_log = logging.getLogger("app.events")
_request: ContextVar[str | None] = ContextVar("request", default=None)
_account: ContextVar[int | None] = ContextVar("account", default=None)


def log_event(kind: str, *, outcome: str = "ok", level: int = logging.INFO, **facts: Any) -> None:
    """Write one line. The number of the request and the account behind it are added; a fact that is none is left out.

    kind: "session.start", "access.denied"; outcome: "ok", "refused" or "failed".
    """
    _log.log(level, kind, extra={"facts": {"outcome": outcome, **facts}})


def begin_request(request_id: str) -> None:
    """From here on events and audit entries of this thread belong to the request."""
    _request.set(request_id)
    _account.set(None)


def end_request() -> None:
    _request.set(None)
    _account.set(None)


def note_account(account_id: int) -> None:
    """Who is behind the request."""
    _account.set(account_id)


def current_request_id() -> str | None:
    return _request.get()


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send everything that is logged to standard error: for programs that run on, not for single commands."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ReadableLines() if stream.isatty() else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


class JsonLines(logging.Formatter):
    """One JSON object a line; all but ASCII is escaped."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_told(record), default=str)


class ReadableLines(logging.Formatter):
    """The same as words for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        told = _told(record)
        head = [told.pop("at"), told.pop("level"), told.pop("kind")]
        return _printable(" ".join([*head, *(f"{name}={value}" for name, value in told.items())]))


def _told(record: logging.LogRecord) -> dict[str, Any]:
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told: dict[str, Any] = {"at": moment, "level": record.levelname}
    facts = getattr(record, "facts", None)
    if facts is None:
        told |= {"kind": "log", "logger": record.name, "text": _safe(record.getMessage())}
    else:
        told |= {"kind": record.getMessage()}
    told |= {"request": _request.get(), "account": _account.get()}
    told |= {name: value for name, value in (facts or {}).items() if value is not None or name not in told}
    if record.exc_info and record.exc_info[1]:
        told |= fault_facts(record.exc_info[1])
    return {name: _safe(value) for name, value in told.items() if value is not None}


def fault_facts(error: BaseException) -> dict[str, Any]:
    """What went wrong where, without any value: an error's own text may hold what somebody typed."""
    kinds, cause = [type(error).__name__], error.__cause__ or error.__context__
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = [(Path(frame.filename), frame.lineno, frame.name) for frame in traceback.extract_tb(error.__traceback__)]
    return {"error": " from ".join(kinds), "trace": [f"{_short(path)}:{line} {name}" for path, line, name in frames]}


def _short(path: Path) -> str:
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-2:])


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return SECRET_PATHS.sub(r"\1...", value)[:LONGEST_TEXT]
    if isinstance(value, list | tuple):
        return [_safe(part) for part in value]
    return value


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
