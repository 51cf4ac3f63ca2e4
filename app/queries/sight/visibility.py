"""Who may see which part of somebody's record: decided here, for rows in Python and for conditions in SQL.

What a person lets others see is their own choice within the organisation's policy; whom a manager manages follows from
the units and projects given to them. The rules themselves stand in `app.access`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from sqlalchemy import ColumnElement, and_, event, exists, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, object_session
from sqlalchemy.sql.elements import True_

from app.access import AUDIENCES, DETAILS, SHIPPED_POLICY, Bounds, Detail, Grant, Relation, Thing, shows
from models import (
    Account,
    AccountRole,
    Allocation,
    AllocationChange,
    AllocationState,
    Audience,
    ManagedUnit,
    PersonalField,
    Practitioner,
    Project,
    Reach,
    Unit,
    Visibility,
    VisibilityPolicy,
)

POLICY = "visibility policy"
"""Where a session keeps the policy it has read: one request asks for it many times."""


class Viewer(Protocol):
    """Who is looking; `practitioner_id` is the person behind the account, if any."""

    @property
    def account_id(self) -> int | None: ...

    @property
    def role(self) -> AccountRole: ...

    @property
    def reach(self) -> Reach: ...

    @property
    def practitioner_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever may run commands on the server sees what an administrator sees, and no more."""

    account_id: int | None = None
    role: AccountRole = AccountRole.ADMIN
    reach: Reach = Reach.ORGANISATION
    practitioner_id: int | None = None


COMMAND_LINE_VIEWER = Operator()


@dataclass(frozen=True, slots=True)
class AccountViewer:
    """An account that looks without a request, as the one who decides."""

    account_id: int | None
    role: AccountRole
    reach: Reach
    practitioner_id: int | None

    @classmethod
    def of(cls, session: Session, account_id: int) -> Self:
        account = session.get_one(Account, account_id)
        return cls(account.id, account.role, account.reach, account.practitioner_id)


def manages(viewer: Viewer) -> bool:
    """Whether the viewer manages anybody or anything."""
    return viewer.role in {AccountRole.ADMIN, AccountRole.MANAGER}


def manages_everybody(viewer: Viewer) -> bool:
    return viewer.role is AccountRole.ADMIN or (
        viewer.role is AccountRole.MANAGER and viewer.reach is Reach.ORGANISATION
    )


