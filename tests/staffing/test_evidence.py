"""What is known about people, and how far it is trusted."""

import numpy as np
import pytest

from staffing import confidence, tie_strengths, track_record


class TestConfidence:
    def test_halves_the_distance_to_its_floor(self) -> None:
        assert confidence([0, 36, 72], True) == pytest.approx([1.0, 0.8, 0.7])
        assert confidence([0, 18], False) == pytest.approx([0.9, 0.65])

    def test_of_unknown_age_is_the_floor(self) -> None:
        assert confidence([np.nan, np.nan], [True, False]) == pytest.approx([0.6, 0.4])

    def test_never_grows_with_age(self) -> None:
        assert (np.diff(confidence(np.arange(-5, 200), False)) <= 0).all()


class TestATrackRecord:
    def test_of_nothing_is_the_mean(self) -> None:
        assert track_record([0], [0], mean=0.7, strength=4) == pytest.approx([0.7])
        assert track_record([0], [0], mean=0.7, strength=0) == pytest.approx([0.7])

    def test_trusts_many_projects_more_than_few(self) -> None:
        few, many = track_record([3, 30], [3, 30], mean=0.7, strength=4)
        assert 0.7 < few < many < 1.0


class TestTies:
    def test_grow_with_time_together(self) -> None:
        ties = tie_strengths([0, 1, 2], [7, 7, 7], [0, 0, 0], [52, 26, 52], now=52)
        found = dict(zip(zip(ties.first.tolist(), ties.second.tolist(), strict=True), ties.strength, strict=True))
        assert found[0, 2] == pytest.approx(1 - 0.5 ** (52 / 26))
        assert found[0, 1] == pytest.approx(1 - 0.5 ** (0.5 ** (26 / 104)))
        assert found[0, 1] == pytest.approx(found[1, 2])

    def test_need_the_same_project_at_the_same_time(self) -> None:
        assert not len(tie_strengths([0, 1, 2], [7, 7, 8], [0, 10, 0], [10, 20, 20], now=30).first)

    def test_are_not_with_oneself(self) -> None:
        assert not len(tie_strengths([0, 0], [7, 7], [0, 5], [10, 20], now=30).first)

    def test_add_up_over_projects_and_stay_below_one(self) -> None:
        stays = [1, 0] * 40
        projects = np.repeat(np.arange(40), 2)
        ties = tie_strengths(stays, projects, np.zeros(80), np.full(80, 100), now=100)
        assert (ties.first.tolist(), ties.second.tolist()) == ([0], [1])
        assert 0.99 < ties.strength[0] <= 1.0

    def test_count_nothing_that_lies_ahead(self) -> None:
        assert not len(tie_strengths([0, 1], [7, 7], [60, 60], [80, 80], now=50).first)

    def test_of_nobody_are_none(self) -> None:
        assert not len(tie_strengths([], [], [], [], now=0).first)
