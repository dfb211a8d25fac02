"""Law 8, live = fresh: a board kept up to date by events is the board loaded afresh (TR-G1).

Where the board of somebody changed, an event told them; where none did, the board is the same byte for byte.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from mikage.access.actor import Actor
from mikage.directory.tests.factories import Cast, cast_people
from mikage.identity.tests.factories import actor_of, open_session
from mikage.kernel import clock
from mikage.live import live
from mikage.schedule import services
from mikage.schedule.models import Entry
from mikage.schedule.tests.factories import draft, make_entry
from tests.laws.visits import TODAY

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
WATCHERS = ["owner", "colleague", "outsider"]
Told = list[tuple[frozenset[str], frozenset[str] | None]]
HIDDEN: dict[str, Any] = {"item_visibility": "self", "details_visibility": "self"}
ITEM_ONLY: dict[str, Any] = {"details_visibility": "self"}
SECTION: dict[str, Any] = {"item_visibility": "organisation", "details_visibility": "organisation"}


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with time_machine.travel(clock.at(TODAY, 10), tick=False):
        yield cast_people()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What the hub would be given, in order."""
    calls: Told = []

    def changed(topic: str, subjects: Any, *, audience: Any = None) -> None:
        assert topic == "schedule"
        calls.append((frozenset(subjects), None if audience is None else frozenset(audience)))

    monkeypatch.setattr(live, "changed", changed)
    return calls


def boards(cast: Cast) -> list[str]:
    return [
        f"{reverse('schedule:organisation_week')}?organisation={cast.city.section.pk}&day=2026-11-25",
        f"{reverse('schedule:organisation_day')}?organisation={cast.city.section.pk}&day=2026-11-25",
        f"{reverse('schedule:person_week')}?people={cast.owner.pk}&day=2026-11-25",
        f"{reverse('schedule:person_month')}?people={cast.owner.pk}&day=2026-11-25",
    ]


def fragment(client: Client, url: str) -> str:
    """What the element fetches when an event arrives."""
    return client.get(url, headers={"HX-Request": "true"}).content.decode()


def board_of_page(client: Client, url: str) -> str:
    found = BeautifulSoup(client.get(url).content.decode(), "html.parser").select_one("#board")
    assert found is not None
    return str(found)


def times_told(actor: Actor, told: Told) -> dict[str, int]:
    """How many events reach the actor, for each subject."""
    counts: dict[str, int] = {}
    for subjects, audience in told:
        if audience is None or actor.is_among(audience):
            for subject in subjects:
                counts[subject] = counts.get(subject, 0) + 1
    return counts


def rewritten(**changes: Any) -> Callable[[Actor, Entry], object]:
    return lambda actor, entry: services.change_entry(
        actor, entry=entry, version=entry.version, draft=draft(actor, **changes)
    )


def moved(actor: Actor, entry: Entry) -> object:
    return services.move_entry(
        actor,
        entry=entry,
        version=entry.version,
        starts_at=clock.at(TODAY, 15),
        ends_at=clock.at(TODAY, 16),
    )


def deleted(actor: Actor, entry: Entry) -> object:
    return services.delete_entry(actor, entry=entry, version=entry.version)


def restored(actor: Actor, entry: Entry) -> object:
    services.delete_entry(actor, entry=entry, version=entry.version)
    return services.restore_entry(actor, entry=entry)


def copied(actor: Actor, entry: Entry) -> object:
    return services.copy_entry(actor, entry=entry, draft=draft(actor, hour=16, **HIDDEN))


# What the appointment is before, and what is done to it.
CASES: dict[str, tuple[dict[str, Any], Callable[[Actor, Entry], object]]] = {
    "another title": ({}, rewritten(title="別件")),
    "another place": ({}, rewritten(place="別室")),
    "another title of a hidden one": (HIDDEN, rewritten(title="別件", **HIDDEN)),
    "another place where details are hidden": (ITEM_ONLY, rewritten(place="別室", **ITEM_ONLY)),
    "another title for the section": (SECTION, rewritten(title="別件", **SECTION)),
    "hidden from all": ({}, rewritten(**HIDDEN)),
    "the item hidden, the details as before": (ITEM_ONLY, rewritten(**HIDDEN)),
    "shown to the section": (HIDDEN, rewritten(**SECTION)),
    "moved": ({}, moved),
    "a hidden one moved": (HIDDEN, moved),
    "deleted": ({}, deleted),
    "a hidden one deleted": (HIDDEN, deleted),
    "restored": ({}, restored),
    "copied": (HIDDEN, copied),
}


@pytest.mark.requirement("TR-G1")
@pytest.mark.parametrize("watcher", WATCHERS)
@pytest.mark.parametrize("case", CASES)
def test_whose_board_changed_was_told_and_whoever_was_not_sees_the_same(
    cast: Cast, told: Told, case: str, watcher: str
) -> None:
    before, change = CASES[case]
    owner = actor_of(cast.owner)
    entry = make_entry(owner, **before)
    client, actor = open_session(Client(), cast[watcher]), actor_of(cast[watcher])
    seen = {url: fragment(client, url) for url in boards(cast)}
    told.clear()
    change(owner, entry)
    heard = times_told(actor, told)
    for url, earlier in seen.items():
        now = fragment(client, url)
        assert now == earlier or heard, url
        assert BeautifulSoup(now, "html.parser").select_one("#board") is not None
        assert str(BeautifulSoup(now, "html.parser").select_one("#board")) == board_of_page(client, url)
    steps = 2 if change is restored else 1
    assert all(count <= steps for count in heard.values()), heard


@pytest.mark.requirement("B-03")
@pytest.mark.parametrize("case", ["another title of a hidden one", "another place where details are hidden"])
def test_what_one_may_not_read_is_told_to_nobody_who_may_not(cast: Cast, told: Told, case: str) -> None:
    before, change = CASES[case]
    entry = make_entry(actor_of(cast.owner), **before)
    told.clear()
    change(actor_of(cast.owner), entry)
    assert times_told(actor_of(cast.outsider), told) == {}
    assert times_told(actor_of(cast.owner), told) == {f"person:{cast.owner.pk}": 1}
