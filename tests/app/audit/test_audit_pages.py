"""The pages of the audit trail: filters, one entry, export, state of the chain, the history of one thing."""

import ast
import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from app import services
from app.forms.audit import ACTIONS, GROUPS, action_words
from app.queries.audit.history import imports_of_person
from app.queries.audit.trail import AuditFilters, page_of_trail
from app.services.audit import COMMAND_LINE, Actor, record, redact
from models import (
    AllocationState,
    Audience,
    AuditEntry,
    ImportedValue,
    PersonalField,
    Practitioner,
    Project,
    Rating,
    Visibility,
)
from tests.app.audit.test_audit import trail, unguarded
from tests.app.conftest import Browser
from tests.factories.imports import ANNA, applied, one, sheet
from tests.factories.people import booking, person
from tests.factories.viewers import MANAGER, READER

SERVICES = Path(services.__file__).parent
FORMULA = '=HYPERLINK("http://example.org","x")'


def actions_in(path: Path) -> set[str]:
    """What is recorded there, also where a name of the module holds the action."""
    tree = ast.parse(path.read_text("utf-8"))
    held = {
        ast.unparse(place): node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for place in node.targets
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "record"]
    told = [held.get(ast.unparse(call.args[2]), call.args[2]) for call in calls]
    words = [str(part.value) for action in told for part in ast.walk(action) if isinstance(part, ast.Constant)]
    return {word for word in words if re.fullmatch(r"[a-z_]+\.[a-z_]+", word)}


def rows_of(page: str) -> int:
    return page.count('<time class="nowrap"')


class TestTheList:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 4),
            ("?action=project.edit", 1),
            ("?action=Projects+and+roles", 2),
            ("?action=Exports", 1),
            ("?action=everything", 4),
            ("?actor=command+line", 2),
            ("?actor=1", 2),
            ("?actor=77", 0),
            ("?subject=project", 2),
            ("?subject=project&number=5", 1),
            ("?number=5", 4),
            ("?q=%C3%85sa", 1),
            ("?q=%C3%A5sa", 1),
            ("?q=because", 1),
            ("?q=100%25", 0),
            ("?from=2999-01-01", 0),
            ("?to=2001-01-01", 0),
            ("?from=yesterday&to=0000-00-00&older=x&newer=-1&number=%D9%A3", 4),
        ],
    )
    def test_is_narrowed(self, session: Session, admin: Browser, query: str, count: int) -> None:
        session.execute(text("UPDATE accounts SET name = 'Ada'"))
        record(session, COMMAND_LINE, "project.create", "project", 5, after={"name": "Åsa's shop", "size": "100 %"})
        record(session, Actor.of(1), "project.edit", "project", 6, before={"name": "a"}, after={"name": "b"})
        record(session, COMMAND_LINE, "export.make", "directory", None, reason="Because she asked.")
        session.commit()
        # The fourth: the account signed in.
        assert rows_of(admin.get(f"/admin/audit{query}")) == count

    def test_is_read_page_by_page_in_both_directions(self, session: Session, admin: Browser) -> None:
        trail(session, 120)
        total = session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc())).all()
        seen: list[str] = []
        page = admin.get("/admin/audit")
        while True:
            seen += re.findall(r'href="/admin/audit/(\d+)"', page)
            older = re.search(r'href="(/admin/audit\?older=\d+)"', page)
            if not older:
                break
            page = admin.get(older[1])
        assert [int(number) for number in seen] == list(total)
        newer = re.search(r'href="(/admin/audit\?newer=\d+)"', page)
        assert newer
        before = re.findall(r'href="/admin/audit/(\d+)"', admin.get(newer[1]))
        assert before == seen[50:100]

    def test_takes_as_many_statements_for_many_entries_as_for_one(
        self, session: Session, statements: Callable[[], list[str]]
    ) -> None:
        counts = []
        page_of_trail(session, MANAGER, AuditFilters())  # what is read once a session is read
        for number in (1, 60):
            for place in range(number):
                record(session, COMMAND_LINE, "project.edit", "project", place)
            session.flush()
            sent = statements()
            page_of_trail(session, MANAGER, AuditFilters())
            counts.append(len(sent))
        assert counts[0] == counts[1]

    def test_names_the_person_of_an_allocation_and_of_a_rating(self, session: Session, admin: Browser) -> None:
        anna = person(session, "Anna Berg", skills={"SQL": 3})
        held = booking(session, anna, date(2026, 1, 5), date(2026, 2, 1))
        record(session, COMMAND_LINE, "allocation.confirmed", "allocation", held.id)
        record(session, COMMAND_LINE, "rating.verify", "rating", session.scalars(select(Rating.id)).one())
        session.commit()
        page = admin.get("/admin/audit?actor=command+line")
        assert page.count("Anna Berg") == 2
        assert "no longer there" not in page

    def test_says_who_confirmed_whom_on_which_project_with_the_way_there(
        self, session: Session, admin: Browser, manager: Browser
    ) -> None:
        anna = person(session, "Anna Berg")
        held = booking(session, anna, date(2026, 1, 5), date(2026, 2, 1))
        project = session.get_one(Project, held.project_id).name
        was, told = {"state": "held"}, {"state": "confirmed"}
        record(session, COMMAND_LINE, "allocation.confirmed", "allocation", held.id, before=was, after=told)
        session.commit()
        page = admin.get("/admin/audit?action=allocation.confirmed")
        assert f'<a href="/allocations/{held.id}">Anna Berg on {project}</a>' in page
        assert "state held → confirmed" in page
        history = manager.get(f"/people/{anna.id}/history")
        assert f"Anna Berg on {project}" in history
        assert "state held → confirmed" in history

    def test_says_whose_eyes_a_part_was_opened_to(self, session: Session, admin: Browser) -> None:
        anna = person(session, "Anna Berg")
        was, told = ({"field": "goals", "audience": who} for who in (None, "self"))
        record(session, COMMAND_LINE, "person.visibility", "practitioner", anna.id, before=was, after=told)
        session.commit()
        row = re.sub(r"<[^>]+>", "", admin.get("/admin/audit?action=person.visibility"))
        assert "field goals, audience nothing → self" in row

    def test_has_a_group_and_words_for_every_action_that_is_recorded(self) -> None:
        beginnings = tuple(one for group in GROUPS.values() for one in group)
        recorded = {action for path in SERVICES.rglob("*.py") for action in actions_in(path)}
        assert {"session.start", "second_factor.change", "recovery_code.use", "audit.redact"} <= recorded
        assert [action for action in {*ACTIONS, *recorded} if not action.startswith(beginnings)] == []
        steps = {f"allocation.{state.value}" for state in AllocationState}
        assert (recorded | steps) - set(ACTIONS) == set(), "each has words of its own"
        assert action_words("room.book_twice") == "Room: book twice"


