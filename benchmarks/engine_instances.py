"""Random organisations of any size, as columns: what the engine is measured on.

Skills have uneven popularity, people sit in a few time zones and tie mostly within their unit, and a role asks for one
or two must-haves and some nice-to-haves. The same seed gives the same problem.
"""

import numpy as np

from staffing import Goals, Need, People, Problem, Ratings, Role, Rules, Ties, TrackPrior
from staffing.terms import DEFAULT_WEIGHTS, SHARE_SCALE, Measure

SKILLS = 60
WEEKS = 26
ZONES = np.array([-8, -6, -5, -3, 0, 1, 2, 3, 5.5, 8, 9, 10])


def organisation(people: int, seats: int, seed: int, *, cohesion: float = 20.0, rules: Rules | None = None) -> Problem:
    """A problem with this many people and seats; `cohesion` is the measure's part of all weights, in percent."""
    rng = np.random.default_rng(seed)
    popularity = 1.0 / np.arange(3, SKILLS + 3) ** 0.6
    ratings, goals = {}, {}
    for skill in range(SKILLS):
        held = np.flatnonzero(rng.random(people) < popularity[skill])
        level = rng.choice([1, 2, 3, 4, 5], size=len(held), p=[0.15, 0.25, 0.3, 0.2, 0.1])
        sure = rng.choice([1.0, 0.9, 0.8, 0.65, 0.5], size=len(held))
        ratings[f"s{skill:02}"] = Ratings(held.astype(np.int32), level.astype(np.int8), sure)
        wants = np.flatnonzero(rng.random(people) < 0.05)
        goals[f"s{skill:02}"] = Goals(wants.astype(np.int32), rng.integers(2, 6, len(wants)).astype(np.int8))
    roles = _roles(rng, seats)
    named = {need.skill for role in roles for need in role.needs}
    others = {measure: weight for measure, weight in DEFAULT_WEIGHTS.items() if measure is not Measure.COHESION}
    weights = {name: weight * (100 - cohesion) / sum(others.values()) for name, weight in others.items()}
    return Problem(
        weeks=WEEKS,
        people=_people(rng, people),
        roles=roles,
        ratings={skill: column for skill, column in ratings.items() if skill in named},
        goals={skill: column for skill, column in goals.items() if skill in named},
        ties=_ties(rng, people),
        weights={**weights, Measure.COHESION: cohesion},
        cost_range=(300, 1200),
        track_prior=TrackPrior(0.7, 4),
        rules=rules or Rules(),
    )


def _people(rng: np.random.Generator, people: int) -> People:
    free = np.full((people, WEEKS), SHARE_SCALE, np.int64)
    for row in np.flatnonzero(rng.random(people) < 0.5):
        free[row, : rng.integers(1, WEEKS)] = rng.choice([0, 200_000, 500_000])
    done = rng.integers(0, 12, people)
    return People(
        ids=tuple(f"p{n:06}" for n in range(people)),
        free=free,
        cost=rng.integers(30, 121, people) * 10.0,
        successes=rng.binomial(done, 0.7).astype(float),
        projects=done.astype(float),
        utc_offset=rng.choice(ZONES, people),
        recent_load=rng.integers(0, 101, people) / 100,
    )


def _ties(rng: np.random.Generator, people: int) -> Ties:
    first = np.repeat(np.arange(people), 8)
    near = first + rng.integers(1, 40, len(first))
    second = np.where(rng.random(len(first)) < 0.7, near % people, rng.integers(0, people, len(first)))
    low, high = np.minimum(first, second), np.maximum(first, second)
    keys = np.unique(low[low < high].astype(np.int64) * people + high[low < high])
    strength = rng.integers(1, 101, len(keys)) / 100
    return Ties((keys // people).astype(np.int32), (keys % people).astype(np.int32), strength)


def _roles(rng: np.random.Generator, seats: int) -> tuple[Role, ...]:
    roles: list[Role] = []
    left = seats
    while left:
        count = int(min(left, rng.choice([1, 1, 1, 2])))
        skills = rng.choice(SKILLS, size=int(rng.integers(3, 6)), replace=False)
        musts = int(rng.integers(1, 3))
        needs = tuple(
            Need(f"s{skill:02}", int(rng.integers(2, 4)), n < musts, float(rng.integers(1, 4)))
            for n, skill in enumerate(skills)
        )
        start = int(rng.integers(0, 6))
        fte = int(rng.choice([0.2, 0.5, 0.5, 1.0]) * SHARE_SCALE)
        roles.append(Role(f"r{len(roles):02}", needs, start, int(rng.integers(start + 6, WEEKS + 1)), count, fte))
        left -= count
    return tuple(roles)
