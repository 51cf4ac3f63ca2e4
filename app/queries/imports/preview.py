"""The preview of an import as it is kept: what the file is about, and one line a change in the order of its people."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

from app.errors import Conflict, DomainError
from importers import Action, PastProject, Plan, PlannedGoal, PlannedPerson, PlannedRating, PlannedStint, Reading
from importers.wire import to_wire

NEW = "new"
"""The match of a skill that the catalogue does not have."""

REASONS = {
    Action.AMBIGUOUS: "It is not decided who the person is.",
    Action.CONFLICT: "Edited in Muster since the last import.",
    Action.SKIPPED: "Left out: see the problems and questions.",
}


MOVES_KEPT = 100


class Line(NamedTuple):
    """`person` is a position among the preview's people, None for skills and projects. `kind`: person, field, rating,
    goal, history, allocation, skill or project; `action` as in the plan."""

    kind: str
    action: str
    person: int | None
    subject: str
    before: str | float | None
    after: str | float | None
    sheet: str
    cell: str
    raw: str | None
    reason: str | None

    @property
    def place(self) -> tuple[str, int | None, str, str, str]:
        return self.kind, self.person, self.subject, self.sheet, self.cell


class Moved(Conflict):
    """The directory changed since the preview. `lines`: what was shown, and what holds now; None for no such line.

    `people`: the names behind the lines' positions.
    """

    def __init__(
        self, lines: Sequence[tuple[Line | None, Line | None]], people: Sequence[str | None], count: int | None = None
    ) -> None:
        self.lines = tuple(lines)
        self.people = tuple(people)
        self.count = len(self.lines) if count is None else count
        changes = "1 change is" if self.count == 1 else f"{self.count} changes are"
        super().__init__(
            f"The directory has moved since you saw the preview: {changes} no longer the same. Nothing was applied. "
            "Look at the new preview."
        )
        self.details = {"moved": self.lines[:MOVES_KEPT], "people": self.people, "count": self.count}

    @classmethod
    def of(cls, failure: DomainError | None) -> Self | None:
        """What the details of a job's failure tell; None when it failed for another reason."""
        details = failure and failure.details
        if not details or "moved" not in details:
            return None
        lines = [(before and Line(*before), now and Line(*now)) for before, now in details["moved"]]
        return cls(lines, details["people"], details["count"])


def preview_document(reading: Reading, plan: Plan) -> dict[str, Any]:
    """As JSON, without the lines: names of people with their row ids, which are null until they are created; and of the
    skills those that a person may decide about."""
    return {
        "summary": plan.summary,
        "shape": reading.shape,
        "kind": reading.kind,
        "sheets": to_wire(plan.sheets),
        "questions": to_wire(plan.questions),
        "problems": to_wire(plan.problems),
        "new_skills": [to_wire(mention) for mention in reading.skills if mention.match == NEW or mention.choice],
        "missing": to_wire(plan.missing),
        "remembered": plan.remembered,
        "people": [[person.person.name, person.existing_id] for person in plan.people],
    }


def moves(shown: Iterable[Line], now: Iterable[Line]) -> list[tuple[Line | None, Line | None]]:
    before = {line.place: line for line in shown}
    after = {line.place: line for line in now}
    places = dict.fromkeys((*before, *after))
    return [(before.get(p), after.get(p)) for p in places if before.get(p) != after.get(p)]


def preview_lines(plan: Plan) -> Iterator[Line]:
    """Made one by one: a large file has more lines than should stand in memory at once."""
    position = {planned.person.key: n for n, planned in enumerate(plan.people)}
    records: dict[str, list[PlannedRating | PlannedGoal | PlannedStint]] = {key: [] for key in position}
    for rating in plan.ratings:
        records[rating.rating.person].append(rating)
    for goal in plan.goals:
        records[goal.goal.person].append(goal)
    for stint in (*plan.history, *plan.allocations):
        records[stint.record.person].append(stint)
    for n, person in enumerate(plan.people):
        yield from _of_person(n, person)
        for record in records[person.person.key]:
            yield LINE_OF[type(record)](n, record)
    yield from _shared(plan)


def _shared(plan: Plan) -> Iterator[Line]:
    for skill in plan.skills:
        if skill.action.writes:
            after = f"also written {skill.alias}" if skill.alias is not None else skill.category or ""
            yield Line("skill", skill.action, None, skill.name, None, after, skill.sheet, skill.cell, skill.alias, None)
    for project in plan.projects:
        if project.action is Action.CREATE:
            after = project.client or ""
            yield Line(
                "project", project.action, None, project.name, None, after, project.sheet, project.cell, None, None
            )


def _of_person(position: int, planned: PlannedPerson) -> Iterator[Line]:
    person = planned.person
    if planned.action in {Action.CREATE, Action.AMBIGUOUS}:
        name, reason = person.name or "?", REASONS.get(planned.action)
        after = ", ".join(filter(None, (person.title, person.unit, person.office)))
        yield Line(
            "person", planned.action, position, name, None, after, person.sheet, person.cell, person.name, reason
        )
    for change in planned.changes:
        yield Line(
            "field",
            change.action,
            position,
            change.field.replace("_", " "),
            change.before,
            change.after,
            person.sheet,
            person.cell,
            None,
            change.reason,
        )


def _of_rating(position: int, planned: PlannedRating) -> Line:
    rating = planned.rating
    return Line(
        "rating",
        planned.action,
        position,
        planned.skill,
        planned.before,
        planned.after,
        rating.sheet,
        rating.cell,
        None if rating.raw is None else str(rating.raw),
        planned.reason,
    )


def _of_goal(position: int, planned: PlannedGoal) -> Line:
    goal = planned.goal
    return Line(
        "goal",
        planned.action,
        position,
        planned.skill,
        planned.before,
        planned.after,
        goal.sheet,
        goal.cell,
        None if goal.raw is None else str(goal.raw),
        planned.reason or REASONS.get(planned.action),
    )


def _of_stint(position: int, planned: PlannedStint) -> Line:
    record, before = planned.record, dict(planned.before)
    subject = f"{record.project}, {record.role}" if record.role else record.project
    return Line(
        "history" if isinstance(record, PastProject) else "allocation",
        planned.action,
        position,
        subject,
        stint_text(before) or None,
        stint_text({name: getattr(record, name, None) for name in before or ("share", "start", "end", "status")}),
        record.sheet,
        record.cell,
        None,
        planned.reason or REASONS.get(planned.action),
    )


LINE_OF: Mapping[type, Callable[[int, Any], Line]] = {
    PlannedRating: _of_rating,
    PlannedGoal: _of_goal,
    PlannedStint: _of_stint,
}


def stint_text(values: Mapping[str, Any]) -> str:
    """50%, 2026-01-05 to 2026-06-30, confirmed: those of the four that are given."""
    share, start, end = values.get("share"), values.get("start"), values.get("end")
    parts = (
        None if share is None else f"{share:.0%}",
        f"{start} to {end}" if start and end else f"from {start}" if start else f"to {end}" if end else None,
        values.get("status"),
    )
    return ", ".join(part for part in parts if part)
