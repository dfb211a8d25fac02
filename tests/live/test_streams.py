"""What reaches a browser over a real hub, in both arrangements: everything once, in order, and in time."""

import time
from collections.abc import Callable

import pytest
from django.db import transaction

from mikage.directory.models import Person
from mikage.live import live
from mikage.live.models import StreamEvent
from tests.live.happenings import at_once, change, cut_lines_of_the_hub, ping
from tests.live.hub import RunningHub, start
from tests.live.reader import Event
from tests.live.signed_in import SignedIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serving]


def is_named(name: str) -> Callable[[Event], bool]:
    return lambda event: event.name == name


def test_events_arrive_within_a_second_and_nothing_compresses_them(hub: RunningHub, owner: SignedIn) -> None:
    with hub.open(owner) as reader:
        assert reader.status == 200
        assert reader.response.headers["Content-Type"].startswith("text/event-stream")
        assert reader.response.headers["Content-Encoding"] == "identity"
        assert reader.response.headers["Cache-Control"] == "no-store, private"
        assert "Cookie" in reader.response.headers["Vary"]
        assert reader.response.headers["X-Accel-Buffering"] == "no"
        reader.wait_until_begun()
        began = time.monotonic()
        ping(owner.person)
        assert reader.wait_for_number(1).at - began < 1
        assert reader.retry is not None


def test_a_browser_that_was_away_hears_exactly_what_it_missed(hub: RunningHub, owner: SignedIn) -> None:
    for _number in range(3):
        ping(owner.person)
    with hub.open(owner, "?cursor=1") as reader:
        reader.wait_for_number(3)
        ping(owner.person)
        reader.wait_for_number(4)
        assert reader.numbers() == [2, 3, 4]
    ping(owner.person)
    # What the browser itself says after it lost the line counts more than the address it began with.
    with hub.open(owner, "?cursor=1", Last_Event_ID="4") as reader:
        reader.wait_for_number(5)
        assert reader.numbers() == [5]


def test_a_new_page_begins_with_now(hub: RunningHub, owner: SignedIn) -> None:
    ping(owner.person)
    with hub.open(owner) as reader:
        reader.wait_until_begun()
        assert reader.cursor == "1"
        ping(owner.person)
        reader.wait_for_number(2)
        assert reader.numbers() == [2]


def test_nothing_falls_between_catching_up_and_hearing(hub: RunningHub, owner: SignedIn) -> None:
    """Writers never pause while readers come, go and resume (TR-G7)."""
    total = 200

    def write() -> None:
        for _number in range(total):
            ping(owner.person)

    heard: list[int] = []

    def read() -> None:
        cursor = 0
        while cursor < total:
            with hub.open(owner, f"?cursor={cursor}") as reader:
                assert reader.status == 200
                reader.wait_for_number(min(total, cursor + 15), 20)
            heard.extend(number for number in reader.numbers() if number > cursor)
            assert not reader.named("resync")
            cursor = heard[-1]

    at_once(write, read)
    assert heard == list(range(1, total + 1))


@pytest.mark.requirement("TR-G6")
def test_who_was_away_too_long_loads_anew(hub: RunningHub, owner: SignedIn) -> None:
    for _number in range(3):
        ping(owner.person)
    StreamEvent.objects.filter(sequence__lte=2).delete()
    with hub.open(owner, "?cursor=0") as reader:
        assert reader.wait_for(is_named("resync")).id == "3"
        ping(owner.person)
        reader.wait_for_number(4)
        assert reader.numbers() == [4]


def test_a_cursor_from_the_future_loads_anew(hub: RunningHub, owner: SignedIn) -> None:
    ping(owner.person)
    with hub.open(owner, "?cursor=900") as reader:
        assert reader.wait_for(is_named("resync")).data == {"seq": 1}