class TestAnEntry:
    def test_shows_before_and_after_side_by_side(self, session: Session, admin: Browser) -> None:
        number = trail(session, 1)[0]
        page = admin.get(f"/admin/audit/{number}")
        assert re.search(r"Name.*?changed.*?Ann.*?Åsa", page, re.DOTALL)
        assert "She said so." in page
        admin.get("/admin/audit/999999", 404)

    def test_that_is_redacted_says_so(self, session: Session, admin: Browser) -> None:
        numbers = trail(session, 2)
        redact(session, COMMAND_LINE, numbers[:1], "Person 1 was erased.")
        session.commit()
        page = admin.get(f"/admin/audit/{numbers[0]}")
        assert "taken out for good" in page
        assert "She said so." not in page

    def test_keeps_back_what_the_viewer_may_not_see(self, session: Session, admin: Browser) -> None:
        anna = person(session, "Anna Berg")
        told = {"goals": "Sign language", "title": "Dr"}
        entry = record(session, COMMAND_LINE, "person.edit", "person", anna.id, before=told)
        session.commit()
        assert "Sign language" in admin.get(f"/admin/audit/{entry.id}")
        session.add(Visibility(practitioner_id=anna.id, field=PersonalField.GOALS, audience=Audience.SELF))
        session.commit()
        page = admin.get(f"/admin/audit/{entry.id}")
        assert "Sign language" not in page
        assert "not shown" in page
        assert "Dr" in page
        export = admin.post("/admin/audit/export", 200, page="/admin/audit", ending=".jsonl").get_data(as_text=True)
        assert "Sign language" not in export
        assert "Dr" in export


class TestAnExport:
    def test_has_what_matches_and_no_cell_that_acts(self, session: Session, admin: Browser) -> None:
        record(session, COMMAND_LINE, "project.edit", "project", 5, after={"name": "x"}, reason=FORMULA)
        record(session, COMMAND_LINE, "project.create", "project", 6)
        session.commit()
        answer = admin.post(
            "/admin/audit/export", 200, page="/admin/audit", ending=".csv", action="project.edit", subject="project"
        )
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert len(rows) == 2
        assert rows[1][11] == f"'{FORMULA}"
        assert rows[1][9:11] == ["", '{"name": "x"}']
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.export")).one()
        assert told.after is not None
        assert (told.after["entries"], told.after["kind"]) == (1, ".csv")

    def test_as_json_lines_has_one_object_a_line(self, session: Session, admin: Browser) -> None:
        trail(session, 3)
        answer = admin.post("/admin/audit/export", 200, page="/admin/audit", ending=".jsonl", subject="project")
        lines = [json.loads(line) for line in answer.data.decode().splitlines()]
        assert [line["number"] for line in lines] == [2, 1, 0]
        assert lines[0]["before"]["name"] == "Ann"

    def test_of_another_kind_is_refused(self, admin: Browser) -> None:
        admin.post("/admin/audit/export", 422, page="/admin/audit", ending=".exe")


