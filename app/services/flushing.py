"""Writing what is pending, with a violated constraint told as a sentence."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import from_integrity_error


def flush(session: Session) -> None:
    """Flush; raises the DomainError behind a violated constraint. The transaction is rolled back then."""
    try:
        session.flush()
    except IntegrityError as error:
        told = from_integrity_error(error)
        if told is None:
            raise
        session.rollback()
        raise told from error
