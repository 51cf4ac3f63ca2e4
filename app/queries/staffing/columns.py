"""The columns of a staffing problem over the people in its pool, each read with one statement."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.queries.availability import SHARE_SCALE, thousandths
from app.queries.lists.id_lists import among, day_of, digits, joined_rows, ordinals, read_rows
from app.queries.sight.outcomes import ANYBODY, outcome_shown
from app.queries.sight.visibility import Viewer, shown_of
from app.queries.staffing.pool import NO_GOAL, Abilities, Everybody, Kind, Pool
from models import CostBand, Engagement, PersonalField, Project, Rating, Tie
from staffing import Goals, People, Ratings, Ties
from staffing.evidence import confidence

WORKING_DAYS_A_WEEK = 5
FEWEST = 3
DAYS_A_MONTH = 30.4375

RatedNothing = Mapping[str, frozenset[int]]
"""By skill: practitioners of the pool whose rating says level 0, as against those for whom nobody has stated any."""


def person_id(practitioner_id: int) -> str:
    """Padded, so that ascending text is ascending number."""
    return f"p{practitioner_id:08d}"


def practitioner_id(person: str) -> int:
    return int(person[1:])


def load_people(
    session: Session, viewer: Viewer, everybody: Everybody, pool: Pool, bands: Mapping[int, float], first: date
) -> People:
    """What the pool's people cost by their bands, and where they are on the day `first`."""
    kind = everybody.kind[pool.at]
    successes, projects = _track(session, viewer, pool)
    return People(
        ids=tuple(person_id(number) for number in pool.numbers.tolist()),
        free=pool.free,
        cost=_costs(everybody, bands)[kind],
        successes=successes,
        projects=projects,
        utc_offset=_utc_offsets(everybody, first)[kind],
        recent_load=np.clip(1 - pool.recently_free.mean(axis=1) / SHARE_SCALE, 0, 1).round(3),
    )


def load_bands(session: Session) -> dict[int, float]:
    """Cost of a full-time week by cost band, of those where it is known."""
    rows = session.execute(select(CostBand.id, CostBand.daily_cost))
    return {number: float(cost) * WORKING_DAYS_A_WEEK for number, cost in rows if cost is not None}


def cost_range(bands: Mapping[int, float]) -> tuple[float, float]:
    """From the cheapest to the dearest band that costs anything."""
    paid = sorted(cost for cost in bands.values() if cost)
    if not paid or paid[0] == paid[-1]:
        return 0.0, (paid[0] if paid else 0.0) or 1.0
    return paid[0], paid[-1]


def _costs(everybody: Everybody, bands: Mapping[int, float]) -> NDArray[np.float64]:
    """By kind. Whoever's band is unknown costs what the one in the middle does: neither favoured nor shunned for it."""
    costs = np.array([bands.get(kind.cost_band_id or 0, np.nan) for kind in everybody.kinds], np.float64)
    known = costs[everybody.kind]
    known = known[np.isfinite(known)]
    return np.nan_to_num(costs, nan=float(np.median(known)) if len(known) else 0.0)


def _utc_offsets(everybody: Everybody, on: date) -> NDArray[np.float64]:
    """By kind: hours ahead of UTC on a day; whoever's is unknown gets the offset that most people have."""
    noon = datetime.combine(on, time(12))
    found = [_hours(kind, noon) for kind in everybody.kinds]
    counted: Counter[float] = Counter()
    for offset, count in zip(found, np.bincount(everybody.kind, minlength=len(found)).tolist(), strict=True):
        if offset is not None:
            counted[offset] += count
    usual = min(counted, key=lambda offset: (-counted[offset], offset)) if counted else 0.0
    return np.array([usual if offset is None else offset for offset in found], np.float64)


def _hours(kind: Kind, noon: datetime) -> float | None:
    if kind.time_zone:
        try:
            offset = ZoneInfo(kind.time_zone).utcoffset(noon)
            return offset.total_seconds() / 3600 if offset is not None else None
        except (ZoneInfoNotFoundError, ValueError):
            pass
    return None if kind.utc_offset_minutes is None else kind.utc_offset_minutes / 60


