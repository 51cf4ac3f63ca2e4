"""Greedy: the best addition seat by seat, then one swap after the other as long as one helps. No proof."""

import time

import numpy as np

from benchmarks.objective import Answer, Objective, Units

_TAKEN = -(1 << 60)


def solve(objective: Objective, limit: float) -> Answer:
    """Seats that few can take come first; it needs no limit."""
    started, processor = time.perf_counter(), time.process_time()
    team: list[int | None] = [None] * objective.seats
    order = sorted(range(objective.seats), key=lambda seat: (len(objective.people[seat]), seat))
    for seat in order:
        worth = _worth(objective, team, seat)
        best = int(np.argmax(worth))
        if worth[best] == _TAKEN:
            return Answer(None, False, time.perf_counter() - started, time.process_time() - processor)
        team[seat] = int(objective.people[seat][best])
    better = True
    while better:
        better = False
        for seat in range(objective.seats):
            worth = _worth(objective, team, seat)
            own = worth[objective.people[seat] == team[seat]].max()
            best = int(np.argmax(worth))
            if worth[best] > own:
                team[seat], better = int(objective.people[seat][best]), True
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    return Answer(tuple(who for who in team if who is not None), False, seconds, processor)


def _worth(objective: Objective, team: list[int | None], seat: int) -> Units:
    """(eligible,) what each would bring on the seat, beside everybody who sits already."""
    worth = objective.units[seat].copy()
    others = [(other, who) for other, who in enumerate(team) if other != seat and who is not None]
    for other, who in others:
        worth += objective.with_person(seat, other, who)
    worth[np.isin(objective.people[seat], [who for _, who in others])] = _TAKEN
    return worth
