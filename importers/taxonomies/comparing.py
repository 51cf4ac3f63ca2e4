"""A list of skills beside a catalogue: what it would add, and what it must leave out. Nothing is overwritten."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from importers.names import normal_form
from importers.skills.catalogue import Catalogue, plausible_skill
from importers.skills.variants import loose_form
from importers.skills.wellknown import is_well_known
from importers.taxonomies.entries import LONGEST_NAME, Part, Taxonomy, TaxonomyEntry
from importers.words import load

SEVERAL_MEANINGS = frozenset(normal_form(word) for word in load("taxonomies")["several_meanings"])
SHORTEST = 4
"""Letters and signs from which a list's name can be another name of a skill: shorter ones mean too many things."""
SHORTEST_ALIAS = 5
"""Letters from which a skill of a list is known by an alias of ours: its "mvp" need not be our MVP."""
MOST_STRANGE = 2
"""Names of other skills among an entry's names; one that has more gathers what belongs together and names nothing."""


@dataclass(frozen=True)
class Aliases:
    """Other names that a skill of the catalogue would get."""

    skill: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """A name that is not taken, the skill of the list it belongs to, and why: a clause."""

    name: str
    entry: str
    why: str


@dataclass(frozen=True)
class Comparison:
    """`known` counts entries that the catalogue has already, with nothing to add; `unknown` those that would be new
    skills but are not asked for."""

    new: tuple[TaxonomyEntry, ...]
    added: tuple[Aliases, ...]
    known: int
    unknown: int
    left_out: tuple[LeftOut, ...]

    @property
    def alias_count(self) -> int:
        return sum(len(entry.aliases) for entry in self.new) + sum(len(skill.aliases) for skill in self.added)

    @property
    def is_empty(self) -> bool:
        return not self.new and not self.added


def compare(taxonomy: Taxonomy, catalogue: Catalogue, part: Part) -> Comparison:
    """What the wanted part would add. A skill is known by what an import knows it by: name, alias, spelling.

    An alias is left out where it leads to another skill of the catalogue or to two skills of the list, where it is too
    short to mean one thing, and where the word is known to mean several.
    """
    wanted = list(_once(part.of(taxonomy.entries)))
    skills = {entry.name: _known_skill(entry.name, catalogue) for entry in wanted}
    claims = _claims(taxonomy.entries, skills)
    left_out: list[LeftOut] = []
    new: list[TaxonomyEntry] = []
    added: dict[str, dict[str, str]] = defaultdict(dict)
    known = unknown = 0
    for entry in wanted:
        skill = skills[entry.name]
        if skill is None and part.only_aliases:
            unknown += 1
            continue
        if skill is None and (why := _no_new_skill(entry.name, catalogue)):
            left_out.append(LeftOut(entry.name, entry.name, why))
            continue
        aliases, refused = _usable(entry, skill, catalogue, claims)
        left_out.extend(refused)
        if skill is None:
            new.append(replace(entry, aliases=aliases))
        elif fresh := {normal_form(alias): alias for alias in aliases if normal_form(alias) not in added[skill]}:
            added[skill] |= fresh
        else:
            known += 1
    new, cut = _with_sound_parents(new, catalogue)
    gained = tuple(Aliases(skill, tuple(names.values())) for skill, names in sorted(added.items()) if names)
    return Comparison(tuple(new), gained, known, unknown, (*left_out, *cut))


def _once(entries: Iterable[TaxonomyEntry]) -> Iterable[TaxonomyEntry]:
    """Entries of one normal form as one, with the aliases of all."""
    found: dict[str, TaxonomyEntry] = {}
    for entry in entries:
        form = normal_form(entry.name)
        before = found.get(form, entry)
        found[form] = replace(before, aliases=tuple(dict.fromkeys((*before.aliases, *entry.aliases))))
    return found.values()


