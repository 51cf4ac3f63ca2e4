"""Layouts of skills sheets as people build them, each as the smallest workbook that shows it."""

from datetime import date

import pytest

from importers import GivenAnswer, LayoutName, read
from tests.importers.workbooks import (
    CATALOGUE,
    asked,
    delimited,
    levels,
    names,
    read_rows,
    said,
)

PEOPLE = ["Anna Nowak", "Ben Okoro", "Carla Díaz"]


class TestTransposed:
    def test_reads_people_across_under_a_corner_that_names_the_skills(self) -> None:
        rows = [["Skill", *PEOPLE], ["Python", 5, 1, None], ["Pottery", 0, 2, 3], ["Baking", 4, 4, 4]]
        reading = read_rows(rows)
        assert reading.sheets[0].layout is LayoutName.TRANSPOSED
        assert names(reading) == PEOPLE
        assert len(reading.ratings) == 8
        assert next(r.cell for r in reading.ratings if r.skill == "Baking") == "B4"

    def test_reads_people_across_under_a_blank_corner(self) -> None:
        rows = [[None, *PEOPLE], ["Python", 5, 1, None], ["SQL", 0, 2, 3], ["Node.js", 4, 4, 4]]
        reading = read_rows(rows)
        assert reading.sheets[0].layout is LayoutName.TRANSPOSED
        assert names(reading) == PEOPLE

    def test_reads_people_across_under_a_corner_that_says_name(self) -> None:
        rows = [["Name", *PEOPLE], ["Python", 5, 1, None], ["SQL", 0, 2, 3], ["Java", 4, 4, 4]]
        reading = read_rows(rows)
        assert reading.sheets[0].layout is LayoutName.TRANSPOSED
        assert names(reading) == PEOPLE

    def test_joins_last_and_first_names_of_two_rows(self) -> None:
        rows = [
            ["Bereich", "Nachname", "Pfeiffer", "Bäumler", "Pfeiffer"],
            [None, "Vorname", "Gisela", "Detlef", "Torsten"],
            ["Technik", "Rohrbiegen", 1, 5, 3],
            [None, "Lackieren", None, 0, 4],
            ["Büro", "Zollabwicklung", 2, 3, 0],
            [None, "Angebotskalkulation", 5, 1, 2],
        ]
        reading = read_rows(rows, merges=["A3:A4", "A5:A6"])
        assert reading.sheets[0].layout is LayoutName.TRANSPOSED
        assert names(reading) == ["Gisela Pfeiffer", "Detlef Bäumler", "Torsten Pfeiffer"]
        assert levels(reading)["Torsten Pfeiffer", "Lackieren"] == 4
        assert {skill.name: skill.category for skill in reading.skills}["Lackieren"] == "Technik"

    def test_takes_rows_of_profile_and_categories(self) -> None:
        rows = [
            [None, "Name", *PEOPLE],
            [None, "E-mail", "anna@firm.example", "ben@firm.example", "carla@firm.example"],
            [None, "Team", "Core", "Core", "Web"],
            ["Data", "Python", 5, 1, None],
            [None, "SQL", 0, 2, 3],
            ["Web", "Node.js", 4, 4, 4],
        ]
        reading = read_rows(rows, merges=["A4:A5"])
        assert reading.people[0].email == "anna@firm.example"
        assert [person.unit for person in reading.people] == ["Core", "Core", "Web"]
        assert {skill.name: skill.category for skill in reading.skills}["SQL"] == "Data"


