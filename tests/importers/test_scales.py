"""From marks as written to levels 0 to 5."""

import pytest

from importers import Choices, GivenAnswer, MarkReading, Refusal, SheetMapping, WrongChoices, read
from importers.marks.level_words import level_of_meaning, level_of_word, means_a_goal
from importers.marks.scales import Legend, LegendEntry, fit, key_of
from tests.importers.workbooks import CATALOGUE, asked, levels, read_rows, said, xlsx


def legend(*entries: tuple[str, str]) -> dict[str, int | str]:
    return Legend(tuple(LegendEntry(mark, (text,)) for mark, text in entries)).levels()


class TestALegend:
    def test_of_0_to_5_and_of_1_to_5_maps_each_number_to_itself(self) -> None:
        assert legend(*((str(n), "") for n in range(6))) == {str(n): n for n in range(6)}
        assert legend(*((str(n), "") for n in range(1, 6))) == {str(n): n for n in range(1, 6)}

    def test_of_0_to_4_is_stretched_as_its_words_say(self) -> None:
        words = ("no knowledge", "beginner", "intermediate", "advanced", "expert")
        assert legend(*((str(n), word) for n, word in enumerate(words))) == {"0": 0, "1": 1, "2": 3, "3": 4, "4": 5}

    def test_of_0_to_3_without_telling_words_is_proportional(self) -> None:
        assert legend(("0", "zzz"), ("1", "yyy"), ("2", "xxx"), ("3", "www")) == {"0": 0, "1": 2, "2": 3, "3": 5}

    def test_gives_no_mark_that_says_something_the_level_of_nothing_where_another_is_as_close(self) -> None:
        told = legend(("I", "in training"), ("L", "under supervision"), ("U", "independent"), ("O", "expert"))
        assert told == {"I": 1, "L": 2, "U": 3, "O": 5}

    def test_gives_no_two_marks_one_level_while_six_are_enough(self) -> None:
        assert legend(("a", "beginner"), ("b", "basic"), ("c", "novice"), ("d", "expert")) == {
            "a": 0,
            "b": 1,
            "c": 2,
            "d": 5,
        }

    def test_of_school_grades_falls_as_the_level_rises(self) -> None:
        assert legend(("1", "expert"), ("2", "good"), ("6", "no knowledge")) == {
            "1": 5,
            "2": 4,
            "3": 3,
            "4": 2,
            "5": 1,
            "6": 0,
        }

    def test_of_1_to_10_keeps_the_order(self) -> None:
        found = list(legend(*((str(n), "") for n in range(1, 11))).values())
        assert found == sorted(found, key=int)
        assert (found[0], found[-1]) == (1, 5)

    def test_knows_a_wish_to_learn_from_a_level(self) -> None:
        assert legend(("1", "aware"), ("2", "expert"), ("l", "wants to learn")) == {"1": 1, "2": 5, "l": "goal"}

    @pytest.mark.parametrize(
        "rows",
        [
            [["x = trained, o = not trained"]],
            [["Legend"], ["x", "trained"], ["o", "not trained"]],
            [["Legend:", "x", "o"], [None, "trained", "not trained"]],
        ],
    )
    def test_is_found_above_the_table_in_any_form(self, rows: list[list[str]]) -> None:
        table = [["Login", "Forklift", "Packing"], ["dave", "x", "o"], ["paula", "o", "x"]]
        reading = read_rows([*rows, [], *table])
        assert levels(reading)["dave", "Packing"] == 0
        assert levels(reading)["dave", "Forklift"] == 2
        assert not asked(reading)

    def test_is_found_beside_the_table_and_on_another_sheet(self) -> None:
        rows = [
            ["Name", "Python", "SQL", "Java", None, None, "Level", "Meaning"],
            ["Anna Nowak", 0, 1, 2, None, None, 0, "none"],
            ["Ben Okoro", 3, 3, 1, None, None, 1, "beginner"],
            ["Carla Díaz", 2, 1, 0, None, None, 2, "competent"],
            [None, None, None, None, None, None, 3, "expert"],
        ]
        beside = read_rows(rows)
        apart = read_rows({"Skills": [row[:4] for row in rows], "Key": [row[6:] for row in rows]})
        for reading in (beside, apart):
            assert levels(reading)["Ben Okoro", "Python"] == 5
            assert levels(reading)["Carla Díaz", "Python"] == 3
            assert not asked(reading)

    def test_of_colours_makes_a_fill_a_learning_goal(self) -> None:
        rows = [["Name", "Python", "SQL", "Java"], ["Anna Nowak", 5, None, 2], [], [None, "wants to learn"]]
        reading = read_rows(rows, fills={"C2": "00B050", "A4": "00B050", "B2": "FFF2CC"})
        assert [(goal.skill, goal.raw, goal.cell) for goal in reading.goals] == [("SQL", "green fill", "C2")]

    def test_mark_behind_a_level_makes_it_a_goal_as_well(self) -> None:
        rows = [["* = wants to learn"], [], ["Name", "Python", "SQL"], ["Anna Nowak", "2*", 5], ["Ben Okoro", 1, "*"]]
        reading = read_rows(rows)
        assert {(goal.person, goal.skill) for goal in reading.goals} == {("k1", "Python"), ("k2", "SQL")}
        assert levels(reading)["Anna Nowak", "Python"] == 2
        assert ("Ben Okoro", "SQL") not in levels(reading)


