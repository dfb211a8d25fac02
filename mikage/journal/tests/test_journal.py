"""What a record says, what it never says, and that it outlives the transaction, the person and the thing."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError

from mikage.access.actor import SYSTEM, Actor
from mikage.directory.models import Organisation, Person
from mikage.journal import journal
from mikage.journal.models import Access, Record
from mikage.kernel.operations import Refused, operation

pytestmark = [pytest.mark.django_db(databases=["default", "journal"]), pytest.mark.requirement("A-05")]

ACTION = "journal.request.answered"
ACTOR = replace(
    Actor.of(person_id=7, name="佐藤 花子", organisation_id=3),
    organisation_name="企画係",
    post_name="主事",
    terminal="10.1.2.3",
    request_id=str(uuid.uuid4()),
)


@pytest.fixture(autouse=True)
def _a_calm_writer() -> None:
    journal.forget_pauses()


def make_person() -> Person:
    return Person.objects.create(number="000777", family_name="消える", given_name="人")


def attempts() -> list[tuple[str, str, str]]:
    """What was tried: written over the journal's own connection."""
    rows = Record.objects.using("journal").order_by("pk")
    return list(rows.values_list("action", "outcome", "reason"))


def test_a_record_says_who_as_what_from_where_and_on_which_thing() -> None:
    organisation = Organisation.objects.create(code="A1", name="秘密の名前")
    journal.record(ACTOR, ACTION, organisation, details={"rows": 3, "is_whole": True, "reason": "wait"})
    record = Record.objects.get()
    assert (record.person_id, record.person_label) == (7, "佐藤 花子")
    assert (record.organisation_id, record.organisation_label, record.post_label) == (3, "企画係", "主事")
    assert (record.terminal, record.plane, record.strength) == ("10.1.2.3", "staff", "password")
    assert str(record.request_id) == ACTOR.request_id
    assert (record.target_kind, record.target_id) == ("directory.organisation", str(organisation.pk))
    assert record.details == {"rows": 3, "is_whole": True, "reason": "wait"}
    assert "秘密の名前" not in str(Record.objects.values().get())


def test_the_system_is_an_actor_of_its_own_kind() -> None:
    journal.record(SYSTEM, ACTION)
    record = Record.objects.get()
    assert (record.actor_kind, record.person_id) == ("system", None)


def test_a_record_survives_the_person() -> None:
    person = make_person()
    journal.record(replace(ACTOR, person_id=person.pk, name=person.name), ACTION, person)
    number, name = person.pk, person.name
    person.delete()
    record = Record.objects.get()
    assert (record.person_id, record.person_label, record.target_id) == (number, name, str(number))


@pytest.mark.parametrize("value", ["会議の件名", "two words", "x" * 61, "改行\n", "tab\there", "a\x00b"])
def test_details_refuse_content(value: str) -> None:
    with pytest.raises(ValueError, match="looks like content"):
        journal.record(ACTOR, ACTION, details={"title": value})
    assert not Record.objects.exists()


@pytest.mark.parametrize("value", [1.5, None, b"bytes", ["a"], {"a": "b"}, Organisation])
def test_details_refuse_every_other_kind_of_value(value: Any) -> None:
    with pytest.raises(ValueError, match="looks like content"):
        journal.record(ACTOR, ACTION, details={"thing": value})


@pytest.mark.requirement("TR-A18")
@pytest.mark.parametrize("text", ["新\n行", "\x1b[31m", "\u202eabc", "a\x00b", "\ud800", "長" * 5_000])
def test_whatever_a_text_holds_there_is_one_record(text: str) -> None:
    actor = replace(ACTOR, name=text, organisation_name=text, post_name=text, terminal=text)
    journal.record(actor, ACTION)
    assert journal.record_access(
        actor, action=ACTION, method=text, view=text, target=text, status=200, microseconds=2**40
    )
    assert Record.objects.count() == Access.objects.using("journal").count() == 1
    assert "\n" not in Record.objects.get().person_label


def test_an_action_without_a_declared_sentence_is_a_defect() -> None:
    with pytest.raises(journal.Undeclared):
        journal.record(ACTOR, "journal.nothing.declared")


def test_a_bulk_change_leaves_one_record_for_each_thing() -> None:
    things = [Organisation.objects.create(code=f"B{number}", name=str(number)) for number in range(5)]
    assert journal.record_all(ACTOR, ACTION, things, details={"step": 1}) == 5
    found = Record.objects.values_list("target_id", flat=True).order_by("pk")
    assert list(found) == [str(thing.pk) for thing in things]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Refused("no"), ("refused", "")),
        (RuntimeError("a sentence with content"), ("failed", "RuntimeError")),
        (DatabaseError("a row with content"), ("failed", "DatabaseError")),
    ],
)
def test_what_was_tried_survives_the_rollback(error: Exception, expected: tuple[str, str]) -> None:
    @operation(ACTION)
    def try_it(actor: Actor) -> None:
        journal.record(actor, ACTION)
        Organisation.objects.create(code="C1", name="残らない")
        raise error

    with pytest.raises(type(error)):
        try_it(ACTOR)
    assert attempts() == [(ACTION, *expected)]
    assert not Organisation.objects.filter(code="C1").exists()
    assert not Record.objects.exists()


def test_an_access_record_holds_no_name_no_title_and_no_query() -> None:
    columns = {field.name for field in Access._meta.get_fields()}
    assert not columns & {"path", "query", "body", "title", "referer", "url", "user_agent"}
