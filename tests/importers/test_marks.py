"""Marks as people write them: a scale of their own, standards, additions, legends in every wording, notes, lists."""

import io
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from importers import Choices, GivenAnswer, Reading, read
from importers.marks.legend_texts import legend_in
from importers.marks.level_words import level_of_word
from importers.marks.scales import key_of
from importers.marks.standards import compound, stated_levels
from tests.importers.workbooks import CATALOGUE, asked, levels, read_rows, reported, xlsx

NAMES = ("Anna Nowak", "Ben Okoro", "Carla Díaz", "Dan Brown", "Eva Kowalska")


def matrix(*rows: tuple[Any, ...], above: tuple[str, ...] = (), **choices: Any) -> Reading:
    """People down, Python, SQL and Kubernetes across; `above` are lines over the table."""
    table: list[list[Any]] = [[line] for line in above] + [["Name", "Python", "SQL", "Kubernetes"]]
    table += [[name, *row] for name, row in zip(NAMES, rows, strict=False)]
    return read(xlsx(table), "skills.xlsx", catalogue=CATALOGUE, choices=Choices(**choices))


def graded(reading: Reading) -> dict[Any, int | None]:
    return {rating.raw: rating.level for rating in reading.ratings}


class TestAScaleStatedInTheMark:
    @pytest.mark.parametrize(
        ("marks", "found"),
        [
            (("1/5", "3/5", "5/5"), (1, 3, 5)),
            (("1 von 4", "2 von 4", "4 von 4"), (1, 2, 5)),
            (("0 of 10", "7 of 10", "10 of 10"), (0, 3, 5)),
            (("★☆☆☆☆", "★★★☆☆", "★★★★★"), (1, 3, 5)),
            (("●○○○", "●●○○", "●●●●"), (1, 2, 5)),
            (("★", "★★★", "★★★★★"), (1, 3, 5)),
            (("A1", "B2", "C2"), (1, 3, 5)),
            (("Muttersprache", "fließend", "Grundkenntnisse"), (5, 4, 1)),
            (("③", "５", "①"), (3, 5, 1)),
        ],
    )
    def test_is_not_asked_for(self, marks: tuple[str, ...], found: tuple[int, ...]) -> None:
        reading = matrix(marks, marks[::-1], marks)
        assert graded(reading) == dict(zip(marks, found, strict=True))
        assert not reading.questions

    @pytest.mark.parametrize(
        "marks",
        [("1/3", "2/4", "5/5"), ("6/5", "3/5", "1/5"), ("★", "★★", "★★★"), ("A1", "D1", "C2"), ("B1", "B2", "B1")],
    )
    def test_must_be_one_scale_for_all(self, marks: tuple[str, ...]) -> None:
        assert asked(matrix(marks, marks[::-1], marks))

    def test_knows_what_is_no_such_mark(self) -> None:
        assert stated_levels(["c#", "3/5/7", "a9", "(3)"]) == {}


class TestALevelWithSomethingAdded:
    def test_keeps_the_level_beside_a_remark(self) -> None:
        reading = matrix((1, "3 (rusty)", 5), (2, 4, "3 (learning)"), (5, 4, 3))
        assert graded(reading)["3 (rusty)"] == graded(reading)["3 (learning)"] == 3
        assert not reading.questions

    def test_becomes_a_goal_behind_an_arrow_or_a_wish(self) -> None:
        reading = matrix((1, "2->3", 5), (2, 4, "3 (wants to learn)"), (5, 4, "4 → 5"))
        assert {(goal.raw, goal.target) for goal in reading.goals} == {
            ("2->3", 3),
            ("3 (wants to learn)", None),
            ("4 → 5", 5),
        }
        assert graded(reading)["2->3"] == 2
        assert not reading.questions

    def test_ignores_a_sign_that_a_footnote_explains_as_something_else(self) -> None:
        reading = matrix((1, "3*", 5), (2, 4, "2*"), (5, 4, 3), above=("* assessment older than 12 months", ""))
        assert (graded(reading)["3*"], graded(reading)["2*"]) == (3, 2)
        assert not reading.goals
        assert not reading.questions

    def test_is_asked_about_where_the_sign_is_not_explained(self) -> None:
        rows = ((1, "4+", 5), (2, 4, "3-4"), (5, 4, 2.5))
        (question,) = matrix(*rows).questions
        assert question.code == "half_levels"
        assert question.proposed == {"4+": 4, "3-4": 3, "2.5": 2}
        answer = GivenAnswer("half_levels", {"4+": 5, "3-4": 3, "2.5": 2})
        assert graded(matrix(*rows, answers=(answer,)))["4+"] == 5

    @pytest.mark.parametrize(
        ("said", "level"),
        [
            ("Expert / certified", 5),
            ("Advanced - rusty", 4),
            ("Beginner, last used 2019", 1),
            ("Anfänger – in Schicht B", 1),
            ("Débutant: remise à niveau prévue", 1),
        ],
    )
    def test_keeps_the_word_beside_a_remark(self, said: str, level: int) -> None:
        reading = matrix(("Expert", said, "Advanced"), ("Beginner", "Expert", "Expert"), ("Advanced", "Beginner", None))
        assert graded(reading)[said] == level
        assert len(reading.ratings) == 8
        assert not reading.questions

    def test_wants_more_where_the_remark_beside_a_word_says_so(self) -> None:
        reading = matrix(("Expert", "Basic - wants to learn"), ("Basic", "Expert"), ("Expert", "Basic"))
        assert graded(reading)["Basic - wants to learn"] == 1
        assert [goal.raw for goal in reading.goals] == ["Basic - wants to learn"]

    def test_is_asked_about_where_two_words_are_levels(self) -> None:
        reading = matrix(("Basic", "Basic / Advanced"), ("Advanced", "Expert"), ("Expert", "Basic"))
        (question,) = reading.questions
        assert (question.code, question.proposed) == ("half_levels", {"basic / advanced": 1})
        assert graded(reading)["Basic / Advanced"] is None

    def test_is_no_level_where_a_refusal_is_explained(self) -> None:
        assert compound("no, never") is None
        assert compound("ja / seit 2019") is None

    @pytest.mark.parametrize("text", ["C++", "C#", "Node.js", "2024-03", "Level 3", "3", "x"])
    def test_is_not_seen_where_there_is_none(self, text: str) -> None:
        assert compound(key_of(text)) is None or not compound(key_of(text)).base.isdecimal()  # type: ignore[union-attr]


