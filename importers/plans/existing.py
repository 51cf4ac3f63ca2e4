"""What the directory holds already, as plain values that a query fills before `plan` compares a reading with it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ExistingPerson:
    """`edited_fields` names profile fields (title, unit, ...) that somebody changed in Muster since the last import."""

    id: int
    name: str
    emails: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    title: str | None = None
    unit: str | None = None
    office: str | None = None
    time_zone: str | None = None
    working_share: float | None = None
    cost_band: str | None = None
    edited_fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ExistingRating:
    """`skill` is the catalogue's name. `edited_since_import`: set or changed in Muster after the last import, or never
    imported; an import then may not overwrite it."""

    person: int
    skill: str
    level: int
    source: str
    edited_since_import: bool
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ExistingGoal:
    """`edited_since_import`: the target is not what an import wrote."""

    person: int
    skill: str
    target: int | None = None
    edited_since_import: bool = False


@dataclass(frozen=True, slots=True)
class ExistingProject:
    id: int
    name: str
    client: str | None = None


@dataclass(frozen=True, slots=True)
class ExistingStint:
    """An allocation or a person's part in a past project. `share` is 0..1."""

    id: int
    person: int
    project: str
    role: str | None = None
    share: float | None = None
    start: date | None = None
    end: date | None = None
    status: str | None = None
    edited_since_import: bool = False


@dataclass(frozen=True)
class Existing:
    """A snapshot. Empty for a new directory.

    What somebody took out in Muster and an import would bring back: `withdrawn_ratings` and `withdrawn_goals` by person
    and skill, `withdrawn_stints` by person, the project's normal form, and the role ("" for none).
    """

    people: tuple[ExistingPerson, ...] = ()
    skills: tuple[str, ...] = ()
    ratings: tuple[ExistingRating, ...] = ()
    goals: tuple[ExistingGoal, ...] = ()
    projects: tuple[ExistingProject, ...] = ()
    allocations: tuple[ExistingStint, ...] = ()
    history: tuple[ExistingStint, ...] = ()
    withdrawn_ratings: frozenset[tuple[int, str]] = frozenset()
    withdrawn_goals: frozenset[tuple[int, str]] = frozenset()
    withdrawn_stints: frozenset[tuple[int, str, str]] = frozenset()
