"""What words say about a level, on Muster's scale 0 none, 1 aware, 2 working, 3 proficient, 4 advanced, 5 expert.

The anchors follow the NIH proficiency scale (fundamental awareness, novice, intermediate, advanced, expert = 1..5),
the five-step scale most sheets descend from. Half values are words that people use for two neighbouring steps.
"""

import re
from functools import cache

from importers.cells.headings import form_of, words_of
from importers.words import load

_WORDS = load("levels")
_TARGETS = {form_of(phrase): float(level) for level, phrases in _WORDS["levels"].items() for phrase in phrases}
_LONGEST = max(len(phrase.split()) for phrase in _TARGETS)
_OF_ANYTHING = frozenset(_WORDS["of_anything"]["words"])
_CERTIFICATES = frozenset(map(form_of, _WORDS["certificates"]["words"]))
_GOAL = re.compile(
    r"\b(want\w*|would like|wish\w*|like[sd]?|plan\w*|aspir\w*|goal|eager|keen|willing) "
    r"(to )?(be )?(learn\w*|train\w*|develop\w*|improve)"
    r"|\blearning goal|\bwants? (it|this|to)\b|\bto learn\b|\binterested in\b"
    r"|(?<!\w)(er|kennen|dazu|neu)?lernen\b|\blernziel|\b(a|veut|souhaite|envie d.|aimerait) ?apprendre\b"
    r"|\b(quiere|desea|gustaria|por|para|quer|deseja|gostaria de|a) aprender\b|\b(vuole|vorrebbe|da|desidera) imparare"
    r"|\bsie (na)?uczyc\b|\b(na)?uczyc sie\b|\bbelajar\b|\bwil (graag )?leren\b|\bvill lara\b|\bvil l[ae]re\b",
    re.IGNORECASE,
)
YES = frozenset(_WORDS["answers"]["yes"])
NO = frozenset(_WORDS["answers"]["no"])
NOT_AN_ANSWER = frozenset(_WORDS["answers"]["none_given"])


@cache
def level_of_word(text: str) -> float | None:
    """The level a word or short phrase stands for when it is nothing but that."""
    return _TARGETS.get(" ".join(words_of(text)))


@cache
def level_of_meaning(text: str) -> float | None:
    """The level a legend's text describes: by what stands before its first dash or comma, else its longest phrase."""
    head = re.split(r"\s[-–—]\s|[:;,.(]|\s[–—]", text.strip(), maxsplit=1)[0]
    if (level := level_of_word(head)) is not None:
        return level
    words = words_of(text)[:30]
    for size in range(min(_LONGEST, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            level = _TARGETS.get(" ".join(words[start : start + size]))
            if level is not None:
                return level
    return None


def grades_anything(text: str) -> bool:
    """Whether a word such as "good" or "high" is also said of risks, meals and prices."""
    return " ".join(words_of(text)) in _OF_ANYTHING


def tells_a_certificate(text: str) -> bool:
    """Whether a text behind a level only says that a paper proves it: "certified", "lizenziert"."""
    return " ".join(words_of(text)) in _CERTIFICATES


def means_a_goal(text: str) -> bool:
    """Whether a legend's text or a mark says that somebody wants to learn."""
    return bool(_GOAL.search(" ".join(words_of(re.sub(r"[()\[\]]", " ", text)))))
