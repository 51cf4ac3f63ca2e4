"""What a decision keeps, and whether it can still be accounted for."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, update
from sqlalchemy.orm import Session

from app.queries.staffing.decisions import show_decision
from app.services.audit import Actor
from app.services.staffing.decision_checks import check_decision
from app.services.staffing.decisions import choose_team, record_digest
from models import (
    Allocation,
    AllocationChange,
    AllocationState,
    Decision,
    Practitioner,
    Project,
    Proposal,
    Role,
    StaffingRun,
)
from tests.factories.decisions import AT, allocations, named
from tests.factories.people import rating
from tests.factories.staffing import staff
from tests.factories.viewers import MANAGER


class TestTheRecord:
    def test_holds_what_the_decision_was_based_on(
        self, session: Session, actor: Actor, project: Project, team: Proposal
    ) -> None:
        kept = choose_team(session, actor, team.id, "Because", AT).record
        run = session.get_one(StaffingRun, team.run_id)
        assert kept["inputs_digest"] == run.inputs_digest
        assert kept["choices"]["weights"] == run.choices["weights"]
        assert kept["engine_version"] == run.engine_version
        assert (kept["decided_by"], kept["decided_at"]) == (actor.account_id, AT.isoformat())
        assert [team["team"] for team in kept["alternatives"]] == ["A", "B", "C"][: len(run.proposals)]
        assert [team["units"] for team in kept["alternatives"]] == [one.units for one in run.proposals]
        assert "Anna" not in str(kept), "people are named by id, so that erasing somebody changes no record"

    def test_stays_when_what_it_tells_of_changes(
        self, session: Session, actor: Actor, project: Project, team: Proposal
    ) -> None:
        decision = choose_team(session, actor, team.id, "Because", AT)
        session.commit()
        before = decision.record
        session.execute(update(Role).values(name=Role.name + " (old)"))
        session.execute(update(Practitioner).values(name="Erased", name_key="erased"))
        session.commit()
        session.expire_all()
        shown = show_decision(session, MANAGER, decision.id)
        assert shown.record == before
        assert shown.record_digest == record_digest(before)

    def test_tells_what_was_changed_by_hand_later(self, session: Session, actor: Actor, team: Proposal) -> None:
        decision = choose_team(session, actor, team.id, "Because", AT)
        one = allocations(session)[0]
        one.state = AllocationState.RELEASED
        step = AllocationChange(
            allocation_id=one.id, state=one.state, changed_at=AT + timedelta(days=3), reason="Ill", changed_by_id=None
        )
        session.add(step)
        session.flush()
        hands = show_decision(session, MANAGER, decision.id).hands
        assert [(view.id, taken.state, taken.reason) for view, taken in hands] == [(one.id, one.state, "Ill")]


class TestCheckingARecord:
    @pytest.fixture
    def decision(self, session: Session, actor: Actor, team: Proposal) -> Decision:
        decision = choose_team(session, actor, team.id, "Because", AT)
        session.commit()
        return decision

    def test_finds_it_as_it_was(self, engine: Engine, decision: Decision) -> None:
        check = check_decision(engine, decision.id)
        assert check.holds
        assert check.same_engine

    def test_finds_another_word_in_it(self, engine: Engine, session: Session, decision: Decision) -> None:
        decision.record = (decision.record or {}) | {"chosen": "B"}
        session.commit()
        check = check_decision(engine, decision.id)
        assert (check.record, check.inputs, check.answer, check.holds) == (False, True, True, False)

    def test_finds_a_record_that_was_sealed_anew(self, engine: Engine, session: Session, decision: Decision) -> None:
        decision.record = (decision.record or {}) | {"chosen": "B"}
        decision.record_digest = record_digest(decision.record)
        session.commit()
        check = check_decision(engine, decision.id)
        assert (check.record, check.audited, check.holds) == (True, False, False)

    def test_finds_other_inputs(self, engine: Engine, session: Session, decision: Decision, project: Project) -> None:
        rating(session, named(session, "Cleo"), "SQL", 5)
        other = staff(session, project.id)
        session.execute(update(StaffingRun).where(StaffingRun.id == decision.run_id).values(inputs=other.inputs))
        session.commit()
        check = check_decision(engine, decision.id)
        assert (check.inputs, check.holds) == (False, False)

    def test_finds_another_answer(self, engine: Engine, session: Session, decision: Decision) -> None:
        run = session.get_one(StaffingRun, decision.run_id)
        run.result = run.result | {"teams": []}
        session.commit()
        assert not check_decision(engine, decision.id).answer

    def test_finds_other_scores(self, engine: Engine, session: Session, decision: Decision) -> None:
        session.execute(update(Proposal).values(units=1, bound=1))
        session.commit()
        assert not check_decision(engine, decision.id).alternatives

    def test_finds_that_none_was_kept(self, engine: Engine, session: Session, decision: Decision) -> None:
        session.execute(update(Decision).values(record=None, record_digest=None))
        session.commit()
        check = check_decision(engine, decision.id)
        assert (check.kept, check.inputs, check.holds) == (False, False, False)

    def test_still_holds_after_somebody_was_erased(self, engine: Engine, session: Session, decision: Decision) -> None:
        session.execute(delete(Allocation))
        session.execute(delete(Practitioner).where(Practitioner.id == named(session, "Anna").id))
        session.commit()
        assert check_decision(engine, decision.id).holds
