"""A large organisation as rows: what loading a staffing problem from a database is measured on.

Skills follow Zipf's law, more of them inside somebody's family; ties stand mostly between people of one unit; half of
the people are booked. The same size gives the same rows on every database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from importers.names import normal_form

SEED = 7
TODAY = date(2027, 1, 4)
WEEKS = 26
SKILLS = 400
FAMILIES = 10
RATINGS = 30
GOALS = 3
TIES = 25
BOOKINGS = 6
ABSENCES = 5
ENGAGEMENTS = 8
PEOPLE_A_PROJECT = 40
SELECTIVE, BROAD = 1, 2
"""The ids of the projects to staff: one whose roles have two must-haves, and one whose only must-haves are the most
common skills, so that most people have them."""
ROLES = 12
NEEDS = 5
ZONES = ("Europe/Berlin", "Asia/Kolkata", "America/New_York", "Europe/London", "Asia/Singapore", "America/Sao_Paulo")
STAMP = "2026-06-01 08:00:00.000000"

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Table:
    """Rows to insert, as columns of plain values."""

    name: str
    columns: Columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        return zip(*self.columns.values(), strict=True)


def tables(people: int) -> Iterator[Table]:
    """All rows of an organisation of this size, in an order that references allow."""
    rng = np.random.default_rng([SEED, people])
    family = rng.integers(0, FAMILIES, people)
    yield from _catalogue()
    yield _practitioners(rng, people)
    yield from _projects(rng, max(2, people * ENGAGEMENTS // PEOPLE_A_PROJECT))
    yield _ratings(rng, family)
    yield _goals(rng, people)
    yield _engagements(rng, people)
    yield _ties(rng, people)
    yield _bookings(rng, people)
    yield _absences(rng, people)


def _catalogue() -> Iterator[Table]:
    bands = np.arange(12)
    yield Table("accounts", {"id": [1], "email": ["lead@example.org"], "name": ["Lead"], "role": ["manager"],
                             "active": [True], **_stamps(1)})  # fmt: skip
    yield Table(
        "cost_bands",
        {
            "id": _plain(bands + 1),
            "name": [f"Band {band}" for band in bands],
            "daily_cost": _plain(250 + 60 * bands),
        },
    )
    numbers = range(1, SKILLS + 1)
    names = [f"Skill {number:03}" for number in numbers]
    yield Table(
        "skills",
        {"id": list(numbers), "name": names, "name_key": [normal_form(name) for name in names], **_stamps(SKILLS)},
    )


def _practitioners(rng: np.random.Generator, people: int) -> Table:
    names = [f"Person {number:06}" for number in range(1, people + 1)]
    return Table(
        "practitioners",
        {
            "id": list(range(1, people + 1)),
            "name": names,
            "name_key": [normal_form(name) for name in names],
            "email": [f"p{number}@example.org" for number in range(1, people + 1)],
            "title": ["Engineer"] * people,
            "time_zone": _chosen(rng, ZONES, people, [0.3, 0.25, 0.2, 0.1, 0.1, 0.05]),
            "working_share": _chosen(rng, ["1", "0.8", "0.6"], people, [0.86, 0.09, 0.05]),
            "working_days": _chosen(rng, ["1111100", "1111000", "1110100"], people, [0.9, 0.06, 0.04]),
            "cost_band_id": _plain(rng.integers(1, 13, people)),
            "active": _plain(rng.random(people) < 0.98),
            "version": [1] * people,
            **_stamps(people),
        },
    )


def _projects(rng: np.random.Generator, count: int) -> Iterator[Table]:
    """The projects to staff first, then work that is finished or under way."""
    names = [f"Project {number:05}" for number in range(1, count + 1)]
    over = rng.random(count) < 0.8
    over[:BROAD] = False
    known = over & (rng.random(count) < 0.8)
    success = np.round(rng.beta(7, 3, count), 3)
    begins, ends = TODAY + timedelta(weeks=2), TODAY + timedelta(weeks=2 + WEEKS, days=-1)
    yield Table(
        "projects",
        {
            "id": list(range(1, count + 1)),
            "name": names,
            "name_key": [normal_form(name) for name in names],
            "state": ["finished" if done else "active" for done in over.tolist()],
            "starts_on": [*[begins.isoformat()] * BROAD, *[None] * (count - BROAD)],
            "ends_on": [*[ends.isoformat()] * BROAD, *[None] * (count - BROAD)],
            "priority": [3] * count,
            "success": [value if said else None for value, said in zip(success.tolist(), known.tolist(), strict=True)],
            "version": [1] * count,
            **_stamps(count),
        },
    )
    total = ROLES * BROAD
    roles = np.arange(total)
    yield Table(
        "roles",
        {
            "id": _plain(roles + 1),
            "project_id": _plain(roles // ROLES + 1),
            "name": [f"Role {number:02}" for number in range(1, ROLES + 1)] * BROAD,
            "position": _plain(roles),
            "headcount": [1] * total,
            "fte": _chosen(rng, ["0.2", "0.5", "1"], total, [0.2, 0.5, 0.3]),
        },
    )
    asked = np.concatenate([_asked(rng, int(role)) for role in roles])
    yield Table(
        "skill_needs",
        {
            "id": list(range(1, len(asked) + 1)),
            "role_id": _plain(np.repeat(roles + 1, NEEDS)),
            "skill_id": _plain(asked),
            "level": _plain(rng.integers(2, 4, len(asked))),
            "must": [place < (2 if role < ROLES else 1) for role in range(total) for place in range(NEEDS)],
            "weight": _plain(rng.integers(1, 4, len(asked))),
        },
    )


def _asked(rng: np.random.Generator, role: int) -> NDArray[np.int64]:
    """The skills of a role, must-haves first: all from one family, the more common ones."""
    ranks = rng.choice(12, NEEDS, replace=False)
    if role >= ROLES:
        ranks = np.sort(ranks - ranks.min())
    return ranks * FAMILIES + role % FAMILIES + 1


def _ratings(rng: np.random.Generator, family: NDArray[np.int64]) -> Table:
    """`RATINGS` different skills a person, drawn by popularity; skills of one's own family are four times as likely."""
    people = len(family)
    skill = np.arange(SKILLS)
    popularity = np.log(1.0 / (1.0 + skill // FAMILIES))
    who, which = [], []
    for block in np.array_split(np.arange(people), max(1, people // 5000)):
        own = np.where(skill % FAMILIES == family[block, None], np.log(4.0), 0.0)
        # The largest of Gumbel-perturbed weights are a draw without replacement.
        drawn = popularity + own + rng.gumbel(size=(len(block), SKILLS))
        which.append(np.sort(np.argpartition(drawn, -RATINGS, axis=1)[:, -RATINGS:], axis=1).ravel() + 1)
        who.append(np.repeat(block + 1, RATINGS))
    practitioner, skills = np.concatenate(who), np.concatenate(which)
    count = len(practitioner)
    verified = rng.random(count) < 0.2
    return Table(
        "ratings",
        {
            "id": range(1, count + 1),
            "practitioner_id": _plain(practitioner),
            "skill_id": _plain(skills),
            "level": _plain(rng.choice(6, count, p=[0.04, 0.16, 0.27, 0.27, 0.18, 0.08])),
            "source": ["import"] * count,
            "rated_on": _days(rng, count, -1500, 0, missing=0.2),
            "last_used": _days(rng, count, -1200, 0, missing=0.7),
            "verified_by_id": [1 if sure else None for sure in verified.tolist()],
            "verified_at": [STAMP if sure else None for sure in verified.tolist()],
            "version": [1] * count,
            **_stamps(count),
        },
    )


def _goals(rng: np.random.Generator, people: int) -> Table:
    ranks = rng.integers(0, SKILLS // GOALS, (people, GOALS))
    skills = ranks * GOALS + np.arange(GOALS) + 1
    count = people * GOALS
    return Table(
        "learning_goals",
        {
            "id": range(1, count + 1),
            "practitioner_id": _plain(np.repeat(np.arange(1, people + 1), GOALS)),
            "skill_id": _plain(skills.ravel()),
            "target_level": _plain(rng.integers(2, 6, count)),
            "priority": [2] * count,
            **_stamps(count),
        },
    )


def _engagements(rng: np.random.Generator, people: int) -> Table:
    projects = max(2, people * ENGAGEMENTS // PEOPLE_A_PROJECT)
    first = rng.integers(2, projects + 1, people)
    step = rng.integers(0, max(1, (projects - 1) // ENGAGEMENTS), (people, ENGAGEMENTS))
    part = (projects - 1) // ENGAGEMENTS
    project = (first[:, None] - 2 + np.arange(ENGAGEMENTS) * part + step) % (projects - 1) + 2
    who = np.repeat(np.arange(1, people + 1), ENGAGEMENTS)
    count = len(who)
    own = rng.random(count) < 0.1
    success = np.round(rng.beta(7, 3, count), 3)
    return Table(
        "engagements",
        {
            "id": range(1, count + 1),
            "practitioner_id": _plain(who),
            "project_id": _plain(project.ravel()),
            "role_name": [f"Part {number}" for number in range(ENGAGEMENTS)] * people,
            "success": [value if said else None for value, said in zip(success.tolist(), own.tolist(), strict=True)],
        },
    )


def _ties(rng: np.random.Generator, people: int) -> Table:
    """Somebody's `TIES` are counted on both ends."""
    one = np.repeat(np.arange(people), TIES * 6 // 10)
    near = one + rng.integers(1, 60, len(one))
    other = np.where(rng.random(len(one)) < 0.8, near % people, rng.integers(0, people, len(one)))
    low, high = np.minimum(one, other), np.maximum(one, other)
    pairs = np.unique(low[low < high] * people + high[low < high])
    pairs = np.sort(rng.choice(pairs, min(len(pairs), people * TIES // 2), replace=False))
    return Table(
        "ties",
        {
            "person_a_id": _plain(pairs // people + 1),
            "person_b_id": _plain(pairs % people + 1),
            "strength": _plain(rng.integers(1, 1000, len(pairs)) / 1000),
            "shared_projects": [1] * len(pairs),
        },
    )


def _bookings(rng: np.random.Generator, people: int) -> Table:
    """Some of the past, some of now and some to come."""
    count = people * BOOKINGS
    starts = rng.integers(-900, 200, count)
    return Table(
        "allocations",
        {
            "id": range(1, count + 1),
            "practitioner_id": _plain(np.repeat(np.arange(1, people + 1), BOOKINGS)),
            "project_id": _plain(rng.integers(1, max(2, people * ENGAGEMENTS // PEOPLE_A_PROJECT) + 1, count)),
            "share": _chosen(rng, ["0.2", "0.4", "0.5", "1"], count, [0.3, 0.3, 0.2, 0.2]),
            "starts_on": _from_today(starts),
            "ends_on": _from_today(starts + rng.integers(14, 180, count)),
            "state": _chosen(rng, ["confirmed", "held", "proposed", "released"], count, [0.7, 0.1, 0.1, 0.1]),
            "version": [1] * count,
            **_stamps(count),
        },
    )


def _absences(rng: np.random.Generator, people: int) -> Table:
    count = people * ABSENCES
    starts = rng.integers(-700, 250, count)
    return Table(
        "absences",
        {
            "id": range(1, count + 1),
            "practitioner_id": _plain(np.repeat(np.arange(1, people + 1), ABSENCES)),
            "starts_on": _from_today(starts),
            "ends_on": _from_today(starts + rng.integers(0, 15, count)),
            "share": ["1"] * count,
        },
    )


def _plain(values: NDArray[Any]) -> list[Any]:
    plain: list[Any] = values.tolist()
    return plain


def _chosen(rng: np.random.Generator, values: Sequence[str], count: int, chances: Sequence[float]) -> list[str]:
    return [values[place] for place in rng.choice(len(values), count, p=chances).tolist()]


def _from_today(days: NDArray[np.int64]) -> list[str]:
    return _plain((np.datetime64(TODAY) + days).astype(str))


def _days(rng: np.random.Generator, count: int, first: int, last: int, *, missing: float) -> list[str | None]:
    days: list[str | None] = list(_from_today(rng.integers(first, last, count)))
    for place in np.flatnonzero(rng.random(count) < missing).tolist():
        days[place] = None
    return days


def _stamps(count: int) -> Columns:
    return {"created_at": [STAMP] * count, "updated_at": [STAMP] * count}