class TestALegendInWords:
    @pytest.mark.parametrize(
        ("text", "marks"),
        [
            ("Scale: 0 = no knowledge; 1 = basic; 2 = good; L = wants to learn", ["0", "1", "2", "l"]),
            ("1 = beginner … 5 = expert", ["1", "5"]),
            ("Level (1=low, 5=high)", ["1", "5"]),
            ("1 = low to 5 = high", ["1", "5"]),
            ("Levels: 1 learner, 2 with help, 3 alone, 4 teacher", ["1", "2", "3", "4"]),
            ("1 = observed, 2 = supervised, 3 = zzz, 4 = yyy", ["1", "2", "3", "4"]),
            ("○ none ◔ basic ◑ working ● expert", ["○", "◔", "◑", "●"]),
            ("◎:指導できる ○:一人でできる △:補助が必要 ×:できない", ["◎", "○", "△", "×"]),
            ("✅ can do alone   🟡 with help   ❌ cannot", ["✅", "🟡", "❌"]),
            ("★ beginner ★★ intermediate ★★★ expert", ["★", "★★", "★★★"]),
            ("▪ Python expert ▪ SQL beginner", []),
            ("🔴 keine Kenntnisse, 🟡 Grundkenntnisse, 🟢 kann schulen", ["🔴", "🟡", "🟢"]),
            ("Rate 0-3", ["0", "1", "2", "3"]),
            ("Bewertung 1 bis 5", ["1", "2", "3", "4", "5"]),
            ("Team: 3 Berlin, 4 Paris", []),
            ("12 people, 3 teams", []),
            ("Monday - Friday", []),
        ],
    )
    def test_is_found_in_one_text(self, text: str, marks: list[str]) -> None:
        assert [mark for mark, _ in legend_in(text)] == marks

    def test_of_signs_gives_each_its_level(self) -> None:
        line = "◎:指導できる ○:一人でできる △:補助が必要 ×:できない"
        reading = matrix(("◎", "△", "×"), ("○", "○", "△"), ("×", "◎", None), above=(line, ""))
        assert graded(reading) == {"◎": 5, "○": 3, "△": 1, "×": 0}
        assert not reading.questions

    def test_of_both_ends_explains_the_steps_between(self) -> None:
        reading = matrix((1, 3, 4), (2, 3, 1), (4, 2, 1), above=("1 = beginner … 4 = expert", ""))
        assert graded(reading) == {1: 1, 2: 2, 3: 4, 4: 5}

    def test_may_have_one_cell_for_each_mark(self) -> None:
        table = [["○ none", None, "◑ working", "● expert"], [], ["Name", "Python", "SQL"], ["Anna Nowak", "◑", "●"]]
        assert list(levels(read_rows([*table, ["Ben Okoro", "○", "◑"]])).values()) == [2, 5, 0, 2]

    def test_with_a_number_it_does_not_explain_is_asked_about_when_that_is_common(self) -> None:
        reading = matrix((0, 3, 1), (0, 2, 1), (3, 2, 0), above=("1 = beginner, 2 = competent, 3 = expert", ""))
        (question,) = reading.questions
        assert (question.code, question.proposed) == ("words_unknown", {"0": 0})