def _known_skill(name: str, catalogue: Catalogue) -> str | None:
    skill = catalogue.match(name).skill
    by_name = skill is not None and loose_form(skill) == loose_form(name)
    return skill if by_name or len(normal_form(name)) >= SHORTEST_ALIAS else None


def _claims(entries: Sequence[TaxonomyEntry], skills: dict[str, str | None]) -> dict[str, dict[str, str]]:
    """Normal form of a name -> the skills that claim it, by normal form, as the list writes them. The whole list is
    asked, the part that is not wanted too: an alias of two skills means two things whether or not both are loaded."""
    claims: dict[str, dict[str, str]] = defaultdict(dict)
    for entry in entries:
        owner = skills.get(entry.name) or entry.name
        for name in (entry.name, *entry.aliases):
            claims[normal_form(name)][normal_form(owner)] = entry.name
    return claims


def _no_new_skill(name: str, catalogue: Catalogue) -> str | None:
    owner = catalogue.match(name).skill
    return f"it is too short to tell whether it is {owner}" if owner is not None else _no_skill(name)


def _no_skill(name: str) -> str | None:
    if not plausible_skill(name) or not normal_form(name):
        return "it is no name of a skill"
    return f"it is longer than {LONGEST_NAME} letters" if len(name) > LONGEST_NAME else None


def _usable(
    entry: TaxonomyEntry, skill: str | None, catalogue: Catalogue, claims: dict[str, dict[str, str]]
) -> tuple[tuple[str, ...], list[LeftOut]]:
    """The entry's other names that mean it alone and that nobody has yet, and the others with the reason."""
    taken: dict[str, str] = {}
    refused = []
    strange = {owner for alias in entry.aliases if (owner := catalogue.match(alias).skill) not in {None, skill}}
    for alias in (*((entry.name,) if skill is not None else ()), *entry.aliases):
        form = normal_form(alias)
        if form in taken or (skill is None and form == normal_form(entry.name)):
            continue
        owner = catalogue.match(alias).skill
        if owner is not None and owner == skill:
            continue
        why = _no_skill(alias)
        if owner is not None:
            why = f"it is a name of {owner}"
        elif len(claims[form]) > 1:
            others = sorted(name for owned, name in claims[form].items() if name != entry.name)
            why = f"it is a name of {others[0]} too" if others else "it is a name of several skills"
        elif len(form) < SHORTEST or form in SEVERAL_MEANINGS:
            why = "it means several things"
        elif skill is not None and is_well_known(alias):
            why = "it is a skill of its own"
        elif len(strange) > MOST_STRANGE:
            why = f"the list counts {len(strange)} other skills among the names of this one"
        if why is None:
            taken[form] = alias
        else:
            refused.append(LeftOut(alias, entry.name, why))
    return tuple(taken.values()), refused


def _with_sound_parents(
    entries: list[TaxonomyEntry], catalogue: Catalogue
) -> tuple[list[TaxonomyEntry], list[LeftOut]]:
    """Parents by the names they will have; one that nobody knows or that leads back to its own child is left out."""
    by_form = {normal_form(entry.name): entry for entry in entries}
    kept, cut = [], []
    for entry in entries:
        parent = entry.parent
        if parent is not None:
            above = by_form.get(normal_form(parent))
            if (known := catalogue.match(parent).skill) is not None:
                parent = known
            elif above is None:
                cut.append(LeftOut(parent, entry.name, "no skill of this name is there to be its parent"))
                parent = None
            elif _leads_back(entry, by_form):
                cut.append(LeftOut(parent, entry.name, "the parents lead round in a circle"))
                parent = None
            else:
                parent = above.name
        kept.append(replace(entry, parent=parent))
    return kept, cut


def _leads_back(entry: TaxonomyEntry, by_form: dict[str, TaxonomyEntry]) -> bool:
    seen = {normal_form(entry.name)}
    at: TaxonomyEntry | None = entry
    while at is not None and at.parent is not None:
        form = normal_form(at.parent)
        if form in seen:
            return True
        seen.add(form)
        at = by_form.get(form)
    return False
