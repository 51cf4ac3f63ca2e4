"""Imports, edits and undos in any order: without edits everything goes back to the start; what was edited survives."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import make_engine
from app.queries.imports.undoing import plan_undo
from app.services.imports import batches
from app.services.imports.undoing import undo
from importers import Choices, GivenAnswer
from models import BatchState, ImportBatch, Practitioner, Rating, Skill
from tests.factories.imports import IMPORTER, edit_rating, levels, reading_of, sheet
from tests.factories.snapshots import snapshot

pytestmark = pytest.mark.one_database

HEADER = ("Name", "Email", "Title", "Department", "Python", "Zither tuning")
NAMES = ("Anna Berg", "Tom Rahman", "Eve Long")
TAKEN = (GivenAnswer("edited_in_muster", "take"),)

Example = Callable[[], AbstractContextManager[Session]]
People = dict[str, tuple[object, ...] | None]
SEQUENCES = settings(suppress_health_check=list(HealthCheck))
"""Each example takes a session of its own from the fixture, and rolls it back."""

levels_of_somebody = st.sampled_from(("", 1, 3, 5))
rows = st.fixed_dictionaries(
    {
        name: st.none()
        | st.tuples(
            st.sampled_from(("", "Engineer", "Analyst")),
            st.sampled_from(("", "Platform", "Data")),
            levels_of_somebody,
            levels_of_somebody,
        )
        for name in NAMES
    }
)
orders = st.permutations(range(4))
SOMEBODY_ELSE: People = dict.fromkeys(NAMES)
UNITS = (("", "Platform", "", ""), ("", "Data", "", ""), ("Engineer", "", "", ""))
"""What four sheets say of one person: a unit that the first made goes and would come back."""


def content_of(people: People) -> bytes:
    """A fourth person keeps the sheet a matrix with a level of each kind, whatever the others say."""
    given_rows = [
        (name, f"{name.split()[0].lower()}@example.org", *stated) for name, stated in people.items() if stated
    ]
    return sheet(("Max Always", "max@example.org", "Lead", "Platform", 2, 4), *given_rows, header=HEADER)


def bring_in(session: Session, people: People) -> int | None:
    content, choices = content_of(people), Choices(answers=TAKEN)
    reading = reading_of(session, content, choices)
    batch = batches.stage(session, IMPORTER, content=content, filename="skills.csv", choices=choices, reading=reading)
    if not batch.counts["changes"]:
        return None
    batches.apply(session, IMPORTER, batch, expected_digest=batch.plan_digest, reading=reading)
    return batch.id


@pytest.fixture
def rolled_back(sqlite_url: str) -> Iterator[Example]:
    """A session an example whose changes are forgotten."""
    engine: Engine = make_engine(sqlite_url)

    @contextmanager
    def example() -> Iterator[Session]:
        with Session(engine, autoflush=False) as session:
            yield session
            session.rollback()

    yield example
    engine.dispose()


class TestWithoutEdits:
    @given(sheets=st.lists(rows, min_size=1, max_size=4), order=orders)
    @example(sheets=[SOMEBODY_ELSE, *(SOMEBODY_ELSE | {"Tom Rahman": told} for told in UNITS)], order=[0, 1, 2, 3])
    @settings(SEQUENCES, max_examples=10)
    def test_undoing_everything_in_any_order_leads_to_the_start(
        self, rolled_back: Example, sheets: list[People], order: list[int]
    ) -> None:
        with rolled_back() as session:
            before = snapshot(session)
            made = [bring_in(session, people) for people in sheets]
            for n in order:
                if n < len(made) and (batch_id := made[n]) is not None:
                    preview = plan_undo(session, batch_id).told
                    told = undo(session, IMPORTER, batch_id)
                    assert told == preview
                    assert not told.impossible
            assert snapshot(session) == before

    @given(sheets=st.lists(rows, min_size=2, max_size=4))
    @settings(SEQUENCES, max_examples=6)
    def test_undoing_the_last_leads_to_the_state_before_it(self, rolled_back: Example, sheets: list[People]) -> None:
        with rolled_back() as session:
            states = []
            for people in sheets:
                states.append(snapshot(session))
                if bring_in(session, people) is None:
                    states.pop()
            for state in reversed(states):
                last = session.scalars(
                    select(ImportBatch.id)
                    .where(ImportBatch.state == BatchState.APPLIED)
                    .order_by(ImportBatch.id.desc())
                ).first()
                assert last is not None
                undo(session, IMPORTER, last)
                assert snapshot(session) == state


class TestWithEdits:
    @given(
        steps=st.lists(
            st.one_of(
                st.tuples(st.just("import"), rows),
                st.tuples(st.just("rate"), st.sampled_from(NAMES), st.sampled_from((0, 2, 4))),
                st.tuples(st.just("title"), st.sampled_from(NAMES), st.sampled_from(("Poet", "Pilot"))),
                st.tuples(st.just("undo"), st.integers(0, 3)),
            ),
            min_size=3,
            max_size=9,
        )
    )
    @settings(SEQUENCES, max_examples=14)
    def test_what_was_edited_last_survives_every_undo(self, rolled_back: Example, steps: list[tuple[Any, ...]]) -> None:
        with rolled_back() as session:
            made: list[int] = []
            edits: dict[tuple[str, str], object] = {}
            for step in steps:
                if step[0] == "import":
                    batch_id = bring_in(session, step[1])
                    if batch_id is not None:
                        made.append(batch_id)
                        edits = {key: value for key, value in edits.items() if current(session, *key) == value}
                elif step[0] == "undo" and made:
                    undo(session, IMPORTER, made.pop(step[1] % len(made)))
                elif step[0] == "rate" and (step[1], "Python") in levels(session):
                    edit_rating(session, step[1], "Python", step[2])
                    edits[step[1], "Python"] = step[2]
                elif step[0] == "title" and (who := person_called(session, step[1])):
                    who.title = step[2]
                    session.flush()
                    edits[step[1], "title"] = step[2]
                assert {key: current(session, *key) for key in edits} == edits
            for batch_id in reversed(made):
                undo(session, IMPORTER, batch_id)
            assert {key: current(session, *key) for key in edits} == edits


def person_called(session: Session, name: str) -> Practitioner | None:
    session.expire_all()
    return session.scalar(select(Practitioner).where(Practitioner.name == name))


def current(session: Session, name: str, what: str) -> object:
    if what == "title":
        return session.scalar(select(Practitioner.title).where(Practitioner.name == name))
    return session.scalar(
        select(Rating.level)
        .join(Practitioner, Practitioner.id == Rating.practitioner_id)
        .join(Skill, Skill.id == Rating.skill_id)
        .where(Practitioner.name == name, Skill.name == what)
    )
