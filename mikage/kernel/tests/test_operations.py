"""What an operation is: one transaction, at least one record, and an attempt that is never forgotten."""

import pytest
from django.db import transaction

from mikage.access.actor import Actor
from mikage.directory.models import Organisation
from mikage.journal import journal
from mikage.journal.models import Record
from mikage.kernel import operations
from mikage.kernel.operations import Conflict, Refused, Unrecorded, action_of, operation

pytestmark = pytest.mark.django_db(databases=["default", "journal"])

# Two declared actions stand for those of any room.
OUTER, INNER = "journal.request.answered", "journal.request.missed"
ACTOR = Actor.of(person_id=7, name="佐藤 花子")


@pytest.fixture(autouse=True)
def _a_calm_writer() -> None:
    journal.forget_pauses()


def make(code: str) -> Organisation:
    return Organisation.objects.create(code=code, name=code)


def codes() -> set[str]:
    return set(Organisation.objects.values_list("code", flat=True))


def done() -> list[str]:
    return list(Record.objects.order_by("pk").values_list("action", flat=True))


def attempts() -> list[tuple[str, str]]:
    return list(Record.objects.using("journal").order_by("pk").values_list("action", "outcome"))


@operation(OUTER)
def found(actor: Actor, *, code: str) -> Organisation:
    """A change with its record."""
    organisation = make(code)
    journal.record(actor, OUTER, organisation)
    return organisation


@operation(INNER)
def found_in_silence(actor: Actor, *, code: str) -> None:
    """A change whose record was forgotten."""
    make(code)


def test_an_operation_commits_with_its_record_and_returns_its_result() -> None:
    assert found(ACTOR, code="A1").code == "A1"
    assert (codes(), done()) == ({"A1"}, [OUTER])
    assert action_of(found) == OUTER
    assert not operations.is_running()


def test_a_change_without_a_record_is_undone() -> None:
    with pytest.raises(Unrecorded):
        found_in_silence(ACTOR, code="A1")
    assert codes() == set()
    assert attempts() == [(INNER, "failed")]


def test_a_record_outside_does_not_stand_for_a_record_inside() -> None:
    journal.record(ACTOR, OUTER)
    with pytest.raises(Unrecorded):
        found_in_silence(ACTOR, code="A1")


def test_the_record_of_the_outer_operation_does_not_excuse_the_inner_one() -> None:
    @operation(OUTER)
    def both(actor: Actor) -> None:
        found(actor, code="A1")
        found_in_silence(actor, code="A2")

    with pytest.raises(Unrecorded):
        both(ACTOR)
    assert (codes(), done()) == (set(), [])
    assert attempts() == [(OUTER, "failed")]


def test_the_record_of_an_inner_operation_counts_for_the_outer_one() -> None:
    @operation(OUTER)
    def around(actor: Actor) -> None:
        found(actor, code="A1")

    around(ACTOR)
    assert (codes(), done()) == ({"A1"}, [OUTER])


def test_inner_operations_join_the_outer_one_and_fall_with_it() -> None:
    @operation(OUTER)
    def two_then_fail(actor: Actor) -> None:
        found(actor, code="A1")
        found(actor, code="A2")
        raise Conflict("too late")

    with pytest.raises(Conflict):
        two_then_fail(ACTOR)
    assert (codes(), done()) == (set(), [])
    assert attempts() == [(OUTER, "refused")]


def test_an_inner_refusal_that_is_answered_leaves_the_outer_operation_whole() -> None:
    @operation(INNER)
    def refuse(actor: Actor) -> None:
        make("B1")
        journal.record(actor, INNER)
        raise Refused("no")

    @operation(OUTER)
    def try_and_go_on(actor: Actor) -> None:
        found(actor, code="A1")
        with pytest.raises(Refused):
            refuse(actor)
        found(actor, code="A2")

    try_and_go_on(ACTOR)
    assert codes() == {"A1", "A2"}
    assert done() == [OUTER, OUTER]


def test_a_record_undone_with_an_inner_operation_does_not_count() -> None:
    @operation(INNER)
    def refuse(actor: Actor) -> None:
        journal.record(actor, INNER)
        raise Refused("no")

    @operation(OUTER)
    def change_and_try(actor: Actor) -> None:
        make("A1")
        with pytest.raises(Refused):
            refuse(actor)

    with pytest.raises(Unrecorded):
        change_and_try(ACTOR)
    assert (codes(), done()) == (set(), [])


def test_a_bulk_operation_leaves_a_record_for_each_thing() -> None:
    @operation(OUTER)
    def found_many(actor: Actor) -> int:
        things = Organisation.objects.bulk_create(
            Organisation(code=f"A{number}", name="x", search="") for number in range(2_500)
        )
        return journal.record_all(actor, OUTER, things)

    assert found_many(ACTOR) == 2_500
    assert Record.objects.values("target_id").distinct().count() == 2_500


@pytest.mark.requirement("TR-A14")
def test_the_most_destructive_effect_has_a_record_that_names_the_thing() -> None:
    """A removal inside a larger change is an operation of its own, with its own action and its own target."""

    @operation(INNER)
    def remove(actor: Actor, *, organisation: Organisation) -> None:
        journal.record(actor, INNER, organisation)
        organisation.delete()

    @operation(OUTER)
    def edit(actor: Actor, *, kept: Organisation, removed: Organisation) -> None:
        journal.record(actor, OUTER, kept)
        remove(actor, organisation=removed)

    kept, removed = make("A1"), make("A2")
    number = removed.pk
    edit(ACTOR, kept=kept, removed=removed)
    rows = Record.objects.order_by("pk").values_list("action", "target_id", "person_id")
    assert list(rows) == [(OUTER, str(kept.pk), 7), (INNER, str(number), 7)]


def test_a_refusal_is_recorded_once_and_reaches_the_caller() -> None:
    @operation(OUTER)
    def refuse(actor: Actor) -> None:
        raise Refused("no", field="code")

    with pytest.raises(Refused) as caught:
        refuse(ACTOR)
    assert (caught.value.message, caught.value.field) == ("no", "code")
    assert attempts() == [(OUTER, "refused")]


@pytest.mark.django_db(transaction=True, databases=["default", "journal"])
def test_an_operation_is_never_hidden_inside_a_foreign_transaction() -> None:
    """Otherwise its record could be rolled back by somebody who is not an operation."""
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        found(ACTOR, code="A1")
    assert codes() == set()
