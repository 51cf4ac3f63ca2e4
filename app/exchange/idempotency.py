"""The same request twice happens once: it carries a key, and the second one gets the first one's answer.

A form that creates carries the key as its hidden field `once`, the API as the header `Idempotency-Key`. The answer is
stored in the transaction of what it answers, so a request that failed may be sent again with its key.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.db import current_session, wait_for_turn
from app.errors import DomainError
from models import FirstAnswer

FIELD = "once"
LONGEST_KEY = 200
REUSED = "This Idempotency-Key came with another request before. Take a new key for a new request."

P = ParamSpec("P")
R = TypeVar("R")
Answered = TypeVar("Answered", bound=AnyResponse)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["new_key"] = lambda: secrets.token_urlsafe(16)


def digest(*parts: str | bytes) -> str:
    """SHA-256 over the parts, each of which counts for itself."""
    whole = hashlib.sha256()
    for part in parts:
        told = part.encode() if isinstance(part, str) else part
        whole.update(len(told).to_bytes(8, "big") + told)
    return whole.hexdigest()


def first_answer(session: Session, account_id: int, key: str, request_digest: str) -> FirstAnswer | None:
    """What the account's request with this key was answered; None for a new key, which nobody else goes on with until
    this transaction ends. Raises DomainError when the key came with another request."""
    key_digest = digest(key)
    wait_for_turn(session, int.from_bytes(bytes.fromhex(digest(str(account_id), key))[:8], "big", signed=True))
    wanted = select(FirstAnswer).where(FirstAnswer.account_id == account_id, FirstAnswer.key_digest == key_digest)
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is not None and found.request_digest != request_digest:
        raise DomainError(REUSED)
    return found


def keep_answer(
    session: Session,
    account_id: int,
    key: str,
    request_digest: str,
    *,
    status: int,
    location: str | None = None,
    body: str | None = None,
    media_type: str | None = None,
) -> None:
    """Store what a request whose `first_answer` was None is answered. The caller commits, with what the request did."""
    session.add(
        FirstAnswer(
            account_id=account_id,
            key_digest=digest(key),
            request_digest=request_digest,
            status=status,
            location=location,
            body=body,
            media_type=media_type,
        )
    )
    session.flush()


def once(view: Callable[P, R]) -> Callable[P, R | Response]:
    """The view creates: of several sendings of one form only the first reaches it, the others get `kept`'s answer."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        return answered_before() or view(*args, **kwargs)

    return guarded


def answered_before() -> Response | None:
    """The first answer to the form that was sent; for views that begin their transaction anew."""
    key = _form_key()
    found = first_answer(current_session(), current_user.account_id, key, key) if key else None
    if found is None:
        return None
    answer = Response(found.body or "", found.status, content_type=found.media_type)
    if found.location:
        answer.location = found.location
    return answer


def kept(answer: Answered) -> Answered:
    """The answer, stored for the same form sent again. Call it before the commit."""
    if key := _form_key():
        keep_answer(
            current_session(), current_user.account_id, key, key, status=answer.status_code, location=answer.location
        )
    return answer


def _form_key() -> str | None:
    """The key of a form is its own with all that was typed: a form that is changed and sent again is another one."""
    if "form_key" not in g:
        own = request.form.get(FIELD, "")
        typed = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
        told = (own, request.method, request.full_path, json.dumps(typed))
        g.form_key = digest(*told, *_files()) if 0 < len(own) <= LONGEST_KEY else None
    key: str | None = g.form_key
    return key


def _files() -> list[str]:
    found = []
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        content = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a spooled file
        file.stream.seek(0)
        found.append(f"{name} {file.filename} {content}")
    return found
