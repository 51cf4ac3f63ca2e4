"""Whether seats can be filled at all, by counting: everybody takes so many seats and no more."""

from collections.abc import Sequence

from staffing.checking.worth import Index


def most_filled(choices: Sequence[Index], capacity: int, *, enough: int) -> int:
    """The most seats that people can fill who take `capacity` seats each; counting stops at `enough`.

    `choices`: the people for each seat. Augmenting paths, one seat after the other (Kuhn).
    """
    held: dict[int, list[int]] = {}
    filled = 0
    for seat in range(len(choices)):
        if filled >= enough:
            break
        filled += _seated(seat, choices, held, capacity, set())
    return filled


def _seated(seat: int, choices: Sequence[Index], held: dict[int, list[int]], capacity: int, asked: set[int]) -> bool:
    for who in choices[seat].tolist():
        if len(held.get(who, ())) < capacity:
            held.setdefault(who, []).append(seat)
            return True
    for who in choices[seat].tolist():
        if who in asked:
            continue
        asked.add(who)
        for n, other in enumerate(held[who]):
            if _seated(other, choices, held, capacity, asked):
                held[who][n] = seat
                return True
    return False
