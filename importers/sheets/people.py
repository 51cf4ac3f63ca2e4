"""Who a row is about: names that can be names, and one person behind several spellings.

A person is known by e-mail, then by external id, then by name. Names are compared without case, accents, spacing,
and punctuation, "Last, First" turned round; equal names with different e-mails or ids are two people.
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import lru_cache

from importers.cells.headings import form_of, is_heading, words_of
from importers.cells.values import as_email
from importers.marks.level_words import NOT_AN_ANSWER, level_of_word
from importers.words import load

JUNK = frozenset(load("not_names")["not_people"])
ALSO_NAMES = frozenset(load("not_names")["also_names"])
STARTS = frozenset(map(form_of, load("not_names")["starts"]))
LONGEST_START = max(len(start.split()) for start in STARTS)
UNLIKE_NAME = re.compile(r"[?!=<>{}\[\]|\\%€$£]|https?:|www\.|\d{3,}|…|[.:;]\Z(?<!r\.)(?<![A-Z]\.)")


NUMBERED = re.compile(r"([^\d()\[\]#]{3,60}?)\s*(?:[(\[#]|\s[-–/|]\s|\s#)\s*#?([A-Za-z]{0,4}-?\d{2,12})[)\]]?\s*\Z")
TITLES = frozenset({"dr", "prof", "ir", "ing", "mr", "mrs", "ms", "dott", "drs", "mgr", "inz", "sra", "eng"})
COUNTED = re.compile(r"\A\s*\d{1,3}\s*[.)]\s+(?=[^\W\d])")
SUFFIXES = frozenset({"jr", "sr", "phd", "ph.d", "md", "msc", "mba", "ii", "iii", "bsc", "dr"})
FILE_NAME = re.compile(r"\.(png|jpe?g|gif|svg|pdf|xlsx?|docx?|csv|txt|html?|com|org|net|io)\Z", re.IGNORECASE)


@lru_cache(maxsize=50_000)
def plausible_name(text: str) -> bool:
    """Whether a text can name a person: no number, heading, total, sentence or level word."""
    name = text.strip()
    if not 2 <= len(name) <= 60 or len(name.split()) > 6:
        return False
    if as_email(name):
        return True
    letters = sum(letter.isalpha() for letter in name)
    folded = name.casefold().rstrip(":*")
    if is_heading(name) or (any(letter.isdecimal() for letter in name) and " " in name):
        return False
    return (
        letters >= 2
        and name.count(",") <= 1
        and not FILE_NAME.search(name)
        and letters * 2 > len(name)
        and folded not in JUNK
        and folded not in NOT_AN_ANSWER
        and not starts_like_junk(name)
        and not UNLIKE_NAME.search(name)
        and (level_of_word(name) is None or folded in ALSO_NAMES)
    )


@lru_cache(maxsize=50_000)
def starts_like_junk(text: str) -> bool:
    """Whether the first words are those of a total, a requirement, a remark or an organisational unit."""
    words = words_of(text)[:LONGEST_START]
    return any(" ".join(words[:size]) in STARTS for size in range(1, len(words) + 1))


def looks_like_full_name(text: str) -> bool:
    """Stronger than plausible: two to four capitalised words of letters, as most names and few skills are."""
    words = apart(text)[0].replace(",", " ").split()
    if any(is_heading(word) for word in words):
        return False
    return (
        2 <= len(words) <= 5
        and all(re.fullmatch(r"[^\W\d_][^\W\d_'’.\-]*(?:[-'’][^\W\d_]+)*\.?", word) for word in words)
        and all(
            not word[0].islower()
            or word in {"de", "van", "von", "der", "da", "di", "bin", "el", "al", "la", "dos", "del"}
            for word in words
        )
    )


def display_name(text: str) -> str:
    """First name first, and a last name in capitals with only its first letters so."""
    name = " ".join(unicodedata.normalize("NFC", text).split()).rstrip("*").strip()
    last, comma, first = (part.strip() for part in name.partition(","))
    if not comma or not first or not last or first.casefold().rstrip(".") in SUFFIXES:
        return name
    return f"{first} {without_capitals(last) if not first.isupper() else last}"


def without_capitals(name: str) -> str:
    return name.title() if name.isupper() and len(name) > 2 else name


def apart(text: str) -> tuple[str, str | None]:
    """A name and the number written behind it: "Weiss, Jo (1234)", "Jo Weiss - K0012"; "1." before it counts rows."""
    text = COUNTED.sub("", text)
    found = NUMBERED.match(text)
    return (found[1].strip(), found[2]) if found else (text, None)


@lru_cache(maxsize=50_000)
def name_form(name: str) -> str:
    """Equal for spellings of one name: "WEISS, Jürgen", "Juergen Weiss" and "JÜRGEN  WEISS" agree."""
    last, comma, first = name.casefold().partition(",")
    text = f"{first} {last}" if comma else last
    titles, _, behind = text.strip().partition(". ")
    if titles in TITLES and " " in behind.strip():
        text = behind
    for umlaut, plain in (
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("ß", "ss"),
        ("ł", "l"),
        ("ø", "o"),
        ("å", "a"),
        ("đ", "d"),
        ("æ", "ae"),
    ):
        text = text.replace(umlaut, plain)
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    words = re.sub(r"[^\w]+|_", " ", text.replace("'", "").replace("’", "")).split()
    return " ".join(words)


@dataclass(frozen=True)
class Sighting:
    """One row's or cell's word on who somebody is, with the profile it gives."""

    name: str | None
    sheet: str
    cell: str
    email: str | None = None
    external_ids: tuple[str, ...] = ()
    title: str | None = None
    unit: str | None = None
    office: str | None = None
    time_zone: str | None = None
    working_share: float | None = None
    cost_band: str | None = None


PROFILE = ("title", "unit", "office", "time_zone", "working_share", "cost_band")


@dataclass
class Register:
    """Everybody sighted so far. `add` gives the key of the person a sighting belongs to, new or known."""

    people: dict[str, Sighting] = field(default_factory=dict)
    shared_emails: list[Sighting] = field(default_factory=list)
    _by_email: dict[str, str] = field(default_factory=dict)
    _by_id: dict[str, str] = field(default_factory=dict)
    _by_name: dict[str, list[str]] = field(default_factory=dict)

    def find(self, seen: Sighting) -> str | None:
        if seen.email and (key := self._by_email.get(seen.email)) and not self.shares_email(key, seen):
            return key
        for external_id in seen.external_ids:
            if external_id in self._by_id:
                return self._by_id[external_id]
        if seen.name is None:
            return None
        candidates = [key for key in self._by_name.get(name_form(seen.name), ()) if self._agree(key, seen)]
        return candidates[0] if len(candidates) == 1 else None

    def _agree(self, key: str, seen: Sighting) -> bool:
        known = self.people[key]
        other_email = bool(seen.email and known.email and seen.email != known.email)
        other_id = bool(
            seen.external_ids and known.external_ids and not set(seen.external_ids) & set(known.external_ids)
        )
        return not other_email and not other_id

    def shares_email(self, key: str, seen: Sighting) -> bool:
        """One address, but another id and another name: a team's mailbox, not one person."""
        known = self.people[key]
        other_id = bool(
            known.external_ids and seen.external_ids and not set(known.external_ids) & set(seen.external_ids)
        )
        return other_id and bool(known.name and seen.name) and name_form(known.name or "") != name_form(seen.name or "")

    @property
    def knows_ids(self) -> bool:
        return bool(self._by_id)

    def add(self, seen: Sighting, *, as_new: bool = False) -> str:
        """The person's key; `as_new` when somebody decided that it is nobody known."""
        key = None if as_new else self.find(seen)
        if key is None and seen.email in self._by_email:
            self.shared_emails.append(seen)
            seen = replace(seen, email=None)
        if key is None:
            key = f"k{len(self.people) + 1}"
            self.people[key] = seen
        else:
            self.people[key] = merged(self.people[key], seen)
        self._index(key, seen)
        return key

    def _index(self, key: str, seen: Sighting) -> None:
        if seen.email:
            self._by_email.setdefault(seen.email, key)
        for external_id in seen.external_ids:
            self._by_id.setdefault(external_id, key)
        if seen.name and key not in self._by_name.setdefault(name_form(seen.name), []):
            self._by_name[name_form(seen.name)].append(key)


def best_written(known: str, seen: str | None) -> str:
    """Of two spellings of one name the one to show: first name first, capitals only where words begin, with accents."""
    if seen is None or name_form(known) != name_form(seen):
        return known
    return max((known, seen), key=_care)


def _care(name: str) -> tuple[bool, bool, int]:
    return "," not in name, name not in {name.upper(), name.lower()}, sum(not letter.isascii() for letter in name)


def merged(known: Sighting, seen: Sighting) -> Sighting:
    """What was known, completed by what is new; the first word on a field stands, the best spelling of the name."""
    missing = {name: getattr(seen, name) for name in PROFILE if getattr(known, name) is None}
    by_number = known.name is not None and known.name in known.external_ids
    name = seen.name if known.name is None or (by_number and seen.name) else best_written(known.name, seen.name)
    ids = tuple(dict.fromkeys((*known.external_ids, *seen.external_ids)))
    return replace(known, name=name, email=known.email or seen.email, external_ids=ids, **missing)
