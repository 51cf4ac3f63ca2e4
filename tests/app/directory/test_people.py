"""The directory: finding people by words, skills, place and time. "Today" is Wednesday 6 January 2027."""

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.forms.people import chips_of, query_of, read_filters
from app.queries.people.listing import (
    PAGE_SIZE,
    Availability,
    Directory,
    Option,
    Order,
    PeopleFilters,
    find_people,
    first_day_shown,
)
from app.queries.people.search import read_search
from app.queries.sight.visibility import Viewer
from models import Audience, PersonalField
from tests.app.conftest import Browser
from tests.factories.people import booking, home_unit, person, policy, rating, skill
from tests.factories.viewers import MANAGER, READER, Onlooker

TODAY = date(2027, 1, 6)
MONDAY = date(2027, 1, 4)


def find(session: Session, filters: PeopleFilters, viewer: Viewer = MANAGER) -> Directory:
    return find_people(session, viewer, filters, TODAY)


def names(found: Directory) -> list[str]:
    return [row.name for row in found.rows]


def search(session: Session, text: str, viewer: Viewer = MANAGER) -> list[str]:
    return names(find(session, PeopleFilters(text=text), viewer))


def counts(options: tuple[Option, ...]) -> dict[str, int]:
    return {option.label: option.count for option in options}


def number(session: Session, skill_name: str) -> int:
    return skill(session, skill_name).id


class TestSearch:
    @pytest.mark.parametrize("text", ["García", "garcia", "HANNA", "hanna gar", "  hanna  "])
    def test_a_name_is_found_without_case_and_accents(self, session: Session, text: str) -> None:
        person(session, "Hanna García")
        person(session, "Noor Lindqvist")
        assert search(session, text) == ["Hanna García"]

    @pytest.mark.parametrize("text", ["krakow", "Kraków", "ingenieur", "risk", "risk krakow"])
    def test_title_place_and_unit_are_found_without_accents(self, session: Session, text: str) -> None:
        person(session, "Anna", title="Ingénieur données", location="Kraków", unit="Risk & Industry")
        person(session, "Björn", title="Analyst", location="Berlin", unit="Data")
        assert search(session, text) == ["Anna"]

    @pytest.mark.parametrize("text", ["k8s", "Kubernetes", "kube", "K8S anna"])
    def test_a_skill_is_found_by_its_name_and_its_aliases(self, session: Session, text: str) -> None:
        person(session, "Anna", skills={"Kubernetes": 2})
        person(session, "Björn", skills={"Python": 5})
        assert search(session, text) == ["Anna"]

    def test_level_none_is_not_having_a_skill(self, session: Session) -> None:
        person(session, "Anna", skills={"Kubernetes": 0})
        assert search(session, "k8s") == []

    def test_every_word_has_to_be_found(self, session: Session) -> None:
        person(session, "Anna", location="Berlin", skills={"Kubernetes": 3})
        person(session, "Björn", location="Lisbon", skills={"Kubernetes": 3})
        assert search(session, "k8s berlin") == ["Anna"]

    def test_one_letter_is_a_whole_skill_or_the_start_of_a_name(self, session: Session) -> None:
        person(session, "Anna Berg", location="Berlin")
        person(session, "Björn", skills={"R": 4})
        person(session, "Rosa")
        assert search(session, "r") == ["Rosa", "Björn"]

    @pytest.mark.parametrize("text", ["%", "_", "a%a", "\\", "'"])
    def test_signs_are_no_wildcards(self, session: Session, text: str) -> None:
        person(session, "Anna")
        assert search(session, text) == []

    def test_a_word_typed_ten_times_is_looked_for_once(self, session: Session) -> None:
        once, often = (read_search(session, READER, text) for text in ("berg", " ".join(["berg"] * 10)))
        assert len(once.conditions) == len(often.conditions) == 1

    def test_signs_beside_words_are_passed_over(self, session: Session) -> None:
        person(session, "Anna")
        person(session, "Björn")
        assert search(session, "anna - % _") == ["Anna"]

    def test_people_of_that_name_come_before_people_of_that_skill(self, session: Session) -> None:
        person(session, "Anna Airflow", skills={"Python": 1})
        person(session, "Aaron", skills={"Apache Airflow": 5})
        person(session, "Abel", skills={"Apache Airflow": 2})
        assert search(session, "airflow") == ["Anna Airflow", "Aaron", "Abel"]

    def test_somebody_who_left_is_not_found(self, session: Session) -> None:
        person(session, "Anna", active=False)
        assert search(session, "anna") == []

    def test_an_address_finds_people_for_managers_only(self, session: Session) -> None:
        anna = person(session, "Anna", email="a.berg@example.org")
        person(session, "Björn", email="b@example.org")
        assert search(session, "a.berg@example") == ["Anna"]
        assert search(session, "a.berg@example", READER) == []
        assert search(session, "example.org", Onlooker(practitioner_id=anna.id)) == ["Anna"]

    def test_the_searched_skill_comes_first_on_the_row(self, session: Session) -> None:
        person(session, "Anna", skills={"Python": 5, "SQL": 4, "Kubernetes": 2})
        (row,) = find(session, PeopleFilters(text="k8s")).rows
        assert [one.name for one in row.skills] == ["Kubernetes", "Python", "SQL"]


