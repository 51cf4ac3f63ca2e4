"""The skills a file names: each brought to one skill, of the catalogue or new, with what a person decided about it."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from importers.choices import SkillAction, SkillChoice
from importers.files.workbook import Sheet
from importers.names import normal_form
from importers.records import SkillMention
from importers.refusals import WrongChoices
from importers.skills.catalogue import Catalogue, Match, SkillMatch, plausible_skill
from importers.skills.compounds import Compounds
from importers.skills.spellings import MOST_NEAR, Spellings

NOT_ITSELF = frozenset({SkillAction.MERGE, SkillAction.IGNORE, SkillAction.SPLIT})
"""What makes a name no skill of its own."""


def form_of(name: str) -> str:
    """Equal for spellings of one skill; never empty."""
    return normal_form(name) or name


@dataclass
class Mentions:
    """`given` decisions that do not fit raise `WrongChoices`; `remembered` ones that no longer fit are let go."""

    catalogue: Catalogue
    given: Mapping[str, SkillChoice] = field(default_factory=dict)
    remembered: Mapping[str, SkillChoice] = field(default_factory=dict)
    matches: dict[str, SkillMatch] = field(default_factory=dict)
    first: dict[str, SkillMention] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    keys: dict[str, str] = field(default_factory=dict)
    spelled: set[str] = field(default_factory=set)
    settled: dict[str, SkillChoice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        told = (*self.remembered.items(), *self.given.items())
        self.decisions = {form_of(name): choice for name, choice in told}

    def add(self, name: str, category: str | None, sheet: Sheet, place: tuple[int, int]) -> str | None:
        """The catalogue's name for the skill, or None for a new one."""
        if name not in self.matches:
            self.matches[name] = self.catalogue.match(name)
            self.keys[name] = self.matches[name].skill or form_of(name)
            self.spelled.add(form_of(name))
            if self._decided(name) in {SkillAction.IGNORE, SkillAction.SPLIT}:
                self.keys[name] = f"decided {form_of(name)}"
        found, key = self.matches[name], self.keys[name]
        self.counts[key] += 1
        if key not in self.first:
            cell = sheet.cell_name(*place)
            self.first[key] = SkillMention(name, found.skill, found.kind.value, category, 0, (), sheet.name, cell)
        return found.skill

    def _decided(self, name: str) -> SkillAction | None:
        choice = self.decisions.get(form_of(name))
        return choice.action if choice else None

    def settle(self) -> dict[str, SkillChoice]:
        """The decisions in force, after every skill was added. Raises `WrongChoices`."""
        kept: dict[str, SkillChoice] = {}
        for name, choice in self.given.items():
            kept[name] = choice
            self._settle(name, choice)
        for name, choice in self.remembered.items():
            if self.decisions.get(form_of(name)) is choice:
                with suppress(WrongChoices):
                    self._settle(name, choice)
                    kept[name] = choice
        return kept

    def _settle(self, name: str, choice: SkillChoice) -> None:
        form = form_of(name)
        if form not in self.spelled:
            raise WrongChoices(f'The answers decide about the skill "{name}", which the file does not name.')
        if (resolved := self._resolved(name, choice)) is not None:
            self.settled[form] = resolved

    def _resolved(self, name: str, choice: SkillChoice) -> SkillChoice | None:
        """The decision in the words of the catalogue; None when it has come true already."""
        if choice.action is SkillAction.MERGE:
            if len(choice.into) != 1:
                raise WrongChoices(f'The skill "{name}" can be merged into one other skill only; name exactly one.')
            target = self._skill(name, choice.into[0], "merged into")
            own = self.catalogue.match(name).skill
            if own is not None and own != target:
                raise WrongChoices(f'"{name}" means "{own}" in the catalogue already, so it cannot become "{target}".')
            if own is None and form_of(name) == form_of(target):
                raise WrongChoices(f'The skill "{name}" cannot be merged into itself.')
            return replace(choice, into=(target,)) if own is None else None
        if choice.action is SkillAction.SPLIT:
            parts = tuple(dict.fromkeys(self._skill(name, part, "split into", new=True) for part in choice.into))
            if len(parts) < 2 or form_of(name) in map(form_of, parts):
                raise WrongChoices(f'The skill "{name}" can only be split into two or more other skills.')
            return replace(choice, into=parts)
        if choice.into:
            raise WrongChoices(f'The skill "{name}" is to be {choice.action.value}d, which takes no other skill.')
        return choice

    def _skill(self, name: str, wanted: str, verb: str, *, new: bool = False) -> str:
        """The skill that a decision names: one of the catalogue, or a new one of the file; `new`: any that can be."""
        if (known := self.catalogue.match(wanted).skill) is not None and self._decided(wanted) is not SkillAction.SPLIT:
            return known
        if self._decided(wanted) in NOT_ITSELF and form_of(wanted) != form_of(name):
            text = f'"{name}" cannot be {verb} "{wanted}", which is itself merged, split or left out.'
            raise WrongChoices(text)
        if (mention := self.first.get(form_of(wanted))) is not None:
            return mention.name
        if not (new and plausible_skill(wanted)):
            text = f'"{name}" cannot be {verb} "{wanted}": neither the catalogue nor the file has that skill.'
            raise WrongChoices(text)
        return wanted

    def all(self) -> tuple[SkillMention, ...]:
        """Every skill in the order of the file, with what is proposed for the new ones. After `settle`."""
        compounds = Compounds(self.catalogue)
        new = [key for key, mention in self.first.items() if mention.match == Match.NEW]
        rivals = Rivals({key: self.first[key].name for key in new}, self.counts)
        finished = []
        for key, mention in self.first.items():
            near: tuple[str, ...] = ()
            parts: tuple[str, ...] = ()
            if mention.match == Match.NEW:
                near = tuple(dict.fromkeys((*self.catalogue.near(mention.name), *rivals.near(key))))[:MOST_NEAR]
                parts = compounds.parts(mention.name)
            choice = self.settled.get(form_of(mention.name))
            finished.append(replace(mention, mentions=self.counts[key], suggestions=near, parts=parts, choice=choice))
        return tuple(finished)


class Rivals:
    """The file's own new skills: of two that are spelled nearly alike, the rarer one may mean the other."""

    def __init__(self, names: Mapping[str, str], counts: Mapping[str, int]) -> None:
        self._names = names
        self._rank = {name: (-counts[key], place) for place, (key, name) in enumerate(names.items())}
        self._spellings = Spellings((name, name) for name in names.values())

    def near(self, key: str) -> tuple[str, ...]:
        name = self._names[key]
        found = [other for other in self._spellings.near(name) if self._rank[other] < self._rank[name]]
        return tuple(sorted(found, key=lambda other: self._rank[other]))
