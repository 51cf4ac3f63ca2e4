"""The roles of a project: what they need, and how much they talk."""

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.errors import Conflict, DomainError, NotFound
from app.queries.briefs import Communication, Need, PhaseBrief, RoleBrief, communication, fingerprint, role_brief
from app.services.staffing.roles import RoleInUse, WrongNeeds, add_role, delete_role, edit_role, set_communication
from models import Allocation, AllocationState, AuditEntry, Role
from tests.app.conftest import Browser
from tests.factories.people import person
from tests.factories.projects import ENDS_ON, NOBODY, STARTS_ON, project, role

pytestmark = pytest.mark.one_database

BUILD = PhaseBrief("Build", date(2027, 2, 1), date(2027, 4, 30))
TYPED = {
    "name": "Data engineer",
    "headcount": "2",
    "fte": "0.8",
    "responsibilities": "Brings data in.",
    "needs-0-skill": "SQL",
    "needs-0-level": "4",
    "needs-0-must": "y",
    "needs-0-weight": "3",
}


@pytest.fixture
def number(engine: Engine) -> int:
    """A committed project with a phase and no roles."""
    with writing_session(engine) as session:
        made = project(session, phases=(BUILD,))
        session.commit()
        return made.id


def only_role(engine: Engine, number: int) -> tuple[int, RoleBrief]:
    with writing_session(engine) as session:
        role_id = session.scalars(select(Role.id).where(Role.project_id == number)).one()
        return role_id, role_brief(session, number, role_id)


