"""Questions that a plan asks, each with the answer that was given to it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from importers.choices import Choices
from importers.plans.plans import Action
from importers.records import Question


@dataclass
class Asker:
    choices: Choices
    questions: list[Question] = field(default_factory=list)

    def ask(
        self,
        code: str,
        sheet: str,
        subject: str | None,
        text: str,
        values: tuple[str, ...],
        proposed: str | None,
        *,
        answers: Collection[str],
    ) -> str | None:
        """The answer, or None while the question is open; what is none of the `answers` leaves it open."""
        given = self.choices.answer(code, sheet, subject)
        answer = proposed if given is True else given if isinstance(given, str) and given in answers else None
        self.questions.append(Question(code, sheet, subject, text, values, proposed, answer))
        return answer

    def keep_or_take(
        self, sheet: str, subject: str, happened: str, values: tuple[str, str], taken: Action = Action.UPDATE
    ) -> tuple[Action, str | None]:
        """What becomes of a value of the file that somebody overtook in Muster. `happened`: "was set to 3"; `values`:
        what Muster holds and what the file says; `taken`: what taking the file's value does."""
        text = f"{subject} {happened} in Muster since the last import; the file says {values[1]}. Which one holds?"
        answer = self.ask("edited_in_muster", sheet, subject, text, values, "keep", answers={"keep", "take"})
        if answer == "take":
            return taken, None
        if answer == "keep":
            return Action.SKIPPED, "What stands in Muster was kept."
        return Action.CONFLICT, "Edited in Muster since the last import."
