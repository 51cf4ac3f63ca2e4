"""One clear page for everything that can go wrong, and one line of the log about each fault of ours: its kind and where
it happened, never a value."""

import logging
import sys
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app, g, render_template, request
from flask import session as browser_session
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.access import opens
from app.entrance.declaring import declared_access
from app.entrance.headers import STRICT_TRANSPORT
from app.entrance.limits import client
from app.errors import DomainError, TooOften
from app.events import fault_facts, log_event
from app.exchange.kept_forms import KeptForm, kept_form
from app.exchange.request_log import shown_path
from app.programs.problems import BadValues, for_programs, problem

PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})
Page = str | Response
STALE = "Somebody else changed this while you were looking at it. Open it again and repeat your change."
STALE_FORM_KEPT = (
    "You have signed in anew since this form was loaded, perhaps in another tab. Nothing was saved yet, and nothing "
    "that you typed is lost. If you want it saved by the account that is signed in now, send it again."
)
STALE_FORM = "This form is too old to be sent. Go back, load the page again and send it once more."
LAST_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Something went wrong here</title></head><body>'
    "<h1>Something went wrong here</h1><p>The fault is ours and has been logged. Nothing was half saved. Try again; if "
    'it happens once more, give your administrator the number of this request: {}.</p><p><a href="/">Go to the start '
    "page</a></p></body></html>"
)
"""What stands even when no template does."""
LAST_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def init_app(app: Flask) -> None:
    app.log_exception = _log_fault  # type: ignore[method-assign]  # Flask's own writes the address and every message
    app.wsgi_app = last_resort(app, app.wsgi_app)  # type: ignore[assignment,method-assign]  # the documented way
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(DomainError, lambda error: _page(error.status, error.sentence, heading=error.heading))
    app.register_error_handler(BadValues, lambda error: problem(error.status, error.sentence, error.sentences))
    app.register_error_handler(TooOften, _too_often)
    app.register_error_handler(StaleDataError, lambda _error: _page(409, STALE))
    for away in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(away, _database_away)


def _stale_form(_error: CSRFError) -> tuple[Page, int]:
    """The form's token is of an older session: of one that ended, or of another tab's."""
    kept = kept_form()
    log_event("form.refused", outcome="refused", level=logging.WARNING, path=shown_path(), client=client())
    access = declared_access(current_app, request.endpoint or "static")
    public = access is not None and opens(None, *access)
    if kept and not public and "_user_id" not in browser_session:
        return _page(401, kept=kept)
    return _page(400, STALE_FORM_KEPT if kept else STALE_FORM, kept)


def _http(error: HTTPException) -> tuple[Page, int, dict[str, str]] | Response:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    told_apart = for_programs() or error.code in PAGES
    status = error.code if told_apart else 500 if error.code >= 500 else 400
    page, status = _page(status, kept=kept_form() if status == HTTPStatus.UNAUTHORIZED else None)
    told = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return page, status, told


def _too_often(error: TooOften) -> tuple[Page, int, dict[str, str]]:
    log_event("limit.reached", outcome="refused", level=logging.WARNING, path=shown_path(), client=client())
    page, status = _page(error.status, error.sentence)
    return page, status, {"Retry-After": str(error.retry_after)}


def _database_away(error: OperationalError | InterfaceError | PoolTimeoutError) -> tuple[Page, int, dict[str, str]]:
    page, _ = _page(503)
    reason = error if isinstance(error, PoolTimeoutError) else error.orig
    told = (str(reason).splitlines() or [""])[0]
    log_event("database.away", outcome="failed", level=logging.ERROR, error=type(error).__name__, text=told)
    return page, 503, {"Retry-After": "5"}


def _page(
    status: int, sentence: str | None = None, kept: KeptForm | None = None, heading: str | None = None
) -> tuple[Page, int]:
    g.failed = True
    if for_programs():
        return problem(status, sentence), status
    try:
        page = render_template(
            [f"errors/{status}.html", "errors/400.html"],
            status=status,
            title=HTTPStatus(status).phrase,
            sentence=sentence,
            heading=heading,
            kept=kept,
            request_id=g.get("request_id"),
        )
    except Exception as error:  # the page of a fault must not fail itself, whatever its template does
        if current_app.testing:
            raise
        _log(error)
        page = LAST_PAGE.format(g.get("request_id"))
    return page, status


def last_headers(app: Flask) -> list[tuple[str, str]]:
    """The headers of an answer that the application did not make: nothing in it may be run, framed, kept or sent on."""
    strict = [("Strict-Transport-Security", STRICT_TRANSPORT)] if app.config["SESSION_COOKIE_SECURE"] else []
    return [*LAST_HEADERS, *strict]


def last_resort(app: Flask, inner: Wsgi) -> Wsgi:
    """The application with an answer for what even its error pages cannot answer."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        stated = []

        def start(*told: Any) -> Any:
            stated.append(told)
            return start_response(*told)

        try:
            return inner(environ, start)
        except Exception as error:  # nothing is behind this one: whatever came through is answered and logged
            if app.testing:
                raise
            number = environ.get("muster.request_id", "unknown")
            _log(error, request=number)
            # What the inner one has stated already is taken back: it failed after making its answer.
            again = [sys.exc_info()] if stated else []
            start_response("500 INTERNAL SERVER ERROR", [*last_headers(app), ("X-Request-Id", number)], *again)
            return [LAST_PAGE.format(number).encode()]

    return answer


def _log_fault(exc_info: tuple[Any, BaseException | None, Any]) -> None:
    if exc_info[1] is not None:
        _log(exc_info[1])


def _log(error: BaseException, **facts: Any) -> None:
    log_event("fault", outcome="failed", level=logging.ERROR, **facts, **fault_facts(error))
