"""What sets one team apart from another: who comes for whom, and who takes another role."""

from collections import Counter
from dataclasses import dataclass

from staffing.proposal import Assignment, Team


@dataclass(frozen=True)
class Swap:
    """Somebody takes a seat, and somebody gives one up for it.

    It is the same seat, unless others change roles in between so that everybody has one again.
    """

    role: str
    seat: int
    """From 1 within the role: where the newcomer sits, or what stays empty."""
    out: str | None
    """None where there was an empty seat."""
    into: str | None
    """None where a seat stays empty."""


@dataclass(frozen=True)
class RoleChange:
    """Somebody stays on the team and takes another role."""

    person: str
    before: str
    after: str


def differences(before: Team, after: Team) -> tuple[tuple[Swap, ...], tuple[RoleChange, ...]]:
    """What turns one team into the other, in seat order. Interchangeable seats change places without a word."""
    swaps = _by_seat(before, after)
    arrivals: dict[str, list[int]] = {}
    for n, swap in enumerate(swaps):
        if swap.into is not None:
            arrivals.setdefault(swap.into, []).append(n)
    follows = {n: arrivals[swap.out].pop(0) for n, swap in enumerate(swaps) if swap.out and arrivals.get(swap.out)}
    changes = tuple(RoleChange(swaps[n].out or "", swaps[n].role, swaps[to].role) for n, to in follows.items())
    forced = []
    for n in sorted(set(range(len(swaps))) - set(follows.values())):
        last = n
        while last in follows:
            last = follows[last]
        forced.append(Swap(swaps[n].role, swaps[n].seat, swaps[last].out, swaps[n].into))
    return tuple(forced), changes


def _by_seat(before: Team, after: Team) -> list[Swap]:
    """Who gives up which seat for whom, as if nobody did so for another role."""
    swaps: list[Swap] = []
    for role in dict.fromkeys(a.role for a in before.assignments):
        old = [a for a in before.assignments if a.role == role]
        new = [a.person for a in after.assignments if a.role == role]
        leavers = sorted(_gone(old, new), key=lambda a: (a.person in after.people, a.seat))
        arrivals = list((Counter(new) - Counter(a.person for a in old)).elements())
        arrivals.sort(key=lambda who: (who in before.people, who is None, who or ""))
        swaps += [Swap(role, a.seat, a.person, who) for a, who in zip(leavers, arrivals, strict=True)]
    return swaps


def _gone(old: list[Assignment], new: list[str | None]) -> list[Assignment]:
    staying = Counter(new)
    gone = []
    for assignment in old:
        if staying[assignment.person]:
            staying[assignment.person] -= 1
        else:
            gone.append(assignment)
    return gone
