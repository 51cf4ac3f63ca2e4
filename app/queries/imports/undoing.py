"""What undoing an import would do: which of its values go back, which stay because somebody built on them, and why.

An undo takes back what the import did, and nothing else. What was edited in Muster since stays and is Muster's from
then on. What a later import changed stays too, and what stood there before this one is handed to that one, so that
undoing both, in any order, leaves the directory as it was.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.queries.imports import undo_values as read
from app.queries.imports.undo_lines import Undone, Words
from app.queries.imports.undo_values import BESIDE, TABLES, HeldValue, Reference, RowKey
from models import BatchState, ImportBatch

TOGETHER: dict[str, tuple[tuple[str, ...], ...]] = {
    "ratings": (("level", "source", "rated_on", "last_used", "verified_by_id", "verified_at"),),
    "practitioners": (("time_zone", "utc_offset_minutes"), ("name", "name_key")),
    "allocations": (("starts_on", "ends_on"),),
    "engagements": (("starts_on", "ends_on"),),
}
"""Columns that say one thing together; every other column stands for itself."""

ALONE = {"practitioners": ("email", "external_id")}
"""Columns of which no two rows have the same value."""

EDITED = "Edited in Muster since."
REMOVED = "Removed in Muster since."
OLD = "Imported before Muster kept what stood there before."
GONE = "What stood there before is not in Muster any more."
TAKEN = "Somebody else has that by now."


@dataclass
class UndoPlan:
    """`restored`: row -> columns that get a value back. `handed`: value -> the import that holds it from now on.
    `spliced`: value of a later import -> its columns before and after. `kept_ratings`: those whose history stays."""

    batch_id: int
    told: Undone
    restored: dict[RowKey, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    deleted: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    handed: dict[int, int] = field(default_factory=dict)
    spliced: dict[int, HeldValue] = field(default_factory=dict)
    kept_ratings: set[tuple[int, int]] = field(default_factory=set)


def applied_batch(session: Session, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """The import, if it can be undone; Conflict tells why it cannot."""
    batch = session.get(ImportBatch, batch_id, with_for_update=lock or None, populate_existing=True)
    if batch is None:
        raise NotFound("There is no such import.")
    if batch.sample:
        raise Conflict("This is the sample organisation. It is removed as a whole with `muster sample remove`.")
    if batch.state is BatchState.UNDONE:
        raise Conflict("This import is undone already.")
    if batch.state is not BatchState.APPLIED:
        raise Conflict(f"This import is {batch.state.value}: it changed nothing, so there is nothing to undo.")
    return batch


def plan_undo(session: Session, batch_id: int) -> UndoPlan:
    """What an undo would do now; it writes nothing."""
    applied_batch(session, batch_id)
    return _Undoing(session, batch_id).plan()


class _Undoing:
    def __init__(self, session: Session, batch_id: int) -> None:
        self.session, self.batch_id = session, batch_id
        self.rows = read.held_values(session, batch_id)
        self.now = {name: read.current_rows(session, batch_id, name) for name in TABLES}
        self.born = read.born_with(session, {value.batch_id for held in self.rows.values() for value in held})
        self.words = Words(session, batch_id, self.rows, self.now)
        self.result = UndoPlan(batch_id, self.words.told)
        self.settled: set[RowKey] = set()

    def plan(self) -> UndoPlan:
        by_table: dict[str, list[RowKey]] = defaultdict(list)
        for row in self.rows:
            by_table[row[0]].append(row)
        for table in TABLES:
            made = [row for row in by_table[table] if self._makes(row)]
            self._remove(table, [row for row in made if self._removable(row)])
        for table in TABLES:
            for row in by_table[table]:
                if row not in self.settled:
                    self._put_back(row)
        self._check_restored()
        self.words.close()
        return self.result

    def _mine(self, row: RowKey) -> list[HeldValue]:
        return [value for value in self.rows[row] if value.holder == self.batch_id]

    def _makes(self, row: RowKey) -> HeldValue | None:
        return next((value for value in self._mine(row) if value.made), None)

    def _removable(self, row: RowKey) -> bool:
        """Whether nothing but imports changed the row since this one made it, and no other import relies on it."""
        table, row_id = row
        made, now = self._makes(row), self.now[table].get(row_id)
        assert made is not None
        if made.columns_after is None:
            self._keep(row, self.words.impossible, OLD)
        elif now is None or now.get("created_at", self.born[made.batch_id]) != self.born[made.batch_id]:
            self._keep(row, self.words.kept, REMOVED)
        elif edited := self._edited(row, made, now):
            self.words.kept(row, EDITED, edited)
            self._keep_history(row)
        elif later := [value.holder for value in self.rows[row] if value.holder != self.batch_id]:
            self._hand_over(row, made, min(later))
        else:
            return True
        return False

    def _keep(self, row: RowKey, say: Any, why: str) -> None:
        say(row, why)
        self._keep_history(row)
        self.settled.add(row)

    def _edited(self, row: RowKey, made: HeldValue, now: dict[str, Any]) -> list[str]:
        """The columns that differ from what imports wrote, now or between two of them."""
        state = read.usual_row(read.table_of(row[0])) | (made.columns_after or {})
        edited = set()
        for value in self.rows[row]:
            if not value.made:
                before = value.columns_before or {}
                edited |= {name for name, stood in before.items() if state.get(name) != stood}
                state |= value.columns_after or {}
        return sorted(edited | {name for name, wanted in state.items() if now[name] != wanted})

    def _hand_over(self, row: RowKey, made: HeldValue, holder: int) -> None:
        self.result.handed[made.id] = holder
        self.words.kept(row, f"Import {holder} builds on it; it goes with that import's undo.")

    def _remove(self, table: str, rows: Sequence[RowKey]) -> None:
        """Delete those of the rows to which nothing refers that stays."""
        if not rows:
            return
        ids = {row_id for _, row_id in rows}
        references, promised = read.references_to(self.session, self.batch_id, table, sorted(ids)), defaultdict(list)
        for target, value, column in read.promises_to(self.session, table, ids):
            if self._will_be_kept(value, column):
                holder = None if value.holder == self.batch_id else value.holder
                promised[target].append(Reference(*value.row, column, holder))
        for row in rows:
            staying = [reference for reference in references.get(row[1], ()) if self._stays(reference)]
            staying += promised[row[1]]
            holders = {self._holder(reference) for reference in staying}
            made = self._makes(row)
            assert made is not None
            if None in holders:
                self.words.impossible(row, self.words.used(r for r in staying if self._holder(r) is None))
                self._keep_history(row)
                continue
            if holders:
                self._hand_over(row, made, min(holder for holder in holders if holder is not None))
                continue
            self.result.deleted[table].add(row[1])
            self.words.removed(row)
            self.settled.add(row)

    def _stays(self, reference: Reference) -> bool:
        if reference.table == "rating_changes":
            return not self._history_goes(reference)
        row = reference.table, reference.row_id
        if reference.row_id in self.result.deleted[reference.table]:
            return False
        return not (row in self.rows and self._goes_back(row, reference.column))

    def _will_be_kept(self, value: HeldValue, column: str) -> bool:
        """Whether the reference that the value would put back is put back now, or can be with its import's undo."""
        if value.row[1] in self.result.deleted[value.row[0]]:
            return False
        if value.holder == self.batch_id:
            return self._goes_back(value.row, column)
        mine = [own for own in self.rows.get(value.row, ()) if own.holder == self.batch_id and not own.made]
        return not any(self._is_handed(own, value, column) for own in mine)

    def _is_handed(self, mine: HeldValue, later: HeldValue, column: str) -> bool:
        """Whether what stood in the column before mine becomes what stood there before the later one."""
        return any(
            column in group and self._later(mine.row, mine, group) == later and self._follows(later, mine, group)
            for group in groups(mine.row[0], mine)
        )

    def _goes_back(self, row: RowKey, column: str) -> bool:
        """Whether undoing gives the column of a row that stays another value."""
        return any(
            column in group and self._restorable(row, value, group)
            for value in self._mine(row)
            if not value.made
            for group in groups(row[0], value)
        )

    def _history_goes(self, reference: Reference) -> bool:
        step = self.words.steps.get(reference.row_id)
        return step is not None and step not in self.result.kept_ratings

    def _holder(self, reference: Reference) -> int | None:
        """The import that will hold what the reference says."""
        if reference.holder is not None:
            return reference.holder
        row = reference.table, reference.row_id
        for value in self.rows.get(row, ()):
            if reference.column in (value.columns_after or {}) and value.id in self.result.handed:
                return self.result.handed[value.id]
        return None

    def _put_back(self, row: RowKey) -> None:
        """Give the row's columns back what stood there before this import, where they still say what it wrote."""
        for value in reversed(self._mine(row)):
            if value.made:
                continue
            if value.columns_after is None or value.columns_before is None:
                self._keep(row, self.words.impossible, OLD)
                continue
            for group in groups(row[0], value):
                self._put_back_group(row, value, group)

    def _put_back_group(self, row: RowKey, value: HeldValue, group: Sequence[str]) -> None:
        before, after = value.columns_before, value.columns_after
        assert before is not None
        assert after is not None
        later = self._later(row, value, group)
        if row[1] not in self.now[row[0]]:
            self.words.kept(row, REMOVED, group)
            self._keep_history(row)
        elif later is not None and self._follows(later, value, group):
            later.columns_before = (later.columns_before or {}) | {name: before[name] for name in group}
            later.columns_after = {name: after[name] for name in group} | (later.columns_after or {})
            self.result.spliced[later.id] = later
            self.words.kept(row, f"Import {later.holder} changed it since.", group)
        elif self._restorable(row, value, group):
            self.result.restored[row] |= {name: before[name] for name in group}
            self.words.put_back(row, group, before)
        else:
            self.words.kept(row, EDITED, group)
            self._keep_history(row)

    def _restorable(self, row: RowKey, value: HeldValue, group: Sequence[str]) -> bool:
        now = self.now[row[0]].get(row[1])
        if now is None or value.columns_after is None or self._later(row, value, group) is not None:
            return False
        stands = now | self.result.restored.get(row, {})
        return all(stands[name] == value.columns_after[name] for name in group)

    def _later(self, row: RowKey, value: HeldValue, group: Sequence[str]) -> HeldValue | None:
        """The next value of another import that changes what the group says."""
        return next(
            (
                other
                for other in self.rows[row]
                if other.id > value.id
                and other.holder != self.batch_id
                and not set(group).isdisjoint(other.columns_after or {})
            ),
            None,
        )

    def _follows(self, later: HeldValue, value: HeldValue, group: Sequence[str]) -> bool:
        """Whether nobody changed anything between the two imports."""
        before, after = later.columns_before or {}, value.columns_after or {}
        return all(before[name] == after[name] for name in group if name in before)

    def _keep_history(self, row: RowKey) -> None:
        if row[0] == "ratings" and (pair := self._pair(row)) is not None:
            self.result.kept_ratings.add(pair)

    def _pair(self, row: RowKey) -> tuple[int, int] | None:
        """Person and skill of a rating, as the database has them or an import wrote them."""
        for told in (self._made_columns(row), self.now["ratings"].get(row[1])):
            if told and "practitioner_id" in told:
                return told["practitioner_id"], told["skill_id"]
        return None

    def _made_columns(self, row: RowKey) -> dict[str, Any] | None:
        return next((value.columns_after for value in self.rows[row] if value.made), None)

    def _check_restored(self) -> None:
        """Leave out what cannot stand again: what it refers to is gone, or somebody else has it."""
        for row, why, columns in [*self._without_target(), *self._taken()]:
            for name in columns:
                self.result.restored[row].pop(name)
            if not self.result.restored[row]:
                del self.result.restored[row]
            self.words.not_put_back(row, columns, why)
            self._keep_history(row)

    def _without_target(self) -> Iterator[tuple[RowKey, str, Sequence[str]]]:
        wanted: dict[str, set[int]] = defaultdict(set)
        places: list[tuple[RowKey, str, RowKey]] = []
        for row, columns in self.result.restored.items():
            for name, value in columns.items():
                table = read.target_of(read.table_of(row[0]), name) if value is not None else None
                if table is not None:
                    wanted[table].add(value)
                    places.append((row, name, (table, value)))
        gone = read.missing_targets(self.session, wanted)
        gone |= {(table, row_id) for table, ids in self.result.deleted.items() for row_id in ids}
        for row, name, target in places:
            if target in gone:
                yield row, GONE, self._whole_group(row, name)

    def _taken(self) -> Iterator[tuple[RowKey, str, Sequence[str]]]:
        for table, names in ALONE.items():
            for name in names:
                wanted = {
                    row[1]: columns[name]
                    for row, columns in self.result.restored.items()
                    if row[0] == table and columns.get(name) is not None
                }
                if wanted:
                    leaving = self.result.deleted[table]
                    for row_id in read.taken_elsewhere(self.session, table, name, wanted, leaving):
                        yield (table, row_id), TAKEN, (name,)

    def _whole_group(self, row: RowKey, name: str) -> Sequence[str]:
        group = next((group for group in TOGETHER.get(row[0], ()) if name in group), (name,))
        return [other for other in group if other in self.result.restored[row]]


def groups(table: str, value: HeldValue) -> Iterable[Sequence[str]]:
    """The value's columns in groups that are put back together or not at all."""
    left = [name for name in value.columns_after or {} if name not in BESIDE]
    for together in TOGETHER.get(table, ()):
        group = [name for name in together if name in left]
        if group:
            yield group
            left = [name for name in left if name not in group]
    for name in left:
        yield [name]
