"""The table of the day, as Markdown."""

import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.instances import INFEASIBLE, PORTFOLIOS, TEAMS
from benchmarks.measurement import ENGINE, ENGINE_BEST, QUESTIONS, Measurement, Measurements, p95
from benchmarks.rivals import PORTFOLIO_RIVALS, PROVING, RIVALS, is_installed
from benchmarks.targets import verdicts
from staffing import ENGINE_VERSION

BEGIN = "<!-- table of the day -->"
END = "<!-- end of the table of the day -->"
README = Path(__file__).parent / "README.md"

_TEAM_COLUMNS = (
    *("instance", "eligible per role", "seeds", "median s", "p95 s", "worst s", "median CPU s"),
    *("all 3 proven", "widest gap", "peak MiB"),
)
_RACE_COLUMNS = (
    *("instance", "contestant", "seeds", "proven best", "median s", "median CPU s", "to state s"),
    *("engine is faster", "by CPU", "median score", "worst score", "peak MiB", "no answer"),
)


def report(measurements: Measurements, limit: float) -> str:
    sections = [
        _machine(),
        *_targets(measurements),
        *_teams(measurements),
        *_infeasible(measurements),
        *_portfolios(measurements),
        *_questions(measurements),
        *_races(measurements, limit),
    ]
    return "\n\n".join(sections)


def write(text: str) -> None:
    """Put the text between the two markers of the README."""
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _machine() -> str:
    packages = ("numpy", "scipy", "networkx", "ortools", "pytoulbar2")
    versions = ", ".join(f"{name} {_version(name)}" for name in packages)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), one thread each. "
        f"Engine {ENGINE_VERSION} at {_commit()}; Python {platform.python_version()}, {versions}."
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=README.parent)
    return done.stdout.strip() or "an unknown commit"


def _targets(measurements: Measurements) -> Iterable[str]:
    rows = [[one.target, one.measured, "met" if one.met else "missed"] for one in verdicts(measurements)]
    if rows:
        yield "### Targets"
        yield _table(("target", "measured", ""), rows)


def _teams(measurements: Measurements) -> Iterable[str]:
    rows = []
    for instance in TEAMS:
        if made := measurements.of(instance.name, ENGINE):
            eligible = f"{statistics.median(one.eligible for one in made):,.0f}"
            rows.append([instance.name, eligible, *_engine_cells(made)])
    if rows:
        yield "### The engine: three teams that differ in at least two members"
        yield _table(_TEAM_COLUMNS, rows)


def _infeasible(measurements: Measurements) -> Iterable[str]:
    rows = []
    for instance in INFEASIBLE:
        if made := measurements.of(instance.name, ENGINE):
            cells = _engine_cells(made)
            rows.append([instance.name, *cells[:5], cells[5], cells[7]])
    if rows:
        yield "### The engine: problems without a team"
        yield _table(
            ("instance", "seeds", "median s", "p95 s", "worst s", "median CPU s", "explained", "peak MiB"), rows
        )


def _portfolios(measurements: Measurements) -> Iterable[str]:
    rows = []
    for instance in PORTFOLIOS:
        for contestant in (ENGINE, *PORTFOLIO_RIVALS):
            made = measurements.of(instance.name, contestant)
            answered = [one for one in made if one.units is not None]
            parts = [part for one in answered if (part := _part_of_best(measurements, one)) is not None]
            cells = _engine_cells(made) if made else []
            if made:
                rows.append(
                    [
                        *(instance.name, contestant, *cells[:5]),
                        cells[6] if contestant == ENGINE else f"proven {cells[5]}",
                        f"{statistics.median(parts):.3%}" if parts else "no answer",
                        cells[7],
                    ]
                )
    if rows:
        yield "### Portfolios: seats filled and units, by priority"
        columns = ("median s", "p95 s", "worst s", "median CPU s", "widest gap", "median total", "peak MiB")
        yield _table(("instance", "contestant", "seeds", *columns), rows)


