"""The skill catalogue as a value, and how a name in a file finds its skill: exactly, by alias, by normal form."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from importers.names import normal_form
from importers.skills.spellings import MOST_NEAR, Spellings
from importers.skills.variants import loose_form, spelt_otherwise
from importers.words import load

IN_BRACKETS = re.compile(r"([^()]+)\(([^()]+)\)\s*\Z")


class Match(StrEnum):
    EXACT = "exact"
    ALIAS = "alias"
    NORMAL_FORM = "normal_form"
    NEW = "new"


@dataclass(frozen=True)
class CatalogueSkill:
    name: str
    category: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class SkillMatch:
    kind: Match
    skill: str | None


@dataclass(frozen=True)
class Catalogue:
    skills: tuple[CatalogueSkill, ...] = ()

    def match(self, name: str) -> SkillMatch:
        """The one skill a name means. A normal form that two skills share decides nothing."""
        if name in self._names:
            return SkillMatch(Match.EXACT, name)
        if (skill := self._aliases.get(name.casefold())) is not None:
            return SkillMatch(Match.ALIAS, skill)
        owners = self._normal_forms.get(normal_form(name), set())
        if len(owners) == 1:
            return SkillMatch(Match.NORMAL_FORM, next(iter(owners)))
        if not owners and (skill := spelt_otherwise(name, self._known)) is not None:
            return SkillMatch(Match.NORMAL_FORM, skill)
        return SkillMatch(Match.NEW, None)

    def _known(self, name: str) -> str | None:
        """The skill of a name by its forms alone; None for none and for several."""
        owners = self._normal_forms.get(normal_form(name)) or self._loose_forms.get(loose_form(name), set())
        return next(iter(owners)) if len(owners) == 1 else None

    def near(self, name: str) -> tuple[str, ...]:
        """Up to three skills that a name may mean: spelled nearly alike, or the same but for what stands in brackets.

        Suggestions, never a match.
        """
        bracketed = IN_BRACKETS.match(name)
        halves = (self.match(half.strip()).skill for half in bracketed.groups()) if bracketed else ()
        found = dict.fromkeys(skill for skill in halves if skill is not None)
        return tuple(found | dict.fromkeys(self._spellings.near(name)))[:MOST_NEAR]

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(skill.name for skill in self.skills)

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {alias.casefold(): skill.name for skill in self.skills for alias in skill.aliases}

    @cached_property
    def _normal_forms(self) -> dict[str, set[str]]:
        forms: dict[str, set[str]] = {}
        for skill in self.skills:
            for name in (skill.name, *skill.aliases):
                forms.setdefault(normal_form(name), set()).add(skill.name)
        return forms

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings((name, skill.name) for skill in self.skills for name in (skill.name, *skill.aliases))

    @cached_property
    def _loose_forms(self) -> dict[str, set[str]]:
        forms: dict[str, set[str]] = {}
        for skill in self.skills:
            for name in (skill.name, *skill.aliases):
                forms.setdefault(loose_form(name), set()).add(skill.name)
        return forms


NOT_SKILLS = frozenset(load("not_names")["not_skills"])


def plausible_skill(name: str) -> bool:
    """Whether a text can be a skill's name at all: has a letter, is no number, no remark, no paragraph."""
    text = name.strip()
    return (
        0 < len(text) <= 200
        and text.casefold().rstrip(":") not in NOT_SKILLS
        and any(letter.isalpha() for letter in text)
        and not text.startswith(("http://", "https://", "="))
    )


@dataclass(frozen=True)
class ListedSkill:
    """A skill out of a cell that lists several; `raw` is its level as written, or None."""

    name: str
    raw: str | int | float | None


LEVEL_BEHIND = re.compile(r"(.+?)\s*[(\[{]\s*([^()\[\]{}]{1,24})\s*[)\]}]\Z", re.DOTALL)
LEVEL_AFTER_SIGN = re.compile(r"(.+?)\s*(?:=|:|\s[-–—]|\u2192|->)\s*([^=:]{1,24})\Z", re.DOTALL)
SPACED_DOT = re.compile(r"\s[·∙⋅‧]\s")
BULLET = re.compile(r"^\s*(?:[-*•·–—▪►]|\d+[.)])\s+")


def listed_skills(text: str, is_level: Callable[[str], bool]) -> list[ListedSkill]:
    """The skills of one cell: a JSON list or object, or text between separators outside brackets.

    `is_level` decides whether what stands in brackets or after "=" is a level or belongs to the name.
    """
    stripped = text.strip()
    if stripped[:1] in {"[", "{"} and (listed := _from_json(stripped)) is not None:
        return listed
    return [found for piece in split_list(stripped) if (found := _with_level(piece, is_level)) is not None]


def split_list(text: str) -> list[str]:
    """Pieces between line breaks, semicolons, pipes or bullets, else between commas; brackets hold together."""
    text = SPACED_DOT.sub("•", text)
    for separators in ("\n\r", ";|•；", ",、，"):
        pieces = _split_outside_brackets(text, separators)
        if len(pieces) > 1:
            return [
                inner
                for piece in pieces
                for inner in (split_list(piece) if separators != ",、，" else [BULLET.sub("", piece).strip()])
                if inner
            ]
    return [BULLET.sub("", text).strip()]


def _split_outside_brackets(text: str, separators: str) -> list[str]:
    pieces, depth = [""], 0
    for letter in text:
        depth = max(0, depth + (letter in "([{") - (letter in ")]}"))
        if letter in separators and not depth:
            pieces.append("")
        else:
            pieces[-1] += letter
    return [piece for piece in pieces if piece.strip()]


def _with_level(piece: str, is_level: Callable[[str], bool]) -> ListedSkill | None:
    name, raw = piece, None
    for pattern in (LEVEL_BEHIND, LEVEL_AFTER_SIGN):
        if (found := pattern.match(piece)) and is_level(found[2]):
            name, raw = found[1].strip(), found[2].strip()
            break
    if not plausible_skill(name):
        return None
    return ListedSkill(" ".join(name.split()), int(raw) if raw is not None and raw.isdecimal() else raw)


def _from_json(text: str) -> list[ListedSkill] | None:
    """None when the text is no JSON; single quotes, as Python prints lists, are accepted."""
    for candidate in (text, text.replace("'", '"')):
        try:
            document = json.loads(candidate)
        except ValueError:
            continue
        return list(_json_skills(document))
    return None


def _json_skills(document: object) -> Sequence[ListedSkill]:
    if isinstance(document, dict):
        keys = {str(key).casefold(): value for key, value in document.items()}
        name = next((keys[key] for key in ("skill", "name", "skill_name") if isinstance(keys.get(key), str)), None)
        if name is not None:
            level = next((keys[key] for key in ("level", "rating", "proficiency", "value") if key in keys), None)
            return [ListedSkill(name.strip(), level if isinstance(level, (str, int, float)) else None)]
        return [
            ListedSkill(str(key).strip(), value if isinstance(value, (str, int, float)) else None)
            for key, value in document.items()
            if plausible_skill(str(key))
        ]
    if isinstance(document, list):
        return [found for item in document for found in _json_skills(item)]
    if isinstance(document, str) and plausible_skill(document):
        return [ListedSkill(" ".join(document.split()), None)]
    return []
