"""The organisation's policy: what people may choose about their record, and which roles need a second factor."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.access import SHIPPED_POLICY, Bounds
from app.queries.briefs import Difference
from models import (
    Account,
    AccountRole,
    Audience,
    PersonalField,
    Practitioner,
    RolePolicy,
    SecondFactor,
    Visibility,
    VisibilityPolicy,
)

FIELD_WORDS = {
    PersonalField.RATINGS: "Ratings",
    PersonalField.GOALS: "Learning goals",
    PersonalField.AVAILABILITY: "Availability",
    PersonalField.ABSENCE_REASONS: "Reasons of absences",
    PersonalField.COST: "Cost",
    PersonalField.OUTCOMES: "Outcomes",
    PersonalField.CONTACT: "Contact",
}
AUDIENCE_WORDS = {
    Audience.SELF: "Only the person",
    Audience.MANAGERS: "Their managers",
    Audience.EVERYONE: "Everybody signed in",
}


@dataclass(frozen=True, slots=True)
class PolicyBrief:
    """`bounds` has every part of a record; `second_factor` the roles that need one."""

    bounds: Mapping[PersonalField, Bounds]
    second_factor: frozenset[AccountRole]


class Effect(NamedTuple):
    """What a policy means for one part: `clamped` people's own choice lies outside and counts as the nearest audience
    inside; `moved` people chose nothing, and what counts for them goes from `was` to `becomes`."""

    field: str
    clamped: int
    moved: int
    was: str
    becomes: str


class Lacking(NamedTuple):
    """Active accounts of a role that needs a second factor and that have none."""

    role: AccountRole
    accounts: int


def policy_brief(session: Session) -> PolicyBrief:
    rows = session.scalars(select(VisibilityPolicy))
    decided = {row.field: Bounds(row.usual, row.narrowest, row.widest) for row in rows}
    asked = session.scalars(select(RolePolicy.role).where(RolePolicy.second_factor))
    bounds = {field: decided.get(field, SHIPPED_POLICY[field]) for field in PersonalField}
    return PolicyBrief(bounds, frozenset(asked))


def policy_told(brief: PolicyBrief) -> dict[str, Any]:
    """The policy in JSON's types."""
    parts: dict[str, Any] = {
        field.value: {"usual": bounds.usual.value, "narrowest": bounds.narrowest.value, "widest": bounds.widest.value}
        for field, bounds in brief.bounds.items()
    }
    return parts | {"second_factor": sorted(role.value for role in brief.second_factor)}


def policy_fingerprint(brief: PolicyBrief) -> str:
    """The same for the same policy: by it a form knows whether somebody else changed it in the meantime."""
    return hashlib.sha256(json.dumps(policy_told(brief), sort_keys=True).encode()).hexdigest()[:32]


def policy_differences(saved: PolicyBrief, yours: PolicyBrief) -> list[Difference]:
    """Where both differ, in words."""
    one, other = _in_words(saved), _in_words(yours)
    return [Difference(field, one[field], other[field]) for field in one if one[field] != other[field]]


def policy_effects(session: Session, now: PolicyBrief, then: PolicyBrief) -> list[Effect]:
    """What `then` means for active people, for every part that it touches. Two statements."""
    people = session.scalar(select(func.count()).select_from(Practitioner).where(Practitioner.active)) or 0
    chosen = session.execute(
        select(Visibility.field, Visibility.audience, func.count())
        .join(Practitioner, Practitioner.id == Visibility.practitioner_id)
        .where(Practitioner.active)
        .group_by(Visibility.field, Visibility.audience)
    ).all()
    effects = []
    for field, bounds in then.bounds.items():
        mine = {audience: count for part, audience, count in chosen if part is field}
        clamped = sum(count for audience, count in mine.items() if bounds.effective(audience) is not audience)
        was, becomes = now.bounds[field].effective(None), bounds.effective(None)
        moved = people - sum(mine.values()) if was is not becomes else 0
        if clamped or moved:
            words = (AUDIENCE_WORDS[was].lower(), AUDIENCE_WORDS[becomes].lower())
            effects.append(Effect(FIELD_WORDS[field], clamped, moved, *words))
    return effects


def lacking_second_factor(session: Session, brief: PolicyBrief) -> list[Lacking]:
    there = exists().where(SecondFactor.account_id == Account.id)
    rows = session.execute(
        select(Account.role, func.count())
        .where(Account.active, Account.role.in_(brief.second_factor), ~there)
        .group_by(Account.role)
        .order_by(Account.role)
    )
    return [Lacking(*row) for row in rows]


def _in_words(brief: PolicyBrief) -> dict[str, Any]:
    parts: dict[str, Any] = {
        FIELD_WORDS[field]: [
            f"usually {AUDIENCE_WORDS[bounds.usual].lower()}",
            "people may not choose"
            if bounds.narrowest is bounds.widest
            else f"from {AUDIENCE_WORDS[bounds.narrowest].lower()} to {AUDIENCE_WORDS[bounds.widest].lower()}",
        ]
        for field, bounds in brief.bounds.items()
    }
    return parts | {"second_factor": sorted(role.value for role in brief.second_factor)}
