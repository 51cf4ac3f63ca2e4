"""What people decide about their own record: who sees it, and that they want to be erased."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError
from app.queries.privacy.stored import choices_within
from app.queries.sight.visibility import policy
from app.services.audit import Actor, record
from models import Audience, ErasureRequest, PersonalField, Practitioner, Visibility


def choose_audience(
    session: Session, actor: Actor, practitioner_id: int, field: PersonalField, audience: Audience
) -> None:
    """From now on this audience sees the field. Raises DomainError for one outside the organisation's policy."""
    if audience not in choices_within(policy(session)[field]):
        raise DomainError("Your organisation does not allow this choice. Choose one of those offered.", "audience")
    kept = session.scalar(
        select(Visibility).where(Visibility.practitioner_id == practitioner_id, Visibility.field == field)
    )
    before = kept.audience.value if kept else None
    if before == audience.value:
        return
    if kept is None:
        session.add(Visibility(practitioner_id=practitioner_id, field=field, audience=audience))
    else:
        kept.audience = audience
    session.flush()
    told = {"field": field.value, "audience": audience.value}
    was = {"field": field.value, "audience": before}
    record(session, actor, "person.visibility", "practitioner", practitioner_id, before=was, after=told)


def ask_for_erasure(session: Session, actor: Actor, practitioner_id: int, at: datetime) -> None:
    """Tell the administrators that the person wants to be erased. Asking twice is asking once."""
    person = session.get_one(Practitioner, practitioner_id)
    if person.erased_at is not None:
        raise Conflict(f"{person.name} is erased already.")
    if _wish(session, practitioner_id) is None:
        session.add(ErasureRequest(practitioner_id=practitioner_id, asked_at=at))
        session.flush()
        record(session, actor, "person.ask_erasure", "practitioner", practitioner_id)


def take_back_erasure(session: Session, actor: Actor, practitioner_id: int) -> None:
    wish = _wish(session, practitioner_id)
    if wish is not None:
        session.delete(wish)
        session.flush()
        record(session, actor, "person.keep", "practitioner", practitioner_id)


def _wish(session: Session, practitioner_id: int) -> ErasureRequest | None:
    return session.scalar(select(ErasureRequest).where(ErasureRequest.practitioner_id == practitioner_id))