def led_by(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on `Project`: those within the viewer's reach."""
    if manages_everybody(viewer):
        return true()
    return Project.manager_id == viewer.account_id if manages(viewer) else false()


def managed_by(viewer: Viewer) -> ColumnElement[bool]:
    """Condition on `Practitioner`: the people of the viewer's units and of those below them, and whoever somebody else
    confirmed on a project that the viewer leads, or an import. Held alone is not enough, nor confirmed by the viewer:
    a manager can make a project, and hold and confirm anybody on it."""
    if manages_everybody(viewer):
        return true()
    if not manages(viewer):
        return false()
    units = (
        select(ManagedUnit.unit_id.label("id")).where(ManagedUnit.account_id == viewer.account_id).cte(recursive=True)
    )
    below = aliased(Unit)
    units = units.union(select(below.id).join(units, below.parent_id == units.c.id))
    confirmed = (
        select(Allocation.practitioner_id)
        .join(Project, Project.id == Allocation.project_id)
        .where(
            Project.manager_id == viewer.account_id,
            works_still(),
            ~confirmed_by(viewer.account_id),
        )
    )
    return or_(Practitioner.home_unit_id.in_(select(units.c.id)), Practitioner.id.in_(confirmed))


def works_still() -> ColumnElement[bool]:
    """Condition on `Allocation`: confirmed, and not over."""
    over = Allocation.ends_on < func.current_date()
    return and_(Allocation.state == AllocationState.CONFIRMED, or_(Allocation.ends_on.is_(None), ~over))


def confirmed_by(account_id: int | InstrumentedAttribute[int | None] | None) -> ColumnElement[bool]:
    """Condition on `Allocation`: that account confirmed it."""
    return exists().where(
        AllocationChange.allocation_id == Allocation.id,
        AllocationChange.state == AllocationState.CONFIRMED,
        AllocationChange.changed_by_id == account_id,
    )


def relation_to_person(session: Session, viewer: Viewer, practitioner_id: int) -> Relation | None:
    """None for somebody who is not there and for somebody whom the viewer may not see at all, alike."""
    managed = select(managed_by(viewer).label("managed")).select_from(Practitioner)
    found = session.execute(managed.where(Practitioner.id == practitioner_id, listed_for(viewer))).one_or_none()
    if found is None:
        return None
    if viewer.practitioner_id == practitioner_id:
        return Relation.OWN
    return Relation.MANAGED if found.managed else Relation.OTHER


def relation_to_project(session: Session, viewer: Viewer, project_id: int) -> Relation | None:
    """None where there is no such project."""
    led = select(led_by(viewer).label("led")).select_from(Project).where(Project.id == project_id)
    found = session.execute(led).one_or_none()
    return None if found is None else Relation.MANAGED if found.led else Relation.OTHER


def policy(session: Session) -> Mapping[PersonalField, Bounds]:
    """What holds for every part. One statement a session."""
    if POLICY not in session.info:
        rows = session.scalars(select(VisibilityPolicy))
        decided = {row.field: Bounds(row.usual, row.narrowest, row.widest) for row in rows}
        session.info[POLICY] = {**SHIPPED_POLICY, **decided}
    found: Mapping[PersonalField, Bounds] = session.info[POLICY]
    return found


def _forget_policy(_mapper: Any, _connection: Any, changed: VisibilityPolicy) -> None:
    session = object_session(changed)
    if session is not None:
        session.info.pop(POLICY, None)


for moment in ("after_insert", "after_update", "after_delete"):
    event.listen(VisibilityPolicy, moment, _forget_policy)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one viewer may see of one person."""

    relation: Relation
    fields: frozenset[PersonalField]
    details: frozenset[Detail]


def look_at(session: Session, viewer: Viewer, practitioner_id: int) -> Sight | None:
    """None as in `relation_to_person`. Everybody sees all of their own record."""
    relation = relation_to_person(session, viewer, practitioner_id)
    if relation is None:
        return None
    chosen = chosen_audiences(session, practitioner_id)
    return Sight(
        relation,
        frozenset(
            field
            for field, bounds in policy(session).items()
            if relation in AUDIENCES[bounds.effective(chosen.get(field))]
        ),
        frozenset(detail for detail in Detail if shows(viewer.role, Thing.PERSON, detail, relation)),
    )


def chosen_audiences(session: Session, practitioner_id: int) -> Mapping[PersonalField, Audience]:
    """A person's own choices."""
    wanted = select(Visibility.field, Visibility.audience).where(Visibility.practitioner_id == practitioner_id)
    return dict(session.execute(wanted).all())


def hidden_fields(session: Session, viewer: Viewer, people: Collection[int]) -> Mapping[int, frozenset[PersonalField]]:
    """What the viewer may not see of each of them. One statement."""
    sights = [seen_by(session, viewer, field).label(field.value) for field in PersonalField]
    rows = session.execute(select(Practitioner.id, *sights).where(Practitioner.id.in_(people)))
    return {
        row[0]: frozenset(field for field, seen in zip(PersonalField, row[1:], strict=True) if not seen) for row in rows
    }


def may_see(session: Session, viewer: Viewer, practitioner_id: int, field: PersonalField) -> bool:
    sight = look_at(session, viewer, practitioner_id)
    return sight is not None and field in sight.fields


def seen_by(session: Session, viewer: Viewer, field: PersonalField) -> ColumnElement[bool]:
    """The same as a condition on `Practitioner`."""
    to_others = _shown_to(session, field, Relation.OTHER)
    to_managers = to_others if not manages(viewer) else _shown_to(session, field, Relation.MANAGED)
    shown = to_managers if manages_everybody(viewer) else or_(to_others, and_(managed_by(viewer), to_managers))
    return shown if viewer.practitioner_id is None else or_(Practitioner.id == viewer.practitioner_id, shown)


def shown_of(
    session: Session, viewer: Viewer, field: PersonalField, owner: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """The same as a condition on rows of which `owner` names the practitioner."""
    shown = seen_by(session, viewer, field)
    return shown if isinstance(shown, True_) else owner.in_(select(Practitioner.id).where(shown))


def _shown_to(session: Session, field: PersonalField, relation: Relation) -> ColumnElement[bool]:
    """Whether a practitioner shows the field to those who stand so to them."""
    bounds = policy(session)[field]
    showing = [audience for audience in Audience if relation in AUDIENCES[bounds.effective(audience)]]
    usually = relation in AUDIENCES[bounds.effective(None)]
    if len(showing) == len(Audience):
        return true()
    if not showing:
        return false()
    deciding = [audience for audience in Audience if (audience in showing) is not usually]
    stated = exists().where(
        Visibility.practitioner_id == Practitioner.id, Visibility.field == field, Visibility.audience.in_(deciding)
    )
    return ~stated if usually else stated


INSIDE = (AllocationState.PROPOSED, AllocationState.DECLINED, AllocationState.RELEASED)
"""What came to nothing, or has not come to anything yet."""


def visible_bookings(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """Condition on `Allocation`, joined with `Practitioner` and `Project`. Who works on a project is no secret; who is
    held for one, whoever may see when they are free knows; what came to nothing yet stays between them and managers."""
    inside = [
        _standing(viewer, DETAILS[Thing.PERSON, Detail.PROPOSED_BOOKINGS], managed_by(viewer)),
        _standing(viewer, DETAILS[Thing.PROJECT, Detail.PROPOSED_BOOKINGS], led_by(viewer)),
    ]
    return or_(
        Allocation.state.in_((AllocationState.CONFIRMED, AllocationState.COMPLETED)),
        and_(Allocation.state == AllocationState.HELD, seen_by(session, viewer, PersonalField.AVAILABILITY)),
        and_(Allocation.state.in_(INSIDE), or_(*inside)),
    )


def listed_for(viewer: Viewer) -> ColumnElement[bool]:
    """The practitioners whose page opens at all: those who left stay visible to their managers and to themselves."""
    former = _standing(viewer, DETAILS[Thing.PERSON, Detail.FORMER_PEOPLE], managed_by(viewer))
    return or_(Practitioner.active.is_(True), former)


def _standing(viewer: Viewer, grant: Grant, managed: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the practitioner, or what `managed` is about, stands to the viewer as the grant asks."""
    asked = grant.of(viewer.role)
    conditions: list[ColumnElement[bool]] = [true() if Relation.OTHER in asked else false()]
    if Relation.MANAGED in asked:
        conditions.append(managed)
    if Relation.OWN in asked and viewer.practitioner_id is not None:
        conditions.append(Practitioner.id == viewer.practitioner_id)
    return or_(*conditions)
