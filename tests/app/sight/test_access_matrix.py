"""Every address, asked by everybody about what is theirs, what they manage and what is neither: the answer is the one
that the matrix gives."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine
from werkzeug.routing import Rule

from app.access import MATRIX, Action, Relation, Thing, allows, opens
from app.access_page import page
from app.config import ROOT
from app.db import writing_session
from app.entrance.declaring import declared_access
from app.programs.bearer import takes_tokens
from app.queries.sight.relations import LOCATORS
from app.services.accounts.accounts import start_session
from app.services.accounts.tokens import issue_token
from models import Account, AccountRole, Actor, Reach, Scope
from tests.app.conftest import Browser
from tests.factories.relations import World, world

ABSENT = 999_999
"""An id of what is not asked about: nothing has it."""
SEEN_FORM = "what the cookie of somebody who saw a form holds"
ASKING = [
    pytest.param(AccountRole.VIEWER, Reach.ORGANISATION, id="viewer"),
    pytest.param(AccountRole.PRACTITIONER, Reach.ORGANISATION, id="practitioner"),
    pytest.param(AccountRole.MANAGER, Reach.ASSIGNED, id="manager of a unit"),
    pytest.param(AccountRole.MANAGER, Reach.ORGANISATION, id="manager of everything"),
    pytest.param(AccountRole.ADMIN, Reach.ORGANISATION, id="administrator"),
]


class Address(NamedTuple):
    """One address with one method; `about` names the id in it that stands in some relation to whoever asks."""

    method: str
    rule: Rule
    thing: Thing
    action: Action

    @property
    def about(self) -> str | None:
        return next((name for name in sorted(self.rule.arguments) if name in LOCATORS), None)

    def path(self, number: int = ABSENT) -> str:
        """With that id for what it is about, and with ids that nothing has for the rest."""

        def filled(found: re.Match[str]) -> str:
            if found[2] == self.about:
                return str(number)
            return str(ABSENT) if found[1] == "int" else "absent"

        return re.sub(r"<(?:(\w+):)?(\w+)>", filled, self.rule.rule)


def addresses(app: Flask, *, for_programs: bool = False) -> Iterator[Address]:
    """Those for people, or those for programs. What an administrator does to accounts, which
    may part an account from its person, comes last."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule.startswith("/admin"), rule.rule)):
        if takes_tokens(app, rule.endpoint) is not for_programs:
            continue
        access = declared_access(app, rule.endpoint)
        assert access is not None, f"{rule.endpoint} declares no access"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Address(method, rule, *access)


class Asker:
    """Somebody who is signed in and asks, whatever an answer did to their session."""

    def __init__(self, app: Flask, engine: Engine, account_id: int) -> None:
        self.app, self.engine, self.account_id = app, engine, account_id
        self.client: FlaskClient | None = None
        # As a page would seal it; asking for a page before each form would take most of the time.
        self.token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(SEEN_FORM)

    def enter(self) -> FlaskClient:
        with writing_session(self.engine) as session:
            secret = start_session(session, session.get_one(Account, self.account_id), "test")
            session.commit()
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"], cookie["csrf_token"] = secret, True, SEEN_FORM
        return client

    def ask(self, method: str, path: str) -> int:
        """The answer's status; a form is sent empty but with its token, so that only access can refuse it."""
        client = self.client = self.client or self.enter()
        if method == "GET":
            return client.get(path).status_code
        self.client = None
        return client.open(path, method=method, data={"csrf_token": self.token}).status_code


def token(client: FlaskClient) -> str:
    shown = client.get("/sign-in", follow_redirects=True).get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
    assert found
    return found[1]


def relations_of(role: AccountRole, reach: Reach) -> Mapping[Relation, Relation]:
    """What a thing of the world is to somebody: whoever manages everything manages what is outside of a unit, too."""
    if role is AccountRole.ADMIN or (role is AccountRole.MANAGER and reach is Reach.ORGANISATION):
        return {Relation.OWN: Relation.OWN, Relation.MANAGED: Relation.MANAGED, Relation.OTHER: Relation.MANAGED}
    if role is AccountRole.MANAGER:
        return {relation: relation for relation in Relation}
    return {Relation.OWN: Relation.OWN, Relation.MANAGED: Relation.OTHER, Relation.OTHER: Relation.OTHER}


UNMANAGED = {"job_id", "account_id", "session_id", "token_id"}
"""Work, accounts and sessions are one's own or somebody else's; nobody's reach takes them in."""


