"""A worker beside a test or a test's server, in its own process."""

from huey.consumer import Consumer


class Beside(Consumer):  # type: ignore[misc]  # huey ships no types
    """A consumer beside another program in one process: signals are that program's."""

    def _set_signal_handlers(self) -> None:
        pass
