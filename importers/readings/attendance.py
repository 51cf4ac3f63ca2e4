"""The people of one workbook: every sighting on every sheet, brought to one key per person."""

from dataclasses import dataclass, field

from importers.choices import Choices
from importers.layouts.layout import Extract
from importers.records import Person, Problem, Question, Severity
from importers.sheets.people import Register, Sighting, name_form


@dataclass
class Attendance:
    """Sheets with one row per person are taken before lists that refer to them."""

    choices: Choices
    register: Register = field(default_factory=Register)
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    _keys: dict[int, str] = field(default_factory=dict)

    def take(self, extracts: list[Extract]) -> None:
        for extract in sorted(extracts, key=lambda extract: not extract.one_row_each):
            self._take_sheet(extract)
        for seen in self.register.shared_emails:
            self._problem(
                Severity.WARNING,
                "shared_email",
                seen,
                f"{seen.name} has somebody else's e-mail address, {seen.email}; it was kept for the first person only.",
                "Correct the address of one of them.",
            )
        for extract in extracts:
            self._ask_about_namesakes(extract)
            self._ask_who(extract)

    def key(self, seen: Sighting) -> str | None:
        """None for somebody who was left out."""
        return self._keys.get(id(seen))

    def people(self) -> tuple[Person, ...]:
        return tuple(as_person(key, seen) for key, seen in self.register.people.items())

    def _take_sheet(self, extract: Extract) -> None:
        """A list that knows people by number only takes nobody whom a sheet of people does not know."""
        by_number = self.register.knows_ids and not extract.one_row_each
        strangers: dict[str, Sighting] = {}
        here: set[str] = set()
        for seen in extract.people:
            if by_number and seen.name in seen.external_ids and self.register.find(seen) is None:
                strangers.setdefault(seen.external_ids[0], seen)
            else:
                again = extract.one_row_each and self.register.find(seen) in here
                apart = again and self.choices.answer("same_name", seen.sheet, seen.name) == "two"
                self._keys[id(seen)] = key = self.register.add(seen, as_new=apart)
                here.add(key)
        for number, seen in strangers.items():
            self._problem(
                Severity.ERROR,
                "unknown_person",
                seen,
                f'Nobody on the other sheets has the number "{number}", so its rows were left out.',
                "Add the person to the sheet of people, or correct the number.",
            )

    def _ask_about_namesakes(self, extract: Extract) -> None:
        """Two rows of one name in a table with one row per person may be one person twice, or two people.

        Where many names repeat, the rows are about something else and repeat people on purpose.
        """
        keys = [self._keys[id(seen)] for seen in extract.people if id(seen) in self._keys]
        if not extract.one_row_each or len(keys) > 1.1 * len(set(keys)) + 1:
            return
        first: dict[str, Sighting] = {}
        for seen, key in zip(extract.people, keys, strict=False):
            earlier = first.setdefault(name_form(seen.name or key), seen)
            if earlier is not seen and seen.name and not (seen.email or earlier.email or numbered_apart(seen, earlier)):
                self._ask(
                    "same_name",
                    seen.sheet,
                    seen.name,
                    f'"{seen.name}" stands in {earlier.cell} and in {seen.cell}: is this one person?',
                    (earlier.cell, seen.cell),
                    "one",
                )

    def _ask_who(self, extract: Extract) -> None:
        for seen in (seen for seen in extract.people if seen.name is None):
            answer = self._ask(
                "who_is_this", seen.sheet, None, "Whose skills are these? The sheet names nobody.", (), None
            )
            if answer is not None:
                key = self._keys[id(seen)]
                self.register.people[key] = Sighting(answer, seen.sheet, seen.cell)

    def _ask(
        self, code: str, sheet: str, subject: str | None, text: str, values: tuple[str, ...], proposed: str | None
    ) -> str | None:
        given = self.choices.answer(code, sheet, subject)
        answer = proposed if given is True else given if isinstance(given, str) else None
        self.questions.append(Question(code, sheet, subject, text, values, proposed, answer))
        return answer

    def _problem(self, severity: Severity, code: str, seen: Sighting, text: str, remedy: str) -> None:
        self.problems.append(Problem(severity, code, seen.sheet, seen.cell, text, remedy))


def numbered_apart(one: Sighting, other: Sighting) -> bool:
    """Whether two ids say already that two people are meant."""
    return bool(one.external_ids and other.external_ids) and not set(one.external_ids) & set(other.external_ids)


def as_person(key: str, seen: Sighting) -> Person:
    return Person(
        key=key,
        name=seen.name,
        email=seen.email,
        external_id=next(iter(seen.external_ids), None),
        title=seen.title,
        unit=seen.unit,
        office=seen.office,
        time_zone=seen.time_zone,
        working_share=seen.working_share,
        cost_band=seen.cost_band,
        sheet=seen.sheet,
        cell=seen.cell,
    )
