"""A team taken apart: what each seat, need and pair contributes, and who teaches whom."""

from collections.abc import Mapping, Sequence

import numpy as np

from staffing.problem import Problem, Role
from staffing.proposal import Assignment, NeedPoints, PairPoints, Team
from staffing.rules import NO_STRETCH, Candidates, mentor_level
from staffing.scoring import Scoring, pair_measure
from staffing.seating import Team as People
from staffing.terms import SEAT_MEASURES, Measure, Vacancy


def break_down(
    problem: Problem, scoring: Scoring, candidates: Sequence[Candidates], people: People, bound: int | None = None
) -> Team:
    """The team of these people; proven best when no bound above its score is given."""
    empty = len(problem.people)
    assignments = tuple(
        _vacant(problem, candidates, people, n)
        if who == empty
        else _assignment(problem, scoring, candidates, people, n)
        for n, who in enumerate(people)
    )
    pairs = _pairs(problem, scoring, people)
    units = sum(a.units for a in assignments) + sum(p.units for p in pairs) + scoring.constant
    bound = units if bound is None else max(bound, units)
    return Team(
        assignments=assignments,
        pairs=pairs,
        units=units,
        common=scoring.constant,
        measures=_measures(scoring, assignments, pairs),
        bound=bound,
        proven=bound == units,
    )


def team_units(problem: Problem, scoring: Scoring, people: People) -> int:
    """A team's score in units, from the people alone."""
    seated = [(seat.role, who) for seat, who in zip(problem.seats, people, strict=True) if who < len(problem.people)]
    own = (int(scoring.seat_units(problem.roles[role], np.array([who]))[0]) for role, who in seated)
    return sum(own) + sum(pair.units for pair in _pairs(problem, scoring, people)) + scoring.constant


def _vacant(problem: Problem, candidates: Sequence[Candidates], people: People, n: int) -> Assignment:
    seat = problem.seats[n]
    eligible = candidates[seat.role].people
    if not len(eligible):
        vacancy = Vacancy.NOBODY
    else:
        vacancy = Vacancy.TAKEN if np.isin(eligible, people).all() else Vacancy.RULE
    return Assignment(problem.roles[seat.role].id, seat.number, None, None, None, 0, {}, {}, (), vacancy)


def _assignment(
    problem: Problem, scoring: Scoring, candidates: Sequence[Candidates], people: People, n: int
) -> Assignment:
    seat, who = problem.seats[n], np.array([people[n]])
    role = problem.roles[seat.role]
    measures = {name: float(values[0]) for name, values in scoring.seat_measures(role, who).items()}
    stretch = _stretch(candidates[seat.role], people[n])
    mentor = None if stretch is None else _mentor(problem, scoring, people, people[n], role, stretch)
    return Assignment(
        role=role.id,
        seat=seat.number,
        person=problem.people.ids[people[n]],
        mentor=None if mentor is None else problem.people.ids[mentor],
        stretch=None if stretch is None else role.needs[stretch].skill,
        units=int(scoring.seat_units(role, who)[0]),
        measures=measures,
        points={name: _points(problem, scoring, name, measures[name]) for name in SEAT_MEASURES},
        needs=_needs(problem, scoring, role, people[n]),
    )


def _points(problem: Problem, scoring: Scoring, measure: Measure, value: float) -> float:
    return 100.0 * scoring.weight(measure) * value / len(problem.seats)


def _needs(problem: Problem, scoring: Scoring, role: Role, person: int) -> tuple[NeedPoints, ...]:
    who = np.array([person])
    total = sum(need.weight for need in role.needs) or 1.0
    needs = []
    for need, fit in zip(role.needs, scoring.need_fits(role, who)[:, 0], strict=True):
        level, target = int(scoring.levels[need.skill][person]), int(scoring.target(need.skill, who)[0])
        part = need.weight / total
        needs.append(
            NeedPoints(
                skill=need.skill,
                needed=need.level,
                must=need.must,
                level=level,
                confidence=float(scoring.confidence(need.skill, who)[0]),
                target=target if target >= 0 else None,
                fit=_points(problem, scoring, Measure.FIT, float(fit) * part),
                growth=_points(problem, scoring, Measure.GROWTH, part if level < target else 0.0),
            )
        )
    return tuple(needs)


def _stretch(candidates: Candidates, person: int) -> int | None:
    at = int(np.searchsorted(candidates.people, person))
    if at == len(candidates.people) or candidates.people[at] != person or candidates.stretch[at] == NO_STRETCH:
        return None
    return int(candidates.stretch[at])


def _mentor(problem: Problem, scoring: Scoring, people: People, learner: int, role: Role, stretch: int) -> int | None:
    """The other member with the highest level, then the smallest id."""
    need = role.needs[stretch]
    levels = scoring.levels[need.skill]
    others = {who for who in people if who not in {learner, len(problem.people)}}
    able = [who for who in others if levels[who] >= mentor_level(role, need)]
    return min(able, key=lambda who: (-int(levels[who]), who), default=None)


def _pairs(problem: Problem, scoring: Scoring, people: People) -> tuple[PairPoints, ...]:
    filled = [n for n, who in enumerate(people) if who < len(problem.people)]
    distinct = np.unique([people[n] for n in filled]).astype(np.intp)
    place = {int(who): at for at, who in enumerate(distinct)}
    strengths, values = scoring.strengths(distinct), scoring.pairs(distinct)
    pairs = []
    for at, i in enumerate(filled):
        for j in filled[at + 1 :]:
            a, b = place[people[i]], place[people[j]]
            talk = scoring.communication(problem.seats[i].role, problem.seats[j].role)
            overlap = scoring.zone_overlap[scoring.zones[people[i]], scoring.zones[people[j]]]
            units = int(scoring.pair_units(talk, values[a : a + 1, b : b + 1])[0, 0])
            tie = 1.0 if a == b else float(strengths[a, b])
            pairs.append(PairPoints((i, j), units, tie, float(overlap), talk))
    return tuple(pairs)


def _measures(
    scoring: Scoring, assignments: tuple[Assignment, ...], pairs: tuple[PairPoints, ...]
) -> Mapping[Measure, float]:
    seats = len(assignments)
    means: dict[Measure, float] = {
        name: sum(a.measures.get(name, 0.0) for a in assignments) / seats for name in SEAT_MEASURES
    }
    together = (p.communication * pair_measure(p.tie, p.overlap) for p in pairs)
    cohesion = sum(together) / scoring.talk_sum if scoring.talk_sum else 1.0
    return {name: means.get(name, cohesion) for name in Measure}
