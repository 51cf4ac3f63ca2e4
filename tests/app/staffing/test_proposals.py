"""Asking for teams, and the page that shows them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.queries.staffing.choices import Choices
from app.queries.staffing.proposals import run_with_people, stored_problem
from app.services.audit import COMMAND_LINE
from app.services.privacy.erasing import erase
from models import AuditEntry, CostBand, Practitioner, Project, Role
from staffing import propose
from tests.app.conftest import Browser
from tests.factories.people import person, tie
from tests.factories.staffing import project_to_staff, role, staff
from tests.factories.viewers import ADMIN

CHOICES = {
    "fit": 45,
    "cohesion": 20,
    "growth": 10,
    "track": 10,
    "thrift": 10,
    "spread": 5,
    "teams": 3,
    "min_difference": 1,
    "max_seats_per_person": 1,
}


@pytest.fixture
def project(session: Session) -> Project:
    """Two roles; four people can be the engineer, three of them also the analyst."""
    project = project_to_staff(session)
    role(session, project, "Engineer", {"Python": 3, "Docker": 2}, position=0)
    role(session, project, "Analyst", {"SQL": 3}, position=1)
    anna = person(session, "Anna", skills={"Python": 5, "Docker": 4, "SQL": 5})
    ben = person(session, "Ben", skills={"Python": 4, "Docker": 3, "SQL": 4})
    person(session, "Cleo", skills={"Python": 3, "Docker": 2, "SQL": 3})
    person(session, "Dov", skills={"Python": 3, "Docker": 2})
    person(session, "Eva", skills={"Cooking": 5})
    tie(session, anna, ben, 0.8)
    session.commit()
    return project


@pytest.fixture
def proposed(manager: Browser, project: Project) -> str:
    """The address of a first proposal."""
    return manager.post(f"/projects/{project.id}/proposals", **CHOICES).location


class TestARun:
    def test_keeps_inputs_weights_engine_and_answer(self, session: Session, project: Project) -> None:
        run = staff(session, project.id, Choices(min_difference=1))
        again = stored_problem(run)
        assert again.digest() == run.inputs_digest
        assert propose(again).to_json() == run.result
        assert run.choices["weights"]["fit"] == 45
        assert [one.units for one in run.proposals] == [team["units"] for team in run.result["teams"]]

    def test_is_the_same_again_for_the_same_world(self, session: Session, project: Project) -> None:
        one, other = (staff(session, project.id) for _ in range(2))
        assert (one.inputs_digest, one.result) == (other.inputs_digest, other.result)

    def test_leaves_an_audit_entry(self, session: Session, project: Project) -> None:
        run = staff(session, project.id)
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.after and entry.after["inputs"]) == ("staffing.propose", run.inputs_digest)

    def test_counts_what_the_sentences_say(self, session: Session, project: Project) -> None:
        run = staff(session, project.id, Choices(min_difference=1))
        facts = run_with_people(session, ADMIN, run.id).teams[0].facts
        assert (facts["needs"], facts["needs_met"], facts["pairs"], facts["pairs_tied"]) == (3, 3, 1, 1)


class TestAsking:
    def test_leads_to_the_teams(self, manager: Browser, project: Project) -> None:
        page = manager.get(manager.post(f"/projects/{project.id}/proposals", **CHOICES).location)
        assert "Best overall" in page
        assert "No better team exists under these rules." in page
        assert {"Anna", "Ben"} <= set(re.findall(r">(Anna|Ben|Cleo|Dov|Eva)<", page))
        assert ">Eva<" not in page

    def test_says_that_no_day_rates_are_stated_rather_than_a_day_for_nothing(
        self, manager: Browser, project: Project
    ) -> None:
        page = manager.get(manager.post(f"/projects/{project.id}/proposals", **CHOICES).location)
        assert "No day rates are stated" in page
        assert "0 a day on average" not in page

    def test_starts_from_a_set_of_weights(self, manager: Browser, project: Project) -> None:
        page = manager.get(f"/projects/{project.id}/proposals?preset=growth")
        assert re.search(r'name="growth"[^>]*value="35"|value="35"[^>]*name="growth"', page)

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("fit", "101", "between 0 and 100"),
            ("fit", "much", "Give a weight|Not a valid integer"),
            ("teams", "6", "From 1 to 5 teams"),
            ("min_difference", "0", "From 1 to 20 members"),
            ("max_people", "0", "From 1 to 100 people"),
        ],
    )
    def test_refuses_a_wrong_number_and_keeps_what_was_typed(
        self, manager: Browser, project: Project, field: str, value: str, sentence: str
    ) -> None:
        given = CHOICES | {"growth": 33, field: value}
        page = manager.post(f"/projects/{project.id}/proposals", 422, **given).get_data(as_text=True)
        assert re.search(sentence, page)
        assert 'value="33"' in page

    def test_refuses_weights_of_nothing(self, manager: Browser, project: Project) -> None:
        nothing = dict.fromkeys(("fit", "cohesion", "growth", "track", "thrift", "spread"), 0)
        page = manager.post(f"/projects/{project.id}/proposals", 422, **CHOICES | nothing).get_data(as_text=True)
        assert "at least one measure" in page

    def test_of_a_project_without_roles_says_what_to_do(self, manager: Browser, session: Session) -> None:
        empty = project_to_staff(session, "Empty")
        session.commit()
        page = manager.post(f"/projects/{empty.id}/proposals", 422, **CHOICES).get_data(as_text=True)
        assert "Add the roles it needs" in page

    def test_is_for_managers(self, practitioner: Browser, project: Project) -> None:
        practitioner.get(f"/projects/{project.id}/proposals", 403)
        practitioner.get("/proposals", 403)
        assert practitioner.client.post(f"/projects/{project.id}/proposals").status_code in {400, 403}

    def test_about_nothing_is_not_found(self, manager: Browser) -> None:
        manager.get("/projects/4711/proposals", 404)
        manager.get("/proposals/4711", 404)


class TestChoices:
    def test_lock_and_exclude_propose_again(
        self, manager: Browser, session: Session, project: Project, proposed: str
    ) -> None:
        engineer = engineer_of(session, project)
        cleo = person_id(session, "Cleo")
        locked = manager.post(f"{proposed}/choices/lock", page=proposed, role=engineer, person=cleo).location
        assert "Cleo as Engineer" in manager.get(locked)
        excluded = manager.post(f"{locked}/choices/exclude", page=locked, person=person_id(session, "Anna")).location
        page = manager.get(excluded)
        assert "Anna excluded" in page
        freed = manager.post(f"{excluded}/choices/unlock", page=excluded, role=engineer, person=cleo).location
        assert "Cleo as Engineer" not in manager.get(freed)

    def test_excluding_somebody_takes_their_lock_away(self) -> None:
        choices = Choices().with_lock(1, 7).with_exclusion(7)
        assert (choices.locks, choices.exclude) == ((), (7,))

    def test_are_kept_when_proposing_again_from_the_form(
        self, manager: Browser, session: Session, project: Project, proposed: str
    ) -> None:
        excluded = manager.post(
            f"{proposed}/choices/exclude", page=proposed, person=person_id(session, "Anna")
        ).location
        run_id = excluded.rsplit("/", 1)[1]
        form = f"/projects/{project.id}/proposals?from={run_id}"
        assert "Anna excluded" in manager.get(form)
        assert "Anna excluded" in manager.get(manager.post(form, **CHOICES).location)

    def test_unknown_ones_are_not_found(self, manager: Browser, proposed: str) -> None:
        manager.post(f"{proposed}/choices/everything", 404, page=proposed)

    def test_survive_being_stored(self) -> None:
        choices = Choices(teams=2, stretch=True, max_people=3).with_lock(1, 2).with_exclusion(3)
        assert Choices.from_json(choices.to_json()) == choices


class TestThePage:
    def test_opens_alternatives_with_their_cost(
        self, manager: Browser, session: Session, project: Project, proposed: str
    ) -> None:
        page = manager.get(f"{proposed}?role={engineer_of(session, project)}")
        assert "Swap in" in page
        assert re.search(r"fit · score −\d", page)

    def test_offers_nothing_about_whoever_was_erased_since_but_to_take_a_lock_back(
        self, manager: Browser, session: Session, project: Project, proposed: str
    ) -> None:
        engineer, cleo = engineer_of(session, project), person_id(session, "Cleo")
        alternatives = f"{proposed}?role={engineer}"
        assert manager.get(alternatives).count("Swap in") == 3
        locked = manager.post(f"{proposed}/choices/lock", page=proposed, role=engineer, person=cleo).location
        anna = person_id(session, "Anna")
        assert "Exclude Anna" in manager.get(proposed)
        session.rollback()
        for name in ("Anna", "Cleo", "Dov"):
            erase(session, COMMAND_LINE, person_id(session, name), datetime.now(UTC))
        session.commit()
        page, after = manager.get(proposed), manager.get(locked)
        assert f"Erased person {anna}" in page
        assert "Exclude Ben" in page
        assert f"Lock Erased person {anna}" not in page
        assert "Exclude Erased person" not in page + after
        assert f"Unlock Erased person {cleo}" in after
        assert manager.get(alternatives).count("Swap in") == 1

    def test_says_why_nobody_can_fill_a_role(self, manager: Browser, session: Session, project: Project) -> None:
        role(session, project, "Oracle", {"Divination": 3}, position=2)
        session.commit()
        page = manager.get(manager.post(f"/projects/{project.id}/proposals", **CHOICES).location)
        assert "Nobody can fill Oracle" in page
        assert "The cheapest way out" in page

    @pytest.mark.parametrize(
        ("chosen", "sentence"),
        [
            ({"max_people": "1", "max_seats_per_person": "1"}, "No team keeps this rule: at most 1 person."),
            ({"within_budget": "y"}, "the budget of 1"),
        ],
    )
    def test_names_the_rule_that_no_team_keeps(
        self, manager: Browser, session: Session, project: Project, chosen: dict[str, str], sentence: str
    ) -> None:
        session.get_one(Project, project.id).budget = Decimal(1)
        session.add(CostBand(name="A", daily_cost=Decimal(500)))
        session.flush()
        session.execute(update(Practitioner).values(cost_band_id=select(CostBand.id).scalar_subquery()))
        session.commit()
        page = manager.get(manager.post(f"/projects/{project.id}/proposals", **CHOICES | chosen).location)
        assert sentence in page
        assert "a complete team exists" in page

    def test_shows_the_best_partial_teams_when_gaps_are_allowed(
        self, manager: Browser, session: Session, project: Project
    ) -> None:
        role(session, project, "Oracle", {"Divination": 3}, position=2)
        session.commit()
        page = manager.get(manager.post(f"/projects/{project.id}/proposals", **CHOICES, allow_gaps="y").location)
        assert "1 seat stays empty" in page
        assert "Nobody under these rules" in page

    def test_is_listed_under_its_project_and_under_proposals(
        self, manager: Browser, project: Project, proposed: str
    ) -> None:
        assert proposed in manager.get("/proposals")
        assert proposed in manager.get(f"/projects/{project.id}/proposals")

    def test_takes_as_many_statements_for_twice_the_people(
        self, session: Session, project: Project, statements: Callable[[], list[str]]
    ) -> None:
        counts = []
        for extra in range(2):
            for number in range(extra * 10):
                person(session, f"X{number}", skills={"Python": 3, "Docker": 3, "SQL": 3})
            run = staff(session, project.id, Choices(teams=2 + extra))
            session.commit()
            session.expire_all()
            noted = statements()
            run_with_people(session, ADMIN, run.id)
            counts.append(len(noted))
        assert counts[0] == counts[1] <= 12

    def test_of_a_stored_run_shows_the_stored_numbers(
        self, manager: Browser, session: Session, project: Project, proposed: str
    ) -> None:
        before = manager.get(proposed)
        person(session, "Better", skills={"Python": 5, "Docker": 5, "SQL": 5})
        session.commit()
        assert re.findall(r"<b class=\"number\">([\d.]+)", manager.get(proposed)) == re.findall(
            r"<b class=\"number\">([\d.]+)", before
        )


def person_id(session: Session, name: str) -> int:
    return session.scalars(select(Practitioner.id).where(Practitioner.name == name)).one()


def engineer_of(session: Session, project: Project) -> int:
    return session.scalars(select(Role.id).where(Role.project_id == project.id, Role.name == "Engineer")).one()
