"""Shapes that firms of other trades and languages keep their people's skills in."""

import pytest

from importers import Catalogue, Reading, read
from tests.importers.workbooks import asked, delimited, levels, names, read_rows, said

PEOPLE = ("Anna Nowak", "Ben Okoro", "Carla Díaz", "Dmitri Haddad", "Élodie Smit", "Jürgen Ito")
SKILLS = ("Welding", "Painting", "Crane", "Packing", "First aid")


def matrix(beside: dict[str, tuple[object, ...]], marks: tuple[object, ...]) -> Reading:
    """A matrix with further columns between names and levels; the marks come round and round."""
    rows: list[list[object]] = [["Skills matrix"], ["Employee", *beside, *SKILLS]]
    for place, name in enumerate(PEOPLE):
        own = [values[place % len(values)] for values in beside.values()]
        rows.append([name, *own, *(marks[(place + n) % len(marks)] for n in range(len(SKILLS)))])
    return read_rows(rows)


class TestAColumnOfAnotherScale:
    """It stands beside the levels and looks like some, but no other column holds the like."""

    @pytest.mark.parametrize(
        ("heading", "values"),
        [
            ("Gxy", ("OFM", "LM", "FM")),
            ("Wqz", (0.5, 0.75, 0.8)),
            ("Hyk", ("7a", "4b", None, "5c")),
            ("Rtz", (0.78, 0.41, 0.93, 0.66, 0.52, 0.35)),
        ],
    )
    @pytest.mark.parametrize("marks", [("x", None, "x"), (1, 3, 2, 4), ("Beginner", "Expert", "Advanced")])
    def test_is_no_skill(self, heading: str, values: tuple[object, ...], marks: tuple[object, ...]) -> None:
        reading = matrix({heading: values}, marks)
        assert {rating.skill for rating in reading.ratings} <= set(SKILLS)
        assert len(reading.ratings) > len(PEOPLE)

    def test_is_one_when_the_catalogue_knows_it(self) -> None:
        reading = matrix({"Python": ("B1", "C2", "A2")}, (1, 3, 2, 4))
        assert ("Anna Nowak", "Python", "B1") in said(reading)

    def test_may_be_a_scale_of_two_columns(self) -> None:
        """Languages beside tools, as staff lists export them."""
        reading = matrix({"Suomi": ("B1", "C2", "A2"), "Eesti": ("C1", "B2", "A1")}, ("Expert", "Basic"))
        assert {rating.skill for rating in reading.ratings} == {*SKILLS, "Suomi", "Eesti"}

    def test_of_initials_alone_among_dates_invents_nothing(self) -> None:
        rows = [["Competency sign-off"], ["Staff name", "Hoist", "Scan", "Seen by"]]
        rows += [[name, f"2024-03-0{n + 1}", None, "LK"] for n, name in enumerate(PEOPLE)]
        reading = read_rows(rows)
        assert names(reading) == list(PEOPLE)
        assert "Seen by" not in {rating.skill for rating in reading.ratings}


WORDS = {
    "ru": (("ФИО", "Должность"), "cp1251", ("базовый", "уверенный", "эксперт", "нет"), (1, 3, 5, 0)),
    "uk": (("ПІБ", "Посада"), "cp1251", ("базові знання", "впевнений", "експерт", "немає"), (1, 3, 5, 0)),
    "el": (("Ονοματεπώνυμο", "Τμήμα"), "cp1253", ("αρχάριος", "καλό", "ειδικός", "καμία"), (1, 3, 5, 0)),
    "tr": (("Ad Soyad", "Bölüm"), "cp1254", ("başlangıç", "orta", "ileri", "yok"), (1, 3, 4, 0)),
    "cs": (("Příjmení a jméno", "Oddělení"), "cp1250", ("základní", "dobrá", "pokročilá", "žádná"), (1, 3, 4, 0)),
    "hu": (("Név", "Osztály"), "cp1250", ("kezdő", "közepes", "szakértő", "nincs"), (1, 3, 5, 0)),
    "sv": (("Namn", "Avdelning"), "utf-8", ("grund", "goda", "expert", "saknas"), (1, 3, 5, 0)),
    "fi": (("Nimi", "Osasto"), "utf-8", ("perusteet", "hyvä", "asiantuntija", "ei osaa"), (1, 3, 5, 0)),
    "ja": (("氏名", "部署"), "utf-8", ("初級", "中級", "指導可", "未経験"), (1, 3, 5, 0)),
    "ko": (("성명", "부서"), "utf-8", ("초급", "중급", "전문가", "없음"), (1, 3, 5, 0)),
    "ro": (("Nume și prenume", "Departament"), "utf-8", ("începător", "mediu", "expertă", "niciun"), (1, 3, 5, 0)),
}


