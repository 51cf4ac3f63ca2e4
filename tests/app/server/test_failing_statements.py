"""Whichever statement fails while people are booked, nothing is half done: each fails once, the invariants hold."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.queries.audit.chain import verify_chain
from app.queries.staffing.allocations import Seen
from app.services.audit import Actor
from app.services.staffing.allocations import take_step
from app.services.staffing.decisions import choose_team, set_aside
from models import Allocation, AllocationChange, AllocationState, AuditEntry, Decision
from tests.factories.decisions import AT, best, chooser, staffable
from tests.factories.failures import fail_one_by_one
from tests.factories.staffing import staff

Work = Callable[[Session], object]


def counts(session: Session) -> tuple[Any, ...]:
    session.rollback()
    tables = (Allocation, AllocationChange, Decision, AuditEntry)
    states = session.execute(select(Allocation.id, Allocation.state, Allocation.version).order_by(Allocation.id)).all()
    return (*(session.scalar(select(func.count()).select_from(table)) for table in tables), tuple(map(tuple, states)))


def sabotage(engine: Engine, session: Session, work: Work, whole: Callable[[Session], bool]) -> int:
    """How many statements failed, one after the other, before the work was done as a whole."""
    failed = fail_one_by_one(engine, session, work, counts)
    assert whole(session)
    assert verify_chain(session).unbroken
    return failed


@pytest.fixture
def actor(session: Session) -> Actor:
    actor = chooser(session)
    session.commit()
    return actor


@pytest.fixture
def team(session: Session, actor: Actor) -> tuple[int, int]:
    """Run and its best team."""
    run = staff(session, staffable(session).id)
    session.commit()
    return run.id, best(run).id


def states(session: Session) -> list[str]:
    session.rollback()
    return [state.value for state in session.scalars(select(Allocation.state).order_by(Allocation.id))]


class TestEveryStatement:
    def test_of_choosing(self, engine: Engine, session: Session, actor: Actor, team: tuple[int, int]) -> None:
        def whole(after: Session) -> bool:
            told, steps, decisions, _, _ = counts(after)
            return (told, steps, decisions) == (2, 2, 1) and states(after) == ["held", "held"]

        failed = sabotage(engine, session, lambda own: choose_team(own, actor, team[1], "Yes", AT), whole)
        assert failed > 20

    def test_of_setting_aside(self, engine: Engine, session: Session, actor: Actor, team: tuple[int, int]) -> None:
        failed = sabotage(
            engine,
            session,
            lambda own: set_aside(own, actor, team[0], "No", AT),
            lambda after: counts(after)[2] == 1,
        )
        assert failed > 5

    @pytest.mark.parametrize("to", [AllocationState.CONFIRMED, AllocationState.RELEASED, AllocationState.DECLINED])
    def test_of_a_step_of_the_whole_team(
        self, engine: Engine, session: Session, actor: Actor, team: tuple[int, int], to: AllocationState
    ) -> None:
        choose_team(session, actor, team[1], "Yes", AT)
        session.commit()
        seen = {number: Seen(1, AllocationState.HELD) for number in session.scalars(select(Allocation.id))}
        failed = sabotage(
            engine,
            session,
            lambda own: take_step(own, actor, seen, to, "Because", AT),
            lambda after: states(after) == [to.value] * 2 and counts(after)[1] == 4,
        )
        assert failed > 8
