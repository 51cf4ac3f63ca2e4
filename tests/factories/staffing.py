"""A project that can be staffed, with the roles it needs, as rows; and a staffing run of it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.queries.sight.visibility import Viewer
from app.queries.staffing.choices import Choices
from app.queries.staffing.problem import load_problem
from app.services.audit import COMMAND_LINE
from app.services.staffing.proposals import Answer, store_run
from models import Project, Role, SkillNeed, StaffingRun
from staffing import propose
from tests.factories.people import skill, work
from tests.factories.viewers import ADMIN

MONDAY = date(2027, 1, 11)
SUNDAY = date(2027, 3, 7)
TODAY = date(2026, 12, 1)


def project_to_staff(session: Session, name: str = "Claims triage", **columns: Any) -> Project:
    """Eight weeks from a Monday on, without roles."""
    return work(session, name, **({"starts_on": MONDAY, "ends_on": SUNDAY} | columns))


def role(session: Session, project: Project, name: str, needs: Mapping[str, int], **columns: Any) -> Role:
    """A role whose needs are all must-haves of weight 1."""
    made = Role(project_id=project.id, name=name, **({"fte": Decimal(1), "headcount": 1} | columns))
    made.needs = [SkillNeed(skill_id=skill(session, wanted).id, level=level) for wanted, level in needs.items()]
    session.add(made)
    session.flush()
    return made


def staff(
    session: Session,
    project_id: int,
    choices: Choices | None = None,
    today: date = TODAY,
    viewer: Viewer = ADMIN,
) -> StaffingRun:
    """A run on what the session sees, committed or not."""
    asked = load_problem(session, viewer, project_id, choices or Choices(), today)
    return store_run(session, COMMAND_LINE, Answer(viewer, asked, propose(asked.problem)))