class TestAddRole:
    def test_keeps_all_that_was_said(self, engine: Engine, manager: Browser, number: int) -> None:
        manager.post(
            f"/projects/{number}/roles/new",
            **TYPED,
            phase="Build",
            function="data",
            **{"needs-4-skill": "k8s", "needs-4-level": "2", "needs-4-weight": "0.5", "needs-9-skill": ""},
        )
        _, brief = only_role(engine, number)
        assert brief == RoleBrief(
            "Data engineer",
            headcount=2,
            fte=Decimal("0.800"),
            function="data",
            responsibilities="Brings data in.",
            phase="Build",
            needs=(Need("SQL", 4, True, Decimal(3)), Need("Kubernetes", 2, False, Decimal("0.5"))),
        )

    def test_can_begin_as_a_role_of_the_catalogue(self, manager: Browser, number: int) -> None:
        page = manager.get(f"/projects/{number}/roles/new?from=ml-engineer")
        assert 'value="ML engineer"' in page
        assert 'value="MLOps"' in page
        assert "Takes models from notebook to production" in page
        manager.get(f"/projects/{number}/roles/new?from=no-such-role", 404)

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"name": " "}, "Give the role a name."),
            ({"name": "x" * 10_000}, "Use at most 200 characters."),
            ({"fte": "0"}, "A share lies between 0.01 and 1."),
            ({"fte": "2"}, "A share lies between 0.01 and 1."),
            ({"fte": "NaN"}, "Write a number"),
            ({"fte": "Infinity"}, "Write a number"),
            ({"fte": "half"}, "Write a number"),
            ({"headcount": "0"}, "A role has 1 to 50 seats."),
            ({"headcount": "1000000"}, "A role has 1 to 50 seats."),
            ({"headcount": "9" * 5000}, "Write a whole number."),
            ({"headcount": "two"}, "Write a whole number."),
            ({"starts_on": "2027-03-01", "ends_on": "2027-02-01"}, "The end lies before the start."),
            ({"starts_on": "2026-03-01"}, "The project starts on 2027-01-11"),
            ({"ends_on": "2028-03-01"}, "The project ends on 2027-06-27"),
            ({"phase": "Build", "ends_on": "2027-01-20"}, "The end lies before the start."),
            ({"starts_on": "0000-01-01"}, "Write the day like"),
            ({"ends_on": "9999-12-31"}, "Choose a day between 2000 and 2100."),
            ({"phase": "Nowhere"}, "no phase called Nowhere"),
            ({"subteam": "Nowhere"}, "no subteam called Nowhere"),
            ({"catalogue_role": "nowhere"}, "no role with the code nowhere"),
            ({"function": "x" * 300}, "Use at most 200 characters."),
            ({"responsibilities": "x" * 10_001}, "Use at most 10,000 characters."),
            ({"needs-0-level": "6"}, "Not a valid choice"),
            ({"needs-0-weight": "0"}, "A weight lies between 0.01 and 100."),
            ({"needs-0-weight": ""}, "Give a weight."),
            ({"needs-0-skill": "x" * 10_000}, "Use at most 200 characters."),
            ({f"needs-{position}-skill": "SQL" for position in range(41)}, "Use at most 40 skill needs."),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, engine: Engine, manager: Browser, number: int, wrong: dict[str, str], sentence: str
    ) -> None:
        typed = {**TYPED, "client": "", **wrong}
        page = manager.post(f"/projects/{number}/roles/new", 422, **typed).get_data(as_text=True)
        assert sentence in page
        assert "Please correct this first" in page
        for name in ("headcount", "fte", "needs-0-skill"):
            assert f'value="{typed[name]}"' in page
        with writing_session(engine) as session:
            assert session.scalars(select(Role)).all() == []

    def test_a_role_name_is_given_once_in_a_project(self, manager: Browser, number: int) -> None:
        manager.post(f"/projects/{number}/roles/new", **TYPED)
        page = manager.post(f"/projects/{number}/roles/new", 422, **TYPED).get_data(as_text=True)
        assert "The project already has a role with this name." in page

    def test_an_unknown_skill_is_told_at_its_row_with_what_may_be_meant(self, manager: Browser, number: int) -> None:
        typed = TYPED | {"needs-1-skill": "", "needs-2-skill": "Kuberntes", "needs-2-level": "3", "needs-2-weight": "1"}
        page = manager.post(f"/projects/{number}/roles/new", 422, **typed).get_data(as_text=True)
        assert "The catalogue has no skill called Kuberntes. Did you mean Kubernetes?" in page
        assert 'id="needs-2-skill-error"' in page
        assert 'href="#needs-2-skill"' in page

    def test_a_skill_is_asked_for_once_whatever_it_is_called(self, session: Session) -> None:
        made = project(session)
        needs = (Need("Kubernetes", 3), Need("SQL", 2), Need("k8s", 4), Need("zzzz", 1))
        with pytest.raises(WrongNeeds) as refused:
            add_role(session, NOBODY, made.id, RoleBrief("Engineer", needs=needs))
        assert refused.value.sentences == {
            2: "k8s is asked for twice. Remove one of the two.",
            3: "The catalogue has no skill called zzzz. Choose one from the list, or add it to the catalogue first.",
        }

    @pytest.mark.parametrize("field", ["name", "phase", "function", "catalogue_role", "needs-0-skill"])
    def test_a_character_that_cannot_be_stored_is_refused(self, manager: Browser, number: int, field: str) -> None:
        manager.post(f"/projects/{number}/roles/new", 400, **TYPED | {field: "S\0QL"})

    def test_the_blank_row_for_scripts_holds_the_token_that_they_replace(self, manager: Browser, number: int) -> None:
        page = manager.get(f"/projects/{number}/roles/new")
        token = re.search(r'id="needs" data-rows data-token="([^"]+)"', page)
        assert token
        assert f'name="needs-{token[1]}-skill"' in page

    def test_rows_come_and_go_without_script(self, manager: Browser, number: int) -> None:
        path = f"/projects/{number}/roles/new"
        typed = TYPED | {"needs-1-skill": "Python", "needs-1-level": "2", "needs-1-weight": "1"}
        page = manager.post(path, 200, **typed, add="needs").get_data(as_text=True)
        assert 'name="needs-2-skill"' in page
        page = manager.post(path, 200, **typed, remove="needs-0").get_data(as_text=True)
        assert re.search(r'name="needs-0-skill"[^>]*value="Python"', page)
        assert 'name="needs-1-skill"' not in page
        assert "Brings data in." in page


