"""Ways around what people hide: deciding, trying again, copies and records must not tell what the pages keep back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Relation
from app.errors import Conflict
from app.queries.audit.history import history_of_person
from app.queries.audit.trail import AuditFilters, every_entry, page_of_trail
from app.queries.people.profile import show_person
from app.queries.privacy.personal_data import data_of_person
from app.queries.shell import shell_counts
from app.queries.sight.reach import managers_of
from app.queries.sight.visibility import relation_to_person
from app.queries.staffing.allocations import Seen
from app.queries.staffing.choices import Choices
from app.queries.staffing.decisions import show_decision
from app.queries.staffing.proposals import names_in, run_with_people
from app.queries.staffing.proposed import where_proposed
from app.services.audit import COMMAND_LINE, Actor, record
from app.services.staffing.allocations import take_step
from app.services.staffing.decisions import WorldMoved, choose_team, set_aside
from models import (
    Account,
    AccountRole,
    AllocationState,
    Audience,
    ImportedValue,
    PersonalField,
    Practitioner,
    ProposedSeat,
    Rating,
    Reach,
    SkillNeed,
)
from staffing.terms import Measure
from tests.app.conftest import Browser
from tests.factories.decisions import AT, best, chooser
from tests.factories.people import absence, booking, goal, keeps, person, policy, skill, work
from tests.factories.programs import Program
from tests.factories.record import known_person
from tests.factories.staffing import TODAY, project_to_staff, role, staff
from tests.factories.viewers import ADMIN, MANAGER, Onlooker


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


class TestConfirmingSomebody:
    """A manager makes a project with one seat that asks for nothing, and takes whom they want to look at."""

    @pytest.fixture
    def victim(self, session: Session) -> Practitioner:
        return person(session, "Shy Sheila", skills={"Basketry": 4})

    def confirmed(self, session: Session, victim: Practitioner, manager: Onlooker, by: int | None) -> None:
        bait = work(session, "Bait", manager_id=manager.account_id)
        seat = booking(session, victim, AT.date(), None, 0.1, project=bait, state=AllocationState.HELD)
        assert by is not None
        take_step(session, Actor.of(by), {seat.id: Seen(seat.version, seat.state)}, AllocationState.CONFIRMED, None, AT)

    def test_opens_nothing_to_whoever_did_it(self, session: Session, victim: Practitioner) -> None:
        manager = lead(session)
        self.confirmed(session, victim, manager, manager.account_id)
        assert relation_to_person(session, manager, victim.id) is Relation.OTHER
        assert managers_of(session, victim.id).managers == []

    def test_makes_them_the_lead_of_whom_somebody_else_confirmed(self, session: Session, victim: Practitioner) -> None:
        manager = lead(session)
        self.confirmed(session, victim, manager, chooser(session).account_id)
        assert relation_to_person(session, manager, victim.id) is Relation.MANAGED
        assert "Lena Lead" in managers_of(session, victim.id).managers


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


class TestARecordOfADecision:
    def test_shows_no_team_to_whoever_is_not_shown_the_run(self, session: Session) -> None:
        """A manager who is kept from the teams could set them aside unseen, and read them in the record."""
        project = project_to_staff(session)
        role(session, project, "Weaver", {"Basketry": 3})
        victim = person(session, "Shy Sheila", skills={"Basketry": 4})
        run = staff(session, project.id)
        keeps(session, victim, PersonalField.GOALS, Audience.SELF)
        manager = lead(session)
        assert manager.account_id is not None
        decision = set_aside(session, Actor.of(manager.account_id), run.id, "Unseen", AT)
        shown = show_decision(session, manager, decision.id)
        assert (shown.alternatives, shown.withheld) == ([], True)
        assert "measures" not in str(shown.to_json())
        assert (decision.record or {})["alternatives"], "what was frozen stays whole"


class TestWhereSomebodyWasProposed:
    @pytest.mark.parametrize(
        ("hides", "gone"), [(PersonalField.GOALS, Measure.GROWTH), (PersonalField.OUTCOMES, Measure.TRACK)]
    )
    def test_tells_managers_no_number_that_is_drawn_from_what_the_person_hides(
        self, session: Session, hides: PersonalField, gone: Measure
    ) -> None:
        project = project_to_staff(session)
        role(session, project, "Weaver", {"Basketry": 4}, headcount=2)
        person(session, "Mona Mentor", skills={"Basketry": 5})
        learner = person(session, "Leo Learner", skills={"Basketry": 3})
        goal(session, learner, "Basketry", 4)
        staff(session, project.id, Choices(stretch=True))
        policy(session, hides, Audience.EVERYONE)
        keeps(session, learner, hides, Audience.SELF)
        (told,) = where_proposed(session, MANAGER, learner.id).runs
        assert [(seat.stretch, bool(seat.needs)) for seat in told.seats] == [
            (None, False) if hides is PersonalField.GOALS else ("Basketry", True)
        ]
        (own,) = where_proposed(session, Onlooker(practitioner_id=learner.id), learner.id).runs
        assert own.seats[0].stretch == "Basketry"
        assert set(own.seats[0].measures) - set(told.seats[0].measures) == {gone}
        assert set(own.seats[0].points) - set(told.seats[0].points) == {gone}


class TestTheHistoryOfSomebody:
    @pytest.mark.parametrize("viewer", [MANAGER, ADMIN])
    def test_finds_nothing_by_a_value_that_is_not_shown(self, session: Session, viewer: Onlooker) -> None:
        victim = person(session, "Shy Sheila")
        wish = goal(session, victim, "Falconry", 4)
        record(session, COMMAND_LINE, "goal.edit", "learning_goal", wish.id, after={"skill": "Falconry"}, reason="Owls")
        record(session, COMMAND_LINE, "person.edit", "practitioner", victim.id, after={"goals": "Falconry"})
        for text in ("Falconry", "Owls"):
            assert history_of_person(session, viewer, victim.id, AuditFilters(text=text))[1].rows
        keeps(session, victim, PersonalField.GOALS, Audience.SELF)
        for text in ("Falconry", "Owls"):
            assert history_of_person(session, viewer, victim.id, AuditFilters(text=text))[1].rows == []
            assert page_of_trail(session, viewer, AuditFilters(text=text)).rows == []
        everything = list(every_entry(session, viewer, AuditFilters()))
        assert "Falconry" not in str(everything)
        assert "Owls" not in str(everything)


class TestWhereValuesCameFrom:
    def test_repeats_no_value_that_is_not_shown(self, session: Session) -> None:
        known = known_person(session)
        batch_id = session.scalars(select(ImportedValue.batch_id)).first()
        for column, raw in (("cost_band", "Band Z"), ("email", "old@example.org"), ("title", "Weaver")):
            session.add(ImportedValue(batch_id=batch_id, held_by_id=batch_id, table_name="practitioners",
                                      row_id=known.person.id, field=column, sheet="S", cell="A1", raw=raw))  # fmt: skip
        for field in (PersonalField.COST, PersonalField.CONTACT):
            policy(session, field, Audience.SELF)
        told = str(show_person(session, ADMIN, known.person.id, TODAY).origins)
        assert "Weaver" in told
        assert "Band Z" not in told
        assert "old@example.org" not in told


class TestVerifyingRatings:
    def test_is_not_open_to_managers_who_are_not_shown_the_ratings(self, session: Session, manager: Browser) -> None:
        """A right guess was taken and a wrong one refused, so that six guesses told a level."""
        victim = person(session, "Shy Sheila", skills={"Basketry": 4})
        policy(session, PersonalField.RATINGS, Audience.SELF)
        rated = session.scalars(select(Rating)).one()
        session.commit()
        pages = {
            manager.post(f"/people/{victim.id}/verify", 404, page="/account", verified=f"{number}:{level}").data[:200]
            for number in (rated.id, 4711)
            for level in range(6)
        }
        assert len(pages) == 1


class TestTheShell:
    def test_counts_the_proposals_within_reach(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Weaver", {})
        staff(session, project.id)
        assert shell_counts(session, lead(session)).proposals == 0
        assert shell_counts(session, MANAGER).proposals == 1


class TestAnAnswerThatIsAskedForAgain:
    def test_shows_no_team_that_somebody_in_it_no_longer_lets_be_seen(
        self, session: Session, program: Callable[..., Program]
    ) -> None:
        project = project_to_staff(session)
        role(session, project, "Weaver", {"Basketry": 3})
        victim = person(session, "Shy Sheila", skills={"Basketry": 4})
        session.commit()
        asking, key = program("manager"), {"Idempotency-Key": "nightly"}
        body = {"project": project.id}
        assert asking.ask("POST", "/api/v1/proposals", json=body, headers=key).status_code == 201
        assert asking.ask("POST", "/api/v1/proposals", json=body, headers=key).status_code == 201
        keeps(session, victim, PersonalField.GOALS, Audience.SELF)
        session.commit()
        again = asking.ask("POST", "/api/v1/proposals", json=body, headers=key)
        assert again.status_code == 409
        assert "Sheila" not in again.text


class TestExcludingSomebody:
    def test_tells_no_name_of_somebody_who_left(self, session: Session) -> None:
        manager = lead(session)
        gone = person(session, "Gone Gerda", active=False)
        person(session, "Oda Open", skills={"Basketry": 4})
        project = project_to_staff(session, manager_id=manager.account_id)
        role(session, project, "Weaver", {})
        choices = Choices(exclude=(gone.id,))
        run = staff(session, project.id, choices, viewer=manager)
        assert gone.id not in run_with_people(session, manager, run.id).names
        assert names_in(session, manager, choices) == {}
        assert names_in(session, ADMIN, choices) == {gone.id: "Gone Gerda"}
        assert run_with_people(session, ADMIN, run.id).names[gone.id] == "Gone Gerda"

    def test_names_nobody_who_left_in_the_record_of_the_decision_either(self, session: Session) -> None:
        manager = lead(session)
        gone = person(session, "Gone Gerda", active=False)
        person(session, "Oda Open", skills={"Basketry": 4})
        project = project_to_staff(session, manager_id=manager.account_id)
        role(session, project, "Weaver", {})
        run = staff(session, project.id, Choices(exclude=(gone.id,)), viewer=manager)
        assert manager.account_id is not None
        decision = set_aside(session, Actor.of(manager.account_id), run.id, "Unseen", AT)
        assert gone.id not in show_decision(session, manager, decision.id).names
        assert show_decision(session, ADMIN, decision.id).names[gone.id] == "Gone Gerda"


class TestProposingAgain:
    def test_answers_alike_for_the_run_of_another_project_and_one_that_is_not_there(
        self, session: Session, manager: Browser
    ) -> None:
        first, other = project_to_staff(session, "First"), project_to_staff(session, "Other")
        for project in (first, other):
            role(session, project, "Weaver", {})
        elsewhere = staff(session, other.id)
        session.commit()
        for number in (elsewhere.id, 4711):
            manager.get(f"/projects/{first.id}/proposals?from={number}")


class TestTheReasonOfAnAbsence:
    def test_is_kept_back_where_it_is_the_reason_of_an_entry(self, session: Session) -> None:
        victim = person(session, "Shy Sheila")
        away = absence(session, victim, AT.date(), AT.date())
        record(session, COMMAND_LINE, "absence.edit", "absence", away.id, after={"share": 1}, reason="Surgery")
        (shown,) = history_of_person(session, MANAGER, victim.id, AuditFilters())[1].rows
        assert shown.reason == "Surgery"
        keeps(session, victim, PersonalField.ABSENCE_REASONS, Audience.SELF)
        (hidden,) = history_of_person(session, MANAGER, victim.id, AuditFilters())[1].rows
        assert (hidden.reason, hidden.after) == (None, {"share": 1})
