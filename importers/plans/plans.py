"""The plan of an import: every change it would make, with before, after and the cell it comes from.

Preview and apply use the same plan. Its digest covers the file and every change, so that a plan confirmed by a person
is only applied while the world is still the one they saw.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from importers.records import Allocation, Goal, PastProject, Person, Problem, Question, Rating, SheetReading
from importers.wire import to_wire


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    """Edited in Muster since the last import, and the file says something else: nothing is written until decided."""
    AMBIGUOUS = "ambiguous"
    """Waits for the answer to a question, so nothing is written."""
    SKIPPED = "skipped"
    """Left out: an open scale, a later rating on the same file or in Muster, or a person who is ambiguous."""

    @property
    def writes(self) -> bool:
        return self is Action.CREATE or self is Action.UPDATE


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One profile field; `action` is update or conflict."""

    field: str
    before: str | float | None
    after: str | float | None
    action: Action
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """`existing_id` is the practitioner the file's person is; `action` is update when a field or any record changes."""

    person: Person
    existing_id: int | None
    action: Action
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSkill:
    """A skill the file names; created under the name the file writes first. `alias` is a name of the file that becomes
    another way to write it, and `action` is then update."""

    name: str
    category: str | None
    action: Action
    sheet: str
    cell: str
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedProject:
    """Outcome, score and technologies come from past projects; `past` when only past projects name it."""

    name: str
    client: str | None
    existing_id: int | None
    action: Action
    past: bool
    domain: str | None
    outcome: str | None
    score: float | None
    technologies: tuple[str, ...]
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class PlannedRating:
    """`skill` is the catalogue's name, or that of the skill to be created. `before` and `after` are levels."""

    rating: Rating
    skill: str
    action: Action
    before: int | None
    after: int | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedGoal:
    goal: Goal
    skill: str
    action: Action
    before: int | None
    after: int | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedStint:
    """An allocation or a part in a past project; `before` holds the fields that would change."""

    record: Allocation | PastProject
    existing_id: int | None
    action: Action
    before: tuple[tuple[str, Any], ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MissingPerson:
    """Somebody whom the last applied import of the file's shape named and this file does not. `id`: the
    practitioner's."""

    id: int
    name: str


@dataclass(frozen=True)
class Plan:
    """`missing` people are left alone."""

    file: str
    sha256: str
    summary: str
    sheets: tuple[SheetReading, ...]
    people: tuple[PlannedPerson, ...]
    skills: tuple[PlannedSkill, ...]
    projects: tuple[PlannedProject, ...]
    ratings: tuple[PlannedRating, ...]
    goals: tuple[PlannedGoal, ...]
    history: tuple[PlannedStint, ...]
    allocations: tuple[PlannedStint, ...]
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]
    missing: tuple[MissingPerson, ...] = ()
    remembered: bool = False

    @property
    def open_questions(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.answer is None)

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, over the file's own digest and every change in canonical form."""
        digest = hashlib.sha256(self.sha256.encode())
        for p in self.ratings:
            place = (p.rating.person, p.skill, p.action, p.before, p.after, p.rating.on, p.rating.sheet, p.rating.cell)
            digest.update("\x1f".join(map(str, place)).encode())
        others = (self.people, self.skills, self.projects, self.goals, self.history, self.allocations)
        digest.update(json.dumps(to_wire(others), ensure_ascii=False, sort_keys=True).encode())
        return digest.hexdigest()

    @property
    def changes(self) -> int:
        """How many records applying the plan would write."""
        kinds = (self.people, self.skills, self.projects, self.ratings, self.goals, self.history, self.allocations)
        return sum(planned.action.writes for kind in kinds for planned in kind)

    def counts(self) -> dict[str, int]:
        """create, update, unchanged count people; skipped counts ratings that are not written and not unchanged."""
        people = Counter(planned.action for planned in self.people)
        ratings = Counter(planned.action for planned in self.ratings)
        return {
            "people": len(self.people),
            "skills": len(self.skills),
            "ratings": len(self.ratings),
            "create": people[Action.CREATE],
            "update": people[Action.UPDATE],
            "unchanged": people[Action.UNCHANGED],
            "skipped": ratings[Action.SKIPPED] + ratings[Action.CONFLICT] + ratings[Action.AMBIGUOUS],
            "problems": len(self.problems),
            "ratings_create": ratings[Action.CREATE],
            "ratings_update": ratings[Action.UPDATE],
            "ratings_unchanged": ratings[Action.UNCHANGED],
            "conflicts": ratings[Action.CONFLICT],
            "goals": len(self.goals),
            "history": len(self.history),
            "allocations": len(self.allocations),
            "questions_open": len(self.open_questions),
        }

    def to_json(self, *, batch: int | str | None = None) -> dict[str, Any]:
        """`muster-import/1`, with the action of every record added to it."""
        return {
            "format": "muster-import/1",
            "file": self.file,
            "sha256": self.sha256,
            "batch": batch,
            "digest": self.digest,
            "summary": self.summary,
            "sheets": to_wire(self.sheets),
            "people": [
                {**_named(p.person), "id": p.existing_id, "action": p.action.value, "changes": to_wire(p.changes)}
                for p in self.people
            ],
            "skills": to_wire(self.skills),
            "projects": to_wire(self.projects),
            "ratings": [
                {**_named(p.rating), **_change(p.action, p.before), "planned_skill": p.skill, "reason": p.reason}
                for p in self.ratings
            ],
            "goals": [{**_named(p.goal), **_change(p.action, p.before)} for p in self.goals],
            "history": [{**_named(p.record), **_change(p.action, dict(p.before))} for p in self.history],
            "allocations": [{**_named(p.record), **_change(p.action, dict(p.before))} for p in self.allocations],
            "questions": to_wire(self.questions),
            "problems": to_wire(self.problems),
            "missing": to_wire(self.missing),
            "remembered": self.remembered,
            "counts": self.counts(),
        }


RENAMED = {"start": "from", "end": "to"}


def _named(record: Any) -> dict[str, Any]:
    return {RENAMED.get(name, name): value for name, value in to_wire(record).items()}


def _change(action: Action, before: Any) -> dict[str, Any]:
    return {"action": action.value, "before": to_wire(before)}
