"""What an import has to say about cells of its file."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What happened to a cell, the most serious first."""

    NOT_TAKEN = "not taken"
    WAITING = "waits for an answer"
    KEPT = "kept in Muster"
    LOOK = "taken, look at it"
    CHANGED = "changed"
    LEFT_OUT = "left out on purpose"


@dataclass(frozen=True, slots=True)
class Note:
    """`cell` is None where the whole sheet is meant, `sheet` empty where the whole file is. `text` says what happened,
    `remedy` what to do about it, if anything."""

    sheet: str
    cell: str | None
    outcome: Outcome
    text: str
    remedy: str = ""
