"""The sample project is well formed, and the sample people can staff it in several ways."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import networkx as nx

from sample.records import Firm, Person

ENOUGH = 4
Role = dict[str, Any]


def free_share(person: Person, first_day: date, last_day: date, firm: Firm) -> float:
    """The smallest share of a full week that is free on any day of the period; a proposed booking takes nothing."""
    bookings = [b for b in firm.bookings if b.email == person.email and b.status != "proposed"]
    days = (first_day + timedelta(offset) for offset in range((last_day - first_day).days + 1))
    return person.working_share - max(
        sum(b.share for b in bookings if b.first_day <= day <= b.last_day) for day in days
    )


def qualified(role: Role, firm: Firm) -> list[Person]:
    header = {skill: written for written, skill in firm.skill_of.items()}
    needs = [need for need in role["needs"] if need["must"]]
    return [
        person
        for person in firm.people
        if all(person.ratings.get(header[need["skill"]], 0) >= need["level"] for need in needs)
    ]


def eligible(role: Role, firm: Firm) -> set[str]:
    return {
        person.email
        for person in qualified(role, firm)
        if free_share(person, role["starts_on"], role["ends_on"], firm) >= role["fte"] - 1e-9
    }


class TestProject:
    def test_phases_follow_each_other_from_the_first_day_to_the_last(self, project: dict[str, Any]) -> None:
        phases = project["phase"]
        assert (phases[0]["starts_on"], phases[-1]["ends_on"]) == (project["starts_on"], project["ends_on"])
        for phase, following in pairwise(phases):
            assert following["starts_on"] == phase["ends_on"] + timedelta(days=3), "a weekend lies between two phases"

    def test_every_role_begins_and_ends_with_a_phase(self, project: dict[str, Any]) -> None:
        for role in project["role"]:
            assert role["starts_on"] in {phase["starts_on"] for phase in project["phase"]}, role["name"]
            assert role["ends_on"] in {phase["ends_on"] for phase in project["phase"]}, role["name"]

    def test_roles_and_needs_come_from_the_catalogue(
        self, project: dict[str, Any], roles: dict[str, Role], skills: dict[str, Any]
    ) -> None:
        assert {role["catalogue_role"] for role in project["role"]} <= set(roles)
        assert {need["skill"] for role in project["role"] for need in role["needs"]} <= set(skills)

    def test_communication_names_roles_of_the_project(self, project: dict[str, Any]) -> None:
        named = {role for entry in project["communication"] for role in entry["roles"]}
        assert named <= {role["name"] for role in project["role"]}

    def test_roles_belong_to_its_sub_teams(self, project: dict[str, Any]) -> None:
        assert {role["subteam"] for role in project["role"]} == {subteam["name"] for subteam in project["subteam"]}

    def test_it_does_not_fall_below_its_template(
        self, project: dict[str, Any], templates: dict[str, dict[str, Any]]
    ) -> None:
        has = {role["catalogue_role"]: (role.get("headcount", 1), role["fte"]) for role in project["role"]}
        for line in templates[project["team_template"]]["role"]:
            headcount, fte = has.get(line["catalogue_role"], (0, 0))
            assert not line["required"] or (headcount >= line.get("headcount", 1) and fte >= line["fte"]), line["name"]

    def test_outcomes_are_measured_on_both_sides(self, project: dict[str, Any]) -> None:
        assert {measure["kind"] for measure in project["measure"]} == {"technical", "business"}


class TestFeasibility:
    def test_every_role_has_several_eligible_people(self, project: dict[str, Any], firm: Firm) -> None:
        few = {role["name"]: len(eligible(role, firm)) for role in project["role"]}
        assert {name: count for name, count in few.items() if count < ENOUGH} == {}

    def test_two_teams_that_share_nobody_can_be_formed(self, project: dict[str, Any], firm: Firm) -> None:
        seats = [
            ((role["name"], number), email)
            for role in project["role"]
            for number in range(2 * role.get("headcount", 1))
            for email in eligible(role, firm)
        ]
        openings = {seat for seat, _ in seats}
        matching = nx.bipartite.hopcroft_karp_matching(nx.Graph(seats), top_nodes=openings)
        assert openings <= set(matching)

    def test_some_qualified_people_are_not_free(self, project: dict[str, Any], firm: Firm) -> None:
        busy = [
            person.name
            for role in project["role"]
            for person in qualified(role, firm)
            if person.email not in eligible(role, firm)
        ]
        assert busy
