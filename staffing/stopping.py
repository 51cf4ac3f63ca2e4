"""When to stop: work is counted in search nodes, so that the same problem stops at the same place everywhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_PATIENCE = 500
"""Nodes between two looks at the clock."""

Progress = Callable[["Work"], None]


@dataclass(frozen=True)
class WorkLimit:
    nodes: int = 500_000
    """Search nodes (choices whose bound is worked out) over the whole problem; beyond it, the best teams so far are
    returned with their bounds."""
    seconds: float | None = 30.0
    """Safety belt only: where it cuts, the answer is marked `interrupted` and need not be repeatable."""


@dataclass
class Work:
    """What has been done so far, told to `progress` every so often."""

    limit: WorkLimit = WorkLimit()
    progress: Progress | None = None
    nodes: int = 0
    sweeps: int = 0
    """Passes of message passing over all pairs of seats."""
    interrupted: bool = False
    _started: float = field(default_factory=time.monotonic)
    _allowance: int | None = None
    _seen: int = 0

    @contextmanager
    def at_most(self, nodes: int) -> Iterator[None]:
        """Let a part of the work spend this many nodes and no more."""
        outer = self._allowance
        self._allowance = min(self.nodes + nodes, self.left + self.nodes)
        try:
            yield
        finally:
            self._allowance = outer

    @property
    def left(self) -> int:
        """Nodes that the current part may still spend."""
        end = self.limit.nodes if self._allowance is None else self._allowance
        return max(0, end - self.nodes)

    def nodes_done(self, count: int) -> None:
        self.nodes += count
        if self.nodes - self._seen >= _PATIENCE:
            self._seen = self.nodes
            self._look_up()

    def sweep(self) -> None:
        self.sweeps += 1
        self._look_up()

    @property
    def over(self) -> bool:
        """Nothing is left for the current part."""
        return self.interrupted or self.left == 0

    def _look_up(self) -> None:
        if self.progress is not None:
            self.progress(self)
        if self.limit.seconds is not None and time.monotonic() - self._started > self.limit.seconds:
            self.interrupted = True
