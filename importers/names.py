"""When two names are the same name."""

import unicodedata

TELLING = frozenset("+#")
"""Signs that tell names apart: C, C++ and C# are three languages."""


def normal_form(name: str) -> str:
    """The name without case, accents, blanks, punctuation and full-width letters; of signs alone, the signs."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()).replace("&", "and")
    letters = "".join(letter for letter in plain if letter.isalnum() or letter in TELLING)
    return letters or plain.strip()
