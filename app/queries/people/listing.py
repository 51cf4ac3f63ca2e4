"""The directory: who matches, how many would with one more choice, and one page of people.

Text and skills are matched by the database. When somebody is free is computed, not stored, so that and the choices
counted across it (place, unit) are applied here, on one narrow row a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Subquery, case, func, literal, select
from sqlalchemy.orm import Session

from app.queries.availability import SHARE_SCALE, free_shares, monday_of
from app.queries.lists.id_lists import joined_ids, read_ids
from app.queries.lists.stretches import Stretch
from app.queries.people.search import Search, read_search
from app.queries.sight.visibility import Viewer, seen_by
from models import PersonalField, Practitioner, Rating, Skill, Unit

PAGE_SIZE = 24
WEEKS = 12
SHOWN_SKILLS = 5
SHOWN_SKILL_CHOICES = 8
SHOWN_NEAR = 6


class Availability(StrEnum):
    NOW = "now"
    SOON = "soon"
    BOOKED = "booked"


class Order(StrEnum):
    MATCH = "match"
    NAME = "name"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """What the address asks for. All skills are needed at `level`; of places, units and availabilities any one does.

    `at_least`: the share, in per cent of full time, from which somebody counts as free.
    """

    text: str = ""
    skills: tuple[int, ...] = ()
    level: int = 3
    availability: tuple[Availability, ...] = ()
    at_least: int = 50
    locations: tuple[str, ...] = ()
    units: tuple[int, ...] = ()
    order: Order = Order.MATCH
    page: int = 1


@dataclass(frozen=True, slots=True)
class Option:
    """One box of a facet with the number of people it would leave."""

    value: str
    label: str
    count: int
    checked: bool


class RatedSkill(NamedTuple):
    """`wanted`: the level asked for, where the skill is one of those searched by level."""

    id: int
    name: str
    level: int
    wanted: int | None = None


class Opening(NamedTuple):
    """The first week in which somebody is free at the share asked for."""

    monday: date
    share: float
    now: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`free`: shares 0..1 of the coming weeks; empty, as are the skills, where the viewer may not know."""

    id: int
    name: str
    title: str | None
    location: str | None
    unit: str | None
    skills: tuple[RatedSkill, ...]
    more_skills: int
    free: tuple[float, ...]
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class Directory:
    """`total` people match; `rows` are those of `page`, which is the last one when the address asks for more.

    `near` lack one level in one skill; `near_total` counts those.
    """

    filters: PeopleFilters
    total: int
    page: int
    pages: int
    rows: tuple[PersonRow, ...]
    near: tuple[PersonRow, ...]
    near_total: int
    availability: tuple[Option, ...]
    skills: tuple[Option, ...]
    locations: tuple[Option, ...]
    units: tuple[Option, ...]

    @property
    def first_row(self) -> int:
        """The place of the page's first person among all who match, from 1."""
        return (self.page - 1) * PAGE_SIZE + 1


@dataclass(frozen=True, eq=False)
class _Crowd:
    """Everybody whom text and skills find, by name, as columns over n people.

    `rated` and `timed`: whether the viewer may see their ratings and when they are free. `short`: levels missing in
    total, 0 or 1. `free`: (n, WEEKS) thousandths, 0 where not `timed`. `place` and `unit`: -1 where unknown.
    """

    ids: NDArray[np.int64]
    place: NDArray[np.int64]
    unit: NDArray[np.int64]
    rated: NDArray[np.bool_]
    timed: NDArray[np.bool_]
    short: NDArray[np.int64]
    score: NDArray[np.int64]
    free: NDArray[np.int64]


def first_day_shown(today: date) -> date:
    """Today, and from Saturday on the Monday ahead: what "now" means to people who plan work."""
    return max(today, monday_of(today + timedelta(days=2)))


