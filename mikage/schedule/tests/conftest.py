"""The day of the schedule's tests: Wednesday, 25 November 2026, at ten in the morning; and the cast."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from mikage.access.actor import Actor
from mikage.directory.models import Person
from mikage.directory.tests.factories import Cast, cast_people
from mikage.identity.tests.factories import actor_of, open_session
from mikage.kernel import clock
from mikage.schedule.models import Entry
from mikage.schedule.tests.factories import draft, make_entry

TODAY = date(2026, 11, 25)
Browse = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(clock.at(TODAY, 10), tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast in its little town."""
    return cast_people()


@pytest.fixture
def actors(cast: Cast) -> dict[str, Actor]:
    """Everybody of the cast as an actor of today."""
    return {role: actor_of(person) for role, person in cast.people().items()}


@pytest.fixture
def browse(cast: Cast) -> Browse:
    """A browser in which somebody of the cast is signed in."""

    def signed_in(role: str) -> Client:
        person: Person = cast[role]
        return open_session(Client(), person)

    return signed_in


@pytest.fixture
def private(actors: dict[str, Actor]) -> Entry:
    """What the owner keeps for themselves, today from three to four."""
    return make_entry(
        actors["owner"],
        draft(
            actors["owner"],
            title="かかりつけ医",
            place="みなと内科",
            content="検査結果を聞く",
            item_visibility="self",
            details_visibility="self",
            hour=15,
        ),
    )
