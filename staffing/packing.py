"""A problem as few bytes, and back: what somebody keeps who may have to explain or repeat an answer later.

The format holds the columns as they are, so that ten thousand people are packed and unpacked in milliseconds; the
document format `muster-problem/1` is for exchange and says the same (equal digests).
"""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.problem import Goals, Need, People, Problem, Ratings, Role, Rules, TeamSkill, Ties, TrackPrior
from staffing.terms import Bar, Measure

MAGIC = b"muster-columns/1\n"
_COMPRESSION = 1
"""Ten times as fast as the usual level; what is left out of the columns is repeated zeros, which every level finds."""

_Arrays = Mapping[str, NDArray[Any]]


def pack_problem(problem: Problem) -> bytes:
    """Everything in the problem but skills that nothing names; the same problem gives the same bytes."""
    people, ties = problem.people, problem.ties
    free = people.free.astype(np.min_scalar_type(int(people.free.max(initial=0))))
    rated = {skill: column for skill, column in problem.ratings.items() if skill in problem.named_skills}
    wanted = {skill: column for skill, column in problem.goals.items() if skill in problem.named_skills}
    frame = {
        "weeks": problem.weeks,
        "ids": people.ids,
        "roles": [asdict(role) for role in problem.roles],
        "rules": asdict(problem.rules),
        "communication": [[*pair, amount] for pair, amount in sorted(problem.communication.items())],
        "weights": {measure.value: float(weight) for measure, weight in problem.weights.items()},
        "cost_range": problem.cost_range,
        "track_prior": asdict(problem.track_prior),
        "teams": problem.teams,
        "min_difference": problem.min_difference,
        "share_scale": problem.share_scale,
        "others": {bar.value: count for bar, count in problem.others.items()},
        "rated": [[skill, len(rated[skill].people)] for skill in sorted(rated)],
        "wanted": [[skill, len(wanted[skill].people)] for skill in sorted(wanted)],
    }
    columns: dict[str, NDArray[Any]] = {
        "frame": np.frombuffer(json.dumps(frame, separators=(",", ":"), sort_keys=True).encode(), np.uint8),
        "free": free,
        **{name: getattr(people, name) for name in _PERSONAL},
        **{f"rated_{name}": _joined(rated, name) for name in ("people", "level", "confidence")},
        **{f"wanted_{name}": _joined(wanted, name) for name in ("people", "target")},
        **({} if ties is None else {"first": ties.first, "second": ties.second, "strength": ties.strength}),
    }
    file = BytesIO()
    np.savez(file, allow_pickle=False, **columns)
    return MAGIC + zlib.compress(file.getvalue(), _COMPRESSION)


def is_packed(content: bytes) -> bool:
    return content.startswith(MAGIC)


def unpack_problem(content: bytes) -> Problem:
    """The problem that `pack_problem` packed."""
    with np.load(BytesIO(zlib.decompress(content[len(MAGIC) :])), allow_pickle=False) as columns:
        arrays = {name: columns[name] for name in columns.files}
    frame = json.loads(arrays["frame"].tobytes())
    return Problem(
        weeks=frame["weeks"],
        people=People(
            ids=tuple(frame["ids"]),
            free=arrays["free"].astype(np.int64),
            **{name: arrays[name] for name in _PERSONAL},
        ),
        roles=tuple(_role(role) for role in frame["roles"]),
        ratings={
            skill: Ratings(*(arrays[f"rated_{name}"][rows] for name in ("people", "level", "confidence")))
            for skill, rows in _slices(frame["rated"])
        },
        goals={
            skill: Goals(*(arrays[f"wanted_{name}"][rows] for name in ("people", "target")))
            for skill, rows in _slices(frame["wanted"])
        },
        ties=Ties(arrays["first"], arrays["second"], arrays["strength"]) if "first" in arrays else None,
        communication={(one, other): amount for one, other, amount in frame["communication"]},
        weights={Measure(name): weight for name, weight in frame["weights"].items()},
        cost_range=(frame["cost_range"][0], frame["cost_range"][1]),
        track_prior=TrackPrior(**frame["track_prior"]),
        rules=_rules(frame["rules"]),
        teams=frame["teams"],
        min_difference=frame["min_difference"],
        share_scale=frame["share_scale"],
        others={Bar(name): count for name, count in frame["others"].items()},
    )


def change_texts(content: bytes, change: Callable[[str], str]) -> bytes:
    """What was packed, with every text within (names of roles and skills) as `change` gives it back; the same bytes
    where none changes. Skills stay in the order of their old names, which is where their columns are."""
    with np.load(BytesIO(zlib.decompress(content[len(MAGIC) :])), allow_pickle=False) as columns:
        frame = json.loads(columns["frame"].tobytes())
        changed = _changed(frame, change)
        if changed == frame:
            return content
        arrays = {name: columns[name] for name in columns.files}
    arrays["frame"] = np.frombuffer(json.dumps(changed, separators=(",", ":"), sort_keys=True).encode(), np.uint8)
    file = BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return MAGIC + zlib.compress(file.getvalue(), _COMPRESSION)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_changed(item, change) for item in value]
    if isinstance(value, dict):
        return {change(key): _changed(item, change) for key, item in value.items()}
    return value


_PERSONAL = ("cost", "successes", "projects", "utc_offset", "recent_load")


def _joined(columns: Mapping[str, Ratings] | Mapping[str, Goals], name: str) -> NDArray[Any]:
    """The columns of all skills one after the other, in order of skill."""
    parts = [getattr(columns[skill], name) for skill in sorted(columns)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int8)


def _slices(counts: list[tuple[str, int]]) -> list[tuple[str, slice]]:
    ends = np.cumsum([count for _, count in counts]).tolist()
    return [(skill, slice(end - count, end)) for (skill, count), end in zip(counts, ends, strict=True)]


def _role(role: Mapping[str, Any]) -> Role:
    return Role(**{**role, "needs": tuple(Need(**need) for need in role["needs"])})


def _rules(rules: Mapping[str, Any]) -> Rules:
    return Rules(
        **{
            **rules,
            "locks": tuple((role, person) for role, person in rules["locks"]),
            "exclude": tuple(rules["exclude"]),
            "never_together": tuple((one, other) for one, other in rules["never_together"]),
            "team_skills": tuple(TeamSkill(**wish) for wish in rules["team_skills"]),
        }
    )
