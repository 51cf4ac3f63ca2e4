"""`muster verify-audit`: whether the audit trail is whole."""

import json
import re
import sys

import click

from app.cli.database import ready_engine
from app.db import reading_session
from app.errors import DomainError
from app.queries.audit.chain import Chain, walk_chain
from app.rendering import plural


@click.command("verify-audit")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--expect", metavar="SEAL", help="A seal noted earlier, which must be in the trail.")
def verify_audit(*, as_json: bool, expect: str | None) -> int:
    """Check every entry of the audit trail against its seal and the one before it.

    Exit code 0: unbroken. 1: broken, with the first bad entry. Note the newest seal somewhere else and give it with
    --expect the next time: only so does it show when the end of the trail was removed or all of it was written anew.
    """
    if expect is not None and not re.fullmatch(r"[0-9a-f]{64}", expect.strip().lower()):
        raise DomainError("A seal has 64 digits from 0 to 9 and a to f. Copy the whole of it.")
    with ready_engine() as engine, reading_session(engine) as session:
        for found in walk_chain(session, expect.strip().lower() if expect else None):
            if isinstance(found, Chain):
                break
            if sys.stderr.isatty():
                click.echo(f"\rchecked {plural(found, 'entry', 'entries')}", err=True, nl=False)
        if sys.stderr.isatty():
            click.echo(err=True)
    assert isinstance(found, Chain)
    click.echo(json.dumps(document(found), indent=2) if as_json else sentence(found))
    return 0 if found.unbroken else 1


def document(found: Chain) -> dict[str, object]:
    fault = found.fault and {"entry": found.fault.entry, "text": found.fault.sentence}
    return {
        "format": "muster-audit-check/1",
        "unbroken": found.unbroken,
        "entries": found.entries,
        "redacted": found.redacted,
        "newest_seal": found.newest,
        "fault": fault,
    }


def sentence(found: Chain) -> str:
    checked = f"Checked {plural(found.entries, 'entry', 'entries')} of the audit trail"
    seal = f"\nNewest seal: {found.newest}" if found.newest else ""
    if found.fault is None:
        redacted = f", {found.redacted:,} of them redacted" if found.redacted else ""
        return f"{checked}{redacted}: unbroken.{seal}"
    place = f" at entry {found.fault.entry}" if found.fault.entry is not None else ""
    return f"{checked}: broken{place}. {found.fault.sentence}{seal}"
