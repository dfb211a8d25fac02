"""The search of the top bar: what it finds for whom, and what nobody learns from it."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from mikage.access.actor import Actor
from mikage.directory.tests.factories import Cast, cast_people
from mikage.identity.tests.factories import actor_of, open_session
from mikage.journal.models import Access, Record
from mikage.schedule.tests.factories import draft, make_entry
from mikage.search import findings

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
def actors(cast: Cast) -> dict[str, Actor]:
    return {role: actor_of(person) for role, person in cast.people().items()}


@pytest.fixture
def browse(cast: Cast) -> Browse:
    """A browser in which somebody of the cast is signed in."""
    return lambda role: open_session(Client(), cast[role])


def _search(client: Client, words: str) -> bytes:
    answer = client.get(reverse("search:home"), {"q": words})
    assert answer.status_code == 200
    return answer.content


@pytest.mark.parametrize("words", ["佐藤", "さとう", "サトウ", "ｻﾄｳ", "000101", "2101", "佐藤　花子"])
def test_people_are_found_however_one_writes_them(actors: dict[str, Actor], cast: Cast, words: str) -> None:
    found = findings.find(actors["outsider"], words)
    assert cast["owner"].pk in [person.pk for person in found.people]


@pytest.mark.requirement("SCH-19")
@pytest.mark.parametrize(
    ("who", "finds"), [("owner", True), ("colleague", False), ("head", False), ("outsider", False)]
)
def test_an_appointment_is_found_by_those_who_may_read_it(
    actors: dict[str, Actor], who: str, finds: bool
) -> None:
    owner = actors["owner"]
    make_entry(owner, draft(owner, title="かかりつけ医", item_visibility="self", details_visibility="self"))
    assert bool(findings.find(actors[who], "かかりつけ").entries) is finds


@pytest.mark.requirement("SCH-19")
def test_words_of_hidden_details_find_nothing(actors: dict[str, Actor]) -> None:
    owner = actors["owner"]
    make_entry(
        owner,
        draft(
            owner, title="打合せ", place="みなと内科", content="検査結果", details_visibility="participants"
        ),
    )
    assert findings.find(actors["outsider"], "みなと内科").is_empty
    assert findings.find(actors["outsider"], "検査結果").is_empty
    assert findings.find(owner, "みなと内科").entries


@pytest.mark.requirement("SCH-19")
def test_with_or_without_a_hidden_appointment_the_answer_is_the_same(
    browse: Browse, actors: dict[str, Actor]
) -> None:
    client, owner = browse("outsider"), actors["owner"]
    make_entry(owner, draft(owner, title="医療計画の説明"))
    before = _tokens_aside(_search(client, "医"))
    make_entry(owner, draft(owner, title="かかりつけ医", item_visibility="self", details_visibility="self"))
    assert _tokens_aside(_search(client, "医")) == before


def _tokens_aside(page: bytes) -> list[bytes]:
    return [line for line in page.splitlines() if b"csrf" not in line]


def test_without_words_nothing_is_asked_and_nothing_found_is_said_differently(browse: Browse) -> None:
    client = browse("owner")
    empty, none = _search(client, "　 "), _search(client, "存在しない言葉")
    assert empty.count(b'class="empty"') == none.count(b'class="empty"') == 1
    assert "存在しない言葉" in none.decode()


def test_a_page_of_text_is_cut_and_not_refused(browse: Browse) -> None:
    assert "あ" * findings.LONGEST_QUERY in _search(browse("owner"), "あ" * 20_000).decode()


@pytest.mark.requirement("A-05")
def test_the_words_of_a_search_stand_in_no_record(browse: Browse) -> None:
    _search(browse("owner"), "かかりつけ医")
    for row in [*Access.objects.values(), *Record.objects.values()]:
        assert "かかりつけ医" not in str(row)


def test_a_closed_function_is_not_asked(cast: Cast, actors: dict[str, Actor]) -> None:
    owner = actors["owner"]
    make_entry(owner, draft(owner, title="佐藤さんの説明会"))
    only_search = actor_of(cast["owner"], functions=["search.use"])
    assert findings.find(only_search, "佐藤").is_empty


def test_the_fragment_is_what_stands_in_the_page(browse: Browse) -> None:
    client = browse("owner")
    part = client.get(reverse("search:home"), {"q": "佐藤"}, headers={"HX-Request": "true"})
    assert part.content.strip().startswith(b'<div id="search-found"')
    assert part.content.strip() in _search(client, "佐藤")
