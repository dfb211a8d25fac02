"""The top page: what it shows whom, and that no block can take it along."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from mikage.access.actor import Actor
from mikage.directory import services as directory
from mikage.directory.policies.runs import Uploaded
from mikage.directory.tests.factories import Cast, cast_people, make_person
from mikage.identity.models import Account
from mikage.identity.tests.factories import EVERYDAY, actor_of, open_login_session, open_session
from mikage.kernel import clock
from mikage.kernel.panels import Panel, ToDo
from mikage.portal import panels
from mikage.schedule.tests.factories import draft, make_entry

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
Browse = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _a_wednesday() -> Iterator[None]:
    with time_machine.travel("2026-11-25T10:10:00+09:00", tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast in its little town."""
    return cast_people()


@pytest.fixture
def browse(cast: Cast) -> Browse:
    """A browser in which somebody of the cast is signed in."""
    return lambda role: open_session(Client(), cast[role])


@pytest.fixture
def owner(cast: Cast) -> Actor:
    return actor_of(cast["owner"])


def _top(client: Client) -> str:
    answer = client.get(reverse("portal:home"))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("POR-2")
def test_today_and_the_coming_days_stand_on_the_top_page(browse: Browse, owner: Actor) -> None:
    make_entry(owner, draft(owner, title="朝の打合せ", hour=9))
    make_entry(owner, draft(owner, title="あさっての説明会", day=clock.today().replace(day=27)))
    page = _top(browse("owner"))
    assert "朝の打合せ" in page
    assert "あさっての説明会" in page


@pytest.mark.requirement("SCH-19")
def test_of_a_hidden_appointment_the_section_learns_a_time_and_nothing_more(
    browse: Browse, owner: Actor
) -> None:
    hidden = draft(owner, title="かかりつけ医", hour=10, item_visibility="self", details_visibility="self")
    make_entry(owner, hidden)
    assert "かかりつけ医" in _top(browse("owner"))
    assert "かかりつけ医" not in _top(browse("colleague"))


@pytest.mark.requirement("POR-3")
def test_nothing_to_do_is_said_in_words(browse: Browse) -> None:
    page = browse("owner").get(reverse("portal:home"), headers={"Accept-Language": "en"})
    panel = next(panel for panel in page.context["side_panels"] if panel.key == "to-do")
    assert panel.count == 0
    assert panel.context["things"] == []


@pytest.mark.requirement("POR-3")
def test_whoever_keeps_the_directory_is_told_of_files_that_wait(cast: Cast) -> None:
    keeper = actor_of(cast["owner"], functions=[*EVERYDAY, "directory.keep"])
    directory.prepare_import(keeper, files=Uploaded(people=b"x"), on=clock.today())
    panel = panels.to_do(keeper)
    assert panel.count == 1
    assert panels.to_do(actor_of(cast["colleague"])).count == 0


@pytest.mark.requirement("POR-3")
def test_what_is_due_comes_before_what_only_waits(owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    waits = ToDo(words="waits", url="/", waiting_since=now)
    due = ToDo(words="due", url="/", due_at=now)
    monkeypatch.setattr(panels, "WAITING", (lambda actor: [waits], lambda actor: [due]))
    assert panels.to_do(owner).context["things"] == [due, waits]


@pytest.mark.requirement("POR-4")
@pytest.mark.parametrize("fault", [RuntimeError, LookupError, ZeroDivisionError])
def test_a_block_that_fails_leaves_a_sentence_and_the_rest_of_the_page(
    browse: Browse,
    owner: Actor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: type[Exception],
) -> None:
    def broken(actor: Actor) -> Panel:
        raise fault("かかりつけ医")

    make_entry(owner, draft(owner, title="朝の打合せ"))
    monkeypatch.setattr(panels, "SIDE", (broken, *panels.SIDE))
    with caplog.at_level(logging.ERROR):
        page = _top(browse("owner"))
    assert "朝の打合せ" in page
    assert fault.__name__ in caplog.text
    # The text of a fault may hold content.
    assert "かかりつけ医" not in caplog.text + page


@pytest.mark.requirement("POR-4")
def test_a_block_whose_query_fails_does_not_poison_those_after_it(
    browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(actor: Actor) -> Panel:
        Account.objects.raw("SELECT nothing FROM nowhere")[0]
        raise AssertionError

    monkeypatch.setattr(panels, "MAIN", (broken, *panels.MAIN))
    answer = browse("owner").get(reverse("portal:home"))
    assert [panel.has_failed for panel in answer.context["main_panels"]] == [True, False, False]


@pytest.mark.requirement("A-01")
def test_another_terminal_that_signed_in_lately_is_told(cast: Cast, browse: Browse) -> None:
    client = browse("owner")
    open_login_session(cast["owner"], terminal="10.1.2.3")
    page = _top(client)
    assert "10.1.2.3" in page


@pytest.mark.requirement("A-01")
def test_the_last_sign_in_is_told_with_time_and_terminal(cast: Cast, browse: Browse) -> None:
    client = browse("owner")
    Account.objects.filter(person=cast["owner"]).update(
        previous_sign_in_at=clock.now(), previous_terminal="10.9.8.7"
    )
    assert "10.9.8.7" in _top(client)


def test_links_the_operator_wrote_down_lead_on(browse: Browse, settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    rows = [{"name": "財務会計", "url": "https://finance.example/", "about": "予算・決算"}]
    (tmp_path / "links.json").write_text(json.dumps(rows), encoding="utf-8")
    page = _top(browse("owner"))
    assert "財務会計" in page
    assert 'href="https://finance.example/"' in page


@pytest.mark.parametrize("text", ["{}", "[1]", '[{"name": "x", "url": "javascript:alert(1)"}]', "nonsense"])
def test_a_file_of_links_that_says_something_else_costs_its_own_block_only(
    browse: Browse, settings: Settings, tmp_path: Path, text: str
) -> None:
    settings.HOME = tmp_path
    (tmp_path / "links.json").write_text(text, encoding="utf-8")
    answer = browse("owner").get(reverse("portal:home"))
    assert [panel.has_failed for panel in answer.context["side_panels"]] == [False, False, False, True]
    assert b"javascript:alert" not in answer.content


QUERIES = 8


def test_the_top_page_costs_the_same_queries_whatever_is_on_it(
    browse: Browse, owner: Actor, cast: Cast
) -> None:
    client = browse("owner")
    _top(client)
    assert _queries_of(client) == QUERIES
    for number in range(12):
        make_entry(owner, draft(owner, title=f"予定{number}", hour=8 + number))
        make_person(organisation=cast.city.section)
    assert _queries_of(client) == QUERIES


def _queries_of(client: Client) -> int:
    """What a page asks the database; the savepoints belong to the transaction of the test."""
    with CaptureQueriesContext(connection) as asked:
        _top(client)
    return sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries)


def test_without_the_function_there_is_no_top_page(cast: Cast) -> None:
    client = open_session(Client(), cast["owner"], functions=["schedule.use"])
    assert client.get(reverse("portal:home")).status_code == 403
