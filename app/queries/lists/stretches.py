"""A stretch of a long list: the rows after a certain one, however the rows before it come and go."""

import base64
import json
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.errors import DomainError

LONGEST_STRETCH = 200
USUAL_STRETCH = 50
LARGEST_PLACE = 2**31 - 1


class WrongCursor(DomainError):
    def __init__(self) -> None:
        super().__init__("This is no cursor of this list. Begin without one, then follow `next`.", "cursor")


class Identified(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=Identified)


class Stretch(NamedTuple):
    """`size` rows after the one with id `after`, or from the beginning. `place`: how many rows came before, for when
    that one is gone."""

    size: int = USUAL_STRETCH
    after: int | None = None
    place: int = 0

    @classmethod
    def read(cls, size: int, cursor: str | None) -> Self:
        """Raises WrongCursor for anything that `cut` did not write."""
        if cursor is None:
            return cls(size)
        try:
            after, place = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        except (ValueError, TypeError, RecursionError) as error:
            raise WrongCursor from error
        if not all(type(number) is int and 0 < number <= LARGEST_PLACE for number in (after, place)):
            raise WrongCursor
        return cls(size, after, place)

    @property
    def reach(self) -> int:
        """One row more than wanted, which tells whether anything follows."""
        return self.size + 1

    def begin(self, ids: Sequence[int]) -> int:
        """Where the stretch begins in a list of these ids."""
        return ids.index(self.after) + 1 if self.after in ids else self.place

    def begin_in(self, session: Session, ids: Select[Any], order: Sequence[ColumnElement[Any]]) -> int:
        """Where it begins among the rows whose ids these are, in this order. One statement."""
        ranked = ids.add_columns(func.row_number().over(order_by=order).label("place")).subquery()
        before: int | None = session.scalar(select(ranked.c.place).where(ranked.c.id == self.after))
        return self.place if before is None else before

    def cut(self, rows: Sequence[Row]) -> tuple[Sequence[Row], str | None]:
        """The rows wanted of up to `reach` of them, and the cursor that leads on from the last; None at the end."""
        if len(rows) <= self.size:
            return rows, None
        kept = rows[: self.size]
        told = json.dumps([kept[-1].id, self.place + self.size], separators=(",", ":")).encode()
        return kept, base64.urlsafe_b64encode(told).rstrip(b"=").decode()
