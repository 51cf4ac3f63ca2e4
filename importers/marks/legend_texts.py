"""Legends written as one text: "0 = none, 1 = basic", "1 learner, 2 alone", "rate yourself 1-5", "○ none ● expert"."""

import re
from itertools import pairwise

from importers.cells.headings import TOKENS, words_of
from importers.marks.level_words import level_of_meaning, means_a_goal
from importers.marks.scales import key_of, number_of

TITLE_WORDS = TOKENS["legend_titles"]
LONGEST = 1_000
STEPS = 3
"""Whole numbers in a row, each with "=", from which a list is a legend even if its words are unknown."""
PAIR = re.compile(r"(?:^|[,;|/\n(:]|\s{2,})\s*([^\s=:,;|()]{1,3})\s*(=|:|–|—|->|→|\s-\s)\s*([^,;|=\n]+)")
ELLIPSIS = re.compile(
    r"\s*(?:…|\.{3,}|\b(?:to|bis|until|through|tot|hasta|até|fino a|do|sampai|à|a)\b)\s*(?=\(?\w{1,2}\s*[=:])",
    re.IGNORECASE,
)
LIST = re.compile(r"(?:([^\d=]{1,60}?)[:.(]\s*)?(\d.*?)[).]?\Z", re.DOTALL)
STEP = re.compile(r"\s*(\d{1,2})\s+([^\d\s].*)\Z", re.DOTALL)
RANGE = re.compile(r"\b([01])\s*(?:-|–|—|to|bis|à|a|al|tot|do|sampai|until|\.\.+|…|→)\s*([3-9]|10)\b", re.IGNORECASE)
SIGNS = "×〇\u2190-\u21ff\u25a0-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff"
"""Arrows, circles, ticks, stars and emoji. A legend of which one sign is missed would tell the others wrongly."""
SIGN = re.compile(rf"((?:[{SIGNS}]\ufe0f?){{1,5}})\s*[=:–-]?\s*([^{SIGNS},;|\n]+)")
LONE = re.compile(rf"([{SIGNS}]|\w{{1,2}}|[*†‡+#-])\ufe0f?(\s*[=:–—]\s*|\s+-\s+|\s+)(\S.{{1,60}})\Z")

Pairs = list[tuple[str, str]]


def legend_in(text: str) -> Pairs:
    """The marks a text explains, with what it says of each; empty when it is no legend."""
    if not 5 <= len(text) <= LONGEST:
        return []
    return equals(text) or signs(text) or steps(text) or reach(text)


def equals(text: str) -> Pairs:
    found = [each for each in PAIR.finditer(ELLIPSIS.sub(", ", text)) if is_short(key_of(each[1]))]
    pairs = [(key_of(each[1]), each[3].strip(" )\t")) for each in found]
    told = [level_of_meaning(said) is not None or means_a_goal(said) for _, said in pairs]
    if sum(told) * 2 >= len(pairs) > 1:
        return pairs
    if len(pairs) == 1 and told[0] and (found[0][2] == "=" or means_a_goal(pairs[0][1])):
        return pairs
    return pairs if all(each[2] == "=" for each in found) and in_steps([key for key, _ in pairs]) else []


def signs(text: str) -> Pairs:
    pairs = [(key_of(each[1]), each[2].strip()) for each in SIGN.finditer(text)]
    told = sum(level_of_meaning(said) is not None or means_a_goal(said) for _, said in pairs)
    is_each_once = len({key for key, _ in pairs}) == len(pairs) > 1
    return pairs if is_each_once and told * 2 >= len(pairs) else []


def steps(text: str) -> Pairs:
    """Numbers one after another, each with its words, behind a title or with words that speak of levels."""
    found = LIST.match(text.strip())
    parts = [STEP.match(part) for part in re.split(r"[,;|/·\n]", found[2])] if found else []
    pairs = [(key_of(part[1]), part[2].strip()) for part in parts if part]
    if found is None or len(pairs) < len(parts) or not in_steps([key for key, _ in pairs]):
        return []
    told = sum(level_of_meaning(said) is not None or means_a_goal(said) for _, said in pairs)
    return pairs if told * 2 >= len(pairs) or TITLE_WORDS.intersection(words_of(found[1] or "")) else []


def reach(text: str) -> Pairs:
    """Only how far the scale goes: "rate yourself 1-5"."""
    found = RANGE.search(text)
    if found is None or not (TITLE_WORDS.intersection(words_of(text)) or re.match(r"(?i)\s*rate\b", text)):
        return []
    return [(str(number), "") for number in range(int(found[1]), int(found[2]) + 1)]


def lone_pair(text: str) -> tuple[str, str] | None:
    """A cell that holds one mark and what it means: "○ no knowledge", "3 - alone"."""
    found = LONE.match(text.strip())
    return (key_of(found[1]), found[3]) if found and number_of(key_of(found[3])) is None else None


def in_steps(keys: list[str]) -> bool:
    numbers = [number for key in keys if (number := number_of(key)) is not None]
    if len(numbers) != len(keys) or len(keys) < STEPS:
        return False
    return {abs(after - before) for before, after in pairwise(numbers)} == {1.0}


def is_short(mark: str) -> bool:
    return number_of(mark) is not None or len(mark) <= 2
