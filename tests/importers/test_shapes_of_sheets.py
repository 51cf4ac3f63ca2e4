"""Shapes that people give their sheets: several tables, cards, outlines, a sheet per skill, and names of any kind."""

from typing import Any

import pytest

from importers import LayoutName
from tests.importers.workbooks import Rows, levels, names, read_rows, reported, said

ANNA, BEN, CARLA = "Anna Nowak", "Ben Okoro", "Carla Díaz"


class TestSeveralTablesOnOneSheet:
    def test_side_by_side_are_read_each_with_its_own_people(self) -> None:
        rows: Rows = [
            ["Team Red", None, None, None, "Team Blue"],
            ["Name", "Python", "SQL", None, "Name", "Python", "Java"],
            [ANNA, 5, 1, None, CARLA, 2, 3],
            [BEN, 2, 3, None, "Dmitri Ito", 4, 1],
        ]
        assert levels(read_rows(rows)) == {
            (ANNA, "Python"): 5,
            (ANNA, "SQL"): 1,
            (BEN, "Python"): 2,
            (BEN, "SQL"): 3,
            (CARLA, "Python"): 2,
            (CARLA, "Java"): 3,
            ("Dmitri Ito", "Python"): 4,
            ("Dmitri Ito", "Java"): 1,
        }

    def test_one_under_another_keep_their_own_headings(self) -> None:
        rows: Rows = [
            ["Analyst", "HPLC", "PCR", "ELISA"],
            [ANNA, 5, 1, 2],
            [BEN, 2, 3, 4],
            [],
            ["Nurse", "Triage", "Wound care", "First aid"],
            [CARLA, 1, 2, 5],
            ["Dmitri Ito", 4, 4, 0],
        ]
        reading = read_rows(rows)
        assert levels(reading)[CARLA, "Triage"] == 1
        assert levels(reading)[ANNA, "PCR"] == 1
        assert len(reading.ratings) == 12
        assert "2 tables" in reading.sheets[0].why

    def test_may_be_a_matrix_above_allocations(self) -> None:
        rows: Rows = [
            ["Name", "Python", "SQL"],
            [ANNA, 5, 1],
            [BEN, 2, 3],
            [],
            ["Name", "Project", "Allocation %", "From", "To"],
            [ANNA, "Apollo", 50, "2026-01-01", "2026-06-30"],
        ]
        reading = read_rows(rows)
        assert len(reading.ratings) == 4
        assert [(a.project, a.share) for a in reading.allocations] == [("Apollo", 0.5)]

    def test_with_the_same_headings_again_after_a_page_are_one(self) -> None:
        rows: Rows = [["Name", "Python", "SQL"], [ANNA, 5, 1], ["Name", "Python", "SQL"], [BEN, 2, 3]]
        assert names(read_rows(rows)) == [ANNA, BEN]

    def test_are_one_when_a_blank_column_only_separates_skills(self) -> None:
        rows: Rows = [["Name", "Python", None, "SQL", "Java"], [ANNA, 5, None, 1, 2], [BEN, 2, None, 3, 4]]
        assert len(read_rows(rows).ratings) == 6


class TestCards:
    def test_one_under_another_give_a_person_each(self) -> None:
        rows: Rows = [
            ["Name:", ANNA],
            ["Title:", "Engineer"],
            ["Skill", "Level"],
            ["Python", 5],
            ["SQL", 3],
            [],
            ["Name:", BEN],
            ["Title:", "Analyst"],
            ["Skill", "Level"],
            ["Python", 1],
            ["Java", 4],
        ]
        reading = read_rows(rows)
        assert levels(reading) == {(ANNA, "Python"): 5, (ANNA, "SQL"): 3, (BEN, "Python"): 1, (BEN, "Java"): 4}
        assert [person.title for person in reading.people] == ["Engineer", "Analyst"]

    def test_take_sheets_of_single_first_names_for_people(self) -> None:
        rows: Rows = [["Skill", "Level"], ["Python", "Expert"], ["SQL", "Beginner"]]
        assert names(read_rows({"Anna": rows, "Ben": rows, "Carla": rows})) == ["Anna", "Ben", "Carla"]

    def test_take_the_wishes_below_the_skills_for_goals(self) -> None:
        rows: Rows = [
            ["Name", ANNA],
            [],
            ["Skill", "Level (1-5)"],
            ["Python", 5],
            [],
            ["Development goals"],
            ["Kubernetes"],
            ["Public speaking"],
        ]
        reading = read_rows(rows)
        assert [goal.skill for goal in reading.goals] == ["Kubernetes", "Public speaking"]


