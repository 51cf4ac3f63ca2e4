"""The lines of an import's preview: kept in pieces, and read a page at a time."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import count, islice
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.import_preview import Line
from importers import Action
from importers.names import normal_form
from models import ImportLines

LINES_A_PAGE = 50
LINES_A_PIECE = 1_000
QUICKLY = 1
"""zlib's first level: half the time of its usual one for a tenth more bytes."""


class Show(StrEnum):
    """Which lines of a preview."""

    ALL = "all"
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_OUT = "problem"


SHOW_OF: dict[str, Show] = {Action.CREATE: Show.NEW, Action.UPDATE: Show.CHANGED, Action.UNCHANGED: Show.UNCHANGED}
"""Every other action writes nothing for a reason that the line tells."""

KINDS = (Show.NEW, Show.CHANGED, Show.UNCHANGED, Show.LEFT_OUT)


class LineFilters(NamedTuple):
    show: Show = Show.ALL
    text: str = ""
    page: int = 1


class LinePage(NamedTuple):
    """`counts`: lines of the whole preview by filter; `found`: those that fit the filters, on `pages` pages."""

    lines: Sequence[Line]
    counts: Mapping[Show, int]
    found: int
    page: int
    pages: int


def show_of(line: Line) -> Show:
    return SHOW_OF.get(line.action, Show.LEFT_OUT)


def pieces(lines: Iterator[Line]) -> Iterator[dict[str, Any]]:
    """Rows of `ImportLines`, but for their batch."""
    for number in count():
        part = list(islice(lines, LINES_A_PIECE))
        if not part:
            return
        counts = Counter(map(show_of, part))
        text = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
        yield {
            "number": number,
            **{kind.name.lower(): counts[kind] for kind in KINDS},
            "content": zlib.compress(text.encode(), QUICKLY),
        }


def all_lines(session: Session, batch_id: int) -> Iterator[Line]:
    return (line for number in _numbers(session, batch_id) for line in _piece(session, batch_id, number))


def page_of_lines(session: Session, batch_id: int, names: Sequence[str | None], filters: LineFilters) -> LinePage:
    """A page of the lines that fit. `names`: of the preview's people, by position.

    Only the pieces that hold the page are opened; a search for a text opens them all.
    """
    held = _numbers(session, batch_id)
    counts = Counter({show: sum(piece[show] for piece in held.values()) for show in Show})
    if text := normal_form(filters.text):
        fitting = [line for number in held for line in _fitting(session, batch_id, number, filters.show, text, names)]
        pages, page = _pages(len(fitting), filters.page)
        lines = fitting[(page - 1) * LINES_A_PAGE : page * LINES_A_PAGE]
        return LinePage(lines, counts, len(fitting), page, pages)
    pages, page = _pages(counts[filters.show], filters.page)
    skipped, first = (page - 1) * LINES_A_PAGE, 0
    while first in held and skipped >= held[first][filters.show]:
        skipped -= held[first][filters.show]
        first += 1
    onward = (
        line
        for number in list(held)[first:]
        if held[number][filters.show]
        for line in _piece(session, batch_id, number)
        if filters.show in {Show.ALL, show_of(line)}
    )
    return LinePage(list(islice(onward, skipped, skipped + LINES_A_PAGE)), counts, counts[filters.show], page, pages)


def _pages(found: int, wanted: int) -> tuple[int, int]:
    pages = max(1, -(-found // LINES_A_PAGE))
    return pages, min(max(wanted, 1), pages)


def _fitting(
    session: Session, batch_id: int, number: int, show: Show, text: str, names: Sequence[str | None]
) -> list[Line]:
    """Lines about a subject or a person that the text is part of."""
    return [
        line
        for line in _piece(session, batch_id, number)
        if show in {Show.ALL, show_of(line)}
        and (
            text in normal_form(line.subject)
            or (line.person is not None and text in normal_form(names[line.person] or ""))
        )
    ]


def _numbers(session: Session, batch_id: int) -> dict[int, dict[Show, int]]:
    """The pieces in order, with how many lines of each filter they hold."""
    columns = (ImportLines.new, ImportLines.changed, ImportLines.unchanged, ImportLines.left_out)
    wanted = select(ImportLines.number, *columns).where(ImportLines.batch_id == batch_id).order_by(ImportLines.number)
    return {
        number: {**dict(zip(KINDS, counts, strict=True)), Show.ALL: sum(counts)}
        for number, *counts in session.execute(wanted)
    }


def _piece(session: Session, batch_id: int, number: int) -> list[Line]:
    wanted = select(ImportLines.content).where(ImportLines.batch_id == batch_id, ImportLines.number == number)
    return [Line(*line) for line in json.loads(zlib.decompress(session.scalars(wanted).one()))]
