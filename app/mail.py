"""Mail: written from templates, sent after the commit and off the request's thread.

Whether and how long a server takes must tell nobody whether there was anything to send, so nobody waits for it.
"""

import logging
import smtplib
import ssl
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from flask import Flask, current_app

from app.config import Settings
from app.rendering import render_plain

log = logging.getLogger(__name__)

EXTENSION = "muster-postbox"
PATIENCE_SECONDS = 20
PAUSES_SECONDS = (2, 20)
"""Between one try and the next."""
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str


class Postbox:
    """Sends one mail after the other in a thread of its own. What is not sent when the process dies is lost, and the
    log says what could not be sent; every mail of ours can be asked for again."""

    def __init__(
        self, smtp_url: str | None, sender: str, base_url: str, pauses: tuple[float, ...] = PAUSES_SECONDS
    ) -> None:
        self.server = urlsplit(smtp_url) if smtp_url else None
        self.sender, self.base_url, self.pauses = sender, base_url, pauses
        self._thread = ThreadPoolExecutor(1, "mail")
        self._under_way: set[Future[None]] = set()

    @property
    def configured(self) -> bool:
        return self.server is not None

    def later(self, work: Callable[[], None]) -> None:
        """Do something that sends mail, soon and elsewhere. A failure is logged."""
        future = self._thread.submit(_logged, work)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)

    def settle(self, seconds: float) -> None:
        """Wait until everything handed over so far is done."""
        wait(list(self._under_way), seconds)

    def send(self, mail: Mail) -> None:
        """Hand the mail to the server; tries again after a pause. Raises smtplib's errors or OSError after the last."""
        if self.server is None:
            return None
        for pause in self.pauses:
            try:
                return _hand_over(self.server, _message(mail, self.sender))
            except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, smtplib.SMTPResponseException, OSError):
                time.sleep(pause)
        return _hand_over(self.server, _message(mail, self.sender))


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions[EXTENSION] = Postbox(settings.smtp_url, settings.mail_from, settings.base_url)


def postbox() -> Postbox:
    found: Postbox = current_app.extensions[EXTENSION]
    return found


def post(template: str, to: str, **values: Any) -> bool:
    """Send templates/mail/<template>.txt to somebody, soon; call it after the commit. False without a mail server."""
    box = postbox()
    if not box.configured:
        return False
    mail = written(template, to, base_url=box.base_url, **values)
    box.later(lambda: box.send(mail))
    return True


def written(template: str, to: str, **values: Any) -> Mail:
    """The mail of a template, whose first line is the subject. `base_url` is where its links lead."""
    subject, _, text = render_plain(f"mail/{template}.txt", **values).partition("\n")
    return Mail(to, " ".join(subject.split()), text.strip() + "\n")


def _logged(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        # The traceback names the server and what it said; a mail's text, which may hold a link, is not in it.
        log.exception("a mail could not be sent")


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Muster <{sender}>", mail.to, mail.subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _hand_over(server: SplitResult, message: EmailMessage) -> None:
    host, context = server.hostname or "", ssl.create_default_context()
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=PATIENCE_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(host, server.port or 587, timeout=PATIENCE_SECONDS)
    with connection:
        connection.ehlo()
        encrypted = server.scheme == "smtps"
        if not encrypted and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
            encrypted = True
        if server.username:
            if not encrypted and host not in LOCAL:
                raise smtplib.SMTPNotSupportedError("the server offers no encryption for the password")
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)
