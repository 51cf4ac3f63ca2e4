"""How an address of the API is declared: its shapes in and out, read strictly, documented as they are."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

from flask import Request, abort
from flask_smorest import Api, Blueprint
from marshmallow import Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from app.forms.api.shared import ProblemShape
from app.programs.problems import BadValues, flat
from app.programs.strict_json import read_json

PROBLEM_TYPE = "application/problem+json"
View = TypeVar("View", bound=Callable[..., Any])


class StrictParser(FlaskParser):
    """Takes what a shape names, once, and nothing else."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"json": None, "query": None}
    """Each shape says itself what becomes of what it does not know."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        body = req.get_data()
        # Of a body that does not say its length, no more than the limit was read: it may have been cut.
        if req.content_length is None and len(body) >= (req.max_content_length or 0):
            abort(413)
        return read_json(body)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        twice = {
            name: "Give this once."
            for name, values in req.args.lists()
            if len(values) > 1 and not isinstance(schema.fields.get(name), fields.List)
        }
        if twice:
            raise BadValues(twice)
        return MultiDictProxy(req.args, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        # The outermost key says where it stood: json or query.
        inner = next(iter(error.messages.values())) if isinstance(error.messages, dict) else error.messages
        raise BadValues(flat(inner)) from error


class Part(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """A part of the API."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(f"api_{name}", __name__, url_prefix="/api/v1", description=description)

    def at(
        self,
        rule: str,
        answer: type[Schema] | None,
        *,
        method: str = "GET",
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
        takes: Mapping[str, str] | None = None,
        etag: bool = False,
    ) -> Callable[[View], View]:
        """Declare the address of a view, which is given the query and the body as keyword arguments of these names.

        `headers`: those of the answer, `takes` those of the request, with what each says. `etag`: the answer has one,
        and a change needs it in If-Match.
        """

        def declare(view: View) -> View:
            scope = view.scope.value  # type: ignore[attr-defined]  # declared by `scoped`
            told = {name: {"description": text, "schema": {"type": "string"}} for name, text in (headers or {}).items()}
            wrapped = self.response(status, answer, headers=told or None)(view)
            if query is not None:
                wrapped = self.arguments(query, location="query", arg_name="query")(wrapped)
            if body is not None:
                wrapped = self.arguments(body, location="json", arg_name="body")(wrapped)
            if etag:
                wrapped = self.etag(wrapped)
            wrapped = self.doc(security=[{"token": [scope]}], **_headers(takes))(wrapped)
            self.add_url_rule(rule, view.__name__, wrapped, methods=[method])
            return view

        return declare


def _headers(takes: Mapping[str, str] | None) -> dict[str, Any]:
    # Stated parameters replace those of the query.
    told = [
        {"in": "header", "name": name, "description": text, "schema": {"type": "string"}}
        for name, text in (takes or {}).items()
    ]
    return {"parameters": told} if told else {}


class Documented(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """The OpenAPI document, served by a view of ours. Errors are told by `app.exchange.error_pages`."""

    ERROR_SCHEMA = ProblemShape

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        # As in flask-smorest, with the media type of problems.
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"
