"""Who in the directory a person of the file is: by e-mail, then by external id, then by name; in doubt, a question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from importers.plans.asking import Asker
from importers.plans.existing import ExistingPerson
from importers.records import Person, Problem, Severity
from importers.sheets.people import name_form

SOMEBODY_NEW = "create"


@dataclass
class Identities:
    """`matched`: key of a person in the file -> who that is; `ambiguous`: the keys of those who are not decided."""

    known: Sequence[ExistingPerson]
    asker: Asker
    problems: list[Problem] = field(default_factory=list)
    matched: dict[str, ExistingPerson] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._by_email = grouped((email, known) for known in self.known for email in known.emails)
        self._by_id = grouped((number, known) for known in self.known for number in known.external_ids)
        self._by_number = grouped((bare(number), known) for known in self.known for number in known.external_ids)
        self._by_name = grouped((name_form(known.name), known) for known in self.known)

    def match(self, people: Iterable[Person]) -> None:
        taken: set[int] = set()
        for person in people:
            chosen = self._choose(person, [known for known in self._candidates(person) if known.id not in taken])
            if person.name is None:
                self.ambiguous.add(person.key)
            elif chosen is not None:
                taken.add(chosen.id)
                self.matched[person.key] = chosen
            elif person.key not in self.ambiguous:
                self._warn_of_turned_names(person)

    def _candidates(self, person: Person) -> list[ExistingPerson]:
        """One when it is certain. An address and an id of two people make both of them candidates."""
        certain = {
            known.id: known
            for known in (
                *self._by_email.get((person.email or "").lower(), ()),
                *self._by_id.get(person.external_id or "", ()),
            )
        }
        if certain:
            return list(certain.values())
        name, number = name_form(person.name or ""), bare(person.external_id or "")
        renumbered = [known for known in self._by_number.get(number, ()) if name_form(known.name) == name]
        if number and len(renumbered) == 1 and not differ(person.email, renumbered[0].emails):
            return renumbered
        return [
            known
            for known in self._by_name.get(name, ())
            if not differ(person.email, known.emails) and not (person.external_id and known.external_ids)
        ]

    def _choose(self, person: Person, candidates: Sequence[ExistingPerson]) -> ExistingPerson | None:
        if len(candidates) <= 1:
            return candidates[0] if candidates else None
        shown = tuple(f"{known.id}: {known.name} {' '.join(known.emails)}".rstrip() for known in candidates)
        if len({name_form(known.name) for known in candidates}) == 1:
            text = f'Which of the {len(candidates)} people called "{person.name}" is meant, or is it somebody new?'
        else:
            text = (
                f'"{person.name}" has the e-mail address of one person in Muster and the number of another: who is it?'
            )
        by_id = {str(known.id): known for known in candidates}
        answer = self.asker.ask(
            "which_person",
            person.sheet,
            person.name,
            text,
            (*shown, SOMEBODY_NEW),
            None,
            answers={*by_id, SOMEBODY_NEW},
        )
        if answer is None:
            self.ambiguous.add(person.key)
        return by_id.get(answer or "")

    def _warn_of_turned_names(self, person: Person) -> None:
        form = name_form(person.name or "")
        turned = " ".join(reversed(form.split()))
        for known in self._by_name.get(turned, ()) if turned != form else ():
            text = (
                f'"{person.name}" is new, but Muster knows "{known.name}": the same person with the name turned round?'
            )
            remedy = "Add the e-mail address to the sheet, or merge the two people after the import."
            self.problems.append(Problem(Severity.WARNING, "similar_person", person.sheet, person.cell, text, remedy))


def grouped(pairs: Iterable[tuple[str, ExistingPerson]]) -> Mapping[str, list[ExistingPerson]]:
    found: dict[str, list[ExistingPerson]] = defaultdict(list)
    for key, known in pairs:
        found[key].append(known)
    return found


def bare(number: str) -> str:
    """An id as it stands after a spreadsheet took it for a number: "0042" is 42."""
    return number.lstrip("0") if number.isdecimal() else ""


def differ(email: str | None, known: Sequence[str]) -> bool:
    """Whether two addresses speak against one person."""
    return bool(email and known and email not in known)
