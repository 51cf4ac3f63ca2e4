"""`plan`: what a reading would change in the directory. Blanks never overwrite, and edits made in Muster win."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from importers.choices import Choices
from importers.existing import Existing, ExistingPerson, ExistingRating, ExistingStint
from importers.names import normal_form
from importers.people import PROFILE, name_form
from importers.plans import (
    Action,
    FieldChange,
    Plan,
    PlannedGoal,
    PlannedPerson,
    PlannedProject,
    PlannedRating,
    PlannedSkill,
    PlannedStint,
)
from importers.records import Allocation, PastProject, Person, Problem, Question, Rating, Reading, Severity
from importers.skills import Match


def plan(reading: Reading, existing: Existing, choices: Choices | None = None) -> Plan:
    """Compare a reading with the directory. Deterministic: equal arguments give an equal plan and digest.

    `choices` answers the plan's own questions: `which_person` (subject: the name; answer: an existing id as text, or
    "create"), `two_levels` (subject: "NAME: SKILL"; answer: the cell to believe), `edited_in_muster` (same subject;
    answer: "keep" or "take").
    """
    planner = _Planner(reading, existing, choices or Choices())
    planner.match_people()
    ratings = planner.ratings()
    goals = planner.goals()
    history = planner.stints(reading.history, existing.history)
    allocations = planner.stints(reading.allocations, existing.allocations)
    touched = {p.rating.person for p in ratings if p.action.writes} | {p.goal.person for p in goals if p.action.writes}
    touched |= {p.record.person for p in (*history, *allocations) if p.action.writes}
    return Plan(
        file=reading.file,
        sha256=reading.sha256,
        summary=reading.summary,
        sheets=reading.sheets,
        people=tuple(planner.person(person, touched) for person in reading.people),
        skills=planner.skills(),
        projects=planner.projects(),
        ratings=ratings,
        goals=goals,
        history=history,
        allocations=allocations,
        questions=(*reading.questions, *planner.questions),
        problems=(*reading.problems, *planner.problems),
    )


@dataclass
class _Planner:
    reading: Reading
    existing: Existing
    choices: Choices
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    matched: dict[str, ExistingPerson] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.names = {person.key: person.name or "?" for person in self.reading.people}
        self.new_skills: dict[str, str] = {}
        for mention in self.reading.skills:
            if mention.catalogue_skill is None:
                self.new_skills.setdefault(normal_form(mention.name) or mention.name, mention.name)

    # People

    def match_people(self) -> None:
        by_email = {email: person for person in self.existing.people for email in person.emails}
        by_id = {number: person for person in self.existing.people for number in person.external_ids}
        by_name: dict[str, list[ExistingPerson]] = defaultdict(list)
        for known in self.existing.people:
            by_name[name_form(known.name)].append(known)
        taken: set[int] = set()
        for person in self.reading.people:
            found = by_email.get(person.email or "") or by_id.get(person.external_id or "")
            candidates = [found] if found else self._namesakes(person, by_name)
            chosen = self._choose(person, [candidate for candidate in candidates if candidate.id not in taken])
            if person.name is None:
                self.ambiguous.add(person.key)
            elif chosen is not None:
                taken.add(chosen.id)
                self.matched[person.key] = chosen
            elif person.key not in self.ambiguous:
                self._warn_of_turned_names(person, by_name)

    def _namesakes(self, person: Person, by_name: dict[str, list[ExistingPerson]]) -> list[ExistingPerson]:
        """People of the name whose e-mail or number does not contradict."""
        return [
            known
            for known in by_name.get(name_form(person.name or ""), ())
            if not (person.email and known.emails) and not (person.external_id and known.external_ids)
        ]

    def _choose(self, person: Person, candidates: Sequence[ExistingPerson]) -> ExistingPerson | None:
        if len(candidates) <= 1:
            return candidates[0] if candidates else None
        shown = tuple(f"{known.id}: {known.name} {' '.join(known.emails)}".rstrip() for known in candidates)
        text = f'Which of the {len(candidates)} people called "{person.name}" is meant, or is it somebody new?'
        answer = self._ask("which_person", person.sheet, person.name, text, (*shown, "create"), None)
        if answer is None:
            self.ambiguous.add(person.key)
        return next((known for known in candidates if str(known.id) == answer), None)

    def _warn_of_turned_names(self, person: Person, by_name: dict[str, list[ExistingPerson]]) -> None:
        turned = " ".join(reversed(name_form(person.name or "").split()))
        for known in by_name.get(turned, ()) if turned != name_form(person.name or "") else ():
            text = (
                f'"{person.name}" is new, but Muster knows "{known.name}": the same person with the name turned round?'
            )
            remedy = "Add the e-mail address to the sheet, or merge the two people after the import."
            self.problems.append(Problem(Severity.WARNING, "similar_person", person.sheet, person.cell, text, remedy))

    def person(self, person: Person, touched: set[str]) -> PlannedPerson:
        if person.key in self.ambiguous:
            return PlannedPerson(person, None, Action.AMBIGUOUS)
        known = self.matched.get(person.key)
        if known is None:
            return PlannedPerson(person, None, Action.CREATE)
        changes = tuple(profile_changes(person, known))
        updated = person.key in touched or any(change.action.writes for change in changes)
        return PlannedPerson(person, known.id, Action.UPDATE if updated else Action.UNCHANGED, changes)

    # Skills and ratings

    def skill(self, written: str, catalogue_skill: str | None) -> str:
        return catalogue_skill or self.new_skills.get(normal_form(written) or written, written)

    def skills(self) -> tuple[PlannedSkill, ...]:
        known = set(self.existing.skills)
        return tuple(
            PlannedSkill(
                name=mention.catalogue_skill or mention.name,
                category=mention.category,
                action=Action.UNCHANGED if mention.match != Match.NEW or mention.name in known else Action.CREATE,
                sheet=mention.sheet,
                cell=mention.cell,
            )
            for mention in self.reading.skills
        )

    def ratings(self) -> tuple[PlannedRating, ...]:
        before = {(rating.person, rating.skill): rating for rating in self.existing.ratings}
        groups: dict[tuple[str, str], list[Rating]] = defaultdict(list)
        for rating in self.reading.ratings:
            groups[rating.person, self.skill(rating.skill, rating.catalogue_skill)].append(rating)
        winners = {key: self._current(key, ratings) for key, ratings in groups.items()}
        planned = []
        for rating in self.reading.ratings:
            key = rating.person, self.skill(rating.skill, rating.catalogue_skill)
            known = self.matched.get(rating.person)
            old = before.get((known.id, key[1])) if known else None
            action, reason = self._blocked(rating, winners[key]) or self._against(rating, key[1], old)
            planned.append(PlannedRating(rating, key[1], action, old.level if old else None, rating.level, reason))
        return tuple(planned)

    def _blocked(self, rating: Rating, winner: Rating | None) -> tuple[Action, str | None] | None:
        """Why a rating cannot be written whatever Muster holds."""
        if rating.person in self.ambiguous:
            return Action.AMBIGUOUS, "It is not decided who the person is."
        if rating.level is None:
            return Action.SKIPPED, "What the mark means is an open question."
        if winner is None:
            return Action.AMBIGUOUS, "The file gives several levels for one skill."
        if winner is not rating:
            return Action.SKIPPED, "The file gives the same skill again, or a later level."
        return None

    def _against(self, rating: Rating, skill: str, old: ExistingRating | None) -> tuple[Action, str | None]:
        if old is None:
            return Action.CREATE, None
        if old.level == rating.level:
            return Action.UNCHANGED, None
        if old.edited_since_import:
            return self._edited(rating, skill, old.level)
        if old.on and rating.on and rating.on < old.on:
            return Action.SKIPPED, "Muster holds a later rating."
        return Action.UPDATE, None

    def _current(self, key: tuple[str, str], ratings: list[Rating]) -> Rating | None:
        """The rating that holds among several of one skill: the latest, or any when they agree, else by answer."""
        graded = [rating for rating in ratings if rating.level is not None]
        if not graded:
            return ratings[0]
        dated = [rating for rating in graded if rating.on is not None]
        if len(dated) == len(graded):
            latest = max(rating.on for rating in dated if rating.on is not None)
            graded = [rating for rating in graded if rating.on == latest]
        if len({rating.level for rating in graded}) == 1:
            return graded[0]
        first = graded[0]
        subject = f"{self.names[key[0]]}: {key[1]}"
        cells = tuple(f"{rating.cell}: {rating.raw}" for rating in graded)
        text = f"{self.names[key[0]]} has several levels for {key[1]}: which one holds?"
        answer = self._ask("two_levels", first.sheet, subject, text, cells, graded[-1].cell)
        return next((rating for rating in graded if rating.cell == answer), None)

    def _edited(self, rating: Rating, skill: str, level: int) -> tuple[Action, str | None]:
        subject = f"{self.names[rating.person]}: {skill}"
        text = (
            f"{subject} was set to {level} in Muster since the last import; the file says {rating.level}. "
            "Keep it or take the file's?"
        )
        answer = self._ask("edited_in_muster", rating.sheet, subject, text, (str(level), str(rating.level)), "keep")
        if answer == "take":
            return Action.UPDATE, None
        if answer == "keep":
            return Action.SKIPPED, "The level set in Muster was kept."
        return Action.CONFLICT, "Edited in Muster since the last import."

    def goals(self) -> tuple[PlannedGoal, ...]:
        before = {(goal.person, goal.skill): goal for goal in self.existing.goals}
        seen: set[tuple[str, str]] = set()
        planned = []
        for goal in self.reading.goals:
            skill = self.skill(goal.skill, goal.catalogue_skill)
            known = self.matched.get(goal.person)
            old = before.get((known.id, skill)) if known else None
            action = Action.CREATE
            if goal.person in self.ambiguous:
                action = Action.AMBIGUOUS
            elif (goal.person, skill) in seen:
                action = Action.SKIPPED
            elif old is not None:
                action = Action.UNCHANGED if goal.target in {None, old.target} else Action.UPDATE
            seen.add((goal.person, skill))
            planned.append(PlannedGoal(goal, skill, action, old.target if old else None, goal.target))
        return tuple(planned)

    # Projects

    def projects(self) -> tuple[PlannedProject, ...]:
        known = {normal_form(project.name): project for project in self.existing.projects}
        planned: dict[str, PlannedProject] = {}
        records: Iterable[PastProject | Allocation] = (*self.reading.history, *self.reading.allocations)
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

    def stints(
        self, records: Sequence[Allocation | PastProject], before: Sequence[ExistingStint]
    ) -> tuple[PlannedStint, ...]:
        known: dict[tuple[int, str], list[ExistingStint]] = defaultdict(list)
        for stint in before:
            known[stint.person, normal_form(stint.project)].append(stint)
        seen: set[tuple[Any, ...]] = set()
        planned = []
        for record in records:
            identity = (record.person, normal_form(record.project), record.role, record.start, record.end)
            person = self.matched.get(record.person)
            candidates = known[person.id, normal_form(record.project)] if person else []
            if record.person in self.ambiguous:
                planned.append(PlannedStint(record, None, Action.AMBIGUOUS))
            elif identity in seen:
                planned.append(PlannedStint(record, None, Action.SKIPPED))
            else:
                planned.append(planned_stint(record, candidates))
            seen.add(identity)
        return tuple(planned)

    def _ask(
        self, code: str, sheet: str, subject: str | None, text: str, values: tuple[str, ...], proposed: str | None
    ) -> str | None:
        given = self.choices.answer(code, sheet, subject)
        answer = proposed if given is True else given if isinstance(given, str) else None
        self.questions.append(Question(code, sheet, subject, text, values, proposed, answer))
        return answer


def profile_changes(person: Person, known: ExistingPerson) -> Iterable[FieldChange]:
    """Fields the file fills differently; a spelling of the same name is no change."""
    if person.name and name_form(person.name) != name_form(known.name):
        yield field_change("name", known.name, person.name, known)
    if person.email and not known.emails:
        yield field_change("email", None, person.email, known)
    if person.external_id and not known.external_ids:
        yield field_change("external_id", None, person.external_id, known)
    for name in PROFILE:
        before, after = getattr(known, name), getattr(person, name)
        if after is not None and after != before:
            yield field_change(name, before, after, known)


def field_change(name: str, before: Any, after: Any, known: ExistingPerson) -> FieldChange:
    return FieldChange(name, before, after, Action.CONFLICT if name in known.edited_fields else Action.UPDATE)


def planned_stint(record: Allocation | PastProject, candidates: Sequence[ExistingStint]) -> PlannedStint:
    """The stint in the same role from the same day is this one; what the file leaves blank stays."""
    same = [c for c in candidates if c.start == record.start and (record.role is None or c.role == record.role)]
    if not same:
        return PlannedStint(record, None, Action.CREATE)
    old = next((candidate for candidate in same if candidate.end == record.end), same[0])
    names = ("share", "end", "status") if isinstance(record, Allocation) else ("share", "end")
    changed = [name for name in names if getattr(record, name) not in {None, getattr(old, name)}]
    before = tuple((name, getattr(old, name)) for name in changed)
    if not changed:
        return PlannedStint(record, old.id, Action.UNCHANGED)
    return PlannedStint(record, old.id, Action.CONFLICT if old.edited_since_import else Action.UPDATE, before)
