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

from app.queries.imports.preview import Line
from importers import Action
from importers.names import normal_form
from models import ImportLines

LINES_A_PAGE = 100
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

STATES = (Show.NEW, Show.CHANGED, Show.UNCHANGED, Show.LEFT_OUT)


class About(StrEnum):
    """What lines of a preview are about."""

    ALL = "all"
    PEOPLE = "people"
    RATINGS = "ratings"
    GOALS = "goals"
    PROJECTS = "projects"
    SKILLS = "skills"


ABOUT_OF = {
    "person": About.PEOPLE,
    "field": About.PEOPLE,
    "rating": About.RATINGS,
    "goal": About.GOALS,
    "history": About.PROJECTS,
    "allocation": About.PROJECTS,
    "project": About.PROJECTS,
    "skill": About.SKILLS,
}

Held = Mapping[str, int]
"""How many lines of each state and subject one piece holds, by `address`; what it does not hold is not named."""


class LineFilters(NamedTuple):
    show: Show = Show.ALL
    text: str = ""
    page: int = 1
    about: About = About.ALL


class LinePage(NamedTuple):
    """`counts` and `subjects`: lines of the whole preview by one filter while the other is as it is; `found`: those
    that fit all filters, on `pages` pages."""

    lines: Sequence[Line]
    counts: Mapping[Show, int]
    subjects: Mapping[About, int]
    found: int
    page: int
    pages: int
    person_before: int | None


def show_of(line: Line) -> Show:
    return SHOW_OF.get(line.action, Show.LEFT_OUT)


def address(about: About, show: Show) -> str:
    return f"{about} {show}"


def pieces(lines: Iterator[Line], held: list[dict[str, int]]) -> Iterator[dict[str, Any]]:
    """Rows of `ImportLines`, but for their batch. What each holds is added to `held`, which the preview's document
    keeps: it tells where the lines of a filter are without opening any."""
    for number in count():
        part = list(islice(lines, LINES_A_PIECE))
        if not part:
            return
        kinds = Counter((line.kind, line.action) for line in part)
        counts, addresses = Counter[Show](), Counter[str]()
        for (kind, action), lines_alike in kinds.items():
            show = SHOW_OF.get(action, Show.LEFT_OUT)
            counts[show] += lines_alike
            addresses[address(ABOUT_OF[kind], show)] += lines_alike
        held.append(dict(addresses))
        text = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
        yield {
            "number": number,
            **{state.name.lower(): counts[state] for state in STATES},
            "content": zlib.compress(text.encode(), QUICKLY),
        }


def all_lines(session: Session, batch_id: int) -> Iterator[Line]:
    return (line for number in _numbers(session, batch_id) for line in _piece(session, batch_id, number))


def page_of_lines(
    session: Session, batch_id: int, names: Sequence[str | None], filters: LineFilters, held: Sequence[Held] = ()
) -> LinePage:
    """A page of the lines that fit. `names`: of the preview's people, by position; `held`: as `pieces` told it.

    Only the pieces that hold the page are opened; a search for a text opens them all.
    """
    counts = _counts(session, batch_id, held)
    total = sum(counts.values(), Counter[tuple[About, Show]]())
    by_show = {show: total[filters.about, show] for show in Show}
    by_subject = {about: total[about, filters.show] for about in About}
    wanted = [number for number, piece in counts.items() if piece[filters.about, filters.show]]
    if text := normal_form(filters.text):
        fits = _Fits(filters, text, names)
        fitting = [line for number in wanted for line in _piece(session, batch_id, number) if fits(line)]
        pages, page = _pages(len(fitting), filters.page)
        start = (page - 1) * LINES_A_PAGE
        before = fitting[start - 1].person if start else None
        lines = fitting[start : start + LINES_A_PAGE]
        return LinePage(lines, by_show, by_subject, len(fitting), page, pages, before)
    found = total[filters.about, filters.show]
    pages, page = _pages(found, filters.page)
    # One line more: whether it is about the person with whom the page begins.
    extra = min(page - 1, 1)
    skipped, first = (page - 1) * LINES_A_PAGE - extra, 0
    while first < len(wanted) and skipped >= (here := counts[wanted[first]][filters.about, filters.show]):
        skipped -= here
        first += 1
    fits = _Fits(filters, "", names)
    onward = (line for number in wanted[first:] for line in _piece(session, batch_id, number) if fits(line))
    lines = list(islice(onward, skipped, skipped + extra + LINES_A_PAGE))
    before = lines.pop(0).person if extra else None
    return LinePage(lines, by_show, by_subject, found, page, pages, before)


class _Fits:
    """Whether a line is wanted: its state, what it is about, and that a text is part of its subject or person."""

    def __init__(self, filters: LineFilters, text: str, names: Sequence[str | None]) -> None:
        self._filters, self._text = filters, text
        self._people = {n for n, name in enumerate(names) if text in normal_form(name or "")} if text else set()
        self._subjects: dict[str, bool] = {}

    def __call__(self, line: Line) -> bool:
        show, about = self._filters.show, self._filters.about
        if show is not Show.ALL and show is not show_of(line):
            return False
        if about is not About.ALL and about is not ABOUT_OF[line.kind]:
            return False
        return not self._text or line.person in self._people or self._named(line.subject)

    def _named(self, subject: str) -> bool:
        if subject not in self._subjects:
            self._subjects[subject] = self._text in normal_form(subject)
        return self._subjects[subject]


def _pages(found: int, wanted: int) -> tuple[int, int]:
    pages = max(1, -(-found // LINES_A_PAGE))
    return pages, min(max(wanted, 1), pages)


def _counts(session: Session, batch_id: int, held: Sequence[Held]) -> dict[int, Counter[tuple[About, Show]]]:
    """By piece, in order: how many lines it holds of what and in which state."""
    counts: dict[int, Counter[tuple[About, Show]]] = {}
    for number, states in _numbers(session, batch_id).items():
        piece = Counter({(About.ALL, show): n for show, n in states.items()})
        for told, n in (held[number] if number < len(held) else {}).items():
            about, _, show = told.partition(" ")
            piece[About(about), Show(show)] += n
            piece[About(about), Show.ALL] += n
        counts[number] = piece
    return counts


def _numbers(session: Session, batch_id: int) -> dict[int, dict[Show, int]]:
    """The pieces in order, with how many lines of each state they hold."""
    columns = (ImportLines.new, ImportLines.changed, ImportLines.unchanged, ImportLines.left_out)
    wanted = select(ImportLines.number, *columns).where(ImportLines.batch_id == batch_id).order_by(ImportLines.number)
    return {
        number: {**dict(zip(STATES, counts, strict=True)), Show.ALL: sum(counts)}
        for number, *counts in session.execute(wanted)
    }


def _piece(session: Session, batch_id: int, number: int) -> list[Line]:
    wanted = select(ImportLines.content).where(ImportLines.batch_id == batch_id, ImportLines.number == number)
    return [Line(*line) for line in json.loads(zlib.decompress(session.scalars(wanted).one()))]
