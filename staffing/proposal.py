"""What an answer consists of: numbers and codes, never sentences. Whoever shows them finds the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from staffing.certificate import Certificate
from staffing.infeasible import Infeasibility
from staffing.terms import FULL_UNITS, Bar, Measure, Status, Vacancy

FORMAT = "muster-solution/1"
UNITS_PER_POINT = FULL_UNITS // 100


@dataclass(frozen=True)
class NeedPoints:
    """What one need of the role brings on one seat, in points out of 100."""

    skill: str
    needed: int
    must: bool
    level: int
    confidence: float
    """In the person's rating; 1 where there is none."""
    target: int | None
    """The level the person wants to reach, where the skill is a goal."""
    fit: float
    growth: float


@dataclass(frozen=True)
class Assignment:
    """One seat of a team; everything after `seat` is empty where nobody sits there."""

    role: str
    seat: int
    """From 1 within the role."""
    person: str | None
    mentor: str | None
    """Who teaches the person the one must-have that they are a level short of."""
    stretch: str | None
    """That skill."""
    units: int
    """Rounded units of the seat on its own."""
    measures: Mapping[Measure, float]
    """The seat's measures, in [0, 1]."""
    points: Mapping[Measure, float]
    """The seat's contribution by measure, in points out of 100, before rounding."""
    needs: tuple[NeedPoints, ...]
    vacancy: Vacancy | None = None
    """Why nobody sits here."""

    def to_json(self) -> dict[str, Any]:
        seated = {"role": self.role, "seat": self.seat, "person": self.person, "mentor": self.mentor}
        return seated if self.vacancy is None else {**seated, "vacancy": self.vacancy.value}


@dataclass(frozen=True)
class PairPoints:
    """What two filled seats bring by who sits there."""

    seats: tuple[int, int]
    """Positions among the team's assignments."""
    units: int
    tie: float
    overlap: float
    """Shared working time by UTC offset, in [0, 1]."""
    communication: float


@dataclass(frozen=True)
class Team:
    """A complete team, or with `allow_gaps` the best partial one."""

    assignments: tuple[Assignment, ...]
    """In seat order."""
    pairs: tuple[PairPoints, ...]
    units: int
    """Exactly the sum of the units of assignments and pairs, and of `common`."""
    common: int
    """Units that every team of the problem has."""
    measures: Mapping[Measure, float]
    """Means over seats, and the cohesion of the team."""
    bound: int
    """No team in this place of the list is worth more."""
    proven: bool

    @property
    def people(self) -> tuple[str | None, ...]:
        return tuple(assignment.person for assignment in self.assignments)

    @property
    def score(self) -> float:
        """Points out of 100."""
        return self.units / UNITS_PER_POINT

    def to_json(self) -> dict[str, Any]:
        return {
            "assignments": [assignment.to_json() for assignment in self.assignments],
            "units": self.units,
            "score": self.score,
            "measures": {measure.value: round(value, 6) for measure, value in self.measures.items()},
            "bound": self.bound,
            "proven": self.proven,
        }


@dataclass(frozen=True)
class Considered:
    """How the field narrowed."""

    people: int
    eligible: Mapping[str, int]
    """By role: how many may take a seat of it."""
    excluded: Mapping[Bar, int]
    """People without any seat open to them, by what stands in the way."""

    def to_json(self) -> dict[str, Any]:
        excluded = {bar.value: count for bar, count in self.excluded.items()}
        return {"people": self.people, "eligible": dict(self.eligible), "excluded": excluded}


@dataclass(frozen=True)
class Spent:
    """The work that an answer took."""

    nodes: int
    sweeps: int
    interrupted: bool

    def to_json(self) -> dict[str, Any]:
        work: dict[str, Any] = {"nodes": self.nodes, "sweeps": self.sweeps}
        return {**work, "interrupted": True} if self.interrupted else work


@dataclass(frozen=True)
class Result:
    """The answer to a problem."""

    status: Status
    teams: tuple[Team, ...]
    """The best, then the best of those that differ enough from all before, and so on."""
    considered: Considered
    work: Spent
    infeasible: Infeasibility | None = None
    """Why there is no team, and what it would take; only with that status."""
    certificate: Certificate | None = field(default=None, compare=False, repr=False)
    """What `check` needs to see for itself that the answer is right; only where it was asked for."""

    def to_json(self) -> dict[str, Any]:
        """The answer as `muster-solution/1`; the same problem gives the same document on any machine."""
        return {
            "format": FORMAT,
            "status": self.status.value,
            "teams": [team.to_json() for team in self.teams],
            "considered": self.considered.to_json(),
            "infeasible": None if self.infeasible is None else self.infeasible.to_json(),
            "work": self.work.to_json(),
        }
