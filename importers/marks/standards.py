"""Marks that need no legend, since they state their own scale (3/5, ★★★☆☆) or follow a standard (A1..C2), and marks
made of a level with something added to it ("3*", "2 -> 3", "3 (rusty)")."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from importers.marks.level_words import NO, YES, level_of_meaning, level_of_word, means_a_goal, tells_a_certificate

TOP = 5
CEFR = {"a1": 1, "a2": 2, "b1": 3, "b2": 3, "c1": 4, "c2": 5}
"""The Council of Europe's six steps for languages: A knows basics, B is independent (Muster's proficient), C is
proficient in the Council's words, which is advanced and expert here."""
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
FRACTION = re.compile(r"(\d{1,3}(?:\.\d)?)\s*(?:/|of|out of|von|sur|de|su|van|z|dari|av)\s*(\d{1,3})\Z")
STARS = re.compile(r"((?:[★⭐*●•■🌟⬤]\s?)+)((?:[☆○□⚬]\s?)*)\Z")
BARE_STARS = re.compile(r"[★⭐🌟*]{1,5}\Z")
ARROW = re.compile(r"(\d{1,2})\s*(?:-+>|=+>|[→➔➜➝⇒])\s*(\d{1,2})\Z")
REMARK = re.compile(r"(\d{1,2}(?:\.\d)?|[a-z])\s*[(\[]\s*(.{2,60}?)\s*[)\]]\Z")
SUFFIX = re.compile(r"(\d{1,2}(?:\.\d)?|[a-z]\d?)\s*([*†‡!?°^~#+'-]|\*{2,3}|\+{2}|-{2})\Z")
WORDED = re.compile(r"(\w[^/|,;:–—]{1,30}?)(?:\s+[-–—]\s*|\s*[/|,;:–—]\s*)(\w.{1,60})\Z")
BETWEEN = re.compile(r"(\d{1,2})\s*(?:-|–|—|/|to|bis|or|oder|ou)\s*(\d{1,2})\Z")


@dataclass(frozen=True)
class Compound:
    """A mark with a level inside: `base` is the mark without the addition. `target` is where an arrow points;
    `settled` means that the base is surely the level, whatever the addition says."""

    base: str
    addition: str
    target: str | None = None
    settled: bool = False
    wants: bool = False


def compound(key: str) -> Compound | None:
    if found := ARROW.match(key):
        return Compound(found[1], f"-> {found[2]}", found[2], settled=True, wants=int(found[2]) > int(found[1]))
    if found := REMARK.match(key):
        return Compound(found[1], found[2], settled=True, wants=means_a_goal(found[2]))
    if found := SUFFIX.match(key):
        return Compound(found[1], found[2])
    if (found := BETWEEN.match(key)) and int(found[2]) == int(found[1]) + 1:
        return Compound(found[1], found[2])
    return worded(key)


def worded(key: str) -> Compound | None:
    """A level's word and what is said beside it: "advanced - rusty", "expert / certified". Where that is a level of its
    own, "basic / advanced", which of the two holds stays open."""
    found = WORDED.match(key)
    if found is None or found[1] in YES | NO or level_of_word(found[1]) is None or level_of_word(key) is not None:
        return None
    settled = tells_a_certificate(found[2]) or level_of_meaning(found[2]) is None
    return Compound(found[1], found[2], settled=settled, wants=means_a_goal(found[2]))


def stated_levels(keys: Iterable[str]) -> dict[str, int]:
    """The levels of marks whose scale is stated in them or is a standard that all of them follow."""
    known = list(keys)
    return {**fractions(known), **starred(known), **cefr(known)}


def fractions(keys: Iterable[str]) -> dict[str, int]:
    """ "3/5" and "4 von 5", when all have the same total and none goes beyond it."""
    parts = {key: (float(found[1]), int(found[2])) for key in keys if (found := FRACTION.match(key))}
    return shares(parts) if len({total for _, total in parts.values()}) == 1 else {}


def starred(keys: Iterable[str]) -> dict[str, int]:
    """Full and hollow signs of one total; full ones alone when they reach five."""
    counted: dict[str, tuple[float, int]] = {}
    for key in keys:
        if found := STARS.match(key):
            full, hollow = (len("".join(part.split())) for part in found.groups())
            counted[key] = float(full), full + hollow
    totals = {total for _, total in counted.values()}
    hollow = any(total > full for full, total in counted.values())
    if hollow and len(totals) == 1:
        return shares(counted)
    bare = all(BARE_STARS.match(key) for key in counted)
    return {key: int(full) for key, (full, _) in counted.items()} if bare and max(totals, default=0) == TOP else {}


def shares(parts: dict[str, tuple[float, int]]) -> dict[str, int]:
    """Each part of its total on 0..5; halves round down, as everywhere."""
    if any(not 3 <= total <= 100 or part > total for part, total in parts.values()):
        return {}
    return {key: int(part / total * TOP + 0.4999) for key, (part, total) in parts.items()}


def cefr(keys: Iterable[str]) -> dict[str, int]:
    """Language levels, when three or more of two letters show that it is them and not some firm's own codes."""
    codes = [key for key in keys if re.fullmatch(r"[a-z]\d", key)]
    is_cefr = all(code in CEFR for code in codes) and len(codes) >= 3 and len({code[0] for code in codes}) >= 2
    return {code: CEFR[code] for code in codes} if is_cefr else {}


def romans(keys: Iterable[str]) -> dict[str, int]:
    """Roman numerals, when one of two letters shows that they are no other letters."""
    found = {key: ROMAN[key] for key in keys if key in ROMAN}
    return found if any(len(key) > 1 for key in found) else {}
