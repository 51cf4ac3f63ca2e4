"""What a list of skills holds, and which part of it is wanted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from importers.names import normal_form

LONGEST_NAME = 200


class Format(StrEnum):
    ESCO = "esco"
    ONET = "onet"
    STACKEXCHANGE = "stackexchange"
    CSV = "csv"


TITLES = {
    Format.ESCO: "ESCO skills",
    Format.ONET: "O*NET technology skills",
    Format.STACKEXCHANGE: "Stack Exchange tag synonyms",
    Format.CSV: "a list of skills",
}

SOURCES = {
    Format.ESCO: "This service uses the ESCO classification of the European Commission.",
    Format.ONET: "Includes information from the O*NET Database by the U.S. Department of Labor, Employment and "
    "Training Administration, used under the CC BY 4.0 licence. O*NET is a trademark of USDOL/ETA.",
    Format.STACKEXCHANGE: "Tag synonyms by the Stack Exchange communities, CC BY-SA.",
}
"""What the publishers ask to be said where their lists are used."""


@dataclass(frozen=True)
class TaxonomyEntry:
    """One skill of a list. `hot`: O*NET finds the technology in many job postings."""

    name: str
    category: str | None = None
    description: str = ""
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    hot: bool = False


@dataclass(frozen=True)
class Taxonomy:
    """`format` is a value of `Format`. `remarks` are sentences about what of the file was left out when reading it."""

    file: str
    format: str
    entries: tuple[TaxonomyEntry, ...]
    remarks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return TITLES[Format(self.format)]

    @property
    def source(self) -> str | None:
        return SOURCES.get(Format(self.format))

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(sorted({entry.category for entry in self.entries if entry.category}))

    @property
    def has_hot(self) -> bool:
        return any(entry.hot for entry in self.entries)


@dataclass(frozen=True)
class Part:
    """Which entries are wanted. An entry passes when one of `categories` and one of `words` stands in its category and
    its names, whatever their case; empty ones let all pass. `only_aliases`: no new skill, only other names of known
    ones."""

    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    hot: bool = False
    only_aliases: bool = False

    def of(self, entries: Iterable[TaxonomyEntry]) -> Iterator[TaxonomyEntry]:
        categories = [normal_form(text) for text in self.categories]
        words = [normal_form(text) for text in self.words]
        for entry in entries:
            if self.hot and not entry.hot:
                continue
            if categories and not any(text in normal_form(entry.category or "") for text in categories):
                continue
            forms = [normal_form(name) for name in (entry.name, *entry.aliases)] if words else []
            if not words or any(word in form for form in forms for word in words):
                yield entry


def tidied(text: object) -> str:
    """A cell as one line of text."""
    return " ".join(str(text).split()) if text is not None else ""
