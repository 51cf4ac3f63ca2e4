"""Ways around what people hide through numbers and files: scores, means and counts must not tell what the pages keep
back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.exports.projects import exported_projects
from app.queries.home import start_page
from app.queries.people.profile import show_person
from app.queries.staffing.alternatives import alternatives_for
from app.queries.staffing.choices import Choices
from app.queries.staffing.columns import mean_success
from app.queries.staffing.decisions import show_decision
from app.queries.staffing.proposals import run_with_people
from app.services.audit import Actor
from app.services.exports import KINDS, make_export
from app.services.staffing.decisions import set_aside
from models import Account, AccountRole, Audience, Engagement, PersonalField, Practitioner, Project, Reach
from tests.factories.decisions import AT
from tests.factories.people import booking, engagement, keeps, person, policy, tie, work
from tests.factories.staffing import TODAY, project_to_staff, role, staff
from tests.factories.viewers import MANAGER, Onlooker


def lead(session: Session) -> Onlooker:
    """A manager of no unit, who leads what they make themselves."""
    account = Account(email="lead@example.org", name="Lena Lead", role=AccountRole.MANAGER, reach=Reach.ASSIGNED)
    session.add(account)
    session.flush()
    return Onlooker(account.role, account.id, None, account.reach)


class TestTheOutcomeOfAProject:
    """Where a part has no outcome of its own, the project's is the person's."""

    @pytest.fixture
    def hidden(self, session: Session) -> Project:
        """Four finished projects: whoever worked on the last of them shows no outcomes."""
        for name, outcome in (("Ada", "0.5"), ("Bo", "0.6"), ("Cy", "0.7")):
            engagement(session, person(session, name), work(session, f"Of {name}", success=Decimal(outcome)))
        victim = person(session, "Shy Sheila")
        keeps(session, victim, PersonalField.OUTCOMES, Audience.MANAGERS)
        last = work(session, "Of Sheila", success=Decimal("0.123"))
        engagement(session, victim, last)
        return last

    def test_is_in_no_export_of_whoever_is_not_shown_it(self, session: Session, hidden: Project) -> None:
        manager = lead(session)

        def told(viewer: Onlooker) -> dict[str, float | None]:
            return {one.name: one.score for one in exported_projects(session, viewer)}

        assert told(MANAGER)["Of Sheila"] == 0.123
        assert told(manager) == {"Of Ada": 0.5, "Of Bo": 0.6, "Of Cy": 0.7, "Of Sheila": None}
        hidden.manager_id = manager.account_id
        session.flush()
        assert told(manager)["Of Sheila"] == 0.123

    @pytest.mark.usefixtures("hidden")
    def test_counts_in_no_mean_that_somebody_could_take_the_others_from(self, session: Session) -> None:
        assert {mean_success(session, viewer) for viewer in (MANAGER, lead(session), Onlooker())} == {0.6}

    @pytest.mark.usefixtures("hidden")
    def test_counts_in_the_mean_of_whoever_is_shown_it_where_too_few_are_shown_to_everybody(
        self, session: Session
    ) -> None:
        outcomes = PersonalField.OUTCOMES
        policy(session, outcomes, Audience.MANAGERS, widest=Audience.MANAGERS)
        assert mean_success(session, MANAGER) == 0.481
        assert mean_success(session, lead(session)) == 0.5
        policy(session, outcomes, Audience.MANAGERS)
        keeps(session, session.scalars(select(Practitioner).where(Practitioner.name == "Ada")).one(), outcomes,
              Audience.EVERYONE)  # fmt: skip
        assert mean_success(session, MANAGER) == 0.481
        keeps(session, session.scalars(select(Practitioner).where(Practitioner.name == "Bo")).one(), outcomes,
              Audience.EVERYONE)  # fmt: skip
        assert mean_success(session, MANAGER) == 0.5, "two of four are known: the rest could be told from a mean"

    def test_is_nobody_elses_where_the_part_has_one_of_its_own(self, session: Session, hidden: Project) -> None:
        own = session.scalars(select(Engagement).where(Engagement.project_id == hidden.id)).one()
        own.success = Decimal("0.9")
        session.flush()
        assert mean_success(session, lead(session)) == 0.481


class TestAnExport:
    @pytest.mark.parametrize("kind", KINDS)
    def test_tells_no_employee_number_of_whoever_hides_how_to_reach_them(self, session: Session, kind: str) -> None:
        victim = person(session, "Shy Sheila", external_id="E-4711", skills={"Basketry": 4})
        project = work(session, "Led")
        engagement(session, victim, project)
        seat = role(session, project, "Weaver", {})
        booking(session, victim, AT.date(), None, project=project).role_id = seat.id
        session.flush()
        manager = lead(session)
        assert manager.account_id is not None

        def told(viewer: Onlooker) -> str:
            return make_export(session, Actor.of(manager.account_id or 0), viewer, kind, ".csv").decode()

        assert "E-4711" in told(MANAGER)
        assert "E-4711" not in told(manager)
        assert "Shy Sheila" in told(manager)


class TestHowManyCouldTakeASeat:
    def test_is_told_to_nobody_who_is_shown_less_than_the_one_who_asked(self, session: Session) -> None:
        """Beside a run of one's own, one more in another's said what the only one who hides can do."""
        manager = lead(session)
        policy(session, PersonalField.COST, Audience.EVERYONE)
        project = project_to_staff(session, manager_id=manager.account_id)
        role(session, project, "Weaver", {"Basketry": 3})
        for name in ("Ada", "Bo"):
            person(session, name, skills={"Basketry": 5})
        victim = person(session, "Shy Sheila", skills={"Basketry": 3})
        run = staff(session, project.id, Choices(teams=1))
        assert run_with_people(session, manager, run.id).considered["eligible"] == {"Weaver": 3}
        keeps(session, victim, PersonalField.RATINGS, Audience.MANAGERS)
        told = run_with_people(session, manager, run.id)
        assert (told.withheld, bool(told.teams)) == (False, True)
        assert told.considered["eligible"] == told.considered["excluded"] == {}
        assert run_with_people(session, MANAGER, run.id).considered["eligible"] == {"Weaver": 3}
        assert manager.account_id is not None
        decision = set_aside(session, Actor.of(manager.account_id), run.id, "Unseen", AT)
        assert show_decision(session, manager, decision.id).to_json()["record"]["considered"]["eligible"] == {}
        assert (decision.record or {})["considered"]["eligible"] == {"Weaver": 3}, "what was frozen stays whole"

    def test_stands_in_no_reason_why_there_is_no_team_however_many_it_names(self, session: Session) -> None:
        manager = lead(session)
        policy(session, PersonalField.COST, Audience.EVERYONE)
        project = project_to_staff(session, manager_id=manager.account_id)
        role(session, project, "Weaver", {"Basketry": 3}, headcount=13)
        people = [person(session, f"Weaver {n}", skills={"Basketry": 3}) for n in range(12)]
        run = staff(session, project.id)
        shown = run_with_people(session, manager, run.id)
        assert shown.infeasible is not None
        assert len(shown.infeasible["conflicts"][0]["people"]) == 12
        keeps(session, people[-1], PersonalField.RATINGS, Audience.MANAGERS)
        assert run_with_people(session, manager, run.id).infeasible is None

    def test_leaves_whoever_hides_out_of_those_who_could_sit_there_instead(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Weaver", {"Basketry": 3})
        person(session, "Best Bea", skills={"Basketry": 5})
        victim, other = (person(session, name, skills={"Basketry": 4}) for name in ("Shy Sheila", "Oda Open"))
        run = staff(session, project.id, Choices(teams=1))

        def instead() -> set[int]:
            return {one.id for one in alternatives_for(session, MANAGER, run, "Weaver")}

        assert instead() == {victim.id, other.id}
        keeps(session, victim, PersonalField.GOALS, Audience.SELF)
        assert instead() == {other.id}


class TestTheStartPage:
    def test_tells_nobody_whose_booking_ends_of_those_who_hide_when_they_are_free(self, session: Session) -> None:
        for name in ("Shy Sheila", "Oda Open"):
            booking(session, person(session, name), TODAY, TODAY + timedelta(days=7))
        victim = session.scalars(select(Practitioner).where(Practitioner.name == "Shy Sheila")).one()
        keeps(session, victim, PersonalField.AVAILABILITY, Audience.MANAGERS)

        def rolling(viewer: Onlooker) -> list[str]:
            return [one.name for one in start_page(session, viewer, TODAY).rolling_off or ()]

        assert sorted(rolling(MANAGER)) == ["Oda Open", "Shy Sheila"]
        assert rolling(lead(session)) == ["Oda Open"]


class TestColleagues:
    def test_are_told_without_those_who_left_to_whoever_does_not_see_these(self, session: Session) -> None:
        who, gone = person(session, "Oda Open"), person(session, "Gone Gerda", active=False)
        tie(session, who, gone)
        assert [one.name for one in show_person(session, MANAGER, who.id, TODAY).colleagues] == ["Gone Gerda"]
        assert show_person(session, lead(session), who.id, TODAY).colleagues == ()
