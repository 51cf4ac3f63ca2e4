"""Somebody with something to hide in every part of their record, under a policy that lets them hide all of it."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from models import Absence, Audience, CostBand, PersonalField, Practitioner
from tests.factories.people import absence, engagement, goal, person, policy, work

SECRETS = ("sheila@example.org", "Band Z", "Surgery", "0.123")
"""Values of theirs that stand nowhere else."""


def somebody_shy(session: Session, level: int, first: date, last: date) -> tuple[Practitioner, Absence]:
    """They still show everything. `level`: in Basketry; `first`, `last`: days of the absence."""
    for field in PersonalField:
        policy(session, field, Audience.EVERYONE)
    band = CostBand(name="Band Z", daily_cost=Decimal(777))
    session.add(band)
    session.flush()
    who = person(session, "Shy Sheila", unit="Data", skills={"Basketry": level}, email="sheila@example.org",
                 cost_band_id=band.id)  # fmt: skip
    goal(session, who, "Falconry", 2)
    away = absence(session, who, first, last)
    away.reason = "Surgery"
    engagement(session, who, work(session, "Past work"), success=Decimal("0.123"))
    return who, away
