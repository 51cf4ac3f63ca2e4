"""What is a heading and what is a row of data, and how the headings of a table belong together."""

from importers import Catalogue, read
from tests.importers.workbooks import Rows, delimited, levels, names, read_rows

ANNA, BEN, CARLA, DMITRI = "Anna Nowak", "Ben Okoro", "Carla Díaz", "Dmitri Ito"


class TestARowOfData:
    def test_heads_no_table_though_one_of_its_texts_is_a_known_heading(self) -> None:
        rows: Rows = [
            ["Employee ID", "Name", "Department", "Skill 1", "Level 1", "Skill 2", "Level 2"],
            ["E1", ANNA, "Product", "Python", "Expert", "SQL", "Beginner"],
            ["E2", BEN, "Product", "Docker", "Expert", None, None],
            ["E3", CARLA, "Product", "Angular", "Beginner", "Go", "Expert"],
            ["E4", DMITRI, "Support", "Java", "Beginner", None, None],
        ]
        reading = read(delimited(rows), "skills.csv", catalogue=Catalogue())
        assert names(reading) == [ANNA, BEN, CARLA, DMITRI]
        assert len(reading.ratings) == 6
        assert levels(reading)[CARLA, "Go"] == 5

    def test_of_training_dates_is_no_plan_of_bookings(self) -> None:
        rows: Rows = [
            ["Employee", "Job Title", "IPAF", "Abrasive Wheels", "COSHH", "PASMA"],
            [ANNA, "Supervisor", "2023-08-10", "Booked", "N/A", "2023-03-18"],
            [BEN, "Driver", "Booked", "2022-05-27", "2023-12-08", "N/A"],
            [CARLA, "Supervisor", "N/A", "Booked", "2022-05-15", "Booked"],
            [DMITRI, "Driver", "Booked", "N/A", "2022-10-12", "2022-08-25"],
        ]
        reading = read_rows(rows)
        assert names(reading) == [ANNA, BEN, CARLA, DMITRI]
        assert not reading.allocations

    def test_is_told_from_the_headings_of_a_second_table(self) -> None:
        rows: Rows = [
            ["No", "Employee", "Title", "Painting", "Welding"],
            ["E1", ANNA, "Operator", 4, 2],
            ["E2", BEN, "Operator", 3, 2],
            [],
            ["No", "Employee", "Title", "Packing", "Loading"],
            ["E3", CARLA, "Helper", 1, 2],
            ["E4", DMITRI, "Helper", 2, 2],
        ]
        assert {skill for _, skill in levels(read_rows(rows))} == {"Painting", "Welding", "Packing", "Loading"}


class TestNamesInParts:
    def test_are_joined_with_what_stands_between_first_and_last_name(self) -> None:
        rows: Rows = [
            ["Voornaam", "Tussenvoegsel", "Achternaam", "Heftruck", "Inpakken"],
            ["Maarten", "van", "Meijer", 3, 1],
            ["Ruben", None, "Kramer", 2, 5],
            ["Thijs", "van der", "Brink", 4, 4],
        ]
        assert names(read_rows(rows)) == ["Maarten van Meijer", "Ruben Kramer", "Thijs van der Brink"]

    def test_may_have_two_last_names(self) -> None:
        rows: Rows = [
            ["Nombre", "Primer apellido", "Segundo apellido", "Python", "SQL"],
            ["Lucía", "Ramos", "Vega", 3, 1],
            ["Hugo", "Ortiz", "Gil", 2, 5],
        ]
        assert names(read_rows(rows)) == ["Lucía Ramos Vega", "Hugo Ortiz Gil"]


class TestSheetsThatReferToOneAnother:
    PEOPLE: Rows = (("id", "first_name", "last_name"), (101, "Anna", "Nowak"), (102, "Ben", "Okoro"))
    SKILLS: Rows = (("id", "name", "category"), (1, "Go", "Languages"), (2, "Docker", "Platform"))

    def test_give_a_skill_and_a_level_by_number(self) -> None:
        sheets: dict[str, Rows] = {
            "employees": self.PEOPLE,
            "skill_levels": [["id", "name"], [1, "Beginner"], [2, "Intermediate"], [3, "Expert"]],
            "skills": self.SKILLS,
            "employee_skills": [["employee_id", "skill_id", "level_id"], [101, 1, 3], [101, 2, 1], [102, 2, 2]],
        }
        reading = read_rows(sheets)
        assert levels(reading) == {(ANNA, "Go"): 5, (ANNA, "Docker"): 1, (BEN, "Docker"): 3}
        assert {rating.raw for rating in reading.ratings} == {"Expert", "Beginner", "Intermediate"}

    def test_may_leave_a_number_of_a_level_unexplained(self) -> None:
        sheets: dict[str, Rows] = {
            "employees": self.PEOPLE,
            "skills": self.SKILLS,
            "employee_skills": [["employee_id", "skill_id", "level_id"], [101, 1, 3], [101, 2, 1], [102, 2, 2]],
        }
        reading = read_rows(sheets)
        assert set(levels(reading)) == {(ANNA, "Go"), (ANNA, "Docker"), (BEN, "Docker")}
        assert {rating.level for rating in reading.ratings} == {None}
        assert reading.questions


class TestHeadingsThatRecurUnderEverySkill:
    def test_give_a_skill_one_level_though_nobody_knows_their_words(self) -> None:
        skills = ["Welding", "Painting", "Packing", "Loading"]
        rows: Rows = [
            ["Name", "Team", *(text for skill in skills for text in (skill, None))],
            [None, None, *(["Zyx", "Wvu"] * len(skills))],
            [ANNA, "Red", 4, 3, 3, 2, 5, 1, 4, 1],
            [BEN, "Red", 4, 2, 3, 4, 5, 5, 4, 2],
            [CARLA, "Blue", 4, 1, 3, 3, 5, 2, 4, 2],
        ]
        reading = read_rows(rows, merges=["A1:A2", "B1:B2", "C1:D1", "E1:F1", "G1:H1", "I1:J1"])
        assert len(reading.ratings) == 12
        assert levels(reading)[ANNA, "Welding"] == 3
        assert levels(reading)[BEN, "Packing"] == 5
        assert levels(reading)[CARLA, "Loading"] == 2
