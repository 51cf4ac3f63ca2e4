"""Small random `muster-problem/1` documents with every rule in play; the same seed gives the same document."""

import random
from typing import Any

Document = dict[str, Any]

SKILLS = ("api", "bi", "cloud", "data", "ethics")
WEEKS = 5
SHAPES = ((1,), (2,), (3,), (1, 1), (2, 1), (1, 2), (1, 1, 1), (2, 2), (1, 2, 1), (1, 1, 1, 1), (3, 1), (1, 1, 2))
SHARES = (0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 1, 1.0)


def document(seed: int) -> Document:
    rng = random.Random(seed)
    shape = rng.choice(SHAPES)
    people = [_person(rng, f"p{n}") for n in range(min(rng.randint(2, 9), 9 if sum(shape) < 4 else 7))]
    for n in range(1, len(people)):
        if rng.random() < 0.2:
            people[n] = {**people[rng.randrange(n)], "id": people[n]["id"]}
    rng.shuffle(people)
    ids = sorted(person["id"] for person in people)
    roles = [_role(rng, name, seats) for name, seats in zip(rng.sample("abcdefg", len(shape)), shape, strict=True)]
    names = [role["id"] for role in roles]
    made = {
        "format": "muster-problem/1",
        "weeks": WEEKS,
        "people": people,
        "ties": [[*_either_way(rng, pair), rng.choice([0.05, 0.3, 0.777, 1])] for pair in _pairs(rng, ids, 0.4)],
        "roles": roles,
        "communication": [
            [*_either_way(rng, pair), rng.choice([0, 0.5, 2, 7])]
            for pair in [*_pairs(rng, names, 0.3), *((name, name) for name in names if rng.random() < 0.15)]
        ],
        "weights": _weights(rng),
        "cost_range": rng.choice([[300, 1200], [0, 1], [450.5, 900]]),
        "track_prior": {"mean": rng.choice([0, 0.35, 0.7, 1]), "strength": rng.choice([0, 1.5, 4])},
        "rules": _rules(rng, ids, roles),
        "teams": rng.randint(1, 4),
        "min_difference": rng.randint(0, 3),
    }
    kept = ("format", "weeks", "people", "roles", "weights")
    return {key: value for key, value in made.items() if key in kept or rng.random() < 0.93}


def _person(rng: random.Random, name: str) -> Document:
    projects = rng.randint(0, 6)
    return _some(
        rng,
        {
            "id": name,
            "skills": {skill: _rating(rng) for skill in SKILLS if rng.random() < 0.85},
            "goals": {skill: rng.randint(0, 5) for skill in SKILLS if rng.random() < 0.35},
            "free": [rng.choice(SHARES[2:]) for _ in range(WEEKS)]
            if rng.random() < 0.3
            else rng.choice((0.4, 0.75, 1, 1, 1.0)),
            "cost": rng.choice([250, 480.25, 700, 1010.1, 1300]),
            "track": {"successes": round(rng.random() * projects, 2), "projects": projects},
            "utc_offset": rng.choice([-10, -5, 0, 0, 1, 1, 5.75, 13]),
            "recent_load": rng.choice([0, 0.125, 0.4, 0.99, 1]),
        },
        "id",
        "skills",
    )


def _rating(rng: random.Random) -> int | list[Any]:
    level = rng.choice([0, 1, 2, 3, 3, 3, 4, 5])
    return [level, rng.choice([1, 0.9, 0.62, 0.333])] if rng.random() < 0.6 else level


def _role(rng: random.Random, name: str, seats: int) -> Document:
    start = rng.choice([0, 0, 1, 3])
    needs = [
        _some(
            rng,
            {
                "skill": skill,
                "level": rng.choice([1, 1, 2, 2, 3, 4]),
                "must": rng.random() < 0.4,
                "weight": rng.choice([0, 0.3, 1, 2, 5]),
            },
            *("skill", "level"),
        )
        for skill in rng.sample(SKILLS, rng.choice([0, 1, 1, 2, 3]))
    ]
    role = {"id": name, "fte": rng.choice(SHARES[1:7]), "from": start, "to": rng.randint(start + 1, WEEKS)}
    return {**_some(rng, role, "id"), "seats": seats, "needs": needs}


def _some(rng: random.Random, values: Document, *kept: str) -> Document:
    """The values, now and then without one that has a default."""
    return {key: value for key, value in values.items() if key in kept or rng.random() < 0.95}


def _pairs(rng: random.Random, names: list[str], chance: float) -> list[tuple[str, str]]:
    pairs = [(a, b) for n, a in enumerate(names) for b in names[n + 1 :]]
    return [pair for pair in pairs if rng.random() < chance]


def _either_way(rng: random.Random, pair: tuple[str, str]) -> tuple[str, ...]:
    return pair if rng.random() < 0.5 else pair[::-1]


def _weights(rng: random.Random) -> Document:
    if rng.random() < 0.4:
        return {"fit": 45, "cohesion": 20, "growth": 10, "track": 10, "thrift": 10, "spread": 5}
    weights = {name: rng.choice([0, 1, 7, 20, 33.3]) for name in ("fit", "growth", "track", "thrift", "spread")}
    return {**weights, "cohesion": rng.choice([0, 20, 50, 100, 0.5]), "fit": weights["fit"] or 1}


def _rules(rng: random.Random, ids: list[str], roles: list[Document]) -> Document:
    names = [role["id"] for role in roles]
    apart = [list(pair) for pair in _pairs(rng, ids, rng.choice([0, 0, 0.05, 0.15]))]
    made = {
        "locks": [[rng.choice(names), rng.choice(ids)] for _ in range(_few(rng))],
        "exclude": [rng.choice(ids) for _ in range(_few(rng))],
        "never_together": apart,
        "max_seats_per_person": rng.choice([1, 1, 2, 3]),
        "max_people": rng.choice([None, None, None, 2, 3, 4]),
        "budget": rng.choice([None, None, None, 1200, 2750.5, 5000]),
        "team_skills": [
            {"skill": rng.choice(SKILLS), "level": rng.randint(1, 4), "people": rng.choice([0, 1, 1, 2])}
            for _ in range(_few(rng))
        ],
        "stretch": rng.random() < 0.5,
        "allow_gaps": rng.random() < 0.4,
    }
    return _some(rng, made)


def _few(rng: random.Random) -> int:
    return rng.choice([0, 0, 0, 0, 0, 1, 1, 2])
