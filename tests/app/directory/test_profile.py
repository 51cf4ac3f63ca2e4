"""The page of one person. "Today" is Wednesday 6 January 2027."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.people.expertise import Expertise, RatedSkill, expertise_of
from app.queries.people.profile import Profile, show_person
from app.queries.sight.visibility import Viewer
from models import (
    Account,
    AccountRole,
    AllocationState,
    BatchState,
    CostBand,
    Endorsement,
    ImportBatch,
    ImportedValue,
    Practitioner,
    ProjectState,
    RatingChange,
    RatingSource,
)
from tests.app.conftest import Browser
from tests.factories.people import absence, booking, engagement, goal, person, rating, skill, tie, work
from tests.factories.viewers import MANAGER, READER, Onlooker

TODAY = date(2027, 1, 6)
MONDAY = date(2027, 1, 4)


def show(session: Session, who: Practitioner, viewer: Viewer = MANAGER) -> Profile:
    return show_person(session, viewer, who.id, TODAY)


def account(session: Session, name: str = "Nadia Marsh") -> Account:
    added = Account(email=f"{name.split()[0].lower()}@example.org", name=name, role=AccountRole.MANAGER)
    session.add(added)
    session.flush()
    return added


class TestSkills:
    def test_skills_stand_by_category_with_their_evidence(self, session: Session) -> None:
        who, manager = person(session), account(session)
        skill(session, "Glassblowing", category="Crafts")
        rating(
            session,
            who,
            "Glassblowing",
            4,
            source=RatingSource.SELF,
            rated_on=TODAY - timedelta(days=900),
            last_used=TODAY - timedelta(days=61),
            verified_by_id=manager.id,
            verified_at=datetime(2026, 9, 1, tzinfo=UTC),
        )
        expertise = show(session, who).expertise
        assert expertise is not None
        (category,) = expertise.categories
        (found,) = category.skills
        assert (category.name, category.by_level) == ("Crafts", (0, 0, 0, 1, 0))
        assert (found.name, found.level, found.source, found.months) == ("Glassblowing", 4, RatingSource.SELF, 2)
        assert (found.verified_by, found.verified_on) == ("Nadia Marsh", date(2026, 9, 1))

    def test_a_rating_without_any_date_has_no_age(self, session: Session) -> None:
        who = person(session, skills={"Python": 3})
        expertise = show(session, who).expertise
        assert expertise is not None
        assert expertise.categories[0].skills[0].months is None

    def test_every_value_that_a_rating_took_is_told_latest_first(self, session: Session) -> None:
        who, manager = person(session, skills={"Python": 4}), account(session)
        for level, source in ((2, RatingSource.IMPORT), (None, RatingSource.SELF), (4, RatingSource.MANAGER)):
            session.add(
                RatingChange(
                    practitioner_id=who.id,
                    skill_id=skill(session, "Python").id,
                    level=level,
                    source=source,
                    recorded_by_id=manager.id,
                )
            )
            session.flush()
        expertise = show(session, who).expertise
        assert expertise is not None
        history = expertise.categories[0].skills[0].history
        assert [change.level for change in history] == [4, None, 2]
        assert history[0].recorded_by == "Nadia Marsh"

    def test_endorsements_are_counted(self, session: Session) -> None:
        who = person(session)
        rated = rating(session, who, "Python", 3)
        for name in ("Nadia Marsh", "Omar Diaz"):
            session.add(Endorsement(rating_id=rated.id, endorsed_by_id=account(session, name).id, level=3))
        session.flush()
        expertise = show(session, who).expertise
        assert expertise is not None
        assert expertise.categories[0].skills[0].endorsements == 2


class TestExpertise:
    @staticmethod
    def of(**levels: tuple[int, ...]) -> Expertise:
        return expertise_of(
            [
                RatedSkill(0, 0, str(n), category, level, RatingSource.SELF, None, None, None, None, None, 0, ())
                for category, held in levels.items()
                for n, level in enumerate(held)
            ]
        )

    def test_two_advanced_skills_or_one_expert_skill_make_a_specialist(self) -> None:
        found = self.of(Data=(4, 4), Cloud=(5,), Design=(4,), Delivery=(3, 3, 3))
        assert found.specialities == ("Data", "Cloud")

    def test_solid_skills_in_four_areas_make_a_generalist(self) -> None:
        assert self.of(A=(3,), B=(3,), C=(4,), D=(5,)).generalist
        assert not self.of(A=(3, 3, 3, 3), B=(3,), C=(4,), D=(2,)).generalist

    def test_nobody_without_skills_is_anything(self) -> None:
        found = self.of()
        assert (found.specialities, found.areas, found.generalist) == ((), 0, False)


class TestHistory:
    def test_the_latest_project_comes_first_with_its_outcome(self, session: Session) -> None:
        who = person(session)
        old = work(session, "Old", client="Aurora", domain="Insurance", success=Decimal("0.5"))
        new = work(session, "New", success=Decimal("0.5"))
        engagement(session, who, old, "Analyst", ends_on=date(2024, 5, 1), technologies="R", share=Decimal("0.5"))
        engagement(session, who, new, "Tech lead", ends_on=date(2026, 5, 1), success=Decimal("0.9"))
        history = show(session, who).history
        assert [(part.project, part.role, part.success) for part in history] == [
            ("New", "Tech lead", 0.9),
            ("Old", "Analyst", 0.5),
        ]
        assert (history[1].client, history[1].domain, history[1].technologies) == ("Aurora", "Insurance", "R")

    def test_a_short_track_record_is_drawn_toward_the_mean(self, session: Session) -> None:
        who = person(session)
        for success in ("0.2", "0.6"):
            work(session, success=Decimal(success))
        engagement(session, who, work(session, success=Decimal(1)))
        engagement(session, who, work(session))
        track = show(session, who).track
        assert track is not None
        assert (track.successes, track.projects, track.mean) == (1, 1, 0.6)
        assert track.rate == pytest.approx((1 + 4 * 0.6) / (1 + 4))


class TestAvailability:
    def test_running_and_coming_allocations_end_with_the_roll_off(self, session: Session) -> None:
        who, project = person(session), work(session, "Claims")
        booking(session, who, MONDAY - timedelta(days=60), TODAY - timedelta(days=1))
        booking(session, who, MONDAY, TODAY + timedelta(days=40), 0.5, project=project)
        booking(session, who, TODAY + timedelta(days=10), TODAY + timedelta(days=20), 0.2)
        found = show(session, who).availability
        assert found is not None
        assert [one.share for one in found.bookings] == [0.5, 0.2]
        assert found.bookings[0].project == "Claims"
        assert found.rolls_off_on == TODAY + timedelta(days=40)
        assert (len(found.free), found.free[0], found.free[-1]) == (26, 0.5, 1.0)

    def test_a_booking_without_an_end_has_no_roll_off(self, session: Session) -> None:
        who = person(session)
        booking(session, who, MONDAY, TODAY + timedelta(days=40), 0.5)
        booking(session, who, MONDAY, None, 0.5)
        found = show(session, who).availability
        assert found is not None
        assert found.rolls_off_on is None
        assert found.opening is not None
        assert found.opening.monday > TODAY + timedelta(days=40)

    def test_what_is_only_proposed_is_between_the_person_and_the_managers(self, session: Session) -> None:
        who = person(session)
        booking(session, who, MONDAY, state=AllocationState.PROPOSED)
        shown = [
            show(session, who, viewer).availability for viewer in (MANAGER, Onlooker(practitioner_id=who.id), READER)
        ]
        assert [len(found.bookings) for found in shown if found] == [1, 1, 0]


class TestGoalsAndTies:
    def test_goals_come_by_priority(self, session: Session) -> None:
        who = person(session)
        goal(session, who, "Python", 3, priority=2)
        goal(session, who, "Kubernetes", 4, priority=1, due_on=TODAY)
        goals = show(session, who).goals
        assert goals is not None
        assert [(one.skill, one.target_level) for one in goals] == [("Kubernetes", 4), ("Python", 3)]

    def test_the_strongest_tie_comes_first_whichever_way_it_is_stored(self, session: Session) -> None:
        anna, björn, chloé = (person(session, name) for name in ("Anna", "Björn", "Chloé"))
        tie(session, anna, björn, 0.2, shared=1)
        tie(session, björn, chloé, 0.7, shared=3)
        assert [(one.name, one.shared_projects) for one in show(session, björn).colleagues] == [
            ("Chloé", 3),
            ("Anna", 1),
        ]


class TestVisibility:
    @pytest.fixture
    def anna(self, session: Session) -> Practitioner:
        band = CostBand(name="C", daily_cost=Decimal(680))
        session.add(band)
        session.flush()
        who = person(session, "Anna", email="anna@example.org", cost_band_id=band.id)
        absence(session, who, TODAY, TODAY).reason = "Surgery"
        session.flush()
        return who

    def test_cost_address_and_reasons_are_for_managers_and_the_person(
        self, session: Session, anna: Practitioner
    ) -> None:
        for viewer, visible in ((MANAGER, True), (Onlooker(practitioner_id=anna.id), True), (READER, False)):
            found = show(session, anna, viewer)
            assert found.availability is not None
            assert (found.person.email == "anna@example.org") is visible
            assert (found.person.cost_band == ("C", 680.0)) is visible
            assert (found.availability.absences[0].reason == "Surgery") is visible

    def test_absent_and_invisible_people_are_the_same_404(
        self, session: Session, signed_in: Callable[..., Browser]
    ) -> None:
        left = person(session, "Left", active=False)
        session.commit()
        gone = signed_in("practitioner").get(f"/people/{left.id}", 404)
        absent = signed_in("admin").get("/people/987654", 404)
        assert "This page does not exist" in gone
        assert "This page does not exist" in absent
        assert "Left" in signed_in("manager").get(f"/people/{left.id}")

    def test_somebody_who_left_still_sees_their_own_page(self, session: Session) -> None:
        left = person(session, active=False)
        assert show(session, left, Onlooker(practitioner_id=left.id)).own
        with pytest.raises(NotFound):
            show(session, left, READER)


class TestOrigins:
    @pytest.fixture
    def anna(self, session: Session) -> Practitioner:
        who = person(session, "Anna")
        rated = rating(session, who, "Python", 4)
        batch = ImportBatch(
            filename="skills.xlsx",
            sha256="0" * 64,
            state=BatchState.APPLIED,
            content=b"",
            choices={},
            plan={},
            plan_digest="0" * 64,
            counts={},
            applied_at=datetime(2026, 11, 1, tzinfo=UTC),
        )
        session.add(batch)
        session.flush()
        for row_id, cell in ((rated.id, "E8"), (rated.id + 1000, "E9")):
            session.add(
                ImportedValue(
                    batch_id=batch.id,
                    held_by_id=batch.id,
                    table_name="ratings",
                    row_id=row_id,
                    field="level",
                    sheet="Skills",
                    cell=cell,
                    raw="4!",
                )
            )
        session.flush()
        return who

    def test_managers_see_the_cell_of_every_imported_value(self, session: Session, anna: Practitioner) -> None:
        origins = show(session, anna).origins
        assert origins is not None
        (origin,) = origins
        assert (origin.about, origin.sheet, origin.cell, origin.raw) == ("Python", "Skills", "E8", "4!")
        assert (origin.filename, origin.imported_on) == ("skills.xlsx", date(2026, 11, 1))

    def test_others_do_not(self, session: Session, anna: Practitioner) -> None:
        assert show(session, anna, Onlooker(practitioner_id=anna.id)).origins is None

    def test_an_import_that_was_undone_brought_nothing(self, session: Session, anna: Practitioner) -> None:
        session.execute(update(ImportedValue).values(held_by_id=None))
        assert show(session, anna).origins == ()


class TestPage:
    def test_a_full_profile_is_shown(self, session: Session, manager: Browser) -> None:
        who = person(
            session,
            "Anna Berg",
            title="Data engineer",
            location="Berlin",
            unit="Data",
            utc_offset_minutes=-210,
            about="Builds platforms.",
            working_days="1110000",
            skills={"Python": 5, "SQL": 2},
        )
        other = person(session, "Björn")
        tie(session, who, other)
        goal(session, who, "Kubernetes", due_on=TODAY)
        engagement(session, who, work(session, "Claims", state=ProjectState.FINISHED, success=Decimal("0.8")))
        today = datetime.now(UTC).date()
        booking(session, who, today, today + timedelta(days=30), 0.5, project=work(session, "Radar"))
        absence(session, who, today, today, 0.5)
        session.commit()
        body = manager.get(f"/people/{who.id}")
        for text in ("UTC−3:30", "Mon, Tue, Wed", "Specialist in", "Radar", "Rolls off on", "Claims", "80%", "Björn"):
            assert text in body

    def test_an_empty_profile_says_so(self, session: Session, signed_in: Callable[..., Browser]) -> None:
        who = person(session)
        session.commit()
        body = signed_in("practitioner", practitioner_id=who.id).get(f"/people/{who.id}")
        for text in (
            "You have not stated any skill yet.",
            "Not on any project.",
            "No past project",
            "No learning goal",
        ):
            assert text in body

    def test_the_number_of_statements_does_not_grow(self, session: Session, engine: Engine) -> None:
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        who = person(session, "Anna")
        seen = []
        for batch in range(2):
            for n in range(3):
                rating(session, who, f"Skill {batch} {n}", 3)
                goal(session, who, f"Skill {batch} {n}")
                project = work(session)
                engagement(session, who, project)
                booking(session, who, MONDAY, project=project)
                absence(session, who, TODAY, TODAY)
                tie(session, who, person(session, f"Other {batch} {n}"))
            statements.clear()
            show(session, who)
            seen.append(len(statements))
        assert seen == [16, 15], "the first of them reads the policy"
