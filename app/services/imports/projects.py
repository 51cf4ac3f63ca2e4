"""The projects of an import, with people's parts in them: past ones as history, present ones as allocations."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.queries.imports.sheet_words import share_of, short_text, state_of, success_of
from app.services.imports.values import Journal
from importers import Action, Allocation, PastProject, Plan, PlannedProject, PlannedStint
from importers.names import normal_form
from models import Allocation as AllocationRow
from models import AllocationChange, Engagement, Project, ProjectState

COLUMN_OF = {"start": "starts_on", "end": "ends_on"}


def write_projects(journal: Journal, plan: Plan, people: Mapping[str, int]) -> None:
    history = [stint for stint in plan.history if stint.action.writes]
    allocations = [stint for stint in plan.allocations if stint.action.writes]
    if not history and not allocations:
        return
    stints: dict[str, list[PlannedStint]] = defaultdict(list)
    for stint in (*history, *allocations):
        stints[normal_form(stint.record.project)].append(stint)
    _create_projects(journal, [p for p in plan.projects if p.action is Action.CREATE], stints)
    projects = {
        row.name_key: row for row in journal.session.execute(select(Project.id, Project.name_key, Project.success))
    }
    ids = {key: row.id for key, row in projects.items()}
    _write_parts(journal, history, people, ids, {key: row.success for key, row in projects.items()})
    _write_allocations(journal, allocations, people, ids)


def _create_projects(
    journal: Journal, planned: Sequence[PlannedProject], stints: Mapping[str, Sequence[PlannedStint]]
) -> None:
    today = journal.now.date()
    rows: list[dict[str, Any]] = []
    for project in planned:
        records = [stint.record for stint in stints[normal_form(project.name)]]
        starts_on = min((record.start for record in records if record.start), default=None)
        ends = [record.end for record in records]
        ends_on = max((end for end in ends if end), default=None) if None not in ends or project.past else None
        rows.append(
            {
                "name": short_text(project.name),
                "name_key": normal_form(project.name),
                "client": short_text(project.client),
                "domain": short_text(project.domain),
                "state": _state(project, starts_on, ends_on, today),
                "starts_on": starts_on,
                "ends_on": ends_on if ends_on and (starts_on is None or starts_on <= ends_on) else None,
                "success": success_of(project.outcome, project.score),
            }
        )
    for project, row, row_id in zip(planned, rows, journal.insert(Project, rows), strict=True):
        journal.created(Project, row_id, row, project, project.name)


def _state(project: PlannedProject, starts_on: date | None, ends_on: date | None, today: date) -> ProjectState:
    if project.past or (ends_on and ends_on < today):
        return ProjectState.FINISHED
    return ProjectState.PLANNED if starts_on and starts_on > today else ProjectState.ACTIVE


def _write_parts(
    journal: Journal,
    stints: Iterable[PlannedStint],
    people: Mapping[str, int],
    projects: Mapping[str, int],
    successes: Mapping[str, Decimal | None],
) -> None:
    new, rows = [], []
    for stint in stints:
        record = stint.record
        if stint.action is Action.CREATE and isinstance(record, PastProject):
            key = normal_form(record.project)
            success = success_of(record.outcome, record.score)
            new.append(record)
            rows.append(
                {
                    "practitioner_id": people[record.person],
                    "project_id": projects[key],
                    "role_name": short_text(record.role) or "",
                    "starts_on": record.start,
                    "ends_on": record.end,
                    "share": share_of(record.share),
                    # Kept apart only where this part went otherwise than the project as a whole.
                    "success": None if success == successes[key] else success,
                    "technologies": ", ".join(record.technologies) or None,
                }
            )
    for record, row_id in zip(new, journal.insert(Engagement, rows), strict=True):
        journal.created(Engagement, row_id, _told(record, people[record.person]), record, record.project)
    _update(journal, Engagement, stints)


def _write_allocations(
    journal: Journal, stints: Sequence[PlannedStint], people: Mapping[str, int], projects: Mapping[str, int]
) -> None:
    new, rows = [], []
    for stint in stints:
        record = stint.record
        if stint.action is Action.CREATE and isinstance(record, Allocation):
            new.append(record)
            rows.append(
                {
                    "practitioner_id": people[record.person],
                    "project_id": projects[normal_form(record.project)],
                    "role_name": short_text(record.role),
                    "share": share_of(record.share),
                    "starts_on": record.start,
                    "ends_on": record.end,
                    "state": state_of(record.status),
                }
            )
    steps = []
    for record, row, row_id in zip(new, rows, journal.insert(AllocationRow, rows), strict=True):
        after = _told(record, people[record.person]) | {"status": record.status}
        journal.created(AllocationRow, row_id, after, record, record.project)
        steps.append((row_id, row["state"]))
    _update(journal, AllocationRow, stints)
    steps += [
        (stint.existing_id, state_of(stint.record.status))
        for stint in stints
        if stint.existing_id is not None and "status" in dict(stint.before) and isinstance(stint.record, Allocation)
    ]
    journal.add(
        AllocationChange,
        [
            {
                "allocation_id": row_id,
                "state": state,
                "changed_at": journal.now,
                "changed_by_id": journal.actor.account_id,
                "reason": f"Import of {journal.batch.filename}",
            }
            for row_id, state in steps
        ],
    )


def _told(record: Allocation | PastProject, person: int) -> dict[str, Any]:
    return {
        "practitioner_id": person,
        "project": record.project,
        "role": record.role,
        "share": record.share,
        "starts_on": record.start,
        "ends_on": record.end,
    }


def _update(journal: Journal, kind: type[Engagement] | type[AllocationRow], stints: Iterable[PlannedStint]) -> None:
    changes: dict[int, dict[str, Any]] = {}
    for stint in stints:
        if stint.action is not Action.UPDATE or stint.existing_id is None:
            continue
        record, row = stint.record, changes.setdefault(stint.existing_id, {})
        for name, before in stint.before:
            after = getattr(record, name)
            if name == "share":
                row["share"] = share_of(after)
            elif name == "status":
                row["state"] = state_of(after)
            else:
                row[COLUMN_OF[name]] = after
            journal.changed(kind, stint.existing_id, COLUMN_OF.get(name, name), before, after, record, after)
    journal.update(kind, changes)
