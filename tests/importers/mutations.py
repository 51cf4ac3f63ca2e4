"""Workbooks made wrong on purpose: a case is a number, and equal numbers give equal bytes for equal seeds."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.importers.workbooks import delimited, xlsx

HOSTILE = (
    *("", "-1", "0", "1", "7", "1_0", "0x10", "65536", "2147483648", "4294967295", "99999999999999999999", "9" * 400),
    *("1e308", "1e999", "-1e999", "NaN", "INF", "1,5", "3.7", "٣", "𝟙", "true", "false", "TRUE()", "#N/A", "#REF!"),
    *("A0", "A1", "B2", "A1048577", "XFD1048576", "ZZZ9999999", "a1", "$A$1", "A1:XFD1048576", "A1:A", "1:1", "B2:A1"),
    *("A:A", "R1C1", "s", "str", "inlineStr", "b", "e", "d", "n", "x", "sheet1.xml", "../../xl/workbook.xml", "rId1"),
    *(
        "2024-02-30",
        "0000-00-00",
        "2958466",
        "-1.5",
        "1900-02-29T25:61:61",
        "hidden",
        "veryHidden",
        "General",
        "[h]:mm",
    ),
    *("Name", "Python", "x", "=1+1", "&amp;", "&#55296;", "&#0;", "&lol;", "<", "\ufffe", "\u202e", "n" * 40_000, " "),
)
ATTRIBUTE = re.compile(rb'\b[\w:]+="[^"]*"')
TEXT = re.compile(rb">[^<>]+<")
ELEMENT = re.compile(rb"<(\w+)[^<>]{0,300}?(?:/>|>[^<>]{0,300}</\1>)")
CELL = re.compile(rb"<c [^>]{0,99}/>|<c [^>]{0,99}>.{0,500}?</c>|<(?:row|mergeCell|dimension) [^>]{0,300}>", re.DOTALL)
ROWS = (
    ("Name", "E-mail", "Team", "Python", "SQL", "Kubernetes", "Start"),
    ("Anna Nowak", "anna@example.org", "Data", 5, 2, None, "03.04.2024"),
    ("Ben Okoro", "ben@example.org", "Data", 1, 4, 3, "2024-05-06"),
    ("Carla Díaz", None, "Platform", "x", 3.5, True, 45_000),
    ("Total", None, None, 6, 6, 3, None),
)
LONG = (
    ("Person", "Skill", "Level", "Date", "Note"),
    ("Anna Nowak", "Python (4), SQL", 3, "03/04/2024", "a, b"),
    ("Ben Okoro", "k8s", "Expert", None, '[{"a": 1}]'),
    ("Ben Okoro", "RabbitMQ/ Kafka", "★★★☆☆", "2024-01", "=1+1"),
)
PAIRS = (
    ("Name", "Skill 1", "Level", "Skill 2", "Level"),
    ("Anna Nowak", "Go", 3, "Rust", "B1"),
    ("Ben", "Go", 1, None, 2),
)


@dataclass(frozen=True)
class Seed:
    name: str
    content: bytes


def own_seeds() -> list[Seed]:
    """What any machine has: workbooks and text files of the usual layouts."""
    legend = (*ROWS, (None,), ("Legend",), ("0 = none",), ("5 = expert",), ("green = wants to learn",))
    flipped = tuple(zip(*(row[3:] for row in ROWS), strict=True))
    books = {
        "matrix.xlsx": xlsx(ROWS, merges=("A5:B5",), fills={"D2": "00FF00", "E3": "FF0000"}),
        "legend.xlsx": xlsx(legend),
        "long.xlsx": xlsx(LONG),
        "pairs.xlsx": xlsx(PAIRS),
        "flipped.xlsx": xlsx([(None, "Anna", "Ben", "Carla", "x"), *flipped]),
        "sheets.xlsx": xlsx({"2024-01": ROWS, "2024-06": ROWS, "Skills": LONG, "Empty": ()}),
    }
    texts = {
        "matrix.csv": delimited(ROWS),
        "long.csv": delimited(LONG, separator=";", encoding="cp1252", errors="replace"),
        "wide.tsv": delimited(PAIRS, separator="\t", encoding="utf-16"),
    }
    return [Seed(name, content) for name, content in (books | texts).items()]


def mutated(seed: Seed, random: Random) -> bytes:
    """One to four things wrong with the seed."""
    content = seed.content
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        if content.startswith(b"PK"):
            content = random.choices((in_part, in_zip, in_bytes), (30, 4, 1))[0](content, random)
        elif content.startswith(b"\xd0\xcf\x11\xe0"):
            content = in_bytes(content, random)
        else:
            content = random.choice((in_bytes, in_text))(content, random)
    return content


def in_part(content: bytes, random: Random) -> bytes:
    parts = parts_of(content)
    if not parts:
        return in_bytes(content, random)
    names = sorted(parts)
    sheets = [name for name in names if "sheet" in name or "content.xml" in name or "haredStrings" in name]
    name = random.choice(sheets if sheets and random.random() < 0.75 else names)
    part = parts[name]
    changes: Sequence[Change] = (in_bytes, in_attribute, in_attribute, in_cell, in_cell, in_content, in_element)
    parts[name] = random.choice(changes if b"<" in part[:100] else (in_bytes,))(part, random)
    return zipped(parts)


Change = Callable[[bytes, Random], bytes]


def in_zip(content: bytes, random: Random) -> bytes:
    """A part lost, moved, put in another's place, or named as another."""
    parts = parts_of(content)
    if len(parts) < 2:
        return in_bytes(content, random)
    one, other = random.sample(sorted(parts), 2)
    match random.randrange(4):
        case 0:
            del parts[one]
        case 1:
            parts[one], parts[other] = parts[other], parts[one]
        case 2:
            parts[one.upper()] = parts.pop(one)
        case _:
            parts[one] = parts[other]
    return zipped(parts)


