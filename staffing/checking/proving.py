"""Whether a certificate proves what an answer claims: from everybody, part by part, to what can be looked through.

Every step leaves the teams that a claim is about where they are, or `Refused` says which step does not.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from staffing.certificate import Certificate, Choices, Part, Potentials, Proof
from staffing.checking.exhausting import NOTHING, Claim, Exhausting, Patience
from staffing.checking.field import Everybody
from staffing.checking.filling import most_filled
from staffing.checking.keeping import Keeping
from staffing.checking.space import Bounded, Space, left_out, plain_potentials, well_formed
from staffing.checking.table import Mask, PairRules, own_slices
from staffing.checking.verdict import Fault, Refused, Verdict
from staffing.checking.worth import Units

_SETTLED = 400
"""Choices up to which potentials are skipped over as long as later ones hold for the same choices."""


class Proving:
    """Takes the claims about one problem, one group after the other."""

    def __init__(self, rules: PairRules, keeping: Keeping, certificate: Certificate | None, patience: Patience) -> None:
        self._rules = rules
        self._problem = rules.problem
        self._keeping = keeping
        self._certificate = certificate
        self._patience = patience
        self._everybody = Everybody(rules)
        self._bounds: dict[int, tuple[Bounded, Units]] = {}
        """What potentials over everybody say, by their identity."""

    def prove(self, claims: Sequence[Claim]) -> None:
        """`Refused` when a claim does not follow."""
        shared: dict[int, tuple[Proof, list[Claim]]] = {}
        for claim in claims:
            if not self._has_seats_filled(claim):
                continue
            proof = self._proof_of(claim)
            shared.setdefault(id(proof.part), (proof, []))[1].append(claim)
        for proof, group in shared.values():
            self._follow(proof, group)

    def _has_seats_filled(self, claim: Claim) -> bool:
        """There are people enough for a team with so many gaps."""
        locked = [{who for name, who in self._problem.rules.locks if name == role.id} for role in self._problem.roles]
        if any(len(who) > role.seats for who, role in zip(locked, self._problem.roles, strict=True)):
            return False
        space = self._everybody.space(gaps=False, prices=())
        choices = [space.person[own] for own in own_slices(space.starts)]
        pinned = [n for n, pin in enumerate(self._rules.pins) if pin is not None]
        if any(not len(choices[n]) for n in pinned):
            return False
        enough = space.seats - claim.gaps
        return most_filled(choices, self._problem.rules.max_seats_per_person, enough=enough) >= enough

    def _proof_of(self, claim: Claim) -> Proof:
        """The latest proof that is about this place, or one before it, and so many empty seats."""
        fitting = [
            proof
            for proof in (self._certificate.proofs if self._certificate is not None else ())
            if proof.gaps == claim.gaps and proof.place <= claim.place
        ]
        if not fitting:
            raise Refused(Verdict(Fault.NO_PROOF, team=claim.place + 1))
        latest = max(proof.place for proof in fitting)
        return [proof for proof in fitting if proof.place == latest][-1]

    def _follow(self, proof: Proof, claims: Sequence[Claim]) -> None:
        prices = proof.prices
        if prices and (len(prices) != self._everybody.priced_rules or not all(0 <= price < 1e9 for price in prices)):
            raise Refused(Verdict(Fault.MALFORMED))
        space = self._everybody.space(proof.gaps > 0, tuple(prices))
        bounded = None
        if proof.everybody is not None:
            space, bounded = self._over_everybody(space, proof.everybody, min(claim.target() for claim in claims))
        self._walk(proof.part, space.at_hand(), bounded, claims)

    def _over_everybody(self, space: Space, potentials: Potentials, target: int) -> tuple[Space, Bounded | None]:
        if id(potentials) not in self._bounds:
            space, moved = self._entered(space, potentials.choices, potentials.moved)
            bounded = Bounded.checked(space.at_hand(), moved) if space.complete else None
            if bounded is None:
                return space, None
            self._bounds[id(potentials)] = bounded, bounded.bounds()
        bounded, bounds = self._bounds[id(potentials)]
        bounded = bounded.down_to(target - self._rules.worth.common, bounds)
        return bounded.space, bounded

    def _walk(self, part: Part, space: Space, bounded: Bounded | None, claims: Sequence[Claim]) -> None:
        """Prove the claims about all teams in the space."""
        self._patience.spend(1)
        space, _ = self._entered(space, part.choices, None)
        if bounded is not None:
            bounded = _within(bounded, space)
        for n, potentials in enumerate(part.potentials):
            claims = self._open(claims, space, bounded)
            if claims and not self._holds_later(space, part.potentials[n + 1 :]):
                target = min(claim.target() for claim in claims) - self._rules.worth.common
                space, bounded = self._narrowed(space, bounded, potentials, target)
        claims = self._open(claims, space, bounded)
        if part.below and claims:
            for below, some in zip(part.below, self._divided(space, part.below), strict=True):
                self._walk(below, some, bounded, claims)
        elif claims:
            bounded = Bounded(space, plain_potentials(space)) if bounded is None else bounded
            for claim in claims:
                self._look_through(bounded, claim)

    def _narrowed(
        self, space: Space, bounded: Bounded | None, potentials: Potentials, target: int
    ) -> tuple[Space, Bounded | None]:
        """What potentials leave of the space."""
        space, moved = self._entered(space, potentials.choices, potentials.moved)
        if not space.complete:
            return space, bounded
        space = space.at_hand()
        checked = Bounded.checked(space, moved)
        if checked is None:
            return space, None if bounded is None else _within(bounded, space)
        checked = checked.down_to(target)
        return checked.space, checked

    def _look_through(self, bounded: Bounded, claim: Claim) -> None:
        bounded = bounded.down_to(claim.target() - self._rules.worth.common)
        if not bounded.space.complete:
            return
        team = Exhausting(bounded, self._keeping, claim, self._problem.min_difference, self._patience).contradiction()
        if team is not None:
            people = (*self._problem.people.ids, None)
            verdict = Verdict(Fault.BETTER, team=claim.place + 1, people=tuple(people[n] for n in team))
            stated = None if claim.units == NOTHING else claim.units
            raise Refused(replace(verdict, stated=stated, actual=self._rules.worth.team_units(team)))

    def _open(self, claims: Sequence[Claim], space: Space, bounded: Bounded | None) -> list[Claim]:
        """The claims that some team in the space could still contradict."""
        if not space.complete:
            return []
        if bounded is None:
            return list(claims)
        ceiling = bounded.ceiling + self._rules.worth.common
        return [claim for claim in claims if ceiling >= claim.target()]

    def _holds_later(self, space: Space, later: Sequence[Potentials]) -> bool:
        """Potentials further on are about all that is left, so that those before them need not be looked at."""
        if len(space) > _SETTLED:
            return False
        for potentials in reversed(later):
            self._must_be_well_formed(potentials.choices)
            if space.place_in(potentials.choices)[0].all():
                return True
        return False

    def _entered(self, space: Space, choices: Choices, moved: Units | None) -> tuple[Space, Units]:
        """The choices of the space that the certificate names, once it is clear that it may leave out the others.

        With them what the certificate moves to them.
        """
        self._must_be_well_formed(choices)
        inside, place = space.place_in(choices)
        if not inside.all():
            outside = ~inside
            if not space.complete:
                return space.where(inside), _columns(moved, place[inside], space.seats)
            outside = self._without_partners(space, outside)
            if outside.any() and self._everybody.surplus.any():
                outside &= ~self._everybody.surplus[space.person]
            if outside.any():
                outside = self._alone(space, inside, outside)
            if outside.any():
                raise Refused(left_out(space, np.flatnonzero(outside)))
        return space.where(inside), _columns(moved, place[inside], space.seats)

    def _without_partners(self, space: Space, outside: Mask) -> Mask:
        """Those left out without a reason, where the reason is to have no partner on another seat."""
        left = outside.copy()
        if int(left.sum()) <= _SETTLED:
            some = np.flatnonzero(left)
            left[some] = space.have_partners(some)
        return left

    def _alone(self, space: Space, inside: Mask, outside: Mask) -> Mask:
        """Those left out who have partners even after all those who have none are gone."""
        left = outside.copy()
        while left.any():
            rest = space.where(inside | left)
            if not rest.complete:
                return np.zeros(len(left), bool)
            some = np.flatnonzero(left[inside | left])
            fine = rest.have_partners(some)
            if fine.all():
                break
            left[np.flatnonzero(left)[~fine]] = False
        return left

    def _must_be_well_formed(self, choices: Choices) -> None:
        if not well_formed(self._rules, choices):
            raise Refused(Verdict(Fault.MALFORMED))

    def _divided(self, space: Space, parts: Sequence[Part]) -> list[Space]:
        """The space as the parts divide it: each has all choices of all seats but one, and together they have these."""
        inside = []
        for part in parts:
            self._must_be_well_formed(part.choices)
            inside.append(space.place_in(part.choices)[0])
        seats = np.unique(space.seat[~np.logical_and.reduce(inside)])
        nobody = ~np.logical_or.reduce(inside)
        if nobody.any():
            raise Refused(left_out(space, np.flatnonzero(nobody)))
        if len(seats) > 1:
            missing = ~np.logical_and.reduce(inside) & (space.seat != seats[0])
            raise Refused(left_out(space, np.flatnonzero(missing)))
        return [space.where(some).at_hand() for some in inside]


def _columns(moved: Units | None, place: Mask | Units, seats: int) -> Units:
    if moved is None:
        return np.zeros((seats, 0), np.int64)
    if moved.ndim != 2 or moved.shape[1] <= place.max(initial=-1):
        raise Refused(Verdict(Fault.MALFORMED))
    return moved[:, place]


def _within(bounded: Bounded, space: Space) -> Bounded:
    """The same potentials for some of the choices."""
    kept = np.isin(bounded.space.key, space.key)
    return replace(bounded.where(kept), space=space)


__all__ = ["NOTHING", "Proving"]
