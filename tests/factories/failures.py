"""A database whose n-th statement fails."""

from collections.abc import Callable

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.db import writing_session

MOST_STATEMENTS = 500


class Failure(Exception):
    pass


class Saboteur:
    """Lets as many statements through as it is told; the one after them fails. A commit counts as one."""

    def __init__(self, engine: Engine) -> None:
        self.left: int | None = None
        event.listen(engine, "before_cursor_execute", lambda *_: self.let_through())

    def let_through(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            raise Failure


def fail_one_by_one(
    engine: Engine, session: Session, work: Callable[[Session], object], state: Callable[[Session], object]
) -> int:
    """Run the work with its first statement failing, its second, and so on until it succeeds; how many failed. Each
    failure must leave the state as it was."""
    saboteur, before = Saboteur(engine), state(session)
    for number in range(MOST_STATEMENTS):
        session.rollback()
        saboteur.left = number
        try:
            with writing_session(engine) as own:
                work(own)
                own.flush()
                saboteur.let_through()
                own.commit()
        except Failure:
            assert state(session) == before, f"statement {number + 1} left something behind"
            continue
        finally:
            saboteur.left = None
        return number
    raise AssertionError("it never came to an end")