class TestTheChain:
    def test_is_said_to_hold(self, session: Session, admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.queries.audit.chain.AT_ONCE", 4)
        trail(session, 10)
        seal = session.scalar(select(AuditEntry.seal).order_by(AuditEntry.id.desc()).limit(1)) or ""
        page = admin.get("/admin/audit/chain")
        assert "Checked 4 entries" in page
        assert "unbroken" in page
        assert seal in page
        assert "is among them" in admin.get(f"/admin/audit/chain?expect={seal}")
        assert "Broken" in admin.get(f"/admin/audit/chain?expect={'0' * 64}")
        admin.get("/admin/audit/chain?expect=abc", 422)

    def test_is_said_to_be_broken_and_where(self, session: Session, admin: Browser, engine: Engine) -> None:
        numbers = trail(session, 5)
        with unguarded(engine) as connection:
            connection.execute(text(f"UPDATE audit_entries SET reason = 'x' WHERE id = {numbers[2]}"))
        page = admin.get("/admin/audit/chain")
        assert f"Broken at entry {numbers[2]}" in page
        assert f'href="/admin/audit/{numbers[2]}"' in page


class TestTheHistoryOfOneThing:
    @pytest.fixture
    def anna(self, session: Session) -> Practitioner:
        anna, bob = person(session, "Anna Berg"), person(session, "Bob Ross")
        record(
            session, COMMAND_LINE, "person.edit", "person", anna.id, after={"title": "Doctor"}, reason="A new degree"
        )
        record(session, COMMAND_LINE, "person.edit", "person", bob.id, after={"title": "Painter"}, reason="A hobby")
        session.commit()
        return anna

    def test_is_open_to_the_person_and_to_managers(
        self, anna: Practitioner, signed_in: Callable[..., Browser], manager: Browser
    ) -> None:
        own = signed_in("practitioner", practitioner_id=anna.id)
        for browser in (own, manager):
            page = browser.get(f"/people/{anna.id}/history")
            assert "A new degree" in page
            assert "A hobby" not in page
        assert "History" in own.get(f"/people/{anna.id}")

    def test_tells_of_imports_which_the_trail_keeps_as_one_entry_about_a_file(
        self, session: Session, admin: Browser, signed_in: Callable[..., Browser]
    ) -> None:
        batch = applied(session, sheet(["Carla Diaz", "", "", 4, 2])).batch.id
        carla = one(session, "Carla Diaz").id
        session.commit()
        path = f"/people/{carla}/history"
        page = admin.get(path)
        assert "Nothing was changed" not in page
        assert f'<a href="/imports/{batch}">Import {batch}</a> wrote into this record' in page
        own = signed_in("practitioner", practitioner_id=carla)
        assert f"<td>Import {batch} wrote into this record" in own.get(path)
        untouched = person(session, "Eve Kim").id
        session.commit()
        assert "Nothing was changed in Muster yet." in admin.get(f"/people/{untouched}/history")

    def test_names_no_import_of_ratings_to_those_who_may_not_see_them(self, session: Session) -> None:
        anna = person(session, "Anna Berg", email="anna@example.org").id
        session.add(Visibility(practitioner_id=anna, field=PersonalField.RATINGS, audience=Audience.MANAGERS))
        applied(session, sheet(ANNA))
        session.execute(delete(ImportedValue).where(ImportedValue.table_name == "practitioners"))
        assert imports_of_person(session, READER, anna) == []
        assert len(imports_of_person(session, MANAGER, anna)) == 1

    def test_is_a_page_of_the_person_in_the_way_around(self, anna: Practitioner, admin: Browser) -> None:
        for path, part in ((f"/people/{anna.id}/history", "/people"), ("/admin/audit", "/admin/audit")):
            marked = re.findall(r'class="menu__link" href="([^"]+)" aria-current="page"', admin.get(path))
            assert set(marked) == {part}

    def test_is_closed_to_others(self, anna: Practitioner, practitioner: Browser) -> None:
        practitioner.get(f"/people/{anna.id}/history", 403)
        practitioner.get("/people/999999/history", 404)

    def test_of_a_project_has_its_roles_those_removed_too(self, session: Session, manager: Browser) -> None:
        manager.post("/projects/new", page="/projects/new", name="Shop", priority="3", state="planned")
        record(
            session, COMMAND_LINE, "role.delete", "role", 77, before={"project_id": 1, "name": "Gone"}, reason="Late"
        )
        record(session, COMMAND_LINE, "role.delete", "role", 78, before={"project_id": 2}, reason="Elsewhere")
        session.commit()
        page = manager.get("/projects/1/history")
        assert "Project made" in page
        assert "Late" in page
        assert "Elsewhere" not in page
        manager.get("/projects/999999/history", 404)
