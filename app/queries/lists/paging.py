"""Lists that are in memory already, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """`rows` of all `total` that fit; `page` counts from 1."""

    rows: Sequence[T]
    total: int
    page: int
    pages: int


def page_of(rows: Sequence[T], page: int, a_page: int) -> Page[T]:
    """The last page for one that lies behind it."""
    pages = max(1, -(-len(rows) // a_page))
    page = min(max(page, 1), pages)
    return Page(rows[(page - 1) * a_page : page * a_page], len(rows), page, pages)
