"""Who else could fill a role of a proposal, and at what cost: the engine asked again about the stored inputs."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.sight.visibility import Viewer
from app.queries.sight.withheld import withheld_people
from app.queries.staffing.columns import practitioner_id
from app.queries.staffing.proposals import stored_problem
from models import Practitioner, StaffingRun
from staffing import propose
from staffing.explain import alternatives
from staffing.terms import Measure

SHOWN = 4


@dataclass(frozen=True, slots=True)
class AlternativePerson:
    """`loss` is in units (`staffing.terms.FULL_UNITS`); the other members may change too."""

    id: int
    name: str
    fit: float
    loss: int


def alternatives_for(session: Session, viewer: Viewer, run: StaffingRun, role_name: str) -> list[AlternativePerson]:
    """The best other people for the first seat of a role in team A, best first, without those who are gone since; none
    for a role that is over."""
    problem = stored_problem(run)
    teams = propose(problem).teams
    seat = next((n for n, one in enumerate(teams[0].assignments) if one.role == role_name), None) if teams else None
    if seat is None:
        return []
    found = alternatives(problem, teams[0], seat, SHOWN)
    numbers = [practitioner_id(one.person) for one in found]
    here = select(Practitioner.id, Practitioner.name).where(Practitioner.id.in_(numbers), Practitioner.active)
    rows = session.execute(here)
    names = dict(rows.all())
    withheld = withheld_people(session, viewer, run, numbers)
    fits = [next(a.measures[Measure.FIT] for a in one.team.assignments if a.person == one.person) for one in found]
    return [
        AlternativePerson(number, names[number], fit, one.loss)
        for number, fit, one in zip(numbers, fits, found, strict=True)
        if number in names and number not in withheld
    ]
