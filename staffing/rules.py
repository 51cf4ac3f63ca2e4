"""Who may sit where: eligibility of people for roles, and how short of it somebody is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.problem import Need, Problem, Role
from staffing.scoring import Index, Scoring, Units
from staffing.terms import Bar

NO_STRETCH = -1


@dataclass(frozen=True, eq=False)
class Candidates:
    """The people who may take a seat of one role, in ascending order of id."""

    people: Index
    units: Units
    """Units of each of them on a seat of this role."""
    stretch: NDArray[np.int16]
    """The need (its place in the role) that each would learn with a mentor; `NO_STRETCH` for the fully eligible."""


@dataclass(frozen=True)
class Shortfall:
    """A must-have that somebody lacks."""

    skill: str
    needed: int
    level: int


@dataclass(frozen=True)
class Ineligible:
    """Why somebody cannot take a seat of a role, every reason at once."""

    person: str
    role: str
    excluded: bool
    short: tuple[Shortfall, ...]
    busy_weeks: tuple[int, ...]
    """Weeks in which less than the needed share is free."""
    missing_share: float
    """Most that is missing in one of those weeks, as a share of full time."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def mentor_level(role: Role, need: Need) -> int:
    """The level that a mentor for this need must have: what the role asks of the skill where it names it first."""
    return next(other.level for other in role.needs if other.skill == need.skill)


class Eligibility:
    """Eligibility of everybody for every role of a problem."""

    def __init__(self, problem: Problem, scoring: Scoring) -> None:
        self._problem = problem
        self._scoring = scoring

    @cached_property
    def _skilled(self) -> list[tuple[Index, NDArray[np.int16]]]:
        return [self._skilled_for(role) for role in self._problem.roles]

    def _skilled_for(self, role: Role) -> tuple[Index, NDArray[np.int16]]:
        """People who have the must-haves of a role, or may learn the one they lack; and which one that is."""
        count = len(self._problem.people)
        short, which = np.zeros(count, np.int16), np.full(count, NO_STRETCH, np.int16)
        everybody = np.arange(count)
        for n, need in enumerate(role.needs):
            if not need.must:
                continue
            lacking = self._scoring.levels[need.skill] < need.level
            short += lacking
            if self._problem.rules.stretch:
                near = np.flatnonzero(lacking & (self._scoring.levels[need.skill] == need.level - 1))
                which[near[self._scoring.target(need.skill, everybody[near]) >= need.level]] = n
        learns = (short == 1) & (which != NO_STRETCH)
        people = np.flatnonzero((short == 0) | learns)
        return people, np.where(learns[people], which[people], np.int16(NO_STRETCH))

    def _is_free(self, role: Role, people: Index) -> NDArray[np.bool_]:
        free = self._problem.people.free
        least = free[people, 0] if free.shape[1] == 1 else free[people, role.start : role.stop].min(axis=1)
        return np.asarray(least >= role.fte)

    @cached_property
    def _excluded(self) -> NDArray[np.bool_]:
        mask = np.zeros(len(self._problem.people), bool)
        mask[[self._problem.position[who] for who in self._problem.rules.exclude]] = True
        return mask

    @cached_property
    def candidates(self) -> list[Candidates]:
        """By role."""
        found = []
        for role, (people, stretch) in zip(self._problem.roles, self._skilled, strict=True):
            kept = self._is_free(role, people) & ~self._excluded[people]
            people = people[kept]
            found.append(Candidates(people, self._scoring.seat_units(role, people), stretch[kept]))
        return found

    def bars(self) -> Mapping[Bar, int]:
        """How many people have no seat open to them, by what stands in the way: first a rule, then skill.

        Those who were left out of the problem for it count too.
        """
        count = len(self._problem.people)
        skilled, eligible = np.zeros(count, bool), np.zeros(count, bool)
        for (people, _), candidates in zip(self._skilled, self.candidates, strict=True):
            skilled[people] = True
            eligible[candidates.people] = True
        allowed = ~self._excluded
        barred = {
            Bar.SKILL: allowed & ~skilled,
            Bar.AVAILABILITY: allowed & skilled & ~eligible,
            Bar.RULE: self._excluded,
        }
        return {bar: int(who.sum()) + self._problem.others.get(bar, 0) for bar, who in barred.items()}

    def short_needs(self, role: Role, person: int) -> tuple[Shortfall, ...]:
        levels = ((need, int(self._scoring.levels[need.skill][person])) for need in role.needs if need.must)
        return tuple(Shortfall(need.skill, need.level, level) for need, level in levels if level < need.level)

    def missing_shares(self, role: Role, person: int) -> dict[int, float]:
        """By week of the role's period: the share of full time that the person lacks, where they lack any."""
        problem = self._problem
        free = np.broadcast_to(problem.people.free[person], (problem.weeks,))
        return {
            week: int(role.fte - free[week]) / problem.share_scale
            for week in range(role.start, role.stop)
            if free[week] < role.fte
        }

    def ineligible(self, role_position: int, person: int) -> Ineligible | None:
        """Every reason that keeps the person from the role; None when there is none."""
        if person in self.candidates[role_position].people:
            return None
        role = self._problem.roles[role_position]
        missing = self.missing_shares(role, person)
        return Ineligible(
            person=self._problem.people.ids[person],
            role=role.id,
            excluded=bool(self._excluded[person]),
            short=self.short_needs(role, person),
            busy_weeks=tuple(missing),
            missing_share=max(missing.values(), default=0.0),
        )
