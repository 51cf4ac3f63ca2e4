"""What a careful clerk sees at once: printed pages, signatures, initials, years, forms, and tables of no skills."""

from typing import Any

import pytest

from importers import LayoutName
from tests.importers.workbooks import Rows, asked, levels, names, read_rows, reported, said

ANNA, BEN, CARLA, DMITRI = "Anna Nowak", "Ben Okoro", "Carla Díaz", "Dmitri Ito"
TEAM = (ANNA, BEN, CARLA, DMITRI)


class TestTablesThatShareAPage:
    @pytest.mark.parametrize("gap", [[], [None]])
    def test_are_cut_where_the_headings_begin_again(self, gap: list[None]) -> None:
        head = ["Mitarbeiter", "Drehen", "Fräsen"]
        rows: Rows = [
            ["Früh", None, None, *gap, "Spät"],
            [*head, *gap, *head],
            [ANNA, 1, 2, *gap, CARLA, 3, 1],
            [BEN, 2, 3, *gap, DMITRI, 1, 2],
        ]
        assert levels(read_rows(rows)).keys() == {(name, skill) for name in TEAM for skill in ("Drehen", "Fräsen")}

    def test_are_not_cut_at_a_row_of_levels_that_head_columns_elsewhere(self) -> None:
        rows: Rows = [
            ["Name", "Lathe", "Press", None, "Name", "Lathe", "Press"],
            [ANNA, "Trained", "Expert", None, CARLA, "Trainee", "Trained"],
            [BEN, "Trainee", "Trained", None, DMITRI, "Trained", "Trainee"],
        ]
        assert names(read_rows(rows)) == [ANNA, BEN, CARLA, DMITRI]

    def test_may_say_their_headings_again_on_every_page(self) -> None:
        head = ["Monteur", "Tel.", "Montage", "Elektrik", "Hydraulik"]
        rows: Rows = [
            head,
            ["Niederlassung Nord"],
            [ANNA, "0171 / 1", "Experte", "keine", "sicher"],
            [BEN, "0171 / 2", "sicher", "Experte", None],
            head,
            ["Niederlassung Süd"],
            [CARLA, "0171 / 3", "keine", "sicher", "Experte"],
            [DMITRI, "0171 / 4", "sicher", "sicher", "keine"],
        ]
        reading = read_rows(rows, merges=["A2:E2", "A6:E6"])
        assert names(reading) == list(TEAM)
        assert len(reading.ratings) == 11


class TestFormsOfOnePersonEach:
    @pytest.mark.parametrize(
        ("key", "heads"),
        [
            ("Name", ["Skill", "Self", "Manager", "Comment"]),
            ("Name", ["Kompetenz", "Selbst", "Vorgesetzter", "Bemerkung"]),
            ("Nom", ["Compétence", "Auto-évaluation", "Évaluation manager", "Commentaire"]),
            ("Nombre", ["Competencia", "Empleado", "Responsable", "Comentario"]),
        ],
    )
    def test_take_the_persons_own_levels(self, key: str, heads: list[str]) -> None:
        def form(name: str, first: int) -> Rows:
            return [["2026"], [key, name], ["Team", "Sales"], [], heads, ["SEO", first, 1], ["Copywriting", 2, 1]]

        reading = read_rows({"A": form(ANNA, 3), "B": form(BEN, 4)})
        assert said(reading) == {
            (ANNA, "SEO", 3),
            (ANNA, "Copywriting", 2),
            (BEN, "SEO", 4),
            (BEN, "Copywriting", 2),
        }

    def test_are_none_where_each_column_is_a_job(self) -> None:
        rows: Rows = [["Compétence", "Opérateur", "Technicien"], ["Pliage", 1, 2], ["Soudage", 2, 3], ["Montage", 1, 3]]
        assert names(read_rows(rows)) == []


