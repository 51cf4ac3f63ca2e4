"""`docs/access.md`, written from the matrix: `python -m app.access_page > docs/access.md`. A test compares the two."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.access import (
    ALL,
    DETAILS,
    MANAGED,
    MATRIX,
    NONE,
    NOT_OWN,
    OWN,
    SHIPPED_POLICY,
    SOLELY_MANAGED,
    Grant,
)

ROLES = ("visitor", "viewer", "practitioner", "manager", "administrator")
SIGNS = {
    NONE: "–",
    OWN: "own",
    SOLELY_MANAGED: "managed",
    MANAGED: "own and managed",
    NOT_OWN: "all but own",
    ALL: "all",
}
INTRODUCTION = """\
# Who may do what

Written from `app/access.py` by `python -m app.access_page`; the code asks the same rules, and the tests of every
address are generated from them. What no rule allows is refused.

A **visitor** is not signed in. A **viewer** reads what everybody may read. A **practitioner** has a record of their
own. A **manager** manages everybody, or only the people of chosen units with the units below them, the projects that
they lead and whoever somebody else confirmed on those. An **administrator** manages everybody.

*own*: one's own record, account, work. *managed*: within a manager's reach; to an administrator everything is. *all*:
also what is neither. Whoever may not even see a thing gets the answer of one that is not there.
"""
CHOICES = """\
## What people show of their own record

Everybody sees all of their own record. Of somebody else's they see the parts below as far as that person's choice goes:
*self* shows it to nobody else, *managers* to those who manage the person, *everyone* to everybody who is signed in.
People choose from the narrowest to the widest; the usual holds for those who chose nothing. This is the shipped policy;
administrators change it on `/admin/policy`. Searches, counts, orders, exports, proposals and the API obey the same
choices: what somebody hides counts nowhere as a number either. A mean is told of three projects or more: of those whose
outcome everybody is shown, or where these are too few, of those that the viewer is shown, if they are three more. A
stored staffing run shows no team to whoever is not shown what it was worked out from, and not how many could take a
seat to whoever is shown less than the one who asked.
"""


def page() -> str:
    policy = (
        (field.replace("_", " "), bounds.usual, bounds.narrowest, bounds.widest)
        for field, bounds in SHIPPED_POLICY.items()
    )
    parts = [
        INTRODUCTION,
        "## Things\n",
        *_table(("thing", "action", *ROLES), _rows(MATRIX)),
        "\n## Parts of things\n",
        *_table(("thing", "part", *ROLES), _rows(DETAILS)),
        "",
        CHOICES,
        *_table(("part of the record", "usual", "narrowest", "widest"), policy),
        "",
    ]
    return "\n".join(parts)


def _rows(rules: Mapping[tuple[Any, Any], Grant]) -> Iterator[Sequence[str]]:
    for (thing, what), grant in rules.items():
        yield thing.value, what.value, *(SIGNS[getattr(grant, role)] for role in ROLES)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
