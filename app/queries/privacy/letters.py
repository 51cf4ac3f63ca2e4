"""Patterns for a name in a text: with or without accents, whatever stands between its parts, in any script."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

BETWEEN = r"(?:[\W_]{0,3}|%20)"
APART = r"(?:[\W_]{1,3}|%20)"
"""What stands between the parts of a name: blanks, a comma, a point of an address, or in a normal form nothing."""
BEFORE, AFTER = r"(?<![^\W_])", r"(?![^\W_])"
FINAL_CONSONANT = r"(?![\u11a8-\u11ff])"
"""The last part of a Korean syllable: with it, it is another syllable."""
PLAIN = {"æ": "ae", "œ": "oe", "þ": "th", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i"}
"""Letters that no form of Unicode takes apart, as people write them without accents."""
WITHOUT_BLANKS = ("CJK ", "IDEOGRAPHIC ", "HIRAGANA ", "KATAKANA ", "THAI ", "LAO ", "KHMER ", "MYANMAR ", "TIBETAN ")
"""How the names of letters begin whose scripts put no blanks between words."""
LAST = 0xFFFF


def _marks() -> Iterator[str]:
    """Ranges of signs that stand on, under or beside the letter before."""
    found = [code for code in range(LAST + 1) if unicodedata.category(chr(code)).startswith("M")]
    for _, group in groupby(enumerate(found), lambda pair: pair[1] - pair[0]):
        codes = [code for _, code in group]
        yield f"{chr(codes[0])}-{chr(codes[-1])}"


MARK = f"[{''.join(_marks())}]"
MARKS = f"{MARK}*"
_mark_runs = re.compile(f"{MARK}+")


def parts_of(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name)))


def orders_of(parts: Sequence[str]) -> list[tuple[str, ...]]:
    """Anna Maria Berg: also Berg, Anna Maria and Maria Berg, Anna."""
    return [(*parts[n:], *parts[:n]) for n in range(len(parts))]


def folded(text: str) -> str:
    """Case, accents and other marks away. What is longer than a name takes time: some 50 ns a letter."""
    plain = _mark_runs.sub("", unicodedata.normalize("NFKD", text.casefold()))
    for letter, told in PLAIN.items():
        plain = plain.replace(letter, told)
    return plain


def hint_of(name: str) -> str:
    """Letters that stand in every folded text that mentions the name."""
    longest = max(parts_of(name), key=len, default="")
    return folded(longest[:1] if _unspaced(longest[:1]) else longest)


def pattern(order: Sequence[str], between: str = BETWEEN) -> str:
    """For texts in NFD. A script without blanks has words on both sides of a name, and Korean adds its particles."""
    first, last = order[0][0], order[-1][-1]
    open_ended = sum(map(len, order)) > 1
    before = "" if open_ended and _unspaced(first) else BEFORE
    after = AFTER
    if open_ended and _unspaced(last):
        after = ""
    elif open_ended and unicodedata.name(last, "").startswith("HANGUL"):
        after = FINAL_CONSONANT
    return before + between.join(map(_letters, order)) + after


@lru_cache(maxsize=20_000)
def _letters(part: str) -> str:
    """A pattern for the word with or without accents."""
    between = r"\s?" if _unspaced(part[0]) else ""
    return between.join(map(_written, re.findall("ae|oe|th|ss|.", folded(part), re.DOTALL)))


def _written(letters: str) -> str:
    plain = "".join(re.escape(letter) + MARKS for letter in letters)
    others = [letter for letter, told in {**PLAIN, "ß": "ss"}.items() if told == letters]
    return f"(?:{plain}|[{''.join(others)}]{MARKS})" if others else plain


def _unspaced(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(WITHOUT_BLANKS) if letter else False
