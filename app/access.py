"""The matrix: which role may do what to which thing. Everything that lets somebody in or shows a field asks here.

`docs/access.md` is written from this module, and the tests of every address are generated from it. What no rule allows
is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models import AccountRole, Audience, PersonalField

ROLE_WORDS: Mapping[AccountRole, str] = {
    AccountRole.ADMIN: "Administrator",
    AccountRole.MANAGER: "Manager",
    AccountRole.PRACTITIONER: "Practitioner",
    AccountRole.VIEWER: "Viewer",
}


class Thing(StrEnum):
    ENTRANCE = "sign-in and one-use links"
    HEALTH = "state of the service"
    LOOK = "light or dark pages"
    HOME = "start page"
    PERSON = "person"
    SKILL = "skill"
    PROJECT = "project"
    PROPOSAL = "staffing run"
    PROPOSED = "where somebody was proposed"
    DECISION = "staffing decision"
    ALLOCATION = "allocation"
    EXPORT = "export"
    IMPORT = "import"
    TAXONOMY = "list of skills"
    JOB = "background work"
    AUDIT = "audit trail"
    ENGINE = "engine, on problems of one's own"
    API = "description of the API"
    ACCOUNT = "account"
    POLICY = "policy of the organisation"


class Action(StrEnum):
    USE = "use"
    SEE = "see"
    CREATE = "create"
    CHANGE = "change"
    VERIFY = "verify the ratings of"
    TRACE = "see the history of"
    ADMINISTER = "administer"


class Relation(StrEnum):
    """What a thing is to whoever asks. A person's own record, one's own account and the work one asked for are OWN; the
    people and projects within a manager's reach, and everything to an administrator, are MANAGED."""

    OWN = "own"
    MANAGED = "managed"
    OTHER = "other"


Relations = frozenset[Relation]
NONE: Relations = frozenset()
OWN = frozenset({Relation.OWN})
MANAGED = frozenset({Relation.OWN, Relation.MANAGED})
NOT_OWN = frozenset({Relation.MANAGED, Relation.OTHER})
SOLELY_MANAGED = frozenset({Relation.MANAGED})
ALL = frozenset(Relation)


@dataclass(frozen=True, slots=True)
class Grant:
    """For each role the relations that it needs."""

    visitor: Relations
    viewer: Relations
    practitioner: Relations
    manager: Relations
    administrator: Relations

    def of(self, role: AccountRole | None) -> Relations:
        """None is a visitor: nobody is signed in."""
        if role is None:
            return self.visitor
        return {
            AccountRole.VIEWER: self.viewer,
            AccountRole.PRACTITIONER: self.practitioner,
            AccountRole.MANAGER: self.manager,
            AccountRole.ADMIN: self.administrator,
        }[role]


EVERYBODY = Grant(ALL, ALL, ALL, ALL, ALL)
SIGNED_IN = Grant(NONE, ALL, ALL, ALL, ALL)
MANAGERS = Grant(NONE, NONE, NONE, ALL, ALL)
ADMINISTRATORS = Grant(NONE, NONE, NONE, NONE, ALL)
THEIR_MANAGERS = Grant(NONE, NONE, NONE, MANAGED, ALL)
ONESELF = Grant(NONE, OWN, OWN, OWN, OWN)

MATRIX: Mapping[tuple[Thing, Action], Grant] = {
    (Thing.ENTRANCE, Action.USE): EVERYBODY,
    (Thing.HEALTH, Action.SEE): EVERYBODY,
    (Thing.LOOK, Action.CHANGE): EVERYBODY,
    (Thing.HOME, Action.SEE): SIGNED_IN,
    (Thing.PERSON, Action.SEE): SIGNED_IN,
    (Thing.PERSON, Action.VERIFY): Grant(NONE, NONE, NONE, SOLELY_MANAGED, NOT_OWN),
    (Thing.PERSON, Action.TRACE): Grant(NONE, OWN, OWN, MANAGED, ALL),
    (Thing.PERSON, Action.ADMINISTER): ADMINISTRATORS,
    (Thing.SKILL, Action.SEE): SIGNED_IN,
    (Thing.PROJECT, Action.SEE): SIGNED_IN,
    (Thing.PROJECT, Action.CREATE): MANAGERS,
    (Thing.PROJECT, Action.CHANGE): THEIR_MANAGERS,
    (Thing.PROJECT, Action.TRACE): THEIR_MANAGERS,
    (Thing.PROPOSAL, Action.SEE): THEIR_MANAGERS,
    (Thing.PROPOSAL, Action.CREATE): THEIR_MANAGERS,
    (Thing.PROPOSED, Action.SEE): Grant(NONE, OWN, OWN, MANAGED, ALL),
    (Thing.DECISION, Action.SEE): THEIR_MANAGERS,
    (Thing.DECISION, Action.CREATE): THEIR_MANAGERS,
    (Thing.ALLOCATION, Action.SEE): Grant(NONE, NONE, OWN, MANAGED, ALL),
    (Thing.ALLOCATION, Action.CHANGE): Grant(NONE, NONE, OWN, MANAGED, ALL),
    (Thing.EXPORT, Action.CREATE): MANAGERS,
    (Thing.IMPORT, Action.SEE): ADMINISTRATORS,
    (Thing.IMPORT, Action.CHANGE): ADMINISTRATORS,
    (Thing.TAXONOMY, Action.SEE): ADMINISTRATORS,
    (Thing.TAXONOMY, Action.CHANGE): ADMINISTRATORS,
    (Thing.JOB, Action.SEE): Grant(NONE, OWN, OWN, OWN, ALL),
    (Thing.JOB, Action.CHANGE): Grant(NONE, OWN, OWN, OWN, ALL),
    (Thing.AUDIT, Action.SEE): ADMINISTRATORS,
    (Thing.ENGINE, Action.USE): MANAGERS,
    (Thing.API, Action.SEE): EVERYBODY,
    (Thing.ACCOUNT, Action.SEE): ONESELF,
    (Thing.ACCOUNT, Action.CHANGE): ONESELF,
    (Thing.ACCOUNT, Action.ADMINISTER): ADMINISTRATORS,
    (Thing.POLICY, Action.SEE): ADMINISTRATORS,
    (Thing.POLICY, Action.CHANGE): ADMINISTRATORS,
}