class TestALanguage:
    @pytest.mark.parametrize("language", WORDS)
    def test_needs_no_question_for_its_usual_words(self, language: str) -> None:
        head, encoding, words, expected = WORDS[language]
        people = ("Anna Nowak", "Ben Okoro", "Carla Berg", "Omar Smit")
        rows = [[*head, *SKILLS[:4]]]
        rows += [[name, "K2", *(words[(n + k) % 4] for k in range(4))] for n, name in enumerate(people)]
        content = delimited(rows, separator=";", encoding=encoding)
        reading = read(content, "team.csv", catalogue=Catalogue())
        assert names(reading) == list(people)
        assert not asked(reading)
        assert levels(reading) == {
            (name, skill): expected[(n + k) % 4] for n, name in enumerate(people) for k, skill in enumerate(SKILLS[:4])
        }


class TestCrossesUnderLevels:
    @pytest.mark.parametrize(
        ("key", "heading", "scale"),
        [
            ("Nome e cognome:", "Competenza", ("Nessuna", "Base", "Buona", "Ottima")),
            ("Name:", "Skill", ("1", "2", "3", "4", "5")),
            ("Namn:", "Kompetens", ("Ingen", "Grundläggande", "God kunskap 3", "Expert")),
        ],
    )
    def test_give_one_person_the_level_of_the_column(self, key: str, heading: str, scale: tuple[str, ...]) -> None:
        rows: list[list[object]] = [["Scheda"], [key, "Chiara Ferrari"], [], [heading, *scale]]
        rows += [[s, *("x" if n == k % len(scale) else None for n in range(len(scale)))] for k, s in enumerate(SKILLS)]
        reading = read_rows(rows)
        expected = {("Chiara Ferrari", s, scale[k % len(scale)]) for k, s in enumerate(SKILLS)}
        if "God kunskap 3" not in scale:
            assert said(reading) == expected
        assert names(reading) == ["Chiara Ferrari"]

    def test_are_read_row_by_row_where_the_rows_name_people(self) -> None:
        rows: list[list[object]] = [["Employee", "Skill", "Beginner", "Advanced", "Expert"]]
        rows += [
            [p, s, *("x" if n == (k + j) % 3 else None for n in range(3))]
            for j, p in enumerate(PEOPLE[:3])
            for k, s in enumerate(SKILLS)
        ]
        reading = read_rows(rows)
        assert names(reading) == list(PEOPLE[:3])
        assert ("Ben Okoro", "Welding", "Advanced") in said(reading)
        assert len(reading.ratings) == 3 * len(SKILLS)


class TestPeopleListedUnderASkill:
    def test_have_it_at_the_level_of_the_heading(self) -> None:
        a, b, c, d, *_ = PEOPLE
        rows = [
            ["System", "Expert", "Beginner", "Wants to learn"],
            ["Zabbix", a, f"{b}, {c}", d],
            ["Intune", f"{b}; {c}", a, None],
            ["Telephony", d, c, f"{a}, {b}"],
        ]
        reading = read_rows(rows)
        assert ("Ben Okoro", "Zabbix", "Beginner") in said(reading)
        assert ("Carla Díaz", "Intune", "Expert") in said(reading)
        assert len(reading.ratings) == 8
        assert len(reading.goals) == 3

    def test_is_no_list_of_owners_of_goods(self) -> None:
        rows = [["Laptop", "User", "Serial"]] + [[f"T{n}", name, f"SN{n}"] for n, name in enumerate(PEOPLE)]
        assert not read_rows(rows).ratings


