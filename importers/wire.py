"""Frozen dataclasses to JSON values and back, by their type hints alone: no pickle crosses a process boundary."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_wire(value: Any) -> Any:
    """Lists, dicts, strings, numbers, booleans and None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_wire(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_wire(item) for key, item in value.items()}
    if isinstance(value, (tuple, list, frozenset)):
        return [to_wire(item) for item in value]
    return value


def from_wire(kind: type[T], value: Any) -> T:
    """The inverse of `to_wire` for a value of type `kind`. Raises ValueError, KeyError or TypeError on a misfit."""
    return _build(kind, value)  # type: ignore[no-any-return]


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return _build_union(get_args(kind), value)
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        return kind(**{name: _build(hints[name], item) for name, item in value.items()})  # type: ignore[operator]
    if origin in {tuple, list, frozenset}:
        (item_kind, *_) = get_args(kind)
        return origin(_build(item_kind, item) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        key_kind, item_kind = get_args(kind)
        return {_build(key_kind, key): _build(item_kind, item) for key, item in value.items()}
    return _build_plain(kind, value)


def _build_union(kinds: tuple[Any, ...], value: Any) -> Any:
    if value is None and NoneType in kinds:
        return None
    plain = {kind for kind in kinds if isinstance(kind, type)}
    if type(value) in plain:
        return value
    structured = [kind for kind in kinds if kind is not NoneType and kind not in {str, int, float, bool}]
    return _build(structured[0], value) if structured else value


def _build_plain(kind: Any, value: Any) -> Any:
    if kind is date:
        return date.fromisoformat(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is float and isinstance(value, int):
        return float(value)
    if isinstance(kind, type) and not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, found {value!r}")
    return value