class TestSkills:
    def test_all_skills_are_needed_at_the_level(self, session: Session) -> None:
        person(session, "Anna", skills={"Python": 4, "SQL": 3})
        person(session, "Björn", skills={"Python": 5})
        person(session, "Chloé", skills={"Python": 5, "SQL": 1})
        wanted = PeopleFilters(skills=(number(session, "Python"), number(session, "SQL")), level=3)
        assert names(find(session, wanted)) == ["Anna"]

    def test_more_of_the_skills_comes_first(self, session: Session) -> None:
        person(session, "Anna", skills={"Python": 3})
        person(session, "Björn", skills={"Python": 5})
        assert names(find(session, PeopleFilters(skills=(number(session, "Python"),)))) == ["Björn", "Anna"]

    def test_who_is_one_level_short_in_one_skill_is_close(self, session: Session) -> None:
        person(session, "One short", skills={"Python": 4, "SQL": 2})
        person(session, "Two short", skills={"Python": 2, "SQL": 2})
        person(session, "Far", skills={"Python": 4, "SQL": 1})
        person(session, "Lacks one", skills={"Python": 4})
        found = find(session, PeopleFilters(skills=(number(session, "Python"), number(session, "SQL")), level=3))
        assert names(found) == []
        assert [row.name for row in found.near] == ["One short"]
        assert [(one.name, one.level, one.wanted) for one in found.near[0].skills] == [("Python", 4, 3), ("SQL", 2, 3)]

    def test_nobody_is_close_to_level_one(self, session: Session) -> None:
        person(session, "Anna", skills={"Python": 0})
        assert find(session, PeopleFilters(skills=(number(session, "Python"),), level=1)).near_total == 0

    def test_a_row_shows_five_skills_and_counts_the_rest(self, session: Session) -> None:
        person(session, "Anna", skills={f"Skill {n}": 3 for n in range(7)})
        (row,) = find(session, PeopleFilters()).rows
        assert (len(row.skills), row.more_skills) == (5, 2)

    def test_each_skill_says_how_many_of_the_found_people_have_it(self, session: Session) -> None:
        person(session, "Anna", skills={"Python": 4, "SQL": 3})
        person(session, "Björn", skills={"Python": 3, "SQL": 2})
        person(session, "Chloé", skills={"SQL": 5})
        found = find(session, PeopleFilters(skills=(number(session, "Python"),)))
        assert counts(found.skills) == {"Python": 2, "SQL": 1}

    def test_a_chosen_skill_that_nobody_has_stays_to_be_unchosen(self, session: Session) -> None:
        person(session, "Anna")
        (option,) = find(session, PeopleFilters(skills=(number(session, "Rust"),))).skills
        assert (option.label, option.count, option.checked) == ("Rust", 0, True)


