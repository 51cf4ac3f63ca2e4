"""A staffing problem as columns: one array per attribute, one entry per person.

Whoever has the people (a database query, the JSON reader) fills the columns, and only for skills that the roles or the
team skills name. People stand in ascending order of id, so that comparing positions compares ids.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.terms import DEFAULT_WEIGHTS, SHARE_SCALE, Bar, Measure

FORMAT = "muster-problem/1"
_EXACT = 2**50
"""Largest scale whose shares floating point can hold."""


@dataclass(frozen=True, eq=False)
class People:
    """Columns over n people."""

    ids: tuple[str, ...]
    """Strictly ascending."""
    free: NDArray[np.int64]
    """(n, weeks), or (n, 1) when nobody's share changes: free share per week in parts of `Problem.share_scale`."""
    cost: NDArray[np.float64]
    """(n,) cost of one full-time week, in the organisation's currency."""
    successes: NDArray[np.float64]
    """(n,) successes among `projects`; may be fractional."""
    projects: NDArray[np.float64]
    """(n,) finished projects with a known outcome."""
    utc_offset: NDArray[np.float64]
    """(n,) hours ahead of UTC."""
    recent_load: NDArray[np.float64]
    """(n,) in [0, 1]: how much somebody was drawn on lately."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Ratings:
    """Who has a level above 0 in one skill; somebody not listed has level 0."""

    people: NDArray[np.int32]
    """(m,) positions in `People`, strictly ascending."""
    level: NDArray[np.int8]
    """(m,) 1..5."""
    confidence: NDArray[np.float64]
    """(m,) in (0, 1]; see `staffing.evidence`."""


@dataclass(frozen=True, eq=False)
class Goals:
    """Who wants to reach which level in one skill."""

    people: NDArray[np.int32]
    """(m,) positions in `People`, strictly ascending."""
    target: NDArray[np.int8]
    """(m,) 0..5."""


@dataclass(frozen=True, eq=False)
class Ties:
    """Pairs of people known to work together; a pair stands once, either way round."""

    first: NDArray[np.int32]
    """(m,) positions in `People`."""
    second: NDArray[np.int32]
    """(m,) positions in `People`, never equal to `first`."""
    strength: NDArray[np.float64]
    """(m,) in [0, 1]; see `staffing.ties`."""


@dataclass(frozen=True)
class Need:
    """One line of a role. `level` is 1..5; a must-have rules people out, the weight only counts in the score."""

    skill: str
    level: int
    must: bool = True
    weight: float = 1.0


@dataclass(frozen=True)
class Role:
    """`seats` openings with the same needs, share and period."""

    id: str
    needs: tuple[Need, ...]
    start: int
    """First week."""
    stop: int
    """The week after the last one."""
    seats: int = 1
    fte: int = SHARE_SCALE
    """Share of full time in parts of `Problem.share_scale`."""

    @property
    def weeks(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class TeamSkill:
    """At least `people` members of the team have `skill` at `level` (1..5) or above."""

    skill: str
    level: int
    people: int


@dataclass(frozen=True)
class Rules:
    """Hard rules beyond eligibility; people and roles are named by id."""

    locks: tuple[tuple[str, str], ...] = ()
    """(role, person): the person has a seat of that role."""
    exclude: tuple[str, ...] = ()
    never_together: tuple[tuple[str, str], ...] = ()
    max_seats_per_person: int = 1
    max_people: int | None = None
    budget: float | None = None
    """Ceiling of the sum over seats of cost x share x weeks."""
    team_skills: tuple[TeamSkill, ...] = ()
    stretch: bool = False
    """Somebody one level short in one must-have may learn it here, if that is a goal and a member can teach it."""
    allow_gaps: bool = False
    """Seats may stay empty; filling more of them comes before the score."""


@dataclass(frozen=True)
class TrackPrior:
    """The organisation's mean success rate, and how many projects it counts for against somebody's own."""

    mean: float = 0.5
    strength: float = 4.0


@dataclass(frozen=True)
class Seat:
    """Seat `number` (from 1) of the role at position `role`."""

    role: int
    number: int


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything the engine looks at. Two problems are equal when their JSON is."""

    weeks: int
    people: People
    roles: tuple[Role, ...]
    ratings: Mapping[str, Ratings] = field(default_factory=dict)
    """By skill; a skill without an entry is one that nobody has."""
    goals: Mapping[str, Goals] = field(default_factory=dict)
    ties: Ties | None = None
    communication: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """How much two roles (by id, either way round, or one role twice) talk; pairs not listed count 1."""
    weights: Mapping[Measure, float] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    cost_range: tuple[float, float] = (0.0, 1.0)
    track_prior: TrackPrior = TrackPrior()
    rules: Rules = Rules()
    teams: int = 3
    min_difference: int = 2
    share_scale: int = SHARE_SCALE
    others: Mapping[Bar, int] = field(default_factory=dict)
    """How many more were looked at and left out of `people`, as no seat is open to them, by what bars them."""

    def __post_init__(self) -> None:
        for fault in _faults(self):
            raise ValueError(fault)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and self.digest() == other.digest()

    def __hash__(self) -> int:
        return hash(self.digest())

    @cached_property
    def seats(self) -> tuple[Seat, ...]:
        """Roles in order, then seat 1..n of each: the order of every team."""
        return tuple(Seat(r, n) for r, role in enumerate(self.roles) for n in range(1, role.seats + 1))

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where a person stands in `people`, by id."""
        return {person: n for n, person in enumerate(self.people.ids)}

    @cached_property
    def role_position(self) -> Mapping[str, int]:
        return {role.id: n for n, role in enumerate(self.roles)}

    @cached_property
    def named_skills(self) -> frozenset[str]:
        """The skills that matter here; columns for any other are ignored."""
        wished = {wish.skill for wish in self.rules.team_skills}
        return frozenset(need.skill for role in self.roles for need in role.needs) | wished

    def to_json(self) -> dict[str, Any]:
        """The problem as canonical `muster-problem/1`: every default spelled out, everything unordered sorted."""
        return _Writer(self).problem()

    def digest(self) -> str:
        """SHA-256 over what the canonical JSON says, in hexadecimal: equal inputs, equal digest.

        Taken from the columns, because spelling out everybody of a large organisation takes seconds.
        """
        writer = _Writer(self)
        seen = hashlib.sha256(_spelled(writer.frame()))
        for name, column in writer.columns():
            # Adding nothing makes a negative zero, which equals zero, look like it too.
            plain = np.ascontiguousarray(column + column.dtype.type(0), column.dtype.newbyteorder("<"))
            seen.update(_spelled([name, plain.dtype.str, plain.shape]))
            seen.update(plain.data)
        return seen.hexdigest()


def _spelled(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _faults(problem: Problem) -> Iterator[str]:
    """Slips of whoever fills the columns by program; `reading` has the full check of a foreign document."""
    yield from _column_faults(problem)
    yield from _role_faults(problem)
    if sum(problem.weights.values()) <= 0 or min(problem.weights.values()) < 0:
        yield "Weights must not be negative, and one must be positive."
    if problem.cost_range[0] >= problem.cost_range[1]:
        yield "The cost range must rise."
    named = {person for _, person in problem.rules.locks} | set(problem.rules.exclude)
    unknown = named.union(*problem.rules.never_together) - problem.position.keys()
    if unknown:
        yield f"Rules name people who are not there: {', '.join(sorted(unknown))}."


def _column_faults(problem: Problem) -> Iterator[str]:
    people, count = problem.people, len(problem.people)
    if any(a >= b for a, b in zip(people.ids, people.ids[1:], strict=False)):
        yield "People must stand in strictly ascending order of id."
    if people.free.shape not in {(count, 1), (count, problem.weeks)} or people.free.dtype != np.int64:
        yield f"`free` must be int64 of shape ({count}, 1) or ({count}, {problem.weeks}), not {people.free.shape}."
    for name in ("cost", "successes", "projects", "utc_offset", "recent_load"):
        column = getattr(people, name)
        if column.shape != (count,) or not np.isfinite(column).all():
            yield f"`{name}` must hold {count} finite numbers."
    for kind, columns in (("ratings", problem.ratings), ("goals", problem.goals)):
        for skill, column in columns.items():
            if not _is_index(column.people, count):
                yield f"{kind} of {skill!r}: people must be ascending positions below {count}."


def _role_faults(problem: Problem) -> Iterator[str]:
    if not problem.roles or problem.weeks < 1:
        yield "A problem needs at least one role and one week."
    for role in problem.roles:
        if not 0 <= role.start < role.stop <= problem.weeks or role.seats < 1:
            yield f"Role {role.id!r} needs a seat and a period within the {problem.weeks} weeks."
    if len(problem.role_position) < len(problem.roles):
        yield "Two roles have the same id."
    if {role for role, _ in problem.rules.locks} - problem.role_position.keys():
        yield "A lock names a role that is not there."


def _is_index(column: NDArray[np.int32], count: int) -> bool:
    return not len(column) or bool(column[0] >= 0 and column[-1] < count and (np.diff(column) > 0).all())


class _Writer:
    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def problem(self) -> dict[str, Any]:
        return {**self.frame(), "people": self._people(), "ties": self._tied()}

    def frame(self) -> dict[str, Any]:
        """Everything but the people and their ties."""
        problem = self._problem
        prior = problem.track_prior
        others = {bar.value: count for bar, count in problem.others.items() if count}
        return {
            "format": FORMAT,
            "weeks": problem.weeks,
            **({"others": others} if others else {}),
            "roles": [self._role(role) for role in problem.roles],
            "communication": sorted([*sorted(pair), float(c)] for pair, c in problem.communication.items()),
            "weights": {measure.value: float(problem.weights.get(measure, 0.0)) for measure in Measure},
            "cost_range": [float(bound) for bound in problem.cost_range],
            "track_prior": {"mean": float(prior.mean), "strength": float(prior.strength)},
            "rules": self._rules(),
            "teams": problem.teams,
            "min_difference": problem.min_difference,
        }

    def columns(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """What `frame` leaves out."""
        problem, people = self._problem, self._problem.people
        yield "ids", np.frombuffer(_spelled(people.ids), np.uint8)
        yield "free", self._free()
        for name in ("cost", "successes", "projects", "utc_offset", "recent_load"):
            yield name, getattr(people, name).astype(np.float64)
        for skill in sorted(problem.named_skills):
            held, wanted = problem.ratings.get(skill), problem.goals.get(skill)
            if held is not None and (some := held.level > 0).any():
                yield f"rated {skill}", held.people[some].astype(np.int32)
                yield f"level {skill}", held.level[some].astype(np.int8)
                yield f"confidence {skill}", held.confidence[some].astype(np.float64)
            if wanted is not None and len(wanted.people):
                yield f"wanted {skill}", wanted.people.astype(np.int32)
                yield f"target {skill}", wanted.target.astype(np.int8)
        yield from zip(("first", "second", "strength"), self._ties(), strict=True)

    def _free(self) -> NDArray[np.float64]:
        """(n, weeks), or (n, 1) when nobody's share changes."""
        free, scale = self._problem.people.free, self._problem.share_scale
        if (free == free[:, :1]).all():
            free = free[:, :1]
        exact = free if scale <= _EXACT else free.astype(object)
        return np.asarray(exact / scale, np.float64)

    def _people(self) -> list[dict[str, Any]]:
        people = self._problem.people
        written: list[dict[str, Any]] = [
            {
                "id": who,
                "skills": {},
                "goals": {},
                "free": self._shares(free),
                "cost": cost,
                "track": {"successes": successes, "projects": projects},
                "utc_offset": offset,
                "recent_load": load,
            }
            for who, free, cost, successes, projects, offset, load in zip(
                people.ids,
                people.free.tolist(),
                people.cost.tolist(),
                people.successes.tolist(),
                people.projects.tolist(),
                people.utc_offset.tolist(),
                people.recent_load.tolist(),
                strict=True,
            )
        ]
        for skill in sorted(self._problem.named_skills):
            if skill in self._problem.ratings:
                held = self._problem.ratings[skill]
                for n, level, sure in zip(held.people, held.level.tolist(), held.confidence.tolist(), strict=True):
                    if level:
                        written[n]["skills"][skill] = [level, sure]
            if skill in self._problem.goals:
                wanted = self._problem.goals[skill]
                for n, target in zip(wanted.people, wanted.target.tolist(), strict=True):
                    written[n]["goals"][skill] = target
        return written

    def _shares(self, free: list[int]) -> float | list[float]:
        shares = [share / self._problem.share_scale for share in free]
        return shares[0] if min(free) == max(free) else shares

    def _ties(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
        ties = self._problem.ties
        if ties is None:
            return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0)
        low, high = np.minimum(ties.first, ties.second), np.maximum(ties.first, ties.second)
        order = np.lexsort((high, low))
        return low[order].astype(np.int32), high[order].astype(np.int32), ties.strength[order].astype(np.float64)

    def _tied(self) -> list[list[Any]]:
        ids = self._problem.people.ids
        columns = (column.tolist() for column in self._ties())
        return [[ids[a], ids[b], strength] for a, b, strength in zip(*columns, strict=True)]

    def _role(self, role: Role) -> dict[str, Any]:
        needs = [{"skill": n.skill, "level": n.level, "must": n.must, "weight": float(n.weight)} for n in role.needs]
        fte = role.fte / self._problem.share_scale
        return {"id": role.id, "seats": role.seats, "fte": fte, "from": role.start, "to": role.stop, "needs": needs}

    def _rules(self) -> dict[str, Any]:
        rules = self._problem.rules
        return {
            "locks": sorted([role, person] for role, person in set(rules.locks)),
            "exclude": sorted(set(rules.exclude)),
            "never_together": sorted(sorted(pair) for pair in {frozenset(pair) for pair in rules.never_together}),
            "max_seats_per_person": rules.max_seats_per_person,
            "max_people": rules.max_people,
            "budget": None if rules.budget is None else float(rules.budget),
            "team_skills": [{"skill": w.skill, "level": w.level, "people": w.people} for w in rules.team_skills],
            "stretch": rules.stretch,
            "allow_gaps": rules.allow_gaps,
        }