class TestAScaleWithoutALegend:
    @pytest.mark.parametrize(
        ("marks", "code", "proposed"),
        [
            (("🟢", "🟡", "🔴"), "symbols_without_legend", (4, 2, 0)),
            (("I", "L", "U"), "symbols_without_legend", (1, 2, 3)),
            (("B", "I", "E"), "symbols_without_legend", (1, 3, 5)),
            (("80 %", "100%", "20%"), "scale_unknown", (4, 5, 1)),
            (("II", "III", "I"), "scale_unknown", (3, 5, 1)),
            (("✔️", "✗", "✔"), "symbols_without_legend", (3, 0, 3)),
        ],
    )
    def test_is_asked_with_the_usual_meaning_as_the_proposal(
        self, marks: tuple[str, ...], code: str, proposed: tuple[int, ...]
    ) -> None:
        (question,) = matrix(marks, marks[::-1], marks).questions
        assert question.code == code
        assert question.proposed == {key_of(mark): level for mark, level in zip(marks, proposed, strict=True)}

    def test_of_numbers_shown_as_percent_keeps_them_as_a_person_sees_them(self) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        for row in (["Name", "Python", "SQL"], ["Anna Nowak", 0.8, 0.25], ["Ben Okoro", 1, 0.5]):
            sheet.append(row)
        for cell in (cell for line in sheet["B2:C3"] for cell in line):
            cell.number_format = "0%"
        reading = read(saved(book), "skills.xlsx", catalogue=CATALOGUE)
        assert {rating.raw for rating in reading.ratings} == {"80%", "25%", "100%", "50%"}
        assert asked(reading) == ["scale_unknown"]

    def test_of_words_in_a_list_of_choices_is_proposed_in_the_order_of_the_list(self) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        words = ("Padawan", "Jedi", "Master Yoda")
        sheet.append(["Name", "Python", "SQL", "Kubernetes"])
        for number, name in enumerate(NAMES):
            sheet.append([name, words[number % 3], words[(number + 1) % 3], words[(number + 2) % 3]])
        rule = DataValidation(type="list", formula1='"n/a,Padawan,Jedi,Master Yoda"')
        rule.add("B2:D9")
        sheet.add_data_validation(rule)
        (question,) = read(saved(book), "skills.xlsx", catalogue=CATALOGUE).questions
        assert question.proposed == {"padawan": 1, "jedi": 3, "master yoda": 5}


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


class TestANoteOnACell:
    def test_may_hold_the_legend(self) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        for row in (["Name", "Python", "SQL"], ["Anna Nowak", 3, 0], ["Ben Okoro", 1, 2]):
            sheet.append(row)
        sheet["B1"].comment = Comment("0 = none, 1 = basic, 2 = good, 3 = expert", "somebody")
        reading = read(saved(book), "skills.xlsx", catalogue=CATALOGUE)
        assert graded(reading) == {0: 0, 1: 1, 2: 3, 3: 5}
        assert reading.sheets[0].marks[0].why == "legend in B1"


class TestAnErrorOfTheSpreadsheet:
    @pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#NV", "#BEZUG!"])
    def test_is_reported_by_its_cell_and_never_a_level_or_a_question(self, error: str) -> None:
        reading = matrix((5, 3, error), (error, 4, 2), (1, error, 3), (error, 2, error))
        assert reported(reading) == ["not_a_level"] * 5
        assert len(reading.ratings) == 7
        assert not reading.questions


class TestWordsForLevels:
    @pytest.mark.parametrize(
        ("words", "level"),
        [
            ("keine Kenntnisse, aucune compétence, sin experiencia, nessuna esperienza, geen kennis, belum bisa", 0),
            ("Einarbeitung, notions, nociones, conoscenza base, noções, beginnend, podstawy, pemula", 1),
            ("mit Hilfe, avec aide, con ayuda, con aiuto, com ajuda, met hulp, z pomocą, dengan bantuan", 2),
            ("selbstständig, autonome, competente, autonomo, zelfstandig, samodzielny, mandiri, kompeten", 3),
            ("sehr gut, avancé, avanzado, ottimo, avançado, gevorderd, zaawansowany, mahir, fluent", 4),
            ("kann schulen, formateur, especialista, esperto, mestre, trener, pakar, can train others", 5),
        ],
    )
    def test_mean_the_same_in_every_language(self, words: str, level: int) -> None:
        assert {word: level_of_word(word) for word in words.split(", ")} == dict.fromkeys(words.split(", "), level)