class TestAnOutline:
    def test_names_the_person_above_the_rows_of_skills(self) -> None:
        rows: Rows = [
            ["Skills of the team"],
            [ANNA],
            ["Python", 5],
            ["SQL", 3],
            [BEN],
            ["Python", 1],
            ["Java", 4],
            ["Git", 2],
        ]
        assert levels(read_rows(rows)) == {
            (ANNA, "Python"): 5,
            (ANNA, "SQL"): 3,
            (BEN, "Python"): 1,
            (BEN, "Java"): 4,
            (BEN, "Git"): 2,
        }


class TestASheetPerSkill:
    def test_takes_the_sheets_names_for_the_skills(self) -> None:
        reading = read_rows(
            {
                "Python": [["Name", "Level"], [ANNA, 5], [BEN, 2]],
                "SQL": [["Name", "Level"], [ANNA, 1], [BEN, 3]],
                "Pottery": [["Name", "Level"], [ANNA, 4]],
            }
        )
        assert (ANNA, "Pottery", 4) in said(reading)
        assert len(reading.ratings) == 5


class TestSlots:
    def test_by_number_hold_a_skill_and_its_level_each(self) -> None:
        rows: Rows = [
            ["Employee", "Skill 1", "Level 1", "Last used 1", "Skill 2", "Level 2", "Last used 2"],
            [ANNA, "Python", "Expert", 2024, "SQL", "Beginner", 2020],
            [BEN, "Java", "Advanced", 2023],
        ]
        reading = read_rows(rows)
        assert levels(reading) == {(ANNA, "Python"): 5, (ANNA, "SQL"): 1, (BEN, "Java"): 4}

    def test_may_repeat_their_headings_without_a_number(self) -> None:
        rows: Rows = [["Name", "Skill", "Level", "Skill", "Level"], [ANNA, "Python", 5, "SQL", 1], [BEN, "Java", 4]]
        assert levels(read_rows(rows)) == {(ANNA, "Python"): 5, (ANNA, "SQL"): 1, (BEN, "Java"): 4}

    def test_may_list_skills_without_levels(self) -> None:
        rows: Rows = [
            ["Name", "Skill 1", "Skill 2", "Skill 3"],
            [ANNA, "Python", "SQL", None],
            [BEN, "Java", "Git", "SQL"],
        ]
        assert len(read_rows(rows).ratings) == 5


class TestNamesOfPeople:
    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("NOWAK, Anna", "Anna Nowak"),
            ("Nowak, Anna (1234)", "Anna Nowak"),
            ("Anna Nowak (K0012)", "Anna Nowak"),
            ("A. Nowak", "A. Nowak"),
            ("Anna", "Anna"),
            ("山田 太郎", "山田 太郎"),
            ("Анна Новак", "Анна Новак"),
            ("Anna Nowak <anna@firm.example>", "Anna Nowak"),
            ("Nowak, Anna, Jr.", "Nowak, Anna, Jr."),
            ("anna.nowak", "anna.nowak"),
            ("Max", "Max"),
        ],
    )
    def test_are_taken_as_people_write_them(self, written: str, shown: str) -> None:
        rows: Rows = [["Employee", "Python", "SQL"], [written, 5, 1], [BEN, 2, 3]]
        if written.count(",") < 2:
            assert names(read_rows(rows)) == [shown, BEN]

    def test_keep_the_number_behind_them(self) -> None:
        rows: Rows = [["Employee", "Python", "SQL"], ["Nowak, Anna (00123)", 5, 1], [BEN, 2, 3]]
        assert read_rows(rows).people[0].external_id == "00123"

    def test_are_turned_where_the_heading_says_that_the_last_name_stands_first(self) -> None:
        rows: Rows = [["Cognome e nome", "Python", "SQL"], ["Rizzo Davide", 5, 1], ["De Luca Anna", 2, 3]]
        assert names(read_rows(rows)) == ["Davide Rizzo", "De Luca Anna"]

    def test_are_the_shown_ones_beside_logins(self) -> None:
        rows: Rows = [["Username", "Display name", "Python", "SQL"], ["anowak", ANNA, 5, 1], ["bokoro", BEN, 2, 3]]
        reading = read_rows(rows)
        assert names(reading) == [ANNA, BEN]
        assert [person.external_id for person in reading.people] == ["anowak", "bokoro"]

    def test_are_not_what_heads_a_column_of_needs_or_sums(self) -> None:
        rows: list[list[Any]] = [["Tätigkeit", "Soll", ANNA, BEN, CARLA, "Ist Ø", "Lücke"]]
        rows += [[skill, 2, 1, 0, 3, 1.3, 0.7] for skill in ("Drehen", "Fräsen", "Löten", "Montage")]
        reading = read_rows(rows)
        assert names(reading) == [ANNA, BEN, CARLA]
        assert "rows_left_out" in reported(reading)


