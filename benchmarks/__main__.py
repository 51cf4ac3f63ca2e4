"""Measures the engine and its rivals: `python -m benchmarks --help`."""

import argparse
import sys
from fnmatch import fnmatch
from pathlib import Path

from benchmarks import running
from benchmarks.instances import INSTANCES, Instance
from benchmarks.measurement import ENGINE, ENGINE_BEST, QUESTIONS, Measurements
from benchmarks.report import report, write
from benchmarks.rivals import PORTFOLIO_RIVALS, RIVALS, is_installed

_KNOWN = RIVALS | PORTFOLIO_RIVALS


def main() -> int:
    asked = _arguments()
    names = [name for name in INSTANCES if any(fnmatch(name, pattern) for pattern in asked.instances)]
    if not names:
        print(f"No instance is called that. There are: {', '.join(INSTANCES)}.", file=sys.stderr)
        return 2
    wanted = [] if asked.rivals == "none" else asked.rivals.split(",")
    if unknown := set(wanted) - _KNOWN.keys():
        print(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(_KNOWN)}, or none.", file=sys.stderr)
        return 2
    for rival in wanted:
        if not is_installed(rival):
            package = _KNOWN[rival]
            print(f"{rival} is left out: it needs {package}, and `pip install {package}` brings it.", file=sys.stderr)
    rivals = [rival for rival in wanted if is_installed(rival)]
    measurements = Measurements(asked.results)
    for name in names:
        instance = INSTANCES[name]
        raced = [rival for rival in rivals if rival in instance.rivals]
        own = [ENGINE]
        if isinstance(instance, Instance):
            own += [ENGINE_BEST] * bool(raced) + [QUESTIONS] * instance.questioned
        for seed in range(asked.seeds):
            # One after the other on the same seed, so that a slow hour of the machine is one for all of them.
            contestants = own + raced if seed < asked.rival_seeds else own
            running.run(name, seed, contestants, asked.limit, measurements)
    text = report(measurements, asked.limit)
    if asked.write:
        write(text)
    print(text)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--instances", nargs="+", default=["*"], metavar="NAME", help="names, or patterns such as '*x8*'"
    )
    parser.add_argument("--seeds", type=int, default=10, help="seeds for the engine")
    parser.add_argument("--rival-seeds", type=int, default=3, help="of these, seeds for the rivals")
    parser.add_argument("--rivals", default=",".join(_KNOWN), help=f"from {', '.join(_KNOWN)}; or none")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds that a rival may search")
    parser.add_argument("--results", type=Path, help="file of all measurements; what it holds is not measured again")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
