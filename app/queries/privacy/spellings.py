"""How texts write a person's name and address, and putting another word there without touching anybody else's name."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.privacy.former import former_identities
from app.queries.privacy.letters import APART, BETWEEN, folded, hint_of, orders_of, parts_of, pattern
from importers.names import normal_form
from models import Account, CatalogueRole, Practitioner, Skill, TeamTemplate, TeamTemplateRole

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
        return frozenset(normal_form("".join(order)) for name in self.names for order in orders_of(parts_of(name)))

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """Of these every mention holds at least one, in a folded text; empty where they would tell nothing."""
        found = [hint_of(name) for name in self.names]
        if any(len(hint) < SHORTEST_HINT and hint.isascii() for hint in found):
            return ()
        return (*found, *map(folded, self.emails))

    def mentioned(self, text: str) -> bool:
        return self.replaced(text) != text

    def scattered(self, text: str) -> bool:
        """Whether every part of a name that can only mean this person stands somewhere in the text as a word."""
        if self.ambiguous is not None:
            return False
        found = unicodedata.normalize("NFD", text)
        return any(
            all(re.search(pattern([part]), found, re.IGNORECASE) for part in parts_of(name))
            for name in self.names
            if parts_of(name)
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
        """Whether a mention is possible: quick, for texts of which few have one. Letters may be escaped as JSON."""
        if not self.hints or "\\u" in text:
            return True
        plain = text.lower() if text.isascii() else folded(text)
        return any(hint in plain for hint in self.hints)

    @cached_property
    def _emails(self) -> re.Pattern[str] | None:
        if not self.emails:
            return None
        either = "|".join(map(re.escape, self.emails))
        return re.compile(rf"(?<![\w.+-])(?:{either})(?![\w-]|\.\w)", re.IGNORECASE)

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        orders = [order for name in self.names for order in orders_of(parts_of(name))]
        if not orders:
            return None
        ours = "|".join(pattern(order, BETWEEN if self.joined else APART) for order in orders)
        theirs = "|".join(pattern(parts_of(name), APART) for name in self.others) or "(?!)"
        return re.compile(f"(?P<other>{theirs})|{ours}", re.IGNORECASE)


def spellings_of(session: Session, practitioner: Practitioner, accounts: Sequence[Account]) -> Spellings:
    """How the record writes them, now and before, and which other people's names would be hit."""
    owned = [account.id for account in accounts]
    rest = Practitioner.id != practitioner.id
    others = {
        *session.scalars(select(Practitioner.name).where(rest)),
        *session.scalars(select(Account.name).where(Account.id.not_in(owned))),
    }
    former = former_identities(session, practitioner.id, owned)
    # An account may be called "Administrator": one word of it says nobody's name.
    called = [account.name for account in accounts if len(parts_of(account.name)) > 1]
    names = [practitioner.name, *called]
    names += [name for name in sorted(former.names) if _is_only_theirs(session, name, others)]
    theirs = {
        *session.scalars(select(Practitioner.email).where(rest)),
        *session.scalars(select(Account.email).where(Account.id.not_in(owned))),
    }
    emails = [*filter(None, [practitioner.email, *(account.email for account in accounts)])]
    emails += sorted(former.emails - theirs)
    ours = Spellings(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(emails)), pseudonym_of(practitioner.id))
    keys = set(map(folded, ours.keys))
    namesakes = {name for name in others if _key(name) in keys}
    words = {_key(part) for name in others for part in parts_of(name)} | _catalogue_words(session, ours.keys)
    return replace(
        ours,
        others=tuple(sorted((n for n in others - namesakes if ours.named(n)), key=len, reverse=True)),
        ambiguous=_ambiguity(session, ours, len(namesakes)),
        joined=keys.isdisjoint(words),
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
    bare = [key for name in ours.names if len(parts_of(name)) == 1 for key in [normal_form(name)]]
    if bare and _catalogue_words(session, frozenset(bare)):
        return "the catalogue has a skill of that name"
    return None


def _catalogue_words(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of the keys by which the shipped or grown catalogue knows a skill with a category."""
    wanted = list(keys)
    skills = select(Skill.name_key).where(Skill.name_key.in_(wanted), Skill.category_id.is_not(None))
    return set(session.scalars(skills))


def _is_only_theirs(session: Session, name: str, others: Iterable[str]) -> bool:
    """Of a name that they had once: whether nobody and nothing else is called so."""
    once = Spellings((name,), (), "")
    keys = set(map(folded, once.keys))
    return len(parts_of(name)) > 1 and keys.isdisjoint(map(_key, others)) and _ambiguity(session, once, 0) is None


def _key(name: str) -> str:
    return folded(normal_form(name))
