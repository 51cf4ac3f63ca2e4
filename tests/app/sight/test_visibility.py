"""Who sees what of whom: people choose within the organisation's policy, and everything that tells of people obeys."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import SHIPPED_POLICY, WIDENING, Bounds, Relation
from app.queries.exports.tables import exported_directory
from app.queries.people.listing import PeopleFilters, find_people
from app.queries.people.skills import SkillFilters, list_skills, show_skill
from app.queries.projects.pages import project_view
from app.queries.sight.reach import managers_of
from app.queries.sight.visibility import (
    hidden_fields,
    look_at,
    may_see,
    relation_to_person,
    relation_to_project,
    seen_by,
)
from app.queries.staffing.choices import Choices
from app.queries.staffing.problem import load_problem
from app.queries.staffing.proposals import run_summaries, run_with_people
from app.services.audit import COMMAND_LINE
from app.services.exports import make_export
from models import (
    Account,
    AccountRole,
    Allocation,
    AllocationState,
    Audience,
    ManagedUnit,
    PersonalField,
    Practitioner,
    Reach,
)
from tests.app.conftest import Browser
from tests.factories.people import booking, home_unit, keeps, person, policy, skill, work
from tests.factories.shy import somebody_shy
from tests.factories.staffing import TODAY, project_to_staff, role, staff
from tests.factories.viewers import ADMIN, MANAGER, READER, Onlooker

EVERYBODY_ELSE = [READER, Onlooker(AccountRole.VIEWER)]


def unit_manager(session: Session, *units: str) -> Onlooker:
    """A manager of these units and nothing else."""
    account = Account(email="of.units@example.org", name="Unit Manager", role=AccountRole.MANAGER, reach=Reach.ASSIGNED)
    session.add(account)
    session.flush()
    session.add_all(ManagedUnit(account_id=account.id, unit_id=home_unit(session, name).id) for name in units)
    session.flush()
    return Onlooker(account.role, account.id, None, account.reach)


class TestTheReachOfAManager:
    def test_takes_in_the_people_of_their_units_and_of_the_units_below(self, session: Session) -> None:
        data, inner = home_unit(session, "Data"), home_unit(session, "Machine learning")
        inner.parent_id = data.id
        people = [person(session, unit, unit=unit) for unit in ("Data", "Machine learning", "Design")]
        manager = unit_manager(session, "Data")
        assert [relation_to_person(session, manager, one.id) for one in people] == ["managed", "managed", "other"]

    def test_takes_in_the_projects_that_they_lead_and_whoever_is_confirmed_there(self, session: Session) -> None:
        manager = unit_manager(session)
        led, other = work(session, "Led", manager_id=manager.account_id), work(session, "Other")
        people = {}
        for state in (AllocationState.CONFIRMED, AllocationState.HELD, AllocationState.PROPOSED):
            people[state] = person(session, state.value)
            session.add(Allocation(practitioner_id=people[state].id, project_id=led.id, share=Decimal(1),
                                   starts_on=date(2027, 1, 4), state=state))  # fmt: skip
        session.flush()
        assert [relation_to_project(session, manager, one.id) for one in (led, other)] == ["managed", "other"]
        met = {state: relation_to_person(session, manager, one.id) for state, one in people.items()}
        assert met == {
            AllocationState.CONFIRMED: Relation.MANAGED,
            AllocationState.HELD: Relation.OTHER,
            AllocationState.PROPOSED: Relation.OTHER,
        }, "holding somebody, which takes nobody's consent, opens nothing"

    @pytest.mark.parametrize(("over", "met"), [(date(2000, 1, 31), "other"), (date(2099, 1, 31), "managed")])
    def test_lets_go_of_them_when_their_part_is_over(self, session: Session, over: date, met: str) -> None:
        manager, who = unit_manager(session), person(session)
        led = work(session, "Led", manager_id=manager.account_id)
        booking(session, who, date(2000, 1, 3), over, project=led, state=AllocationState.CONFIRMED)
        assert relation_to_person(session, manager, who.id) == met
        assert ("Unit Manager" in managers_of(session, who.id).managers) is (met == "managed")

    def test_survives_units_that_stand_in_a_circle(self, session: Session) -> None:
        one, other = home_unit(session, "One"), home_unit(session, "Other")
        one.parent_id, other.parent_id = other.id, one.id
        who = person(session, unit="Other")
        assert relation_to_person(session, unit_manager(session, "One"), who.id) is Relation.MANAGED

    def test_is_nothing_for_a_manager_without_units_and_projects(self, session: Session) -> None:
        who = person(session, unit="Data")
        assert relation_to_person(session, unit_manager(session), who.id) is Relation.OTHER


class TestWhatAPersonChooses:
    @pytest.mark.parametrize("field", list(PersonalField))
    @pytest.mark.parametrize("audience", list(Audience))
    def test_holds_for_everybody_as_far_as_the_policy_lets_it(
        self, session: Session, field: PersonalField, audience: Audience
    ) -> None:
        who = person(session, unit="Data")
        keeps(session, who, field, audience)
        near, far = unit_manager(session, "Data"), MANAGER
        effective = SHIPPED_POLICY[field].effective(audience)
        seen = {
            "own": may_see(session, Onlooker(practitioner_id=who.id), who.id, field),
            "their manager": may_see(session, near, who.id, field),
            "manager of everything": may_see(session, far, who.id, field),
            "administrator": may_see(session, ADMIN, who.id, field),
            "colleague": may_see(session, READER, who.id, field),
            "viewer": may_see(session, Onlooker(AccountRole.VIEWER), who.id, field),
        }
        managers = effective is not Audience.SELF
        everyone = effective is Audience.EVERYONE
        assert list(seen.values()) == [True, managers, managers, managers, everyone, everyone]

    @pytest.mark.parametrize("field", list(PersonalField))
    def test_reads_alike_for_one_person_and_for_many(self, session: Session, field: PersonalField) -> None:
        people = [person(session, f"{audience} {unit}", unit=unit) for audience in Audience for unit in ("Data", "Far")]
        for who, audience in zip(people, [a for a in Audience for _ in range(2)], strict=True):
            keeps(session, who, field, audience)
        people.append(person(session, "Chose nothing"))
        ids, near = [who.id for who in people], unit_manager(session, "Data")
        for usual in Audience:
            policy(session, field, usual)
            for viewer in (near, MANAGER, ADMIN, READER, Onlooker(practitioner_id=ids[0])):
                one_by_one = [may_see(session, viewer, number, field) for number in ids]
                shown = set(session.scalars(select(Practitioner.id).where(seen_by(session, viewer, field))))
                hidden = hidden_fields(session, viewer, ids)
                assert [number in shown for number in ids] == one_by_one
                assert [field not in hidden[number] for number in ids] == one_by_one

    def test_is_drawn_in_when_the_organisation_narrows_its_policy(self, session: Session) -> None:
        who = person(session)
        keeps(session, who, PersonalField.GOALS, Audience.EVERYONE)
        assert may_see(session, READER, who.id, PersonalField.GOALS)
        policy(session, PersonalField.GOALS, Audience.MANAGERS, widest=Audience.MANAGERS)
        assert not may_see(session, READER, who.id, PersonalField.GOALS)
        assert may_see(session, MANAGER, who.id, PersonalField.GOALS)

    def test_shows_nothing_of_somebody_who_left_but_to_their_managers_and_themselves(self, session: Session) -> None:
        gone = person(session, active=False)
        assert look_at(session, READER, gone.id) is None
        assert look_at(session, MANAGER, gone.id) is not None
        assert look_at(session, Onlooker(practitioner_id=gone.id), gone.id) is not None


class TestTheShippedPolicy:
    def test_covers_every_part_and_stands_in_order(self) -> None:
        assert set(SHIPPED_POLICY) == set(PersonalField)
        for bounds in SHIPPED_POLICY.values():
            places = [WIDENING.index(one) for one in (bounds.narrowest, bounds.usual, bounds.widest)]
            assert places == sorted(places)

    def test_takes_a_choice_outside_of_it_for_the_nearest_bound(self) -> None:
        bounds = Bounds(Audience.MANAGERS, Audience.MANAGERS, Audience.EVERYONE)
        assert [bounds.effective(chosen) for chosen in (None, *Audience)] == [
            Audience.MANAGERS, Audience.MANAGERS, Audience.MANAGERS, Audience.EVERYONE
        ]  # fmt: skip


@pytest.fixture
def shy(session: Session) -> Practitioner:
    """Somebody who shows nobody but themselves anything, as a policy of full freedom lets them."""
    who, _ = somebody_shy(session, 5, date(2027, 1, 4), date(2027, 1, 8))
    for field in PersonalField:
        keeps(session, who, field, Audience.SELF)
    return who


class TestEverythingThatTellsOfPeople:
    """What somebody keeps to themselves, looked for by everybody else wherever it could show."""

    OTHERS = (MANAGER, ADMIN, *EVERYBODY_ELSE)

    def test_finds_nobody_by_a_hidden_skill_and_counts_none(self, session: Session, shy: Practitioner) -> None:
        basketry = skill(session, "Basketry").id
        for viewer in self.OTHERS:
            assert find_people(session, viewer, PeopleFilters(skills=(basketry,)), TODAY).total == 0
            assert find_people(session, viewer, PeopleFilters(text="basketry"), TODAY).total == 0
            assert find_people(session, viewer, PeopleFilters(text="sheila@example"), TODAY).total == 0
            everybody = find_people(session, viewer, PeopleFilters(), TODAY)
            assert [option.count for option in everybody.availability] == [0, 0, 0]
            assert everybody.skills == ()
            assert [row.skills for row in everybody.rows] == [()]

    def test_orders_by_nothing_that_is_hidden(self, session: Session, shy: Practitioner) -> None:
        person(session, "Zoe", title="Basketry teacher", skills={"Basketry": 1})
        shy.title = "Basketry teacher"
        session.flush()
        found = find_people(session, READER, PeopleFilters(text="basketry"), TODAY)
        assert [row.name for row in found.rows] == ["Zoe", "Shy Sheila"]

    def test_counts_no_hidden_holder_or_learner_of_a_skill(self, session: Session, shy: Practitioner) -> None:
        for viewer in self.OTHERS:
            rows = [row for group in list_skills(session, viewer, SkillFilters()).groups for row in group.skills]
            told = {row.name: (row.people, row.solid, row.learners, row.only) for row in rows}
            assert told["Basketry"] == told["Falconry"] == (0, 0, 0, None)
            page = show_skill(session, viewer, skill(session, "Falconry").id)
            assert (page.learners, page.learner_count) == ((), 0)

    def test_exports_nothing_that_is_hidden(self, session: Session, shy: Practitioner) -> None:
        for viewer in (MANAGER, ADMIN):
            found = exported_directory(session, viewer)
            (told,) = found.people
            assert (told.email, told.cost_band, told.goals, found.ratings) == (None, None, (), [])
            assert [part.score for part in found.parts] == [None]
            for kind in ("people", "matrix", "project"):
                book = openpyxl.load_workbook(io.BytesIO(make_export(session, COMMAND_LINE, viewer, kind, ".xlsx")))
                cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
                for secret in ("Basketry", "Falconry", "sheila@example.org", "Band Z", "0.123", "Surgery"):
                    assert not [cell for cell in cells if secret in cell], (kind, secret)

    def test_shows_who_works_on_a_project_but_not_when_and_how_much(self, session: Session, shy: Practitioner) -> None:
        led = work(session, "Led by nobody")
        booking(session, shy, date(2026, 1, 5), date(2027, 1, 31), 0.37, project=led, state=AllocationState.CONFIRMED)
        for viewer in EVERYBODY_ELSE:
            (told,) = project_view(session, viewer, led.id).others
            assert (told.name, told.share, told.starts_on, told.ends_on) == ("Shy Sheila", None, None, None)
        (managed,) = project_view(session, MANAGER, led.id).others
        assert managed.share == Decimal("0.37"), "whoever manages the project has to know"

    def test_proposes_nobody_for_a_skill_that_they_hide(self, session: Session, shy: Practitioner) -> None:
        project = project_to_staff(session)
        role(session, project, "Weaver", {"Basketry": 3})
        seen = person(session, "Open Olga", skills={"Basketry": 3})
        problem = load_problem(session, MANAGER, project.id, Choices(), TODAY).problem
        assert problem.people.ids == (f"p{seen.id:08d}",)

    def test_stays_out_of_pages(self, session: Session, shy: Practitioner, signed_in: Callable[..., Browser]) -> None:
        session.commit()
        secrets = ("Basketry", "Falconry", "sheila@example.org", "Band Z", "777", "Surgery", "12%")
        for who in ("viewer", "practitioner", "manager", "admin"):
            page = signed_in(who).get(f"/people/{shy.id}")
            assert "Shy Sheila" in page
            assert not [secret for secret in secrets if secret in page], who
        own = signed_in("practitioner", "own@example.org", shy.id).get(f"/people/{shy.id}")
        assert all(secret in own for secret in ("Basketry", "Falconry", "sheila@example.org", "Surgery"))


class TestAStoredRun:
    @pytest.fixture
    def run_id(self, session: Session) -> int:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        person(session, "Anna Berg", skills={"Python": 4})
        run = staff(session, project.id)
        session.flush()
        return run.id

    def test_shows_no_team_once_somebody_in_it_hides_what_it_was_worked_out_from(
        self, session: Session, run_id: int
    ) -> None:
        assert run_with_people(session, MANAGER, run_id).teams
        anna = session.scalars(select(Practitioner)).one()
        policy(session, PersonalField.RATINGS, Audience.EVERYONE)
        keeps(session, anna, PersonalField.RATINGS, Audience.SELF)
        shown = run_with_people(session, MANAGER, run_id)
        assert (list(shown.teams), shown.withheld) == ([], True)
        assert all(not role_view.seats for role_view in shown.roles)

    def test_does_not_name_who_hides_it(self, session: Session, run_id: int, signed_in: Callable[..., Browser]) -> None:
        anna = session.scalars(select(Practitioner)).one()
        policy(session, PersonalField.RATINGS, Audience.EVERYONE)
        keeps(session, anna, PersonalField.RATINGS, Audience.SELF)
        session.commit()
        page = signed_in("manager").get(f"/proposals/{run_id}")
        assert "Somebody in this run does not show you" in page
        assert "Anna Berg" not in page

    def test_tells_a_list_of_runs_no_more_than_its_own_page(
        self, session: Session, run_id: int, signed_in: Callable[..., Browser]
    ) -> None:
        (told,) = run_summaries(session, MANAGER)
        assert (told.teams, (told.best_units or 0) > 0) == (1, True)
        anna = session.scalars(select(Practitioner)).one()
        policy(session, PersonalField.RATINGS, Audience.EVERYONE)
        keeps(session, anna, PersonalField.RATINGS, Audience.SELF)
        session.commit()
        (told,) = run_summaries(session, MANAGER)
        assert (told.id, told.teams, told.best_units) == (run_id, None, None)
        manager = signed_in("manager")
        for page in ("/proposals", "/", f"/projects/{told.project_id}"):
            assert "not shown" in manager.get(page)

    def test_without_a_team_is_withheld_from_a_list_for_those_whom_its_reasons_name(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 5})
        anna = person(session, "Anna Berg", skills={"Python": 4})
        run = staff(session, project.id)
        assert run.result["infeasible"]
        policy(session, PersonalField.RATINGS, Audience.EVERYONE)
        for hides in (False, True):
            if hides:
                keeps(session, anna, PersonalField.RATINGS, Audience.SELF)
            (told,) = run_summaries(session, MANAGER)
            assert (told.teams is None) is hides is run_with_people(session, MANAGER, run.id).withheld

    def test_shows_whoever_asked_what_it_was_worked_out_from_without_what_was_hidden_then(
        self, session: Session
    ) -> None:
        manager = unit_manager(session)
        project = project_to_staff(session, manager_id=manager.account_id)
        role(session, project, "Engineer", {"Python": 3})
        person(session, "Anna Berg", skills={"Python": 4})
        run = staff(session, project.id, viewer=manager)
        assert run.choices["unseen"], "the cost of somebody else's people is not shown to this manager"
        assert run_with_people(session, manager, run.id).teams
        assert run_with_people(session, ADMIN, run.id).teams