class TestAScaleThatIsNotStated:
    def table(self, *values: object) -> list[list[object]]:
        return [
            ["Name", "Python", "SQL", "Java"],
            *([f"Anna {n * 'a'}bc Doe", *[v] * 3] for n, v in enumerate(values * 2)),
        ]

    def test_of_whole_numbers_that_reach_5_is_muster_s_own(self) -> None:
        assert not asked(read_rows(self.table(0, 2, 5)))

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ((1, 2, 4), "scale_unknown"),
            ((1, 7, 10), "scale_unknown"),
            (("D1", "D3"), "scale_unknown"),
            (("x", "o"), "symbols_without_legend"),
            (("★★", "★"), "symbols_without_legend"),
            ((True, False), "symbols_without_legend"),
            ((0, 30, 90), "numbers_not_levels"),
            ((2.5, 5), "half_levels"),
            (("Padawan", "Jedi"), "words_unknown"),
        ],
    )
    def test_is_asked_with_a_proposal_and_keeps_the_marks(self, values: tuple[object, ...], code: str) -> None:
        reading = read_rows(self.table(*values))
        assert asked(reading) == [code]
        assert {raw for _, _, raw in said(reading)} == set(values)
        assert None in levels(reading).values()

    def test_takes_the_levels_of_the_answer(self) -> None:
        rows = self.table("x", "o", "z")
        answer = GivenAnswer("symbols_without_legend", {"x": 4, "o": None, "z": "goal"})
        reading = read_rows(rows, answers=[answer])
        assert set(levels(reading).values()) == {4}
        assert {goal.raw for goal in reading.goals} == {"z"}
        assert not asked(reading)

    def test_takes_its_own_proposal_when_told_to(self) -> None:
        reading = read_rows(self.table(0, 2, 4), answers=[GivenAnswer("scale_unknown", True)])
        assert sorted({level for level in levels(reading).values() if level is not None}) == [0, 2, 5]

    @pytest.mark.parametrize("answer", [{"x": 9}, {"x": "high"}, "3"])
    def test_refuses_an_answer_that_is_no_level(self, answer: dict[str, int | str | None] | str) -> None:
        with pytest.raises(WrongChoices) as caught:
            read_rows(self.table("x", "o"), answers=[GivenAnswer("symbols_without_legend", answer)])
        assert isinstance(caught.value, Refusal)

    def test_of_words_that_everybody_knows_is_not_asked(self) -> None:
        reading = read_rows(self.table("Beginner", "intermediate", "EXPERT ", "n/a"))
        assert sorted(set(levels(reading).values()), key=str) == [1, 3, 5]
        assert not asked(reading)

    def test_of_marks_that_explain_themselves_is_not_asked(self) -> None:
        reading = read_rows(self.table("1 - Beginner", "3 - Competent", "Expert (5)", "Level 4"))
        assert not {1, 3, 5} - set(levels(reading).values())


