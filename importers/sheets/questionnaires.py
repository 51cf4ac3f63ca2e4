"""Headings that are the questions of a survey: the skill is what differs between them."""

import re
from collections.abc import Mapping, Sequence

from importers.cells.headings import TOKENS, words_of
from importers.files.workbook import Sheet

ASKED = 4
"""Words that a question has at least; one less are common to all questions, and there are as many questions."""
QUESTION_CODE = re.compile(r"\w{1,20}(?:\[\w+\])?\s?[.:]\s+(?=\S)")
"""What a program numbers its questions with: "G2Q1[SQ001]. ", "Q3: "."""
SURVEY = re.compile(r"(.+?)\s*\[([^\[\]]+)\]\Z", re.DOTALL)


def survey_questions(sheet: Sheet, header_row: int) -> dict[int, str]:
    """What stands in brackets where several headings differ only there: "Your skills [Python]" of a survey's export."""
    found: dict[str, dict[int, str]] = {}
    for column, value in enumerate(sheet.rows.get(header_row, ()), 1):
        if isinstance(value, str) and (question := SURVEY.match(without_code(value.strip()))):
            found.setdefault(question[1], {})[column] = question[2].strip()
    bracketed = {c: text for texts in found.values() if len(set(texts.values())) > 1 for c, text in texts.items()}
    cells = enumerate(sheet.rows.get(header_row, ()), 1)
    plain = {c: without_code(value.strip()) for c, value in cells if isinstance(value, str) and c not in bracketed}
    return bracketed | sentences(plain)


def without_code(text: str) -> str:
    """The question behind its code; "Dr. No" and "Java. Spring" are none, since no question mark or bracket follows."""
    found = QUESTION_CODE.match(text)
    return text[found.end() :] if found and text.rstrip().endswith(("?", "]")) else text


def sentences(texts: Mapping[int, str]) -> dict[int, str]:
    """What differs between three or more questions of the same words: "How well do you know Python?"."""
    groups: dict[tuple[str, ...], dict[int, list[str]]] = {}
    for column, text in texts.items():
        words = text.split()
        if len(words) >= ASKED and TOKENS["asking"].intersection(words_of(" ".join(words[: ASKED - 1]))):
            groups.setdefault(tuple(words[: ASKED - 1]), {})[column] = words
    return {
        column: said
        for asked in groups.values()
        if len(asked) >= ASKED - 1
        for column, said in differing(asked).items()
    }


def differing(asked: Mapping[int, Sequence[str]]) -> dict[int, str]:
    """The words of each text between those with which all begin and all end."""
    texts = list(asked.values())
    shortest = min(map(len, texts))
    before = next((n for n in range(shortest) if len({text[n] for text in texts}) > 1), shortest)
    left = shortest - before
    after = next((n for n in range(left) if len({text[-1 - n] for text in texts}) > 1), left)
    found = {c: " ".join(text[before : len(text) - after]).strip(' ?:[]()."') for c, text in asked.items()}
    return found if all(found.values()) and len(set(found.values())) == len(found) else {}
