"""Choosing a team holds its people, as long as the team is still a right answer; what was decided is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, NotFound
from app.queries.availability import free_shares
from app.queries.staffing.choices import Choices
from app.queries.staffing.holding import Obstacle
from app.services.audit import COMMAND_LINE, Actor
from app.services.staffing.decisions import WorldMoved, choose_team, set_aside
from models import (
    Allocation,
    AllocationChange,
    AllocationState,
    AuditEntry,
    CostBand,
    Decision,
    DecisionKind,
    LearningGoal,
    Practitioner,
    Project,
    ProjectState,
    Proposal,
    Rating,
    Role,
    SkillNeed,
)
from tests.factories.decisions import AT, allocations, best, named, staffable
from tests.factories.people import absence, booking, goal, person, rating
from tests.factories.staffing import MONDAY, SUNDAY, role, staff


class TestChoosing:
    def test_holds_everybody_for_their_seat_and_period(self, session: Session, actor: Actor, team: Proposal) -> None:
        choose_team(session, actor, team.id, "  The only pair with SQL.  ", AT)
        held = allocations(session)
        assert [(one.practitioner_id, one.role_id, one.seat) for one in held] == [
            (seat.practitioner_id, seat.role_id, seat.seat) for seat in team.seats
        ]
        assert {(one.state, one.starts_on, one.ends_on, one.share, one.proposal_id) for one in held} == {
            (AllocationState.HELD, MONDAY, SUNDAY, Decimal(1), team.id)
        }
        steps = session.scalars(select(AllocationChange)).all()
        assert {(step.state, step.changed_by_id, step.reason) for step in steps} == {
            (AllocationState.HELD, actor.account_id, "The only pair with SQL.")
        }
        assert len(steps) == len(held) == 2

    def test_of_a_project_that_runs_begins_today(self, session: Session, actor: Actor, team: Proposal) -> None:
        later = AT.replace(year=MONDAY.year, month=MONDAY.month, day=MONDAY.day) + timedelta(days=9)
        choose_team(session, actor, team.id, "Late", later)
        assert {one.starts_on for one in allocations(session)} == {later.date()}

    def test_takes_their_time(self, session: Session, actor: Actor, team: Proposal) -> None:
        choose_team(session, actor, team.id, "Yes", AT)
        numbers = [seat.practitioner_id for seat in team.seats if seat.practitioner_id]
        assert free_shares(session, numbers, MONDAY, 8).max() == 0

    def test_is_audited_step_by_step(self, session: Session, actor: Actor, team: Proposal) -> None:
        decision = choose_team(session, actor, team.id, "Because", AT)
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(3)).all()
        assert [entry.action for entry in entries] == ["allocation.held", "allocation.held", "staffing.choose"]
        assert {entry.account_id for entry in entries} == {actor.account_id}
        assert entries[2].after is not None
        assert entries[2].after["record"] == decision.record_digest

    def test_needs_a_person_and_a_reason(self, session: Session, actor: Actor, team: Proposal) -> None:
        with pytest.raises(DomainError, match="Say why"):
            choose_team(session, actor, team.id, " \n ", AT)
        with pytest.raises(DomainError, match="is a person's"):
            choose_team(session, COMMAND_LINE, team.id, "Because", AT)
        assert allocations(session) == []

    def test_without_a_reason_is_refused_by_the_database_too(self, session: Session, team: Proposal) -> None:
        session.add(Decision(run_id=team.run_id, kind=DecisionKind.CHOSEN, reason="  "))
        with pytest.raises(IntegrityError):
            session.flush()

    def test_of_nothing_is_not_found(self, session: Session, actor: Actor) -> None:
        with pytest.raises(NotFound):
            choose_team(session, actor, 4711, "Because", AT)

    def test_twice_has_nothing_left_to_decide(self, session: Session, actor: Actor, team: Proposal) -> None:
        choose_team(session, actor, team.id, "Because", AT)
        with pytest.raises(Conflict, match="has their seat already"):
            choose_team(session, actor, team.id, "Because", AT)
        assert len(allocations(session)) == 2

    def test_again_fills_a_seat_that_was_released(self, session: Session, actor: Actor, team: Proposal) -> None:
        choose_team(session, actor, team.id, "Because", AT)
        first, second = allocations(session)
        first.state = AllocationState.RELEASED
        session.flush()
        decision = choose_team(session, actor, team.id, "Back again", AT)
        assert decision.record["kept"] == [second.id]
        assert len(decision.record["held"]) == 1

    def test_leaves_empty_seats_empty(self, session: Session, actor: Actor, project: Project) -> None:
        role(session, project, "Oracle", {"Divination": 5}, position=2)
        run = staff(session, project.id, Choices(allow_gaps=True))
        choose_team(session, actor, best(run).id, "As far as it goes", AT)
        assert {one.role_name for one in allocations(session)} == {"Engineer", "Analyst"}


class TestAWorldThatMoved:
    """Each change makes the team wrong: nobody is held, and the reason says what it was."""

    def moved(self, session: Session, actor: Actor, team: Proposal) -> dict[Obstacle, object]:
        before = len(allocations(session))
        with pytest.raises(WorldMoved) as refused:
            choose_team(session, actor, team.id, "Because", AT)
        assert len(allocations(session)) == before
        assert session.scalars(select(Decision)).all() == []
        return {one.kind: one for one in refused.value.hindrances}

    def test_because_somebody_was_booked(self, session: Session, actor: Actor, team: Proposal) -> None:
        who = session.get_one(Practitioner, team.seats[0].practitioner_id)
        booking(session, who, MONDAY + timedelta(weeks=3), MONDAY + timedelta(weeks=4, days=6), share=0.4)
        found = self.moved(session, actor, team)[Obstacle.BUSY]
        assert (found.person, found.week, found.weeks, found.free, found.wanted) == (  # type: ignore[attr-defined]
            who.name, MONDAY + timedelta(weeks=3), 2, 0.6, 1.0
        )  # fmt: skip

    def test_because_somebody_is_away_for_a_day(self, session: Session, actor: Actor, team: Proposal) -> None:
        who = session.get_one(Practitioner, team.seats[0].practitioner_id)
        absence(session, who, MONDAY + timedelta(weeks=2), MONDAY + timedelta(weeks=2))
        assert set(self.moved(session, actor, team)) == {Obstacle.BUSY}

    def test_because_somebody_left(self, session: Session, actor: Actor, team: Proposal) -> None:
        session.get_one(Practitioner, team.seats[0].practitioner_id).active = False
        session.flush()
        assert set(self.moved(session, actor, team)) == {Obstacle.INACTIVE}

    def test_because_somebody_was_deleted(self, session: Session, actor: Actor, team: Proposal) -> None:
        session.execute(delete(Practitioner).where(Practitioner.id == team.seats[0].practitioner_id))
        session.expire_all()
        assert Obstacle.PERSON_GONE in self.moved(session, actor, team)

    def test_because_a_level_fell(self, session: Session, actor: Actor, team: Proposal) -> None:
        session.execute(update(Rating).where(Rating.practitioner_id == team.seats[0].practitioner_id).values(level=2))
        found = self.moved(session, actor, team)[Obstacle.LEVEL]
        assert (found.skill, found.level, found.needed) == ("Python", 2, 3)  # type: ignore[attr-defined]

    def test_because_a_rating_went(self, session: Session, actor: Actor, team: Proposal) -> None:
        session.execute(delete(Rating).where(Rating.practitioner_id == team.seats[0].practitioner_id))
        assert self.moved(session, actor, team)[Obstacle.LEVEL].level == 0  # type: ignore[attr-defined]

    def test_because_the_seat_was_taken(self, session: Session, actor: Actor, project: Project, team: Proposal) -> None:
        other = person(session, "Dov")
        taken = booking(session, other, MONDAY, SUNDAY, project=project)
        taken.role_id, taken.seat = team.seats[0].role_id, 1
        session.flush()
        assert self.moved(session, actor, team)[Obstacle.TAKEN].holders == ("Dov",)  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        "change", [{"fte": Decimal("0.5")}, {"headcount": 2}, {"starts_on": MONDAY + timedelta(weeks=2)}]
    )
    def test_because_a_role_changed(
        self, session: Session, actor: Actor, team: Proposal, change: dict[str, object]
    ) -> None:
        session.execute(update(Role).where(Role.id == team.seats[0].role_id).values(**change))
        session.expire_all()
        assert set(self.moved(session, actor, team)) == {Obstacle.ROLE_CHANGED}

    def test_because_a_must_have_changed(self, session: Session, actor: Actor, team: Proposal) -> None:
        session.execute(update(SkillNeed).where(SkillNeed.role_id == team.seats[0].role_id).values(level=2))
        session.expire_all()
        assert set(self.moved(session, actor, team)) == {Obstacle.ROLE_CHANGED}

    def test_because_a_role_was_added(self, session: Session, actor: Actor, project: Project, team: Proposal) -> None:
        role(session, project, "Tester", {})
        session.expire_all()
        assert set(self.moved(session, actor, team)) == {Obstacle.ROLE_ADDED}

    def test_because_a_role_was_removed(self, session: Session, actor: Actor, team: Proposal) -> None:
        session.execute(delete(Role).where(Role.id == team.seats[0].role_id))
        session.expire_all()
        assert set(self.moved(session, actor, team)) == {Obstacle.ROLE_GONE}

    def test_because_the_project_moved(self, session: Session, actor: Actor, project: Project, team: Proposal) -> None:
        project.starts_on, project.ends_on = MONDAY + timedelta(weeks=1), SUNDAY + timedelta(weeks=1)
        session.flush()
        session.expire_all()
        assert set(self.moved(session, actor, team)) == {Obstacle.PROJECT_MOVED}

    def test_because_the_project_was_cancelled(
        self, session: Session, actor: Actor, project: Project, team: Proposal
    ) -> None:
        project.state = ProjectState.CANCELLED
        session.flush()
        assert set(self.moved(session, actor, team)) == {Obstacle.PROJECT_OVER}

    def test_because_the_budget_shrank(self, session: Session, actor: Actor, project: Project) -> None:
        session.add(CostBand(name="A", daily_cost=Decimal(1)))
        project.budget = Decimal(1_000_000)
        session.flush()
        team = best(staff(session, project.id, Choices(within_budget=True)))
        project.budget = Decimal(999_999)
        session.flush()
        assert set(self.moved(session, actor, team)) == {Obstacle.BUDGET}

    def test_but_not_because_of_what_no_rule_asks_for(
        self, session: Session, actor: Actor, project: Project, team: Proposal
    ) -> None:
        project.description, project.priority = "Another one", 5
        session.execute(update(Role).where(Role.id == team.seats[0].role_id).values(name="Data engineer", position=9))
        rating(session, named(session, "Cleo"), "SQL", 5)
        session.flush()
        session.expire_all()
        assert choose_team(session, actor, team.id, "Still right", AT).record["chosen"] == "A"


class TestAStretchSeat:
    @pytest.fixture
    def team(self, session: Session) -> Proposal:
        """Only Anna has Python, and she is needed as the analyst: Ben learns it from her."""
        project = staffable(session)
        session.execute(delete(Rating))
        anna, ben = named(session, "Anna"), named(session, "Ben")
        rating(session, anna, "SQL", 4)
        rating(session, anna, "Python", 4)
        rating(session, ben, "Python", 2)
        goal(session, ben, "Python", 3)
        found = best(staff(session, project.id, Choices(stretch=True)))
        assert [seat.points["stretch"] for seat in found.seats] == ["Python", None]
        return found

    def test_is_held(self, session: Session, actor: Actor, team: Proposal) -> None:
        choose_team(session, actor, team.id, "Ben learns", AT)
        assert len(allocations(session)) == 2

    def refused(self, session: Session, actor: Actor, team: Proposal, why: Obstacle) -> None:
        with pytest.raises(WorldMoved) as refused:
            choose_team(session, actor, team.id, "Ben learns", AT)
        assert [one.kind for one in refused.value.hindrances] == [why]

    def test_is_none_without_the_goal(self, session: Session, actor: Actor, team: Proposal) -> None:
        session.execute(delete(LearningGoal))
        self.refused(session, actor, team, Obstacle.GOAL)

    def test_is_none_without_the_mentors_level(self, session: Session, actor: Actor, team: Proposal) -> None:
        anna = named(session, "Anna").id
        session.execute(update(Rating).where(Rating.practitioner_id == anna, Rating.level == 4).values(level=3))
        choose_team(session, actor, team.id, "Three is enough to teach three", AT)

    def test_is_none_with_a_mentor_who_forgot(self, session: Session, actor: Actor, team: Proposal) -> None:
        python = session.scalars(select(Rating).where(Rating.level == 2)).one().skill_id
        session.execute(update(Rating).where(Rating.skill_id == python, Rating.level == 4).values(level=1))
        self.refused(session, actor, team, Obstacle.MENTOR)

    def test_is_none_two_levels_short(self, session: Session, actor: Actor, team: Proposal) -> None:
        session.execute(update(Rating).where(Rating.level == 2).values(level=1))
        self.refused(session, actor, team, Obstacle.LEVEL)


class TestOnePersonOnTwoSeats:
    def test_must_have_time_for_both(self, session: Session, actor: Actor, project: Project) -> None:
        session.execute(update(Role).values(fte=Decimal("0.5")))
        session.execute(delete(Rating).where(Rating.practitioner_id != named(session, "Anna").id))
        session.expire_all()
        team = best(staff(session, project.id, Choices(max_seats_per_person=2)))
        booking(session, named(session, "Anna"), MONDAY, MONDAY + timedelta(days=6), share=0.2)
        with pytest.raises(WorldMoved) as refused:
            choose_team(session, actor, team.id, "Both", AT)
        assert [(one.kind, one.free) for one in refused.value.hindrances] == [(Obstacle.BUSY, 0.3)]
        session.execute(delete(Allocation))
        choose_team(session, actor, team.id, "Both", AT)
        assert len(allocations(session)) == 2


class TestSettingAside:
    def test_keeps_the_reason_and_holds_nobody(self, session: Session, actor: Actor, team: Proposal) -> None:
        decision = set_aside(session, actor, team.run_id, "We wait for the budget.", AT)
        assert (decision.kind, decision.proposal_id, decision.record["chosen"]) == (DecisionKind.SET_ASIDE, None, None)
        assert allocations(session) == []
        with pytest.raises(Conflict, match="already"):
            set_aside(session, actor, team.run_id, "Again", AT)

    def test_is_refused_while_people_are_booked(self, session: Session, actor: Actor, team: Proposal) -> None:
        choose_team(session, actor, team.id, "Yes", AT)
        with pytest.raises(Conflict, match="Release them first"):
            set_aside(session, actor, team.run_id, "No", AT)

    def test_of_nothing_is_not_found(self, session: Session, actor: Actor) -> None:
        with pytest.raises(NotFound):
            set_aside(session, actor, 4711, "No", AT)
