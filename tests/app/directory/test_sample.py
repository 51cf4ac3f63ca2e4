"""The sample organisation goes in through the real importer, is staffed, and comes out again without a trace."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.queries.staffing.choices import Choices
from app.queries.staffing.proposals import run_with_people
from app.services.audit import COMMAND_LINE
from app.services.sample import load_sample, remove_sample
from models import (
    Allocation,
    CostBand,
    Engagement,
    ImportBatch,
    LearningGoal,
    Practitioner,
    Project,
    Rating,
    Role,
    Tie,
    Unit,
)
from tests.factories.people import person
from tests.factories.staffing import staff
from tests.factories.viewers import ADMIN

TODAY = date(2026, 11, 21)
EXPECTED = json.loads((Path(__file__).parents[3] / "sample" / "expected.json").read_text(encoding="utf-8"))


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


class TestTheSample:
    def test_holds_everything_that_its_sheet_says(self, session: Session) -> None:
        load_sample(session, COMMAND_LINE, TODAY)
        counts = EXPECTED["counts"]
        assert count(session, Practitioner) == counts["people"]
        assert count(session, Rating) == counts["ratings"]
        assert count(session, LearningGoal) == counts["goals"]
        assert count(session, Engagement) == counts["history"]
        assert count(session, Allocation) == counts["allocations"]
        rates = dict(session.execute(select(CostBand.name, CostBand.daily_cost)).all())
        assert {name: float(rate) for name, rate in rates.items()} == EXPECTED["day_rates"]
        assert count(session, Tie) > 100

    def test_staffs_its_project_with_three_different_complete_teams(self, session: Session) -> None:
        project_id = load_sample(session, COMMAND_LINE, TODAY)
        view = run_with_people(session, ADMIN, staff(session, project_id, Choices(), TODAY).id)
        assert view.status == "optimal"
        assert len(view.teams) == 3
        assert all(None not in seats for role in view.roles for seats in role.seats)
        assert len({tuple(team.people) for team in view.teams}) == 3

    def test_can_be_staffed_years_later(self, session: Session) -> None:
        late = date(2029, 5, 16)
        project_id = load_sample(session, COMMAND_LINE, late)
        project = session.get_one(Project, project_id)
        assert project.starts_on is not None
        assert late < project.starts_on
        assert project.starts_on.weekday() == 0
        assert staff(session, project_id, Choices(teams=1), late).status == "optimal"

    def test_is_not_loaded_among_real_people(self, session: Session) -> None:
        person(session, "Anna")
        with pytest.raises(Conflict, match="not empty"):
            load_sample(session, COMMAND_LINE, TODAY)

    def test_is_removed_and_leaves_what_was_added_beside_it(self, session: Session) -> None:
        project_id = load_sample(session, COMMAND_LINE, TODAY)
        staff(session, project_id, Choices(), TODAY)
        person(session, "Real", unit="Real unit")
        assert remove_sample(session, COMMAND_LINE, TODAY) == EXPECTED["counts"]["people"]
        assert session.scalars(select(Practitioner.name)).all() == ["Real"]
        assert session.scalars(select(Unit.name)).all() == ["Real unit"]
        for table in (Rating, Engagement, Allocation, Project, Role, Tie, CostBand, ImportBatch):
            assert count(session, table) == 0, table

    def test_that_was_never_loaded_cannot_be_removed(self, session: Session) -> None:
        with pytest.raises(Conflict, match="no sample"):
            remove_sample(session, COMMAND_LINE, TODAY)
