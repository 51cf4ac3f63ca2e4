"""A first or last name alone, in the reasons that were given for a team."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.audit.chain import verify_chain
from app.services.audit import COMMAND_LINE, Actor
from app.services.privacy.erasing import erase
from app.services.staffing.decisions import choose_team
from models import AccountRole, AllocationChange, AuditEntry, Decision, Project, Proposal
from tests.factories.people import person, skill
from tests.factories.record import account
from tests.factories.staffing import project_to_staff, role, staff

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.one_database


def decided(
    session: Session, name: str, reason: str, colleague: str = "Tom Rahman", project: str = "Claims triage"
) -> int:
    """A team of the person and a colleague is held for the reason; the person's number."""
    boss = account(session, "boss@example.org", "Ines Okafor", AccountRole.ADMIN)
    found = person(session, name, skills={"Python": 5})
    person(session, colleague, skills={"SQL": 5})
    work = project_to_staff(session, project)
    role(session, work, "Engineer", {"Python": 3})
    role(session, work, "Analyst", {"SQL": 3})
    run = staff(session, work.id, today=TODAY)
    best = session.scalars(select(Proposal).where(Proposal.run_id == run.id, Proposal.position == 0)).one()
    choose_team(session, Actor.of(boss.id), best.id, reason, NOW)
    session.commit()
    return found.id


def told(session: Session) -> set[str | None]:
    """What stands as the reason of the decision and of every step."""
    steps = select(AllocationChange.reason).where(
        AllocationChange.reason != "Released because the person's data was erased."
    )
    return {*session.scalars(select(Decision.reason)), *session.scalars(steps)}


class TestErasing:
    @pytest.mark.parametrize(
        ("name", "reason", "after"),
        [
            ("Anna Kowalczyk", "Anna knows the claims data", "{} knows the claims data"),
            ("Anna Kowalczyk", "Ask KOWALCZYK or Anna's team", "Ask {} or {}'s team"),
            ("Łukasz Żółkiewski", "Lukasz is free", "{} is free"),
            ("Anna Kowalczyk", "Anna Kowalczyk leads, Anna reports", "{} leads, {} reports"),
            ("Will Rose", "We will ask; Will can wait for the rose", "We will ask; {} can wait for the rose"),
        ],
    )
    def test_takes_it_out_of_the_reasons_of_their_team(
        self, session: Session, name: str, reason: str, after: str
    ) -> None:
        person_id = decided(session, name, reason)
        erase(session, COMMAND_LINE, person_id, NOW)
        assert told(session) == {after.format(*[f"Erased person {person_id}"] * 2)}
        assert not [said for said in session.scalars(select(AuditEntry.reason)) if said == reason]
        assert verify_chain(session).unbroken

    @pytest.mark.parametrize(
        ("reason", "others"),
        [
            ("Anna knows the claims data", {"colleague": "Anna Rahman"}),
            ("Anna is the code of it", {"project": "Project Anna"}),
            ("Ines said so", {}),
            ("A. knows the data", {}),
        ],
    )
    def test_leaves_it_where_it_may_mean_somebody_or_something_else(
        self, session: Session, reason: str, others: dict[str, str]
    ) -> None:
        person_id = decided(session, "Ines Berg" if "Ines" in reason else "Anna A. Berg", reason, **others)
        erase(session, COMMAND_LINE, person_id, NOW)
        assert told(session) == {reason}

    def test_leaves_the_name_of_a_skill(self, session: Session) -> None:
        skill(session, "Ruby")
        person_id = decided(session, "Ruby Stone", "Needs Ruby")
        erase(session, COMMAND_LINE, person_id, NOW)
        assert told(session) == {"Needs Ruby"}

    def test_leaves_the_teams_of_others_alone(self, session: Session) -> None:
        somebody = person(session, "Anna Kowalczyk").id
        decided(session, "Anna Berg", "Anna knows the claims data")
        erase(session, COMMAND_LINE, somebody, NOW)
        assert told(session) == {"Anna knows the claims data"}
        assert session.scalars(select(Project.name)).all() == ["Claims triage"]
