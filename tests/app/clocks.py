"""A clock that stands where a test puts it."""

from datetime import UTC, datetime, timedelta

import time_machine


def later(by: timedelta) -> time_machine.travel:
    """Inside the block it is so much later."""
    return time_machine.travel(datetime.now(UTC) + by, tick=True)
