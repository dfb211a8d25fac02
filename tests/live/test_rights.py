"""Who hears what over a real hub: nobody another's stream, nothing after the right has ended (TR-D1)."""

import time
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection

import pytest
from django.db import transaction
from django.db.models import F

from mikage.access.models import FunctionRule, RightsVersion
from mikage.access.rights import note_rights_changed
from mikage.directory.models import Post
from mikage.directory.tests.factories import Cast
from mikage.identity.services import sessions
from mikage.identity.sessions import live_sessions
from mikage.journal.models import Access
from mikage.live import policies
from mikage.live.sockets import frames
from tests.live.happenings import (
    change,
    close_the_function,
    let_the_session_run_out,
    ping,
    suspend_in_silence,
)
from tests.live.hub import RunningHub
from tests.live.reader import Event, Reader
from tests.live.signed_in import SignedIn, sign_in

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "journal"]), pytest.mark.serving]

WITHIN = 5.0


def ended(event: Event) -> bool:
    return event.name == "end"


def told(reader: Reader) -> bytes:
    """Everything said after the opening, signs of life aside: those follow the clock alone."""
    _retry, opening, rest = reader.raw.partition(b"id: 0\n\n")
    assert opening, reader.raw
    return rest.replace(frames.HEARTBEAT, b"")


def test_without_a_session_there_is_no_stream(hub: RunningHub, cast: Cast) -> None:
    for cookie in ("", "mikage=forged", "mikage=", "broken;;==", "mikage=" + "x" * 5_000):
        with Reader(hub.port, cookie) as reader:
            assert reader.status == 401
            assert reader.response.headers["X-Sign-In"] == "1"
            assert reader.response.headers["Cache-Control"] == "no-store, private"


def test_a_stream_leaves_an_access_record_and_is_no_activity(hub: RunningHub, owner: SignedIn) -> None:
    sessions_of_owner = live_sessions().filter(public_id=owner.session_id)
    sessions_of_owner.update(last_active_at=F("last_active_at") - timedelta(minutes=10))
    before = sessions_of_owner.get().last_active_at
    with hub.open(owner) as reader:
        reader.wait_until_begun()
        ping(owner.person)
        reader.wait_for_number(1)
    assert sessions_of_owner.get().last_active_at == before
    record = Access.objects.get(action="live.stream.opened")
    assert (record.person_id, record.status, record.terminal) == (owner.person.pk, 200, "127.0.0.1")


def test_another_persons_stream_cannot_be_had(hub: RunningHub, owner: SignedIn, outsider: SignedIn) -> None:
    query = f"?person={owner.person.pk}&cursor=0&stream={owner.person.pk}"
    with hub.open(outsider, query) as theirs, hub.open(owner, "?cursor=0") as own:
        for _number in range(3):
            ping(owner.person)
        own.wait_for_number(3)
        time.sleep(0.3)
        assert told(theirs) == b""


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?watch=unknown/person:1", 403),
        ("?watch=board", 400),
        ("?watch=board/", 400),
        ("?watch=board/person:0", 400),
        ("?watch=board/person:1,%20person:2", 400),
        ("?watch=board/person:%EF%BC%91", 400),
        ("?watch=board/" + ",".join(f"person:{number}" for number in range(1, 402)), 400),
        ("?watch=board/" + ",".join(f"person:{number}" for number in range(1, 401)), 200),
        ("?cursor=-1", 400),
        ("?cursor=1e3", 400),
        ("?cursor=99999999999999999999", 400),
    ],
)
def test_only_ids_of_declared_topics_can_be_watched(
    hub: RunningHub, owner: SignedIn, query: str, status: int
) -> None:
    with hub.open(owner, query) as reader:
        assert reader.status == status


def test_only_reading_is_answered(hub: RunningHub, owner: SignedIn) -> None:
    line = HTTPConnection("127.0.0.1", hub.port, timeout=5)
    line.request("POST", "/ev", headers={"Cookie": owner.cookie})
    assert line.getresponse().status == 405
    line.close()


def test_who_may_not_use_the_function_may_not_watch_it(hub: RunningHub, owner: SignedIn) -> None:
    close_the_function()
    with hub.open(owner, "?watch=board/person:1") as reader:
        assert reader.status == 403
    with hub.open(owner) as reader:
        reader.wait_until_begun()
        ping(owner.person)
        time.sleep(0.5)
        assert told(reader) == b""


