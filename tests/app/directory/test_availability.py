"""Free shares, week by week. The first week of these tests begins on Monday 4 January 2027."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.queries.availability import free_shares, monday_of
from models import Absence, Allocation, AllocationState, Practitioner
from tests.factories.people import absence, booking, person, work

MONDAY = date(2027, 1, 4)


def day(number: int) -> date:
    """Day 0 is the first Monday, day 7 the second."""
    return MONDAY + timedelta(days=number)


def free(session: Session, *people: Practitioner, weeks: int = 3) -> list[list[int]]:
    shares: list[list[int]] = free_shares(session, [who.id for who in people], MONDAY, weeks).tolist()
    return shares


class TestContract:
    def test_somebody_without_bookings_is_free_at_the_share_of_the_contract(self, session: Session) -> None:
        assert free(session, person(session), person(session, share=0.8)) == [[1000] * 3, [800] * 3]

    def test_somebody_without_a_working_day_is_never_free(self, session: Session) -> None:
        assert free(session, person(session, working_days="0000000")) == [[0, 0, 0]]

    def test_people_come_in_the_order_asked_for(self, session: Session) -> None:
        full, half = person(session), person(session, share=0.5)
        assert free(session, half, full) == [[500] * 3, [1000] * 3]

    def test_nobody_is_an_empty_table(self, session: Session) -> None:
        assert free_shares(session, [], MONDAY, 3).shape == (0, 3)


class TestFirstDay:
    def test_days_before_it_do_not_count(self, session: Session) -> None:
        who = person(session)
        booking(session, who, day(0), day(1))
        booking(session, who, day(7), day(8))
        assert free_shares(session, [who.id], day(2), 2).tolist() == [[1000, 0]]

    def test_a_week_without_a_working_day_left_is_not_free(self, session: Session) -> None:
        who = person(session, working_days="1110000")
        assert free_shares(session, [who.id], day(3), 2).tolist() == [[0, 1000]]


class TestBookings:
    def test_a_week_is_as_free_as_its_least_free_working_day(self, session: Session) -> None:
        who = person(session)
        booking(session, who, day(9), day(10), 0.6)
        assert free(session, who) == [[1000, 400, 1000]]

    def test_a_booking_that_ends_on_sunday_leaves_the_next_week_free(self, session: Session) -> None:
        who = person(session)
        booking(session, who, day(-30), day(6))
        assert free(session, who) == [[0, 1000, 1000]]

    def test_a_booking_that_starts_on_saturday_costs_no_working_day_of_its_week(self, session: Session) -> None:
        who = person(session)
        booking(session, who, day(5), day(7), 0.5)
        assert free(session, who) == [[1000, 500, 1000]]

    def test_a_booking_on_days_off_costs_nothing(self, session: Session) -> None:
        who = person(session, share=0.6, working_days="1110000")
        booking(session, who, day(3), day(4), 0.6)
        assert free(session, who) == [[600, 600, 600]]

    def test_a_booking_without_an_end_runs_on(self, session: Session) -> None:
        who = person(session)
        booking(session, who, day(7), None, 0.3)
        assert free(session, who) == [[1000, 700, 700]]

    def test_overlapping_bookings_add_up_and_never_go_below_nothing(self, session: Session) -> None:
        who = person(session)
        booking(session, who, day(0), day(13), 0.7)
        booking(session, who, day(7), day(20), 0.7)
        assert free(session, who) == [[300, 0, 300]]

    def test_bookings_one_after_the_other_in_a_week_do_not_add_up(self, session: Session) -> None:
        who = person(session)
        booking(session, who, day(0), day(1), 0.5)
        booking(session, who, day(2), day(4), 0.5)
        assert free(session, who) == [[500, 1000, 1000]]

    def test_thousandths_stay_exact(self, session: Session) -> None:
        who = person(session)
        for _ in range(3):
            booking(session, who, day(0), day(4), 0.333)
        assert free(session, who) == [[1, 1000, 1000]]

    @pytest.mark.parametrize("state", sorted(set(AllocationState) - {AllocationState.HELD, AllocationState.CONFIRMED}))
    def test_only_held_and_confirmed_seats_take_time(self, session: Session, state: AllocationState) -> None:
        who = person(session)
        booking(session, who, day(0), day(20), state=state)
        booking(session, who, day(7), day(11), 0.4, state=AllocationState.HELD)
        assert free(session, who) == [[1000, 600, 1000]]

    def test_the_bookings_of_one_project_can_be_left_out(self, session: Session) -> None:
        who, project = person(session), work(session)
        booking(session, who, day(0), day(20), 0.5, project=project)
        booking(session, who, day(0), day(20), 0.2)
        assert free_shares(session, [who.id], MONDAY, 1, except_project_id=project.id).tolist() == [[800]]

    def test_rows_outside_the_period_do_not_count(self, session: Session) -> None:
        who = person(session)
        booking(session, who, day(-9), day(-1))
        booking(session, who, day(21), None)
        absence(session, who, day(-9), day(-1))
        absence(session, who, day(21), day(30))
        assert free(session, who) == [[1000, 1000, 1000]]


class TestAbsences:
    def test_half_a_week_away_leaves_no_share_that_holds_all_week(self, session: Session) -> None:
        who = person(session)
        absence(session, who, day(9), day(11))
        assert free(session, who) == [[1000, 0, 1000]]

    def test_a_part_of_the_time_away_is_a_part_of_the_contract(self, session: Session) -> None:
        who = person(session, share=0.8)
        absence(session, who, day(0), day(4), 0.5)
        assert free(session, who) == [[400, 800, 800]]

    def test_what_is_finer_than_a_thousandth_counts_as_away(self, session: Session) -> None:
        who = person(session, share=0.333)
        absence(session, who, day(0), day(4), 0.5)
        assert free(session, who) == [[166, 333, 333]]

    def test_overlapping_absences_take_no_more_than_the_contract(self, session: Session) -> None:
        who = person(session, share=0.5)
        absence(session, who, day(0), day(4), 0.7)
        absence(session, who, day(0), day(4), 0.7)
        assert free(session, who) == [[0, 500, 500]]

    def test_time_away_while_booked_is_nobodys_gain(self, session: Session) -> None:
        who = person(session)
        booking(session, who, day(0), day(20), 0.5)
        absence(session, who, day(0), day(4), 0.2)
        assert free(session, who) == [[300, 500, 500]]


class TestManyPeople:
    def test_the_table_agrees_with_counting_day_by_day(self, session: Session) -> None:
        dice = random.Random(11)
        people = []
        for _ in range(25):
            days = "".join(dice.choice("1110") for _ in range(7))
            people.append(person(session, share=dice.choice([1, 0.8, 0.5]), working_days=days))
            for _ in range(dice.randrange(4)):
                start = day(dice.randrange(-20, 60))
                end = dice.choice([None, start + timedelta(days=dice.randrange(30))])
                booking(session, people[-1], start, end, dice.choice([0.2, 0.5, 0.333, 1]))
                away = day(dice.randrange(-20, 60))
                absence(session, people[-1], away, away + timedelta(days=dice.randrange(10)), dice.choice([0.5, 1]))
        session.expire_all()
        assert free(session, *people, weeks=6) == [counted(session, who, 6) for who in people]

    def test_those_who_were_not_asked_for_change_nothing(self, session: Session) -> None:
        people = [person(session, share=0.5) for _ in range(3)]
        booking(session, people[0], day(0), day(20), 0.2)
        booking(session, people[2], day(7), day(13), 0.5)
        assert free(session, people[2], people[1]) == [[500, 0, 500], [500, 500, 500]]

    def test_more_than_fit_into_one_block_come_out_alike(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people = [person(session) for _ in range(5)]
        for number, who in enumerate(people):
            booking(session, who, day(7 * number), None, 0.2 * (number + 1))
        whole = free(session, *people, weeks=5)
        monkeypatch.setattr("app.queries.availability.BLOCK", 2)
        assert free(session, *people, weeks=5) == whole

    def test_the_number_of_statements_does_not_grow(self, session: Session, engine: Engine) -> None:
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        counts = []
        for _ in range(2):
            people = [person(session) for _ in range(4)]
            booking(session, people[0], day(0))
            statements.clear()
            free(session, *people)
            counts.append(len(statements))
        assert counts == [3, 3]


class TestMonday:
    def test_every_day_of_a_week_has_the_same_monday(self) -> None:
        assert {monday_of(day(number)) for number in range(7)} == {MONDAY}
        assert monday_of(day(-1)) == day(-7)


def counted(session: Session, who: Practitioner, weeks: int) -> list[int]:
    """The definition, written out: day by day, without arrays."""
    bookings = session.query(Allocation).filter_by(practitioner_id=who.id).all()
    absences = session.query(Absence).filter_by(practitioner_id=who.id).all()
    contract = round(who.working_share * 1000)
    least = []
    for week in range(weeks):
        shares = [0 if "1" not in who.working_days else 1000]
        for number in range(week * 7, week * 7 + 7):
            if who.working_days[number % 7] == "1":
                on = day(number)
                booked = sum(round(b.share * 1000) for b in bookings if b.starts_on <= on <= (b.ends_on or on))
                away = min(1000, sum(round(a.share * 1000) for a in absences if a.starts_on <= on <= a.ends_on))
                shares.append(contract - booked - -(-contract * away // 1000))
        least.append(max(0, min(shares)))
    return least
