"""Which values of an audit entry a viewer may see: the same fields as on the pages of what the entry is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.queries.sight.visibility import Viewer, hidden_fields, seen_by
from models import Absence, AuditEntry, LearningGoal, PersonalField, Practitioner, Rating

NOT_SHOWN = "not shown"
PEOPLE = frozenset({"person", "practitioner"})
OWNED: Mapping[str, tuple[Any, PersonalField]] = {
    "rating": (Rating, PersonalField.RATINGS),
    "learning_goal": (LearningGoal, PersonalField.GOALS),
    "absence": (Absence, PersonalField.AVAILABILITY),
}
"""Rows of one person: their table, and the part of the record that they are as a whole."""
FIELDS: Mapping[str, PersonalField] = {
    "email": PersonalField.CONTACT,
    "external_id": PersonalField.CONTACT,
    "phone": PersonalField.CONTACT,
    "cost_band": PersonalField.COST,
    "cost_band_id": PersonalField.COST,
    "cost": PersonalField.COST,
    "rate": PersonalField.COST,
    "ratings": PersonalField.RATINGS,
    "level": PersonalField.RATINGS,
    "goals": PersonalField.GOALS,
    "learning_goals": PersonalField.GOALS,
    "working_share": PersonalField.AVAILABILITY,
    "working_days": PersonalField.AVAILABILITY,
    "absences": PersonalField.AVAILABILITY,
    "reason": PersonalField.ABSENCE_REASONS,
    "success": PersonalField.OUTCOMES,
    "outcome": PersonalField.OUTCOMES,
    "outcomes": PersonalField.OUTCOMES,
}
"""Names of values in entries about a person -> the part of the record that they belong to."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What of one entry is kept back: some of its values, or everything that is said before and after."""

    fields: frozenset[PersonalField] = frozenset()
    everything: bool = False
    why: bool = False
    """Whether the reason of the entry is kept back too."""

    def shown(self, values: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if values is None:
            return None
        return {name: NOT_SHOWN if self._hides(name) else value for name, value in values.items()}

    def _hides(self, name: str) -> bool:
        return self.everything or (name in FIELDS and FIELDS[name] in self.fields)


def searchable(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """Condition on `AuditEntry`: about nobody's record, or about somebody who hides nothing from the viewer. What a
    search finds tells what it looked into."""
    everything = [seen_by(session, viewer, field) for field in PersonalField]
    open_people = select(Practitioner.id).where(*everything)
    of_rows = [
        and_(
            AuditEntry.subject == subject,
            AuditEntry.subject_id.in_(select(table.id).where(table.practitioner_id.in_(open_people))),
        )
        for subject, (table, _) in OWNED.items()
    ]
    of_people = and_(AuditEntry.subject.in_(PEOPLE), AuditEntry.subject_id.in_(open_people))
    return or_(AuditEntry.subject.not_in([*PEOPLE, *OWNED]), of_people, *of_rows)


def hidden_in(session: Session, viewer: Viewer, entries: Sequence[AuditEntry]) -> dict[int, Hidden]:
    """For each entry, what the viewer may not see in it; nothing where it is about nobody's record."""
    people = _people_behind(session, entries)
    unseen = hidden_fields(session, viewer, {person for person in people.values() if person is not None})
    return {entry.id: _hidden(entry, people, unseen) for entry in entries}


def _hidden(
    entry: AuditEntry, people: Mapping[int, int | None], unseen: Mapping[int, frozenset[PersonalField]]
) -> Hidden:
    if entry.id not in people:
        return Hidden()
    person = people[entry.id]
    fields = frozenset(PersonalField) if person is None else unseen[person]
    whole = OWNED[entry.subject][1] if entry.subject in OWNED else None
    reasons = entry.subject == "absence" and PersonalField.ABSENCE_REASONS in fields
    return Hidden(fields, everything=whole in fields, why=whole in fields or reasons)


def _people_behind(session: Session, entries: Sequence[AuditEntry]) -> dict[int, int | None]:
    """Entry -> whose record it is about; None when that person or row is gone, so that nobody can be asked."""
    about_people = [entry for entry in entries if entry.subject in PEOPLE]
    there = _existing(session, {entry.subject_id for entry in about_people})
    found: dict[int, int | None] = {
        entry.id: entry.subject_id if entry.subject_id in there else None for entry in about_people
    }
    for subject, (table, _) in OWNED.items():
        about = {entry.id: entry.subject_id for entry in entries if entry.subject == subject}
        if about:
            owners = session.execute(select(table.id, table.practitioner_id).where(table.id.in_(about.values())))
            owner: dict[Any, int] = {row[0]: row[1] for row in owners}
            found |= {number: owner.get(row) for number, row in about.items()}
    return found


def _existing(session: Session, ids: set[int | None]) -> set[int]:
    if not ids:
        return set()
    return set(session.scalars(select(Practitioner.id).where(Practitioner.id.in_(ids - {None}))))
