"""Ways around what people hide: deciding, trying again, copies and records must not tell what the pages keep back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.queries.allocations import Seen
from app.queries.choices import Choices
from app.queries.personal_data import data_of_person
from app.services.allocations import take_step
from app.services.audit import Actor
from app.services.decisions import WorldMoved, choose_team
from models import (
    Account,
    AccountRole,
    AllocationState,
    Audience,
    PersonalField,
    ProposedSeat,
    Reach,
    SkillNeed,
)
from tests.factories.decisions import AT, best
from tests.factories.people import booking, goal, keeps, person, skill, work
from tests.factories.staffing import project_to_staff, role, staff
from tests.factories.viewers import Onlooker


def lead(session: Session) -> Onlooker:
    """A manager of no unit, who leads what they make themselves."""
    account = Account(email="lead@example.org", name="Lena Lead", role=AccountRole.MANAGER, reach=Reach.ASSIGNED)
    session.add(account)
    session.flush()
    return Onlooker(account.role, account.id, None, account.reach)


class TestChoosingATeam:
    @pytest.mark.parametrize("level", [None, 1, 4, 5])
    def test_tells_no_level_that_a_locked_person_hides_when_the_role_is_changed_to_ask_for_it(
        self, session: Session, level: int | None
    ) -> None:
        manager = lead(session)
        victim = person(session, "Shy Sheila", skills={"Basketry": level} if level else None)
        keeps(session, victim, PersonalField.RATINGS, Audience.MANAGERS)
        project = project_to_staff(session, manager_id=manager.account_id)
        weaver = role(session, project, "Weaver", {})
        run = staff(session, project.id, Choices(locks=((weaver.id, victim.id),)), viewer=manager)
        session.add(SkillNeed(role_id=weaver.id, skill_id=skill(session, "Basketry").id, level=3))
        session.flush()
        session.expire(weaver)
        assert manager.account_id is not None
        with pytest.raises(WorldMoved) as moved:
            choose_team(session, Actor.of(manager.account_id), best(run).id, "Try", AT)
        told = {(one.kind.value, one.level, one.needed) for one in moved.value.hindrances}
        assert told == {("role_changed", None, None), ("level", None, 3)}


class TestHoldingSomebody:
    def test_tells_nobody_how_much_time_a_person_has_who_hides_it(self, session: Session) -> None:
        manager = lead(session)
        victim = person(session, "Shy Sheila")
        keeps(session, victim, PersonalField.AVAILABILITY, Audience.MANAGERS)
        booking(session, victim, AT.date(), None, 0.37)
        led = work(session, "Led", manager_id=manager.account_id)
        asked = booking(session, victim, AT.date(), AT.date() + timedelta(days=30), 1, project=led,
                        state=AllocationState.PROPOSED)  # fmt: skip
        assert manager.account_id is not None
        with pytest.raises(Conflict) as refused:
            take_step(session, Actor.of(manager.account_id), {asked.id: Seen(asked.version, asked.state)},
                      AllocationState.HELD, None, AT)  # fmt: skip
        assert "63" not in refused.value.sentence
        assert "%" not in refused.value.sentence


class TestACopyOfOnesOwnData:
    def test_tells_nothing_of_whoever_one_would_teach(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Weaver", {"Basketry": 4}, headcount=2)
        mentor = person(session, "Mona Mentor", skills={"Basketry": 5})
        learner = person(session, "Leo Learner", skills={"Basketry": 3})
        goal(session, learner, "Basketry", 4)
        run = staff(session, project.id, Choices(stretch=True))
        taught = session.scalars(select(ProposedSeat).where(ProposedSeat.mentor_id == mentor.id)).all()
        assert taught, run.result
        tables = {table.table: table for table in data_of_person(session, mentor.id).tables}
        seats = tables["proposed_seats"]
        rows = [dict(zip(seats.columns, row, strict=True)) for row in seats.rows]
        assert {row["practitioner"]: row["points"] is None for row in rows} == {"you": False, "a colleague": True}
