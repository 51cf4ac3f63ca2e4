"""How much of each coming week is free, for many people at once.

What is free on a working day is the contract's share of full time, less the shares of all bookings of that day, less
the part of the contract that an absence takes; never below nothing. A week is as free as its least free working day:
whoever is free at a share can take a new booking of that share on every day of the week. A mean would promise half a
week to somebody who is fully booked until Wednesday and to a project that starts on Monday.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Integer, cast, func, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.queries.lists.id_lists import NO_END, among, digits, joined_ids, joined_rows, ordinals, read_ids, read_rows
from models import BOOKED, Absence, Allocation, Practitioner

SHARE_SCALE = 1000
"""Parts that full time is counted in: shares are stored to a thousandth, so sums of them are exact."""

BLOCK = 2048
"""People whose days are spelled out at once: few enough to stay near the processor."""

Numbers = NDArray[np.int64]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def free_shares(
    session: Session,
    practitioner_ids: Sequence[int] | Numbers,
    first_day: date,
    weeks: int,
    *,
    except_project_id: int | None = None,
) -> Numbers:
    """Free thousandths of full time: one row a person in the order given, one column a week from `first_day`'s on.

    Days before `first_day` do not count, and a week in which nobody's working day is left is not free. Bookings of
    `except_project_id` do not count either. Three statements, whatever the number of people.
    """
    numbers = np.asarray(practitioner_ids, np.int64)
    contracts = _read_contracts(session, numbers)
    monday = monday_of(first_day)
    calendar = read_calendar(session, numbers, contracts, monday, monday + timedelta(weeks=weeks))
    return calendar.free(first_day, weeks, except_project_id=except_project_id)


@dataclass(frozen=True, eq=False)
class Contracts:
    """What n people work when nothing takes their time."""

    share: Numbers
    """(n,) thousandths on a working day."""
    works: NDArray[np.bool_]
    """(n, 7) which weekdays are working days."""


@dataclass(frozen=True, eq=False)
class _Spans:
    """Periods that take somebody's time, in order of `person`."""

    person: Numbers
    """Positions."""
    first: Numbers
    """Ordinal of the first day."""
    after: Numbers
    """Ordinal of the day after the last one."""
    share: Numbers
    """Thousandths."""
    project: Numbers

    @classmethod
    def read(cls, numbers: Numbers, rows: Numbers) -> "_Spans":
        """Rows of person, first and last day in digits, thousandths and project."""
        at = positions(numbers, rows[:, 0])
        order = np.argsort(at, kind="stable")
        person, rows = at[order], rows[order]
        return cls(person, ordinals(rows[:, 1]), ordinals(rows[:, 2]) + 1, rows[:, 3], rows[:, 4])

    def without(self, project_id: int) -> "_Spans":
        return self._where(self.project != project_id)

    def of_people(self, kept: NDArray[np.bool_]) -> "_Spans":
        """Those of the people who stay, who move up."""
        place = np.cumsum(kept) - 1
        stay = self._where(kept[self.person])
        return replace(stay, person=place[stay.person])

    def _where(self, kept: NDArray[np.bool_]) -> "_Spans":
        return _Spans(self.person[kept], self.first[kept], self.after[kept], self.share[kept], self.project[kept])

    def daily(self, start: int, stop: int, origin: int, days: int) -> Numbers:
        """(people, days) sum of the shares that run on each day from `origin` on, for the people at these positions."""
        rows = slice(*np.searchsorted(self.person, (start, stop)).tolist())
        if rows.start == rows.stop:
            return np.zeros((stop - start, days), np.int64)
        at = (self.person[rows] - start) * (days + 1)
        steps = np.zeros((stop - start) * (days + 1), np.int64)
        np.add.at(steps, at + np.clip(self.first[rows] - origin, 0, days), self.share[rows])
        np.subtract.at(steps, at + np.clip(self.after[rows] - origin, 0, days), self.share[rows])
        return steps.reshape(stop - start, days + 1).cumsum(axis=1)[:, :days]


