"""Law 11: whichever statement of an operation fails, the world is the old one; if none does, the new one."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import OperationalError, connection, transaction

from mikage.directory.tests.factories import cast_people
from mikage.journal import journal
from mikage.journal.models import Record
from mikage.kernel import clock
from mikage.kernel.operations import action_of
from tests.laws.calls import CALLS, ELSEWHERE, Town
from tests.laws.house import module_of, rooms, service_modules

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
TODAY = date(2026, 11, 25)
# More statements than this no operation of a single thing needs.
MOST_STATEMENTS = 80
# The marks of a transaction inside another are the framework's, not the operation's.
MARKS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
World = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    with time_machine.travel(clock.at(TODAY, 10), tick=False):
        yield Town(cast=cast_people(), today=TODAY)


class Broken(OperationalError):
    """The statement that was made to fail."""


class NthFails:
    """Lets statements through until the n-th, which fails as a lost server would."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.seen = 0

    def __call__(
        self, execute: Callable[..., Any], statement: str, params: Any, many: bool, context: Any
    ) -> Any:
        if not statement.startswith(MARKS):
            self.seen += 1
            if self.seen == self.number:
                raise Broken(f"statement {self.number}")
        return execute(statement, params, many, context)

    @property
    def struck(self) -> bool:
        return self.seen >= self.number


def world() -> World:
    """Every row of every table of ours and of the queue of jobs; of the journal, what was done."""
    tables = {
        model._meta.db_table for config in rooms() for model in config.get_models(include_auto_created=True)
    }
    tables |= {model._meta.db_table for model in apps.get_app_config("procrastinate").get_models()}
    rows: World = {}
    with connection.cursor() as cursor:
        for table in sorted(tables - {"journal_record", "journal_access"}):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" AS t ORDER BY 1')
            rows[table] = cursor.fetchall()
        cursor.execute("SELECT to_jsonb(t)::text FROM journal_record AS t WHERE outcome = 'done' ORDER BY 1")
        rows["journal_record"] = cursor.fetchall()
    return rows


def half_done(operation: Callable[..., Any], call: Callable[[], Any], before: World) -> list[str]:
    """Where a failing statement left something behind; calls until it succeeds."""
    for number in range(1, MOST_STATEMENTS):
        failing = NthFails(number)
        try:
            with connection.execute_wrapper(failing):
                call()
        except Broken:
            after = world()
            changed = [table for table in before if before[table] != after[table]]
            if changed:
                return [f"{operation.__name__}: statement {number} left a change in {changed}"]
        else:
            if failing.struck:
                return [f"{operation.__name__}: statement {number} failed and nobody was told"]
            return []
        journal.forget_pauses()
    raise AssertionError(f"{operation.__name__} needs more than {MOST_STATEMENTS} statements")


@pytest.mark.requirement("TR-J3")
@pytest.mark.parametrize(("operation", "prepare"), CALLS, ids=[call[0].__name__ for call in CALLS])
def test_an_operation_happens_whole_or_not_at_all(
    town: Town, operation: Callable[..., Any], prepare: Callable[[Town], Any]
) -> None:
    actor, values = prepare(town)
    before, records = world(), Record.objects.filter(outcome="done").count()
    assert half_done(operation, lambda: operation(actor, **deepcopy(values)), before) == []
    assert Record.objects.filter(outcome="done").count() > records


def test_every_operation_has_its_call() -> None:
    offered = {
        name
        for path in service_modules()
        for name, thing in vars(module_of(path)).items()
        if callable(thing) and action_of(thing)
    }
    assert offered == {call[0].__name__ for call in CALLS} | set(ELSEWHERE)


def test_an_operation_that_swallows_a_failure_is_found(town: Town) -> None:
    def careless() -> None:
        try:
            with transaction.atomic():
                town.cast.owner.save()
        except OperationalError:
            return

    faults = half_done(careless, careless, world())
    assert any("nobody was told" in fault for fault in faults)
