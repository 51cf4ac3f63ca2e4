"""Forgetting the answers that are kept so that no request happens twice (`app.idempotency`)."""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from models import FirstAnswer

KEPT_FOR = timedelta(days=2)


def forget_answers(session: Session, at: datetime) -> int:
    """Remove the answers older than `KEPT_FOR` at a moment; how many there were."""
    done = session.execute(delete(FirstAnswer).where(FirstAnswer.answered_at < at - KEPT_FOR))
    assert isinstance(done, CursorResult)
    return done.rowcount
