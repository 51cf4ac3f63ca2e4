"""A person who shows nothing, looked for on every page that each role can reach by its links, and in every file."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.services.accounts.sessions import start_session
from app.services.audit import COMMAND_LINE, Actor, record
from app.services.staffing.decisions import choose_team
from models import (
    Account,
    AccountRole,
    AllocationState,
    Audience,
    PersonalField,
    Practitioner,
    Project,
    Rating,
    Reach,
    Skill,
)
from tests.app.conftest import Browser
from tests.factories.decisions import AT, best, chooser
from tests.factories.people import booking, goal, keeps, person, work
from tests.factories.shy import SECRETS, somebody_shy
from tests.factories.staffing import MONDAY, SUNDAY, project_to_staff, role, staff

NEEDED = {("/admin/accounts/invite-people", "sheila@example.org")}
"""Whoever sends an invitation has to know where it goes."""
MOST_ALIKE = 3
"""Pages of one kind, such as those of skills."""
ROLES = ("practitioner", "manager", "lead", "admin")


@pytest.fixture
def shy(session: Session) -> Practitioner:
    """Proposed, chosen and held on a project before she hid everything."""
    who, away = somebody_shy(session, 3, AT.date(), AT.date())
    person(session, "Mona Mentor", unit="Design", skills={"Basketry": 5})
    person(session, "Oda Open", unit="Design", skills={"Basketry": 4})
    wish = goal(session, who, "Basketry", 4)
    led = project_to_staff(session, "Led")
    role(session, led, "Weaver", {"Basketry": 4}, headcount=2, fte=Decimal("0.5"))
    run = staff(session, led.id)
    decider = chooser(session)
    choose_team(session, decider, best(run).id, "Because", AT)
    role(session, led, "Second weaver", {"Basketry": 3}, fte=Decimal("0.4"))
    staff(session, led.id)
    booking(session, who, MONDAY, SUNDAY, 0.3, project=work(session, "Other work"), state=AllocationState.CONFIRMED)
    rated = session.scalars(select(Rating).where(Rating.practitioner_id == who.id)).one()
    record(session, COMMAND_LINE, "rating.edit", "rating", rated.id, after={"level": 3, "note": "level of Basketry"})
    record(session, COMMAND_LINE, "goal.edit", "learning_goal", wish.id, after={"note": "wants <Falconry</"})
    record(session, COMMAND_LINE, "person.edit", "practitioner", who.id, after={"email": "sheila@example.org",
           "cost_band": "Band Z", "outcome": "0.123"})  # fmt: skip
    record(session, Actor.of(decider.account_id or 0), "absence.edit", "absence", away.id, reason="Surgery")
    for field in PersonalField:
        keeps(session, who, field, Audience.SELF)
    session.commit()
    return who


@pytest.fixture
def enter(app: Flask, engine: Engine, signed_in: Callable[..., Browser], shy: Practitioner) -> Callable[[str], Browser]:
    """A browser of the role; the lead is a manager of nobody who leads the project."""

    def enter(who: str) -> Browser:
        if who != "lead":
            return signed_in(who)
        with writing_session(engine) as session:
            account = Account(
                email="lead@example.org", name="Lena Lead", role=AccountRole.MANAGER, reach=Reach.ASSIGNED
            )
            session.add(account)
            session.flush()
            session.scalars(select(Project).where(Project.name == "Led")).one().manager_id = account.id
            secret = start_session(session, account, "test")
            session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = secret
        return Browser(client)

    return enter


def reached(browser: Browser, begin: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What these addresses show, and every page that links lead to."""
    ahead, seen, alike = [*begin], {*begin}, Counter[str]()
    while ahead:
        path = ahead.pop(0)
        answer = browser.client.get(path)
        page = answer.get_data(as_text=True)
        yield path, page
        for link in map(unescape, re.findall(r'href="(/[^"#]*)', page)):
            kind = re.sub(r"\d+|=[^&]*", "", link)
            if link not in seen and not link.startswith("/static") and alike[kind] < MOST_ALIKE:
                alike[kind] += 1
                seen.add(link)
                ahead.append(link)


class TestNothingThatSomebodyHides:
    @pytest.mark.parametrize("who", ROLES)
    def test_stands_on_a_page_of_somebody_else(
        self, session: Session, enter: Callable[[str], Browser], who: str
    ) -> None:
        skills = session.scalars(select(Skill.id).where(Skill.name.in_(("Basketry", "Falconry")))).all()
        session.rollback()
        known = [f"/skills/{number}" for number in skills]
        told, kinds = [], set()
        for path, page in reached(enter(who), ["/", "/people?q=basketry", "/people?q=sheila", *known]):
            kinds.add(re.sub(r"\d+|\?.*", "", path))
            told += [(path, secret) for secret in SECRETS if secret in page and (path, secret) not in NEEDED]
            if "Falconry" in page and "Shy Sheila" in page:
                told.append((path, "a goal"))
        assert not told, told
        assert {"/people/", "/projects/", "/skills/", "/account/privacy"} <= kinds
        assert ({"/proposals/", "/decisions/", "/allocations/"} <= kinds) is (who in {"manager", "lead", "admin"})
        assert ("/admin/audit/" in kinds) is (who == "admin")