def _questions(measurements: Measurements) -> Iterable[str]:
    rows = []
    for instance in TEAMS:
        made = measurements.of(instance.name, QUESTIONS)
        for question in made[0].parts if made else ():
            taken = [one.parts[question] for one in made if question in one.parts]
            cells = (statistics.median(taken), p95(taken), max(taken))
            rows.append([instance.name, question, str(len(taken)), *map(_seconds, cells)])
    if rows:
        yield "### The engine: questions about an answer"
        yield _table(("instance", "question", "seeds", "median s", "p95 s", "worst s"), rows)


def _engine_cells(made: Sequence[Measurement]) -> list[str]:
    seconds = [one.seconds for one in made]
    failed = [one for one in made if one.status.startswith(("failed", "no answer"))]
    return [
        str(len(made)),
        _seconds(statistics.median(seconds)),
        _seconds(p95(seconds)),
        _seconds(max(seconds)),
        _seconds(statistics.median(one.processor for one in made)),
        f"{sum(one.proven for one in made)} of {len(made)}",
        "no answer" if failed else f"{max(one.gap for one in made):.2%}",
        f"{max(one.peak for one in made):.0f}",
    ]


def _races(measurements: Measurements, limit: float) -> Iterable[str]:
    rows = []
    for instance in TEAMS:
        raced = [(rival, measurements.of(instance.name, rival)) for rival in RIVALS]
        raced = [(rival, made) for rival, made in raced if made]
        if raced:
            rows.append(_race_row(measurements, ENGINE_BEST, measurements.of(instance.name, ENGINE_BEST)))
            rows += [_race_row(measurements, rival, made) for rival, made in raced]
    if rows:
        yield f"### The best team: the engine and the others, with {limit:g} s to search"
        yield _table(_RACE_COLUMNS, rows)
    missing = [f"{rival} (package {package})" for rival, package in RIVALS.items() if not is_installed(rival)]
    if missing:
        yield f"Not installed, and so not measured: {', '.join(missing)}."


def _race_row(measurements: Measurements, contestant: str, made: Sequence[Measurement]) -> list[str]:
    answered = [one for one in made if one.units is not None]
    parts = [part for one in answered if (part := _part_of_best(measurements, one)) is not None]
    silent = sorted({one.status for one in made if one.units is None})
    return [
        made[0].instance,
        contestant,
        str(len(made)),
        f"{sum(one.proven for one in made)} of {len(made)}",
        _seconds(statistics.median(one.seconds for one in made)),
        _seconds(statistics.median(one.processor for one in answered)) if answered else "",
        _seconds(statistics.median(one.stated for one in answered)) if answered else "",
        *(_ratios(measurements, made) if contestant in PROVING else ("", "")),
        f"{statistics.median(parts):.2%}" if parts else "",
        f"{min(parts):.2%}" if parts else "",
        f"{max(one.peak for one in answered):.0f}" if answered else "",
        f"{len(made) - len(answered)}: {'; '.join(silent)}" if silent else "",
    ]


def _part_of_best(measurements: Measurements, one: Measurement) -> float | None:
    best = measurements.best_units(one.instance, one.seed)
    return one.units / best if best and one.units is not None else None


def _ratios(measurements: Measurements, made: Sequence[Measurement]) -> tuple[str, str]:
    """How many times the contestant's time is the engine's for the best team: wall and processor, median over seeds.

    At least so many where a search ended without its proof.
    """
    pairs = [(one, measurements.get(one.instance, one.seed, ENGINE_BEST)) for one in made if one.was_timed]
    both = [(one, engine) for one, engine in pairs if engine is not None]
    unproven = not all(one.proven for one in made)
    wall = [one.seconds / engine.seconds for one, engine in both]
    processor = [one.processor / engine.processor for one, engine in both if one.processor]
    return _times(wall, unproven), _times(processor, unproven)


def _times(ratios: Sequence[float], at_least: bool) -> str:
    if not ratios:
        return ""
    ratio = statistics.median(ratios)
    return f"{'> ' if at_least else ''}{ratio:,.{1 if ratio < 10 else 0}f} x"


def _seconds(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruler = ["---", *("---:" for _ in columns[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, ruler, *rows))
