"""Compounds: one cell or heading that names several skills, such as `RabbitMQ/ Kafka`. What they seem to hold is
proposed for a person to decide; nothing is split here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from importers.names import normal_form
from importers.skills.catalogue import Catalogue, Match, plausible_skill
from importers.skills.wellknown import is_well_known
from importers.words import load

ONE_SKILL = frozenset(normal_form(name) for name in load("compounds")["one_skill"])
SLASHED = re.compile(
    r"\b(?:" + "|".join(re.escape(name) for name in load("compounds")["one_skill"] if "/" in name) + r")(?!\w)",
    re.IGNORECASE,
)
KEPT = "\N{DIVISION SLASH}"
MOST_PARTS = 12
MOST_WORDS = 3
"""Words of a part; a longer one is a description, and its commas separate no skills."""

IN_BRACKETS = re.compile(r"[^()]*\(([^()]+)\)\W*\Z")
LABEL = re.compile(r"[^:/]{3,}:\s+(.+)\Z", re.DOTALL)
LISTED = re.compile(r"\s*[/,;|、]\s*")
JOINED = re.compile(r"\s+(?:and|und|et|y|e|i|&|\+)\s+|\s*&\s*", re.IGNORECASE)
AND_SO_ON = re.compile(r"[\s/,;]*(?:…|\.\.\.|\betc\b\.?)\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Compounds:
    """Judges names by the skills of a catalogue, and by those that everybody knows."""

    catalogue: Catalogue

    def parts(self, name: str) -> tuple[str, ...]:
        """Two or more skills that a name seems to hold, in the words of the catalogue where it has them; else ()."""
        if normal_form(name) in ONE_SKILL or self.catalogue.match(name).kind is not Match.NEW or is_well_known(name):
            return ()
        if found := IN_BRACKETS.match(name):
            return self._several(found[1], whole=name)
        if found := LABEL.match(name):
            return self._several(found[1], whole=name)
        return self._several(name, whole=name)

    def _several(self, text: str, whole: str) -> tuple[str, ...]:
        open_ended = AND_SO_ON.search(text) is not None
        kept = SLASHED.sub(lambda found: found[0].replace("/", KEPT), AND_SO_ON.sub("", text))
        listed = [part.replace(KEPT, "/") for part in LISTED.split(kept) if part.strip()]
        pieces = chain.from_iterable(map(self._unjoined, listed))
        parts = tuple(dict.fromkeys(self._resolved(piece.strip()) for piece in pieces))
        if not 2 <= len(parts) <= MOST_PARTS or not all(map(self._can_be_a_skill, parts)):
            return ()
        known = sum(map(self._knows, parts))
        told = open_ended or "(" in whole or len(parts) > 2
        return parts if known * 2 >= len(parts) or (told and known) or (open_ended and len(parts) > 2) else ()

    def _unjoined(self, part: str) -> Sequence[str]:
        """ "Word and Excel" apart, when both are skills; "Research and development" stays."""
        joined = JOINED.split(part)
        return joined if len(joined) > 1 and not self._knows(part) and all(map(self._knows, joined)) else [part]

    def _can_be_a_skill(self, part: str) -> bool:
        if self._knows(part):
            return True
        return plausible_skill(part) and len(part) > 2 and len(part.split()) <= MOST_WORDS and "(" not in part

    def _knows(self, part: str) -> bool:
        return bool(part) and (self.catalogue.match(part).kind is not Match.NEW or is_well_known(part))

    def _resolved(self, part: str) -> str:
        """The catalogue's name for a part, also of one that is mistyped when only one skill is near."""
        if (skill := self.catalogue.match(part).skill) is not None:
            return skill
        near = () if is_well_known(part) else self.catalogue.near(part)
        return near[0] if len(near) == 1 else part
