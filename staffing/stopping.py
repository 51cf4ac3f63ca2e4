"""When to stop: work is counted in search nodes, so that the same problem stops at the same place everywhere."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[["Work"], None]


@dataclass(frozen=True)
class WorkLimit:
    nodes: int = 50_000
    """Search nodes over the whole problem; beyond it, the best teams so far are returned with their bounds."""
    seconds: float | None = 60.0
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

    def allow(self, nodes: int | None) -> None:
        """Let the next part spend this many nodes at most; None lifts it again."""
        self._allowance = None if nodes is None else self.nodes + nodes

    def node(self) -> None:
        self.nodes += 1
        if self.nodes % 64 == 0:
            self._look_up()

    def sweep(self) -> None:
        self.sweeps += 1
        self._look_up()

    @property
    def spent(self) -> bool:
        """The whole limit is used up."""
        return self.interrupted or self.nodes >= self.limit.nodes

    @property
    def pausing(self) -> bool:
        """The limit, or the allowance of the current part, is used up."""
        return self.spent or (self._allowance is not None and self.nodes >= self._allowance)

    def _look_up(self) -> None:
        if self.progress is not None:
            self.progress(self)
        if self.limit.seconds is not None and time.monotonic() - self._started > self.limit.seconds:
            self.interrupted = True
