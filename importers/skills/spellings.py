"""Names that are spelled nearly alike: what a person may have mistyped, and not what merely sounds alike.

Two names are near when their words agree one by one but for slips of the hand: one in a short word, two in a longer
one. Digits and signs never slip (`Python 2`, `C#`), a short word never loses its first letter, and no word is added
(`React Native`), so that what is shown is worth a look.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from importers.names import normal_form

SHORTEST = 4
"""Letters of a word that may hold a slip: `Git` and `Gin` are two names."""

TWO_SLIPS = 8
"""Letters from which a word may hold two slips."""

ONE_WORD = 8
"""Letters from which a name may be near one with other gaps between its words: "Javasript" and "Java Script"."""

MOST_NEAR = 3
MOST_WORDS = 8
GAPS = re.compile(r"[^\w+#]+|_")
Words = tuple[str, ...]
Shelf = tuple[str, int]


def words_of(name: str) -> Words:
    """The words of a name in the form in which names are compared."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold().replace("&", " and "))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return tuple(GAPS.sub(" ", text).split())


def is_near(word: str, other: str) -> bool:
    """Whether two different words may be one, mistyped."""
    if min(len(word), len(other)) < SHORTEST or word[0] != other[0] or fixed(word) != fixed(other):
        return False
    short = min(len(word), len(other))
    slips = OSA.distance(word, other, score_cutoff=2)
    if slips == 1:
        # A letter changed in a short word is another word: Scala and scale, Redis and Redux.
        return short > SHORTEST + 1 or len(word) != len(other) or sorted(word) == sorted(other)
    exchanged = short > SHORTEST + 1 and sorted(word) == sorted(other)
    return slips == 2 and (exchanged or (short >= TWO_SLIPS and not is_longer(word, other)))


def fixed(word: str) -> str:
    """What no slip changes: another version or another sign makes another name."""
    return "".join(letter for letter in word if not letter.isalpha())


def is_longer(word: str, other: str) -> bool:
    """One of them is the other and more: PostgreSQL and PostgreSQL's relatives, Angular and AngularJS."""
    return word.startswith(other) or other.startswith(word)


class Vocabulary:
    """Words by first letter and length, so that only those are compared that can be near."""

    def __init__(self, words: Iterable[str]) -> None:
        self._shelves: dict[Shelf, list[str]] = defaultdict(list)
        self._near: dict[str, tuple[str, ...]] = {}
        for word in dict.fromkeys(words):
            self._shelves[word[0], len(word)].append(word)

    def near(self, word: str) -> tuple[str, ...]:
        if word not in self._near:
            self._near[word] = tuple(self._search(word))
        return self._near[word]

    def _search(self, word: str) -> Iterator[str]:
        if len(word) < SHORTEST:
            return
        for length in range(len(word) - 2, len(word) + 3):
            shelf = self._shelves.get((word[0], length), ())
            for other, *_ in process.extract(word, shelf, scorer=OSA.distance, score_cutoff=2, limit=None):
                if is_near(word, other):
                    yield other


class Spellings:
    """Names to be found by what is spelled nearly like them. `owners`: pairs of a name and whose it is."""

    def __init__(self, owners: Iterable[tuple[str, str]]) -> None:
        self._by_words: dict[Words, dict[str, None]] = defaultdict(dict)
        self._in_any_order: dict[Words, dict[str, None]] = defaultdict(dict)
        self._by_form: dict[str, dict[str, None]] = defaultdict(dict)
        for name, owner in owners:
            words = words_of(name)
            if words:
                self._by_words[words][owner] = None
                self._in_any_order[tuple(sorted(words))][owner] = None
                self._by_form["".join(words)][owner] = None
        self._words = Vocabulary(word for words in self._by_words for word in words)
        self._forms = Vocabulary(form for form in self._by_form if len(form) >= ONE_WORD)

    def near(self, name: str) -> tuple[str, ...]:
        """Up to three owners of names near this one, the likeliest first."""
        words, form = words_of(name), normal_form(name)
        found: dict[str, None] = {}
        for candidate in self._same_words_but_for_slips(words):
            found |= self._by_words[candidate]
        found |= self._in_any_order.get(tuple(sorted(words)), {})
        if len(form) >= ONE_WORD:
            for other in self._forms.near(form):
                # "Embedded C" is no slip of "Embedded": only a gap may differ where the words do.
                if not is_longer(form, other) and any(len(known) != len(words) for known in self._words_of_form(other)):
                    found |= self._by_form[other]
        return tuple(owner for owner in found if normal_form(owner) != form)[:MOST_NEAR]

    def _words_of_form(self, form: str) -> Sequence[Words]:
        return [words_of(owner) for owner in self._by_form[form]]

    def _same_words_but_for_slips(self, words: Words) -> Iterator[Words]:
        """Known names with at most two of these words mistyped; one slip before two."""
        if len(words) > MOST_WORDS:
            return
        for places in (*combinations(range(len(words)), 1), *combinations(range(len(words)), 2)):
            for others in product(*(self._words.near(words[place]) for place in places)):
                candidate = list(words)
                for place, other in zip(places, others, strict=True):
                    candidate[place] = other
                if tuple(candidate) in self._by_words:
                    yield tuple(candidate)