class TestAvailability:
    @pytest.fixture
    def crew(self, session: Session) -> None:
        person(session, "Free")
        booking(session, person(session, "Half"), MONDAY, None, 0.5)
        booking(session, person(session, "Soon"), MONDAY, MONDAY + timedelta(days=20), 0.8)
        booking(session, person(session, "Booked"), MONDAY)

    @pytest.mark.usefixtures("crew")
    @pytest.mark.parametrize(
        ("chosen", "at_least", "expected"),
        [
            ((Availability.NOW,), 50, ["Free", "Half"]),
            ((Availability.NOW,), 80, ["Free"]),
            ((Availability.SOON,), 50, ["Soon"]),
            ((Availability.BOOKED,), 50, ["Booked"]),
            ((Availability.BOOKED,), 80, ["Booked", "Half"]),
            ((Availability.NOW, Availability.SOON), 100, ["Free", "Soon"]),
        ],
    )
    def test_people_are_free_now_soon_or_not_at_all(
        self, session: Session, chosen: tuple[Availability, ...], at_least: int, expected: list[str]
    ) -> None:
        filters = PeopleFilters(availability=chosen, at_least=at_least, order=Order.NAME)
        assert names(find(session, filters)) == expected

    @pytest.mark.usefixtures("crew")
    def test_the_counts_do_not_depend_on_the_choice_among_them(self, session: Session) -> None:
        found = find(session, PeopleFilters(availability=(Availability.SOON,)))
        assert counts(found.availability) == {"now": 2, "soon": 1, "booked": 1}

    @pytest.mark.usefixtures("crew")
    def test_by_availability_the_soonest_and_freest_come_first(self, session: Session) -> None:
        assert names(find(session, PeopleFilters(order=Order.FREE))) == ["Free", "Half", "Soon", "Booked"]

    @pytest.mark.usefixtures("crew")
    def test_a_row_says_when_the_share_is_free(self, session: Session) -> None:
        rows = {row.name: row for row in find(session, PeopleFilters()).rows}
        assert rows["Free"].opening == (MONDAY, 1.0, True)
        assert rows["Soon"].opening == (MONDAY + timedelta(weeks=3), 1.0, False)
        assert rows["Booked"].opening is None
        assert rows["Half"].free == (0.5,) * 12

    def test_on_a_weekend_now_is_the_monday_ahead(self) -> None:
        week = [MONDAY + timedelta(days=n) for n in range(7)]
        assert [first_day_shown(day) for day in week] == [*week[:5], *[MONDAY + timedelta(weeks=1)] * 2]

    def test_a_booking_that_ended_yesterday_is_over(self, session: Session) -> None:
        booking(session, person(session, "Anna"), MONDAY, TODAY - timedelta(days=1))
        assert names(find(session, PeopleFilters(availability=(Availability.NOW,)))) == ["Anna"]


class TestPlaces:
    def test_one_of_the_places_and_one_of_the_units_does(self, session: Session) -> None:
        person(session, "Anna", location="Berlin", unit="Data")
        person(session, "Björn", location="Lisbon", unit="Data")
        person(session, "Chloé", location="Lisbon", unit="Risk")
        person(session, "Daniel")
        unit = home_unit(session, "Data").id
        found = find(session, PeopleFilters(locations=("Berlin", "Lisbon"), units=(unit,), order=Order.NAME))
        assert names(found) == ["Anna", "Björn"]
        assert counts(found.locations) == {"Berlin": 1, "Lisbon": 1}
        assert counts(found.units) == {"Data": 2, "Risk": 1}

    def test_a_place_that_nobody_has_finds_nobody(self, session: Session) -> None:
        person(session, "Anna")
        assert find(session, PeopleFilters(locations=("Atlantis",))).total == 0


class TestVisibility:
    def test_ratings_kept_to_managers_neither_show_nor_find_somebody(self, session: Session) -> None:
        policy(session, PersonalField.RATINGS, Audience.MANAGERS)
        anna = person(session, "Anna", skills={"Kubernetes": 4})
        assert search(session, "k8s") == search(session, "k8s", Onlooker(practitioner_id=anna.id)) == ["Anna"]
        assert search(session, "k8s", READER) == []
        assert find(session, PeopleFilters(skills=(number(session, "Kubernetes"),)), READER).total == 0
        found = find(session, PeopleFilters(), READER)
        assert (found.rows[0].skills, found.skills) == ((), ())

    def test_availability_kept_to_managers_is_no_state_at_all(self, session: Session) -> None:
        policy(session, PersonalField.AVAILABILITY, Audience.MANAGERS)
        person(session, "Anna")
        found = find(session, PeopleFilters(), READER)
        assert (found.rows[0].free, found.rows[0].opening) == ((), None)
        assert counts(found.availability) == {"now": 0, "soon": 0, "booked": 0}


class TestPages:
    def test_people_come_in_pages_of_24(self, session: Session) -> None:
        for n in range(PAGE_SIZE + 2):
            person(session, f"Person {n:02}")
        first = find(session, PeopleFilters())
        assert (first.total, first.pages, len(first.rows)) == (26, 2, 24)
        assert names(find(session, PeopleFilters(page=2))) == ["Person 24", "Person 25"]

    def test_a_page_beyond_the_end_is_the_last(self, session: Session) -> None:
        person(session, "Anna")
        assert find(session, PeopleFilters(page=9)).page == 1


class TestCost:
    def test_the_number_of_statements_does_not_grow_with_the_people(self, session: Session, engine: Engine) -> None:
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        seen = []
        for batch in range(2):
            for n in range(5):
                who = person(session, f"Anna {batch} {n}", location=f"Place {n}", skills={"Kubernetes": 3, "SQL": 2})
                booking(session, who, MONDAY)
            filters = PeopleFilters(text="anna k8s", skills=(number(session, "SQL"),), level=2)
            statements.clear()
            assert find(session, filters).total == 5 * (batch + 1)
            seen.append(len(statements))
        assert seen == [14, 13], "the first of them reads the policy"


