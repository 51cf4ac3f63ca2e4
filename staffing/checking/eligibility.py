"""Who may sit where, worked out from the columns of a problem."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from staffing.problem import Problem, Role

Mask = NDArray[np.bool_]

NO_NEED = -1


class Eligible:
    """Everybody's levels, and for every role who may take a seat of it and what they would still have to learn."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.count = len(problem.people)

    @cached_property
    def levels(self) -> dict[str, NDArray[np.int8]]:
        """(n,) by named skill; 0 without a rating."""
        columns = {}
        for skill in self.problem.named_skills:
            columns[skill] = np.zeros(self.count, np.int8)
            if skill in self.problem.ratings:
                columns[skill][self.problem.ratings[skill].people] = self.problem.ratings[skill].level
        return columns

    @cached_property
    def confidence(self) -> dict[str, NDArray[np.float64]]:
        """(n,) by named skill; 1 without a rating."""
        columns = {}
        for skill in self.problem.named_skills:
            columns[skill] = np.ones(self.count)
            if skill in self.problem.ratings:
                columns[skill][self.problem.ratings[skill].people] = self.problem.ratings[skill].confidence
        return columns

    @cached_property
    def targets(self) -> dict[str, NDArray[np.int8]]:
        """(n,) by named skill; -1 where it is no goal."""
        columns = {}
        for skill in self.problem.named_skills:
            columns[skill] = np.full(self.count, -1, np.int8)
            if skill in self.problem.goals:
                columns[skill][self.problem.goals[skill].people] = self.problem.goals[skill].target
        return columns

    @cached_property
    def by_role(self) -> list[tuple[Mask, NDArray[np.int16]]]:
        """(n,) who may take a seat, and the place of the need that they would learn there (`NO_NEED`: none)."""
        return [self._of(role) for role in self.problem.roles]

    def _of(self, role: Role) -> tuple[Mask, NDArray[np.int16]]:
        lacks, learns = np.zeros(self.count, np.int16), np.full(self.count, NO_NEED, np.int16)
        for place, need in enumerate(role.needs):
            if need.must:
                level = self.levels[need.skill]
                short = level < need.level
                lacks += short
                learns[short & (level == need.level - 1) & (self.targets[need.skill] >= need.level)] = place
        stretches = (lacks == 1) & (learns != NO_NEED) & self.problem.rules.stretch
        may = ((lacks == 0) | stretches) & self._is_free(role)
        may[[self.problem.position[who] for who in self.problem.rules.exclude]] = False
        return may, np.where(may & (lacks == 1), learns, np.int16(NO_NEED)).astype(np.int16)

    def _is_free(self, role: Role) -> Mask:
        free = self.problem.people.free
        weeks = slice(0, 1) if free.shape[1] == 1 else slice(role.start, role.stop)
        return np.asarray((free[:, weeks] >= role.fte).all(axis=1))

    def mentor_level(self, role: int, place: int) -> int:
        """What somebody must know to teach the need at this place of the role."""
        needs = self.problem.roles[role].needs
        return next(need.level for need in needs if need.skill == needs[place].skill)

    def has_room(self, one: Role, other: Role) -> Mask:
        """(n,) who has time for a seat of each in every week."""
        start, stop = max(one.start, other.start), min(one.stop, other.stop)
        if start >= stop:
            return np.ones(self.count, bool)
        free = self.problem.people.free
        weeks = slice(0, 1) if free.shape[1] == 1 else slice(start, stop)
        return np.asarray((free[:, weeks] >= one.fte + other.fte).all(axis=1))