def in_bytes(content: bytes, random: Random) -> bytes:
    if not content:
        return b"\x00"
    changed = bytearray(content)
    start = random.randrange(len(changed))
    length = random.choice((1, 1, 2, 4, 16, 200))
    match random.randrange(6):
        case 0 | 1:
            for _ in range(random.choice((1, 1, 3, 12))):
                changed[random.randrange(len(changed))] = random.choice((0, 255, 127, random.randrange(256)))
        case 2:
            del changed[start : start + length]
        case 3:
            changed[start:start] = random.randbytes(length)
        case 4:
            changed[start:start] = changed[start : start + length] * random.choice((1, 2, 50))
        case _:
            del changed[start:]
    return bytes(changed)


def in_attribute(part: bytes, random: Random) -> bytes:
    return replaced(part, ATTRIBUTE, random, lambda old: old.partition(b"=")[0] + b'="' + hostile(random) + b'"')


def in_content(part: bytes, random: Random) -> bytes:
    return replaced(part, TEXT, random, lambda _: b">" + hostile(random) + b"<")


def in_element(part: bytes, random: Random) -> bytes:
    return replaced(part, ELEMENT, random, lambda old: random.choice((b"", old * 2, old * 300, b"<x>" + old + b"</x>")))


def in_cell(part: bytes, random: Random) -> bytes:
    """A cell, row, merge or dimension with another value, type, style or place."""
    return replaced(part, CELL, random, lambda old: random.choice((in_attribute, in_content))(old, random))


def in_text(content: bytes, random: Random) -> bytes:
    pieces = (b",", b";", b"\t", b'"', b"\n", b"\r", b"\x00", b"\xef\xbb\xbf", b"sep=;\n", b"\xff", b"," * 3_000)
    start = random.randrange(len(content) + 1)
    piece = random.choice((*pieces, hostile(random)))
    return content[:start] + piece * random.choice((1, 1, 2, 30)) + content[start:]


def replaced(part: bytes, pattern: re.Pattern[bytes], random: Random, change: Callable[[bytes], bytes]) -> bytes:
    start = random.randrange(max(1, len(part) - 500))
    match = pattern.search(part, start) or pattern.search(part)
    if match is None:
        return in_bytes(part, random)
    return part[: match.start()] + change(match[0]) + part[match.end() :]


def hostile(random: Random) -> bytes:
    return random.choice(HOSTILE).encode("utf-8")


def parts_of(content: bytes) -> dict[str, bytes]:
    """Empty when the zip itself is broken already."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            return {name: source.read(name) for name in source.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError, RuntimeError):
        return {}


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return target.getvalue()
