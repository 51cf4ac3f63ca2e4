"""Typed text as it is kept: in one form of Unicode, and no character in it that steers instead of being read. Pages and
the API ask the same rule."""

import unicodedata
from typing import Any

from wtforms import EmailField, SelectField, StringField, TextAreaField

BLANKS = " \t\r\n"
STEERING = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories: control characters, halves of characters, and the separators of lines and paragraphs."""
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They make text read in another order than it is kept. Marks and joiners that scripts need are none of them."""


def kept_text(typed: str, *, lines: bool = False) -> str:
    """The text in composed form (NFC); `lines`: with line breaks and tabs, else without blanks around it. ValueError,
    with a sentence, for the first character that may not be kept."""
    text = typed if lines else typed.strip(BLANKS)
    for place, letter in enumerate(text, start=1):
        if _steers(letter) and not (lines and letter in BLANKS):
            raise ValueError(f"Take out character {place}: it is a control character (U+{ord(letter):04X}).")
    return unicodedata.normalize("NFC", text)


def _steers(letter: str) -> bool:
    if letter.isprintable():
        return False
    code = ord(letter)
    no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return unicodedata.category(letter) in STEERING or letter in DIRECTIONS or no_character


class KeptText:
    """For fields of text: what is sent is kept as `kept_text` says, or refused with its sentence."""

    data: Any
    lines = False

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)  # type: ignore[misc]  # the field's
        if self.data:
            self.data = kept_text(self.data, lines=self.lines)


class LineField(KeptText, StringField):
    """One line of text."""


class LinesField(KeptText, TextAreaField):
    """Text of several lines."""

    lines = True


class AddressField(KeptText, EmailField):
    """An e-mail address."""


class WordField(KeptText, SelectField):
    """A word of a list that may grow."""
