"""How long signing in and asking for a link take, whatever is typed: `python -m benchmarks.sign_in [--rounds 40]`.

Whoever measures our answers from outside must not learn whether an account exists. The time is processor time of the
whole process, so that a busy machine does not decide; the ratio is between the largest and the smallest median of the
answers that refuse, which have to look alike.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from huey import MemoryHuey
from sqlalchemy import Engine

from app import create_app
from app.config import Settings
from app.db import make_engine, writing_session
from app.services import schema
from app.services.accounts import accounts, links
from app.services.audit import COMMAND_LINE
from models import AccountRole, LinkPurpose

PASSWORD = "plum gravel sonata kettle"
HIGHEST_RATIO = 1.25
REFUSED = {
    "unknown address": ("nobody{}@example.org", PASSWORD),
    "wrong password": ("known{}@example.org", "wrong horse battery"),
    "deactivated account": ("gone{}@example.org", PASSWORD),
    "account without a password": ("new{}@example.org", PASSWORD),
}
ASKED = {"link, known address": "known{}@example.org", "link, unknown address": "nobody{}@example.org"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/muster.sqlite3")
        schema.upgrade(engine)
        people(engine, rounds)
        app = served(engine, Path(folder))
        took: dict[str, list[float]] = {}
        for number in range(rounds):
            for name, (email, password) in {**REFUSED, "right password": ("known{}@example.org", PASSWORD)}.items():
                told = {"email": email.format(number), "password": password}
                took.setdefault(name, []).append(milliseconds(app, "/sign-in", told, number))
            # Hashing empties the processor's caches: without this, the first of them would always be slower.
            milliseconds(app, "/forgot-password", {"email": f"first{number}@example.org"}, number)
            for name, email in ASKED.items():
                told = {"email": email.format(number)}
                took.setdefault(name, []).append(milliseconds(app, "/forgot-password", told, number))
        engine.dispose()
    medians = {name: statistics.median(times) for name, times in took.items()}
    for name, median in medians.items():
        print(f"{name:28} {median:7.2f} ms")
    ratios = [ratio(medians, REFUSED), ratio(medians, ASKED)]
    print(f"largest by smallest: refused sign-ins {ratios[0]:.3f}, links {ratios[1]:.3f}; at most {HIGHEST_RATIO}")
    return 0 if max(ratios) < HIGHEST_RATIO else 1


def ratio(medians: dict[str, float], names: Iterable[str]) -> float:
    compared = [medians[name] for name in names]
    return max(compared) / min(compared)


def people(engine: Engine, rounds: int) -> None:
    with writing_session(engine) as session:
        first = None
        for number in range(rounds):
            for kind in ("known", "gone", "new"):
                email = f"{kind}{number}@example.org"
                account = accounts.create_account(
                    session, COMMAND_LINE, email=email, name=kind, role=AccountRole.PRACTITIONER
                )
                if first is None:
                    secret = links.issue_link(session, account, LinkPurpose.INVITATION)
                    accounts.redeem_link(session, secret, PASSWORD, None, datetime.now(UTC))
                    first = account.password_hash
                account.password_hash = None if kind == "new" else first
                account.active = kind != "gone"
        session.commit()


def served(engine: Engine, folder: Path) -> Flask:
    settings = Settings(
        database_url=str(engine.url),
        data_dir=folder,
        secret_key="a key for benchmarks that nobody else will ever use",
        base_url="http://localhost",
        log_level="ERROR",
        # Nobody listens there: handing a mail over is no part of an answer.
        smtp_url="smtp://127.0.0.1:1",
    )
    app = create_app(settings, engine, MemoryHuey(immediate=True, results=False))
    quiet: Callable[[object], None] = lambda _work: None  # noqa: E731
    app.extensions["muster-postbox"].later = quiet
    return app


def milliseconds(app: Flask, path: str, typed: dict[str, str], number: int) -> float:
    client = app.test_client()
    # A client of its own each time: the limits are not what is measured.
    client.environ_base["REMOTE_ADDR"] = f"10.{abs(hash((path, *typed.values()))) % 250}.{number // 250}.{number % 250}"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert token
    began = time.process_time()
    answer = client.post(path, data={"csrf_token": token[1], **typed})
    took = (time.process_time() - began) * 1000
    assert answer.status_code in {200, 303, 422}, answer.status
    return took


if __name__ == "__main__":
    sys.exit(main())