class TestAMark:
    @pytest.mark.parametrize(
        "same", [(3, 3.0, "3", " 3 ", "Level 3", "3.0"), ("X", "x "), (True, "TRUE"), ("2,5", 2.5)]
    )
    def test_has_one_key_for_its_spellings(self, same: tuple[str | int | float, ...]) -> None:
        assert len({key_of(raw) for raw in same}) == 1

    def test_true_beside_1_is_asked_about(self) -> None:
        reading = read_rows([["Name", "Python", "SQL"], ["Anna Nowak", True, 5], ["Ben Okoro", 1, False]])
        assert levels(reading)["Anna Nowak", "Python"] is None
        assert levels(reading)["Ben Okoro", "Python"] == 1

    def test_true_is_never_level_1(self) -> None:
        assert key_of(True) != key_of(1)


class TestWords:
    @pytest.mark.parametrize(
        ("text", "level"),
        [
            ("Not familiar", 0),
            ("Grundkenntnisse", 1),
            ("Novice - has applied the skill, but needs support", 2),
            ("can train others", 5),
            ("Średniozaawansowany", 3),
            ("elephant", None),
        ],
    )
    def test_describe_a_level_or_nothing(self, text: str, level: float | None) -> None:
        assert level_of_meaning(text) == level

    def test_stand_for_a_level_only_alone(self) -> None:
        assert level_of_word("Expert") == 5
        assert level_of_word("Expert in SQL") is None

    @pytest.mark.parametrize("text", ["wants to learn", "Learning goal", "möchte lernen", "would like to be trained"])
    def test_tell_a_wish(self, text: str) -> None:
        assert means_a_goal(text)


class TestFitting:
    def test_takes_the_lower_of_two_equally_close_levels(self) -> None:
        assert fit([2.5]) == [2]
        assert fit([0, 2.5, 5]) == [0, 2, 5]

    def test_keeps_the_order_whatever_the_words_say(self) -> None:
        assert fit([5, 1]) == [2, 3]


class TestTheMarksOfASheet:
    def marks(self, *rows: list[object], mapping: dict[str, int | str | None] | None = None) -> dict[str, MarkReading]:
        table = [["Name", "Python", "SQL", "Java"], *([f"Anna {chr(65 + n)}ova", *row] for n, row in enumerate(rows))]
        choices = Choices(mappings={"Sheet1": SheetMapping(marks=mapping or {})})
        reading = read(xlsx(table), "skills.xlsx", catalogue=CATALOGUE, choices=choices)
        return {mark.mark: mark for mark in reading.sheets[0].marks}

    def test_are_listed_with_their_count_and_the_reason_of_their_level(self) -> None:
        marks = self.marks([5, "5", 3], [0, "Expert", "n/a"], ["z", 1, None])
        assert {text: (mark.level, mark.count, mark.why) for text, mark in marks.items()} == {
            "0": (0, 1, "Muster's own scale"),
            "1": (1, 1, "Muster's own scale"),
            "3": (3, 1, "Muster's own scale"),
            "5": (5, 2, "Muster's own scale"),
            "Expert": (5, 1, "a word with a usual meaning"),
            "n/a": (None, 1, "says nothing"),
            "z": (None, 1, "open question"),
        }

    def test_say_where_their_legend_stands(self) -> None:
        rows = [["Legend"], ["x", "trained"], ["o", "not trained"], [], ["Login", "Forklift"], ["dave", "x"]]
        (mark,) = read_rows(rows).sheets[0].marks
        assert (mark.mark, mark.level, mark.why) == ("x", 2, "legend in A2:B3")
        apart = {"Team": rows[4:], "Key": rows[:3]}
        assert read_rows(apart).sheets[0].marks[0].why == "legend in Key!A2:B3"

    def test_are_what_a_mapping_says_before_anything_else(self) -> None:
        rows = ([5, "x", 4], [4, 3, 5], ["Expert", 4, "?"], [3, 5, 1])
        marks = self.marks(*rows, mapping={"5": 4, "X": "goal", "Expert": None, "?": 1})
        assert [marks[text].level for text in ("5", "x", "Expert", "?")] == [4, None, None, 1]
        assert marks["x"].is_goal
        assert {marks[text].why for text in ("5", "x", "Expert", "?")} == {"your mapping"}

    def test_refuse_a_mapping_that_is_no_level(self) -> None:
        with pytest.raises(WrongChoices):
            self.marks([5, 4, 3], mapping={"5": 6})
