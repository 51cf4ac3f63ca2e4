"""Somebody about whom every table has something to say."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.services.audit import Actor, record
from models import (
    Account,
    AccountRole,
    AllocationChange,
    AllocationState,
    ApiToken,
    Audience,
    Decision,
    DecisionKind,
    Endorsement,
    ErasureRequest,
    ExternalIdentity,
    Job,
    JobState,
    LinkPurpose,
    ManagedUnit,
    OneTimeLink,
    PersonalField,
    Practitioner,
    RatingChange,
    RatingSource,
    RecoveryCode,
    SecondFactor,
    SignInSession,
    TaxonomyFile,
    Visibility,
)
from tests.factories.imports import TOM, applied, one, sheet
from tests.factories.people import absence, booking, engagement, goal, home_unit, rating, tie, work
from tests.factories.staffing import project_to_staff, role, staff

NAME, EMAIL = "Lucía Bergström", "lucia.bergstrom@example.org"
SHEET_ROW = (NAME, EMAIL, "Engineer", 4, 5)
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
TODAY = date(2026, 12, 1)
SECRETS = ("hash-of-a-password", "digest-of-a-link", "digest-of-a-session", "digest-of-a-token", "digest-of-a-code")


class Known(NamedTuple):
    person: Practitioner
    account: Account
    colleague: Practitioner
    boss: Account


def known_person(session: Session) -> Known:
    """A person from an import, with an account, bookings, ratings, a proposal that was decided, and all the rest."""
    applied(session, sheet(SHEET_ROW, TOM))
    person, colleague = one(session, NAME), one(session, "Tom Rahman")
    person.external_id, person.about, person.location = "E-4711", f"I am {NAME}.", "Malmö"
    boss = account(session, "boss@example.org", "Ines Boss", AccountRole.MANAGER)
    own = account(session, EMAIL, NAME, AccountRole.MANAGER, person.id)
    own.password_hash = SECRETS[0]
    _abilities(session, person, colleague, own, boss)
    _history(session, person, colleague, boss)
    _account_rows(session, own)
    _staffing(session, person, boss)
    who, by = Actor.of(own.id), Actor.of(boss.id)
    record(session, who, "project.edit", "project", 1, after={"client": "a secret of the project"})
    record(session, by, "person.edit", "practitioner", person.id, before={"title": None}, after={"title": "Engineer"})
    session.flush()
    return Known(person, own, colleague, boss)


def account(session: Session, email: str, name: str, role_: AccountRole, practitioner_id: int | None = None) -> Account:
    added = Account(email=email, name=name, role=role_, practitioner_id=practitioner_id)
    session.add(added)
    session.flush()
    return added


def _abilities(session: Session, person: Practitioner, colleague: Practitioner, own: Account, boss: Account) -> None:
    rated = rating(session, person, "Kubernetes", 3, verified_by_id=boss.id, verified_at=LONG_AGO)
    theirs = rating(session, colleague, "Kubernetes", 1)
    goal(session, person, "Rust", 4)
    absence(session, person, TODAY, TODAY + timedelta(days=10)).reason = "Parental leave"
    session.add_all(
        [
            RatingChange(
                practitioner_id=person.id,
                skill_id=rated.skill_id,
                level=2,
                source=RatingSource.SELF,
                recorded_by_id=own.id,
            ),
            Endorsement(rating_id=rated.id, endorsed_by_id=boss.id, level=3, note=f"{NAME} knows it well"),
            Endorsement(rating_id=theirs.id, endorsed_by_id=own.id, level=1, note="A good beginner"),
            Visibility(practitioner_id=person.id, field=PersonalField.GOALS, audience=Audience.MANAGERS),
            ErasureRequest(practitioner_id=person.id, asked_at=LONG_AGO),
        ]
    )
    session.flush()


def _history(session: Session, person: Practitioner, colleague: Practitioner, boss: Account) -> None:
    past = work(session, "Old mill", starts_on=date(2024, 1, 1), ends_on=date(2024, 6, 30))
    for who in (person, colleague):
        engagement(session, who, past, "Engineer", technologies="SQL")
    tie(session, person, colleague)
    booking(session, person, date(2025, 1, 1), date(2025, 6, 30), project=past, state=AllocationState.COMPLETED)
    held = booking(session, person, TODAY - timedelta(days=30), None, 0.5, project=past)
    change = AllocationChange(
        allocation_id=held.id, state=held.state, changed_by_id=boss.id, reason=f"Only {NAME} knows the mill"
    )
    session.add(change)
    session.flush()


def _account_rows(session: Session, own: Account) -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    session.add_all(
        [
            SignInSession(token_hash=_digest(SECRETS[2]), account_id=own.id, user_agent="Firefox"),
            OneTimeLink(token_hash=_digest(SECRETS[1]), account_id=own.id, purpose=LinkPurpose.RESET, expires_at=later),
            ApiToken(
                account_id=own.id,
                name="Laptop",
                token_hash=_digest(SECRETS[3]),
                prefix="muster_1",
                scopes=["propose"],
                expires_at=later,
            ),
            SecondFactor(account_id=own.id, salt=_digest("salt"), last_step=1),
            RecoveryCode(account_id=own.id, code_hash=_digest(SECRETS[4])),
            ExternalIdentity(account_id=own.id, issuer="https://id.example.org", subject="lb-1", email=EMAIL),
            ManagedUnit(account_id=own.id, unit_id=home_unit(session, "Mills").id),
            TaxonomyFile(filename="ours.csv", sha256="0" * 64, entries=b"x\x9c\xab\x06\x00", uploaded_by_id=own.id),
            Job(
                kind="import.read",
                subject="import_batch",
                subject_id=1,
                request={},
                state=JobState.DONE,
                asked_by_id=own.id,
                actor=f"account {own.id}",
                finished_at=LONG_AGO,
            ),
        ]
    )
    session.flush()


def _staffing(session: Session, person: Practitioner, boss: Account) -> None:
    project = project_to_staff(session, manager_id=boss.id)
    role(session, project, "Engineer", {"SQL": 4}, fte=Decimal("0.5"))
    run = staff(session, project.id, today=TODAY)
    run.requested_by_id = boss.id
    session.flush()
    session.add(
        Decision(
            run_id=run.id,
            proposal_id=run.proposals[0].id,
            kind=DecisionKind.CHOSEN,
            decided_by_id=boss.id,
            reason=f"{NAME} is the best",
        )
    )
    session.flush()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
