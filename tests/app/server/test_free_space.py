"""The bytes of what was deleted, while others use the database."""

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app import free_space
from app.db import writing_session
from app.free_space import wipe_free_space
from models import Practitioner
from tests.factories.people import person

pytestmark = pytest.mark.one_database


class TestADatabaseInUse:
    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(free_space, "PATIENCE_SECONDS", 0.05)

    @pytest.fixture
    def left(self, engine: Engine) -> Engine:
        with writing_session(engine) as session:
            person(session, "Anna Berg")
            session.commit()
            session.execute(delete(Practitioner))
            session.commit()
        return engine

    def test_is_not_waited_for_without_end_when_somebody_reads(self, left: Engine, session: Session) -> None:
        session.scalars(select(Practitioner.id)).all()
        assert not wipe_free_space(left)
        session.rollback()
        assert wipe_free_space(left)

    def test_nor_when_somebody_writes(self, left: Engine) -> None:
        with writing_session(left) as session:
            person(session, "Tom Rahman")
            assert not wipe_free_space(left)
            session.rollback()
        assert wipe_free_space(left)
