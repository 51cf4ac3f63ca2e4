"""The columns of a staffing problem, each read with one statement (two where the unknown needs a norm)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.queries.availability import SHARE_SCALE, free_shares
from models import CostBand, Engagement, LearningGoal, Practitioner, Project, Rating, Skill, Tie
from staffing import Goals, People, Ratings, Ties
from staffing.evidence import confidence

RECENT_WEEKS = 12
WORKING_DAYS_A_WEEK = 5
DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, eq=False)
class Pool:
    """Everybody who can be staffed. `numbers` are practitioner ids, ascending; `people` the same people's columns."""

    numbers: NDArray[np.int64]
    people: People

    def positions(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Where practitioners stand in the pool, and which of them do."""
        at = np.searchsorted(self.numbers, numbers)
        at[at == len(self.numbers)] = 0
        known = self.numbers[at] == numbers if len(self.numbers) else np.zeros(len(numbers), bool)
        return at.astype(np.int32), known


def person_id(practitioner_id: int) -> str:
    """Padded, so that ascending text is ascending number."""
    return f"p{practitioner_id:08d}"


def practitioner_id(person: str) -> int:
    return int(person[1:])


def load_pool(session: Session, project_id: int, first: date, weeks: int) -> Pool:
    """All active practitioners, free shares from the Monday `first` on; bookings of `project_id` make nobody busy."""
    rows: Sequence[Row[*tuple[Any, ...]]] = session.execute(
        select(Practitioner.id, Practitioner.time_zone, Practitioner.utc_offset_minutes, CostBand.daily_cost)
        .outerjoin(CostBand, CostBand.id == Practitioner.cost_band_id)
        .where(Practitioner.active)
        .order_by(Practitioner.id)
    ).all()
    numbers = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    free = free_shares(session, numbers, first, weeks, except_project_id=project_id)
    recent = free_shares(session, numbers, first - timedelta(weeks=RECENT_WEEKS), RECENT_WEEKS)
    costs = np.array([row[3] for row in rows], np.float64)
    known = np.isfinite(costs)
    # Whoever's band is unknown costs what the one in the middle costs: neither favoured nor shunned for it.
    costs[~known] = np.median(costs[known]) if known.any() else 0.0
    successes, projects = _track(session, numbers)
    people = People(
        ids=tuple(person_id(number) for number in numbers.tolist()),
        free=free,
        cost=costs * WORKING_DAYS_A_WEEK,
        successes=successes,
        projects=projects,
        utc_offset=_utc_offsets([(zone, minutes) for _, zone, minutes, _ in rows], first),
        recent_load=np.clip(1 - recent.mean(axis=1) / SHARE_SCALE, 0, 1).round(3) if len(rows) else np.zeros(0),
    )
    return Pool(numbers, people)


def _utc_offsets(zones: list[tuple[str | None, int | None]], on: date) -> NDArray[np.float64]:
    """Hours ahead of UTC on a day; whoever's is unknown gets the offset that most people have."""
    noon = datetime.combine(on, time(12))

    @cache
    def hours(zone: str | None, minutes: int | None) -> float | None:
        if zone:
            try:
                offset = ZoneInfo(zone).utcoffset(noon)
                return offset.total_seconds() / 3600 if offset is not None else None
            except (ZoneInfoNotFoundError, ValueError):
                pass
        return None if minutes is None else minutes / 60

    found = [hours(*zone) for zone in zones]
    counted = Counter(offset for offset in found if offset is not None)
    usual = min(counted, key=lambda offset: (-counted[offset], offset)) if counted else 0.0
    return np.array([usual if offset is None else offset for offset in found], float)


def _track(session: Session, numbers: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Successes and finished projects with a known outcome; a role's own outcome goes before the project's."""
    outcome = func.coalesce(Engagement.success, Project.success)
    rows = session.execute(
        select(Engagement.practitioner_id, func.sum(outcome), func.count())
        .join(Project, Project.id == Engagement.project_id)
        .where(outcome.is_not(None))
        .group_by(Engagement.practitioner_id)
    ).all()
    successes, projects = np.zeros(len(numbers)), np.zeros(len(numbers))
    who = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    at = np.searchsorted(numbers, who)
    for place, number, (_, won, count) in zip(at.tolist(), who.tolist(), rows, strict=True):
        if place < len(numbers) and numbers[place] == number:
            successes[place], projects[place] = round(float(won), 3), count
    return successes, projects


def mean_success(session: Session) -> float:
    """The organisation's mean outcome of finished projects; one half while nothing is known."""
    mean = session.scalar(select(func.avg(Project.success)).where(Project.success.is_not(None)))
    return 0.5 if mean is None else round(float(mean), 3)


def cost_range(session: Session) -> tuple[float, float]:
    """Cost of a full-time week in the cheapest and the dearest band."""
    bands = sorted(float(cost) * WORKING_DAYS_A_WEEK for cost in session.scalars(select(CostBand.daily_cost)) if cost)
    if not bands or bands[0] == bands[-1]:
        return 0.0, (bands[0] if bands else 0.0) or 1.0
    return bands[0], bands[-1]


def load_ratings(session: Session, skills: Mapping[int, str], pool: Pool, today: date) -> dict[str, Ratings]:
    """Per skill, who has it above level 0, and how far the evidence can be trusted today."""
    rows: Sequence[Row[*tuple[Any, ...]]] = session.execute(
        select(
            Rating.skill_id,
            Rating.practitioner_id,
            Rating.level,
            func.coalesce(Rating.last_used, Rating.rated_on),
            Rating.updated_at,
            Rating.verified_at,
        )
        .where(Rating.skill_id.in_(skills), Rating.level > 0)
        .order_by(Rating.skill_id, Rating.practitioner_id)
    ).all()
    skill, who, level = _whole_columns(rows)
    # A rating without a date of its own is as old as its record.
    days = [(seen or recorded.date()).toordinal() for *_, seen, recorded, _verified in rows]
    months = (today.toordinal() - np.array(days, np.float64)) / DAYS_A_MONTH
    verified = np.fromiter((row[5] is not None for row in rows), bool, len(rows))
    # Rounded, so that two machines with other arithmetic agree on the inputs to the last digit.
    sure = confidence(months, verified).round(3)
    at, known = pool.positions(who)
    return {
        name: Ratings(at[chosen], level[chosen].astype(np.int8), sure[chosen])
        for number, name in skills.items()
        if (chosen := known & (skill == number)).any()
    }


RatedNothing = frozenset[tuple[str | None, str]]
"""(person id, skill) of ratings that say level 0."""


def rated_nothing(session: Session, practitioner_ids: Collection[int]) -> RatedNothing:
    """Which skills these people are rated 0 in, as against skills that nobody has stated for them."""
    rows = session.execute(
        select(Rating.practitioner_id, Skill.name)
        .join(Skill, Skill.id == Rating.skill_id)
        .where(Rating.practitioner_id.in_(practitioner_ids), Rating.level == 0)
    )
    return frozenset((person_id(number), name) for number, name in rows)


def load_goals(session: Session, skills: Mapping[int, str], pool: Pool) -> dict[str, Goals]:
    rows = session.execute(
        select(LearningGoal.skill_id, LearningGoal.practitioner_id, LearningGoal.target_level)
        .where(LearningGoal.skill_id.in_(skills))
        .order_by(LearningGoal.skill_id, LearningGoal.practitioner_id)
    ).all()
    skill, who, target = _whole_columns(rows)
    at, known = pool.positions(who)
    return {
        name: Goals(at[chosen], target[chosen].astype(np.int8))
        for number, name in skills.items()
        if (chosen := known & (skill == number)).any()
    }


def _whole_columns(
    rows: Sequence[Row[*tuple[Any, ...]]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The first three columns of the rows."""
    whole = np.array([tuple(row)[:3] for row in rows], np.int64).reshape(len(rows), 3)
    return whole[:, 0], whole[:, 1], whole[:, 2]


def load_ties(session: Session, skills: Mapping[int, str], pool: Pool, *, of_everyone: bool) -> Ties | None:
    """Ties between people of the pool: of everyone, or only of those who are rated in one of the skills."""
    wanted = select(Tie.person_a_id, Tie.person_b_id, Tie.strength).order_by(Tie.person_a_id, Tie.person_b_id)
    if not of_everyone:
        rated = select(Rating.practitioner_id).where(Rating.skill_id.in_(skills))
        wanted = wanted.where(Tie.person_a_id.in_(rated), Tie.person_b_id.in_(rated))
    rows = session.execute(wanted).all()
    if not rows:
        return None
    first, first_known = pool.positions(np.fromiter((row[0] for row in rows), np.int64, len(rows)))
    second, second_known = pool.positions(np.fromiter((row[1] for row in rows), np.int64, len(rows)))
    strength = np.fromiter((float(row[2]) for row in rows), float, len(rows))
    kept = first_known & second_known
    return Ties(first[kept], second[kept], strength[kept])
