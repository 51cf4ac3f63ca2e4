"""Words that a person's choices and a file's reading share."""

from enum import StrEnum

Answer = str | bool | dict[str, int | str | None]
"""What a person says to a question; its shape per question code is in `choices.py`."""


class LayoutName(StrEnum):
    MATRIX = "matrix"
    TRANSPOSED = "transposed"
    LONG = "long"
    PAIRS = "pairs"
    PROFILE = "profile"
    SNAPSHOTS = "snapshots"
    LIST = "list"
    ALLOCATIONS = "allocations"
    FRAMEWORK = "framework"
    NONE = "none"