class Detail(StrEnum):
    """Parts of a thing that not everybody sees who sees the thing; a person's own choices are `PersonalField`."""

    ORIGINS = "where values came from"
    PROPOSED_BOOKINGS = "bookings that are only proposed"
    FORMER_PEOPLE = "people who left"
    BUDGET = "budget"


DETAILS: Mapping[tuple[Thing, Detail], Grant] = {
    (Thing.PERSON, Detail.FORMER_PEOPLE): Grant(NONE, OWN, OWN, MANAGED, ALL),
    (Thing.PERSON, Detail.ORIGINS): THEIR_MANAGERS,
    (Thing.PERSON, Detail.PROPOSED_BOOKINGS): Grant(NONE, OWN, OWN, MANAGED, ALL),
    (Thing.PROJECT, Detail.PROPOSED_BOOKINGS): THEIR_MANAGERS,
    (Thing.PROJECT, Detail.BUDGET): MANAGERS,
}

AUDIENCES: Mapping[Audience, Relations] = {Audience.SELF: OWN, Audience.MANAGERS: MANAGED, Audience.EVERYONE: ALL}
"""Whom a person lets see a part of their record, in terms of what the person is to them."""
WIDENING = tuple(AUDIENCES)
"""From the narrowest audience to the widest."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The organisation's policy for one part: what people may choose, and `usual` for those who chose nothing."""

    usual: Audience
    narrowest: Audience
    widest: Audience

    def effective(self, chosen: Audience | None) -> Audience:
        """A choice outside the bounds, made before they were drawn, counts as the nearest bound."""
        order = WIDENING.index
        return min(max(chosen or self.usual, self.narrowest, key=order), self.widest, key=order)


SHIPPED_POLICY: Mapping[PersonalField, Bounds] = {
    PersonalField.RATINGS: Bounds(Audience.EVERYONE, Audience.MANAGERS, Audience.EVERYONE),
    PersonalField.GOALS: Bounds(Audience.EVERYONE, Audience.SELF, Audience.EVERYONE),
    PersonalField.AVAILABILITY: Bounds(Audience.EVERYONE, Audience.MANAGERS, Audience.EVERYONE),
    PersonalField.OUTCOMES: Bounds(Audience.EVERYONE, Audience.MANAGERS, Audience.EVERYONE),
    PersonalField.ABSENCE_REASONS: Bounds(Audience.MANAGERS, Audience.SELF, Audience.EVERYONE),
    PersonalField.COST: Bounds(Audience.MANAGERS, Audience.MANAGERS, Audience.MANAGERS),
    PersonalField.CONTACT: Bounds(Audience.MANAGERS, Audience.MANAGERS, Audience.EVERYONE),
}
"""What holds until an administrator decides otherwise."""


def opens(role: AccountRole | None, thing: Thing, action: Action) -> bool:
    """Whether there is any such thing to which the role may do this."""
    return (thing, action) in MATRIX and bool(MATRIX[thing, action].of(role))


def allows(role: AccountRole | None, thing: Thing, action: Action, relation: Relation) -> bool:
    return (thing, action) in MATRIX and relation in MATRIX[thing, action].of(role)


def shows(role: AccountRole | None, thing: Thing, detail: Detail, relation: Relation) -> bool:
    return (thing, detail) in DETAILS and relation in DETAILS[thing, detail].of(role)