class TestQuestionsOfASurvey:
    def test_are_the_skills_and_a_remark_is_none(self) -> None:
        rows: Rows = [
            ["Timestamp", "Your full name", "Rate yourself [Python]", "Rate yourself [SQL]", "Anything else?"],
            ["2024/02/26 9:10", ANNA, "3 - Good", "1 - None", "No"],
            ["2024/02/27 9:10", BEN, "5 - Expert", None, "Would like to have more training, please"],
        ]
        assert said(read_rows(rows)) == {
            (ANNA, "Python", "3 - Good"),
            (ANNA, "SQL", "1 - None"),
            (BEN, "Python", "5 - Expert"),
        }

    def test_may_be_whole_sentences(self) -> None:
        rows: Rows = [
            ["Name", "How well do you know Python?", "How well do you know SQL?", "How well do you know Java?"],
            [ANNA, "Expert", "Beginner", "None"],
            [BEN, "Beginner", "Expert", "Advanced"],
        ]
        assert {skill.name for skill in read_rows(rows).skills} == {"Python", "SQL", "Java"}


class TestHeadingsThatMayBeSkills:
    def test_are_skills_when_nothing_but_levels_stands_below(self) -> None:
        rows: Rows = [
            ["Name", "Python", "SQL", "Scala", "Office"],
            [ANNA, "x", "o", "x", "o"],
            [BEN, "o", "x", "o", "x"],
        ]
        reading = read_rows(rows)
        assert {skill.name for skill in reading.skills} == {"Python", "SQL", "Scala", "Office"}

    def test_are_none_when_they_count_the_rows(self) -> None:
        rows: Rows = [
            ["Name", "Python", "SQL", "Position"],
            *([f"Anna N{x}k", 5, 1, n] for n, x in enumerate("aeiouy", 1)),
        ]
        assert {skill.name for skill in read_rows(rows).skills} == {"Python", "SQL"}


class TestDatesOfTrainings:
    def test_leave_the_people_and_invent_no_level(self) -> None:
        rows: Rows = [
            ["Training record"],
            ["Employee", "Hire date", "Crane", "Lift", "Press"],
            *([person, "2018-05-05", "2023-08-15", None, "2023-06-20"] for person in (ANNA, BEN, CARLA)),
        ]
        reading = read_rows(rows)
        assert names(reading) == [ANNA, BEN, CARLA]
        assert not reading.ratings
        assert reported(reading).count("column_left_out") >= 2


class TestListsWithTheirOwnLevels:
    def test_take_words_that_come_back_behind_several_names(self) -> None:
        rows: Rows = [
            ["Name", "Languages"],
            [ANNA, "Polish - native\nEnglish - fluent"],
            [BEN, "English - native\nIgbo - native"],
            [CARLA, "Spanish - native\nEnglish - fluent\nGerman - fluent"],
        ]
        reading = read_rows(rows)
        assert (ANNA, "Polish", "native") in said(reading)
        assert {skill.name for skill in reading.skills} == {"Polish", "English", "Igbo", "Spanish", "German"}

    def test_are_read_beside_columns_of_levels(self) -> None:
        rows: Rows = [["Employee", "Python", "SQL", "Other skills"], [ANNA, 5, 1, "Java, Git"], [BEN, 2, 3, "Rust"]]
        reading = read_rows(rows)
        assert {skill.name for skill in reading.skills} == {"Python", "SQL", "Java", "Git", "Rust"}
        assert reading.sheets[0].layout is LayoutName.MATRIX
