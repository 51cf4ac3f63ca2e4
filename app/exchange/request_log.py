"""A number for every request, in its answer and in every line logged meanwhile; and one line about the request."""

import logging
import time
import uuid
from typing import Any

from flask import Flask, Response, g, request

from app.events import begin_request, end_request, log_event

UNKNOWN = "-"


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_told)
    app.teardown_request(_end)


def _begin() -> None:
    g.request_id = request.environ["muster.request_id"] = uuid.uuid4().hex[:12]
    g.began = time.perf_counter()
    begin_request(g.request_id)


def _told(response: Response) -> Response:
    if "request_id" not in g:
        return response
    response.headers["X-Request-Id"] = g.request_id
    if request.endpoint != "static":
        milliseconds = round((time.perf_counter() - g.began) * 1000)
        refused = response.status_code in {401, 403} or g.get("refused", False)
        outcome = "refused" if refused else "failed" if response.status_code >= 500 else "ok"
        log_event(
            "access.denied" if refused else "request",
            outcome=outcome,
            level=logging.WARNING if refused else logging.INFO,
            method=request.method,
            path=shown_path(),
            status=response.status_code,
            ms=milliseconds,
        )
    return response


def _end(_error: BaseException | None) -> None:
    end_request()


def shown_path() -> str:
    """The request's path as it may be logged: with the numbers in it, but no words, which may be secrets or search
    terms; and nothing of an address that leads nowhere."""
    rule = request.url_rule
    if rule is None:
        return UNKNOWN
    path = rule.rule
    arguments: dict[str, Any] = request.view_args or {}
    for name, value in arguments.items():
        if isinstance(value, int):
            path = path.replace(f"<int:{name}>", str(value))
    return path
