"""Which old encoding of one byte a letter a text is written in: the one in which its letters are a language's."""

from collections.abc import Iterator

COMMON = "éèöüäçñáíóàß"
"""Letters of names from elsewhere, which say little."""
CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ"
GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"
LANGUAGES = {
    "cp1252": (
        "äöüß",
        "àâçéèêëîïôùûüœæ",
        "áéíñóúü",
        "ãõçáéíóúâêôà",
        "àèéìíòóù",
        "åäöéü",
        "æøåéö",
        "ëéïèüöó",
        "ðþýáéíóúæö",
    ),
    "cp1250": (
        "ąćęłńóśźż",
        "áčďéěíňóřšťúůýžäľĺôŕ",
        "áéíóöőúüű",
        "čćđšž",
        "ăâîşţ",
    ),
    "cp1251": (CYRILLIC,),
    "koi8-r": (CYRILLIC,),
    "cp866": (CYRILLIC,),
    "cp1253": (GREEK,),
    "cp1254": ("çğıiİöşüâî",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
    "mac_roman": ("äöüß", "àâçéèêëîïôùû", "áéíñóúü"),
}
"""Ordered: of two encodings in which a text reads as well, the first is taken."""
WESTERN = "äöüßàâçéèêëîïôùûüœæáéíñóúãõìòåøý¡¿ªº"
"""Letters of names in one list of an international firm."""
MIXED = 0.85
"""How much a text of one language is likelier than one of several."""
SIGNS = frozenset("–—‘’“”„…€°§´`«»·•№±²³½×®™ˇ¨µ")
"""Signs that stand beside letters in any language, and for letters where they end a word: "Micha³"."""
FOREIGN = -1.0
INVERTED = -1.5
WORD = 3
LATIN = "\u0370"
"""Letters below are Latin ones, those from here on Greek, Cyrillic or others."""


def likeliest(content: bytes) -> str:
    """The encoding in which the text's letters beyond ASCII fit one language best; cp1252 when it has none."""
    best, most = "cp1252", mixed_fit(content)
    for encoding, languages in LANGUAGES.items():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        fit = max(fit_of(text, frozenset(letters)) for letters in languages)
        if fit > most:
            best, most = encoding, fit
    return best


def mixed_fit(content: bytes) -> float:
    """How well Western letters of any language fit."""
    try:
        return MIXED * fit_of(content.decode("cp1252"), frozenset(WESTERN))
    except UnicodeDecodeError:
        return float("-inf")


def fit_of(text: str, letters: frozenset[str]) -> float:
    """How well the letters beyond ASCII are those of one language, from -1.5 to 1."""
    values = [value for around in beyond_ascii(text) if (value := value_of(*around, letters)) is not None]
    return sum(values) / len(values) if values else 0.0


def beyond_ascii(text: str) -> Iterator[tuple[str, str, str]]:
    """Each such letter or sign between the three before it and the one behind."""
    for place, letter in enumerate(text):
        if letter > "\x7f":
            yield text[max(0, place - WORD) : place], letter, text[place + 1 : place + 2]


def value_of(before: str, letter: str, behind: str, letters: frozenset[str]) -> float | None:
    """None for a sign that says nothing. No word mixes scripts, no Latin one has three accents in a row."""
    beside = [each for each in (before[-1:], behind) if each.isalpha()]
    if any((each < LATIN) is not (letter < LATIN) for each in beside):
        return FOREIGN
    if letter < LATIN and len(before) == WORD and all(each > "\x7f" and each.isalpha() for each in before[1:]):
        return FOREIGN
    if letter in SIGNS:
        return FOREIGN if len(before) == WORD and before.isalpha() else None
    if before[-1:].islower() and letter.isupper():
        return INVERTED
    if letter.casefold() in letters or letter in letters:
        return 1.0
    return 0.5 if letter.casefold() in COMMON else FOREIGN
