"""Many rows into one table: what `session.execute(insert(table), rows)` does, without its work for every single value.

An import of a large sheet writes a million rows, most of whose columns hold one of a few values.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import JSON, Connection, Table, insert
from sqlalchemy.exc import IntegrityError

ROWS_A_TIME = 5_000
Row = tuple[Any, ...]


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Row], same: Mapping[str, Any]
) -> None:
    """`names` are the columns of the rows; `same` further ones with their value for all rows.

    A column that nobody names has its default, worked out once.
    """
    if not rows:
        return
    constants = dict(same)
    compiled = insert(table).inline().compile(dialect=connection.dialect, column_keys=[*names, *constants])
    for column in compiled.insert_prefetch:
        default: Any = column.default
        constants[column.key] = default.arg(None) if default.is_callable else default.arg
    converters = [_Converter(connection, table, name) for name in names]
    fixed = tuple(next(iter(_Converter(connection, table, name)((value,)))) for name, value in constants.items())
    known = [*names, *constants]
    in_order = picked([*map(known.index, compiled.positiontup)]) if compiled.positiontup else None
    for start in range(0, len(rows), ROWS_A_TIME):
        columns = zip(*rows[start : start + ROWS_A_TIME], strict=True)
        converted = (convert(column) for convert, column in zip(converters, columns, strict=True))
        filled = (values + fixed for values in zip(*converted, strict=True))
        if in_order:
            connection.exec_driver_sql(str(compiled), [*map(in_order, filled)])
        else:
            _copy(connection, table, known, filled)


def _copy(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Row]) -> None:
    """PostgreSQL's own way to take many rows."""
    quoted = connection.dialect.identifier_preparer
    columns = ", ".join(quoted.format_column(table.c[name]) for name in names)
    driver, driven = connection.dialect.loaded_dbapi, cast("Any", connection.connection.driver_connection)
    try:
        with (
            driven.cursor() as cursor,
            cursor.copy(f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
    except driver.IntegrityError as error:
        raise IntegrityError("COPY", None, error) from error


def picked(keys: Sequence[Any]) -> Callable[[Any], Row]:
    """The values under these keys as a row, also of a single one."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda values: tuple(values[key] for key in keys)


class _Converter:
    """From our values to the driver's, each value once; a mapping that stands in many rows counts as one value."""

    def __init__(self, connection: Connection, table: Table, name: str) -> None:
        kind = table.c[name].type.dialect_impl(connection.dialect)
        self._process: Callable[[Any], Any] | None = kind.bind_processor(connection.dialect)
        self._by_id = isinstance(kind, JSON)
        self._known: dict[Hashable, Any] = {}

    def __call__(self, column: Sequence[Any]) -> Iterable[Any]:
        if self._process is None:
            return column
        # The rows live as long as this converter, so that an id stays one value's.
        keys: Sequence[Hashable] = [*map(id, column)] if self._by_id else column
        for key, value in dict(zip(keys, column, strict=True)).items():
            if key not in self._known:
                self._known[key] = self._process(value)
        return map(self._known.__getitem__, keys)
