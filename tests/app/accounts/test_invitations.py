"""Inviting people, and saying which person of the directory an account is."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.accounts.people import suggest
from app.services.accounts import administration
from app.services.audit import COMMAND_LINE
from models import Account, AuditEntry, Reach
from tests.app.conftest import PASSWORD, Browser
from tests.factories.accounts import MANAGER, VIEWER, account, fresh
from tests.factories.people import person

pytestmark = pytest.mark.one_database


class TestInvitation:
    def test_shows_a_link_once_that_opens_the_account(self, app: Flask, admin: Browser, session: Session) -> None:
        page = admin.post("/admin/accounts/new", 200, email="Ben@Example.org", name="Ben Ode", role="viewer")
        link = re.search(r"http://localhost(/welcome/[\w-]+)", page.get_data(as_text=True))
        assert link
        made = session.scalars(select(Account).where(Account.email == "ben@example.org")).one()
        assert (made.name, made.role) == ("Ben Ode", VIEWER)
        for path in ("", f"/{made.id}"):
            assert "/welcome/" not in admin.get(f"/admin/accounts{path}")
        Browser(app.test_client()).post(link[1], password=PASSWORD)
        assert "Active" in admin.get(f"/admin/accounts/{made.id}")

    def test_takes_the_person_of_the_same_address(self, admin: Browser, session: Session) -> None:
        anna = person(session, "Anna Berg", email="anna@example.org")
        session.commit()
        admin.post("/admin/accounts/new", 200, email="anna@example.org", role="practitioner")
        made = session.scalars(select(Account).where(Account.email == "anna@example.org")).one()
        assert (made.name, made.practitioner_id) == ("Anna Berg", anna.id)

    def test_leaves_the_person_of_the_same_address_with_the_account_they_have(
        self, admin: Browser, session: Session
    ) -> None:
        anna = person(session, "Anna Berg", email="anna@example.org")
        account(session, "Old Anna", practitioner_id=anna.id)
        admin.post("/admin/accounts/new", 200, email="anna@example.org", role="viewer")
        made = session.scalars(select(Account).where(Account.email == "anna@example.org")).one()
        assert (made.name, made.practitioner_id) == ("anna", None)

    def test_takes_the_person_chosen_rather_than_the_one_of_the_same_address(
        self, admin: Browser, session: Session
    ) -> None:
        person(session, "Anna Berg", email="anna@example.org")
        chosen = person(session, "Ben Ode")
        session.commit()
        shown = admin.get(f"/admin/accounts/new?person={chosen.id}")
        assert "The account will be" in shown
        admin.post("/admin/accounts/new", 200, email="anna@example.org", role="practitioner", person=chosen.id)
        made = session.scalars(select(Account).where(Account.email == "anna@example.org")).one()
        assert made.practitioner_id == chosen.id

    def test_keeps_what_was_typed_when_it_is_refused(self, admin: Browser, session: Session) -> None:
        taken = person(session, "Anna Berg")
        account(session, "Old Anna", practitioner_id=taken.id)
        before = session.scalars(select(Account.id)).all()
        for fields, sentence in (
            ({"email": "old.anna@example.org"}, "already exists"),
            ({"email": "nonsense"}, "is not an e-mail address"),
            ({"email": ""}, "Write the e-mail address."),
            ({"email": "new@example.org", "person": taken.id}, "has an account already, old.anna@example.org"),
            ({"email": "new@example.org", "person": 999999}, "There is no such person."),
            ({"email": "new@example.org", "person": 2**40}, "There is no such person."),
            ({"email": "new@example.org", "role": "king"}, "Not a valid choice"),
            ({"email": "new@example.org", "role": "manager", "reach": "assigned", "units": 999}, "valid choice"),
        ):
            fields = {"role": "viewer", "name": "Typed Name", **fields}
            answer = admin.post("/admin/accounts/new", 422, **fields).get_data(as_text=True)
            assert sentence in answer
            assert "Typed Name" in answer
        assert session.scalars(select(Account.id)).all() == before

    def test_of_several_makes_an_account_for_each_and_lists_the_links_once(
        self, app: Flask, admin: Browser, session: Session
    ) -> None:
        anna, ben = (person(session, name, email=f"{name}@example.org".lower()) for name in ("Anna", "Ben"))
        person(session, "Without address")
        session.commit()
        assert "2 people" in admin.get("/admin/accounts/invite-people")
        page = admin.post("/admin/accounts/invite-people", 200, people=[anna.id, ben.id], role="practitioner")
        links = re.findall(r"http://localhost(/welcome/[\w-]+)", page.get_data(as_text=True))
        assert len(set(links)) == 2
        made = dict(session.execute(select(Account.email, Account.practitioner_id)).all())
        assert (made["anna@example.org"], made["ben@example.org"]) == (anna.id, ben.id)
        Browser(app.test_client()).post(links[0], password=PASSWORD)
        again = admin.post("/admin/accounts/invite-people", 422, people=[anna.id], role="practitioner", page="/people")
        assert "None of the people you chose can still be invited" in again.get_data(as_text=True)

    def test_of_several_says_whom_managers_manage(self, admin: Browser, session: Session) -> None:
        anna = person(session, email="anna@example.org")
        session.commit()
        shown = admin.get("/admin/accounts/invite-people")
        assert "Managers invited here manage everybody; narrow that on the page of each account." in shown
        admin.post("/admin/accounts/invite-people", 200, people=[anna.id], role="manager")
        made = session.scalars(select(Account).where(Account.email == "anna@example.org")).one()
        assert (made.role, made.reach) == (MANAGER, Reach.ORGANISATION)

    @pytest.mark.parametrize("people", [[], ["x"], ["99999999999999"], list(range(1, 200))])
    def test_of_several_refuses_what_chooses_nobody_or_too_many(
        self, admin: Browser, session: Session, people: list[object]
    ) -> None:
        person(session, email="anna@example.org")
        session.commit()
        admin.post("/admin/accounts/invite-people", 422, people=people, role="practitioner")
        assert len(session.scalars(select(Account)).all()) == 1

    def test_again_kills_the_link_made_before(self, visitor: Browser, admin: Browser, session: Session) -> None:
        ben = account(session)
        page = f"/admin/accounts/{ben.id}"
        links = []
        for _ in range(2):
            answer = admin.post(f"{page}/link", 200, page=page).get_data(as_text=True)
            links += re.findall(r"http://localhost(/welcome/[\w-]+)", answer)
        visitor.get(links[0], 404)
        visitor.get(links[1])

    def test_again_is_refused_for_a_deactivated_account(self, admin: Browser, session: Session) -> None:
        ben = account(session, active=False)
        page = f"/admin/accounts/{ben.id}"
        assert "Activate it first" in admin.post(f"{page}/link", 422, page=page).get_data(as_text=True)


class TestLinking:
    def test_by_hand_gives_the_account_the_person_and_unlinking_takes_it_away(
        self, admin: Browser, session: Session
    ) -> None:
        ben, anna = account(session), person(session, "Anna Berg", email="a@b.org")
        session.commit()
        page = f"/admin/accounts/{ben.id}"
        assert "a@b.org" in admin.get(f"{page}/person?q=berg")
        admin.post(f"{page}/person", person=anna.id)
        fresh(session, ben)
        assert ben.practitioner_id == anna.id
        admin.post(f"{page}/unlink", page=page)
        fresh(session, ben)
        assert ben.practitioner_id is None
        session.rollback()
        told = session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("%person")).order_by(AuditEntry.id)
        ).all()
        assert told == ["account.link_person", "account.unlink_person"]

    def test_offers_people_of_a_name_like_it_who_have_no_account(self, session: Session) -> None:
        for name in ("Meyer Kathrin", "Katrin Meier", "Karl Otto"):
            person(session, name)
        account(session, "Taken", practitioner_id=person(session, "Kathrin Meyer").id)
        person(session, "Kathrin Meyer", active=False)
        assert [one.name for one in suggest(session, "Kathrin Meyer")] == ["Meyer Kathrin", "Katrin Meier"]
        assert suggest(session, "?!") == []

    def test_keeps_to_one_account_a_person_and_one_person_an_account(self, admin: Browser, session: Session) -> None:
        anna, other = person(session, "Anna Berg"), person(session, "Other")
        account(session, "Anna Berg", practitioner_id=anna.id)
        ben = account(session, "Ben Ode")
        page = f"/admin/accounts/{ben.id}/person"
        linked = f"/admin/accounts/{ben.id}"
        answer = admin.post(page, 422, page=linked, person=anna.id).get_data(as_text=True)
        assert "Anna Berg has an account already, anna.berg@example.org." in answer
        administration.link_person(session, COMMAND_LINE, ben.id, other.id)
        session.commit()
        answer = admin.post(page, 422, page=linked, person=anna.id).get_data(as_text=True)
        assert "The account is linked to Other already. Unlink it first." in answer

    def test_searches_nobody_for_an_account_that_has_a_person(self, admin: Browser, session: Session) -> None:
        ben = account(session, "Ben Ode", practitioner_id=person(session, "Other").id)
        session.commit()
        page = admin.get(f"/admin/accounts/{ben.id}/person")
        assert "The account is linked to Other. Unlink it first" in page
        assert "has a name like this" not in page
        assert 'aria-label="People of the directory"' not in page

    @pytest.mark.parametrize("sent", ["", "x", "0", "-1", "4294967296", "999999"])
    def test_refuses_what_is_nobody(self, admin: Browser, session: Session, sent: str) -> None:
        ben = account(session)
        admin.post(f"/admin/accounts/{ben.id}/person", 422, page=f"/admin/accounts/{ben.id}", person=sent)
        fresh(session, ben)
        assert ben.practitioner_id is None
