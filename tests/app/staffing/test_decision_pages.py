"""Deciding on pages: the form under the teams, the record, and the steps that follow."""

import json
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Allocation, AllocationState, Decision, Practitioner, Project, Rating
from tests.app.conftest import Browser
from tests.factories.decisions import staffable
from tests.factories.people import booking, person
from tests.factories.staffing import MONDAY, SUNDAY, staff

pytestmark = pytest.mark.one_database


@pytest.fixture
def project(session: Session) -> Project:
    project = staffable(session)
    session.commit()
    return project


@pytest.fixture
def run(session: Session, project: Project) -> str:
    number = staff(session, project.id).id
    session.commit()
    return f"/proposals/{number}"


@pytest.fixture
def decision(manager: Browser, run: str) -> str:
    """The address of a decision that holds team A."""
    address = manager.post(f"{run}/choose", page=run, team="A", reason="The only pair").location
    assert address
    return address


def held(session: Session) -> list[Allocation]:
    session.rollback()  # what the application wrote since is seen by a new transaction only
    session.expire_all()
    return list(session.scalars(select(Allocation).order_by(Allocation.id)))


def seen(*allocations: Allocation) -> list[str]:
    return [f"{one.id}-{one.version}-{one.state.value}" for one in allocations]


class TestTheProposalPage:
    def test_says_what_has_happened_and_what_comes_next(self, manager: Browser, decision: str) -> None:
        assert "The people of team A are held." in manager.get(decision)

    def test_holds_a_team_and_shows_the_record(self, manager: Browser, session: Session, decision: str) -> None:
        page = manager.get(decision)
        assert "The only pair" in page
        assert "Team A for Claims triage" in page
        assert len(held(session)) == 2
        assert page.count("Chosen") == 1

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"team": "A"}, "Say why"),
            ({"team": "A", "reason": "  "}, "Say why"),
            ({"reason": "Because"}, "Choose one of the teams"),
            ({"team": "E", "reason": "Because"}, "Not a valid choice|Choose one of the teams"),
            ({"team": "A", "reason": "x" * 2001}, "at most 2,000"),
        ],
    )
    def test_says_what_is_missing_and_holds_nobody(
        self, manager: Browser, session: Session, run: str, fields: dict[str, str], sentence: str
    ) -> None:
        page = manager.post(f"{run}/choose", 422, page=run, **fields).get_data(as_text=True)
        assert re.search(sentence, page)
        assert held(session) == []

    def test_says_what_moved_and_offers_to_propose_again(
        self, manager: Browser, session: Session, run: str, project: Project
    ) -> None:
        session.execute(update(Practitioner).where(Practitioner.name == "Ben").values(active=False))
        anna = session.scalars(select(Practitioner).where(Practitioner.name == "Anna")).one()
        booking(session, anna, MONDAY, SUNDAY, share=0.25)
        session.execute(update(Rating).where(Rating.level == 4).values(level=1))
        session.commit()
        page = manager.post(f"{run}/choose", 409, page=run, team="A", reason="My words").get_data(as_text=True)
        assert "Ben can no longer be staffed." in page
        assert "Anna has 75% free in the week of 11 Jan 2027 and too little in 7 weeks after it" in page
        assert re.search(r"Ben has (Python|SQL) at level 1; (Engineer|Analyst) must have 3.", page)
        assert "My words" in page
        assert f"/projects/{project.id}/proposals?from=" in page
        assert len(held(session)) == 1

    def test_sent_twice_decides_once(self, manager: Browser, session: Session, run: str) -> None:
        own = re.findall(r'name="once" value="([^"]+)"', manager.get(run))[0]
        first = manager.post(f"{run}/choose", page=run, team="A", reason="Because", once=own).location
        again = manager.post(f"{run}/choose", page=run, team="A", reason="Because", once=own).location
        assert first == again
        assert len(session.scalars(select(Decision)).all()) == 1

    def test_sets_a_proposal_aside(self, manager: Browser, session: Session, run: str, project: Project) -> None:
        page = manager.post(f"{run}/set-aside", 422, page=run, why="").get_data(as_text=True)
        assert "Say why" in page
        shown = manager.get(manager.post(f"{run}/set-aside", page=run, why="No money").location)
        assert "set aside" in shown
        assert "No money" in manager.get(run)
        assert "set aside already" in manager.post(f"{run}/set-aside", 409, page=run, why="No").get_data(as_text=True)

    def test_offers_no_setting_aside_while_people_are_held(
        self, manager: Browser, session: Session, run: str, decision: str
    ) -> None:
        assert f"{run}/set-aside" not in manager.get(run)
        assert "release this one first" in manager.get(run)
        manager.post(f"{decision}/release", page=decision, allocation=seen(*held(session)), reason="Postponed")
        assert f"{run}/set-aside" in manager.get(run)
        assert "release this one first" not in manager.get(run)

    def test_tells_what_was_decided(self, manager: Browser, run: str, decision: str, project: Project) -> None:
        assert "Team A was chosen" in manager.get(run)
        assert decision in manager.get(f"/projects/{project.id}")


