"""Text files with a separator between cells (.csv, .tsv, .txt), in the encodings and dialects programs export."""

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice

from importers.files.encodings import likeliest
from importers.files.formulas import unguarded
from importers.files.inspection import LAST_COLUMN, LAST_ROW
from importers.files.workbook import Sheet, Value, Workbook, trimmed
from importers.refusals import WrongKind

SEPARATORS = (",", ";", "\t", "|")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,10})?\Z", re.ASCII)
KEPT_AS_TEXT = re.compile(r"'(\d+)\Z|=\"([^\"=]{1,40})\"\Z", re.ASCII)
SAMPLE_LINES = 200
SAMPLE_BYTES = 200_000


KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
NOT_JAPANESE = re.compile(r"[^\x00-\x7f\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]")
FEW_KANA = 3


def is_likely(encoding: str, text: str) -> bool:
    """Whether text read as Japanese is words: nearly any bytes are text in that encoding."""
    return encoding != "cp932" or (len(KANA.findall(text)) >= FEW_KANA and not NOT_JAPANESE.search(text))


def decoded(content: bytes) -> str:
    """The text: by byte order mark, else UTF-8, else UTF-16 when every other byte is zero, else Japanese when its
    words are certain, else the encoding of one byte a letter whose language it reads as."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            candidates = [encoding]
            break
    else:
        wide = ["utf-16-le", "utf-16-be"] if content[:2_000].count(0) else []
        candidates = ["utf-8", *wide, "cp932", likeliest(content[:SAMPLE_BYTES]), "cp1252", "latin-1"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if not CONTROL.search(text) and is_likely(encoding, text):
            return text
    raise WrongKind("The file is neither a spreadsheet nor readable text; save the sheet as .xlsx or .csv.")


def separator_of(text: str) -> str:
    """The separator that cuts most of its rows into the same number of cells; a first line `sep=;` decides.

    Rows, not lines: a quoted text may hold line breaks.
    """
    first = text[:20].splitlines()[0] if text.strip() else ""
    if (told := re.fullmatch(r'"?sep=(.)"?', first.strip("\r\n"))) and told[1] in SEPARATORS:
        return told[1]

    def agreement(separator: str) -> tuple[float, int]:
        rows = [row for row in islice(csv.reader(io.StringIO(text), delimiter=separator), SAMPLE_LINES) if any(row)]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            return 0.0, 0
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        return count / len(rows), width

    try:
        return max(SEPARATORS, key=agreement)
    except csv.Error:
        return ","


def read_delimited(content: bytes, name: str) -> Workbook:
    """One sheet named `name`. Text that is a number written the one plain way becomes that number."""
    text = decoded(content)
    if "\n" not in text:
        # Lines as programs for the old Macintosh end them.
        text = text.replace("\r", "\n")
    separator = separator_of(text)
    if re.match(r'"?sep=.', text):
        text = text.partition("\n")[2]
    rows: dict[int, tuple[Value, ...]] = {}
    left_out = None
    csv.field_size_limit(1_000_000)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), 1):
            if number > LAST_ROW:
                left_out = f"row {number}"
                break
            if values := trimmed([typed(cell) for cell in cells[:LAST_COLUMN]]):
                rows[number] = values
    except csv.Error as error:
        raise WrongKind(
            f"The text file stops being a table near its row {len(rows) + 1}; save the sheet as .xlsx instead."
        ) from error
    shown = "tab" if separator == "\t" else f"'{separator}'"
    return Workbook(f"text with {shown} between cells", (Sheet(name=name, rows=rows, left_out=left_out),))


def typed(cell: str) -> Value:
    """Numbers only where writing them again gives the same text, so that `007` and `3.50` stay what they are.

    The apostrophe by which text is kept from being a formula is no part of the text, nor are the signs around digits
    by which programs keep a number text: `'007`, `="007"`."""
    stripped = cell.strip()
    if not stripped:
        return None
    if kept := KEPT_AS_TEXT.match(stripped):
        return kept[1] or kept[2]
    if PLAIN_NUMBER.match(stripped):
        number = float(stripped) if "." in stripped else int(stripped)
        if str(number) == stripped:
            return number
    return unguarded(cell)