class TestPairs:
    def test_reads_level_and_interest_under_merged_skills(self) -> None:
        rows = [
            ["Name", "Python", None, "SQL", None],
            [None, "Level", "Interest", "Level", "Interest"],
            ["Anna Nowak", 5, 1, 2, 5],
            ["Ben Okoro", 3, 3, 4, 1],
        ]
        reading = read_rows(rows, merges=["B1:C1", "D1:E1", "A1:A2"])
        assert reading.sheets[0].layout is LayoutName.PAIRS
        assert levels(reading)["Anna Nowak", "SQL"] == 2
        assert ("k1", "SQL") in {(goal.person, goal.skill) for goal in reading.goals}

    def test_takes_a_yes_under_a_wish_for_a_goal(self) -> None:
        rows = [
            ["Name", "Flask", None, "Pottery", None, "Welding", None],
            [None, "Level", "Wants to learn", "Level", "Wants to learn", "Level", "Wants to learn"],
            ["Anna Nowak", "Advanced", "Yes", "Basic", "No", "Expert", "No"],
            ["Ben Okoro", "None", "No", "Expert", None, "Basic", "Yes"],
        ]
        reading = read_rows(rows, merges=["A1:A2", "B1:C1", "D1:E1", "F1:G1"])
        assert {skill for _, skill, _ in said(reading)} == {"Flask", "Pottery", "Welding"}
        assert len(reading.ratings) == 6
        assert [(goal.person, goal.skill) for goal in reading.goals] == [("k1", "Flask"), ("k2", "Welding")]

    @pytest.mark.parametrize(
        ("wish", "no", "legend"), [("S", "N", None), ("A", "B", "Interés: A = quiere aprender, B = no")]
    )
    def test_takes_the_one_mark_beside_a_no_or_what_the_legend_says_for_a_wish(
        self, wish: str, no: str, legend: str | None
    ) -> None:
        rows = [
            [legend],
            ["Nombre", "Enología", None, "Viticultura", None],
            [None, "Nivel", "Interés", "Nivel", "Interés"],
            ["Ana Ruiz", 5, wish, 2, no],
            ["Luis Peña", 1, no, 4, wish],
        ]
        reading = read_rows(rows, merges=["A2:A3", "B2:C2", "D2:E2"])
        assert [(goal.person, goal.skill) for goal in reading.goals] == [("k1", "Enología"), ("k2", "Viticultura")]

    def test_takes_a_target_above_the_current_level_as_a_goal(self) -> None:
        rows = [
            ["Name", "Python", None, "SQL", None],
            [None, "Current", "Target", "Current", "Target"],
            ["Anna Nowak", 2, 4, 5, 5],
            ["Ben Okoro", 3, None, 4, 4],
        ]
        reading = read_rows(rows, merges=["B1:C1", "D1:E1", "A1:A2"])
        assert [(goal.person, goal.skill, goal.target) for goal in reading.goals] == [("k1", "Python", 4)]
        assert len(reading.ratings) == 4

    def test_reads_a_skill_beside_the_same_skill_and_a_wish(self) -> None:
        rows = [
            ["Name", "Python", "Python - wants", "SQL", "SQL - wants"],
            ["Anna Nowak", 5, "yes", 2, "no"],
            ["Ben Okoro", 3, None, 2, "yes"],
        ]
        reading = read_rows(rows)
        assert len(reading.ratings) == 4
        assert [(goal.person, goal.skill) for goal in reading.goals] == [("k1", "Python"), ("k2", "SQL")]

    def test_takes_no_default_beside_an_unanswered_question(self) -> None:
        rows = [
            ["Name", "Python", "Level", "SQL", "Level"],
            ["Anna Nowak", "Y", "Expert", "N", "Beginner"],
            ["Ben Okoro", None, "Beginner", None, "Beginner"],
        ]
        reading = read_rows(rows)
        assert levels(reading) == {("Anna Nowak", "Python"): 5, ("Anna Nowak", "SQL"): 0}