@dataclass(frozen=True, eq=False)
class Calendar:
    """What takes n people's time in a period."""

    contracts: Contracts
    bookings: _Spans
    absences: _Spans
    """Shares are parts of the contract."""

    def of(self, kept: NDArray[np.bool_]) -> "Calendar":
        """The same for some of the people."""
        contracts = Contracts(self.contracts.share[kept], self.contracts.works[kept])
        return Calendar(contracts, self.bookings.of_people(kept), self.absences.of_people(kept))

    def free(self, first_day: date, weeks: int, *, except_project_id: int | None = None) -> Numbers:
        """As `free_shares`, for weeks within the period."""
        bookings = self.bookings if except_project_id is None else self.bookings.without(except_project_id)
        people = len(self.contracts.share)
        least = np.empty((people, weeks), np.int64)
        for start in range(0, people, BLOCK):
            stop = min(start + BLOCK, people)
            least[start:stop] = self._least(bookings, start, stop, first_day, weeks)
        return least

    def _least(self, bookings: _Spans, start: int, stop: int, first_day: date, weeks: int) -> Numbers:
        origin = monday_of(first_day).toordinal()
        share, works = self.contracts.share[start:stop, np.newaxis], self.contracts.works[start:stop]
        free = share - bookings.daily(start, stop, origin, weeks * 7)
        away = np.minimum(self.absences.daily(start, stop, origin, weeks * 7), SHARE_SCALE)
        # A part of a part may be finer than a thousandth; rounded up, so that nobody is promised more than they have.
        free += -away * share // SHARE_SCALE
        by_week = free.reshape(stop - start, weeks, 7)
        by_week[:, :1, : first_day.weekday()] = SHARE_SCALE
        least = np.full((stop - start, weeks), SHARE_SCALE)
        for weekday in range(7):
            np.minimum(least, by_week[:, :, weekday], out=least, where=works[:, weekday, np.newaxis])
        least[~works.any(axis=1)] = 0
        least[~works[:, first_day.weekday() :].any(axis=1), :1] = 0
        return np.asarray(np.maximum(least, 0))


def read_calendar(session: Session, numbers: Numbers, contracts: Contracts, first: date, until: date) -> Calendar:
    """The time of these people from a day until before another. Two statements, whatever their number."""
    booked = session.scalar(
        select(
            joined_rows(
                Allocation.practitioner_id,
                digits(Allocation.starts_on),
                func.coalesce(digits(Allocation.ends_on), str(NO_END)),
                thousandths(Allocation.share),
                Allocation.project_id,
            )
        ).where(
            among(session, Allocation.practitioner_id, numbers),
            Allocation.state.in_(BOOKED),
            Allocation.starts_on < until,
            or_(Allocation.ends_on.is_(None), Allocation.ends_on >= first),
        )
    )
    away = session.scalar(
        select(
            joined_rows(
                Absence.practitioner_id,
                digits(Absence.starts_on),
                digits(Absence.ends_on),
                thousandths(Absence.share),
                literal_column("0"),
            )
        ).where(among(session, Absence.practitioner_id, numbers), Absence.starts_on < until, Absence.ends_on >= first)
    )
    spans = (_Spans.read(numbers, read_rows(rows, 5)) for rows in (booked, away))
    return Calendar(contracts, *spans)


def _read_contracts(session: Session, numbers: Numbers) -> Contracts:
    """Unknown people have none."""
    share, days = thousandths(Practitioner.working_share), Practitioner.working_days
    rows = session.execute(
        select(share, days, joined_ids(Practitioner.id))
        .where(among(session, Practitioner.id, numbers))
        .group_by(share, days)
    )
    contracts = Contracts(np.zeros(len(numbers), np.int64), np.zeros((len(numbers), 7), bool))
    for part, weekdays, people in rows:
        at = positions(numbers, read_ids(people))
        contracts.share[at] = part
        contracts.works[at] = working_days(weekdays)
    return contracts


def working_days(digits: str) -> list[bool]:
    """Which weekdays are working days, from Monday on."""
    return [digit == "1" for digit in digits]


def positions(numbers: Numbers, wanted: Numbers) -> NDArray[np.intp]:
    """Where the wanted ids, which are all among `numbers`, stand."""
    order = np.argsort(numbers, kind="stable")
    return order[np.searchsorted(numbers, wanted, sorter=order)]


def thousandths(share: InstrumentedAttribute[Any] | ColumnElement[Any]) -> Any:
    """The share as a whole number, made by the database: thousands of decimals are slow to carry into Python."""
    return cast(func.round(share * SHARE_SCALE), Integer)
