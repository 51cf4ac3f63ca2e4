"""Whoever cannot matter is left out of a problem, which changes neither an answer nor a count."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.queries.staffing.choices import Choices
from app.queries.staffing.problem import load_problem
from models import Practitioner, Project, SkillNeed
from staffing import Result, propose
from staffing.terms import Bar
from tests.factories.people import absence, booking, goal, person, skill, tie
from tests.factories.staffing import MONDAY, TODAY, project_to_staff, role
from tests.factories.viewers import ADMIN

SKILLS = ("Python", "SQL", "Docker", "GDPR")


@pytest.fixture(scope="module")
def dice() -> random.Random:
    return random.Random(5)


def organisation(session: Session, dice: random.Random, people: int = 40) -> Project:
    """People of all sorts, and a project with a role that few, many and all of them can take."""
    project = project_to_staff(session)
    role(session, project, "Engineer", {"Python": 3, "SQL": 2}, position=0, fte=Decimal("0.6"))
    role(session, project, "Analyst", {"SQL": 3}, position=1, ends_on=MONDAY + timedelta(days=20))
    wish = role(session, project, "Steward", {"GDPR": 4}, position=2, fte=Decimal("0.2"))
    wish.needs.append(SkillNeed(skill_id=skill(session, "Docker").id, level=3, must=False))
    everybody: list[Practitioner] = []
    for number in range(people):
        levels = {name: dice.randint(0, 5) for name in SKILLS if dice.random() < 0.6}
        who = person(session, f"P{number}", skills=levels, active=dice.random() < 0.9, share=dice.choice([1, 0.5]))
        if dice.random() < 0.4:
            booking(session, who, MONDAY + timedelta(days=dice.randrange(-90, 50)), share=dice.choice([0.3, 1]))
        if dice.random() < 0.3:
            absence(session, who, MONDAY + timedelta(days=dice.randrange(40)), MONDAY + timedelta(days=45))
        if dice.random() < 0.4:
            goal(session, who, dice.choice(SKILLS), dice.randint(2, 5))
        for other in dice.sample(everybody, min(3, len(everybody))):
            tie(session, who, other, dice.choice([0.2, 0.7]))
        everybody.append(who)
    session.flush()
    return project


def nearest(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """How many near misses the engine looks at, and so the problem keeps."""
    for module in ("app.queries.staffing.pool", "staffing.relaxing"):
        monkeypatch.setattr(f"{module}.NEAR_MISSES", count)


def kept(session: Session, project: Project, choices: Choices) -> tuple[int, Result]:
    problem = load_problem(session, ADMIN, project.id, choices, TODAY).problem
    return len(problem.people), propose(problem)


class TestLeavingOut:
    @pytest.mark.parametrize("stretch", [False, True])
    def test_changes_neither_teams_nor_counts(
        self, session: Session, monkeypatch: pytest.MonkeyPatch, dice: random.Random, *, stretch: bool
    ) -> None:
        for _ in range(3):
            project = organisation(session, dice)
            people = session.query(Practitioner.id).where(Practitioner.active).order_by(Practitioner.id).all()
            choices = Choices(stretch=stretch, exclude=(people[0].id,), never_together=((people[1].id, people[2].id),))
            nearest(monkeypatch, 400)
            everybody, whole = kept(session, project, choices)
            nearest(monkeypatch, 2)
            some, small = kept(session, project, choices)
            assert some < everybody == len(people) == whole.considered.people
            assert small.considered == whole.considered
            assert [team.to_json() for team in small.teams] == [team.to_json() for team in whole.teams]
            session.rollback()

    def test_keeps_the_reasons_and_the_nearest_people_when_there_is_no_team(
        self, session: Session, monkeypatch: pytest.MonkeyPatch, dice: random.Random
    ) -> None:
        project = organisation(session, dice)
        role(session, project, "Crowd", {"Python": 5, "GDPR": 5}, position=3, headcount=3)
        nearest(monkeypatch, 8)
        with monkeypatch.context() as loading:
            # The engine looks at as many of everybody as of those who are kept.
            loading.setattr("app.queries.staffing.pool.NEAR_MISSES", 400)
            everybody, whole = kept(session, project, Choices())
        assert everybody == whole.considered.people
        some, small = kept(session, project, Choices())
        assert some < everybody
        assert whole.infeasible is not None
        assert small.infeasible is not None
        assert [c.to_json() for c in small.infeasible.conflicts] == [c.to_json() for c in whole.infeasible.conflicts]
        for name, people in small.infeasible.nearest.items():
            assert [near.to_json() for near in people] == [near.to_json() for near in whole.infeasible.nearest[name]]

    def test_says_what_bars_those_who_are_only_counted(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        project = project_to_staff(session)
        role(session, project, "Engineer", {"Python": 3})
        person(session, "Fits", skills={"Python": 3})
        for number in range(2):
            booking(session, person(session, f"Busy {number}", skills={"Python": 4}), MONDAY)
        for number in range(3):
            person(session, f"Cook {number}", skills={"Cooking": 5})
        nearest(monkeypatch, 0)
        problem = load_problem(session, ADMIN, project.id, Choices(), TODAY).problem
        assert len(problem.people) == 1
        assert problem.others == {Bar.SKILL: 3, Bar.AVAILABILITY: 2}

    def test_keeps_whomever_the_rules_name(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        project = project_to_staff(session)
        engineer = role(session, project, "Engineer", {"Python": 3})
        locked, excluded, apart, other = (person(session, name) for name in ("L", "E", "A", "O"))
        person(session, "Nobody named")
        nearest(monkeypatch, 0)
        choices = Choices(
            locks=((engineer.id, locked.id),), exclude=(excluded.id,), never_together=((apart.id, other.id),)
        )
        problem = load_problem(session, ADMIN, project.id, choices, TODAY).problem
        assert [int(who[1:]) for who in problem.people.ids] == [locked.id, excluded.id, apart.id, other.id]
        assert propose(problem).considered.excluded[Bar.RULE] == 1


class TestManyPeople:
    def test_are_found_the_same_way_however_many_are_asked_for(
        self, session: Session, monkeypatch: pytest.MonkeyPatch, dice: random.Random
    ) -> None:
        project = organisation(session, dice)
        looked_up = load_problem(session, ADMIN, project.id, Choices(), TODAY).problem
        monkeypatch.setattr("app.queries.lists.id_lists.LOOKED_UP", 0)
        assert load_problem(session, ADMIN, project.id, Choices(), TODAY).problem == looked_up

    def test_include_those_with_a_role_without_must_haves(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project = project_to_staff(session)
        role(session, project, "Anybody", {})
        for number in range(3):
            person(session, f"P{number}")
        nearest(monkeypatch, 0)
        problem = load_problem(session, ADMIN, project.id, Choices(), TODAY).problem
        assert (len(problem.people), sum(problem.others.values())) == (3, 0)
