"""`plan`: what a reading would change in the directory. Blanks never overwrite, and edits made in Muster win."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from importers.choices import Choices, SkillAction, SkillChoice
from importers.plans.asking import Asker
from importers.plans.existing import Existing, ExistingGoal, ExistingPerson, ExistingRating
from importers.plans.identities import Identities
from importers.plans.plans import (
    Action,
    FieldChange,
    Plan,
    PlannedGoal,
    PlannedPerson,
    PlannedRating,
    PlannedSkill,
)
from importers.plans.stints import Stints, planned_projects
from importers.records import Goal, Person, Rating, Reading, SkillMention
from importers.sheets.people import PROFILE, name_form
from importers.skills.catalogue import Match
from importers.skills.mentions import form_of

LEFT_OUT = "It was decided to leave this skill out."


def plan(reading: Reading, existing: Existing, choices: Choices | None = None) -> Plan:
    """Compare a reading with the directory. Deterministic: equal arguments give an equal plan and digest.

    `choices`, those of the reading unless given, answer the plan's own questions: `which_person` (subject: the name;
    answer: an existing id as text, or "create"), `two_levels` (subject: "NAME: SKILL"; answer: the cell to believe),
    `edited_in_muster` (subject: "NAME: WHAT"; answer: "keep" or "take").
    """
    asker = Asker(reading.choices if choices is None else choices)
    identities = Identities(existing.people, asker)
    identities.match(reading.people)
    planner = _Planner(reading, existing, asker, identities)
    ratings = planner.ratings()
    goals = planner.goals()
    stints = Stints(existing, identities, asker, planner.names)
    history = stints.plan(reading.history, existing.history)
    allocations = stints.plan(reading.allocations, existing.allocations)
    touched = {p.rating.person for p in ratings if p.action.writes} | {p.goal.person for p in goals if p.action.writes}
    touched |= {p.record.person for p in (*history, *allocations) if p.action.writes}
    return Plan(
        file=reading.file,
        sha256=reading.sha256,
        summary=reading.summary,
        sheets=reading.sheets,
        people=tuple(planner.person(person, touched) for person in reading.people),
        skills=tuple(planner.skills.planned()),
        projects=planned_projects(existing, (*reading.history, *reading.allocations)),
        ratings=ratings,
        goals=goals,
        history=history,
        allocations=allocations,
        questions=(*reading.questions, *asker.questions),
        problems=(*reading.problems, *identities.problems),
        remembered=reading.remembered,
    )


class _Skills:
    """Which skills the names of a file stand for, by the catalogue and by what was decided."""

    def __init__(self, mentions: Iterable[SkillMention], known: Iterable[str]) -> None:
        self.mentions = tuple(mentions)
        self.known = frozenset(known)
        self.new: dict[str, str] = {}
        self.choices: dict[str, SkillChoice] = {}
        for mention in self.mentions:
            if mention.catalogue_skill is None:
                self.new.setdefault(form_of(mention.name), mention.name)
            if mention.choice is not None:
                self.choices[form_of(mention.name)] = mention.choice
        self._targets: dict[tuple[str, str | None], tuple[str, ...]] = {}

    def of(self, written: str, catalogue_skill: str | None) -> tuple[str, ...]:
        """The skills that a name in the file means; none when it is left out."""
        key = written, catalogue_skill
        if key not in self._targets:
            choice = self.choices.get(form_of(written))
            if choice is None or choice.action is SkillAction.CREATE:
                self._targets[key] = (catalogue_skill or self.new.get(form_of(written), written),)
            else:
                self._targets[key] = choice.into
        return self._targets[key]

    def planned(self) -> Iterator[PlannedSkill]:
        """A line for each name of the file, and for each new skill that a name is split into."""
        made = {mention.catalogue_skill or mention.name for mention in self.mentions}
        for mention in self.mentions:
            place = mention.category, mention.sheet, mention.cell
            choice = mention.choice or SkillChoice(SkillAction.CREATE)
            if choice.action is SkillAction.MERGE:
                yield planned_skill(choice.into[0], Action.UPDATE, place, alias=mention.name)
            elif choice.action in {SkillAction.IGNORE, SkillAction.SPLIT}:
                yield planned_skill(mention.name, Action.SKIPPED, place)
            else:
                known = mention.match != Match.NEW or mention.name in self.known
                action = Action.UNCHANGED if known else Action.CREATE
                yield planned_skill(mention.catalogue_skill or mention.name, action, place)
            for part in choice.into if choice.action is SkillAction.SPLIT else ():
                if part not in made:
                    made.add(part)
                    yield planned_skill(part, Action.UNCHANGED if part in self.known else Action.CREATE, place)


def planned_skill(
    name: str, action: Action, place: tuple[str | None, str, str], alias: str | None = None
) -> PlannedSkill:
    category, sheet, cell = place
    return PlannedSkill(name, category, action, sheet, cell, alias)


@dataclass
class _Planner:
    reading: Reading
    existing: Existing
    asker: Asker
    identities: Identities

    def __post_init__(self) -> None:
        self.names: Mapping[str, str] = {person.key: person.name or "?" for person in self.reading.people}
        self.skills = _Skills(self.reading.skills, self.existing.skills)

    def person(self, person: Person, touched: set[str]) -> PlannedPerson:
        if person.key in self.identities.ambiguous:
            return PlannedPerson(person, None, Action.AMBIGUOUS)
        known = self.identities.matched.get(person.key)
        if known is None:
            return PlannedPerson(person, None, Action.CREATE)
        changes = tuple(self._field(change, person, known) for change in profile_changes(person, known))
        updated = person.key in touched or any(change.action.writes for change in changes)
        return PlannedPerson(person, known.id, Action.UPDATE if updated else Action.UNCHANGED, changes)

    def _field(self, change: FieldChange, person: Person, known: ExistingPerson) -> FieldChange:
        if change.field not in known.edited_fields:
            return change
        values = said(change.before), said(change.after)
        subject = f"{self.names[person.key]}: {change.field.replace('_', ' ')}"
        action, reason = self.asker.keep_or_take(person.sheet, subject, f"was set to {values[0]}", values)
        return FieldChange(change.field, change.before, change.after, action, reason)

    def ratings(self) -> tuple[PlannedRating, ...]:
        before = {(rating.person, rating.skill): rating for rating in self.existing.ratings}
        several = self._several()
        winners = {key: self._current(key, ratings) for key, ratings in several.items()}
        planned = []
        for rating in self.reading.ratings:
            known = self.identities.matched.get(rating.person)
            skills = self.skills.of(rating.skill, rating.catalogue_skill)
            for skill in skills:
                old = before.get((known.id, skill)) if known else None
                winner = winners.get((rating.person, skill), rating) if winners else rating
                action, reason = self._blocked(rating, winner) or self._against(rating, skill, old, known)
                planned.append(PlannedRating(rating, skill, action, old.level if old else None, rating.level, reason))
            if not skills:
                name = rating.catalogue_skill or rating.skill
                planned.append(PlannedRating(rating, name, Action.SKIPPED, None, rating.level, LEFT_OUT))
        return tuple(planned)

    def _several(self) -> dict[tuple[str, str], list[Rating]]:
        """The ratings of each person and skill that the file rates more than once."""
        first: dict[str, dict[str, Rating]] = defaultdict(dict)
        several: dict[tuple[str, str], list[Rating]] = {}
        for rating in self.reading.ratings:
            here = first[rating.person]
            for skill in self.skills.of(rating.skill, rating.catalogue_skill):
                if (earlier := here.setdefault(skill, rating)) is not rating:
                    several.setdefault((rating.person, skill), [earlier]).append(rating)
        return several

    def _blocked(self, rating: Rating, winner: Rating | None) -> tuple[Action, str | None] | None:
        """Why a rating cannot be written whatever Muster holds."""
        if rating.person in self.identities.ambiguous:
            return Action.AMBIGUOUS, "It is not decided who the person is."
        if rating.level is None:
            return Action.SKIPPED, "What the mark means is an open question."
        if winner is None:
            return Action.AMBIGUOUS, "The file gives several levels for one skill."
        if winner is not rating:
            return Action.SKIPPED, "The file gives the same skill again, or a later level."
        return None

    def _against(
        self, rating: Rating, skill: str, old: ExistingRating | None, known: ExistingPerson | None
    ) -> tuple[Action, str | None]:
        subject = f"{self.names[rating.person]}: {skill}"
        if old is None:
            if known is not None and (known.id, skill) in self.existing.withdrawn_ratings:
                values = "withdrawn", str(rating.level)
                return self.asker.keep_or_take(rating.sheet, subject, "was withdrawn", values, Action.CREATE)
            return Action.CREATE, None
        if old.level == rating.level:
            return Action.UNCHANGED, None
        if old.edited_since_import:
            values = str(old.level), str(rating.level)
            return self.asker.keep_or_take(rating.sheet, subject, f"was set to {old.level}", values)
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
        subject = f"{self.names[key[0]]}: {key[1]}"
        shown = tuple(f"{rating.cell}: {rating.raw}" for rating in graded)
        cells = {rating.cell for rating in graded}
        text = f"{self.names[key[0]]} has several levels for {key[1]}: which one holds?"
        sheet, proposed = graded[0].sheet, graded[-1].cell
        answer = self.asker.ask("two_levels", sheet, subject, text, shown, proposed, answers=cells)
        return next((rating for rating in graded if rating.cell == answer), None)

    def goals(self) -> tuple[PlannedGoal, ...]:
        before = {(goal.person, goal.skill): goal for goal in self.existing.goals}
        seen: set[tuple[str, str]] = set()
        planned = []
        for goal in self.reading.goals:
            known = self.identities.matched.get(goal.person)
            skills = self.skills.of(goal.skill, goal.catalogue_skill)
            for skill in skills:
                old = before.get((known.id, skill)) if known else None
                again = (goal.person, skill) in seen
                action, reason = self._goal(goal, skill, old, known, again=again)
                planned.append(PlannedGoal(goal, skill, action, old.target if old else None, goal.target, reason))
                seen.add((goal.person, skill))
            if not skills:
                name = goal.catalogue_skill or goal.skill
                planned.append(PlannedGoal(goal, name, Action.SKIPPED, None, goal.target, LEFT_OUT))
        return tuple(planned)

    def _goal(
        self, goal: Goal, skill: str, old: ExistingGoal | None, known: ExistingPerson | None, *, again: bool
    ) -> tuple[Action, str | None]:
        if goal.person in self.identities.ambiguous:
            return Action.AMBIGUOUS, "It is not decided who the person is."
        if again:
            return Action.SKIPPED, "The file gives this learning goal again."
        subject = f"{self.names[goal.person]}: learning goal {skill}"
        if old is None:
            if known is not None and (known.id, skill) in self.existing.withdrawn_goals:
                values = "taken out", f"level {goal.target}" if goal.target else "it is there"
                return self.asker.keep_or_take(goal.sheet, subject, "was taken out", values, Action.CREATE)
            return Action.CREATE, None
        if goal.target in {None, old.target}:
            return Action.UNCHANGED, None
        if old.edited_since_import:
            values = str(old.target), str(goal.target)
            return self.asker.keep_or_take(goal.sheet, subject, f"was set to {old.target}", values)
        return Action.UPDATE, None


def profile_changes(person: Person, known: ExistingPerson) -> Iterable[FieldChange]:
    """Fields the file fills differently; a spelling of the same name is no change."""
    if person.name and name_form(person.name) != name_form(known.name):
        yield FieldChange("name", known.name, person.name, Action.UPDATE)
    if person.email and not known.emails:
        yield FieldChange("email", None, person.email, Action.UPDATE)
    if person.external_id and not known.external_ids:
        yield FieldChange("external_id", None, person.external_id, Action.UPDATE)
    for name in PROFILE:
        before, after = getattr(known, name), getattr(person, name)
        if after is not None and after != before:
            yield FieldChange(name, before, after, Action.UPDATE)


def said(value: Any) -> str:
    return "nothing" if value is None else str(value)
