"""Frozen dataclasses to JSON values and back, by their type hints alone: no pickle crosses a process boundary.

A large sheet has hundreds of thousands of ratings, so what a class needs is worked out once, not per value.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Builder = Callable[[Any], Any]
PLAIN = frozenset({str, int, float, bool, NoneType})


def to_wire(value: Any) -> Any:
    """Lists, dicts, strings, numbers, booleans and None."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is tuple or kind is list:
        return [item if type(item) in PLAIN else to_wire(item) for item in value]
    if is_dataclass(kind):
        names, read = _reader(kind)
        return {
            name: item if type(item) in PLAIN else to_wire(item) for name, item in zip(names, read(value), strict=True)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_wire(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(to_wire(item) for item in value)
    raise TypeError(f"{kind.__name__} has no place in a document.")


@cache
def _reader(kind: type) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(item.name for item in fields(kind))
    get = attrgetter(*names)
    return names, get if len(names) > 1 else lambda value: (get(value),)


def from_wire(kind: type[T], value: Any) -> T:
    """The inverse of `to_wire` for a value of type `kind`. Raises ValueError, KeyError or TypeError on a misfit."""
    built: T = builder(cast("Any", kind))(value)
    return built


@cache
def builder(kind: Any) -> Builder:
    """What turns a value on the wire into one of the type `kind`."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return _union_builder(arguments)
    if is_dataclass(kind):
        return _dataclass_builder(kind)  # type: ignore[arg-type]
    if origin in {tuple, list, frozenset}:
        return _sequence_builder(origin, arguments[0])
    if origin is not None and issubclass(origin, Mapping):
        key, item = builder(arguments[0]), builder(arguments[1])
        return lambda value: {key(k): item(v) for k, v in value.items()}
    return _plain_builder(kind)


def _dataclass_builder(kind: type) -> Builder:
    hints = get_type_hints(kind)
    builders: dict[str, Builder] = {}

    def build(value: Any) -> Any:
        if not builders:
            builders.update((name, builder(hint)) for name, hint in hints.items())
        return kind(**{name: builders[name](item) for name, item in value.items()})

    return build


def _sequence_builder(origin: Callable[[Any], Any], item_kind: Any) -> Builder:
    item = builder(item_kind)
    return lambda value: origin([item(v) for v in value])


def _union_builder(kinds: tuple[Any, ...]) -> Builder:
    plain = {kind for kind in kinds if kind in PLAIN}
    structured = [kind for kind in kinds if kind not in PLAIN]
    other = builder(structured[0]) if structured else None

    def build(value: Any) -> Any:
        if type(value) in plain:
            return value
        if other is None:
            if type(value) is int and float in plain:
                return float(value)
            raise TypeError(f"expected one of {', '.join(sorted(kind.__name__ for kind in plain))}, found {value!r}")
        return other(value)

    return build


def _plain_builder(kind: type) -> Builder:
    if kind is date:
        return date.fromisoformat
    if issubclass(kind, Enum):
        return kind

    def build(value: Any) -> Any:
        if type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return float(value)
        raise TypeError(f"expected {kind.__name__}, found {value!r}")

    return build