class TestNobody:
    def test_is_a_course_of_a_catalogue(self) -> None:
        rows = [
            ["Code", "Course", "Category", "Level", "Hours", "Price (€)"],
            ["C1", "Excel in depth", "Office", "Advanced", 20, 180],
            ["C2", "Safety at work", "Safety", "Basic", 8, 0],
            ["C3", "Business English", "Languages", "Intermediate", 40, 320],
        ]
        assert not read_rows(rows).people

    @pytest.mark.parametrize(
        "below",
        [
            ["Soll-Besetzung", 2, 2, 2, 2, 2],
            ["Nb opérateurs autonomes", 4, 2, 3, 1, 5],
            ["Toplam", 9, 8, 7, 6, 5],
            ["Итого", 9, 8, 7, 6, 5],
            ["必要人数", 2, 2, 2, 2, 2],
            ["Yhteensä", 9, 8, 7, 6, 5],
        ],
    )
    def test_is_a_row_of_sums_or_needs(self, below: list[object]) -> None:
        rows: list[list[object]] = [["Skills"], ["Employee", *SKILLS]]
        rows += [[name, 1, 2, 3, 4, 5] for name in PEOPLE]
        assert names(read_rows([*rows, below])) == list(PEOPLE)
        assert names(read_rows([*rows, [], below])) == list(PEOPLE)

    def test_signs_or_explains_below_the_table(self) -> None:
        rows: list[list[object]] = [["Skills"], ["Employee", "Team", *SKILLS]]
        rows += [[name, "A", 1, 2, 3, 4, 5] for name in PEOPLE]
        rows += [[], ["Approved by"], [], ["Maria Weber", "Plant head"]]
        assert names(read_rows(rows)) == list(PEOPLE)

    def test_stands_for_the_average_between_the_rows_of_a_list(self) -> None:
        rows: list[list[object]] = [["Employee", "Skill", "Level"]]
        for name in PEOPLE[:3]:
            rows += [[name, "Welding", 3], [name, "Crane", 2], [f"Média {name.split()[0]}", None, 2.5]]
        assert names(read_rows(rows)) == list(PEOPLE[:3])


class TestAReportWithABlockPerPerson:
    @pytest.mark.parametrize("key", ["Employee:", "Mitarbeiter:", "Nom :"])
    def test_names_each_in_the_line_above(self, key: str) -> None:
        rows: list[list[object]] = [["Employee skills report"], []]
        for n, name in enumerate(PEOPLE[:4]):
            rows += [[key, name, "Dept:", "Fabrication"], [None, "Skill", "Level", "Date"]]
            rows += [[None, skill, "Advanced", f"2024-02-1{n}"] for skill in SKILLS[: n + 1]]
            rows += [[None, f"Skills for employee: {n + 1}"], []]
        reading = read_rows(rows)
        assert names(reading) == list(PEOPLE[:4])
        assert len(reading.ratings) == 10


class TestAnExportOfASurvey:
    def test_loses_the_codes_of_its_questions(self) -> None:
        asked_for = [f"G2Q1[SQ00{n}]. How well do you know the following? [{s}]" for n, s in enumerate(SKILLS)]
        rows = [["id. Response ID", "seed. Seed", "name. What is your name?", *asked_for]]
        rows += [
            [str(n), "771200", name, "Very well", "Not at all", "A little", "Well", "N/A"]
            for n, name in enumerate(PEOPLE)
        ]
        reading = read_rows(rows)
        assert names(reading) == list(PEOPLE)
        assert {rating.skill for rating in reading.ratings} == set(SKILLS[:4])
        assert not asked(reading)


class TestRequirements:
    def test_are_nobodys_wish(self) -> None:
        rows: list[list[object]] = [["Kompetenzen"], ["Name", *(text for s in SKILLS for text in (s, None, None))]]
        rows += [[None, *("Ist", "Soll", "Diff.") * len(SKILLS)]]
        rows += [[name, *(3, 4, -1) * len(SKILLS)] for name in PEOPLE]
        reading = read_rows(rows, merges=["B2:D2", "E2:G2", "H2:J2", "K2:M2", "N2:P2"])
        assert len(reading.ratings) == len(PEOPLE) * len(SKILLS)
        assert {rating.raw for rating in reading.ratings} == {3}
        assert not reading.goals

    def test_explain_what_teaching_is_without_making_it_a_wish(self) -> None:
        signs = ("○", "◔", "◑", "●")
        rows: list[list[object]] = [["Mitarbeiter", *SKILLS]]
        rows += [[name, *(signs[(n + k) % 4] for k in range(len(SKILLS)))] for n, name in enumerate(PEOPLE)]
        rows += [[], ["Legende"], ["○", "keine Kenntnisse"], ["◔", "in Einarbeitung"], ["◑", "selbstständig"]]
        rows += [["●", "kann andere anlernen"]]
        reading = read_rows(rows)
        assert not reading.goals
        assert levels(reading)["Anna Nowak", "Packing"] == 5
