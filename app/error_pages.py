"""One clear page for everything that can go wrong."""

from http import HTTPStatus

from flask import Flask, current_app, g, render_template, request
from flask import session as browser_session
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.errors import DomainError, TooOften
from app.kept_forms import KeptForm, kept_form
from app.problems import BadValues, for_programs, problem
from app.security import Access, declared_access

PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})
Page = str | Response
STALE = "Somebody else changed this while you were looking at it. Open it again and repeat your change."
STALE_FORM_KEPT = (
    "You have signed in anew since this form was loaded, perhaps in another tab. Nothing was saved yet, and nothing "
    "that you typed is lost. If you want it saved by the account that is signed in now, send it again."
)
STALE_FORM = "This form is too old to be sent. Go back, load the page again and send it once more."


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(DomainError, lambda error: _page(error.status, error.sentence))
    app.register_error_handler(BadValues, lambda error: problem(error.status, error.sentence, error.sentences))
    app.register_error_handler(TooOften, _too_often)
    app.register_error_handler(StaleDataError, lambda _error: _page(409, STALE))
    for away in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(away, _database_away)


def _stale_form(_error: CSRFError) -> tuple[Page, int]:
    """The form's token is of an older session: of one that ended, or of another tab's."""
    kept = kept_form()
    public = declared_access(current_app, request.endpoint or "static") is Access.PUBLIC
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
    page, status = _page(error.status, error.sentence)
    return page, status, {"Retry-After": str(error.retry_after)}


def _database_away(error: OperationalError | InterfaceError | PoolTimeoutError) -> tuple[Page, int, dict[str, str]]:
    page, _ = _page(503)
    reason = error if isinstance(error, PoolTimeoutError) else error.orig
    current_app.logger.error("database: %s (request %s)", reason, g.request_id)
    return page, 503, {"Retry-After": "5"}


def _page(status: int, sentence: str | None = None, kept: KeptForm | None = None) -> tuple[Page, int]:
    g.failed = True
    if for_programs():
        return problem(status, sentence), status
    page = render_template(
        [f"errors/{status}.html", "errors/400.html"],
        status=status,
        title=HTTPStatus(status).phrase,
        sentence=sentence,
        kept=kept,
        request_id=g.get("request_id"),
    )
    return page, status
