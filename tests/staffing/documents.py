"""Small `muster-problem/1` documents for property tests, every rule in play and nothing left to its default."""

import copy
from typing import Any

from hypothesis import strategies as st

SKILLS = ("go", "sql", "gdpr", "ml")
WEEKS = 4

shares = st.sampled_from([0, 0.2, 0.3, 0.5, 0.7, 1.0])
levels = st.integers(0, 5)
ratings = levels | st.tuples(levels, st.sampled_from([0.5, 0.8, 0.333])).map(list)


@st.composite
def people(draw: st.DrawFn, name: str) -> dict[str, Any]:
    projects = draw(st.integers(0, 5))
    return {
        "id": name,
        "skills": draw(st.dictionaries(st.sampled_from(SKILLS), ratings)),
        "goals": draw(st.dictionaries(st.sampled_from(SKILLS), levels, max_size=2)),
        "free": draw(st.just(1.0) | shares | st.lists(shares, min_size=WEEKS, max_size=WEEKS)),
        "cost": draw(st.sampled_from([300, 512.35, 700, 1250])),
        "track": {"successes": draw(st.integers(0, projects)), "projects": projects},
        "utc_offset": draw(st.sampled_from([-8, 0, 0, 1, 5.5, 12])),
        "recent_load": draw(st.sampled_from([0, 0.25, 0.7, 1])),
    }


@st.composite
def roles(draw: st.DrawFn, name: str, seats: int) -> dict[str, Any]:
    start = draw(st.integers(0, WEEKS - 1))
    needs = [
        {
            "skill": skill,
            "level": draw(st.integers(1, 4)),
            "must": draw(st.booleans()),
            "weight": draw(st.sampled_from([0, 1, 2, 0.7])),
        }
        for skill in draw(st.lists(st.sampled_from(SKILLS), max_size=3, unique=True))
    ]
    fte = draw(st.sampled_from([0.2, 0.3, 0.5, 1.0]))
    return {
        "id": name,
        "seats": seats,
        "fte": fte,
        "from": start,
        "to": draw(st.integers(start + 1, WEEKS)),
        "needs": needs,
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    ids = [f"p{n}" for n in range(draw(st.integers(1, 6)))]
    seats = draw(st.sampled_from([[1], [2], [1, 1], [2, 1], [3], [1, 1, 1], [1, 2, 1], [2, 2]]))
    names = [f"r{n}" for n in range(len(seats))]
    pairs = [[a, b] for n, a in enumerate(ids) for b in ids[n + 1 :]]
    some_pairs = st.lists(st.sampled_from(pairs), max_size=2, unique_by=tuple) if pairs else st.just([])
    tied = draw(st.lists(st.sampled_from(pairs), max_size=6, unique_by=tuple)) if pairs else []
    talking = [[a, b] for n, a in enumerate(names) for b in names[n:]]
    talks = draw(st.lists(st.sampled_from(talking), max_size=3, unique_by=tuple))
    weight = st.sampled_from([0, 5, 10, 45])
    return {
        "format": "muster-problem/1",
        "weeks": WEEKS,
        "people": [draw(people(name)) for name in ids],
        "ties": [[*pair, draw(st.sampled_from([0.2, 0.5, 1]))] for pair in tied],
        "roles": [draw(roles(name, count)) for name, count in zip(names, seats, strict=True)],
        "communication": [[*pair, draw(st.sampled_from([0, 2, 3.5]))] for pair in talks],
        "weights": {name: draw(weight) for name in ("cohesion", "growth", "track", "thrift", "spread")} | {"fit": 45},
        "cost_range": [300, 1200],
        "track_prior": {"mean": 0.7, "strength": draw(st.sampled_from([0, 4]))},
        "rules": {
            "locks": draw(
                st.lists(st.tuples(st.sampled_from(names), st.sampled_from(ids)).map(list), max_size=1) | st.just([])
            ),
            "exclude": draw(st.lists(st.sampled_from(ids), max_size=1) | st.just([])),
            "never_together": draw(some_pairs),
            "max_seats_per_person": draw(st.integers(1, 3)),
            "max_people": draw(st.none() | st.integers(1, 3)),
            "budget": draw(st.none() | st.sampled_from([900, 1750.5, 4000])),
            "team_skills": draw(
                st.lists(
                    st.fixed_dictionaries(
                        {"skill": st.sampled_from(SKILLS), "level": st.integers(1, 4), "people": st.integers(1, 2)}
                    ),
                    max_size=1,
                )
            ),
            "stretch": draw(st.booleans()),
            "allow_gaps": draw(st.booleans()),
        },
        "teams": draw(st.integers(1, 4)),
        "min_difference": draw(st.integers(0, 2)),
    }


def changed(document: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    """A copy with another value at the path."""
    copied = copy.deepcopy(document)
    place: Any = copied
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copied