def find_people(
    session: Session, viewer: Viewer, filters: PeopleFilters, today: date, stretch: Stretch | None = None
) -> Directory:
    """One page of the directory, or with `stretch` the people after somebody. The number of statements does not depend
    on the number of people."""
    first = first_day_shown(today)
    search = read_search(session, viewer, filters.text)
    located = select(Practitioner.location).where(Practitioner.active).distinct().order_by(Practitioner.location)
    places = [place for place in session.scalars(located) if place]
    units = dict(session.execute(select(Unit.id, Unit.name).order_by(Unit.name)).all())
    crowd = _crowd(session, viewer, filters, search, places, first)

    wanted = filters.at_least * SHARE_SCALE // 100
    states = _states(crowd, wanted)
    by_time = _any_of([states[chosen] for chosen in filters.availability], crowd)
    by_place = _any_of([crowd.place == _index(places, chosen) for chosen in filters.locations], crowd)
    by_unit = _any_of([crowd.unit == chosen for chosen in filters.units], crowd)
    whole = crowd.short == 0
    matches = whole & by_time & by_place & by_unit
    close = ~whole & by_time & by_place & by_unit

    total = _count(matches)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(filters.page, pages)
    ordered = _ordered(crowd, matches, filters.order, wanted)
    begin, size = (page - 1) * PAGE_SIZE, PAGE_SIZE
    if stretch is not None:
        begin, size = stretch.begin(crowd.ids[ordered].tolist()), stretch.reach
    chosen = ordered[begin : begin + size]
    near = _ordered(crowd, close, filters.order, wanted)[:SHOWN_NEAR] if pages == 1 else chosen[:0]
    searched = tuple(dict.fromkeys((*filters.skills, *search.skill_ids)))
    rows = _rows(session, crowd, np.concatenate([chosen, near]), filters, searched, first)
    return Directory(
        filters=filters,
        total=total,
        page=page,
        pages=pages,
        rows=rows[: len(chosen)],
        near=rows[len(chosen) :],
        near_total=_count(close) if pages == 1 else 0,
        availability=tuple(
            Option(state, state, _count(whole & by_place & by_unit & mask), state in filters.availability)
            for state, mask in states.items()
        ),
        skills=_skill_options(session, filters, crowd.ids[matches & crowd.rated]),
        locations=tuple(
            Option(place, place, _count(whole & by_time & by_unit & (crowd.place == n)), place in filters.locations)
            for n, place in enumerate(places)
        ),
        units=tuple(
            Option(str(n), name, _count(whole & by_time & by_place & (crowd.unit == n)), n in filters.units)
            for n, name in units.items()
        ),
    )


def _crowd(
    session: Session, viewer: Viewer, filters: PeopleFilters, search: Search, places: Sequence[str], first: date
) -> _Crowd:
    rated, timed = seen_by(session, viewer, PersonalField.RATINGS), seen_by(session, viewer, PersonalField.AVAILABILITY)
    columns = (
        Practitioner.id,
        Practitioner.location,
        Practitioner.home_unit_id,
        rated.label("rated"),
        timed.label("timed"),
    )
    found = select(*columns, literal(0), search.score)
    if filters.skills:
        held = _held(filters)
        found = (
            select(*columns, held.c.short, search.score + held.c.levels)
            .join(held, held.c.practitioner_id == Practitioner.id)
            .where(rated)
        )
    rows = session.execute(
        found.where(Practitioner.active, *search.conditions).order_by(Practitioner.name_key, Practitioner.id)
    ).all()
    where: dict[str | None, int] = {place: n for n, place in enumerate(places)}
    ids = np.array([row[0] for row in rows], np.int64)
    shown = np.array([row[4] for row in rows], bool)
    return _Crowd(
        ids=ids,
        place=np.array([where.get(row[1], -1) for row in rows], np.int64),
        unit=np.array([row[2] or -1 for row in rows], np.int64),
        rated=np.array([row[3] for row in rows], bool),
        timed=shown,
        short=np.array([row[5] for row in rows], np.int64),
        score=np.array([row[6] for row in rows], np.int64),
        free=np.where(shown[:, np.newaxis], free_shares(session, ids, first, WEEKS), 0),
    )


def _held(filters: PeopleFilters) -> Subquery:
    """Who has all the skills, at most one of them one level short; `levels` is the sum over the skills."""
    short = func.sum(case((Rating.level < filters.level, 1), else_=0))
    return (
        select(Rating.practitioner_id, short.label("short"), func.sum(Rating.level).label("levels"))
        .where(Rating.skill_id.in_(filters.skills), Rating.level >= max(1, filters.level - 1))
        .group_by(Rating.practitioner_id)
        .having(func.count() == len(filters.skills), short <= 1)
        .subquery()
    )


def _states(crowd: _Crowd, wanted: int) -> dict[Availability, NDArray[np.bool_]]:
    enough = crowd.free >= wanted
    ever: NDArray[np.bool_] = np.logical_or.reduce(enough, axis=1)
    return {
        Availability.NOW: enough[:, 0],
        Availability.SOON: ever & ~enough[:, 0],
        Availability.BOOKED: crowd.timed & ~ever,
    }


