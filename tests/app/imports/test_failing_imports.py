"""Whichever statement fails while an import is applied or undone, the directory is as it was; each fails once."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.queries.audit.chain import verify_chain
from app.services.imports.undoing import undo
from models import (
    AuditEntry,
    BatchState,
    ImportBatch,
    ImportedValue,
    ImportLines,
    Practitioner,
    Rating,
    RatingChange,
    Skill,
)
from tests.factories.failures import fail_one_by_one
from tests.factories.imports import IMPORTER, TOM, applied, apply_staged, levels, sheet, staged

pytestmark = pytest.mark.one_database
"""Each statement that fails repeats all before it; that both databases roll back is proven elsewhere."""

BEFORE = (("Anna Berg", "anna@example.org", "Engineer", 4, 5), TOM)
AFTER = (("Anna Berg", "anna@example.org", "Chief", 5, 5), ("Noor Haddad", "noor@example.org", "Analyst", 2, 1))


WRITTEN = (Practitioner, Rating, RatingChange, Skill, ImportedValue, ImportBatch, ImportLines, AuditEntry)


def rows(session: Session) -> list[list[tuple[object, ...]]]:
    """Of the tables that such a sheet is written to."""
    return [[tuple(row) for row in session.execute(select(kind.__table__))] for kind in WRITTEN]


class TestEveryStatement:
    def test_of_applying(self, engine: Engine, session: Session) -> None:
        applied(session, sheet(*BEFORE))
        batch_id = staged(session, sheet(*AFTER)).id
        session.commit()
        failed = fail_one_by_one(
            engine, session, lambda own: apply_staged(own, own.get_one(ImportBatch, batch_id)), rows
        )
        assert failed > 30
        assert session.get_one(ImportBatch, batch_id, populate_existing=True).state is BatchState.APPLIED
        assert (levels(session)["Anna Berg", "Python"], levels(session)["Noor Haddad", "SQL"]) == (5, 1)
        assert verify_chain(session).unbroken

    def test_of_undoing(self, engine: Engine, session: Session) -> None:
        applied(session, sheet(*BEFORE))
        batch_id = applied(session, sheet(*AFTER)).batch.id
        session.commit()
        failed = fail_one_by_one(engine, session, lambda own: undo(own, IMPORTER, batch_id), rows)
        assert failed > 30
        states = set(session.scalars(select(ImportBatch.state)))
        assert states == {BatchState.APPLIED, BatchState.UNDONE}
        assert (levels(session)["Anna Berg", "Python"], len(levels(session))) == (4, 3)
        assert verify_chain(session).unbroken
