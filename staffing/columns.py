"""Values of one kind from all over a document, checked and read together."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, compress, islice, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.document import Value, is_unicode


class Column:
    """Values that the same is asked of.

    A swift check vouches for all of them at once. When it cannot, the careful walk, value by value, says which is wrong
    and where, or finds that none is.
    """

    __slots__ = ("_walk", "raws")

    def __init__(self, raws: list[Any], walk: Callable[[], Iterator[Value]]) -> None:
        """`walk` goes through the same values as `raws`; it is only called to refuse one of them."""
        self.raws = raws
        self._walk = walk

    @classmethod
    def of(cls, value: Value) -> "Column":
        """The entries of a list."""
        if type(value.raw) is list:
            return cls(value.raw, lambda: iter(value.items()))
        entries = value.items()
        return cls([entry.raw for entry in entries], lambda: iter(entries))

    def __len__(self) -> int:
        return len(self.raws)

    def at(self, position: int) -> Value:
        return next(islice(self._walk(), position, None))

    def objects(self, *known: str) -> "Column":
        """This column, after making sure that it holds objects with no other keys than these."""
        if not (self._only(dict) and set(known).issuperset(chain.from_iterable(self.raws))):
            for value in self._walk():
                value.fields(*known)
        return self

    def __getitem__(self, key: str) -> "Column":
        """What objects hold under a key that none may lack."""
        if not all(key in raw for raw in self.raws):
            for value in self._walk():
                value[key]
        return Column([raw[key] for raw in self.raws], lambda: (value[key] for value in self._walk()))

    def get(self, key: str, default: Any) -> "Column":
        """What objects hold under a key, or the default."""
        return Column(
            [raw.get(key, default) for raw in self.raws], lambda: (value.get(key, default) for value in self._walk())
        )

    def entries(self) -> "Entries":
        """Keys and values of objects with free keys."""
        if not (self._only(dict) and _all_text(set(chain.from_iterable(self.raws)))):
            for value in self._walk():
                list(value.entries())
        return Entries(
            owner=np.repeat(np.arange(len(self)), list(map(len, self.raws))),
            keys=list(chain.from_iterable(self.raws)),
            values=Column(
                list(chain.from_iterable(raw.values() for raw in self.raws)),
                lambda: (entry for value in self._walk() for _, entry in value.entries()),
            ),
        )

    def items(self, length: int) -> "Column":
        """The entries, one list after the other, of lists of this length."""
        if not (self._only(list) and set(map(len, self.raws)) <= {length}):
            for value in self._walk():
                value.items(length)
        entries = list(chain.from_iterable(self.raws))
        return Column(entries, lambda: (entry for value in self._walk() for entry in value.items()))

    def every(self, step: int, first: int) -> "Column":
        """Of every `step` values the one at `first`."""
        return Column(self.raws[first::step], lambda: islice(self._walk(), first, None, step))

    def where(self, chosen: NDArray[np.bool_]) -> "Column":
        return Column(list(compress(self.raws, chosen)), lambda: compress(self._walk(), chosen))

    def lengths(self) -> NDArray[np.int64]:
        """(n,) how long the lists are; -1 for what is no list."""
        return np.array([len(raw) if isinstance(raw, list) else -1 for raw in self.raws], np.int64)

    def texts(self) -> list[str]:
        if not (self._only(str) and all(self.raws) and is_unicode("".join(self.raws))):
            return [value.text() for value in self._walk()]
        return self.raws

    def distinct(self, kind: str) -> list[str]:
        """Texts, after making sure that none stands twice."""
        texts = self.texts()
        if len(set(texts)) < len(texts):
            seen: set[str] = set()
            for value in self._walk():
                if value.raw in seen:
                    raise value.refuse(f"is the id of an earlier {kind} too.")
                seen.add(value.raw)
        return texts

    def known(self, position: Mapping[str, int], kind: str) -> NDArray[np.int64]:
        """(n,) the positions of the ids that the column holds."""
        if self._only(str):
            with suppress(KeyError):
                return np.array(list(map(position.__getitem__, self.raws)), np.int64)
        return np.array([position[value.known(position, kind)] for value in self._walk()], np.int64)

    def wholes(self, low: int, high: int) -> NDArray[np.int64]:
        """(n,) whole numbers from `low` to `high`."""
        if self._only(int):
            with suppress(OverflowError):
                column = np.array(self.raws, np.int64)
                if ((low <= column) & (column <= high)).all():
                    return column
        return np.array([value.whole(low, high) for value in self._walk()], np.int64)

    def numbers(self, low: float, high: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) numbers from `low` to `high`, which may be another for each."""
        if self._only(int, float):
            with suppress(OverflowError):
                column = np.array(self.raws, np.float64)
                if ((low <= column) & (column <= high)).all():
                    return column
        highs: list[float] = np.broadcast_to(high, len(self)).tolist()
        return np.array([value.number(low, most) for value, most in zip(self._walk(), highs, strict=True)], np.float64)

    def _only(self, *kinds: type) -> bool:
        """Whether nothing else is here; a subclass, as true is of whole numbers, is something else."""
        return set(map(type, self.raws)) <= {*kinds}


@dataclass(frozen=True)
class Entries:
    """Keys and values of many objects, one object after the other."""

    owner: NDArray[np.int64]
    """(n,) positions of the objects that they stand in."""
    keys: list[str]
    values: Column

    def by_key(self, wanted: Sequence[str], chosen: NDArray[np.bool_]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Each key that is wanted with the positions of its entries among those chosen."""
        code = {key: n for n, key in enumerate(wanted)}
        codes = np.fromiter(map(code.get, self.keys, repeat(-1)), np.int64, len(self.keys))
        found = np.flatnonzero((codes >= 0) & chosen)
        found = found[np.argsort(codes[found], kind="stable")]
        bounds = np.searchsorted(codes[found], np.arange(len(wanted) + 1))
        for n, key in enumerate(wanted):
            yield key, found[bounds[n] : bounds[n + 1]]


def _all_text(keys: Set[Any]) -> bool:
    return "" not in keys and set(map(type, keys)) <= {str}
