"""Rows become a problem that says what the rows say."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.errors import DomainError, NotFound
from app.queries.sight import visibility
from app.queries.staffing.choices import Choices, TeamSkillChoice
from app.queries.staffing.problem import load_problem
from models import CostBand, RoleCommunication
from staffing import Problem
from tests.factories.people import absence, booking, engagement, goal, person, rating, skill, tie, work
from tests.factories.staffing import MONDAY, SUNDAY, TODAY, project_to_staff, role
from tests.factories.viewers import ADMIN


def load(session: Session, project_id: int, choices: Choices | None = None) -> Problem:
    return load_problem(session, ADMIN, project_id, choices or Choices(), TODAY).problem


class TestPeople:
    def test_are_everybody_active_with_their_free_share_week_by_week(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        anna = person(session, "Anna", share=0.8)
        person(session, "Gone", active=False)
        booking(session, anna, MONDAY, date(2027, 1, 17), 0.5)
        absence(session, anna, date(2027, 1, 18), date(2027, 1, 22))
        people = load(session, project.id).people
        assert people.ids == (f"p{anna.id:08d}",)
        assert people.free.tolist() == [[300, 0, 800, 800, 800, 800, 800, 800]]

    def test_are_not_busy_with_the_project_itself(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        anna = person(session, "Anna")
        booking(session, anna, MONDAY, SUNDAY, 1, project=project)
        assert load(session, project.id).people.free.min() == 1000

    def test_cost_five_days_of_their_band_a_week_and_the_middle_one_when_it_is_unknown(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        bands = [CostBand(name=name, daily_cost=Decimal(cost)) for name, cost in (("A", 400), ("B", 600), ("C", 900))]
        session.add_all(bands)
        session.flush()
        for band in (*bands, None):
            person(session, f"P{band.name if band else ''}", cost_band_id=band.id if band else None)
        problem = load(session, project.id)
        assert problem.people.cost.tolist() == [2000, 3000, 4500, 3000]
        assert problem.cost_range == (2000, 4500)

    def test_take_the_time_zone_of_the_start_and_the_usual_one_when_it_is_unknown(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        person(session, "London", time_zone="Europe/London")
        person(session, "Berlin", time_zone="Europe/Berlin")
        person(session, "Krakow", time_zone="Europe/Warsaw")
        person(session, "Kolkata", time_zone=None, utc_offset_minutes=330)
        person(session, "Nowhere", time_zone="Mars/Base", utc_offset_minutes=None)
        assert load(session, project.id).people.utc_offset.tolist() == [0, 1, 1, 5.5, 1]

    def test_bring_their_outcomes_and_the_organisation_its_mean(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        anna, ben = person(session, "Anna"), person(session, "Ben")
        good = work(session, "Good", success=Decimal("0.9"))
        poor = work(session, "Poor", success=Decimal("0.3"))
        engagement(session, anna, good)
        engagement(session, anna, poor, success=Decimal("0.5"))
        engagement(session, ben, work(session, "Unknown"))
        assert load(session, project.id).track_prior.mean == 0.5, "a mean of two would tell each of the other"
        work(session, "Fair", success=Decimal("0.6"))
        problem = load(session, project.id)
        assert problem.people.successes.tolist() == [1.4, 0]
        assert problem.people.projects.tolist() == [2, 0]
        assert problem.track_prior.mean == 0.6


class TestRatings:
    def test_hold_only_the_skills_that_the_roles_and_the_team_need(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        gdpr = skill(session, "GDPR")
        person(session, "Anna", skills={"Python": 4, "SQL": 5, "GDPR": 2})
        person(session, "Ben", skills={"Python": 0})
        choices = Choices(team_skills=(TeamSkillChoice(gdpr.id, 2, 1),))
        problem = load(session, project.id, choices)
        assert {name: held.level.tolist() for name, held in problem.ratings.items()} == {"Python": [4], "GDPR": [2]}
        assert [wish.skill for wish in problem.rules.team_skills] == ["GDPR"]

    def test_are_trusted_less_the_older_they_are_and_more_when_verified(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        for name, columns in {
            "Fresh": {"rated_on": TODAY},
            "Old": {"rated_on": date(2020, 1, 1)},
            "Used": {"rated_on": date(2020, 1, 1), "last_used": TODAY},
        }.items():
            rating(session, person(session, name), "Python", 4, **columns)
        fresh, old, used = load(session, project.id).ratings["Python"].confidence.tolist()
        assert old < fresh == used <= 1

    def test_and_goals_keep_to_people_who_are_there(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        gone = person(session, "Gone", active=False, skills={"Python": 5})
        goal(session, gone, "Python", 5)
        anna = person(session, "Anna", skills={"Python": 2})
        goal(session, anna, "Python", 4)
        problem = load(session, project.id)
        assert problem.ratings["Python"].people.tolist() == [0]
        assert problem.goals["Python"].target.tolist() == [4]


class TestRoles:
    def test_run_as_long_as_they_say_and_are_counted_in_whole_weeks(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Whole", {"Python": 3}, position=0)
        role(
            session,
            project,
            "Start",
            {"Python": 3},
            position=1,
            starts_on=date(2027, 1, 13),
            ends_on=date(2027, 1, 19),
            fte=Decimal("0.4"),
            headcount=2,
        )
        whole, start = load(session, project.id).roles
        assert (whole.start, whole.stop, whole.fte, whole.seats) == (0, 8, 1000, 1)
        assert (start.start, start.stop, start.fte, start.seats) == (0, 2, 400, 2)

    def test_that_are_over_are_left_out(self, session: Session) -> None:
        project = project_to_staff(session, starts_on=date(2026, 10, 5), ends_on=date(2026, 12, 20))
        role(session, project, "Over", {"Python": 3}, ends_on=date(2026, 11, 1))
        role(session, project, "Now", {"Python": 3})
        problem = load(session, project.id)
        assert [one.id for one in problem.roles] == ["Now"]
        assert problem.weeks == 3

    def test_that_are_over_take_what_was_said_of_them_along(self, session: Session) -> None:
        project = project_to_staff(session, starts_on=date(2026, 10, 5), ends_on=date(2026, 12, 20))
        over = role(session, project, "Over", {"Python": 3}, ends_on=date(2026, 11, 1))
        now = role(session, project, "Now", {"Python": 3})
        session.add(RoleCommunication(role_a_id=over.id, role_b_id=now.id, amount=Decimal(3)))
        anna = person(session, "Anna", skills={"Python": 3})
        problem = load(session, project.id, Choices(locks=((over.id, anna.id),)))
        assert problem.communication == {}
        assert problem.rules.locks == ()

    def test_talk_as_much_as_was_said(self, session: Session) -> None:
        project = project_to_staff(session)
        one, other = (role(session, project, name, {"Python": 3}) for name in ("One", "Other"))
        session.add(RoleCommunication(role_a_id=one.id, role_b_id=other.id, amount=Decimal(3)))
        session.flush()
        assert load(session, project.id).communication == {("One", "Other"): 3.0}


class TestTies:
    def test_are_those_of_people_who_could_be_on_the_team(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        anna, ben = (person(session, name, skills={"Python": 3}) for name in ("Anna", "Ben"))
        cook = person(session, "Cook")
        tie(session, anna, ben, 0.7)
        tie(session, anna, cook, 0.9)
        ties = load(session, project.id).ties
        assert ties is not None
        assert ties.strength.tolist() == [0.7]

    def test_are_everybodys_when_a_role_has_no_must_have(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Anybody", {})
        tie(session, person(session, "Anna"), person(session, "Ben"), 0.7)
        ties = load(session, project.id).ties
        assert ties is not None
        assert len(ties.strength) == 1


class TestRefusals:
    def test_name_the_remedy(self, session: Session) -> None:
        with pytest.raises(NotFound):
            load(session, 4711)
        empty = project_to_staff(session, "Empty")
        with pytest.raises(DomainError, match="no roles yet"):
            load(session, empty.id)
        timeless = project_to_staff(session, "Timeless", starts_on=None, ends_on=None)
        role(session, timeless, "Engineer", {"Python": 3})
        with pytest.raises(DomainError, match="no dates yet"):
            load(session, timeless.id)
        over = project_to_staff(session, "Over", starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1))
        role(session, over, "Engineer", {"Python": 3})
        with pytest.raises(DomainError, match="ended on"):
            load(session, over.id)
        last_week = project_to_staff(session, "Last week", starts_on=date(2026, 10, 5), ends_on=date(2026, 12, 20))
        role(session, last_week, "Engineer", {"Python": 3}, ends_on=date(2026, 11, 1))
        with pytest.raises(DomainError, match="Every role of Last week is over"):
            load(session, last_week.id)
        moved = project_to_staff(session, "Moved")
        role(session, moved, "Early", {"Python": 3}, starts_on=date(2027, 1, 4))
        role(session, moved, "Late", {"Python": 3}, starts_on=date(2027, 3, 8), ends_on=date(2027, 3, 9))
        role(session, moved, "Inside", {"Python": 3})
        with pytest.raises(DomainError, match=r"These roles lie outside: Early, Late\. Move them"):
            load(session, moved.id)
        endless = project_to_staff(session, "Endless", ends_on=date(2099, 1, 1))
        role(session, endless, "Engineer", {"Python": 3})
        with pytest.raises(DomainError, match="can be staffed"):
            load(session, endless.id)

    def test_tell_of_choices_about_people_who_left(self, session: Session) -> None:
        project = project_to_staff(session)
        engineer = role(session, project, "Engineer", {"Python": 3})
        gone = person(session, "Gone", active=False)
        with pytest.raises(DomainError, match="no longer in the directory"):
            load(session, project.id, Choices(locks=((engineer.id, gone.id),)))
        left = load(session, project.id, Choices(exclude=(gone.id,), never_together=((gone.id, 4711),)))
        assert (left.rules.exclude, left.rules.never_together) == ((), ())

    def test_tell_of_more_seats_than_one_search_can_fill(self, session: Session) -> None:
        project = project_to_staff(session)
        for number in range(2):
            role(session, project, f"Engineer {number}", {"Python": 3}, headcount=31)
        with pytest.raises(DomainError, match="62 seats"):
            load(session, project.id)


class TestStatements:
    def test_are_as_many_for_twice_the_people(self, session: Session) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3, "SQL": 2})
        visibility.policy(session)
        counts = []
        for round_ in range(2):
            for number in range(5 * (round_ + 1)):
                person(session, f"P{round_}-{number}", skills={"Python": 3, "SQL": 3})
            session.flush()
            session.expire_all()
            statements: list[str] = []

            def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
                statements.append(statement)  # noqa: B023 - listened to within this turn of the loop only

            event.listen(session.get_bind(), "before_cursor_execute", note)
            load(session, project.id)
            event.remove(session.get_bind(), "before_cursor_execute", note)
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 20


def test_the_moment_of_verification_counts(session: Session) -> None:
    project = project_to_staff(session)
    role(session, project, "Engineer", {"Python": 3})
    stated, stood_for = person(session, "Stated"), person(session, "Verified")
    rating(session, stated, "Python", 4, rated_on=TODAY)
    from app.services.accounts.accounts import create_account
    from app.services.audit import COMMAND_LINE
    from models import AccountRole

    boss = create_account(session, COMMAND_LINE, email="boss@x.org", name="Boss", role=AccountRole.MANAGER)
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    rating(session, stood_for, "Python", 4, rated_on=TODAY, verified_by_id=boss.id, verified_at=moment)
    first, second = load(session, project.id).ratings["Python"].confidence.tolist()
    assert first < second
