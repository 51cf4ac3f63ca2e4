"""Why a file is not read at all: each refusal is one sentence, what the file is and what to do about it."""


class Refusal(Exception):
    """The file cannot be read, and nothing was taken from it. `str()` is the sentence for the person who sent it."""

    code = "refused"


class Abandoned(Exception):
    """Nobody waits for the reading any more; the file is not at fault."""


class EmptyFile(Refusal):
    code = "empty_file"


class WrongKind(Refusal):
    """Not a spreadsheet, whatever its name says."""

    code = "wrong_kind"


class Encrypted(Refusal):
    code = "encrypted"


class Damaged(Refusal):
    """A spreadsheet by its first bytes, but not readable to the end."""

    code = "damaged"


class TooLarge(Refusal):
    """Over one of the budgets: bytes after inflation, parts, sheets, cells."""

    code = "too_large"


class Hostile(Refusal):
    """Holds what no honest spreadsheet program writes, such as a document type or entities."""

    code = "hostile"


class TookTooLong(Refusal):
    """The reading process was ended at its deadline or its memory limit."""

    code = "took_too_long"


class Busy(Refusal):
    """Nothing is wrong with the file: too many others are being read."""

    code = "busy"


class Failed(Refusal):
    """Reading failed over something that Muster does not foresee."""

    code = "failed"


class WrongChoices(Refusal):
    """A mapping, an answers file or a sheet name that does not fit the format or the file."""

    code = "wrong_choices"


KINDS: dict[str, type[Refusal]] = {
    kind.code: kind
    for kind in (
        Refusal,
        EmptyFile,
        WrongKind,
        Encrypted,
        Damaged,
        TooLarge,
        Hostile,
        TookTooLong,
        Busy,
        Failed,
        WrongChoices,
    )
}
