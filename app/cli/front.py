"""waitress, the server in front of the application, and what it answers itself: requests that are none, or too large to
be read. Those answers allow browsers as little as the application's own. Who sends a request too slowly is cut off."""

from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, MultiSocketServer, create_server
from waitress.task import ErrorTask

from app.exchange.error_pages import last_headers

SLOWEST_BYTES_A_SECOND = 1_000
"""By which a request must grow to count as one that still comes: below, its patience runs out as if nothing came."""


def listening(app: Flask, **options: Any) -> BaseWSGIServer | MultiSocketServer:
    """A server that listens already and serves once it runs. `options` are those of waitress."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, **options)
    for one in list(sockets.values()):  # one for each address that the host has, and what wakes them
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _channel(app)
    return server


def _channel(app: Flask) -> type[HTTPChannel]:
    class Refusal(ErrorTask):
        def execute(self) -> None:
            # Its body is a line of plain text, and it states that type itself.
            stated = [header for header in last_headers(app) if header[0] != "Content-Type"]
            self.response_headers = [*self.response_headers, *stated]
            super().execute()

    class Channel(HTTPChannel):
        error_task_class = Refusal
        began = 0.0
        grown = 0

        def received(self, data: bytes) -> bool:
            taken = bool(super().received(data))
            if self.request is None:  # what came was the end of a request
                self.grown = 0
                return taken
            if not self.grown:
                self.began = self.last_activity
            self.grown += len(data)
            # To waitress every byte is activity: with one byte a second a connection would be held for ever.
            self.last_activity = min(self.last_activity, self.began + self.grown / SLOWEST_BYTES_A_SECOND)
            return taken

    return Channel
