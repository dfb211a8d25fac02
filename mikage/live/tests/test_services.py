"""Streams are kept short, and their numbers are never given again."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import F

from mikage.access.actor import ANONYMOUS, SYSTEM, Actor
from mikage.directory.tests.factories import make_person
from mikage.journal.models import Record
from mikage.live import live, policies, services
from mikage.live.models import Stream, StreamEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "topics", lambda: {"board": "board.use"})


def test_old_events_go_and_the_numbers_go_on() -> None:
    person = make_person()
    for _number in range(3):
        with transaction.atomic():
            live.ping([person.pk], "board")
    StreamEvent.objects.filter(sequence__lte=2).update(
        at=F("at") - timedelta(days=services.KEPT_DAYS, hours=1)
    )

    assert services.prune_events(SYSTEM) == 2
    assert policies.position(Actor.of(person.pk)) == 3
    assert policies.position(Actor.of(person.pk + 1)) == policies.position(ANONYMOUS) == 0

    assert list(StreamEvent.objects.values_list("sequence", flat=True)) == [3]
    assert Stream.objects.get(person=person).sequence == 3
    record = Record.objects.get(action="live.event.pruned")
    assert record.details == {"events": 2}


def test_nobody_is_told_of_a_topic_that_no_room_declares() -> None:
    with pytest.raises(live.Undeclared), transaction.atomic():
        live.ping([1], "unknown")
    with pytest.raises(live.Undeclared), transaction.atomic():
        live.changed("unknown", ["person:1"])


@pytest.mark.parametrize(
    "subject", ["person", "person:0", "person:x", "人:1", "person:1 ", "person:1,person:2", ""]
)
def test_subjects_are_ids_and_never_names(subject: str) -> None:
    with pytest.raises(live.Undeclared), transaction.atomic():
        live.changed("board", [subject])


def test_every_topic_names_a_function_that_a_room_declares() -> None:
    functions = {key for config in apps.get_app_configs() for key in getattr(config, "functions", {})}
    declared = {
        function for config in apps.get_app_configs() for function in getattr(config, "topics", {}).values()
    }
    assert declared <= functions
