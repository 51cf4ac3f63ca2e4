"""An organisation in which something of everything has happened, and the people who look at it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext
from pyotp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.programs.bearer import takes_tokens
from app.queries.sight.visibility import COMMAND_LINE_VIEWER
from app.queries.staffing.allocations import Seen
from app.queries.staffing.choices import Choices
from app.services.accounts import second_factor
from app.services.accounts.accounts import create_account
from app.services.accounts.administration import deactivate
from app.services.accounts.links import issue_link
from app.services.accounts.passwords import set_password
from app.services.accounts.sessions import start_session
from app.services.accounts.tokens import issue_token, revoke_token
from app.services.audit import COMMAND_LINE
from app.services.imports import background, batches, taxonomies
from app.services.privacy.erasing import erase
from app.services.privacy.visibility import ask_for_erasure
from app.services.staffing.allocations import take_step
from app.services.staffing.decisions import choose_team, set_aside
from app.services.staffing.proposals import store_run, work_out
from models import (
    Account,
    AccountRole,
    Actor,
    Allocation,
    AllocationState,
    LinkPurpose,
    Practitioner,
    Proposal,
    Role,
    Scope,
)
from tests.app.conftest import PASSWORD
from tests.browser.organisation import Organisation
from tests.factories.messy import messy_workbook

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SKILLS = b"Name;Category;Aliases;Description;Parent\nQuilting;Handicraft;Patchwork|Access;Sews quilts.;Python\n"
NO_PAGES = frozenset(
    {"static", "service.healthz", "service.readyz", "decisions.as_json", "imports.annotated", "api_documents.openapi"}
)
FOR_VISITORS = (
    "/sign-in",
    "/forgot-password",
    "/welcome/wrong",
    "/new-address/wrong",
    "/sign-in/second-step",
    "/sign-in/single-sign-on/return?state=unknown",
    "/nowhere",
)
SEEN_OTHERWISE = {
    "admin": (
        "/decisions/{aside}",
        "/allocations/{released}",
        "/allocations/{held}",
        "/people/{erased}",
        "/people/{erased}/erase",
        "/imports/1",
        "/imports/1/undo",
        "/imports/999",
        "/imports/{waiting}",
        "/admin/accounts/{deactivated}",
        "/admin/accounts/{invited}",
        "/people?q=nobody+of+this+name",
        "/people/{person_id}?q=k8s",
    ),
    "manager": ("/", "/people/{person_id}", "/projects/{project_id}", "/account/tokens", "/admin"),
    "practitioner": (
        "/",
        "/account/privacy",
        "/account/privacy/data",
        "/account/proposals",
        "/people/{person_id}",
        "/people/{person_id}/history",
        "/allocations/{held}",
        "/projects/{project_id}",
    ),
    "viewer": ("/", "/account", "/account/privacy", "/account/tokens", "/people", "/projects"),
}


@dataclass
class House:
    """`accounts`: their ids by what they are called here, which is also the role that they have. `numbers`: the ids of
    what happened."""

    organisation: Organisation
    accounts: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def client(self, who: str | None) -> FlaskClient:
        """A client of the application itself, in which one of the people is signed in; None is a visitor."""
        client = self.organisation.app.test_client()
        if who:
            with client.session_transaction() as cookie:
                cookie.update(self.cookies[who])
        return client

    def enter(self, context: BrowserContext, who: str | None) -> None:
        """Sign the person in, in place of whoever was."""
        context.clear_cookies()
        app = self.organisation.app
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own has one
        if who:
            value = signer.dumps(self.cookies[who])
            context.add_cookies([{"name": "muster", "value": value, "url": self.organisation.address}])

    def pages(self) -> Iterator[tuple[str | None, str]]:
        """Who looks, and at which address: every address that shows a page, for an administrator; what others see
        another way, for them."""
        app, numbers = self.organisation.app, self.numbers
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            ours = rule.endpoint not in NO_PAGES and not takes_tokens(app, rule.endpoint)
            if "GET" in (rule.methods or ()) and ours and "<secret>" not in rule.rule:
                path = re.sub(r"<int:(\w+)>", lambda name: str(numbers[name[1]]), rule.rule)
                yield "admin", path
        yield from ((None, f"/welcome/{self.links['welcome']}"), (None, f"/new-address/{self.links['new address']}"))
        yield from ((None, path) for path in FOR_VISITORS)
        yield "second step", "/sign-in/second-step"
        for who, paths in SEEN_OTHERWISE.items():
            yield from ((who, path.format(**numbers)) for path in paths)


def furnish(organisation: Organisation) -> House:
    """Let something of everything happen in the sample organisation."""
    house = House(organisation)
    with writing_session(organisation.engine) as session:
        people = list(session.scalars(select(Practitioner.id).order_by(Practitioner.name)))
        for who, name in (("admin", "Nadia Marsh"), ("manager", "Cora Winter"), ("viewer", "Ines Roth")):
            _account(session, house, who, name)
        _account(session, house, "practitioner", "Piotr Falk")
        _account(session, house, "second step", "Tomas Frey", role=AccountRole.MANAGER)
        for who in house.accounts:
            _sign_in(session, house, who)
        session.commit()
    _decide(house)
    with writing_session(organisation.engine) as session:
        _administer(session, house, people)
        session.commit()
    return house


def _account(session: Session, house: House, who: str, name: str, role: AccountRole | None = None) -> None:
    email = f"{who.replace(' ', '.')}@example.com"
    account = create_account(session, COMMAND_LINE, email=email, name=name, role=role or AccountRole(who))
    set_password(session, account, PASSWORD)
    house.accounts[who] = account.id


def _sign_in(session: Session, house: House, who: str) -> None:
    """`second step` waits for the code; everybody has a second session elsewhere."""
    account, app = session.get_one(Account, house.accounts[who]), house.organisation.app
    if who == "second step":
        _set_up_factor(session, account, app.config["SECRET_KEY"])
    secret = start_session(session, account, FIREFOX)
    house.cookies[who] = {"pending": secret} if who == "second step" else {"_user_id": secret, "_fresh": True}
    start_session(session, account, None)


def _set_up_factor(session: Session, account: Account, key: str) -> None:
    salt, at = second_factor.new_salt(), datetime.now(UTC)
    code = TOTP(second_factor.seed(key, account.id, salt)).at(at)
    second_factor.set_up(session, Actor.of(account.id), account.id, key=key, salt=salt, code=code, at=at)


def _decide(house: House) -> None:
    """A run whose team is held, in part confirmed and released, and one that was set aside."""
    organisation, at = house.organisation, datetime.now(UTC)
    actor = Actor.of(house.accounts["manager"])
    runs: list[int] = []
    for choices in (Choices(), Choices(teams=2)):
        answer = work_out(
            organisation.engine, COMMAND_LINE_VIEWER, organisation.project_id, choices, datetime.now(UTC).date()
        )
        with writing_session(organisation.engine) as session:
            runs.append(store_run(session, actor, answer).id)
            session.commit()
    with writing_session(organisation.engine) as session:
        team = session.scalars(select(Proposal).where(Proposal.run_id == runs[0]).order_by(Proposal.position)).first()
        assert team is not None
        decision = choose_team(session, actor, team.id, "The only team that knows claims and can begin in March.", at)
        of_team = select(Allocation).where(Allocation.proposal_id == team.id).order_by(Allocation.id)
        held = list(session.scalars(of_team))
        seen = [{one.id: Seen(one.version, one.state)} for one in held[:2]]
        take_step(session, actor, seen[0], AllocationState.CONFIRMED, None, at)
        take_step(session, actor, seen[1], AllocationState.RELEASED, "Needed elsewhere until June.", at)
        aside = set_aside(session, actor, runs[1], "Nobody with the domain is free.", at)
        house.numbers |= {"run_id": runs[0], "decision_id": decision.id, "aside": aside.id}
        house.numbers |= {"allocation_id": held[0].id, "released": held[1].id, "held": held[2].id}
        account = session.get_one(Account, house.accounts["practitioner"])
        account.practitioner_id = held[2].practitioner_id
        session.commit()


def _administer(session: Session, house: House, people: list[int]) -> None:
    at, actor = datetime.now(UTC), Actor.of(house.accounts["admin"])
    for who in ("admin", "manager"):
        for name, revoked in (("Nightly export of the record", False), ("Old report", True)):
            scopes = [Scope.READ_DIRECTORY, Scope.READ_PROJECTS]
            token, _ = issue_token(session, actor, house.accounts[who], name, scopes, at + timedelta(days=90), at)
            if revoked:
                revoke_token(session, actor, token.id, at)
    account = create_account(session, actor, email="left@example.com", name="Left Already", role=AccountRole.MANAGER)
    deactivate(session, actor, account.id, "Left the organisation")
    invited = create_account(session, actor, email="new@example.com", name=None, role=AccountRole.PRACTITIONER)
    house.links["welcome"] = issue_link(session, invited, LinkPurpose.INVITATION)
    linked = session.get_one(Account, house.accounts["practitioner"]).practitioner_id
    assert linked is not None
    house.links["new address"] = issue_link(
        session, session.get_one(Account, house.accounts["viewer"]), LinkPurpose.EMAIL, "ines@example.net"
    )
    ask_for_erasure(session, Actor.of(house.accounts["practitioner"]), linked, at)
    gone = next(one for one in reversed(people) if one != linked)
    erase(session, actor, gone, at)
    batch = batches.stage(session, actor, content=messy_workbook(), filename="Skills of two teams.xlsx")
    kept = taxonomies.receive(session, actor, SKILLS, taxonomies.read_file(SKILLS, "crafts.csv"))
    waiting = batches.receive(session, actor, content=b"Name,SQL\nAnna Berg,3\n", filename="Waiting.csv")
    job = background.ask_read(session, actor, waiting.id)
    role = session.scalars(select(Role.id).where(Role.project_id == house.organisation.project_id)).first()
    assert role is not None
    house.numbers |= {"person_id": linked, "erased": gone, "batch_id": batch.id, "taxonomy_id": kept.id}
    house.numbers |= {"deactivated": account.id, "invited": invited.id, "account_id": house.accounts["practitioner"]}
    house.numbers |= {
        "project_id": house.organisation.project_id,
        "role_id": role,
        "skill_id": 1,
        "entry_id": 5,
        "job_id": job.id,
    }
    house.numbers |= {"waiting": waiting.id}
