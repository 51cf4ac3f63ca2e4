"""Deciding about the new skills of a sheet, a page of them at a time. A skill without a choice waits for none: it is
made as it stands."""

import hashlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from app.forms.imports.batches import LONGEST_NAME
from app.forms.people import read_text
from app.queries.imports.steps import NewSkill
from importers import Catalogue, SkillAction, SkillChoice, normal_form
from importers.skills.catalogue import plausible_skill

MOST_PARTS = 20
NOT_ITSELF = frozenset({SkillAction.MERGE, SkillAction.IGNORE, SkillAction.SPLIT})


class Bulk(StrEnum):
    """What else was pressed beside the single choices."""

    PROPOSALS = "proposals"
    """As proposed, for what is undecided on this page."""
    CREATE_REST = "create-rest"
    """New as they stand, for all that is undecided on every page."""


class SkillField(NamedTuple):
    """One row of the form. `chosen`: "", "create", "ignore", "merge", "merge-0" and on (a suggestion) or "split";
    `into` and `parts` as they stand in their inputs."""

    name: str
    skill: NewSkill
    chosen: str
    into: str
    parts: str
    proposed: str
    error: str | None = None


class SentSkills(NamedTuple):
    """`choices`: name -> what was decided, None for no longer; `fields` repeat a page that has errors."""

    choices: Mapping[str, SkillChoice | None]
    fields: Sequence[SkillField]

    @property
    def has_errors(self) -> bool:
        return any(field.error for field in self.fields)


def skill_fields(rows: Sequence[NewSkill]) -> list[SkillField]:
    return [_skill_field(row) for row in rows]


def field_name(skill: str) -> str:
    """The same for a skill on whatever page it stands."""
    return f"s-{hashlib.sha256(skill.encode()).hexdigest()[:10]}"


def _skill_field(row: NewSkill) -> SkillField:
    suggestions, choice = tuple(row.told["suggestions"]), row.choice
    chosen, into, parts = "", "", ", ".join(row.told["parts"])
    if choice is not None and choice.action is SkillAction.MERGE and choice.into:
        known = choice.into[0] in suggestions
        chosen = f"merge-{suggestions.index(choice.into[0])}" if known else "merge"
        into = "" if known else choice.into[0]
    elif choice is not None:
        chosen = choice.action.value
        parts = ", ".join(choice.into) or parts
    proposed = "merge-0" if row.proposal.action is SkillAction.MERGE else row.proposal.action.value
    return SkillField(field_name(row.name), row, chosen, into, parts, proposed)


def read_skills(rows: Sequence[NewSkill], known: Catalogue, sent: MultiDict[str, str]) -> SentSkills:
    """What was sent about the skills of one page; `rows` are all of the import. Every choice that cannot be carried out
    says at its row why, and then none is taken."""
    bulk = sent.get("bulk")
    shown = [field for row in rows if f"{(field := _skill_field(row)).name}-shown" in sent]
    fields = [_sent_field(field, sent, take=bulk == Bulk.PROPOSALS) for field in shown]
    choices = {field.skill.name: _choice_of(field) for field in fields}
    decided = {row.name: row.choice for row in rows} | choices
    if bulk == Bulk.CREATE_REST:
        choices |= {name: SkillChoice(SkillAction.CREATE) for name, choice in decided.items() if choice is None}
    check = _Check(known, decided)
    return SentSkills(choices, [field._replace(error=check(field)) for field in fields])


def _sent_field(field: SkillField, sent: MultiDict[str, str], *, take: bool) -> SkillField:
    suggestions = field.skill.told["suggestions"]
    allowed = {"", *SkillAction, *(f"merge-{n}" for n in range(len(suggestions)))}
    chosen = sent.get(field.name, "")
    into = read_text(sent.get(f"{field.name}-into", field.into))[:LONGEST_NAME]
    parts = read_text(sent.get(f"{field.name}-parts", field.parts))
    chosen = chosen if chosen in allowed else ""
    if chosen == field.chosen or not chosen:
        # Whoever wrote a name and forgot the button before it meant the name.
        chosen = "merge" if into != field.into and into else "split" if parts != field.parts and parts else chosen
    if take and not chosen:
        chosen = field.proposed
    return field._replace(chosen=chosen, into=into, parts=parts)


def _choice_of(field: SkillField) -> SkillChoice | None:
    if not field.chosen:
        return None
    if field.chosen == SkillAction.SPLIT:
        parts = dict.fromkeys(filter(None, (part.strip() for part in field.parts.replace(";", ",").split(","))))
        return SkillChoice(SkillAction.SPLIT, tuple(parts)[:MOST_PARTS])
    if field.chosen == SkillAction.MERGE:
        return SkillChoice(SkillAction.MERGE, (field.into,))
    if field.chosen.startswith("merge-"):
        return SkillChoice(SkillAction.MERGE, (field.skill.told["suggestions"][int(field.chosen.partition("-")[2])],))
    return SkillChoice(SkillAction(field.chosen))


class _Check:
    """Why a choice cannot be carried out, as one sentence; None when it can."""

    def __init__(self, known: Catalogue, decided: Mapping[str, SkillChoice | None]) -> None:
        self._known = known
        self._decided = {_form(name): choice for name, choice in decided.items()}

    def __call__(self, field: SkillField) -> str | None:
        choice = _choice_of(field)
        if choice is None or choice.action not in {SkillAction.MERGE, SkillAction.SPLIT}:
            return None
        if choice.action is SkillAction.SPLIT and len(choice.into) < 2:
            return "Name two skills or more, with commas between them."
        own = _form(field.skill.name)
        for wanted in choice.into:
            if error := self._why_not(own, wanted, merge=choice.action is SkillAction.MERGE):
                return error
        return None

    def _why_not(self, own: str, wanted: str, *, merge: bool) -> str | None:
        if not wanted:
            return "Name the skill that it is."
        if _form(wanted) == own:
            return f"“{wanted}” is this very name. Choose “New skill” to keep it."
        if self._known.match(wanted).skill is not None:
            return None
        if _form(wanted) in self._decided:
            other = self._decided[_form(wanted)]
            gone = other is not None and other.action in NOT_ITSELF
            return f"“{wanted}” does not stay a skill itself: you decided something else about it." if gone else None
        if merge:
            near = self._known.near(wanted)
            hint = f" Did you mean “{near[0]}”?" if near else " Choose one of the catalogue."
            return f"Neither the catalogue nor this file has a skill “{wanted}”.{hint}"
        return None if plausible_skill(wanted) else f"“{wanted}” is no name of a skill."


def _form(name: str) -> str:
    return normal_form(name) or name
