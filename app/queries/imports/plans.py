"""What an import would change in the directory as it is now: the one function behind preview and apply."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.imports.directory import existing
from app.queries.imports.sheet_words import share_of, state_of, zone_of
from importers import (
    Action,
    Allocation,
    Choices,
    Existing,
    MissingPerson,
    PastProject,
    Person,
    Plan,
    PlannedPerson,
    PlannedProject,
    PlannedSkill,
    PlannedStint,
    Problem,
    Reading,
    Severity,
    plan,
)
from importers.names import normal_form
from importers.sheets.people import name_form
from models import BatchState, ImportBatch, ImportMapping, Practitioner

Record = Person | Allocation | PastProject
Refused = tuple[str, str, str]
"""Code, what is wrong, and what to do."""


def plan_import(session: Session, reading: Reading, choices: Choices | None = None) -> Plan:
    """Every change that applying writes. What our rows cannot hold is skipped and told among the problems.

    `choices`: the reading's own unless given.
    """
    known = existing(session)
    planned = _Fitting(plan(reading, known, choices), known).plan()
    return replace(planned, missing=tuple(_missing(session, reading.shape, planned)))


def _missing(session: Session, shape: str, planned: Plan) -> Iterator[MissingPerson]:
    """The people of the last applied import of this shape who are in the directory still and in this file not."""
    if session.scalar(select(ImportMapping.id).where(ImportMapping.shape == shape)) is None:
        return
    people = session.scalar(
        select(ImportBatch.plan["people"])
        .where(ImportBatch.state == BatchState.APPLIED, ImportBatch.plan["shape"].as_string() == shape)
        .order_by(ImportBatch.id.desc())
        .limit(1)
    )
    here = {person.existing_id for person in planned.people}
    undecided = {name_form(person.person.name or "") for person in planned.people if person.action is Action.AMBIGUOUS}
    earlier = {person_id: name for name, person_id in people or () if person_id is not None}
    rows = session.execute(select(Practitioner.id, Practitioner.name).order_by(Practitioner.name, Practitioner.id))
    for person_id, name in rows if earlier else ():
        if person_id in earlier and person_id not in here and name_form(name) not in undecided:
            yield MissingPerson(person_id, name)


@dataclass
class _Fitting:
    planned: Plan
    known: Existing

    def __post_init__(self) -> None:
        self.problems: list[Problem] = []
        self.ids = {person.person.key: person.existing_id for person in self.planned.people}
        self.owners = {
            "email": {email: person for person in self.known.people for email in person.emails},
            "external_id": {number: person for person in self.known.people for number in person.external_ids},
        }
        self.parts = {(part.person, normal_form(part.project), part.role or "") for part in self.known.history}
        self.new_parts: set[tuple[str, str, str]] = set()

    def plan(self) -> Plan:
        ratings, goals = self.planned.ratings, self.planned.goals
        history = tuple(self.stint(stint, self.why_not_part(stint)) for stint in self.planned.history)
        allocations = tuple(self.stint(stint, why_not_allocation(stint)) for stint in self.planned.allocations)
        stints = (*history, *allocations)
        used = {rating.skill for rating in ratings if rating.action.writes}
        used |= {goal.skill for goal in goals if goal.action.writes}
        used |= {skill.name for skill in self.planned.skills if skill.alias is not None}
        named = {normal_form(stint.record.project) for stint in stints if stint.action.writes}
        touched = {planned.rating.person for planned in ratings if planned.action.writes}
        touched |= {planned.goal.person for planned in goals if planned.action.writes}
        touched |= {stint.record.person for stint in stints if stint.action.writes}
        held_back = {rating.skill for rating in ratings} | {goal.skill for goal in goals}
        if not any(question.code == "rows_without_person" and question.answer for question in self.planned.questions):
            held_back |= {skill.name for skill in self.planned.skills}
        return replace(
            self.planned,
            people=tuple(self.person(person, person.person.key in touched) for person in self.planned.people),
            skills=tuple(
                unless_idle(skill, skill.name in used or skill.name not in held_back) for skill in self.planned.skills
            ),
            projects=tuple(unless_idle(p, normal_form(p.name) in named) for p in self.planned.projects),
            history=history,
            allocations=allocations,
            problems=(*self.planned.problems, *self.problems),
        )

    def stint(self, planned: PlannedStint, refused: Refused | None) -> PlannedStint:
        if not planned.action.writes or refused is None:
            return planned
        self.tell(planned.record, refused)
        return replace(planned, action=Action.SKIPPED, reason=refused[1])

    def why_not_part(self, planned: PlannedStint) -> Refused | None:
        """A person has one part a project and role."""
        record = planned.record
        if (period := why_not_period(record)) is not None:
            return period
        if record.share is not None and share_of(record.share) is None:
            return share_outside(record.share)
        if planned.action is not Action.CREATE:
            return None
        project, role = normal_form(record.project), record.role or ""
        if (self.ids[record.person], project, role) in self.parts or (record.person, project, role) in self.new_parts:
            what = f'"{record.project}" has a second period in the same role, and Muster keeps one part a role.'
            return "second_period", what, "Write both periods as one, or give the second part a role of its own."
        self.new_parts.add((record.person, project, role))
        return None

    def person(self, planned: PlannedPerson, touched: bool) -> PlannedPerson:
        person = planned.person
        writes = planned.action is Action.CREATE or any(change.action.writes for change in planned.changes)
        if writes and person.time_zone is not None and zone_of(person.time_zone) is None:
            what = f'"{person.time_zone}" is no time zone that Muster knows, so it was left out.'
            self.tell(person, ("time_zone_unknown", what, "Write it like Europe/Berlin or UTC+1."))
            planned = without(planned, "time_zone")
        if writes and person.working_share is not None and share_of(person.working_share) is None:
            self.tell(person, share_outside(person.working_share))
            planned = without(planned, "working_share")
        for field, owners in self.owners.items() if writes else ():
            owner = owners.get(getattr(person, field) or "")
            if owner is not None and owner.id != planned.existing_id:
                what = f'"{getattr(person, field)}" is {owner.name}\'s in Muster, so {person.name} is taken without it.'
                self.tell(person, (f"{field}_taken", what, "Correct it in the sheet, or in Muster."))
                planned = without(planned, field)
        if planned.action is Action.UPDATE and not touched and not any(c.action.writes for c in planned.changes):
            return replace(planned, action=Action.UNCHANGED)
        return planned

    def tell(self, record: Record, refused: Refused) -> None:
        code, what, remedy = refused
        self.problems.append(Problem(Severity.ERROR, code, record.sheet, record.cell, what, remedy))


def without(planned: PlannedPerson, field: str) -> PlannedPerson:
    return replace(
        planned,
        person=replace(planned.person, **{field: None}),  # type: ignore[arg-type]  # every profile field may be None
        changes=tuple(change for change in planned.changes if change.field != field),
    )


def why_not_allocation(planned: PlannedStint) -> Refused | None:
    record = planned.record
    assert isinstance(record, Allocation)
    project = record.project
    if (period := why_not_period(record)) is not None:
        return period
    if planned.action is Action.CREATE and record.start is None:
        return "no_first_day", f'The allocation to "{project}" has no first day.', "Write the day it starts."
    if planned.action is Action.CREATE and record.share is None:
        return "no_share", f'The allocation to "{project}" has no share of time.', "Write a share such as 50 %."
    if record.share is not None and share_of(record.share) is None:
        return share_outside(record.share)
    if state_of(record.status) is None:
        known = "proposed, held, confirmed, declined, released or completed"
        return "state_unknown", f'"{record.status}" is no state of an allocation that Muster knows.', f"Write {known}."
    return None


def why_not_period(record: Allocation | PastProject) -> Refused | None:
    if record.start is None or record.end is None or record.start <= record.end:
        return None
    return "ends_before_start", f'The part in "{record.project}" ends before it starts.', "Correct one of the two days."


def share_outside(share: float) -> Refused:
    return "share_range", f"{share:.0%} is no share of a person's time.", "Write more than 0 % and at most 100 %."


Named = TypeVar("Named", PlannedSkill, PlannedProject)


def unless_idle(planned: Named, named: bool) -> Named:
    """A skill or project is made only when something that is written names it."""
    return replace(planned, action=Action.SKIPPED) if planned.action is Action.CREATE and not named else planned
