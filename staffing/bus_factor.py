"""Bus factor: on how many people each needed skill hangs, on a team and in the organisation."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffing.problem import People, Problem, Ratings
from staffing.proposal import Team
from staffing.terms import SHARE_SCALE

MOST_NAMED = 3
"""Up to so many people who are left with a skill are named; of more, the number tells enough."""


@dataclass(frozen=True)
class SkillHolders:
    """Who on the team has a skill at the highest level that a must-have or nice-to-have asks for."""

    skill: str
    level: int
    members: tuple[str, ...]
    elsewhere: int
    """How many people off the team have it too."""


@dataclass(frozen=True)
class SkillCover:
    """How many people the organisation has for a skill, before and after some of them are taken."""

    skill: str
    level: int
    holders: int
    """People with the skill at the level, free or not."""
    free: int
    """Those of them who are free, with everybody still there."""
    left: int
    """Those of them who are not taken: the bus factor, for it takes the absence of so many to leave nobody."""
    last: tuple[str, ...]
    """Who is left, ids ascending; empty where that is more than `MOST_NAMED` people."""


def needed_levels(problem: Problem) -> Mapping[str, int]:
    """The highest level that a must-have or nice-to-have of any role asks for, by skill."""
    needed: dict[str, int] = {}
    for role in problem.roles:
        for need in role.needs:
            needed[need.skill] = max(need.level, needed.get(need.skill, 0))
    return needed


def bus_factor(problem: Problem, team: Team) -> tuple[SkillHolders, ...]:
    """For every skill that the roles ask for: who has it, fewest members first. One member means it hangs on them."""
    members = _mask(problem.people, {who for who in team.people if who is not None})
    found = []
    for skill, level in needed_levels(problem).items():
        holders = _holders(problem.ratings.get(skill), level)
        own = holders[members[holders]]
        names = tuple(problem.people.ids[who] for who in own.tolist())
        found.append(SkillHolders(skill, level, names, len(holders) - len(own)))
    return tuple(sorted(found, key=lambda one: (len(one.members), one.elsewhere, one.skill)))


def organisation_bus_factor(
    people: People,
    ratings: Mapping[str, Ratings],
    needed: Mapping[str, int],
    taken: Iterable[str],
    *,
    share: float,
    weeks: tuple[int, int] | None = None,
    share_scale: int = SHARE_SCALE,
) -> tuple[SkillCover, ...]:
    """On whom each of the needed skills (level 1..5 by skill) hangs when these people are taken, most endangered first.

    People count when they are free for at least `share` of full time, in [0, 1], in each of the weeks, given as first
    and the one after the last; unless stated, in all that `people.free` has. A share of 0 counts everybody. Raises
    ValueError for somebody unknown and for weeks or a share that cannot be.
    """
    free = _free(people, share, weeks, share_scale)
    there = free & ~_mask(people, taken)
    found = []
    for skill, level in needed.items():
        holders = _holders(ratings.get(skill), level)
        left = holders[there[holders]]
        last = tuple(people.ids[who] for who in left.tolist()) if len(left) <= MOST_NAMED else ()
        found.append(SkillCover(skill, level, len(holders), int(free[holders].sum()), len(left), last))
    return tuple(sorted(found, key=lambda one: (one.left, one.free, one.holders, one.skill)))


def _holders(held: Ratings | None, level: int) -> NDArray[np.int32]:
    """Positions of everybody with at least the level, ascending."""
    return np.zeros(0, np.int32) if held is None else held.people[held.level >= level]


def _mask(people: People, chosen: Iterable[str]) -> NDArray[np.bool_]:
    """(n,) who is among the chosen."""
    mask = np.zeros(len(people), bool)
    for person in chosen:
        place = bisect_left(people.ids, person)
        if place == len(people) or people.ids[place] != person:
            raise ValueError(f"{person!r} is not among the people.")
        mask[place] = True
    return mask


def _free(people: People, share: float, weeks: tuple[int, int] | None, scale: int) -> NDArray[np.bool_]:
    """(n,) who is free for the share in each of the weeks."""
    columns = people.free.shape[1]
    first, stop = weeks or (0, columns)
    if not 0 <= share <= 1:
        raise ValueError(f"A share of full time lies between 0 and 1; {share} does not.")
    if not 0 <= first < stop or (columns > 1 and stop > columns):
        raise ValueError(f"Weeks {first} to {stop} are not a period within the {columns} weeks that are known.")
    period = people.free if columns == 1 else people.free[:, first:stop]
    return np.asarray((period >= round(share * scale)).all(axis=1))
