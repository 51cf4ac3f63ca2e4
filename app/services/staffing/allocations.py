"""Steps of allocations that exist: hold, confirm, release, decline. What may follow stands in `models.STEPS`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, NotFound
from app.queries.availability import SHARE_SCALE, free_shares, monday_of
from app.queries.sight.visibility import AccountViewer, may_see
from app.queries.staffing.allocations import Seen, Taken, last_steps
from app.services.audit import Actor, record
from app.services.staffing.decisions import lock_people
from models import BOOKED, STEPS, Allocation, AllocationChange, AllocationState, PersonalField, Practitioner

NEEDS_REASON = frozenset({AllocationState.RELEASED, AllocationState.DECLINED})
NO_REASON = "Say why: whoever looks at it later wants to know."
FASTER = "Somebody else was faster. Look at what was done before you go on."
LONGEST_WEEKS = 156
"""How far ahead a booking without an end is looked at."""


class StepTaken(Conflict):
    """Somebody else took a step first: what the page showed and what is stored, by allocation."""

    def __init__(self, taken: tuple[Taken, ...]) -> None:
        super().__init__(FASTER)
        self.taken = taken


def take_step(
    session: Session, actor: Actor, seen: Mapping[int, Seen], to: AllocationState, reason: str | None, at: datetime
) -> list[Allocation]:
    """Bring allocations to a state, all or none. `seen`: by id, what whoever decides was shown.

    Raises StepTaken when one of them was changed since, NotFound for one that is not there, and DomainError for a step
    that does not follow, that lacks its reason, or that would take time which the person does not have.
    """
    told = (reason or "").strip() or None
    if actor.account_id is None:
        raise DomainError("A step of an allocation is a person's: sign in to take it.")
    if told is None and to in NEEDS_REASON:
        raise DomainError(NO_REASON, "reason")
    if to in BOOKED:
        # People before allocations, as when a team is chosen: nobody waits for somebody who waits for them.
        lock_people(session, session.scalars(select(Allocation.practitioner_id).where(Allocation.id.in_(seen))).all())
    allocations = _lock(session, seen)
    if not seen or len(allocations) < len(seen):
        raise NotFound("There is no such allocation.")
    changed = {one.id: seen[one.id] for one in allocations if one.version != seen[one.id].version}
    if changed:
        raise StepTaken(last_steps(session, changed))
    for allocation in allocations:
        _step(session, actor, allocation, to, told, at)
    return allocations


def _lock(session: Session, numbers: Mapping[int, Seen]) -> list[Allocation]:
    wanted = select(Allocation).where(Allocation.id.in_(numbers)).order_by(Allocation.id)
    return list(session.scalars(wanted.with_for_update().execution_options(populate_existing=True)))


def _step(
    session: Session, actor: Actor, allocation: Allocation, to: AllocationState, reason: str | None, at: datetime
) -> None:
    before = allocation.state
    if to not in STEPS[before]:
        raise Conflict(f"This allocation is {before.value}, so it cannot become {to.value}.")
    if to in BOOKED and before not in BOOKED:
        _check_time(session, actor, allocation, at.date())
    allocation.state = to
    session.add(
        AllocationChange(
            allocation_id=allocation.id, state=to, changed_at=at, changed_by_id=actor.account_id, reason=reason
        )
    )
    session.flush()
    record(
        session,
        actor,
        f"allocation.{to.value}",
        "allocation",
        allocation.id,
        before={"state": before.value},
        after={"state": to.value},
        reason=reason,
    )


def _check_time(session: Session, actor: Actor, allocation: Allocation, today: date) -> None:
    """Every week that is left of the allocation has room for it. How much room there is, whoever may not see it is not
    told."""
    first = max(allocation.starts_on, today)
    if allocation.ends_on is not None and allocation.ends_on < first:
        raise Conflict("This allocation is over. Book the person for days to come.")
    end = allocation.ends_on or first + timedelta(weeks=LONGEST_WEEKS)
    weeks = min(LONGEST_WEEKS, (end - monday_of(first)).days // 7 + 1)
    free = free_shares(session, [allocation.practitioner_id], first, weeks)[0]
    wanted = round(float(allocation.share) * SHARE_SCALE)
    short = [week for week, share in enumerate(free.tolist()) if share < wanted]
    if short:
        name = session.scalar(select(Practitioner.name).where(Practitioner.id == allocation.practitioner_id))
        assert actor.account_id is not None
        viewer = AccountViewer.of(session, actor.account_id)
        if not may_see(session, viewer, allocation.practitioner_id, PersonalField.AVAILABILITY):
            raise Conflict(f"{name} does not have that much time in every week. Ask them, or leave this one proposed.")
        week = monday_of(first) + timedelta(weeks=short[0])
        raise Conflict(
            f"{name} has {max(0, int(free[short[0]])) / 10:g}% free in the week of {week}, not {wanted / 10:g}%. "
            "Release another booking first, or leave this one proposed."
        )