class TestEditRole:
    def test_replaces_the_needs(self, session: Session) -> None:
        made = project(session)
        edited = role(session, made, needs={"SQL": 4, "Python": 3})
        before = role_brief(session, made.id, edited.id)
        after = RoleBrief("Analyst", fte=Decimal("0.5"), needs=(Need("Python", 5), Need("Docker", 1, must=False)))
        edit_role(session, NOBODY, made.id, edited.id, after, fingerprint(before))
        assert role_brief(session, made.id, edited.id) == after
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "role.edit")).one()
        assert entry.before["needs"][0] == {"skill": "SQL", "level": 4, "must": True, "weight": "1"}
        assert entry.after["fte"] == "0.5"

    def test_shows_both_versions_when_somebody_else_was_faster(
        self, engine: Engine, manager: Browser, number: int
    ) -> None:
        manager.post(f"/projects/{number}/roles/new", **TYPED)
        role_id, brief = only_role(engine, number)
        path, seen = f"/projects/{number}/roles/{role_id}/edit", fingerprint(brief)
        manager.post(path, **TYPED | {"seen": seen, "fte": "0.6"})
        response = manager.post(path, 409, **TYPED | {"seen": seen, "fte": "0.3"})
        page = response.get_data(as_text=True)
        assert "Somebody else changed this" in page
        assert "<td>0.6</td><td>0.3</td>" in page
        fresh = re.search(r'name="seen"[^>]*value="(\w+)"', page)
        assert fresh
        manager.post(path, **TYPED | {"seen": fresh[1], "fte": "0.3"})
        assert only_role(engine, number)[1].fte == Decimal("0.3")

    def test_another_role_may_change_meanwhile(self, session: Session) -> None:
        made = project(session)
        mine, other = role(session, made, "Mine"), role(session, made, "Other")
        seen = fingerprint(role_brief(session, made.id, mine.id))
        their_seen = fingerprint(role_brief(session, made.id, other.id))
        edit_role(session, NOBODY, made.id, other.id, RoleBrief("Other", headcount=3), their_seen)
        edit_role(session, NOBODY, made.id, mine.id, RoleBrief("Mine", headcount=2), seen)

    def test_a_form_that_was_never_shown_is_stale(self, engine: Engine, manager: Browser, number: int) -> None:
        manager.post(f"/projects/{number}/roles/new", **TYPED)
        role_id, _ = only_role(engine, number)
        manager.post(f"/projects/{number}/roles/{role_id}/edit", 409, **TYPED)

    def test_rows_can_be_added_and_mistakes_are_told(self, engine: Engine, manager: Browser, number: int) -> None:
        manager.post(f"/projects/{number}/roles/new", **TYPED)
        role_id, brief = only_role(engine, number)
        path, sent = f"/projects/{number}/roles/{role_id}/edit", TYPED | {"seen": fingerprint(brief)}
        assert 'name="needs-1-skill"' in manager.post(path, 200, **sent, add="needs").get_data(as_text=True)
        assert "Did you mean" in manager.post(path, 422, **sent | {"needs-0-skill": "Pythn"}).get_data(as_text=True)
        assert "Seats" in manager.get(path)

    def test_is_not_found_in_another_project(self, session: Session) -> None:
        made, other = project(session), project(session)
        strange = role(session, other)
        with pytest.raises(NotFound):
            edit_role(session, NOBODY, made.id, strange.id, RoleBrief("Mine"), "")


class TestDeleteRole:
    def seat(self, session: Session, of: Role, state: AllocationState) -> Allocation:
        taken = Allocation(
            practitioner_id=person(session).id,
            project_id=of.project_id,
            role_id=of.id,
            seat=1,
            share=Decimal(1),
            starts_on=STARTS_ON,
            ends_on=ENDS_ON,
            state=state,
        )
        session.add(taken)
        session.flush()
        return taken

    def test_asks_first_and_then_removes(self, engine: Engine, manager: Browser, number: int) -> None:
        manager.post(f"/projects/{number}/roles/new", **TYPED)
        role_id, _ = only_role(engine, number)
        path = f"/projects/{number}/roles/{role_id}/delete"
        assert "Remove Data engineer?" in manager.get(path)
        manager.post(path)
        manager.get(path, 404)

    @pytest.mark.parametrize("state", [AllocationState.PROPOSED, AllocationState.HELD, AllocationState.CONFIRMED])
    def test_is_refused_while_somebody_has_a_seat(self, session: Session, state: AllocationState) -> None:
        made = project(session)
        taken = role(session, made)
        self.seat(session, taken, state)
        with pytest.raises(RoleInUse, match="Release these seats first: Anna Berg"):
            delete_role(session, NOBODY, made.id, taken.id)

    def test_tells_on_the_page_who_has_a_seat(self, engine: Engine, manager: Browser, number: int) -> None:
        manager.post(f"/projects/{number}/roles/new", **TYPED)
        role_id, _ = only_role(engine, number)
        with writing_session(engine) as session:
            self.seat(session, session.get_one(Role, role_id), AllocationState.HELD)
            session.commit()
        page = manager.post(f"/projects/{number}/roles/{role_id}/delete", 409).get_data(as_text=True)
        assert "Release these seats first: Anna Berg" in page

    def test_what_is_over_keeps_the_name_of_the_role(self, session: Session) -> None:
        made = project(session)
        gone = role(session, made, "Data engineer")
        over = self.seat(session, gone, AllocationState.COMPLETED)
        delete_role(session, NOBODY, made.id, gone.id)
        session.refresh(over)
        assert (over.role_id, over.seat, over.role_name) == (None, None, "Data engineer")


