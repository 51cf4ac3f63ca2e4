"""Small `muster-portfolio/1` documents for property tests: few people whom several projects want."""

from typing import Any

from hypothesis import strategies as st

from tests.staffing.documents import SKILLS, WEEKS, people


@st.composite
def easy_roles(draw: st.DrawFn, name: str, seats: int) -> dict[str, Any]:
    """Most people can take them, and few have time for two."""
    start = draw(st.integers(0, 1))
    skills = draw(st.just([]) | st.lists(st.sampled_from(SKILLS), max_size=2, unique=True))
    return {
        "id": name,
        "seats": seats,
        "fte": draw(st.sampled_from([0.3, 0.5, 0.5, 1.0])),
        "from": start,
        "to": draw(st.integers(start + 1, WEEKS)),
        "needs": [{"skill": skill, "level": 2, "must": draw(st.booleans()), "weight": 1} for skill in skills],
    }


@st.composite
def projects(draw: st.DrawFn, name: str, ids: list[str]) -> dict[str, Any]:
    seats = draw(st.sampled_from([[1], [2], [1, 1]]))
    names = [f"r{n}" for n in range(len(seats))]
    pairs = [[a, b] for n, a in enumerate(ids) for b in ids[n + 1 :]]
    never = st.lists(st.sampled_from(pairs), max_size=1) if pairs else st.just([])
    locks = st.lists(st.tuples(st.sampled_from(names), st.sampled_from(ids)).map(list), max_size=1)
    wishes = st.fixed_dictionaries({"skill": st.sampled_from(SKILLS), "level": st.integers(1, 2), "people": st.just(1)})
    weight = st.sampled_from([0, 10, 45])
    return {
        "id": name,
        "priority": draw(st.sampled_from([1, 1, 2, 0.7])),
        "roles": [draw(easy_roles(own, count)) for own, count in zip(names, seats, strict=True)],
        "weights": {name: draw(weight) for name in ("cohesion", "growth", "thrift")} | {"fit": 45},
        "rules": {
            "locks": draw(locks),
            "exclude": draw(st.just([]) | st.lists(st.sampled_from(ids), max_size=1)),
            "never_together": draw(never),
            "max_seats_per_person": draw(st.sampled_from([1, 1, 2])),
            "max_people": draw(st.sampled_from([None, None, 1])),
            "budget": draw(st.sampled_from([None, None, 900, 1750.5])),
            "team_skills": draw(st.just([]) | st.lists(wishes, max_size=1)),
            "stretch": draw(st.booleans()),
            "allow_gaps": True,
        },
    }


@st.composite
def portfolios(draw: st.DrawFn) -> dict[str, Any]:
    ids = [f"p{n}" for n in range(draw(st.integers(1, 4)))]
    pairs = [[a, b] for n, a in enumerate(ids) for b in ids[n + 1 :]]
    tied = draw(st.lists(st.sampled_from(pairs), max_size=3, unique_by=tuple)) if pairs else []
    free = st.just(1.0) | st.sampled_from([0.5, 0.8, [1, 1, 0.5, 0]])
    return {
        "format": "muster-portfolio/1",
        "weeks": WEEKS,
        "people": [draw(people(name)) | {"free": draw(free)} for name in ids],
        "ties": [[*pair, draw(st.sampled_from([0.2, 0.5, 1]))] for pair in tied],
        "communication": draw(st.just([]) | st.just([["r0", "r0", 2]])),
        "cost_range": [300, 1200],
        "track_prior": {"mean": 0.7, "strength": 4},
        "projects": [draw(projects(f"j{n}", ids)) for n in range(draw(st.sampled_from([3, 2, 1])))],
    }
