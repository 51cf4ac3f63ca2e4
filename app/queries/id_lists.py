"""Many ids in one value: the database joins them into a text, numpy reads it.

A row for each id costs more, in time and in objects that the garbage collector has to walk, than everything else that a
page over thousands of people does.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, cast, func
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import Function


def joined_ids(column: InstrumentedAttribute[int]) -> Function[Any]:
    """The ids of a group as one text, in no particular order; null where there is none."""
    return func.aggregate_strings(cast(column, String), ",")


def read_ids(text: str | None) -> NDArray[np.int64]:
    return np.fromstring(text, np.int64, sep=",") if text else np.zeros(0, np.int64)
