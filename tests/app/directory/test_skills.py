"""The skill catalogue and the page of one skill. These tests add skills to the shipped catalogue."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, delete, event
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.people.skills import SKILLS_A_PAGE, SkillFilters, SkillRow, list_skills, page_of_skills, show_skill
from models import CatalogueNeed, Skill, SkillAlias, SkillCategory
from tests.app.conftest import Browser
from tests.factories.people import goal, person, rating, skill
from tests.factories.viewers import MANAGER, READER

CRAFT = "Glassblowing"


def listed(session: Session, **filters: object) -> dict[str, SkillRow]:
    found = list_skills(session, READER, SkillFilters(**filters))  # type: ignore[arg-type]  # each test names its own
    return {row.name: row for group in found.groups for row in group.skills}


class TestCatalogue:
    def test_a_skill_counts_the_active_people_behind_it(self, session: Session) -> None:
        for name, level in (("Anna", 4), ("Björn", 3), ("Chloé", 1), ("Daniel", 0)):
            person(session, name, skills={CRAFT: level})
        person(session, "Left", active=False, skills={CRAFT: 5})
        goal(session, person(session, "Elif"), CRAFT)
        row = listed(session)[CRAFT]
        assert (row.people, row.solid, row.learners, row.only) == (3, 2, 1, None)

    def test_where_one_person_is_all_there_is_that_person_is_named(self, session: Session) -> None:
        anna = person(session, "Anna", skills={CRAFT: 3})
        person(session, "Björn", skills={CRAFT: 2})
        assert listed(session)[CRAFT].only == (anna.id, "Anna")
        assert list(listed(session, single=True)) == [CRAFT]

    def test_skills_are_found_by_name_and_alias_in_any_spelling(self, session: Session) -> None:
        skill(session, CRAFT, aliases=["Soufflage de verre"])
        assert list(listed(session, text="GLASS-blow")) == [CRAFT]
        assert list(listed(session, text="Soufflage dé")) == [CRAFT]
        assert listed(session, text="%") == {}

    def test_a_category_shows_only_its_own(self, session: Session) -> None:
        found = skill(session, CRAFT, category="Crafts")
        assert list(listed(session, category=found.category_id)) == [CRAFT]

    def test_its_pages_hold_every_skill_once_in_the_order_of_the_whole(self, session: Session) -> None:
        whole = list(listed(session))
        one = page_of_skills(session, READER, SkillFilters(), 1)
        pages = [page_of_skills(session, READER, SkillFilters(), n) for n in range(1, one.page.pages + 1)]
        told = [row.name for each in pages for group in each.groups for row in group.skills]
        assert (len(pages) > 2, told) == (True, whole)
        assert max(len(each.page.rows) for each in pages) == SKILLS_A_PAGE
        assert page_of_skills(session, READER, SkillFilters(), 999).page == pages[-1].page

    def test_two_statements_whatever_is_there(self, session: Session, engine: Engine) -> None:
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        for n in range(3):
            person(session, skills={f"{CRAFT} {n}": 3})
            listed(session)
            statements.clear()
            listed(session)
            assert len(statements) == 2


class TestSkill:
    def test_who_has_it_comes_by_level_and_who_wants_it_by_priority(self, session: Session) -> None:
        anna, björn = person(session, "Anna", skills={CRAFT: 2}), person(session, "Björn", skills={CRAFT: 5})
        goal(session, björn, CRAFT, 5, priority=3)
        goal(session, anna, CRAFT, 4, priority=1)
        page = show_skill(session, READER, skill(session, CRAFT).id)
        assert [(holder.name, holder.level) for holder in page.holders] == [("Björn", 5), ("Anna", 2)]
        assert [(one.name, one.level, one.target_level) for one in page.learners] == [("Anna", 2, 4), ("Björn", 5, 5)]
        assert (page.by_level, page.people, page.solid, page.learner_count) == ((0, 1, 0, 0, 1), 2, 1, 2)

    def test_aliases_parent_and_children_are_named(self, session: Session) -> None:
        craft, bead = skill(session, CRAFT, aliases=["Verre"]), skill(session, "Bead making")
        bead.parent_id = craft.id
        session.flush()
        assert show_skill(session, READER, craft.id).aliases == ("Verre",)
        assert show_skill(session, READER, craft.id).children == ((bead.id, "Bead making"),)
        assert show_skill(session, READER, bead.id).parent == (craft.id, CRAFT)

    def test_an_unknown_skill_is_not_found(self, session: Session) -> None:
        with pytest.raises(NotFound):
            show_skill(session, MANAGER, 987654)


class TestPages:
    def test_the_catalogue_marks_single_points_of_failure(self, session: Session, practitioner: Browser) -> None:
        person(session, "Anna Berg", skills={CRAFT: 3})
        session.commit()
        assert "Only Anna Berg" in practitioner.get("/skills?q=glass")
        assert "1 skill" in practitioner.get("/skills?single=1&q=glass&category=x")
        assert "No skill matches these filters." in practitioner.get("/skills?q=zzz")

    def test_the_ways_to_other_pages_keep_the_filters(self, practitioner: Browser) -> None:
        first = practitioner.get("/skills")
        assert "1 to 100 of" in first
        assert 'href="/skills?page=2"' in first
        second = practitioner.get("/skills?q=a&page=2")
        assert "101 to 200 of" in second
        assert 'href="/skills?q=a"' in second
        assert 'href="/skills?q=a&amp;page=3"' in second
        assert "Only where one person" in practitioner.get("/skills?page=999999999999&category=1&single=1")

    def test_a_skill_shows_its_people(self, session: Session, practitioner: Browser) -> None:
        who = person(session, "Anna Berg", skills={CRAFT: 3})
        goal(session, who, CRAFT, 5)
        beginner = rating(session, person(session, "Björn"), "Bead making", 1)
        session.commit()
        body = practitioner.get(f"/skills/{skill(session, CRAFT).id}")
        assert "Only Anna Berg has this at level 3 or above" in body
        assert "Who wants to learn it" in body
        assert "Nobody has this at level 3 or above yet." in practitioner.get(f"/skills/{beginner.skill_id}")

    def test_a_skill_of_nobody_says_so(self, session: Session, practitioner: Browser) -> None:
        number = skill(session, CRAFT).id
        session.commit()
        assert "Nobody has stated this skill yet." in practitioner.get(f"/skills/{number}")
        practitioner.get("/skills/987654", 404)

    def test_an_empty_catalogue_says_where_skills_come_from(
        self, session: Session, signed_in: Callable[..., Browser]
    ) -> None:
        for table in (CatalogueNeed, SkillAlias, Skill, SkillCategory):
            session.execute(delete(table))
        session.commit()
        assert "The skill catalogue is empty." in signed_in("admin").get("/skills")
