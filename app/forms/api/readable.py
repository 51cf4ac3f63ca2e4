"""The OpenAPI document as a page tells it: an operation with what it takes and what it answers."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

METHODS = ("get", "post", "patch", "delete")


class Input(NamedTuple):
    """`where`: path, query, header or body."""

    name: str
    where: str
    kind: str
    required: bool
    says: str


class Operation(NamedTuple):
    part: str
    method: str
    path: str
    says: str
    scope: str
    inputs: tuple[Input, ...]
    answers: tuple[tuple[str, str], ...]
    """(status, what it means)."""


def operations(document: Mapping[str, Any]) -> list[Operation]:
    return [
        _operation(document, method, path, item)
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def _operation(document: Mapping[str, Any], method: str, path: str, item: Mapping[str, Any]) -> Operation:
    told = item[method]
    return Operation(
        part=told["tags"][0].removeprefix("api_"),
        method=method.upper(),
        path=path,
        says=told.get("summary", ""),
        scope=told["security"][0]["token"][0],
        inputs=tuple(_inputs(document, [*item.get("parameters", ()), *told.get("parameters", ())], told)),
        answers=tuple(
            (status, _resolved(document, answer)["description"])
            for status, answer in told["responses"].items()
            if status != "default"
        ),
    )


def _inputs(document: Mapping[str, Any], parameters: list[Any], told: Mapping[str, Any]) -> Iterator[Input]:
    for reference in parameters:
        stated = _resolved(document, reference)
        kind, says = _kind(document, stated["schema"]), stated.get("description", "")
        yield Input(stated["name"], stated["in"], kind, stated.get("required", False), says)
    for content in told.get("requestBody", {}).get("content", {}).values():
        shape = _resolved(document, content["schema"])
        for name, schema in shape.get("properties", {}).items():
            says = schema.get("description", "")
            yield Input(name, "body", _kind(document, schema), name in shape.get("required", ()), says)


def _kind(document: Mapping[str, Any], stated: Mapping[str, Any]) -> str:
    schema = _resolved(document, stated)
    if "enum" in schema:
        return ", ".join(str(word) for word in schema["enum"] if word is not None)
    kind = schema.get("type", "object")
    named = " or ".join(kind) if isinstance(kind, list) else kind
    if named.startswith("array"):
        return f"several: {_kind(document, schema['items'])}"
    low, high = schema.get("minimum"), schema.get("maximum")
    return f"{named} {low} to {high:,}" if low is not None and high is not None else named


def _resolved(document: Mapping[str, Any], stated: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in stated:
        return stated
    found: Any = document
    for step in stated["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    resolved: Mapping[str, Any] = found
    return resolved
