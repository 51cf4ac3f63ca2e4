"""Projects and their roles, made through the same services as the pages use."""

import itertools
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.db import writing_session
from app.queries.briefs import MeasureBrief, Need, PhaseBrief, ProjectBrief, RoleBrief, SubteamBrief
from app.services.audit import Actor
from app.services.staffing.projects import create_project
from app.services.staffing.roles import add_role
from models import MeasureKind, Project, Role

NOBODY = Actor("a test")
STARTS_ON = date(2027, 1, 11)
ENDS_ON = date(2027, 6, 27)
"""A period of 24 whole weeks."""

BUILD = PhaseBrief("Build", date(2027, 2, 1), date(2027, 4, 30))
WHOLE = {
    "phases": (PhaseBrief("Discovery", STARTS_ON, date(2027, 1, 31)), BUILD),
    "subteams": (SubteamBrief("data", "Records and their quality"), SubteamBrief("model")),
    "measures": (MeasureBrief("Answer time", MeasureKind.TECHNICAL, "ms", Decimal(300), higher_is_better=False),),
}
"""What a project may have beside its roles, as facts for `project`."""

_numbers = itertools.count(1)


def project(session: Session, name: str | None = None, **facts: Any) -> Project:
    """A planned project of 24 weeks without roles, unless `facts` (fields of ProjectBrief) say otherwise."""
    facts = {"starts_on": STARTS_ON, "ends_on": ENDS_ON, **facts}
    return create_project(session, NOBODY, ProjectBrief(name or f"Project number {next(_numbers)}", **facts))


def role(
    session: Session, on: Project, name: str = "Data engineer", needs: Mapping[str, int] | None = None, **facts: Any
) -> Role:
    """A role of the project. `needs`: skill -> level, each a must-have; `fte` may be a float."""
    if "fte" in facts:
        facts["fte"] = Decimal(str(facts["fte"]))
    brief = RoleBrief(name, needs=tuple(Need(skill, level) for skill, level in (needs or {}).items()), **facts)
    return add_role(session, NOBODY, on.id, brief)


def stored(engine: Engine, name: str = "Claims triage", **facts: object) -> int:
    """The id of a project that everybody can see: committed."""
    with writing_session(engine) as session:
        made = project(session, name, **facts)
        role(session, made, "Data engineer", {"SQL": 4})
        session.commit()
        return made.id