class TestLongList:
    def test_reads_level_date_and_note_in_another_language(self) -> None:
        rows = [
            ["Collaborateur", "Compétence", "Niveau", "Date", "Commentaire"],
            ["Anna Nowak", "Python", "Expert", "31.12.2025", "ok"],
            ["Anna Nowak", "Soudure", "Débutant", "01.02.2026", None],
            ["Ben Okoro", "Python", "Avancé", None, None],
        ]
        reading = read_rows(rows)
        assert reading.sheets[0].layout is LayoutName.LONG
        assert levels(reading) == {
            ("Anna Nowak", "Python"): 5,
            ("Anna Nowak", "Soudure"): 1,
            ("Ben Okoro", "Python"): 4,
        }
        assert reading.ratings[0].on == date(2025, 12, 31)
        assert reading.ratings[0].note == "ok"

    def test_gives_merged_names_to_every_row_they_span(self) -> None:
        rows = [
            ["Name", "Skill", "Level"],
            ["Anna Nowak", "Python", 5],
            [None, "SQL", 2],
            ["Ben Okoro", "SQL", 1],
        ]
        assert levels(read_rows(rows, merges=["A2:A3"]))["Anna Nowak", "SQL"] == 2

    def test_asks_before_it_takes_a_blank_name_for_the_one_above(self) -> None:
        rows = [
            ["Name", "Skill", "Level"],
            ["Anna Nowak", "Python", 5],
            [None, "SQL", 2],
            ["Ben Okoro", "SQL", 1],
            [None, "Python", 1],
        ]
        assert asked(read_rows(rows)) == ["blank_names"]
        answered = read_rows(rows, answers=[GivenAnswer("blank_names", True)])
        assert levels(answered)["Anna Nowak", "SQL"] == 2
        assert not asked(answered)

    def test_reads_any_usual_separator_and_encoding(self) -> None:
        rows = [["Name", "Skill", "Level"], ["Zoë Müller", "Python", "3"], ["Ben Okoro", "C++", "5"]]
        for separator, encoding in ((",", "utf-8"), (";", "cp1252"), ("\t", "utf-16"), ("|", "utf-8-sig")):
            content = delimited(rows, separator=separator, encoding=encoding)
            reading = read(content, "skills.csv", catalogue=CATALOGUE)
            assert levels(reading) == {("Zoë Müller", "Python"): 3, ("Ben Okoro", "C++"): 5}

    def test_reads_one_column_a_date_as_history(self) -> None:
        rows = [
            ["Name", "Skill", "Jan 2025", "Jun 2025"],
            ["Anna Nowak", "Python", 2, 5],
            ["Ben Okoro", "SQL", None, 1],
        ]
        seen = {(rating.skill, rating.raw, rating.on) for rating in read_rows(rows).ratings}
        assert seen == {
            ("Python", 2, date(2025, 1, 1)),
            ("Python", 5, date(2025, 6, 1)),
            ("SQL", 1, date(2025, 6, 1)),
        }

    def test_joins_a_first_name_with_the_name_beside_it(self) -> None:
        rows = [["Prénom", "Nom", "Compétence", "Niveau (1-5)"], ["Anna", "Nowak", "Java", 3]]
        assert levels(read_rows(rows)) == {("Anna Nowak", "Java"): 3}

    def test_takes_no_number_for_a_skill(self) -> None:
        rows = [["Name", "Skill", "Level"], ["Anna Nowak", 53, 5], ["Ben Okoro", "SQL", 1], ["Carla Díaz", "SQL", 1]]
        assert {skill.name for skill in read_rows(rows).skills} == {"SQL"}


class TestList:
    def test_reads_levels_in_brackets_and_after_signs(self) -> None:
        rows = [
            ["Name", "Skills"],
            ["Anna Nowak", "Python (5), SQL (2); Office (Word, Excel)"],
            ["Ben Okoro", "Python=3\nKubernetes: 1"],
        ]
        reading = read_rows(rows)
        assert reading.sheets[0].layout is LayoutName.LIST
        assert said(reading) == {
            ("Anna Nowak", "Python", 5),
            ("Anna Nowak", "SQL", 2),
            ("Anna Nowak", "Office (Word, Excel)", None),
            ("Ben Okoro", "Python", 3),
            ("Ben Okoro", "Kubernetes", 1),
        }
        assert asked(reading) == ["listed_without_level"]

    def test_reads_json_lists_and_objects(self) -> None:
        rows = [
            ["Name", "Skills"],
            ["Anna Nowak", '["Python", "SQL"]'],
            ["Ben Okoro", '{"Python": 5, "SQL": 1}'],
            ["Carla Díaz", '[{"skill": "Python", "level": 2}]'],
        ]
        assert said(read_rows(rows)) == {
            ("Anna Nowak", "Python", None),
            ("Anna Nowak", "SQL", None),
            ("Ben Okoro", "Python", 5),
            ("Ben Okoro", "SQL", 1),
            ("Carla Díaz", "Python", 2),
        }

    def test_gives_listed_skills_the_level_of_the_answer(self) -> None:
        rows = [["Name", "Skills"], ["Anna Nowak", "Python, SQL"], ["Ben Okoro", "SQL, Docker"]]
        reading = read_rows(rows, answers=[GivenAnswer("listed_without_level", {"listed": 3})])
        assert set(levels(reading).values()) == {3}

    @pytest.mark.parametrize("heading", ["Competențe", "Competente", "Skills"])
    def test_takes_no_level_from_a_heading_that_only_heads_skills(self, heading: str) -> None:
        rows = [
            ["Nume", heading],
            ["Anca Stoica", "Sudură; Achiziții; SQL"],
            ["Ștefan Ardelean", "Contabilitate; Sudură"],
            ["Daciana Bălan", "SQL; Salarizare"],
        ]
        reading = read_rows(rows)
        assert len(reading.ratings) == 7
        assert {rating.level for rating in reading.ratings} == {None}
        assert [question.code for question in reading.questions] == ["listed_without_level"]

    def test_reads_skills_listed_under_their_level(self) -> None:
        rows = [["Name", "Expert", "Beginner"], ["Anna Nowak", "Python, SQL", "Go"], ["Ben Okoro", "Go", None]]
        assert levels(read_rows(rows)) == {
            ("Anna Nowak", "Python"): 5,
            ("Anna Nowak", "SQL"): 5,
            ("Anna Nowak", "Go"): 1,
            ("Ben Okoro", "Go"): 5,
        }


