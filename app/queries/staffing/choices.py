"""What a manager chose for a staffing run: weights, rules, how many teams. Stored with the run, shown as chips."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from staffing.terms import DEFAULT_WEIGHTS, Measure


@dataclass(frozen=True, slots=True)
class TeamSkillChoice:
    """At least `people` members have the skill at `level` or above."""

    skill_id: int
    level: int
    people: int


@dataclass(frozen=True, slots=True)
class Choices:
    """Roles, people and skills by database id. Weights are 0..100 each and only their proportion counts."""

    weights: Mapping[Measure, int] = field(
        default_factory=lambda: {measure: round(weight) for measure, weight in DEFAULT_WEIGHTS.items()}
    )
    teams: int = 3
    min_difference: int = 2
    locks: tuple[tuple[int, int], ...] = ()
    """(role, practitioner)."""
    exclude: tuple[int, ...] = ()
    never_together: tuple[tuple[int, int], ...] = ()
    max_seats_per_person: int = 1
    max_people: int | None = None
    within_budget: bool = False
    stretch: bool = False
    allow_gaps: bool = False
    team_skills: tuple[TeamSkillChoice, ...] = ()

    @property
    def people(self) -> frozenset[int]:
        """Everybody whom a lock, an exclusion or a pair names."""
        return frozenset({person for _, person in self.locks}.union(self.exclude, *self.never_together))

    def keeping(self, present: Collection[int]) -> Self:
        """Without exclusions and pairs about people who are not there any more: they hold by themselves."""
        return replace(
            self,
            exclude=tuple(person for person in self.exclude if person in present),
            never_together=tuple(pair for pair in self.never_together if set(pair) <= set(present)),
        )

    @property
    def has_usual_weights(self) -> bool:
        return dict(self.weights) == dict(Choices().weights)

    @property
    def is_usual(self) -> bool:
        """Whether nothing was chosen that deserves a mention."""
        return self == Choices(teams=self.teams, min_difference=self.min_difference)

    def without_lock(self, role_id: int, person_id: int) -> Self:
        return replace(self, locks=tuple(lock for lock in self.locks if lock != (role_id, person_id)))

    def with_lock(self, role_id: int, person_id: int) -> Self:
        kept = self.without_lock(role_id, person_id)
        return replace(kept, locks=(*kept.locks, (role_id, person_id)))

    def without_exclusion(self, person_id: int) -> Self:
        return replace(self, exclude=tuple(one for one in self.exclude if one != person_id))

    def with_exclusion(self, person_id: int) -> Self:
        locks = tuple(lock for lock in self.locks if lock[1] != person_id)
        return replace(self, exclude=(*self.without_exclusion(person_id).exclude, person_id), locks=locks)

    def to_json(self) -> dict[str, Any]:
        return {
            "weights": {measure.value: weight for measure, weight in self.weights.items()},
            "teams": self.teams,
            "min_difference": self.min_difference,
            "locks": [list(lock) for lock in self.locks],
            "exclude": list(self.exclude),
            "never_together": [list(pair) for pair in self.never_together],
            "max_seats_per_person": self.max_seats_per_person,
            "max_people": self.max_people,
            "within_budget": self.within_budget,
            "stretch": self.stretch,
            "allow_gaps": self.allow_gaps,
            "team_skills": [[wish.skill_id, wish.level, wish.people] for wish in self.team_skills],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            weights={Measure(name): weight for name, weight in data["weights"].items()},
            teams=data["teams"],
            min_difference=data["min_difference"],
            locks=tuple((role, person) for role, person in data["locks"]),
            exclude=tuple(data["exclude"]),
            never_together=tuple((one, other) for one, other in data["never_together"]),
            max_seats_per_person=data["max_seats_per_person"],
            max_people=data["max_people"],
            within_budget=data["within_budget"],
            stretch=data["stretch"],
            allow_gaps=data["allow_gaps"],
            team_skills=tuple(TeamSkillChoice(*wish) for wish in data["team_skills"]),
        )
