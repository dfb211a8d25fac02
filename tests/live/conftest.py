"""A hub in a process of its own, on the database of the tests, and people who are signed in."""

from collections.abc import Iterator

import pytest
from django.apps import apps

from mikage.access.models import FunctionRule
from mikage.directory.tests.factories import Cast, cast_people
from mikage.live import live
from tests.live.hub import RunningHub, start
from tests.live.signed_in import SignedIn, sign_in


@pytest.fixture(
    params=["mikage.config.asgi:hub", "mikage.config.asgi:application"], ids=["apart", "together"]
)
def hub(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[RunningHub]:
    """The hub in both arrangements: a process of its own, and one process with the pages."""
    running = start(request.param)
    yield running
    if running.process.poll() is None:
        running.end()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A topic that a room might declare."""
    monkeypatch.setattr(apps.get_app_config("live"), "topics", {"board": "board.use"}, raising=False)
    live.topics.cache_clear()
    yield
    live.topics.cache_clear()


@pytest.fixture
def cast(transactional_db: None, board: None) -> Cast:
    """The people of the town, each with the function of the board."""
    people = cast_people()
    FunctionRule.objects.create(function="board.use", audience=["all"])
    return people


@pytest.fixture
def owner(cast: Cast) -> SignedIn:
    return sign_in(cast.owner)


@pytest.fixture
def outsider(cast: Cast) -> SignedIn:
    return sign_in(cast.outsider)