class TestCommunication:
    @pytest.fixture
    def staffed(self, engine: Engine, number: int) -> int:
        with writing_session(engine) as session:
            for name in ("Analyst", "Builder"):
                add_role(session, NOBODY, number, RoleBrief(name))
            session.commit()
        return number

    def row(self, position: int, role_a: str, role_b: str, amount: str = "3") -> dict[str, str]:
        return {
            f"pairs-{position}-role_a": role_a,
            f"pairs-{position}-role_b": role_b,
            f"pairs-{position}-amount": amount,
        }

    def test_is_stored_once_a_pair_whatever_the_order(self, engine: Engine, manager: Browser, staffed: int) -> None:
        sent = self.row(0, "Builder", "Analyst") | self.row(1, "Builder", "Builder", "2") | self.row(2, "", "")
        manager.post(f"/projects/{staffed}/communication", **sent, seen=fingerprint())
        with writing_session(engine) as session:
            assert communication(session, staffed) == (
                Communication("Analyst", "Builder", Decimal(3)),
                Communication("Builder", "Builder", Decimal(2)),
            )
        assert "each other" in manager.get(f"/projects/{staffed}")
        assert 'selected value="Builder"' in manager.get(f"/projects/{staffed}/communication")

    @pytest.mark.parametrize(
        ("rows", "sentence"),
        [
            ([("Analyst", "Builder", "3"), ("Builder", "Analyst", "2")], "are stated twice"),
            ([("Analyst", "Nobody", "3")], "no role called Nobody"),
            ([("Analyst", "", "3")], "Choose a role."),
            ([("Analyst", "Builder", "-1")], "Write a number from 0 to 100."),
            ([("Analyst", "Builder", "")], "Say how much."),
        ],
    )
    def test_refuses_what_cannot_be_meant(
        self, manager: Browser, staffed: int, rows: list[tuple[str, str, str]], sentence: str
    ) -> None:
        sent: dict[str, str] = {}
        for position, row in enumerate(rows):
            sent |= self.row(position, *row)
        path = f"/projects/{staffed}/communication"
        assert sentence in manager.post(path, 422, **sent, seen=fingerprint()).get_data(as_text=True)

    def test_what_is_usual_is_not_stored(self, session: Session) -> None:
        made = project(session)
        role(session, made, "Analyst")
        set_communication(session, NOBODY, made.id, [Communication("Analyst", "Analyst", Decimal(1))])
        assert communication(session, made.id) == ()

    def test_shows_what_somebody_else_saved_meanwhile(self, manager: Browser, staffed: int) -> None:
        path = f"/projects/{staffed}/communication"
        manager.post(path, **self.row(0, "Analyst", "Builder", "2"), seen=fingerprint())
        page = manager.post(path, 409, **self.row(0, "Analyst", "Builder", "3"), seen=fingerprint())
        assert "Analyst – Builder 2" in page.get_data(as_text=True)

    def test_is_not_overwritten_by_a_form_that_does_not_say_what_it_saw(self, manager: Browser, staffed: int) -> None:
        path = f"/projects/{staffed}/communication"
        manager.post(path, **self.row(0, "Analyst", "Builder", "2"), seen=fingerprint())
        manager.post(path, 409, **self.row(0, "Analyst", "Builder", "3"))

    def test_rows_come_and_go_without_script(self, manager: Browser, staffed: int) -> None:
        page = manager.post(f"/projects/{staffed}/communication", 200, add="pairs").get_data(as_text=True)
        assert 'name="pairs-0-role_a"' in page

    def test_is_replaced_only_as_it_was_seen(self, session: Session) -> None:
        made = project(session)
        with pytest.raises(Conflict):
            set_communication(session, NOBODY, made.id, [], "another fingerprint")
        with pytest.raises(DomainError, match="no role called Nobody"):
            set_communication(session, NOBODY, made.id, [Communication("Nobody", "Nobody", Decimal(2))])
