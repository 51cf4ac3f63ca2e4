"""`muster serve`: the production server."""

import gc
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import click

from app import LARGEST_UPLOAD, create_app
from app.cli import complain
from app.cli.database import open_engine
from app.cli.worker import Worker
from app.config import Settings, read_settings
from app.errors import DomainError
from app.events import set_up
from app.queries.schema import schema_fault

THREADS = 8
SLOWEST_CLIENT_SECONDS = 30
"""After which who sends too slowly, or nothing more, is cut off at the latest."""
LOOKED_EVERY_SECONDS = 5


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the pages. Refuses to start on a schema that is not this program's."""
    start(host, port)


def start(host: str, port: int) -> None:
    settings = read_settings(served_at=own_address(host, port))
    engine = open_engine()
    if fault := schema_fault(engine):
        raise DomainError(fault)
    refuse_used_port(host, port)
    # Imported here: the other commands should not pay for a web server.
    from app.cli.front import listening

    if reachable_in_clear(settings, host):
        complain(
            "Other machines reach this Muster over plain http: whoever is on the way can read passwords and cookies. "
            "Put a proxy with TLS in front and set MUSTER_BASE_URL to its https address."
        )
    set_up(settings.log_level)
    app = create_app(settings, engine)
    # What is loaded now stays: full collections need not look at it again (the list of 5,000 people: p95 170 -> 95 ms).
    gc.collect()
    gc.freeze()
    click.echo(f"Muster serves {own_address(host, port)} (stop with Ctrl-C)")
    server = listening(app, host=host, port=port, **server_options(settings))
    server.print_listen("Serving on http://{}:{}")
    worker = Worker()
    try:
        server.run()
    finally:
        worker.stop()


def own_address(host: str, port: int) -> str:
    """Where people on this machine reach a server that listens there; who listens everywhere is found at home too."""
    everywhere = {str(IPv4Address(0)): "127.0.0.1", str(IPv6Address(0)): "[::1]"}
    name = everywhere.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


def reachable_in_clear(settings: Settings, host: str) -> bool:
    """Whether what people send to a server that listens there may cross a network without TLS."""
    asked = {host, urlsplit(settings.base_url).hostname or ""}
    return not settings.secure and not all(_is_this_machine(name) for name in asked)


def _is_this_machine(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:  # a name
        return name == "localhost"


def server_options(settings: Settings) -> dict[str, Any]:
    """How waitress serves: who is slow or sends too much is cut off, and nothing says what serves."""
    return {
        "threads": THREADS,
        "channel_timeout": SLOWEST_CLIENT_SECONDS - LOOKED_EVERY_SECONDS,
        "cleanup_interval": LOOKED_EVERY_SECONDS,
        # Above what the application refuses with a page of its own, the server does not even read.
        "max_request_body_size": 2 * LARGEST_UPLOAD,
        "ident": "",
        # By itself it drops the headers of proxies that it was not told of; `create_app` believes so many of them.
        "clear_untrusted_proxy_headers": not settings.proxies,
    }


def refuse_used_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise DomainError(
                f"Port {port} on {host} cannot be used: {error.strerror}. Stop the other program or use --port."
            ) from error
