"""How texts write a person's name and address, and putting another word there without touching anybody else's name."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers.names import normal_form
from models import Account, CatalogueRole, Practitioner, Skill, TeamTemplate, TeamTemplateRole

BETWEEN = r"(?:[\W_]{0,3}|%20)"
APART = r"(?:[\W_]{1,3}|%20)"
"""What stands between the parts of a name: blanks, a comma, a point of an address, or in a normal form nothing."""
BEFORE, AFTER = r"(?<![^\W_])", r"(?![^\W_])"
MARKS = "[\u0300-\u036f]*"
SHORTEST_HINT = 2


@dataclass(frozen=True)
class Spellings:
    """A person's `names` and `emails`, as they are stored.

    `others`: names of other people that hold one of these names, and stay as they are. `ambiguous`: why a mention of
    the bare name may mean something else, so that it stays; None when it can only mean this person. `joined`: whether
    the name in one word, as normal forms have it, can only mean this person.
    """

    names: tuple[str, ...]
    emails: tuple[str, ...]
    pseudonym: str
    others: tuple[str, ...] = ()
    ambiguous: str | None = None
    joined: bool = True

    @property
    def handle(self) -> str:
        """What stands in place of an address."""
        return self.pseudonym.lower().replace(" ", "-")

    @cached_property
    def keys(self) -> frozenset[str]:
        """Normal forms of the name, in every order of its parts."""
        return frozenset(normal_form("".join(order)) for name in self.names for order in _orders(_parts(name)))

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """Letters of which every mention, also one escaped as JSON, holds at least one; empty where there are none."""
        found = []
        for name in self.names:
            runs = re.findall(r"[A-Za-z0-9]+", unicodedata.normalize("NFC", name))
            longest = max(runs, key=len, default="")
            if len(longest) < SHORTEST_HINT:
                return ()
            found.append(longest)
        return (*found, *self.emails)

    def mentioned(self, text: str) -> bool:
        return self.replaced(text) != text

    def scattered(self, text: str) -> bool:
        """Whether every part of a name that can only mean this person stands somewhere in the text as a word."""
        if self.ambiguous is not None:
            return False
        found = unicodedata.normalize("NFD", text)
        return any(
            all(re.search(BEFORE + _letters(part) + AFTER, found, re.IGNORECASE) for part in _parts(name))
            for name in self.names
            if _parts(name)
        )

    def named(self, text: str) -> bool:
        """Whether the text mentions the name, whoever it means by it."""
        return self._names is not None and bool(self._names.search(unicodedata.normalize("NFD", text)))

    def replaced(self, text: str) -> str:
        """The text with the pseudonym for every mention that can only mean this person."""
        if not self.hinted(text):
            return text
        found = unicodedata.normalize("NFD", text)
        changed = found
        if self._emails is not None:
            changed = self._emails.sub(self.handle, changed)
        if self._names is not None and self.ambiguous is None:
            changed = self._names.sub(lambda match: match[0] if match["other"] else self.pseudonym, changed)
        return text if changed == found else unicodedata.normalize("NFC", changed)

    def replaced_in(self, value: Any) -> Any:
        """The same for every text within a value of JSON, keys too."""
        if isinstance(value, str):
            return self.replaced(value)
        if isinstance(value, list):
            return [self.replaced_in(item) for item in value]
        if isinstance(value, dict):
            return {self.replaced_in(key): self.replaced_in(item) for key, item in value.items()}
        return value

    def hinted(self, text: str) -> bool:
        """Whether a mention is possible: quick, for texts of which few have one."""
        lowered = text.casefold()
        return not self.hints or any(hint.casefold() in lowered for hint in self.hints)

    @cached_property
    def _emails(self) -> re.Pattern[str] | None:
        if not self.emails:
            return None
        either = "|".join(map(re.escape, self.emails))
        return re.compile(rf"(?<![\w.+-])(?:{either})(?![\w-]|\.\w)", re.IGNORECASE)

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        orders = [order for name in self.names for order in _orders(_parts(name))]
        if not orders:
            return None
        between = BETWEEN if self.joined else APART
        ours = "|".join(between.join(map(_letters, order)) for order in orders)
        theirs = "|".join(APART.join(map(_letters, _parts(name))) for name in self.others) or "(?!)"
        return re.compile(rf"{BEFORE}(?:(?P<other>{theirs})|{ours}){AFTER}", re.IGNORECASE)


def spellings_of(session: Session, practitioner: Practitioner, accounts: Sequence[Account]) -> Spellings:
    """How the record writes them, and which other people's names would be hit."""
    # An account may be called "Administrator": one word of it says nobody's name.
    called = [account.name for account in accounts if len(_parts(account.name)) > 1]
    names = tuple(dict.fromkeys([practitioner.name, *called]))
    emails = tuple(dict.fromkeys(filter(None, [practitioner.email, *(account.email for account in accounts)])))
    ours = Spellings(names, emails, pseudonym_of(practitioner.id))
    people = session.scalars(select(Practitioner.name).where(Practitioner.id != practitioner.id))
    owned = [account.id for account in accounts]
    others = {*people, *session.scalars(select(Account.name).where(Account.id.not_in(owned)))}
    same = sum(normal_form(name) in ours.keys for name in others)
    words = {normal_form(part) for name in others for part in _parts(name)} | _catalogue_words(session, ours.keys)
    return Spellings(
        names,
        emails,
        ours.pseudonym,
        others=tuple(sorted((n for n in others if normal_form(n) not in ours.keys and ours.named(n)), key=len)[::-1]),
        ambiguous=_ambiguity(session, ours, same),
        joined=ours.keys.isdisjoint(words),
    )


def pseudonym_of(practitioner_id: int) -> str:
    return f"Erased person {practitioner_id}"


def _ambiguity(session: Session, ours: Spellings, same: int) -> str | None:
    if same:
        return "somebody else has the same name"
    columns = (CatalogueRole.name, CatalogueRole.function, TeamTemplate.name, TeamTemplateRole.name)
    for column in columns:
        if any(normal_form(name) in ours.keys for name in session.scalars(select(column))):
            return "the catalogue has a role of that name"
    bare = [key for name in ours.names if len(_parts(name)) == 1 for key in [normal_form(name)]]
    if bare and _catalogue_words(session, frozenset(bare)):
        return "the catalogue has a skill of that name"
    return None


def _catalogue_words(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of the keys by which the shipped or grown catalogue knows a skill with a category."""
    wanted = list(keys)
    skills = select(Skill.name_key).where(Skill.name_key.in_(wanted), Skill.category_id.is_not(None))
    return set(session.scalars(skills))


def _parts(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).replace("\u2019", "")))


def _orders(parts: Sequence[str]) -> list[tuple[str, ...]]:
    """Anna Maria Berg: also Berg, Anna Maria and Maria Berg, Anna."""
    return [(*parts[n:], *parts[:n]) for n in range(len(parts))]


def _letters(part: str) -> str:
    """A pattern for the word with or without accents."""
    plain = unicodedata.normalize("NFKD", part.casefold())
    letters = [re.escape(letter) + MARKS for letter in plain if not unicodedata.combining(letter)]
    return "".join(letters).replace(f"s{MARKS}s{MARKS}", f"(?:s{MARKS}s{MARKS}|\u00df)")
