"""Many whole numbers in one value: the database joins them into a text, numpy reads it; and the way back.

A row for each costs more, in time and in objects that the garbage collector has to walk, than everything else that a
read over thousands of people does.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Integer, String, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.functions import Function

NO_END = 99991231
"""The day of what has no end, in digits; after every other."""
LOOKED_UP = 15_000
"""For more ids than these, PostgreSQL had better read the table from end to end. SQLite reads slower and looks up
faster."""
_EPOCH = 719163
"""Ordinal of the day that numpy counts from."""


def joined_ids(column: InstrumentedAttribute[int]) -> Function[Any]:
    """The ids of a group as one text, in no particular order; null where there is none."""
    return func.aggregate_strings(cast(column, String), ",")


def read_ids(text: str | None) -> NDArray[np.int64]:
    return np.fromstring(text, np.int64, sep=",") if text else np.zeros(0, np.int64)


def joined_rows(*columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Function[Any]:
    """The rows of a group as one text, in no particular order; null where there is none. The columns hold whole numbers
    or their digits, never null."""
    row: ColumnElement[str] = cast(columns[0], String)
    for column in columns[1:]:
        row = row + " " + cast(column, String)
    return func.aggregate_strings(row, " ")


def read_rows(text: str | None, width: int) -> NDArray[np.int64]:
    """(rows, width), as `joined_rows` made them of so many columns."""
    return (np.fromstring(text, np.int64, sep=" ") if text else np.zeros(0, np.int64)).reshape(-1, width)


def digits(day: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A day as the digits of year, month and day: the number that every database spells fast."""
    return func.replace(cast(day, String), "-", "")


def day_of(moment: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """The day of a moment in UTC, spelled like every day."""
    return func.substr(cast(moment, String), 1, 10)


def ordinals(digits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ordinals (as of `date.toordinal`) of days in digits."""
    month = (digits // 10000 - 1970) * 12 + digits // 100 % 100 - 1
    first = month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(first + digits % 100 - 1 + _EPOCH, np.int64)


def among(
    session: Session, column: ColumnElement[int] | InstrumentedAttribute[int], ids: Sequence[int] | NDArray[np.int64]
) -> ColumnElement[bool]:
    """That a column is one of many ids, which travel as one value: databases limit the number of values.

    Up to `LOOKED_UP` ids are looked up one by one in an index of the column.
    """
    text = ",".join(map(str, np.asarray(ids, np.int64).tolist()))
    if session.get_bind().dialect.name == "sqlite":
        return column.in_(select(func.json_each(f"[{text}]").table_valued("value").c.value))
    # As a text, because the driver takes longer to spell a list than the server to find what is in it.
    sent = cast(func.string_to_array(text, ","), ARRAY(Integer))
    return column.in_(select(func.unnest(sent))) if len(ids) <= LOOKED_UP else column == any_(sent)
