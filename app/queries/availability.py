"""How much of each coming week is free, for many people at once.

What is free on a working day is the contract's share of full time, less the shares of all bookings of that day, less
the part of the contract that an absence takes; never below nothing. A week is as free as its least free working day:
whoever is free at a share can take a new booking of that share on every day of the week. A mean would promise half a
week to somebody who is fully booked until Wednesday and to a project that starts on Monday.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Integer, Row, Select, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.queries.id_lists import joined_ids, read_ids
from models import BOOKED, Absence, Allocation, Practitioner

SHARE_SCALE = 1000
"""Parts that full time is counted in: shares are stored to a thousandth, so sums of them are exact."""

MOST_NAMED = 1000
"""Beyond this many people, reading everybody's rows of the period costs less than naming each person."""


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def free_shares(
    session: Session,
    practitioner_ids: Sequence[int] | NDArray[np.int64],
    first_day: date,
    weeks: int,
    *,
    except_project_id: int | None = None,
) -> NDArray[np.int64]:
    """Free thousandths of full time: one row a person in the order given, one column a week from `first_day`'s on.

    Days before `first_day` do not count, and a week in which nobody's working day is left is not free. Bookings of
    `except_project_id` do not count either. Three statements, whatever the number of people.
    """
    numbers = np.asarray(practitioner_ids, np.int64)
    monday = monday_of(first_day)
    capacity, works = _contracts(session, numbers)
    free = np.repeat(capacity[:, np.newaxis], weeks * 7, axis=1)
    free -= _booked(session, numbers, monday, weeks, except_project_id)
    free -= _away(session, numbers, monday, weeks, capacity)
    counts = np.repeat(works[:, np.newaxis], weeks, axis=1)
    counts[:, 0, : first_day.weekday()] = False
    least = np.where(counts, free.reshape(counts.shape), SHARE_SCALE).min(axis=2, initial=SHARE_SCALE)
    return np.where(counts.any(axis=2), least.clip(min=0), 0)


def _contracts(session: Session, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Thousandths on a working day, (n,), and which weekdays are working days, (n, 7). Unknown people have none."""
    share, days = _thousandths(Practitioner.working_share), Practitioner.working_days
    wanted = select(share, days, joined_ids(Practitioner.id)).group_by(share, days)
    capacity, works = np.zeros(len(numbers), np.int64), np.zeros((len(numbers), 7), bool)
    for thousandths, digits, people in session.execute(_of_people(wanted, Practitioner.id, numbers)):
        at, _ = _positions(numbers, read_ids(people))
        capacity[at] = thousandths
        works[at] = [digit == "1" for digit in digits]
    return capacity, works


def _booked(
    session: Session, numbers: NDArray[np.int64], first: date, weeks: int, except_project_id: int | None
) -> NDArray[np.int64]:
    """Thousandths booked on each day, (n, days)."""
    wanted = select(
        Allocation.practitioner_id, Allocation.starts_on, Allocation.ends_on, _thousandths(Allocation.share)
    ).where(
        Allocation.state.in_(BOOKED),
        Allocation.starts_on < first + timedelta(weeks=weeks),
        or_(Allocation.ends_on.is_(None), Allocation.ends_on >= first),
    )
    if except_project_id is not None:
        wanted = wanted.where(Allocation.project_id != except_project_id)
    rows = session.execute(_of_people(wanted, Allocation.practitioner_id, numbers)).all()
    shares = np.fromiter((row[3] for row in rows), np.int64, len(rows))
    return _daily(numbers, rows, shares, first, weeks)


def _away(
    session: Session, numbers: NDArray[np.int64], first: date, weeks: int, capacity: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Thousandths of full time that absences take on each day, (n, days); at most the person's contract."""
    wanted = select(Absence.practitioner_id, Absence.starts_on, Absence.ends_on, _thousandths(Absence.share)).where(
        Absence.starts_on < first + timedelta(weeks=weeks), Absence.ends_on >= first
    )
    rows = session.execute(_of_people(wanted, Absence.practitioner_id, numbers)).all()
    parts = _daily(numbers, rows, np.fromiter((row[3] for row in rows), np.int64, len(rows)), first, weeks)
    # A part of a part may be finer than a thousandth; rounded up, so that nobody is promised more than they have.
    return -(-np.minimum(parts, SHARE_SCALE) * capacity[:, np.newaxis] // SHARE_SCALE)


def _daily(
    numbers: NDArray[np.int64],
    rows: Sequence[Row[*tuple[Any, ...]]],
    shares: NDArray[np.int64],
    first: date,
    weeks: int,
) -> NDArray[np.int64]:
    """Sum of the shares that run on each day, (n, days). Rows begin with person, first day and last day (or none)."""
    days = weeks * 7
    origin = first.toordinal()
    starts = np.fromiter((row[1].toordinal() for row in rows), np.int64, len(rows)) - origin
    ends = np.fromiter((row[2].toordinal() - origin if row[2] else days for row in rows), np.int64, len(rows))
    at, known = _positions(numbers, np.fromiter((row[0] for row in rows), np.int64, len(rows)))
    steps = np.zeros((len(numbers), days + 1), np.int64)
    np.add.at(steps, (at, np.clip(starts, 0, days)[known]), shares[known])
    np.add.at(steps, (at, np.clip(ends + 1, 0, days)[known]), -shares[known])
    return steps.cumsum(axis=1)[:, :days]


def _positions(numbers: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Which of the wanted ids are among `numbers`, and where those stand."""
    order = np.argsort(numbers, kind="stable")
    place = np.searchsorted(numbers, wanted, sorter=order)
    known = place < len(numbers)
    known[known] = numbers[order[place[known]]] == wanted[known]
    return order[place[known]], known


def _of_people(
    wanted: Select[*tuple[Any, ...]], column: InstrumentedAttribute[int], numbers: NDArray[np.int64]
) -> Select[*tuple[Any, ...]]:
    return wanted.where(column.in_(numbers.tolist())) if len(numbers) <= MOST_NAMED else wanted


def _thousandths(share: InstrumentedAttribute[Any]) -> Any:
    """The share as a whole number, made by the database: thousands of decimals are slow to carry into Python."""
    return cast(func.round(share * SHARE_SCALE), Integer)
