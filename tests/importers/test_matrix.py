"""The matrix, people down and skills across, in the shapes people give it."""

from importers import LayoutName
from tests.importers.workbooks import levels, names, read_rows, reported, said

PEOPLE = ["Anna Nowak", "Ben Okoro", "Carla Díaz"]


class TestMatrix:
    def test_takes_blank_as_unknown_and_zero_as_an_answer(self) -> None:
        reading = read_rows([["Name", "Python", "SQL"], ["Anna Nowak", 0, None], ["Ben Okoro", None, 5]])
        assert levels(reading) == {("Anna Nowak", "Python"): 0, ("Ben Okoro", "SQL"): 5}

    def test_may_start_anywhere_under_titles_and_merged_categories(self) -> None:
        rows = [
            [],
            [None, "Team skills 2026"],
            [],
            [None, None, None, "Data", None, "Web"],
            [None, "Name", "Team", "Python", "SQL", "Node.js", "CSS"],
            [None, "Anna Nowak", "Core", 3, 4, 1, 5],
            [None, "Ben Okoro", "Core", 2, None, 4, 0],
        ]
        reading = read_rows(rows, merges=["D4:E4", "F4:G4", "B2:G2"])
        assert reading.sheets[0].header_row == 5
        assert len(reading.ratings) == 7
        assert {skill.name: skill.category for skill in reading.skills} == {
            "Python": "Data",
            "SQL": "Data",
            "Node.js": "Web",
            "CSS": "Web",
        }
        assert {person.unit for person in reading.people} == {"Core"}

    def test_takes_categories_that_are_not_merged(self) -> None:
        rows = [
            [None, "Data", None, "Web", None],
            ["Name", "Python", "SQL", "HTML", "CSS"],
            ["Anna Nowak", 3, 4, 1, 5],
        ]
        assert [skill.category for skill in read_rows(rows).skills] == ["Data", "Data", "Web", "Web"]

    def test_takes_no_total_average_example_or_guide_for_a_person(self) -> None:
        rows = [
            ["No", "Name", "Python", "SQL", "Total"],
            [0, "Example", 3, 3, 6],
            [1, "Anna Nowak", 3, 5, 8],
            [2, "Ben Okoro", 2, 1, 3],
            [3, None, None, None, None],
            [None, "Total", 5, 6, 11],
            [None, "Average level", 2.5, 3, None],
            [None, "3.5", 2, 3, None],
            [],
            [None, "Fill in your own row and send the file back to the office."],
            [None, "Source: HR"],
        ]
        reading = read_rows(rows)
        assert names(reading) == ["Anna Nowak", "Ben Okoro"]
        assert {skill for _, skill, _ in said(reading)} == {"Python", "SQL"}

    def test_finds_names_under_a_blank_heading(self) -> None:
        rows = [[None, "Python", "SQL", "Kubernetes"], *([name, 5, 2, 0] for name in PEOPLE)]
        reading = read_rows(rows)
        assert names(reading) == PEOPLE
        assert reading.sheets[0].layout is LayoutName.MATRIX

    def test_joins_first_and_last_names(self) -> None:
        rows = [["First name", "Last name", "Python", "SQL"], ["Anna", "Nowak", 5, 1], ["Ben", "Okoro", 2, 3]]
        assert names(read_rows(rows)) == ["Anna Nowak", "Ben Okoro"]

    def test_knows_people_by_e_mail_alone(self) -> None:
        rows = [["E-mail", "Python", "SQL"], ["Anna.Nowak@firm.example", 5, 1], ["b7@firm.example", 2, 3]]
        reading = read_rows(rows)
        assert [person.email for person in reading.people] == ["anna.nowak@firm.example", "b7@firm.example"]
        assert names(reading) == ["Anna Nowak", "b7@firm.example"]

    def test_reads_the_export_of_a_survey(self) -> None:
        rows = [
            ["Timestamp", "Your name", "Your skills [Python]", "Your skills [SQL]"],
            ["2026-01-01 10:00", "Anna Nowak", "Expert", "Beginner"],
            ["2026-01-01 10:05", "Ben Okoro", "None", "Beginner"],
        ]
        assert levels(read_rows(rows))["Ben Okoro", "Python"] == 0

    def test_reads_headings_in_other_languages(self) -> None:
        rows = [
            ["Mitarbeiter", "Abteilung", "Standort", "Python", "Schweißen"],
            ["Jörg Müller", "Fertigung", "Köln", "Experte", "Grundkenntnisse"],
            ["Ute Groß", "Fertigung", "Köln", "keine", "Fortgeschritten"],
        ]
        reading = read_rows(rows)
        assert levels(reading)["Jörg Müller", "Python"] == 5
        assert levels(reading)["Jörg Müller", "Schweißen"] == 1
        assert levels(reading)["Ute Groß", "Python"] == 0
        assert {person.office for person in reading.people} == {"Köln"}

    def test_leaves_out_what_a_skills_service_should_not_keep(self) -> None:
        rows = [
            ["Name", "Phone", "Salary", "Python", "SQL", "Comments"],
            ["Anna Nowak", "+44 20 7946", 52000, 5, 1, "great"],
            ["Ben Okoro", "+44 20 7947", 51000, 4, 2, None],
        ]
        reading = read_rows(rows)
        assert {skill.name for skill in reading.skills} == {"Python", "SQL"}
        assert reported(reading).count("private_column") == 2
        assert "52000" not in str(reading)

    def test_takes_a_heading_like_office_as_a_skill_when_it_holds_levels(self) -> None:
        rows = [["Name", "Python", "Office", "SQL"], *([name, 5, 3, 1] for name in PEOPLE)]
        assert {skill.name for skill in read_rows(rows).skills} == {"Python", "Office", "SQL"}

    def test_takes_a_second_table_below_with_its_own_headings(self) -> None:
        rows = [
            ["Name", "Python", "SQL"],
            ["Anna Nowak", 5, 2],
            ["Ben Okoro", 1, 2],
            [],
            ["Name", "HTML", "CSS"],
            ["Carla Díaz", 4, 3],
        ]
        reading = read_rows(rows)
        assert levels(reading)["Carla Díaz", "HTML"] == 4
        assert ("Carla Díaz", "Python") not in levels(reading)
        assert names(reading) == PEOPLE

    def test_takes_a_row_across_the_table_for_a_section(self) -> None:
        rows = [
            ["Name", "Python", "SQL"],
            ["Data Platform", None, None],
            ["Anna Nowak", 5, 2],
            ["Web Studio", None, None],
            ["Ben Okoro", 1, 2],
        ]
        assert names(read_rows(rows, merges=["A2:C2", "A4:C4"])) == ["Anna Nowak", "Ben Okoro"]

    def test_takes_a_name_alone_in_its_row_for_a_section_and_says_so(self) -> None:
        rows = [
            ["Name", "Python", "SQL"],
            ["Data Platform", None, None],
            ["Anna Nowak", 5, 2],
            ["Ben Okoro", 1, 2],
        ]
        reading = read_rows(rows)
        assert names(reading) == ["Anna Nowak", "Ben Okoro"]
        assert reported(reading) == ["row_left_out"]

    def test_keeps_the_people_of_a_template_that_few_have_filled_in(self) -> None:
        rows = [["Employee", "Python", "SQL"], ["Anna Nowak", 5, 2], ["Ben Okoro"], ["Carla Díaz"], ["Dan Roe"]]
        assert len(read_rows(rows).people) == 4

    def test_takes_a_level_that_a_formula_stored_and_reports_one_it_did_not(self) -> None:
        rows = [["Name", "Python", "SQL"], ["Anna Nowak", 5, "=1+1"], ["Ben Okoro", 1, 2], ["Carla Díaz", 3, 4]]
        reading = read_rows(rows)
        assert [(problem.code, problem.cell) for problem in reading.problems] == [("formula_without_value", "C2")]

    def test_reports_levels_of_nobody(self) -> None:
        rows = [["Name", "Python", "SQL"], ["Anna Nowak", 5, 2], [None, 3, 3]]
        assert "levels_without_person" in reported(read_rows(rows))

    def test_reports_every_cell_that_is_no_level(self) -> None:
        rows = [
            ["Name", "Python", "SQL"],
            ["Anna Nowak", 5, "ask Ben"],
            ["Ben Okoro", 9, 2],
            ["Carla Díaz", 3, 4],
            ["Dan Roe", 4, 4],
        ]
        legend = [["0 = none, 1 = aware, 2 = working, 3 = proficient, 4 = advanced, 5 = expert"]]
        reading = read_rows([*legend, [], *rows])
        assert [(p.code, p.cell) for p in reading.problems] == [("not_a_level", "C4"), ("not_a_level", "B5")]
        assert len(reading.ratings) == 6