class TestTheRecordPage:
    def test_gives_the_record_as_json(self, manager: Browser, session: Session, decision: str) -> None:
        told = json.loads(manager.get(f"{decision}.json"))
        stored = session.scalars(select(Decision)).one()
        assert told["record"] == stored.record
        assert told["record_digest"] == stored.record_digest
        assert told["reason"] == "The only pair"

    def test_can_be_checked(self, manager: Browser, session: Session, decision: str) -> None:
        answer = manager.post(f"{decision}/check", 200, page=decision).get_data(as_text=True)
        assert "The record holds" in answer
        stored = session.scalars(select(Decision)).one()
        stored.record = stored.record | {"chosen": "B"}
        session.commit()
        answer = manager.post(f"{decision}/check", 200, page=decision).get_data(as_text=True)
        assert "The record does not hold" in answer

    def test_confirms_and_releases_the_whole_team(self, manager: Browser, session: Session, decision: str) -> None:
        manager.post(f"{decision}/confirm", page=decision, allocation=seen(*held(session)))
        assert {one.state for one in held(session)} == {AllocationState.CONFIRMED}
        page = manager.post(f"{decision}/release", 422, page=decision, allocation=seen(*held(session)))
        assert "Say why" in page.get_data(as_text=True)
        manager.post(f"{decision}/release", page=decision, allocation=seen(*held(session)), reason="The client left")
        assert {one.state for one in held(session)} == {AllocationState.RELEASED}
        shown = manager.get(decision)
        assert shown.count("The client left") == 2
        assert "What was changed by hand since" in shown

    def test_shows_both_states_when_somebody_was_faster(
        self, manager: Browser, admin: Browser, session: Session, decision: str
    ) -> None:
        before = seen(*held(session))
        one = held(session)[0]
        there = f"/allocations/{one.id}"
        admin.post(f"{there}/release", page=there, allocation=seen(one), reason="Ill since Monday")
        page = manager.post(f"{decision}/confirm", 409, page=decision, allocation=before).get_data(as_text=True)
        assert "Somebody else was faster" in page
        assert re.search(r"<td>Held</td>\s*<td>Released</td>", page)
        assert "Ill since Monday" in page
        assert [one.state.value for one in held(session)] == ["released", "held"]

    def test_takes_no_step_of_another_decisions_people(self, manager: Browser, session: Session, decision: str) -> None:
        other = booking(session, person(session, "Dov"), MONDAY, SUNDAY, state=AllocationState.HELD)
        session.commit()
        manager.post(f"{decision}/confirm", 404, page=decision, allocation=seen(other))
        manager.post(f"{decision}/dance", 404, page=decision, allocation=seen(*held(session)[:2]))
        manager.post(f"{decision}/confirm", 404, page=decision)

    def test_is_for_managers(self, practitioner: Browser, decision: str) -> None:
        practitioner.get(decision, 403)
        practitioner.get(f"{decision}.json", 403)


class TestTheAllocationPage:
    @pytest.fixture
    def own(self, session: Session, decision: str, signed_in: Callable[..., Browser]) -> tuple[Browser, Allocation]:
        """Whoever is held first, and their allocation."""
        one = held(session)[0]
        return signed_in("practitioner", practitioner_id=one.practitioner_id), one

    def test_is_seen_by_the_person_who_may_decline(self, session: Session, own: tuple[Browser, Allocation]) -> None:
        browser, one = own
        there = f"/allocations/{one.id}"
        page = browser.get(there)
        assert "Decline" in page
        assert "Release" not in page
        assert "(optional)" not in page, "declining needs a reason"
        assert "Say why" in browser.post(f"{there}/decline", 422, page=there, allocation=seen(one)).get_data(True)
        browser.post(f"{there}/decline", page=there, allocation=seen(one), reason="Parental leave")
        assert held(session)[0].state is AllocationState.DECLINED
        assert "Parental leave" in browser.get(there)

    def test_lets_the_person_take_no_other_step(self, session: Session, own: tuple[Browser, Allocation]) -> None:
        browser, one = own
        there = f"/allocations/{one.id}"
        for step in ("confirm", "release", "hold"):
            browser.post(f"{there}/{step}", 403, page=there, allocation=seen(one), reason="Me")
        assert held(session)[0].state is AllocationState.HELD

    def test_is_not_there_for_others(self, session: Session, own: tuple[Browser, Allocation]) -> None:
        browser, _ = own
        other = held(session)[1]
        browser.get(f"/allocations/{other.id}", 404)
        own_page = f"/allocations/{held(session)[0].id}"
        browser.post(f"/allocations/{other.id}/decline", 404, page=own_page, allocation=seen(other), reason="No")

    def test_holds_what_was_only_proposed_if_there_is_time(self, manager: Browser, session: Session) -> None:
        dov = person(session, "Dov")
        one = booking(session, dov, MONDAY, SUNDAY, share=0.6, state=AllocationState.PROPOSED)
        busy = booking(session, dov, MONDAY, MONDAY, share=0.5)
        session.commit()
        there = f"/allocations/{one.id}"
        page = manager.post(f"{there}/hold", 409, page=there, allocation=seen(one)).get_data(as_text=True)
        assert "Dov has 50% free in the week of 2027-01-11, not 60%" in page
        there_busy = f"/allocations/{busy.id}"
        manager.post(f"{there_busy}/release", page=there_busy, allocation=seen(busy), reason="Over")
        manager.post(f"{there}/hold", page=there, allocation=seen(one))
        assert held(session)[0].state is AllocationState.HELD

    @pytest.mark.parametrize("step", ["confirm", "decline", "hold"])
    def test_takes_no_step_from_an_end(self, manager: Browser, session: Session, step: str) -> None:
        one = booking(session, person(session, "Dov"), MONDAY, SUNDAY, state=AllocationState.RELEASED)
        session.commit()
        there = f"/allocations/{one.id}"
        assert 'class="form"' not in manager.get(there)
        manager.post(f"{there}/{step}", 409, page="/projects/new", allocation=seen(one), reason="Again")

    @pytest.mark.parametrize("sent", [[], ["x"], ["1-1-dancing"], ["999999999-1-held"], ["1-1-held\n"]])
    def test_takes_no_step_without_what_was_seen(
        self, manager: Browser, session: Session, sent: list[str], decision: str
    ) -> None:
        there = f"/allocations/{held(session)[0].id}"
        manager.post(f"{there}/confirm", 404, page=there, allocation=sent)