class TestSeveralRowsAPerson:
    def rows(self, second: str | None) -> Rows:
        return [
            ["1 = in training, 2 = alone, 3 = trainer"],
            ["Technician", "Year", "Pipetting", "Titration"],
            [ANNA, 2023, 1, 2],
            [second and ANNA, 2024, 2, 3],
            [BEN, 2023, 1, 1],
            [second and BEN, 2024, 3, 1],
        ]

    def test_are_dated_by_the_years_beside_a_merged_name(self) -> None:
        reading = read_rows(self.rows(None), merges=["A3:A4", "A5:A6"])
        assert names(reading) == [ANNA, BEN]
        assert {str(rating.on) for rating in reading.ratings} == {"2023-01-01", "2024-01-01"}
        assert len(reading.ratings) == 8

    def test_may_repeat_the_name(self) -> None:
        assert len(read_rows(self.rows("again")).ratings) == 8

    def test_ask_before_a_blank_name_is_that_of_the_row_above(self) -> None:
        assert "blank_names" in asked(read_rows(self.rows(None)))


class TestWhatStandsBelowThePeople:
    @pytest.mark.parametrize(
        "below",
        [
            [["Objectif", None, 2, 2]],
            [["Cel", None, 2, 2], ["Potrzeba", None, 3, 3]],
            [["Disetujui oleh,", None, "Diperiksa oleh,"], [], ["Manajer Produksi", None, "Kepala HRD"]],
            [["Sporządził:", None, "Zatwierdził:"], ["Jan Maj", None, "Ewa Bąk"]],
        ],
    )
    def test_is_nobody_among_people_with_numbers(self, below: list[list[Any]]) -> None:
        people = [[name, f"03{number}", 1, 3] for number, name in enumerate(TEAM, 18)]
        reading = read_rows([["Operator", "ID", "Welding", "Milling"], *people, [], *below])
        assert names(reading) == list(TEAM)
        assert len(reading.ratings) == 8

    def test_is_reported_when_it_had_levels(self) -> None:
        people = [[name, f"03{number}", 1, 3] for number, name in enumerate(TEAM, 18)]
        reading = read_rows([["Operator", "ID", "Welding", "Milling"], *people, [], ["Potrzeba", None, 3, 3]])
        assert "row_left_out" in reported(reading)

    def test_may_be_more_people_after_a_blank_row(self) -> None:
        people = [[name, 1, 3] for name in TEAM]
        reading = read_rows([["Operator", "Welding", "Milling"], *people, [], ["Line Hansen", 2, 2]])
        assert names(reading) == [*TEAM, "Line Hansen"]


FULL = {"AN": ANNA, "BO": BEN, "CD": CARLA}
GRID: Rows = [
    ["Skill", "AN", "BO", "CD"],
    ["Flask", "good", "none", "expert"],
    ["Vue", "basic", None, "good"],
    ["Rust", "none", "good", "basic"],
]


class TestInitials:
    def expected(self) -> set[tuple[str | None, str, Any]]:
        return {
            (FULL[initials], row[0], raw)
            for row in GRID[1:]
            for initials, raw in zip(FULL, row[1:], strict=True)
            if raw is not None
        }

    def listed(self, short: str, name: str) -> Rows:
        return [[short, name], *([initials, full] for initials, full in FULL.items())]

    def test_across_are_written_out_by_a_list_on_another_sheet(self) -> None:
        assert said(read_rows({"Grid": GRID, "Who": self.listed("Initials", "Name")})) == self.expected()

    def test_down_are_written_out_too(self) -> None:
        turned = [list(column) for column in zip(*GRID, strict=True)]
        turned[0][0] = "Kürzel"
        assert said(read_rows({"Matrix": turned, "Team": self.listed("Kürzel", "Mitarbeiter")})) == self.expected()

    def test_may_be_told_in_a_sentence(self) -> None:
        told = ", ".join(f"{initials} = {name}" for initials, name in FULL.items())
        assert said(read_rows([*GRID, [], [told]])) == self.expected()

    def test_that_two_people_share_stay_as_they_are(self) -> None:
        twice = [*self.listed("Initials", "Name"), ["AN", "Ada Noor"]]
        assert ANNA not in {person for person, _, _ in said(read_rows({"Grid": GRID, "Who": twice}))}

    def test_of_assessors_are_no_levels(self) -> None:
        rows: Rows = [
            ["Staff name", "Hoist", "Bladder scan", "Assessor", "Witness"],
            [ANNA, "2026-01-05", "2026-02-01", "LK", "TT"],
            [BEN, "2026-01-06", None, "LK", "PQ"],
            [CARLA, None, "2026-03-01", "MB", "TT"],
        ]
        reading = read_rows({"Competency sign-off": rows})
        assert names(reading) == [ANNA, BEN, CARLA]
        assert reading.ratings == ()


