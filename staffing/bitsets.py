"""Sets of people as the bits of whole numbers, which Python compares and counts by the thousand at once."""

from collections.abc import Iterator, Sequence


class Tally:
    """In how many of some sets each person is, counted in binary: plane n holds those whose count has bit n."""

    def __init__(self) -> None:
        self._planes: list[int] = []

    def add(self, people: int) -> None:
        for n, plane in enumerate(self._planes):
            self._planes[n], people = plane ^ people, plane & people
            if not people:
                return
        if people:
            self._planes.append(people)

    def largest(self, people: int, most: int) -> int:
        """The sum of the largest counts of this many people, none counted for more than `most`."""
        total, left = 0, people
        groups = [(0, -1)]
        for n in reversed(range(len(self._planes))):
            plane = self._planes[n]
            groups = [
                part for count, group in groups for part in ((count + (1 << n), group & plane), (count, group & ~plane))
            ]
        for count, group in groups[:-1]:
            taken = min(left, group.bit_count())
            total, left = total + taken * min(count, most), left - taken
        return total


def matched(sets: Sequence[int], capacity: int) -> int:
    """How many of the sets can each have one of their people, nobody serving more than `capacity`."""
    return _Serving(sets, capacity).count()


class _Serving:
    def __init__(self, sets: Sequence[int], capacity: int) -> None:
        self._sets = sets
        self._capacity = capacity
        self._serves: dict[int, list[int]] = {}
        self._full = 0
        self._asked = 0

    def count(self) -> int:
        served = 0
        for one in sorted(range(len(self._sets)), key=lambda one: self._sets[one].bit_count()):
            self._asked = 0
            served += self._serve(one)
        return served

    def _serve(self, one: int) -> bool:
        """Find somebody for the set, if need be by finding somebody else for another."""
        if available := self._sets[one] & ~self._full:
            self._give(lowest(available), one)
            return True
        while blocked := self._sets[one] & ~self._asked:
            who = lowest(blocked)
            self._asked |= 1 << who
            for other in self._serves[who]:
                if self._serve(other):
                    self._serves[who].remove(other)
                    self._full &= ~(1 << who)
                    self._give(who, one)
                    return True
        return False

    def _give(self, who: int, one: int) -> None:
        self._serves.setdefault(who, []).append(one)
        if len(self._serves[who]) >= self._capacity:
            self._full |= 1 << who


def lowest(people: int) -> int:
    return (people & -people).bit_length() - 1


def bits(people: int) -> Iterator[int]:
    """Ascending."""
    while people:
        one = people & -people
        yield one.bit_length() - 1
        people ^= one
