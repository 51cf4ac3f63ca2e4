"""The ratings and learning goals of an import. No level is lost: each stands in the history of its rating."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import insert, literal, select

from app.services.imports.values import Journal
from importers import Action, Plan, PlannedGoal, PlannedRating
from importers.names import normal_form
from models import LearningGoal, Rating, RatingChange, RatingSource

TOP = 5
PROFICIENT = 3

AT_ONCE = 20_000
"""New ratings that stand in memory as rows; a large sheet has millions."""
Pair = tuple[int, int]
"""Practitioner id, skill id."""
Levels = Callable[[Pair], int | None]
Written = dict[int, dict[int, PlannedRating]]
"""By practitioner id and skill id: millions of pairs would take four times as much."""
Change = tuple[Pair, PlannedRating]


class Stored(NamedTuple):
    """A rating as it stands before the import."""

    id: int
    level: int
    source: RatingSource
    rated_on: date | None
    last_used: date | None
    verified_by_id: int | None
    verified_at: datetime | None


def write_ratings(journal: Journal, plan: Plan, people: Mapping[str, int], skills: Mapping[str, int]) -> Levels:
    """The levels that hold afterwards."""
    ids = {name: skills.get(normal_form(name)) for name in {planned.skill for planned in plan.ratings}}
    stored = _stored(journal)
    written: Written = defaultdict(dict)
    for planned in plan.ratings:
        if planned.action.writes:
            skill = ids[planned.skill]
            assert skill is not None, "the plan makes every skill that it rates"
            written[people[planned.rating.person]][skill] = planned
    _write_steps(journal, written, stored, _earlier(plan.ratings))
    new = _with(written, Action.CREATE)
    while part := list(islice(new, AT_ONCE)):
        _create(journal, part)
    _change(journal, list(_with(written, Action.UPDATE)), stored)

    def level(pair: Pair) -> int | None:
        planned, old = written.get(pair[0], {}).get(pair[1]), stored.get(pair)
        return planned.after if planned and planned.after is not None else old.level if old else None

    return level


def _with(written: Written, action: Action) -> Iterator[Change]:
    return (
        ((person, skill), planned)
        for person, skills in written.items()
        for skill, planned in skills.items()
        if planned.action is action
    )


def _create(journal: Journal, new: Sequence[Change]) -> None:
    rows = [
        {"practitioner_id": person, "skill_id": skill, "source": RatingSource.IMPORT, **_values(planned)}
        for (person, skill), planned in new
    ]
    ids = journal.insert(Rating, rows)
    alike: dict[tuple[Any, ...], dict[str, Any]] = {}
    for (_, planned), row, row_id in zip(new, rows, ids, strict=True):
        level = row["level"], row["rated_on"], row["last_used"]
        after = alike.setdefault(level, dict(zip(("level", "rated_on", "last_used"), level, strict=True)))
        journal.created(Rating, row_id, after, planned.rating, planned.rating.raw)
    same = (RatingChange.practitioner_id, RatingChange.skill_id, RatingChange.level, RatingChange.rated_on)
    told = (RatingChange.source, RatingChange.recorded_at, RatingChange.recorded_by_id, RatingChange.import_batch_id)
    values = (RatingSource.IMPORT, journal.now, journal.actor.account_id, journal.batch.id)
    copied = select(
        *(getattr(Rating, column.key) for column in same),
        *(literal(value, column.type) for value, column in zip(values, told, strict=True)),
    ).where(Rating.id >= ids[0])
    names = [column.key for column in (*same, *told)]
    journal.session.execute(insert(RatingChange).from_select(names, copied.order_by(Rating.id)))


def _change(journal: Journal, changed: Sequence[Change], stored: Mapping[Pair, Stored]) -> None:
    changes: dict[int, dict[str, Any]] = {}
    for pair, planned in changed:
        old = stored[pair]
        # A confirmation was of the level that stood there, so it ends with it.
        after = {"source": RatingSource.IMPORT, "verified_by_id": None, "verified_at": None, **_values(planned)}
        after["last_used"] = after["last_used"] or old.last_used
        changes[old.id] = after
        before = {name: value for name, value in old._asdict().items() if name != "id"}
        journal.changed(Rating, old.id, "level", before, after, planned.rating, planned.rating.raw)
    journal.update(Rating, changes)
    journal.add(RatingChange, [_step(journal, pair, p.rating.on, p.after) for pair, p in changed])


def _stored(journal: Journal) -> dict[Pair, Stored]:
    columns = (
        Rating.level,
        Rating.source,
        Rating.rated_on,
        Rating.last_used,
        Rating.verified_by_id,
        Rating.verified_at,
    )
    rows = journal.session.execute(select(Rating.id, *columns, Rating.practitioner_id, Rating.skill_id))
    return {(row.practitioner_id, row.skill_id): Stored(*row[:7]) for row in rows}


def _values(planned: PlannedRating) -> dict[str, Any]:
    rating = planned.rating
    return {"level": planned.after, "rated_on": rating.on, "last_used": rating.last_used}


def _earlier(ratings: Iterable[PlannedRating]) -> dict[tuple[str, str], list[PlannedRating]]:
    """Dated levels that a later one in the same file overtook, by person and skill."""
    found: dict[tuple[str, str], list[PlannedRating]] = defaultdict(list)
    for planned in ratings:
        if planned.action is Action.SKIPPED and planned.rating.on is not None and planned.after is not None:
            found[planned.rating.person, planned.skill].append(planned)
    return found


def _write_steps(
    journal: Journal,
    written: Written,
    stored: Mapping[Pair, Stored],
    earlier: Mapping[tuple[str, str], list[PlannedRating]],
) -> None:
    """Those dated levels of the file that lie between what was stored and what is written now."""
    rows = []
    changes = (change for action in (Action.CREATE, Action.UPDATE) for change in _with(written, action))
    for pair, planned in changes if earlier else ():
        last = stored[pair].rated_on if pair in stored else date.min
        current = planned.rating.on
        steps = {
            step.rating.on: step.after
            for step in earlier.get((planned.rating.person, planned.skill), ())
            if last and current and step.rating.on and last < step.rating.on < current
        }
        rows += [_step(journal, pair, on, level) for on, level in sorted(steps.items())]
    journal.add(RatingChange, rows)


def _step(journal: Journal, pair: tuple[int, int], on: date | None, level: int | None) -> dict[str, Any]:
    return {
        "practitioner_id": pair[0],
        "skill_id": pair[1],
        "level": level,
        "source": RatingSource.IMPORT,
        "rated_on": on,
        "recorded_at": journal.now,
        "recorded_by_id": journal.actor.account_id,
        "import_batch_id": journal.batch.id,
    }


def write_goals(
    journal: Journal,
    goals: Iterable[PlannedGoal],
    people: Mapping[str, int],
    skills: Mapping[str, int],
    levels: Levels,
) -> None:
    """A goal without a target aims one level above what the person has, and at proficient at least."""
    new: dict[tuple[int, int], PlannedGoal] = {}
    changed: list[tuple[tuple[int, int], PlannedGoal]] = []
    for goal in goals:
        if goal.action.writes:
            pair = people[goal.goal.person], skills[normal_form(goal.skill)]
            if goal.action is Action.CREATE:
                new.setdefault(pair, goal)
            else:
                changed.append((pair, goal))
    rows = [
        {"practitioner_id": pair[0], "skill_id": pair[1], "target_level": goal.after or _usual_target(levels(pair))}
        for pair, goal in new.items()
    ]
    for goal, row, row_id in zip(new.values(), rows, journal.insert(LearningGoal, rows), strict=True):
        # Whose it was must be known when the row is gone: a goal that somebody took out does not come back by itself.
        after = {"practitioner_id": row["practitioner_id"], "skill": goal.skill, "target_level": row["target_level"]}
        journal.created(LearningGoal, row_id, after, goal.goal, goal.goal.raw)
    if not changed:
        return
    stored = {
        (goal.practitioner_id, goal.skill_id): goal.id
        for goal in journal.session.execute(
            select(LearningGoal.id, LearningGoal.practitioner_id, LearningGoal.skill_id)
        )
    }
    journal.update(LearningGoal, {stored[pair]: {"target_level": goal.after} for pair, goal in changed})
    for pair, goal in changed:
        place, raw = goal.goal, goal.goal.raw
        journal.changed(LearningGoal, stored[pair], "target_level", goal.before, goal.after, place, raw)


def _usual_target(level: int | None) -> int:
    return min(max(PROFICIENT, (level or 0) + 1), TOP)
