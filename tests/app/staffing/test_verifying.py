"""Verifying ratings and handing projects over: for those who manage, and nobody for themselves."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, AccountRole, AuditEntry, Practitioner, Project, Rating
from tests.app.conftest import Browser
from tests.factories.people import person, rating
from tests.factories.projects import project


@pytest.fixture
def anna(session: Session) -> Practitioner:
    who = person(session, "Anna Berg", skills={"Python": 4, "SQL": 2})
    session.commit()
    return who


def ratings(session: Session) -> dict[int, bool]:
    """Level -> whether it is verified."""
    session.rollback()
    return {one.level: one.verified_at is not None for one in session.scalars(select(Rating))}


class TestVerifying:
    def test_marks_the_levels_that_were_ticked_and_takes_the_mark_off_the_others(
        self, session: Session, anna: Practitioner, manager: Browser
    ) -> None:
        address = f"/people/{anna.id}/verify"
        python, sql = session.scalars(select(Rating).order_by(Rating.level.desc()))
        manager.post(address, verified=f"{python.id}:4")
        assert ratings(session) == {4: True, 2: False}
        assert "Verified" in manager.get(f"/people/{anna.id}")
        assert f'name="marked" value="{python.id}"' in manager.get(address)
        manager.post(address, verified=f"{sql.id}:2", marked=str(python.id))
        assert ratings(session) == {4: False, 2: True}
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "rating.verify")).all()
        assert [entry.after for entry in told[:1]] == [{"verified": True, "level": 4}]

    def test_is_refused_for_a_level_that_has_changed_since(
        self, session: Session, anna: Practitioner, manager: Browser
    ) -> None:
        python = session.scalars(select(Rating).where(Rating.level == 4)).one()
        page = manager.post(f"/people/{anna.id}/verify", 409, verified=f"{python.id}:3").get_data(as_text=True)
        assert "A level was changed" in page
        assert ratings(session) == {4: False, 2: False}

    def test_leaves_the_marks_that_somebody_else_made_since(
        self, session: Session, anna: Practitioner, manager: Browser
    ) -> None:
        address = f"/people/{anna.id}/verify"
        python, sql = session.scalars(select(Rating).order_by(Rating.level.desc()))
        manager.post(address, verified=f"{python.id}:4")
        manager.post(address, verified=f"{sql.id}:2")
        assert ratings(session) == {4: True, 2: True}

    def test_is_refused_where_somebody_else_took_a_mark_off_since(
        self, session: Session, anna: Practitioner, manager: Browser
    ) -> None:
        python = session.scalars(select(Rating).where(Rating.level == 4)).one()
        seen = {"verified": f"{python.id}:4", "marked": str(python.id)}
        page = manager.post(f"/people/{anna.id}/verify", 409, **seen).get_data(as_text=True)
        assert "took a mark off" in page
        assert ratings(session) == {4: False, 2: False}

    def test_refuses_a_mark_that_is_no_number(self, anna: Practitioner, manager: Browser) -> None:
        manager.post(f"/people/{anna.id}/verify", 422, marked="x")

    @pytest.mark.parametrize("sent", ["x", "1", "1:9", "999999999999999999999:3", ":", "1:4:4"])
    def test_refuses_what_is_no_rating(self, anna: Practitioner, manager: Browser, sent: str) -> None:
        manager.post(f"/people/{anna.id}/verify", 422, verified=sent)

    def test_refuses_a_rating_of_somebody_else(self, session: Session, anna: Practitioner, manager: Browser) -> None:
        other = rating(session, person(session, "Ben"), "Python", 3)
        session.commit()
        manager.post(f"/people/{anna.id}/verify", 404, verified=f"{other.id}:3")

    def test_is_nobodys_to_do_for_themselves(self, anna: Practitioner, signed_in: Callable[..., Browser]) -> None:
        for role in ("practitioner", "manager", "admin"):
            browser = signed_in(role, practitioner_id=anna.id)
            browser.get(f"/people/{anna.id}/verify", 403)
            assert "Verify skills" not in browser.get(f"/people/{anna.id}")
            unlink(browser)


def unlink(browser: Browser) -> None:
    """One person has one account at a time."""
    engine = browser.client.application.extensions["muster-engine"]
    with Session(engine) as session:
        for account in session.scalars(select(Account)):
            account.practitioner_id = None
        session.commit()


class TestHandingAProjectOver:
    @pytest.fixture
    def made(self, session: Session) -> Project:
        made = project(session, "Claims triage")
        session.commit()
        return made

    def test_puts_it_into_the_hands_of_another_manager(self, session: Session, made: Project, manager: Browser) -> None:
        other = Account(email="otto@example.org", name="Otto Other", role=AccountRole.MANAGER)
        session.add(other)
        session.commit()
        manager.post(f"/projects/{made.id}/lead", leader=str(other.id), version=str(made.version))
        session.refresh(made)
        assert made.manager_id == other.id
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "project.hand_over")).one()
        assert entry.after == {"manager": other.id}
        assert "Otto Other" in manager.get(f"/projects/{made.id}")

    def test_refuses_whoever_cannot_lead(self, session: Session, made: Project, manager: Browser) -> None:
        nobody = Account(email="paula@example.org", name="Paula", role=AccountRole.PRACTITIONER)
        session.add(nobody)
        session.commit()
        manager.post(f"/projects/{made.id}/lead", 422, leader=str(nobody.id), version=str(made.version))

    def test_refuses_a_project_that_has_changed_since(self, made: Project, manager: Browser) -> None:
        page = manager.post(f"/projects/{made.id}/lead", 409, leader="", version="99").get_data(as_text=True)
        assert "Somebody else changed this project" in page
