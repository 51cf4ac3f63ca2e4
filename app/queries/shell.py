"""The few numbers that the shell shows on every page, in one statement."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.queries.sight.visibility import Viewer, led_by
from models import Practitioner, Project, ProjectState, Skill, StaffingRun


class ShellCounts(NamedTuple):
    people: int
    skills: int
    projects: int
    proposals: int


def shell_counts(session: Session, viewer: Viewer) -> ShellCounts:
    open_states = (ProjectState.PLANNED, ProjectState.ACTIVE)
    row = session.execute(
        select(
            select(func.count()).select_from(Practitioner).where(Practitioner.active).scalar_subquery(),
            select(func.count()).select_from(Skill).scalar_subquery(),
            select(func.count()).select_from(Project).where(Project.state.in_(open_states)).scalar_subquery(),
            select(func.count())
            .select_from(StaffingRun)
            .join(Project, Project.id == StaffingRun.project_id)
            .where(led_by(viewer))
            .scalar_subquery(),
        )
    ).one()
    return ShellCounts(*row)
