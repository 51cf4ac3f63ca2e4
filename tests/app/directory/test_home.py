"""The start page, by role."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.queries.home import start_page
from app.services.audit import COMMAND_LINE
from app.services.imports import batches
from models import BatchState, ImportBatch, Project, ProjectState, Role
from tests.app.conftest import Browser
from tests.factories.people import booking, goal, person, rating, work
from tests.factories.viewers import ADMIN, MANAGER, READER, Onlooker

TODAY = date(2027, 1, 6)


def planned(session: Session, name: str, headcount: int, starts_on: date | None = None) -> tuple[Project, Role]:
    project = work(session, name, state=ProjectState.PLANNED, starts_on=starts_on)
    role = Role(project_id=project.id, name="Engineer", headcount=headcount)
    session.add(role)
    session.flush()
    return project, role


class TestManagers:
    def test_planned_projects_with_open_seats_come_by_their_start(self, session: Session) -> None:
        planned(session, "Undated", 1)
        soon, role = planned(session, "Soon", 3, TODAY)
        full, only = planned(session, "Full", 1, TODAY)
        booking(session, person(session), TODAY, project=soon).role_id = role.id
        booking(session, person(session), TODAY, project=full).role_id = only.id
        session.flush()
        to_staff = start_page(session, MANAGER, TODAY).to_staff
        assert to_staff is not None
        assert [(one.name, one.open, one.seats) for one in to_staff] == [("Soon", 2, 3), ("Undated", 1, 1)]

    def test_a_role_with_too_many_people_fills_no_seat_of_another(self, session: Session) -> None:
        project, role = planned(session, "Soon", 1)
        session.add(Role(project_id=project.id, name="Analyst", headcount=1))
        for _ in range(2):
            booking(session, person(session), TODAY, project=project).role_id = role.id
        session.flush()
        to_staff = start_page(session, MANAGER, TODAY).to_staff
        assert to_staff is not None
        assert [one.open for one in to_staff] == [1]

    def test_people_whose_last_booking_ends_within_six_weeks_roll_off(self, session: Session) -> None:
        soon, later, never = person(session, "Soon"), person(session, "Later"), person(session, "Never")
        booking(session, soon, TODAY, TODAY + timedelta(days=10), 0.5)
        booking(session, soon, TODAY, TODAY + timedelta(days=42), 0.5)
        booking(session, later, TODAY, TODAY + timedelta(days=10), 0.5)
        booking(session, later, TODAY, TODAY + timedelta(days=43), 0.5)
        booking(session, never, TODAY, TODAY + timedelta(days=10), 0.5)
        booking(session, never, TODAY, None, 0.5)
        booking(session, person(session, "Past"), TODAY - timedelta(days=9), TODAY - timedelta(days=1))
        rolling_off = start_page(session, MANAGER, TODAY).rolling_off
        assert rolling_off is not None
        assert [(one.name, one.on) for one in rolling_off] == [("Soon", TODAY + timedelta(days=42))]

    def test_the_page_shows_what_waits(self, session: Session, manager: Browser) -> None:
        planned(session, "Customer 360", 2)
        today = datetime.now(UTC).date()
        booking(session, person(session, "Anna Berg"), today, today + timedelta(days=7))
        session.commit()
        body = manager.get("/")
        for text in ("Customer 360", "2 of 2", "Propose teams", "Anna Berg"):
            assert text in body

    def test_without_open_seats_the_page_leads_to_the_projects(self, session: Session, manager: Browser) -> None:
        person(session)
        session.commit()
        assert "No planned project that you manage has an open seat." in manager.get("/")


class TestPractitioners:
    def test_a_year_without_use_or_rating_makes_evidence_stale(self, session: Session) -> None:
        who = person(session, skills={"SQL": 3})
        rating(session, who, "Python", 3, rated_on=TODAY - timedelta(days=500), last_used=TODAY)
        rating(session, who, "R", 3, rated_on=TODAY - timedelta(days=366))
        goal(session, who, "Kubernetes")
        own = start_page(session, Onlooker(practitioner_id=who.id), TODAY).own
        assert own is not None
        assert own.freshness == (3, 2, 1)

    def test_managers_parts_are_not_for_practitioners(self, session: Session) -> None:
        page = start_page(session, READER, TODAY)
        assert (page.own, page.to_staff, page.runs, page.rolling_off, page.imports) == (None,) * 5

    def test_the_page_leads_to_the_own_profile(self, session: Session, signed_in: Callable[..., Browser]) -> None:
        who = person(session, skills={"Python": 3})
        booking(session, who, datetime.now(UTC).date(), project=work(session, "Claims"))
        session.commit()
        body = signed_in("practitioner", practitioner_id=who.id).get("/")
        for text in (f"/people/{who.id}", "1 skill not confirmed for a year", "Claims"):
            assert text in body

    def test_an_account_without_a_person_is_told_so(self, session: Session, practitioner: Browser) -> None:
        person(session)
        session.commit()
        assert "Your account is linked to no person of the directory yet." in practitioner.get("/")


class TestViewers:
    def test_are_not_sent_for_a_link_that_they_do_not_need(
        self, session: Session, signed_in: Callable[..., Browser]
    ) -> None:
        person(session)
        session.commit()
        page = signed_in("viewer").get("/")
        assert "Ask an administrator" not in page
        assert "Look up who can do what" in page


class TestAdministrators:
    def test_the_latest_imports_come_first(self, session: Session) -> None:
        for name in ("old.xlsx", "new.xlsx"):
            session.add(
                ImportBatch(
                    filename=name,
                    sha256="0" * 64,
                    state=BatchState.APPLIED,
                    content=b"",
                    choices={},
                    plan={},
                    plan_digest="0" * 64,
                    counts={"people": 3},
                )
            )
            session.flush()
        latest = start_page(session, ADMIN, TODAY).imports
        assert latest is not None
        assert [one.filename for one in latest] == ["new.xlsx", "old.xlsx"]
        assert start_page(session, MANAGER, TODAY).imports is None

    def test_an_import_in_any_state_has_its_word(self, session: Session, admin: Browser) -> None:
        person(session)
        number = batches.receive(session, COMMAND_LINE, content=b"Name", filename="new.csv").id
        session.commit()
        for state in BatchState:
            session.execute(update(ImportBatch).where(ImportBatch.id == number).values(state=state))
            session.commit()
            assert "new.csv" in admin.get("/")

    def test_an_empty_organisation_has_one_thing_to_do(self, admin: Browser, manager: Browser) -> None:
        assert "Import your skills sheet" in admin.get("/")
        assert "An administrator can import your skills sheet." in manager.get("/")
