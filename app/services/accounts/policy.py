"""Changing the organisation's policy."""

from sqlalchemy.orm import Session

from app.access import WIDENING
from app.db import wait_for_turn
from app.errors import Conflict, DomainError
from app.queries.policy import FIELD_WORDS, PolicyBrief, policy_brief, policy_fingerprint, policy_told
from app.services.audit import Actor, record
from models import AccountRole, PersonalField, RolePolicy, VisibilityPolicy

POLICY_LOCK = 0x706F6C69  # "poli": rows that are not there yet cannot be locked
CHANGED = (
    "Somebody else changed the policy while you were editing it. Both versions are shown; save again to keep yours."
)
ORDER = "{part}: the usual audience lies between the narrowest and the widest. Change one of the three."


def set_policy(session: Session, actor: Actor, brief: PolicyBrief, seen: str) -> None:
    """Let `brief` hold from now on; Conflict unless the policy still has the fingerprint `seen`.

    Nobody's own choice is changed: one outside the bounds counts as the nearest inside, for as long as they hold.
    """
    wait_for_turn(session, POLICY_LOCK)
    before = policy_brief(session)
    if policy_fingerprint(before) != seen:
        raise Conflict(CHANGED)
    for field in PersonalField:
        _check_order(brief, field)
    for field, bounds in brief.bounds.items():
        if bounds != before.bounds[field]:
            row = session.get(VisibilityPolicy, field) or VisibilityPolicy(field=field)
            row.usual, row.narrowest, row.widest = bounds.usual, bounds.narrowest, bounds.widest
            session.add(row)
    for role in AccountRole:
        if (role in brief.second_factor) is not (role in before.second_factor):
            rule = session.get(RolePolicy, role) or RolePolicy(role=role)
            rule.second_factor = role in brief.second_factor
            session.add(rule)
    session.flush()
    old, new = policy_told(before), policy_told(brief)
    changed = [part for part in new if old[part] != new[part]]
    if changed:
        record(
            session,
            actor,
            "policy.change",
            "policy",
            None,
            before={part: old[part] for part in changed},
            after={part: new[part] for part in changed},
        )


def _check_order(brief: PolicyBrief, field: PersonalField) -> None:
    bounds, order = brief.bounds[field], WIDENING.index
    if not order(bounds.narrowest) <= order(bounds.usual) <= order(bounds.widest):
        raise DomainError(ORDER.format(part=FIELD_WORDS[field]), field.value)