class TestEveryAddress:
    def test_sends_a_visitor_to_sign_in_unless_it_is_public(self, app: Flask, visitor: Browser) -> None:
        wrong, sent = {}, token(visitor.client)
        for address in addresses(app):
            data = None if address.method == "GET" else {"csrf_token": sent}
            status = visitor.client.open(address.path(), method=address.method, data=data).status_code
            refused = status == (303 if address.method == "GET" else 401)
            if refused is opens(None, address.thing, address.action):
                wrong[f"{address.method} {address.path()}"] = status
        assert not wrong

    @pytest.mark.parametrize(("role", "reach"), ASKING)
    def test_answers_each_role_about_each_relation_as_the_matrix_says(
        self, app: Flask, engine: Engine, role: AccountRole, reach: Reach
    ) -> None:
        with writing_session(engine) as session:
            there = world(session, role, reach)
            session.commit()
        asker = Asker(app, engine, there.account_id)
        wrong = {}
        for address, relation, number in asked(app, there):
            met = relations_of(role, reach)[relation]
            if address.about in UNMANAGED:
                met = relation
            path = address.path(number)
            status = asker.ask(address.method, path)
            if not _fits(status, role, address, met):
                wrong[f"{address.method} {path} ({relation})"] = status
        assert not wrong

    @pytest.mark.parametrize(("role", "reach"), ASKING)
    def test_answers_the_programs_of_each_role_alike(
        self, app: Flask, engine: Engine, role: AccountRole, reach: Reach
    ) -> None:
        with writing_session(engine) as session:
            there = world(session, role, reach)
            now = datetime.now(UTC)
            actor = Actor.of(there.account_id)
            _, secret = issue_token(session, actor, there.account_id, "All", list(Scope), now + timedelta(days=1), now)
            session.commit()
        client, wrong = app.test_client(use_cookies=False), {}
        for address, relation, number in asked(app, there, for_programs=True):
            body = {} if address.method == "GET" else {"json": {}}
            headers = {"Authorization": f"Bearer {secret}"}
            status = client.open(address.path(number), method=address.method, headers=headers, **body).status_code
            if not _fits(status, role, address, relations_of(role, reach)[relation]):
                wrong[f"{address.method} {address.path(number)} ({relation})"] = status
        assert not wrong

    def test_takes_no_form_without_its_token(self, app: Flask, admin: Browser) -> None:
        answers = {
            f"{address.method} {address.path()}": admin.client.open(address.path(), method=address.method).status_code
            for address in addresses(app)
            if address.method != "GET"
        }
        assert len(answers) > 10
        assert set(answers.values()) == {400}


def asked(app: Flask, there: World, *, for_programs: bool = False) -> Iterator[tuple[Address, Relation, int]]:
    """Every address about every thing of the world that it can be about; an address about nothing is asked once."""
    for address in addresses(app, for_programs=for_programs):
        if address.about is None:
            yield address, Relation.OTHER, ABSENT
        else:
            for relation, number in there.ids[address.about].items():
                yield address, relation, number


def _fits(status: int, role: AccountRole, address: Address, relation: Relation) -> bool:
    if status >= 500:
        return False
    if not opens(role, address.thing, address.action):
        return status == 403
    if address.about is None or allows(role, address.thing, address.action, relation):
        return status not in {401, 403}
    return status == (403 if allows(role, address.thing, Action.SEE, relation) else 404)


class TestTheMatrix:
    def test_has_a_rule_for_whatever_an_address_does_and_no_other(self, app: Flask) -> None:
        assert {declared_access(app, rule.endpoint) for rule in app.url_map.iter_rules()} == set(MATRIX)

    def test_is_what_the_page_of_the_documentation_says(self) -> None:
        written = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
        assert written == page(), "write it anew: python -m app.access_page > docs/access.md"

    def test_lets_a_higher_role_do_what_a_lower_one_may(self) -> None:
        for grant in MATRIX.values():
            assert grant.visitor <= grant.viewer <= grant.practitioner <= grant.manager <= grant.administrator

    def test_knows_every_id_that_stands_for_somebodys_thing(self, app: Flask) -> None:
        named = {name for rule in app.url_map.iter_rules() for name in rule.arguments if name.endswith("_id")}
        shared = {"skill_id", "batch_id", "taxonomy_id", "entry_id"}
        within = {"role_id"}
        assert named - shared - within <= set(LOCATORS)