@pytest.mark.requirement("TR-G1")
def test_a_change_reaches_its_audience_and_nobody_else_not_by_a_byte(
    hub: RunningHub, owner: SignedIn, outsider: SignedIn
) -> None:
    query = f"?watch=board/person:{owner.person.pk}"
    with hub.open(owner, query) as inside, hub.open(outsider, query) as outside:
        inside.wait_until_begun()
        outside.wait_until_begun()
        subject = f"person:{owner.person.pk}"
        change(subject, audience=[f"person:{owner.person.pk}"])
        change(subject, audience=["group:1", f"person:{owner.person.pk}"])
        inside.wait_for(lambda _event: len(inside.named("changed")) == 2)
        time.sleep(0.3)
        assert told(outside) == b""
        change(subject)
        change(subject, audience=["all"])
        outside.wait_for(lambda _event: len(outside.named("changed")) == 2)


@pytest.mark.requirement("TR-D1")
def test_signing_out_ends_every_stream_of_the_session_and_of_no_other(
    hub: RunningHub, owner: SignedIn
) -> None:
    elsewhere = sign_in(owner.person)
    with hub.open(owner) as first, hub.open(owner) as second, hub.open(elsewhere) as other:
        for reader in (first, second, other):
            reader.wait_until_begun()
        sessions.sign_out(policies.who_asks(owner.cookie.partition("=")[2], "127.0.0.1"))
        for reader in (first, second):
            assert reader.wait_for(ended, WITHIN).data == {"reason": "session"}
            assert reader.is_over.wait(1)
        ping(owner.person)
        other.wait_for_number(1)
    with hub.open(owner) as reader:
        assert reader.status == 401


@pytest.mark.requirement("TR-D1")
@pytest.mark.parametrize("lose", [let_the_session_run_out, suspend_in_silence])
def test_a_session_that_ends_unannounced_ends_its_stream_in_time(
    hub: RunningHub, owner: SignedIn, lose: Callable[[SignedIn], None]
) -> None:
    with hub.open(owner) as reader:
        reader.wait_until_begun()
        lose(owner)
        reader.wait_for(ended, WITHIN)
        assert reader.is_over.wait(1)


@pytest.mark.requirement("TR-D1")
def test_a_function_that_is_closed_ends_the_streams_that_watch_it(hub: RunningHub, owner: SignedIn) -> None:
    with hub.open(owner, "?watch=board/person:1") as watching, hub.open(owner) as plain:
        watching.wait_until_begun()
        plain.wait_until_begun()
        close_the_function()
        assert watching.wait_for(ended, WITHIN).data == {"reason": "rights"}
        assert watching.is_over.wait(1)
        assert not plain.is_over.is_set()


@pytest.mark.requirement("TR-D1")
def test_rights_that_change_unannounced_are_found_in_time(hub: RunningHub, owner: SignedIn) -> None:
    with hub.open(owner, "?watch=board/person:1") as reader:
        reader.wait_until_begun()
        FunctionRule.objects.all().delete()
        RightsVersion.objects.update_or_create(pk=1, defaults={"number": 1_000})
        reader.wait_for(ended, WITHIN)


@pytest.mark.requirement("TR-D1")
@pytest.mark.requirement("TR-D2")
def test_what_happens_after_a_post_has_ended_is_not_told_any_more(
    hub: RunningHub, cast: Cast, owner: SignedIn
) -> None:
    section = cast.city.section.pk
    query = f"?watch=board/org:{section}"
    colleague = sign_in(cast.colleague)
    with hub.open(owner, query) as leaving, hub.open(colleague, query) as staying:
        leaving.wait_until_begun()
        staying.wait_until_begun()
        change(f"org:{section}", audience=[f"org:{section}"])
        leaving.wait_for(lambda event: event.name == "changed")
        with transaction.atomic():
            Post.objects.filter(person=owner.person).delete()
            note_rights_changed()
        # In the same moment: no interval in which the old rights still hold.
        change(f"org:{section}", audience=[f"org:{section}"])
        staying.wait_for(lambda _event: len(staying.named("changed")) == 2, WITHIN)
        change(f"org:{section}", audience=["all"])
        leaving.wait_for(lambda _event: len(leaving.named("changed")) == 2, WITHIN)
        staying.wait_for(lambda _event: len(staying.named("changed")) == 3, WITHIN)
        time.sleep(0.3)
        assert len(leaving.named("changed")) == 2


def test_one_person_cannot_take_all_streams(hub: RunningHub, owner: SignedIn, outsider: SignedIn) -> None:
    readers = [hub.open(owner) for _number in range(24)]
    try:
        for reader in readers:
            reader.wait_until_begun()
        with hub.open(owner) as one_more, hub.open(outsider) as other:
            assert one_more.status == 429
            assert other.status == 200
    finally:
        for reader in readers:
            reader.leave()
