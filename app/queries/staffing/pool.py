"""Who could matter to a staffing problem: skills are read of everybody, calendars of those who have the skills.

The people of a problem are whoever may take a seat, whoever the rules name, and for each role the nearest of the
others, as many as the engine looks at to say what it would take. The rest is only counted, by what bars them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import case, select
from sqlalchemy.orm import Session

from app.queries.availability import Contracts, read_calendar, thousandths, working_days
from app.queries.lists.id_lists import joined_ids, read_ids
from app.queries.sight.visibility import Viewer, seen_by, shown_of
from models import LearningGoal, PersonalField, Practitioner, Rating
from staffing import Need, Role
from staffing.terms import NEAR_MISSES, Bar

RECENT_WEEKS = 12
NO_GOAL = -1

Numbers = NDArray[np.int64]
Levels = NDArray[np.int8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Kind:
    """What many people have in common."""

    time_zone: str | None
    utc_offset_minutes: int | None
    cost_band_id: int | None
    share: int
    weekdays: str


@dataclass(frozen=True, eq=False)
class Everybody:
    """All n active practitioners of whom the viewer may see when they are free."""

    numbers: Numbers
    """(n,) ids, ascending."""
    kind: Numbers
    """(n,) position in `kinds`."""
    kinds: Sequence[Kind]

    def positions(self, numbers: Numbers) -> tuple[Numbers, Mask]:
        """Where those practitioners stand who are here, and which of them are."""
        at = np.searchsorted(self.numbers, numbers)
        known = at < len(self.numbers)
        known[known] = self.numbers[at[known]] == numbers[known]
        return at[known], known

    def among(self, numbers: Collection[int]) -> frozenset[int]:
        """Those of the practitioners who are here."""
        return frozenset(self.numbers[self.mask(numbers)].tolist())

    def mask(self, numbers: Collection[int]) -> Mask:
        chosen = np.zeros(len(self.numbers), bool)
        chosen[self.positions(np.array(sorted(numbers), np.int64))[0]] = True
        return chosen

    def contracts(self, at: Numbers) -> Contracts:
        """Of those at the positions."""
        kind = self.kind[at]
        shares = np.array([kind.share for kind in self.kinds], np.int64)
        weekdays = np.array([working_days(kind.weekdays) for kind in self.kinds], bool).reshape(-1, 7)
        return Contracts(shares[kind], weekdays[kind])


def read_everybody(session: Session, viewer: Viewer) -> Everybody:
    """Whose free time the viewer may see; a cost that they may not see is an unknown one. In one statement that has a
    row for each kind of people, not for each of them."""
    facts = (
        Practitioner.time_zone,
        Practitioner.utc_offset_minutes,
        case((seen_by(session, viewer, PersonalField.COST), Practitioner.cost_band_id)).label("cost_band_id"),
        thousandths(Practitioner.working_share),
        Practitioner.working_days,
    )
    timed = seen_by(session, viewer, PersonalField.AVAILABILITY)
    wanted = select(*facts, joined_ids(Practitioner.id)).where(Practitioner.active, timed).group_by(*facts)
    rows = session.execute(wanted).all()
    ids = [read_ids(row[5]) for row in rows]
    numbers = np.concatenate([*ids, np.zeros(0, np.int64)])
    kind = np.repeat(np.arange(len(rows)), [len(some) for some in ids])
    order = np.argsort(numbers)
    return Everybody(numbers[order], kind[order], [Kind(*row[:5]) for row in rows])


@dataclass(frozen=True, eq=False)
class Abilities:
    """What n people can do and want to learn, by name of the skill."""

    people: int
    levels: Mapping[str, Levels]
    """(n,) 0 for those who have none; of must-haves only."""
    targets: Mapping[str, Levels]
    """(n,) `NO_GOAL` for those who do not want to reach any."""

    def qualified(self, role: Role, *, stretch: bool) -> Mask:
        """Who has every must-have of the role; with `stretch` also who lacks one level of one of them and wants it."""
        lacking, learns = np.zeros(self.people, np.int16), np.zeros(self.people, bool)
        for need in _musts(role):
            level = self.levels[need.skill]
            lacking += level < need.level
            learns |= (level == need.level - 1) & (self.targets[need.skill] >= need.level)
        return np.asarray((lacking == 0) | ((lacking == 1) & learns & stretch))

    def shortfall(self, role: Role) -> NDArray[np.int16]:
        """How many levels everybody lacks in the must-haves together."""
        short = np.zeros(self.people, np.int16)
        for need in _musts(role):
            short += np.maximum(0, need.level - self.levels[need.skill])
        return short


def read_abilities(
    session: Session, viewer: Viewer, everybody: Everybody, skills: Mapping[int, str], roles: Sequence[Role]
) -> Abilities:
    """Goals in all of the skills, levels in those that the roles must have, of those who show them to the viewer. Two
    statements."""
    musts = {need.skill for role in roles for need in _musts(role)}
    levels = {name: np.zeros(len(everybody.numbers), np.int8) for name in musts}
    rated = (
        select(Rating.skill_id, Rating.level, joined_ids(Rating.practitioner_id))
        .where(
            Rating.skill_id.in_([number for number, name in skills.items() if name in musts]),
            Rating.level > 0,
            shown_of(session, viewer, PersonalField.RATINGS, Rating.practitioner_id),
        )
        .group_by(Rating.skill_id, Rating.level)
    )
    for skill, level, people in session.execute(rated):
        levels[skills[skill]][everybody.positions(read_ids(people))[0]] = level
    targets = {name: np.full(len(everybody.numbers), NO_GOAL, np.int8) for name in skills.values()}
    wanted = (
        select(LearningGoal.skill_id, LearningGoal.target_level, joined_ids(LearningGoal.practitioner_id))
        .where(
            LearningGoal.skill_id.in_(skills),
            shown_of(session, viewer, PersonalField.GOALS, LearningGoal.practitioner_id),
        )
        .group_by(LearningGoal.skill_id, LearningGoal.target_level)
    )
    for skill, target, people in session.execute(wanted):
        targets[skills[skill]][everybody.positions(read_ids(people))[0]] = target
    return Abilities(len(everybody.numbers), levels, targets)


@dataclass(frozen=True)
class Wanted:
    """What people are wanted for, and what the rules say of some of them."""

    project_id: int
    """Bookings on it make nobody busy."""
    first: date
    """A Monday."""
    weeks: int
    roles: tuple[Role, ...]
    named: frozenset[int]
    """Practitioners whom the rules name."""
    excluded: frozenset[int]
    stretch: bool


@dataclass(frozen=True, eq=False)
class Pool:
    """The m people of a problem, and how many others there are."""

    numbers: Numbers
    """(m,) practitioner ids, ascending."""
    at: Numbers
    """(m,) their positions among everybody."""
    free: Numbers
    """(m, weeks) thousandths."""
    recently_free: Numbers
    """(m, `RECENT_WEEKS`) the same in the weeks before."""
    eligible: Mask
    """(m,) who may take a seat of some role."""
    others: Mapping[Bar, int]


def choose_pool(session: Session, wanted: Wanted, everybody: Everybody, abilities: Abilities) -> Pool:
    """Reads the calendars of those who have the skills. Two statements."""
    excluded, named = everybody.mask(wanted.excluded), everybody.mask(wanted.named)
    qualified = [abilities.qualified(role, stretch=wanted.stretch) for role in wanted.roles]
    short = [abilities.shortfall(role) for role in wanted.roles]
    able = np.any(qualified, axis=0)
    asked = able | named
    for has, lack in zip(qualified, short, strict=True):
        asked[_nearest(lack, ~has & ~excluded)] = True
    at = np.flatnonzero(asked)
    start = wanted.first - timedelta(weeks=RECENT_WEEKS)
    until = wanted.first + timedelta(weeks=wanted.weeks)
    calendar = read_calendar(session, everybody.numbers[at], everybody.contracts(at), start, until)
    free = calendar.free(wanted.first, wanted.weeks, except_project_id=wanted.project_id)
    eligible, kept = np.zeros(len(at), bool), named[at]
    for role, has, lack in zip(wanted.roles, qualified, short, strict=True):
        fits = has[at] & ~excluded[at] & (free[:, role.start : role.stop].min(axis=1) >= role.fte)
        eligible |= fits
        kept[_nearest(lack[at], ~fits & ~excluded[at])] = True
    kept |= eligible
    left = np.ones(len(able), bool)
    left[at[kept]] = False
    return Pool(
        numbers=everybody.numbers[at[kept]],
        at=at[kept],
        free=free[kept],
        recently_free=calendar.of(kept).free(start, RECENT_WEEKS),
        eligible=eligible[kept],
        others={Bar.SKILL: int((left & ~able).sum()), Bar.AVAILABILITY: int((left & able).sum())},
    )


def _nearest(short: NDArray[np.int16], among: Mask) -> Numbers:
    """Those of them who lack least, the first of equals."""
    who = np.flatnonzero(among)
    return who[np.argsort(short[who], kind="stable")[:NEAR_MISSES]]


def _musts(role: Role) -> list[Need]:
    return [need for need in role.needs if need.must]
