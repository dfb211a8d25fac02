"""The stream of a person has no gap and no double, whoever writes at the same time, and knows no rollback."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from mikage.directory.tests.factories import Cast
from mikage.live import live
from mikage.live.models import Stream
from tests.live.happenings import at_once, numbers_of, ping

pytestmark = pytest.mark.django_db(transaction=True)


class Undone(Exception):
    """The operation fails after it has told the streams."""


def test_many_writers_leave_no_gap_and_no_double(cast: Cast) -> None:
    people = [cast.owner, cast.colleague, cast.head]

    def write(turn: int) -> None:
        for number in range(20):
            ping(*(people if (number + turn) % 2 else reversed(people)))

    at_once(*(partial(write, turn) for turn in range(6)))

    for person in people:
        assert numbers_of(person) == list(range(1, 121))
        assert Stream.objects.get(person=person).sequence == 120


def test_a_later_number_waits_until_the_earlier_one_is_committed(cast: Cast) -> None:
    ping(cast.owner)
    seen: list[list[int]] = []

    def write_second() -> None:
        ping(cast.owner)
        seen.append(numbers_of(cast.owner))

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            live.ping([cast.owner.pk], "board")
            second = threads.submit(at_once, write_second)
            time.sleep(0.3)
            assert not second.done()
        second.result(10)
    assert seen == [[1, 2, 3]]


def test_a_rollback_leaves_neither_number_nor_event(cast: Cast) -> None:
    ping(cast.owner)

    def tell_and_fail() -> None:
        with transaction.atomic():
            live.ping([cast.owner.pk], "board")
            raise Undone

    with pytest.raises(Undone):
        tell_and_fail()
    ping(cast.owner)
    assert numbers_of(cast.owner) == [1, 2]


def test_one_statement_tells_any_number_of_people(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        live.ping([person.pk for person in cast.people().values()], "board")


def test_an_event_belongs_to_a_change(cast: Cast) -> None:
    with pytest.raises(TransactionManagementError):
        live.ping([cast.owner.pk], "board")
    with pytest.raises(TransactionManagementError):
        live.changed("board", ["person:1"])
