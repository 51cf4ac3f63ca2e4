"""Who may see which part of somebody's record: decided here, for rows in Python and for conditions in SQL."""

from typing import Protocol

from sqlalchemy import ColumnElement, or_, true

from models import Audience, PersonalField, Practitioner

POLICY = {
    PersonalField.RATINGS: Audience.EVERYONE,
    PersonalField.GOALS: Audience.EVERYONE,
    PersonalField.AVAILABILITY: Audience.EVERYONE,
    PersonalField.OUTCOMES: Audience.EVERYONE,
    PersonalField.ABSENCE_REASONS: Audience.MANAGERS,
    PersonalField.COST: Audience.MANAGERS,
    PersonalField.CONTACT: Audience.MANAGERS,
}


class Viewer(Protocol):
    """Who is looking; `practitioner_id` is the person behind the account, if any."""

    @property
    def manages(self) -> bool: ...

    @property
    def practitioner_id(self) -> int | None: ...


def may_see(viewer: Viewer, practitioner_id: int, field: PersonalField) -> bool:
    """Everybody sees all of their own record."""
    return viewer.practitioner_id == practitioner_id or _sees_others(viewer, field)


def seen_by(viewer: Viewer, field: PersonalField) -> ColumnElement[bool]:
    """The same as a condition on `Practitioner`."""
    return true() if _sees_others(viewer, field) else Practitioner.id == viewer.practitioner_id


def listed_for(viewer: Viewer) -> ColumnElement[bool]:
    """The practitioners whose page opens at all: those who left stay visible to managers and to themselves."""
    return true() if viewer.manages else or_(Practitioner.active, Practitioner.id == viewer.practitioner_id)


def _sees_others(viewer: Viewer, field: PersonalField) -> bool:
    return POLICY[field] is Audience.EVERYONE or (POLICY[field] is Audience.MANAGERS and viewer.manages)