class TestProfile:
    def test_takes_the_name_beside_its_label(self) -> None:
        rows = [
            ["Name:", "Anna Nowak"],
            ["E-mail:", "anna@firm.example"],
            [],
            ["Skill", "Level"],
            ["Python", 5],
            ["SQL", 3],
        ]
        reading = read_rows(rows)
        assert reading.sheets[0].layout is LayoutName.PROFILE
        assert (reading.people[0].name, reading.people[0].email) == ("Anna Nowak", "anna@firm.example")
        assert len(reading.ratings) == 2

    def test_takes_the_name_of_the_sheet(self) -> None:
        rows = [["Skill", "Level"], ["Python", "Expert"], ["SQL", "Beginner"]]
        reading = read_rows({"Anna Nowak": rows, "Ben Okoro": rows})
        assert names(reading) == ["Anna Nowak", "Ben Okoro"]
        assert not asked(reading)


class TestSnapshots:
    def test_take_the_date_from_the_name_of_each_sheet(self) -> None:
        def rows(level: int) -> list[list[object]]:
            return [["Name", "Python", "SQL"], ["Anna Nowak", level, 2], ["Ben Okoro", 1, 5]]

        reading = read_rows({"2025-01": rows(2), "2025-07": rows(4), "Lists": [["x"]]})
        assert [sheet.layout for sheet in reading.sheets][:2] == [LayoutName.SNAPSHOTS, LayoutName.SNAPSHOTS]
        assert {(r.raw, r.on) for r in reading.ratings if r.person == "k1" and r.skill == "Python"} == {
            (2, date(2025, 1, 1)),
            (4, date(2025, 7, 1)),
        }


class TestAllocations:
    def test_reads_shares_and_dates_as_people_write_them(self) -> None:
        rows = [
            ["Resource", "Project", "Role", "Allocation %", "Start", "End"],
            ["Anna Nowak", "Apollo", "Engineer", "80%", "2026-01-05", date(2026, 6, 30)],
            ["Ben Okoro", "Apollo", None, 50, "13/01/2026", "30/06/2026"],
            ["Ben Okoro", "Zeus", None, 0.5, None, None],
        ]
        reading = read_rows(rows)
        assert [(a.project, a.share, a.start) for a in reading.allocations] == [
            ("Apollo", 0.8, date(2026, 1, 5)),
            ("Apollo", 0.5, date(2026, 1, 13)),
            ("Zeus", 0.5, None),
        ]
        assert not asked(reading)

    def test_asks_when_day_and_month_cannot_be_told_apart(self) -> None:
        rows = [["Name", "Project", "From", "To"], ["Anna Nowak", "Apollo", "03/04/2026", "05/06/2026"]]
        reading = read_rows(rows)
        assert asked(reading) == ["date_order"]
        assert reading.allocations[0].start is None
        answered = read_rows(rows, answers=[GivenAnswer("date_order", "month_first")])
        assert answered.allocations[0].start == date(2026, 3, 4)

    def test_outcomes_make_it_the_record_of_past_projects(self) -> None:
        rows = [
            ["Name", "Project", "Client", "Role", "Outcome", "From", "To", "Technologies used"],
            ["Anna Nowak", "Apollo", "Acme", "Lead", "success", "2024-01-01", "2024-12-31", "Python, SQL"],
        ]
        reading = read_rows(rows)
        assert not reading.allocations
        assert (reading.history[0].outcome, reading.history[0].technologies) == ("success", ("Python", "SQL"))


class TestFramework:
    def test_is_no_sheet_of_people(self) -> None:
        rows = [
            ["Skill", "Required level", "Junior", "Senior"],
            ["Python", 3, "Writes small functions with some help", "Designs whole services alone and reviews"],
            ["SQL", 2, "Writes simple queries against one table", "Tunes queries and designs the schema of a service"],
        ]
        reading = read_rows(rows)
        assert reading.sheets[0].layout is LayoutName.FRAMEWORK
        assert reading.summary.startswith("0 people found, because")
        assert [skill.name for skill in reading.skills] == ["Python", "SQL"]