def _track(session: Session, viewer: Viewer, pool: Pool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Successes and finished projects with a known outcome; a role's own outcome goes before the project's."""
    outcome = func.coalesce(Engagement.success, Project.success)
    known = session.scalar(
        select(joined_rows(Engagement.practitioner_id, thousandths(outcome)))
        .join(Project, Project.id == Engagement.project_id)
        .where(
            among(session, Engagement.practitioner_id, pool.numbers),
            outcome.is_not(None),
            shown_of(session, viewer, PersonalField.OUTCOMES, Engagement.practitioner_id),
        )
    )
    rows = read_rows(known, 2)
    at = np.searchsorted(pool.numbers, rows[:, 0])
    won = np.bincount(at, rows[:, 1], len(pool.numbers))
    return won / SHARE_SCALE, np.bincount(at, minlength=len(pool.numbers)).astype(np.float64)


def mean_success(session: Session, viewer: Viewer) -> float:
    """The mean outcome of finished projects: of those whose outcome everybody is shown, else of those that the viewer
    is shown, where these are `FEWEST` more; one half where there are fewer. One statement.

    A mean of all would tell the hidden outcomes to whoever takes the others from it, and people can work out from the
    points of their own seat what a run took for the mean.
    """
    told = [case((outcome_shown(session, who), Project.success)) for who in (ANYBODY, viewer)]
    wanted = select(*(figure(outcome) for outcome in told for figure in (func.avg, func.count)))
    common, open_to_all, own, shown = session.execute(wanted).one()
    if open_to_all >= FEWEST:
        return round(float(common), 3)
    return round(float(own), 3) if shown >= open_to_all + FEWEST else 0.5


def load_ratings(
    session: Session, viewer: Viewer, skills: Mapping[int, str], pool: Pool, today: date
) -> tuple[dict[str, Ratings], RatedNothing]:
    """Per skill, who has it above level 0, and how far the evidence can be trusted today; and who has level 0 in it."""
    # A rating without a date of its own is as old as its record.
    seen = func.coalesce(digits(Rating.last_used), digits(Rating.rated_on), digits(day_of(Rating.updated_at)))
    verified = case((Rating.verified_at.is_not(None), 1), else_=0)
    found = session.execute(
        select(Rating.skill_id, Rating.level, joined_rows(Rating.practitioner_id, seen, verified))
        # Adding nothing keeps SQLite from looking for each person's rating in each skill.
        .where(
            (Rating.skill_id + 0).in_(skills),
            among(session, Rating.practitioner_id, pool.numbers),
            shown_of(session, viewer, PersonalField.RATINGS, Rating.practitioner_id),
        )
        .group_by(Rating.skill_id, Rating.level)
    )
    nothing: dict[str, frozenset[int]] = {}
    held: dict[str, list[NDArray[np.int64]]] = {}
    for skill, level, people in found:
        rows = read_rows(people, 3)
        if level:
            held.setdefault(skills[skill], []).append(np.insert(rows, 3, level, axis=1))
        else:
            nothing[skills[skill]] = frozenset(rows[:, 0].tolist())
    return {name: _ratings(np.concatenate(held[name]), pool, today) for name in sorted(held)}, nothing


def _ratings(rows: NDArray[np.int64], pool: Pool, today: date) -> Ratings:
    """Rows of person, day in digits, whether verified, level."""
    rows = rows[np.argsort(rows[:, 0])]
    months = (today.toordinal() - ordinals(rows[:, 1])) / DAYS_A_MONTH
    # Rounded, so that two machines with other arithmetic agree on the inputs to the last digit.
    sure = confidence(months, rows[:, 2] == 1).round(3)
    return Ratings(np.searchsorted(pool.numbers, rows[:, 0]).astype(np.int32), rows[:, 3].astype(np.int8), sure)


def goals(abilities: Abilities, pool: Pool) -> dict[str, Goals]:
    found = {}
    for name, everybodys in abilities.targets.items():
        target = everybodys[pool.at]
        people = np.flatnonzero(target != NO_GOAL)
        if len(people):
            found[name] = Goals(people.astype(np.int32), target[people])
    return found


def load_ties(session: Session, pool: Pool) -> Ties | None:
    """Ties between people who may take a seat."""
    numbers = pool.numbers[pool.eligible]
    joined = session.scalar(
        select(joined_rows(Tie.person_a_id, Tie.person_b_id, thousandths(Tie.strength))).where(
            # Adding nothing keeps SQLite from looking for every pair of them.
            among(session, Tie.person_a_id, numbers),
            among(session, Tie.person_b_id + 0, numbers),
        )
    )
    rows = read_rows(joined, 3)
    if not len(rows):
        return None
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    first, second = np.searchsorted(pool.numbers, rows[:, :2].T).astype(np.int32)
    return Ties(first, second, rows[:, 2] / SHARE_SCALE)
