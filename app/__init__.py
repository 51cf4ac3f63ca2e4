"""The web application: wires its parts, decides nothing.

The parts are imported when it is wired, so that a command without web and database starts without them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask
    from huey import Huey
    from sqlalchemy import Engine

    from app.config import Settings

LARGEST_UPLOAD = 32 * 1024 * 1024


def create_app(settings: Settings, engine: Engine | None = None, queue: Huey | None = None) -> Flask:
    """`engine` and `queue` are made from the settings unless given. Nobody works on the queue yet."""
    from flask import Flask

    from app import db, jobs, mail, rendering
    from app.config import ROOT
    from app.entrance import checking, cookies, headers, hosts, identity_provider, limits
    from app.exchange import error_pages, idempotency, request_log, request_values
    from app.programs import bearer
    from app.queries.sight.relations import LOCATORS

    app = Flask("app", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "app" / "static"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        DEBUG=False,  # whatever FLASK_DEBUG says: a fault is never shown with its trace
        SESSION_COOKIE_NAME="__Host-muster" if settings.secure else "muster",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        MAX_FORM_PARTS=20_000,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it is bound to
    )
    logging.getLogger("app").setLevel(settings.log_level)
    request_log.init_app(app)
    hosts.init_app(app, settings)
    _believe_proxies(app, settings)
    limits.init_app(app)
    mail.init_app(app, settings)
    bearer.init_app(app)
    request_values.init_app(app)
    engine = engine or db.make_engine(settings.database_url)
    db.init_app(app, engine)
    jobs.init_app(app, engine, queue or jobs.open_queue(settings))
    rendering.init_app(app)
    cookies.init_app(app)
    checking.init_app(app, LOCATORS)
    headers.init_app(app)
    identity_provider.init_app(app, settings)
    idempotency.init_app(app)
    error_pages.init_app(app)
    _register_views(app)
    return app


def _believe_proxies(app: Flask, settings: Settings) -> None:
    """Take the client's address from as many proxies as are set up; nothing else is taken from them."""
    from werkzeug.middleware.proxy_fix import ProxyFix

    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how Flask says that it is wrapped
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0
        )


def _register_views(app: Flask) -> None:
    from app.views import (
        admin,
        api,
        appearance,
        audit,
        exports,
        home,
        jobs,
        navigation,
        people,
        policy,
        service,
        skills,
    )
    from app.views.accounts import (
        administration,
        invitations,
        links,
        own,
        proving,
        second_factor,
        second_step,
        sessions,
        signing_in,
        single_sign_on,
        tokens,
    )
    from app.views.imports import batches, steps, taxonomies, undoing
    from app.views.privacy import erasing, own_data
    from app.views.staffing import communication, decisions, leading, projects, proposals, roles, verifying

    for module in (
        *(admin, appearance, audit, exports, home, jobs, people, policy, service, skills),
        *(administration, invitations, links, own, proving, second_factor, second_step),
        *(sessions, signing_in, single_sign_on, tokens),
        *(batches, steps, taxonomies, undoing),
        *(erasing, own_data),
        *(communication, decisions, leading, projects, proposals, roles, verifying),
    ):
        app.register_blueprint(module.pages)
    api.register(app)
    app.context_processor(navigation.shell)