class TestCells:
    def test_of_one_question_are_levels_whatever_the_firms_words(self) -> None:
        skills = ["Photography", "E-mail", "Office", "Budget"]
        answers = ["Never done it", "Comfortable", "Expert"]
        head = ["Timestamp", "Email Address", "Your name", *(f"How confident are you? [{skill}]" for skill in skills)]
        rows: Rows = [
            [*head, "Anything we forgot?"],
            *(
                ["2026-04-01", f"p{i}@x.example", name, *(answers[(i + j) % 3] for j in range(4)), "a pay rise"]
                for i, name in enumerate(TEAM)
            ),
        ]
        assert {(person, skill) for person, skill, _ in said(read_rows(rows))} == {(p, s) for p in TEAM for s in skills}

    def test_that_list_skills_outweigh_a_lone_yes_or_no(self) -> None:
        rows: Rows = [
            ["First name", "Surname", "Skills offered", "Days", "GDPR consent"],
            ["Anna", "Nowak", "Baking", "Mon", "Y"],
            ["Ben", "Okoro", "Baking, Sewing", "Tue", "N"],
        ]
        assert said(read_rows(rows)) == {(ANNA, "Baking", None), (BEN, "Baking", None), (BEN, "Sewing", None)}

    def test_may_name_several_holders_between_slashes(self) -> None:
        rows: Rows = [
            ["Anlage", "Experte", "Vertretung"],
            ["Presse 1", ANNA, f"{BEN} / {CARLA}"],
            ["Presse 2", BEN, f"{ANNA} und {DMITRI}"],
        ]
        assert (DMITRI, "Presse 2", "Vertretung") in said(read_rows(rows))
        assert names(read_rows(rows)) == [ANNA, BEN, CARLA, DMITRI]

    def test_of_a_computed_difference_are_no_levels(self) -> None:
        rows: Rows = [
            ["Name", "Excel", None, None, "SAP"],
            [None, "Ist", "Soll", "Diff.", "Ist", "Soll", "Diff."],
            [ANNA, 2, 3, -1, 1, 1, 0],
            [BEN, 3, 3, 0, 2, 4, -2],
        ]
        reading = read_rows(rows, merges=["A1:A2", "B1:D1", "E1:G1"])
        assert said(reading) == {(ANNA, "Excel", 2), (ANNA, "SAP", 1), (BEN, "Excel", 3), (BEN, "SAP", 2)}

    def test_of_short_words_are_no_legend_while_the_table_goes_on(self) -> None:
        rows: Rows = [
            ["技能矩阵"],
            ["员工姓名", "焊接", "质检", "叉车"],
            ["王伟", "不会", "初级", "熟练"],
            ["李娜", "初级", "专家", "不会"],
            ["张敏", "熟练", "不会", "初级"],
        ]
        assert len(read_rows(rows).ratings) == 9


class TestNobody:
    @pytest.mark.parametrize(
        "rows",
        [
            [["Guest", "Food", "Service", "Room"], [ANNA, "good", "poor", "fair"], [BEN, "good", "good", "poor"]],
            [["Owner", "Probability", "Impact", "Cost"], [ANNA, "High", "Low", "Low"], [BEN, "Low", "Medium", "High"]],
            [["Project", "Sponsor", "Client contact"], ["Apollo", ANNA, BEN], ["Zeus", CARLA, BEN]],
        ],
    )
    def test_is_found_in_words_that_grade_anything(self, rows: Rows) -> None:
        assert names(read_rows(rows)) == []

    def test_is_found_among_the_areas_of_a_framework(self) -> None:
        texts = ("Follows existing patterns with help", "Works without any supervision at all")
        areas = [("Quality", "Craft"), ("Mentoring", "People"), ("Hiring", "People"), ("Planning", "Delivery")]
        rows: Rows = [["Competency", "Area", "L1 Junior", "L2 Mid"], *([skill, area, *texts] for skill, area in areas)]
        reading = read_rows(rows)
        assert names(reading) == []
        assert reading.sheets[0].layout is LayoutName.FRAMEWORK
