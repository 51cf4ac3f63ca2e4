"""The steps of an import in the browser: the preview, questions, what was understood, what to know about the file."""

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.forms.imports.mapping import ROLES
from app.queries.imports.lines import pieces
from app.queries.imports.preview import Line
from importers.cells.headings import Role
from models import ImportBatch, ImportLines, Practitioner, Rating, Skill
from tests.app.conftest import Browser, digest
from tests.factories.imports import ANNA, TOM, Stage, applied, edit_rating, sheet, stored
from tests.factories.people import person, rating

pytestmark = pytest.mark.one_database

MARKS = sheet(("Anna Berg", "x", "o"), ("Tom Rahman", "o", "x"), header=("Name", "Python", "SQL"))


def names(page: str, kind: str) -> list[str]:
    """The fields of a kind on a page, in order."""
    return list(dict.fromkeys(re.findall(rf'name="({kind}-[0-9a-f]+)"', page)))


def ran(engine: Engine, act: Callable[[], object]) -> int:
    """How many statements it takes."""
    seen: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


class TestThePreview:
    def test_filters_and_searches_in_the_address(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        with writing_session(engine) as session:
            rating(session, person(session, "Anna Berg", email="anna@example.org"), "Python", 4)
            session.commit()
        path = f"{stage(sheet(ANNA, TOM))}/preview"
        assert "skills!D2" in admin.get(path)
        assert "Unchanged" in admin.get(f"{path}?show=unchanged")
        new = admin.get(f"{path}?show=new&q=tom")
        assert "Tom Rahman" in new
        assert "Anna Berg" not in new
        people = admin.get(f"{path}?about=people")
        assert "skills!A3" in people
        assert "skills!D3" not in people
        assert "Nothing here matches" in admin.get(f"{path}?q=nobody")

    def test_tells_a_person_once_above_their_lines(self, admin: Browser, stage: Stage) -> None:
        page = admin.get(f"{stage(sheet(ANNA, TOM))}/preview")
        assert re.findall(r'scope="rowgroup"[^>]*>([^<]+)<', page) == ["Anna Berg", "Tom Rahman"]

    def test_is_paged_and_says_where_a_person_is_continued(self, admin: Browser, stage: Stage) -> None:
        skills = [f"Craft {chr(65 + n // 26)}{chr(97 + n % 26)}" for n in range(70)]
        rows = [(name, *[n % 5 + 1 for n in range(70)]) for name in ("Anna Berg", "Tom Rahman")]
        path = f"{stage(sheet(*rows, header=('Name', *skills)))}/preview"
        assert "Page 1 of 3" in admin.get(path)
        second = admin.get(f"{path}?page=2")
        assert "Tom Rahman" in second
        assert "continued" in second
        assert "Anna Berg" not in second

    def test_takes_any_address(self, admin: Browser, stage: Stage) -> None:
        path = stage(sheet(ANNA))
        for step in ("preview", "questions", "skills", "understood", "problems", "missing"):
            for query in (
                "show=moon&about=x",
                "page=-3",
                "page=99999999999999999999",
                "q=" + "x" * 5000,
                "page=abc&show=",
            ):
                admin.get(f"{path}/{step}?{query}")
            admin.get(f"{path}/{step}?code=nothing&sheet=nowhere&view=none")
            admin.get(f"/imports/999999/{step}", 404)

    def test_shows_hostile_text_as_text(self, admin: Browser, stage: Stage) -> None:
        hostile = '<script>alert("1")</script>'
        content = sheet(
            ("Anna Berg", "a@example.org", hostile, 5, 4), ANNA, header=("Name", "Email", "Title", hostile, "SQL")
        )
        path = stage(content)
        for step in ("preview", "understood", "skills", "problems", "questions"):
            assert "<script>alert" not in admin.get(f"{path}/{step}")
        assert "&lt;script&gt;" in admin.get(f"{path}/preview")

    def test_asks_the_database_no_more_for_more_lines(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        small, large = stage(sheet(ANNA)), stage(MARKS)
        with writing_session(engine) as session:
            batch = session.get_one(ImportBatch, int(large.rpartition("/")[2]))
            lines = (Line("rating", "create", n // 50, "Python", None, 3, "S", "A1", "3", None) for n in range(5_000))
            held: list[dict[str, int]] = []
            session.query(ImportLines).filter_by(batch_id=batch.id).delete()
            session.add_all(ImportLines(batch_id=batch.id, **piece) for piece in pieces(lines, held))
            batch.plan = {**batch.plan, "people": [["Anna Berg", None]] * 100, "lines": held}
            session.commit()
        few = ran(engine, lambda: admin.get(f"{small}/preview"))
        many = ran(engine, lambda: admin.get(f"{large}/preview?about=ratings&show=new&page=30"))
        # The page and the line before it may lie in two pieces.
        assert few <= many <= few + 1
        assert "Page 30 of 50" in admin.get(f"{large}/preview?about=ratings&show=new&page=30")


class TestQuestions:
    def test_are_answered_on_the_page_and_change_the_preview(self, admin: Browser, stage: Stage) -> None:
        path = stage(MARKS)
        shown = admin.get(f"{path}/questions")
        assert "1 question is open" in shown
        (field,) = names(shown, "q")
        admin.post(f"{path}/questions", page=f"{path}/questions", **{field: "proposed"})
        assert "Every question is answered" in admin.get(f"{path}/questions")
        assert "Apply 6 changes" in admin.get(path)

    def test_may_be_answered_value_by_value(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        path = stage(MARKS)
        (field,) = names(admin.get(f"{path}/questions"), "q")
        sent = {field: "own", f"{field}-0": "1", f"{field}-1": "goal"}
        admin.post(f"{path}/questions", page=f"{path}/questions", **sent)
        choices, counts = stored(engine, path)
        assert choices["answers"][0]["answer"] == {"o": 1, "x": "goal"}
        assert counts["goals"] == 2

    def test_stay_open_when_left_for_later(self, admin: Browser, stage: Stage) -> None:
        path = stage(MARKS)
        (field,) = names(admin.get(f"{path}/questions"), "q")
        admin.post(f"{path}/questions", page=f"{path}/questions", **{field: ""})
        assert "1 question is open" in admin.get(f"{path}/questions")

    def test_take_every_proposed_answer_at_once(self, admin: Browser, stage: Stage) -> None:
        path = stage(MARKS)
        admin.post(f"{path}/questions", page=f"{path}/questions", take="all")
        assert "Every question is answered" in admin.get(f"{path}/questions")

    def test_say_when_there_are_none(self, admin: Browser, stage: Stage) -> None:
        assert "This file leaves nothing to ask." in admin.get(f"{stage(sheet(ANNA))}/questions")


class TestTwoPeopleOfOneName:
    def test_are_told_apart_by_where_they_work(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        header = ("Name", "Employee ID", "Team", "Office", "Python")
        rows = (
            ("Ben Okoro", "1", "Payments", "Lagos", 5),
            ("Ben Okoro", "2", "Search", "", 4),
            ("Eva Lind", "3", "", "", 1),
        )
        with writing_session(engine) as session:
            applied(session, sheet(*rows, header=header))
            session.commit()
        path = stage(sheet(("Ben Okoro", "", "", "", 5), ("Eva Lind", "3", "", "", 2), header=header))
        page = admin.get(f"{path}/questions")
        for label in ("Ben Okoro, Payments, Lagos", "Ben Okoro, Search", "Somebody new"):
            assert f">{label}<" in page
        (field,) = names(page, "q")
        chosen = re.findall(rf'name="{field}" value="(\d+)"', page)[1]
        admin.post(f"{path}/questions", page=f"{path}/questions", **{field: chosen})
        assert "Every question is answered" in admin.get(f"{path}/questions")


class TestPeopleWhoAreMissing:
    def test_are_listed_and_said_to_be_left_alone(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        many = [(f"Anna {chr(65 + n // 26)}{chr(97 + n % 26)}berg", n % 5 + 1) for n in range(20)]
        with writing_session(engine) as session:
            applied(session, sheet(*many, header=("Name", "Python")))
            session.commit()
        path = stage(sheet(*many[:5], header=("Name", "Python")))
        for page in (admin.get(path), admin.get(f"{path}/preview")):
            assert "These 15 people are not in this file" in page
            assert "Nothing about them changes." in page
        assert "Anna Atberg" in admin.get(f"{path}/missing")
        assert "Everybody whom the last import" in admin.get(f"{stage(sheet(ANNA))}/missing")


class TestWhatIsRemembered:
    def test_is_told_and_may_be_dropped(self, admin: Browser, stage: Stage) -> None:
        first = stage(MARKS)
        admin.post(f"{first}/questions", page=f"{first}/questions", take="all")
        admin.post(f"{first}/apply", page=first, digest=digest(admin.get(first)))
        newer = sheet(("Anna Berg", "x", "x"), ("Tom Rahman", "o", "x"), header=("Name", "Python", "SQL"))
        sent = {"workbook": (io.BytesIO(newer), "skills.csv")}
        path = admin.post("/imports", **sent).headers["Location"]
        shown = admin.get(path)
        assert "Answers of an earlier import were used" in shown
        assert "Ready to apply" in shown
        admin.post(f"{path}/read", page=path, without="everything")
        shown = admin.get(path)
        assert "Answers of an earlier import were used" not in shown
        assert "Answer 1 question" in shown


class TestManyConflicts:
    """Sixty people whose level in Python was changed in Muster after it was imported; the file says something else."""

    PEOPLE = tuple(f"Anna {chr(65 + n // 26)}{chr(97 + n % 26)}berg" for n in range(60))

    @pytest.fixture
    def path(self, engine: Engine, stage: Stage) -> str:
        with writing_session(engine) as session:
            applied(session, self.content(2))
            session.commit()
        with writing_session(engine) as session:
            for name in self.PEOPLE:
                edit_rating(session, name, "Python", 5)
            session.commit()
        return stage(self.content(3))

    def content(self, level: int) -> bytes:
        rows = ((name, level, n % 5 + 1) for n, name in enumerate(self.PEOPLE))
        return sheet(*rows, header=("Name", "Python", "SQL"))

    def levels(self, engine: Engine) -> dict[str, int]:
        with Session(engine) as session:
            pairs = (
                select(Practitioner.name, Rating.level)
                .join(Rating, Rating.practitioner_id == Practitioner.id)
                .join(Skill, Skill.id == Rating.skill_id)
                .where(Skill.name == "Python")
            )
            return dict(session.execute(pairs).all())  # type: ignore[arg-type]  # rows of two are pairs

    def test_stand_side_by_side_on_pages(self, admin: Browser, path: str) -> None:
        first = admin.get(f"{path}/questions")
        assert "60 questions are open" in first
        assert len(names(first, "q")) == 50
        assert len(names(admin.get(f"{path}/questions?page=2"), "q")) == 10
        assert "Keep what stands in Muster" in first

    def test_get_one_answer_for_all_and_others_for_some(self, admin: Browser, path: str, engine: Engine) -> None:
        page = f"{path}/questions"
        first, second, *_ = names(admin.get(page), "q")
        sent = {"all-edited_in_muster": "take", first: "keep", second: ""}
        admin.post(page, page=page, **sent)
        assert "Every question is answered" in admin.get(page)
        admin.post(f"{path}/apply", page=f"{path}/preview", digest=digest(admin.get(path)))
        levels = self.levels(engine)
        assert levels[self.PEOPLE[0]] == 5
        assert {levels[name] for name in self.PEOPLE[1:]} == {3}

    def test_lose_nothing_on_the_way_through_the_pages(self, admin: Browser, path: str, engine: Engine) -> None:
        page = f"{path}/questions"
        first = names(admin.get(page), "q")
        response = admin.post(page, page=page, to="2", **{first[0]: "take"})
        assert response.headers["Location"].endswith("/questions?page=2")
        waiting = admin.get(f"{page}?page=2")
        assert "The preview is older" in waiting
        assert "59 questions are open" in waiting
        last = names(waiting, "q")[-1]
        admin.post(f"{page}?page=2", page=page, **{last: "take"})
        assert "58 questions are open" in admin.get(page)
        assert stored(engine, path)[1]["conflicts"] == 58

    def test_may_take_one_answer_back(self, admin: Browser, path: str) -> None:
        page = f"{path}/questions"
        first, *_ = names(admin.get(page), "q")
        admin.post(page, page=page, **{first: "take"})
        admin.post(page, page=page, **{first: ""})
        assert "60 questions are open" in admin.get(page)


def test_every_role_of_a_column_can_be_chosen_or_is_never_taken() -> None:
    never = {Role.ROW_NUMBER, Role.TOTAL, Role.LEGEND, Role.PRIVATE, Role.OTHER}
    assert {role.value for role in Role} - set(ROLES) == {role.value for role in never}


class TestProblems:
    def test_are_grouped_and_all_reachable(self, admin: Browser, stage: Stage, engine: Engine) -> None:
        rows = [(f"Anna {chr(65 + n // 26)}{chr(97 + n % 26)}berg", "Atlantis", n % 5 + 1) for n in range(120)]
        path = stage(sheet(*rows, header=("Name", "Time zone", "Python")))
        pages = [admin.get(f"{path}/problems?page={n}") for n in (1, 2, 3)]
        assert "Page 1 of 2" in pages[0]
        shown = sum(page.count('<th scope="row">') for page in pages[:2])
        assert shown == stored(engine, path)[1]["problems"] == 120
        assert "Time zone unknown" in pages[0]

    def test_say_when_there_are_none(self, admin: Browser, stage: Stage) -> None:
        assert "could be taken as it stands" in admin.get(f"{stage(sheet(ANNA))}/problems")
