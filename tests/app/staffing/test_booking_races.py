"""Many at once: nobody is booked above what they have, and what was acknowledged is what is stored."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from app.db import writing_session
from app.errors import Conflict
from app.queries.availability import free_shares
from app.queries.staffing.allocations import Seen
from app.services.audit import Actor
from app.services.staffing.allocations import take_step
from app.services.staffing.decisions import choose_team
from models import BOOKED, Allocation, AllocationChange, AllocationState, Decision, Practitioner
from tests.factories.decisions import AT, best, chooser, staffable
from tests.factories.people import person
from tests.factories.staffing import MONDAY, SUNDAY, project_to_staff, role, staff

THREADS = 24
ROUNDS = 3


def at_once(engine: Engine, works: Sequence[Callable[[Session], list[int]]]) -> list[int]:
    """Everything that was acknowledged when each of these ran in a thread and a transaction of its own."""
    together = Barrier(len(works))

    def run(work: Callable[[Session], list[int]]) -> list[int]:
        together.wait()
        with writing_session(engine) as session:
            try:
                done = work(session)
                session.commit()
            except Conflict:
                return []
            return done

    with ThreadPoolExecutor(len(works)) as threads:
        return [number for done in threads.map(run, works) for number in done]


def booked(session: Session) -> list[int]:
    session.rollback()
    return list(session.scalars(select(Allocation.id).where(Allocation.state.in_(BOOKED)).order_by(Allocation.id)))


class TestOnePersonWantedByTwentyFour:
    @pytest.mark.parametrize(("share", "fit"), [("0.6", 1), ("0.3", 3)])
    def test_gets_no_more_than_they_have(self, engine: Engine, session: Session, share: str, fit: int) -> None:
        actor = chooser(session)
        anna = person(session, "Anna", skills={"Python": 5})
        teams = []
        for number in range(THREADS):
            project = project_to_staff(session, f"Project {number}")
            role(session, project, "Engineer", {"Python": 3}, fte=Decimal(share))
            teams.append(best(staff(session, project.id)).id)
        session.commit()

        def choosing(team: int) -> Callable[[Session], list[int]]:
            def choose(own: Session) -> list[int]:
                record = choose_team(own, actor, team, "First come", AT).record or {}
                return [one["allocation"] for one in record["held"]]

            return choose

        for _ in range(ROUNDS):
            acknowledged = at_once(engine, [choosing(team) for team in teams])
            assert sorted(acknowledged) == booked(session)
            assert len(acknowledged) == fit
            total = session.scalar(select(func.sum(Allocation.share)).where(Allocation.practitioner_id == anna.id))
            assert total is not None
            assert float(total) == pytest.approx(fit * float(share))
            assert free_shares(session, [anna.id], MONDAY, 8).min() == 1000 - round(1000 * fit * float(share))
            session.execute(delete(Allocation))
            session.commit()


class TestSeatsOfOneProject:
    def test_are_given_away_once(self, engine: Engine, session: Session) -> None:
        actor, project = chooser(session), staffable(session)
        teams = [best(staff(session, project.id)).id for _ in range(THREADS // 4)] * 4
        session.commit()

        def choosing(team: int) -> Callable[[Session], list[int]]:
            def choose(own: Session) -> list[int]:
                record = choose_team(own, actor, team, "First come", AT).record or {}
                return [one["allocation"] for one in record["held"]]

            return choose

        acknowledged = at_once(engine, [choosing(team) for team in teams])
        assert sorted(acknowledged) == booked(session)
        assert len(acknowledged) == 2
        assert len(session.scalars(select(Decision)).all()) == 1


class TestStepsOfOneAllocation:
    @pytest.fixture
    def held(self, session: Session) -> tuple[Actor, int]:
        actor, project = chooser(session), staffable(session)
        decision = choose_team(session, actor, best(staff(session, project.id)).id, "Yes", AT)
        session.commit()
        return actor, (decision.record or {})["held"][0]["allocation"]

    def test_are_taken_by_one_of_twenty_four(self, engine: Engine, session: Session, held: tuple[Actor, int]) -> None:
        actor, number = held
        states = (AllocationState.CONFIRMED, AllocationState.RELEASED, AllocationState.DECLINED)

        def stepping(to: AllocationState) -> Callable[[Session], list[int]]:
            seen = {number: Seen(1, AllocationState.HELD)}
            return lambda own: [one.id for one in take_step(own, actor, seen, to, "Mine", AT)]

        acknowledged = at_once(engine, [stepping(states[n % 3]) for n in range(THREADS)])
        session.rollback()
        assert acknowledged == [number]
        steps = session.scalars(
            select(AllocationChange.state).where(AllocationChange.allocation_id == number).order_by(AllocationChange.id)
        ).all()
        stored = session.get_one(Allocation, number, populate_existing=True)
        assert steps == [AllocationState.HELD, stored.state]
        assert stored.version == 2

    def test_that_take_time_meet_no_other_booking(self, engine: Engine, session: Session) -> None:
        """Proposed allocations of one person, held all at once: as many as there is time for."""
        actor, dov = chooser(session), person(session, "Dov")
        made = [
            Allocation(
                practitioner_id=dov.id,
                project_id=project_to_staff(session, f"P{number}").id,
                share=Decimal("0.4"),
                starts_on=MONDAY,
                ends_on=SUNDAY,
                state=AllocationState.PROPOSED,
            )
            for number in range(THREADS)
        ]
        session.add_all(made)
        session.commit()

        def holding(number: int) -> Callable[[Session], list[int]]:
            seen = {number: Seen(1, AllocationState.PROPOSED)}
            return lambda own: [one.id for one in take_step(own, actor, seen, AllocationState.HELD, None, AT)]

        acknowledged = at_once(engine, [holding(one.id) for one in made])
        assert sorted(acknowledged) == booked(session)
        assert len(acknowledged) == 2


class TestSomebodyWhoLeavesMeanwhile:
    def test_is_held_before_or_not_at_all(self, engine: Engine, session: Session) -> None:
        """Twenty-three choose, one deactivates: whoever was held was active then, and the rest is told why not."""
        actor, project = chooser(session), staffable(session)
        team = best(staff(session, project.id)).id
        session.commit()

        def choose(own: Session) -> list[int]:
            return [choose_team(own, actor, team, "Now", AT).id]

        def leave(own: Session) -> list[int]:
            own.execute(update(Practitioner).values(active=False))
            return []

        decided = at_once(engine, [*([choose] * (THREADS - 1)), leave])
        assert len(decided) <= 1
        assert len(booked(session)) == 2 * len(decided)
