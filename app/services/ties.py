"""Ties are derived: this recomputes them from the project history whenever that has changed."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations, groupby
from typing import NamedTuple

import numpy as np
from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.orm import Session

from models import Engagement, Practitioner, Project, Tie
from staffing.ties import tie_strengths

DAYS_A_WEEK = 7
STORED_DIGITS = 3


def refresh_ties(session: Session, today: date) -> int:
    """Replace all ties by what the project history says today; returns how many there are.

    A part in a project without dates of its own has the project's; where neither is known it makes no tie. Erased
    people have none.
    """
    starts_on = func.coalesce(Engagement.starts_on, Project.starts_on)
    ends_on = func.coalesce(Engagement.ends_on, Project.ends_on, today)
    parts = session.execute(
        select(Engagement.project_id, Engagement.practitioner_id, starts_on, ends_on)
        .join(Project, Project.id == Engagement.project_id)
        .join(Practitioner, Practitioner.id == Engagement.practitioner_id)
        .where(starts_on <= today, Practitioner.erased_at.is_(None))
        .order_by(Engagement.project_id, Engagement.practitioner_id)
    ).all()
    session.execute(delete(Tie))
    if not parts:
        return 0
    people = np.unique([part[1] for part in parts])
    ties = tie_strengths(
        np.searchsorted(people, [part[1] for part in parts]),
        [part[0] for part in parts],
        [part[2].toordinal() // DAYS_A_WEEK for part in parts],
        [part[3].toordinal() // DAYS_A_WEEK + 1 for part in parts],
        today.toordinal() // DAYS_A_WEEK,
    )
    met = _meetings(parts)
    first, second = people[ties.first].tolist(), people[ties.second].tolist()
    rows = [
        {
            "person_a_id": one,
            "person_b_id": other,
            "strength": strength,
            "shared_projects": met[one, other].projects,
            "last_together": met[one, other].last,
        }
        for one, other, strength in zip(first, second, ties.strength.round(STORED_DIGITS).tolist(), strict=True)
        if strength > 0
    ]
    if rows:
        session.execute(insert(Tie), rows)
    return len(rows)


class Meeting(NamedTuple):
    projects: int
    last: date


def _meetings(parts: Sequence[Row[int, int, date, date]]) -> dict[tuple[int, int], Meeting]:
    """For each pair of people (lower id first) who were on a project at the same time: on how many, and until when."""
    met: dict[tuple[int, int], Meeting] = {}
    for _, members in groupby(parts, key=lambda part: part[0]):
        here: dict[tuple[int, int], date] = {}
        for (_, one, starts, ends), (_, other, begins, stops) in combinations(members, 2):
            if one != other and max(starts, begins) <= min(ends, stops):
                here[one, other] = max(here.get((one, other), date.min), min(ends, stops))
        for pair, last in here.items():
            projects, before = met.get(pair, (0, date.min))
            met[pair] = Meeting(projects + 1, max(before, last))
    return met
