"""What one run of one contestant on one instance came to: a line of JSON."""

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

ENGINE = "engine"
"""The engine as it is used: three teams that differ."""
ENGINE_BEST = "engine-best"
"""The engine asked for the best team only, as the rivals are."""
FAILED = "failed"
"""How the status of a crash begins."""
QUESTIONS = "questions"
"""The engine asked about its answer."""


def peak_memory() -> float:
    """Most MiB that this process ever held."""
    # Not from getrusage, which passes on what the parent held.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


@dataclass(frozen=True)
class Measurement:
    instance: str
    seed: int
    contestant: str
    seconds: float = 0.0
    """Wall time from the problem in columns to the answer."""
    processor: float = 0.0
    """The same in processor time."""
    stated: float = 0.0
    """Seconds before that to state the problem in the contestant's own terms; not part of `seconds`."""
    peak: float = 0.0
    """Most memory that the process ever held, in MiB, with its libraries and the problem."""
    status: str = ""
    """Of the engine; or what became of a rival that gave no answer."""
    proven: bool = False
    units: float | None = None
    """Of the best team, or of the whole portfolio, by the engine's own scoring."""
    gap: float = 0.0
    """Of the engine: the widest among its teams, as a part of the score."""
    eligible: float = 0.0
    """Median over the roles of how many may take them."""
    parts: dict[str, float] = field(default_factory=dict)
    """Seconds by question."""

    @property
    def key(self) -> tuple[str, int, str]:
        return self.instance, self.seed, self.contestant

    @property
    def was_timed(self) -> bool:
        """It ended with an answer or at its limit, not in a crash."""
        return not self.status.startswith(FAILED)

    def line(self) -> str:
        return json.dumps(asdict(self))


class Measurements:
    """All that were made, also in a file if one is given: a run that was broken off goes on where it stood."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._known: dict[tuple[str, int, str], Measurement] = {}
        if file is not None and file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                self._keep(Measurement(**json.loads(line)))

    def _keep(self, one: Measurement) -> None:
        self._known[one.key] = one

    def add(self, one: Measurement) -> None:
        self._keep(one)
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(one.line() + "\n")

    def has(self, instance: str, seed: int, contestant: str) -> bool:
        return (instance, seed, contestant) in self._known

    def get(self, instance: str, seed: int, contestant: str) -> Measurement | None:
        return self._known.get((instance, seed, contestant))

    def of(self, instance: str, contestant: str) -> list[Measurement]:
        return sorted(
            (one for one in self._known.values() if (one.instance, one.contestant) == (instance, contestant)),
            key=lambda one: one.seed,
        )

    def best_units(self, instance: str, seed: int) -> float | None:
        """The best score that anybody reached."""
        found = [one.units for one in self._known.values() if (one.instance, one.seed) == (instance, seed)]
        return max((units for units in found if units is not None), default=None)


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 stay within: by rank, so the largest of fewer than 20."""
    ordered = sorted(values)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]
