"""What was promised against what was measured; a promise without measurements is left out."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.instances import INFEASIBLE, TEAMS
from benchmarks.measurement import ENGINE, ENGINE_BEST, Measurement, Measurements, p95


@dataclass(frozen=True)
class Verdict:
    target: str
    measured: str
    met: bool


def verdicts(measurements: Measurements) -> Iterator[Verdict]:
    for judge in (_ten_thousand, _hundred_thousand, _cpsat, _cohesive, _portfolio, _infeasible):
        yield from judge(measurements)


def _ten_thousand(measurements: Measurements) -> Iterator[Verdict]:
    names = [f"team-10000x{seats}" for seats in (5, 8, 12, 16, 20)]
    made = _made(measurements, names)
    if made:
        slowest, late = max(map(_median, made)), max(p95([one.seconds for one in each]) for each in made)
        proven = all(one.proven for each in made for one in each)
        told = f"slowest of {len(made)} sizes: median {slowest:.3f} s, p95 {late:.3f} s"
        yield Verdict(
            "E2: 10,000 people, 5 to 20 seats, three teams proven: median 0.3 s, p95 1 s",
            told + _unless(proven, "proven"),
            proven and slowest <= 0.3 and late <= 1.0,
        )


def _hundred_thousand(measurements: Measurements) -> Iterator[Verdict]:
    for seats, most in ((12, 1.0), (20, 2.0)):
        for made in _made(measurements, [f"team-100000x{seats}"]):
            peak, proven = max(one.peak for one in made), all(one.proven for one in made)
            yield Verdict(
                f"E3: 100,000 people, {seats} seats: {most:g} s, 1 GiB",
                f"median {_median(made):.3f} s, peak {peak:.0f} MiB" + _unless(proven, "proven"),
                proven and _median(made) <= most and peak <= 1024,
            )


def _cpsat(measurements: Measurements) -> Iterator[Verdict]:
    least: dict[str, float] = {}
    for instance in TEAMS:
        if instance.people * instance.seats >= 8_000 and not instance.scarce:
            pairs = _side_by_side(measurements, instance.name)
            if pairs:
                least[instance.name] = statistics.median(rival.seconds / own.seconds for rival, own in pairs)
    if least:
        name = min(least, key=lambda one: least[one])
        yield Verdict(
            "E4: 100 times as fast as CP-SAT from 1,000 people x 8 seats on",
            f"least on {name}: {least[name]:,.0f} times",
            least[name] >= 100,
        )


def _side_by_side(measurements: Measurements, name: str) -> list[tuple[Measurement, Measurement]]:
    pairs = ((one, measurements.get(name, one.seed, ENGINE_BEST)) for one in measurements.of(name, "cpsat"))
    return [(rival, own) for rival, own in pairs if own is not None and rival.was_timed]


def _cohesive(measurements: Measurements) -> Iterator[Verdict]:
    for made in _made(measurements, ["team-10000x12-cohesion50"]):
        proven = sum(one.proven and one.seconds <= 10 for one in made) / len(made)
        gap = max(one.gap for one in made)
        yield Verdict(
            "E5: cohesion 50 %, 10,000 people, 12 seats: 80 % proven in 10 s, gap 1 % otherwise",
            f"{proven:.0%} proven in 10 s, widest gap {gap:.2%}, slowest {max(one.seconds for one in made):.1f} s",
            proven >= 0.8 and gap <= 0.01,
        )


def _portfolio(measurements: Measurements) -> Iterator[Verdict]:
    for made in _made(measurements, ["portfolio-50x6-10000"]):
        gap, slowest = max(one.gap for one in made), _median(made)
        yield Verdict(
            "E6: 50 projects x 6 roles, 10,000 people: gap 0.5 % in 10 s",
            f"widest gap {gap:.3%}, median {slowest:.2f} s",
            gap <= 0.005 and slowest <= 10,
        )


def _infeasible(measurements: Measurements) -> Iterator[Verdict]:
    made = _made(measurements, [instance.name for instance in INFEASIBLE if instance.people == 100_000])
    if made:
        slowest = max(made, key=_median)
        explained = all(one.proven for each in made for one in each)
        yield Verdict(
            "E7: an infeasible problem at 100,000 people explained in 0.5 s",
            f"slowest kind {slowest[0].instance}: median {_median(slowest):.3f} s" + _unless(explained, "explained"),
            explained and _median(slowest) <= 0.5,
        )


def _unless(all_are: bool, what: str) -> str:
    return "" if all_are else f", not all {what}"


def _made(measurements: Measurements, names: Sequence[str]) -> list[list[Measurement]]:
    return [made for name in names if (made := measurements.of(name, ENGINE))]


def _median(made: Sequence[Measurement]) -> float:
    return statistics.median(one.seconds for one in made)
