"""Other ways of writing one name, by rules that hold for every catalogue: plurals, versions, initials beside names.

A rule leads from a name that nobody knows to one that stands in the catalogue, and only where it cannot mean another.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from importers.names import normal_form
from importers.words import load

WORDS = load("variants")
IN_BRACKETS = frozenset(normal_form(words) for words in WORDS["said_in_brackets"])
BEHIND = tuple(f" {words}" for words in WORDS["said_behind"])
BEFORE = tuple(f"{words} " for words in WORDS["said_before"])
SMALL_WORDS = frozenset(WORDS["small_words"])

WORD = re.compile(r"[^\W_]+[+#]*")
BRACKETS = re.compile(r"([^()]*[^()\s])\s*\(\s*([^()]*[^()\s])\s*\)\Z")
VERSION = re.compile(r"(?:\s+[vV]?|(?<=[+#])|(?<=[^\W\d_]{3}))(?!\d+\.0\Z)(\d+)(?:\.\d+)*\+?\Z")
"""A version behind a name: Java 8, C++14, HTML5. "S3" is none, and "4.0" makes another thing of an industry."""
SPELLINGS = (
    (re.compile(r"isation"), "ization"),
    (re.compile(r"(?<=[^\W\d_]{3})is(?=(?:e|ed|er|ers|ing)\Z)"), "iz"),
    (re.compile(r"lling\Z"), "ling"),
    (re.compile(r"programme\Z"), "program"),
    (re.compile(r"(?<=[^\W\d_]{3})our\Z"), "or"),
    (re.compile(r"(?<=[^\W\d_]{2})(t|b)re\Z"), r"\1er"),
    (re.compile(r"(defen|licen)ce\Z"), r"\1se"),
    (re.compile(r"analys(?=e|i?ng|er)"), "analyz"),
)
"""British spellings and their American ones."""


@lru_cache(maxsize=50_000)
def loose_form(name: str) -> str:
    """The normal form without the plural of a last word and without the difference of British and American spelling.

    A single word keeps its plural: "Communications" is not "Communication".
    """
    words = [_american(normal_form(word)) for word in WORD.findall(name.replace("&", " and "))]
    if len(words) > 1 and re.search(r"[^\W\d_]{3}[^\W\d_siu]s\Z", words[-1]):
        words[-1] = words[-1][:-1]
    return "".join(words)


def _american(word: str) -> str:
    for british, american in SPELLINGS:
        word = british.sub(american, word)
    return word


def spelt_otherwise(name: str, known: Callable[[str], str | None]) -> str | None:
    """The one skill that a name means by its spelling; `known` gives the skill of a name that needs no rule.

    >>> spelt_otherwise("Java 8", {"Java": "Java"}.get)
    'Java'
    >>> spelt_otherwise("MatLab/Simulink", {"MatLab": "MATLAB", "Simulink": "Simulink"}.get) is None
    True
    """
    if (skill := known(name)) is not None:
        return skill
    for shorter in _shorter(name):
        if (skill := known(shorter)) is not None:
            return skill
    if found := BRACKETS.match(name):
        return _with_brackets(found[1], found[2], known)
    if "/" in name:
        skills = {spelt_otherwise(part.strip(), known) for part in name.split("/")}
        return skills.pop() if len(skills) == 1 else None
    return None


def _shorter(name: str) -> Iterator[str]:
    """The name without its version, and without words that only say what kind of thing it is. Before no version comes
    the main one, which may have a name of its own: Angular 1.6 is Angular 1."""
    if found := VERSION.search(name):
        yield f"{name[: found.start()]} {found[1]}"
        yield name[: found.start()]
    lower = name.casefold()
    yield from (name[: -len(words)] for words in BEHIND if lower.endswith(words))
    yield from (name[len(words) :] for words in BEFORE if lower.startswith(words))


def _with_brackets(outside: str, inside: str, known: Callable[[str], str | None]) -> str | None:
    """Both name one skill, or the brackets say what kind of thing it is, or one is the other's initials.

    Of initials the long form must be known: who writes "Markup language (ML)" means no machine learning.
    """
    before, within = spelt_otherwise(outside, known), spelt_otherwise(inside, known)
    if before is not None and within is not None:
        return before if before == within else None
    if before is not None and (normal_form(inside) in IN_BRACKETS or _initials(outside, inside)):
        return before
    return within if within is not None and _initials(inside, outside) else None


def _initials(name: str, short: str) -> bool:
    words = [word.casefold() for word in WORD.findall(name)]
    wanted = normal_form(short.replace("&", ""))
    every = "".join(word[0] for word in words)
    return len(wanted) > 1 and wanted in {
        normal_form(every),
        normal_form("".join(word[0] for word in words if word not in SMALL_WORDS)),
    }
