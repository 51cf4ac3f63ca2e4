"""What a column heading says its column holds, in the languages skills sheets come in."""

import re
import unicodedata
from enum import StrEnum
from functools import cache

from importers.words import load


class Role(StrEnum):
    """The meaning of a column. The last five are never taken from a file."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    EXTERNAL_ID = "external_id"
    TITLE = "title"
    UNIT = "unit"
    OFFICE = "office"
    TIME_ZONE = "time_zone"
    WORKING_SHARE = "working_share"
    COST_BAND = "cost_band"
    SKILL = "skill"
    SKILL_ID = "skill_id"
    SKILLS = "skills"
    CATEGORY = "category"
    LEVEL = "level"
    LEVEL_ID = "level_id"
    HAS = "has"
    EXPECTED = "expected"
    GOALS = "goals"
    INTEREST = "interest"
    DATE = "date"
    LAST_USED = "last_used"
    NOTE = "note"
    PROJECT = "project"
    PROJECT_ID = "project_id"
    CLIENT = "client"
    DOMAIN = "domain"
    ROLE = "role"
    SHARE = "share"
    START = "start"
    END = "end"
    STATUS = "status"
    OUTCOME = "outcome"
    SCORE = "score"
    TECHNOLOGIES = "technologies"
    ROW_NUMBER = "row_number"
    TOTAL = "total"
    LEGEND = "legend"
    PRIVATE = "private"
    OTHER = "other"


PLAIN = str.maketrans("łøđı", "lodi")
"""Letters whose sign is no accent."""
ACCENTS = re.compile("[\u0300-\u036f]")
NAMELESS = frozenset(
    {
        *(Role.LEVEL, Role.EXPECTED, Role.TOTAL, Role.LEGEND, Role.SKILL, Role.SKILLS, Role.EMAIL, Role.NOTE),
        *(Role.CATEGORY, Role.PROJECT, Role.DATE, Role.GOALS, Role.INTEREST),
    }
)
"""Roles whose headings are nobody's name, as "Do" or "Al" may be."""


def words_of(heading: str) -> list[str]:
    """Lower-case words without accents: `SkillName`, `skill_name` and `Skill  Name:` are the same."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = unicodedata.normalize("NFC", ACCENTS.sub("", text)).translate(PLAIN)
    text = re.sub(r"\(.*?\)|\[.*?\]", " ", text) if not text.startswith(("(", "[")) else text
    return re.sub(r"[^\w%#]+|_", " ", text).split()


def form_of(text: str) -> str:
    """The words of a text as one phrase, as `words_of` would find them: the lists of words hold й, headings и."""
    return text if text.isascii() else " ".join(words_of(text))


_WORDS = load("headings")
_BY_PHRASE = {form_of(phrase): Role(role) for role, phrases in _WORDS["phrases"].items() for phrase in phrases}
_AGENT_ENDINGS = tuple(_WORDS["endings"]["agents"])
TOKENS: dict[str, frozenset[str]] = {use: frozenset(map(form_of, words)) for use, words in _WORDS["tokens"].items()}


@cache
def role_of(heading: str) -> Role | None:
    """The role a heading states, or None: then the column may be a skill or something of this one file."""
    words = words_of(heading)
    while len(words) > 1 and words[0] in TOKENS["addressing"]:
        words = words[1:]
    if not words or len(words) > 6:
        return None
    phrase = " ".join(words)
    if role := _BY_PHRASE.get(phrase) or _BY_PHRASE.get(phrase.replace(" ", "")):
        return role
    if TOKENS["private"].intersection(words):
        return Role.PRIVATE
    if _BY_PHRASE.get(words[0]) is Role.LEVEL and TOKENS["expected"].intersection(words):
        return Role.EXPECTED
    return _by_ending(words)


@cache
def is_heading(text: str) -> bool:
    """Whether a text where a name stands is the heading of a total, a target or the like, and names nobody."""
    return _BY_PHRASE.get(" ".join(words_of(text))) in NAMELESS


@cache
def is_agent(heading: str) -> bool:
    """Whether a heading ends with a word for somebody who does something: "Analyst", "Lab technician"."""
    words = words_of(heading)
    return bool(words) and len(words) <= 3 and len(words[-1]) >= 5 and words[-1].endswith(_AGENT_ENDINGS)


def _by_phrase_at_end(words: list[str]) -> Role | None:
    """`LanguageHaveWorkedWith` lists skills, `LanguageWantToWorkWith` goals."""
    ends = {" ".join(words[-size:]) for size in range(1, min(4, len(words)) + 1)}
    for role, use in (
        (Role.GOALS, "lists_of_goals"),
        (Role.SKILLS, "lists_of_skills"),
        (Role.OTHER, "lists_of_neither"),
    ):
        if TOKENS[use] & ends:
            return role
    return None


def _by_ending(words: list[str]) -> Role | None:
    """`employee_email`, `rating 1-5`, `Process_Name`: the edge words carry the meaning of longer headings."""
    last, rest = words[-1], words[:-1]
    if len(words) == 1:
        return None
    if (role := _by_phrase_at_end(words)) is not None:
        return role
    if last.isdecimal() and (role := role_of(" ".join(rest))) in {Role.LEVEL, Role.PRIVATE, Role.TOTAL}:
        return role
    if last in TOKENS["other_endings"] or words[0] in TOKENS["other_starts"]:
        return Role.OTHER
    if last in {"id", "no", "number", "code"}:
        return Role.OTHER
    if last in {"score", "total", "average", "avg"} or words[0] in {"total", "average", "avg"}:
        return Role.TOTAL
    if last == "date":
        return Role.OTHER
    if words[0] in TOKENS["strong_names"]:
        return _BY_PHRASE.get(" ".join(words[1:]))
    return None
