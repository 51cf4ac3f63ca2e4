"""The API under /api/v1: the same queries and services as the pages, for programs."""

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask

from app.entrance.checking import csrf
from app.views.api import audit, documents, engine, people, projects, proposals
from app.views.api.routing import Documented

PARTS = (people.part, projects.part, proposals.part, engine.part, audit.part)


def register(app: Flask) -> None:
    app.config.update(API_TITLE="Muster", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    api = Documented(app, spec_kwargs={"info": {"description": documents.DESCRIPTION}, "marshmallow_plugin": plugin})
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for part in PARTS:
        # What carries a token needs no form token: no browser sends it by itself.
        csrf.exempt(part)
        api.register_blueprint(part)
    app.extensions[documents.DOCUMENT] = api.spec.to_dict()
    app.register_blueprint(documents.pages)


def _name(shape: Any) -> str:
    """In the document a shape is called what it is: Project, not ProjectShape."""
    kind = resolve_schema_cls(shape)
    assert not isinstance(kind, list)
    return kind.__name__.removesuffix("Shape")
