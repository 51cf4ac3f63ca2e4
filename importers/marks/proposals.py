"""What Muster proposes a mark without a legend to mean: the likeliest reading, for a person to confirm, never taken."""

from collections.abc import Mapping, Sequence

from importers.marks.colours import traffic_light
from importers.marks.level_words import NO, YES, level_of_meaning
from importers.marks.scales import Legend, LegendEntry, number_of, proportional
from importers.marks.standards import ROMAN, STARS, TOP, compound

SCHEMES: tuple[dict[str, int], ...] = (
    {"i": 1, "l": 2, "u": 3, "o": 5},
    {"n": 0, "b": 1, "i": 3, "a": 4, "e": 5},
    {"n": 0, "b": 1, "m": 3, "a": 4, "e": 5},
    {"l": 1, "m": 3, "h": 5},
)
"""Letters in wide use: the ILUO of factories, initials of none, beginner, intermediate, advanced, expert, and low,
medium, high."""
SIGNS: Mapping[str, int] = {
    "◔": 1, "◑": 2, "◐": 2, "◕": 4, "🔴": 0, "🟥": 0, "🟠": 2, "🟧": 2, "🟡": 2, "🟨": 2, "🟢": 4, "🟩": 4, "🔵": 5,
    "🟦": 5, "👍": 3, "👎": 0, "❗": 0, "↓": 1, "⬇": 1, "↘": 1, "→": 3, "➡": 3, "↗": 4, "↑": 5, "⬆": 5, "--": 0, "-": 1,
    "++": 5, "+++": 5,
}  # fmt: skip


def propose(code: str, keys: Sequence[str], order: Sequence[str] = ()) -> dict[str, int | str | None]:
    """The answer to a question about these marks. `order` is the sheet's own list of allowed words, lowest first."""
    if code == "numbers_not_levels":
        return dict.fromkeys(keys)
    if code == "listed_without_level":
        return {"listed": 2}
    if code == "colours_without_legend":
        return {key: traffic_light(key) for key in keys}
    if code == "symbols_without_legend":
        scheme = next((scheme for scheme in SCHEMES if len(keys) >= 3 and scheme.keys() >= set(keys)), {})
        return {key: scheme.get(key, proposed_symbol(key)) for key in keys}
    if code == "words_unknown":
        return proposed_words(keys, order)
    if code == "half_levels":
        return {key: proposed_between(key) for key in keys}
    return proposed_numbers(keys)


def proposed_numbers(keys: Sequence[str]) -> dict[str, int | str | None]:
    numbers = {key: n for key in keys if (n := number_in(key)) is not None}
    reach = max(numbers.values(), default=0.0)
    top = next((top for top in (3, 4, 5, 10, 100) if reach <= top), 100)
    if any(key.endswith("%") for key in keys):
        top = 100
    low = 0 if any(number == 0 for number in numbers.values()) or top > 5 else 1
    return {key: proportional(f"{numbers[key]:g}", low, top) if key in numbers else None for key in keys}


def number_in(key: str) -> float | None:
    """The number of "7", "D3", "80%", "3/10" or "iv"."""
    if key in ROMAN:
        return float(ROMAN[key])
    return number_of(key.lstrip("abcdefghijklmnopqrstuvwxyz ").rstrip("% ").partition("/")[0])


def proposed_between(key: str) -> int | None:
    """The level that stands in the mark; between two, the lower."""
    found = compound(key)
    number = number_of(found.base if found else key)
    return int(number) if number is not None and 0 <= number <= TOP else None


def proposed_words(keys: Sequence[str], order: Sequence[str]) -> dict[str, int | str | None]:
    if not order or not set(keys) <= set(order):
        said = {key: level_of_meaning(key) for key in keys}
        return {key: None if level is None else int(level) for key, level in said.items()}
    levels = Legend(tuple(LegendEntry(word, ()) for word in order)).levels()
    return {key: levels[key] for key in keys}


def proposed_symbol(key: str) -> int | None:
    if key in NO | {"o", "○", "0", "☆", "⚪", "✖"}:
        return 0
    if key in SIGNS:
        return SIGNS[key]
    if key in YES | {"x", "●", "•", "+", "*", "■"}:
        return 3
    if stars := STARS.match(key):
        full, hollow = (len("".join(part.split())) for part in stars.groups())
        return min(TOP, full if hollow + full == TOP or not hollow else round(full / (full + hollow) * TOP))
    return None
