"""A reading between two processes: as JSON, but a large table column by column, with what repeats written once.

A sheet of 10,000 x 30 levels is 300,000 ratings: row by row they take 50 MB and seconds to write and read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, get_args, get_type_hints

from importers.collecting import paused_collections
from importers.records import Reading
from importers.wire import builder, to_wire

FEW = 50
"""Rows up to which a table goes row by row."""
TELLING = 10_000
"""Values of a column that tell whether many repeat: a column of cells has millions, and none twice."""
Packed = dict[str, Any]


def pack(reading: Reading) -> Packed:
    return {name: _packed(getattr(reading, name)) for name in _names(Reading)}


def unpack(document: Mapping[str, Any]) -> Reading:
    """The inverse of `pack`. Raises ValueError, KeyError or TypeError on a misfit."""
    hints = get_type_hints(Reading)
    with paused_collections():
        return Reading(**{name: _unpacked(hints[name], value) for name, value in document.items()})


def _packed(value: Any) -> Any:
    if not isinstance(value, tuple) or len(value) <= FEW:
        return to_wire(value)
    names = _names(type(value[0]))
    return {"columns": {name: _packed_column(list(map(attrgetter(name), value))) for name in names}}


def _packed_column(column: Sequence[Any]) -> Any:
    """Numbers of different types that are equal stay apart; what cannot be looked up stands as it is."""
    try:
        if len(set(column[:TELLING])) * 2 > len(column[:TELLING]):
            return {"values": to_wire(column)}
        keys: Sequence[Any] = column if len(set(map(type, column)) - {type(None)}) <= 1 else _typed(column)
        distinct = dict.fromkeys(keys)
    except TypeError:
        return {"values": to_wire(column)}
    if len(distinct) * 2 > len(column):
        return {"values": to_wire(column)}
    places = {key: place for place, key in enumerate(distinct)}
    values = [to_wire(key) for key in distinct] if keys is column else [to_wire(value) for _, value in distinct]
    return {"values": values} | (
        {"at": list(map(places.__getitem__, keys))} if len(values) > 1 else {"rows": len(keys)}
    )


def _typed(column: Sequence[Any]) -> list[tuple[type, Any]]:
    return list(zip(map(type, column), column, strict=True))


def _unpacked(hint: Any, value: Any) -> Any:
    if not isinstance(value, Mapping) or value.keys() != {"columns"}:
        return builder(hint)(value)
    kind = get_args(hint)[0]
    hints = get_type_hints(kind)
    columns = value["columns"]
    return tuple(map(kind, *(_unpacked_column(hints[name], columns[name]) for name in _names(kind))))


def _unpacked_column(hint: Any, column: Mapping[str, Any]) -> Sequence[Any]:
    build = builder(hint)
    values = [build(value) for value in column["values"]]
    if "at" in column:
        return list(map(values.__getitem__, column["at"]))
    return values * column["rows"] if "rows" in column else values


def _names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))