def _ordered(crowd: _Crowd, chosen: NDArray[np.bool_], order: Order, wanted: int) -> NDArray[np.intp]:
    """Positions of the chosen people. Whatever the order, equals stand by name."""
    at = np.flatnonzero(chosen)
    free = crowd.free[at]
    enough = free >= wanted
    waiting = np.where(enough.any(axis=1), enough.argmax(axis=1), WEEKS)
    keys: dict[Order, tuple[NDArray[np.int64], ...]] = {
        Order.NAME: (),
        Order.FREE: (-free.sum(axis=1), -free[:, 0], waiting),
        Order.MATCH: (-free[:, 0], waiting, -crowd.score[at]),
    }
    # From the least to the most telling key; the people stand by name already, and the sort keeps them so.
    return at[np.lexsort((at, *keys[order]))]


def _rows(
    session: Session,
    crowd: _Crowd,
    chosen: NDArray[np.intp],
    filters: PeopleFilters,
    searched: tuple[int, ...],
    first: date,
) -> tuple[PersonRow, ...]:
    ids = crowd.ids[chosen].tolist()
    rated = crowd.ids[chosen[crowd.rated[chosen]]].tolist()
    people = {
        row.id: row
        for row in session.execute(
            select(
                Practitioner.id, Practitioner.name, Practitioner.title, Practitioner.location, Unit.name.label("unit")
            )
            .outerjoin(Unit, Unit.id == Practitioner.home_unit_id)
            .where(Practitioner.id.in_(ids))
        )
    }
    skills: dict[int, list[RatedSkill]] = {number: [] for number in ids}
    for who, number, name, level in session.execute(
        select(Rating.practitioner_id, Skill.id, Skill.name, Rating.level)
        .join(Skill, Skill.id == Rating.skill_id)
        .where(Rating.practitioner_id.in_(rated), Rating.level >= 1)
        .order_by(Rating.level.desc(), Skill.name)
    ):
        skills[who].append(RatedSkill(number, name, level, filters.level if number in filters.skills else None))
    return tuple(
        PersonRow(
            id=number,
            name=people[number].name,
            title=people[number].title,
            location=people[number].location,
            unit=people[number].unit,
            skills=tuple(sorted(skills[number], key=lambda skill: skill.id not in searched)[:SHOWN_SKILLS]),
            more_skills=max(0, len(skills[number]) - SHOWN_SKILLS),
            free=tuple(share / SHARE_SCALE for share in crowd.free[at].tolist()) if crowd.timed[at] else (),
            opening=first_opening(crowd.free[at].tolist(), filters.at_least * SHARE_SCALE // 100, first),
        )
        for number, at in zip(ids, chosen.tolist(), strict=True)
    )


def first_opening(free: list[int], wanted: int, first: date) -> Opening | None:
    """`free` and `wanted` in thousandths; `first` lies in the first of the weeks."""
    found = (
        Opening(monday_of(first) + timedelta(weeks=n), share / SHARE_SCALE, n == 0)
        for n, share in enumerate(free)
        if share >= wanted
    )
    return next(found, None)


def _skill_options(session: Session, filters: PeopleFilters, ids: NDArray[np.int64]) -> tuple[Option, ...]:
    """The skills that most of these people have at the level asked for, and those that are chosen anyway."""
    rows = session.execute(
        select(Skill.id, Skill.name, joined_ids(Rating.practitioner_id))
        .outerjoin(Rating, (Rating.skill_id == Skill.id) & (Rating.level >= filters.level))
        .where(Skill.id.in_(filters.skills) | Rating.id.is_not(None))
        .group_by(Skill.id, Skill.name)
    )
    among = np.zeros(int(ids.max(initial=0)) + 1, bool)
    among[ids] = True
    options = []
    for number, name, people in rows:
        holders = read_ids(people)
        count = _count(among[holders[holders < len(among)]])
        options.append(Option(str(number), name, count, number in filters.skills))
    options.sort(key=lambda option: (not option.checked, -option.count, option.label))
    shown = max(SHOWN_SKILL_CHOICES, sum(option.checked for option in options))
    return tuple(option for option in options if option.count or option.checked)[:shown]


def _count(mask: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(mask))


def _any_of(masks: Sequence[NDArray[np.bool_]], crowd: _Crowd) -> NDArray[np.bool_]:
    """Whom one of the choices takes in; without a choice, everybody."""
    return np.logical_or.reduce(masks) if masks else np.ones(len(crowd.ids), bool)


def _index(places: Sequence[str], place: str) -> int:
    """-2 for a place that nobody has, so that it is not taken for "unknown"."""
    return places.index(place) if place in places else -2
