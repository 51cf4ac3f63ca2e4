"""Colours as people speak of them: shades of one colour are one, and each has a name of its own on a sheet."""

import colorsys
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from importers.cells.headings import words_of
from importers.words import load

NEAR = 26.0
"""Distance in RGB up to which two fills are one colour to the eye of a person filling cells."""
GREY = 24
LIGHT = 0.7
SUFFIX = " fill"
SHADES = {1: ("",), 2: ("dark", "light"), 3: ("dark", "", "light")}
TRAFFIC_LIGHTS = {"red": 0, "orange": 2, "yellow": 2, "green": 4, "blue": 5}
"""Proposed only, never taken: red cannot, amber learns, green works alone, blue (where it is used) beyond."""
WORDS: Mapping[str, str] = {word: name for name, words in load("colours")["names"].items() for word in words}


@dataclass(frozen=True)
class Palette:
    """`names` gives every colour of a sheet its name, such as "green fill"; near shades share one."""

    names: Mapping[str, str]

    def name(self, colour: str) -> str | None:
        """The name of a colour given as RRGGBB, exact or nearly."""
        if colour in self.names:
            return self.names[colour]
        near = min(self.names, key=lambda known: (distance(known, colour), known), default=None)
        return self.names[near] if near is not None and distance(near, colour) <= NEAR else None


def palette_of(colours: Iterable[str]) -> Palette:
    """Shades join the commonest one near them. Up to three colours that share an everyday name are told apart as light
    and dark, more of them by their RRGGBB."""
    leads: list[str] = []
    lead_of: dict[str, str] = {}
    for colour, _ in sorted(Counter(colours).items(), key=lambda item: (-item[1], item[0])):
        near = min(leads, key=lambda lead: (distance(lead, colour), lead), default=None)
        if near is None or distance(near, colour) > NEAR:
            leads.append(near := colour)
        lead_of[colour] = near
    alike: dict[str, list[str]] = {}
    for lead in leads:
        alike.setdefault(colour_name(lead), []).append(lead)
    names: dict[str, str] = {}
    for name, members in alike.items():
        by_light = sorted(members, key=lambda member: (lightness(member), member))
        shades = SHADES.get(len(members)) or tuple(member.lower() for member in by_light)
        names.update({lead: f"{shade} {name}".strip() for lead, shade in zip(by_light, shades, strict=True)})
    return Palette({colour: names[lead] + SUFFIX for colour, lead in lead_of.items()})


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def distance(one: str, other: str) -> float:
    return math.dist(channels(one), channels(other))


def lightness(colour: str) -> float:
    return (max(channels(colour)) + min(channels(colour))) / 510


def colour_name(colour: str) -> str:
    """The everyday name of an RRGGBB colour."""
    red, green, blue = channels(colour)
    if max(red, green, blue) - min(red, green, blue) < GREY:
        return "grey"
    hue, light, _ = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    degrees = hue * 360
    if degrees < 15 or degrees >= 345:
        return "red"
    if degrees < 46:
        return "brown" if light < 0.3 else "yellow" if light > LIGHT and degrees >= 40 else "orange"
    for limit, name in ((68, "yellow"), (170, "green"), (260, "blue"), (295, "purple")):
        if degrees < limit:
            return name
    return "pink"


def spoken_colour(text: str) -> str | None:
    """The colour a short text names in any known language: "grün", "Green cells", "fondo rojo"."""
    words = words_of(text)
    found = {WORDS[word] for word in words if word in WORDS}
    return found.pop() if len(found) == 1 and len(words) <= 4 else None


def traffic_light(name: str) -> int | None:
    """The level to propose for a colour's name; of two shades the lighter is less."""
    words = name.removesuffix(SUFFIX).split()
    level = next((TRAFFIC_LIGHTS[word] for word in words if word in TRAFFIC_LIGHTS), None)
    if level is None or level in {0, 5}:
        return level
    return level - 1 if words[0] == "light" else level
