"""Script in every text field there is: every page shows it as text, and nothing of it happens."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request

from app.db import writing_session
from app.entrance.headers import content_security_policy
from app.queries.briefs import Need, ProjectBrief, RoleBrief
from app.queries.sight.visibility import COMMAND_LINE_VIEWER
from app.queries.staffing.choices import Choices
from app.services.accounts.sessions import start_session
from app.services.imports import batches, taxonomies
from app.services.staffing.projects import create_project
from app.services.staffing.proposals import store_run, work_out
from app.services.staffing.roles import add_role
from models import Account, Actor, Allocation, AllocationState
from tests.browser.conftest import OpenContext
from tests.browser.house import House, furnish
from tests.browser.organisation import served
from tests.browser.payloads import MARKS, PAYLOADS, TAKEN, Watch, forms_of, packs, send, shown_again

pytestmark = pytest.mark.browser
MOST_PAGES = 400
NEVER_TAKEN = {
    "get /admin/audit/chain",
    "post /account/second-factor/set-up",
    "post /admin/accounts/1/email",
    "post /people/1/erase",
    "post /sign-in",
}
"""Forms whose one text is compared with what is known, so that no script is ever kept of it."""


@pytest.fixture(scope="module")
def house(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(sample, tmp_path_factory.mktemp("payloads")) as organisation:
        yield furnish(organisation)


def holds(answer: TestResponse) -> bool:
    return answer.mimetype == "text/html" and any(mark in answer.get_data(as_text=True) for mark in MARKS)


def links_of(body: str) -> list[str]:
    """Paths of ours, the newest things first."""
    found = {unescape(link).partition("#")[0] for link in re.findall(r"<a [^>]*href=\"(/[^\"]*)\"", body)}
    return sorted(
        (link for link in found if not link.startswith("//")), key=lambda link: (len(link), link), reverse=True
    )


def walk(client: FlaskClient, begin: list[str]) -> Iterator[tuple[str, TestResponse]]:
    """The pages to begin with and every page that links lead to; of one kind (numbers and filters aside) two."""
    seen, kinds, waiting = set[str](), Counter[str](), list(begin)
    asked = frozenset(begin)
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        kind = re.sub(r"[0-9]+", "1", path.partition("?")[0])
        if path in seen or (kinds[kind] >= 2 and path not in asked):
            continue
        seen.add(path)
        kinds[kind] += 1
        answer = client.get(path)
        if answer.mimetype == "text/html":
            yield path, answer
            waiting += links_of(answer.get_data(as_text=True))


def by_other_ways(house: House) -> None:
    """What comes in without a form: files with their names, and the name of a browser."""
    text = packs(190)[0]
    with writing_session(house.organisation.engine) as session:
        actor = Actor.of(house.accounts["admin"])
        for pack in packs(190):
            batches.receive(session, actor, content=b"Name", filename=f"{pack}.csv")
            start_session(session, session.get_one(Account, house.accounts["admin"]), pack)
        batch = batches.stage(session, actor, content=hostile_workbook(), filename=f"{text[:150]}.xlsx")
        batches.apply(session, actor, batch, expected_digest=batch.plan_digest)
        rows = "\n".join(_csv(f"{pack}", pack, pack, pack) for pack in packs(150))
        content = f"Name;Category;Aliases;Description\n{rows}\n".encode()
        read = taxonomies.read_file(content, f"{text[:100]}.csv")
        house.numbers["taxonomy_id"] = taxonomies.receive(session, actor, content, read).id
        session.commit()


def left_to_do(house: House) -> list[str]:
    """Pages whose forms can each be sent with success but once: two runs of another project, which nobody is held for
    yet, and all that is held."""
    organisation, actor, at = house.organisation, Actor.of(house.accounts["manager"]), datetime.now(UTC)
    begins = at.date() + timedelta(days=300)
    with writing_session(organisation.engine) as session:
        brief = ProjectBrief("To be decided on", starts_on=begins, ends_on=begins + timedelta(days=60))
        other = create_project(session, actor, brief).id
        add_role(session, actor, other, RoleBrief("Developer", needs=(Need("Python", 2),)))
        session.commit()
    answer = work_out(organisation.engine, COMMAND_LINE_VIEWER, other, Choices(), at.date())
    with writing_session(organisation.engine) as session:
        runs = [store_run(session, actor, answer).id for _ in range(2)]
        held = session.scalars(select(Allocation.id).where(Allocation.state == AllocationState.HELD)).all()
        session.commit()
    return [*(f"/allocations/{one}" for one in held), *(f"/proposals/{one}" for one in runs)]


def _csv(*cells: str) -> str:
    return ";".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def hostile_workbook() -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "<svg onload=window.__xss=1>"
    texts = packs(100)
    sheet.append(["Name", "E-mail", "Team", "Job title", "Location", "Python", *texts])
    for number, pack in enumerate(texts):
        sheet.append([f"Greta Falk {pack}", f"greta{number}@example.org", pack, pack, pack, 3, *[2 for _ in texts]])
        sheet.append([pack, f"other{number}@example.org", pack, pack, pack, pack, *texts])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def looked_at(watch: Watch, pages: list[tuple[str, TestResponse]], told: list[str]) -> dict[str, list[str]]:
    """What was wrong on which page; `told` gets what the pages say."""
    wrong = {}
    for path, answer in pages:
        if found := watch.look(quote(path, safe="/?=&%"), answer):
            wrong[path] = found
        told.append(watch.told())
    return wrong


class TestEveryTextField:
    def test_shows_script_as_text(self, house: House, open_context: OpenContext) -> None:
        watch = Watch(open_context(axe=False).new_page(), house.organisation)
        by_other_ways(house)
        tried, stored_by = Counter[str](), set[str]()
        reflected: list[tuple[str, TestResponse]] = []
        open_pages = left_to_do(house)
        for who in ("admin", "manager", "practitioner", None):
            client = house.client(who)
            begin = [*(open_pages if who else ()), *(path for whom, path in house.pages() if whom == who)]
            for path, page in list(walk(client, begin)):
                changed = False
                for form in forms_of(page.get_data(as_text=True), path):
                    if form.key in stored_by or tried[form.key] >= 2 or "sign-out" in form.action:
                        continue
                    if (now := shown_again(client, form, path) if changed else form) is None:
                        continue
                    tried[form.key] += 1
                    answers = list(send(client, now, path))
                    if answers[0].status_code == 409 and (again := shown_again(client, form, path)):
                        # What was sent elsewhere changed what this page was of.
                        answers += send(client, again, path)
                    if any(answer.status_code in TAKEN for answer in answers):
                        stored_by.add(form.key)
                        changed = changed or form.method == "post"
                    reflected += [(path, answer) for answer in answers if holds(answer)][:3]
        count = sum(len(key.split(" ")[2].split(",")) for key in tried)
        told: list[str] = []
        wrong = looked_at(watch, reflected, told)
        stored = [
            (path, page)
            for who in ("admin", "manager", "practitioner")
            for path, page in walk(
                house.client(who), [*open_pages, *(path for whom, path in house.pages() if whom == who)]
            )
            if holds(page)
        ]
        wrong |= looked_at(watch, stored, told)
        everything = " ".join(told)
        assert wrong == {}
        assert [payload for payload in PAYLOADS if " ".join(payload.split()) not in everything] == []
        assert {key.rpartition(" ")[0] for key in tried.keys() - stored_by} == NEVER_TAKEN
        assert count > 60
        assert len(stored) > 20
        kinds = {re.sub(r"[0-9]+", "1", path.partition("?")[0]) for path, _ in stored}
        assert kinds >= {"/allocations/1", "/decisions/1", "/projects/1", "/projects/1/roles/1/edit", "/skills/lists/1"}


class TestThisTest:
    @pytest.mark.parametrize("payload", [PAYLOADS[0], PAYLOADS[1], PAYLOADS[2], PAYLOADS[13]])
    def test_notices_a_page_that_does_not_escape_where_no_policy_forbids_it(
        self, house: House, open_context: OpenContext, payload: str
    ) -> None:
        watch = Watch(open_context(axe=False).new_page(), house.organisation)
        page = f"<!doctype html><title>x</title><main><textarea></textarea>{payload}</main>"
        careless = TestResponse([page.encode()], "200 OK", Headers({"Content-Type": "text/html"}), Request({}))
        assert "script ran" in watch.look("/control", careless)

    @pytest.mark.parametrize("payload", [*PAYLOADS[:4], *PAYLOADS[10:14], PAYLOADS[17], *PAYLOADS[19:]])
    def test_notices_it_too_where_the_policy_keeps_it_from_running(
        self, house: House, open_context: OpenContext, payload: str
    ) -> None:
        watch = Watch(open_context(axe=False).new_page(), house.organisation)
        page = f"<!doctype html><title>x</title><main>{payload}</main>"
        headers = Headers({"Content-Type": "text/html", "Content-Security-Policy": content_security_policy("n")})
        found = watch.look("/control", TestResponse([page.encode()], "200 OK", headers, Request({})))
        assert found
        assert "script ran" not in found