class TestAddress:
    @pytest.mark.parametrize(
        "address",
        [
            "",
            "q=hanna+garc%C3%ADa&level=4&share=80&sort=free&page=3&skill=3&skill=9&free=now&location=S%C3%A3o+Paulo&unit=2",
        ],
    )
    def test_filters_survive_the_address(self, address: str) -> None:
        assert query_of(read_filters(MultiDict(parse_qsl(address)))) == address

    def test_what_cannot_be_meant_is_left_out(self) -> None:
        address = "level=9&share=33&sort=luck&page=-1&skill=x&skill=99999999999&skill=²&free=maybe&unit=0&location=+"
        assert read_filters(MultiDict(parse_qsl(address))) == PeopleFilters()

    def test_the_text_is_one_readable_line_of_at_most_200_characters(self) -> None:
        assert read_filters(MultiDict({"q": " Anna\x00\n Berg "})).text == "Anna Berg"
        assert len(read_filters(MultiDict({"q": "x" * 500})).text) == 200

    def test_each_filter_is_a_chip_that_takes_away_only_itself(self, session: Session) -> None:
        python, unit = number(session, "Python"), home_unit(session, "Data").id
        filters = PeopleFilters(
            text="anna",
            skills=(python,),
            availability=(Availability.NOW,),
            locations=("Berlin",),
            units=(unit,),
            page=2,
        )
        whole = f"q=anna&skill={python}&free=now&location=Berlin&unit={unit}"
        assert {chip.label: chip.query for chip in chips_of(find(session, filters))} == {
            "“anna”": whole.replace("q=anna&", ""),
            "Python 3+": whole.replace(f"skill={python}&", ""),
            "Available now": whole.replace("free=now&", ""),
            "Berlin": whole.replace("location=Berlin&", ""),
            "Data": whole.replace(f"&unit={unit}", ""),
        }


class TestPage:
    def test_a_manager_sees_rows_facets_and_near_matches(self, manager: Browser, session: Session) -> None:
        person(session, "Hanna García", title="Platform engineer", location="London", skills={"Kubernetes": 5})
        person(session, "Yusuf Horvat", skills={"Kubernetes": 2})
        page = f"/people?skill={number(session, 'Kubernetes')}"
        session.commit()
        body = manager.get(page)
        assert "1 person" in body
        assert "Kubernetes 3+" in body
        assert "Free now · 100%" in body
        assert "Close: one level short on a skill" in body
        assert body.index("Hanna García") < body.index("Yusuf Horvat")

    def test_paging_keeps_the_filters(self, manager: Browser, session: Session) -> None:
        for n in range(PAGE_SIZE + 1):
            person(session, f"Anna {n}")
        session.commit()
        body = manager.get("/people?q=anna")
        assert "1 to 24 of 25 people" in body
        assert "/people?q=anna&amp;page=2" in body
        assert "25 to 25 of 25 people" in manager.get("/people?q=anna&page=2")

    def test_of_many_places_those_behind_the_twelfth_are_folded(self, manager: Browser, session: Session) -> None:
        for n in range(16):
            person(session, f"Anna {n}", location=f"Site {n:02}")
        session.commit()
        shown, folded = manager.get("/people").split("4 more</summary>")
        assert 'value="Site 11"' in shown
        assert 'value="Site 12"' in folded
        assert '<details class="disclosure" open>' not in shown
        assert '<details class="disclosure" open>' in manager.get("/people?location=Site+15")

    def test_when_nobody_matches_the_page_says_what_to_do(self, manager: Browser, session: Session) -> None:
        person(session, "Anna")
        session.commit()
        for query in ("q=zzz", "skill=987654", "unit=987654"):
            body = manager.get(f"/people?{query}")
            assert "Nobody matches all of these filters." in body
            assert "Clear all filters" in body

    def test_an_empty_organisation_is_told_where_to_begin(self, signed_in: Callable[..., Browser]) -> None:
        assert "Import your skills sheet" in signed_in("admin").get("/people")
        assert "An administrator can import your skills sheet." in signed_in("practitioner").get("/people")

    @pytest.mark.parametrize(
        "query", ["q=%00%F0%9F%92%A9'%22%3Cscript%3E", "skill=1&skill=1", "location=%25", "page=99"]
    )
    def test_any_address_gives_a_page(self, manager: Browser, session: Session, query: str) -> None:
        rating(session, person(session, "Anna"), "Python", 3)
        session.commit()
        manager.get(f"/people?{query}")
