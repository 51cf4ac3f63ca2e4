"""The tables of projects in an export. The importer takes people's allocations and past projects back; what a project
needs is told beside them, for people to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from importers.exports.writing import Level, Table

TOLD_ONLY = {
    "Projects": (
        *("Project", "Client", "Domain", "Project state", "From", "To", "Priority", "Budget", "Project score"),
        "Description",
    ),
    "Phases": ("Project", "Phase", "From", "To"),
    "Sub-teams": ("Project", "Sub-team", "Focus"),
    "Roles": (
        *("Project", "Role", "Function", "Headcount", "Share", "From", "To", "Phase", "Sub-team"),
        "Responsibilities",
    ),
    "Skill needs": ("Project", "Role", "Skill", "Lowest level", "Must-have", "Weight"),
    "Communication": ("Project", "Role", "Other role", "Amount"),
    "Seats": ("Project", "Role", "Seat", "Person", "Employee number", "Status", "Share", "From", "To"),
    "Outcome measures": ("Project", "Measure", "Kind", "Measured in", "Expected", "Actual", "Higher is better"),
}
"""Name -> headings of each table that an import takes nothing from."""


@dataclass(frozen=True, slots=True)
class ExportedPhase:
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class ExportedNeed:
    skill: str
    level: int
    must: bool
    weight: float


@dataclass(frozen=True, slots=True)
class ExportedSeat:
    """Who is, or was, on a seat; nobody on an open one."""

    number: int | None
    person: str | None = None
    external_id: str | None = None
    state: str = "open"
    share: float | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class ExportedRole:
    """`share` is 0..1 of full time a seat."""

    name: str
    function: str | None
    headcount: int
    share: float
    starts_on: date | None
    ends_on: date | None
    phase: str | None
    subteam: str | None
    responsibilities: str | None
    needs: tuple[ExportedNeed, ...] = ()
    seats: tuple[ExportedSeat, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedMeasure:
    name: str
    kind: str
    unit: str | None
    expected: float | None
    actual: float | None
    higher_is_better: bool


@dataclass(frozen=True, slots=True)
class ExportedProject:
    """`score` is how the finished project went, 0..1; `communication` holds pairs of roles with how much they talk."""

    name: str
    client: str | None
    domain: str | None
    state: str
    starts_on: date | None
    ends_on: date | None
    priority: int
    budget: float | None
    score: float | None
    description: str | None
    phases: tuple[ExportedPhase, ...] = ()
    subteams: tuple[tuple[str, str | None], ...] = ()
    roles: tuple[ExportedRole, ...] = ()
    communication: tuple[tuple[str, str, float], ...] = ()
    measures: tuple[ExportedMeasure, ...] = ()


def project_tables(projects: Sequence[ExportedProject]) -> list[Table]:
    """One table a kind of thing that describes a project. Empty ones are left out, the one of the projects never."""
    roles = [(project.name, role) for project in projects for role in project.roles]
    rows = {
        "Projects": [
            (p.name, p.client, p.domain, p.state, p.starts_on, p.ends_on, p.priority, p.budget, p.score, p.description)
            for p in projects
        ],
        "Phases": [(p.name, phase.name, phase.starts_on, phase.ends_on) for p in projects for phase in p.phases],
        "Sub-teams": [(p.name, *subteam) for p in projects for subteam in p.subteams],
        "Roles": [
            (
                *(project, role.name, role.function, role.headcount, role.share, role.starts_on, role.ends_on),
                *(role.phase, role.subteam, role.responsibilities),
            )
            for project, role in roles
        ],
        "Skill needs": [
            (project, role.name, need.skill, Level(need.level), "yes" if need.must else "no", need.weight)
            for project, role in roles
            for need in role.needs
        ],
        "Communication": [(p.name, *pair) for p in projects for pair in p.communication],
        "Seats": [
            (
                *(project, role.name, seat.number, seat.person, seat.external_id, seat.state, seat.share),
                *(seat.starts_on, seat.ends_on),
            )
            for project, role in roles
            for seat in role.seats
        ],
        "Outcome measures": [
            (p.name, m.name, m.kind, m.unit, m.expected, m.actual, "yes" if m.higher_is_better else "no")
            for p in projects
            for m in p.measures
        ],
    }
    return [
        Table(name, headings, rows[name])  # type: ignore[arg-type]  # rows of different kinds in one dict
        for name, headings in TOLD_ONLY.items()
        if rows[name] or name == "Projects"
    ]
