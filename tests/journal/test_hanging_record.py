"""A journal that hangs does not hang the city, and what was missed is told afterwards (TR-A2)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from mikage.journal import journal
from mikage.journal.models import Access, Record
from mikage.kernel.doors import public
from mikage.kernel.witness import witnessed
from tests.live.hub import address, start

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "journal"]),
    pytest.mark.requirement("TR-A2"),
    pytest.mark.urls(__name__),
]
ACTION = "journal.request.answered"
CONTENT = b"what only a witnessed reader may see"


@public
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


@public
@witnessed(ACTION, fails_closed=True)
def sealed(request: HttpRequest, number: int, word: str = "") -> HttpResponse:
    return HttpResponse(CONTENT)


@public
@witnessed(ACTION)
def ordinary(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(CONTENT)


urlpatterns = [
    path("page", page, name="page"),
    path("sealed/<int:number>/<str:word>", sealed, name="sealed"),
    path("ordinary/<int:number>", ordinary, name="ordinary"),
]


@pytest.fixture(autouse=True)
def _a_calm_writer() -> Iterator[None]:
    journal.forget_pauses()
    yield
    journal.forget_pauses()


@contextmanager
def held(table: str) -> Iterator[None]:
    """Another session keeps everybody from the table, as a repair or a stuck backup would."""
    with psycopg.connect(address()) as other:
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def seconds_for(client: Client, url: str, status: int = 200) -> float:
    began = time.monotonic()
    assert client.get(url).status_code == status
    return time.monotonic() - began


def missed() -> list[int]:
    rows = Record.objects.filter(action="journal.request.missed").order_by("pk")
    return [row.details["missed"] for row in rows]


def test_pages_answer_while_the_record_hangs_and_the_missing_ones_are_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "PAUSE_SECONDS", 1.0)
    seconds_for(client, "/page")
    with held("journal_access"):
        assert seconds_for(client, "/page") < 0.7
        for _number in range(10):
            assert seconds_for(client, "/page") < 0.2
    # Within the pause nobody tries, and the request is counted.
    seconds_for(client, "/page")
    time.sleep(1.1)
    seconds_for(client, "/page")
    assert missed() == [12]
    assert Access.objects.count() == 2
    seconds_for(client, "/page")
    assert (missed(), Access.objects.count()) == ([12], 3)


def test_a_log_that_hangs_for_long_costs_one_request_in_a_pause(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "PAUSE_SECONDS", 0.5)
    with held("journal_access"):
        began = time.monotonic()
        waits = []
        while time.monotonic() - began < 3:
            waits.append(seconds_for(client, "/page"))
    assert max(waits) < 0.7
    slow = [wait for wait in waits if wait > 0.2]
    assert len(slow) <= 5
    assert len(waits) > 50


def test_content_that_needs_a_witness_is_refused_without_one(client: Client) -> None:
    assert client.get("/sealed/1/x").content == CONTENT
    with held("journal_access"):
        for _number in range(3):
            answer = client.get("/sealed/1/x")
            assert answer.status_code == 503
            assert CONTENT not in answer.content
        # What needs none goes on, and the missing record is counted.
        assert client.get("/ordinary/1").content == CONTENT
    journal.forget_pauses()
    assert client.get("/sealed/1/x").content == CONTENT


def test_a_witness_keeps_ids_and_never_the_words_of_an_address(client: Client) -> None:
    client.get("/sealed/17/会議の件名")
    witnessed_row = Access.objects.filter(status=0).get()
    assert witnessed_row.target == "number:17"
    assert not Access.objects.filter(target__contains="会議").exists()


def test_the_number_of_missed_records_waits_for_a_table_that_still_hangs(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "PAUSE_SECONDS", 0.3)
    with held("journal_record"):
        with held("journal_access"):
            seconds_for(client, "/page")
        time.sleep(0.4)
        # The access is written; telling what was missed is not possible yet, and harms nobody.
        assert seconds_for(client, "/page") < 0.7
        assert Access.objects.count() == 1
    time.sleep(0.4)
    seconds_for(client, "/page")
    assert missed() == [1]


def test_a_record_that_cannot_be_kept_does_not_silence_the_next_ones(client: Client) -> None:
    """A strange method or address costs its own record at the most (TR-A11)."""
    for strange in ("/page?q=%00", "/%00", "/sealed/1/%00"):
        client.get(strange)
    seconds_for(client, "/page")
    assert Access.objects.filter(view="page").count() == 2
    assert connection.is_usable()


@pytest.mark.serving
def test_one_process_for_hub_and_pages_answers_while_the_record_hangs() -> None:
    running = start("mikage.config.asgi:application")
    try:
        address_of_page = f"http://127.0.0.1:{running.port}/login"
        with httpx.Client(trust_env=False) as browser, ThreadPoolExecutor(8) as threads:
            assert browser.get(address_of_page).status_code == 200
            with held("journal_access"):
                began = time.monotonic()
                assert browser.get(address_of_page).status_code == 200
                assert time.monotonic() - began < 1
                began = time.monotonic()
                answers = list(threads.map(lambda _turn: browser.get(address_of_page), range(24)))
                assert {answer.status_code for answer in answers} == {200}
                assert time.monotonic() - began < 3
    finally:
        running.end()
