"""`muster worker`: background work in a process of its own, also the one that `muster serve` keeps beside it."""

import os
import signal
import subprocess
import sys
import threading

import click

from app.cli.database import ready_engine
from app.config import read_settings
from app.events import set_up
from app.jobs import Jobs, open_queue

NICENESS = 5
"""Answering a request comes before background work."""
RESTART_SECONDS = 1.0
BESIDE = "import sys; sys.path[:] = {path!r}; from app.cli import main; main(['worker', '--beside'])"
"""The program of the server's worker. It finds our modules where the server found them."""


@click.command()
@click.option("--beside", is_flag=True, hidden=True)
def work(*, beside: bool) -> None:
    """Do background work (reading, applying and undoing imports) beside the server's own worker, until Ctrl-C."""
    settings = read_settings()
    set_up(settings.log_level)
    with ready_engine() as engine:
        consumer = Jobs(engine, open_queue(settings)).consumer()
        if beside:
            os.nice(NICENESS)
            threading.Thread(target=end_with_the_server, daemon=True).start()
        click.echo("Muster works in the background (stop with Ctrl-C)")
        consumer.run()


def end_with_the_server() -> None:
    """The server holds the other end of the standard input, which closes however the server ends."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


class Worker:
    """The server's own worker: a process, because planning a large import holds an interpreter for half a minute. It is
    started again when it dies; what it was doing is taken up then."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._process = self._launch()
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        self._ended.set()
        while self._keeper.is_alive():
            self._process.terminate()
            self._keeper.join(0.5)

    @property
    def pid(self) -> int:
        return self._process.pid

    def _keep(self) -> None:
        while True:
            self._process.wait()
            with self._process:  # closes its input
                pass
            if self._ended.wait(RESTART_SECONDS):
                return
            self._process = self._launch()

    def _launch(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - our own program, run by our own interpreter
            [sys.executable, "-c", BESIDE.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the server, which ends it
        )
