"""Applying an import: what a person saw, all of it or nothing, once."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.queries.imports.preview import Moved
from app.services.imports import batches
from importers import GivenAnswer
from models import BatchState
from tests.factories.imports import (
    ANNA,
    IMPORTER,
    TOM,
    applied,
    apply_staged,
    levels,
    one,
    reading_of,
    sheet,
    sizes,
    staged,
)
from tests.factories.people import person, rating


class TestApplying:
    def test_refuses_a_plan_that_the_person_did_not_see(self, session: Session) -> None:
        batch = staged(session, sheet(ANNA))
        rating(session, person(session, "Anna Berg", email="anna@example.org"), "Python", 2)
        with pytest.raises(Moved) as refused:
            apply_staged(session, batch)
        places = {(now.kind, now.subject) for _, now in refused.value.lines if now}
        assert ("rating", "Python") in places
        assert ("Anna Berg", "SQL") not in levels(session)

    def test_is_all_or_nothing(self, session: Session) -> None:
        content = sheet(ANNA, TOM)
        batch = staged(session, content)
        session.commit()
        before = sizes(session)

        def break_the_last_step(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if statement.startswith("UPDATE import_batches"):
                raise RuntimeError("the machine goes away")

        event.listen(session.get_bind(), "before_cursor_execute", break_the_last_step)
        with pytest.raises(RuntimeError):
            apply_staged(session, batch)
        event.remove(session.get_bind(), "before_cursor_execute", break_the_last_step)
        session.rollback()
        assert sizes(session) == before
        assert batch.state is BatchState.STAGED
        assert apply_staged(session, batch).written == {"practitioners": 2, "ratings": 3}

    def test_takes_nobodys_address_from_them(self, session: Session) -> None:
        person(session, "Anna Berg", email="anna@example.org", external_id="0042")
        rows = (("Anna Berg", "", "0042", 5), ("Tom Rahman", "anna@example.org", "", 4))
        result = applied(session, sheet(*rows, header=("Name", "Email", "Employee ID", "Python")))
        assert one(session, "Tom Rahman").email is None
        assert "email_taken" in {problem.code for problem in result.plan.problems}

    def test_happens_once(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA)).batch
        with pytest.raises(Conflict, match="applied already"):
            apply_staged(session, batch)

    def test_leaves_open_questions_out_and_takes_them_when_answered(self, session: Session) -> None:
        marks = sheet(("Anna Berg", "x", "o"), ("Tom Rahman", "o", "x"), header=("Name", "Python", "SQL"))
        batch = staged(session, marks)
        assert batch.counts["questions_open"] == 1
        apply_staged(session, batch)
        assert levels(session) == {}
        applied(session, marks, GivenAnswer("symbols_without_legend", {"x": 4, "o": 1}))
        assert levels(session)["Anna Berg", "Python"] == 4

    def test_discarding_removes_the_file(self, session: Session) -> None:
        batch = staged(session, sheet(ANNA))
        batches.discard(session, IMPORTER, batch.id)
        assert (batch.state, batch.content, batch.plan) == (BatchState.DISCARDED, b"", {})

    def test_answers_plan_again_by_the_same_path(self, session: Session) -> None:
        marks = sheet(("Anna Berg", "x", "o"), header=("Name", "Python", "SQL"))
        batch = staged(session, marks)
        answered = staged(session, marks, GivenAnswer("symbols_without_legend", True))
        choices = batches.Choices(answers=(GivenAnswer("symbols_without_legend", True),))
        again = batches.keep(session, IMPORTER, batch.id, reading_of(session, marks, choices))
        assert again.plan_digest == answered.plan_digest


class TestCost:
    def test_statements_do_not_grow_with_the_sheet(self, session: Session) -> None:
        def statements(people: int, first: int) -> int:
            rows = [
                (f"Anna {chr(65 + n % 26)}{chr(97 + n // 26)}berg", f"p{first}-{n}@example.org", "Engineer", 4, 5)
                for n in range(people)
            ]
            seen: list[str] = []

            def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
                seen.append(statement)

            event.listen(session.get_bind(), "before_cursor_execute", count)
            applied(session, sheet(*rows))
            event.remove(session.get_bind(), "before_cursor_execute", count)
            return len(seen)

        statements(3, 0)
        assert statements(60, 1) == statements(6, 2)
