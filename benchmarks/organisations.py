"""Random organisations of any size, as columns: what the engine and its rivals are measured on.

People belong to a job family, a unit and a time-zone hub. Skills belong to a family too, a few to everybody; who holds
them follows Zipf's law, more of it inside the family and at the level of somebody's seniority. Past projects drew most
people from one unit, so that everybody has about 25 past colleagues, who know each other. The same seed gives the same
organisation, and the same skill has the same holders whatever else is asked for.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from staffing import Goals, Need, People, Problem, Ratings, Role, Rules, Ties, TrackPrior, confidence, tie_strengths
from staffing.terms import DEFAULT_WEIGHTS, SHARE_SCALE, Measure

WEEKS = 52
FAMILIES = 10
FAMILY_SKILLS = 16
SHARED_SKILLS = 20
"""Skills of no family, such as languages and methods."""
HUBS = np.array([1.0, 5.5, -5.0, 0.0, 8.0])
HUB_SHARES = np.array([0.28, 0.2, 0.18, 0.12, 0.08])
ELSEWHERE = np.array([-8.0, -7.0, -6.0, -3.0, 2.0, 3.0, 4.0, 7.0, 9.0, 10.0, 12.0])
"""Where everybody outside the hubs sits."""
HUB_RATES = np.array([1.0, 0.6, 1.15, 1.05, 0.85])
UNIT = 50
"""People of all families who sit together and usually work together."""
STAYS = 4.6
"""Past projects per person."""
HISTORY = 208
"""Weeks that past projects reach back."""

RICH = (0.06, 0.3)
SCARCE = (6, 30)
"""Least and most eligible people per role: parts of all people when rich, heads when scarce."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Organisation:
    """Everybody in an organisation of `size` people; skills are columns made on demand."""

    size: int
    seed: int

    def stream(self, *name: int) -> np.random.Generator:
        """Random numbers of their own for each part, so that no part shifts another."""
        return np.random.default_rng([self.seed, *name])

    # -- who and where
    @cached_property
    def family(self) -> NDArray[np.intp]:
        shares = 1.0 / np.arange(2, FAMILIES + 2) ** 0.7
        return self.stream(1).choice(FAMILIES, self.size, p=shares / shares.sum())

    @cached_property
    def hub(self) -> NDArray[np.intp]:
        """Position in `HUBS`, and after them in `ELSEWHERE`."""
        rest = np.full(len(ELSEWHERE), (1 - HUB_SHARES.sum()) / len(ELSEWHERE))
        return self.stream(2).choice(len(HUBS) + len(ELSEWHERE), self.size, p=np.concatenate((HUB_SHARES, rest)))

    @cached_property
    def seniority(self) -> NDArray[np.intp]:
        """1 junior to 5 principal."""
        return self.stream(3).choice(np.arange(1, 6), self.size, p=[0.18, 0.27, 0.3, 0.18, 0.07])

    @cached_property
    def people(self) -> People:
        rng = self.stream(4)
        rate = np.concatenate((HUB_RATES, np.ones(len(ELSEWHERE))))[self.hub]
        cost = np.round((250 + 150 * self.seniority) * rate * rng.normal(1, 0.1, self.size), -1)
        done = rng.poisson(1.8 * self.seniority)
        digits = len(str(self.size - 1))
        return People(
            ids=tuple(f"p{n:0{digits}}" for n in range(self.size)),
            free=self._free(),
            cost=np.maximum(cost, 150.0),
            successes=rng.binomial(done, rng.beta(7, 3, self.size)).astype(np.float64),
            projects=done.astype(np.float64),
            utc_offset=np.concatenate((HUBS, ELSEWHERE))[self.hub],
            recent_load=np.round(rng.beta(2, 2, self.size), 2),
        )

    def _free(self) -> NDArray[np.int64]:
        """Contract less bookings, nothing in holidays; in tenths of full time until the end."""
        rng = self.stream(5)
        taken = np.zeros((self.size, WEEKS + 1), np.int64)
        for chance, shares, lengths, starts in (
            (0.45, (2, 4, 5, 8, 10), (4, 27), (0, 14)),
            (0.2, (2, 5, 10), (6, 21), (8, 40)),
            (0.35, (20,), (1, 4), (0, WEEKS)),
        ):
            who = np.flatnonzero(rng.random(self.size) < chance)
            share = rng.choice(shares, len(who))
            start = rng.integers(*starts, len(who))
            stop = np.minimum(start + rng.integers(*lengths, len(who)), WEEKS)
            np.add.at(taken, (who, start), share)
            np.subtract.at(taken, (who, stop), share)
        contract = rng.choice([10, 8, 6], self.size, p=[0.86, 0.09, 0.05])
        free = contract[:, None] - np.cumsum(taken, axis=1)[:, :WEEKS]
        return np.maximum(free, 0) * (SHARE_SCALE // 10)

    @cached_property
    def ties(self) -> Ties:
        """Past projects of 4 to 10 people: most from one unit, some from the hub, few from anywhere."""
        rng = self.stream(6)
        order = np.lexsort((rng.random(self.size), self.hub))
        sizes = rng.integers(4, 11, int(STAYS * self.size / 7))
        project = np.repeat(np.arange(len(sizes)), sizes)
        home = np.repeat(rng.integers(0, self.size, len(sizes)) // UNIT * UNIT, sizes)
        hub = self.hub[order[home]]
        ends = np.searchsorted(self.hub[order], np.arange(len(HUBS) + len(ELSEWHERE) + 1))
        reach = rng.random(len(project))
        near = home + rng.integers(0, UNIT, len(project))
        same_hub = ends[hub] + (rng.random(len(project)) * (ends[hub + 1] - ends[hub])).astype(np.intp)
        anywhere = rng.integers(0, self.size, len(project))
        place = np.where(reach < 0.75, near, np.where(reach < 0.93, same_hub, anywhere)) % self.size
        began = np.repeat(rng.integers(0, HISTORY - 8, len(sizes)), sizes) + rng.integers(0, 5, len(project))
        stopped = began + np.repeat(rng.integers(8, 40, len(sizes)), sizes)
        ties = tie_strengths(order[place], project, began, stopped, HISTORY)
        strong = np.round(ties.strength, 3)
        kept = strong > 0
        return Ties(ties.first[kept], ties.second[kept], strong[kept])

    # -- skills: `family * FAMILY_SKILLS + rank`, the shared ones last; rank 0 is the most common
    def name(self, skill: int) -> str:
        family, rank = divmod(skill, FAMILY_SKILLS)
        return f"f{family}-s{rank:02}" if family < FAMILIES else f"shared-s{skill - FAMILIES * FAMILY_SKILLS:02}"

    def ratings(self, skill: int) -> Ratings:
        rng = self.stream(7, skill)
        family, rank = divmod(skill, FAMILY_SKILLS)
        if family < FAMILIES:
            inside = self.family == family
            chance = np.where(inside, 0.95, 0.22) / (1.0 + rank) ** 0.6
        else:
            inside = np.zeros(self.size, bool)
            chance = np.full(self.size, 0.6 / (1.0 + skill - FAMILIES * FAMILY_SKILLS) ** 0.6)
        held = np.flatnonzero(rng.random(self.size) < chance)
        grown = np.where(inside[held], 0.4, -0.6) + 0.8 * self.seniority[held] + rng.normal(0, 0.9, len(held))
        sure = confidence(rng.exponential(18, len(held)), rng.random(len(held)) < 0.35)
        level = np.clip(np.rint(grown), 1, 5).astype(np.int8)
        return Ratings(held.astype(np.int32), level, np.round(sure, 3))

    def goals(self, skill: int) -> Goals:
        rng = self.stream(8, skill)
        chance = np.where(self.family == skill // FAMILY_SKILLS, 0.12, 0.02)
        wants = np.flatnonzero(rng.random(self.size) < chance)
        return Goals(wants.astype(np.int32), rng.integers(2, 6, len(wants)).astype(np.int8))

    # -- projects
    def roles(self, seats: int, project: int, *, scarce: bool = False) -> tuple[Role, ...]:
        """The roles of a project, each with as many eligible people as `RICH` or `SCARCE` says."""
        rng = self.stream(9, project, int(scarce))
        roles: list[Role] = []
        while (left := seats - sum(role.seats for role in roles)) > 0:
            roles.append(
                self._role(rng, f"role-{len(roles) + 1:02}", min(left, int(rng.choice([1, 1, 1, 1, 2]))), scarce)
            )
        return tuple(roles)

    def _role(self, rng: np.random.Generator, name: str, seats: int, scarce: bool) -> Role:
        start = int(rng.integers(0, 16))
        stop = start + int(rng.integers(6, 27))
        fte = int(rng.choice([2, 4, 5, 5, 8, 10])) * (SHARE_SCALE // 10)
        is_free = self.people.free[:, start:stop].min(axis=1) >= fte
        family = int(rng.choice(FAMILIES, p=np.bincount(self.family, minlength=FAMILIES) / self.size))
        musts = self._scarce_musts(rng, family, is_free) if scarce else self._rich_musts(rng, family, is_free)
        taken = {skill for skill, _ in musts}
        wishes = [skill for skill in self._wishes(rng, family) if skill not in taken][: int(rng.integers(1, 4))]
        needs = [Need(self.name(skill), level, True, float(rng.integers(1, 4))) for skill, level in musts]
        needs += [Need(self.name(skill), int(rng.integers(2, 5)), False, float(rng.integers(1, 3))) for skill in wishes]
        return Role(name, tuple(needs), start, stop, seats, fte)

    def _wishes(self, rng: np.random.Generator, family: int) -> list[int]:
        own = family * FAMILY_SKILLS + rng.permutation(FAMILY_SKILLS)[:4]
        other = rng.integers(0, FAMILIES * FAMILY_SKILLS + SHARED_SKILLS, 2)
        return [int(skill) for skill in rng.permutation(np.unique(np.concatenate((own, other))))]

    def _rich_musts(self, rng: np.random.Generator, family: int, is_free: Mask) -> list[tuple[int, int]]:
        """One or two common skills of the family; the level is the lowest that leaves no more than wanted."""
        low, high = (max(4, int(part * self.size)) for part in RICH)
        musts: list[tuple[int, int]] = []
        able = is_free
        for rank in rng.permutation(6)[: int(rng.integers(1, 3))].tolist():
            skill = family * FAMILY_SKILLS + rank
            for level in (2, 3):
                fewer = able & self._holds(skill, level)
                if fewer.sum() < low:
                    break
                if fewer.sum() <= high or level == 3:
                    able = fewer
                    musts.append((skill, level))
                    break
        return musts or [(family * FAMILY_SKILLS, 1)]

    def _scarce_musts(self, rng: np.random.Generator, family: int, is_free: Mask) -> list[tuple[int, int]]:
        """More and more must-haves, from the family and then from anywhere, until few enough people have them all."""
        low, high = SCARCE
        own = family * FAMILY_SKILLS + rng.permutation(FAMILY_SKILLS)
        musts: list[tuple[int, int]] = []
        able = is_free
        for skill in own.tolist():
            for level in (4, 3, 2):
                fewer = able & self._holds(skill, level)
                if fewer.sum() >= low:
                    able = fewer
                    musts.append((skill, level))
                    break
            if able.sum() <= high:
                break
        return musts

    def _holds(self, skill: int, level: int) -> Mask:
        held = self.ratings(skill)
        mask = np.zeros(self.size, bool)
        mask[held.people[held.level >= level]] = True
        return mask

    def columns(self, roles: tuple[Role, ...]) -> tuple[dict[str, Ratings], dict[str, Goals]]:
        """Ratings and goals in the skills that the roles name."""
        named = {need.skill for role in roles for need in role.needs}
        skills = [skill for skill in range(FAMILIES * FAMILY_SKILLS + SHARED_SKILLS) if self.name(skill) in named]
        return {self.name(n): self.ratings(n) for n in skills}, {self.name(n): self.goals(n) for n in skills}

    def communication(self, roles: tuple[Role, ...], project: int) -> dict[tuple[str, str], float]:
        """One pair of roles in six talks more, or less, than the others."""
        rng = self.stream(10, project)
        pairs = [(one.id, other.id) for n, one in enumerate(roles) for other in roles[n + 1 :]]
        return {pair: float(rng.choice([0.5, 2, 3])) for pair in pairs if rng.random() < 1 / 6}


def cohesion_weights(cohesion: float) -> dict[Measure, float]:
    """Weights of which cohesion has this many percent; the others keep their proportions."""
    others = {measure: weight for measure, weight in DEFAULT_WEIGHTS.items() if measure is not Measure.COHESION}
    rest = sum(others.values())
    return {**{name: weight * (100 - cohesion) / rest for name, weight in others.items()}, Measure.COHESION: cohesion}


def organisation(
    people: int, seats: int, seed: int, *, cohesion: float = 20.0, rules: Rules | None = None, scarce: bool = False
) -> Problem:
    """A project with this many seats among this many people; `cohesion` is its part of all weights, in percent."""
    whole = Organisation(people, seed)
    roles = whole.roles(seats, project=0, scarce=scarce)
    ratings, goals = whole.columns(roles)
    return Problem(
        weeks=WEEKS,
        people=whole.people,
        roles=roles,
        ratings=ratings,
        goals=goals,
        ties=whole.ties,
        communication=whole.communication(roles, project=0),
        weights=cohesion_weights(cohesion),
        cost_range=(300, 1200),
        track_prior=TrackPrior(0.7, 4),
        rules=rules or Rules(),
    )
