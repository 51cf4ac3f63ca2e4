"""People's parts in projects, past and present, against those the directory holds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from importers.names import normal_form
from importers.plans.asking import Asker
from importers.plans.existing import Existing, ExistingStint
from importers.plans.identities import Identities
from importers.plans.plans import Action, PlannedProject, PlannedStint
from importers.records import Allocation, PastProject

Part = Allocation | PastProject


def planned_projects(existing: Existing, records: Sequence[Part]) -> tuple[PlannedProject, ...]:
    known = {normal_form(project.name): project for project in existing.projects}
    planned: dict[str, PlannedProject] = {}
    for record in records:
        key = normal_form(record.project) or record.project
        past = isinstance(record, PastProject)
        if key in planned:
            planned[key] = replace(planned[key], past=planned[key].past and past)
            continue
        old = known.get(key)
        planned[key] = PlannedProject(
            name=old.name if old else record.project,
            client=record.client,
            existing_id=old.id if old else None,
            action=Action.UNCHANGED if old else Action.CREATE,
            past=past,
            domain=record.domain if isinstance(record, PastProject) else None,
            outcome=record.outcome if isinstance(record, PastProject) else None,
            score=record.score if isinstance(record, PastProject) else None,
            technologies=record.technologies if isinstance(record, PastProject) else (),
            sheet=record.sheet,
            cell=record.cell,
        )
    return tuple(planned.values())


@dataclass
class Stints:
    """Plans the parts of one kind. `names`: people's names by the file's keys."""

    existing: Existing
    identities: Identities
    asker: Asker
    names: Mapping[str, str]

    def plan(self, records: Sequence[Part], before: Sequence[ExistingStint]) -> tuple[PlannedStint, ...]:
        known: dict[tuple[int, str], list[ExistingStint]] = defaultdict(list)
        for stint in before:
            known[stint.person, normal_form(stint.project)].append(stint)
        seen: set[tuple[Any, ...]] = set()
        planned = []
        for record in records:
            project = normal_form(record.project)
            identity = (record.person, project, record.role, record.start, record.end)
            person = self.identities.matched.get(record.person)
            if record.person in self.identities.ambiguous:
                planned.append(PlannedStint(record, None, Action.AMBIGUOUS))
            elif identity in seen:
                planned.append(PlannedStint(record, None, Action.SKIPPED, reason="The file gives this part again."))
            else:
                candidates = known[person.id, project] if person else []
                planned.append(self._against(record, candidates, person.id if person else None))
            seen.add(identity)
        return tuple(planned)

    def _against(self, record: Part, candidates: Sequence[ExistingStint], person: int | None) -> PlannedStint:
        """The stint in the same role from the same day is this one; what the file leaves blank stays."""
        same = [c for c in candidates if c.start == record.start and (record.role is None or c.role == record.role)]
        if not same:
            return self._new(record, person)
        old = next((candidate for candidate in same if candidate.end == record.end), same[0])
        names = ("share", "end", "status") if isinstance(record, Allocation) else ("share", "end")
        changed = [name for name in names if getattr(record, name) not in {None, getattr(old, name)}]
        before = tuple((name, getattr(old, name)) for name in changed)
        if not changed:
            return PlannedStint(record, old.id, Action.UNCHANGED)
        if not old.edited_since_import:
            return PlannedStint(record, old.id, Action.UPDATE, before)
        values = told(dict(before)), told({name: getattr(record, name) for name in changed})
        action, reason = self.asker.keep_or_take(record.sheet, self._subject(record), f"was set to {values[0]}", values)
        return PlannedStint(record, old.id, action, before, reason)

    def _new(self, record: Part, person: int | None) -> PlannedStint:
        key = (person, normal_form(record.project), record.role or "")
        if key not in self.existing.withdrawn_stints:
            return PlannedStint(record, None, Action.CREATE)
        says = told({name: getattr(record, name) for name in ("share", "start", "end")}) or "it is there"
        action, reason = self.asker.keep_or_take(
            record.sheet, self._subject(record), "was taken out", ("taken out", says), Action.CREATE
        )
        return PlannedStint(record, None, action, reason=reason)

    def _subject(self, record: Part) -> str:
        what = f"{record.project}, {record.role}" if record.role else record.project
        return f"{self.names[record.person]}: {what}"


def told(values: Mapping[str, Any]) -> str:
    """share 50%, end 2026-06-30, status confirmed."""
    return ", ".join(
        f"{name} {f'{value:.0%}' if name == 'share' else value}" if value is not None else f"no {name}"
        for name, value in values.items()
    )
