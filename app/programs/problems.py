"""What goes wrong under /api, as `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, g, request

from app.errors import DomainError

API = "/api/"
READABLE = "/api/docs"
"""A page for people, although it lies beside the API."""

USUAL = {
    400: "The request cannot be read. Compare it with the documentation.",
    401: "Send a token of Muster in the header Authorization: Bearer.",
    403: "This is not open to the account of the token.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    409: "Somebody else changed this in the meantime. Read it again and repeat the change.",
    412: "This is no longer what If-Match names. Read it again and repeat the change.",
    413: "The body is too large.",
    415: "Send the body as application/json in UTF-8.",
    422: "Some values cannot be taken.",
    428: "Send If-Match with the ETag of what you are changing.",
    429: "This was asked too often. Wait and try again.",
    500: "Something failed here. The administrators find it by the number of the request.",
    503: "The database does not answer at the moment. Try again in a few seconds.",
}


class BadValues(DomainError):
    """Values that cannot be taken: a sentence each, by the path of the field."""

    def __init__(self, sentences: Mapping[str, str], status: int = 422) -> None:
        field, sentence = next(iter(sentences.items()))
        super().__init__(f"{field}: {sentence}" if field else sentence)
        self.sentences = dict(sentences)
        self.status = status


def for_programs() -> bool:
    """Whether whoever asks reads JSON."""
    return request.path.startswith(API) and request.path != READABLE


def problem(status: int, sentence: str | None = None, fields: Mapping[str, str] | None = None) -> Response:
    phrase = HTTPStatus(status).phrase
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": phrase,
        "status": status,
        "detail": sentence or USUAL.get(status) or phrase,
        "request_id": g.get("request_id"),
    }
    if fields:
        told["errors"] = [{"field": field, "detail": detail} for field, detail in fields.items()]
    answer = Response(json.dumps(told), status, mimetype="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Muster"'
    return answer


def flat(messages: Any, path: str = "") -> dict[str, str]:
    """Nested messages of a validation as path -> its first sentence."""
    if not isinstance(messages, Mapping):
        first = messages[0] if isinstance(messages, Sequence) and not isinstance(messages, str) else messages
        return {path: str(first)}
    found: dict[str, str] = {}
    for key, inner in messages.items():
        below = path if key == "_schema" else f"{path}.{key}" if path else str(key)
        found |= flat(inner, below)
    return found
