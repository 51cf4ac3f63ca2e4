"""What Muster stores about somebody and who can see it: counts, origins and audiences, for a page in plain words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.access import WIDENING, Bounds
from app.queries.audit.history import about_person
from app.queries.sight.reach import Managers, managers_of
from app.queries.sight.visibility import chosen_audiences, policy
from models import (
    Absence,
    Account,
    Allocation,
    ApiToken,
    Audience,
    AuditEntry,
    Base,
    Endorsement,
    Engagement,
    ErasureRequest,
    ImportBatch,
    ImportedValue,
    LearningGoal,
    PersonalField,
    Practitioner,
    Proposal,
    ProposedSeat,
    Rating,
    RatingChange,
    SignInSession,
    Tie,
)

IMPORT, MUSTER, DERIVED = "import", "muster", "derived"
"""Where entries come from, beside the sources of ratings."""


@dataclass(frozen=True)
class StoredPart:
    """`code` names the part; `origins`: how many entries from where. `audience` and `choices` only where the person
    decides; without them the part's audience is fixed, and the page's words say it."""

    code: str
    count: int
    origins: Mapping[str, int]
    field: PersonalField | None = None
    audience: Audience | None = None
    choices: Sequence[Audience] = ()


@dataclass(frozen=True)
class Stored:
    id: int
    name: str
    parts: Sequence[StoredPart]
    managers: Managers
    asked_at: datetime | None


@dataclass(frozen=True)
class StoredAccount:
    """`counts` by kind."""

    name: str
    email: str
    created_at: datetime
    counts: Mapping[str, int]


def choices_within(bounds: Bounds) -> tuple[Audience, ...]:
    first, last = WIDENING.index(bounds.narrowest), WIDENING.index(bounds.widest)
    return tuple(WIDENING[first : last + 1])


def stored_about(session: Session, practitioner_id: int) -> Stored:
    person = session.get_one(Practitioner, practitioner_id)
    limits, chosen = policy(session), chosen_audiences(session, practitioner_id)

    def part(code: str, counts: Mapping[str, int], field: PersonalField | None = None) -> StoredPart:
        origins = {origin: count for origin, count in counts.items() if count}
        if field is None:
            return StoredPart(code, sum(origins.values()), origins)
        bounds = limits[field]
        audience = bounds.effective(chosen.get(field))
        return StoredPart(code, sum(origins.values()), origins, field, audience, choices_within(bounds))

    mine = person.id
    from_import = bool(_imported(session, "practitioners", [mine]))
    profile = {IMPORT if from_import else MUSTER: 1}
    ties = or_(Tie.person_a_id == mine, Tie.person_b_id == mine)
    return Stored(
        person.id,
        person.name,
        (
            part("profile", profile),
            part("contact", profile if person.email else {}, PersonalField.CONTACT),
            part("ratings", _ratings(session, mine), PersonalField.RATINGS),
            part("changes", _changes(session, mine)),
            part("endorsements", {"manager": _endorsements(session, mine)}, PersonalField.RATINGS),
            part("goals", _origins(session, LearningGoal, mine), PersonalField.GOALS),
            part("availability", _origins(session, Allocation, mine), PersonalField.AVAILABILITY),
            part("absences", _origins(session, Absence, mine), PersonalField.ABSENCE_REASONS),
            part("cost", profile if person.cost_band_id else {}, PersonalField.COST),
            part("history", _origins(session, Engagement, mine), PersonalField.OUTCOMES),
            part("ties", {DERIVED: _count(session, Tie, ties)}),
            part("proposals", {DERIVED: _proposed(session, mine)}),
            part("files", {IMPORT: _files(session, mine)}),
            part("audit", {MUSTER: _entries(session, mine)}),
        ),
        managers_of(session, mine),
        session.scalar(select(ErasureRequest.asked_at).where(ErasureRequest.practitioner_id == mine)),
    )


def stored_account(session: Session, account_id: int) -> StoredAccount:
    account = session.get_one(Account, account_id)
    counts = {
        "sessions": _count(session, SignInSession, SignInSession.account_id == account_id),
        "tokens": _count(session, ApiToken, ApiToken.account_id == account_id),
        "imports": _count(session, ImportBatch, ImportBatch.uploaded_by_id == account_id),
        "deeds": _count(session, AuditEntry, AuditEntry.account_id == account_id),
    }
    return StoredAccount(account.name, account.email, account.created_at, counts)


def erasure_wishes(session: Session) -> list[tuple[int, str, datetime]]:
    """People who asked to be erased, the oldest wish first: id, name and when."""
    rows = session.execute(
        select(Practitioner.id, Practitioner.name, ErasureRequest.asked_at)
        .join(ErasureRequest, ErasureRequest.practitioner_id == Practitioner.id)
        .order_by(ErasureRequest.asked_at, Practitioner.id)
    )
    return [(number, name, at) for number, name, at in rows]


def _count(session: Session, table: type[Base], condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(condition)) or 0


def _ratings(session: Session, practitioner_id: int) -> dict[str, int]:
    rows = session.execute(
        select(Rating.source, func.count()).where(Rating.practitioner_id == practitioner_id).group_by(Rating.source)
    )
    return dict(Counter({source.value: count for source, count in rows}))


def _changes(session: Session, practitioner_id: int) -> dict[str, int]:
    own = RatingChange.practitioner_id == practitioner_id
    imported = _count(session, RatingChange, and_(own, RatingChange.import_batch_id.is_not(None)))
    return {IMPORT: imported, MUSTER: _count(session, RatingChange, own) - imported}


def _endorsements(session: Session, practitioner_id: int) -> int:
    mine = select(Rating.id).where(Rating.practitioner_id == practitioner_id)
    return _count(session, Endorsement, Endorsement.rating_id.in_(mine))


def _origins(
    session: Session, table: type[LearningGoal | Allocation | Absence | Engagement], practitioner_id: int
) -> dict[str, int]:
    made = exists().where(
        ImportedValue.table_name == table.__tablename__,
        ImportedValue.row_id == table.id,
        ImportedValue.held_by_id.is_not(None),
    )
    own = table.practitioner_id == practitioner_id
    imported = _count(session, table, and_(own, made))
    return {IMPORT: imported, MUSTER: _count(session, table, own) - imported}


def _imported(session: Session, table: str, rows: Sequence[int]) -> int:
    return _count(
        session,
        ImportedValue,
        and_(ImportedValue.table_name == table, ImportedValue.row_id.in_(rows), ImportedValue.held_by_id.is_not(None)),
    )


def _proposed(session: Session, practitioner_id: int) -> int:
    runs = (
        select(Proposal.run_id)
        .join(ProposedSeat, ProposedSeat.proposal_id == Proposal.id)
        .where(or_(ProposedSeat.practitioner_id == practitioner_id, ProposedSeat.mentor_id == practitioner_id))
        .distinct()
    )
    return session.scalar(select(func.count()).select_from(runs.subquery())) or 0


def _files(session: Session, practitioner_id: int) -> int:
    wrote = select(ImportedValue.batch_id).where(
        ImportedValue.table_name == "practitioners", ImportedValue.row_id == practitioner_id
    )
    return _count(session, ImportBatch, and_(ImportBatch.id.in_(wrote), func.length(ImportBatch.content) > 0))


def _entries(session: Session, practitioner_id: int) -> int:
    return _count(session, AuditEntry, about_person(practitioner_id))