@pytest.mark.requirement("TR-G9")
def test_a_line_to_the_database_that_is_cut_heals_without_a_gap(hub: RunningHub, owner: SignedIn) -> None:
    with hub.open(owner, "?watch=board/person:1") as reader, hub.open(owner) as other:
        for each in (reader, other):
            each.wait_until_begun()
        ping(owner.person)
        reader.wait_for_number(1)
        assert cut_lines_of_the_hub() >= 1
        for _number in range(5):
            ping(owner.person)
        for each in (reader, other):
            each.wait_for_number(6, 10)
            assert each.numbers() == [1, 2, 3, 4, 5, 6]
        # A board that changed meanwhile told nobody: who watches one loads it anew, the others need not.
        reader.wait_for(is_named("resync"))
        assert not other.named("resync")


@pytest.mark.requirement("TR-G9")
def test_a_change_for_many_is_told_once_to_each(hub: RunningHub, owner: SignedIn) -> None:
    subjects = [f"person:{number}" for number in range(1, 601)]
    audience = [f"person:{number}" for number in range(100_000, 100_900)] + [
        f"person:{owner.person.pk}",
        "org:7",
    ]
    with hub.open(owner, "?watch=board/person:1") as reader:
        reader.wait_until_begun()
        change(*subjects, audience=audience)
        change("person:1", audience=[f"person:{owner.person.pk}"])
        reader.wait_for(lambda _event: len(reader.named("changed")) >= 2)
        time.sleep(0.3)
        assert [event.data for event in reader.named("changed")] == [
            {"topic": "board", "subjects": ["person:1"]}
        ] * 2


@pytest.mark.requirement("TR-G9")
def test_a_ping_for_a_thousand_people_fits_into_notifications(hub: RunningHub, owner: SignedIn) -> None:
    people = Person.objects.bulk_create(
        Person(number=f"70{number:04}", family_name="多", given_name=str(number)) for number in range(1_000)
    )
    with hub.open(owner) as reader:
        reader.wait_until_begun()
        with transaction.atomic():
            live.ping([person.pk for person in people] + [owner.person.pk], "board")
        reader.wait_for_number(1)


def test_a_watcher_hears_only_of_what_it_watches(hub: RunningHub, owner: SignedIn) -> None:
    with hub.open(owner, "?watch=board/person:12,person:13&watch=board/org:4") as reader:
        reader.wait_until_begun()
        change("person:99")
        change("person:13", "person:99")
        change("org:4")
        reader.wait_for(lambda event: event.name == "changed" and event.data["subjects"] == ["org:4"])
        assert [event.data["subjects"] for event in reader.named("changed")] == [["person:13"], ["org:4"]]


def test_a_browser_that_does_not_read_is_told_to_load_anew_and_harms_nobody(
    hub: RunningHub, owner: SignedIn, outsider: SignedIn
) -> None:
    with hub.open(owner) as slow, hub.open(outsider) as quick:
        quick.wait_until_begun()
        slow.wait_until_begun()
        for _number in range(50):
            ping(owner.person, outsider.person)
        quick.wait_for_number(50)
        assert quick.numbers() == list(range(1, 51))


@pytest.mark.requirement("TR-J12")
def test_a_stop_tells_the_streams_to_come_back_and_ends_quickly(hub: RunningHub, owner: SignedIn) -> None:
    readers = [hub.open(owner) for _number in range(3)]
    for reader in readers:
        reader.wait_until_begun()
        reader.retry = None
    assert hub.end() < 3
    for reader in readers:
        assert reader.is_over.wait(3)
        assert reader.retry is not None
        assert reader.raw.endswith(b"\n\n")
        reader.leave()


def test_a_hub_that_was_killed_loses_nothing(hub: RunningHub, owner: SignedIn) -> None:
    with hub.open(owner) as reader:
        reader.wait_until_begun()
        ping(owner.person)
        reader.wait_for_number(1)
    hub.process.kill()
    hub.process.wait(5)
    ping(owner.person)
    again = start(hub.application)
    try:
        with again.open(owner, f"?cursor={reader.cursor}") as reader:
            reader.wait_for_number(2)
            assert reader.numbers() == [2]
    finally:
        again.end()
